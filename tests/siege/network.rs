//! leaver opens no connection. The tests trace system calls, and run without a network. If the machine does not support a test, the test prints that
//! it is skipped. In CI, the system calls must be traced.
#![cfg(target_os = "linux")]

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use leaver::output::Format;

use crate::common::{self, FAULTY, code, err, folder, git, out, rule, with_git};

/// A catalogue with a local rule, so that the worker is traced, too.
fn catalogue() -> tempfile::TempDir {
    let own = rule("x", "findings contains {\"path\": [], \"message\": \"m\"} if input.kind == \"App\"");
    folder(&[
        ("leaver.yaml", "version: 1\npolicies: [policies]\n"),
        ("a.yaml", FAULTY),
        ("policies/acme/x/rule.rego", &own),
    ])
}

/// Skips a test that the machine cannot run: prints a note, but fails in CI.
fn skip(why: &str) {
    let text = format!("skipped: {why}");
    assert!(std::env::var_os("CI").is_none(), "{text}; this test must run in CI");
    eprintln!("{text}");
}

fn run(program: &str, arguments: &[&str], more: &[&str], folder: &Path) -> Option<Output> {
    Command::new(program)
        .args(arguments)
        .arg(env!("CARGO_BIN_EXE_leaver"))
        .args(more)
        .current_dir(folder)
        .env("LEAVER_TODAY", common::TODAY)
        .stdin(Stdio::null())
        .output()
        .ok()
}

/// Neither the parent nor the worker makes a system call of the network.
#[test]
fn no_system_call_of_the_network_is_made() {
    let files = catalogue();
    let log = files.path().join("calls");
    let name = log.to_str().expect("text");
    for (arguments, processes) in [
        (&["check"][..], 2),
        (&["check", "-o", "sarif", "-o", "markdown=out.md"], 2),
        (&["test"], 2),
        (&["rules"], 1),
        (&["explain", "jit/no-update-owner"], 1),
        (&["config", "show"], 1),
    ] {
        drop(fs::remove_file(&log));
        let Some(output) = run("strace", &["-f", "-e", "trace=network,execve", "-o", name], arguments, files.path())
        else {
            return skip("there is no strace");
        };
        let calls = fs::read_to_string(&log).unwrap_or_default();
        if calls.is_empty() {
            return skip(&format!("strace may not trace processes here: {}", err(&output)));
        }
        assert!(output.status.code().is_some_and(|code| code < 3), "{arguments:?}: {}", err(&output));
        let lines: Vec<&str> = calls.lines().filter(|line| !line.contains("+++") && !line.contains("---")).collect();
        // A call interrupted by another thread is written in two lines, and the second may have no name.
        let network: Vec<&&str> =
            lines.iter().filter(|line| !line.contains("execve") && !line.contains("???")).collect();
        assert!(network.is_empty(), "{arguments:?}: {network:?}");
        let started = lines.iter().filter(|line| line.contains("execve") && line.contains("= 0")).count();
        assert!(started <= processes, "{arguments:?}: only leaver and its worker run: {lines:?}");
        if arguments == ["check"] {
            assert_eq!(started, processes, "the worker is traced: {lines:?}");
        }
    }
}

/// The check detects a connection: a program that opens a socket leaves a line in the log.
#[test]
fn a_system_call_of_the_network_would_be_seen() {
    let place = folder(&[]);
    let log = place.path().join("calls");
    let script = "import socket; socket.socket().close()";
    let traced = Command::new("strace")
        .args(["-f", "-e", "trace=network", "-o"])
        .arg(&log)
        .args(["python3", "-c", script])
        .stdin(Stdio::null())
        .output();
    let calls = fs::read_to_string(&log).unwrap_or_default();
    if traced.is_err() || calls.is_empty() {
        return skip("strace is missing, or may not trace processes here");
    }
    assert!(calls.contains("socket("), "{calls}");
}

/// leaver runs in a network namespace without even a loopback address. Every format gives the same output.
#[test]
fn without_a_network_everything_is_the_same() {
    let files = catalogue();
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    // The first way needs root; the second needs the right to create user namespaces.
    let ways: [&[&str]; 2] = [&["--net"], &["--user", "--map-root-user", "--net"]];
    let way = ways.into_iter().find(|way| {
        let tried = Command::new("unshare").args(*way).arg("true").stdin(Stdio::null()).output();
        tried.is_ok_and(|output| output.status.success())
    });
    // Many CI services forbid `unshare`; the test with strace runs there.
    let Some(way) = way else { return eprintln!("skipped: unshare may not remove the network here") };
    let mut commands: Vec<Vec<&str>> = Format::ALL.iter().map(|format| vec!["check", "-o", format.as_str()]).collect();
    commands.extend([
        vec!["check", "--trust-ref", "HEAD", "-o", "concise"],
        vec!["check", "--since", "HEAD", "-o", "concise"],
        vec!["diff", "HEAD"],
        vec!["test"],
        vec!["rules"],
        vec!["signoff", "status"],
    ]);
    for arguments in commands {
        let with = with_git(files.path(), &arguments);
        let without = run("unshare", way, &arguments, files.path()).expect("`unshare` worked before");
        // The duration of the tests differs between runs.
        let steady = |text: String| text.lines().filter(|line| !line.contains(" ms")).collect::<Vec<_>>().join("\n");
        assert_eq!((code(&without), steady(out(&without))), (code(&with), steady(out(&with))), "{arguments:?}");
    }
}
