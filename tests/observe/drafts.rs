//! `leaver import`: drafts for what nobody declares.

use std::fs;

use super::exports;
use crate::common::{code, err, folder, leaver, out};

fn catalogue(files: &[(&str, &str)]) -> tempfile::TempDir {
    let apps = fs::read_to_string(exports().join("okta-apps.json")).expect("text");
    folder(&[&[("leaver.yaml", "version: 1\n"), ("okta.json", apps.as_str())], files].concat())
}

#[test]
fn drafts_hold_what_the_export_proves_and_nothing_else() {
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
    let ferry = fs::read_to_string(there.path().join("apps/ferry.yaml")).expect("text");
    assert!(
        ferry.contains("status: discovered") && !ferry.contains("provisioning") && !ferry.contains("owner:"),
        "{ferry}"
    );
    // What is part of the identity provider itself is no app of yours.
    assert!(!there.path().join("apps/okta-admin-console.yaml").exists());
    let output = leaver(there.path(), &["check", "-o", "concise"]);
    assert!(!out(&output).contains("schema/"), "{}", out(&output));
}

#[test]
fn nothing_is_overwritten_and_what_is_declared_is_no_draft() {
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
    assert!(out(&output).contains("apps/people.yaml: it is there already"), "{}", out(&output));
    assert_eq!(fs::read_to_string(there.path().join("apps/people.yaml")).expect("text"), "# mine\n");
    // A second run has nothing to add, but the one whose file is not leaver's.
    let output = leaver(there.path(), &["import", "okta", "okta.json"]);
    assert!(!out(&output).contains("wrote"), "{}", out(&output));
}

#[test]
fn vendors_and_owners_come_from_what_is_known() {
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
    assert!(!there.path().join("teams/ferry.yaml").exists(), "a person is no owner");
}

#[test]
fn two_hundred_apps_become_a_list_of_what_is_missing() {
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
