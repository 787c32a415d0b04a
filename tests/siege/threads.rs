//! If the system does not allow more threads, the existing thread does the work.
#![cfg(target_os = "linux")]

use std::{
    path::Path,
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use crate::common::{self, FAULTY, code, err, folder, leaver, out, rule};

/// Arguments for a user who has no processes. The limit counts all processes of a user, and tests run in parallel.
fn next_user() -> [String; 2] {
    static NEXT: AtomicU32 = AtomicU32::new(54_321);
    let user = NEXT.fetch_add(1, Ordering::Relaxed);
    [format!("--reuid={user}"), format!("--regid={user}")]
}

/// Runs leaver as an unprivileged user with a limit on the number of processes. `None` if the machine has no `setpriv` or `prlimit`.
fn with_process_limit(folder: &Path, processes: &str, arguments: &[&str]) -> Option<Output> {
    // The binary may be in a folder that this user cannot access.
    let binary = folder.join("leaver-copy");
    if !binary.exists() {
        std::fs::copy(env!("CARGO_BIN_EXE_leaver"), &binary).expect("a copy");
    }
    let output = Command::new("setpriv")
        .args(next_user())
        .args(["--clear-groups", "prlimit", &format!("--nproc={processes}")])
        .arg(&binary)
        .args(arguments)
        .current_dir(folder)
        .env("LEAVER_TODAY", common::TODAY)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let printed = err(&output);
    let cannot = printed.contains("setpriv:") || printed.contains("prlimit:");
    (!cannot).then_some(output)
}

fn skipped(what: &str) {
    eprintln!("skipped: {what}: this machine cannot limit the processes of another user");
    assert!(std::env::var_os("CI").is_none(), "{what}: this test must run in CI");
}

/// A catalogue that everyone can read.
fn readable_folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(files);
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).expect("permissions");
    folder
}

/// If no thread can wait for the signal, leaver polls for it in its loops.
#[test]
fn without_threads_a_signal_cleans_up() {
    let files = readable_folder(&[("leaver.yaml", "version: 1\n"), ("leaver-copy", "")]);
    let binary = files.path().join("leaver-copy");
    std::fs::copy(env!("CARGO_BIN_EXE_leaver"), &binary).expect("a copy");
    for nth in 0..600 {
        let app = FAULTY.split("---").next().unwrap_or_default().replace("{name: box,", &format!("{{name: box-{nth},"));
        std::fs::write(files.path().join(format!("{nth}.yaml")), app).expect("written");
    }
    let arguments: Vec<String> = (0..20).map(|nth| format!("--output=sarif={nth}.sarif")).collect();
    for (signal, status, wait) in [("TERM", 143, 0), ("INT", 130, 300), ("HUP", 129, 1500), ("TERM", 143, 2500)] {
        let mut child = Command::new("setpriv")
            .args(next_user())
            .args(["--clear-groups", "prlimit", "--nproc=1"])
            .arg(&binary)
            .arg("check")
            .args(&arguments)
            .current_dir(files.path())
            .env("LEAVER_TODAY", common::TODAY)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("setpriv");
        let started = std::time::Instant::now();
        let state = |key: &str| {
            let text = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
            text.lines()
                .find_map(|line| line.strip_prefix(key).map(|value| value.trim().to_owned()))
                .unwrap_or_default()
        };
        // Bit 14 of the caught signals is SIGTERM.
        let handles = || u64::from_str_radix(&state("SigCgt:"), 16).unwrap_or_default() >> 14 & 1 == 1;
        while !(state("Name:") == "leaver-copy" && handles()) {
            if state("Name:").is_empty() || state("State:").starts_with('Z') {
                drop(child.wait());
                return skipped("signals");
            }
            assert!(started.elapsed() < std::time::Duration::from_secs(30), "no handler is registered");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert_eq!(state("Threads:"), "1");
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(sent.expect("kill").success());
        let ended = child.wait().expect("it ends");
        // If the test waits, leaver may finish before the signal.
        assert!(ended.code() == Some(status) || (wait > 0 && ended.code() == Some(1)), "{signal}: {ended}");
        for entry in std::fs::read_dir(files.path()).expect("a folder") {
            let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
            assert!(!name.starts_with(".leaver-"), "{signal}: {name}");
        }
    }
}

#[test]
fn without_threads_the_main_thread_does_the_work() {
    let files = readable_folder(&[
        ("leaver.yaml", "version: 1\n"),
        ("a.yaml", FAULTY),
        ("b.yaml", &FAULTY.replace("box", "other")),
    ]);
    let want = out(&leaver(files.path(), &["check", "-o", "json"]));
    for arguments in [&["check", "-o", "json"][..], &["check", "-o", "json", "--threads", "8"]] {
        for processes in ["1", "2", "3"] {
            let Some(output) = with_process_limit(files.path(), processes, arguments) else {
                return skipped("threads");
            };
            assert_eq!((code(&output), err(&output).as_str()), (1, ""), "{processes} {arguments:?}");
            assert_eq!(out(&output), want, "{processes} {arguments:?}");
        }
    }
    for arguments in [
        &["rules"][..],
        &["explain", "jit/no-update-owner"],
        &["config", "show"],
        &["bundle", "--output", "x.tar.gz"],
        &["signoff", "status"],
        &["schema"],
        &["--version"],
    ] {
        let Some(output) = with_process_limit(files.path(), "1", arguments) else { return skipped("threads") };
        assert!(!err(&output).contains("panicked") && code(&output) != 101, "{arguments:?}: {}", err(&output));
    }
}

/// The worker is another process. leaver reports a failure if it cannot start the worker. Otherwise, it reads the responses without another thread.
#[test]
fn without_threads_own_rules_run_or_are_reported() {
    let body = "findings contains {\"path\": [\"kind\"], \"message\": \"seen\"} if input.kind == \"App\"";
    let page =
        "# X\n\n## Bad\n\n```yaml\nspec: {tier: 1} # finding: acme/x\n```\n\n## Good\n\n```yaml\nkind: Team\n```\n";
    let files = readable_folder(&[
        ("leaver.yaml", "version: 1\npolicies: [policies]\n"),
        ("a.yaml", FAULTY),
        ("policies/acme/x/rule.rego", &rule("x", body)),
        ("policies/acme/x/rule.md", page),
    ]);
    let mut ran = 0;
    for processes in ["1", "2", "3", "4", "6"] {
        let Some(output) = with_process_limit(files.path(), processes, &["check", "-o", "concise"]) else {
            return skipped("own rules");
        };
        let (text, printed) = (out(&output), err(&output));
        assert!(printed.is_empty() && text.contains("jit/no-update-owner"), "{processes}: {text}{printed}");
        match code(&output) {
            1 => {
                assert!(text.contains("error[acme/x] seen"), "{processes}: {text}");
                ran += 1;
            }
            2 => assert!(text.contains("cannot start it: Resource temporarily unavailable"), "{processes}: {text}"),
            other => panic!("{processes}: {other}: {text}"),
        }
        let Some(output) = with_process_limit(files.path(), processes, &["test"]) else { return skipped("tests") };
        let printed = err(&output);
        assert!(!printed.contains("panicked") && matches!(code(&output), 0..=2), "{processes}: {printed}");
    }
    assert!(ran > 0, "the worker runs if six processes are allowed");
}
