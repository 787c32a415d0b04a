//! Findings about an app do not mention single sign-on or an identity provider if people sign in with local accounts or a directory.

use serde_json::Value;

use crate::common::{folder, leaver, out};

const TEAM: &str =
    "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: t}\nspec: {members: [ada@example.com, grace@example.com]}\n";
/// Apps with many faults, whose sign-on has the protocol `PROTOCOL`.
const APPS: &str = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: by-hand, owner: t}\nspec:\n  tier: 1\n  signOn: {protocol: PROTOCOL, enforced: false, passwordReset: true}\n  provisioning: {mode: manual}\n  lifecycle:\n    create: {via: ticket}\n    deprovision: {via: ticket, effect: seat-only}\n    remove: {via: ticket, afterDays: 3}\n  localAccounts: {accounts: [{name: root, owner: t}]}\n  nonHuman: [{name: bot, kind: service-account, owner: t}]\n  populations: [employees, guests]\n---\napiVersion: leaver/v1\nkind: App\nmetadata: {name: at-sign-in, owner: t}\nspec:\n  tier: 2\n  signOn: {protocol: PROTOCOL}\n  provisioning: {mode: jit, jit: {roleSync: assign}}\n  lifecycle: {}\n  breakGlass: []\n  roles: [{name: owner, privileged: true, owner: t, max: 1}]\n---\napiVersion: leaver/v1\nkind: App\nmetadata: {name: shared, owner: t}\nspec:\n  tier: 1\n  signOn: {protocol: PROTOCOL}\n  provisioning: {mode: manual}\n  lifecycle: {deprovision: {via: ticket}}\n  roles: [{name: owner, privileged: true, owner: t, max: 1}]\n  breakGlass: []\n";

/// The texts of all findings: rule, title, message and fix.
fn texts(protocol: &str) -> Vec<[String; 4]> {
    let apps = APPS.replace("PROTOCOL", protocol);
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("t.yaml", TEAM), ("a.yaml", &apps)]);
    let output = leaver(files.path(), &["check", "-o", "json", "--all"]);
    let report: Value = serde_json::from_str(&out(&output)).expect("JSON");
    let list = |key: &str| report[key].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    list("findings")
        .map(|finding| {
            let rule = list("rules").find(|rule| rule["id"] == finding["rule"]).expect("a rule");
            let fix = if finding["help"].is_string() { &finding["help"] } else { &rule["fix"] };
            [text(&rule["id"]), text(&rule["title"]), text(&finding["message"]), text(fix)]
        })
        .collect()
}

#[test]
fn no_single_sign_on_is_mentioned_where_the_app_declares_none() {
    for (protocol, expected) in [
        ("local", "breakglass/none"),
        ("ldap", "signon/not-enforced"),
        ("kerberos", "signon/not-enforced"),
        ("radius", "signon/not-enforced"),
        ("none", "breakglass/none"),
    ] {
        let texts = texts(protocol);
        assert!(texts.iter().any(|[rule, ..]| rule == expected), "{protocol}: {texts:?}");
        assert!(texts.len() > 30, "{protocol}: {}", texts.len());
        for [rule, title, message, fix] in texts {
            let all = format!("{title} | {message} | {fix}");
            for word in ["ingle sign-on", "SSO", "dentity provider", "IdP"] {
                assert!(!all.contains(word), "{protocol}, {rule}: {all}");
            }
        }
    }
    // An app with single sign-on has messages about it.
    let federated = texts("saml");
    assert!(federated.iter().any(|[_, _, message, _]| message.contains("single sign-on")), "{federated:?}");
}

/// The severity of `leaver/seat-only` depends on how long the account still works.
#[test]
fn seats_of_accounts_that_soon_end_are_less_severe() {
    for (days, config, expected) in [
        (0, "", None),
        (1, "", Some("warning")),
        (7, "", Some("warning")),
        (8, "", Some("error")),
        (1, "rules: {leaver/seat-only: {params: {errorAfterDays: 0}}}\n", Some("error")),
        (30, "rules: {leaver/seat-only: {params: {errorAfterDays: 30}}}\n", Some("warning")),
    ] {
        let app = APPS.replace("PROTOCOL", "local").replace("afterDays: 3", &format!("afterDays: {days}"));
        let files = folder(&[("leaver.yaml", &format!("version: 1\n{config}")), ("t.yaml", TEAM), ("a.yaml", &app)]);
        let output = leaver(files.path(), &["check", "-o", "json", "--select", "leaver/seat-only"]);
        let report: Value = serde_json::from_str(&out(&output)).expect("JSON");
        let severities: Vec<&str> = report["findings"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|finding| finding["rule"] == "leaver/seat-only")
            .filter_map(|finding| finding["severity"].as_str())
            .collect();
        assert_eq!(severities, expected.into_iter().collect::<Vec<_>>(), "{days} {config}: {report}");
    }
}
