//! Snapshots of all output for people and machines. Keys and digests of rules differ between runs, so they are replaced.

use super::board::{APP, Board, CONFIG, MANIFEST};

/// Replaces the parts of a text that differ between runs.
fn fixed(text: &str) -> String {
    let mut words = String::new();
    for part in text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || "+/:-".contains(c))) {
        let core = part.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || "+/:-".contains(c)));
        let rest = &part[core.len()..];
        let hex = core.len() == 64 && core.bytes().all(|byte| byte.is_ascii_hexdigit());
        let time = core.len() == 20 && core.starts_with("2026-11-25T") && core.ends_with('Z');
        words.push_str(match core {
            _ if core.starts_with("SHA256:") => "SHA256:KEY",
            _ if hex => "HEX",
            _ if time => "TIME",
            other => other,
        });
        words.push_str(rest);
    }
    words
}

fn output(board: &Board, arguments: &[&str]) -> String {
    let (status, text) = board.leaver(arguments);
    format!("$ leaver {}\n{}? {status}\n", arguments.join(" "), fixed(&text))
}

const REVIEWED: &str = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: slack, owner: it-apps, title: \"Slack | <b>[x](http://evil.example)</b>\", vendor: slack}\nspec:\n  tier: 1\n  dataClass: internal\n  sourceOfTruth: workday\n  signOn: {assignmentRequired: true}\n  provisioning: {mode: jit, jit: {expiresAfterDays: 30}}\n  lifecycle:\n    create: {via: jit, owner: it-apps}\n    deprovision: {via: ticket, queue: IT, owner: it-apps, slaHours: 24, effect: delete, evidence: ticket}\n    revokeSessions: {via: none, maxSessionHours: 8}\n    review: {owner: security, everyDays: 90}\n    transfer: {to: crm}\n  localAccounts: {none: true, checkedOn: 2026-09-01}\n";
const WAIVER: &str = "---\napiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: slack-scim}\nspec: {rule: jit/no-update-owner, apps: [slack], reason: \"the plan | with SCIM is bought in March, see @ops\", approver: ciso, owner: it-apps, from: 2026-11-01, expires: 2027-03-31, compensatingControl: weekly comparison, ticket: IAM-7}\n";

#[test]
fn snapshot_of_the_procedure_of_a_reviewer() {
    let board = Board::new();
    let mut text = output(&board, &["signoff", "status"]);
    text.push_str(&output(&board, &["signoff", "prepare", "slack", "--output", "pack.md"]));
    text.push_str(&output(
        &board,
        &["signoff", "sign", "slack", "--reviewer", "ada@example.com", "--role", "security"],
    ));
    text.push_str(&output(&board, &["signoff", "verify"]));
    text.push_str(&output(&board, &["signoff", "status"]));
    board.sign("ada", "signoffs/2026/2026-11-25-slack-ada-security.json", "leaver-signoff@v1");
    text.push_str(&output(&board, &["signoff", "verify"]));
    text.push_str(&output(&board, &["signoff", "verify", "--format", "json"]));
    text.push_str(&output(&board, &["signoff", "status"]));
    board.edit("apps.yaml", "title: Slack", "title: Chat");
    text.push_str(&output(&board, &["signoff", "status"]));
    board.edit("apps.yaml", "internal", "restricted");
    text.push_str(&output(&board, &["signoff", "status"]));
    text.push_str(&output(&board, &["signoff", "status", "--format", "json"]));
    text.push_str(&output(
        &board,
        &["signoff", "revoke", "signoffs/2026/2026-11-25-slack-ada-security.json", "--reason", "wrong app"],
    ));
    text.push_str(&output(&board, &["signoff", "status"]));
    insta::assert_snapshot!("way", text);
}

#[test]
fn snapshot_of_the_review_pack() {
    let board = Board::with(CONFIG, &APP.replace("title: Slack", "vendor: nobody-knows-them"));
    let mut text = output(&board, &["signoff", "prepare", "slack"]);
    board.write("apps.yaml", &format!("{REVIEWED}{WAIVER}"));
    board.signed("ada", &["--condition", "name who updates=2026-12-31"]);
    board.edit("apps.yaml", "dataClass: internal", "dataClass: confidential");
    board.edit("apps.yaml", "title: \"Slack", "title: \"Slick");
    text.push_str(&output(&board, &["signoff", "prepare", "slack"]));
    insta::assert_snapshot!("pack", text);
}

/// The pack contains each value of a complete declaration.
#[test]
fn the_review_pack_shows_everything_that_is_signed() {
    let spec = "  populations: [employees, guests]\n  external: {sponsor: sponsors, maxDays: 77}\n  provisioning: {mode: jit, jit: {groups: [slack-users, slack-guests], domains: [example.com]}}\n  roles:\n    - {name: workspace-admin, privileged: true, owner: chat-admins, max: 41}\n  localAccounts:\n    accounts: [{name: local-root, owner: locals, purpose: setup}]\n  breakGlass:\n    - {name: bg-77, owner: guards, vault: \"vault://kv/bg\", alert: soc-desk}\n  nonHuman:\n    - {name: scim-sync, kind: scim-token, owner: sync-team, scopes: [users.write, groups.read]}\n    - {name: triage-bot, kind: agent, sponsor: sales-ops, offSwitch: disable the user}\n  thirdPartyGrants:\n    - {name: calendar-tool, owner: grants-team, scopes: [calendar.read], contract: C-991}\n";
    let app = APP.split("---").next().expect("the app").replace(
        "spec: {tier: 1, dataClass: internal, provisioning: {mode: none}, nonHuman: [], thirdPartyGrants: []}",
        &format!("spec:\n  tier: 1\n{spec}"),
    );
    let board = Board::with(CONFIG, &app);
    let (status, text) = board.leaver(&["signoff", "prepare", "slack"]);
    assert_eq!(status, 0, "{text}");
    for word in [
        "employees",
        "guests",
        "sponsors",
        "77",
        "slack-users",
        "slack-guests",
        "example.com",
        "workspace-admin",
        "chat-admins",
        "41",
        "local-root",
        "locals",
        "setup",
        "bg-77",
        "guards",
        "vault://kv/bg",
        "soc-desk",
        "scim-sync",
        "scim-token",
        "sync-team",
        "users.write",
        "groups.read",
        "triage-bot",
        "agent",
        "sales-ops",
        "disable the user",
        "calendar-tool",
        "grants-team",
        "calendar.read",
        "C-991",
    ] {
        assert!(text.contains(word), "{word} in {text}");
    }
}

#[test]
fn snapshot_of_the_manifest() {
    let board = Board::new();
    board.write("apps.yaml", &format!("{REVIEWED}{WAIVER}"));
    board.manifest("ada", &["--condition", "name who updates=2026-12-31", "--comment", "as discussed"]);
    insta::assert_snapshot!("manifest", fixed(&board.read(MANIFEST)));
}
