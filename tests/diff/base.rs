//! The base of a comparison.

use super::*;

#[test]
fn the_default_base_is_the_merge_base_with_the_default_branch() {
    let files = slack();
    let root = files.path();
    git(root, &["checkout", "-qb", "feature"]);
    write(root, "apps/slack.yaml", &APP.replace("tier: 2", "tier: 1"));
    commit(root, "mine");
    git(root, &["checkout", "-q", "main"]);
    write(root, "apps/zoom.yaml", &APP.replace("name: slack", "name: zoom"));
    commit(root, "theirs");
    git(root, &["checkout", "-q", "feature"]);
    let text = diff(root, &[]);
    assert!(
        text.starts_with("merge base with main (") && text.contains("tier 2 → 1") && !text.contains("zoom"),
        "{text}"
    );
    let named = diff(root, &["main"]);
    assert!(
        named.contains("- zoom") && named.contains("app removed"),
        "a named commit is the base, not its merge base with HEAD: {named}"
    );
    // If both commits are named, the working tree and staged files do not count.
    write(root, "apps/slack.yaml", &APP.replace("tier: 2", "tier: 4"));
    git(root, &["add", "-A"]);
    let both = diff(root, &["feature~1", "feature"]);
    assert!(both.starts_with("feature~1 (") && both.contains("tier 2 → 1") && !both.contains("2 → 4"), "{both}");
}

#[test]
fn a_folder_of_the_repository_may_be_the_catalogue() {
    let files = repository(&[("readme.txt", "x"), ("other/a.yaml", CLEAN)]);
    let root = files.path();
    write(root, "cat/leaver.yaml", "version: 1\n");
    write(root, "cat/apps/slack.yaml", APP);
    git(root, &["add", "-A"]);
    let value = json(&root.join("cat/apps"), &["HEAD"], 0);
    let slack = entry(&value, "slack");
    assert_eq!((&slack["fate"], &slack["file"]), (&Value::from("added"), &Value::from("cat/apps/slack.yaml")));
    assert_eq!(value["base"]["declarations"], 0, "files outside the catalogue are not removed: {value:#}");
    commit(root, "cat");
    std::fs::remove_file(root.join("cat/leaver.yaml")).expect("removed");
    let value = json(&root.join("cat"), &["HEAD"], 0);
    assert_eq!(value["entries"], serde_json::json!([]), "the same folder without its leaver.yaml");
    let plain = json(&root.join("cat/apps"), &["HEAD~1", "HEAD"], 0);
    assert_eq!(entry(&plain, "slack")["fate"], "added");
    let neither = with_git(&root.join("other"), &["diff", "HEAD"]);
    assert_eq!(code(&neither), 0, "{}", err(&neither));
    let empty = repository(&[("readme.txt", "x")]);
    let neither = with_git(empty.path(), &["diff", "HEAD"]);
    assert!(code(&neither) == 3 && out(&neither).contains("no declaration on either side"), "{}", out(&neither));
}

#[test]
fn without_git_or_history_the_error_suggests_a_fix() {
    let plain = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN)]);
    for arguments in [&["diff"][..], &["diff", "HEAD"]] {
        let output = with_git(plain.path(), arguments);
        assert!(code(&output) == 2 && err(&output).contains("is not in a git repository"), "{}", err(&output));
        assert_eq!(out(&output), "");
    }
    let files = slack();
    let root = files.path();
    let unknown = with_git(root, &["diff", "origin/main"]);
    assert!(
        code(&unknown) == 2
            && err(&unknown).contains("there is no commit `origin/main`")
            && err(&unknown).contains("fetch-depth: 0"),
        "{}",
        err(&unknown)
    );
    let option = with_git(root, &["diff", "--", "--output=x"]);
    assert!(code(&option) == 2 && err(&option).contains("is not the name of a commit"), "{}", err(&option));
    git(root, &["branch", "-qm", "main", "trunk"]);
    let unnamed = with_git(root, &["diff"]);
    assert!(
        code(&unnamed) == 2
            && err(&unnamed).contains("cannot find the default branch")
            && err(&unnamed).contains("name the commit"),
        "{}",
        err(&unnamed)
    );
    // The shallow clone has the tip of main, but not the merge base.
    git(root, &["branch", "-q", "main"]);
    git(root, &["checkout", "-qb", "feature"]);
    write(root, "apps/slack.yaml", &APP.replace("tier: 2", "tier: 1"));
    commit(root, "mine");
    git(root, &["checkout", "-q", "main"]);
    write(root, "apps/zoom.yaml", &APP.replace("name: slack", "name: zoom"));
    commit(root, "theirs");
    let clone = tempfile::tempdir().expect("a folder");
    let from = format!("file://{}", root.display());
    git(clone.path(), &["clone", "-q", "--depth", "1", "--no-single-branch", "-b", "feature", &from, "c"]);
    let shallow = with_git(&clone.path().join("c"), &["diff"]);
    assert!(
        code(&shallow) == 2 && err(&shallow).contains("no common ancestor") && err(&shallow).contains("--unshallow"),
        "{}",
        err(&shallow)
    );
    let named = with_git(&clone.path().join("c"), &["diff", "origin/main", "HEAD"]);
    assert_eq!(code(&named), 0, "{}", err(&named));
}
