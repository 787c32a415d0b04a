//! Facts about systems: each has a source and a day, and a rule that reads it.

use std::path::Path;

use leaver::source::{SourceFile, YamlLimits, parse};
use serde_json::Value;

use crate::common::root;

/// Keys of a System that are no fact about what it does.
const ABOUT: &[&str] = &["kind", "status", "vendor", "source", "asOf", "notes"];

fn systems() -> Vec<Value> {
    let text = std::fs::read_to_string(root().join("data/systems.yaml")).expect("text");
    let parsed = parse(&SourceFile::new("systems.yaml", text.as_str()), &YamlLimits::default());
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    parsed.documents.iter().map(|document| Value::from(&document.root)).collect()
}

/// The facts of a System, with those below others.
fn facts(value: &Value, found: &mut Vec<String>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        found.push(key.clone());
        facts(value, found);
    }
}

/// The text of all rules and what they share, without their tests.
fn policies(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            policies(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rego")
            && !path.to_string_lossy().ends_with("_test.rego")
        {
            text.push_str(&std::fs::read_to_string(&path).expect("text"));
        }
    }
}

#[test]
fn every_fact_of_a_system_is_read_by_a_rule() {
    let mut rules = String::new();
    policies(&root().join("policies"), &mut rules);
    let is_read = |key: &str| {
        let mut places = rules
            .match_indices(key)
            .map(|(at, _)| (rules.as_bytes().get(at.wrapping_sub(1)), rules.as_bytes().get(at + key.len())));
        places.any(|(before, after)| {
            let ends = after.is_none_or(|after| !after.is_ascii_alphanumeric() && *after != b'_');
            ends && matches!(before, Some(b'.' | b'"'))
        })
    };
    assert!(is_read("deletes") && !is_read("delete5"));
    let mut seen = 0;
    for system in systems() {
        let mut keys = Vec::new();
        facts(&system["spec"], &mut keys);
        for key in keys.iter().filter(|key| !ABOUT.contains(&key.as_str())) {
            seen += 1;
            assert!(is_read(key), "{}: no rule reads `{key}`", system["metadata"]["name"]);
        }
    }
    assert!(seen >= 40, "{seen}");
}

#[test]
fn every_fact_of_a_system_has_a_source_and_a_day() {
    let mut known = 0;
    for system in systems() {
        let spec = system["spec"].as_object().expect("a mapping");
        let has = |key: &str| spec.get(key).is_some_and(|value| value.as_str().is_some_and(|text| text.len() > 3));
        let is_told = spec.keys().any(|key| !ABOUT.contains(&key.as_str())) || has("notes");
        known += u32::from(is_told);
        assert!(!is_told || (has("source") && has("asOf")), "{}", system["metadata"]["name"]);
    }
    assert!(known >= 13, "{known}");
}
