//! What a finding tells its recipient: it is true of the declaration, and the fix works.

use serde_json::Value;

use crate::common::{folder, leaver, out, root};

/// Messages of a rule about an app with this spec; teams and systems may follow it.
fn messages(rule: &str, app: &str) -> Vec<String> {
    let yaml = format!("apiVersion: leaver/v1\nkind: App\nmetadata: {{name: box, owner: it-apps}}\nspec: {app}\n");
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("app.yaml", &yaml)]);
    let report: Value = serde_json::from_str(&out(&leaver(files.path(), &["check", "-o", "json"]))).expect("JSON");
    let findings = report["findings"].as_array().expect("a list").iter().filter(|finding| finding["rule"] == rule);
    findings.map(|finding| finding["message"].as_str().expect("text").to_owned()).collect()
}

#[test]
fn messages_are_true_of_what_they_are_about() {
    let team = |spec: &str| {
        format!("{{tier: 3}}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {{name: it-apps}}\nspec: {spec}")
    };
    let at_sign_in = |sync: &str| {
        format!(
            "{{tier: 3, provisioning: {{mode: jit, jit: {{roleSync: {sync}}}}}, lifecycle: {{entitle: {{via: jit, owner: it-apps}}}}}}"
        )
    };
    for (rule, app, says) in [
        // The successor is known.
        (
            "catalogue/unknown-owner",
            team("{status: dissolved, successor: crew}"),
            "is dissolved, its successor is `crew`",
        ),
        ("catalogue/unknown-owner", team("{status: dissolved}"), "is dissolved, and no successor is declared"),
        // A sign-in that only adds roles withdraws none at the next one either.
        ("jit/roles-never-withdrawn", at_sign_in("append"), "only adds roles, so a role that is withdrawn stays"),
        ("jit/roles-never-withdrawn", at_sign_in("assign"), "only gives roles"),
        (
            "jit/roles-never-withdrawn",
            at_sign_in("none"),
            "`entitle` is left to the sign-in, but `roleSync` is `none`, so a role that is withdrawn stays",
        ),
        ("jit/roles-never-withdrawn", at_sign_in("onCreate"), "sets roles only when it creates the account"),
        ("jit/stale-until-sign-in", at_sign_in("sync"), "waits for the next sign-in"),
        // A script is no connector.
        (
            "scim/no-failure-alert",
            "{tier: 3, provisioning: {mode: connector}, lifecycle: {deprovision: {via: script, owner: it-apps}}}"
                .into(),
            "nobody is told when the script fails",
        ),
        (
            "scim/no-failure-alert",
            "{tier: 3, signOn: {system: entra-id}, provisioning: {mode: scim}}".into(),
            "entra-id runs only every 24 h when 40 percent fail, and gives up after 28 days in quarantine",
        ),
        (
            "external/no-end-date",
            "{tier: 3, populations: [guests]}".into(),
            "nothing gives the accounts of guests an end date",
        ),
    ] {
        let found = messages(rule, &app);
        assert!(found.iter().any(|message| message.contains(says)), "{rule} {app}: {found:?}");
    }
    // What is not true is not told.
    for (rule, app) in [
        ("jit/stale-until-sign-in", at_sign_in("append")),
        ("jit/stale-until-sign-in", at_sign_in("none")),
        ("jit/roles-never-withdrawn", at_sign_in("sync")),
    ] {
        assert_eq!(messages(rule, &app), Vec::<String>::new(), "{rule} {app}");
    }
}

#[test]
fn fixes_name_every_way_out_and_no_limit_that_a_profile_changes() {
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
