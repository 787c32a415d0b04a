//! A sign-off covers the effective values of an app, wherever they are written.

use super::board::{APP, Board, CONFIG, MANIFEST};

const PATTERN: &str = "apiVersion: leaver/v1\nkind: Pattern\nmetadata: {name: plain, owner: it-apps}\nspec: {tier: 1, dataClass: internal}\n";

fn app(spec: &str) -> String {
    APP.replace("spec: {tier: 1, dataClass: internal, ", &format!("spec: {{{spec}"))
}

fn board() -> Board {
    let board = Board::with(CONFIG, &app("pattern: plain, "));
    board.write("patterns.yaml", PATTERN);
    board.signed("ada", &[]);
    board.assert_check(0, &[], &[]);
    board
}

#[test]
fn a_changed_pattern_voids_the_sign_offs_of_its_apps() {
    let board = board();
    board.edit("patterns.yaml", "internal", "restricted");
    board.assert_check(1, &[], &["patterns.yaml:4:28: error[signoff/stale] slack: 1 change since the sign-off by ada@example.com as security on 2026-11-25: spec.dataClass was `internal`, is now `restricted`"]);
    // No app inherits the title of the pattern, so the sign-off stays valid.
    board.edit("patterns.yaml", "restricted", "internal");
    board.edit("patterns.yaml", "owner: it-apps", "owner: it-apps, title: Plain");
    board.assert_check(0, &[], &[]);
}

#[test]
fn an_equivalent_declaration_does_not_void_a_sign_off() {
    let board = board();
    assert!(!board.read(MANIFEST).contains("plain"), "{}", board.read(MANIFEST));
    board.write("apps.yaml", &app("pattern: other, "));
    board.write("patterns.yaml", &PATTERN.replace("plain", "other"));
    board.assert_check(0, &[], &[]);
    board.write(
        "patterns.yaml",
        &format!(
            "{}---\n{}",
            PATTERN.replace("tier: 1, ", "pattern: base, "),
            PATTERN.replace("plain", "base").replace(", dataClass: internal", "")
        ),
    );
    board.write("apps.yaml", &app("pattern: plain, "));
    board.assert_check(0, &[], &[]);
    board.write("apps.yaml", APP);
    board.assert_check(0, &[], &[]);
    // Moving values of an app into a pattern keeps its sign-off valid.
    let board = Board::new();
    board.signed("ada", &[]);
    board.write("apps.yaml", &app("pattern: plain, "));
    board.write("patterns.yaml", PATTERN);
    board.assert_check(0, &[], &[]);
}

#[test]
fn a_removed_pattern_voids_the_sign_offs_of_its_apps() {
    let board = board();
    board.write("patterns.yaml", "");
    board.assert_check(1, &[], &["error[schema/unknown-pattern] slack: `plain` is not a declared Pattern"]);
}

#[test]
fn a_population_is_signed_with_its_pattern() {
    let board = Board::with(
        CONFIG,
        &app("tier: 1, dataClass: internal, populations: [employees, {name: customers, pattern: plain}], "),
    );
    board.write("patterns.yaml", &PATTERN.replace("tier: 1, dataClass: internal", "seats: free"));
    board.signed("ada", &[]);
    board.assert_check(0, &[], &[]);
    board.edit("patterns.yaml", "seats: free", "seats: paid");
    board.assert_check(1, &[], &["error[signoff/stale]", "seats"]);
    // The sign-off is valid again if the population states the value itself.
    board.write("patterns.yaml", "");
    board.edit("apps.yaml", "pattern: plain", "seats: free");
    board.assert_check(0, &[], &[]);
}
