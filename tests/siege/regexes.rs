//! The regular expressions of the schemas and rules take linear time, because their engine does not backtrack.

use std::time::{Duration, Instant};

use leaver::{
    schema::{DECLARATIONS, Shape},
    source::{SourceFile, YamlLimits, parse},
};
use serde_json::Value;

use crate::common::{self, FAULTY, code, folder, leaver, out, rule};

/// The limit allows for a debug build on a busy machine. Backtracking would take hours.
const QUICK: Duration = Duration::from_secs(5);

fn patterns(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| match value {
            Value::String(pattern) if key == "pattern" => found.push(pattern.clone()),
            _ => patterns(value, found),
        }),
        Value::Array(items) => items.iter().for_each(|item| patterns(item, found)),
        _ => {}
    }
}

fn attacks() -> Vec<String> {
    let pieces = ["a", "-", ".", "0", "spec.", "a-", "/", " ", "é", "2026-", "://", "a/b", "x://", "\u{0}"];
    pieces.iter().flat_map(|piece| [piece.repeat(20_000), format!("{}!", piece.repeat(20_000))]).collect()
}

#[test]
fn no_regular_expression_of_a_schema_is_slow() {
    let mut count = 0;
    for entry in std::fs::read_dir(common::root().join("schemas")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("text");
        let mut found = Vec::new();
        patterns(&serde_json::from_str(&text).expect("JSON"), &mut found);
        for pattern in found {
            count += 1;
            for forbidden in ["(?=", "(?!", "(?<=", "(?<!", "\\1", "\\k<", "(?>", "*+", "++", "?+"] {
                assert!(!pattern.contains(forbidden), "{}: {pattern}", path.display());
            }
            let schema = serde_json::json!({"pattern": pattern}).to_string();
            let shape = Shape::compile("pattern", &schema).expect("a pattern");
            let started = Instant::now();
            for attack in attacks() {
                let yaml = serde_json::json!(attack).to_string();
                let file = SourceFile::new("t.yaml", yaml);
                for document in parse(&file, &YamlLimits::default()).documents {
                    shape.check(file.text(), &document.root);
                }
            }
            assert!(started.elapsed() < QUICK, "{pattern}: {:?}", started.elapsed());
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn the_schema_refuses_a_pattern_that_could_backtrack() {
    for pattern in ["(?=a)b", "(a)\\1", "(?<!a)b"] {
        let schema = serde_json::json!({"pattern": pattern}).to_string();
        assert!(Shape::compile("t", &schema).is_err(), "{pattern}: only an engine with linear time may compile it");
    }
}

#[test]
fn a_string_as_long_as_a_file_is_evaluated_at_once() {
    let long = "a-".repeat(200_000);
    let text = format!(
        "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: \"{long}\", owner: \"{long}\"}}\nspec: {{notes: \"{long}\"}}\n"
    );
    let file = SourceFile::new("t.yaml", text);
    let started = Instant::now();
    for document in parse(&file, &YamlLimits::default()).documents {
        for breach in DECLARATIONS.check(file.text(), &document.root) {
            assert!(
                breach.message.len() < 1_000,
                "a message quotes no more than its start: {} bytes",
                breach.message.len()
            );
        }
    }
    assert!(started.elapsed() < QUICK, "{:?}", started.elapsed());
}

#[test]
fn no_regular_expression_of_a_rule_is_slow() {
    for (pattern, status) in [("(a+)+$", 1), ("^(a|a)*$", 1), ("(a|aa)+$", 1), ("(((a{100}){100}){100}){100}", 2)] {
        let body = format!(
            "_long := concat(\"\", [\"{}\", \"!\"])\n\nfindings contains {{\"path\": [\"kind\"], \"message\": \"m\"}} if not regex.match(`{pattern}`, _long)",
            "a".repeat(900)
        );
        let files = folder(&[
            ("leaver.yaml", "version: 1\npolicies: [policies]\n"),
            ("a.yaml", FAULTY),
            ("policies/acme/x/rule.rego", &rule("x", &body)),
        ]);
        let started = Instant::now();
        let output = leaver(files.path(), &["check", "--select", "acme", "-o", "concise"]);
        assert!(
            code(&output) == status && out(&output).contains("acme/x"),
            "{pattern}: {} {}",
            code(&output),
            out(&output)
        );
        assert!(started.elapsed() < QUICK * 2, "{pattern}: {:?}", started.elapsed());
    }
}
