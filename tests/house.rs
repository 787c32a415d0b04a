//! Checks the architecture: which modules may depend on each other, and the maximum length of files. See CONTRIBUTING.md.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

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
fn every_file_starts_with_a_doc_comment() {
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
        (
            "jiff",
            &["cli/", "facts/", "schema/mod.rs", "signoff/moment.rs", "observe/clean.rs", "policy/index/builtins.rs"],
        ),
        ("ssh_key", &["signoff/"]),
    ];
    for (name, text) in
        sources().into_iter().filter(|(name, _)| !name.ends_with("/tests.rs") && !name.contains("/tests/"))
    {
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

/// Modules from the bottom up; a module may use those before it.
const ORDER: [&str; 23] = [
    "interrupt",
    "threads",
    "source",
    "rule",
    "finding",
    "report",
    "model",
    "schema",
    "facts",
    "policy",
    "config",
    "signoff",
    "trust",
    "locate",
    "engine",
    "triage",
    "diff",
    "output",
    "vcs",
    "observe",
    "check",
    "selftest",
    "cli",
];

/// Allowed uses against the order, each with its reason.
const UPWARDS: [(&str, &str); 1] = [("source", "finding")]; // paths are made of `finding::Step`

/// The identifiers that follow `crate::` in code, including those in braces.
fn crate_names(text: &str) -> Vec<String> {
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let word =
        |text: &str| -> String { text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let mut names = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            names.push(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut start = true;
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                c if start && !c.is_whitespace() => {
                    names.push(word(&group[at..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Module → the modules that it uses. Re-exports of `lib.rs` count for their module.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let sources = sources();
    let lib = &sources.iter().find(|(name, _)| name == "lib.rs").expect("lib.rs").1;
    let mut exported: BTreeMap<String, &str> = BTreeMap::new();
    for line in lib.lines().filter(|line| line.starts_with("pub") && line.contains(" use ")) {
        let (module, names) = line.split_once(" use ").and_then(|(_, rest)| rest.split_once("::")).expect("a path");
        let names = names.trim_matches(['{', '}', ';']).split(',').map(|name| name.trim_matches(['{', '}', ';', ' ']));
        exported.extend(names.map(|name| (name.to_owned(), module)));
    }
    // Files that are only compiled for tests.
    let tests: BTreeSet<String> = sources
        .iter()
        .flat_map(|(name, text)| {
            let folder = name.trim_end_matches("mod.rs").trim_end_matches('/').trim_end_matches(".rs").to_owned();
            let modules =
                text.split("#[cfg(test)]\nmod ").skip(1).filter_map(|rest| rest.lines().next()?.strip_suffix(';'));
            modules.map(move |module| format!("{folder}/{module}.rs"))
        })
        .collect();
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, text) in &sources {
        let module = name.split('/').next().expect("a part").trim_end_matches(".rs").to_owned();
        if name == "lib.rs" || name == "main.rs" || tests.contains(name) {
            continue;
        }
        let mine = uses.entry(module.clone()).or_default();
        for name in crate_names(text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()) {
            let other = if ORDER.contains(&name.as_str()) {
                name
            } else {
                let home = exported.get(&name).copied();
                home.unwrap_or_else(|| panic!("`crate::{name}` in {module}: which module?")).to_owned()
            };
            if other != module {
                mine.insert(other);
            }
        }
    }
    uses
}

/// Panics if a module uses one above it.
fn assert_order(uses: &BTreeMap<String, BTreeSet<String>>) {
    let rank = |module: &str| {
        ORDER.iter().position(|other| *other == module).unwrap_or_else(|| panic!("{module} is not in the order"))
    };
    for (module, uses) in uses {
        for other in uses {
            let upwards = rank(other) > rank(module);
            assert_eq!(upwards, UPWARDS.contains(&(module, other)), "{module} uses {other}");
        }
    }
}

#[test]
fn nothing_flows_backwards() {
    assert_order(&dependencies());
}

/// Whether a module uses another one, directly or through others.
fn reaches(from: &str, to: &str, uses: &BTreeMap<String, BTreeSet<String>>) -> bool {
    from == to || uses.get(from).into_iter().flatten().any(|next| reaches(next, to, uses))
}

/// The diagram in docs/architecture.md has an arrow for each direct dependency that is not implied by others. `BLESS=1` redraws it.
#[test]
fn the_diagram_of_the_modules_is_true() {
    let mut uses = dependencies();
    assert_order(&uses);
    for (module, other) in UPWARDS {
        assert!(uses.get_mut(module).is_some_and(|uses| uses.remove(other)), "{module} uses {other}");
    }
    let mut arrows = Vec::new();
    for module in ORDER.iter().rev() {
        let mine = &uses[*module];
        for other in ORDER.iter().rev().filter(|other| mine.contains(**other)) {
            if !mine.iter().any(|between| between != other && reaches(between, other, &uses)) {
                arrows.push(format!("    {module} --> {other}\n"));
            }
        }
    }
    arrows.extend(UPWARDS.map(|(module, other)| format!("    {module} -.-> {other}\n")));
    let diagram = format!("```mermaid\nflowchart TD\n{}```\n", arrows.concat());
    let path = crate::common::root().join("docs/architecture.md");
    let page = std::fs::read_to_string(&path).expect("docs/architecture.md");
    let start = page.find("```mermaid\n").expect("a diagram");
    let end = start + page[start..].find("\n```\n").expect("its end") + "\n```\n".len();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, [&page[..start], &diagram, &page[end..]].concat()).expect("written");
        return;
    }
    assert_eq!(page[start..end], diagram, "run `BLESS=1 cargo test --test it house::`");
    // The table has a row for each module.
    for module in ORDER {
        assert!(page.contains(&format!("| `{module}` |")), "docs/architecture.md does not say what {module} is for");
    }
}

/// The fuzz targets have their own lock file, and must test the same dependency versions that are shipped.
#[test]
fn the_fuzz_targets_use_the_shipped_dependencies() {
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
