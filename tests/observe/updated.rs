//! `leaver import --update` changes only the bytes of the drifted values.

use std::sync::Arc;

use leaver::{
    model::Declaration,
    observe::{collect, updates},
    schema::{Declared, declare},
    source::{SourceFile, YamlLimits, parse},
};
use proptest::prelude::*;

use super::{export, exports, options};
use crate::common::{code, err, folder, leaver, out};

const APPS: &str = r#"[{"id":"0oa1","label":"Box","name":"box","status":"ACTIVE","signOnMode":"SAML_2_0","features":[],"settings":{"implicitAssignment":true}}]"#;

fn declarations(text: &str) -> Vec<Declaration> {
    let file = Arc::new(SourceFile::new("a.yaml", text));
    let parsed = parse(&file, &YamlLimits::default());
    assert!(parsed.problems.is_empty(), "{text}");
    let declared = parsed.documents.into_iter().map(|document| declare(&file, document));
    declared
        .filter_map(|declared| match declared {
            Declared::Declaration(declaration, _) => Some(*declaration),
            _ => None,
        })
        .collect()
}

fn updated(text: &str, export_text: &str) -> (String, String) {
    let collected = collect("auto", &[export("x.json", export_text)], options()).expect("it is read");
    let (edited, notes) = updates(&collected, &declarations(text));
    (edited.into_iter().next().map_or_else(|| text.to_owned(), |edited| edited.text), notes.join("\n"))
}

/// The same app in different notations. `PROTOCOL` and `REQUIRED` are placeholders for values.
const WAYS: &[&str] = &[
    "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box}\nspec:\n  signOn:\n    protocol: PROTOCOL\n    system: okta\n    appId: 0oa1\n    assignmentRequired: REQUIRED\n",
    "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box}\nspec: {signOn: {assignmentRequired: REQUIRED, appId: \"0oa1\", protocol: PROTOCOL, system: okta}, tier: 3}\n",
    "{\"apiVersion\": \"leaver/v1\", \"kind\": \"App\", \"metadata\": {\"name\": \"box\"}, \"spec\": {\"signOn\": {\"system\": \"okta\", \"appId\": \"0oa1\", \"protocol\": PROTOCOL, \"assignmentRequired\": REQUIRED}}}\n",
    "# head: protocol: oidc\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: it}\nspec: {}\n--- # second\napiVersion: leaver/v1\nkind: App\nmetadata:\n  name: box # assignmentRequired: true\nspec:\n\n  signOn: # oidc\n      system:   okta\n      appId: '0oa1'\n      protocol:    PROTOCOL   # oidc, we think\n      ? assignmentRequired\n      : REQUIRED\n  notes: |\n    protocol: oidc\n    assignmentRequired: true\n",
    "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box}\nspec:\n  signOn:\n    - {system: entra-id, protocol: oidc, appId: 0oa1, assignmentRequired: true}\n    - {system: okta, protocol: PROTOCOL, appId: 0oa1, assignmentRequired: REQUIRED}\n",
    "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box}\nspec:\n  signOn:\n    system: entra-id\n    protocol: oidc\n    also:\n      - system: okta\n        appId: 0oa1\n        protocol: PROTOCOL\n        assignmentRequired: REQUIRED\n",
    "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box, title: Bôx ✓}\nspec:\n  signOn: {protocol: PROTOCOL,\n    system: okta, appId: 0oa1,\n    assignmentRequired: REQUIRED, }\n",
];

fn quoted(word: &str, quotes: usize) -> String {
    match quotes {
        0 => word.to_owned(),
        1 => format!("'{word}'"),
        _ => format!("\"{word}\""),
    }
}

proptest! {
    #![proptest_config(super::cases(200))]

    #[test]
    fn only_the_bytes_of_drifted_values_change(
        way in 0..WAYS.len(),
        quotes in 0..3_usize,
        protocol in prop::sample::select(vec!["oidc", "saml", "ws-federation", "none"]),
        required in any::<bool>(),
        crlf in any::<bool>(),
        mark in any::<bool>(),
        head in "(# [ -~éü✓]{0,20}\n){0,3}",
        tail in "(\n|# [ -~]{0,20}\n|   \n){0,3}",
    ) {
        let quotes = if WAYS[way].starts_with('{') { 2 } else { quotes };
        let with = |protocol: &str, required: bool| {
            let text = format!("{head}{}{tail}", WAYS[way]);
            let text = text.replace("PROTOCOL", &quoted(protocol, quotes)).replace("REQUIRED", &required.to_string());
            let text = if crlf { text.replace('\n', "\r\n") } else { text };
            if mark { format!("\u{feff}{text}") } else { text }
        };
        let before = with(protocol, required);
        let (after, notes) = updated(&before, APPS);
        prop_assert_eq!(&after, &with("saml", false), "{}", notes);
        // A second run changes nothing.
        prop_assert_eq!(updated(&after, APPS).0, after);
    }
}

#[test]
fn intervals_of_the_observed_mechanism_are_corrected() {
    let entra = std::fs::read_to_string(exports().join("terraform-state.json")).expect("text");
    let app = |mode: &str, minutes: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: harbour}}\nspec:\n  signOn: {{system: entra-id, appId: aa000000-0000-4000-8000-000000000001}}\n  provisioning:\n    {mode}: {{syncMinutes: {minutes}}} # every {minutes} min\n"
        )
    };
    assert_eq!(updated(&app("scim", "15"), &entra).0, app("scim", "15").replace("syncMinutes: 15", "syncMinutes: 40"));
    assert_eq!(updated(&app("connector", "15"), &entra).0, app("connector", "15"));
}

#[test]
fn mechanisms_of_another_system_are_not_corrected() {
    let entra = std::fs::read_to_string(exports().join("terraform-state.json")).expect("text");
    let app = |block: &str, stages: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: harbour}}\nspec:\n  signOn: {{system: entra-id, appId: aa000000-0000-4000-8000-000000000001}}\n  provisioning: {{mode: scim, scim: {{syncMinutes: 15{block}}}}}\n  lifecycle: {{{stages}}}\n"
        )
    };
    for (block, stages, corrected) in [
        ("", "", true),
        ("", "create: {via: scim}", true),
        ("", "create: {via: scim, system: entra-id}", true),
        ("", "create: {via: ticket, system: okta}", true),
        ("", "create: {via: scim, system: okta}", false),
        ("", "create: {via: ticket}, deprovision: {via: scim, system: okta}", false),
        ("", "create: {via: scim, system: entra-id}, deprovision: {via: scim, system: okta}", false),
        (", system: okta", "", false),
        (", system: entra-id", "", true),
        (", system: okta", "create: {via: scim, system: entra-id}", true),
    ] {
        let before = app(block, stages);
        let expected = if corrected { before.replace("syncMinutes: 15", "syncMinutes: 40") } else { before.clone() };
        assert_eq!(updated(&before, &entra).0, expected, "{block} {stages}");
    }
    // The authentication of Okta's connection is not copied to a connection with another system.
    let text = |system: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: quill}}\nspec:\n  signOn: {{system: okta, appId: 0oa1quill7Zk3TfXQ5d7}}\n  provisioning: {{scim: {{auth: oauth2}}}}\n  lifecycle: {{update: {{via: scim, system: {system}}}}}\n"
        )
    };
    let files = ["okta-apps.json", "okta-connection.json"].map(super::read);
    for (system, auth) in [("okta", "bearer"), ("entra-id", "oauth2")] {
        let collected = collect("auto", &files, options()).expect("it is read");
        let (edited, _) = updates(&collected, &declarations(&text(system)));
        let after = edited.into_iter().next().map_or_else(|| text(system), |edited| edited.text);
        assert_eq!(after, text(system).replace("oauth2", auth));
    }
}

#[test]
fn a_declared_interval_is_never_shortened() {
    let entra = std::fs::read_to_string(exports().join("terraform-state.json")).expect("text");
    let app = |minutes: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: harbour}}\nspec:\n  signOn: {{system: entra-id, appId: aa000000-0000-4000-8000-000000000001}}\n  provisioning: {{scim: {{syncMinutes: {minutes}}}}}\n"
        )
    };
    for (declared, kept) in [("5", "40"), ("39", "40"), ("40", "40"), ("41", "41"), ("1440", "1440")] {
        assert_eq!(updated(&app(declared), &entra), (app(kept), String::new()), "{declared}");
    }
}

#[test]
fn values_written_elsewhere_are_reported_and_not_changed() {
    for text in [
        "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box, title: &p oidc}\nspec: {signOn: {system: okta, appId: 0oa1, protocol: *p}}\n",
        "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box, labels: &l {protocol: oidc}}\nspec: {signOn: {<<: *l, system: okta, appId: 0oa1}}\n",
    ] {
        let (after, notes) = updated(text, APPS);
        assert_eq!(after, text);
        assert!(notes.contains("not corrected"), "{text}: {notes}");
    }
    // If the app names another system, another id or no id, no value is corrected.
    for text in [
        "{system: entra-id, appId: 0oa1, protocol: oidc}",
        "{system: okta, appId: 0oa2, protocol: oidc}",
        "{system: okta, protocol: oidc}",
    ] {
        let text = format!("apiVersion: leaver/v1\nkind: App\nmetadata: {{name: box}}\nspec: {{signOn: {text}}}\n");
        assert_eq!(updated(&text, APPS), (text.clone(), String::new()));
    }
}

#[test]
fn the_command_writes_the_files_and_reports_the_changes() {
    let app = "# ours\r\napiVersion: leaver/v1\r\nkind: App\r\nmetadata: {name: box}\r\nspec:\r\n  signOn: {protocol: 'oidc', system: okta, appId: 0oa1} # why\r\n";
    let there = folder(&[("leaver.yaml", "version: 1\n"), ("apps/a.yaml", app), ("x.json", APPS)]);
    let output = leaver(there.path(), &["import", "okta", "x.json", "--update"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).starts_with("box: spec.signOn.protocol: oidc → saml\n1 file corrected"), "{}", out(&output));
    let text = std::fs::read_to_string(there.path().join("apps/a.yaml")).expect("text");
    assert_eq!(text, app.replace("'oidc'", "'saml'"));
    let output = leaver(there.path(), &["import", "okta", "x.json", "--update"]);
    assert!(out(&output).starts_with("0 files corrected"), "{}", out(&output));
}

/// The values of a pattern are in another file, and other apps use them, too.
#[test]
fn values_of_a_pattern_are_reported_and_not_changed() {
    let app = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box, owner: it}\nspec:\n  tier: 3\n  pattern: vault\n  signOn: {appId: 0oa1, assignmentRequired: true}\n";
    let pattern = "apiVersion: leaver/v1\nkind: Pattern\nmetadata: {name: vault, owner: it}\nspec:\n  signOn: {system: okta, protocol: oidc}\n";
    let there = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", app), ("p.yaml", pattern), ("x.json", APPS)]);
    let output = leaver(there.path(), &["import", "okta", "x.json", "--update"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let read = |name: &str| std::fs::read_to_string(there.path().join(name)).expect("text");
    assert_eq!(read("p.yaml"), pattern);
    assert_eq!(read("a.yaml"), app.replace("assignmentRequired: true", "assignmentRequired: false"));
    assert!(out(&output).contains("box: spec.signOn.protocol: oidc → saml: not corrected"), "{}", out(&output));
    // If the stage in the pattern names another system, the stage does not use the observed mechanism.
    let entra = std::fs::read_to_string(exports().join("terraform-state.json")).expect("text");
    let app = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: harbour, owner: it}\nspec:\n  tier: 3\n  pattern: pushed\n  signOn: {system: entra-id, appId: aa000000-0000-4000-8000-000000000001}\n  provisioning: {scim: {syncMinutes: 15}}\n";
    for (system, minutes) in [("okta", "15"), ("entra-id", "40")] {
        let pattern = format!(
            "apiVersion: leaver/v1\nkind: Pattern\nmetadata: {{name: pushed, owner: it}}\nspec:\n  lifecycle: {{create: {{via: scim, system: {system}}}}}\n"
        );
        let there =
            folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", app), ("p.yaml", &pattern), ("x.json", &entra)]);
        let output = leaver(there.path(), &["import", "terraform", "x.json", "--update"]);
        let after = std::fs::read_to_string(there.path().join("a.yaml")).expect("text");
        assert!(after.contains(&format!("syncMinutes: {minutes}")), "{system}: {}", out(&output));
    }
}
