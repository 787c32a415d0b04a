//! leaver reads all requested files and no others.

#![cfg(target_os = "linux")]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::{Command, Stdio},
};

use leaver::files::Workspace;
use leaver::source::Selection;

use crate::common::{CLEAN, FAULTY, code, err, folder, git, leaver, leaver_with, out, with_git};

const CONFIG: &str = "version: 1\n";

#[test]
fn without_a_configuration_only_named_files_are_read() {
    let more = CLEAN.replace("slack", "zoom").replace("it-apps", "more-apps");
    let files = folder(&[("a.yaml", CLEAN), ("b.yaml", FAULTY), ("c.yaml", &more)]);
    let named = leaver(files.path(), &["check", "a.yaml", "c.yaml"]);
    assert_eq!(code(&named), 0, "{}", out(&named));
    let input = leaver_with(files.path(), &["check", "-"], CLEAN);
    assert_eq!(code(&input), 0, "{}", out(&input));
    assert_eq!(code(&leaver(files.path(), &["check"])), 1);
}

#[test]
fn names_without_declarations_are_ignored() {
    let files = folder(&[("leaver.yaml", CONFIG), ("apps.yaml/a.yaml", CLEAN), ("notes.txt", "x")]);
    symlink("notes.txt", files.path().join("more.txt")).expect("a link");
    let root = camino::Utf8Path::from_path(files.path()).expect("text");
    let found = Workspace::default().walk(root, &Selection::default());
    let names: Vec<&str> =
        found.files.iter().filter_map(|path| path.strip_prefix(root).ok()?.as_str().into()).collect();
    assert_eq!((names, found.errors.len()), (vec!["apps.yaml/a.yaml"], 0));
}

/// Documents of other tools, including broken templates, are counted, but not reported.
#[test]
fn foreign_documents_are_only_counted() {
    let files = folder(&[
        ("leaver.yaml", CONFIG),
        ("a.yaml", CLEAN),
        ("chart.yaml", "kind: Deployment\nreplicas: {{ .Values.replicas }\n"),
        ("two.yaml", "kind: Service\n---\nkind: Ingress\n"),
        ("empty.yaml", ""),
    ]);
    let output = leaver(files.path(), &["check", "-o", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!((code(&output), &report["findings"]), (0, &serde_json::json!([])));
    assert_eq!(report["summary"]["skippedDocuments"], 3);
}

#[test]
fn a_file_may_be_as_large_as_the_limit_and_no_larger() {
    let files = folder(&[("a.yaml", "a: 1\n")]);
    let path = camino::Utf8PathBuf::from_path_buf(files.path().join("a.yaml")).expect("text");
    assert!(Workspace::default().read_listed(&path, 5).is_ok());
    assert!(Workspace::default().read_listed(&path, 4).is_err_and(|error| error.to_string().contains("4 bytes")));
}

#[test]
fn a_missing_path_is_reported_with_a_fix() {
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN)]);
    let output = leaver(files.path(), &["check", "b.yaml"]);
    let text = out(&output);
    assert!(
        code(&output) == 2 && text.contains("if it was deleted or renamed") && text.contains("`--since`"),
        "{text}"
    );
}

/// Replaces a tracked file in the working tree, and returns the status and the output of `check --trust-ref HEAD`.
fn tracked(change: impl Fn(&Path)) -> (i32, String) {
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN), ("b.yaml", "kind: Other\n")]);
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    let path = files.path().join("b.yaml");
    fs::remove_file(&path).expect("removed");
    change(&path);
    let output = with_git(files.path(), &["check", "-o", "concise", "--trust-ref", "HEAD"]);
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

#[test]
fn a_tracked_file_replaced_with_something_else_is_reported_once() {
    let (status, text) = tracked(|_| ());
    assert_eq!(status, 0, "a deletion that is not in a commit: {text}");
    let (status, text) = tracked(|path| fs::create_dir(path).expect("a folder"));
    assert!(status == 2 && text.contains("`b.yaml` is not a regular file"), "{text}");
    let pipe = |path: &Path| assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
    let (status, text) = tracked(pipe);
    assert!(status == 2 && text.matches("`b.yaml` is not a regular file").count() == 1, "{text}");
    let (status, text) = tracked(|path| {
        assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
        assert!(Command::new("mkfifo").arg(path.with_file_name("c.yaml")).status().expect("mkfifo").success());
    });
    let times = |name: &str| text.matches(&format!("`{name}` is not a regular file")).count();
    assert!(status == 2 && times("b.yaml") == 1 && times("c.yaml") == 1, "{text}");
}

/// leaver reports an unreadable ignore file in the catalogue, since the file could re-include other files. leaver skips an unreadable ignore file
/// above the catalogue, since it is outside the user's control.
#[test]
fn an_unreadable_ignore_file_in_the_catalogue_is_reported() {
    let files = folder(&[(".gitignore", "x\n"), ("sub/.gitignore", "x\n"), ("sub/leaver.yaml", CONFIG)]);
    fs::write(files.path().join("sub/a.yaml"), CLEAN).expect("a file");
    let closed = |name: &str| {
        let path = files.path().join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).expect("the permissions change");
    };
    fs::set_permissions(files.path(), fs::Permissions::from_mode(0o755)).expect("the permissions change");
    let me = Command::new("id").arg("-u").output().expect("`id` runs").stdout;
    let check = || {
        let mut command = if me.starts_with(b"0\n") {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", env!("CARGO_BIN_EXE_leaver")]);
            command
        } else {
            Command::new(env!("CARGO_BIN_EXE_leaver"))
        };
        let command = command.args(["check", "-o", "concise"]).current_dir(files.path().join("sub"));
        command.env("LEAVER_TODAY", crate::common::TODAY).stdin(Stdio::null()).output()
    };
    closed(".gitignore");
    match check() {
        Ok(output) if !err(&output).contains("setpriv") => assert_eq!(code(&output), 0, "{}", out(&output)),
        _ => return eprintln!("skipped: this machine cannot run a command as a user other than root"),
    }
    closed("sub/.gitignore");
    let output = check().expect("leaver started before");
    let text = out(&output);
    assert!(code(&output) == 2 && text.contains("cannot read `.gitignore`: Permission denied"), "{text}");
}
