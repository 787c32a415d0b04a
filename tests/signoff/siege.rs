//! All known attacks on sign-offs, tried with real keys and files.

use std::sync::OnceLock;

use leaver::signoff::{Manifest, TrustRoot, parse_signers, seal, sums};

use super::board::{APP, Board, CONFIG, MANIFEST, ssh_keygen};

/// A signed manifest, created once.
fn sample() -> &'static (Board, String, String) {
    static SAMPLE: OnceLock<(Board, String, String)> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let board = Board::new();
        board.signed("ada", &[]);
        let (manifest, signature) = (board.read(MANIFEST), board.read(&format!("{MANIFEST}.sig")));
        (board, manifest, signature)
    })
}

#[test]
fn rejects_a_manifest_with_any_byte_changed() {
    let (_, manifest, signature) = sample();
    assert!(seal(manifest.as_bytes(), signature).is_ok());
    for at in 0..manifest.len() {
        for flip in [0x01, 0x02, 0x20, 0x80] {
            let mut bytes = manifest.clone().into_bytes();
            bytes[at] ^= flip;
            assert!(seal(&bytes, signature).is_err(), "byte {at} ^ {flip}");
        }
    }
    for shorter in [&manifest[1..], manifest.trim_end()] {
        assert!(seal(shorter.as_bytes(), signature).is_err());
    }
    assert!(seal(format!("{manifest}\n").as_bytes(), signature).is_err());
}

#[test]
fn rejects_a_signature_with_any_byte_changed() {
    let (_, manifest, signature) = sample();
    for at in 0..signature.len() {
        for byte in 0..=255_u8 {
            let mut bytes = signature.clone().into_bytes();
            if bytes[at] == byte {
                continue;
            }
            bytes[at] = byte;
            // A file that is not UTF-8 is not parsed.
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(seal(manifest.as_bytes(), &changed).is_err(), "byte {at} = {byte}");
            }
        }
    }
    for other in
        [format!("{signature}\n"), signature.trim_end().to_owned(), signature.replace('\n', "\r\n"), String::new()]
    {
        assert!(seal(manifest.as_bytes(), &other).is_err());
    }
}

#[test]
fn rejects_a_trust_root_with_any_byte_changed() {
    let (board, ..) = sample();
    let texts = ["allowed_signers", "approvers.yaml", "revoked"].map(|name| board.read(&format!("trust/{name}")));
    let given = board.read("trust/SHA256SUMS");
    let load = |texts: &[String; 3], sums: &str| {
        TrustRoot::parse([&texts[0], &texts[1], &texts[2]], sums, &|name| name.to_owned())
    };
    assert!(load(&texts, &given).is_ok());
    let flips = |text: &str| -> Vec<String> {
        let all = (0..text.len()).flat_map(|at| [0x01, 0x04, 0x10, 0x20].map(|flip| (at, flip)));
        all.filter_map(|(at, flip)| {
            let mut bytes = text.to_owned().into_bytes();
            bytes[at] ^= flip;
            String::from_utf8(bytes).ok()
        })
        .collect()
    };
    for file in 0..3 {
        for changed in flips(&texts[file]) {
            let mut texts = texts.clone();
            texts[file] = changed;
            assert!(load(&texts, &given).is_err(), "{}", texts[file]);
        }
    }
    for changed in flips(&given) {
        assert!(load(&texts, &changed).is_err(), "{changed}");
    }
}

/// An attacker who also recomputes the checksums can write anything. An accidental edit, however, never gives a person a new key.
#[test]
fn an_accidental_edit_of_allowed_signers_never_accepts_another_key() {
    let (board, manifest, _) = sample();
    let mallory =
        ssh_keygen(board.path(), &["-Y", "sign", "-n", "leaver-signoff@v1", "-f", "mallory"], manifest.as_bytes());
    let mallory = seal(manifest.as_bytes(), &String::from_utf8(mallory.stdout).expect("text")).expect("a signature");
    let text = board.read("trust/allowed_signers");
    let before = parse_signers(&text).expect("it is read");
    let mut read = 0;
    for at in 0..text.len() {
        for flip in [0x01, 0x04, 0x20] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= flip;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let approvers = "version: 1\napprovers: []\n";
            let sums = sums([&changed, approvers, ""]);
            let Ok(trust) = TrustRoot::parse([&changed, approvers, ""], &sums, &|name| name.to_owned()) else {
                continue;
            };
            read += 1;
            assert!(trust.signer(&mallory).is_none(), "{changed}");
            for signer in trust.signers.iter().filter(|signer| signer.for_signoffs) {
                let known = before.iter().any(|known| known.principal == signer.principal && known.key == signer.key);
                let renamed = before.iter().all(|known| known.principal != signer.principal)
                    || before.iter().all(|known| known.key != signer.key);
                assert!(known || renamed, "a key under the name of another: {changed}");
            }
        }
    }
    assert!(read > 10, "the format allows some edits, such as one in a comment or a name: {read}");
}

#[test]
fn a_changed_manifest_or_signature_exits_with_status_2() {
    for name in [MANIFEST, "signoffs/s.json.sig"] {
        let board = Board::new();
        board.signed("ada", &[]);
        let text = board.read(name);
        let at = text.len() / 2;
        let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
        board.write(name, &format!("{}{other}{}", &text[..at], &text[at + 1..]));
        let (status, text) = board.check(&["--exit-zero"]);
        assert_eq!(status, 2, "{text}");
        assert!(text.contains("signoffs/s.json"), "{text}");
    }
}

#[test]
fn reports_a_removed_signature() {
    let board = Board::new();
    board.signed("ada", &[]);
    std::fs::remove_file(board.file("signoffs/s.json.sig")).expect("removed");
    board.assert_check(1, &[], &["error[signoff/bad-signature]", "is not signed"]);
    let (status, text) = board.leaver(&["signoff", "verify"]);
    assert_eq!(status, 1, "{text}");
}

#[test]
fn rejects_a_signature_with_another_namespace() {
    for namespace in ["git", "file", "leaver-signoff@v2", "leaver-signoff"] {
        let board = Board::new();
        board.manifest("ada", &[]);
        board.sign("ada", MANIFEST, namespace);
        board.assert_check(2, &[], &["error[signoff/bad-signature]", &format!("it is for `{namespace}`")]);
    }
}

#[test]
fn rejects_a_signature_of_another_manifest() {
    let board = Board::new();
    board.signed("ada", &[]);
    let signature = board.read("signoffs/s.json.sig");
    board.edit("apps.yaml", "internal", "restricted");
    board.manifest("ada", &["--output", "signoffs/t.json"]);
    board.write("signoffs/t.json.sig", &signature);
    board.assert_check(2, &[], &["the signature of `signoffs/t.json` is invalid"]);
}

#[test]
fn rejects_an_unknown_key_and_a_key_of_somebody_else() {
    let board = Board::new();
    board.manifest("ada", &[]);
    board.sign("mallory", MANIFEST, "leaver-signoff@v1");
    board.assert_check(1, &[], &["error[signoff/unknown-signer]", "no line for sign-offs in `allowed_signers`"]);
    board.sign("bob", MANIFEST, "leaver-signoff@v1");
    board.assert_check(1, &[], &["error[signoff/unknown-signer]", "the key belongs to bob@example.com"]);
}

#[test]
fn rejects_a_key_for_git_only() {
    let board = Board::new();
    board.signed("ada", &[]);
    let line = board.line("ada", "namespaces=\"git\"");
    board.trust(&line, &board.read("trust/approvers.yaml"), "");
    board.assert_check(1, &[], &["error[signoff/unknown-signer]"]);
}

#[test]
fn rejects_a_revoked_key_and_a_revoked_manifest() {
    let board = Board::new();
    board.signed("ada", &[]);
    let listed = ssh_keygen(board.path(), &["-l", "-f", "ada.pub"], b"");
    let listed = String::from_utf8(listed.stdout).expect("text");
    let fingerprint = listed.split_whitespace().nth(1).expect("a fingerprint");
    let revoke = |what: &str| board.leaver(&["signoff", "revoke", what, "--reason", "laptop stolen"]);
    let (status, text) = revoke(fingerprint);
    assert_eq!(status, 0, "{text}");
    board.assert_check(1, &[], &["error[signoff/key-not-valid]", "revoked on 2026-11-25: laptop stolen"]);
    assert_eq!(revoke(fingerprint).0, 2, "a second revocation is refused");
    board.write("trust/revoked", "");
    board.write_checksums();
    board.assert_check(0, &[], &[]);
    let (status, text) = revoke(MANIFEST);
    assert_eq!(status, 0, "{text}");
    board.assert_check(1, &[], &["error[signoff/key-not-valid]"]);
    assert_eq!(revoke("SHA256:short").0, 2);
    assert_eq!(revoke("apps.yaml").0, 2);
}

#[test]
fn revoking_needs_no_valid_rules() {
    let board = Board::new();
    board.signed("ada", &[]);
    board.edit("leaver.yaml", "version: 1\n", "version: 1\npolicies: [policies]\n");
    board.write("policies/acme/x/rule.rego", "package broken {\n");
    assert_eq!(board.check(&[]).0, 2, "the rule is broken");
    let (status, text) = board.leaver(&["signoff", "revoke", MANIFEST, "--reason", "laptop stolen"]);
    assert_eq!(status, 0, "{text}");
}

#[test]
fn revoking_does_not_cover_up_an_edit_of_the_trust_root() {
    let board = Board::new();
    board.signed("ada", &[]);
    board.edit("trust/approvers.yaml", "highestTier: 1", "highestTier: 2");
    let (status, text) = board.leaver(&["signoff", "revoke", MANIFEST, "--reason", "x"]);
    assert_eq!(status, 2, "{text}");
    board.assert_check(2, &[], &["the checksum of approvers.yaml does not match"]);
}

#[test]
fn rejects_sign_offs_outside_the_validity_of_key_and_manifest() {
    let board = Board::new();
    let approvers = board.read("trust/approvers.yaml");
    let with = |options: &str| {
        board.trust(&board.line("ada", &format!("namespaces=\"leaver-signoff@v1\",{options}")), &approvers, "");
    };
    board.signed("ada", &["--valid-days", "30"]);
    with("valid-after=\"20261201Z\"");
    board.assert_check(1, &[], &["error[signoff/key-not-valid]", "the key is valid from 2026-12-01T00:00:00Z"]);
    with("valid-before=\"20261101Z\"");
    board.assert_check(1, &[], &["error[signoff/key-not-valid]", "until 2026-11-01T00:00:00Z"]);
    with("valid-after=\"20261101Z\",valid-before=\"20261201Z\"");
    board.assert_check(0, &["--today", "2026-11-25", "--ignore", "signoff/expires-soon"], &[]);
    board.assert_check(0, &["--today", "2026-12-25", "--ignore", "signoff/expires-soon"], &[]);
    board.assert_check(1, &["--today", "2026-12-26"], &["error[signoff/expired]"]);
    board.assert_check(1, &["--today", "2026-11-24"], &["error[signoff/key-not-valid]", "which is in the future"]);
    board.trust(
        &board.read("trust/allowed_signers"),
        &approvers.replacen("highestTier: 1", "highestTier: 1, until: 2026-11-24", 1),
        "",
    );
    board.assert_check(1, &[], &["error[signoff/key-not-valid]", "was not an approver on 2026-11-25"]);
}

#[test]
fn a_sign_off_does_not_cover_a_second_app_of_the_same_name() {
    let board = Board::new();
    board.signed("ada", &[]);
    board.write("twin.yaml", &APP.split("---").next().expect("the app").replace("internal", "public"));
    let (status, text) = board.check(&["--select", "signoff"]);
    assert_eq!(status, 1, "{text}");
    assert_eq!(text.matches("error[signoff/stale]").count(), 2, "{text}");
    assert!(text.contains("the declaration cannot be compared"), "{text}");
}

#[test]
fn owners_cannot_sign_off_their_own_app() {
    let board = Board::new();
    board.signed("grace", &[]);
    board.assert_check(1, &[], &["error[signoff/self-signoff]", "metadata.owner"]);
}

/// Ada signed each of these manifests, but a manifest with unknown or contradictory content does not count.
#[test]
fn rejects_signed_manifests_with_unknown_or_contradictory_content() {
    let cases: &[(&str, &str, &str)] = &[
        ("https://leaver.dev/signoff/v2", "https://leaver.dev/signoff/v3", "its predicate type is"),
        ("https://leaver.dev/signoff/v2", "https://leaver.dev/signoff/v1", "`references` is only allowed in"),
        ("\"references\": [", "\"references\": [], \"also\": [", "unknown field `also`"),
        (
            "\"references\": [",
            "\"references\": [{\"kind\": \"Team\", \"name\": \"b\", \"declaration\": {}},",
            "it has 2 subjects for 1 apps and 2 references",
        ),
        ("team:it-apps", "team:crm", "the subject `team:crm` is not the reference `team:it-apps`"),
        (
            "\"kind\": \"Team\",\n        \"name\"",
            "\"kind\": \"System\",\n        \"name\"",
            "is not the reference `system:it-apps`",
        ),
        (
            "\"kind\": \"Team\",\n          \"metadata\"",
            "\"kind\": \"App\",\n          \"metadata\"",
            "has another kind or name",
        ),
        (
            "\"name\": \"it-apps\"\n          }",
            "\"name\": \"it-apps\", \"x\": 1\n          }",
            "the digest of the subject `team:it-apps` does not match",
        ),
        ("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v2", "its type is"),
        ("\"role\": \"security\",", "\"role\": \"security\", \"also\": \"architecture\",", "unknown field `also`"),
        ("\"role\": \"security\",", "\"role\": \"privacy\", \"role\": \"security\",", "the key `role` appears twice"),
        ("\"tier\": 1", "\"tier\": 3, \"tier\": 1", "the key `tier` appears twice"),
        ("\"decision\": \"approved\"", "\"decision\": \"waved\"", "unknown variant `waved`"),
        ("\"decision\": \"approved\"", "\"decision\": \"conditional\"", "only a conditional sign-off has conditions"),
        (
            "\"dataClass\": \"internal\"",
            "\"dataClass\": \"public\"",
            "the digest of the subject `slack` does not match",
        ),
        ("app:slack", "app:box", "the subject `app:box` is not the app `slack`"),
        ("\"waivers\": [],", "", "missing field `waivers`"),
        ("\"validUntil\": \"2027-11-25\"", "\"validUntil\": \"2027-02-30\"", "not a date on or after"),
        ("\"validUntil\": \"2027-11-25\"", "\"validUntil\": \"2020-01-01\"", "not a date on or after"),
        ("\"tier\": 1", "\"tier\": 9007199254740993", "no exact form"),
        (
            "\"apps\": [",
            "\"apps\": [{\"name\": \"slack\", \"declaration\": {}},",
            "its apps are not sorted, or one appears twice",
        ),
        (
            "\"subject\": [",
            "\"subject\": [{\"name\": \"app:slack\", \"digest\": {\"sha256\": \"00\"}},",
            "it has 3 subjects for 1 apps and 1 references",
        ),
        ("\"subject\": [", "\"subject\": [], \"sabject\": [", "unknown field `sabject`"),
        ("  \"predicate\": {", "  \"predicate\": {{", "not valid JSON"),
    ];
    let board = Board::new();
    for (from, to, expected_text) in cases {
        drop(std::fs::remove_file(board.file(MANIFEST)));
        board.forged(from, to);
        board.assert_check(2, &[], &[&format!("`{MANIFEST}` is not a sign-off: "), expected_text]);
    }
}

#[test]
fn rejects_sign_off_files_that_are_too_large_or_binary() {
    let board = Board::new();
    board.signed("ada", &[]);
    board.write("signoffs/large.json", &" ".repeat(4 * 1024 * 1024 + 1));
    board.assert_check(2, &[], &["`signoffs/large.json` is larger than 4194304 bytes"]);
    std::fs::remove_file(board.file("signoffs/large.json")).expect("removed");
    board.write("signoffs/s.json.sig", &"A".repeat(16 * 1024 + 1));
    board.assert_check(2, &[], &["`signoffs/s.json.sig` is larger than 16384 bytes"]);
    std::fs::write(board.file("signoffs/s.json.sig"), [0xff, 0xfe]).expect("written");
    board.assert_check(2, &[], &["is not UTF-8 text"]);
    board.write("trust/revoked", &"#".repeat(256 * 1024 + 1));
    board.assert_check(2, &[], &["`trust/revoked` is larger than 262144 bytes"]);
}

#[test]
fn an_incomplete_trust_root_is_an_error() {
    for name in ["allowed_signers", "approvers.yaml", "revoked", "SHA256SUMS"] {
        let board = Board::new();
        board.signed("ada", &[]);
        std::fs::remove_file(board.file(&format!("trust/{name}"))).expect("removed");
        board.assert_check(2, &[], &["the trust root is incomplete"]);
    }
    let board = Board::new();
    std::fs::remove_dir_all(board.file("trust")).expect("removed");
    board.assert_check(2, &[], &["the trust root is incomplete"]);
}

#[test]
fn rejects_ambiguous_lines_of_allowed_signers() {
    let board = Board::new();
    let ours = "namespaces=\"leaver-signoff@v1\"";
    let line = |options: &str| board.line("ada", options);
    let key = line("").split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
    ssh_keygen(board.path(), &["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", "old"], b"");
    let cases: Vec<(String, &str)> = vec![
        (line(&format!("cert-authority,{ours}")), "`cert-authority` is not accepted"),
        (line(&format!("{ours},verify-required")), "unknown option `verify-required`"),
        (line(&format!("{ours},valid-before=\"20271231\"")), "is not a time in UTC"),
        (line(&format!("{ours},valid-before=\"20271331Z\"")), "is not a time in UTC"),
        (line(&format!("{ours},{ours}")), "appears twice"),
        (line(""), "it has no `namespaces="),
        (line("namespaces=\"*\""), "a pattern"),
        (line("namespaces=\"leaver-signoff@v1"), "a quotation mark is not closed"),
        (format!("*@example.com {ours} {key}\n"), "is not one principal"),
        (format!("ada@example.com,bob@example.com {ours} {key}\n"), "is not one principal"),
        (format!("!ada@example.com {ours} {key}\n"), "is not one principal"),
        (format!("ada@example.com {ours}\n"), "it has no key"),
        (
            format!("{}{}", line(ours), line(ours).replace("ada@", "bob@")),
            "line 2: this key is already in a line above",
        ),
        (line(ours).replace("ssh-ed25519 AAAAC3", "ssh-ed25519 AAAAC4"), "its key cannot be read"),
        (board.line("old", ours), "of type ssh-rsa"),
    ];
    for (text, expected_text) in cases {
        let printed = parse_signers(&text).expect_err(&text).iter().map(ToString::to_string).collect::<String>();
        assert!(printed.contains(expected_text), "{expected_text} in {printed}");
        board.trust(&text, "version: 1\napprovers: []\n", "");
        board.assert_check(2, &[], &["`trust/allowed_signers`, line "]);
    }
}

#[test]
fn approvers_and_revocations_are_read_strictly() {
    let board = Board::new();
    let signers = board.read("trust/allowed_signers");
    let one = "  - {principal: ada@example.com, roles: [security], highestTier: 1}\n";
    for (approvers, revoked, expected_text) in [
        (format!("version: 1\napprovers:\n{one}{one}"), "", "names `ada@example.com` twice"),
        (format!("version: 1\napprovers:\n{}", one.replace("roles", "rolls")), "", "`rolls` is not a key"),
        (format!("version: 1\napprovers:\n{}", one.replace(": 1}", ": 0}")), "", "`highestTier` is 0"),
        (format!("version: 1\napprovers:\n{}", one.replace("1}", "1, until: 2026-02-30}")), "", "2026-02-30"),
        (format!("version: 1\napprovers:\n{one}"), "SHA256:abc 2026-11-01 lost\n", "line 1: not a revocation"),
        (
            format!("version: 1\napprovers:\n{one}"),
            &format!("SHA256:{} 2026-11-01 lost\n", "-".repeat(43)),
            "line 1: not a revocation",
        ),
        (
            format!("version: 1\napprovers:\n{one}"),
            &format!("sha256:{} 2026-11-01 lost\n", "g".repeat(64)),
            "line 1: not a revocation",
        ),
        (
            format!("version: 1\napprovers:\n{one}"),
            &format!("sha256:{} someday lost\n", "0".repeat(64)),
            "line 1: not a revocation",
        ),
    ] {
        board.trust(&signers, &approvers, revoked);
        board.assert_check(2, &[], &[expected_text]);
        let (_, text) = board.leaver(&["check", "-o", "json"]);
        assert!(text.contains("\"code\": \"signoff\"") || text.contains("\"code\":\"signoff\""), "{text}");
    }
}

#[test]
fn the_manifest_cannot_choose_whether_it_is_verified() {
    let board = Board::new();
    board.write("signoffs/s.json", "{}");
    board.assert_check(2, &[], &["is not a sign-off"]);
    // If the configuration requires no sign-off, nothing is verified.
    board.write("leaver.yaml", "version: 1\n");
    board.assert_check(0, &[], &[]);
    assert!(CONFIG.contains("required"));
    assert!(Manifest::parse("{}").is_err());
}

#[test]
fn the_author_of_a_manifest_cannot_hide_it_from_leaver() {
    let board = Board::new();
    board.signed("ada", &["--decision", "rejected"]);
    board.assert_check(1, &[], &["error[signoff/rejected]"]);
    // A waiver does not cover a broken signature, whoever approved the waiver.
    board.write("w.yaml", "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: signoff/bad-signature, apps: [slack], reason: r, approver: ciso, owner: x, from: 2026-11-01, expires: 2026-12-31, compensatingControl: c, ticket: t}\n");
    board.edit("signoffs/s.json", "rejected", "approved");
    board.assert_check(2, &[], &["is invalid"]);
}
