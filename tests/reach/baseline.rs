//! `baseline` in leaver.yaml, and paths that do not exist.

use std::path::Path;

use serde_json::Value;

use crate::common::{CLEAN, FAULTY, code, err, folder, git, leaver, out, with_git};

fn check(root: &Path, arguments: &[&str]) -> (i32, String) {
    let output = with_git(root, &[&["check", "-o", "concise"], arguments].concat());
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

const CONFIG: &str = "version: 1\nbaseline: lists/known.json\n";

/// A catalogue with one error that is in its baseline.
fn catalogue() -> tempfile::TempDir {
    let files = folder(&[
        ("leaver.yaml", CONFIG),
        ("a.yaml", FAULTY),
        ("lists/none.json", "{\"version\": 2, \"findings\": []}\n"),
    ]);
    let (status, text) = check(files.path(), &["--update-baseline", "--add-to-baseline"]);
    assert_eq!(status, 0, "{text}");
    files
}

fn commit(root: &Path) {
    if !root.join(".git").exists() {
        git(root, &["init", "-q"]);
    }
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "base"]);
}

#[test]
fn the_configuration_names_the_baseline() {
    let files = catalogue();
    let root = files.path();
    let list: Value =
        serde_json::from_str(&std::fs::read_to_string(root.join("lists/known.json")).expect("text")).expect("JSON");
    assert!(list["findings"].as_array().is_some_and(|rows| !rows.is_empty()));
    let (status, text) = check(root, &[]);
    assert!(status == 0 && text.contains("known"), "{text}");
    // The baseline also applies if leaver runs in a subfolder or checks a single path.
    std::fs::create_dir(root.join("sub")).expect("a folder");
    assert_eq!(check(&root.join("sub"), &[]).0, 0);
    assert_eq!(check(root, &["a.yaml"]).0, 0);
    // The command line takes precedence.
    let (status, text) = check(root, &["--baseline", "lists/none.json"]);
    assert!(status == 1 && text.contains("error[jit/no-update-owner]"), "{text}");
    // A missing baseline counts as empty, as with `--baseline`.
    std::fs::remove_file(root.join("lists/known.json")).expect("removed");
    assert_eq!(check(root, &[]).0, 1);
    let shown = out(&leaver(root, &["config", "show"]));
    assert!(shown.contains("lists/known.json") && shown.contains("leaver.yaml:2"), "{shown}");
}

#[test]
fn a_baseline_lies_in_the_catalogue_and_no_output_replaces_it() {
    for name in ["../known.json", "/etc/known.json", "a/../../known.json"] {
        let files = folder(&[("leaver.yaml", &format!("version: 1\nbaseline: {name}\n")), ("a.yaml", CLEAN)]);
        let (status, text) = check(files.path(), &[]);
        assert!(status == 2 && text.contains("leads out of the catalogue"), "{name}: {text}");
    }
    let files = catalogue();
    let before = std::fs::read(files.path().join("lists/known.json")).expect("a file");
    let (status, text) = check(files.path(), &["-o", "json=lists/known.json"]);
    assert!(status == 2 && text.contains("is the baseline"), "{text}");
    assert_eq!(std::fs::read(files.path().join("lists/known.json")).expect("a file"), before);
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN)]);
    let (status, text) = check(files.path(), &["--update-baseline"]);
    assert!(status == 2 && text.contains("there is no baseline to update"), "{text}");
}

/// With `--trust-ref`, the name and the content of the baseline come from the trusted commit. leaver reports a change of the name or the content.
#[test]
fn a_change_does_not_bring_its_own_baseline() {
    let other = |root: &Path| {
        std::fs::write(
            root.join("b.yaml"),
            FAULTY.replace("name: box", "name: zoom").split("---").next().expect("the app"),
        )
        .expect("written");
    };
    let write = |root: &Path, name: &str, text: &str| std::fs::write(root.join(name), text).expect("written");
    let trust = ["--trust-ref", "refs/heads/main"];
    // Findings in the baseline of the trusted commit are known.
    let files = catalogue();
    commit(files.path());
    let (status, text) = check(files.path(), &trust);
    assert!(status == 0 && !text.contains("trust/changed"), "{text}");
    // The change adds findings to the baseline.
    other(files.path());
    assert_eq!(check(files.path(), &["--update-baseline", "--add-to-baseline"]).0, 0);
    let (status, text) = check(files.path(), &trust);
    assert!(status == 1 && text.contains("b.yaml:") && text.contains("error[jit/no-update-owner] zoom"), "{text}");
    assert!(text.contains("error[trust/changed] `lists/known.json` is edited and relaxes the check"), "{text}");
    // The change names another baseline.
    let files = catalogue();
    commit(files.path());
    other(files.path());
    write(files.path(), "leaver.yaml", "version: 1\nbaseline: lists/more.json\n");
    assert_eq!(check(files.path(), &["--update-baseline", "--add-to-baseline"]).0, 0);
    let (status, text) = check(files.path(), &trust);
    assert!(status == 1 && text.contains("error[jit/no-update-owner] zoom"), "{text}");
    assert!(text.contains("error[trust/changed]") && text.contains("relaxes the check"), "{text}");
    assert!(!text.contains("error[jit/no-update-owner] box"), "the trusted baseline still counts: {text}");
    // The trusted commit has no baseline.
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN)]);
    commit(files.path());
    write(files.path(), "b.yaml", FAULTY);
    write(files.path(), "leaver.yaml", CONFIG);
    std::fs::create_dir(files.path().join("lists")).expect("a folder");
    assert_eq!(check(files.path(), &["--update-baseline", "--add-to-baseline"]).0, 0);
    let (status, text) = check(files.path(), &trust);
    assert!(
        status == 1 && text.contains("error[jit/no-update-owner] box") && text.contains("error[trust/changed]"),
        "{text}"
    );
    // Removing or shrinking a baseline relaxes nothing.
    let files = catalogue();
    commit(files.path());
    write(files.path(), "lists/known.json", "{\"version\": 2, \"findings\": []}\n");
    let (status, text) = check(files.path(), &trust);
    assert!(status == 0 && text.contains("warning[trust/changed]"), "{text}");
    write(files.path(), "leaver.yaml", "version: 1\n");
    let (status, text) = check(files.path(), &trust);
    assert!(status == 0 && !text.contains("relaxes"), "{text}");
}

#[test]
fn staged_checks_use_the_baseline() {
    let files = catalogue();
    commit(files.path());
    let (status, text) = check(files.path(), &["--staged"]);
    assert!(status == 0 && text.contains("known"), "{text}");
}

/// The missing path is reported even if there are other failures, or if a faulty configuration prevents the check.
#[test]
fn a_path_that_does_not_exist_is_reported_first() {
    for (files, arguments) in [
        (&[("leaver.yaml", "version: 1\n"), ("apps.yaml", FAULTY)][..], &["nowhere.yaml"][..]),
        (&[("leaver.yaml", "version: 1\nprofile: [\n"), ("apps.yaml", FAULTY)], &["nowhere.yaml"]),
        (&[("leaver.yaml", "version: 1\n"), ("apps.yaml", FAULTY)], &["apps.yaml", "nowhere.yaml"]),
        (&[("leaver.yaml", "version: 1\n"), ("apps.yaml", FAULTY)], &["--profile", "none", "nowhere.yaml"]),
        (&[("leaver.yaml", "version: 1\n"), ("apps.yaml", FAULTY)], &["--framework", "none", "nowhere.yaml"]),
        (&[("apps.yaml", FAULTY)], &["apps.yaml", "nowhere.yaml"]),
        (&[("apps.yaml", FAULTY)], &["--baseline", "apps.yaml", "nowhere.yaml"]),
    ] {
        let files = folder(files);
        let (status, text) = check(files.path(), arguments);
        let first = text.lines().next().unwrap_or_default();
        assert!(status == 2 && first.contains("nowhere.yaml"), "{arguments:?}: {text}");
        assert!(!text.contains("jit/no-update-owner"), "{arguments:?}: {text}");
    }
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("apps/monday.yaml", FAULTY)]);
    let full = with_git(files.path(), &["check", "apps/mondy.yaml", "apps/other.yaml"]);
    assert!(out(&full).contains("did you mean `apps/monday.yaml`?"), "{}", out(&full));
    assert!(out(&full).contains("apps/other.yaml"), "{}", out(&full));
    commit(files.path());
    let (status, text) = check(files.path(), &["--since", "HEAD", "nowhere.yaml"]);
    assert!(status == 2 && text.contains("nowhere.yaml") && !text.contains("[jit/"), "{text}");
    // A path that the change deletes is not a mistake.
    std::fs::remove_file(files.path().join("apps/monday.yaml")).expect("removed");
    let (status, text) = check(files.path(), &["--since", "HEAD", "apps/monday.yaml"]);
    assert!(status == 3 && !text.contains("failure"), "{text}");
}
