//! If a Team or System is renamed or removed, leaver reports the apps that name it, even if a hook checks only the file of the Team or System.

use std::path::Path;

use crate::common::{code, err, folder, git, leaver_with, out, with_git};

fn app(name: &str, owner: &str, system: &str) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: {name}, owner: {owner}}}\nspec:\n  tier: 3\n  provisioning: {{mode: none}}\n  signOn: {{system: {system}}}\n"
    )
}

fn team(name: &str) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: Team\nmetadata: {{name: {name}}}\nspec: {{members: [a@example.com, b@example.com]}}\n"
    )
}

fn system(name: &str) -> String {
    format!("apiVersion: leaver/v1\nkind: System\nmetadata: {{name: {name}}}\nspec: {{kind: idp}}\n")
}

/// A repository with two teams, a System, an app of each team, and an app with an unknown owner. Each app has its own file.
fn catalogue() -> tempfile::TempDir {
    let files = folder(&[
        ("leaver.yaml", "version: 1\n"),
        ("apps/one.yaml", &app("one", "it-apps", "the-idp")),
        ("apps/two.yaml", &app("two", "sales", "the-idp")),
        ("apps/other.yaml", &app("other", "nobody", "okta")),
        ("org/teams.yaml", &format!("{}---\n{}", team("it-apps"), team("sales"))),
        ("org/systems.yaml", &system("the-idp")),
    ]);
    git(files.path(), &["init", "-q"]);
    commit(files.path());
    files
}

fn commit(root: &Path) {
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "a commit", "--allow-empty"]);
}

fn write_file(root: &Path, name: &str, text: &str) {
    std::fs::write(root.join(name), text).expect("written");
}

/// The findings outside the folder `org`, each as `FILE RULE`.
fn affected(root: &Path, arguments: &[&str]) -> Vec<String> {
    let output = with_git(root, &[&["check", "-o", "concise", "--exit-zero"], arguments].concat());
    assert!(code(&output) == 0, "{}{}", out(&output), err(&output));
    elsewhere(&out(&output))
}

fn elsewhere(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.starts_with("apps/"));
    lines
        .map(|line| {
            format!(
                "{} {}",
                line.split(':').next().unwrap_or_default(),
                line.split(['[', ']']).nth(1).unwrap_or_default()
            )
        })
        .collect()
}

const TEAMS: &str = "org/teams.yaml";
const SYSTEMS: &str = "org/systems.yaml";

#[test]
fn references_to_a_removed_declaration_are_reported() {
    let owner = |app: &str| format!("apps/{app}.yaml catalogue/unknown-owner");
    let idp = |app: &str| format!("apps/{app}.yaml catalogue/unknown-system");
    for (what, file, text, want) in [
        ("nothing changes", TEAMS, format!("{}---\n{}", team("it-apps"), team("sales")), vec![]),
        ("one is added", TEAMS, format!("{}---\n{}---\n{}", team("it-apps"), team("sales"), team("new")), vec![]),
        ("one is removed", TEAMS, team("it-apps"), vec![owner("two")]),
        ("one is renamed", TEAMS, format!("{}---\n{}", team("apps"), team("sales")), vec![owner("one")]),
        ("all are removed", TEAMS, "# none\n".to_owned(), vec![owner("one"), owner("two")]),
        (
            "both are renamed",
            TEAMS,
            format!("{}---\n{}", team("a-team"), team("b-team")),
            vec![owner("one"), owner("two")],
        ),
        ("the system is renamed", SYSTEMS, system("another"), vec![idp("one"), idp("two")]),
        ("the system is removed", SYSTEMS, "# none\n".to_owned(), vec![idp("one"), idp("two")]),
    ] {
        let files = catalogue();
        write_file(files.path(), file, &text);
        for arguments in [
            &[file][..],
            &["org"],
            &["--since", "HEAD", file],
            &["--trust-ref", "HEAD", file],
            &["org/teams.yaml", SYSTEMS],
        ] {
            assert_eq!(affected(files.path(), arguments), want, "{what}, {arguments:?}");
        }
        // A hook checks staged files, and an editor checks standard input.
        git(files.path(), &["add", "-A"]);
        assert_eq!(affected(files.path(), &["--staged", file]), want, "{what}, staged");
        let typed =
            leaver_with_git(files.path(), &["check", "-", "--stdin-name", file, "-o", "concise", "--exit-zero"], &text);
        assert_eq!(elsewhere(&typed), want, "{what}, standard input");
        // After the commit, only a comparison with a base shows the removal.
        commit(files.path());
        assert_eq!(affected(files.path(), &["--since", "HEAD~1", file]), want, "{what}, since");
        assert_eq!(affected(files.path(), &[file]), Vec::<String>::new(), "{what}, committed");
    }
}

fn leaver_with_git(root: &Path, arguments: &[&str], input: &str) -> String {
    use std::io::Write;
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_leaver"))
        .args(arguments)
        .current_dir(root)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LEAVER_TODAY", crate::common::TODAY)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("leaver starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("standard input is open");
    out(&child.wait_with_output().expect("it ends"))
}

/// A declaration that moves to another file does not count as removed. A removed declaration makes the hook fail with the affected app.
#[test]
fn moved_declarations_are_not_removed_and_removed_ones_fail() {
    let files = catalogue();
    write_file(files.path(), TEAMS, &team("it-apps"));
    write_file(files.path(), "org/sales.yaml", &team("sales"));
    assert_eq!(affected(files.path(), &[TEAMS]), Vec::<String>::new());
    std::fs::remove_file(files.path().join("org/sales.yaml")).expect("removed");
    let output = with_git(files.path(), &["check", TEAMS]);
    assert!(code(&output) == 1 && out(&output).contains("`sales` is not a declared Team"), "{}", out(&output));
    // Existing findings in other apps are not shown.
    assert!(!out(&output).contains("other.yaml"), "{}", out(&output));
    // Without git, the earlier state is unknown. leaver reports this, and the check passes.
    let output = leaver_with(files.path(), &["check", TEAMS, "-o", "concise"], "");
    assert_eq!((code(&output), elsewhere(&out(&output))), (0, vec![]), "{}{}", out(&output), err(&output));
    assert!(
        err(&output).contains("were removed from these paths are not reported: cannot find git on the PATH"),
        "{}",
        err(&output)
    );
}

/// A waiver that names a removed app is affected, too.
#[test]
fn references_to_a_removed_app_are_reported() {
    let files = catalogue();
    let waiver = "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: jit/no-update-owner, apps: [one], owner: sales, approver: ciso, reason: r, expires: 2027-01-01}\n";
    write_file(files.path(), "apps/waiver.yaml", waiver);
    commit(files.path());
    write_file(files.path(), "apps/one.yaml", &app("uno", "it-apps", "the-idp"));
    let found = affected(files.path(), &["apps/one.yaml"]);
    assert!(found.contains(&"apps/waiver.yaml waiver/unknown-app".to_owned()), "{found:?}");
}

/// Declarations of different kinds may have the same name. If one of them is removed, the others do not hide the removal.
#[test]
fn a_declaration_of_another_kind_is_not_a_replacement() {
    let idp = |app: &str| format!("apps/{app}.yaml catalogue/unknown-system");
    let owner = |app: &str| format!("apps/{app}.yaml catalogue/unknown-owner");
    let gone = "# none\n";
    for (what, twin, file, want) in [
        ("an app named like the system", app("the-idp", "sales", "the-idp"), SYSTEMS, vec![idp("one"), idp("two")]),
        ("a team named like the system", team("the-idp"), SYSTEMS, vec![idp("one"), idp("two")]),
        ("an app named like the team", app("sales", "it-apps", "okta"), TEAMS, vec![owner("one"), owner("two")]),
        ("a system named like the team", system("sales"), TEAMS, vec![owner("one"), owner("two")]),
    ] {
        let files = catalogue();
        write_file(files.path(), "org/twin.yaml", &twin);
        commit(files.path());
        assert_eq!(affected(files.path(), &[file]), Vec::<String>::new(), "{what}, nothing changes");
        write_file(files.path(), file, gone);
        for arguments in [&[file][..], &["--since", "HEAD", file], &["--trust-ref", "HEAD", file]] {
            assert_eq!(affected(files.path(), arguments), want, "{what}, {arguments:?}");
        }
        git(files.path(), &["add", "-A"]);
        assert_eq!(affected(files.path(), &["--staged", file]), want, "{what}, staged");
        let typed =
            leaver_with_git(files.path(), &["check", "-", "--stdin-name", file, "-o", "concise", "--exit-zero"], gone);
        assert_eq!(elsewhere(&typed), want, "{what}, standard input");
    }
}

const NOTE: &str = "note: references to declarations that were removed from these paths are not reported";

/// If git cannot read an earlier file, this is a failure. The file must not count as a file without declarations.
#[test]
fn files_that_git_cannot_read_are_failures() {
    let removed = |files: &tempfile::TempDir| write_file(files.path(), TEAMS, "# none\n");
    let object = |root: &Path, name: &str| {
        let output = std::process::Command::new("git").args(["rev-parse", name]).current_dir(root).output();
        let id = String::from_utf8(output.expect("git runs").stdout).expect("text");
        let id = id.trim();
        root.join(".git/objects").join(&id[..2]).join(&id[2..])
    };
    for (what, lost) in [("commit", "HEAD"), ("tree", "HEAD^{tree}"), ("blob", "HEAD:org/teams.yaml")] {
        let files = catalogue();
        removed(&files);
        std::fs::remove_file(object(files.path(), lost)).expect("removed");
        let output = with_git(files.path(), &["check", TEAMS]);
        assert_eq!(code(&output), 2, "{what}: {}{}", out(&output), err(&output));
        // A full report does not need git.
        assert_eq!(code(&with_git(files.path(), &["check", "."])), 1, "{what}");
    }
    let files = catalogue();
    removed(&files);
    git(files.path(), &["config", "remote.origin.promisor", "true"]);
    let output = with_git(files.path(), &["check", TEAMS]);
    assert!(code(&output) == 2 && out(&output).contains("partial clone"), "{}{}", out(&output), err(&output));
}

/// Without a repository or a commit, there is no earlier state to compare with.
#[test]
fn without_history_nothing_is_removed() {
    let files = catalogue();
    std::fs::remove_dir_all(files.path().join(".git")).expect("removed");
    let check = || {
        let output = with_git(files.path(), &["check", TEAMS]);
        assert!(code(&output) == 0 && err(&output).is_empty(), "{}{}", out(&output), err(&output));
    };
    check();
    git(files.path(), &["init", "-q"]);
    check();
    git(files.path(), &["add", "-A"]);
    check();
    assert_eq!(affected(files.path(), &["--staged", TEAMS]), Vec::<String>::new());
}

/// leaver opens only the repository of the working directory. If a path leads into another repository, a note reports that nothing was compared.
#[test]
fn a_path_into_another_repository_does_not_open_it() {
    let files = catalogue();
    write_file(files.path(), TEAMS, "# none\n");
    let teams = files.path().join(TEAMS);
    let teams = teams.to_str().expect("UTF-8");
    // In any folder of the repository, the file is compared with HEAD.
    for folder in ["apps", "org"] {
        let output = with_git(&files.path().join(folder), &["check", teams]);
        assert!(code(&output) == 1 && err(&output).is_empty(), "{folder}: {}{}", out(&output), err(&output));
    }
    let outside = tempfile::tempdir().expect("a folder");
    let check = |folder: &Path, path: &str| {
        let output = with_git(folder, &["check", path]);
        assert!(code(&output) == 0 && err(&output).contains(NOTE), "{path}: {}{}", out(&output), err(&output));
    };
    check(outside.path(), teams);
    git(outside.path(), &["init", "-q"]);
    commit(outside.path());
    check(outside.path(), teams);
    std::os::unix::fs::symlink(files.path(), outside.path().join("linked")).expect("a link");
    check(outside.path(), "linked/org/teams.yaml");
    // The path leads into a repository inside another one.
    let inner = outside.path().join("inner");
    std::fs::create_dir(&inner).expect("a folder");
    for (name, text) in [("leaver.yaml", "version: 1\n"), ("t.yaml", "# none\n")] {
        write_file(&inner, name, text);
    }
    git(&inner, &["init", "-q"]);
    write_file(&inner, "app.yaml", &app("one", "it-apps", "okta"));
    write_file(&inner, "t.yaml", &team("it-apps"));
    commit(&inner);
    write_file(&inner, "t.yaml", "# none\n");
    check(outside.path(), "inner/t.yaml");
    // A superproject can choose any commit of its submodule, so leaver compares nothing, whether it runs in the superproject or in the submodule.
    git(outside.path(), &["add", "inner"]);
    commit(outside.path());
    check(outside.path(), "inner/t.yaml");
    check(&inner, "t.yaml");
}
