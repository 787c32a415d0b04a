//! The plan of the house, so that it stays true: who may know whom, and how long a file may be. CONTRIBUTING.md tells why.

use std::path::{Path, PathBuf};

fn sources() -> Vec<(String, String)> {
    let root = crate::common::root().join("src");
    let mut open = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        let entries: Vec<PathBuf> =
            std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        assert!(
            entries.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")).count() <= 16,
            "{} has too many files",
            folder.display()
        );
        for path in entries {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).expect("inside").to_string_lossy().replace('\\', "/");
                files.push((name, std::fs::read_to_string(&path).expect("text")));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn no_file_is_longer_than_400_lines() {
    for (name, text) in sources() {
        assert!(text.lines().count() <= 400, "{name} has {} lines", text.lines().count());
    }
}

#[test]
fn every_file_says_what_it_owns() {
    for (name, text) in sources() {
        assert!(text.starts_with("//! "), "{name} has no head comment");
    }
}

#[test]
fn crates_and_the_system_stay_behind_their_doors() {
    let doors: &[(&str, &[&str])] = &[
        ("clap", &["cli/"]),
        ("regorus", &["policy/"]),
        ("granit_parser", &["source/"]),
        ("jsonschema", &["schema/"]),
        ("miette", &["output/"]),
        ("std::fs", &["cli/", "interrupt.rs", "source/walk.rs", "source/ignoring.rs", "vcs/"]),
        ("std::process", &["policy/child.rs", "interrupt.rs", "vcs/git.rs", "cli/", "lib.rs", "main.rs"]),
        ("signal_hook", &["interrupt.rs"]),
        ("std::env", &["cli/", "source/walk.rs", "vcs/", "main.rs"]),
        ("jiff", &["cli/", "schema/mod.rs", "signoff/moment.rs", "observe/clean.rs", "policy/index/builtins.rs"]),
        ("ssh_key", &["signoff/"]),
    ];
    for (name, text) in sources().into_iter().filter(|(name, _)| !name.ends_with("/tests.rs")) {
        for (krate, homes) in doors {
            let used = text.lines().any(|line| {
                let line = line.trim_start();
                !line.starts_with("//")
                    && (line.contains(&format!("{krate}::")) || line.contains(&format!("use {krate}")))
            });
            assert!(
                !used || homes.iter().any(|home| name.starts_with(home)),
                "{name} uses {krate}, which belongs to {homes:?}"
            );
        }
    }
}

#[test]
fn nothing_flows_backwards() {
    // From the ground up; a module may know those before it.
    let order = [
        "source", "rule", "finding", "report", "model", "schema", "facts", "policy", "config", "signoff", "locate",
        "triage", "diff", "output", "vcs", "observe", "check", "selftest", "cli",
    ];
    let allowed: &[(&str, &str)] = &[
        ("source", "finding"), // paths are made of `finding::Step`
        ("finding", "source"),
    ];
    let rank = |module: &str| order.iter().position(|other| *other == module);
    for (name, text) in sources() {
        let module =
            Path::new(&name).components().next().expect("a part").as_os_str().to_string_lossy().replace(".rs", "");
        let Some(mine) = rank(&module) else { continue };
        let text = text.split("cfg(test)]").next().unwrap_or_default();
        for (index, other) in order.iter().enumerate() {
            let uses = text
                .lines()
                .any(|line| !line.trim_start().starts_with("//") && line.contains(&format!("crate::{other}")));
            let grouped = text.contains(&format!("\n    {other}::"));
            if (uses || grouped) && index > mine {
                assert!(allowed.contains(&(module.as_str(), other)), "{name} knows {other}");
            }
        }
    }
}

/// The fuzz targets have a lock file of their own, and are only worth something on the code that is shipped.
#[test]
fn the_fuzz_targets_are_built_with_what_is_shipped() {
    let read = |name: &str| std::fs::read_to_string(crate::common::root().join(name)).expect("text");
    let (manifest, main, fuzz) = (read("Cargo.toml"), read("Cargo.lock"), read("fuzz/Cargo.lock"));
    let part = manifest.split("\n[dependencies]\n").nth(1).expect("the section").split("\n[").next().expect("a part");
    let names: Vec<&str> = part
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" ="))
        .map(|(name, _)| name)
        .collect();
    assert!(names.len() > 20 && names.contains(&"regorus"), "{names:?}");
    for name in names {
        let head = format!("name = \"{name}\"\nversion = ");
        let versions = |lock: &str| -> Vec<String> {
            lock.split(&head).skip(1).filter_map(|rest| rest.lines().next()).map(str::to_owned).collect()
        };
        let (shipped, fuzzed) = (versions(&main), versions(&fuzz));
        assert!(
            fuzzed.iter().all(|version| shipped.contains(version)),
            "{name}: {shipped:?}, but {fuzzed:?} in fuzz/Cargo.lock"
        );
    }
}
