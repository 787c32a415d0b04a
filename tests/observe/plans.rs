//! Plans, alone and together with nightly observations.

use super::{
    drift::{SCIM, TEAM, app, drift, rules},
    export, notes, observed,
};
use crate::common::{TODAY, code, err, folder, leaver, leaver_with, out};

const ID: &str = "0oa1quill7Zk3TfXQ5d7";

/// A nightly export that agrees with the declaration of the app.
const NIGHTLY: &str = r#"[{"id":"0oa1quill7Zk3TfXQ5d7","label":"Quill","name":"quill","status":"ACTIVE","signOnMode":"SAML_2_0","features":["PUSH_NEW_USERS","PUSH_PROFILE_UPDATES","PUSH_USER_DEACTIVATION","SCIM_PROVISIONING"],"settings":{"implicitAssignment":false}}]"#;

fn change(kind: &str, actions: &str, before: &str, after: &str) -> String {
    format!(
        r#"{{"address":"{kind}.x","mode":"managed","type":"{kind}","name":"x","change":{{"actions":{actions},"before":{before},"after":{after},"after_unknown":{{}}}}}}"#
    )
}

fn plan(changes: &[String], drift: &[String]) -> String {
    format!(
        r#"{{"format_version":"1.2","resource_changes":[{}],"resource_drift":[{}],"timestamp":"{TODAY}T08:00:00Z"}}"#,
        changes.join(","),
        drift.join(",")
    )
}

fn saml(more: &str) -> String {
    format!(r#"{{"id":"{ID}","label":"Quill","status":"ACTIVE","implicit_assignment":false{more}}}"#)
}

/// Two catalogues with the app. Only the second has observations, which are from last night.
fn catalogues() -> [tempfile::TempDir; 2] {
    let spec = app(&SCIM.replace("appId", "assignmentRequired: true, appId"));
    let new =
        || folder(&[("t.yaml", TEAM), ("leaver.yaml", "version: 1\n"), ("a.yaml", &spec), ("apps.json", NIGHTLY)]);
    let [bare, nightly] = [new(), new()];
    let output = leaver(nightly.path(), &["observe", "okta", "apps.json", "--taken-on", TODAY]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    for there in [&bare, &nightly] {
        assert_eq!(rules(&leaver(there.path(), &["check", "-o", "json"])), Vec::<String>::new());
    }
    [bare, nightly]
}

/// leaver finds drift in every kind of change in a plan. Last night's export does not hide the drift.
#[test]
fn drift_in_a_plan_is_found() {
    let catalogues = catalogues();
    let null = || "null".to_owned();
    for (kind, actions, before, after, expected) in [
        ("okta_app_saml", r#"["update"]"#, saml(""), saml(r#","x":1"#), &[][..]),
        ("okta_app_saml", r#"["update"]"#, saml(""), saml("").replace("ACTIVE", "INACTIVE"), &["drift/switched-off"]),
        ("okta_app_saml", r#"["update"]"#, saml(""), saml("").replace("false", "true"), &["drift/assignment-open"]),
        ("okta_app_saml", r#"["delete"]"#, saml(""), null(), &["drift/absent-app"]),
        ("okta_app_saml", r#"["delete","create"]"#, saml(""), saml(""), &["drift/absent-app"]),
        ("okta_app_saml", r#"["create","delete"]"#, saml(""), saml(""), &["drift/absent-app"]),
        ("okta_app_saml", r#"["forget"]"#, saml(""), null(), &[]),
        ("okta_app_swa", r#"["no-op"]"#, saml(""), saml(""), &["drift/sign-on-differs"]),
        (
            "okta_app_connection",
            r#"["update"]"#,
            null(),
            format!(r#"{{"id":"{ID}","action":"deactivate","base_url":"https://scim.quill.example/v2"}}"#),
            &["drift/provisioning-off"],
        ),
        (
            "okta_app_connection",
            r#"["delete"]"#,
            format!(r#"{{"id":"{ID}","action":"activate"}}"#),
            null(),
            &["drift/provisioning-off"],
        ),
        (
            "okta_app_connection",
            r#"["update"]"#,
            null(),
            format!(r#"{{"id":"{ID}","action":"activate","base_url":"https://scim.other.example/v2"}}"#),
            &["drift/endpoint-differs"],
        ),
        ("okta_app_features", r#"["delete"]"#, format!(r#"{{"app_id":"{ID}"}}"#), null(), &[]),
    ] {
        let text = plan(&[change(kind, actions, &before, &after)], &[]);
        for there in &catalogues {
            let output = leaver_with(there.path(), &["check", "-o", "json", "--evidence", "-"], &text);
            let mut found: Vec<String> =
                drift(&output).into_iter().filter(|(_, file)| file == "a.yaml").map(|(rule, _)| rule).collect();
            found.dedup();
            assert_eq!(found, expected, "{kind} {actions}: {}", out(&output));
            let once = out(&output).contains("once the plan is applied");
            assert!(once || expected.is_empty() || actions.contains("no-op"), "{kind} {actions}: {}", out(&output));
        }
    }
}

/// A resource that somebody removed by hand no longer exists, whether or not the plan creates it again.
#[test]
fn resources_removed_by_hand_are_absent_regardless_of_the_plan() {
    let [bare, _] = catalogues();
    let lost = change("okta_app_saml", r#"["delete"]"#, &saml(""), "null");
    let again = change("okta_app_saml", r#"["create"]"#, "null", &saml("").replace(&format!(r#""id":"{ID}","#), ""));
    for text in [plan(&[], std::slice::from_ref(&lost)), plan(&[again], &[lost])] {
        let output = leaver_with(bare.path(), &["check", "a.yaml", "-o", "json", "--evidence", "-"], &text);
        assert_eq!(rules(&output), ["drift/absent-app"], "{}", out(&output));
        assert!(out(&output).contains(&format!("`{ID}` in okta\"")), "{}", out(&output));
    }
    // A connection that was removed by hand pushes nothing.
    let lost =
        change("okta_app_connection", r#"["delete"]"#, &format!(r#"{{"id":"{ID}","action":"activate"}}"#), "null");
    let output = leaver_with(bare.path(), &["check", "-o", "json", "--evidence", "-"], &plan(&[], &[lost]));
    assert_eq!(rules(&output), ["drift/provisioning-off"], "{}", out(&output));
    // A resource that was only modified by hand exists.
    let changed = change("okta_app_saml", r#"["update"]"#, &saml(""), &saml(r#","x":1"#));
    let output = leaver_with(bare.path(), &["check", "-o", "json", "--evidence", "-"], &plan(&[], &[changed]));
    assert_eq!(rules(&output), Vec::<String>::new(), "{}", out(&output));
}

/// A plan describes only the resources that it manages, so last night's export stays complete.
#[test]
fn a_plan_does_not_replace_a_complete_snapshot() {
    let spec = app(&SCIM.replace(ID, "0oa9gone"));
    let there = folder(&[("t.yaml", TEAM), ("leaver.yaml", "version: 1\n"), ("a.yaml", &spec), ("apps.json", NIGHTLY)]);
    leaver(there.path(), &["observe", "okta", "apps.json", "--taken-on", "2026-11-24"]);
    let other = plan(&[change("okta_app_saml", r#"["no-op"]"#, &saml(""), &saml(""))], &[]);
    for arguments in [&["check", "a.yaml", "-o", "json"][..], &["check", "a.yaml", "-o", "json", "--evidence", "-"]] {
        let output = leaver_with(there.path(), arguments, &other);
        assert_eq!(rules(&output), ["drift/absent-app"], "{}", out(&output));
        assert!(out(&output).contains("(2026-11-24)"), "{}", out(&output));
    }
}

/// leaver compares a job's last run with the date of the export that describes the job, not with the date of the plan.
#[test]
fn a_plan_does_not_change_the_date_of_the_last_run() {
    let id = "11aa22bb-0000-4000-8000-000000000001";
    let spec = app(&format!(
        "  signOn: {{protocol: saml, system: entra-id, appId: {id}}}\n  provisioning: {{mode: scim, scim: {{auth: oauth2}}}}\n  lifecycle: {{deprovision: {{via: scim, owner: it, slaHours: 24}}}}\n"
    ));
    let principals = format!(
        r#"{{"value":[{{"id":"{id}","appId":"c1","displayName":"Quill","accountEnabled":true,"preferredSingleSignOnMode":"saml"}}]}}"#
    );
    let jobs = format!(
        r#"{{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#servicePrincipals('{id}')/synchronization/jobs","value":[{{"id":"j","templateId":"scim","schedule":{{"state":"Active"}},"status":{{"code":"Active","lastSuccessfulExecution":{{"timeEnded":"2026-11-22T22:30:00Z"}}}}}}]}}"#
    );
    let there = folder(&[
        ("t.yaml", TEAM),
        ("leaver.yaml", "version: 1\n"),
        ("a.yaml", &spec),
        ("e/p.json", &principals),
        ("e/j.json", &jobs),
    ]);
    let values = format!(r#"{{"object_id":"{id}","display_name":"Quill","account_enabled":true}}"#);
    let text = plan(&[change("azuread_service_principal", r#"["no-op"]"#, &values, &values)], &[]);
    for (day, expected) in [("2026-11-23", &[][..]), (TODAY, &["drift/success-too-old"])] {
        leaver(there.path(), &["observe", "entra", "e", "--taken-on", day]);
        for arguments in [&["check", "-o", "json"][..], &["check", "-o", "json", "--evidence", "-"]] {
            let output = leaver_with(there.path(), arguments, &text);
            assert_eq!(rules(&output), expected, "{day}: {}", out(&output));
        }
    }
}

/// A plan that only refreshes the state lists no changes, so leaver reads all resources from its planned values.
#[test]
fn a_plan_that_only_refreshes_shows_all_resources() {
    let [bare, _] = catalogues();
    let off = saml("").replace("ACTIVE", "INACTIVE");
    let values = |values: &str| {
        format!(
            r#""planned_values":{{"root_module":{{"resources":[{{"address":"okta_app_saml.x","mode":"managed","type":"okta_app_saml","name":"x","values":{values}}}]}}}}"#
        )
    };
    let group = change("okta_group", r#"["update"]"#, r#"{"id":"g"}"#, r#"{"id":"g"}"#);
    let drifted = change("okta_app_saml", r#"["update"]"#, &saml(""), &off);
    for (drift, planned) in [(group, values(&off)), (drifted, values(&off)), (String::new(), values(&off))] {
        let text = format!(r#"{{"format_version":"1.2","resource_drift":[{drift}],{planned}}}"#);
        let output = leaver_with(bare.path(), &["check", "-o", "json", "--evidence", "-"], &text);
        assert_eq!(rules(&output), ["drift/switched-off"], "{text}: {}", out(&output));
    }
}

/// If a value is unknown until the plan is applied, leaver does not assume the provider's default.
#[test]
fn unknown_values_are_not_defaults() {
    let shown = |kind: &str, after: &str, unknown: &str| {
        let change = change(kind, r#"["update"]"#, "null", after)
            .replace(r#""after_unknown":{}"#, &format!(r#""after_unknown":{unknown}"#));
        observed("terraform", &[export("plan.json", plan(&[change], &[]))]).expect("it is read")
    };
    let job = r#"{"service_principal_id":"11aa22bb-0000-4000-8000-000000000001","template_id":"scim"}"#;
    for (unknown, expected) in [("{}", true), (r#"{"enabled":false}"#, true), (r#"{"enabled":true}"#, false)] {
        let all = shown("azuread_synchronization_job", job, unknown);
        assert_eq!(all.contains("enabled: true"), expected, "{unknown}: {all}");
        assert!(all.contains("mechanism: scim") && !all.contains("enabled: false"), "{unknown}: {all}");
    }
    let provider = r#"{"id":"0oa7","name":"Partner","status":"ACTIVE"}"#;
    for (unknown, expected) in [("{}", true), (r#"{"provisioning_action":true}"#, false)] {
        let all = shown("okta_idp_saml", provider, unknown);
        assert_eq!(all.contains("creates: true"), expected, "{unknown}: {all}");
    }
    let deferred =
        r#"{"format_version":"1.2","resource_changes":[],"deferred_changes":[{"reason":"x"}],"complete":false}"#;
    assert!(notes("terraform", &[export("p.json", deferred)]).contains("1 resource is deferred to a later plan"));
}

/// A new application has an address, but no id yet. The address must not get into a declaration.
#[test]
fn the_address_of_a_new_application_is_not_its_id() {
    let created = change(
        "okta_app_saml",
        r#"["create"]"#,
        "null",
        r#"{"label":"Quill","status":"ACTIVE","implicit_assignment":false}"#,
    );
    let text = plan(&[created], &[]);
    let open = app(&SCIM.replace(&format!(", appId: {ID}"), ""));
    let there = folder(&[("t.yaml", TEAM), ("leaver.yaml", "version: 1\n"), ("a.yaml", &open), ("plan.json", &text)]);
    let output = leaver(there.path(), &["check", "-o", "json", "--evidence", "plan.json"]);
    assert_eq!(rules(&output), ["drift/unlinked-app"], "{}", out(&output));
    let report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    let finding = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["rule"] == "drift/unlinked-app")
        .expect("a finding");
    assert!(
        finding.get("edits").is_none() && finding.get("fixes").is_none() && !finding.to_string().contains("\"add\""),
        "{finding}"
    );
    let output = leaver(there.path(), &["import", "terraform", "plan.json"]);
    assert!(out(&output).contains("add its `appId` once the plan is applied"), "{}", out(&output));
    // If no app declares the application, the draft has everything but the id.
    std::fs::remove_file(there.path().join("a.yaml")).expect("removed");
    let output = leaver(there.path(), &["import", "terraform", "plan.json"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let draft = std::fs::read_to_string(there.path().join("apps/quill.yaml")).expect("a draft");
    assert!(draft.contains("system: okta\n    assignmentRequired: true\n") && !draft.contains("appId:"), "{draft}");
    assert!(
        draft.contains("# The plan creates the application: add its `signOn.appId` once it is applied."),
        "{draft}"
    );
}

/// A replaced application leads to one finding, about the app that names the old application.
#[test]
fn a_replaced_application_is_reported_once() {
    let new = saml("").replace(&format!(r#""id":"{ID}","#), "");
    let [bare, _] = catalogues();
    let text = plan(&[change("okta_app_saml", r#"["delete","create"]"#, &saml(""), &new)], &[]);
    let output = leaver_with(bare.path(), &["check", "-o", "json", "--evidence", "-"], &text);
    assert_eq!(rules(&output), ["drift/absent-app"], "{}", out(&output));
}

/// The address is shown without the keys of `for_each`. An instance replaces only an instance with the same key.
#[test]
fn a_replaced_instance_hides_no_new_one() {
    let [bare, _] = catalogues();
    let new = |label: &str| saml("").replace(&format!(r#""id":"{ID}","#), "").replace("Quill", label);
    let instance = |key: &str, actions: &str, before: &str, after: &str| {
        change("okta_app_saml", actions, before, after)
            .replace(r#""okta_app_saml.x""#, &format!(r#""okta_app_saml.x[\"{key}\"]""#))
    };
    let replaced = instance("b", r#"["create","delete"]"#, &saml(""), &new("Quill"));
    for key in ["a", "c"] {
        let other = instance(key, r#"["create"]"#, "null", &new("Ledger"));
        let same_again = instance(key, r#"["delete","create"]"#, &saml("").replace(ID, "0oa9other"), &new("Ledger"));
        for (other, expected) in [
            (other, vec!["drift/absent-app", "drift/undeclared-app"]),
            (same_again, vec!["drift/absent-app", "drift/undeclared-app"]),
        ] {
            let text = plan(&[replaced.clone(), other], &[]);
            let output = leaver_with(bare.path(), &["check", "-o", "json", "--evidence", "-"], &text);
            assert_eq!(rules(&output), expected, "{key}: {}", out(&output));
        }
    }
    // The instance was removed by hand, and the plan creates it again, together with a new one.
    let lost = instance("b", r#"["delete"]"#, &saml(""), "null");
    let again = instance("b", r#"["create"]"#, "null", &new("Quill"));
    let other = instance("a", r#"["create"]"#, "null", &new("Ledger"));
    let text = plan(&[other, again], &[lost]);
    let output = leaver_with(bare.path(), &["check", "-o", "json", "--evidence", "-"], &text);
    assert_eq!(rules(&output), ["drift/absent-app", "drift/undeclared-app"], "{}", out(&output));
}

/// If a company has two organisations, the catalogue names both, and the evidence names the organisation that it comes from.
#[test]
fn evidence_names_its_system() {
    let spec = app(&SCIM.replace("system: okta", "system: okta-prod"));
    let off =
        plan(&[change("okta_app_saml", r#"["update"]"#, &saml(""), &saml("").replace("ACTIVE", "INACTIVE"))], &[]);
    let job = change("azuread_service_principal", r#"["no-op"]"#, "null", r#"{"object_id":"b","display_name":"Box"}"#);
    let both = plan(&[change("okta_app_saml", r#"["no-op"]"#, &saml(""), &saml("")), job], &[]);
    let there = folder(&[
        ("t.yaml", TEAM),
        ("leaver.yaml", "version: 1\n"),
        ("a.yaml", &spec),
        ("p.json", &off),
        ("both.json", &both),
        ("x=p.json", &off),
    ]);
    let check = |evidence: &[&str], input: &str| {
        leaver_with(there.path(), &[&["check", "a.yaml", "-o", "json", "--evidence"], evidence].concat(), input)
    };
    for (evidence, expected) in [
        (&["p.json"][..], &[][..]),
        (&["okta-prod=p.json"], &["drift/switched-off"]),
        (&["okta-prod=-"], &["drift/switched-off"]),
        (&["okta-test=p.json"], &[]),
        (&["both.json", "okta-prod=p.json"], &["drift/switched-off"]),
        // A file `x=p.json` exists, so `x` is part of its name and not a system.
        (&["x=p.json"], &[]),
    ] {
        assert_eq!(rules(&check(evidence, &off)), expected, "{evidence:?}");
    }
    let output = check(&["okta-prod=both.json"], "");
    assert!(
        code(&output) == 2 && out(&output).contains("has applications of several systems: entra-id, okta"),
        "{}",
        out(&output)
    );
    assert_eq!(code(&check(&["okta-prod=-", "-"], &off)), 2);
    let output = leaver(there.path(), &["observe", "terraform", "p.json", "--system", "okta-prod"]);
    assert!(code(&output) == 0 && there.path().join("observed/okta-prod/quill.yaml").is_file(), "{}", err(&output));
}
