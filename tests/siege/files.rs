//! Problems of the file system: vanishing files, too few file handles, a deleted working directory, names that are not UTF-8, paths that
//! are too long. Each is reported with exit status 2; nothing is skipped silently.
#![cfg(target_os = "linux")]

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use leaver::{
    config::Overrides,
    files::Workspace,
    ruleset,
    source::{Selection, SourceError},
};

use crate::{
    common::{self, CLEAN, FAULTY, code, err, folder, git, leaver, out, rule, with_git},
    siege::names::bytes,
};

pub const CONFIG: &str = "version: 1\n";

/// Runs a shell that first changes its own limits or folder, and then executes leaver.
pub fn after(script: &str, arguments: &str, folder: &Path) -> Output {
    Command::new("/bin/sh")
        .args(["-c", &format!("{script}; exec '{}' {arguments}", env!("CARGO_BIN_EXE_leaver"))])
        .current_dir(folder)
        .env_clear()
        .env("LEAVER_TODAY", common::TODAY)
        .stdin(Stdio::null())
        .output()
        .expect("a shell")
}

pub fn concise(folder: &Path, more: &[&str]) -> (i32, String) {
    let output = leaver(folder, &[&["check", "-o", "concise"], more].concat());
    assert!(!err(&output).contains("panicked"), "{}", err(&output));
    (code(&output), out(&output))
}

#[test]
fn a_file_that_vanishes_between_listing_and_reading_is_reported() {
    let files = folder(&[("a.yaml", CLEAN), ("b.yaml", FAULTY), ("c.yaml", FAULTY)]);
    let root = camino::Utf8Path::from_path(files.path()).expect("text");
    let found = Workspace::default().walk(root, &Selection::default());
    assert_eq!((found.files.len(), found.errors.len()), (3, 0));
    fs::remove_file(files.path().join("b.yaml")).expect("removed");
    // `c.yaml` is replaced with a folder.
    fs::remove_file(files.path().join("c.yaml")).expect("removed");
    fs::create_dir(files.path().join("c.yaml")).expect("a folder");
    let read: Vec<Result<_, SourceError>> =
        found.files.iter().map(|path| Workspace::default().read_listed(path, 1024)).collect();
    let printed: Vec<String> =
        read.iter().filter_map(|result| result.as_ref().err().map(ToString::to_string)).collect();
    assert!(read.first().is_some_and(Result::is_ok), "{printed:?}");
    let [gone, other] = printed.as_slice() else { panic!("{printed:?}") };
    assert!(gone.contains("b.yaml`: No such file") && other.contains("c.yaml` is not a regular file"), "{printed:?}");
}

/// Files change at random times while `leaver check` runs.
#[test]
fn runs_during_file_changes_give_a_documented_exit_status() {
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN)]);
    let place = files.path().join("b.yaml");
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                drop(fs::write(&place, FAULTY));
                drop(fs::remove_file(&place));
            }
        });
        for _ in 0..20 {
            let (status, text) = concise(files.path(), &[]);
            // The file is read while it is empty, after it is written, or not at all.
            let printed = match status {
                0 => text.contains("on 1 app and"),
                1 => text.contains("b.yaml:"),
                2 => text.contains("cannot read `b.yaml`: No such file"),
                _ => false,
            };
            assert!(printed, "{status}: {text}");
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

/// With any number of handles, either everything is checked or the failure is reported.
#[test]
fn without_free_file_handles_nothing_passes_unreported() {
    let own = rule("x", "findings contains {\"path\": [], \"message\": \"m\"} if input.metadata.name == \"none\"");
    let mut files: Vec<(String, String)> = (0..12)
        .map(|nth| (format!("apps/{}/{nth}.yaml", nth % 3), FAULTY.replace("box", &format!("box-{nth}"))))
        .map(|(name, text)| (name, text.split("---").next().unwrap_or_default().to_owned()))
        .collect();
    files.push(("leaver.yaml".into(), "version: 1\npolicies: [policies]\n".into()));
    files.push(("policies/acme/x/rule.rego".into(), own));
    files.push((
        "t.yaml".into(),
        "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: t}\nspec: {members: [ada, grace]}\n".into(),
    ));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let files = folder(&files);
    let all = concise(files.path(), &[]);
    assert_eq!(all.0, 1, "{}", all.1);
    let mut short = 0;
    for handles in 3..24 {
        let output = after(&format!("ulimit -n {handles}"), "check -o concise", files.path());
        let (text, printed) = (out(&output), err(&output));
        if printed.contains("error while loading shared libraries") {
            continue; // leaver could not start.
        }
        assert!(!printed.contains("panicked") && output.status.code().is_some(), "{handles}: {printed}");
        match code(&output) {
            1 => assert_eq!(text, all.1, "{handles}"),
            2 => {
                assert!(
                    text.contains("Too many open files") || printed.contains("Too many open files"),
                    "{handles}: {text}"
                );
                short += 1;
            }
            other => panic!("{handles}: {other}: {text}{printed}"),
        }
    }
    assert!(short > 0, "no run reached the limit");
}

#[test]
fn without_free_file_handles_no_report_is_partly_written() {
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", FAULTY), ("report.json", "old")]);
    for handles in 3..12 {
        let output = after(&format!("ulimit -n {handles}"), "check -o json=report.json", files.path());
        let text = fs::read_to_string(files.path().join("report.json")).expect("a file");
        let whole = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        assert!(text == "old" || whole, "{handles}: {text}");
        assert!(output.status.code() != Some(0), "{handles}: {}", err(&output));
    }
}

#[test]
fn a_deleted_working_directory_is_reported() {
    let place = folder(&[("here/leaver.yaml", CONFIG), ("there/leaver.yaml", CONFIG), ("there/a.yaml", FAULTY)]);
    let here = place.path().join("here");
    let there = place.path().join("there");
    for arguments in [
        "check",
        "check .",
        "check a.yaml",
        "config show",
        "test",
        "waive r a --reason x --approver y --expires 2027-01-01",
    ] {
        fs::create_dir_all(&here).expect("a folder");
        let output = after("rm -r \"$PWD\"", arguments, &here);
        let printed = format!("{}{}", out(&output), err(&output));
        assert!(code(&output) == 2 && printed.contains("cannot read "), "{arguments}: {} {printed}", code(&output));
        assert!(!printed.contains("panicked"), "{arguments}: {printed}");
    }
    // An absolute path of a catalogue does not need a working directory.
    fs::create_dir_all(&here).expect("a folder");
    let output = after("rm -r \"$PWD\"", &format!("check -o concise {}", there.display()), &here);
    assert!(code(&output) == 1 && out(&output).contains("jit/no-update-owner"), "{}", out(&output));
    // A named link must not lead out of the catalogue if the working directory is unknown.
    symlink("/etc/hostname", there.join("l.yaml")).expect("a link");
    fs::create_dir_all(&here).expect("a folder");
    let output = after("rm -r \"$PWD\"", &format!("check -o concise {}/l.yaml", there.display()), &here);
    assert!(code(&output) == 2, "{}", out(&output));
}

/// Even root cannot enter a loop of links or a path that is too long for the system.
#[test]
fn a_folder_that_cannot_be_entered_is_reported() {
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", FAULTY), ("apps/b.yaml", CLEAN)]);
    symlink("loop", files.path().join("loop")).expect("a link");
    for (named, expected_text) in [
        ("loop", "Too many levels of symbolic links"),
        ("loop/a.yaml", "Too many levels of symbolic links"),
        (&*format!("{}/a.yaml", "d".repeat(300)), "File name too long"),
        ("a.yaml/b.yaml", "Not a directory"),
    ] {
        let (status, text) = concise(files.path(), &[named]);
        assert!(status == 2 && text.contains(expected_text), "{named:.40}: {status} {text}");
    }
    // The message quotes the beginning of a long path.
    let (status, text) = concise(files.path(), &[&"d/".repeat(3_000)]);
    assert!(status == 2 && text.contains("cannot read `d/d/d"), "{status} {text}");
    // An unreadable leaver.yaml is a failure: leaver does not use the defaults instead.
    for make in [
        (|path| symlink("leaver.yaml", path)) as fn(PathBuf) -> std::io::Result<()>,
        |path| symlink("nowhere", path),
        |path| fs::create_dir(path),
    ] {
        let inner = files.path().join("apps/leaver.yaml");
        make(inner.clone()).expect("created");
        let (status, text) = concise(files.path(), &["apps"]);
        assert!(status == 2 && text.contains("apps/leaver.yaml`"), "{status} {text}");
        if inner.is_dir() { fs::remove_dir(&inner) } else { fs::remove_file(&inner) }.expect("removed");
    }
}

/// Runs leaver as a user other than root, if the machine allows it.
#[test]
fn a_folder_without_permission_is_reported() {
    use std::os::unix::fs::PermissionsExt;
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN), ("closed/b.yaml", FAULTY), ("c.yaml", CLEAN)]);
    let mode = |path: &str, mode: u32| {
        fs::set_permissions(files.path().join(path), fs::Permissions::from_mode(mode)).expect("the permissions change");
    };
    mode("", 0o755);
    mode("closed", 0o000);
    mode("c.yaml", 0o000);
    let me = String::from_utf8(Command::new("id").arg("-u").output().expect("`id` runs").stdout).expect("text");
    let mut command = if me.trim() == "0" {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", env!("CARGO_BIN_EXE_leaver")]);
        command
    } else {
        Command::new(env!("CARGO_BIN_EXE_leaver"))
    };
    let output = command.args(["check", "-o", "concise"]).current_dir(files.path()).stdin(Stdio::null()).output();
    mode("closed", 0o755);
    match output {
        Ok(output) if !err(&output).contains("setpriv") => {
            let text = out(&output);
            assert_eq!(code(&output), 2, "{text}");
            for path in ["closed", "c.yaml"] {
                assert!(text.contains(&format!("cannot read `{path}`: Permission denied")), "{text}");
            }
        }
        _ => eprintln!("skipped: this machine cannot run a command as a user other than root"),
    }
}

/// Ignore files are read first. An unreadable ignore file could have re-included a file with `!`, and an endless one would block leaver.
#[test]
fn an_ignore_file_that_is_not_a_file_is_reported() {
    for (place, run) in [("", ""), ("apps", ""), ("", "apps")] {
        for kind in ["folder", "pipe", "/dev/zero", "/dev/full"] {
            let files = folder(&[("a.yaml", CLEAN), ("apps/b.yaml", FAULTY)]);
            let path = files.path().join(place).join(".gitignore");
            match kind {
                "folder" => fs::create_dir(&path).expect("a folder"),
                "pipe" => assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success()),
                device => symlink(device, &path).expect("a link"),
            }
            let (status, text) = concise(&files.path().join(run), &[]);
            assert!(status == 2 && text.contains(".gitignore` is not a regular file"), "{kind}: {status} {text}");
        }
    }
    // An ignore file may be a link.
    let files = folder(&[("a.yaml", CLEAN), ("apps/b.yaml", FAULTY), ("ignore", "apps\n")]);
    symlink("ignore", files.path().join(".gitignore")).expect("a link");
    assert_eq!(concise(files.path(), &[]).0, 0);
}

/// A change can replace configuration, profile, vendor facts, baseline, trust root and sign-offs with links, as it can replace declarations.
#[test]
fn a_link_in_place_of_a_configuration_file_is_not_followed() {
    let outside = folder(&[
        ("secret", "token: CANARY-9f2c\nsecond [ CANARY-9f2c {\n"),
        ("a.json", "{\"CANARY-9f2c\": \"CANARY-9f2c\"}"),
        ("odd.yaml", "CANARY-9f2c: {CANARY-9f2c: 1}\n"),
    ]);
    let required = "version: 1\nsignoff: {required: [{name: c, when: {tiers: [1]}, roles: [s], maxAgeDays: 3}]}\n";
    let baseline = ["--baseline", "base.json"];
    for (config, link, target, more) in [
        ("", "leaver.yaml", "secret", &[][..]),
        ("", "leaver.yaml", "odd.yaml", &[]),
        ("version: 1\nprofile: ./p.yaml\n", "p.yaml", "secret", &[]),
        ("version: 1\nprofile: ./p.yaml\n", "p.yaml", "odd.yaml", &[]),
        ("version: 1\nprofile: ./d/odd.yaml\n", "d", "", &[]),
        ("version: 1\nvendors: [v.yaml]\n", "v.yaml", "odd.yaml", &[]),
        ("version: 1\nvendors: [d/odd.yaml]\n", "d", "", &[]),
        ("version: 1\npolicies: [d]\n", "d", "", &[]),
        (CONFIG, "base.json", "a.json", &baseline),
        (CONFIG, "base.json", "secret", &baseline),
        (required, "signoffs", "", &[]),
        (required, "signoffs/a.json", "a.json", &[]),
        (required, "trust/approvers.yaml", "odd.yaml", &[]),
        (required, "trust", "", &[]),
    ] {
        let files = folder(&[("a.yaml", CLEAN)]);
        if !config.is_empty() {
            fs::write(files.path().join("leaver.yaml"), config).expect("a file");
        }
        let place = files.path().join(link);
        fs::create_dir_all(place.parent().expect("a parent folder")).expect("a folder");
        symlink(outside.path().join(target), &place).expect("a link");
        for format in ["full", "concise", "json", "sarif"] {
            let output = leaver(files.path(), &[&["check", "-o", format], more].concat());
            let printed = format!("{}{}", out(&output), err(&output));
            assert!(code(&output) == 2 && !printed.contains("CANARY"), "{link} {format}: {printed}");
            // The message about a policy folder differs from the others, so only the common words are compared.
            assert!(printed.contains("is a link"), "{link} {format}: {printed}");
        }
        if link == "leaver.yaml" {
            let output = leaver(files.path(), &["config", "show"]);
            assert!(code(&output) == 2 && !err(&output).contains("CANARY"), "{}", err(&output));
        }
    }
    // A link that stays in the catalogue is accepted.
    let files = folder(&[("config/c.yaml", CONFIG), ("a.yaml", CLEAN)]);
    symlink("config/c.yaml", files.path().join("leaver.yaml")).expect("a link");
    assert!(
        ruleset::load(&Workspace::default(), files.path().to_str().expect("text").into(), None, &Overrides::default())
            .is_ok()
    );
    assert_eq!(concise(files.path(), &["--config", "leaver.yaml"]).0, 0);
}

/// A change may replace the baseline with a pipe, a device or a folder.
#[test]
fn a_baseline_that_is_not_a_file_does_not_hang() {
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN)]);
    let pipe = files.path().join("pipe.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    symlink("/dev/zero", files.path().join("zero.json")).expect("a link");
    for name in ["pipe.json", "zero.json", "/dev/zero", "."] {
        let (status, text) = concise(files.path(), &["--baseline", name]);
        assert!(status == 2 && text.contains(name), "{name}: {status} {text}");
    }
}

/// With `--trust-ref`, leaver reads tracked files even if an ignore file hides them, and reports unreadable files.
#[test]
fn tracked_files_are_not_skipped() {
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN)]);
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    let run = || {
        let output = with_git(files.path(), &["check", "-o", "concise", "--trust-ref", "HEAD"]);
        (code(&output), out(&output))
    };
    assert_eq!(run().0, 0, "{}", run().1);
    fs::write(files.path().join(".gitignore"), "hidden*\n").expect("a file");
    for (name, target, expected_text) in [
        (&b"hidden\xff.yaml"[..], None, "the name of `hidden\u{fffd}.yaml` is not UTF-8"),
        (b"hidden.yaml", Some("/etc/hostname"), "`hidden.yaml` is a link that leads out of the catalogue"),
        (b"hidden.yaml", Some("hidden.txt"), "`hidden.yaml` is a link to `hidden.txt`, which is not read"),
        (b"hidden.yaml", Some("nowhere"), "`hidden.yaml` is a link that leads nowhere"),
    ] {
        fs::write(files.path().join("hidden.txt"), FAULTY).expect("a file");
        let path = files.path().join(bytes(name));
        match target {
            Some(target) => symlink(target, &path).expect("a link"),
            None => fs::write(&path, FAULTY).expect("a file"),
        }
        git(files.path(), &["add", "-A", "--force"]);
        let (status, text) = run();
        assert!(status == 2 && text.contains(expected_text), "{expected_text}: {status} {text}");
        fs::remove_file(&path).expect("removed");
        git(files.path(), &["add", "-A", "--force"]);
    }
    // A link to a file that is read anyway is not reported.
    symlink("a.yaml", files.path().join("hidden.yaml")).expect("a link");
    git(files.path(), &["add", "-A", "--force"]);
    assert_eq!(run().0, 0, "{}", run().1);
}
