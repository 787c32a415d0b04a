//! `--trust-ref`: requirements, signers and existing sign-offs come from the trusted commit.

use super::board::{Board, CONFIG, MANIFEST};

const REF: [&str; 2] = ["--trust-ref", "main"];

/// Commits a board as the trusted commit. Each test then makes its change.
fn board() -> Board {
    let board = Board::new();
    board.commit();
    board
}

#[test]
fn ignores_a_key_that_the_change_adds() {
    let board = board();
    let line = board.line("mallory", "namespaces=\"leaver-signoff@v1\"");
    let approver = "  - {principal: mallory@example.com, roles: [security], highestTier: 1}\n";
    let (signers, approvers) = (board.read("trust/allowed_signers"), board.read("trust/approvers.yaml"));
    board.trust(&format!("{signers}{line}"), &format!("{approvers}{approver}"), "");
    board.signed("mallory", &[]);
    crate::common::git(board.path(), &["add", "-A", "--force"]);
    board.assert_check(0, &[], &[]);
    board.assert_check(
        1,
        &REF,
        &[
            "error[signoff/unknown-signer]",
            "error[trust/changed] `trust/allowed_signers` is edited",
            "error[trust/changed] `trust/approvers.yaml` is edited",
            "warning[trust/changed] `trust/revoked` is edited",
            "warning[trust/changed] `trust/SHA256SUMS` is edited",
        ],
    );
    let (status, text) = board.leaver(&["signoff", "verify", "--trust-ref", "main"]);
    assert_eq!(status, 1, "{text}");
    let (status, text) = board.leaver(&["signoff", "status", "--trust-ref", "main"]);
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("slack (tier 1): unknown-signer"), "{text}");
}

#[test]
fn a_valid_sign_off_in_a_change_counts() {
    let board = board();
    board.signed("ada", &[]);
    board.assert_check(0, &REF, &[]);
}

#[test]
fn keeps_a_requirement_that_the_change_removes() {
    let board = board();
    board.write("leaver.yaml", "version: 1\n");
    board.assert_check(0, &[], &[]);
    board.assert_check(1, &REF, &["error[signoff/missing]", "error[trust/changed] `leaver.yaml` is edited"]);
}

#[test]
fn ignores_immaterial_paths_that_the_change_adds() {
    let board = Board::new();
    board.write("leaver.yaml", &CONFIG.replace("[metadata.title", "[spec.dataClass, metadata.title"));
    board.signed("ada", &[]);
    board.write("leaver.yaml", CONFIG);
    board.commit();
    board.write("leaver.yaml", &CONFIG.replace("[metadata.title", "[spec.dataClass, metadata.title"));
    board.edit("apps.yaml", "internal", "restricted");
    board.assert_check(0, &[], &[]);
    board.assert_check(1, &REF, &["error[signoff/stale]"]);
}

#[test]
fn keeps_a_revocation_that_the_change_removes() {
    let board = Board::new();
    board.signed("ada", &[]);
    let (status, text) = board.leaver(&["signoff", "revoke", MANIFEST, "--reason", "mistaken"]);
    assert_eq!(status, 0, "{text}");
    board.commit();
    board.write("trust/revoked", "");
    board.write_checksums();
    board.assert_check(0, &[], &[]);
    board.assert_check(1, &REF, &["error[signoff/key-not-valid]"]);
}

#[test]
fn keeps_a_rejection_that_the_change_removes_or_hides() {
    let board = Board::new();
    board.signed("ada", &["--decision", "rejected"]);
    board.commit();
    board.signed("bob", &["--output", "signoffs/t.json"]);
    let (manifest, signature) = (board.read(MANIFEST), board.read("signoffs/s.json.sig"));
    for name in [MANIFEST, "signoffs/s.json.sig"] {
        std::fs::remove_file(board.file(name)).expect("removed");
    }
    board.assert_check(0, &[], &[]);
    board.assert_check(1, &REF, &["error[signoff/rejected]"]);
    board.write(MANIFEST, &manifest);
    board.write("signoffs/s.json.sig", &signature);
    board.write(".gitignore", "signoffs/s.json\n");
    board.assert_check(0, &[], &[]);
    board.assert_check(1, &REF, &["error[signoff/rejected]"]);
}

#[test]
fn rejects_a_sign_off_that_the_change_edits() {
    let board = Board::new();
    board.signed("ada", &["--decision", "rejected"]);
    board.commit();
    std::fs::remove_file(board.file(MANIFEST)).expect("removed");
    board.signed("bob", &[]);
    board.assert_check(0, &[], &[]);
    board.assert_check(2, &REF, &["the change edits the sign-off `signoffs/s.json`", "error[signoff/rejected]"]);
}

#[test]
fn accepts_a_signature_for_an_unsigned_manifest_of_the_base() {
    let board = Board::new();
    board.manifest("ada", &[]);
    board.commit();
    board.sign("ada", MANIFEST, "leaver-signoff@v1");
    board.assert_check(0, &REF, &[]);
}

#[test]
fn a_trust_root_missing_from_the_trusted_commit_is_a_failure() {
    let board = Board::new();
    std::fs::rename(board.file("trust"), board.file("elsewhere")).expect("moved");
    board.commit();
    std::fs::rename(board.file("elsewhere"), board.file("trust")).expect("moved");
    board.signed("ada", &[]);
    board.assert_check(2, &REF, &["the trust root is incomplete: there is no folder `trust`"]);
}

#[test]
fn an_unreadable_sign_off_of_the_trusted_commit_is_a_failure() {
    let board = Board::new();
    board.write("signoffs/large.json", &" ".repeat(4 * 1024 * 1024 + 1));
    board.commit();
    board.signed("ada", &[]);
    std::fs::remove_file(board.file("signoffs/large.json")).expect("removed");
    board.assert_check(0, &[], &[]);
    board.assert_check(2, &REF, &["in main: `signoffs/large.json` is larger than 4194304 bytes"]);
}
