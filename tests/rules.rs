//! The rules' own tests run every YAML block of every page, interpreted and compiled, with full line coverage.

use crate::common::{code, err, leaver, out, root};

#[test]
fn bundled_rules_pass_their_own_tests() {
    let output = leaver(&root(), &["test"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    assert!(out(&output).contains(" 0 failed, 100.0 % of the lines"), "{}", out(&output));
}

#[test]
fn the_examples_rule_passes_its_own_tests() {
    let output = leaver(&root().join("examples"), &["test", "--verbose"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("ok      acme/no-cost-center: bad 1"), "{}", out(&output));
}

fn own(rule: &str, page: &str) -> tempfile::TempDir {
    crate::common::folder(&[
        ("leaver.yaml", "version: 1\npolicies: [policies]\n"),
        ("policies/acme/x/rule.rego", rule),
        ("policies/acme/x/rule.md", page),
    ])
}

const PAGE: &str = "## Bad\n\n```yaml\nmetadata: {name: a} # finding: acme/x\n```\n\n## Good\n\n```yaml\nmetadata: {name: a, title: A}\n```\n";

/// `reads` lists the parts of the catalogue that a rule sees. A rule that lists too little could miss findings.
#[test]
fn reads_that_hide_a_finding_are_reported() {
    let body = "findings contains {\"declaration\": at, \"path\": [\"metadata\", \"title\"], \"message\": \"m\"} if {\n\tsome at, declaration in input.declarations\n\tdeclaration.metadata.name\n\tnot declaration.metadata.title\n}";
    for (scope, expected_text) in [
        ("catalogue\n#   reads: [metadata.name, metadata.title]", "0 failed, 100.0 %"),
        ("catalogue\n#   reads: [metadata.name]", "`reads` in the metadata hides a finding"),
        (
            "catalogue\n#   reads: [metadata.name, metadata.title, spec.nosuch]",
            "`reads`: no declaration can have `spec.nosuch`",
        ),
        ("App\n#   reads: [metadata.name]", "`reads` needs `scope: catalogue`"),
    ] {
        let rule = crate::common::rule("x", body).replace("scope: App", &format!("scope: {scope}"));
        let output = leaver(own(&rule, PAGE).path(), &["test"]);
        let text = format!("{}{}", out(&output), err(&output));
        assert!(text.contains(expected_text), "{expected_text}: {text}");
        assert_eq!(code(&output) == 0, expected_text.starts_with('0'), "{expected_text}: {text}");
    }
}

#[test]
fn faults_of_a_rule_are_reported() {
    let good =
        "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"m\"} if not input.metadata.title";
    let cases: &[(&str, &str, &str)] = &[
        (good, "", "0 failed, 100.0 %"),
        (
            "findings contains {\"path\": [\"metadata\", \"titel\"], \"message\": \"m\"} if not input.metadata.titel",
            "",
            "`input.metadata.titel`: no declaration can have this",
        ),
        (
            "findings contains {\"path\": [], \"message\": \"m\"} if input.spec.tier == 9",
            "",
            "line 4: expected `acme/x`, found nothing",
        ),
        (
            "findings contains {\"path\": [\"metadata\"], \"message\": \"m\"} if input.metadata.name",
            "",
            "line 10: found `acme/x`, expected nothing",
        ),
        (
            "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"m\"} if not input.metadata.title in {\"A\"}",
            "",
            "`input.metadata.title` is an operand inside `not`",
        ),
        (
            "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"m\"} if not startswith(input.metadata.title, \"A\")",
            "",
            "`input.metadata.title` is an operand inside `not`",
        ),
        (good, "```yaml\nmetadata: {nmae: a}\n```\n", "`nmae` is not a key of `metadata`"),
        (good, "```yaml params={\"max\":1}\nmetadata: {title: a}\n```\n", "the rule has no parameter `max`"),
        (
            "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"m\"} if not input.metadata.title\n\nfindings contains {\"path\": [\"kind\"], \"message\": \"m\"} if {\n\tinput.spec.tier == 1\n\tinput.spec.status == \"live\"\n}",
            "",
            "not covered: policies/acme/x/rule.rego: ",
        ),
    ];
    for (body, more, expected_text) in cases {
        let folder = own(&crate::common::rule("x", body), &format!("{PAGE}{more}"));
        let output = leaver(folder.path(), &["test"]);
        assert!(out(&output).contains(expected_text), "{expected_text}: {}{}", out(&output), err(&output));
        assert_eq!(
            code(&output),
            i32::from(*expected_text != "0 failed, 100.0 %"),
            "{expected_text}: {}",
            out(&output)
        );
    }
}

#[test]
fn a_page_needs_both_examples() {
    let folder = own(&crate::common::rule("x", "findings := set()"), "Nothing here.\n");
    let output = leaver(folder.path(), &["test", "--threshold", "0"]);
    assert_eq!(code(&output), 1);
    assert!(
        out(&output).contains("no block under `## Bad`") && out(&output).contains("no block under `## Good`"),
        "{}",
        out(&output)
    );
}

#[test]
fn rego_tests_run_and_junit_is_written() {
    let folder = own(
        &crate::common::rule(
            "x",
            "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"m\"} if not input.metadata.title",
        ),
        PAGE,
    );
    let tests = "package policies.acme.x_test\n\nimport data.policies.acme.x\n\ntest_finds if count(x.findings) == 1 with input as {\"metadata\": {}}\n\ntest_wrong if count(x.findings) == 9 with input as {\"metadata\": {}}\n";
    std::fs::write(folder.path().join("policies/acme/x/rule_test.rego"), tests).expect("written");
    let output = leaver(folder.path(), &["test", "--junit", "r.xml", "--verbose"]);
    assert_eq!(code(&output), 1, "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("ok      test_finds"), "{}", out(&output));
    assert!(out(&output).contains("FAILED  test_wrong (policies/acme/x/rule_test.rego:7)"), "{}", out(&output));
    let xml = std::fs::read_to_string(folder.path().join("r.xml")).expect("written");
    assert!(xml.contains("test_wrong") && xml.contains("<failure"), "{xml}");
}

/// A failing test shows the output of the rule, so that nobody has to run the rule again by hand.
#[test]
fn failing_tests_show_the_messages_of_the_rule() {
    let titled = "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": sprintf(\"%s has tier %v\", [input.metadata.name, input.spec.tier])} if input.spec.tier";
    let cases: &[(&str, &str, &[&str])] = &[
        (
            titled,
            "```yaml\nmetadata: {name: b}\nspec: {tier: 1}\n```\n",
            &["line 13: found `acme/x`, expected nothing; message: b has tier 1"],
        ),
        (
            "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": sprintf(\"%s: %v\", [input.metadata.name, n])} if some n in [1, 2]",
            "",
            &["line 10: found `acme/x`, expected nothing; message: a: 1; message: a: 2"],
        ),
        (
            "findings contains {\"path\": [\"kind\"], \"message\": \"on the wrong line\"} if input.metadata.name == \"a\"",
            "```yaml\nmetadata: {name: b} # finding: acme/x\n```\n",
            &["line 13: expected `acme/x`, found nothing; the rule found nothing in this block"],
        ),
    ];
    for (body, more, expected_text) in cases {
        let folder = own(&crate::common::rule("x", body), &format!("{PAGE}{more}"));
        let output = leaver(folder.path(), &["test", "--junit", "r.xml"]);
        let xml = std::fs::read_to_string(folder.path().join("r.xml")).expect("written");
        for expected_text in *expected_text {
            assert!(out(&output).contains(expected_text), "{expected_text}: {}{}", out(&output), err(&output));
            assert!(xml.contains(expected_text), "{expected_text}: {xml}");
        }
        assert_eq!(code(&output), 1);
    }
}

/// One interpreter runs all blocks of a page, so blocks must not affect each other.
#[test]
fn blocks_of_a_page_do_not_affect_each_other() {
    let body = "findings contains {\"path\": [\"metadata\", \"owner\"], \"message\": \"m\"} if {\n\towner := input.metadata.owner\n\tnot data.leaver.catalogue.Team[owner]\n\tdata.leaver.today > \"2026-01-01\"\n\tnot data.leaver.signoffs.required\n\tdata.leaver.params[\"acme/x\"].max == 1\n}";
    let rule = crate::common::rule("x", body).replace(
        "#   fix: There",
        "#   params:\n#     max: {type: integer, default: 1, description: Test}\n#   fix: There",
    );
    let team = "kind: Team\nmetadata: {name: t}\n";
    let app = "metadata: {name: a, owner: t}";
    let bad = format!("```yaml\n{app} # finding: acme/x\n```\n");
    let page = format!(
        "## Bad\n\n{bad}\n## Good\n\n```yaml\n{team}---\n{app}\n```\n\n## Boundary\n\n{bad}\n```yaml today=2025-01-01\n{app}\n```\n\n{bad}\n```yaml params={{\"max\":2}}\n{app}\n```\n\n{bad}\n```yaml\nsignoffs: {{required: true}}\n---\n{app}\n```\n\n{bad}"
    );
    let folder = own(&rule, &page);
    let output = leaver(folder.path(), &["test", "--compiled", "--threshold", "0"]);
    assert!(
        out(&output).contains("\n11 passed, 0 failed") || out(&output).starts_with("11 passed, 0 failed"),
        "{}{}",
        out(&output),
        err(&output)
    );
}

/// Users' tests come first, and leaver's own tests run only if bundled rules are tested.
#[test]
fn own_tests_run_first() {
    let body =
        "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"m\"} if not input.metadata.title";
    let folder = own(&crate::common::rule("x", body), PAGE);
    let test = "package policies.acme.x_test\n\nimport data.policies.acme.x\n\ntest_mine if count(x.findings) == 1 with input as {\"metadata\": {}}\n";
    std::fs::write(folder.path().join("policies/acme/x/rule_test.rego"), test).expect("written");
    let names = |arguments: &[&str]| -> Vec<String> {
        let output = leaver(folder.path(), arguments);
        assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
        out(&output).lines().filter_map(|line| line.strip_prefix("ok      ")).map(str::to_owned).collect()
    };
    let mine = ["acme/x: metadata and paths", "acme/x: examples", "acme/x: bad 1", "acme/x: good 2"];
    assert_eq!(names(&["test", "-v"]), [&mine[..], &["test_mine"]].concat());
    // The results of bundled rules come after the results of the user's rules, although `admin/…` would come first by name.
    let all = names(&["test", "-v", "--bundled", "--threshold", "0"]);
    assert_eq!(all[..4], mine);
    let at = |name: &str| all.iter().position(|case| case == name).expect(name);
    let first_bundled_test = all.iter().position(|case| case.starts_with("test_")).expect("a test of a library");
    assert_eq!(first_bundled_test, at("test_mine"), "{all:?}");
    assert!(all.len() > 1_000 && at("admin/review-overdue: examples") > 3, "{}", all.len());
}

/// A new rule is active at once, because `leaver new rule` adds the folder of the rule to leaver.yaml. The rest of leaver.yaml does not change.
#[test]
fn new_rules_are_registered_and_fail_the_run() {
    let hint = "with `status: preview` in rule.rego they are shown, but never fail a run";
    let long = "# top\nversion: 1 # one\n\n# profile\nprofile: strict\n\nlimits: {findings: 5000}   # spaces\n# end";
    let cases: &[(&str, &str, &[&str])] = &[
        ("version: 1\n", "version: 1\npolicies: [policies]\n", &[]),
        ("version: 1", "version: 1\npolicies: [policies]", &[]),
        ("version: 1\r\nfailOn: error\r\n", "version: 1\r\npolicies: [policies]\r\nfailOn: error\r\n", &[]),
        ("\u{feff}version: 1\n", "\u{feff}version: 1\npolicies: [policies]\n", &[]),
        ("---\nversion: 1\n...\n", "---\nversion: 1\npolicies: [policies]\n...\n", &[]),
        (
            long,
            "# top\nversion: 1 # one\npolicies: [policies]\n\n# profile\nprofile: strict\n\nlimits: {findings: 5000}   # spaces\n# end",
            &[],
        ),
        ("version: 1\npolicies: []\n", "version: 1\npolicies: [policies]\n", &[]),
        ("version: 1\npolicies: [ a ] # mine\n", "version: 1\npolicies: [ a, house ] # mine\n", &["--folder", "house"]),
        ("policies: [\"a\"]\nversion: 1\n", "policies: [\"a\", house]\nversion: 1\n", &["--folder", "house"]),
        ("policies: [\n  a,\n]\nversion: 1\n", "policies: [\n  a, house,\n]\nversion: 1\n", &["--folder", "house"]),
        (
            "policies:\n  - a # one\n  # two\n\nversion: 1\n",
            "policies:\n  - a # one\n  - house\n  # two\n\nversion: 1\n",
            &["--folder", "house"],
        ),
        ("version: 1\npolicies:\n-   a", "version: 1\npolicies:\n-   a\n-   house", &["--folder", "house"]),
        ("version: 1\npolicies: [a]\n", "version: 1\npolicies: [a, \"no house\"]\n", &["--folder", "no house"]),
        ("version: 1\npolicies: [a]\n", "version: 1\npolicies: [a, \"on\"]\n", &["--folder", "on"]),
        ("version: 1\npolicies: [a]\n", "version: 1\npolicies: [a]\n", &[]),
        ("version: 1\npolicies: [./a]\n", "version: 1\npolicies: [./a]\n", &["--folder", "a"]),
    ];
    for (before, after, more) in cases {
        let a = crate::common::rule("x", "findings := set()").replace("policies.acme.x", "policies.other.y");
        let mut files = vec![("leaver.yaml", *before), ("app.yaml", crate::common::CLEAN)];
        if before.contains("[a") || before.contains("a]") || before.contains(" a") || before.contains('"') {
            files.push(("a/other/y/rule.rego", &a));
        }
        let folder = crate::common::folder(&files);
        let output = leaver(folder.path(), &[&["new", "rule", "acme/no-title"][..], more].concat());
        assert_eq!(code(&output), 0, "{before:?}: {}", err(&output));
        let text = std::fs::read_to_string(folder.path().join("leaver.yaml")).expect("text");
        assert_eq!(text, *after, "{before:?}: {}", out(&output));
        assert!(
            out(&output).contains(hint) && out(&output).contains("`leaver test acme/no-title`"),
            "{}",
            out(&output)
        );
        assert_eq!(out(&output).contains("to `policies` in leaver.yaml"), before != after, "{}", out(&output));
        assert!(!out(&output).contains("next: make") && !out(&output).contains("next: write"), "{}", out(&output));
        // The rule runs, and its finding fails the run.
        let tested = leaver(folder.path(), &["test", "acme/no-title"]);
        assert_eq!(code(&tested), 0, "{before:?}: {}{}", out(&tested), err(&tested));
        let check = leaver(folder.path(), &["check", "--profile", "default", "-o", "concise"]);
        assert_eq!(code(&check), 1, "{before:?}: {}{}", out(&check), err(&check));
        assert!(out(&check).contains("slack: the app has no title"), "{}", out(&check));
    }
}

/// If leaver.yaml is missing or in an unusual style, the user gets the lines to add.
#[test]
fn a_folder_that_cannot_be_registered_is_reported() {
    for (before, lines) in [
        (None, &["leaver.yaml` with these lines", "    version: 1\n    policies: [policies]\n"][..]),
        (Some("{version: 1}\n"), &["    policies: [policies]\n"]),
        (Some("{version: 1, policies: &p [a]}\n"), &[]),
        (Some("version: 1\npolicies: !!seq [a]\n"), &[]),
    ] {
        let mut files = vec![("app.yaml", crate::common::CLEAN)];
        let a = crate::common::rule("x", "findings := set()").replace("policies.acme.x", "policies.other.y");
        files.push(("a/other/y/rule.rego", &a));
        files.extend(before.map(|text| ("leaver.yaml", text)));
        let folder = crate::common::folder(&files);
        let output = leaver(folder.path(), &["new", "rule", "acme/no-title"]);
        let now = std::fs::read_to_string(folder.path().join("leaver.yaml")).ok();
        if code(&output) == 2 {
            // An invalid leaver.yaml is not changed, and no rule is written.
            assert_eq!(now.as_deref(), before);
            continue;
        }
        if lines.is_empty() {
            continue;
        }
        assert_eq!(now.as_deref(), before);
        for line in lines {
            assert!(out(&output).contains(line), "{before:?}: {line}: {}", out(&output));
        }
        assert!(folder.path().join("policies/acme/no-title/rule.rego").exists());
    }
    // leaver.yaml cannot name a folder outside the catalogue.
    let outside = tempfile::tempdir().expect("a folder");
    let folder = crate::common::folder(&[("leaver.yaml", "version: 1\n")]);
    let output = leaver(folder.path(), &["new", "rule", "acme/x", "--folder", outside.path().to_str().expect("text")]);
    assert!(out(&output).contains("next: move the folder below"), "{}{}", out(&output), err(&output));
    assert_eq!(std::fs::read_to_string(folder.path().join("leaver.yaml")).expect("text"), "version: 1\n");
}

/// Every output that mentions a preview rule explains the term.
#[test]
fn preview_is_explained_wherever_it_counts() {
    let body = "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"no title\"} if not input.metadata.title";
    let rule = crate::common::rule("x", body);
    let two = crate::common::CLEAN.replace("---\n", "---\napiVersion: leaver/v1\nkind: App\nmetadata: {name: box, owner: it-apps}\nspec: {provisioning: {mode: none}}\n---\n");
    for (status, severity, app, fails, expected_text) in [
        ("preview", "error", crate::common::CLEAN, 0, "1 comes from a preview rule, which never fails a run"),
        ("preview", "error", &two, 0, "2 come from preview rules, which never fail a run"),
        ("preview", "warning", crate::common::CLEAN, 0, "1 comes from a preview rule, which never fails a run"),
        ("stable", "error", crate::common::CLEAN, 1, "1 error in 1 of 1 app"),
    ] {
        let rule = rule
            .replace("status: stable", &format!("status: {status}"))
            .replace("severity: error", &format!("severity: {severity}"));
        let folder = own(&rule, PAGE);
        std::fs::write(folder.path().join("app.yaml"), app).expect("written");
        for format in ["full", "concise", "markdown"] {
            let output = leaver(folder.path(), &["check", "--select", "acme", "-o", format]);
            assert_eq!(code(&output), fails, "{status}: {}", out(&output));
            assert!(
                out(&output).contains(expected_text)
                    || out(&output).contains(&expected_text.replace("1 error", "**1 error**")),
                "{expected_text}: {}",
                out(&output)
            );
            assert_eq!(out(&output).contains("preview"), status == "preview", "{}", out(&output));
        }
        let junit = out(&leaver(folder.path(), &["check", "--select", "acme", "-o", "junit"]));
        assert_eq!(junit.contains("<failure"), fails == 1, "a failed test fails the job: {junit}");
        let explained = out(&leaver(folder.path(), &["explain", "acme/x"]));
        assert_eq!(
            explained.replace('\n', " ").contains("preview: its findings are shown, but never fail a run."),
            status == "preview",
            "{explained}"
        );
    }
    // With a severity in leaver.yaml, findings of a preview rule count.
    let folder = own(&rule.replace("status: stable", "status: preview"), PAGE);
    std::fs::write(folder.path().join("app.yaml"), crate::common::CLEAN).expect("written");
    std::fs::write(
        folder.path().join("leaver.yaml"),
        "version: 1\npolicies: [policies]\nrules: {acme/x: {severity: error}}\n",
    )
    .expect("written");
    let output = leaver(folder.path(), &["check", "--select", "acme"]);
    assert!(code(&output) == 1 && !out(&output).contains("preview"), "{}", out(&output));
}

#[test]
fn the_scope_of_a_rule_is_a_list_of_kinds() {
    let kinds = format!("the kinds are {}", leaver::model::KINDS.join(", "));
    for (scope, status, expected_text) in [
        ("App", 0, "0 failed"),
        ("[App, Team]", 0, "0 failed"),
        ("Apps", 2, "`Apps` in `scope` is not a kind of declaration"),
        ("Apps", 2, "did you mean `App`?"),
        ("[App, Vendors]", 2, kinds.as_str()),
        ("everything", 2, "scope"),
        ("[catalogue]", 2, "scope"),
    ] {
        let body =
            "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"m\"} if not input.metadata.title";
        let folder = own(&crate::common::rule("x", body).replace("scope: App", &format!("scope: {scope}")), PAGE);
        let output = leaver(folder.path(), &["test"]);
        let printed = format!("{}{}", out(&output), err(&output));
        assert!(code(&output) == status && printed.contains(expected_text), "{scope}: {printed}");
    }
}
