//! The index of rules never hides a finding or a failure: the results with and without the index are equal. The tests evaluate the examples of every
//! rule, generated catalogues, and damaged copies of both, which no schema would accept.

use std::{collections::BTreeSet, sync::Arc};

use leaver::{
    config::Overrides,
    files::Workspace,
    model::{Catalogue, Declaration},
    policy::{Budget, Facts, RuleResults, data_document, looked_up, run_all_rules, run_rules},
    ruleset::{self, Ruleset},
    selftest::blocks,
    source::{SourceFile, YamlLimits, parse},
};
use serde_json::{Value, json};

use crate::{
    common::{TODAY, root},
    generated::make::{DEFAULT, Systems, catalogue},
};

fn declare(document: &Value) -> Declaration {
    let file = Arc::new(SourceFile::new("a.yaml", serde_yaml::to_string(document).expect("YAML")));
    let root = parse(&file, &YamlLimits::default()).documents.remove(0).root;
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (kind, name) = (word(&document["kind"]), word(&document["metadata"]["name"]));
    Declaration { kind, name, file, document: 0, well_formed: true, root: Arc::new(root), inherited: None }
}

/// The findings and failures, sorted.
fn sorted(results: &RuleResults) -> Vec<String> {
    let verdicts = results.verdicts.iter().map(|verdict| format!("{verdict:?}"));
    let failures = results.failures.iter().map(|failure| format!("{:?} {}", failure.rule, failure.message));
    let mut all: Vec<String> = verdicts.chain(failures).collect();
    all.sort();
    all
}

struct Evaluator {
    ruleset: Ruleset,
    findings: usize,
}

impl Evaluator {
    fn new() -> Self {
        let folder = root().join("examples/clean");
        let folder = camino::Utf8PathBuf::from_path_buf(folder).expect("UTF-8");
        let loaded = ruleset::load(&Workspace::default(), &folder, None, &Overrides::default());
        let (_, ruleset) = loaded.expect("a valid configuration");
        Self { ruleset, findings: 0 }
    }

    fn compare(&mut self, documents: &[Value], signoffs: &Value, what: &str) {
        let all = Catalogue::new(documents.iter().map(declare).collect(), Vec::new());
        let set = &self.ruleset.all;
        let facts = Facts {
            today: TODAY.into(),
            params: self.ruleset.params.clone(),
            vendors: json!({"zoom": {"title": "Zoom", "facts": {"scim": {"value": "offered", "asOf": "2026-10-01", "source": "s"}}}}),
            signoffs: signoffs.clone(),
            rules: self.ruleset.ids().cloned().collect(),
        };
        let data = data_document(&all, &facts, &looked_up(set));
        let some = run_rules(set, &all, &BTreeSet::new(), &data, Budget::default(), &|| {});
        let every = run_all_rules(set, &all, &data, Budget::default());
        let (some, every) = (sorted(&some), sorted(&every));
        let missing: Vec<&String> = every.iter().filter(|one| !some.contains(one)).take(3).collect();
        assert!(some == every, "{what}: hidden: {missing:#?}");
        self.findings += every.len();
    }
}

/// A small random number generator.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit.max(1)
    }
}

/// The pointers to all values below a value.
fn places(value: &Value, path: &str, all: &mut Vec<String>) {
    let mut below = |key: &str, child: &Value| {
        let path = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
        all.push(path.clone());
        places(child, &path, all);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, child)| below(key, child)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, child)| below(&at.to_string(), child)),
        _ => {}
    }
}

/// Removes or replaces random values in `spec` and `metadata`, except the name.
fn damage(document: &mut Value, pool: &[Value], random: &mut Random) {
    let mut all = Vec::new();
    places(&document["spec"], "/spec", &mut all);
    places(&document["metadata"], "/metadata", &mut all);
    all.retain(|path| path != "/metadata/name");
    if all.is_empty() {
        return;
    }
    for _ in 0..=random.below(3) {
        let path = all[random.below(all.len())].clone();
        let Some((parent, key)) = path.rsplit_once('/') else { continue };
        if random.below(4) == 0 {
            match document.pointer_mut(parent) {
                Some(Value::Object(fields)) => drop(fields.remove(key)),
                Some(Value::Array(items)) => drop(items.pop()),
                _ => {}
            }
        } else if let Some(place) = document.pointer_mut(&path) {
            *place = pool[random.below(pool.len())].clone();
        }
    }
}

/// All examples of all rules: the id of the rule, the declarations, and the sign-offs.
fn examples(evaluator: &Evaluator) -> Vec<(String, Vec<Value>, Value)> {
    let mut all = Vec::new();
    for (id, rule) in evaluator.ruleset.all.rules.iter().filter(|(_, rule)| !rule.meta.native) {
        let kind = rule
            .meta
            .scope
            .names()
            .first()
            .map_or("App", |word| if *word == "catalogue" { "App" } else { word })
            .to_owned();
        for block in blocks(&rule.meta.page).expect("blocks") {
            let file = SourceFile::new("rule.md", block.yaml.as_str());
            let (mut documents, mut signoffs) = (Vec::new(), json!({}));
            for document in parse(&file, &YamlLimits::default()).documents {
                let mut value = Value::from(&document.root);
                let Some(map) = value.as_object_mut() else { continue };
                if let (1, Some(given)) = (map.len(), map.get("signoffs")) {
                    signoffs = given.clone();
                    continue;
                }
                map.entry("kind").or_insert_with(|| kind.as_str().into());
                map.entry("spec").or_insert_with(|| json!({}));
                let metadata = map.entry("metadata").or_insert_with(|| json!({}));
                if metadata["name"].is_null() && metadata.is_object() {
                    metadata["name"] = "example".into();
                }
                documents.push(value);
            }
            all.push((id.to_string(), documents, signoffs));
        }
    }
    all
}

/// The values with which `damage` replaces other values.
fn pool(documents: &[Value]) -> Vec<Value> {
    let mut pool = vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(9_007_199_254_740_993_i64),
        json!(""),
        json!("x"),
        json!([]),
        json!({}),
        json!([[]]),
        json!({"a": null}),
        json!(["x", 1, null]),
        json!("2026-11-24"),
        json!("2026-02-30"),
        json!("none"),
        json!("jit"),
        json!("scim"),
        json!("retired"),
        json!("É"),
    ];
    for document in documents {
        let mut all = Vec::new();
        places(document, "", &mut all);
        pool.extend(all.iter().filter_map(|path| document.pointer(path)).cloned());
    }
    pool
}

/// Combines the examples without sign-offs, since the creation of an engine takes longer than an evaluation. Of the other examples, only every eighth
/// remains.
fn combined(examples: Vec<(String, Vec<Value>, Value)>) -> Vec<(String, Vec<Value>, Value)> {
    let (plain, mut signed): (Vec<_>, Vec<_>) =
        examples.into_iter().partition(|(_, _, signoffs)| signoffs.as_object().is_none_or(serde_json::Map::is_empty));
    signed = signed.into_iter().step_by(8).collect();
    for part in plain.chunks(150) {
        let what = part.iter().map(|(id, ..)| id.as_str()).collect::<Vec<_>>().join(", ");
        signed.push((what, part.iter().flat_map(|(_, documents, _)| documents.clone()).collect(), json!({})));
    }
    signed
}

#[test]
fn the_examples_of_all_rules_are_evaluated_the_same() {
    let mut evaluator = Evaluator::new();
    let examples = combined(examples(&evaluator));
    let mut random = Random(3);
    for (id, documents, signoffs) in &examples {
        evaluator.compare(documents, signoffs, id);
    }
    let found = evaluator.findings;
    assert!(found > 1_000, "{found}");
    let everything: Vec<Value> = examples.iter().flat_map(|(_, documents, _)| documents.clone()).collect();
    let pool = pool(&everything);
    for (id, documents, signoffs) in &examples {
        let mut damaged = documents.clone();
        for document in &mut damaged {
            damage(document, &pool, &mut random);
        }
        evaluator.compare(&damaged, signoffs, &format!("{id}, damaged"));
    }
    assert!(evaluator.findings > found + 1_000, "{}", evaluator.findings);
}

#[test]
fn generated_catalogues_are_evaluated_the_same() {
    let mut evaluator = Evaluator::new();
    let mut random = Random(5);
    for seed in [1] {
        let documents = catalogue(seed, 60, &DEFAULT, &Systems::read());
        evaluator.compare(&documents, &json!({}), &format!("seed {seed}"));
        let pool = pool(&documents[..documents.len().min(60)]);
        for round in 0..2 {
            let mut damaged = documents.clone();
            for document in &mut damaged {
                damage(document, &pool, &mut random);
            }
            evaluator.compare(&damaged, &json!({}), &format!("seed {seed}, damaged {round}"));
        }
    }
    assert!(evaluator.findings > 300, "{}", evaluator.findings);
}
