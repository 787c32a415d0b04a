//! The fuzz targets. `tests/siege/corpus.rs` replays the kept corpus through the same functions on stable Rust. Each target checks properties of its
//! result. For example, places are inside the file, output can be parsed, and output contains nothing hostile.
#![allow(dead_code, unused_imports, reason = "each target uses one of these")]

#[path = "exports.rs"]
mod exports;
#[path = "signoffs.rs"]
mod signoffs;

use std::{cell::RefCell, sync::Arc};

use leaver::{
    config,
    files::Workspace,
    finding::{Finding, Subject},
    model::{Catalogue, Declaration, Waiver},
    output::{Format, Grammar, Style, render},
    policy,
    report::{Code, Failure, Report, Run},
    rule::{Origin, Severity},
    ruleset,
    schema::{DECLARATIONS, Declared, RULE, Shape, declare},
    selftest,
    source::{Node, Parsed, Place, SourceFile, Span, Yaml, YamlLimits, parse},
    triage::{Known, Versions, waive},
};

pub use exports::observe;
pub use signoffs::{manifest, signature, trust};

thread_local! {
    static COMPILED: [Shape; 2] = [&DECLARATIONS, &RULE].map(|shape| Shape::compile("compiled", shape.text()).expect("leaver's own schema"));
    static FOLDER: RefCell<Option<tempfile::TempDir>> = const { RefCell::new(None) };
}

/// Maximum size of inputs. Larger inputs would only slow down the fuzzer, and size limits have their own tests.
const SIZE: usize = 16 * 1024;

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| text.len() <= SIZE)
}

fn check_span(file: &SourceFile, span: Span) {
    assert!(file.text().get(span.start()..span.end()).is_some(), "{span:?} is outside the text");
    let point = file.point(span.start());
    assert!(point.line >= 1 && point.line <= file.lines() && point.column >= 1, "{point:?}");
    let (shown, _) = file.redacted_line(point.line, span.start(), 100);
    assert!(shown.len() <= 400 * '•'.len_utf8(), "a quoted line is shortened");
}

fn check_node(file: &SourceFile, node: &Node) {
    check_span(file, node.span());
    node.defined().into_iter().for_each(|span| check_span(file, span));
    match node.value() {
        Yaml::List(items) => items.iter().for_each(|item| check_node(file, item)),
        Yaml::Map(entries) => entries.iter().for_each(|entry| {
            check_span(file, entry.key_span());
            check_node(file, &entry.value);
        }),
        Yaml::Float(number) => assert!(number.is_finite()),
        _ => {}
    }
}

/// Parses any text as YAML. There is no panic, and every span is inside the text.
pub fn yaml(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let file = SourceFile::new("t.yaml", text);
    let limits = YamlLimits::default();
    let Parsed { documents, problems } = parse(&file, &limits);
    for document in &documents {
        check_node(&file, &document.root);
        let _value = serde_json::Value::from(&document.root);
    }
    for problem in &problems {
        check_span(&file, problem.span);
        problem.related.iter().for_each(|(span, _)| check_span(&file, *span));
        assert!(!problem.message.is_empty() && !problem.message.contains('\n'), "{}", problem.message);
    }
    assert_eq!(parse(&file, &limits), Parsed { documents, problems }, "parsing is deterministic");
}

fn declared(text: &str, each: &mut dyn FnMut(&Arc<SourceFile>, Declared)) {
    let file = Arc::new(SourceFile::new("a\u{1b}[31m\n::error::.yaml", text));
    let documents = parse(&file, &YamlLimits::default()).documents;
    for document in documents {
        let by_code = DECLARATIONS.check(text, &document.root);
        COMPILED.with(|[compiled, _]| {
            assert_eq!(by_code, compiled.check(text, &document.root), "the generated code agrees with the schema");
        });
        each(&file, declare(&file, document));
    }
}

fn finding(
    file: &Arc<SourceFile>,
    span: Span,
    message: String,
    help: Option<String>,
    of: Option<&Declaration>,
) -> Finding {
    let rule = "schema/invalid-value".parse().expect("an id");
    let place = Place { file: Arc::clone(file), span };
    Finding {
        help,
        subject: of.map(|of| Subject { kind: of.kind.clone(), name: of.name.clone() }),
        ..Finding::new(rule, Severity::Error, message, place)
    }
}

/// Renders a report in every format. Checks that the output can be parsed and contains no commands for a terminal or a CI runner.
fn check_rendered(findings: Vec<Finding>, failures: Vec<Failure>) {
    let report = Report::new(findings, failures, std::collections::BTreeMap::new(), Run::default());
    for format in Format::ALL {
        let mut bytes = Vec::new();
        render(format, &report, &Style::default(), &mut bytes).expect("writing to a vector succeeds");
        let text = String::from_utf8(bytes).expect("output is UTF-8");
        assert!(!text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r')), "{format}: {text:?}");
        let command = |line: &str| line.trim_start().starts_with("::") && format != Format::GITHUB;
        assert!(!text.lines().any(command), "{format}: {text}");
        if format.grammar() == Grammar::Json {
            serde_json::from_str::<serde_json::Value>(&text).expect("the output is JSON");
        }
    }
}

/// Validates any YAML. Every message is one line, has a place, and is harmless in every format.
pub fn schema(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let mut findings = Vec::new();
    declared(text, &mut |file, declared| match declared {
        Declared::Foreign => {}
        Declared::Bare(breach) => findings.push(finding(file, breach.span, breach.message, breach.help, None)),
        Declared::Envelope(breaches) => {
            for breach in breaches {
                check_span(file, breach.span);
                findings.push(finding(file, breach.span, breach.message, breach.help, None));
            }
        }
        Declared::Declaration(declaration, breaches) => {
            for breach in breaches {
                check_span(file, breach.span);
                assert!(!breach.message.is_empty() && breach.message.len() < 2_000, "{}", breach.message);
                findings.push(finding(file, breach.span, breach.message, breach.help, Some(&declaration)));
            }
        }
    });
    findings.truncate(20);
    check_rendered(findings, Vec::new());
}

/// Reads the metadata block of a Rego file and the YAML blocks of a page.
pub fn metadata(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let (rego, page) = text.split_once('\u{c}').unwrap_or((text, text));
    let file = Arc::new(SourceFile::new("policies/acme/x/rule.rego", rego));
    let id = "acme/x".parse().expect("an id");
    for document in parse(&file, &YamlLimits::default()).documents {
        let by_code = RULE.check(rego, &document.root);
        COMPILED.with(|[_, compiled]| {
            assert_eq!(by_code, compiled.check(rego, &document.root), "the generated code agrees with the schema");
        });
    }
    let result = policy::metadata(&id, &file, Origin::Local("policies".into()), page.to_owned());
    if let Err(failures) = result {
        assert!(!failures.is_empty(), "a refusal has a reason");
        failures
            .iter()
            .filter_map(|failure| failure.place.as_ref())
            .for_each(|place| check_span(&place.file, place.span));
        check_rendered(Vec::new(), failures);
    }
    match selftest::blocks(page) {
        Ok(blocks) => assert!(blocks.iter().all(|block| block.line >= 1 && block.line <= page.lines().count() + 1)),
        Err(error) => assert!(error.line >= 1 && error.line <= page.lines().count() + 1, "{error}"),
    }
}

/// Reads `leaver.yaml` from a file.
pub fn config(bytes: &[u8]) {
    if bytes.len() > SIZE {
        return;
    }
    let folder = FOLDER.with_borrow_mut(|folder| {
        let folder = folder.get_or_insert_with(|| tempfile::tempdir().expect("a folder"));
        folder.path().to_str().expect("text").to_owned()
    });
    let path = format!("{folder}/leaver.yaml");
    std::fs::write(&path, bytes).expect("a file");
    match config::discover(&Workspace::default(), folder.as_str().into(), Some(path.as_str().into())) {
        Ok(loaded) => {
            drop(
                ruleset::resolve(&loaded, &config::Overrides::default())
                    .map_err(|failures| check_rendered(Vec::new(), failures)),
            );
        }
        Err(failures) => {
            assert!(!failures.is_empty(), "a refusal has a reason");
            failures
                .iter()
                .filter_map(|failure| failure.place.as_ref())
                .for_each(|place| check_span(&place.file, place.span));
            check_rendered(Vec::new(), failures);
        }
    }
}

/// Reads waivers. Checks that only complete and well-formed waivers cover findings, and that findings about invalid files cannot be waived.
pub fn waivers(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let mut findings = Vec::new();
    let mut waivers = Vec::new();
    declared(text, &mut |file, declared| {
        let Declared::Declaration(declaration, _) = declared else { return };
        let mut fixed = finding(file, declaration.root.span(), "m".into(), None, Some(&declaration));
        fixed.subject = Some(Subject { kind: "App".into(), name: "box".into() });
        let mut free = fixed.clone();
        free.rule = "jit/no-update-owner".parse().expect("an id");
        findings.extend([fixed, free]);
        waivers.extend(Waiver::read(&declaration));
    });
    for waiver in &waivers {
        assert!(!waiver.rule().trim().is_empty());
        assert!(!waiver.in_force("2026-11-25") || waiver.in_force("2026-11-25"));
    }
    let catalogue = Catalogue::default();
    waive(&mut findings, &waivers, &Versions::current_only(&catalogue), "2026-11-25");
    for finding in &findings {
        assert!(
            finding.is_open() || finding.rule.as_str() != "schema/invalid-value",
            "schema findings cannot be waived"
        );
        let covers = waivers.iter().any(|waiver| waiver.matches(finding, "2026-11-25"));
        assert!(finding.is_open() || covers, "a waived finding has a waiver");
    }
    findings.truncate(20);
    check_rendered(findings, Vec::new());
}

/// Reads a baseline file. Checks that the baseline survives a round trip and can only shrink.
pub fn known(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let known = match Known::parse(text) {
        Ok(known) => known,
        Err(reason) => {
            assert!(!reason.is_empty());
            let failure = Failure::new(Code::Usage, reason);
            return check_rendered(Vec::new(), vec![failure]);
        }
    };
    if known.has_positions() {
        let catalogue = Catalogue::default();
        assert!(
            !known.with_names(&Versions::current_only(&catalogue)).has_positions(),
            "findings of undeclared apps are not known"
        );
        return;
    }
    let written = known.to_json().expect("a baseline can be written");
    let again = Known::parse(&written).expect("leaver reads its own output");
    assert_eq!(again, known);
    assert!(known.shrink(&Known::default()).is_empty());
    assert_eq!(known.shrink(&known).len(), known.len());
    assert_eq!(known.clone().union(&known), known);
}
