//! A schema and its compiled form must agree on every document; otherwise an invalid document would pass.

use leaver::{
    schema::{APPROVERS, CONFIG, DECLARATIONS, PROFILE, RULE, Shape, VENDORS},
    source::{SourceFile, YamlLimits, parse},
};
use serde_json::{Value, json};

use crate::common::root;

/// Returns copies of a value, each with a change at one place.
fn variants_with_one_change(value: &Value) -> Vec<Value> {
    let others =
        [json!(null), json!(true), json!(-1), json!(1.5), json!("2026-02-30"), json!("x y"), json!([]), json!({})];
    let mut all: Vec<Value> = others.into_iter().filter(|other| other != value).collect();
    match value {
        Value::Object(map) => {
            let with = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
                let mut map = map.clone();
                change(&mut map);
                Value::Object(map)
            };
            all.push(with(&|map| drop(map.insert("unknown".into(), json!(1)))));
            for (key, inner) in map {
                all.push(with(&|map| drop(map.remove(key))));
                all.extend(
                    variants_with_one_change(inner)
                        .into_iter()
                        .map(|inner| with(&|map| drop(map.insert(key.clone(), inner.clone())))),
                );
            }
        }
        Value::Array(items) => {
            all.push(json!([items.as_slice(), items.as_slice()].concat()));
            for (at, inner) in items.iter().enumerate().take(2) {
                all.extend(variants_with_one_change(inner).into_iter().map(|inner| {
                    let mut items = items.clone();
                    items[at] = inner;
                    Value::Array(items)
                }));
            }
        }
        Value::String(text) => all.extend([json!(format!("{text}{text}")), json!(text.to_uppercase()), json!("")]),
        Value::Number(number) => all.extend(number.as_i64().map(|number| json!(number.saturating_mul(1_000_000)))),
        _ => {}
    }
    all
}

/// Checks that both forms agree on the samples and their variants. Returns the number of invalid documents, and the number of all documents.
fn compared(shape: &Shape, samples: &[String]) -> (usize, usize) {
    let compiled = Shape::compile("compiled", shape.text()).expect("leaver's own schema");
    let (mut bad, mut all) = (0, 0);
    let mut compare = |yaml: &str| {
        let file = SourceFile::new("t.yaml", yaml);
        for document in parse(&file, &YamlLimits::default()).documents {
            let (by_code, by_schema) = (shape.check(yaml, &document.root), compiled.check(yaml, &document.root));
            assert_eq!(by_code, by_schema, "{yaml}");
            let partial = [shape, &compiled].map(|shape| shape.check_partial(yaml, &document.root));
            assert_eq!(partial[0], partial[1], "{yaml}");
            assert!(by_code.iter().all(|breach| !breach.message.contains("does not fit `schemas/")), "{yaml}");
            bad += usize::from(!by_code.is_empty());
            all += 1;
        }
    };
    for sample in samples {
        let file = SourceFile::new("t.yaml", sample.as_str());
        for document in parse(&file, &YamlLimits::default()).documents {
            assert_eq!(shape.check(sample, &document.root), [], "the sample is valid");
        }
        compare(sample);
        for document in parse(&file, &YamlLimits::default()).documents {
            for value in variants_with_one_change(&Value::from(&document.root)) {
                compare(&serde_yaml::to_string(&value).expect("YAML"));
            }
        }
    }
    (bad, all)
}

fn texts(folder: &str, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root().join(folder)).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("text");
        if wanted(name) {
            found.push(std::fs::read_to_string(&path).expect("text"));
        }
    }
    assert!(!found.is_empty(), "{folder}");
    found
}

#[test]
fn the_generated_validators_agree_with_their_schemas() {
    // Two examples suffice: every place of a file is changed, so more would take minutes.
    let some = |name: &str| ["legacy-crm.yaml", "adobe-creative-cloud.yaml"].contains(&name);
    let config = ["version: 1\ninclude: ['**/*.yaml']\nexclude: [x]\nprofile: strict\npolicies: [policies]\nvendors: [v.yaml]\nfailOn: warning\nrules: {jit/no-update-owner: {severity: error, params: {maxDays: 3}}}\nlimits: {depth: 64, memoryMiB: 600}\nsignoff: {folder: signoffs, trust: trust, required: [{name: critical, when: {tiers: [1]}, roles: [security], quorum: 2, maxAgeDays: 365}], immaterial: [metadata.title]}\n".to_owned()];
    let approvers = ["version: 1\napprovers:\n  - {principal: ada@example.com, roles: [security], highestTier: 1, from: 2026-01-01, until: 2026-12-31}\n".to_owned()];
    let long = "version: 1\nvendors:\n  box:\n    title: Box\n    partOf: boxes\n    facts:\n      scim: {value: none, source: 'https://a.example', asOf: '2026-01-02', quality: low, note: a note}\n      tokenDays: {value: never, source: 'https://a.example', asOf: '2026'}\n      operations: {value: [create], source: 'https://a.example', asOf: '2026'}\n    remarks: [{value: It is blue., source: 'https://a.example', asOf: '2026'}]\n".to_owned();
    let vendors = [long, "version: 1\nvendors:\n  box: {title: Box, aliases: [Box.com], scim: offered, asOf: '2026', source: 'https://a.example', quality: high}\n".to_owned()];
    let rule = ["title: A rule\ndescription: It is there to be spoilt.\nrelated_resources: [{ref: 'https://a.example', description: d}]\ncustom: {severity: error, precision: high, status: stable, since: 1.0.0, scope: [App], fix: Mend what is wrong., when: {spec.provisioning.mode: [jit]}, controls: {soc2: [CC6.2]}, params: {maxDays: {type: integer, default: 3, description: Most days.}}}\n".to_owned()];
    for (shape, samples) in [
        (&DECLARATIONS, &texts("examples/clean", some)[..]),
        (&CONFIG, &config),
        (&PROFILE, &texts("data/profiles", |_| true)),
        (&RULE, &rule),
        (&VENDORS, &vendors),
        (&APPROVERS, &approvers),
    ] {
        let (bad, all) = compared(shape, samples);
        assert!(
            all > 60 && bad * 10 > all * 5 && bad < all,
            "{bad} of {all}: most variants must be invalid, and some valid"
        );
    }
}
