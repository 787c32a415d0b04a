//! leaver verifies signatures of ssh-keygen, and ssh-keygen verifies signatures of leaver.

use super::board::{Board, MANIFEST, ssh_keygen};
use crate::common::{code, err};

#[test]
fn leaver_verifies_signatures_of_ssh_keygen() {
    for person in ["ada", "bob"] {
        let board = Board::new();
        board.assert_check(1, &[], &["error[signoff/missing]"]);
        board.signed(person, &[]);
        let (status, text) = board.leaver(&["signoff", "verify"]);
        assert_eq!(status, 0, "{text}");
        let listed = ssh_keygen(board.path(), &["-l", "-f", &format!("{person}.pub")], b"");
        let fingerprint = String::from_utf8(listed.stdout).expect("text");
        let fingerprint = fingerprint.split_whitespace().nth(1).expect("a fingerprint");
        assert!(text.contains(&format!("by {person}@example.com as security")) && text.contains(fingerprint), "{text}");
        board.assert_check(0, &[], &[]);
    }
}

#[test]
fn ssh_keygen_verifies_signatures_of_leaver() {
    for person in ["ada", "bob"] {
        let board = Board::new();
        board.manifest(person, &["--key", person]);
        let manifest = board.read(MANIFEST);
        let identity = format!("{person}@example.com");
        let verify = |message: &str, namespace: &str| {
            let signature = format!("{MANIFEST}.sig");
            let arguments =
                ["-Y", "verify", "-f", "trust/allowed_signers", "-I", &identity, "-n", namespace, "-s", &signature];
            ssh_keygen(board.path(), &arguments, message.as_bytes())
        };
        let good = verify(&manifest, "leaver-signoff@v1");
        assert!(good.status.success(), "{}", err(&good));
        assert!(!verify(&manifest, "git").status.success());
        assert!(!verify(&manifest.replace("approved", "rejected"), "leaver-signoff@v1").status.success());
        board.assert_check(0, &[], &[]);
    }
}

/// A key for this test only. Its private scalar has 31 bytes, because OpenSSH drops leading zeros. This is so for one in 512 ECDSA keys.
const SHORT: &str = "-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS
1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQTHjDwAaegwb7WrjzyrG0x/jTvoXa2k
6uvnkZzThuXvK7I6PZulzctbh4v+MqtZ2HP0I2HNZpXfyB99yMS7BP82AAAAqFpLiMxaS4
jMAAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMeMPABp6DBvtauP
PKsbTH+NO+hdraTq6+eRnNOG5e8rsjo9m6XNy1uHi/4yq1nYc/QjYc1mld/IH33IxLsE/z
YAAAAfaUouDnAl4ipPEI169lWtNOjAuLR5iuLQWxF0t/xDQgAAAA9ib2JAZXhhbXBsZS5j
b20BAg==
-----END OPENSSH PRIVATE KEY-----
";

#[test]
fn a_key_with_leading_zeros_signs() {
    let board = Board::new();
    board.write("short", SHORT);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(board.file("short"), private).expect("the permissions change");
    }
    let public = ssh_keygen(board.path(), &["-y", "-f", "short"], b"");
    assert!(public.status.success(), "{}", err(&public));
    board.write("short.pub", &String::from_utf8(public.stdout).expect("text"));
    let line = board.line("short", "namespaces=\"leaver-signoff@v1\"").replace("short@", "bob@");
    board.trust(&line, &board.read("trust/approvers.yaml"), "");
    board.manifest("bob", &["--key", "short"]);
    board.assert_check(0, &[], &[]);
}

/// leaver and ssh-keygen agree on the validity period of a key, to the second.
#[test]
fn both_agree_on_the_validity_of_a_key() {
    let board = Board::new();
    board.signed("ada", &[]);
    let manifest = board.read(MANIFEST);
    let signed = manifest.split("\"signedAt\": \"").nth(1).and_then(|rest| rest.get(..20)).expect("a time").to_owned();
    let digits: String = signed.chars().filter(char::is_ascii_digit).collect();
    let near = |step: i64| {
        let number: i64 = digits.parse().expect("digits");
        // The digits are treated as a number, so a step into another minute is skipped.
        let second = number % 100;
        if second + step < 0 || second + step > 59 { None } else { Some(format!("{:014}Z", number + step)) }
    };
    let approvers = board.read("trust/approvers.yaml");
    for (option, steps) in [("valid-after", [-1, 0, 1]), ("valid-before", [-1, 0, 1])] {
        for step in steps {
            let Some(time) = near(step) else { continue };
            let line = board.line("ada", &format!("namespaces=\"leaver-signoff@v1\",{option}=\"{time}\""));
            board.trust(&line, &approvers, "");
            let verify_time = format!("verify-time={digits}Z");
            let signature = format!("{MANIFEST}.sig");
            let openssh = ssh_keygen(
                board.path(),
                &[
                    "-Y",
                    "verify",
                    "-f",
                    "trust/allowed_signers",
                    "-I",
                    "ada@example.com",
                    "-n",
                    "leaver-signoff@v1",
                    "-s",
                    &signature,
                    "-O",
                    &verify_time,
                ],
                manifest.as_bytes(),
            );
            let (status, text) = board.leaver(&["signoff", "verify"]);
            assert_eq!(status == 0, openssh.status.success(), "{option}={time} at {signed}: {text}{}", err(&openssh));
            assert_eq!(status == 0, (option == "valid-after") == (step < 0) || step == 0, "{option} {step}");
        }
    }
}

#[test]
fn a_key_with_a_passphrase_needs_ssh_keygen() {
    let board = Board::new();
    let made = ssh_keygen(board.path(), &["-q", "-t", "ed25519", "-N", "a secret word", "-f", "locked"], b"");
    assert_eq!(code(&made), 0);
    let arguments =
        ["signoff", "sign", "slack", "--reviewer", "ada@example.com", "--role", "security", "--key", "locked"];
    let (status, text) = board.leaver(&arguments);
    assert_eq!(status, 2, "{text}");
    assert!(
        text.contains("protected by a passphrase")
            && text.contains("ssh-keygen -Y sign -n leaver-signoff@v1 -f locked"),
        "{text}"
    );
    assert!(!board.file("signoffs").exists(), "nothing is half written");
}

#[test]
fn the_printed_command_signs_in_a_shell() {
    let board = Board::new();
    let arguments = [
        "signoff",
        "sign",
        "slack",
        "--reviewer",
        "ada@example.com",
        "--role",
        "security",
        "--output",
        "signoffs/it's $(x).json",
    ];
    let (status, text) = board.leaver(&arguments);
    assert_eq!(status, 0, "{text}");
    let command = text
        .lines()
        .find(|line| line.contains("ssh-keygen"))
        .expect("it is printed")
        .replace("~/.ssh/id_ed25519", "ada");
    let run =
        std::process::Command::new("sh").args(["-c", &command]).current_dir(board.path()).output().expect("a shell");
    assert!(run.status.success(), "{command}: {}", err(&run));
    let (status, text) = board.leaver(&["signoff", "verify", "signoffs/it's $(x).json"]);
    assert_eq!(status, 0, "{text}");
}
