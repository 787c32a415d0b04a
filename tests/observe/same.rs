//! An App states the id of its application at the identity provider. leaver finds that application by the id, in any spelling that the identity
//! provider accepts, even if the App has a schema error.

use super::{
    drift::{TEAM, rules},
    export, observed,
};
use crate::common::{TODAY, code, err, folder, leaver, out};

const UUID: &str = "11aa22bb-0c00-4d00-8e00-00000000000f";
const OTHER: &str = "aa000000-0b00-4000-8000-00000000000c";

/// A catalogue with one observed application.
fn observing(system: &str, id: &str, app: &str) -> tempfile::TempDir {
    let export = format!(
        r#"{{"observation":"leaver/v1","system":"{system}","complete":true,"takenOn":"{TODAY}","apps":[{{"appId":"{id}","otherIds":["{OTHER}"],"label":"Harbour","status":"active","signOn":{{"protocol":"saml"}}}}]}}"#
    );
    let there = folder(&[("leaver.yaml", "version: 1\n"), ("t.yaml", TEAM), ("a.yaml", app), ("e.json", &export)]);
    let output = leaver(there.path(), &["observe", "observation", "e.json"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    there
}

fn app(system: &str, id: &str, protocol: &str) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: quay, owner: it}}\nspec:\n  tier: 3\n  signOn: {{protocol: {protocol}, system: {system}, appId: \"{id}\"}}\n  provisioning: {{mode: manual}}\n  lifecycle: {{deprovision: {{via: ticket, queue: IT, owner: it, slaHours: 24}}}}\n"
    )
}

#[test]
fn uuids_are_compared_without_letter_case() {
    let mixed = "11aa22BB-0C00-4d00-8E00-00000000000F";
    let capitals = UUID.to_uppercase();
    for (declared, exported) in [
        (capitals.as_str(), UUID),
        (UUID, capitals.as_str()),
        (mixed, UUID),
        (mixed, capitals.as_str()),
        (&OTHER.to_uppercase(), UUID),
    ] {
        let there = observing("entra-id", exported, &app("entra-id", declared, "oidc"));
        let check = || leaver(there.path(), &["check", "-o", "json"]);
        assert_eq!(rules(&check()), ["drift/sign-on-differs"], "{declared} {exported}");
        let import = leaver(there.path(), &["import", "observation", "e.json"]);
        assert!(out(&import).starts_with("0 drafts"), "{}", out(&import));
        let update = leaver(there.path(), &["import", "observation", "e.json", "--update"]);
        assert!(out(&update).starts_with("quay: spec.signOn.protocol: oidc → saml\n"), "{}", out(&update));
        assert_eq!(rules(&check()), Vec::<String>::new(), "{declared} {exported}");
    }
}

#[test]
fn other_ids_are_compared_with_letter_case() {
    for (declared, exported) in
        [("0oaAbC", "0oaabc"), ("11AA22BB00004000800000000000000F", "11aa22bb00004000800000000000000f")]
    {
        let there = observing("okta", exported, &app("okta", declared, "saml"));
        let found = rules(&leaver(there.path(), &["check", "-o", "json"]));
        assert_eq!(found, ["drift/absent-app", "drift/undeclared-app"], "{declared} {exported}");
    }
}

#[test]
fn two_apps_with_one_uuid_are_the_same_application() {
    let second = app("entra-id", &UUID.to_uppercase(), "saml").replace("quay", "wharf");
    let there = folder(&[("t.yaml", TEAM), ("a.yaml", &app("entra-id", UUID, "saml")), ("b.yaml", &second)]);
    let output = leaver(there.path(), &["check", "-o", "concise"]);
    assert!(out(&output).contains("same application of entra-id as quay"), "{}", out(&output));
}

#[test]
fn a_uuid_in_a_file_name_or_a_link_joins_the_parts_of_an_export() {
    let capitals = UUID.to_uppercase();
    let principals = format!(
        r#"{{"value":[{{"id":"{UUID}","appId":"{OTHER}","displayName":"Harbour","servicePrincipalType":"Application","accountEnabled":true}}]}}"#
    );
    let assigned = format!(
        r#"{{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#appRoleAssignments","value":[{{"id":"x","principalType":"User","resourceId":"{capitals}"}}]}}"#
    );
    let jobs = r#"{"value":[{"id":"scim.1","templateId":"scim","schedule":{"state":"Active","interval":"PT40M"},"status":{"code":"Active"}}]}"#;
    let all = observed(
        "entra",
        &[
            export("principals.json", principals),
            export("assigned.json", assigned),
            export(&format!("jobs.{capitals}.json"), jobs),
        ],
    )
    .expect("it is read");
    assert!(all.contains("individuals: 1") && all.contains("syncMinutes: 40"), "{all}");
    assert_eq!(all.matches("kind: Observation").count(), 1, "{all}");
}

/// Apps that state the id of an application and have a schema error, each with a description of the error.
fn broken() -> Vec<(&'static str, String)> {
    let good = app("okta", "0oa1", "saml");
    let with = |old: &str, new: &str| {
        assert!(good.contains(old), "{old}");
        good.replace(old, new)
    };
    vec![
        ("an unknown word", with("protocol: saml", "protocol: smal")),
        ("another type", with("tier: 3", "tier: [3]")),
        ("an unknown key", with("  tier: 3", "  teir: 3")),
        ("no name", with("name: quay, ", "")),
        ("a fault elsewhere", with("slaHours: 24", "slaHours: soon")),
        (
            "a list",
            with(
                "signOn: {protocol: saml, system: okta, appId: \"0oa1\"}",
                "signOn: [{protocol: 7}, {system: okta, appId: 0oa1}]",
            ),
        ),
        ("another sign-on", with("appId: \"0oa1\"", "appId: x, also: [{system: okta, appId: 0oa1, protocol: smal}]")),
        ("a system of the pattern", with("system: okta, ", "systm: okta, ")),
        (
            "a population",
            with(
                "  signOn: {protocol: saml, system: okta, appId: \"0oa1\"}",
                "  signOn: {system: okta}\n  populations: [{name: guests, color: red, signOn: {appId: 0oa1}}]",
            ),
        ),
        (
            "only the name",
            with("  signOn: {protocol: saml, system: okta, appId: \"0oa1\"}\n", "  signOns: []\n")
                .replace("name: quay", "name: harbour"),
        ),
        (
            "only a title",
            with("  signOn: {protocol: saml, system: okta, appId: \"0oa1\"}\n", "  signOns: []\n")
                .replace("name: quay", "name: quay, title: HARBOUR"),
        ),
        (
            "only an alias",
            with("appId: \"0oa1\"", "appId: [0oa1]").replace("name: quay", "name: quay, aliases: [Harbour]"),
        ),
    ]
}

#[test]
fn an_app_with_a_schema_error_is_declared() {
    for (what, app) in broken() {
        let there = observing("okta", "0oa1", &app);
        let output = leaver(there.path(), &["check", "-o", "concise"]);
        assert!(out(&output).contains("schema/"), "{what}: {}", out(&output));
        assert!(!out(&output).contains("drift/"), "{what}: {}", out(&output));
        let import = leaver(there.path(), &["import", "observation", "e.json"]);
        assert!(out(&import).contains("0 drafts written"), "{what}: {}", out(&import));
    }
    // The id consists of digits and has no quotes.
    let there = observing(
        "google-workspace",
        "1234567",
        &app("google-workspace", "1234567", "saml").replace("\"1234567\"", "1234567"),
    );
    let output = leaver(there.path(), &["check", "-o", "concise"]);
    assert!(out(&output).contains("schema/") && !out(&output).contains("drift/"), "{}", out(&output));
}

#[test]
fn an_invalid_app_declares_no_other_application() {
    for (what, app) in broken() {
        let other = app.replace("0oa1", "0oa2").replace("arbour", "x").replace("HARBOUR", "x");
        let there = observing("okta", "0oa1", &other);
        assert_eq!(rules(&leaver(there.path(), &["check", "-o", "json"])), ["drift/undeclared-app"], "{what}");
    }
    // The app has the same name as the observed application, but names another application in that system.
    let app = app("okta", "0oa2", "saml").replace("quay", "harbour").replace("tier: 3", "tier: x");
    let there = observing("okta", "0oa1", &app);
    assert_eq!(rules(&leaver(there.path(), &["check", "-o", "json"])), ["drift/undeclared-app"]);
}
