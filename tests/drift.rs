//! Generated files are up to date. `just bless` rewrites them.

use std::collections::BTreeSet;

use crate::common::{code, err, leaver, out, root};

#[test]
fn generated_pages_are_up_to_date() {
    let fresh = tempfile::tempdir().expect("a folder");
    let output = leaver(&root(), &["docs", fresh.path().to_str().expect("text")]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let list = |folder: &std::path::Path| -> Vec<(String, String)> {
        let mut files = Vec::new();
        let mut open = vec![folder.to_owned()];
        while let Some(next) = open.pop() {
            for entry in std::fs::read_dir(next).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let name =
                        path.strip_prefix(folder).expect("a path in the folder").to_string_lossy().replace('\\', "/");
                    files.push((name, std::fs::read_to_string(&path).expect("text").replace("\r\n", "\n")));
                }
            }
        }
        files.sort();
        files
    };
    let (want, have) = (list(&fresh.path().join("rules")), list(&root().join("docs/rules")));
    let keys =
        |folder: &std::path::Path| std::fs::read_to_string(folder.join("keys.md")).expect("text").replace("\r\n", "\n");
    let (mut want, mut have) = (want, have);
    want.push(("../keys.md".to_owned(), keys(fresh.path())));
    have.push(("../keys.md".to_owned(), keys(&root().join("docs"))));
    let names = |files: &[(String, String)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&have), names(&want), "run `just bless`");
    for ((name, have), (_, want)) in have.iter().zip(&want) {
        if name == "README.md" || name == "../keys.md" {
            // After a merge of two branches that each add a rule, the lines may be in another order.
            let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
            let (have_lines, want_lines) = (lines(have), lines(want));
            let differ: Vec<_> = have_lines.symmetric_difference(&want_lines).take(10).collect();
            assert!(differ.is_empty(), "docs/rules/{name}: run `just bless`; these lines differ: {differ:#?}");
            assert_eq!(have.lines().count(), want.lines().count(), "docs/rules/{name}: run `just bless`");
        } else {
            assert_eq!(have, want, "docs/rules/{name}: run `just bless`");
        }
    }
}

#[test]
fn schemas_are_printed_as_they_are_published() {
    for (word, file) in [
        ("declarations", "leaver"),
        ("config", "config"),
        ("profile", "profile"),
        ("framework", "framework"),
        ("vendors", "vendors"),
        ("rule", "rule"),
        ("report", "report"),
        ("diff", "diff"),
        ("list", "list"),
        ("query", "query"),
        ("signoff", "signoff"),
        ("approvers", "approvers"),
    ] {
        let want = std::fs::read_to_string(root().join(format!("schemas/{file}.schema.json"))).expect("text");
        assert_eq!(out(&leaver(&root(), &["schema", word])), want, "{word}");
    }
}

#[test]
fn help_lists_every_command_and_the_shells_have_completions() {
    let help = out(&leaver(&root(), &["--help"]));
    for command in [
        "check",
        "diff",
        "rules",
        "explain",
        "vendors",
        "init",
        "list",
        "query",
        "show",
        "new",
        "test",
        "waive",
        "signoff",
        "config",
        "bundle",
        "schema",
        "completions",
        "man",
    ] {
        assert!(help.contains(&format!("\n  {command} ")), "{command}: {help}");
    }
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = leaver(&root(), &["completions", shell]);
        assert_eq!(code(&output), 0);
        assert!(out(&output).contains("no-update-owner") || out(&output).contains("leaver"), "{shell}");
    }
    assert!(out(&leaver(&root(), &["man", "check"])).contains("fail"));
}
