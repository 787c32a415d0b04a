//! Sign-offs that must not count: those of an owner (in any spelling, or as a member of an owning team), those with another person's key, those in a
//! role that the reviewer does not have, and those for another catalogue.

use super::board::{APP, Board, CONFIG, MANIFEST};

const REF: [&str; 2] = ["--trust-ref", "main"];

fn team(name: &str, spec: &str) -> String {
    format!("---\napiVersion: leaver/v1\nkind: Team\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n")
}

fn app(owner: &str) -> String {
    APP.split("---").next().expect("the app").replace("owner: it-apps", &format!("owner: {owner}"))
}

#[test]
fn an_owner_in_any_spelling_and_through_any_team_is_the_owner() {
    let circle = team("one", "members: [two]")
        + &team("two", "members: [three, one]")
        + &team("three", "members: [one, \" GRACE@example.com\"]");
    let chain: String = (0..40).map(|at| team(&format!("t{at}"), &format!("members: [t{}]", at + 1))).collect();
    let cases = [
        app("grace@example.com"),
        app("Grace@Example.COM"),
        app("\" grace@example.com\\t\""),
        app("it-apps") + &team("it-apps", "members: [GRACE@EXAMPLE.COM]"),
        app("IT-Apps") + &team("it-apps", "members: [\"grace@example.com \"]"),
        app("one") + &circle,
        app("one") + &circle.replace("two, ", "").replace("[two]", "[\" TWO \"]"),
        app("t0") + &chain + &team("t40", "members: [grace@example.com]"),
        app("old") + &team("old", "status: dissolved, successor: new") + &team("new", "members: [grace@example.com]"),
        app("it-apps").replace("provisioning", "roles: [{name: admin, owner: sub}], provisioning")
            + &team("sub", "members: [grace@example.com]"),
    ];
    for case in cases {
        let board = Board::with(CONFIG, &case);
        board.signed("grace", &[]);
        let (status, text) = board.check(&[]);
        assert!(status == 1 && text.contains("error[signoff/self-signoff]"), "{case}\n{status} {text}");
        board.signed("ada", &["--output", "signoffs/t.json"]);
        board.assert_check(0, &["--select", "signoff"], &[]);
    }
}

#[test]
fn owners_and_members_of_both_sides_count() {
    let base = app("it-apps")
        + &team("it-apps", "members: [sub, x@example.com]")
        + &team("sub", "members: [grace@example.com]");
    let heads = [
        // The reviewer leaves `sub`, `sub` leaves `it-apps`, `sub` is removed, another team owns the app, or a person owns the app.
        base.replace("[grace@example.com]", "[y@example.com]"),
        base.replace("[sub, x@example.com]", "[x@example.com]"),
        app("it-apps") + &team("it-apps", "members: [x@example.com]"),
        base.replace("owner: it-apps", "owner: crm") + &team("crm", "members: [y@example.com]"),
        app("x@example.com"),
    ];
    for head in heads {
        let board = Board::with(CONFIG, &base);
        board.commit();
        board.write("apps.yaml", &head);
        board.signed("grace", &[]);
        board.assert_check(0, &["--select", "signoff"], &[]);
        board.assert_check(1, &REF, &["error[signoff/self-signoff]"]);
    }
    // The owners and members in the change count as well.
    let board = Board::with(CONFIG, &base.replace("[grace@example.com]", "[y@example.com]"));
    board.commit();
    board.write("apps.yaml", &base);
    board.signed("grace", &[]);
    board.assert_check(1, &REF, &["error[signoff/self-signoff]"]);
}

#[test]
fn one_person_in_two_spellings_is_not_a_quorum() {
    let board = Board::with(&CONFIG.replace("roles: [security]", "roles: [security, architecture]"), APP);
    let signers = board.line("ada", "namespaces=\"leaver-signoff@v1\"")
        + &board.line("bob", "namespaces=\"leaver-signoff@v1\"").replace("bob@", "Ada@");
    board.trust(&signers, "version: 1\napprovers:\n  - {principal: ada@example.com, roles: [security], highestTier: 1}\n  - {principal: Ada@example.com, roles: [architecture], highestTier: 1}\n", "");
    board.assert_check(2, &[], &["names `Ada@example.com` twice"]);
}

fn sign(board: &Board, reviewer: &str, role: &str, more: &[&str]) -> (i32, String) {
    board.leaver(
        &[&["signoff", "sign", "slack", "--reviewer", reviewer, "--role", role, "--output", MANIFEST], more].concat(),
    )
}

#[test]
fn sign_refuses_a_key_of_somebody_else() {
    let board = Board::new();
    for key in ["bob", "grace"] {
        let (status, text) = sign(&board, "ada@example.com", "security", &["--key", key]);
        assert!(
            status == 2 && text.contains(&format!("belongs to {key}@example.com, not to ada@example.com")),
            "{text}"
        );
        assert!(!board.file("signoffs").exists(), "nothing is written");
    }
    // A key for git belongs to its person, too. A revoked key belongs to nobody.
    let lines = board.line("ada", "namespaces=\"leaver-signoff@v1\"") + &board.line("mallory", "namespaces=\"git\"");
    let approvers = board.read("trust/approvers.yaml");
    board.trust(&lines, &approvers, "");
    let (status, text) = sign(&board, "ada@example.com", "security", &["--key", "mallory"]);
    assert!(status == 2 && text.contains("belongs to mallory@example.com"), "{text}");
    let listed = super::board::ssh_keygen(board.path(), &["-l", "-f", "ada.pub"], b"");
    let listed = String::from_utf8(listed.stdout).expect("text");
    let print = listed.split_whitespace().nth(1).expect("a fingerprint");
    board.trust(&lines, &approvers, &format!("{print} 2026-11-01 lost\n"));
    let (status, text) = sign(&board, "ada@example.com", "security", &["--key", "ada"]);
    assert!(status == 2 && text.contains("is revoked since 2026-11-01: lost"), "{text}");
    assert!(!board.file("signoffs").exists(), "nothing is written");
}

#[test]
fn a_reviewer_without_the_role_cannot_sign() {
    let board = Board::new();
    let two = board.read("trust/approvers.yaml").replacen("highestTier: 1", "highestTier: 2", 1);
    for (reviewer, role, expected_text) in [
        ("ada@example.com", "architecture", "does not have the role architecture"),
        ("ada@example.com", "Security", "does not have the role Security"),
        ("mallory@example.com", "security", "does not name mallory@example.com"),
        ("ADA@example.com", "security", "does not name ADA@example.com"),
    ] {
        for more in [&[][..], &["--key", "ada"], &["--decision", "rejected"]] {
            let (status, text) = sign(&board, reviewer, role, more);
            assert!(status == 2 && text.contains(expected_text), "{reviewer} {role} {more:?}: {text}");
        }
    }
    board.trust(&board.read("trust/allowed_signers"), &two, "");
    let (status, text) = sign(&board, "ada@example.com", "security", &[]);
    assert!(status == 2 && text.contains("may sign apps of tier 2 or less critical"), "{text}");
    board.edit("trust/approvers.yaml", "version: 1", "version: 1 ");
    let (status, text) = sign(&board, "ada@example.com", "security", &[]);
    assert!(status == 2 && text.contains("the checksum of approvers.yaml does not match"), "{text}");
    assert!(!board.file("signoffs").exists(), "nothing is written");
}

#[test]
fn verify_rejects_owners_too() {
    let expected_text = |board: &Board, expected_text: &str| {
        for form in [&[][..], &["--format", "json"]] {
            let (status, text) = board.leaver(&[&["signoff", "verify"], form].concat());
            assert!(status == 1 && text.contains(expected_text) && !text.contains("ok  "), "{expected_text}: {text}");
            assert!(!text.contains("\"holds\": true"), "{text}");
        }
        let (status, text) = board.check(&[]);
        assert_eq!(status, 1, "{text}");
    };
    let board = Board::new();
    board.manifest("ada", &[]);
    board.sign("bob", MANIFEST, "leaver-signoff@v1");
    expected_text(&board, "it names ada@example.com, but the key belongs to bob@example.com");
    for (from, to, text) in [
        ("\"role\": \"security\"", "\"role\": \"architecture\"", "does not have the role architecture"),
        (
            "\"catalogue\": \"example.com/apps\"",
            "\"catalogue\": \"example.org/apps\"",
            "it is for the catalogue example.org/apps",
        ),
        ("\"catalogue\": \"example.com/apps\",", "", "does not name its catalogue"),
    ] {
        std::fs::remove_file(board.file(MANIFEST)).expect("removed");
        board.forged(from, to);
        expected_text(&board, text);
    }
    std::fs::remove_file(board.file(MANIFEST)).expect("removed");
    board.signed("ada", &[]);
    let two = board.read("trust/approvers.yaml").replacen("highestTier: 1", "highestTier: 2", 1);
    board.trust(&board.read("trust/allowed_signers"), &two, "");
    expected_text(&board, "may sign apps of tier 2 or less critical");
}

/// The app and the reviewers are the same, but the catalogue has another name.
#[test]
fn a_sign_off_does_not_count_in_another_catalogue() {
    let board = Board::new();
    board.signed("ada", &[]);
    board.assert_check(0, &[], &[]);
    for name in ["  catalogue: example.com/other\n", ""] {
        board.write("leaver.yaml", &CONFIG.replace("  catalogue: example.com/apps\n", name));
        board.assert_check(1, &[], &["error[signoff/other-catalogue]", "is for the catalogue `example.com/apps`"]);
    }
    // With a trusted commit, the name of the catalogue comes from that commit.
    board.commit();
    board.write("leaver.yaml", CONFIG);
    board.assert_check(0, &[], &[]);
    board.assert_check(1, &REF, &["error[signoff/other-catalogue]"]);
    // In a catalogue without a name, a sign-off counts, and a warning describes the consequences.
    let board = Board::with(&CONFIG.replace("  catalogue: example.com/apps\n", ""), APP);
    board.signed("ada", &[]);
    let (status, text) = board.check(&[]);
    assert_eq!((status, text.contains("warning[signoff/unnamed-catalogue]")), (0, true), "{text}");
    board.write("leaver.yaml", CONFIG);
    board.assert_check(1, &[], &["error[signoff/other-catalogue]", "is for no catalogue"]);
}

/// A sign-off covers the Teams and Systems that the app names.
#[test]
fn a_change_of_a_referenced_declaration_voids_the_sign_off() {
    let system = "---\napiVersion: leaver/v1\nkind: System\nmetadata: {name: our-idp, aliases: [idp]}\nspec: {kind: idp, deletes: true, deleteGuard: {threshold: 9, approver: guards}, notes: call us}\n";
    let all = APP.replace("provisioning: {mode: none}", "signOn: {system: idp}, provisioning: {mode: none}")
        + system
        + &team("guards", "members: [x@example.com]")
        + &team("crm", "members: [y@example.com]");
    for (from, to, expected_text) in [
        ("deletes: true", "deletes: false", Some("System our-idp: spec.deletes was `true`, is now `false`")),
        ("threshold: 9", "threshold: 900", Some("System our-idp: spec.deleteGuard.threshold was `9`, is now `900`")),
        ("name: our-idp", "name: another-idp", Some("System our-idp was `declared`, is now missing")),
        ("members: [grace@example.com]", "status: dissolved, successor: crm", Some("Team it-apps: spec is new")),
        (
            "spec: {members: [x@example.com]}",
            "spec: {members: [x@example.com], status: dissolved}",
            Some("Team guards: spec is new"),
        ),
        ("metadata: {name: guards}", "metadata: {name: others}", Some("Team guards was `declared`, is now missing")),
        // A sign-off does not cover prose, people, or declarations that the app does not name.
        ("call us", "write to us", None),
        ("[grace@example.com]", "[grace@example.com, z@example.com]", None),
        ("name: crm", "name: sales", None),
    ] {
        let board = Board::with(CONFIG, &all);
        board.signed("ada", &[]);
        board.assert_check(0, &["--select", "signoff"], &[]);
        board.edit("apps.yaml", from, to);
        let (status, text) = board.check(&["--select", "signoff"]);
        match expected_text {
            Some(expected_text) => {
                assert!(
                    status == 1 && text.contains("error[signoff/stale]") && text.contains(expected_text),
                    "{from}: {text}"
                );
            }
            None => assert_eq!(status, 0, "{from}: {text}"),
        }
    }
    // A user's System overrides a built-in System.
    let board = Board::with(
        CONFIG,
        &APP.replace("provisioning: {mode: none}", "signOn: {system: okta}, provisioning: {mode: none}"),
    );
    board.signed("ada", &[]);
    board.assert_check(0, &["--select", "signoff"], &[]);
    board
        .write("okta.yaml", &system.trim_start_matches("---\n").replace("name: our-idp, aliases: [idp]", "name: okta"));
    board.assert_check(1, &["--select", "signoff"], &["error[signoff/stale]", "System okta is new"]);
}

/// leaver still accepts manifests of the first version. They cover the app, but not the declarations that it names.
#[test]
fn a_manifest_of_the_first_version_counts_where_the_catalogue_has_no_name() {
    let board = Board::with(&CONFIG.replace("  catalogue: example.com/apps\n", ""), APP);
    board.manifest("ada", &[]);
    let mut manifest: serde_json::Value = serde_json::from_str(&board.read(MANIFEST)).expect("JSON");
    manifest["predicateType"] = "https://leaver.dev/signoff/v1".into();
    manifest["predicate"].as_object_mut().expect("an object").remove("references");
    manifest["subject"].as_array_mut().expect("a list").truncate(1);
    board.write(MANIFEST, &manifest.to_string());
    board.sign("ada", MANIFEST, "leaver-signoff@v1");
    let (status, text) = board.check(&[]);
    assert_eq!(status, 0, "{text}");
    board.write("leaver.yaml", CONFIG);
    board.assert_check(1, &[], &["error[signoff/other-catalogue]"]);
}
