//! A signal ends leaver with the exit status that shells expect; no temporary file and no child process is left behind.
#![cfg(target_os = "linux")]

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::common::{self, FAULTY, folder, git, rule};

fn start(folder: &Path, temporary: &Path, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_leaver"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LEAVER_TODAY", common::TODAY)
        .env("TMPDIR", temporary)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("leaver starts")
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn send_signal(process: &Child, signal: &str) {
    let status = Command::new("kill").args([&format!("-{signal}"), &process.id().to_string()]).status();
    assert!(status.expect("kill").success());
}

/// The child processes of a process.
fn children(parent: u32) -> Vec<u32> {
    let list = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

fn is_running(id: u32) -> bool {
    // A zombie has ended, but its parent has not waited for it.
    fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// Whether this process has ignored SIGHUP since its start. If so, its children ignore SIGHUP, too.
fn ignores_hangup() -> bool {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("a signal mask");
    u64::from_str_radix(mask.trim(), 16).expect("hexadecimal") & 1 == 1
}

/// A catalogue with a rule that runs until its time limit.
fn catalogue_with_endless_rule() -> tempfile::TempDir {
    let body = "findings contains {\"path\": [], \"message\": \"m\"} if {\n\tsome a in numbers.range(1, 100000)\n\tsome b in numbers.range(1, 100000)\n\ta * b == -1\n}";
    folder(&[
        ("leaver.yaml", "version: 1\npolicies: [policies]\nlimits: {ruleMillis: 600000, totalSeconds: 600}\n"),
        ("a.yaml", FAULTY),
        ("policies/acme/x/rule.rego", &rule("x", body)),
        ("policies/acme/x/rule.md", "# X\n\n## Bad\n\n```yaml\nspec: {tier: 1} # finding: acme/x\n```\n"),
    ])
}

#[test]
fn a_signal_ends_the_worker_and_leaves_no_temporary_files() {
    let files = catalogue_with_endless_rule();
    git(files.path(), &["init", "-q", "-b", "main"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    for (signal, status) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        // If the tests run under `nohup`, leaver ignores SIGHUP.
        if signal == "HUP" && ignores_hangup() {
            continue;
        }
        for arguments in
            [&["check"][..], &["check", "--staged"], &["check", "--trust-ref", "main"], &["diff", "main"], &["test"]]
        {
            let temporary = folder(&[]);
            let mut leaver = start(files.path(), temporary.path(), arguments);
            let id = leaver.id();
            let worker = || {
                let works = |child: &u32| {
                    let line = fs::read(format!("/proc/{child}/cmdline")).unwrap_or_default();
                    String::from_utf8_lossy(&line).contains("__")
                };
                children(id).into_iter().find(works)
            };
            wait_until("the worker starts", || worker().is_some());
            let child = worker().expect("a worker");
            // Commits and the index are read from git, without temporary files.
            assert_eq!(fs::read_dir(temporary.path()).expect("a folder").count(), 0, "{arguments:?}");
            send_signal(&leaver, signal);
            let ended = leaver.wait().expect("it ends");
            assert_eq!(ended.code(), Some(status), "{signal} {arguments:?}: {ended}");
            assert_eq!(fs::read_dir(temporary.path()).expect("a folder").count(), 0, "{signal} {arguments:?}");
            wait_until("the worker ends", || !is_running(child));
        }
    }
}

/// After SIGKILL, for example from the out-of-memory killer, leaver cannot clean up, but the worker must not continue alone.
#[test]
fn the_worker_ends_if_leaver_is_killed() {
    let files = catalogue_with_endless_rule();
    for arguments in [&["check"][..], &["test"]] {
        let temporary = folder(&[]);
        let mut leaver = start(files.path(), temporary.path(), arguments);
        let id = leaver.id();
        wait_until("the worker starts", || !children(id).is_empty());
        let child = children(id)[0];
        // After this time, the worker evaluates the rule.
        std::thread::sleep(Duration::from_millis(500));
        assert!(is_running(child), "{arguments:?}");
        send_signal(&leaver, "KILL");
        leaver.wait().expect("it ends");
        wait_until("the worker ends", || !is_running(child));
    }
}

/// A report is first written to a temporary file. No such file is left, whenever the signal arrives.
#[test]
fn an_interrupted_run_leaves_no_partial_report() {
    let files = folder(&[("leaver.yaml", "version: 1\n")]);
    for nth in 0..200 {
        let app = FAULTY.split("---").next().unwrap_or_default().replace("{name: box,", &format!("{{name: box-{nth},"));
        fs::write(files.path().join(format!("{nth}.yaml")), app).expect("written");
    }
    let temporary = folder(&[]);
    let outputs: Vec<String> = (0..20).map(|nth| format!("--output=sarif={nth}.sarif")).collect();
    let arguments: Vec<&str> = std::iter::once("check").chain(outputs.iter().map(String::as_str)).collect();
    let mut stopped = 0;
    for _ in 0..5 {
        let mut leaver = start(files.path(), temporary.path(), &arguments);
        let written = |name: &str| files.path().join(name).exists();
        wait_until("the first report", || written("0.sarif") || !is_running(leaver.id()));
        send_signal_if_running(&leaver);
        let ended = leaver.wait().expect("it ends");
        stopped += i32::from(ended.code() == Some(143));
        assert!(matches!(ended.code(), Some(1 | 2 | 143)), "{ended}");
        for entry in fs::read_dir(files.path()).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            assert!(!name.starts_with(".leaver-"), "{name}");
            if path.extension().is_some_and(|extension| extension == "sarif") {
                let text = fs::read_to_string(&path).expect("text");
                assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{name}");
                fs::remove_file(path).expect("removed");
            }
        }
    }
    assert!(stopped > 0, "no signal arrived before the end of a run");
}

fn send_signal_if_running(process: &Child) {
    drop(Command::new("kill").args(["-TERM", &process.id().to_string()]).stderr(Stdio::null()).status());
}

/// A process started by `nohup` survives the terminal.
#[test]
fn an_ignored_hangup_signal_does_not_stop_the_run() {
    let files = catalogue_with_endless_rule();
    let mut leaver = Command::new("/bin/sh")
        .args(["-c", &format!("trap '' HUP; exec '{}' check", env!("CARGO_BIN_EXE_leaver"))])
        .current_dir(files.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("a shell");
    wait_until("the worker starts", || !children(leaver.id()).is_empty());
    send_signal(&leaver, "HUP");
    std::thread::sleep(Duration::from_millis(300));
    assert!(leaver.try_wait().expect("the state of the process").is_none(), "it still runs");
    send_signal(&leaver, "TERM");
    assert_eq!(leaver.wait().expect("it ends").code(), Some(143));
}
