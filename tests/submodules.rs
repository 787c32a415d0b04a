//! Commits and the index contain the id of a submodule's commit, but not the declarations in the submodule. leaver must report that the
//! declarations are missing.

use std::{fs, path::Path};

use crate::common::{CLEAN, FAULTY, code, commit_all, err, git, out, repository, with_git};

const CONFIG: &str = "version: 1\nexclude: [excluded/**]\n";
/// Another clean app, of the same team.
const OTHER: &str = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: zoom, owner: it-apps}\nspec: {provisioning: {mode: none}, tier: 3, dataClass: internal, nonHuman: [], thirdPartyGrants: []}\n";

fn add_submodule(folder: &Path, inner: &Path, name: &str) {
    let from = inner.display().to_string();
    git(folder, &["-c", "protocol.file.allow=always", "submodule", "add", "-q", "-f", &from, name]);
}

/// Checks out the latest commit of a submodule.
fn pull(folder: &Path, name: &str) {
    git(folder, &["-c", "protocol.file.allow=always", "submodule", "update", "-q", "--remote", name]);
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = with_git(folder, arguments);
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

#[test]
fn a_staged_submodule_is_reported() {
    for (name, text) in [("apps", FAULTY), ("apps/deep/er", FAULTY), ("apps", OTHER)] {
        let inner = repository(&[("b.yaml", text)]);
        let files = repository(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN)]);
        let staged = ["check", "-o", "concise", "--staged"];
        assert_eq!(run(files.path(), &staged).0, 0);
        add_submodule(files.path(), inner.path(), name);
        let expected = format!("the declarations in the submodule `{name}` are not read");
        // The submodule is new, then committed, then no longer checked out.
        for step in 0..3 {
            match step {
                1 => commit_all(files.path()),
                2 => git(files.path(), &["submodule", "deinit", "-q", "-f", name]),
                _ => {}
            }
            for more in [&[][..], &["a.yaml"], &["--since", "HEAD"], &["--trust-ref", "HEAD"], &[name]] {
                let (status, printed) = run(files.path(), &[&staged[..], more].concat());
                assert!(status == 2 && printed.contains(&expected), "{name}, {step}, {more:?}: {status} {printed}");
            }
        }
    }
    // A submodule outside the catalogue, or in an excluded folder, does not matter.
    let inner = repository(&[("b.yaml", FAULTY)]);
    let files = repository(&[("cat/leaver.yaml", CONFIG), ("cat/a.yaml", CLEAN)]);
    add_submodule(files.path(), inner.path(), "elsewhere");
    add_submodule(files.path(), inner.path(), "cat/excluded/apps");
    let (status, printed) = run(&files.path().join("cat"), &["check", "--staged"]);
    assert_eq!(status, 0, "{printed}");
}

/// If the commit of a submodule differs between base and head, the declarations of the base are unknown.
#[test]
fn a_changed_submodule_is_reported_in_comparisons() {
    let inner = repository(&[("b.yaml", OTHER)]);
    let files = repository(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN)]);
    let path = files.path();
    add_submodule(path, inner.path(), "apps");
    commit_all(path);
    git(path, &["tag", "before"]);
    let changed = "the submodule `apps` has changed";
    let commands = [
        &["check", "--since", "refs/tags/before"][..],
        &["check", "--since", "refs/tags/before", "a.yaml"],
        &["diff", "refs/tags/before"],
    ];
    for command in commands {
        let (status, printed) = run(path, command);
        assert!(status == 0 && !printed.contains("submodule"), "{command:?}: {status} {printed}");
    }
    // The submodule has another commit.
    fs::write(inner.path().join("b.yaml"), OTHER.replace("tier: 3", "tier: 2")).expect("written");
    commit_all(inner.path());
    pull(path, "apps");
    git(path, &["add", "apps"]);
    let compared = |what: &str| {
        for command in commands {
            let (status, printed) = run(path, command);
            assert!(status == 2 && printed.contains(changed), "{what}, {command:?}: {status} {printed}");
        }
        git(path, &["commit", "-qm", what]);
        let (status, printed) = run(path, &["diff", "refs/tags/before", "HEAD"]);
        assert!(status == 2 && printed.contains(changed), "{what}: {status} {printed}");
    };
    compared("another commit");
    // The submodule is removed, or its files are moved into the repository.
    git(path, &["rm", "-q", "-f", "apps"]);
    compared("removed");
    fs::create_dir_all(path.join("apps")).expect("a folder");
    fs::write(path.join("apps/b.yaml"), OTHER).expect("written");
    git(path, &["add", "-A", "--force"]);
    compared("a folder");
}

/// A new submodule has no base. A submodule that is the same in base and head is not a change.
#[test]
fn new_and_unchanged_submodules_are_compared() {
    let inner = repository(&[("b.yaml", FAULTY)]);
    let files = repository(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN)]);
    let path = files.path();
    git(path, &["tag", "before"]);
    add_submodule(path, inner.path(), "apps");
    commit_all(path);
    let since = ["check", "-o", "concise", "--since", "refs/tags/before"];
    let (status, printed) = run(path, &since);
    assert!(status == 1 && printed.contains("apps/b.yaml:7:3: error[jit/no-update-owner]"), "{status} {printed}");
    let (status, printed) = run(path, &["diff", "refs/tags/before"]);
    assert!(status != 2 && printed.contains("box"), "{status} {printed}");
    // The head is a commit, which lacks the files of the submodule.
    let (status, printed) = run(path, &["diff", "refs/tags/before", "HEAD"]);
    assert!(status == 2 && printed.contains("the submodule `apps` has changed"), "{status} {printed}");
    // Base and head have the same commit of the submodule.
    git(path, &["tag", "-f", "before"]);
    let (status, printed) = run(path, &since);
    assert!(status == 0 && !printed.contains("jit/no-update-owner"), "{status} {printed}");
    for diff in [&["diff", "refs/tags/before"][..], &["diff", "refs/tags/before", "HEAD"]] {
        let (status, printed) = run(path, diff);
        assert!(status == 0 && !printed.contains("box"), "{diff:?}: {status} {printed}");
    }
    // The submodule is new and not checked out.
    git(path, &["submodule", "deinit", "-q", "-f", "apps"]);
    git(path, &["tag", "-f", "before", "HEAD~1"]);
    for command in [&since[..], &["diff", "refs/tags/before"], &["check", "--trust-ref", "refs/tags/before"]] {
        let (status, printed) = run(path, command);
        let found = printed.contains("the submodule `apps` is new and not checked out");
        assert!(status == 2 && found, "{command:?}: {status} {printed}");
    }
}

/// With `--trust-ref`, a submodule counts as changed if the trusted commit contains another commit of the submodule.
#[test]
fn a_changed_submodule_that_is_not_checked_out_is_reported() {
    let inner = repository(&[("b.yaml", OTHER)]);
    let files = repository(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN)]);
    let path = files.path();
    add_submodule(path, inner.path(), "apps");
    commit_all(path);
    git(path, &["tag", "before"]);
    fs::write(inner.path().join("b.yaml"), FAULTY).expect("written");
    commit_all(inner.path());
    pull(path, "apps");
    git(path, &["add", "apps"]);
    git(path, &["submodule", "deinit", "-q", "-f", "apps"]);
    let (status, printed) = run(path, &["check", "--trust-ref", "refs/tags/before"]);
    assert!(status == 2 && printed.contains("`apps` has changed and is not checked out"), "{status} {printed}");
}
