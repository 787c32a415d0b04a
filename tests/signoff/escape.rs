//! Attempts to evade a requirement. A requirement applies if it covers the signed content. With `--trust-ref`, it also applies if it covers the app
//! in the trusted commit.

use super::board::{APP, Board, CONFIG, MANIFEST};

/// Only these rules are evaluated, since other rules have findings about retired apps.
const ONLY: [&str; 2] = ["--select", "signoff"];
const REF: [&str; 2] = ["--trust-ref", "main"];
const TEAM: &str =
    "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: it-apps}\nspec: {members: [grace@example.com]}\n";
/// A requirement with all three selectors.
const ALL: &str = "version: 1\nsignoff:\n  required:\n    - {name: critical, when: {tiers: [1, 2], dataClasses: [internal], labels: {sox: \"yes\"}}, roles: [security], maxAgeDays: 365}\n  immaterial: [metadata.title, metadata.labels]\n  catalogue: example.com/apps\n";

fn labelled() -> String {
    APP.replace("title: Slack", "title: Slack, labels: {sox: \"yes\"}")
}

/// Edits that take the app out of the scope of the requirement.
const EDITS: [(&str, &str); 9] = [
    ("tier: 1,", "tier: 1, status: retired,"),
    ("tier: 1,", "tier: 4,"),
    ("tier: 1,", "tier: 3,"),
    ("tier: 1,", ""),
    ("dataClass: internal", "dataClass: public"),
    ("dataClass: internal, ", ""),
    (", labels: {sox: \"yes\"}", ""),
    ("sox: \"yes\"", "sox: \"no\""),
    ("tier: 1, dataClass: internal,", "tier: 4, status: retired,"),
];

type Edit = Box<dyn Fn(&Board)>;

/// Edits after which the app no longer exists.
fn removals() -> Vec<(&'static str, Edit)> {
    let edit = |from: &'static str, to: &'static str| -> Box<dyn Fn(&Board)> {
        Box::new(move |board| board.edit("apps.yaml", from, to))
    };
    vec![
        ("renamed", edit("name: slack", "name: chat")),
        (
            "renamed and retired",
            Box::new(|board| {
                board.edit("apps.yaml", "name: slack", "name: chat");
                board.edit("apps.yaml", "tier: 1,", "tier: 1, status: retired,");
            }),
        ),
        (
            "another kind",
            Box::new(|board| {
                board.write("apps.yaml", &format!("apiVersion: leaver/v1\nkind: System\nmetadata: {{name: slack}}\nspec: {{kind: idp}}\n---\n{TEAM}"));
            }),
        ),
        ("deleted", Box::new(|board| board.write("apps.yaml", TEAM))),
        (
            "the file is no longer a YAML file",
            Box::new(|board| {
                std::fs::rename(board.file("apps.yaml"), board.file("apps.txt")).expect("moved");
                board.write("teams.yaml", TEAM);
            }),
        ),
        ("everything is deleted", Box::new(|board| std::fs::remove_file(board.file("apps.yaml")).expect("removed"))),
    ]
}

#[test]
fn an_edit_does_not_remove_a_signed_app_from_the_check() {
    for (from, to) in EDITS {
        let board = Board::with(ALL, &labelled());
        board.signed("ada", &[]);
        board.assert_check(0, &[], &[]);
        board.edit("apps.yaml", from, to);
        let (status, text) = board.check(&["--today", "2027-12-01"]);
        assert!(status == 1 && text.contains("error[signoff/"), "{from} → {to}: {status} {text}");
        let immaterial = from.contains("sox");
        let (status, text) = board.check(&[]);
        // A field that the manifest lists as immaterial may change. The requirement stays even then, as the check on the later date shows.
        assert_eq!(
            (status, text.contains("error[signoff/stale]")),
            if immaterial { (0, false) } else { (1, true) },
            "{from} → {to}: {text}"
        );
    }
}

#[test]
fn an_edit_does_not_release_an_unsigned_app_from_the_requirement() {
    for (from, to) in EDITS {
        let board = Board::with(ALL, &labelled());
        board.commit();
        board.assert_check(1, &REF, &["error[signoff/missing]"]);
        board.edit("apps.yaml", from, to);
        board.assert_check(1, &REF, &["error[signoff/missing]"]);
    }
}

#[test]
fn removing_a_signed_app_is_reported() {
    for (what, go) in removals() {
        let board = Board::new();
        board.signed("ada", &[]);
        board.assert_check(0, &[], &[]);
        board.commit();
        go(&board);
        for more in [&[][..], &REF] {
            let (status, text) = board.check(more);
            // With a trusted commit, the place of the finding is in this commit. Otherwise, it is in the manifest.
            let place = if more.is_empty() { "signoffs/s.json:5:15" } else { "apps.yaml:3:18" };
            assert!(text.contains(&format!("{place}: error[signoff/app-gone] slack: ")), "{what}: {status} {text}");
            assert_eq!(status, 1, "{what}: {text}");
        }
        let (status, text) = board.leaver(&["signoff", "status"]);
        assert!(status == 1 && text.contains("slack (tier 1): app-gone"), "{what}: {text}");
    }
}

#[test]
fn removal_does_not_release_an_unsigned_app_from_the_requirement() {
    for (what, go) in removals() {
        let board = Board::new();
        board.commit();
        go(&board);
        let (status, text) = board.check(&REF);
        assert!(
            status == 1 && text.contains("apps.yaml:3:18: error[signoff/app-gone] slack: "),
            "{what}: {status} {text}"
        );
    }
    // An app that requires no sign-off can be removed.
    let board = Board::with(CONFIG, &APP.replace("tier: 1", "tier: 4"));
    board.commit();
    board.write("apps.yaml", TEAM);
    board.assert_check(0, &REF, &[]);
}

#[test]
fn an_app_can_move_to_another_file() {
    let board = Board::new();
    board.signed("ada", &[]);
    board.commit();
    std::fs::create_dir(board.file("elsewhere")).expect("a folder");
    std::fs::rename(board.file("apps.yaml"), board.file("elsewhere/a.yaml")).expect("moved");
    crate::common::git(board.path(), &["add", "-A", "--force"]);
    board.assert_check(0, &[], &[]);
    board.assert_check(0, &REF, &[]);
}

/// An app that was retired with a final sign-off can be removed, in the same change or in a later one.
#[test]
fn an_app_may_be_removed_with_a_final_sign_off() {
    for commits in [false, true] {
        let board = Board::new();
        board.signed("ada", &[]);
        board.commit();
        board.edit("apps.yaml", "tier: 1,", "tier: 1, status: retired,");
        board.assert_check(1, &[&REF[..], &ONLY].concat(), &["error[signoff/stale]", "spec.status is new: `retired`"]);
        board.signed("bob", &["--output", "signoffs/last.json"]);
        board.assert_check(0, &[&REF[..], &ONLY].concat(), &[]);
        board.assert_check(0, &ONLY, &[]);
        // The final sign-off needs no renewal.
        board.assert_check(0, &["--select", "signoff", "--today", "2029-01-01"], &[]);
        if commits {
            board.commit();
        }
        board.write("apps.yaml", TEAM);
        board.assert_check(0, &[&REF[..], &ONLY].concat(), &[]);
        board.assert_check(0, &ONLY, &[]);
    }
}

/// An old final sign-off does not cover an app that came back.
#[test]
fn an_app_that_came_back_needs_another_final_sign_off() {
    let board = Board::new();
    board.edit("apps.yaml", "tier: 1,", "tier: 1, status: retired,");
    board.signed("ada", &[]);
    board.edit("apps.yaml", " status: retired,", "");
    board.commit();
    board.write("apps.yaml", TEAM);
    board.assert_check(1, &REF, &["error[signoff/app-gone]"]);
}

#[test]
fn an_app_can_be_removed_once_its_sign_off_is_revoked() {
    let board = Board::new();
    board.signed("ada", &[]);
    board.write("apps.yaml", TEAM);
    board.assert_check(1, &[], &["error[signoff/app-gone]"]);
    let (status, text) = board.leaver(&["signoff", "revoke", MANIFEST, "--reason", "the app was never merged"]);
    assert_eq!(status, 0, "{text}");
    board.assert_check(0, &[], &[]);
}

#[test]
fn a_sign_off_without_a_requirement_is_verified() {
    let board = Board::with(CONFIG, &APP.replace("tier: 1", "tier: 4"));
    board.signed("ada", &[]);
    board.write("apps.yaml", TEAM);
    let (status, text) = board.check(&[]);
    assert_eq!((status, text.contains("warning[signoff/app-gone] slack: ")), (0, true), "{text}");
}

/// The change makes an app less critical, and a reviewer for less critical apps signs it.
#[test]
fn a_final_sign_off_needs_a_reviewer_for_the_former_tier() {
    let lower = |board: &Board, signed: bool| {
        if signed {
            board.signed("ada", &[]);
        }
        let approvers = board.read("trust/approvers.yaml");
        let bob = "principal: bob@example.com, roles: [security], highestTier: ";
        board.trust(
            &board.read("trust/allowed_signers"),
            &approvers.replace(&format!("{bob}1"), &format!("{bob}3")),
            "",
        );
        board.commit();
        board.edit("apps.yaml", "tier: 1", "tier: 4");
        board.signed("bob", &["--today", "2026-11-26", "--output", "signoffs/t.json"]);
    };
    let day = ["--today", "2026-11-27"];
    for (signed, more) in [(true, &day[..]), (true, &[REF, day].concat()), (false, &[REF, day].concat())] {
        let board = Board::new();
        lower(&board, signed);
        let (status, text) = board.check(more);
        assert!(status == 1 && text.contains("error[signoff/wrong-role]"), "{signed} {more:?}: {text}");
    }
}

/// If an app leaves the scope of a requirement, a reviewer must sign in each required role, not only in one of them.
#[test]
fn a_final_sign_off_needs_every_required_role() {
    let board = Board::with(&CONFIG.replace("[security]", "[security, architecture]"), APP);
    let approvers = board.read("trust/approvers.yaml").replace("roles: [security]", "roles: [security, architecture]");
    board.trust(&board.read("trust/allowed_signers"), &approvers, "");
    let sign = |person: &str, role: &str, day: &str, output: &str| {
        let reviewer = format!("{person}@example.com");
        let arguments = [
            "signoff",
            "sign",
            "slack",
            "--reviewer",
            &reviewer,
            "--role",
            role,
            "--key",
            person,
            "--output",
            output,
            "--today",
            day,
        ];
        let (status, text) = board.leaver(&arguments);
        assert_eq!(status, 0, "{text}");
    };
    sign("ada", "security", "2026-11-20", "signoffs/1.json");
    sign("bob", "architecture", "2026-11-20", "signoffs/2.json");
    board.assert_check(0, &[], &[]);
    board.edit("apps.yaml", "tier: 1", "tier: 4");
    sign("ada", "security", "2026-11-21", "signoffs/3.json");
    board.assert_check(1, &[], &["error[signoff/stale]"]);
    sign("bob", "architecture", "2026-11-21", "signoffs/4.json");
    board.assert_check(0, &[], &[]);
    board.assert_check(0, &["--today", "2029-01-01"], &[]);
}

/// A void sign-off still proves the former tier of the app, so a lower tier does not end the requirement.
#[test]
fn a_void_sign_off_still_proves_facts_about_the_app() {
    let voids: [(&str, Edit); 3] = [
        (
            "the reviewer becomes the owner",
            Box::new(|board| {
                board.edit("apps.yaml", "owner: it-apps", "owner: ada@example.com");
            }),
        ),
        (
            "the reviewer has another role",
            Box::new(|board| {
                let approvers = board.read("trust/approvers.yaml").replacen("roles: [security]", "roles: [privacy]", 1);
                board.trust(&board.read("trust/allowed_signers"), &approvers, "");
            }),
        ),
        (
            "the key has expired",
            Box::new(|board| {
                let line = board.line("ada", "namespaces=\"leaver-signoff@v1\",valid-before=\"20261101Z\"");
                board.trust(&line, &board.read("trust/approvers.yaml"), "");
            }),
        ),
    ];
    for (what, void) in voids {
        let board = Board::new();
        board.signed("ada", &[]);
        void(&board);
        board.edit("apps.yaml", "tier: 1", "tier: 4");
        let (status, text) = board.check(&[]);
        assert!(status == 1 && text.contains("error[signoff/"), "{what}: {status} {text}");
    }
}
