//! The same catalogue gives the same bytes, regardless of threads, time zone, locale, time of day and the order in which files were
//! created.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
};

use leaver::output::Format;
use rayon::prelude::*;

use crate::common;

/// Folders below `examples`.
const ALL: [&str; 3] = [".", "clean", "broken"];

/// The order in which the files of a catalogue are created.
#[derive(Debug, Clone, Copy)]
enum Order {
    Sorted,
    Reversed,
    /// Every other file, then the rest.
    Alternating,
}

/// Copies every `step`-th example of these folders in this order, and adds a user's rule.
fn catalogue(folders: &[&str], step: usize, order: Order) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut files = Vec::new();
    for part in folders {
        for entry in std::fs::read_dir(common::root().join("examples").join(part)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "yaml") && !path.ends_with("leaver.yaml") {
                files.push((
                    format!("{part}/{}", path.file_name().expect("a name").to_string_lossy()),
                    std::fs::read(&path).expect("a file"),
                ));
            }
        }
    }
    files.sort();
    let mut files: Vec<_> = files.into_iter().step_by(step).collect();
    let own = common::rule(
        "mine",
        "findings contains {\"path\": [\"kind\"], \"message\": sprintf(\"seen %s\", [x])} if some x in {\"b\", \"a\", \"c\"}",
    );
    files.push(("policies/acme/mine/rule.rego".into(), own.into_bytes()));
    files.push(("leaver.yaml".into(), b"version: 1\npolicies: [policies]\n".to_vec()));
    files.sort();
    match order {
        Order::Sorted => {}
        Order::Reversed => files.reverse(),
        Order::Alternating => {
            let (even, odd): (Vec<_>, Vec<_>) = files.into_iter().enumerate().partition(|(at, _)| at % 2 == 0);
            files = odd.into_iter().chain(even).map(|(_, file)| file).collect();
        }
    }
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    folder
}

/// Runs a check and returns its output in every format.
fn reports(
    folder: &Path,
    threads: &str,
    environment: &[(&str, &str)],
    formats: &[Format],
) -> BTreeMap<String, Vec<u8>> {
    let to = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaver"));
    command.args(["check", "--today", common::TODAY, "--threads", threads, "-o", "full", "--statistics"]);
    for format in formats {
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
    let mut all: BTreeMap<String, Vec<u8>> = formats.iter().copied().map(file).collect();
    all.insert("standard output".into(), output.stdout);
    all.insert("standard error".into(), output.stderr);
    all
}

#[test]
fn the_same_catalogue_gives_the_same_bytes() {
    let there = catalogue(&ALL, 1, Order::Sorted);
    let first = reports(there.path(), "1", &[], &Format::ALL);
    assert!(first["json"].len() > 100_000 && first["standard output"].len() > 10_000, "there is something to compare");
    for (threads, environment) in [
        ("1", vec![]),
        ("2", vec![("TZ", "Pacific/Kiritimati"), ("LC_ALL", "tr_TR.UTF-8")]),
        ("3", vec![("TZ", "Etc/GMT+12"), ("LC_ALL", "C"), ("LANG", "C")]),
        ("8", vec![("TZ", "Asia/Kathmandu"), ("LC_ALL", "ar_EG.UTF-8"), ("HOME", "/nowhere"), ("USER", "mallory")]),
        ("8", vec![("TZ", "nonsense"), ("LC_ALL", "nonsense"), ("SOURCE_DATE_EPOCH", "1")]),
    ] {
        let next = reports(there.path(), threads, &environment, &Format::ALL);
        for (format, bytes) in &first {
            assert!(next[format] == *bytes, "{format} differs with {threads} threads and {environment:?}");
        }
    }
    let turned = catalogue(&ALL, 1, Order::Reversed);
    for (format, bytes) in reports(turned.path(), "2", &[], &Format::ALL) {
        assert!(first[&format] == bytes, "{format} depends on the order or the folder of files");
    }
}

/// There are sixty combinations of four numbers of threads, five pairs of time zone and locale, and three orders of creating files. Each combination
/// runs once. The runs are parallel, so that the load varies.
#[test]
fn sixty_runs_give_the_same_bytes() {
    const ZONES: [[(&str, &str); 2]; 5] = [
        [("TZ", "UTC"), ("LC_ALL", "C")],
        [("TZ", "Pacific/Kiritimati"), ("LC_ALL", "tr_TR.UTF-8")],
        [("TZ", "Etc/GMT+12"), ("LANG", "de_CH.UTF-8")],
        [("TZ", "Asia/Kathmandu"), ("LC_ALL", "ar_EG.UTF-8")],
        [("TZ", "nonsense"), ("LC_ALL", "nonsense")],
    ];
    let made =
        [Order::Sorted, Order::Reversed, Order::Alternating].map(|order| (order, catalogue(&["broken"], 3, order)));
    let formats = [Format::JSON, Format::FULL];
    let first = reports(made[0].1.path(), "1", &[], &formats);
    // 4, 5 and 3 are coprime: sixty steps visit every combination.
    let wrong: Vec<String> = (0..60_usize)
        .into_par_iter()
        .filter_map(|step| {
            let (threads, zone) = (["1", "2", "3", "8"][step % 4], &ZONES[step % 5]);
            let (order, folder) = &made[step % 3];
            let next = reports(folder.path(), threads, zone, &formats);
            (next != first).then(|| format!("{threads} threads, {zone:?}, {order:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
