//! A change tries to relax its own check despite `--trust-ref`. It uses links, names, submodules and its own facts.
#![cfg(unix)]

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::Path,
    process::Command,
};

use crate::common::{CLEAN, FAULTY, code, err, folder, git, out, rule, with_git};

const CONFIG: &str = "version: 1\nprofile: ours.conf\nvendors: [facts.conf]\n";
const PROFILE: &str =
    "name: ours\ntitle: Ours\nrules: {jit/no-inactivity-limit: {severity: error, params: {maxDays: 45}}}\n";
const VENDORS: &str =
    "version: 1\nvendors:\n  homemade: {title: Homemade, scim: offered, asOf: \"2026\", source: ours, quality: high}\n";

fn committed(files: &[(&str, &str)]) -> tempfile::TempDir {
    let files = folder(files);
    git(files.path(), &["init", "-q"]);
    add(files.path());
    git(files.path(), &["commit", "-qm", "base"]);
    files
}

fn add(folder: &Path) {
    git(folder, &["add", "-A", "--force"]);
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a parent folder")).expect("a folder");
    fs::write(path, text).expect("written");
    add(folder);
}

fn check(folder: &Path, more: &[&str]) -> (i32, String) {
    let output = with_git(folder, &[&["check", "-o", "concise", "--trust-ref", "refs/heads/main"], more].concat());
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

fn digest(folder: &Path, more: &[&str]) -> String {
    let output = with_git(folder, &[&["check", "-o", "json", "--trust-ref", "refs/heads/main"], more].concat());
    let text = out(&output);
    let at = text.find("--accept-policy-change sha256:").unwrap_or_else(|| panic!("a digest in {text}"));
    text[at..].split_whitespace().nth(1).expect("a word").trim_end_matches(['`', '"']).to_owned()
}

/// leaver would read the target of a link after the merge, so an edit of the target is an edit of the configuration.
#[test]
fn a_link_inside_the_catalogue_does_not_hide_an_edit() {
    let files: [(&str, &str, &str, &str); 3] = [
        (
            "leaver.yaml",
            "target/config.txt",
            "facts.conf]\n",
            "facts.conf]\nrules: {jit/no-update-owner: {severity: off}}\n",
        ),
        ("ours.conf", "target/profile.txt", "45", "365"),
        ("facts.conf", "target/facts.txt", "offered", "none"),
    ];
    for (link, target, from, to) in files {
        let texts = [("leaver.yaml", CONFIG), ("ours.conf", PROFILE), ("facts.conf", VENDORS), ("a.yaml", CLEAN)];
        let base = folder(&texts);
        let text = fs::read_to_string(base.path().join(link)).expect("text");
        fs::create_dir(base.path().join("target")).expect("a folder");
        fs::rename(base.path().join(link), base.path().join(target)).expect("moved");
        symlink(target, base.path().join(link)).expect("a link");
        git(base.path(), &["init", "-q"]);
        add(base.path());
        git(base.path(), &["commit", "-qm", "base"]);
        let (status, printed) = check(base.path(), &[]);
        assert_eq!(status, 0, "{link}: {printed}");
        assert!(text.contains(from), "{text}");
        write(base.path(), target, &text.replace(from, to));
        let (status, printed) = check(base.path(), &[]);
        let found = printed.contains(&format!("error[trust/changed] `{link}` is edited and relaxes the check"));
        assert!(status == 1 && found, "{link}: {status} {printed}");
    }
}

/// The file that `--profile` names is read from the trusted commit. The version in the change is in force after the merge, so edits are reported.
#[test]
fn edits_of_the_profile_named_by_the_option_are_reported() {
    let with = ["--profile", "ours.conf"];
    let base = || committed(&[("leaver.yaml", "version: 1\n"), ("ours.conf", PROFILE), ("a.yaml", CLEAN)]);
    let files = base();
    assert_eq!(check(files.path(), &with).0, 0);
    for (edit, status, severity) in [
        (PROFILE.replace("45", "365"), 1, "error"),
        (PROFILE.replace("severity: error", "severity: off"), 1, "error"),
        (PROFILE.replace("45", "30"), 0, "warning"),
        ("{broken".to_owned(), 2, "error"),
    ] {
        let files = base();
        write(files.path(), "ours.conf", &edit);
        let (found, text) = check(files.path(), &with);
        assert!(
            found == status && text.contains(&format!("{severity}[trust/changed] `ours.conf` is edited")),
            "{edit}: {found} {text}"
        );
    }
    let files = base();
    fs::remove_file(files.path().join("ours.conf")).expect("removed");
    let (status, text) = check(files.path(), &with);
    assert!(status == 2 && text.contains("in the change: cannot read `ours.conf`"), "{status} {text}");
    // With `--profile`, edits of leaver.yaml are reported as well.
    let files = base();
    write(files.path(), "leaver.yaml", "version: 1\nrules: {jit/no-update-owner: {severity: off}}\n");
    assert_eq!(check(files.path(), &with).0, 1);
}

#[test]
fn the_digest_covers_files_that_a_nearer_configuration_names() {
    let files = committed(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN)]);
    let app = CLEAN.replace("slack", "zoom").replace("it-apps", "more-apps");
    write(files.path(), "apps/b.yaml", &app);
    write(files.path(), "apps/leaver.yaml", "version: 1\nprofile: p.conf\n");
    write(files.path(), "apps/p.conf", &PROFILE.replace("45", "365"));
    let accepted = digest(files.path(), &["apps"]);
    let accept = ["--accept-policy-change", accepted.as_str(), "apps"];
    let (status, text) = check(files.path(), &accept);
    assert!(status == 0 && text.contains("(accepted)"), "{status} {text}");
    write(files.path(), "apps/p.conf", &PROFILE.replace("severity: error", "severity: off"));
    let (status, text) = check(files.path(), &accept);
    assert!(status == 1 && !text.contains("(accepted)"), "{status} {text}");
}

/// leaver must read the package from the same line as the engine, not from a later one.
#[test]
fn the_package_of_a_rule_is_read_as_the_engine_reads_it() {
    const TITLED: &str = "policies/acme/titled/rule.rego";
    let body = "exempt if false\n\nfindings contains {\"path\": [], \"message\": \"no title\"} if {\n\tinput.metadata.labels.strict\n\tnot exempt\n}";
    let base = || {
        let rule = rule("titled", body);
        committed(&[("leaver.yaml", "version: 1\npolicies: [policies]\n"), ("a.yaml", CLEAN), (TITLED, &rule)])
    };
    let files = base();
    assert_eq!(check(files.path(), &[]).0, 0, "{}", check(files.path(), &[]).1);
    // Each file extends the package of the existing rule and switches the rule off.
    let own = rule("other", "findings contains {\"path\": [], \"message\": \"x\"} if false")
        .replace("package policies.acme.other", "package\tpolicies.acme.titled");
    let raw = "exempt := true\n\ntext := `\npackage policies.lib.more\n`\n";
    for (name, text) in [
        ("policies/lib/more.rego", format!("package\tpolicies.acme.titled\n\n{raw}")),
        ("policies/lib/more.rego", format!("package  policies.acme.titled\n\n{raw}")),
        ("policies/lib/more.rego", format!("package policies.acme.titled # policies.lib.more\n\n{raw}")),
        ("policies/lib/more.rego", format!(" package policies.acme.titled\n\n{raw}")),
        ("policies/lib/more.rego", format!("package policies\\\n.acme.titled\n{raw}")),
        (
            "policies/acme/other/rule.rego",
            format!("{own}\nexempt := true\n\ntext := `\npackage policies.acme.other\n`\n"),
        ),
    ] {
        let files = base();
        write(files.path(), name, &text);
        let (status, printed) = check(files.path(), &[]);
        assert!(status == 2 && printed.contains("failure[policy] in the change"), "{text}: {status} {printed}");
        let output = with_git(files.path(), &["check", "-o", "concise"]);
        assert_eq!(code(&output), 2, "{text}: {}", out(&output));
    }
    // A correct library with comments and blank lines before its package, and a comment after it.
    let files = base();
    write(
        files.path(),
        "policies/lib/more.rego",
        "# Ours.\n\n  # More.\npackage policies.lib.more # ours\n\nlong(text) if count(text) > 3\n",
    );
    let (status, printed) = check(files.path(), &[]);
    assert!(status == 0 && printed.contains("warning[trust/changed]"), "{status} {printed}");
}

#[test]
fn leavers_own_files_are_not_declarations_with_a_trusted_commit() {
    let files = committed(&[
        ("leaver.yaml", "version: 1\nprofile: ours.yaml\nvendors: [vendors.yaml]\n"),
        ("ours.yaml", PROFILE),
        ("vendors.yaml", VENDORS),
        ("a.yaml", CLEAN),
    ]);
    let (status, text) = check(files.path(), &[]);
    assert!(status == 0 && !text.contains("skipped"), "{status} {text}");
}

/// All tracked files are read, including those in submodules and those that an ignore file excludes. Files that are not checked out are reported.
#[test]
fn files_that_are_not_checked_out_are_reported() {
    let base =
        || committed(&[("leaver.yaml", "version: 1\nexclude: [excluded/**]\n"), ("a.yaml", CLEAN), ("x.txt", "x\n")]);
    for (name, status) in [("b.yaml", 2), ("excluded/b.yaml", 0)] {
        let files = base();
        write(files.path(), name, FAULTY);
        git(files.path(), &["update-index", "--skip-worktree", name, "x.txt"]);
        fs::remove_file(files.path().join(name)).expect("removed");
        fs::remove_file(files.path().join("x.txt")).expect("removed");
        let (found, text) = check(files.path(), &[]);
        assert_eq!(
            (found, text.contains("is tracked by git, but not checked out")),
            (status, status == 2),
            "{name}: {text}"
        );
    }
    let inner = committed(&[("b.yaml", FAULTY), (".gitignore", "*\n")]);
    let submodule = |files: &Path, folder: &str| {
        let from = inner.path().display().to_string();
        git(files, &["-c", "protocol.file.allow=always", "submodule", "add", "-q", &from, folder]);
    };
    let files = base();
    submodule(files.path(), "apps");
    let (status, text) = check(files.path(), &[]);
    assert!(status == 1 && text.contains("apps/b.yaml:7:3: error[jit/no-update-owner]"), "{status} {text}");
    write(files.path(), ".gitignore", "apps/\n");
    assert_eq!(check(files.path(), &[]).0, 1);
    let odd = files.path().join("apps").join(OsStr::from_bytes(b"\xff.yaml"));
    fs::write(&odd, FAULTY).expect("written");
    let (status, text) = check(files.path(), &[]);
    assert!(status == 2 && text.contains("apps/\u{fffd}.yaml"), "{status} {text}");
    fs::remove_file(odd).expect("removed");
    git(files.path(), &["submodule", "deinit", "-q", "-f", "apps"]);
    let (status, text) = check(files.path(), &[]);
    assert!(status == 2 && text.contains("the submodule `apps` is new and not checked out"), "{status} {text}");
    // A submodule in the trusted commit is not new, and a submodule in an excluded folder does not matter.
    git(files.path(), &["commit", "-qm", "with a submodule"]);
    assert_eq!(check(files.path(), &[]).0, 0);
    let files = base();
    submodule(files.path(), "excluded/apps");
    git(files.path(), &["submodule", "deinit", "-q", "-f", "excluded/apps"]);
    assert_eq!(check(files.path(), &[]).0, 0, "{}", check(files.path(), &[]).1);
}

/// If a file name looks like the name of a YAML file, reviewers take the file for a declaration, but leaver would not read it.
#[test]
fn names_that_imitate_yaml_files_are_reported() {
    let odd = [
        "b.yaml ",
        "b.yaml.",
        "b.y\u{430}ml",
        "b.yaml\u{200b}",
        "b.yaml\u{a0}",
        "b\u{2024}yaml",
        "b.\u{443}ml",
        "b.YAM\u{2113} ",
        "b.yml\u{feff}",
    ];
    for name in odd {
        for place in ["", "apps/", ".hidden/"] {
            let files = committed(&[("leaver.yaml", "version: 1\nexclude: [old/**]\n"), ("a.yaml", CLEAN)]);
            write(files.path(), &format!("{place}{name}"), FAULTY);
            let (status, text) = check(files.path(), &[]);
            assert!(
                status == 2 && text.contains("only looks like the name of a YAML file"),
                "{place}{name:?}: {status} {text}"
            );
            if place != ".hidden/" {
                let output = with_git(files.path(), &["check", "-o", "concise"]);
                assert_eq!(code(&output), 2, "{place}{name:?}: {}", out(&output));
            }
        }
        let files = committed(&[("leaver.yaml", "version: 1\nexclude: [old/**]\n"), ("a.yaml", CLEAN)]);
        write(files.path(), &format!("old/{name}"), FAULTY);
        assert_eq!(check(files.path(), &[]).0, 0, "{name:?}");
    }
    // A name is compared with the globs of the catalogue. The second catalogue has no configuration.
    let files = committed(&[("leaver.yaml", "version: 1\ninclude: [apps/*.yaml]\n"), ("apps/a.yaml", CLEAN)]);
    write(files.path(), "docs/b.yaml ", FAULTY);
    assert_eq!(check(files.path(), &[]).0, 0);
    write(files.path(), "apps/b.yaml ", FAULTY);
    assert_eq!(check(files.path(), &[]).0, 2);
    let files = folder(&[("a.yaml", CLEAN), ("b.yaml ", FAULTY)]);
    assert_eq!(code(&with_git(files.path(), &["check", "."])), 2);
    // Files with other names belong to other tools.
    let files = committed(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN)]);
    for name in
        ["notes.txt ", "b.yaml.bak", "b.yaml~", "\u{e4}.txt", "b.xml ", "yaml", "Ma\u{df}e.md", "b.json", "b.yaml.j2"]
    {
        write(files.path(), name, "x: 1\n");
    }
    write(files.path(), "\u{30c7}\u{30fc}\u{30bf}.yaml", "x: 1\n");
    let (status, text) = check(files.path(), &[]);
    assert_eq!(status, 0, "{text}");
}

#[test]
fn a_baseline_that_is_broken_in_the_change_is_status_2() {
    const EMPTY: &str = "{\"version\": 2, \"findings\": []}\n";
    let base = || {
        committed(&[("leaver.yaml", "version: 1\nbaseline: known.json\n"), ("a.yaml", CLEAN), ("known.json", EMPTY)])
    };
    for text in [
        "{",
        "[]",
        "{\"version\": 2, \"findings\": [], \"findings\": []}",
        "{\"version\": 9, \"findings\": []}",
        "{\"version\": 2, \"findings\": [{\"rule\": \"*\"}]}",
    ] {
        let files = base();
        write(files.path(), "known.json", text);
        let (status, printed) = check(files.path(), &[]);
        assert!(
            status == 2 && printed.contains("in the change: cannot read the baseline `known.json`"),
            "{text}: {status} {printed}"
        );
    }
    let files = base();
    fs::remove_file(files.path().join("known.json")).expect("removed");
    let (status, printed) = check(files.path(), &[]);
    assert!(status == 0 && printed.contains("`known.json` is gone"), "{status} {printed}");
    write(files.path(), "known.json/x", "x\n");
    assert_eq!(check(files.path(), &[]).0, 2);
}

/// Grafts, like replacements, give a commit other parents.
#[test]
fn grafts_do_not_choose_a_commit() {
    let files = committed(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN)]);
    let id = || {
        let output = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(files.path()).output().expect("git");
        out(&output).trim().to_owned()
    };
    let first = id();
    git(files.path(), &["commit", "-q", "--allow-empty", "-m", "second"]);
    let second = id();
    git(files.path(), &["checkout", "-q", "--orphan", "other"]);
    write(files.path(), "leaver.yaml", "version: 1\nrules: {jit/no-update-owner: {severity: off}}\n");
    git(files.path(), &["commit", "-qm", "other"]);
    let other = id();
    git(files.path(), &["checkout", "-q", "-B", "change", &second]);
    write(files.path(), "b.yaml", FAULTY);
    fs::create_dir_all(files.path().join(".git/info")).expect("a folder");
    fs::write(files.path().join(".git/info/grafts"), format!("{second} {other}\n")).expect("written");
    for name in [format!("{second}~1"), "refs/heads/main~1".to_owned(), first] {
        let output = with_git(files.path(), &["check", "-o", "concise", "--trust-ref", &name]);
        assert!(code(&output) == 1 && out(&output).contains("jit/no-update-owner"), "{name}: {}", out(&output));
    }
}

const SNAPSHOT: &str = "apiVersion: leaver/v1\nkind: Snapshot\nmetadata: {name: entra-id}\nspec: {system: entra-id, format: entra, takenOn: 2026-11-24, complete: true}\n";
const SEEN: &str = "apiVersion: leaver/v1\nkind: Observation\nmetadata: {name: entra-id-box}\nspec:\n  system: entra-id\n  appId: abc\n  label: Box\n  status: active\n  signOn: {protocol: saml, assignmentRequired: false}\n";

/// A catalogue with an app that differs from its observation.
fn observed() -> tempfile::TempDir {
    let app = FAULTY.replace("protocol: kerberos", "protocol: saml, system: entra-id, appId: abc").replace(
        "deprovision:",
        "update: {via: ticket, queue: Q, owner: t, slaHours: 24, evidence: ticket}\n    deprovision:",
    );
    committed(&[
        ("leaver.yaml", "version: 1\n"),
        ("b.yaml", &app),
        ("observed/s.yaml", SNAPSHOT),
        ("observed/o.yaml", SEEN),
    ])
}

#[test]
fn a_change_cannot_edit_the_observations_it_is_compared_with() {
    let edited = SEEN.replace("assignmentRequired: false", "assignmentRequired: true");
    let expected_text = "the change edits the observations of `entra-id`";
    let files = observed();
    let (status, text) = check(files.path(), &[]);
    assert!(status == 1 && text.contains("error[drift/assignment-open]"), "{status} {text}");
    // A change that edits only observations may come from a scheduled job, so the finding is a warning.
    write(files.path(), "observed/o.yaml", &edited);
    write(files.path(), "observed/s.yaml", &SNAPSHOT.replace("11-24", "11-25"));
    let (status, text) = check(files.path(), &[]);
    assert!(
        status == 0 && text.contains(&format!("warning[trust/changed] {expected_text} (2 edited)")),
        "{status} {text}"
    );
    // If the change also edits any other file, the edit of the observations is an error.
    let title = |files: &Path| {
        let text = fs::read_to_string(files.join("b.yaml")).expect("text");
        write(files, "b.yaml", &text.replace("{name: box,", "{name: box, title: Box,"));
    };
    let others: [&dyn Fn(&Path); 4] = [
        &title,
        &|files| write(files, "c.yaml", CLEAN),
        &|files| write(files, "leaver.yaml", "version: 1\nfailOn: warning\n"),
        &|files| {
            write(
                files,
                "b.yaml",
                &format!("{}---\n{edited}", fs::read_to_string(files.join("b.yaml")).expect("text")),
            );
        },
    ];
    for (index, other) in others.into_iter().enumerate() {
        let files = observed();
        if index < 3 {
            write(files.path(), "observed/o.yaml", &edited);
        } else {
            fs::remove_file(files.path().join("observed/o.yaml")).expect("removed");
            title(files.path());
        }
        other(files.path());
        let (status, text) = check(files.path(), &[]);
        assert!(
            status == 1 && text.contains(&format!("error[trust/changed] {expected_text}")),
            "{index}: {status} {text}"
        );
        let accepted = digest(files.path(), &[]);
        let (_, text) = check(files.path(), &["--accept-policy-change", &accepted]);
        assert!(
            text.contains(&format!("warning[trust/changed] {expected_text}")) && text.contains("(accepted)"),
            "{text}"
        );
        write(files.path(), "observed/more.yaml", &SEEN.replace("-box", "-more").replace("abc", "def"));
        let (_, text) = check(files.path(), &["--accept-policy-change", &accepted]);
        assert!(text.contains(&format!("error[trust/changed] {expected_text}")), "{text}");
    }
    // A scheduled job never removes an observation or a snapshot, and never writes an older snapshot, so these edits are errors.
    let older = SNAPSHOT.replace("11-24", "11-23");
    for (name, text) in [("observed/o.yaml", ""), ("observed/s.yaml", ""), ("observed/s.yaml", older.as_str())] {
        let files = observed();
        write(files.path(), name, text);
        let (status, text) = check(files.path(), &[]);
        assert!(
            status == 1 && text.contains(&format!("error[trust/changed] {expected_text}")),
            "{name}: {status} {text}"
        );
    }
}

#[test]
fn first_observations_and_evidence_are_not_reported_as_edits() {
    let files = committed(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN)]);
    write(files.path(), "observed/o.yaml", &format!("{SNAPSHOT}---\n{SEEN}"));
    write(files.path(), "c.yaml", &CLEAN.split("---").next().expect("an app").replace("slack", "zoom"));
    let (status, text) = check(files.path(), &[]);
    assert!(
        status == 0 && text.contains("warning[trust/changed] the change edits the observations"),
        "{status} {text}"
    );
    // Evidence outside the repository (`--evidence`) is not part of the change.
    let files = observed();
    let app = fs::read_to_string(files.path().join("b.yaml")).expect("text");
    write(files.path(), "b.yaml", &app.replace("{name: box,", "{name: box, title: Box,"));
    let export = "{\"observation\": \"leaver/v1\", \"system\": \"entra-id\", \"takenOn\": \"2026-11-25\", \"apps\": [{\"appId\": \"abc\", \"label\": \"Box\", \"status\": \"active\"}]}";
    let evidence = tempfile::NamedTempFile::new().expect("a file");
    fs::write(evidence.path(), export).expect("written");
    let (status, text) = check(files.path(), &["--evidence", evidence.path().to_str().expect("text")]);
    assert!(status == 1 && !text.contains("trust/changed"), "{status} {text}");
}
