//! leaver refuses ignore files that are too expensive, in every folder that it reads, and names the refused file.
#![cfg(unix)]

use crate::common::{CLEAN, FAULTY, code, folder, leaver, out};

const CONFIG: &str = "version: 1\n";

/// Texts of ignore files, each with the reason why leaver refuses it.
fn too_much() -> Vec<(String, &'static str)> {
    vec![
        ("*".repeat(5_000_000), "larger than"),
        ("*\n".repeat(2_500_000), "larger than"),
        ("a\n".repeat(6_000), "more than 5000 lines"),
        ("*\n".repeat(100_000), "more than 5000 lines"),
        (format!("a\n{}\nb\n", "[a-z]*".repeat(300)), "line 2 is longer than"),
        ("*".repeat(1_025), "line 1 is longer than"),
        (format!("# {}\n", "x".repeat(2_000)), "line 1 is longer than"),
    ]
}

#[test]
fn an_ignore_file_that_is_too_large_is_refused_by_name() {
    for (text, reason) in too_much() {
        for (place, shown) in [
            ("all/.gitignore", ".gitignore"),
            ("all/apps/.gitignore", "apps/.gitignore"),
            ("all/apps/deep/er/.gitignore", "apps/deep/er/.gitignore"),
            (".gitignore", "/.gitignore"),
        ] {
            let files = folder(&[
                ("all/leaver.yaml", CONFIG),
                ("all/a.yaml", CLEAN),
                ("all/apps/deep/er/b.yaml", FAULTY),
                (place, &text),
            ]);
            let output = leaver(&files.path().join("all"), &["check", "-o", "concise"]);
            let printed = out(&output);
            assert_eq!(code(&output), 2, "{place}: {printed}");
            assert!(
                printed.contains(&format!("{shown}` is refused: ")) && printed.contains(reason),
                "{place}: {printed}"
            );
        }
    }
}

/// Each ignore file is small enough, but the ignore files that apply to one folder are too large together. In sibling folders, the same files
/// are accepted.
#[test]
fn ignore_files_above_each_other_count_together() {
    let lines = (0..4_900).map(|nth| format!("name-{nth}\n")).collect::<String>();
    let chain: Vec<String> = (1..6).map(|depth| format!("{}.gitignore", "d/".repeat(depth))).collect();
    let beside: Vec<String> = (1..6).map(|nth| format!("d{nth}/.gitignore")).collect();
    for (paths, status) in [(&chain, 2), (&beside, 0)] {
        let mut all = vec![("leaver.yaml", CONFIG), ("a.yaml", CLEAN)];
        all.extend(paths.iter().map(|path| (path.as_str(), lines.as_str())));
        let files = folder(&all);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        assert_eq!(code(&output), status, "{}", out(&output));
        assert_eq!(out(&output).contains("d/d/d/d/d/.gitignore` is refused: with those above it"), status == 2);
    }
}

/// The limits allow a realistic `.gitignore`, and do not apply to ignore files that leaver does not read.
#[test]
fn realistic_ignore_files_are_accepted() {
    let lines = (0..2_000).map(|nth| format!("/build-{nth}/**/*.yaml\n")).collect::<String>();
    let long = "x".repeat(5_000_000);
    let files = folder(&[
        ("leaver.yaml", CONFIG),
        ("a.yaml", CLEAN),
        ("build-7/b.yaml", FAULTY),
        (".gitignore", &format!("{lines}{}\n", "y".repeat(1_024))),
        (".ignore", &long),
        (".git/info/exclude", &long),
        (".rgignore", &long),
    ]);
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
}
