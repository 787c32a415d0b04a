//! Helpers that the tests share: they run the built binary in a clean environment, and write small catalogues to temporary folders.
#![allow(dead_code, unreachable_pub, reason = "no test file uses all of them")]

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// The date on which tests run.
pub const TODAY: &str = "2026-11-25";

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs leaver in a clean environment.
pub fn leaver(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("leaver starts")
}

/// Runs leaver with a text on standard input.
pub fn leaver_with(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = command(folder, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("leaver starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("leaver reads it");
    child.wait_with_output().expect("it ends")
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaver"));
    command.args(arguments).current_dir(folder).env_clear().env("LEAVER_TODAY", TODAY).stdin(Stdio::null());
    command
}

/// Runs git with an author.
pub fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.com",
            "-c",
            "init.defaultBranch=main",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Runs leaver with a PATH that contains git.
pub fn with_git(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leaver"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LEAVER_TODAY", TODAY)
        .output()
        .expect("leaver starts")
}

/// The exit status.
pub fn code(output: &Output) -> i32 {
    output.status.code().expect("no signal ended it")
}

/// Standard output.
pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// Standard error.
pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// A folder with these files.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// Commits everything in a folder, including ignored files. Creates the repository if there is none.
pub fn commit_all(folder: &Path) {
    if !folder.join(".git").exists() {
        git(folder, &["init", "-q"]);
    }
    git(folder, &["add", "-A", "--force"]);
    git(folder, &["commit", "-qm", "a commit"]);
}

/// A repository with these files in its only commit.
pub fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let files = folder(files);
    commit_all(files.path());
    files
}

/// A clean app.
pub const CLEAN: &str = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: slack, owner: it-apps}\nspec: {provisioning: {mode: none}, tier: 3, dataClass: internal, nonHuman: [], thirdPartyGrants: []}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: it-apps}\nspec: {members: [ada@example.com, grace@example.com]}\n";
/// An app with one error.
pub const FAULTY: &str = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box, owner: t, vendor: in-house}\nspec:\n  signOn: {assignmentRequired: true, protocol: kerberos, enforced: true}\n  provisioning: {mode: jit, jit: {expiresAfterDays: 30, defaultRole: viewer, matchKey: objectGUID, roleSync: none, refusesSuspended: true}}\n  lifecycle:\n    deprovision: {via: ticket, queue: IT, owner: t, slaHours: 24, effect: delete, evidence: ticket}\n    revokeSessions: {via: ticket, queue: IT, owner: t, slaHours: 24}\n    review: {owner: r, everyDays: 90, via: ticket, queue: IT, last: 2026-11-01, covers: [users, admins], onSilence: revoke, selfReview: false}\n    transfer: {owner: t, toManager: true, via: ticket, queue: IT, slaHours: 72}\n    reconcile: {owner: t, everyDays: 30, via: ticket, queue: IT, last: 2026-11-01}\n  sourceOfTruth: workday\n  localAccounts: {none: true, checkedOn: 2026-09-01}\n  tier: 3\n  dataClass: internal\n  roleChurn: low\n  populations: [employees]\n  seats: flat\n  issuesTokens: false\n  secondAccounts: {none: true}\n  roles: []\n  breakGlass: []\n  nonHuman: []\n  thirdPartyGrants: []\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: t}\nspec: {members: [ada@example.com, grace@example.com]}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: r}\nspec: {members: [joan@example.com, radia@example.com]}\n";
/// A user's rule with this body.
pub fn rule(name: &str, body: &str) -> String {
    format!(
        "# METADATA\n# title: A rule of a test\n# description: It exists to be tried out.\n# custom:\n#   severity: error\n#   precision: high\n#   status: stable\n#   since: 1.0.0\n#   scope: App\n#   fix: There is nothing to fix.\npackage policies.acme.{name}\n\n{body}\n"
    )
}
