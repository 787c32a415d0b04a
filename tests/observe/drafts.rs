//! `leaver import`: drafts for undeclared applications.

use std::fs;

use super::exports;
use crate::common::{code, err, folder, leaver, out};

fn catalogue(files: &[(&str, &str)]) -> tempfile::TempDir {
    let apps = fs::read_to_string(exports().join("okta-apps.json")).expect("text");
    folder(&[&[("leaver.yaml", "version: 1\n"), ("okta.json", apps.as_str())], files].concat())
}

#[test]
fn drafts_contain_only_what_the_export_proves() {
    let there = catalogue(&[]);
    let output = leaver(there.path(), &["import", "okta", "okta.json"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let quill = fs::read_to_string(there.path().join("apps/quill.yaml")).expect("text");
    assert!(
        quill.ends_with(
            "apiVersion: leaver/v1\nkind: App\nmetadata:\n  name: quill\n  title: Quill\nspec:\n  status: live\n  signOn:\n    protocol: saml\n    system: okta\n    appId: \"0oa1quill7Zk3TfXQ5d7\"\n    assignmentRequired: true\n  provisioning:\n    mode: scim\n    scim:\n      operations: [create, update, groups]\n"
        ),
        "{quill}"
    );
    assert!(quill.starts_with("# Draft of `leaver import okta` from okta.json /0."), "{quill}");
    let people = fs::read_to_string(there.path().join("apps/people.yaml")).expect("text");
    assert!(
        people.contains("status: discovered") && !people.contains("provisioning") && !people.contains("owner:"),
        "{people}"
    );
    // The deadline is the latest day that the rule allows, counted from the day of the import.
    assert_eq!(people.matches("declareBy: 2027-02-23").count(), 1, "{people}");
    // The admin console is a part of Okta, not an app.
    assert!(!there.path().join("apps/okta-admin-console.yaml").exists());
    let output = leaver(there.path(), &["check", "-o", "concise"]);
    assert!(!out(&output).contains("schema/"), "{}", out(&output));
}

/// `leaver check` requires no declaration of an application that nobody can use, so a draft would be useless.
#[test]
fn an_application_that_nobody_can_use_gets_no_draft() {
    let okta = |label: &str, more: &str| {
        format!(r#"{{"id":"0oa{label}","label":"{label}","name":"x","features":["PUSH_NEW_USERS"],"#) + more + "}"
    };
    let entra = |label: &str, more: &str| {
        format!(
            r#"{{"id":"{label}","appId":"a{label}","displayName":"{label}","servicePrincipalType":"Application",{more}}}"#
        )
    };
    for (format, entries, notes) in [
        (
            "okta",
            [
                okta("Box", r#""signOnMode":"SAML_2_0","status":"ACTIVE""#),
                okta("Off", r#""signOnMode":"SAML_2_0","status":"INACTIVE""#),
                okta("Gone", r#""signOnMode":"SAML_2_0","status":"DELETED""#),
                okta("Link", r#""signOnMode":"BOOKMARK","status":"ACTIVE""#),
            ],
            ["`Off` is switched off: no draft", "2 entries are not applications of yours"],
        ),
        (
            "entra",
            [
                entra("Box", r#""accountEnabled":true"#),
                entra("Off", r#""accountEnabled":false"#),
                entra("More", r#""accountEnabled":false"#),
                entra("Gone", r#""accountEnabled":true,"deletedDateTime":"2026-11-01T00:00:00Z""#),
            ],
            ["`More` and 1 other application are switched off: no draft", "1 entry is not an application of yours"],
        ),
    ] {
        let list = format!("[{}]", entries.join(","));
        let export = if format == "okta" { list } else { format!(r#"{{"value":{list}}}"#) };
        let there = folder(&[("leaver.yaml", "version: 1\n"), ("e.json", &export)]);
        let output = leaver(there.path(), &["import", format, "e.json"]);
        let drafts = fs::read_dir(there.path().join("apps")).expect("a folder");
        let drafts: Vec<String> =
            drafts.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect();
        assert_eq!(drafts, ["box.yaml"], "{}", out(&output));
        for note in notes {
            assert!(out(&output).contains(note), "{note} in {}", out(&output));
        }
        // `drift/undeclared-app` reports the application that got a draft, and no other.
        leaver(there.path(), &["observe", format, "e.json"]);
        fs::remove_dir_all(there.path().join("apps")).expect("it is removed");
        let output = leaver(there.path(), &["check", "-o", "concise"]);
        assert_eq!(out(&output).matches("is not declared").count(), 1, "{}", out(&output));
    }
}

#[test]
fn nothing_is_overwritten_and_declared_apps_get_no_draft() {
    let declared = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: writing}\nspec: {signOn: {system: okta, appId: 0oa1quill7Zk3TfXQ5d7}}\n---\napiVersion: leaver/v1\nkind: App\nmetadata: {name: boats, aliases: [FERRY]}\nspec: {tier: 3}\n";
    let there = catalogue(&[("all.yaml", declared), ("apps/people.yaml", "# mine\n")]);
    let output = leaver(there.path(), &["import", "okta", "okta.json"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(
        !there.path().join("apps/quill.yaml").exists() && !there.path().join("apps/ferry.yaml").exists(),
        "{}",
        out(&output)
    );
    assert!(out(&output).contains("`Ferry` may be the app `boats`"), "{}", out(&output));
    assert!(out(&output).contains("apps/people.yaml: it already exists"), "{}", out(&output));
    assert_eq!(fs::read_to_string(there.path().join("apps/people.yaml")).expect("text"), "# mine\n");
    // A second run writes nothing.
    let output = leaver(there.path(), &["import", "okta", "okta.json"]);
    assert!(!out(&output).contains("wrote"), "{}", out(&output));
}

#[test]
fn vendors_and_owners_come_from_facts_and_teams() {
    let apps = r#"[{"id":"0oa7","label":"Slack","name":"slack","status":"ACTIVE","signOnMode":"SAML_2_0","features":[]},{"id":"0oa8","label":"Slack","name":"slack","status":"ACTIVE","signOnMode":"SAML_2_0","features":[]}]"#;
    let there = folder(&[("leaver.yaml", "version: 1\n"), ("a.json", apps)]);
    leaver(there.path(), &["import", "auto", "a.json", "--into", "drafts"]);
    let slack = fs::read_to_string(there.path().join("drafts/slack.yaml")).expect("text");
    assert!(slack.contains("vendor: slack\n"), "{slack}");
    assert!(there.path().join("drafts/slack-2.yaml").is_file());
    let backstage = exports().join("backstage.yaml");
    leaver(there.path(), &["import", "backstage", backstage.to_str().expect("text"), "--into", "teams"]);
    let quill = fs::read_to_string(there.path().join("teams/quill.yaml")).expect("text");
    assert!(quill.contains("owner: design-ops") && !quill.contains("signOn"), "{quill}");
    assert!(!there.path().join("teams/ferry.yaml").exists(), "a person is not an owner");
}

#[test]
fn two_hundred_apps_become_a_list_of_open_decisions() {
    let app = |at: usize| {
        format!(
            r#"{{"id":"0oa{at}","label":"App {at}","name":"x{at}","status":"ACTIVE","signOnMode":"SAML_2_0","features":["PUSH_NEW_USERS","PUSH_USER_DEACTIVATION"]}}"#
        )
    };
    let apps = format!("[{}]", (0..199).map(app).collect::<Vec<_>>().join(","));
    let there = folder(&[("leaver.yaml", "version: 1\n"), ("a.json", &apps)]);
    let output = leaver(there.path(), &["import", "okta", "a.json"]);
    assert!(out(&output).contains("199 drafts written"), "{}", out(&output));
    let output = leaver(there.path(), &["check", "-o", "concise"]);
    assert!(code(&output) == 1 && out(&output).matches("catalogue/no-lifecycle").count() == 199, "{}", out(&output));
}

/// The jq program in docs/observe.md writes `builtIn` for every client, as true or false.
#[test]
fn an_application_that_is_not_built_in_gets_a_draft() {
    for (built_in, drafts) in [("true", 0), ("false", 1)] {
        let text = format!(
            r#"{{"observation":"leaver/v1","system":"keycloak","apps":[{{"appId":"grafana","label":"Grafana","status":"active","builtIn":{built_in}}}]}}"#
        );
        let there = folder(&[("leaver.yaml", "version: 1\n"), ("a.json", &text)]);
        let output = leaver(there.path(), &["import", "observation", "a.json"]);
        assert!(out(&output).contains(&format!("{drafts} draft")), "{built_in}: {}", out(&output));
        assert_eq!(there.path().join("apps/grafana.yaml").is_file(), drafts == 1, "{built_in}");
    }
}

/// A pattern with these keys in `spec`.
fn pattern(name: &str, more: &str) -> String {
    format!("apiVersion: leaver/v1\nkind: Pattern\nmetadata: {{name: {name}, owner: t}}\nspec:\n{more}")
}

const SCIM: &str = "  sourceOfTruth: workday\n  signOn: {protocol: saml, system: okta, assignmentRequired: true}\n  provisioning: {mode: scim, scim: {operations: [create, update, groups], alert: t}}\n  lifecycle: {deprovision: {via: ticket, queue: IT, owner: t}}\n";

/// Returns the drafts of `Quill` and `People`. The export proves the provisioning of `Quill`, but only the sign-on of `People`.
fn drafts_with_patterns(patterns: &[String]) -> (String, String, tempfile::TempDir) {
    let there = catalogue(&[("patterns.yaml", &patterns.join("---\n"))]);
    let output = leaver(there.path(), &["import", "okta", "okta.json"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let read = |name: &str| fs::read_to_string(there.path().join(format!("apps/{name}.yaml"))).expect("text");
    (read("quill"), read("people"), there)
}

#[test]
fn a_draft_is_made_from_the_pattern_that_fits_best() {
    let whole = "spec:\n  status: live\n";
    let short = "spec:\n  pattern: okta-scim\n  status: live\n  signOn:\n    appId: \"0oa1quill7Zk3TfXQ5d7\"\n";
    let base = pattern("okta", "  signOn: {protocol: saml, system: okta, assignmentRequired: true}\n");
    let chain = pattern(
        "okta-scim",
        "  pattern: okta\n  provisioning: {mode: scim, scim: {operations: [create, update, groups]}}\n",
    );
    let other = SCIM.replace("[create, update, groups]", "[create, disable]");
    for (patterns, end) in [
        (vec![pattern("okta-scim", SCIM)], short.to_owned()),
        (vec![base, chain], short.to_owned()),
        (vec![pattern("aaa", &other), pattern("okta-scim", SCIM)], short.to_owned()),
        // The export differs from the pattern in one value, so the draft states that value.
        (
            vec![pattern("okta-scim", &other)],
            format!("{short}  provisioning:\n    scim:\n      operations: [create, update, groups]\n"),
        ),
        (
            vec![pattern("okta-scim", &SCIM.replace("assignmentRequired: true", "assignmentRequired: false"))],
            format!("{short}    assignmentRequired: true\n"),
        ),
    ] {
        let (quill, people, there) = drafts_with_patterns(&patterns);
        assert!(quill.ends_with(&end), "{patterns:?}\n{quill}");
        // The export does not prove the mode of this app, so no pattern fits.
        assert!(!people.contains("pattern:"), "{people}");
        let output = leaver(there.path(), &["check", "-o", "concise"]);
        assert!(!out(&output).contains("schema/"), "{}", out(&output));
        let shown = leaver(there.path(), &["show", "quill", "-o", "json"]);
        let shown: serde_json::Value = serde_json::from_str(&out(&shown)).expect("JSON");
        let spec = &shown["spec"];
        assert_eq!((&spec["signOn"]["assignmentRequired"], &spec["signOn"]["system"]), (&true.into(), &"okta".into()));
        assert_eq!(spec["provisioning"]["scim"]["operations"], serde_json::json!(["create", "update", "groups"]));
    }
    for patterns in [
        vec![],
        vec![pattern("entra", &SCIM.replace("okta", "entra-id"))],
        vec![pattern("jit", &SCIM.replace("mode: scim", "mode: jit"))],
        vec![pattern("connector", "  provisioning: {mode: scim}\n")],
        // The last two patterns are invalid.
        vec![pattern("okta-scim", &SCIM.replace("owner: t", "owner: [t]"))],
        vec![pattern("okta-scim", &format!("  pattern: nobody\n{SCIM}"))],
    ] {
        let (quill, ..) = drafts_with_patterns(&patterns);
        assert!(quill.contains(whole) && !quill.contains("pattern:"), "{patterns:?}\n{quill}");
    }
    let (tie, ..) = drafts_with_patterns(&[pattern("two", SCIM), pattern("one", SCIM)]);
    assert!(tie.contains("# Patterns that fit equally well: one, two.") && tie.contains(whole), "{tie}");
}
