//! Every rule states its precision and its controls. A finding about two values shows both places.

use std::collections::BTreeSet;

use crate::common::{CLEAN, FAULTY, code, folder, leaver, out, root};
use serde_json::Value;

fn rules() -> Vec<Value> {
    let text = out(&leaver(&root(), &["rules", "--format", "json", "--profile", "default"]));
    serde_json::from_str(&text).expect("JSON")
}

fn rows(text: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(text.as_bytes()).records().map(|row| row.expect("a row")).collect()
}

#[test]
fn every_rule_states_its_precision_and_only_precise_rules_are_errors() {
    let rules = rules();
    assert!(rules.len() > 100);
    for rule in &rules {
        let precision = rule["precision"].as_str().expect("a precision");
        assert!(["high", "medium", "low"].contains(&precision), "{rule}");
        assert!(rule["severity"] != "error" || precision == "high", "{rule}");
    }
    assert!(rules.iter().any(|rule| rule["precision"] == "medium"), "some rules are less precise");
    let shown = out(&leaver(&root(), &["explain", "jit/scim-available"]));
    assert!(shown.contains("precision medium"), "{shown}");
}

#[test]
fn findings_of_a_less_precise_rule_cannot_be_raised_to_errors() {
    let body = "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"m\", \"severity\": \"error\"} if not input.metadata.title";
    let rule = crate::common::rule("x", body)
        .replace("precision: high", "precision: medium")
        .replace("severity: error\n#", "severity: warning\n#");
    let files = folder(&[("leaver.yaml", "version: 1\npolicies: [policies]\n"), ("policies/acme/x/rule.rego", &rule)]);
    let output = leaver(files.path(), &["test"]);
    assert_eq!(code(&output), 1);
    assert!(
        out(&output).contains("only a rule of high precision may report a finding as an error"),
        "{}",
        out(&output)
    );
}

/// The column `controls` has one word for each control of the finding's rule, so that spreadsheets can filter by control.
#[test]
fn findings_can_be_filtered_by_control() {
    let matrix = rows(&out(&leaver(&root(), &["rules", "--format", "csv"])));
    let report = rows(&out(&leaver(&root(), &["check", "examples", "-o", "csv"])));
    let frameworks: BTreeSet<&str> = matrix.iter().map(|row| &row[3]).filter(|name| !name.is_empty()).collect();
    let all = ["cis-v8", "iso-27001", "nist-800-53", "nist-csf", "owasp-nhi", "pci-dss", "soc2"];
    assert_eq!(frameworks, all.into());
    let mut seen = 0;
    for row in matrix.iter().filter(|row| !row[3].is_empty()) {
        assert!(!row[4].is_empty() && !row[4].contains(' '), "{row:?}");
        let word = format!("{}:{}", &row[3], &row[4]);
        let of_rule: Vec<_> = report.iter().filter(|finding| finding[2] == row[0]).collect();
        seen += of_rule.len();
        assert!(of_rule.iter().all(|finding| finding[11].split(' ').any(|control| control == word)), "{word} {row:?}");
    }
    assert!(seen > 100, "the examples have findings with controls");
    let terminated = report.iter().filter(|finding| finding[11].split(' ').any(|control| control == "pci-dss:8.2.5"));
    let rules: BTreeSet<&str> = terminated.map(|finding| &finding[2]).collect();
    assert!(rules.contains("leaver/sla-too-long") && !rules.contains("review/too-rare"), "{rules:?}");
}

/// A rule that reads other declarations must name related places. The exceptions report a name that does not exist or that nothing uses, so there is
/// no related place.
#[test]
fn a_rule_that_reads_other_declarations_names_related_places() {
    let mut looked = 0;
    for rule in rules() {
        let id = rule["id"].as_str().expect("text");
        let text = std::fs::read_to_string(root().join(format!("policies/{id}/rule.rego"))).expect("text");
        if text.contains("data.leaver.catalogue") || text.contains("scope: catalogue") {
            looked += 1;
            assert!(
                text.contains("\"related\"")
                    || ["waiver/unknown-app", "catalogue/unknown-queue", "pattern/unused"].contains(&id),
                "{id} names one place only"
            );
        }
    }
    assert!(looked > 10);
}

/// The related places of a rule's finding, each as `file:line message`.
fn related(files: &[(&str, &str)], rule: &str) -> Vec<String> {
    let files = folder(&[files, &[("leaver.yaml", "version: 1\n"), ("z.yaml", CLEAN)]].concat());
    let report: Value = serde_json::from_str(&out(&leaver(files.path(), &["check", "-o", "json"]))).expect("JSON");
    let findings = report["findings"].as_array().expect("a list");
    let finding = findings.iter().find(|finding| finding["rule"] == rule).unwrap_or_else(|| panic!("{rule}: {report}"));
    let places = finding["related"].as_array().expect("a list").iter();
    places
        .map(|place| {
            let text = |key: &str| place[key].as_str().expect("text");
            format!("{}:{} {}", text("file"), place["region"]["startLine"], text("message"))
        })
        .collect()
}

#[test]
fn findings_about_two_declarations_show_both_places() {
    let system = "apiVersion: leaver/v1\nkind: System\nmetadata: {name: hub, aliases: [old-hub, older-hub]}\nspec: {kind: iga, deleteGuard: {threshold: 5}}\n";
    let team = "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: crew}\nspec: {members: [ada, sam]}\n";
    let waiver = |rule: &str, approver: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {{name: w}}\nspec: {{rule: {rule}, apps: [box], reason: so, owner: t, approver: {approver}, from: 2026-11-01, expires: 2027-01-31}}\n"
        )
    };
    let app = FAULTY.replace("sourceOfTruth: workday", "sourceOfTruth: older-hub");
    assert_eq!(related(&[("a.yaml", &app), ("s.yaml", system)], "catalogue/unknown-system"), ["s.yaml:3 the alias"]);
    let guarded = FAULTY.replace(
        "provisioning: {mode: jit, jit: {expiresAfterDays: 30, defaultRole: viewer, matchKey: objectGUID, roleSync: none, refusesSuspended: true}}",
        "provisioning: {mode: connector, connector: {system: hub, deleteGuard: {slaHours: 1}}}",
    );
    let found = related(&[("a.yaml", &guarded), ("s.yaml", system)], "scim/unowned-delete-guard");
    assert_eq!(found, ["s.yaml:4 the system's guard"]);
    let owned = FAULTY.replace("metadata: {name: box, owner: t,", "metadata: {name: box, owner: crew,");
    let files = [("a.yaml", owned.as_str()), ("t.yaml", team), ("w.yaml", &waiver("jit/no-update-owner", "sam"))];
    assert_eq!(
        related(&files, "waiver/approver-is-owner"),
        ["a.yaml:3 the owner of the app", "t.yaml:4 a member of the team"]
    );
    let files = [("a.yaml", FAULTY), ("w.yaml", &waiver("jit/no-review-owner", "ada"))];
    assert_eq!(related(&files, "waiver/unused"), ["a.yaml:3 no finding to waive"]);
    let many: String = (0..20)
        .map(|number| {
            FAULTY
                .replace("metadata: {name: box, owner: t,", &format!("metadata: {{name: box-{number}, owner: crew,"))
                .split("---")
                .next()
                .map(|app| format!("---\n{app}"))
                .expect("an app")
        })
        .collect();
    let found = related(&[("a.yaml", &many), ("t.yaml", team)], "owner/concentration");
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|place| place.ends_with("one of its apps")), "{found:?}");
}
