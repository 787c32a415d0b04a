//! Checks that the cost of each rule is at most proportional to the catalogue. The test counts steps of the virtual machine instead of time, so that
//! the result does not depend on the load. The catalogues consist of copies of each rule's own examples, so that the test covers new rules.

#![cfg(test)]

use std::{collections::BTreeSet, sync::Arc};

use rayon::prelude::*;
use serde_json::Value as Json;

use super::*;
use crate::{
    model::Declaration,
    policy::{
        Facts,
        compiled::{CATALOGUE, Programs, members, programs},
        data_document, looked_up,
    },
    rule::{RuleId, Scope},
    ruleset::{Ruleset, of_examples},
    selftest::{Section, blocks},
    source::{SourceFile, YamlLimits, parse},
};

/// Copies of an example in the small catalogue.
const FEW: usize = 20;
/// Copies of an example in the large catalogue.
const MANY: usize = 60;
/// Keys whose texts are names. In the copies of an example, either all texts below these keys differ, or only `metadata.name` and `appId` differ.
const NAMES: [&str; 12] = [
    "aliases",
    "appId",
    "approver",
    "apps",
    "id",
    "members",
    "name",
    "owner",
    "sourceOfTruth",
    "system",
    "vault",
    "vendor",
];

/// Excluded rules. Each of their examples has a Waiver that [`selects`] apps.
const NOT_COUNTED: [&str; 1] = ["waiver/too-many-apps"];

/// The declarations of an example, and its sign-offs.
fn documents(rule: &RuleSource, yaml: &str) -> (Vec<Json>, Json) {
    let file = SourceFile::new("rule.md", yaml);
    let kind = match &rule.meta.scope {
        Scope::Kinds(kinds) => kinds[0].as_str(),
        Scope::Catalogue | Scope::Document => "App",
    };
    let (mut found, mut signoffs) = (Vec::new(), Json::Null);
    for document in parse(&file, &YamlLimits::default()).documents {
        let mut value = Json::from(&document.root);
        let Some(map) = value.as_object_mut() else { continue };
        if let (1, Some(given)) = (map.len(), map.get("signoffs")) {
            signoffs = given.clone();
            continue;
        }
        map.entry("kind").or_insert_with(|| kind.into());
        let metadata = map.entry("metadata").or_insert_with(|| serde_json::json!({}));
        if let Some(metadata) = metadata.as_object_mut() {
            metadata.entry("name").or_insert_with(|| "example".into());
        }
        map.entry("spec").or_insert_with(|| serde_json::json!({}));
        found.push(value);
    }
    (found, signoffs)
}

/// Appends a number to the names in a declaration.
fn append_number(value: &mut Json, is_name: bool, copy: usize) {
    match value {
        Json::String(text) if is_name => text.push_str(&format!("-{copy}")),
        Json::Array(items) => items.iter_mut().for_each(|item| append_number(item, is_name, copy)),
        Json::Object(fields) => {
            for (key, value) in fields {
                append_number(value, NAMES.contains(&key.as_str()), copy);
            }
        }
        _ => {}
    }
}

fn append_number_to_ids(value: &mut Json, copy: usize) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(|item| append_number_to_ids(item, copy)),
        Json::Object(fields) => {
            for (key, value) in fields {
                if key == "appId" { append_number(value, true, copy) } else { append_number_to_ids(value, copy) }
            }
        }
        _ => {}
    }
}

/// Whether a document is a Waiver without a list of apps. The rules must compare such a Waiver with every app.
fn selects(document: &Json) -> bool {
    document["kind"] == "Waiver" && document["spec"]["apps"].is_null()
}

/// Copies of an example. The copies differ either in all names, or only in `metadata.name` and in ids.
fn copies(documents: &[Json], copies: usize, differ: bool) -> Catalogue {
    let mut own = Vec::new();
    for (copy, document) in (0..copies).flat_map(|copy| documents.iter().map(move |document| (copy, document))) {
        let mut document = document.clone();
        if differ {
            append_number(&mut document, false, copy);
        } else {
            append_number(&mut document["metadata"]["name"], true, copy);
            // In real catalogues, no two apps have the same id at the identity provider, and each observation describes one application.
            append_number_to_ids(&mut document, copy);
        }
        let text = serde_yaml::to_string(&document).expect("YAML");
        let file = Arc::new(SourceFile::new("a.yaml", text));
        let root = parse(&file, &YamlLimits::default()).documents.remove(0).root;
        let word = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        own.push(Declaration {
            kind: word(&document["kind"]),
            name: word(&document["metadata"]["name"]),
            file,
            document: 0,
            well_formed: true,
            root: Arc::new(root),
            inherited: None,
        });
    }
    Catalogue::new(own, Vec::new())
}

/// A rule and its inputs in a catalogue.
struct Counted<'a> {
    group: Group<'a>,
    inputs: Vec<(Option<usize>, Value)>,
}

impl<'a> Counted<'a> {
    fn new(
        ruleset: &'a Ruleset,
        rule: &'a RuleSource,
        programs: &'a Programs,
        data: &'a Value,
        all: &Catalogue,
    ) -> Self {
        let group = Group::new(&ruleset.all, vec![rule], programs, data, Budget::default(), None);
        let inputs = match &rule.meta.scope {
            Scope::Kinds(kinds) => {
                let own = all.own().iter().enumerate().filter(|(_, one)| kinds.contains(&one.kind));
                own.map(|(at, one)| (Some(at), from_node(&one.root))).collect()
            }
            _ => vec![(None, catalogue_input(all, &Reads::of([&*rule.meta])).0)],
        };
        Self { group, inputs }
    }

    /// Whether every input needs at most this many steps.
    fn fits(&self, limit: usize) -> bool {
        let part = self.group.program_indexes[0].expect("the program of the rule");
        let mut machine = self.group.machine(self.group.programs.get(part).expect("it can be read"), limit);
        self.inputs.iter().all(|(declaration, input)| {
            let subject = Subject { input, declaration: *declaration, name: "x" };
            match self.group.execute(&mut machine, &subject, &[0]) {
                Ok(_) => true,
                Err(error) if error.contains("instruction limit") => false,
                Err(error) => panic!("{}: {error}", self.group.rules[0].meta.id),
            }
        })
    }

    /// The steps of the most expensive input.
    fn steps(&self) -> usize {
        let mut high = 64;
        while !self.fits(high) {
            high *= 2;
        }
        let mut low = high / 2;
        while high - low > 8 {
            let middle = usize::midpoint(low, high);
            if self.fits(middle) { high = middle } else { low = middle }
        }
        high
    }
}

fn facts(ruleset: &Ruleset, signoffs: Json) -> Facts {
    Facts {
        today: "2026-11-25".into(),
        params: ruleset.params.clone(),
        vendors: Json::Object(serde_json::Map::new()),
        signoffs,
        rules: ruleset.ids().cloned().collect(),
    }
}

/// The result of counting the steps of a rule.
struct Count {
    rule: RuleId,
    /// The number of pairs of catalogues on which the rule ran.
    catalogues: usize,
    /// Descriptions of excessive costs.
    faults: Vec<String>,
}

fn count(ruleset: &Ruleset, rule: &RuleSource, programs: &Programs, kinds: &BTreeSet<&'static str>) -> Count {
    let id = &rule.meta.id;
    let whole = rule.meta.scope == Scope::Catalogue;
    let (mut faults, mut catalogues) = (Vec::new(), 0);
    if whole && rule.module.file.text().contains("union_n(") {
        faults.push(format!("{id}: `object.union_n` copies its intermediate result at each object"));
    }
    let blocks = blocks(&rule.meta.page).expect("blocks");
    let bad: Vec<_> = blocks.iter().filter(|block| block.section == Section::Bad).collect();
    assert!(!bad.is_empty(), "{id} has no bad example to count");
    let counted = bad.into_iter().map(|block| (block, documents(rule, &block.yaml)));
    let counted = counted.filter(|(_, (documents, _))| !whole || !documents.iter().any(selects));
    for (block, (documents, signoffs)) in counted.take(if whole { 3 } else { 1 }) {
        let facts = facts(ruleset, signoffs);
        for differ in [false, true] {
            let [few, many] = [FEW, MANY].map(|number| copies(&documents, number, differ));
            let [few_data, many_data] = [&few, &many].map(|all| data_document(all, &facts, kinds));
            let steps = Counted::new(ruleset, rule, programs, &few_data, &few).steps();
            // The steps of rules on single declarations must stay almost the same, although the catalogue grows threefold.
            let limit = if whole { steps * MANY / FEW + steps } else { steps + steps / 10 } + 100;
            catalogues += 1;
            if !Counted::new(ruleset, rule, programs, &many_data, &many).fits(limit) {
                faults.push(format!("{id} (line {}, differ {differ}): {steps} steps, then over {limit}", block.line));
            }
        }
    }
    Count { rule: id.clone(), catalogues, faults }
}

#[test]
fn rule_cost_is_at_most_proportional_to_the_catalogue() {
    let (_, ruleset) = of_examples();
    let kinds = looked_up(&ruleset.all);
    let (mut counted, mut never) = (BTreeSet::new(), BTreeSet::new());
    let mut faults = Vec::new();
    for group in crate::model::KINDS.into_iter().chain([CATALOGUE]) {
        let rules = members(&ruleset.all, group);
        if rules.is_empty() {
            continue;
        }
        let programs = programs(group, &ruleset.all, &rules, Budget::default())
            .map_err(|failures| failures.len())
            .expect("programs");
        let counts: Vec<Count> = rules.par_iter().map(|rule| count(&ruleset, rule, &programs, &kinds)).collect();
        for count in counts {
            faults.extend(count.faults);
            let runs = if count.catalogues > 0 { &mut counted } else { &mut never };
            runs.insert(count.rule.to_string());
        }
    }
    assert!(faults.is_empty(), "the cost grows faster than the catalogue:\n{}", faults.join("\n"));
    never.retain(|id| !counted.contains(id));
    assert_eq!(
        never.iter().map(String::as_str).collect::<Vec<_>>(),
        NOT_COUNTED,
        "rules without a catalogue to count them on"
    );
    let all = ruleset.all.rules.values().filter(|rule| rule.meta.scope != Scope::Document).count();
    assert_eq!(counted.len() + never.len(), all);
}
