//! `leaver observe`, `leaver import` and evidence. The exports in `exports/` have realistic shapes and invented names; values that must
//! never be copied contain PLANTED or the address of Ada Lovelace.

mod age;
mod drafts;
mod drift;
mod fitted;
mod fitted_same;
mod formats;
mod hostile;
mod nightly;
mod partial;
mod plans;
mod private;
mod same;
mod saved;
mod tools;
mod updated;
mod written;

use std::{collections::BTreeSet, path::PathBuf, sync::LazyLock};

use leaver::observe::{Export, Options, collect, documents, formats};
use proptest::prelude::ProptestConfig;

use crate::common::root;

pub const DAY: &str = "2026-11-25";

pub fn exports() -> PathBuf {
    root().join("tests/observe/exports")
}

/// The format and the files of each export. The name of a file begins with the first word of its format.
pub static SETS: LazyLock<Vec<(&'static str, Vec<String>)>> = LazyLock::new(|| {
    let mut sets: Vec<(&str, Vec<String>)> = Vec::new();
    let entries = std::fs::read_dir(exports()).expect("a folder");
    let names: BTreeSet<String> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect();
    let first = |text: &str| text.split(['-', '.']).next().unwrap_or_default().to_owned();
    for name in names {
        let format = formats().into_iter().find(|format| first(format) == first(&name));
        let format = format.unwrap_or_else(|| panic!("{name}: its name must begin with the first word of a format"));
        match sets.last_mut() {
            // A state and a plan are two exports.
            Some((last, files)) if *last == format && format != "terraform" => files.push(name),
            _ => sets.push((format, vec![name])),
        }
    }
    for format in formats().into_iter().filter(|format| *format != "auto") {
        let has_export = sets.iter().any(|(other, _)| *other == format);
        assert!(has_export, "tests/observe/exports has no file for the format {format}");
    }
    sets
});

pub fn export(name: &str, bytes: impl Into<Vec<u8>>) -> Export {
    Export { shown: name.to_owned(), bytes: bytes.into(), written: None }
}

pub fn read(name: &str) -> Export {
    export(name, std::fs::read(exports().join(name)).expect("the export"))
}

pub fn options() -> Options {
    Options { today: DAY.into(), ..Options::default() }
}

/// The observations as YAML, or the error.
pub fn observed(format: &str, exports: &[Export]) -> Result<String, String> {
    match collect(format, exports, options()) {
        Ok(collected) => Ok(documents(&collected, "")),
        Err(failures) => Err(failures.into_iter().map(|failure| failure.message).collect::<Vec<_>>().join("\n")),
    }
}

/// The messages of all failures.
pub fn failures(format: &str, exports: &[Export]) -> Vec<String> {
    let failures = collect(format, exports, options()).err().unwrap_or_default();
    failures.into_iter().map(|failure| failure.message).collect()
}

/// The notes on standard error.
pub fn notes(format: &str, exports: &[Export]) -> String {
    collect(format, exports, options()).map(|collected| collected.notes.join("\n")).unwrap_or_default()
}

/// The document about the application with this id.
pub fn of(documents: &str, id: &str) -> String {
    let wanted = [format!("  appId: {id}\n"), format!("  appId: \"{id}\"\n")];
    let found = documents.split("---\n").find(|document| wanted.iter().any(|line| document.contains(line.as_str())));
    found.unwrap_or_else(|| panic!("no {id} in {documents}")).to_owned()
}

/// Whether a text has all these lines, in this order.
pub fn has_lines(text: &str, lines: &[&str]) -> bool {
    let mut all = text.lines();
    lines.iter().all(|line| all.any(|other| other.trim() == *line))
}

/// The number of cases is `PROPTEST_CASES` if it is set, otherwise `usual`. A plain number in the configuration would override the variable.
#[expect(clippy::disallowed_methods, reason = "the variable makes a test run longer")]
pub fn cases(usual: u32) -> ProptestConfig {
    let stated = std::env::var("PROPTEST_CASES").ok().and_then(|number| number.parse().ok());
    ProptestConfig { cases: stated.unwrap_or(usual), ..ProptestConfig::default() }
}
