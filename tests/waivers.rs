//! leaver reports a waiver that has no effect because its rule or finding does not exist. If a run cannot determine whether a waiver has an effect,
//! leaver does not report the waiver.

use crate::common::{CLEAN, FAULTY, code, err, folder, git, leaver, out, with_git};

/// A waiver for findings of a rule in some apps.
fn waiver(name: &str, rule: &str, apps: &str, more: &str) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {{name: {name}}}\nspec: {{rule: {rule}, apps: {apps}, reason: it is so, owner: t, approver: security, {more}}}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {{name: security}}\nspec: {{}}\n"
    )
}

const DAYS: &str = "from: 2026-11-01, expires: 2027-01-31";

/// Checks a faulty app, a clean app and this waiver, and returns the messages about waivers.
fn waiver_messages(waiver: &str, more: &[(&str, &str)], arguments: &[&str]) -> Vec<String> {
    let mut files = vec![("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY), ("b.yaml", CLEAN), ("w.yaml", waiver)];
    for (name, text) in more {
        match files.iter_mut().find(|(known, _)| known == name) {
            Some(file) => file.1 = text,
            None => files.push((name, text)),
        }
    }
    let files = folder(&files);
    let output = leaver(files.path(), &[&["check", "-o", "concise"], arguments].concat());
    out(&output).lines().filter(|line| line.contains("[waiver/")).map(str::to_owned).collect()
}

#[test]
fn a_waiver_that_covers_nothing_is_found() {
    for (rule, apps, path, want) in [
        ("jit/no-update-owner", "[box]", "", None),
        ("jit/no-update-owner", "[box, slack]", "", None),
        ("jit/no-update-owner", "[box]", "path: spec.lifecycle, ", None),
        ("jit/no-update-owner", "[slack]", "", Some("w: `jit/no-update-owner` has no finding in `slack`")),
        (
            "jit/no-update-owner",
            "[box]",
            "path: spec.provisioning, ",
            Some("w: `jit/no-update-owner` has no finding in `box` at or below `spec.provisioning`"),
        ),
        ("jit/no-review-owner", "[box, slack]", "", Some("w: `jit/no-review-owner` has no finding in `box`, `slack`")),
        ("schema/syntax", "[box]", "", Some("w: `schema/syntax` has no finding in `box`")),
    ] {
        let found = waiver_messages(&waiver("w", rule, apps, &format!("{path}{DAYS}")), &[], &[]);
        let want: Vec<String> = want.iter().map(|text| format!("w.yaml:4:14: warning[waiver/unused] {text}")).collect();
        assert_eq!(found, want, "{rule} {apps} {path}");
    }
}

#[test]
fn two_waivers_for_one_finding_are_both_used() {
    let both = format!(
        "{}---\n{}",
        waiver("one", "jit/no-update-owner", "[box]", DAYS),
        waiver("two", "jit/no-update-owner", "[box]", DAYS).replace("name: security", "name: others")
    );
    assert_eq!(waiver_messages(&both, &[], &[]), Vec::<String>::new());
}

#[test]
fn unused_waivers_are_not_reported_after_an_incomplete_evaluation() {
    /// Description, files, arguments.
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);
    let idle = waiver("w", "jit/no-review-owner", "[box]", DAYS);
    assert_eq!(waiver_messages(&idle, &[], &[]).len(), 1, "a full check reports the unused waiver");
    let off = "version: 1\nrules: {jit/no-review-owner: {severity: off}}\n";
    let unused_off = "version: 1\nrules: {waiver/unused: {severity: off}}\n";
    let malformed = FAULTY.replace("metadata: {name: box", "metadata: {colour: blue, name: box");
    let failing =
        crate::common::rule("x", "findings contains {\"path\": 1, \"message\": \"m\"} if input.metadata.name");
    let own = [("leaver.yaml", "version: 1\npolicies: [policies]\n"), ("policies/acme/x/rule.rego", failing.as_str())];
    let silent: &[Case<'_>] = &[
        ("the rule was not selected", &[], &["--select", "waiver"]),
        ("the rule is ignored", &[], &["--ignore", "jit"]),
        ("the rule is off", &[("leaver.yaml", off)], &[]),
        ("`waiver/unused` is off", &[("leaver.yaml", unused_off)], &[]),
        ("`waiver/unused` is ignored", &[], &["--ignore", "waiver/unused"]),
        ("the app is invalid", &[("a.yaml", &malformed)], &[]),
        ("a rule failed", &own, &[]),
        ("another file was requested", &[], &["b.yaml"]),
    ];
    for (why, files, arguments) in silent {
        let found = waiver_messages(&idle, files, arguments);
        assert!(!found.iter().any(|line| line.contains("[waiver/unused]")), "{why}: {found:?}");
    }
    assert_eq!(waiver_messages(&idle, &[], &["w.yaml"]).len(), 1, "the whole catalogue was evaluated");
    assert_eq!(waiver_messages(&idle, &[], &["a.yaml"]).len(), 1, "the report names the waiver to delete");
    for (other, rule, apps, days) in [
        ("waiver/expired", "jit/no-review-owner", "[box]", "from: 2026-01-01, expires: 2026-03-31"),
        ("", "jit/no-review-owner", "[box]", "from: 2026-12-01, expires: 2027-01-31"),
        ("waiver/unknown-app", "jit/no-review-owner", "[bax]", DAYS),
        ("waiver/unknown-rule", "jit/no-review-ownr", "[box]", DAYS),
        ("waiver/incomplete", "jit/no-review-owner", "[]", DAYS),
    ] {
        let found = waiver_messages(&waiver("w", rule, apps, days), &[], &[]);
        assert_eq!(found.len(), usize::from(!other.is_empty()), "{found:?}");
        assert!(found.iter().all(|line| line.contains(other)), "{other} reports it: {found:?}");
    }
}

#[test]
fn single_files_without_a_catalogue_report_no_unused_waiver() {
    let idle = waiver("w", "jit/no-review-owner", "[box]", DAYS);
    let files = folder(&[("a.yaml", FAULTY), ("w.yaml", &idle)]);
    let run = |paths: &[&str]| out(&leaver(files.path(), &[&["check", "-o", "concise"], paths].concat()));
    assert!(!run(&["a.yaml", "w.yaml"]).contains("waiver/unused"));
    assert!(run(&["."]).contains("waiver/unused"));
}

#[test]
fn a_waiver_that_a_change_removes_is_not_reported() {
    let idle = waiver("w", "jit/no-review-owner", "[box]", DAYS);
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY), ("w.yaml", &idle)]);
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    let run = || out(&with_git(files.path(), &["check", "-o", "concise", "--trust-ref", "main"]));
    assert!(run().contains("w.yaml:4:14: warning[waiver/unused]"), "{}", run());
    std::fs::write(files.path().join("w.yaml"), idle.replace("[box]", "[box, slack]")).expect("written");
    assert!(run().contains("trust/changed") && !run().contains("waiver/unused"), "it is edited: {}", run());
    std::fs::remove_file(files.path().join("w.yaml")).expect("removed");
    assert!(!run().contains("waiver/unused"), "it is gone: {}", run());
}

#[test]
fn a_waiver_for_an_unknown_rule_gets_a_suggestion() {
    let found = waiver_messages(&waiver("w", "jit/no-update-ownr", "[box]", DAYS), &[], &[]);
    assert_eq!(
        found,
        [
            "w.yaml:4:14: warning[waiver/unknown-rule] w: there is no rule `jit/no-update-ownr`; the most similar is `jit/no-update-owner`"
        ]
    );
    let own = [
        ("leaver.yaml", "version: 1\npolicies: [policies]\nrules: {acme/x: {severity: off}}\n"),
        ("policies/acme/x/rule.rego", &crate::common::rule("x", "findings := set()")),
    ];
    assert_eq!(
        waiver_messages(&waiver("w", "acme/x", "[box]", DAYS), &own, &[]),
        Vec::<String>::new(),
        "a user's own rule that is off"
    );
}

#[test]
fn the_bundle_contains_the_metadata_of_rules() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY)]);
    let output = leaver(files.path(), &["bundle", ".", "-o", "bundle.tar.gz"]);
    assert_eq!(code(&output), 0, "{}", crate::common::err(&output));
    let bytes = std::fs::read(files.path().join("bundle.tar.gz")).expect("a file");
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
    let data = archive
        .entries()
        .expect("entries")
        .map(|entry| entry.expect("an entry"))
        .find(|entry| entry.path().expect("a path").as_os_str() == "data.json")
        .expect("data");
    let data: serde_json::Value = serde_json::from_reader(data).expect("JSON");
    let known = data["leaver"]["rules"]["known"].as_array().expect("a list");
    assert!(known.iter().any(|id| id == "waiver/unused") && known.len() > 100, "{known:?}");
    assert!(data["leaver"]["rules"]["retired"].is_object());
}

/// `leaver waive` reports the findings that `leaver check` would report about the new waiver.
#[test]
fn waive_reports_findings_of_the_new_waiver() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY)]);
    let waive = |rule: &str, expires: &str| {
        let output = leaver(
            files.path(),
            &["waive", rule, "box", "--reason", "moves", "--approver", "security", "--expires", expires],
        );
        (code(&output), format!("{}{}", out(&output), err(&output)))
    };
    let (status, text) = waive("jit/no-update-owner", "2026-12-10");
    assert!(status == 0 && text.contains("note: ") && text.contains("[waiver/expires-soon]"), "{text}");
    let strict = "version: 1\nrules: {waiver/too-long: {severity: error}}\n";
    std::fs::write(files.path().join("leaver.yaml"), strict).expect("a file");
    let (status, text) = waive("jit/no-inactivity-limit", "2027-12-31");
    assert!(status == 2 && text.contains("[waiver/too-long]"), "{text}");
    assert!(!files.path().join("waivers/box-jit-no-inactivity-limit.yaml").exists(), "{text}");
}
