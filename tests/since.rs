//! `--since` and baselines: only findings that a change adds are reported, even after renames and moves.

use crate::common::{CLEAN, FAULTY, code, err, folder, git, leaver, out, with_git};

/// A repository with a catalogue in a subfolder. The catalogue has known findings.
fn repository() -> tempfile::TempDir {
    let files = folder(&[("cat/leaver.yaml", "version: 1\n"), ("cat/old.yaml", FAULTY), ("readme.txt", "x")]);
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    files
}

/// The app of `FAULTY` under another name, without the team.
fn app(name: &str) -> String {
    FAULTY.split("---").next().unwrap_or_default().replace("{name: box,", &format!("{{name: {name},"))
}

#[test]
fn since_reports_findings_that_a_change_added() {
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
fn invalid_files_are_always_reported() {
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
fn a_finding_of_an_app_named_like_a_secret_is_not_new() {
    let files = repository();
    let root = files.path().join("cat");
    std::fs::write(root.join("old.yaml"), FAULTY.replace("name: box", "name: glpat-abcdefghijklmnopqrst"))
        .expect("written");
    git(files.path(), &["commit", "-qam", "name"]);
    let before = with_git(&root, &["check", "--select", "jit"]);
    assert!(code(&before) == 1 && !out(&before).contains("glpat-abc"), "{}", out(&before));
    let same = with_git(&root, &["check", "--since", "HEAD", "--select", "jit"]);
    assert_eq!(code(&same), 0, "{}{}", out(&same), err(&same));
}

#[test]
fn without_git_or_the_commit_the_error_suggests_a_fix() {
    let files = repository();
    let output = with_git(&files.path().join("cat"), &["check", "--since", "origin/main"]);
    assert_eq!(code(&output), 2);
    assert!(
        out(&output).contains("there is no commit `origin/main`") && out(&output).contains("fetch-depth: 0"),
        "{}",
        out(&output)
    );
    let plain = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY)]);
    let output = with_git(plain.path(), &["check", "--since", "HEAD"]);
    assert!(code(&output) == 2 && out(&output).contains("is not in a git repository"), "{}", out(&output));
    let output = with_git(plain.path(), &["check", "--since", "--output=x"]);
    assert_eq!(code(&output), 2);
    assert!(!plain.path().join("x").exists());
}

/// Unchanged declarations are evaluated only once for base and head, but declarations that they refer to may have changed.
#[test]
fn a_change_elsewhere_affects_unchanged_declarations() {
    let files = repository();
    let root = files.path().join("cat");
    let waiver = |rule: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {{name: w}}\nspec: {{rule: {rule}, apps: [box], reason: it is replaced in the spring, compensatingControl: a monthly list, owner: t, approver: s, from: 2026-11-01, expires: 2027-01-31}}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {{name: s}}\nspec: {{}}\n"
        )
    };
    let since = |reference: &str| {
        let output = with_git(&root, &["check", "--since", reference, "-o", "concise", "--fail-on", "info"]);
        let text = out(&output);
        let mut rules: Vec<String> = text
            .lines()
            .filter(|line| !line.contains("waived"))
            .filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned()))
            .collect();
        rules.sort();
        rules.join(" ")
    };
    let commit = |message: &str| {
        git(files.path(), &["add", "-A"]);
        git(files.path(), &["commit", "-qm", message]);
    };
    // The team of an unchanged app is removed.
    std::fs::write(root.join("old.yaml"), app("box")).expect("written");
    for (name, team) in ["team.yaml", "other.yaml"].into_iter().zip(FAULTY.split("---\n").skip(1)) {
        std::fs::write(root.join(name), team).expect("written");
    }
    commit("a file each");
    std::fs::remove_file(root.join("team.yaml")).expect("removed");
    assert_eq!(since("HEAD"), "catalogue/unknown-owner");
    git(files.path(), &["checkout", "-q", "."]);
    // If a waiver is removed, its finding is new. An unused waiver is reported only by the change that adds it.
    std::fs::write(root.join("w.yaml"), waiver("jit/no-update-owner")).expect("written");
    commit("waived");
    assert_eq!(since("HEAD"), "");
    std::fs::write(root.join("w.yaml"), waiver("jit/no-review-owner")).expect("written");
    assert_eq!(since("HEAD"), "jit/no-update-owner waiver/unused");
    commit("another waiver");
    assert_eq!(since("HEAD"), "");
    std::fs::write(root.join("w.yaml"), waiver("jit/no-update-owner")).expect("written");
    assert_eq!(since("HEAD"), "");
    // Two declarations with one name are not confused.
    std::fs::remove_file(root.join("w.yaml")).expect("removed");
    std::fs::write(root.join("twin.yaml"), app("box").replace("assignmentRequired: true", "assignmentRequired: false"))
        .expect("written");
    assert!(since("HEAD").contains("catalogue/duplicate-name"), "{}", since("HEAD"));
    assert!(since("HEAD").contains("jit/no-update-owner"), "{}", since("HEAD"));
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
    assert_eq!(code(&check(&[])), 1, "a missing baseline has no findings");
    let refused = check(&["--update-baseline"]);
    assert_eq!(code(&refused), 1, "nothing is added without --add-to-baseline: {}", out(&refused));
    let notes_text = check(&["--update-baseline", "--add-to-baseline"]);
    assert_eq!(code(&notes_text), 0, "{}{}", out(&notes_text), err(&notes_text));
    assert!(err(&notes_text).contains("lists 2 findings (was 0)"), "{}", err(&notes_text));
    let text = std::fs::read_to_string(root.join("base.json")).expect("written");
    assert!(!text.contains("line") && text.contains("spec.lifecycle.update.owner"), "{text}");
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
    assert_eq!(code(&check(&[])), 1, "a fixed finding that returns is reported");
    std::fs::write(root.join("base.json"), "{}").expect("written");
    assert_eq!(code(&check(&[])), 2);
}

#[test]
fn staged_files_are_checked_instead_of_the_working_tree() {
    let files = folder(&[("cat/leaver.yaml", "version: 1\n"), ("cat/old.yaml", CLEAN), ("readme.txt", "x")]);
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    let root = files.path().join("cat");
    // The staged file has a fault that the working tree has fixed; the working tree has another fault that is not staged.
    std::fs::write(root.join("new.yaml"), FAULTY).expect("written");
    git(files.path(), &["add", "-A"]);
    std::fs::write(root.join("new.yaml"), "# empty\n").expect("written");
    std::fs::write(root.join("later.yaml"), app("later")).expect("written");
    let output = with_git(&root, &["check", "--staged", "-o", "concise", "-o", "json=report.json"]);
    assert_eq!(code(&output), 1, "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("new.yaml:") && !out(&output).contains("later"), "{}", out(&output));
    assert!(!out(&output).contains(&std::env::temp_dir().display().to_string()), "{}", out(&output));
    assert!(root.join("report.json").is_file(), "reports are written to the requested files");
    let absolute = root.join("old.yaml").canonicalize().expect("a file");
    for path in ["old.yaml", absolute.to_str().expect("text")] {
        let output = with_git(&root, &["check", "--staged", path]);
        assert_eq!(code(&output), 0, "{path}: {}{}", out(&output), err(&output));
    }
    let since = with_git(&root, &["check", "--staged", "--since", "HEAD", "--trust-ref", "HEAD", "-o", "concise"]);
    assert!(code(&since) == 1 && out(&since).contains("new.yaml:"), "{}{}", out(&since), err(&since));
    let outside = with_git(&std::env::temp_dir(), &["check", "--staged"]);
    assert!(code(&outside) == 2 && err(&outside).is_empty(), "{}", err(&outside));
    assert!(out(&outside).contains("is not in a git repository"), "{}", out(&outside));
}

#[test]
fn a_hook_checks_the_commit_that_git_will_create() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("old.yaml", CLEAN)]);
    let root = files.path();
    git(root, &["init", "-q"]);
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "base"]);
    let hook = root.join(".git/hooks/pre-commit");
    let binary = env!("CARGO_BIN_EXE_leaver");
    std::fs::write(&hook, format!("#!/bin/sh\nexec '{binary}' check --staged --today 2026-11-25\n")).expect("written");
    let mode = std::process::Command::new("chmod").arg("+x").arg(&hook).status().expect("chmod");
    assert!(mode.success());
    let commit = |arguments: &[&str]| {
        let all = ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "x"];
        let output =
            std::process::Command::new("git").args(all).args(arguments).current_dir(root).output().expect("git");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned() + &out(&output))
    };
    // `bad.yaml` is staged, but is not part of a commit of `good.yaml` alone.
    std::fs::write(root.join("bad.yaml"), FAULTY).expect("written");
    std::fs::write(root.join("good.yaml"), "# nothing yet\n").expect("written");
    git(root, &["add", "-A"]);
    let (passed, printed) = commit(&["good.yaml"]);
    assert!(passed, "{printed}");
    let (passed, printed) = commit(&["-a"]);
    assert!(!passed && printed.contains("bad.yaml"), "{printed}");
}

#[test]
fn a_deleted_or_renamed_file_affects_references_to_its_declarations() {
    let (app, team) = CLEAN.split_once("---\n").expect("two documents");
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("app.yaml", app), ("team.yaml", team), ("x.yaml", FAULTY)]);
    let root = files.path();
    git(root, &["init", "-q"]);
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "base"]);
    std::fs::remove_file(root.join("team.yaml")).expect("removed");
    let output = with_git(root, &["check", "team.yaml", "--since", "HEAD", "-o", "concise"]);
    assert_eq!(code(&output), 1, "{}", out(&output));
    assert!(out(&output).contains("catalogue/unknown-owner") && !out(&output).contains("x.yaml"), "{}", out(&output));
    let unasked = with_git(root, &["check", "team.yaml"]);
    assert!(code(&unasked) == 2 && out(&unasked).contains("--since"), "{}", out(&unasked));
    let typo = with_git(root, &["check", "taem.yaml", "--since", "HEAD"]);
    assert_eq!(code(&typo), 2, "{}", out(&typo));
    git(root, &["add", "-A"]);
    let staged = with_git(root, &["check", "team.yaml", "--staged", "-o", "concise"]);
    assert!(code(&staged) == 1 && out(&staged).contains("catalogue/unknown-owner"), "{}", out(&staged));
    // Both names of a moved file may be requested.
    git(root, &["reset", "-q", "--hard"]);
    std::fs::create_dir_all(root.join("deep")).expect("a folder");
    git(root, &["mv", "team.yaml", "deep/team.yaml"]);
    let moved = with_git(root, &["check", "team.yaml", "deep/team.yaml", "--since", "HEAD"]);
    assert_eq!(code(&moved), 0, "{}", out(&moved));
}
