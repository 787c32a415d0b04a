//! The same catalogue gives the same bytes: whatever the threads, the zone, the locale, the hour and the order in which files were made.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
};

use leaver::output::Format;

use crate::common;

/// The examples with a rule of a user's own, copied in one order or the other.
fn catalogue(reverse: bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut files = Vec::new();
    for part in ["clean", "broken"] {
        for entry in std::fs::read_dir(common::root().join("examples").join(part)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                files.push((
                    format!("{part}/{}", path.file_name().expect("a name").to_string_lossy()),
                    std::fs::read(&path).expect("a file"),
                ));
            }
        }
    }
    let own = common::rule(
        "mine",
        "findings contains {\"path\": [\"kind\"], \"message\": sprintf(\"seen %s\", [x])} if some x in {\"b\", \"a\", \"c\"}",
    );
    files.push(("policies/acme/mine/rule.rego".into(), own.into_bytes()));
    files.push(("leaver.yaml".into(), b"version: 1\npolicies: [policies]\n".to_vec()));
    files.sort();
    if reverse {
        files.reverse();
    }
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    folder
}

/// Every format of one run, and what it said.
fn reports(folder: &Path, threads: &str, environment: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    let to = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaver"));
    command.args(["check", "--today", common::TODAY, "--threads", threads, "-o", "full", "--statistics"]);
    for format in Format::ALL {
        command.arg("-o").arg(format!("{format}={}", to.path().join(format.as_str()).display()));
    }
    let output = command
        .current_dir(folder)
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let file = |format: Format| (format.to_string(), std::fs::read(to.path().join(format.as_str())).expect("a report"));
    let mut all: BTreeMap<String, Vec<u8>> = Format::ALL.into_iter().map(file).collect();
    all.insert("standard output".into(), output.stdout);
    all.insert("standard error".into(), output.stderr);
    all
}

#[test]
fn the_same_catalogue_gives_the_same_bytes() {
    let there = catalogue(false);
    let first = reports(there.path(), "1", &[]);
    assert!(first["json"].len() > 100_000 && first["standard output"].len() > 10_000, "there is something to compare");
    for (threads, environment) in [
        ("1", vec![]),
        ("2", vec![("TZ", "Pacific/Kiritimati"), ("LC_ALL", "tr_TR.UTF-8")]),
        ("3", vec![("TZ", "Etc/GMT+12"), ("LC_ALL", "C"), ("LANG", "C")]),
        ("8", vec![("TZ", "Asia/Kathmandu"), ("LC_ALL", "ar_EG.UTF-8"), ("HOME", "/nowhere"), ("USER", "mallory")]),
        ("8", vec![("TZ", "nonsense"), ("LC_ALL", "nonsense"), ("SOURCE_DATE_EPOCH", "1")]),
    ] {
        let next = reports(there.path(), threads, &environment);
        for (format, bytes) in &first {
            assert!(next[format] == *bytes, "{format} differs with {threads} threads and {environment:?}");
        }
    }
    let turned = catalogue(true);
    for (format, bytes) in reports(turned.path(), "2", &[]) {
        assert!(first[&format] == bytes, "{format} depends on the order of files, or on where they lie");
    }
}
