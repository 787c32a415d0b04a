//! Checks the architecture: which modules may depend on each other, and the maximum length of files. See CONTRIBUTING.md.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// The folders with the sources of the program and of the crate `leaver-core`.
const SOURCES: [&str; 2] = ["src", CORE];
/// The sources of `leaver-core`, which needs no file system, clock or process.
const CORE: &str = "crates/leaver-core/src";

/// A source file.
struct Source {
    /// The path from the root of the repository.
    path: String,
    /// The path within one of the `SOURCES`.
    name: String,
    text: String,
}

impl Source {
    fn is_core(&self) -> bool {
        self.path.starts_with(CORE)
    }

    /// The top-level module that contains the file.
    fn module(&self) -> &str {
        self.name.split('/').next().expect("a part").trim_end_matches(".rs")
    }
}

fn sources() -> Vec<Source> {
    let top = crate::common::root();
    let mut files = Vec::new();
    for root in SOURCES.map(|folder| top.join(folder)) {
        let mut open = vec![root.clone()];
        while let Some(folder) = open.pop() {
            let entries: Vec<PathBuf> =
                std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
            let is_source = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "rs");
            assert!(entries.iter().filter(is_source).count() <= 16, "{} has too many files", folder.display());
            for path in entries {
                let below = |root: &PathBuf| {
                    path.strip_prefix(root).expect("a path in the folder").to_string_lossy().replace('\\', "/")
                };
                if path.is_dir() {
                    open.push(path);
                } else if is_source(&&path) {
                    let text = std::fs::read_to_string(&path).expect("text");
                    files.push(Source { path: below(&top), name: below(&root), text });
                }
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// A crate that is not in `SOURCES` would be exempt from these tests.
#[test]
fn every_crate_is_read() {
    let crates = std::fs::read_dir(crate::common::root().join("crates")).expect("a folder");
    let crates: Vec<String> = crates
        .map(|entry| format!("crates/{}/src", entry.expect("an entry").file_name().to_string_lossy()))
        .filter(|folder| crate::common::root().join(folder).is_dir())
        .collect();
    assert!(!crates.is_empty() && crates.iter().all(|folder| SOURCES.contains(&folder.as_str())), "{crates:?}");
    assert!(sources().iter().any(Source::is_core));
}

#[test]
fn no_file_is_longer_than_400_lines() {
    for Source { path, text, .. } in sources() {
        assert!(text.lines().count() <= 400, "{path} has {} lines", text.lines().count());
    }
}

#[test]
fn every_file_starts_with_a_doc_comment() {
    for Source { path, text, .. } in sources() {
        assert!(text.starts_with("//! "), "{path} has no doc comment at the top");
    }
}

/// A second snapshot of the same text tests nothing new, and every change of wording must change both snapshots.
#[test]
fn no_snapshot_repeats_another() {
    let folder = crate::common::root().join("tests/snapshots");
    let mut seen: BTreeMap<String, PathBuf> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("text");
        let body = text.splitn(3, "---\n").last().unwrap_or_default().to_owned();
        // Short snapshots, such as the line about an empty catalogue, may be equal.
        if body.lines().count() > 5 {
            let name = path.display().to_string();
            let before = seen.insert(body, path);
            assert!(before.is_none(), "{name} has the same text as {before:?}");
        }
    }
}

#[test]
fn all_crates_have_one_version() {
    let version = |manifest: &str| {
        let text = std::fs::read_to_string(crate::common::root().join(manifest)).expect("a manifest");
        let line = text.lines().find_map(|line| line.strip_prefix("version = ")).expect("a version").to_owned();
        line.trim_matches('"').to_owned()
    };
    assert_eq!(version("crates/leaver-core/Cargo.toml"), version("Cargo.toml"));
}

/// Checks the crates outside `leaver-core`. The compiler and clippy keep files, the clock, processes and other crates out of `leaver-core`.
#[test]
fn crates_and_system_calls_are_used_in_their_modules_only() {
    let allowed: &[(&str, &[&str])] = &[
        ("clap", &["cli/"]),
        ("regorus", &["policy/"]),
        ("jsonschema", &["schema/"]),
        ("std::fs", &["cli/", "files/", "interrupt.rs", "vcs/"]),
        ("std::process", &["policy/child.rs", "interrupt.rs", "vcs/git.rs", "cli/", "lib.rs", "main.rs"]),
        ("signal_hook", &["interrupt.rs"]),
        ("std::env", &["cli/", "files/", "vcs/", "main.rs"]),
        (
            "jiff",
            &["cli/", "facts/", "schema/mod.rs", "signoff/moment.rs", "observe/clean.rs", "policy/index/builtins.rs"],
        ),
        ("ssh_key", &["signoff/"]),
    ];
    let is_test = |source: &Source| source.name.ends_with("/tests.rs") || source.name.contains("/tests/");
    for Source { name, text, .. } in sources().into_iter().filter(|source| !source.is_core() && !is_test(source)) {
        for (krate, folders) in allowed {
            let used = text.lines().any(|line| {
                let line = line.trim_start();
                !line.starts_with("//")
                    && (line.contains(&format!("{krate}::")) || line.contains(&format!("use {krate}")))
            });
            assert!(
                !used || folders.iter().any(|folder| name.starts_with(folder)),
                "{name} uses {krate}, which only {folders:?} may use"
            );
        }
    }
}

/// The modules from the bottom up. A module may use only the modules before it. The modules of `leaver-core` come first.
const ORDER: [&str; 26] = [
    "source",
    "rule",
    "finding",
    "framework",
    "report",
    "model",
    "locate",
    "triage",
    "diff",
    "output",
    "interrupt",
    "threads",
    "files",
    "schema",
    "facts",
    "policy",
    "config",
    "ruleset",
    "signoff",
    "trust",
    "engine",
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

/// The modules that each module uses. A use of a re-export in `lib.rs` counts as a use of the original module.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let sources = sources();
    let lib = &sources.iter().find(|source| source.path == "src/lib.rs").expect("lib.rs").text;
    let mut exported: BTreeMap<String, &str> = BTreeMap::new();
    for line in lib.lines().filter(|line| line.starts_with("pub") && line.contains(" use ")) {
        let (module, names) = line.split_once(" use ").and_then(|(_, rest)| rest.split_once("::")).expect("a path");
        let names = names.trim_matches(['{', '}', ';']).split(',').map(|name| name.trim_matches(['{', '}', ';', ' ']));
        exported.extend(names.map(|name| (name.to_owned(), module)));
    }
    // Files that are only compiled for tests.
    let tests: BTreeSet<String> = sources
        .iter()
        .flat_map(|Source { path, text, .. }| {
            let folder = path.trim_end_matches("mod.rs").trim_end_matches('/').trim_end_matches(".rs").to_owned();
            let modules =
                text.split("#[cfg(test)]\nmod ").skip(1).filter_map(|rest| rest.lines().next()?.strip_suffix(';'));
            modules.map(move |module| format!("{folder}/{module}.rs"))
        })
        .collect();
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in &sources {
        let module = source.module().to_owned();
        let is_test = tests
            .iter()
            .any(|test| source.path == *test || source.path.starts_with(&format!("{}/", test.trim_end_matches(".rs"))));
        if matches!(source.name.as_str(), "lib.rs" | "main.rs") || is_test {
            continue;
        }
        let mine = uses.entry(module.clone()).or_default();
        for name in crate_names(source.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()) {
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

/// Panics if a module uses a module above it.
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
fn no_module_depends_on_one_above_it() {
    assert_order(&dependencies());
}

/// Whether a module uses another module, directly or through others.
fn reaches(from: &str, to: &str, uses: &BTreeMap<String, BTreeSet<String>>) -> bool {
    from == to || uses.get(from).into_iter().flatten().any(|next| reaches(next, to, uses))
}

/// The diagram in docs/architecture.md has an arrow for each direct dependency that other arrows do not imply. `BLESS=1` redraws the diagram.
#[test]
fn the_diagram_shows_the_dependencies_of_the_modules() {
    let mut uses = dependencies();
    assert_order(&uses);
    for (module, other) in UPWARDS {
        assert!(uses.get_mut(module).is_some_and(|uses| uses.remove(other)), "{module} uses {other}");
    }
    let core: BTreeSet<String> =
        sources().iter().filter(|source| source.is_core()).map(|source| source.module().to_owned()).collect();
    // Arrows between modules of `leaver-core` are drawn in the frame of that crate.
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for module in ORDER.iter().rev() {
        let mine = &uses[*module];
        for other in ORDER.iter().rev().filter(|other| mine.contains(**other)) {
            if mine.iter().any(|between| between != other && reaches(between, other, &uses)) {
                continue;
            }
            if core.contains(*module) {
                inside.push(format!("        {module} --> {other}\n"));
            } else {
                outside.push(format!("    {module} --> {other}\n"));
            }
        }
    }
    inside.extend(UPWARDS.map(|(module, other)| format!("        {module} -.-> {other}\n")));
    let (inside, outside) = (inside.concat(), outside.concat());
    let diagram = format!("```mermaid\nflowchart TD\n{outside}    subgraph leaver-core\n{inside}    end\n```\n");
    let path = crate::common::root().join("docs/architecture.md");
    let page = std::fs::read_to_string(&path).expect("docs/architecture.md");
    let start = page.find("```mermaid\n").expect("a diagram");
    let end = start + page[start..].find("\n```\n").expect("an end") + "\n```\n".len();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, [&page[..start], &diagram, &page[end..]].concat()).expect("written");
        return;
    }
    assert_eq!(page[start..end], diagram, "run `BLESS=1 cargo test --test it house::`");
    // The table has a row for each module.
    for module in ORDER {
        assert!(page.contains(&format!("| `{module}` |")), "docs/architecture.md does not describe {module}");
    }
}

/// The fuzz targets have their own lock file, which must have the shipped versions of the dependencies.
#[test]
fn the_fuzz_targets_use_the_shipped_dependencies() {
    let read = |name: &str| std::fs::read_to_string(crate::common::root().join(name)).expect("text");
    let (main, fuzz) = (read("Cargo.lock"), read("fuzz/Cargo.lock"));
    let manifests = ["Cargo.toml", "crates/leaver-core/Cargo.toml"].map(read);
    let names: BTreeSet<&str> = manifests
        .iter()
        .flat_map(|manifest| {
            let part = manifest.split("\n[dependencies]\n").nth(1).expect("the section");
            part.split("\n[").next().expect("a part").lines()
        })
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" ="))
        .map(|(name, _)| name.trim_end_matches(".workspace"))
        .collect();
    assert!(names.len() > 20 && names.contains("regorus") && names.contains("granit-parser"), "{names:?}");
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

/// With `--locked`, cargo refuses a lock file that lacks a dependency.
#[test]
fn the_lock_files_of_benchmarks_and_fuzz_targets_list_every_dependency() {
    let read = |name: &str| std::fs::read_to_string(crate::common::root().join(name)).expect("text");
    let manifest = read("Cargo.toml");
    let names: BTreeSet<&str> = ["\n[dependencies]\n", "\n[target.'cfg(unix)'.dependencies]\n"]
        .iter()
        .flat_map(|title| {
            manifest.split_once(title).expect("the section").1.split("\n[").next().expect("a part").lines()
        })
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" ="))
        .map(|(name, _)| name.trim_end_matches(".workspace"))
        .collect();
    assert!(names.len() > 20 && names.contains("rustix"), "{names:?}");
    for file in ["benches/Cargo.lock", "fuzz/Cargo.lock"] {
        let lock = read(file);
        let entry = lock.split("[[package]]").find(|entry| entry.contains("\nname = \"leaver\"\n")).expect("leaver");
        let missing: Vec<&&str> = names.iter().filter(|name| !entry.contains(&format!(" \"{name}"))).collect();
        assert!(missing.is_empty(), "{file} lacks {missing:?}: run `cargo check` in its folder");
    }
}
