//! With path arguments, rules about single declarations evaluate only the requested declarations. The findings are the same as in a full report.

use std::{collections::BTreeSet, path::Path};

use crate::common::{CLEAN, FAULTY, code, folder, git, leaver, out, root, with_git};
use rayon::prelude::*;
use serde_json::Value;

/// The examples without users' rules.
fn catalogue() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let examples = root().join("examples");
    for part in [".", "clean", "broken"] {
        std::fs::create_dir_all(folder.path().join(part)).expect("a folder");
        for entry in std::fs::read_dir(examples.join(part)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "yaml") && !path.ends_with("leaver.yaml") {
                std::fs::copy(&path, folder.path().join(part).join(path.file_name().expect("a name"))).expect("copied");
            }
        }
    }
    std::fs::write(folder.path().join("leaver.yaml"), "version: 1\n").expect("written");
    folder
}

fn files(catalogue: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for part in ["", "clean/", "broken/"] {
        for entry in std::fs::read_dir(catalogue.join(part)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "yaml") && !path.ends_with("leaver.yaml") {
                files.push(format!("{part}{}", path.file_name().expect("a name").to_string_lossy()));
            }
        }
    }
    files.sort();
    files
}

fn findings(catalogue: &Path, arguments: &[&str]) -> Vec<Value> {
    let output = with_git(catalogue, &[&["check", "-o", "json", "--exit-zero"], arguments].concat());
    let mut report: Value = serde_json::from_str(&out(&output)).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    assert_eq!(report["summary"]["failures"], 0, "{report:#}");
    serde_json::from_value(report["findings"].take()).expect("a list")
}

fn places(finding: &Value) -> BTreeSet<&str> {
    let related = finding["related"].as_array().into_iter().flatten();
    std::iter::once(finding).chain(related).filter_map(|place| place["file"].as_str()).collect()
}

/// Checks three files at a time, and compares their findings with those of a full report.
fn assert_same_findings_for_few_files(catalogue: &Path, arguments: &[&str]) -> usize {
    let all = findings(catalogue, arguments);
    // Requesting patterns also requests their apps.
    let files: Vec<String> = files(catalogue).into_iter().filter(|file| file != "patterns.yaml").collect();
    files.par_chunks(3).for_each(|few| {
        let few: Vec<&str> = few.iter().map(String::as_str).collect();
        let here: Vec<&Value> =
            all.iter().filter(|finding| places(finding).iter().any(|place| few.contains(place))).collect();
        let requested = findings(catalogue, &[arguments, &few].concat());
        assert_eq!(requested.iter().collect::<Vec<_>>(), here, "{few:?}");
    });
    all.len()
}

#[test]
fn a_single_file_has_the_findings_of_the_full_check() {
    let folder = catalogue();
    assert!(assert_same_findings_for_few_files(folder.path(), &[]) > 100);
}

#[test]
fn new_findings_of_files_are_the_same_as_in_a_full_report() {
    let folder = catalogue();
    let root = folder.path();
    git(root, &["init", "-q"]);
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "base"]);
    // Half of the files are renamed, a third of all files lose the owner of a stage, and a System that many apps use is edited.
    for (at, file) in files(root).iter().enumerate() {
        // The file with the patterns is not edited, since the new findings would be shown in the patterns.
        if file == "patterns.yaml" {
            continue;
        }
        let path = root.join(file);
        let text = std::fs::read_to_string(&path).expect("text");
        let text = if at % 3 == 0 { text.replacen(", owner: identity", "", 1) } else { text };
        let text = text.replace("deletes: true", "deletes: false");
        if at % 2 == 0 && file.contains('/') {
            std::fs::remove_file(&path).expect("removed");
            std::fs::write(root.join(file.replace('/', "/moved-")), text).expect("written");
        } else {
            std::fs::write(path, text).expect("written");
        }
    }
    assert!(assert_same_findings_for_few_files(root, &["--since", "HEAD"]) > 10);
}

#[test]
fn a_path_to_a_referenced_declaration_reports_findings_about_references() {
    let app = declared("App", "a", "lifecycle: {review: {owner: ann, everyDays: 90}}");
    let team = declared("Team", "t", "members: [ann, bob]");
    let folder = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &app), ("t.yaml", &team)]);
    let found = findings(folder.path(), &["t.yaml"]);
    assert_eq!(rules(&found), ["owner/person-not-team"], "the finding is in a.yaml, and t.yaml is its related place");
}

#[test]
fn paths_limit_the_reported_findings() {
    let two = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN), ("b.yaml", FAULTY)]);
    let output = leaver(two.path(), &["check", "a.yaml"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    assert!(out(&output).contains("3 declarations outside the paths given"), "{}", out(&output));
    assert_eq!(code(&leaver(two.path(), &["check", "b.yaml"])), 1);
    let elsewhere = folder(&[("x.yaml", CLEAN)]);
    let path = elsewhere.path().to_str().expect("text");
    assert_eq!(code(&leaver(two.path(), &["check", "a.yaml", path])), 2, "one catalogue at a time");
}

/// A declaration on four lines. The name is on the third line and the spec on the fourth.
fn declared(kind: &str, name: &str, spec: &str) -> String {
    format!("apiVersion: leaver/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n")
}

fn rules(findings: &[Value]) -> Vec<&str> {
    findings.iter().filter_map(|finding| finding["rule"].as_str()).collect()
}

#[test]
fn an_unused_waiver_is_shown_with_the_apps_that_it_names() {
    let waiver = declared(
        "Waiver",
        "w",
        "rule: jit/no-review-owner, apps: [a, c], reason: \"a test of waivers\", approver: ann, from: 2026-11-01, expires: 2026-12-31",
    );
    let app = |name| declared("App", name, "provisioning: {mode: none}");
    let jit = declared("App", "c", "provisioning: {mode: jit}");
    let unused = |files: &[(&str, &str)], requested: &str| {
        let folder = folder(&[files, &[("leaver.yaml", "version: 1\n"), ("w.yaml", &waiver)]].concat());
        rules(&findings(folder.path(), &[requested])).contains(&"waiver/unused")
    };
    let (a, b, c) = (app("a"), app("b"), app("c"));
    assert!(unused(&[("a.yaml", &a), ("b.yaml", &b), ("c.yaml", &c)], "a.yaml"));
    assert!(!unused(&[("a.yaml", &a), ("b.yaml", &b), ("c.yaml", &c)], "b.yaml"));
    assert!(!unused(&[("a.yaml", &a), ("b.yaml", &b), ("c.yaml", &jit)], "a.yaml"), "the waiver is used in c.yaml");
    assert!(!unused(&[("a.yaml", &a), ("b.yaml", &b), ("c.yaml", &jit)], "w.yaml"), "the waiver is used in c.yaml");
}

/// The finding about an unused waiver is known if the waiver was unused in the base, too. The base is evaluated for all apps that the waiver named
/// there.
#[test]
fn apps_that_a_waiver_named_before_are_evaluated_in_the_base() {
    let waiver = |apps: &str| {
        let facts = "reason: \"a test of waivers\", approver: ann, from: 2026-11-01, expires: 2026-12-31";
        declared("Waiver", "w", &format!("rule: jit/no-review-owner, apps: [{apps}], {facts}"))
    };
    let app = |name, mode| declared("App", name, &format!("provisioning: {{mode: {mode}}}"));
    // The apps that the waiver named in the base, whether it covered a finding in `c`, whether `c` is removed, and whether the finding is new.
    for (before, used, gone, news) in [
        ("a, c", true, false, true),
        ("a, c", false, false, false),
        ("c", true, false, true),
        ("c", false, false, false),
        ("a", false, true, false),
        ("a, c", true, true, true),
        ("a, c", false, true, false),
    ] {
        let c = app("c", if used { "jit" } else { "none" });
        let files = [("leaver.yaml", "version: 1\n"), ("a.yaml", &app("a", "none")), ("c.yaml", &c)];
        let folder = folder(&[&files[..], &[("d.yaml", &app("d", "jit")), ("w.yaml", &waiver(before))]].concat());
        let root = folder.path();
        git(root, &["init", "-q"]);
        git(root, &["add", "-A"]);
        git(root, &["commit", "-qm", "base"]);
        std::fs::write(root.join("w.yaml"), waiver("a")).expect("written");
        if gone {
            std::fs::remove_file(root.join("c.yaml")).expect("removed");
        }
        for requested in ["a.yaml", "w.yaml", "."] {
            let new = findings(root, &["--since", "HEAD", requested]);
            let is_new = rules(&new).contains(&"waiver/unused");
            assert_eq!(is_new, news, "{before}, of use: {used}, gone: {gone}, {requested}: {new:#?}");
        }
    }
}

#[test]
fn snippets_of_findings_show_no_secret() {
    let secret = "4f9c2a7be1d05c83aa6e7710b9d2c3f5";
    let app = |name, purpose| {
        let item = format!("name: s, purpose: {purpose}, kind: scim-token, vault: \"vault://kv/okta/scim\"");
        declared("App", name, &format!("nonHuman: [{{{item}}}]"))
    };
    let files = [("leaver.yaml", "version: 1\n"), ("a.yaml", &app("a", "sync")), ("b.yaml", &app("b", secret))];
    let folder = folder(&files.map(|(name, text)| (name, text)));
    for requested in ["a.yaml", "b.yaml", "."] {
        let text = out(&leaver(folder.path(), &["check", requested]));
        assert!(text.contains("credential/reused") && text.contains("b.yaml:4:"), "{requested}: {text}");
        assert!(!text.contains("4f9c2a7b"), "{requested}: {text}");
    }
}

#[test]
fn known_findings_are_removed_before_paths_apply() {
    let app = declared(
        "App",
        "x",
        "provisioning: {mode: connector, connector: {system: s-a}}, lifecycle: {deprovision: {via: connector, system: s-b}}",
    );
    let system = |name, what: &str| declared("System", name, &format!("kind: directory, outOfScope: {what}"));
    let folder = folder(&[
        ("leaver.yaml", "version: 1\n"),
        ("x.yaml", &app),
        ("s-a.yaml", &system("s-a", "skip")),
        ("s-b.yaml", &system("s-b", "deprovision")),
    ]);
    let root = folder.path();
    git(root, &["init", "-q"]);
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "base"]);
    std::fs::write(root.join("s-b.yaml"), system("s-b", "skip")).expect("written");
    let new = findings(root, &["--since", "HEAD", "s-b.yaml", "--select", "scim/out-of-scope-skipped"]);
    assert_eq!(rules(&new), ["scim/out-of-scope-skipped"], "one more finding than in the base");
}

#[test]
fn declarations_with_one_name_are_evaluated_together() {
    let app = FAULTY.split("---").next().unwrap_or_default();
    let folder = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", app)]);
    let root = folder.path();
    git(root, &["init", "-q"]);
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "base"]);
    std::fs::write(root.join("b.yaml"), app).expect("written");
    let new = findings(root, &["--since", "HEAD", "b.yaml", "--select", "jit"]);
    assert_eq!(rules(&new), ["jit/no-update-owner"], "the first of the two findings is known");
}
