//! leaver distinguishes unreadable declarations from removed ones by the file that a failure names, never by the message of the failure.

use serde_json::Value;

use super::{commit, entry, json, repository, write};
use crate::common::{code, err, with_git};

fn team(name: &str) -> String {
    format!("apiVersion: leaver/v1\nkind: Team\nmetadata: {{name: {name}}}\nspec: {{members: [x, z]}}\n")
}

#[test]
fn a_removed_team_is_removed_regardless_of_unreadable_files() {
    // The file with the first team is deleted, and the file with the second team is broken.
    for (gone, broken) in [
        ("a/teams.yaml", "b/teams.yaml"),
        ("teams.yaml", "b/teams.yaml"),
        ("a/teams.yaml", "teams.yaml"),
        ("a/teams.yaml", "a/more-teams.yaml"),
        ("a/teams.yaml", "aa/teams.yaml"),
        ("b/a/teams.yaml", "a/teams.yaml"),
    ] {
        let files = repository(&[(gone, &team("one")), (broken, &team("two")), ("kept.yaml", &team("three"))]);
        let root = files.path();
        std::fs::remove_file(root.join(gone)).expect("removed");
        std::fs::write(root.join(broken), b"kind: Team\nx: \xff\n").expect("written");
        let printed = |value: &Value| {
            assert_eq!(entry(value, "one")["fate"], "removed", "{gone} {broken}: {value}");
            assert_eq!(entry(value, "two")["fate"], "unread", "{gone} {broken}: {value}");
        };
        printed(&json(root, &[], 2));
        commit(root, "broken");
        printed(&json(root, &["HEAD~1", "HEAD"], 2));
        // In the same way, leaver distinguishes added declarations from declarations that were unreadable in the base.
        write(root, gone, &team("one"));
        write(root, broken, &team("two"));
        let value = json(root, &["HEAD"], 2);
        assert_eq!(entry(&value, "one")["fate"], "added", "{gone} {broken}: {value}");
        assert_eq!(entry(&value, "two")["fate"], "unread", "{gone} {broken}: {value}");
    }
}

#[cfg(unix)]
#[test]
fn an_unreadable_folder_may_contain_files_of_the_base() {
    let files =
        repository(&[("a/teams.yaml", &team("one")), ("b/c/teams.yaml", &team("two")), ("bb/x.yaml", &team("three"))]);
    let root = files.path();
    for folder in ["a", "b", "bb"] {
        std::fs::remove_dir_all(root.join(folder)).expect("removed");
    }
    let elsewhere = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(elsewhere.path(), root.join("b")).expect("a link");
    let value = json(root, &[], 2);
    let fate = |name: &str| entry(&value, name)["fate"].as_str().expect("text").to_owned();
    assert_eq!([fate("one"), fate("two"), fate("three")], ["removed", "unread", "removed"]);
}

#[test]
fn paths_of_changes_are_unambiguous_and_findings_have_addresses() {
    let app = |entries: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: box, owner: three}}\nspec:\n  provisioning: {{mode: none}}\n  nonHuman:\n{entries}---\n{}",
            team("three")
        )
    };
    let files =
        repository(&[("a.yaml", &app("  - {name: 'x].owner', kind: bot, owner: three}\n  - {name: y, kind: bot}\n"))]);
    let root = files.path();
    write(
        root,
        "a.yaml",
        &app("  - {name: z, kind: bot}\n  - {name: y, kind: bot}\n  - {name: 'x].owner', kind: bot, owner: one}\n"),
    );
    let value = json(root, &[], 0);
    let changed = entry(&value, "box");
    let paths: Vec<&str> =
        changed["changes"].as_array().expect("a list").iter().map(|one| one["path"].as_str().expect("text")).collect();
    assert!(paths.contains(&"spec.nonHuman[\"x].owner\"].owner") && paths.contains(&"spec.nonHuman[z]"), "{paths:?}");
    let gained = changed["gained"].as_array().expect("a list");
    let addresses: Vec<&str> = gained.iter().map(|one| one["address"].as_str().expect("text")).collect();
    assert!(addresses.contains(&"spec.nonHuman[z].owner"), "{addresses:?}");
    assert!(addresses.iter().all(|address| !address.contains("[y]")), "a moved finding is not new: {addresses:?}");
}

/// Exit status 2 is explained even if all reports are files.
#[test]
fn an_incomplete_report_in_a_file_is_explained_on_standard_error() {
    let files = repository(&[("teams.yaml", &team("one"))]);
    let root = files.path();
    for (text, explanation) in [
        (&b"kind: Team\nx: \xff\n"[..], "is not UTF-8"),
        (b"apiVersion: leaver/v1\nkind: Team\nmetadata: {name: one\n", "not everything could be read"),
    ] {
        std::fs::write(root.join("teams.yaml"), text).expect("written");
        let output = with_git(root, &["diff", "HEAD", "-o", "json=diff.json"]);
        let printed = err(&output);
        assert!(code(&output) == 2 && printed.contains(explanation), "{printed}");
    }
}
