//! `--since` and baselines: exactly what a change added, whatever moved.

mod common;

use common::{FAULTY, code, err, folder, git, leaver, out, with_git};

/// A repository with old findings: one catalogue in a folder of it.
fn repository() -> tempfile::TempDir {
    let files = folder(&[("cat/leaver.yaml", "version: 1\n"), ("cat/old.yaml", FAULTY), ("readme.txt", "x")]);
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    files
}

/// The same app under another name, without the team.
fn app(name: &str) -> String {
    FAULTY.split("---").next().unwrap_or_default().replace("{name: box}", &format!("{{name: {name}}}"))
}

#[test]
fn since_reports_what_a_change_added() {
    let files = repository();
    let root = files.path().join("cat");
    assert_eq!(code(&with_git(&root, &["check"])), 1);
    let same = with_git(&root, &["check", "--since", "HEAD"]);
    assert_eq!(code(&same), 0, "{}{}", out(&same), err(&same));
    assert!(out(&same).contains("1 finding known"), "{}", out(&same));
    std::fs::write(root.join("new.yaml"), app("fresh")).expect("written");
    let new = with_git(&root, &["check", "--since", "HEAD", "-o", "concise"]);
    assert_eq!(code(&new), 1, "{}", out(&new));
    assert!(out(&new).contains("new.yaml") && !out(&new).contains("old.yaml"), "{}", out(&new));
    let json: serde_json::Value =
        serde_json::from_str(&out(&with_git(&root, &["check", "--since", "HEAD", "-o", "json"]))).expect("JSON");
    assert_eq!(json["summary"]["known"], 1);
}

#[test]
fn moved_lines_renamed_files_and_moved_apps_are_not_new() {
    let files = repository();
    let root = files.path().join("cat");
    let moved = format!("# one\n# two\n{}---\n{FAULTY}", app("other"));
    std::fs::remove_file(root.join("old.yaml")).expect("removed");
    std::fs::create_dir_all(root.join("deep")).expect("a folder");
    std::fs::write(root.join("deep/all.yaml"), moved).expect("written");
    let output = with_git(&root, &["check", "--since", "HEAD", "-o", "concise"]);
    assert_eq!(code(&output), 1);
    assert_eq!(
        out(&output).lines().filter(|line| line.contains("error[")).count(),
        1,
        "only `other` is new: {}",
        out(&output)
    );
    assert!(out(&output).contains("other: accounts are created"), "{}", out(&output));
}

#[test]
fn what_is_not_valid_is_always_reported() {
    let files = repository();
    let root = files.path().join("cat");
    std::fs::write(root.join("bad.yaml"), "apiVersion: leaver/v1\nkind: App\nmetadata: {name: x}\nspec: {tier: 9}\n")
        .expect("written");
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "bad"]);
    let output = with_git(&root, &["check", "--since", "HEAD", "-o", "concise"]);
    assert!(code(&output) == 1 && out(&output).contains("schema/invalid-value"), "{}", out(&output));
}

#[test]
fn without_git_or_the_commit_the_error_says_what_to_do() {
    let files = repository();
    let output = with_git(&files.path().join("cat"), &["check", "--since", "origin/main"]);
    assert_eq!(code(&output), 2);
    assert!(
        out(&output).contains("git knows no commit `origin/main`") && out(&output).contains("fetch-depth: 0"),
        "{}",
        out(&output)
    );
    let plain = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY)]);
    let output = with_git(plain.path(), &["check", "--since", "HEAD"]);
    assert!(code(&output) == 2 && out(&output).contains("run it in a git repository"), "{}", out(&output));
    let output = with_git(plain.path(), &["check", "--since", "--output=x"]);
    assert_eq!(code(&output), 2);
    assert!(!plain.path().join("x").exists());
}

#[test]
fn a_baseline_only_shrinks() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY), ("b.yaml", &app("b"))]);
    let root = files.path();
    let check = |more: &[&str]| {
        let arguments: Vec<&str> =
            ["check", "-o", "concise", "--baseline", "base.json"].into_iter().chain(more.iter().copied()).collect();
        leaver(root, &arguments)
    };
    assert_eq!(code(&check(&[])), 1, "a missing baseline lists none");
    let refused = check(&["--update-baseline"]);
    assert_eq!(code(&refused), 1, "it does not add unless told: {}", out(&refused));
    let told = check(&["--update-baseline", "--add-to-baseline"]);
    assert_eq!(code(&told), 0, "{}{}", out(&told), err(&told));
    assert!(err(&told).contains("lists 2 findings (was 0)"), "{}", err(&told));
    let text = std::fs::read_to_string(root.join("base.json")).expect("written");
    assert!(!text.contains("line") && text.contains("/spec/lifecycle/update/owner"), "{text}");
    assert_eq!(code(&check(&[])), 0);
    std::fs::write(root.join("c.yaml"), app("c")).expect("written");
    let new = check(&["--update-baseline"]);
    assert!(
        code(&new) == 1 && out(&new).contains("c: accounts") && !out(&new).contains("b: accounts"),
        "{}",
        out(&new)
    );
    std::fs::remove_file(root.join("b.yaml")).expect("removed");
    std::fs::remove_file(root.join("c.yaml")).expect("removed");
    let shrunk = check(&["--update-baseline"]);
    assert!(code(&shrunk) == 0 && err(&shrunk).contains("lists 1 finding (was 2)"), "{}", err(&shrunk));
    std::fs::write(root.join("b.yaml"), app("b")).expect("written");
    assert_eq!(code(&check(&[])), 1, "what was mended does not come back unseen");
    std::fs::write(root.join("base.json"), "{}").expect("written");
    assert_eq!(code(&check(&[])), 2);
}
