//! Each fact about a system has a source and a day, and a rule reads the fact.

use std::{collections::BTreeMap, path::Path};

use leaver::{
    facts::vendor,
    source::{SourceFile, YamlLimits, parse},
};
use serde_json::{Value, json};

use crate::{common::root, fact_sources::today};

/// Keys of a System that state no fact about its behaviour.
const ABOUT: &[&str] = &["kind", "status", "vendor", "source", "asOf", "notes"];

fn systems() -> Vec<Value> {
    let text = std::fs::read_to_string(root().join("data/systems.yaml")).expect("text");
    let parsed = parse(&SourceFile::new("systems.yaml", text.as_str()), &YamlLimits::default());
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    parsed.documents.iter().map(|document| Value::from(&document.root)).collect()
}

/// The facts of a System, including nested ones.
fn facts(value: &Value, found: &mut Vec<String>) {
    value.as_array().into_iter().flatten().for_each(|item| facts(item, found));
    for (key, value) in value.as_object().into_iter().flatten() {
        found.push(key.clone());
        facts(value, found);
    }
}

/// The text of all rules and libraries, without their tests.
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
    assert!(known >= 15, "{known}");
}

#[test]
fn every_source_of_a_system_has_an_address_and_every_day_has_passed() {
    let today = today();
    for system in systems() {
        let name = &system["metadata"]["name"];
        if let Some(source) = system["spec"]["source"].as_str() {
            assert!(source.contains("https://"), "{name}: {source}");
        }
        if let Some(day) = system["spec"]["asOf"].as_str() {
            let length = day.len().min(today.len());
            assert!([4, 7, 10].contains(&day.len()) && day >= "2015" && day <= &today[..length], "{name}: {day}");
        }
    }
}

/// Facts of a System that contradict each other.
fn contradictions(spec: &Value) -> Vec<&'static str> {
    let is = |key: &str, value: bool| spec[key] == value;
    let there = |key: &str| !spec[key].is_null();
    let pushing = ["syncMinutes", "onUnassign", "delayDays", "delayDaysChoices", "maxApps", "maxRetries", "retryHours"];
    let pairs = [
        (is("pushes", false) && is("deletes", true), "it pushes nothing and deletes"),
        (is("pushes", false) && is("pushesGroups", true), "it pushes nothing and pushes groups"),
        (is("pushes", false) && is("pushesEntitlements", true), "it pushes nothing and pushes entitlements"),
        (is("pushes", false) && is("updates", true), "it pushes nothing and updates accounts"),
        (is("pushes", false) && pushing.iter().any(|key| there(key)), "it pushes nothing and has settings for pushing"),
        (is("deletes", false) && spec["onUnassign"] == "delete", "`deletes: false`, but `onUnassign: delete`"),
        (is("deletes", false) && there("deletesAfterDays"), "`deletes: false`, but `deletesAfterDays` is set"),
        (is("deletes", false) && is("deletesUnassigned", true), "`deletes: false`, but `deletesUnassigned: true`"),
        (
            is("deletes", false) && is("deletesWithoutSoftDelete", true),
            "`deletes: false`, but `deletesWithoutSoftDelete: true`",
        ),
        (
            is("deletesUnassigned", true) && spec["onUnassign"] == "nothing",
            "`onUnassign: nothing`, but `deletesUnassigned: true`",
        ),
        (
            there("maxRetries") && spec["maxRetries"] == 0 && there("retryHours"),
            "`maxRetries: 0`, but `retryHours` is set",
        ),
        (there("quarantineDays") && is("pushes", false), "it pushes nothing and has a quarantine"),
        (there("notPushed") && is("pushes", false), "it pushes nothing, but declares exceptions (`notPushed`)"),
        (
            is("pushesGroups", false) && there("pushesAssignedGroups"),
            "it pushes no groups, but states exceptions for groups",
        ),
        (
            is("pushesGroups", false) && there("keepsUnpushedGroups"),
            "it pushes no groups, but states what happens when a push of groups stops",
        ),
    ];
    pairs.into_iter().filter(|(broken, _)| *broken).map(|(_, message)| message).collect()
}

#[test]
fn the_facts_of_a_system_do_not_contradict_each_other() {
    for system in systems() {
        assert_eq!(contradictions(&system["spec"]), [""; 0], "{}", system["metadata"]["name"]);
    }
    for broken in [
        json!({"pushes": false, "deletes": true}),
        json!({"pushes": false, "pushesGroups": true}),
        json!({"pushes": false, "syncMinutes": 40}),
        json!({"pushes": false, "updates": true}),
        json!({"deletes": false, "onUnassign": "delete"}),
        json!({"deletes": false, "deletesAfterDays": 30}),
        json!({"deletes": false, "deletesWithoutSoftDelete": true}),
        json!({"maxRetries": 0, "retryHours": 1}),
    ] {
        assert!(!contradictions(&broken).is_empty(), "{broken}");
    }
    assert_eq!(contradictions(&json!({"pushes": false, "deletes": false, "pushesGroups": false})), [""; 0]);
}

#[test]
fn a_name_means_one_system_whose_vendor_exists() {
    let mut names = BTreeMap::new();
    for system in systems() {
        let name = system["metadata"]["name"].as_str().expect("a name").to_owned();
        let aliases = system["metadata"]["aliases"].as_array().into_iter().flatten().filter_map(Value::as_str);
        for word in aliases.chain([name.as_str()]).map(str::to_lowercase) {
            let plain: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
            let other = names.insert(plain, name.clone()).filter(|other| *other != name);
            assert_eq!(other, None, "`{word}` is a name of two systems");
        }
        if let Some(product) = system["spec"]["vendor"].as_str() {
            assert!(vendor(&Value::Null, product).is_some(), "{name}: `{product}` is no known product");
        }
    }
    assert!(names.len() > 30);
}

#[test]
fn imports_of_a_system_name_other_systems_once_and_have_facts() {
    let systems = systems();
    let names: Vec<&str> = systems.iter().filter_map(|system| system["metadata"]["name"].as_str()).collect();
    let mut seen = 0;
    for system in &systems {
        let name = system["metadata"]["name"].as_str().expect("a name");
        let mut from = Vec::new();
        for import in system["spec"]["imports"].as_array().into_iter().flatten() {
            let source = import["system"].as_str().expect("a name");
            assert!(names.contains(&source) && source != name, "{name} imports from `{source}`");
            let limits = ["closesOn", "misses"].iter().any(|key| !import[*key].is_null());
            let interval = import["syncMinutes"].as_u64();
            assert!(interval.map_or(limits, |minutes| minutes > 0), "{name}: {import}");
            assert!(!from.contains(&source), "{name} imports from `{source}` twice");
            from.push(source);
            seen += 1;
        }
    }
    assert!(seen >= 2, "{seen}");
}
