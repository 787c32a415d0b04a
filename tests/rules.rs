//! The rules' own tests: every YAML block of every page, in the interpreter and compiled; every line covered.

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

/// `reads` keeps parts of the catalogue from a rule: one that names too little would pass everything.
#[test]
fn reads_that_hide_a_finding_are_told() {
    let body = "findings contains {\"declaration\": at, \"path\": [\"metadata\", \"title\"], \"message\": \"m\"} if {\n\tsome at, declaration in input.declarations\n\tdeclaration.metadata.name\n\tnot declaration.metadata.title\n}";
    for (scope, says) in [
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
        assert!(text.contains(says), "{says}: {text}");
        assert_eq!(code(&output) == 0, says.starts_with('0'), "{says}: {text}");
    }
}

#[test]
fn what_is_wrong_with_a_rule_is_told() {
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
            "`input.metadata.title` stands inside `not` as an operand",
        ),
        (
            "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"m\"} if not startswith(input.metadata.title, \"A\")",
            "",
            "`input.metadata.title` stands inside `not` as an operand",
        ),
        (good, "```yaml\nmetadata: {nmae: a}\n```\n", "`nmae` is not a key of `metadata`"),
        (good, "```yaml params={\"max\":1}\nmetadata: {title: a}\n```\n", "the rule has no parameter `max`"),
        (
            "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"m\"} if not input.metadata.title\n\nfindings contains {\"path\": [\"kind\"], \"message\": \"m\"} if {\n\tinput.spec.tier == 1\n\tinput.spec.status == \"live\"\n}",
            "",
            "not covered: policies/acme/x/rule.rego: ",
        ),
    ];
    for (body, more, says) in cases {
        let folder = own(&crate::common::rule("x", body), &format!("{PAGE}{more}"));
        let output = leaver(folder.path(), &["test"]);
        assert!(out(&output).contains(says), "{says}: {}{}", out(&output), err(&output));
        assert_eq!(code(&output), i32::from(*says != "0 failed, 100.0 %"), "{says}: {}", out(&output));
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

/// A failing test says what the rule said, so that nobody has to run it again by hand.
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
    for (body, more, says) in cases {
        let folder = own(&crate::common::rule("x", body), &format!("{PAGE}{more}"));
        let output = leaver(folder.path(), &["test", "--junit", "r.xml"]);
        let xml = std::fs::read_to_string(folder.path().join("r.xml")).expect("written");
        for says in *says {
            assert!(out(&output).contains(says), "{says}: {}{}", out(&output), err(&output));
            assert!(xml.contains(says), "{says}: {xml}");
        }
        assert_eq!(code(&output), 1);
    }
}

/// One interpreter serves all blocks of a page: nothing of one block may be seen by the next.
#[test]
fn blocks_of_a_page_do_not_see_each_other() {
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

/// What the user wrote comes first, and leaver's own tests only where its rules are tested.
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
    // `admin/…` stands before `acme/…` in no list of the user's.
    let all = names(&["test", "-v", "--bundled", "--threshold", "0"]);
    assert_eq!(all[..4], mine);
    let at = |name: &str| all.iter().position(|case| case == name).expect(name);
    let first_bundled_test = all.iter().position(|case| case.starts_with("test_")).expect("a test of a library");
    assert_eq!(first_bundled_test, at("test_mine"), "{all:?}");
    assert!(all.len() > 1_000 && at("admin/review-overdue: examples") > 3, "{}", all.len());
}
