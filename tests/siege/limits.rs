//! A rule may report any number of findings. To limit its memory, the parent process keeps a limited number, and reports a failure if there are more.
#![cfg(target_os = "linux")]

use std::{path::Path, process::Output};

use serde_json::Value;

use crate::{
    common::{FAULTY, code, err, folder, out, rule},
    siege::files::after,
};

const OWN: &str = "version: 1\npolicies: [policies]\n";

/// Runs leaver with this address space. The worker has its own, lower limit.
fn with_address_space(mebibytes: u64, folder: &Path, arguments: &str) -> Output {
    after(&format!("ulimit -v {}", mebibytes * 1024), arguments, folder)
}

/// A catalogue with 150 apps, a correct rule, and a rule with this body.
fn catalogue(body: &str) -> tempfile::TempDir {
    let good = rule("good", "findings contains {\"path\": [\"kind\"], \"message\": \"seen\"} if input.kind == \"App\"");
    let (app, team) = FAULTY.split_once("---\n").expect("two documents");
    let files = folder(&[
        ("leaver.yaml", OWN),
        ("policies/acme/bad/rule.rego", &rule("bad", body)),
        ("policies/acme/good/rule.rego", &good),
        ("team.yaml", team),
    ]);
    for nth in 0..150 {
        let text = app.replace("{name: box,", &format!("{{name: box-{nth},"));
        std::fs::write(files.path().join(format!("{nth:03}.yaml")), text).expect("written");
    }
    files
}

const MANY: &str = "some n in numbers.range(1, 1500)";

fn long(length: usize) -> String {
    format!("long := concat(\"\", [\"0123456789\" | some _ in numbers.range(1, {})])\n\n", length / 10)
}

#[test]
fn findings_without_end_are_counted_as_they_arrive() {
    let kilobytes = |kib: usize| long(kib * 1024);
    for (name, body) in [
        (
            "long messages",
            format!(
                "{}findings contains {{\"path\": [\"kind\"], \"message\": sprintf(\"%d %s\", [n, long])}} if {MANY}",
                kilobytes(10)
            ),
        ),
        (
            "long related lists",
            format!(
                "{}findings contains {{\"path\": [\"kind\"], \"message\": sprintf(\"%d\", [n]), \"related\": [{{\"kind\": \"Team\", \"name\": \"t\", \"message\": long}} | some _ in numbers.range(1, 300)]}} if some n in numbers.range(1, 100)",
                kilobytes(2)
            ),
        ),
        (
            "long paths",
            format!(
                "{}findings contains {{\"path\": [\"kind\", long, n], \"message\": \"m\"}} if {MANY}",
                kilobytes(10)
            ),
        ),
        (
            "long fixes",
            format!(
                "{}findings contains {{\"path\": [\"kind\"], \"message\": sprintf(\"%d\", [n]), \"fix\": [{{\"op\": \"add\", \"path\": \"/kind\", \"value\": long}}]}} if {MANY}",
                kilobytes(10)
            ),
        ),
    ] {
        let files = catalogue(&body);
        let output = with_address_space(900, files.path(), "check -o json --select acme");
        assert_eq!(output.status.code(), Some(2), "{name}: {} {}", output.status, err(&output));
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let failures = report["failures"].as_array().expect("a list");
        assert!(failures.len() < 5, "{name}: {failures:?}");
        let named = failures.iter().any(|failure| {
            failure["rule"] == "acme/bad"
                && failure["message"].to_string().contains("too many findings, or findings that are too long")
        });
        assert!(named, "{name}: {failures:?}");
        let of = |rule: &str| {
            report["findings"].as_array().expect("a list").iter().filter(|one| one["rule"] == rule).count()
        };
        // The report has its own limit. The correct rule keeps all findings unless both rules together reach this limit.
        assert!(
            of("acme/bad") >= 50 && (of("acme/good") == 150 || of("acme/bad") + of("acme/good") == 100_000),
            "{name}"
        );
    }
}

#[test]
fn one_finding_as_large_as_memory_is_a_failure_of_its_rule() {
    let body = long(4 * 1024 * 1024);
    for (name, finding) in [
        ("message", "{\"path\": [\"kind\"], \"message\": long}"),
        ("path", "{\"path\": [\"kind\", long], \"message\": \"m\"}"),
        (
            "fix",
            "{\"path\": [\"kind\"], \"message\": \"m\", \"fix\": [{\"op\": \"add\", \"path\": \"/kind\", \"value\": long}]}",
        ),
        (
            "related",
            "{\"path\": [\"kind\"], \"message\": \"m\", \"related\": [{\"kind\": \"Team\", \"name\": \"t\", \"message\": \"m\"} | some _ in numbers.range(1, 30000)]}",
        ),
    ] {
        let files = catalogue(&format!("{body}findings contains {finding} if input.metadata.name == \"box-7\""));
        let output = with_address_space(900, files.path(), "check -o json --select acme");
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let failures = report["failures"].to_string();
        assert!(code(&output) == 2 && failures.contains("rule `acme/bad` reports a finding of"), "{name}: {failures}");
        assert_eq!(report["findings"].as_array().expect("a list").len(), 150, "{name}: the good rule");
    }
}

/// If a rule fails on each app, leaver reports a limited number of the failures.
#[test]
fn failures_of_one_rule_are_limited() {
    let files = catalogue("findings contains {\"path\": [], \"message\": \"m\"} if to_number(input.kind) == 1");
    let output = with_address_space(900, files.path(), "check -o json --select acme");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let failures = report["failures"].as_array().expect("a list");
    assert!(code(&output) == 2 && failures.len() == 101, "{}", failures.len());
    assert!(failures.iter().any(|one| one["message"].to_string().contains("failed more than 100 times")));
}

/// If rules find more than leaver keeps, the output is still the same with one thread and with eight threads.
#[test]
fn findings_within_limits_do_not_depend_on_threads() {
    let files = catalogue(&format!(
        "{}findings contains {{\"path\": [\"kind\"], \"message\": sprintf(\"%d %s\", [n, long])}} if {MANY}",
        long(20_000)
    ));
    let run = |threads: u8| {
        let output =
            with_address_space(1_500, files.path(), &format!("check -o json --select acme --threads {threads}"));
        assert_eq!(code(&output), 2);
        out(&output)
    };
    assert!(run(1) == run(8));
}

/// `leaver test` also reads findings from a worker. It names a test that has too many findings, and prints a limited part.
#[test]
fn tests_of_rules_report_a_bounded_part() {
    let body = format!(
        "{}findings contains {{\"path\": [\"spec\"], \"message\": sprintf(\"%d %s\", [n, long])}} if some n in numbers.range(1, 9000)",
        long(4_000)
    );
    let page = "# X\n\n## Bad\n\n```yaml\nspec: {tier: 1} # finding: acme/bad\n```\n\n## Good\n\n```yaml\nspec: {tier: 2}\n```\n";
    let files = folder(&[
        ("leaver.yaml", OWN),
        ("policies/acme/bad/rule.rego", &rule("bad", &body)),
        ("policies/acme/bad/rule.md", page),
    ]);
    let output = with_address_space(900, files.path(), "test");
    let printed = format!("{}{}", out(&output), err(&output));
    assert!(
        matches!(code(&output), 1 | 2) && printed.contains("acme/bad") && printed.len() < 2_000_000,
        "{}",
        printed.len()
    );
}
