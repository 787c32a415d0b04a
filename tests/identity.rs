//! A waiver or baseline never covers another entry or app, because list entries are identified by name, and apps by more than their name.

mod shown;

use std::path::Path;

use serde_json::Value;

use crate::common::{code, err, folder, git, leaver, out, with_git};

/// An entry without an owner, which is a finding.
fn entry(name: &str) -> String {
    format!("  - {{name: {name}, kind: bot}}\n")
}

fn owned(name: &str) -> String {
    format!("  - {{name: {name}, kind: bot, owner: t}}\n")
}

/// An app with these entries.
fn app(metadata: &str, spec: &str, entries: &[String]) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: box, owner: t{metadata}}}\nspec:\n  provisioning: {{mode: none}}\n{spec}  nonHuman:\n{}---\napiVersion: leaver/v1\nkind: Team\nmetadata: {{name: t}}\nspec: {{members: [a, b]}}\n",
        entries.concat()
    )
}

fn entries(entries: &[String]) -> String {
    app("", "", entries)
}

fn waiver(more: &str) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {{name: w}}\nspec:\n  rule: credential/no-owner\n  apps: [box]\n{more}  reason: it is so\n  compensatingControl: a list\n  owner: t\n  approver: s\n  from: 2026-11-01\n  expires: 2027-01-31\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {{name: s}}\nspec: {{members: [c, d]}}\n"
    )
}

fn write_file(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("written");
}

fn commit(folder: &Path) {
    if !folder.join(".git").exists() {
        git(folder, &["init", "-q"]);
    }
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-qm", "x"]);
}

/// The findings, one per line. For a credential, the line has the status and the address; for a waiver or a name, it has the rule and the message.
fn check(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let select = "credential/no-owner,waiver,catalogue/reused-name,catalogue/duplicate-name";
    let output = with_git(folder, &[&["check", "-o", "json", "--select", select], arguments].concat());
    let report: Value =
        serde_json::from_str(&out(&output)).unwrap_or_else(|_| panic!("{}{}", out(&output), err(&output)));
    assert_eq!(report["failures"], Value::Array(Vec::new()), "{report}");
    let text = |finding: &Value, key: &str| finding[key].as_str().expect("text").to_owned();
    let line = |finding: &Value| match text(finding, "rule").as_str() {
        "credential/no-owner" => format!("{} {}", text(finding, "status"), text(finding, "address")),
        rule => format!("{rule}: {}", text(finding, "message")),
    };
    let mut lines: Vec<String> = report["findings"].as_array().expect("a list").iter().map(line).collect();
    lines.sort();
    lines
}

fn open_finding(name: &str) -> String {
    format!("open spec.nonHuman[{name}].owner")
}

/// Changes of a list whose first entry has a known finding: a description, the new list, and the expected findings.
fn list_changes() -> Vec<(&'static str, Vec<String>, Vec<String>)> {
    vec![
        ("as it was", vec![entry("old"), owned("ok")], vec![]),
        ("reordered", vec![owned("ok"), entry("old")], vec![]),
        ("one before it", vec![entry("new"), entry("old"), owned("ok")], vec![open_finding("new")]),
        ("one after it", vec![entry("old"), owned("ok"), entry("new")], vec![open_finding("new")]),
        ("another in its place", vec![entry("new"), owned("ok")], vec![open_finding("new")]),
        ("renamed", vec![entry("old2"), owned("ok")], vec![open_finding("old2")]),
        ("swapped", vec![entry("ok"), owned("old")], vec![open_finding("ok")]),
        ("another spelling", vec![entry("OLD"), owned("ok")], vec![open_finding("OLD")]),
        ("a name that looks like a path", vec![entry("'old].owner'")], vec![open_finding("\"old].owner\"")]),
        ("a number", vec![entry("'0'"), owned("old")], vec![open_finding("\"0\"")]),
    ]
}

#[test]
fn a_waiver_covers_the_entry_that_it_names() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("w.yaml", &waiver("  path: spec.nonHuman[old]\n"))]);
    for (why, list, want) in list_changes() {
        write_file(files.path(), "a.yaml", &entries(&list));
        let found = check(files.path(), &[]);
        let found: Vec<&String> = found.iter().filter(|line| line.starts_with("open ")).collect();
        assert_eq!(found, want.iter().collect::<Vec<_>>(), "{why}");
    }
}

#[test]
fn a_baseline_and_a_base_identify_entries_by_name() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &entries(&[entry("old"), owned("ok")]))]);
    commit(files.path());
    let written = leaver(
        files.path(),
        &["check", "--select", "credential", "--baseline", "base.json", "--update-baseline", "--add-to-baseline"],
    );
    assert_eq!(code(&written), 0, "{}", err(&written));
    for (why, list, want) in list_changes() {
        write_file(files.path(), "a.yaml", &entries(&list));
        assert_eq!(check(files.path(), &["--baseline", "base.json"]), want, "{why}");
        assert_eq!(check(files.path(), &["--since", "HEAD"]), want, "{why}");
    }
}

#[test]
fn entries_that_share_a_name_are_not_confused() {
    let (one, other) = (entry("bot"), "  - {name: bot, kind: bot, owner: t, notes: x}\n".to_owned());
    let third = "  - {name: bot, kind: bot, notes: y}\n".to_owned();
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &entries(&[one.clone(), other.clone()]))]);
    commit(files.path());
    let known = check(files.path(), &[]);
    let twin = known[0].strip_prefix("open ").and_then(|line| line.strip_suffix(".owner")).expect("an address");
    write_file(files.path(), "w.yaml", &waiver(&format!("  path: {twin}\n")));
    let waived = |list: &[String]| {
        write_file(files.path(), "a.yaml", &entries(list));
        check(files.path(), &[]).iter().filter(|line| line.starts_with("open ")).count()
    };
    let new = |list: &[String]| {
        write_file(files.path(), "a.yaml", &entries(list));
        check(files.path(), &["--since", "HEAD", "--ignore", "waiver"])
            .iter()
            .filter(|line| line.starts_with("open "))
            .count()
    };
    for (why, list, count) in [
        ("as it was", vec![one.clone(), other.clone()], 0),
        ("reordered", vec![other.clone(), one.clone()], 0),
        ("another in its place", vec![third.clone(), other.clone()], 1),
        ("another before it", vec![third.clone(), one.clone()], 1),
        ("a copy of it", vec![one.clone(), one.clone(), other.clone()], 1),
        ("the other one loses its owner", vec![other.replace(", owner: t", ""), one.clone()], 1),
    ] {
        assert_eq!(waived(&list), count, "waiver: {why}");
        std::fs::remove_file(files.path().join("w.yaml")).expect("removed");
        assert_eq!(new(&list), count, "--since: {why}");
        write_file(files.path(), "w.yaml", &waiver(&format!("  path: {twin}\n")));
    }
}

#[test]
fn a_waiver_by_position_is_reported_and_means_the_entry_of_the_base() {
    let files = folder(&[
        ("leaver.yaml", "version: 1\n"),
        ("a.yaml", &entries(&[entry("old"), owned("ok")])),
        ("w.yaml", &waiver("  path: spec.nonHuman.0\n")),
    ]);
    let warning = "waiver/index-path: w: `spec.nonHuman.0` identifies an entry by its position; write `spec.nonHuman[old]` instead".to_owned();
    let covered = "waived spec.nonHuman[old].owner".to_owned();
    assert_eq!(check(files.path(), &[]), [covered.clone(), warning]);
    commit(files.path());
    write_file(files.path(), "a.yaml", &entries(&[entry("new"), entry("old"), owned("ok")]));
    for trusted in [&["--trust-ref", "HEAD"][..], &["--since", "HEAD"], &["--trust-ref", "HEAD", "--since", "HEAD"]] {
        let found = check(files.path(), trusted);
        assert!(found.contains(&open_finding("new")) && found.contains(&covered), "{trusted:?}: {found:?}");
    }
    for path in ["spec.nonHuman[0]", "spec.nonHuman.0.owner"] {
        write_file(files.path(), "w.yaml", &waiver(&format!("  path: {path}\n")));
        let found = check(files.path(), &[]);
        assert!(found.iter().any(|line| line.starts_with("waiver/index-path")), "{path}: {found:?}");
    }
    write_file(files.path(), "w.yaml", &waiver("  path: spec.nonHuman.7\n"));
    let found = check(files.path(), &[]);
    assert!(
        found.contains(&open_finding("old")) && found.iter().any(|line| line.starts_with("waiver/unused")),
        "{found:?}"
    );
}

#[test]
fn a_baseline_with_positions_is_read_and_rewritten() {
    let row = r#"{"rule": "credential/no-owner", "kind": "App", "name": "box", "pointer": "/spec/nonHuman/0/owner", "count": 1}"#;
    let old = format!(r#"{{"version": 1, "findings": [{row}]}}"#);
    let files = folder(&[
        ("leaver.yaml", "version: 1\n"),
        ("a.yaml", &entries(&[entry("old"), owned("ok")])),
        ("base.json", &old),
    ]);
    commit(files.path());
    let run = |more: &[&str]| {
        with_git(
            files.path(),
            &[&["check", "--select", "credential/no-owner", "--baseline", "base.json"], more].concat(),
        )
    };
    let read = run(&[]);
    assert!(
        code(&read) == 0 && err(&read).contains("warning") && err(&read).contains("--update-baseline"),
        "{}",
        err(&read)
    );
    // The base determines which entry a position means.
    write_file(files.path(), "a.yaml", &entries(&[entry("new"), entry("old")]));
    for base in [&["--since", "HEAD"][..], &["--trust-ref", "HEAD"]] {
        let found = run(&[base, &["-o", "concise"]].concat());
        assert!(
            code(&found) == 1 && out(&found).contains("`new`") && !out(&found).contains("`old`"),
            "{}",
            out(&found)
        );
    }
    write_file(files.path(), "a.yaml", &entries(&[entry("old"), owned("ok")]));
    let rewritten = run(&["--update-baseline"]);
    assert!(code(&rewritten) == 0 && !err(&rewritten).contains("warning"), "{}", err(&rewritten));
    let text = std::fs::read_to_string(files.path().join("base.json")).expect("a file");
    assert!(
        text.contains("\"version\": 2") && text.contains("spec.nonHuman[old].owner") && !text.contains("pointer"),
        "{text}"
    );
    write_file(files.path(), "a.yaml", &entries(&[entry("new"), entry("old")]));
    let found = run(&["-o", "concise"]);
    assert!(
        err(&found).is_empty() && out(&found).contains("`new`") && !out(&found).contains("`old`"),
        "{}",
        out(&found)
    );
    for broken in [
        old.replace("pointer", "path"),
        old.replace("\"version\": 1", "\"version\": 2"),
        old.replace("\"version\": 1", "\"version\": 3"),
    ] {
        write_file(files.path(), "base.json", &broken);
        assert_eq!(code(&run(&[])), 2, "{broken}");
    }
}

/// Pairs of different apps with the same name, each with the difference between the two.
fn other_apps_of_the_name() -> Vec<(&'static str, String, String)> {
    let with = |metadata: &str, spec: &str| app(metadata, spec, &[entry("old")]);
    vec![
        ("vendor", with(", vendor: Box", ""), with(", vendor: Dropbox", "")),
        ("a vendor that was not declared", with("", ""), with(", vendor: Dropbox", "")),
        ("a vendor that is no longer declared", with(", vendor: Box", ""), with("", "")),
        ("tier", with("", "  tier: 3\n"), with("", "  tier: 1\n")),
        ("appId", with("", "  signOn: {appId: a1}\n"), with("", "  signOn: {appId: a2}\n")),
        ("system", with("", "  signOn: {system: okta}\n"), with("", "  signOn: {system: entra-id}\n")),
    ]
}

#[test]
fn the_baseline_does_not_cover_another_app_of_the_same_name() {
    for (why, before, after) in other_apps_of_the_name() {
        let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &before)]);
        let written = leaver(
            files.path(),
            &["check", "--select", "credential", "--baseline", "base.json", "--update-baseline", "--add-to-baseline"],
        );
        assert_eq!(code(&written), 0, "{}", err(&written));
        commit(files.path());
        for known in [
            &["--since", "HEAD"][..],
            &["--baseline", "base.json"],
            &["--trust-ref", "HEAD", "--baseline", "base.json"],
        ] {
            write_file(files.path(), "a.yaml", &before);
            assert_eq!(check(files.path(), known), Vec::<String>::new(), "{why} {known:?}");
            // Notes and the spelling of the vendor do not change the identity.
            write_file(
                files.path(),
                "a.yaml",
                &before.replace("vendor: Box", "vendor: ' box '").replace("kind: bot", "kind: bot, notes: x"),
            );
            assert_eq!(check(files.path(), known), Vec::<String>::new(), "{why} {known:?}");
            write_file(files.path(), "a.yaml", &after);
            let found = check(files.path(), known);
            assert!(found.contains(&open_finding("old")), "{why} {known:?}: {found:?}");
            let reused_names = found
                .iter()
                .filter(|line| line.starts_with("catalogue/reused-name: box: 1 known finding belongs to another app"));
            assert_eq!(reused_names.count(), 1, "{why} {known:?}: {found:?}");
        }
    }
}

#[test]
fn a_waiver_does_not_cover_another_app_of_the_same_name() {
    for (why, before, after) in other_apps_of_the_name() {
        let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &before), ("w.yaml", &waiver(""))]);
        commit(files.path());
        let has_reused_name = |found: &[String]| {
            found.iter().any(|line| {
                line.starts_with("catalogue/reused-name: box: the waiver `w` is for another app with the same name")
            })
        };
        for base in [&["--trust-ref", "HEAD"][..], &["--since", "HEAD"], &["--trust-ref", "HEAD", "--since", "HEAD"]] {
            write_file(files.path(), "a.yaml", &before);
            let found = check(files.path(), base);
            assert!(!found.contains(&open_finding("old")) && !has_reused_name(&found), "{why} {base:?}: {found:?}");
            write_file(files.path(), "a.yaml", &after);
            let found = check(files.path(), base);
            assert!(found.contains(&open_finding("old")) && has_reused_name(&found), "{why} {base:?}: {found:?}");
            assert!(!found.iter().any(|line| line.starts_with("waiver/unused")), "{why} {base:?}: {found:?}");
        }
        // Waivers written by `leaver waive` record the identity, so no base is needed.
        std::fs::remove_file(files.path().join("w.yaml")).expect("removed");
        write_file(files.path(), "a.yaml", &before);
        let arguments = ["--reason", "it moves", "--approver", "s", "--expires", "2027-01-31", "-o", "w.yaml"];
        let waived = leaver(files.path(), &[&["waive", "credential/no-owner", "box"], &arguments[..]].concat());
        assert_eq!(code(&waived), 0, "{}{}", out(&waived), err(&waived));
        let found = check(files.path(), &[]);
        assert!(
            !found.contains(&open_finding("old")) && !has_reused_name(&[found.clone()].concat()),
            "{why}: {found:?}"
        );
        write_file(files.path(), "a.yaml", &after);
        let found = check(files.path(), &[]);
        let other = found
            .iter()
            .any(|line| line.starts_with("catalogue/reused-name: box: the waiver `box-credential-no-owner`"));
        assert!(found.contains(&open_finding("old")) && other, "{why}: {found:?}");
    }
}

/// A waiver whose app was removed does not cover the next app with the same name.
#[test]
fn a_waiver_of_a_removed_app_covers_no_other() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("w.yaml", &waiver(""))]);
    commit(files.path());
    write_file(files.path(), "a.yaml", &entries(&[entry("old")]));
    for base in [&["--trust-ref", "HEAD"][..], &["--since", "HEAD"]] {
        let found = check(files.path(), base);
        assert!(found.contains(&open_finding("old")), "{base:?}: {found:?}");
        assert!(found.iter().any(|line| line.contains("no app had this name")), "{base:?}: {found:?}");
    }
    // A waiver that is added together with the new app covers that app.
    write_file(files.path(), "w.yaml", &waiver("").replace("name: w", "name: w2"));
    assert!(!check(files.path(), &["--since", "HEAD"]).contains(&open_finding("old")));
}

#[test]
fn waive_accepts_names_and_positions_and_refuses_invalid_paths() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &entries(&[entry("old"), entry("'a b]'")]))]);
    let waive = |path: &str| {
        let arguments =
            ["--reason", "it moves", "--approver", "s", "--expires", "2027-01-31", "-o", "w.yaml", "--path", path];
        let output = leaver(files.path(), &[&["waive", "credential/no-owner", "box"], &arguments[..]].concat());
        let text = std::fs::read_to_string(files.path().join("w.yaml")).unwrap_or_default();
        drop(std::fs::remove_file(files.path().join("w.yaml")));
        (code(&output), text, out(&output) + &err(&output))
    };
    for (path, want) in [
        ("spec.nonHuman[old]", "path: spec.nonHuman[old]\n"),
        ("spec.nonHuman.0", "path: spec.nonHuman[old]\n"),
        ("spec.nonHuman[1].owner", "path: spec.nonHuman[\"a b]\"].owner\n"),
        ("spec.nonHuman[\"a b]\"]", "path: spec.nonHuman[\"a b]\"]\n"),
    ] {
        let (status, text, printed) = waive(path);
        assert!(status == 0 && text.contains(want), "{path}: {text}{printed}");
        assert!(!printed.contains("waiver/unused"), "{path}: {printed}");
    }
    for path in ["spec.nonHuman[", "spec.nonHuman.5", "[old]", "spec..x"] {
        let (status, text, printed) = waive(path);
        assert!(
            status == 2 && text.is_empty() && printed.contains("path") | printed.contains("position"),
            "{path}: {printed}"
        );
    }
}
