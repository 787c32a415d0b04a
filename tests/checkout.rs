//! In a checkout of leaver, the commands for rules read rules, schemas and facts from disk, and all other commands use the built-in files. Two
//! branches that each add a rule merge without conflicts.

use std::path::Path;

use crate::common::{FAULTY, code, err, folder, git, leaver, out, root};

/// Copies the parts of a checkout that rules need.
fn checkout() -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for name in ["policies", "schemas", "data", "docs/rules"] {
        copy_folder(&root().join(name), &copy.path().join(name));
    }
    for name in ["Cargo.toml", ".gitattributes"] {
        std::fs::copy(root().join(name), copy.path().join(name)).expect("copied");
    }
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("created");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

fn edit(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).expect("text");
    assert!(text.contains(from), "{}: {from}", file.display());
    std::fs::write(file, text.replacen(from, to, 1)).expect("written");
}

/// Runs leaver and checks the status and the output.
fn assert_output(folder: &Path, arguments: &[&str], status: i32, texts: &[&str]) -> String {
    let output = leaver(folder, arguments);
    let all = format!("{}{}", out(&output), err(&output));
    assert_eq!(code(&output), status, "{arguments:?}: {all}");
    for text in texts {
        assert!(all.contains(text), "{arguments:?}: {text}: {all}");
    }
    all
}

#[test]
fn a_new_rule_is_tested_without_a_build() {
    let copy = checkout();
    let here = copy.path();
    edit(&here.join("Cargo.toml"), &format!("version = \"{}\"", env!("CARGO_PKG_VERSION")), "version = \"7.8.9\"");
    let written =
        assert_output(here, &["new", "rule", "jit/no-logo"], 0, &["controls", "leaver test jit/no-logo", "just bless"]);
    assert!(!written.contains("leaver.yaml") && !here.join("leaver.yaml").exists(), "{written}");
    let rego = std::fs::read_to_string(here.join("policies/jit/no-logo/rule.rego")).expect("text");
    assert!(
        rego.contains("#   since: 7.8.9\n") && rego.contains("controls") && rego.contains("status: stable"),
        "{rego}"
    );
    // In any folder of the checkout, a rule may be named by its id, its path or its folder.
    for (folder, what) in [
        (".", "jit/no-logo"),
        (".", "policies/jit/no-logo"),
        (".", "policies/jit/no-logo/rule.rego"),
        (".", "./policies/jit/no-logo/"),
        ("policies/jit", "no-logo"),
        ("policies/jit/no-logo", "."),
        ("docs", "../policies/jit/no-logo"),
        ("docs", "jit/no-logo"),
    ] {
        assert_output(
            &here.join(folder),
            &["test", what, "-v"],
            0,
            &["ok      jit/no-logo: bad 1", " 0 failed, 100.0 %", "1 policy file "],
        );
    }
    // An edit takes effect at once, in the rule and in its page.
    edit(&here.join("policies/jit/no-logo/rule.rego"), "the app has no title", "there is no title");
    edit(&here.join("policies/jit/no-logo/rule.md"), "# finding: jit/no-logo", "");
    assert_output(here, &["test", "jit/no-logo"], 1, &["expected nothing; message: slack: there is no title"]);
    edit(&here.join("policies/jit/no-logo/rule.rego"), "findings contains", "findings contain");
    assert_output(here, &["test", "jit/no-logo"], 2, &["policies/jit/no-logo/rule.rego"]);
    // The id of a rule on disk cannot be used again.
    assert_output(here, &["new", "rule", "jit/no-logo"], 2, &["leaver already has a rule `jit/no-logo`"]);
    assert_output(here, &["test", "jit/nothing-here"], 2, &["no rule to test"]);
}

#[test]
fn libraries_schemas_and_facts_are_read_from_disk() {
    let copy = checkout();
    let here = copy.path();
    // Adds a fact, a key and a library that are not built in.
    edit(&here.join("data/vendors/15five.json"), "\"title\": \"15Five\"", "\"title\": \"Zzz\"");
    edit(&here.join("schemas/leaver.schema.json"), "\"title\": {", "\"logo\": {\"type\": \"string\"}, \"title\": {");
    std::fs::write(
        here.join("policies/lib/logos.rego"),
        "package policies.lib.logos\n\nknown if data.leaver.vendors[lower(input.metadata.vendor)].title == \"Zzz\"\n",
    )
    .expect("written");
    assert_output(here, &["new", "rule", "jit/no-logo"], 0, &[]);
    let rule = here.join("policies/jit/no-logo/rule.rego");
    edit(&rule, "\tnot input.metadata.title\n", "\tlogos.known\n\tnot input.metadata.logo\n");
    edit(&rule, "\n# A finding is", "\nimport data.policies.lib.logos\n\n# A finding is");
    let page = here.join("policies/jit/no-logo/rule.md");
    edit(&page, "{name: slack} #", "{name: slack, vendor: 15Five} #");
    edit(&page, "title: Slack", "vendor: 15five, logo: z.png");
    assert_output(here, &["test", "jit/no-logo"], 0, &[" 0 failed, 100.0 %"]);
    // Adds a vendor that is not built in.
    let index = here.join("data/vendors/index.tsv");
    let vendor = std::fs::read_to_string(here.join("data/vendors/15five.json")).expect("text");
    std::fs::write(here.join("data/vendors/zzz-soft.json"), vendor.replace("\"15five\":", "\"zzz-soft\":"))
        .expect("written");
    std::fs::write(&index, std::fs::read_to_string(&index).expect("text") + "zzz-soft\tzzz-soft\n").expect("written");
    edit(&page, "vendor: 15Five}", "vendor: Zzz-Soft}");
    assert_output(here, &["test", "jit/no-logo"], 0, &[" 0 failed, 100.0 %"]);
    // Keys that the schema on disk does not have are refused.
    edit(&here.join("schemas/leaver.schema.json"), "\"logo\": {\"type\": \"string\"}, ", "");
    assert_output(here, &["test", "jit/no-logo"], 1, &["`input.metadata.logo`: no declaration can have this"]);
}

/// A catalogue that looks like a checkout cannot replace the bundled rules.
#[test]
fn other_commands_use_built_in_rules() {
    let copy = checkout();
    let here = copy.path();
    std::fs::create_dir(here.join("apps")).expect("created");
    std::fs::write(here.join("apps/box.yaml"), FAULTY).expect("written");
    let before = assert_output(here, &["check", "apps", "-o", "json"], 1, &["jit/no-update-owner"]);
    let rules = assert_output(here, &["rules"], 0, &["jit/no-update-owner"]);
    std::fs::remove_dir_all(here.join("policies/jit")).expect("removed");
    std::fs::write(here.join("schemas/leaver.schema.json"), "{}").expect("written");
    std::fs::write(here.join("data/vendors/15five.json"), "{}\n").expect("written");
    assert_eq!(assert_output(here, &["check", "apps", "-o", "json"], 1, &[]), before);
    assert_eq!(assert_output(here, &["rules"], 0, &[]), rules);
    assert_output(here, &["explain", "jit/no-update-owner"], 0, &[]);
    assert_output(here, &["test", "jit/no-update-owner"], 2, &["no rule to test"]);
}

#[test]
fn only_leavers_own_tree_is_a_checkout() {
    let good = format!("[package]\nname = \"leaver\"\nversion = \"{}\"\n", env!("CARGO_PKG_VERSION"));
    let rule = crate::common::rule("x", "findings := set()").replace("policies.acme.x", "policies.zzz.x");
    let all: &[&str] = &["policies/lib/a.txt", "schemas/a.txt", "data/a.txt"];
    for (manifest, more, is_one) in [
        (good.as_str(), all, true),
        ("[package]\nversion=\"1.0.0\" # x\n name=\"leaver\" # y\n", all, true),
        (good.as_str(), &all[1..], false),
        (good.as_str(), &all[..1], false),
        ("[package]\nname = \"other\"\nversion = \"1.0.0\"\n", all, false),
        ("[package]\nname = \"leaver-core\"\nversion = \"1.0.0\"\n", all, false),
        ("[package]\nversion = \"1.0.0\"\n[lib]\nname = \"leaver\"\n", all, false),
        ("[workspace]\nmembers = [\"leaver\"]\n", all, false),
        ("name = \"leaver\"", all, false),
        ("", all, false),
    ] {
        let mut files: Vec<(&str, &str)> = vec![("Cargo.toml", manifest), ("policies/zzz/x/rule.rego", &rule)];
        files.extend(more.iter().map(|name| (*name, "")));
        let copy = folder(&files);
        let listed = out(&leaver(copy.path(), &["test", "zzz/x", "-v", "--threshold", "0"]));
        assert_eq!(listed.contains("zzz/x: metadata and paths"), is_one, "{manifest}: {listed}");
        // A catalogue below a checkout is an ordinary catalogue.
        std::fs::create_dir(copy.path().join("sub")).expect("created");
        std::fs::write(copy.path().join("sub/leaver.yaml"), "version: 1\n").expect("written");
        assert_output(&copy.path().join("sub"), &["test", "zzz/x"], 2, &["no rule to test"]);
    }
}

/// A rule that does not terminate is stopped in a checkout, too.
#[test]
fn rules_of_a_checkout_run_in_a_worker() {
    let copy = checkout();
    let here = copy.path();
    assert_output(here, &["new", "rule", "jit/no-end"], 0, &[]);
    edit(
        &here.join("policies/jit/no-end/rule.rego"),
        "\tnot input.metadata.title\n",
        "\tcount([1 | some i in numbers.range(1, 9000); some j in numbers.range(1, 9000); i * j < 0]) == 0\n",
    );
    let printed = assert_output(here, &["test", "jit/no-end"], 1, &["FAILED  jit/no-end: bad 1"]);
    assert!(printed.contains("took longer than 2000 ms") || printed.contains("was stopped"), "{printed}");
}

/// Branches that each add a rule merge without conflicts. The merged pages equal the output of `leaver docs`, except for the order of lines in the
/// index and in `docs/keys.md`.
#[test]
fn branches_that_each_add_a_rule_merge() {
    let copy = checkout();
    let here = copy.path();
    let docs = || assert_eq!(code(&leaver(here, &["docs", "docs"])), 0);
    docs();
    git(here, &["init", "-q"]);
    git(here, &["add", "-A"]);
    git(here, &["commit", "-q", "-m", "start"]);
    let branches = [("a", "jit/no-logo-a"), ("b", "jit/no-logo-b"), ("c", "aaa/first"), ("d", "zzz/last")];
    for (branch, id) in branches {
        git(here, &["checkout", "-q", "-b", branch, "main"]);
        assert_output(here, &["new", "rule", id], 0, &[]);
        docs();
        git(here, &["add", "-A"]);
        git(here, &["commit", "-q", "-m", id]);
    }
    git(here, &["checkout", "-q", "main"]);
    for (branch, _) in branches {
        git(here, &["merge", "-q", "--no-edit", branch]);
    }
    assert_output(here, &["test", "jit/no-logo-a", "jit/no-logo-b", "aaa", "zzz"], 0, &[" 0 failed, 100.0 %"]);
    let merged = index(here);
    docs();
    assert_eq!(merged, index(here));
    for (_, id) in branches {
        assert_eq!(merged.iter().filter(|line| line.contains(&format!("[`{id}`]"))).count(), 1, "{id}");
    }
    let status = std::process::Command::new("git").args(["status", "--porcelain"]).current_dir(here).output();
    let changed = String::from_utf8(status.expect("git runs").stdout).expect("text");
    let reordered = ["docs/rules/README.md", "docs/keys.md"].map(|page| format!(" M {page}"));
    assert!(changed.lines().all(|line| reordered.iter().any(|page| page == line)), "{changed}");
}

/// The lines of the index. They are sorted, because their order after a merge may differ.
fn index(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("docs/rules/README.md")).expect("text");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// A compiled form of all rules would conflict in every merge of two new rules. Pages about all rules are in git, because `.gitattributes` merges
/// their lines.
#[test]
fn no_compiled_rule_is_in_git() {
    if !root().join(".git").exists() {
        return;
    }
    let listed = std::process::Command::new("git").args(["ls-files"]).current_dir(root()).output().expect("git runs");
    let listed = String::from_utf8(listed.stdout).expect("text");
    assert!(listed.contains("policies/jit/no-update-owner/rule.rego"), "{listed}");
    assert_eq!(listed.lines().find(|path| path.contains(".bin") || path.starts_with("data/programs")), None);
}
