//! How reports show the place of a finding, and how other tools identify the finding.

use std::path::Path;

use serde_json::Value;

use super::{app, entries, entry, write_file};
use crate::common::{folder, leaver, out};

#[test]
fn a_missing_key_of_an_entry_is_marked_as_missing() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &entries(&[entry("old")]))]);
    let full = out(&leaver(files.path(), &["check", "--select", "credential/no-owner"]));
    assert!(full.contains("spec.nonHuman[old].owner is missing"), "{full}");
    // A value that exists is not marked as missing, even if it is wrong.
    write_file(
        files.path(),
        "a.yaml",
        "apiVersion: leaver/v1\nkind: App\nmetadata:\n  name: box\n  owner: nobody\nspec:\n  provisioning: {mode: none}\n",
    );
    let full = out(&leaver(files.path(), &["check", "--select", "catalogue/unknown-owner"]));
    assert!(full.contains("metadata.owner") && !full.contains("is missing"), "{full}");
    let json = |files: &Path, rule: &str| {
        let text = out(&leaver(files, &["check", "--select", rule, "-o", "json"]));
        serde_json::from_str::<Value>(&text).expect("JSON")["findings"][0].clone()
    };
    assert_eq!(json(files.path(), "catalogue/unknown-owner")["exists"], true);
    write_file(files.path(), "a.yaml", &entries(&[entry("old")]));
    let finding = json(files.path(), "credential/no-owner");
    assert_eq!(
        (&finding["exists"], &finding["address"]),
        (&Value::Bool(false), &Value::from("spec.nonHuman[old].owner"))
    );
}

/// Code scanning and Code Quality identify findings by fingerprint. The fingerprint depends on the identity of the app and of the list entry, not on
/// the position of the entry.
#[test]
fn fingerprints_follow_entries_and_apps() {
    let files = folder(&[("leaver.yaml", "version: 1\n")]);
    let prints = |text: &str| -> Vec<(String, String)> {
        write_file(files.path(), "a.yaml", text);
        let text = out(&leaver(files.path(), &["check", "--select", "credential/no-owner", "-o", "json"]));
        let report: Value = serde_json::from_str(&text).expect("JSON");
        let pair = |finding: &Value| {
            (
                finding["address"].as_str().expect("text").to_owned(),
                finding["fingerprint"].as_str().expect("text").to_owned(),
            )
        };
        report["findings"].as_array().expect("a list").iter().map(pair).collect()
    };
    let one = prints(&entries(&[entry("a"), entry("b")]));
    let mut other = prints(&entries(&[entry("c"), entry("b"), entry("a")]));
    other.retain(|(address, _)| !address.contains("[c]"));
    other.reverse();
    assert_eq!(one, other);
    let vendor = prints(&app(", vendor: Box", "", &[entry("a"), entry("b")]));
    assert!(one.iter().zip(&vendor).all(|(one, other)| one.0 == other.0 && one.1 != other.1));
}
