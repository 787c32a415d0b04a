//! The same files give the same report, whether they come from the disk, from a commit or from the index.
#![cfg(unix)]

use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt, path::Path, process::Command};

use camino::{Utf8Path, Utf8PathBuf};
use proptest::prelude::*;

use crate::{
    Request, check_with_catalogue,
    config::Overrides,
    files::Workspace,
    output::{Format, Style, render},
    ruleset::load,
    vcs::{Commit, Repo},
};

const APP: &str = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: NAME, owner: t}\nspec:\n  tier: 3\n  provisioning: {mode: jit}\n  lifecycle: {}\n";
const RULE: &str = "# METADATA\n# title: A rule of a test\n# description: It exists to be tried out.\n# custom:\n#   severity: error\n#   precision: high\n#   status: stable\n#   since: 1.0.0\n#   scope: App\n#   fix: There is nothing to fix.\npackage policies.acme.x\n\nfindings contains {\"path\": [], \"message\": \"m\"}\n";

#[derive(Debug, Clone)]
enum Item {
    Text(String),
    Bytes(Vec<u8>),
    /// `TOP` is the path of the repository.
    Link(&'static str),
}

fn app(name: &str) -> Item {
    Item::Text(APP.replace("NAME", name))
}

/// Files that disk, commit and index could treat differently.
fn pool() -> Vec<(&'static [u8], Item)> {
    let text = |text: &str| Item::Text(text.to_owned());
    vec![
        (
            b"leaver.yaml",
            text(
                "version: 1\npolicies: [policies]\nprofile: ours.yaml\nlimits: {fileBytes: 4000}\nexclude: [excluded/**]\nrules:\n  acme/x: {severity: warning}\n",
            ),
        ),
        (b"ours.yaml", text("name: ours\nextends: default\nrules: {}\n")),
        (b"policies/acme/x/rule.rego", text(RULE)),
        (b"policies/acme/x/rule.md", text("# X\n")),
        (b"policies/acme/y/rule.rego", Item::Link("../x/rule.rego")),
        (b"apps/a.yaml", app("a")),
        (b"apps/crlf.yaml", Item::Text(APP.replace("NAME", "crlf").replace('\n', "\r\n"))),
        (b"apps/mark.yaml", Item::Text(format!("\u{feff}{}", APP.replace("NAME", "mark")))),
        (b"apps/upper.YAML", app("upper")),
        (b"apps/broken.yaml", text("apiVersion: leaver/v1\nkind: App\nmetadata: {name: b\n")),
        (b"apps/empty.yaml", text("")),
        (b"apps/bytes.yaml", Item::Bytes(b"apiVersion: leaver/v1\nkind: App\nx: \xff\n".to_vec())),
        (b"apps/large.yaml", Item::Text(format!("# {}\n", "x".repeat(5_000)))),
        (b"apps/foreign.yaml", text("apiVersion: v1\nkind: Pod\n")),
        (b"apps/deep/er/down/a.yaml", app("deep")),
        (b"apps/link.yaml", Item::Link("a.yaml")),
        (b"apps/chain.yaml", Item::Link("./link.yaml")),
        (b"apps/absolute.yaml", Item::Link("TOP/apps/a.yaml")),
        (b"apps/up.yaml", Item::Link("../apps/../apps/a.yaml")),
        (b"apps/nowhere.yaml", Item::Link("missing/x.yaml")),
        (b"apps/circle.yaml", Item::Link("circle.yaml")),
        (b"apps/through.yaml", Item::Link("a.yaml/x")),
        (b"apps/outside.yaml", Item::Link("/etc/passwd")),
        (b"apps/climbs.yaml", Item::Link("../../../../../../../../../../etc/passwd")),
        (b"apps/store.yaml", Item::Link("../.git/config")),
        (b"apps/unread.yaml", Item::Link("../notes.txt")),
        (b"apps/ignored-target.yaml", Item::Link("../ignored/a.yaml")),
        (b"folder-link", Item::Link("apps")),
        (b"folder-out", Item::Link("/etc")),
        (b"folder-hidden", Item::Link(".hidden")),
        (b"in-link.yaml", Item::Link("folder-link/a.yaml")),
        (b"notes.txt", text("notes")),
        (
            b".gitignore",
            Item::Bytes(
                b"\xef\xbb\xbfignored/\r\n*.tmp.yaml\n!keep.tmp.yaml\n\xff\xfe\n[\n!.shown\n/only-top.yaml\n# no\n"
                    .to_vec(),
            ),
        ),
        (b"apps/.gitignore", text("nested.yaml\n!again.tmp.yaml\n")),
        (b"apps/nested.yaml", app("nested")),
        (b"apps/again.tmp.yaml", app("again")),
        (b"apps/x.tmp.yaml", app("tmp")),
        (b"apps/keep.tmp.yaml", app("keep")),
        (b"apps/only-top.yaml", app("below-top")),
        (b"only-top.yaml", app("top")),
        (b"ignored/a.yaml", app("ignored")),
        (b"excluded/a.yaml", app("excluded")),
        (b".hidden/a.yaml", app("hidden")),
        (b".shown/a.yaml", app("shown")),
        (b"long/.gitignore", Item::Text("x\n".repeat(6_000))),
        (b"long/a.yaml", app("long")),
        (b"linked/.gitignore", Item::Link("../apps/.gitignore")),
        (b"linked/nested.yaml", app("linked")),
        (b"sub/leaver.yaml", text("version: 1\n")),
        (b"sub/a.yaml", app("sub")),
        (b"misnamed/Leaver.yml", text("version: 1\nexclude: [a]\n")),
        (b"misnamed/a.yaml", app("misnamed")),
        (b"caf\xe9.yaml", app("bytes")),
        (b"caf\xe9.txt", text("x")),
        (b"f\xff/a.yaml", app("folder")),
        (b"apps/a.yaml ", app("space")),
        ("apps/cyrillic.y\u{430}ml".as_bytes(), app("cyrillic")),
        ("apps/\u{fc}ber.yaml".as_bytes(), app("umlaut")),
    ]
}

fn git(top: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").args(identity).args(arguments).current_dir(top).output().expect("git is there");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Commits these files to a new repository. Returns its folder and path.
fn repository(items: &[(&[u8], Item)]) -> (tempfile::TempDir, Utf8PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let top = Utf8Path::from_path(folder.path()).expect("UTF-8").canonicalize_utf8().expect("a folder");
    for (path, item) in items {
        let path = top.as_std_path().join(OsStr::from_bytes(path));
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        match item {
            Item::Text(text) => fs::write(path, text).expect("a file"),
            Item::Bytes(bytes) => fs::write(path, bytes).expect("a file"),
            Item::Link(target) => {
                std::os::unix::fs::symlink(target.replace("TOP", top.as_str()), path).expect("a link");
            }
        }
    }
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(folder.path(), &["add", "-A", "--force"]);
    git(folder.path(), &["commit", "-q", "--allow-empty", "-m", "all"]);
    (folder, top)
}

/// Checks these files. Returns everything that a user sees.
fn reported(files: &Workspace, start: &str, paths: &[&str]) -> String {
    let (config, ruleset) = match load(files, start.into(), None, &Overrides::default()) {
        Ok(loaded) => loaded,
        Err(failures) => return format!("{failures:?}"),
    };
    let paths: Vec<Utf8PathBuf> = match paths {
        [] if !config.has_file => vec![config.root.clone()],
        paths => paths.iter().map(Utf8PathBuf::from).collect(),
    };
    let request = Request { paths, today: "2026-11-25".into(), ..Request::default() };
    let (report, _) = check_with_catalogue(&config, &ruleset, &request, None, &|_, _| {});
    let mut text = Vec::new();
    for format in [Format::FULL, Format::JSON, Format::SARIF] {
        render(format, &report, &Style { all: true, ..Style::default() }, &mut text)
            .expect("a vector takes everything");
    }
    String::from_utf8(text).expect("text")
}

fn assert_equal(items: &[(&[u8], Item)], cases: &[(&str, &[&str])]) -> String {
    let (_removed, top) = repository(items);
    let disk = Workspace::of_disk(&top);
    let repo = Repo::of_working_directory(&disk).expect("a repository");
    let commit = Commit::of(&repo, "HEAD", &top, &disk).expect("a commit").tree().expect("its files");
    let index = repo.staged(&disk).expect("its index");
    let of_disk: Vec<String> = cases.iter().map(|(start, paths)| reported(&disk, start, paths)).collect();
    // The files of the working tree are removed, so that only the commit and the index have them.
    let tracked = fs::read_dir(&top).expect("a folder").map(|entry| entry.expect("an entry"));
    for entry in tracked.filter(|entry| entry.file_name() != ".git") {
        let removed = if entry.file_type().expect("a type").is_dir() {
            fs::remove_dir_all(entry.path())
        } else {
            fs::remove_file(entry.path())
        };
        removed.expect("removed");
    }
    for (name, tree) in [("commit", commit), ("index", index)] {
        let files = tree.workspace(&disk);
        for ((start, paths), expected) in cases.iter().zip(&of_disk) {
            let report = reported(&files, start, paths);
            assert!(report == *expected, "{name}, {start} {paths:?}:\n{report}\ninstead of\n{expected}");
        }
        assert!(tree.failure().is_none());
    }
    of_disk.into_iter().next().expect("a case")
}

const CASES: [(&str, &[&str]); 5] = [
    (".", &[]),
    (".", &["apps/a.yaml", "apps/link.yaml", "ignored/a.yaml", "apps/outside.yaml", "apps/missing.yaml"]),
    ("sub", &[]),
    ("apps/deep", &["apps/deep"]),
    ("folder-link", &[]),
];

#[test]
fn disk_commit_and_index_give_the_same_report() {
    let all: Vec<_> = pool().into_iter().filter(|(path, _)| !path.starts_with(b"policies/acme/y")).collect();
    let report = assert_equal(&all, &CASES);
    for part in
        ["outside.yaml", "nowhere.yaml", "circle.yaml", "unread.yaml", "long/.gitignore", "not UTF-8", "larger than"]
    {
        assert!(report.contains(part), "{part}: {report}");
    }
    for name in ["hidden", "ignored", "nested", "tmp", "top", "excluded"] {
        assert!(!report.contains(&format!("\"name\": \"{name}\"")), "{name}: {report}");
    }
    for name in ["a", "crlf", "keep", "again", "shown", "below-top", "umlaut", "deep"] {
        assert!(report.contains(&format!("{name}: ")), "{name}: {report}");
    }
    // Errors in the configuration are the same, too.
    assert_equal(&pool(), &CASES[..1]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_of_these_files_give_the_same_report(chosen in prop::collection::vec(any::<bool>(), pool().len())) {
        let items: Vec<_> = pool().into_iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(item, _)| item).collect();
        assert_equal(&items, &CASES[..1]);
    }
}
