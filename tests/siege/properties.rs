//! For any bytes, leaver does not panic, ends with a documented exit status, and writes valid SARIF and JSON.

use leaver::{
    Request, check,
    config::Overrides,
    files::Workspace,
    output::{Format, Style, render},
    rule::Severity,
    ruleset,
};
use proptest::prelude::*;

use crate::{
    common::{self, FAULTY, code, folder, leaver, out},
    siege::harmless::{assert_harmless, sarif_schema},
};

/// Checks bytes as a file of a catalogue, in every format.
fn assert_valid_reports(bytes: &[u8], sarif: &jsonschema::Validator, json: &jsonschema::Validator) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("a.yaml"), bytes).expect("a file");
    let root = folder.path().to_str().expect("text");
    let loaded = ruleset::load(&Workspace::default(), root.into(), None, &Overrides::default());
    let (config, ruleset) = loaded.expect("the default configuration");
    let request = Request { today: common::TODAY.into(), ..Request::default() };
    let report = check(&config, &ruleset, &request, &|_, _| {});
    assert!(report.outcome(Severity::Error).code() <= 3);
    let text = String::from_utf8(bytes.to_vec()).ok();
    for finding in &report.findings {
        let (start, end) = (finding.place.start(), finding.place.end());
        assert!(start.line >= 1 && start.column >= 1 && start <= end && end.line <= finding.place.file.lines());
        assert!(
            text.as_ref().is_some_and(|text| text.get(finding.place.span.start()..finding.place.span.end()).is_some())
        );
    }
    for format in Format::ALL {
        let mut bytes = Vec::new();
        render(format, &report, &Style::default(), &mut bytes).expect("writing to a vector succeeds");
        let text = String::from_utf8(bytes).expect("output is UTF-8");
        assert_harmless(format, &text, sarif);
        if format == Format::JSON {
            assert!(json.is_valid(&serde_json::from_str(&text).expect("JSON")), "{text}");
        }
    }
}

fn report_schema() -> jsonschema::Validator {
    let text = std::fs::read_to_string(common::root().join("schemas/report.schema.json")).expect("the schema");
    jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("a schema")
}

/// Fragments that are special in YAML or in the schema.
const PIECES: [&str; 32] = [
    "apiVersion: leaver/v1\n",
    "kind: App\n",
    "kind: Waiver\n",
    "metadata: {name: a}\n",
    "spec:\n",
    "spec: {}\n",
    "---\n",
    "...\n",
    "  ",
    "- ",
    "? ",
    ": ",
    "&a ",
    "*a",
    "<<: ",
    "!!int ",
    "!x ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "|\n",
    ">-\n",
    "# ",
    "\t",
    "\r",
    "%YAML 1.2\n",
    "  lifecycle: {update: {via: jit, owner: it}}\n",
    "  provisioning: {mode: jit}\n",
    "\u{feff}",
];

fn any_yaml() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(PIECES.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => "[a-zé𝄞0-9 ]{0,8}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// A declaration with some of its bytes changed, removed or duplicated.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..6).prop_map(|edits| {
        let mut bytes = FAULTY.as_bytes().to_vec();
        for (at, byte, how) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => drop(bytes.remove(at)),
                1 => bytes.insert(at, byte),
                2 => bytes[at] = byte % 128,
                _ => {
                    let piece = bytes[at..(at + usize::from(byte)).min(bytes.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        bytes
    })
}

#[test]
fn any_input_gives_a_documented_exit_status_and_valid_reports() {
    let (sarif, json) = (sarif_schema(), report_schema());
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() };
    let strategy = prop_oneof![any_yaml(), mutated(), prop::collection::vec(any::<u8>(), 0..200)];
    proptest::test_runner::TestRunner::new(config)
        .run(&strategy, |bytes| {
            assert_valid_reports(&bytes, &sarif, &json);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn inputs_that_crashed_other_linters_are_reported() {
    let cases: [(&str, &[u8], i32, &str); 9] = [
        ("UTF-16", b"\xff\xfek\x00i\x00n\x00d\x00:\x00 \x00A\x00", 2, "is not UTF-8 text"),
        ("an invalid byte", b"kind: App\n# leaver/v1 \xff\n", 2, "bad byte at 22 (line 2)"),
        ("NUL", b"apiVersion: leaver/v1\nkind: App\0\n", 1, "control character U+0000"),
        ("a list", b"- apiVersion: leaver/v1\n", 1, "is inside a list"),
        ("a text", b"leaver/v1\n", 1, "a single value"),
        ("nothing", b"", 3, ""),
        ("a comment", b"# leaver/v1\n", 3, ""),
        ("only document marks", b"---\n---\n...\n", 3, ""),
        (
            "a number too large",
            b"apiVersion: leaver/v1\nkind: App\nmetadata: {name: a}\nspec: {tier: 99999999999999999999}\n",
            1,
            "does not fit in 64 bits",
        ),
    ];
    for (name, bytes, status, expected_text) in cases {
        let files = folder(&[("leaver.yaml", "version: 1\n")]);
        std::fs::write(files.path().join("a.yaml"), bytes).expect("a file");
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        assert!(
            code(&output) == status && out(&output).contains(expected_text),
            "{name}: {} {}",
            code(&output),
            out(&output)
        );
    }
}

#[cfg(unix)]
#[test]
fn special_files_do_not_hang() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", common::CLEAN)]);
    let pipe = files.path().join("pipe.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    std::os::unix::fs::symlink("/dev/zero", files.path().join("zero.yaml")).expect("a link");
    let started = std::time::Instant::now();
    for arguments in [
        vec!["check"],
        vec!["check", "pipe.yaml"],
        vec!["check", "zero.yaml"],
        vec!["check", "/dev/zero"],
        vec!["check", "a.yaml", "zero.yaml"],
        vec!["check", "a.yaml", "/dev/zero"],
    ] {
        let output = leaver(files.path(), &arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", out(&output));
    }
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
}
