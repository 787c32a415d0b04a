//! The messages of findings are true of the declaration, and the fixes work.

use serde_json::Value;

use crate::common::{folder, leaver, out, root};

/// The messages of a rule about an app with this spec. Other declarations may follow the spec.
fn messages(rule: &str, app: &str) -> Vec<String> {
    findings_of(app).into_iter().filter(|(id, _)| id == rule).map(|(_, message)| message).collect()
}

/// Rule and message of all findings in an app with this spec, and in the declarations that follow it.
fn findings_of(app: &str) -> Vec<(String, String)> {
    let yaml = format!("apiVersion: leaver/v1\nkind: App\nmetadata: {{name: box, owner: it-apps}}\nspec: {app}\n");
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("app.yaml", &yaml)]);
    let report: Value = serde_json::from_str(&out(&leaver(files.path(), &["check", "-o", "json"]))).expect("JSON");
    let text = |finding: &Value, key: &str| finding[key].as_str().expect("text").to_owned();
    let findings = report["findings"].as_array().expect("a list").iter();
    findings.map(|finding| (text(finding, "rule"), text(finding, "message"))).collect()
}

#[test]
fn messages_are_true_of_the_declaration() {
    let team = |spec: &str| {
        format!("{{tier: 3}}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {{name: it-apps}}\nspec: {spec}")
    };
    let at_sign_in = |sync: &str| {
        format!(
            "{{tier: 3, provisioning: {{mode: jit, jit: {{roleSync: {sync}}}}}, lifecycle: {{entitle: {{via: jit, owner: it-apps}}}}}}"
        )
    };
    for (rule, app, expected_text) in [
        // The declared successor is named, whether or not it exists.
        (
            "catalogue/unknown-owner",
            team("{status: dissolved, successor: crew}"),
            "is dissolved, its successor is `crew`",
        ),
        ("catalogue/unknown-owner", team("{status: dissolved}"), "is dissolved, and no successor is declared"),
        // A sign-in that only adds roles never removes a role, not even at the next sign-in.
        ("jit/roles-never-withdrawn", at_sign_in("append"), "only adds roles, so a withdrawn role stays"),
        ("jit/roles-never-withdrawn", at_sign_in("assign"), "only assigns roles"),
        (
            "jit/roles-never-withdrawn",
            at_sign_in("none"),
            "`entitle` has `via: jit`, but `roleSync` is `none`, so a withdrawn role stays",
        ),
        ("jit/roles-never-withdrawn", at_sign_in("onCreate"), "sets roles only when it creates the account"),
        ("jit/stale-until-sign-in", at_sign_in("sync"), "takes effect only at the next sign-in"),
        // The message names the script, not the connector.
        (
            "mechanism/unheard",
            "{tier: 3, provisioning: {mode: connector}, lifecycle: {deprovision: {via: script, owner: it-apps}}}"
                .into(),
            "no `alert` is declared for failures of `script`",
        ),
        // The message names the mechanism that uses the credential.
        (
            "catalogue/undecided",
            "{tier: 3, provisioning: {mode: connector, connector: {}}}".into(),
            "which credential `connector` uses",
        ),
        (
            "leaver/no-urgent-path",
            "{tier: 3, lifecycle: {deprovision: {via: admin, owner: it-apps, urgent: {via: none}}}}".into(),
            "has `via: none`, so it does not end access",
        ),
        (
            "mover/overwritten-grants",
            "{tier: 3, provisioning: {mode: scim, scim: {operations: [groups]}}, roles: [{name: admin, grant: admin}]}"
                .into(),
            "but the next run overwrites it: `scim` pushes `groups`",
        ),
        (
            "scim/no-failure-alert",
            "{tier: 3, signOn: {system: entra-id}, provisioning: {mode: scim}}".into(),
            "entra-id runs only every 24 h when 40 percent fail, and stops after 28 days in quarantine",
        ),
        (
            "external/no-end-date",
            "{tier: 3, populations: [guests]}".into(),
            "no end date is required for accounts of guests",
        ),
    ] {
        let found = messages(rule, &app);
        assert!(found.iter().any(|message| message.contains(expected_text)), "{rule} {app}: {found:?}");
    }
    // The messages would be false about these apps, so the rules report nothing.
    for (rule, app) in [
        ("jit/stale-until-sign-in", at_sign_in("append")),
        ("jit/stale-until-sign-in", at_sign_in("none")),
        ("jit/roles-never-withdrawn", at_sign_in("sync")),
        (
            "scim/no-failure-alert",
            "{tier: 3, provisioning: {mode: connector}, lifecycle: {deprovision: {via: automation, owner: it-apps}}}"
                .into(),
        ),
    ] {
        assert_eq!(messages(rule, &app), Vec::<String>::new(), "{rule} {app}");
    }
}

#[test]
fn mechanisms_with_the_token_of_a_person_are_named() {
    let token = "nonHuman: [{name: sam-s, kind: personal-token, owner: it-apps}]";
    for via in ["scim", "connector", "directory", "hr", "csv", "script", "automation"] {
        let app = format!("{{tier: 3, provisioning: {{mode: manual, {via}: {{credential: sam-s}}}}, {token}}}");
        let found = messages("credential/bound-to-person", &app);
        assert!(found.len() == 1 && found[0].ends_with("and provisioning uses it"), "{via}: {found:?}");
    }
    for stage in ["create", "update", "deprovision", "remove", "revokeCredentials", "reconcile"] {
        let app = format!(
            "{{tier: 3, provisioning: {{mode: manual}}, lifecycle: {{{stage}: {{via: script, credential: sam-s}}}}, {token}}}"
        );
        let found = messages("credential/bound-to-person", &app);
        assert!(found.len() == 1 && found[0].ends_with("and provisioning uses it"), "{stage}: {found:?}");
    }
}

#[test]
fn one_fault_is_reported_once() {
    let by_script = "{via: script, owner: it-apps, effect: suspend}";
    let by_people = "{via: ticket, owner: it-apps, queue: IT, effect: suspend}";
    let often = "{via: ticket, owner: it-apps, queue: IT, everyDays: 90}";
    let spec = |provisioning: &str, lifecycle: &str, more: &str| {
        format!("{{tier: 3, provisioning: {provisioning}, lifecycle: {{{lifecycle}}}{more}}}")
    };
    // The spec of an app, words in messages about the fault, and the only rule that may report it.
    for (app, words, rule) in [
        (
            spec(
                "{mode: scim, scim: {credential: sam-s}}",
                &format!("deprovision: {by_script}"),
                ", nonHuman: [{name: sam-s, kind: personal-token}]",
            ),
            ["a person", "personal"].as_slice(),
            Some("credential/bound-to-person"),
        ),
        (
            spec(
                "{mode: scim, scim: {credential: sam-s}}",
                &format!("deprovision: {by_script}"),
                ", nonHuman: [{name: sam-s, kind: personal-token, boundTo: team}]",
            ),
            &["a person", "personal"],
            None,
        ),
        (
            spec(
                "{mode: csv}",
                &format!("deprovision: {by_script}, reconcile: {{owner: it-apps, last: 2026-11-01}}"),
                "",
            ),
            &["compare", "comparison"],
            Some("review/reconcile-overdue"),
        ),
        (
            spec("{mode: csv}", &format!("deprovision: {by_script}"), ""),
            &["compare", "comparison"],
            Some("review/no-reconcile"),
        ),
        (
            spec("{mode: manual}", &format!("deprovision: {by_people}"), ""),
            &["compare", "comparison"],
            Some("review/no-reconcile"),
        ),
        (
            spec("{mode: manual}", &format!("deprovision: {by_people}, review: {often}"), ""),
            &["compare", "comparison"],
            Some("catalogue/undecided"),
        ),
        (
            spec("{mode: manual}", &format!("deprovision: {by_people}, review: {often}, reconcile: {{via: none}}"), ""),
            &["compare", "comparison"],
            None,
        ),
        (
            spec("{mode: scim}", &format!("deprovision: {by_script}"), ""),
            &["`update`"],
            Some("catalogue/stage-undecided"),
        ),
        (
            spec("{mode: scim}", &format!("deprovision: {by_script}, update: {{via: none}}"), ""),
            &["`update`"],
            Some("scim/no-update"),
        ),
        (
            spec("{mode: connector}", &format!("deprovision: {by_script}"), ""),
            &["no `alert` is declared"],
            Some("mechanism/unheard"),
        ),
        (
            spec("{mode: jit}", &format!("deprovision: {by_people}"), ""),
            &["reactivates them", "refusesSuspended"],
            Some("jit/untested-suspension"),
        ),
        (
            spec("{mode: hybrid}", "deprovision: {via: scim, owner: it-apps, effect: suspend}", ""),
            &["reactivates them", "refusesSuspended"],
            Some("hybrid/untested-suspension"),
        ),
        (
            spec("{mode: none}", "create: {via: none}", ", thirdPartyGrants: [{name: sync}]"),
            &["no review"],
            Some("grant/no-end"),
        ),
        (
            spec("{mode: none}", "create: {via: none}", ", thirdPartyGrants: [{name: sync, expires: 2099-01-01}]"),
            &["no review"],
            Some("grant/unreviewed"),
        ),
    ] {
        let all = findings_of(&app);
        let rules: Vec<&str> = all
            .iter()
            .filter(|(_, message)| words.iter().any(|word| message.contains(word)))
            .map(|(rule, _)| rule.as_str())
            .collect();
        assert_eq!(rules, rule.into_iter().collect::<Vec<_>>(), "{app}: {all:#?}");
    }
}

#[test]
fn fixes_name_every_remedy_and_no_limit_that_a_profile_changes() {
    let text = out(&leaver(&root(), &["rules", "--format", "json"]));
    let rules: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let fix = |id: &str| {
        let rule = rules.iter().find(|rule| rule["id"] == id).unwrap_or_else(|| panic!("{id}"));
        rule["fix"].as_str().expect("text").to_owned()
    };
    for (id, words) in [
        ("catalogue/mode-contradiction", ["connector", "directory", "hr", "csv", "manual", "vendor"].as_slice()),
        ("catalogue/duplicate-name", &["populations", "appId"]),
        ("catalogue/unknown-owner", &["successor"]),
        (
            "credential/never-expires",
            &["neverExpires", "expiryUnknown", "rotateEveryDays", "compensatedBy", "reviewEveryDays"],
        ),
        ("scim/delete-never-sent", &["sends: disable", "spec.lifecycle.remove"]),
        ("scim/unowned-delete-guard", &["threshold", "approver", "slaHours"]),
    ] {
        let fix = fix(id);
        assert!(words.iter().all(|word| fix.contains(word)), "{id}: {fix}");
    }
    for rule in &rules {
        let fix = rule["fix"].as_str().expect("text");
        let params = rule["params"].as_object().into_iter().flatten();
        for limit in params.filter_map(|(_, param)| param.as_u64()).filter(|limit| *limit > 4) {
            let named = fix.split(|c: char| !c.is_ascii_digit()).any(|word| word == limit.to_string());
            assert!(!named, "{}: the fix names {limit}, which a profile can change: {fix}", rule["id"]);
        }
        for word in ["Mend", "knowingly", "said to be", "anew"] {
            assert!(!fix.contains(word), "{}: `{word}` in {fix}", rule["id"]);
        }
    }
}
