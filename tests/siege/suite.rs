//! The yaml-test-suite (<https://github.com/yaml/yaml-test-suite>, MIT, release 2022-01-17, 402 cases). Each case parses as expected, or is refused
//! with a place. `suite.snap` lists every case that leaver treats differently, and how.

use leaver::source::{Parsed, Problem, SourceFile, YamlLimits, parse};
use serde_json::Value;

use crate::common;

/// A line of `yaml-test-suite.jsonl`: the id, name and text of a case, whether parsing must fail, and the documents as JSON, if JSON can represent
/// them.
struct Case {
    id: String,
    name: String,
    fail: bool,
    yaml: String,
    json: Option<Vec<Value>>,
}

fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(common::root().join("tests/siege/yaml-test-suite.jsonl")).expect("the suite");
    let read = |line: &str| {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let word = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        let json = case["json"].as_str().map(|json| {
            let values = serde_json::Deserializer::from_str(json).into_iter();
            values.collect::<Result<Vec<Value>, _>>().expect("JSON")
        });
        Case { id: word("id"), name: word("name"), fail: case["fail"] == true, yaml: word("yaml"), json }
    };
    text.lines().map(read).collect()
}

/// Numbers as in JavaScript: the suite's JSON does not distinguish 1 from 1.0.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

/// The first problem with its place, which must be in the text.
fn first_problem(file: &SourceFile, problem: &Problem) -> String {
    assert!(file.text().get(problem.span.start()..problem.span.end()).is_some(), "{problem:?}");
    let point = file.point(problem.span.start());
    assert!(point.line <= file.lines() && !problem.message.is_empty());
    format!("refused at {}:{}: {}", point.line, point.column, problem.message)
}

#[test]
fn every_case_parses_as_documented_or_is_refused_with_a_place() {
    let cases = cases();
    assert_eq!(cases.len(), 402);
    let mut right = 0;
    let mut others = Vec::new();
    for Case { id, name, fail, yaml, json } in cases {
        let file = SourceFile::new("t.yaml", yaml.as_str());
        let Parsed { documents, problems } = parse(&file, &YamlLimits::default());
        let values: Vec<Value> = documents.iter().map(|document| plain(&Value::from(&document.root))).collect();
        let wanted: Option<Vec<Value>> = json.map(|values| values.iter().map(plain).collect());
        let result = match (problems.first(), fail) {
            (Some(problem), true) => {
                first_problem(&file, problem);
                right += 1;
                continue;
            }
            (None, false) if wanted.as_ref().is_none_or(|wanted| *wanted == values) => {
                right += 1;
                continue;
            }
            (Some(problem), false) => first_problem(&file, problem),
            (None, true) => "ACCEPTED, but is not YAML".to_owned(),
            (None, false) => {
                format!("READ AS {}, not {}", Value::from(values), Value::from(wanted.unwrap_or_default()))
            }
        };
        others.push(format!("{id} {name}: {result}"));
    }
    let text = format!("{right} of 402 as the suite expects; the others:\n{}", others.join("\n"));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(".");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("suite", text));
}
