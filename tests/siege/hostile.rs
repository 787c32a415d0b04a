//! Five hundred hostile inputs, reported in every format. leaver must not panic, and the exit status must be as expected. The report must be valid,
//! contain nothing that a terminal or CI runner would interpret, and contain all findings of the file next to the input.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

use leaver::{
    Request, check,
    config::{Config, Overrides},
    files::Workspace,
    output::{Format, Style, render},
    report::Report,
    rule::Severity,
    ruleset::{self, Ruleset},
    source::{SourceFile, YamlLimits, parse},
};
use rayon::prelude::*;
use serde_json::Value;

use crate::{
    common::{self, FAULTY},
    siege::{
        bombs,
        harmless::{assert_harmless, sarif_schema},
    },
};

/// How leaver treats an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Valid YAML: it is read, with any findings.
    Read,
    /// Reported as `schema/syntax`: exit status 1.
    Refused,
    /// Larger than a limit, or not text: exit status 2.
    Unchecked,
}

/// Timeout in seconds for an input in a debug build on a busy machine, with all formats and their checks. A release build must take at most
/// 2 seconds.
const PATIENCE: u64 = 120;

fn inputs() -> Vec<(String, Vec<u8>, Option<Expected>)> {
    let mut all: Vec<(String, Vec<u8>, Option<Expected>)> =
        bombs::all().into_iter().map(|(name, bytes, expected)| (name, bytes, Some(expected))).collect();
    let suite = std::fs::read_to_string(common::root().join("tests/siege/yaml-test-suite.jsonl")).expect("the suite");
    for line in suite.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let yaml = case["yaml"].as_str().expect("text");
        all.push((format!("suite {}", case["id"]), yaml.as_bytes().to_vec(), None));
    }
    for target in ["yaml", "schema", "waivers", "config", "metadata"] {
        for entry in std::fs::read_dir(common::root().join("fuzz/corpus").join(target)).expect("a folder") {
            let path = entry.expect("an entry").path();
            all.push((path.display().to_string(), std::fs::read(&path).expect("a file"), None));
        }
    }
    all
}

/// The outcome according to the parser alone.
fn expected(bytes: &[u8]) -> Expected {
    let Ok(text) = std::str::from_utf8(bytes) else { return Expected::Unchecked };
    let problems = parse(&SourceFile::new("b.yaml", text), &YamlLimits::default()).problems;
    match problems.iter().any(|problem| problem.limit) || bytes.len() > 1024 * 1024 {
        true => Expected::Unchecked,
        false if problems.is_empty() => Expected::Read,
        false => Expected::Refused,
    }
}

struct Bench {
    folder: tempfile::TempDir,
    config: Config,
    ruleset: Ruleset,
}

impl Bench {
    fn new() -> Self {
        let folder = common::folder(&[
            ("leaver.yaml", "version: 1\n"),
            ("a.yaml", &FAULTY.replace("name: box", "name: beside")),
            ("b.yaml", ""),
        ]);
        let root = folder.path().to_str().expect("text").to_owned();
        let loaded = ruleset::load(&Workspace::default(), root.as_str().into(), None, &Overrides::default());
        let (config, ruleset) = loaded.expect("the default configuration");
        Self { folder, config, ruleset }
    }

    /// The report on a catalogue with `bytes` as its second file.
    fn report(&self, bytes: &[u8]) -> Report {
        std::fs::write(self.folder.path().join("b.yaml"), bytes).expect("a file");
        let request = Request { today: common::TODAY.into(), ..Request::default() };
        check(&self.config, &self.ruleset, &request, &|_, _| {})
    }
}

/// Checks a report on a valid file and a hostile file.
fn assert_report(report: &Report, bytes: &[u8], expected: Expected) {
    let code = report.outcome(Severity::Error).code();
    let beside = report
        .findings
        .iter()
        .any(|finding| finding.rule.as_str() == "jit/no-update-owner" && finding.place.file.path().ends_with("a.yaml"));
    assert!(beside, "the other file lost its finding");
    let syntax = report
        .findings
        .iter()
        .any(|finding| finding.rule.as_str() == "schema/syntax" && finding.place.file.path().ends_with("b.yaml"));
    match expected {
        Expected::Unchecked => {
            assert!(code == 2 && !report.failures.is_empty(), "status {code}: {:?}", report.failures);
        }
        Expected::Refused => assert!(code == 1 && syntax, "status {code}, syntax {syntax}: {:?}", report.failures),
        Expected::Read => {
            assert!(code == 1 && !syntax && report.failures.is_empty(), "status {code}: {:?}", report.failures);
        }
    }
    for finding in report.findings.iter().filter(|finding| finding.place.file.path().ends_with("b.yaml")) {
        let (start, end) = (finding.place.start(), finding.place.end());
        assert!(start.line >= 1 && start.column >= 1 && start <= end && end.line <= finding.place.file.lines());
        let text = std::str::from_utf8(bytes).expect("a file with findings is UTF-8");
        assert!(text.get(finding.place.span.start()..finding.place.span.end()).is_some(), "{:?}", finding.place.span);
        assert!(!finding.message.is_empty() && finding.message.len() < 2_000, "{}", finding.message);
    }
}

#[test]
fn every_hostile_input_has_the_expected_outcome_in_every_format() {
    let inputs = inputs();
    assert!(inputs.len() >= 500, "{} inputs", inputs.len());
    let sarif = sarif_schema();
    let json = {
        let text = std::fs::read_to_string(common::root().join("schemas/report.schema.json")).expect("the schema");
        jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("a schema")
    };
    let wrong: Vec<String> = inputs
        .par_iter()
        .map_init(Bench::new, |bench, (name, bytes, wanted)| {
            // A broken file without any key of leaver would count as a template of another tool.
            let mark: &[u8] = if wanted.is_some() { b"" } else { b"# leaver/v1\n" };
            let bytes = [mark, bytes.as_slice()].concat();
            let started = Instant::now();
            let tried = catch_unwind(AssertUnwindSafe(|| {
                let report = bench.report(&bytes);
                assert_report(&report, &bytes, wanted.unwrap_or_else(|| expected(&bytes)));
                for format in Format::ALL {
                    let mut out = Vec::new();
                    render(format, &report, &Style::default(), &mut out).expect("writing to a vector succeeds");
                    let text = String::from_utf8(out).expect("output is UTF-8");
                    assert_harmless(format, &text, &sarif);
                    if format == Format::JSON {
                        assert!(
                            json.is_valid(&serde_json::from_str(&text).expect("JSON")),
                            "the report is valid by its schema"
                        );
                    }
                }
            }));
            let late = started.elapsed().as_secs() >= PATIENCE;
            match tried {
                Ok(()) if late => Some(format!("{name}: took {:?}", started.elapsed())),
                Ok(()) => None,
                Err(panic) => {
                    let message = panic.downcast_ref::<String>().map(String::as_str);
                    Some(format!("{name}: {}", message.or(panic.downcast_ref::<&str>().copied()).unwrap_or_default()))
                }
            }
        })
        .flatten()
        .collect();
    println!("{} inputs in {} formats", inputs.len(), Format::ALL.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), inputs.len(), wrong.join("\n"));
}

/// A hostile document hides nothing in a valid document before it in the same file.
#[test]
fn documents_before_a_hostile_one_are_read() {
    let good = FAULTY.split("---\n").next().expect("a document");
    let alone = parse(&SourceFile::new("t.yaml", good), &YamlLimits::default()).documents.remove(0);
    let mut read = 0;
    for (name, bytes, _) in inputs() {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        // If a file contains a control character, leaver refuses it before parsing.
        if text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}')) {
            continue;
        }
        let both = SourceFile::new("t.yaml", format!("{good}...\n{text}"));
        let documents = parse(&both, &YamlLimits::default()).documents;
        assert!(documents.first().is_some_and(|first| first.root == alone.root), "{name} hides the document before it");
        read += 1;
    }
    assert!(read > 450, "{read}");
}

/// If the name of a YAML file is not UTF-8, leaver reports the file. The letter case of the extension does not matter.
#[cfg(target_os = "linux")]
#[test]
fn a_file_whose_name_is_not_utf8_is_reported() {
    use std::os::unix::ffi::OsStrExt;
    for name in [&b"\xff.yaml"[..], b"\xfe.YAML", b"a\x80.Yml"] {
        let files = common::folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", common::CLEAN)]);
        std::fs::write(files.path().join(std::ffi::OsStr::from_bytes(name)), FAULTY).expect("a file");
        let output = common::leaver(files.path(), &["check", "-o", "concise"]);
        let printed = common::out(&output);
        assert!(common::code(&output) == 2 && printed.contains("is not UTF-8"), "{name:?}: {printed}");
    }
}
