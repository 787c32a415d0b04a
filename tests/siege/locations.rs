//! Plants one fault at a known line of a valid file. leaver must report at least nineteen of twenty faults within one line, and most faults of every
//! kind. The first message counts, since people read it first.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use leaver::{
    schema::{DECLARATIONS, Declared, Shape, declare},
    source::{SourceFile, YamlLimits, parse},
};

use crate::{
    common,
    generated::make::{DEFAULT, Systems, catalogue},
    siege::faults::{self, Fault, Text},
};

/// Number of faults of each kind.
const EACH: usize = 24;

/// The valid examples, and files that each contain several generated declarations.
fn valid_files() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(common::root().join("examples/clean")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            all.push((name, std::fs::read_to_string(&path).expect("text")));
        }
    }
    all.sort();
    let made = catalogue(11, 66, &DEFAULT, &Systems::read());
    for (number, part) in made.chunks(3).enumerate() {
        let text = part.iter().map(|one| format!("---\n{}", serde_yaml::to_string(one).expect("YAML"))).collect();
        all.push((format!("made-{number}.yaml"), text));
    }
    all
}

static COMPILED: LazyLock<Shape> =
    LazyLock::new(|| Shape::compile("leaver.schema.json", DECLARATIONS.text()).expect("leaver's own schema"));

/// Returns the line and the message of each syntax or shape problem in a text, in the order in which leaver shows them.
fn problems(text: &str) -> Vec<(usize, String)> {
    let file = Arc::new(SourceFile::new("t.yaml", text));
    let parsed = parse(&file, &YamlLimits::default());
    let mut all: Vec<(usize, String)> =
        parsed.problems.iter().map(|problem| (problem.span.start(), problem.message.clone())).collect();
    for document in parsed.documents {
        let by_code = DECLARATIONS.check(text, &document.root);
        assert_eq!(by_code, COMPILED.check(text, &document.root), "the generated code agrees with the schema");
        match declare(&file, document) {
            Declared::Foreign => {}
            Declared::Bare(breach) => all.push((breach.span.start(), breach.message)),
            Declared::Envelope(breaches) => {
                all.extend(breaches.into_iter().map(|breach| (breach.span.start(), breach.message)));
            }
            Declared::Declaration(_, breaches) => {
                all.extend(breaches.into_iter().map(|breach| (breach.span.start(), breach.message)));
            }
        }
    }
    all.sort();
    all.into_iter().map(|(at, message)| (file.point(at).line, message)).collect()
}

#[derive(Default)]
struct Tally {
    planted: usize,
    near: usize,
    misses: Vec<String>,
}

/// Plants each kind of fault in many places, and counts how often the first message is near.
fn plant_faults(kinds: &[(&'static str, Fault)], seed: u64) -> BTreeMap<&'static str, Tally> {
    let good = valid_files();
    for (name, text) in &good {
        assert_eq!(problems(text), [], "{name} is valid before a fault is planted");
    }
    let mut all: BTreeMap<&'static str, Tally> = BTreeMap::new();
    for (at, (kind, fault)) in kinds.iter().enumerate() {
        let mut random = faults::Random(seed.wrapping_add(at as u64 * 7919));
        let tally = all.entry(kind).or_default();
        // A file may have no suitable place, so more attempts are made than needed.
        for _ in 0..EACH * 40 {
            if tally.planted == EACH {
                break;
            }
            let (name, text) = &good[random.below(good.len())];
            let mut lines = Text::new(text);
            let Some(line) = fault(&mut lines, &mut random) else { continue };
            let text = lines.text();
            tally.planted += 1;
            let printed = problems(&text);
            let first = printed.first();
            if first.is_some_and(|(at, _)| at.abs_diff(line) <= 1) {
                tally.near += 1;
            } else {
                let from = line.saturating_sub(2);
                let near: Vec<&str> = text.lines().skip(from).take(3).collect();
                tally.misses.push(format!("{name}:{line} {near:?}: {first:?}"));
            }
        }
        assert!(tally.planted >= EACH / 2, "{kind}: planted only {} times", tally.planted);
    }
    all
}

/// Checks that 95 % of all faults, and 80 % of each kind, are reported within one line. Returns the counts, and the first miss of each kind.
fn assert_near(all: &BTreeMap<&'static str, Tally>, least: usize) -> String {
    let planted: usize = all.values().map(|tally| tally.planted).sum();
    let near: usize = all.values().map(|tally| tally.near).sum();
    let misses = all.iter().filter(|(_, tally)| !tally.misses.is_empty()).map(|(kind, tally)| {
        format!("{kind}: {} of {} within a line; {}\n", tally.near, tally.planted, tally.misses[0])
    });
    let summary = format!("{}{near} of {planted} within a line, {} kinds", misses.collect::<String>(), all.len());
    assert!(planted >= least, "{planted} planted");
    assert!(near * 100 >= planted * 95, "{summary}");
    for (kind, tally) in all {
        assert!(
            tally.near * 100 >= tally.planted * 80,
            "{kind}: {} of {} {:#?}",
            tally.near,
            tally.planted,
            tally.misses
        );
    }
    summary
}

#[test]
fn syntax_faults_are_reported_at_their_place() {
    assert!(faults::SYNTAX.len() >= 25);
    println!("{}", assert_near(&plant_faults(&faults::SYNTAX, 1), 500));
}

#[test]
fn shape_faults_are_reported_at_their_place() {
    assert!(faults::SHAPE.len() >= 25);
    let mut all = plant_faults(&faults::SHAPE, 2);
    all.append(&mut plant_faults(&faults::GAPS, 3));
    println!("{}", assert_near(&all, 500));
}

/// An unclosed quote ends at the next quote of its kind, anywhere below. The message names both places.
#[test]
fn an_unclosed_quote_is_reported_where_it_opens() {
    let problem = |yaml: &str| {
        let file = SourceFile::new("t.yaml", yaml);
        let problem = parse(&file, &YamlLimits::default()).problems.into_iter().next().expect("a problem");
        let place = |at: usize| format!("{}:{}", file.point(at).line, file.point(at).column);
        let related = problem.related.map(|(span, message)| format!(" | {} {message}", place(span.start())));
        format!("{} {}{}", place(problem.span.start()), problem.message, related.unwrap_or_default())
    };
    let lines: Vec<String> = [
        "a: 1\nb: \"x\nc: 2\nd: \"y\"\n",
        "a: 1\nb: 'x\nc: 2\nd: 'y'\n",
        "a: \"\\\"x\nc: 2\nd: \"#y\"\n",
        "a: '''x\nc: 2\nd: it''s\ne: 'y'\n",
        "a: '''\nc: 2\nd: it's\n",
        "- \"x\n- b: c\n- \"y\"\n",
        // Text after a string of several lines is another fault.
        "a: \"one\n  two\" three\nb: 1\n",
        "a: \"one\" two\n",
        "a: \"x\nc: 2\n",
    ]
    .map(|yaml| format!("{yaml:?}\n  {}", problem(yaml)))
    .into();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(".");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("quotes", lines.join("\n")));
}
