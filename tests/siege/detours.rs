//! Attempts to hide a declaration from a check: by the name of its file, or by a link in its path.
#![cfg(unix)]

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use crate::common::{self, CLEAN, FAULTY, code, commit_all, err, folder, git, leaver, out, with_git};

/// A repository with these files, committed on the branch `trusted`.
fn trusted_repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let files = folder(files);
    commit_as_trusted(files.path());
    files
}

fn commit_as_trusted(folder: &Path) {
    commit_all(folder);
    git(folder, &["branch", "-f", "trusted"]);
}

/// Runs leaver after a `cd` of a shell, as a pipeline does.
fn after_cd(folder: &Path, place: &str, arguments: &str) -> (i32, String) {
    let script =
        format!("cd {place} && exec '{}' {arguments} --trust-ref refs/heads/trusted", env!("CARGO_BIN_EXE_leaver"));
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(folder).env("PWD", folder).env("LEAVER_TODAY", common::TODAY);
    let output = shell.output().expect("a shell");
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

fn check(folder: &Path, more: &[&str]) -> (i32, String) {
    let output = with_git(folder, &[&["check", "-o", "concise", "--trust-ref", "refs/heads/trusted"], more].concat());
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

/// A file may be called `.yaml`. Path functions treat such a file as a hidden file without an extension.
#[test]
fn files_that_are_called_yaml_are_read() {
    for name in [".yaml", ".yml", ".YAML", "apps/.yaml", "apps/.Yml", "..yaml", "apps/...yml"] {
        let files = trusted_repository(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN)]);
        let path = files.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent folder")).expect("a folder");
        fs::write(path, FAULTY).expect("written");
        git(files.path(), &["add", "-A", "--force"]);
        let (status, printed) = check(files.path(), &[]);
        assert!(status == 1 && printed.contains("jit/no-update-owner"), "{name}: {status} {printed}");
    }
    // These are not names of YAML files.
    for name in ["yaml", "a.yaml.txt", ".yamllint", ".yaml~"] {
        let files = trusted_repository(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN), (name, FAULTY)]);
        assert_eq!(check(files.path(), &[]).0, 0, "{name}");
    }
}

/// `leaver diff` shows the effect of a change to reviewers, so an ignore file of the change must hide nothing from this command.
#[test]
fn an_ignore_file_hides_nothing_from_a_diff() {
    for (name, pattern) in [("b.yaml", "b.yaml\n"), ("apps/b.yaml", "apps\n"), ("b.yaml", "*\n")] {
        let files = trusted_repository(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN)]);
        let path = files.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent folder")).expect("a folder");
        fs::write(path, FAULTY).expect("written");
        fs::write(files.path().join(".gitignore"), pattern).expect("written");
        git(files.path(), &["add", "-A", "--force"]);
        let shown =
            |arguments: &[&str]| out(&with_git(files.path(), &[&["diff", "refs/heads/trusted"], arguments].concat()));
        let head = shown(&[]);
        assert!(head.contains("jit/no-update-owner"), "{pattern:?}, working tree: {head}");
        git(files.path(), &["commit", "-qm", "ignored"]);
        let head = shown(&["HEAD"]);
        assert!(head.contains("jit/no-update-owner"), "{pattern:?}, commit: {head}");
        // Base and head both have the file, so nothing changes.
        let same = out(&with_git(files.path(), &["diff", "HEAD", "HEAD"]));
        assert!(same.contains("no change in"), "{same}");
    }
    // A file that git does not track stays ignored.
    let files = trusted_repository(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN), (".gitignore", "b.yaml\n")]);
    fs::write(files.path().join("b.yaml"), FAULTY).expect("written");
    let printed = out(&with_git(files.path(), &["diff", "refs/heads/trusted"]));
    assert!(printed.contains("no change in"), "{printed}");
}

/// A change moves the catalogue that the pipeline names, and puts a link to another catalogue in its place.
#[test]
fn a_link_does_not_choose_the_catalogue() {
    let moved = || {
        let files = trusted_repository(&[
            ("a/cat/leaver.yaml", "version: 1\n"),
            ("a/cat/a.yaml", CLEAN),
            ("good/read.me", "x"),
        ]);
        let at = |name: &str| files.path().join(name);
        fs::write(at("a/cat/b.yaml"), FAULTY).expect("written");
        fs::write(at("good/leaver.yaml"), "version: 1\n").expect("written");
        fs::write(at("good/c.yaml"), CLEAN).expect("written");
        files
    };
    let whole = moved();
    fs::rename(whole.path().join("a/cat"), whole.path().join("rest")).expect("moved");
    symlink("../good", whole.path().join("a/cat")).expect("a link");
    let above = moved();
    fs::rename(above.path().join("a"), above.path().join("rest")).expect("moved");
    fs::rename(above.path().join("good"), above.path().join("cat")).expect("moved");
    fs::create_dir(above.path().join("good")).expect("a folder");
    fs::rename(above.path().join("cat"), above.path().join("good/cat")).expect("moved");
    symlink("good", above.path().join("a")).expect("a link");
    for (what, files) in [("the folder", &whole), ("a folder above", &above)] {
        git(files.path(), &["add", "-A", "--force"]);
        for path in ["a/cat", "a/cat/", "./a/cat/.", "a/../a/cat", "a/cat/c.yaml"] {
            let (status, printed) = check(files.path(), &[path]);
            assert!(status == 2 && printed.contains("is a link"), "{what}, {path}: {status} {printed}");
        }
        let absolute = files.path().join("a/cat/");
        let (status, printed) = check(files.path(), &[absolute.to_str().expect("text")]);
        assert!(status == 2 && printed.contains("is a link"), "{what}, absolute: {status} {printed}");
        for command in ["check", "signoff status", "signoff verify"] {
            let (status, printed) = after_cd(files.path(), "a/cat", command);
            assert!(status == 2 && printed.contains("is a link"), "{what}, {command}: {status} {printed}");
        }
    }
    // Links above the repository belong to the machine, so they are followed.
    let outside = folder(&[]);
    let files = trusted_repository(&[("cat/leaver.yaml", "version: 1\n"), ("cat/a.yaml", CLEAN)]);
    symlink(files.path(), outside.path().join("repository")).expect("a link");
    symlink(files.path().join("cat"), outside.path().join("inner")).expect("a link");
    for place in ["repository/cat", "inner"] {
        let (status, printed) = after_cd(outside.path(), place, "check");
        assert_eq!(status, 0, "{place}: {printed}");
    }
}

/// The link is in the index or in the working tree.
#[test]
fn a_link_does_not_choose_the_catalogue_of_staged_files() {
    for is_staged in [true, false] {
        let files = trusted_repository(&[("a/cat/leaver.yaml", "version: 1\n"), ("a/cat/a.yaml", CLEAN)]);
        let at = |name: &str| files.path().join(name);
        fs::create_dir(at("good")).expect("a folder");
        fs::write(at("good/leaver.yaml"), "version: 1\n").expect("written");
        fs::write(at("good/c.yaml"), CLEAN).expect("written");
        git(files.path(), &["add", "-A", "--force"]);
        let (status, printed) = check(files.path(), &["--staged", "a/cat"]);
        assert!(status == 0, "no link yet: {status} {printed}");
        fs::rename(at("a/cat"), at("rest")).expect("moved");
        symlink("../good", at("a/cat")).expect("a link");
        if is_staged {
            git(files.path(), &["add", "-A", "--force"]);
            fs::remove_file(at("a/cat")).expect("removed");
            fs::rename(at("rest"), at("a/cat")).expect("moved");
        }
        for path in ["a/cat", "a/cat/.", "./a/cat"] {
            let (status, printed) = check(files.path(), &["--staged", path]);
            assert!(status == 2 && printed.contains("is a link"), "staged: {is_staged}, {path}: {status} {printed}");
        }
    }
}

/// With `--staged`, a change consists of the files in the index. Otherwise, it consists of the tracked files in the working tree.
#[test]
fn an_app_that_moves_to_an_unread_file_is_found_among_staged_files() {
    for name in ["a.yaml.old", "old/a.yaml", "a.json"] {
        let zoom = CLEAN.replace("slack", "zoom");
        let zoom = zoom.split("---").next().expect("a document");
        let config = "version: 1\nexclude: [old/**]\n";
        let files = trusted_repository(&[("leaver.yaml", config), ("a.yaml", CLEAN), ("b.yaml", zoom)]);
        let at = |name: &str| files.path().join(name);
        fs::create_dir_all(at("old")).expect("a folder");
        fs::rename(at("b.yaml"), at(name)).expect("moved");
        // The move is not staged.
        assert_eq!(check(files.path(), &["--staged"]).0, 0, "{name}");
        git(files.path(), &["add", "-A", "--force"]);
        for more in [&["--staged"][..], &[]] {
            let (status, printed) = check(files.path(), more);
            let expected = format!("moves to `{name}`, which is not read");
            assert!(status == 1 && printed.contains(&expected), "{name}, {more:?}: {status} {printed}");
        }
        // The working tree has the file again, but the index does not.
        fs::rename(at(name), at("b.yaml")).expect("moved");
        let (status, printed) = check(files.path(), &["--staged"]);
        assert!(status == 1 && printed.contains("leaves the catalogue"), "{name}: {status} {printed}");
    }
}

/// People paste the command that `init` prints into a shell, so the name of the folder must be quoted.
#[test]
fn the_next_command_of_init_is_quoted() {
    for (name, shown) in [
        ("a b", "leaver check 'a b'"),
        ("$(touch pwned)", "leaver check '$(touch pwned)'"),
        ("a\n::error::x", "leaver check 'a\\u{a}\\u{3a}:error::x'"),
        ("##[error]x", "leaver check '\\u{23}#[error]x'"),
        ("\u{1b}[2Jx", "leaver check '\\u{1b}[2Jx'"),
        ("plain", "leaver check plain"),
    ] {
        let files = folder(&[]);
        let output = leaver(files.path(), &["init", name]);
        assert_eq!(code(&output), 0, "{name:?}: {}", err(&output));
        assert!(out(&output).contains(shown), "{name:?}: {}", out(&output));
        assert!(
            !out(&output).contains('\u{1b}') && !out(&output).lines().any(|line| line.starts_with("::")),
            "{name:?}"
        );
    }
}

/// A link in place of a file must not choose a catalogue with other rules.
#[test]
fn a_linked_file_does_not_choose_the_catalogue() {
    let lax = "version: 1\nrules: {jit/no-update-owner: {severity: off}}\n";
    let files = trusted_repository(&[
        ("prod/leaver.yaml", "version: 1\n"),
        ("prod/box.yaml", CLEAN),
        ("lax/leaver.yaml", lax),
        ("lax/apps/free.yaml", FAULTY),
    ]);
    fs::remove_file(files.path().join("prod/box.yaml")).expect("removed");
    symlink("../lax/apps/free.yaml", files.path().join("prod/box.yaml")).expect("a link");
    git(files.path(), &["add", "-A"]);
    for more in [&["prod/box.yaml"][..], &["prod/box.yaml", "--staged"], &["prod"], &["prod", "--staged"]] {
        let (status, text) = check(files.path(), more);
        assert!([1, 2].contains(&status), "{more:?}: {status} {text}");
    }
}

/// Tracked files are checked, even if an ignore file of the change names them.
#[test]
fn a_forced_file_is_not_hidden_by_an_ignore_file() {
    let files = trusted_repository(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN)]);
    fs::write(files.path().join(".gitignore"), "apps/\n").expect("written");
    fs::create_dir_all(files.path().join("apps")).expect("created");
    fs::write(files.path().join("apps/b.yaml"), FAULTY).expect("written");
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["add", "--force", "apps/b.yaml"]);
    let base = "refs/heads/trusted";
    for more in [
        &["--staged"][..],
        &["--since", base],
        &["--staged", "--since", base],
        &["--trust-ref", base],
        &["--staged", "--trust-ref", base],
    ] {
        let output = with_git(files.path(), &[&["check", "-o", "concise"], more].concat());
        assert!(code(&output) == 1 && out(&output).contains("apps/b.yaml"), "{more:?}: {}", out(&output));
    }
}
