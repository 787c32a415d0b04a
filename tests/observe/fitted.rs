//! `leaver import` names the pattern that fits best.

use std::fs;

use super::exports;
use crate::common::{code, err, folder, leaver, out};

/// Stages for a pattern: SCIM creates, updates and deprovisions accounts.
const STAGES: &str = "lifecycle: {create: {via: scim}, update: {via: scim}, deprovision: {via: scim, slaHours: 24, effect: suspend, owner: it}, review: {owner: it, everyDays: 90}}";

fn pattern(name: &str, spec: &str) -> String {
    format!("apiVersion: leaver/v1\nkind: Pattern\nmetadata: {{name: {name}, owner: it}}\nspec: {{{spec}}}\n")
}

pub fn patterns(all: &[(&str, &str)]) -> String {
    all.iter().map(|(name, spec)| pattern(name, spec)).collect::<Vec<_>>().join("---\n")
}

/// An export of Okta with one application, which has these features.
fn okta(features: &str) -> String {
    format!(
        r#"[{{"id":"0oa1","label":"Box","name":"box","status":"ACTIVE","signOnMode":"SAML_2_0","features":[{features}],"settings":{{"implicitAssignment":false}}}}]"#
    )
}

pub const ALL: &str = r#""PUSH_NEW_USERS","PUSH_PROFILE_UPDATES","PUSH_USER_DEACTIVATION","SCIM_PROVISIONING""#;
pub const NO_DISABLE: &str = r#""PUSH_NEW_USERS","PUSH_PROFILE_UPDATES","SCIM_PROVISIONING""#;

/// Imports the export into a catalogue with these patterns, and returns the draft.
fn draft(patterns: &str, export: &str) -> String {
    imported(patterns, export).1
}

fn imported(patterns: &str, export: &str) -> (tempfile::TempDir, String) {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("p.yaml", patterns), ("e.json", export)]);
    let output = leaver(files.path(), &["import", "auto", "e.json"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let text = fs::read_to_string(files.path().join("apps/box.yaml")).expect("text");
    (files, text)
}

pub fn named(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix("  pattern: "))
}

#[test]
fn the_pattern_that_agrees_with_most_is_named_and_not_repeated() {
    let all = patterns(&[
        ("any", "signOn: {system: okta}, provisioning: {mode: scim}"),
        (
            "okta-scim",
            &format!(
                "sourceOfTruth: workday, signOn: {{protocol: saml, system: okta, assignmentRequired: true}}, provisioning: {{mode: scim, scim: {{operations: [disable, create, update]}}}}, {STAGES}"
            ),
        ),
        ("okta-oidc", "signOn: {protocol: oidc, system: okta, assignmentRequired: true}, provisioning: {mode: scim}"),
        (
            "entra-scim",
            "signOn: {protocol: saml, system: entra-id, assignmentRequired: true}, provisioning: {mode: scim}",
        ),
        ("okta-jit", "signOn: {protocol: saml, system: okta, assignmentRequired: true}, provisioning: {mode: jit}"),
    ]);
    let (files, text) = imported(&all, &okta(ALL));
    assert!(
        text.ends_with("metadata:\n  name: box\n  title: Box\n  vendor: box\nspec:\n  pattern: okta-scim\n  status: live\n  signOn:\n    appId: \"0oa1\"\n"),
        "{text}"
    );
    assert!(text.contains("# The pattern `okta-scim` fits best."), "{text}");
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    assert!(!out(&output).contains("schema/") && !out(&output).contains("drift/"), "{}", out(&output));
    assert!(out(&output).contains("no owner") || out(&output).contains("owner"), "{}", out(&output));
}

#[test]
fn a_single_value_that_differs_is_overridden() {
    for (sign_on, scim, overridden, line) in [
        ("protocol: oidc, assignmentRequired: true", "", "signOn.protocol", "    protocol: saml\n"),
        (
            "protocol: saml, assignmentRequired: false",
            "",
            "signOn.assignmentRequired",
            "    assignmentRequired: true\n",
        ),
        (
            "protocol: saml, assignmentRequired: true",
            "operations: [create, groups]",
            "provisioning.scim.operations",
            "      operations: [create, update, disable]\n",
        ),
    ] {
        let spec = format!("signOn: {{system: okta, {sign_on}}}, provisioning: {{mode: scim, scim: {{{scim}}}}}");
        let text = draft(&pattern("one", &spec), &okta(ALL));
        assert_eq!(named(&text), Some("one"), "{text}");
        assert!(text.contains(line), "{text}");
        assert!(text.contains(&format!("# The export differs from the pattern: {overridden}.\n")), "{text}");
    }
}

#[test]
fn without_agreement_on_system_and_mechanism_there_is_no_pattern() {
    for spec in [
        "signOn: {protocol: saml, system: entra-id, assignmentRequired: true}, provisioning: {mode: scim}",
        "signOn: {protocol: saml, system: okta, assignmentRequired: true}, provisioning: {mode: jit}",
        "signOn: {protocol: saml, system: okta, assignmentRequired: true}, provisioning: {mode: hybrid, scim: {}}",
        "signOn: {protocol: saml, system: okta, assignmentRequired: true}",
        "provisioning: {mode: scim, scim: {operations: [create, update, disable]}}",
        "signOn: {protocol: saml, assignmentRequired: true}, provisioning: {mode: scim}",
        "tier: 3",
    ] {
        let text = draft(&pattern("one", spec), &okta(ALL));
        assert_eq!(named(&text), None, "{spec}: {text}");
        assert!(text.contains("# No pattern fits: none is for scim from okta.\n"), "{text}");
        assert!(
            text.contains("    system: okta\n") && text.contains("operations: [create, update, disable]"),
            "{text}"
        );
    }
    // The export shows no mechanism, so no pattern fits.
    let spec = "signOn: {protocol: saml, system: okta, assignmentRequired: true}, provisioning: {mode: scim}";
    let text = draft(&pattern("one", spec), &okta(""));
    assert!(named(&text).is_none() && text.contains("does not prove how accounts are created"), "{text}");
    // The catalogue has no patterns, so the draft has no comment about patterns.
    let text = draft("", &okta(ALL));
    assert!(!text.contains("attern"), "{text}");
}

#[test]
fn no_pattern_is_named_if_two_fit_equally_well() {
    let fits = "signOn: {protocol: saml, system: okta, assignmentRequired: true}, provisioning: {mode: scim}";
    let lesser = "signOn: {protocol: saml, system: okta}, provisioning: {mode: scim}";
    let tied = patterns(&[("zoo", fits), ("lesser", lesser), ("ant", fits)]);
    let text = draft(&tied, &okta(ALL));
    assert_eq!(named(&text), None);
    assert!(text.contains("# Patterns that fit equally well: ant, zoo. Name one"), "{text}");
    // The order of declarations does not matter.
    let text = draft(&patterns(&[("ant", fits), ("zoo", fits), ("lesser", lesser)]), &okta(ALL));
    assert!(text.contains("# Patterns that fit equally well: ant, zoo. Name one"), "{text}");
    // If two patterns fit equally well, the draft names the pattern that more apps use.
    let used =
        "apiVersion: leaver/v1\nkind: App\nmetadata: {name: other}\nspec: {pattern: WHICH, signOn: {appId: 0oa9}}\n";
    for (which, expected) in [("zoo", Some("zoo")), ("ant", Some("ant")), ("lesser", None)] {
        let text = draft(&format!("{tied}---\n{}", used.replace("WHICH", which)), &okta(ALL));
        assert_eq!(named(&text), expected, "{which}: {text}");
    }
    // With `ant`, the draft would have to override a key, so it names `zoo`.
    let other = "signOn: {protocol: saml, system: okta, assignmentRequired: true}, provisioning: {mode: scim, scim: {operations: [create]}}";
    assert_eq!(named(&draft(&patterns(&[("zoo", fits), ("ant", other)]), &okta(ALL))), Some("zoo"));
    // A pattern that contradicts the export is not a candidate.
    let broken = format!("{fits}, {STAGES}");
    assert_eq!(named(&draft(&patterns(&[("zoo", fits), ("ant", &broken)]), &okta(NO_DISABLE))), Some("zoo"));
}

#[test]
fn a_pattern_must_not_state_operations_that_the_export_shows_as_off() {
    let base = "signOn: {protocol: saml, system: okta, assignmentRequired: true}";
    for (spec, features) in [
        (format!("{base}, provisioning: {{mode: scim}}, {STAGES}"), NO_DISABLE),
        (
            format!("{base}, provisioning: {{mode: scim}}, lifecycle: {{deprovision: {{via: scim, slaHours: 24}}}}"),
            NO_DISABLE,
        ),
        (
            format!("{base}, provisioning: {{mode: scim}}, lifecycle: {{update: {{via: scim}}}}"),
            r#""PUSH_NEW_USERS","SCIM_PROVISIONING""#,
        ),
        (
            format!(
                "{base}, provisioning: {{mode: scim}}, populations: [{{name: employees, lifecycle: {{deprovision: {{via: scim, slaHours: 24}}}}}}]"
            ),
            NO_DISABLE,
        ),
    ] {
        let (files, text) = imported(&pattern("one", &spec), &okta(features));
        assert_eq!(named(&text), None, "{spec}: {text}");
        assert!(text.contains("# No pattern fits: `one` differs from the export (drift/"), "{text}");
        leaver(files.path(), &["observe", "okta", "e.json"]);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        assert!(
            !out(&output).contains("-off]") && !out(&output).contains("drift/deactivation-off"),
            "{}",
            out(&output)
        );
    }
    // The draft overrides the list of operations as a whole.
    let spec = format!("{base}, provisioning: {{mode: scim, scim: {{operations: [create, update, disable, delete]}}}}");
    let (files, text) = imported(&pattern("one", &spec), &okta(NO_DISABLE));
    assert!(named(&text) == Some("one") && text.contains("operations: [create, update]"), "{text}");
    leaver(files.path(), &["observe", "okta", "e.json"]);
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    assert!(!out(&output).contains("drift/"), "{}", out(&output));
    // If all features are off, the list in the draft is empty.
    let off = r#"{"observation":"leaver/v1","system":"okta","complete":true,"takenOn":"2026-09-01","apps":[{"appId":"0oa1","label":"Box","status":"active","signOn":{"protocol":"saml","assignmentRequired":true},"provisioning":{"mechanism":"scim","operations":{"create":false,"disable":false}}}]}"#;
    let text = draft(&pattern("one", &spec), off);
    assert!(named(&text) == Some("one") && text.contains("operations: []"), "{text}");
}

#[test]
fn inherited_values_of_a_pattern_count() {
    let base = "signOn: {protocol: saml, system: okta, assignmentRequired: true}";
    let all = patterns(&[
        ("base", base),
        ("scim", "pattern: base, provisioning: {mode: scim}"),
        ("scim-all", "pattern: scim, provisioning: {scim: {operations: [create, update, disable]}}"),
        ("scim-open", "pattern: scim-all, signOn: {assignmentRequired: null, system: okta}"),
        ("moved", "pattern: scim-all, signOn: {system: entra-id}"),
    ]);
    let text = draft(&all, &okta(ALL));
    assert_eq!(named(&text), Some("scim-all"), "{text}");
    assert!(!text.contains("operations:") && !text.contains("protocol:"), "{text}");
}

#[test]
fn broken_patterns_are_not_candidates() {
    let fits = "signOn: {protocol: saml, system: okta, assignmentRequired: true}, provisioning: {mode: scim}";
    let mut long = vec![("l0".to_owned(), fits.to_owned())];
    long.extend((1..10).map(|at| (format!("l{at}"), format!("pattern: l{}, tier: 3, signOn: {{system: x}}", at - 1))));
    long.push(("l10".to_owned(), format!("pattern: l9, {fits}, sourceOfTruth: workday")));
    let long: Vec<(&str, &str)> = long.iter().skip(1).map(|(name, spec)| (name.as_str(), spec.as_str())).collect();
    let long = format!("{}---\n{}", pattern("l0", "tier: 3"), patterns(&long));
    for broken in [
        pattern("one", &format!("pattern: nobody, {fits}")),
        patterns(&[("one", &format!("pattern: two, {fits}")), ("two", &format!("pattern: one, {fits}"))]),
        pattern("one", &format!("pattern: one, {fits}")),
        pattern("one", &format!("{fits}, tier: nine")),
        pattern("one", &format!("{fits}, surprise: true")),
        patterns(&[("one", fits), ("one", fits)]),
        patterns(&[("one", "tier: nine"), ("one", fits)]),
        patterns(&[
            ("\"on\\ne: x\"", fits),
            ("\"\\u202eeno\"", fits),
            ("Größe", fits),
            ("\"\"", fits),
            ("\"# one\"", fits),
        ]),
        pattern("one", &format!("{fits}, populations: [{{name: guests, pattern: nobody}}]")),
        pattern("one", &format!("{fits}, populations: [{{name: guests}}, {{name: guests}}]")),
        "apiVersion: leaver/v1\nkind: Pattern\nmetadata: {name: one}\n".to_owned(),
        format!("{}  - [", pattern("one", fits)),
        long,
    ] {
        let (_files, text) = imported(&broken, &okta(ALL));
        assert_eq!(named(&text), None, "{broken}: {text}");
        assert!(text.lines().take_while(|line| line.starts_with('#')).count() <= 4, "{text}");
        assert!(!text.contains('\u{202e}'), "{text}");
        assert!(text.contains("    system: okta\n"), "{text}");
        // If a file is not YAML, none of its patterns is considered.
        let is_yaml = !broken.ends_with('[');
        assert_eq!(text.contains("invalid"), is_yaml, "{broken}: {text}");
        // The draft names a valid pattern, even if the same file has a broken one.
        let beside = format!("{broken}---\n{}", pattern("sound", fits));
        if is_yaml {
            assert_eq!(named(&draft(&beside, &okta(ALL))), Some("sound"), "{broken}");
        }
    }
}

#[test]
fn populations_of_a_pattern_must_not_contradict_the_export() {
    let fits = "signOn: {protocol: saml, system: okta, assignmentRequired: true}, provisioning: {mode: scim}";
    for (populations, named_one) in [
        ("[employees, contractors]", true),
        ("[employees, {name: guests, tier: 4}]", true),
        ("[{name: employees, sourceOfTruth: workday}, {name: guests, tier: 4}]", true),
        ("[employees, {name: guests, provisioning: {mode: manual}}]", false),
        ("[employees, {name: guests, signOn: {assignmentRequired: false}}]", false),
        ("[employees, {name: guests, pattern: by-hand}]", false),
    ] {
        let all = patterns(&[
            ("one", &format!("{fits}, populations: {populations}")),
            ("by-hand", "provisioning: {mode: manual}"),
        ]);
        let text = draft(&all, &okta(ALL));
        assert_eq!(named(&text).is_some(), named_one, "{populations}: {text}");
        assert!(named_one || text.contains("# No pattern fits: `one` "), "{text}");
    }
}

#[test]
fn other_formats_name_patterns_too() {
    let files = folder(&[
        ("leaver.yaml", "version: 1\n"),
        (
            "p.yaml",
            &patterns(&[
                (
                    "entra",
                    "signOn: {protocol: saml, system: entra-id, assignmentRequired: false}, provisioning: {mode: scim, scim: {syncMinutes: 40}}, lifecycle: {deprovision: {via: scim, slaHours: 24}}",
                ),
                (
                    "okta",
                    "signOn: {protocol: saml, system: okta, assignmentRequired: true}, provisioning: {mode: scim}, lifecycle: {deprovision: {via: scim, slaHours: 24}}",
                ),
            ]),
        ),
    ]);
    for (format, names, app, expected) in [
        // The application is unhealthy. `check` reports this, but the pattern still fits.
        ("entra", &["entra-service-principals.json", "entra-jobs.json"][..], "harbour", "entra"),
        ("terraform", &["terraform-state.json"], "quill", "okta"),
    ] {
        let paths: Vec<String> =
            names.iter().map(|name| exports().join(name).to_str().expect("text").to_owned()).collect();
        let mut arguments = vec!["import", format, "--into", format];
        arguments.extend(paths.iter().map(String::as_str));
        let output = leaver(files.path(), &arguments);
        assert_eq!(code(&output), 0, "{}", err(&output));
        assert!(
            out(&output).contains(&format!("wrote {format}/{app}.yaml with pattern {expected}")),
            "{}",
            out(&output)
        );
        let text = fs::read_to_string(files.path().join(format).join(format!("{app}.yaml"))).expect("text");
        assert_eq!(named(&text), Some(expected), "{text}");
        assert!(!text.contains("syncMinutes") && !text.contains("protocol"), "{text}");
    }
}
