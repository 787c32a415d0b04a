//! A change that declares Systems or Teams cannot hide findings, because built-in facts stay in force, and a Team without members owns nothing.

use crate::common::{code, err, folder, leaver, out};

fn check(files: &[(&str, &str)]) -> (i32, String) {
    let files = folder(files);
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

const TEAM: &str =
    "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: it}\nspec: {members: [ada@example.com, grace@example.com]}\n";

/// An app that relies on Okta for deletions, although Okta never deletes accounts.
fn app(system: &str) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: box, owner: it}}\nspec:\n  provisioning: {{mode: none}}\n  lifecycle:\n    remove: {{via: scim, system: {system}, owner: it, afterDays: 30}}\n"
    )
}

fn system(metadata: &str, spec: &str) -> String {
    format!("apiVersion: leaver/v1\nkind: System\nmetadata: {metadata}\nspec: {spec}\n")
}

#[test]
fn a_system_inherits_unstated_values() {
    for (name, metadata, spec) in [
        ("okta", "{name: okta}", "{}"),
        ("okta", "{name: okta, title: Ours, owner: it}", "{kind: idp, syncMinutes: 5}"),
        ("okta", "{name: okta}", "{notes: ours, deleteGuard: {threshold: 5, approver: it}}"),
        ("our-okta", "{name: our-okta, aliases: [okta]}", "{kind: idp}"),
        ("our-okta", "{name: our-okta, aliases: [' OKTA ']}", "{kind: idp}"),
    ] {
        let (status, text) = check(&[("a.yaml", &app(name)), ("s.yaml", &system(metadata, spec)), ("t.yaml", TEAM)]);
        assert!(status == 1 && text.contains("error[scim/delete-never-sent]"), "{metadata} {spec}: {text}");
        assert!(!text.contains("contradicts-built-in"), "{metadata} {spec}: {text}");
    }
}

#[test]
fn a_fact_that_contradicts_a_built_in_one_is_found() {
    for (metadata, spec, expected_text) in [
        (
            "{name: okta}",
            "{deletes: true}",
            "`spec.deletes` is true, but the built-in System `okta` states false (source: okta-developer-docs",
        ),
        ("{name: okta}", "{deletes: true, onUnassign: delete}", "`spec.onUnassign` is \"delete\""),
        ("{name: okta}", "{kind: hr}", "`spec.kind` is \"hr\""),
        ("{name: entra-id}", "{deletesUnassigned: true}", "states false"),
        ("{name: entra-id}", "{syncMinutes: 1}", "states 40"),
        (
            "{name: entra-id}",
            "{alertsByDefault: true, quarantine: {failurePercent: 99}}",
            "`spec.quarantine.failurePercent` is 99",
        ),
        ("{name: azure-ad}", "{readsNestedGroups: true}", "the built-in System `entra-id` states false"),
        ("{name: ours, aliases: [Microsoft Entra ID]}", "{deletesAfterDays: 1}", "states 30"),
        ("{name: ours}", "{kind: idp, vendor: okta, deletes: true}", "the built-in System `okta` states false"),
        ("{name: google-workspace}", "{skipsArchived: false}", "states true"),
    ] {
        let (status, text) = check(&[("s.yaml", &system(metadata, spec)), ("t.yaml", TEAM)]);
        assert_eq!(status, 1, "{metadata} {spec}: {text}");
        assert!(
            text.contains("error[catalogue/contradicts-built-in]") && text.contains(expected_text),
            "{metadata} {spec}: {text}"
        );
    }
}

/// The finding has its place in the declaration, and a related place in the file of the built-in Systems.
#[test]
fn a_contradiction_points_at_both_sources() {
    let text = system("{name: okta}", "\n  kind: idp\n  deletes: true\n  fedBy: []");
    let files = folder(&[("s.yaml", &text)]);
    let output = leaver(files.path(), &["check", "-o", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "catalogue/contradicts-built-in", "{report}");
    assert_eq!((&finding["file"], &finding["region"]["startLine"]), (&"s.yaml".into(), &6.into()), "{finding}");
    assert_eq!(finding["related"][0]["file"], "built-in/systems.yaml", "{finding}");
}

/// If the schema refuses a declaration, rules still see the built-in System.
#[test]
fn an_invalid_system_hides_no_finding() {
    for spec in [
        "{deletes: null}",
        "{deletes: }",
        "null",
        "{kind: null, deletes: true}",
        "{deletes: 'yes'}",
        "{deletes: true, more: 1}",
        "[]",
    ] {
        let (status, text) =
            check(&[("a.yaml", &app("okta")), ("s.yaml", &system("{name: okta}", spec)), ("t.yaml", TEAM)]);
        assert_eq!(status, 1, "{spec}: {text}");
        assert!(text.contains("s.yaml") && text.contains("[schema/"), "{spec}: {text}");
        assert!(text.contains("error[scim/delete-never-sent]"), "{spec}: {text}");
    }
}

#[test]
fn every_declaration_of_a_system_extends_the_built_in_one() {
    let twice = format!("{}---\n{}", system("{name: okta}", "{kind: idp}"), system("{name: okta}", "{deletes: true}"));
    let (status, text) = check(&[("a.yaml", &app("okta")), ("s.yaml", &twice), ("t.yaml", TEAM)]);
    assert_eq!(status, 1, "{text}");
    for rule in ["scim/delete-never-sent", "catalogue/duplicate-name", "catalogue/contradicts-built-in"] {
        assert!(text.contains(&format!("error[{rule}]")), "{rule}: {text}");
    }
}

/// A finding on an inherited value has a place in the declaration that inherits it.
#[test]
fn a_finding_on_an_inherited_value_has_a_place() {
    let app = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box, owner: it}\nspec:\n  provisioning: {mode: none}\n  lifecycle:\n    remove: {via: scim, system: okta, owner: it, afterDays: 30}\n";
    let text = system("{name: okta}", "\n  kind: idp");
    let files = folder(&[("a.yaml", app), ("s.yaml", &text), ("t.yaml", TEAM)]);
    let output = leaver(files.path(), &["check", "-o", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    let finding =
        report["findings"].as_array().expect("a list").iter().find(|one| one["rule"] == "scim/delete-never-sent");
    let related = &finding.expect("a finding")["related"][0];
    assert_eq!((&related["file"], &related["region"]["startLine"]), (&"s.yaml".into(), &4.into()), "{related}");
}

#[test]
fn a_team_without_members_owns_nothing() {
    let team = |spec: &str| format!("apiVersion: leaver/v1\nkind: Team\nmetadata: {{name: x}}\nspec: {spec}\n");
    let app = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box, owner: x}\nspec: {provisioning: {mode: none}}\n";
    for spec in [
        "{}",
        "{contact: x@example.com, status: active}",
        "{members: []}",
        "{members: [' ']}",
        "{members: ['\u{200b}', '…']}",
        "{members: [x]}",
        "{members: [gone]}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: gone}\nspec: {status: dissolved, members: [ada]}",
        "{members: [y]}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: y}\nspec: {members: [x]}",
    ] {
        let (status, text) = check(&[("a.yaml", app), ("t.yaml", &team(spec))]);
        assert!(
            status == 1 && text.contains("error[owner/empty-team] box: the team `x` has no members"),
            "{spec}: {text}"
        );
    }
    for spec in [
        "{members: [ada, grace]}",
        "{members: [y]}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: y}\nspec: {members: [ada, grace]}",
    ] {
        let (_, text) = check(&[("a.yaml", app), ("t.yaml", &team(spec))]);
        assert!(!text.contains("empty-team"), "{spec}: {text}");
    }
}

#[test]
fn a_team_without_members_is_reported_wherever_it_is_named() {
    let team = "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: x}\nspec: {}\n";
    let spec = |spec: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: box}}\nspec:\n  provisioning: {{mode: none}}\n  {spec}\n"
        )
    };
    for part in [
        "lifecycle: {update: {via: ticket, owner: x}}",
        "lifecycle: {entitle: {via: ticket, approver: x}}",
        "lifecycle: {review: {owner: x}}",
        "lifecycle: {review: {escalateTo: x}}",
        "lifecycle: {transfer: {to: x}}",
        "roles: [{name: admin, owner: x}]",
        "roles: [{name: admin, approver: x}]",
        "breakGlass: [{name: root, owner: x}]",
        "nonHuman: [{name: bot, kind: bot, owner: x}]",
        "nonHuman: [{name: bot, kind: agent, sponsor: x}]",
        "thirdPartyGrants: [{name: app, owner: x}]",
        "localAccounts: {owner: x}",
        "localAccounts: {accounts: [{name: a, owner: x}]}",
        "external: {sponsor: x}",
        "lifecycle: {create: {owner: x}}",
        "lifecycle: {reactivate: {via: ticket, approver: x}}",
        "lifecycle: {revokeCredentials: {owner: x}}",
        "lifecycle: {reconcile: {owner: x}}",
        "retirement: {owner: x}",
    ] {
        let (status, text) = check(&[("a.yaml", &spec(part)), ("t.yaml", team)]);
        assert!(status == 1 && text.contains("error[owner/empty-team]"), "{part}: {text}");
    }
    for mode in [
        "{mode: csv, csv: {owner: x}}",
        "{mode: shared, shared: {owner: x}}",
        "{mode: scim, scim: {deleteGuard: {approver: x}}}",
        "{mode: connector, connector: {system: okta, deleteGuard: {approver: x}}}",
    ] {
        let text =
            format!("apiVersion: leaver/v1\nkind: App\nmetadata: {{name: box}}\nspec:\n  provisioning: {mode}\n");
        let (status, text) = check(&[("a.yaml", &text), ("t.yaml", team)]);
        assert!(status == 1 && text.contains("error[owner/empty-team]"), "{mode}: {text}");
    }
    for (kind, rest) in [
        ("System", "metadata: {name: hub, owner: x}\nspec: {kind: iga}"),
        ("System", "metadata: {name: hub}\nspec: {kind: iga, deleteGuard: {threshold: 3, approver: x}}"),
        (
            "Waiver",
            "metadata: {name: w}\nspec: {rule: jit/no-update-owner, apps: [box], reason: r, approver: ada, owner: x, expires: 2026-12-31}",
        ),
        (
            "Waiver",
            "metadata: {name: w}\nspec: {rule: jit/no-update-owner, apps: [box], reason: r, approver: x, owner: z, expires: 2026-12-31}",
        ),
    ] {
        let text = format!("apiVersion: leaver/v1\nkind: {kind}\n{rest}\n");
        let (status, text) = check(&[("a.yaml", &text), ("t.yaml", team)]);
        assert!(status == 1 && text.contains("error[owner/empty-team]"), "{rest}: {text}");
    }
}
