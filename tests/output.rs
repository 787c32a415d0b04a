//! Every format renders the same fixed reports. The tests compare the output with snapshots and published schemas, check the places in the output,
//! and add hostile text.

mod crowded;
mod fixed;
mod places;

use std::{fs, path::Path};

use crowded::annotations;
use leaver::{
    finding::{Finding, Owner, Related, Status, Step, Subject, WaivedBy},
    output::{Format, Grammar, Style, render},
    report::{Code, Failure, Report},
    rule::Severity,
    source::{Address, Place, Span},
};
use places::{places_shown, report_places};
use proptest::prelude::*;
use serde_json::Value;

/// Creates a fixed report.
type Make = fn() -> Report;

const CASES: [(&str, Make); 13] = [
    ("empty", fixed::empty),
    ("clean", fixed::clean),
    ("one", fixed::one_finding),
    ("many", fixed::many),
    ("warning", fixed::warning),
    ("waived", fixed::waived),
    ("failures", fixed::failures),
    ("unicode", fixed::unicode),
    ("long-line", fixed::long_line),
    ("block", fixed::block),
    ("hostile", fixed::hostile),
    ("annotations", annotations),
    ("crowd", crowded::crowd),
];

fn rendered(format: Format, report: &Report, style: &Style) -> String {
    let mut bytes = Vec::new();
    render(format, report, style, &mut bytes).expect("writing to a vector succeeds");
    String::from_utf8(bytes).expect("output is UTF-8")
}

fn plain(format: Format, report: &Report) -> String {
    rendered(format, report, &Style::default())
}

fn parsed(format: Format, report: &Report) -> Value {
    serde_json::from_str(&plain(format, report)).expect("the output is JSON")
}

/// Whether a format has a snapshot for a case. A snapshot exists only if the output shows something that no other snapshot shows. Other tests check
/// the remaining outputs: their places, their schemas, and hostile text.
fn has_snapshot(case: &str, format: Format) -> bool {
    let is_json = matches!(format.grammar(), Grammar::Json | Grammar::JsonLines);
    match case {
        "many" => true,
        // Each line of JSONL is a finding or failure in the snapshot for JSON.
        _ if format == Format::JSONL => false,
        "empty" | "waived" | "failures" | "unicode" | "block" => true,
        "clean" | "crowd" => format == Format::FULL || format == Format::MARKDOWN,
        "one" | "warning" | "long-line" => format == Format::FULL,
        "annotations" => format == Format::GITHUB,
        "hostile" => !is_json,
        _ => panic!("{case}: state here which formats have a snapshot"),
    }
}

/// The output without the parts that change with each version of leaver. JSON and SARIF are pretty-printed, so that differences are visible. Every
/// report has the same rules, so only the case `many` shows them.
fn stable(case: &str, format: Format, report: &Report) -> String {
    let lists = match format.as_str() {
        "sarif" => &["/runs/0/tool/driver/rules", "/runs/0/taxonomies"][..],
        "json" => &["/rules"],
        _ => &[],
    };
    let text = if lists.is_empty() {
        plain(format, report)
    } else {
        let mut value = parsed(format, report);
        for list in lists.iter().filter(|_| case != "many") {
            *value.pointer_mut(list).expect("the list exists") = "[rules]".into();
        }
        serde_json::to_string_pretty(&value).expect("a value becomes text")
    };
    text.replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"[version]\"")
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn every_format_renders_every_report() {
    for (name, make) in CASES {
        for format in Format::ALL.into_iter().filter(|format| has_snapshot(name, *format)) {
            snapshot(&format!("{name}.{format}"), &stable(name, format, &make()));
        }
    }
}

/// Tests each option of `full` on the reports whose output the option changes.
#[test]
fn every_option_of_full_changes_its_output() {
    let options = [
        ("60", Style { width: 60, ..Style::default() }, &["many", "long-line", "failures"][..]),
        ("200", Style { width: 200, ..Style::default() }, &["long-line"]),
        ("color", Style { color: true, hyperlinks: true, ..Style::default() }, &["many", "failures", "clean"]),
        ("ascii", Style { unicode: false, ..Style::default() }, &["many", "unicode"]),
        ("statistics", Style { statistics: true, ..Style::default() }, &["failures"]),
    ];
    for (option, style, cases) in options {
        for (name, make) in CASES.into_iter().filter(|(name, _)| cases.contains(name)) {
            let text = rendered(Format::FULL, &make(), &style);
            assert_ne!(text, plain(Format::FULL, &make()), "{name}: `{option}` changes nothing");
            snapshot(&format!("{name}.full-{option}"), &text.replace('\u{1b}', "␛"));
        }
    }
    // With `quiet`, a report that passes has no closing lines, and a report that fails does not change.
    let quiet = |report: &Report| rendered(Format::FULL, report, &Style { quiet: true, ..Style::default() });
    assert_eq!(quiet(&fixed::clean()), "");
    let warning = quiet(&fixed::warning());
    assert!(warning.contains("warning[") && !warning.contains("passes"), "{warning}");
    assert!(plain(Format::FULL, &fixed::warning()).starts_with(&warning));
    assert_eq!(quiet(&fixed::many()), plain(Format::FULL, &fixed::many()));
}

#[test]
fn full_fits_the_width() {
    // Below 60 columns, a path is not wrapped, so that it can be clicked or copied.
    for width in [60, 80, 100, 200] {
        for make in
            [fixed::many, fixed::long_line, fixed::unicode, fixed::block, fixed::waived, fixed::failures, fixed::clean]
        {
            let text = rendered(Format::FULL, &make(), &Style { width, ..Style::default() });
            for line in text.lines() {
                assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
            }
        }
    }
}

#[test]
fn the_name_of_a_format_parses_to_the_format() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse(), Ok(format));
    }
    assert!("xml".parse::<Format>().is_err());
}

fn schema(path: &str) -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    jsonschema::validator_for(&serde_json::from_str(&text).expect("a schema is JSON")).expect("a valid schema")
}

fn assert_valid(schema: &jsonschema::Validator, value: &Value, name: &str) {
    let faults: Vec<String> =
        schema.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).take(5).collect();
    assert!(faults.is_empty(), "{name}: {faults:#?}");
}

#[test]
fn sarif_is_valid_by_its_schema_and_for_github() {
    let schema = schema("tests/foreign/sarif-2.1.0.schema.json");
    for (name, make) in CASES {
        let log = parsed(Format::SARIF, &make());
        assert_valid(&schema, &log, name);
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().expect("rules");
        for rule in rules {
            for pointer in ["/id", "/shortDescription/text", "/fullDescription/text", "/help/text"] {
                let text = rule.pointer(pointer).and_then(Value::as_str).unwrap_or("");
                assert!(
                    !text.is_empty() && (pointer == "/help/text" || text.chars().count() <= 1024),
                    "{name}: {pointer}"
                );
            }
            assert!(rule["properties"]["tags"].as_array().is_some_and(|tags| tags.len() <= 10));
        }
        for result in log["runs"][0]["results"].as_array().expect("results") {
            let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("a small number");
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string());
            let region = &result["locations"][0]["physicalLocation"]["region"];
            assert_eq!(region["startLine"], region["endLine"]);
            assert!(region["startColumn"].as_u64() < region["endColumn"].as_u64());
        }
    }
}

#[test]
fn json_is_valid_by_its_schema() {
    let schema = schema("schemas/report.schema.json");
    for (name, make) in CASES {
        let report = make();
        let document = parsed(Format::JSON, &report);
        assert_valid(&schema, &document, name);
        let lines: Vec<Value> = plain(Format::JSONL, &report)
            .lines()
            .map(|line| serde_json::from_str(line).expect("each line is JSON"))
            .collect();
        let failures = document["failures"].as_array().expect("a list");
        let findings = document["findings"].as_array().expect("a list");
        let expected: Vec<Value> = failures
            .iter()
            .map(|failure| serde_json::json!({"failure": failure}))
            .chain(findings.iter().cloned())
            .collect();
        assert_eq!(lines, expected, "{name}");
    }
}

#[test]
fn every_format_shows_the_same_places() {
    for make in [fixed::one_finding, fixed::many, fixed::warning, fixed::waived, fixed::failures, annotations] {
        let report = make();
        for format in Format::ALL {
            assert_eq!(places_shown(format, &report), report_places(&report), "{format}");
        }
    }
}

#[test]
fn every_format_shows_failures() {
    let report = fixed::failures();
    for format in Format::ALL {
        let text = plain(format, &report);
        assert!(text.contains("division by zero") && text.contains("permission denied"), "{format}: {text}");
    }
}

/// Checks that the output contains no invisible characters, and no platform commands other than those of the format.
fn assert_harmless(format: Format, text: &str) {
    let hidden = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\r'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{e0000}'..='\u{e007f}')
    };
    assert!(!text.contains(hidden), "{format}: {text:?}");
    for line in text.lines() {
        assert!(format == Format::CSV || !line.contains('\r'), "{format}: {line:?}");
        let line = line.trim_start();
        let own =
            format == Format::GITHUB && ["::error ", "::warning ", "::notice "].iter().any(|own| line.starts_with(own));
        assert!(own || !line.starts_with("::"), "{format}: {line:?}");
        let azure = line.strip_prefix("##vso[task.logissue type=").filter(|_| format == Format::AZURE);
        let line = azure.unwrap_or(line);
        assert!(!line.contains("##[") && !line.to_lowercase().contains("##vso["), "{format}: {line:?}");
    }
}

fn assert_readable(format: Format, text: &str) {
    match format.grammar() {
        Grammar::Json => {
            serde_json::from_str::<Value>(text).expect("the output is JSON");
        }
        Grammar::JsonLines => {
            for line in text.lines() {
                serde_json::from_str::<Value>(line).expect("each line is JSON");
            }
        }
        Grammar::Xml => {
            quick_junit::Report::deserialize_from_str(text).expect("the output is XML");
        }
        Grammar::Csv => {
            for record in csv::Reader::from_reader(text.as_bytes()).records() {
                let record = record.expect("a row of the same length");
                assert!(record.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{record:?}");
            }
        }
        Grammar::Text | Grammar::Commands | Grammar::Markdown => {}
    }
}

#[test]
fn hostile_text_is_harmless_everywhere() {
    for format in Format::ALL {
        let text = plain(format, &fixed::hostile());
        assert_harmless(format, &text);
        assert_readable(format, &text);
    }
}

/// Platforms decode the messages in SARIF and similar formats and show them to people, so the escapes of JSON are not enough.
#[test]
fn messages_within_json_have_no_control_characters() {
    fn messages<'a>(value: &'a Value, key: &str, all: &mut Vec<&'a str>) {
        match value {
            Value::String(text) if ["text", "markdown", "message", "description", "body"].contains(&key) => {
                all.push(text);
            }
            Value::Array(items) => items.iter().for_each(|item| messages(item, key, all)),
            Value::Object(map) => map.iter().for_each(|(key, value)| messages(value, key, all)),
            _ => {}
        }
    }
    for format in [Format::SARIF, Format::GITLAB, Format::RDJSON] {
        let document = parsed(format, &fixed::hostile());
        let mut all = Vec::new();
        messages(&document, "", &mut all);
        assert!(all.len() > 2 * fixed::HOSTILE.len(), "{format}");
        for text in all {
            let is_link = format == Format::SARIF && text.contains("[click](");
            assert!(!is_link && !text.contains("\u{202e}"), "{format}: {text:?}");
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{format}: {text:?}");
        }
    }
}

/// A parser of the JSON output gets the exact values, even if the output escapes characters.
#[test]
fn json_keeps_hostile_values() {
    let report = fixed::hostile();
    let document = parsed(Format::JSON, &report);
    for (value, finding) in document["findings"].as_array().expect("a list").iter().zip(&report.findings) {
        assert_eq!(value["message"], finding.message.as_str());
        assert_eq!(value["file"], finding.place.file.path());
    }
}

/// GitHub's limits: 25,000 results, ten annotations of a kind, a page of 1 MiB.
#[test]
fn outputs_respect_the_limits_of_platforms() {
    let file = fixed::file("apps/monday.yaml", fixed::MONDAY);
    let one = |nth: usize| {
        let severity = if nth % 1000 == 999 { Severity::Error } else { Severity::Info };
        let place = fixed::at(&file, "update", 0);
        fixed::finding(
            "jit/no-update-owner",
            severity,
            "monday",
            &format!("x{nth}"),
            place,
            "monday: nobody owns the update",
        )
    };
    let report = fixed::report((0..26_000).map(one).collect(), vec![], fixed::run());
    let log = parsed(Format::SARIF, &report);
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 25_000);
    assert_eq!(results.iter().filter(|result| result["level"] == "error").count(), 26);
    assert!(
        log["runs"][0]["invocations"][0]["toolExecutionNotifications"].to_string().contains("1000 findings omitted")
    );
    let page = plain(Format::MARKDOWN, &report);
    assert!(page.len() < 1024 * 1024 && page.contains(" infos omitted, because "));
    let commands = plain(Format::GITHUB, &report);
    assert_eq!(commands.lines().filter(|line| line.starts_with("::")).count(), 20);
}

fn any_severity() -> impl Strategy<Value = Severity> {
    prop::sample::select(Severity::ALL.to_vec())
}

/// Any text, mixed with fragments that are special in some output.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        prop::sample::select(fixed::HOSTILE.to_vec()).prop_map(str::to_owned),
        prop::sample::select(vec!["::", "##", "[", "`", "|", "\n", "\r", "\t", " ", "\u{301}", "日", "-", "=", ":"])
            .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    fn any_finding()(
        texts in prop::collection::vec(any_text(), 9),
        source in prop::collection::vec(any_text(), 0..8),
        spans in prop::collection::vec(any::<prop::sample::Index>(), 4),
        severity in any_severity(),
        waived in any::<bool>(),
    ) -> Finding {
        let file = fixed::file(&texts[0], &source.concat());
        let place = |from: usize, to: usize| {
            let size = file.text().len() + 1;
            let mut ends = [spans[from].index(size), spans[to].index(size)].map(|mut at| {
                while !file.text().is_char_boundary(at) {
                    at -= 1;
                }
                at
            });
            ends.sort_unstable();
            Place { file: file.clone(), span: Span::new(ends[0], ends[1]) }
        };
        let subject = Some(Subject { kind: texts[1].clone(), name: texts[2].clone() });
        let by = WaivedBy { name: texts[5].clone(), reason: texts[6].clone(), approver: texts[7].clone(), expires: texts[8].clone() };
        let path = vec![Step::Key(texts[5].clone()), Step::Index(1), Step::Key(texts[6].clone())];
        let rule = "jit/no-update-owner".parse().expect("a rule id");
        Finding {
            help: Some(texts[4].clone()),
            owner: Some(Owner::new(&texts[8], Some(&texts[7]))),
            subject: subject.clone(),
            address: Address::of_path(&path),
            exists: !waived,
            identity: texts[8].clone(),
            path,
            related: vec![Related { message: texts[7].clone(), subject, place: place(2, 3) }],
            status: if waived { Status::Waived(by) } else { Status::Open },
            ..Finding::new(rule, severity, texts[3].clone(), place(0, 1))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_a_format(findings in prop::collection::vec(any_finding(), 0..4), failure in any_text(), width in 0_usize..130) {
        let place = findings.first().map(|finding| finding.place.clone());
        let failures = vec![Failure { place, ..Failure::new(Code::Policy, failure.clone()).help(failure) }];
        let report = fixed::report(findings, failures, fixed::run());
        for format in Format::ALL {
            let text = rendered(format, &report, &Style { width, ..Style::default() });
            assert_harmless(format, &text);
            assert_readable(format, &text);
        }
        rendered(Format::FULL, &report, &Style { width, color: true, unicode: false, hyperlinks: true, ..Style::default() });
    }
}
