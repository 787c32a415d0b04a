//! leaver never writes over another output or an input, and never through a link that a change could add.
#![cfg(unix)]

use std::{fs, os::unix::fs::symlink, path::Path};

use crate::common::{CLEAN, FAULTY, code, err, folder, git, leaver, out, rule, with_git};

const OWN: &str = "version: 1\npolicies: [policies]\nprofile: profiles/ours.json\nvendors: [facts.json]\ninclude: [\"**/*.yaml\", \"decl/*.json\"]\n";

fn catalogue() -> tempfile::TempDir {
    let body = rule("x", "findings contains {\"path\": [], \"message\": \"m\"} if input.metadata.name == \"none\"");
    folder(&[
        ("leaver.yaml", OWN),
        ("apps/a.yaml", FAULTY),
        (
            "decl/b.json",
            "{\"apiVersion\": \"leaver/v1\", \"kind\": \"Team\", \"metadata\": {\"name\": \"u\"}, \"spec\": {}}\n",
        ),
        ("policies/acme/x/rule.rego", &body),
        ("policies/acme/x/rule.md", "# X\n"),
        ("policies/acme/x/notes.txt", "ours\n"),
        ("profiles/ours.json", "{\"name\": \"ours\", \"extends\": \"default\"}\n"),
        ("facts.json", "{\"version\": 1, \"vendors\": {}}\n"),
        ("trust/allowed_signers", "# none\n"),
        ("signoffs/a.json", "{}\n"),
        ("base.json", "{\"version\": 1, \"findings\": []}\n"),
        ("old.sarif", "old\n"),
    ])
}

/// All files below a folder with their texts, and all links with their targets.
fn snapshot(folder: &Path) -> Vec<(String, String)> {
    let mut open = vec![folder.to_owned()];
    let mut all = Vec::new();
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else {
                let text = fs::read_link(&path).map(|to| to.display().to_string());
                let text = text.unwrap_or_else(|_| fs::read_to_string(&path).unwrap_or_default());
                all.push((path.display().to_string(), text));
            }
        }
    }
    all.sort();
    all
}

/// Checks that nothing is written, that the message names the file, and that the exit status is 2.
fn assert_refused(folder: &Path, arguments: &[&str], expected_text: &str) {
    let before = snapshot(folder);
    let output = with_git(folder, arguments);
    let printed = format!("{}{}", out(&output), err(&output));
    assert!(code(&output) == 2 && printed.contains(expected_text), "{arguments:?}: {} {printed}", code(&output));
    assert_eq!(snapshot(folder), before, "{arguments:?}");
}

/// A complete call of `leaver waive`.
const WAIVE: [&str; 9] = [
    "waive",
    "jit/no-update-owner",
    "box",
    "--reason",
    "because it is so",
    "--approver",
    "u",
    "--expires",
    "2026-12-24",
];

#[test]
fn two_outputs_are_never_one_file() {
    let files = catalogue();
    fs::hard_link(files.path().join("old.sarif"), files.path().join("same.json")).expect("a link");
    fs::create_dir(files.path().join("out")).expect("a folder");
    let absolute = files.path().join("x").display().to_string();
    for other in ["x", "./x", "out/../x", ".//x", absolute.as_str()] {
        let (one, two) = ("json=x".to_owned(), format!("sarif={other}"));
        assert_refused(
            files.path(),
            &["check", "-o", &one, "-o", &two],
            if other == "x" { "two outputs" } else { "the same file" },
        );
        assert_refused(files.path(), &["check", "-o", &two, "-o", "concise", "-o", &one], "`");
    }
    assert_refused(files.path(), &["check", "-o", "sarif=old.sarif", "-o", "json=same.json"], "the same file");
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    assert_refused(files.path(), &["diff", "HEAD", "-o", "json=x", "-o", "markdown=./x"], "the same file");
    // Several formats may go to a device.
    let output = leaver(files.path(), &["check", "-o", "json=/dev/null", "-o", "sarif=/dev/null"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
}

/// A change may edit the configuration, which names files to write. None of them may be a file that git reads.
#[test]
fn outputs_below_the_git_folder_are_refused() {
    let files = catalogue();
    git(files.path(), &["init", "-q"]);
    for name in [".gitignore", ".gitattributes", ".gitmodules"] {
        fs::write(files.path().join(name), "# ours\n").expect("written");
    }
    fs::create_dir_all(files.path().join("module/.git")).expect("a folder");
    for file in [".gitignore", "./.gitattributes", "apps/../.gitmodules"] {
        assert_refused(files.path(), &["check", "-o", &format!("json={file}")], "a file that git reads");
    }
    for file in [".git/config", ".git/hooks/pre-commit", ".git/info/exclude", ".GIT/x", "module/.git/x", ".git"] {
        assert_refused(files.path(), &["check", "-o", &format!("json={file}")], "it is in a `.git` folder");
        assert_refused(files.path(), &["bundle", "--output", file], "it is in a `.git` folder");
    }
    let config =
        |more: &str| fs::write(files.path().join("leaver.yaml"), format!("version: 1\n{more}\n")).expect("written");
    config("baseline: .git/hooks/known");
    assert_refused(files.path(), &["check", "--update-baseline", "--add-to-baseline"], "it is in a `.git` folder");
    fs::remove_dir_all(files.path().join("trust")).expect("removed");
    config("signoff: {catalogue: x, folder: .git/hooks, required: [{name: all, roles: [security], maxAgeDays: 30}]}");
    let sign = ["signoff", "sign", "box", "--reviewer", "ada@example.com", "--role", "security"];
    assert_refused(files.path(), &sign, "it is in a `.git` folder");
    config("");
    assert_refused(files.path(), &["new", "rule", "acme/y", "--folder", ".git/hooks"], "`.git`");
}

#[test]
fn no_output_replaces_an_input() {
    let files = catalogue();
    for (file, what) in [
        ("leaver.yaml", "a configuration"),
        ("apps/../leaver.yaml", "a configuration"),
        ("new/leaver.yaml", "a configuration"),
        ("apps/a.yaml", "a possible declaration"),
        ("./apps/a.yaml", "a possible declaration"),
        ("decl/b.json", "a possible declaration"),
        ("policies/acme/x/rule.rego", "a policy"),
        ("policies/acme/x/rule.md", "a policy"),
        ("policies/acme/x/notes.txt", "a policy"),
        ("profiles/ours.json", "a profile"),
        ("facts.json", "vendor facts"),
        ("trust/allowed_signers", "the trust folder"),
        ("signoffs/a.json", "a sign-off"),
    ] {
        let what = if file.starts_with("policies") { "polic" } else { what };
        assert_refused(files.path(), &["check", "-o", &format!("json={file}")], what);
        assert_refused(files.path(), &["check", "-o", "sarif=good.sarif", "-o", &format!("json={file}")], what);
        assert_refused(files.path(), &["diff", "-o", &format!("json={file}")], what);
        assert_refused(files.path(), &["test", "--junit", file], what);
        assert_refused(files.path(), &["bundle", "--output", file], what);
        assert_refused(files.path(), &["signoff", "prepare", "box", "--output", file], what);
        // A run in a subfolder has the same catalogue.
        let below = files.path().join("apps");
        let up = format!("json=../{file}");
        let output = leaver(&below, &["check", "-o", &up]);
        assert!(code(&output) == 2 && err(&output).contains(what), "{file}: {}", err(&output));
    }
    assert_refused(files.path(), &["check", "--baseline", "base.json", "-o", "json=base.json"], "the baseline");
    assert_refused(
        files.path(),
        &["check", "--baseline", "base.json", "--update-baseline", "-o", "json=./base.json"],
        "the baseline",
    );
    assert_refused(files.path(), &["check", "--config", "leaver.yaml", "-o", "json=leaver.yaml"], "a configuration");
    // The output is also refused if the configuration is unreadable or missing.
    fs::write(files.path().join("leaver.yaml"), "version: [").expect("written");
    assert_refused(files.path(), &["check", "-o", "json=leaver.yaml"], "a configuration");
    assert_refused(files.path(), &["check", "-o", "json=apps/a.yaml"], "a possible declaration");
    fs::remove_file(files.path().join("leaver.yaml")).expect("removed");
    assert_refused(files.path(), &["check", "apps/a.yaml", "-o", "json=apps/a.yaml"], "a file to check");
    assert_refused(files.path(), &["check", "apps", "-o", "json=apps/a.yaml"], "a possible declaration");
}

#[test]
fn an_old_report_is_replaced() {
    let files = catalogue();
    let output = leaver(files.path(), &["check", "-o", "sarif=old.sarif", "-o", "json=new.json", "-o", "concise"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    for name in ["old.sarif", "new.json"] {
        let text = fs::read_to_string(files.path().join(name)).expect("written");
        assert!(text.contains("jit/no-update-owner"), "{name}");
    }
}

/// Tries each command that writes, with a link in place of a folder and with a link in place of a file.
#[test]
fn nothing_is_written_through_a_link() {
    let outside = folder(&[("file", "theirs\n")]);
    let files = catalogue();
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    for (link, to) in [("reports", outside.path().to_owned()), ("file.json", outside.path().join("file"))] {
        symlink(to, files.path().join(link)).expect("a link");
    }
    // This link does not leave the catalogue, but leads to a folder of rules.
    symlink("policies/acme", files.path().join("inner")).expect("a link");
    let untouched = snapshot(outside.path());
    let waive = [&WAIVE[..], &["--output", "reports/w.yaml"]].concat();
    let new: &[&[&str]] = &[
        &["check", "-o", "json=reports/x.json", "-o", "sarif=good.sarif"],
        &["check", "-o", "json=reports/deeper/x.json"],
        &["check", "-o", "json=inner/x.json"],
        &["check", "-o", "json=apps/../reports/x.json"],
        &["check", "-o", "json=file.json"],
        &["check", "--baseline", "reports/b.json", "--update-baseline", "--add-to-baseline"],
        &["check", "--baseline", "inner/b.json", "--update-baseline", "--add-to-baseline"],
        &["diff", "HEAD", "-o", "json=reports/x.json"],
        &["test", "--junit", "reports/x.xml"],
        &["bundle", "--output", "reports/x.tar.gz"],
        &["bundle", "--output", "inner/x.tar.gz"],
        &["docs", "reports/rules"],
        &["new", "rule", "acme/more", "--folder", "reports"],
        &["new", "rule", "acme/more", "--folder", "inner"],
        &["signoff", "prepare", "box", "--output", "reports/x.md"],
        &["signoff", "prepare", "box", "--output", "file.json"],
        &waive,
        &["init", "reports"],
        &["init", "reports/deeper"],
    ];
    for arguments in new {
        // Some commands refuse the link before they write, because they read it as part of the catalogue.
        assert_refused(files.path(), arguments, "");
        assert_eq!(snapshot(outside.path()), untouched, "{arguments:?}");
    }
}

#[test]
fn links_as_folders_of_init_new_and_waive_are_refused() {
    let outside = folder(&[]);
    for (name, arguments) in [
        (".leaver", &["init"][..]),
        ("apps", &["init"]),
        ("policies", &["new", "rule", "acme/more"]),
        ("policies/acme", &["new", "rule", "acme/more", "--folder", "policies"]),
    ] {
        let files = folder(&[("keep.txt", "x")]);
        let link = files.path().join(name);
        fs::create_dir_all(link.parent().expect("a parent folder")).expect("a folder");
        symlink(outside.path(), &link).expect("a link");
        let output = leaver(files.path(), arguments);
        assert!(code(&output) == 2 && err(&output).contains("is a link"), "{name}: {}", err(&output));
        assert!(snapshot(outside.path()).is_empty(), "{name}");
    }
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY)]);
    fs::create_dir(files.path().join("waivers")).expect("a folder");
    let clean = leaver(files.path(), &WAIVE);
    assert_eq!(code(&clean), 0, "{}", err(&clean));
    fs::remove_dir_all(files.path().join("waivers")).expect("removed");
    symlink(outside.path(), files.path().join("waivers")).expect("a link");
    let output = leaver(files.path(), &WAIVE);
    assert!(code(&output) == 2 && snapshot(outside.path()).is_empty(), "{}", err(&output));
}

/// Links of the system outside every working tree are allowed: temporary folders are links on some systems.
#[test]
fn a_link_outside_the_working_tree_is_followed() {
    let place = folder(&[("real/keep.txt", "x"), ("tree/leaver.yaml", "version: 1\n"), ("tree/a.yaml", CLEAN)]);
    symlink("real", place.path().join("out")).expect("a link");
    let output = leaver(&place.path().join("tree"), &["check", "-o", "json=../out/x.json"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(place.path().join("real/x.json").is_file());
}
