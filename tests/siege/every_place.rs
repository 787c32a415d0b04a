//! Some rules check a kind of value, such as a secret or a team, at every place that the schema allows. The tests take the places of a key from the
//! schema, so that they include places that are added later. A new key that names a team or a System must be added to the lists below.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::fields::{Fill, Schema, yaml};
use crate::common::{err, folder, leaver, out};

/// The System that the declaration names in every other place.
const OKTA: &str = "apiVersion: leaver/v1\nkind: System\nmetadata: {name: okta}\nspec: {queues: [REQUESTS]}\n";

/// Puts a text that begins with `text` at each wanted place of one full declaration. Returns the places without a finding of
/// one of the rules.
fn places_without_finding(rules: &str, kind: &str, text: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let schema = Schema::read();
    let (_, places) = schema.declaration(kind, text, Fill::Valid);
    // Only the texts under test are undeclared.
    let (mut value, _) = schema.declaration(kind, "okta", Fill::Valid);
    let places: Vec<String> =
        places.into_iter().filter(|place| is_wanted(place)).map(|place| place.replace('*', "key")).collect();
    assert!(!places.is_empty(), "{kind}: no place accepts {text}");
    for (at, place) in places.iter().enumerate() {
        *value.pointer_mut(place).expect("a place") = json!(format!("{text}{at}"));
    }
    let files = folder(&[("a.yaml", &yaml(&value, false)), ("okta.yaml", OKTA)]);
    let output = leaver(files.path(), &["check", "-o", "json", "--select", rules]);
    let report: Value = serde_json::from_str(&out(&output)).unwrap_or_else(|_| panic!("{}", err(&output)));
    assert_eq!(report["failures"], json!([]), "{kind}");
    let findings = report["findings"].as_array().expect("a list").iter();
    let findings = findings.filter(|finding| rules.split(',').any(|rule| finding["rule"] == rule));
    // A finding about a population has the pointer that the value would have in an app without populations.
    let place = |finding: &Value| {
        let parent = if finding["population"].is_null() { "/spec" } else { "/spec/populations/0" };
        Some(finding["pointer"].as_str()?.replacen("/spec", parent, 1))
    };
    let found: BTreeSet<String> = findings.filter_map(place).collect();
    places.into_iter().filter(|place| !found.contains(place)).collect()
}

#[test]
fn a_secret_is_found_in_every_text_that_may_contain_it() {
    let secret = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
    for kind in ["App", "Pattern", "Team", "System", "Waiver"] {
        let is_text = |place: &str| !["/apiVersion", "/kind"].contains(&place);
        assert_eq!(places_without_finding("credential/secret-in-file", kind, secret, is_text), [""; 0], "{kind}");
    }
}

#[test]
fn every_key_that_names_a_system_is_checked() {
    let keys = ["/system", "/sourceOfTruth", "/authority", "/migration/from", "/migration/to"];
    let names_system = |place: &str| keys.iter().any(|key| place.ends_with(key));
    assert_eq!(places_without_finding("catalogue/unknown-system", "App", "nowhere-", names_system), [""; 0]);
}

#[test]
fn every_key_that_names_a_team_is_checked() {
    let keys = ["/owner", "/sponsor", "/escalateTo", "/approver", "/managedBy", "/accountsBy", "/credentialsBy"];
    let names_team = |place: &str| keys.iter().any(|key| place.ends_with(key));
    for kind in ["App", "System"] {
        assert_eq!(places_without_finding("catalogue/unknown-owner", kind, "unknown-", names_team), [""; 0], "{kind}");
    }
}

#[test]
fn every_key_that_names_a_queue_is_checked() {
    let names_queue = |place: &str| place.ends_with("/queue");
    assert_eq!(places_without_finding("catalogue/unknown-queue", "App", "NOWHERE", names_queue), [""; 0]);
}

#[test]
fn every_key_that_names_a_credential_is_checked() {
    let names_credential = |place: &str| place.ends_with("/credential");
    let rules = "mechanism/no-credential,scim/undeclared-credential";
    assert_eq!(places_without_finding(rules, "App", "nowhere", names_credential), [""; 0]);
}
