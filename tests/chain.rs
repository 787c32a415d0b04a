//! An SLA is compared with the sum of all delays in a chain of feeds. The finding has a related place for each link of the chain.

use crate::common::{code, folder, leaver, out};
use serde_json::Value;

const TEAM: &str = "---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: it-apps}\nspec: {members: [ada@example.com, grace@example.com]}\n";

fn app(stages: &str) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: payroll, owner: it-apps}}\nspec:\n  tier: 2\n  sourceOfTruth: workday\n  signOn: {{protocol: saml, system: okta, assignmentRequired: true}}\n  provisioning: {{mode: scim, scim: {{syncMinutes: 40}}}}\n  lifecycle:\n    {stages}\n{TEAM}"
    )
}

fn feed(system: &str, feeds: &str) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: System\nmetadata: {{name: {system}, owner: it-apps}}\nspec:\n  fedBy:\n{feeds}\n"
    )
}

fn findings(rule: &str, files: &[(&str, &str)]) -> Vec<Value> {
    let files = folder(&[files, &[("leaver.yaml", "version: 1\n")]].concat());
    let output = leaver(files.path(), &["check", "-o", "json"]);
    assert!(code(&output) < 2, "{}", out(&output));
    let report: Value = serde_json::from_str(&out(&output)).expect("JSON");
    let found = report["findings"].as_array().expect("a list").iter();
    found.filter(|finding| finding["rule"] == rule).cloned().collect()
}

#[test]
fn the_whole_chain_is_shown_for_every_sla() {
    let daily = feed("okta", "    - {system: workday, syncMinutes: 1440}");
    for (stage, promise) in [
        ("deprovision", "deprovision: {via: scim, owner: it-apps, effect: suspend, slaHours: 1}"),
        ("update", "update: {via: scim, owner: it-apps, slaHours: 1}"),
        ("entitle", "entitle: {via: scim, owner: it-apps, slaHours: 1}"),
        ("create", "create: {via: scim, owner: it-apps, slaHours: 1}"),
        ("revokeSessions", "revokeSessions: {via: scim, owner: it-apps, slaHours: 1}"),
        ("revokeCredentials", "revokeCredentials: {via: scim, owner: it-apps, slaHours: 1}"),
        (
            "deprovision.urgent",
            "deprovision: {via: scim, owner: it-apps, slaHours: 48, urgent: {via: scim, owner: it-apps, slaHours: 1}}",
        ),
    ] {
        let found = findings("mechanism/chain-too-slow", &[("a.yaml", &app(promise)), ("s.yaml", &daily)]);
        assert_eq!(found.len(), 1, "{stage}: {found:#?}");
        let message = format!(
            "payroll: `slaHours` of `{stage}` is 1 h, but imports take longer: workday → (24 h) okta → (40 min) payroll = 24 h 40 min > 1 h"
        );
        assert_eq!(found[0]["message"], message);
        assert_eq!(found[0]["related"][0]["file"], "s.yaml", "{found:#?}");
        assert_eq!(found[0]["related"][0]["region"]["startLine"], 6, "{found:#?}");
    }
}

#[test]
fn an_sla_that_the_chain_meets_is_not_a_finding() {
    let promise = "deprovision: {via: scim, owner: it-apps, effect: suspend, slaHours: 25}";
    for feeds in ["    - {system: workday, syncMinutes: 1440}", "    - {system: workday, syncMinutes: 0}"] {
        let found =
            findings("mechanism/chain-too-slow", &[("a.yaml", &app(promise)), ("s.yaml", &feed("okta", feeds))]);
        assert!(found.is_empty(), "{feeds}: {found:#?}");
    }
}

#[test]
fn every_link_of_a_longer_chain_is_a_place() {
    let okta = feed("okta", "    - {system: active-directory, syncMinutes: 30}");
    let directory = feed("active-directory", "    - {system: workday, syncMinutes: 720}");
    let promise = "deprovision: {via: scim, owner: it-apps, effect: suspend, slaHours: 12}";
    let found =
        findings("mechanism/chain-too-slow", &[("a.yaml", &app(promise)), ("o.yaml", &okta), ("d.yaml", &directory)]);
    let files: Vec<&str> =
        found[0]["related"].as_array().expect("a list").iter().filter_map(|place| place["file"].as_str()).collect();
    assert_eq!(files, ["o.yaml", "d.yaml"], "{found:#?}");
}

#[test]
fn cycles_and_unknown_feeds_are_reported_and_end_the_search() {
    let ring = [("okta", "entra-id"), ("entra-id", "okta")];
    let texts = ring.map(|(system, from)| feed(system, &format!("    - {{system: {from}, syncMinutes: 1440}}")));
    let app = app("deprovision: {via: scim, owner: it-apps, effect: suspend, slaHours: 1}");
    let files = [("a.yaml", app.as_str()), ("o.yaml", &texts[0]), ("e.yaml", &texts[1])];
    assert_eq!(findings("mechanism/feed-cycle", &files).len(), 2);
    let unknown = feed("okta", "    - {system: workdya, syncMinutes: 60}");
    let found = findings("mechanism/unknown-feed", &[("a.yaml", &app), ("o.yaml", &unknown)]);
    assert_eq!(
        found[0]["message"],
        "okta: the System is fed by `workdya`, which is not a declared System; did you mean `workday`?"
    );
}
