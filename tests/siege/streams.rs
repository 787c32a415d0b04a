//! Outputs of reports: a closed pipe is not an error, a full disk is an error, a file is never partly written, and nothing is written elsewhere.
#![cfg(unix)]

use std::{
    fs::{self, File},
    process::{Command, Stdio},
};

use leaver::output::Format;

use crate::common::{self, FAULTY, code, err, folder, leaver, rule};

fn command(arguments: &[&str], folder: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaver"));
    command.args(arguments).current_dir(folder).env_clear().env("LEAVER_TODAY", common::TODAY).stdin(Stdio::null());
    command
}

#[test]
fn a_closed_pipe_ends_without_a_message_and_with_the_exit_status() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY)]);
    for arguments in [
        vec!["check"],
        vec!["check", "-o", "json"],
        vec!["rules"],
        vec!["explain", "jit/no-update-owner"],
        vec!["schema", "declarations"],
        vec!["--help"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output =
            command(&arguments, files.path()).stdout(writer).stderr(Stdio::piped()).output().expect("it starts");
        let wanted = i32::from(arguments.first() == Some(&"check"));
        assert_eq!((output.status.code(), err(&output).as_str()), (Some(wanted), ""), "{arguments:?}");
    }
    // Standard error may be closed as well.
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = command(&["check", "--nonsense"], files.path()).stderr(writer).output().expect("it starts");
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_in_every_format() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY)]);
    for format in Format::ALL {
        let full = File::options().write(true).open("/dev/full").expect("the device");
        let output = command(&["check", "-o", format.as_str()], files.path())
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .expect("it starts");
        assert!(
            output.status.code() == Some(2) && err(&output).contains("cannot write the output"),
            "{format}: {}",
            err(&output)
        );
        let output = leaver(files.path(), &["check", "-o", &format!("{format}=/dev/full")]);
        assert!(code(&output) == 2 && err(&output).contains("cannot write `/dev/full`"), "{format}: {}", err(&output));
    }
}

/// The limit on file sizes simulates a disk that fills up: the write fails after 512 bytes (1,024 in some shells).
#[test]
fn a_failed_write_keeps_the_old_report() {
    let many: String = (0..50).map(|nth| format!("{}---\n", FAULTY.replace("box", &format!("box-{nth}")))).collect();
    let files = folder(&[
        ("leaver.yaml", "version: 1\n"),
        ("a.yaml", &many),
        ("report.json", "old"),
        ("base.json", "{\"version\":1,\"findings\":[]}"),
    ]);
    for arguments in [
        "check -o json=report.json",
        "check -o sarif=report.json",
        "check --baseline base.json --update-baseline --add-to-baseline",
    ] {
        let script = format!("ulimit -f 1; exec '{}' {arguments}", env!("CARGO_BIN_EXE_leaver"));
        let output = Command::new("/bin/sh")
            .args(["-c", &script])
            .current_dir(files.path())
            .stdin(Stdio::null())
            .output()
            .expect("a shell");
        assert!(!output.status.success(), "{arguments}: a report that cannot be written is a failure");
        assert_eq!(fs::read_to_string(files.path().join("report.json")).expect("a file"), "old", "{arguments}");
        assert_eq!(
            fs::read_to_string(files.path().join("base.json")).expect("a file"),
            "{\"version\":1,\"findings\":[]}",
            "{arguments}"
        );
    }
    assert_eq!(code(&leaver(files.path(), &["check", "-o", "json=report.json"])), 1);
    let text = fs::read_to_string(files.path().join("report.json")).expect("a file");
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok() && text.len() > 1024);
}

#[test]
fn only_requested_outputs_are_written() {
    let own = rule("x", "findings contains {\"path\": [], \"message\": \"m\"} if input.kind == \"App\"");
    let files = folder(&[
        ("leaver.yaml", "version: 1\npolicies: [policies]\n"),
        ("a.yaml", FAULTY),
        ("policies/acme/x/rule.rego", &own),
    ]);
    let home = folder(&[]);
    let list = || {
        let mut names: Vec<_> = walkdir::WalkDir::new(files.path())
            .into_iter()
            .map(|entry| entry.expect("an entry"))
            .map(|entry| (entry.path().to_owned(), fs::metadata(entry.path()).expect("a file").len()))
            .filter(|(path, _)| !path.is_dir())
            .collect();
        names.sort();
        names
    };
    let before = list();
    for arguments in [vec!["check"], vec!["check", "-o", "sarif"], vec!["test"], vec!["rules"], vec!["config", "show"]]
    {
        command(&arguments, files.path())
            .env("HOME", home.path())
            .env("TMPDIR", home.path())
            .output()
            .expect("it starts");
    }
    assert_eq!(list(), before);
    assert_eq!(fs::read_dir(home.path()).expect("a folder").count(), 0, "no cache, no temporary file");
}

#[test]
fn no_dependency_opens_a_connection() {
    let lock = fs::read_to_string(common::root().join("Cargo.lock")).expect("the lock file");
    let networked = [
        "reqwest",
        "hyper",
        "ureq",
        "attohttpc",
        "isahc",
        "curl",
        "curl-sys",
        "openssl",
        "openssl-sys",
        "native-tls",
        "rustls",
        "tokio",
        "async-std",
        "mio",
        "socket2",
        "hickory-resolver",
        "trust-dns-resolver",
    ];
    for name in networked {
        assert!(!lock.contains(&format!("name = \"{name}\"\n")), "{name} is in Cargo.lock");
    }
}
