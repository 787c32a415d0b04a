//! Each state of a sign-off, as a user sees it. The pages of the rules cover the edge cases.

use super::board::{APP, Board, CONFIG, MANIFEST};

#[test]
fn a_material_change_voids_the_sign_off_and_is_shown() {
    let board = Board::new();
    board.signed("ada", &[]);
    board.edit("apps.yaml", "dataClass: internal", "dataClass: restricted");
    board.assert_check(1, &[], &["apps.yaml:4:28: error[signoff/stale] slack: 1 change since the sign-off by ada@example.com as security on 2026-11-25: spec.dataClass was `internal`, is now `restricted`"]);
    board.signed("bob", &["--output", "signoffs/t.json"]);
    board.assert_check(0, &[], &[]);
}

#[test]
fn reformatting_and_immaterial_changes_do_not_void() {
    let board = Board::new();
    board.signed("ada", &[]);
    board.write(
        "apps.yaml",
        &format!(
            "# moved and written otherwise\n{}",
            APP.replace("tier: 1, dataClass: internal", "dataClass: \"internal\", tier: 1")
        ),
    );
    board.assert_check(0, &[], &[]);
    board.edit("apps.yaml", "title: Slack", "title: Slack Technologies, description: Chat, labels: {a: b}");
    board.assert_check(0, &[], &[]);
    let (status, text) = board.leaver(&["signoff", "status"]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("slack (tier 1): signed") && text.contains("3 immaterial changes since"), "{text}");
}

/// The list of immaterial fields is part of the signed content: a field is immaterial only if both the signed and the current list contain it.
#[test]
fn materiality_is_part_of_the_signed_content() {
    let board = Board::new();
    board.signed("ada", &[]);
    board.edit("apps.yaml", "dataClass: internal", "dataClass: restricted");
    board.edit("leaver.yaml", "immaterial: [metadata.title,", "immaterial: [metadata.title, spec.dataClass,");
    board.assert_check(1, &[], &["error[signoff/stale]"]);
    board.write("apps.yaml", &APP.replace("title: Slack", "title: Slick"));
    board.write("leaver.yaml", CONFIG);
    board.assert_check(0, &[], &[]);
    board.edit("leaver.yaml", "immaterial: [metadata.title, ", "immaterial: [");
    board.assert_check(1, &[], &["metadata.title was `Slack`, is now `Slick`"]);
}

#[test]
fn reports_rules_that_changed_since_the_sign_off() {
    let board = Board::new();
    board.signed("ada", &[]);
    board.edit("leaver.yaml", "version: 1\n", "version: 1\nprofile: strict\n");
    board.assert_check(0, &["--ignore", "signoff/policy-changed"], &[]);
    let (status, text) = board.check(&[]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("info[signoff/policy-changed]"), "{text}");
    // Options that restrict a run do not change the digest of the rules.
    board.write("leaver.yaml", CONFIG);
    board.assert_check(0, &["--select", "signoff,jit"], &[]);
}

#[test]
fn an_overdue_condition_and_a_rejection_are_reported() {
    let board = Board::new();
    board
        .signed("ada", &["--condition", "SCIM switched on=2026-12-31", "--condition", "break glass tested=2027-06-30"]);
    board.assert_check(0, &[], &[]);
    board.assert_check(
        1,
        &["--today", "2027-01-01"],
        &["error[signoff/condition-overdue] slack: the condition `SCIM switched on`", "overdue by 1 day"],
    );
    let board = Board::new();
    board.signed("ada", &["--decision", "rejected", "--comment", "no owner for updates"]);
    board.assert_check(1, &[], &["error[signoff/rejected]"]);
    // Another reviewer cannot overrule a rejection. The declaration must change, or the reviewer must revoke the rejection.
    board.signed("bob", &["--output", "signoffs/t.json"]);
    board.assert_check(1, &[], &["error[signoff/rejected]"]);
    let (status, text) = board.leaver(&["signoff", "revoke", MANIFEST, "--reason", "mistaken"]);
    assert_eq!(status, 0, "{text}");
    board.assert_check(0, &[], &[]);
}

const TWO: &str = "version: 1\nsignoff:\n  catalogue: example.com/apps\n  required:\n    - {name: critical, when: {tiers: [1]}, roles: [security, architecture], maxAgeDays: 90}\n";

#[test]
fn a_quorum_needs_distinct_roles_and_persons() {
    let board = Board::with(TWO, APP);
    let approvers =
        board.read("trust/approvers.yaml").replacen("roles: [security]", "roles: [security, architecture]", 2);
    board.trust(&board.read("trust/allowed_signers"), &approvers, "");
    board.assert_check(1, &[], &["`critical` requires the sign-off of security, architecture, but there is none"]);
    board.signed("ada", &[]);
    board.assert_check(1, &[], &["error[signoff/no-quorum]", "`critical` also requires the sign-off of architecture"]);
    let sign = |person: &str, output: &str| {
        let reviewer = format!("{person}@example.com");
        let (status, text) = board.leaver(&[
            "signoff",
            "sign",
            "slack",
            "--reviewer",
            &reviewer,
            "--role",
            "architecture",
            "--key",
            person,
            "--output",
            output,
        ]);
        assert_eq!(status, 0, "{text}");
    };
    sign("ada", "signoffs/a.json");
    board.assert_check(
        1,
        &[],
        &["error[signoff/no-quorum]", "requires the sign-off of 2 people, but only ada@example.com signed"],
    );
    sign("bob", "signoffs/b.json");
    board.assert_check(0, &[], &[]);
    board.assert_check(1, &["--today", "2027-02-24"], &["error[signoff/expired]"]);
}

#[test]
fn rejects_a_role_or_tier_that_the_reviewer_does_not_have() {
    let board = Board::new();
    board.signed("ada", &[]);
    let (signers, approvers) = (board.read("trust/allowed_signers"), board.read("trust/approvers.yaml"));
    board.trust(&signers, &approvers.replace("highestTier: 1", "highestTier: 2"), "");
    board.assert_check(1, &[], &["error[signoff/wrong-role]", "may sign only apps of tier 2 or less critical"]);
    board.trust(&signers, &approvers.replace("roles: [security]", "roles: [privacy]"), "");
    board.assert_check(1, &[], &["error[signoff/wrong-role]", "has the roles privacy"]);
}

#[test]
fn a_lower_criticality_does_not_remove_the_requirement() {
    let board = Board::new();
    board.signed("ada", &[]);
    board.edit("apps.yaml", "tier: 1", "tier: 4");
    board.assert_check(1, &[], &["error[signoff/stale]", "spec.tier was `1`, is now `4`"]);
    board.signed("bob", &["--output", "signoffs/t.json"]);
    board.assert_check(0, &[], &[]);
}

#[test]
fn several_apps_can_have_one_signature() {
    let board = Board::new();
    let box_app = APP.replace("slack", "box").split("---").next().expect("the app").to_owned();
    board.write("box.yaml", &box_app);
    let (status, text) = board.leaver(&[
        "signoff",
        "sign",
        "slack",
        "box",
        "slack",
        "--reviewer",
        "ada@example.com",
        "--role",
        "security",
        "--key",
        "ada",
    ]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("signoffs/2026/2026-11-25-2-apps-ada-security.json"), "{text}");
    board.assert_check(0, &[], &[]);
    // A sign-off is never overwritten.
    let (status, text) = board.leaver(&[
        "signoff",
        "sign",
        "box",
        "--reviewer",
        "ada@example.com",
        "--role",
        "security",
        "--output",
        "signoffs/2026/2026-11-25-2-apps-ada-security.json",
    ]);
    assert_eq!(status, 2, "{text}");
}

#[test]
fn refuses_to_sign_invalid_declarations() {
    let board = Board::new();
    let sign = |more: &[&str]| {
        board.leaver(&[&["signoff", "sign"], more, &["--reviewer", "ada@example.com", "--role", "security"]].concat())
    };
    assert!(sign(&["slak"]).1.contains("did you mean `slack`?"));
    assert!(sign(&["slack", "--condition", "soon"]).1.contains("is not a condition"));
    assert!(sign(&["slack", "--condition", "x=2026-11-01"]).1.contains("is not a condition"), "due before it begins");
    assert!(sign(&["slack", "--decision", "conditional"]).1.contains("needs a condition"));
    assert!(sign(&["slack", "--decision", "rejected", "--condition", "x=2027-01-01"]).1.contains("only a conditional"));
    board.edit("apps.yaml", "title: Slack", "title: Slack, description: ghp_abcdefghijklmnopqrst0123456789abcdef");
    let (status, text) = sign(&["slack"]);
    assert_eq!(status, 2);
    assert!(text.contains("contains a secret") && !text.contains("ghp_"), "{text}");
    board.edit("apps.yaml", "tier: 1", "teir: 1");
    assert!(sign(&["slack"]).1.contains("is not valid"));
    assert!(!board.file("signoffs").exists());
}

#[test]
fn without_requirements_no_sign_off_is_missing() {
    let board = Board::with("version: 1\n", APP);
    std::fs::remove_dir_all(board.file("trust")).expect("removed");
    let (status, text) = board.leaver(&["signoff", "status"]);
    assert_eq!((status, text.contains("requires no sign-off")), (0, true), "{text}");
    // A decision can be recorded even before there is a trust root to verify it.
    board.signed("ada", &[]);
    let (status, text) = board.leaver(&["signoff", "verify"]);
    assert_eq!((status, text.contains("there is no folder `trust`")), (2, true), "{text}");
    board.assert_check(0, &[], &[]);
}

#[test]
fn an_invalid_requirement_is_reported_at_its_place() {
    let board = Board::new();
    for (from, to, expected_text) in [
        ("tiers: [1]", "tier: [1]", "leaver.yaml:4:31: failure[config] `tier` is not a key of `when`"),
        ("tiers: [1]", "tiers: [0]", "leaver.yaml:4:"),
        (", maxAgeDays: 365", "", "`maxAgeDays`"),
        ("metadata.title", "title", "leaver.yaml:5:16:"),
        ("  immaterial", "  trust: ../elsewhere\n  immaterial", "leads out of the catalogue"),
        ("  immaterial", "    - {name: critical, roles: [x], maxAgeDays: 1}\n  immaterial", "two requirements"),
    ] {
        board.write("leaver.yaml", &CONFIG.replace(from, to));
        board.assert_check(2, &[], &[expected_text]);
    }
}
