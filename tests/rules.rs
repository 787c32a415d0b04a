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
