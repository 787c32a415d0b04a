//! `--config` with `--trust-ref`: the file is read from the trusted commit, so that a change cannot edit its own checks.

use std::path::Path;

use crate::common::{CLEAN, FAULTY, code, err, folder, git, out, with_git};

const STRICT: &str = "version: 1\n";
const LAX: &str = "version: 1\nrules: {jit/no-update-owner: {severity: off}}\n";

fn check(folder: &Path, more: &[&str]) -> (i32, String) {
    let output = with_git(folder, &[&["check", "-o", "concise"], more].concat());
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

/// A commit with three configurations but no `leaver.yaml`, and a change with an error.
fn repository() -> tempfile::TempDir {
    let files =
        folder(&[("strict.yaml", STRICT), ("conf/strict.yaml", STRICT), ("lax/strict.yaml", LAX), ("a.yaml", CLEAN)]);
    git(files.path(), &["init", "-q"]);
    commit(files.path());
    write(files.path(), "b.yaml", FAULTY);
    files
}

fn commit(folder: &Path) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-qm", "base"]);
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("written");
    git(folder, &["add", "-A"]);
}

#[test]
fn the_configuration_of_the_commit_is_used() {
    let files = repository();
    write(files.path(), "strict.yaml", LAX);
    let root = files.path().to_str().expect("UTF-8").to_owned();
    assert_eq!(check(files.path(), &["--config", "strict.yaml"]).0, 0, "the change relaxes its own check");
    for path in
        ["strict.yaml", "./strict.yaml", "conf/../strict.yaml", "gone/../strict.yaml", &format!("{root}/strict.yaml")]
    {
        let (status, text) = check(files.path(), &["--config", path, "--trust-ref", "refs/heads/main"]);
        assert!(status == 1 && text.contains("error[jit/no-update-owner]"), "{path}: {text}");
        assert!(text.contains("trust/changed] `strict.yaml` is edited"), "{path}: {text}");
    }
}

#[test]
fn a_configuration_outside_the_repository_or_missing_from_the_commit_is_refused() {
    let files = repository();
    write(files.path(), "new.yaml", LAX);
    let (status, text) = check(files.path(), &["--config", "new.yaml", "--trust-ref", "refs/heads/main"]);
    assert!(status == 2 && text.contains("has no file `new.yaml`"), "{text}");
    let outside = folder(&[("lax.yaml", LAX)]);
    let path = outside.path().join("lax.yaml");
    let path = path.to_str().expect("UTF-8");
    for path in [path, "../lax.yaml", "conf/../../lax.yaml"] {
        let (status, text) = check(files.path(), &["--config", path, "--trust-ref", "refs/heads/main"]);
        assert!(status == 2 && text.contains("is outside the repository"), "{path}: {text}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_of_the_change_does_not_choose_another_file() {
    use std::os::unix::fs::symlink;
    let files = repository();
    write(files.path(), "conf/b.yaml", FAULTY);
    let arguments = ["--config", "conf/strict.yaml", "--trust-ref", "refs/heads/main"];
    let (honest, text) = check(files.path(), &arguments);
    assert_eq!(honest, 1, "{text}");
    std::fs::remove_file(files.path().join("conf/strict.yaml")).expect("removed");
    symlink("../lax/strict.yaml", files.path().join("conf/strict.yaml")).expect("a link");
    git(files.path(), &["add", "-A"]);
    let (status, text) = check(files.path(), &arguments);
    assert!(status != 0 && text.contains("jit/no-update-owner"), "a link to a file: {text}");
    std::fs::rename(files.path().join("conf"), files.path().join("moved")).expect("renamed");
    symlink("lax", files.path().join("conf")).expect("a link");
    git(files.path(), &["add", "-A"]);
    let (status, text) = check(files.path(), &arguments);
    assert_ne!(status, 0, "a link to a folder: {text}");
}

#[test]
fn trust_ref_works_from_a_subfolder_and_with_since() {
    let files = repository();
    write(files.path(), "conf/strict.yaml", LAX);
    write(files.path(), "conf/b.yaml", FAULTY);
    for since in [&[][..], &["--since", "refs/heads/main"]] {
        let arguments = [&["--config", "strict.yaml", "--trust-ref", "refs/heads/main"], since].concat();
        let (status, text) = check(&files.path().join("conf"), &arguments);
        assert!(status == 1 && text.contains("b.yaml") && text.contains("jit/no-update-owner"), "{text}");
    }
}
