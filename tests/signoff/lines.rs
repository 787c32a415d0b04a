//! Both leaver and ssh-keygen read `allowed_signers`. In every line that leaver accepts, ssh-keygen reads the same person, key, purposes and
//! dates. leaver refuses lines that the two might read differently.

use base64ct::{Base64, Encoding};
use leaver::signoff::{Moment, parse_signers, seal};
use proptest::{prelude::*, sample::select, test_runner::TestRunner};

use super::board::{Board, ssh_keygen};
use crate::common::err;

const OURS: &str = "namespaces=\"leaver-signoff@v1\"";
/// The time of all signatures in this file.
const NOON: (&str, &str) = ("2026-11-25T12:00:00Z", "20261125120000Z");

/// Two persons, each with a signature over the same text.
struct Desk {
    board: Board,
    keys: [String; 2],
}

impl Desk {
    fn new() -> Self {
        let board = Board::new();
        board.write("m", "message");
        for person in ["ada", "bob"] {
            board.sign(person, "m", "leaver-signoff@v1");
            std::fs::rename(board.file("m.sig"), board.file(&format!("{person}.sig"))).expect("signed");
        }
        let key = |person: &str| board.line(person, "").split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
        let keys = [key("ada"), key("bob")];
        Self { board, keys }
    }

    /// Compares the results of leaver and ssh-keygen. Returns the number of keys that leaver read, or `None` if leaver refuses the text.
    fn compare(&self, text: &str) -> Option<usize> {
        let signers = parse_signers(text).ok()?;
        std::fs::write(self.board.file("lines"), text).expect("written");
        let time = format!("verify-time={}", NOON.1);
        for (person, key) in ["ada", "bob"].iter().zip(&self.keys) {
            let signature = format!("{person}.sig");
            let theirs = |command: &[&str]| {
                let arguments = [&["-Y"], command, &["-f", "lines", "-s", &signature, "-O", &time]].concat();
                ssh_keygen(self.board.path(), &arguments, b"message")
            };
            let mine: Vec<_> =
                signers.iter().filter(|signer| signer.key.to_openssh().is_ok_and(|text| text == *key)).collect();
            let now = Moment::parse(NOON.0).expect("a moment");
            let valid: Vec<&str> =
                mine.iter().filter(|signer| signer.valid_at(&now)).map(|signer| signer.principal.as_str()).collect();
            let found = theirs(&["find-principals"]);
            let found = String::from_utf8(found.stdout).expect("text");
            // `find-principals` also finds lines that are only for git. `verify` below does not accept them for a sign-off.
            assert_eq!(found.lines().collect::<Vec<_>>(), valid, "{text:?}");
            for who in ["ada@example.com", "bob@example.com", "other"] {
                let counts =
                    mine.iter().any(|signer| signer.principal == who && signer.for_signoffs && signer.valid_at(&now));
                let verified = theirs(&["verify", "-I", who, "-n", "leaver-signoff@v1"]);
                assert_eq!(verified.status.success(), counts, "{who} in {text:?}: {}", err(&verified));
            }
        }
        Some(signers.len())
    }
}

#[test]
fn ssh_keygen_agrees_on_every_accepted_text() {
    let desk = Desk::new();
    let [ada, bob] = &desk.keys;
    let one = format!("ada@example.com {OURS} {ada}\n");
    let option = |options: &str| format!("ada@example.com {options} {ada}\n");
    let texts: Vec<String> = vec![
        // Line ends, blanks, comments.
        one.clone(),
        one.trim_end().into(),
        one.replace('\n', "\r\n"),
        one.replace('\n', "\r"),
        format!("{one}\r\n\r\n"),
        format!("\n\n \n\t\n{one}"),
        format!("  \t{one}"),
        one.replace(' ', "\t"),
        one.replace(' ', "   "),
        one.replace(' ', " \t "),
        one.replace('\n', "  \n"),
        one.replace('\n', "\t\n"),
        format!("# a comment\n{one}"),
        format!(" # a comment\n{one}# {one}"),
        format!("#{one}"),
        format!("{}# a comment\n", one.replace('\n', " ")),
        one.replace('\n', " ada's laptop\n"),
        one.replace('\n', " ada's, \"laptop\n"),
        format!("\u{feff}{one}"),
        format!("\u{a0}{one}"),
        format!("\u{3000}{one}"),
        format!("\u{b}{one}"),
        format!("\u{c}{one}"),
        one.replace('\n', "\u{a0}\n"),
        one.replace('\n', "\u{b}\n"),
        one.replace(' ', "\u{a0}"),
        one.replace(' ', "\u{b}"),
        one.replace(OURS, &format!("\u{b}{OURS}")),
        one.replace("\" ", "\" \u{a0}"),
        one.replace("\" ", "\" \u{c}"),
        one.replace('\n', "\0\n"),
        format!("\0{one}"),
        // Principals.
        one.replace("ada@", "Ada@"),
        one.replace("ada@example.com", "ada"),
        one.replace("ada@example.com", "other"),
        one.replace("ada@example.com", "\"ada@example.com\""),
        one.replace("ada@example.com", "\"ada lovelace\""),
        one.replace("ada@example.com", "'ada@example.com'"),
        one.replace("ada@example.com", "ada@example.com,"),
        one.replace("ada@example.com", ",ada@example.com"),
        one.replace("ada@example.com", "ada@example.com,other"),
        one.replace("ada@example.com", "*"),
        one.replace("ada@example.com", "a?a@example.com"),
        one.replace("ada@example.com", "!other,*"),
        one.replace("ada@example.com", "ada\\@example.com"),
        one.replace("ada@example.com", "ada#example.com"),
        one.replace("ada@example.com", "[ada]@example.com"),
        one.replace("ada@example.com", "-ada"),
        one.replace("ada@example.com", "=ada"),
        one.replace("ada@example.com", "ssh-ed25519"),
        one.replace("ada@example.com", "cert-authority"),
        one.replace("ada@example.com", "@cert-authority"),
        one.replace("ada@example.com", "adä@example.com"),
        one.replace("ada@example.com", &"a".repeat(2_000)),
        // Options.
        option(""),
        option("namespaces=leaver-signoff@v1"),
        option("Namespaces=\"leaver-signoff@v1\""),
        option("NAMESPACES=\"leaver-signoff@v1\""),
        option("namespaces=\"LEAVER-SIGNOFF@v1\""),
        option("namespaces=\"git\""),
        option("namespaces=\"git,leaver-signoff@v1\""),
        option("namespaces=\"git, leaver-signoff@v1\""),
        option("namespaces=\"git,,leaver-signoff@v1\""),
        option("namespaces=\"leaver-signoff@*\""),
        option("namespaces=\"!git,leaver-signoff@v1\""),
        option("namespaces=\"leaver-signoff@v1 \""),
        option("namespaces=\"\""),
        option("namespaces="),
        option("namespaces"),
        option("namespaces= \"leaver-signoff@v1\""),
        option("namespaces =\"leaver-signoff@v1\""),
        option("namespaces=\"leaver-signoff@v1"),
        option("namespaces=\"leaver-\"signoff@v1"),
        option("namespaces=\"leaver-signoff@v1\"x"),
        option("namespaces=x\"leaver-signoff@v1\""),
        option("namespaces=\"leaver-signoff\\@v1\""),
        option("namespaces=\"a\\\"b,leaver-signoff@v1\""),
        option("\"namespaces=leaver-signoff@v1\""),
        option(&format!("{OURS},")),
        option(&format!(",{OURS}")),
        option(&format!("{OURS},,valid-after=\"20200101Z\"")),
        option(&format!("{OURS}, valid-after=\"20200101Z\"")),
        option(&format!("{OURS},{OURS}")),
        option(&format!("{OURS},namespaces=\"git\"")),
        option(&format!("{OURS},valid-after=\"20261125120000Z\"")),
        option(&format!("{OURS},valid-after=\"20261125120001Z\"")),
        option(&format!("{OURS},valid-before=\"20261125120000Z\"")),
        option(&format!("{OURS},valid-before=\"20261125115959Z\"")),
        option(&format!("{OURS},valid-before=20271231Z,valid-after=20200101Z")),
        option(&format!("valid-before=\"20271231Z\",{OURS}")),
        option(&format!("{OURS},Valid-Before=\"202512311200Z\"")),
        option(&format!("{OURS},valid-before=\"20271231\"")),
        option(&format!("{OURS},valid-before=\"20271231z\"")),
        option(&format!("{OURS},valid-before=\" 20271231Z\"")),
        option(&format!("{OURS},valid-before=\"2027-12-31Z\"")),
        option(&format!("{OURS},valid-before=\"99991231Z\"")),
        option(&format!("{OURS},valid-after=\"19690101Z\"")),
        option(&format!("{OURS},valid-after=\"19700101Z\"")),
        option(&format!("{OURS},valid-before=\"20270229Z\"")),
        option(&format!("{OURS},valid-before=\"20271231245959Z\"")),
        option(&format!("{OURS},valid-before=\"20271231235960Z\"")),
        option(&format!("{OURS},valid-after=\"20270101Z\",valid-before=\"20260101Z\"")),
        option(&format!("{OURS},valid-before=\"\"")),
        option(&format!("{OURS},valid-before")),
        option(&format!("{OURS},cert-authority")),
        option(&format!("cert-authority,{OURS}")),
        option(&format!("{OURS},verify-required")),
        option(&format!("{OURS},no-touch-required")),
        option(&format!("{OURS},unknown=\"x\"")),
        // Keys.
        format!("ada@example.com {OURS}\n"),
        format!("ada@example.com {OURS} ssh-ed25519\n"),
        one.replace("ssh-ed25519 ", "ssh-ed25519  "),
        one.replace("ssh-ed25519 ", "ssh-ed25519\t"),
        one.replace("ssh-ed25519 ", "SSH-ED25519 "),
        one.replace("ssh-ed25519 ", "ssh-rsa "),
        one.replace("ssh-ed25519 ", "ecdsa-sha2-nistp256 "),
        one.replace("ssh-ed25519 ", ""),
        one.replace('\n', "=\n"),
        one.replace("AAAAC3", "AAAAC3\\"),
        one.replace("AAAAC3", "AAAA C3"),
        format!("ada@example.com {ada} {OURS}\n"),
        format!("{OURS} {ada}\n"),
        format!("{ada}\n"),
        // Several lines.
        format!("{one}bob@example.com {OURS} {bob}\n"),
        format!("{one}bob@example.com namespaces=\"git\" {bob}\n"),
        format!("bob@example.com {OURS} {ada}\nada@example.com {OURS} {bob}\n"),
        format!("{one}{one}"),
        format!("{one}bob@example.com {OURS} {ada}\n"),
        format!("{one}ada@example.com {OURS} {bob}\n"),
        format!("{one}nonsense\n"),
        format!("nonsense\n{one}"),
        format!("{one}\\\nbob@example.com {OURS} {bob}\n"),
        format!("{}bob@example.com {OURS} {bob}\n", one.replace('\n', "\\\n")),
        String::new(),
        "\n".into(),
    ];
    assert!(texts.len() >= 120, "{}", texts.len());
    let accepted = texts.iter().filter(|text| desk.compare(text).is_some()).count();
    // Some texts must be accepted and some refused, so that both results are tested.
    assert!((30..90).contains(&accepted), "{accepted} of {}", texts.len());
}

#[test]
fn ssh_keygen_agrees_on_generated_lines() {
    let desk = Desk::new();
    let blank = select(vec![" ", "\t", "  ", " \t", "", "\u{a0}", "\r"]);
    let principal = select(vec![
        "ada@example.com",
        "bob@example.com",
        "other",
        "\"other\"",
        "a*",
        "ada@example.com,other",
        "#",
        "o'r",
        "=",
        "",
    ]);
    let option = select(vec![
        "namespaces=\"leaver-signoff@v1\"",
        "namespaces=\"git,leaver-signoff@v1\"",
        "NameSpaces=leaver-signoff@v1",
        "namespaces=\"git\"",
        "valid-after=\"20200101Z\"",
        "valid-after=\"202611251200Z\"",
        "valid-before=20261125120000Z",
        "Valid-Before=\"20251231Z\"",
        "valid-before=\"20271231\"",
        "cert-authority",
        "",
        "\"",
        " ",
        "x",
    ]);
    // Most lines have all required parts; otherwise nothing would be compared.
    let options = prop_oneof![
        4 => prop::collection::vec(option.clone(), 0..2).prop_map(|more| [vec![OURS], more].concat().join(",")),
        1 => prop::collection::vec(option, 0..4).prop_map(|words| words.join(",")),
    ];
    let gap = prop_oneof![6 => Just(" "), 2 => Just("\t"), 1 => blank.clone()];
    let key = prop_oneof![8 => 0..2_usize, 1 => Just(2)];
    let end = select(vec!["\n", "\r\n", "", " comment\n", "\t# x\n", " \"x y\r\n", "\u{b}\n", "=\n"]);
    let start = prop_oneof![6 => Just(""), 1 => blank, 1 => Just("# c\n"), 1 => Just("\n")];
    let line = (start, principal, gap.clone(), options, gap, key, end);
    let lines = prop::collection::vec(line, 1..3);
    let config = ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() };
    let read_some = std::cell::Cell::new(0);
    TestRunner::new(config)
        .run(&lines, |lines| {
            let text: String = lines
                .iter()
                .map(|(start, principal, gap, options, second, key, end)| {
                    let key = desk.keys.get(*key).map_or("ssh-ed25519 AAAA", String::as_str);
                    format!("{start}{principal}{gap}{options}{second}{key}{end}")
                })
                .collect();
            if desk.compare(&text).is_some_and(|signers| signers > 0) {
                read_some.set(read_some.get() + 1);
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    let read = read_some.get();
    assert!(read >= 2, "too few texts are accepted: {read}");
}

fn field(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("a short text").to_be_bytes();
    [&length[..], bytes].concat()
}

/// A key on a hardware token also signs a counter and flags, which leaver does not check. Such keys and their signatures are refused.
#[test]
fn keys_of_security_tokens_are_refused() {
    let point = Base64::decode_vec(
        &["BGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKW", "T+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfU="].concat(),
    );
    // The keys are the base points of the two curves. Any valid points would do.
    let ed = [0x58].into_iter().chain([0x66; 31]).collect::<Vec<u8>>();
    for (kind, body) in [
        ("sk-ssh-ed25519@openssh.com", field(&ed)),
        ("sk-ecdsa-sha2-nistp256@openssh.com", [field(b"nistp256"), field(&point.expect("base64"))].concat()),
    ] {
        let key = [field(kind.as_bytes()), body, field(b"ssh:")].concat();
        let line = format!("{kind} {}", Base64::encode_string(&key));
        // ssh-keygen accepts the key.
        let board = Board::new();
        board.write("sk.pub", &format!("{line}\n"));
        let listed = ssh_keygen(board.path(), &["-l", "-f", "sk.pub"], b"");
        assert!(listed.status.success(), "{kind}: {}", err(&listed));
        let errors = parse_signers(&format!("ada@example.com {OURS} {line}\n")).expect_err(kind);
        let messages = errors.iter().map(ToString::to_string).collect::<String>();
        assert!(messages.contains(&format!("its key is of type {kind}")), "{messages}");
        board.trust(&format!("ada@example.com {OURS} {line}\n"), &board.read("trust/approvers.yaml"), "");
        board.assert_check(2, &[], &["its key is of type sk-"]);
        // In the format of PROTOCOL.u2f, flags and a counter follow the signature.
        let number = |bytes: &[u8]| {
            if kind.contains("ecdsa") { field(&[field(&[1]), field(&[1])].concat()) } else { field(bytes) }
        };
        let signature = [field(kind.as_bytes()), number(&[7; 64]), vec![1, 0, 0, 0, 9]].concat();
        let blob = [
            b"SSHSIG".to_vec(),
            vec![0, 0, 0, 1],
            field(&key),
            field(b"leaver-signoff@v1"),
            field(b""),
            field(b"sha512"),
            field(&signature),
        ]
        .concat();
        let text = Base64::encode_string(&blob);
        let lines: Vec<&str> = text.as_bytes().chunks(70).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        let armoured = format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n"));
        let error = seal(b"message", &armoured).expect_err(kind).to_string();
        assert!(!error.contains("does not match"), "{error}");
    }
}
