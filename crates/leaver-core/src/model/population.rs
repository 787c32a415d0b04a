//! Derives effective declarations from populations that are written as mappings. Each declaration is the app, merged with the population's pattern
//! and then with the keys of the population.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    catalogue::{Declaration, Inherited, Layer},
    effective::{Fault, FaultKind, PATTERN_KEY, Patterns, count_nodes},
    extend::merge_layer,
};
use crate::{
    finding::Step,
    source::{Entry, Node, Yaml},
};

const POPULATIONS: &str = "populations";

/// Returns the items of `spec.populations`.
fn items(root: &Node) -> &[Node] {
    root.get("spec").and_then(|spec| spec.get(POPULATIONS)).map_or(&[], Node::items)
}

fn is_mapping(node: &Node) -> bool {
    matches!(node.value(), Yaml::Map(_))
}

/// Whether an app has a population that is evaluated as a declaration.
pub(super) fn has_derived(declaration: &Declaration) -> bool {
    declaration.kind == "App" && items(&declaration.root).iter().any(is_mapping)
}

/// Returns the list item of an app that describes a derived population.
pub(super) fn item<'a>(app: &'a Declaration, population: &Declaration) -> Option<&'a Node> {
    items(&app.root).iter().find(|item| {
        let name = item.get("name").and_then(Node::text);
        name.is_some() && name == population.population()
    })
}

/// Whether all populations of an app are evaluated as declarations. Such populations replace the app.
pub(super) fn is_replaced(declaration: &Declaration) -> bool {
    let items = items(&declaration.root);
    !declaration.populations().is_empty() && items.iter().all(is_mapping)
}

/// Derives the populations of all apps.
pub(super) fn derive_all(declarations: &mut [Declaration], patterns: &Patterns, budget: &mut usize) -> Vec<Fault> {
    let with_derived: Vec<usize> = (0..declarations.len())
        .filter(|at| declarations.get(*at).is_some_and(|app| app.well_formed && has_derived(app)))
        .collect();
    let mut faults = Vec::new();
    for at in with_derived {
        let Some(app) = declarations.get(at) else { continue };
        let mut names = BTreeSet::new();
        let mut populations = Vec::new();
        let mut broken = Vec::new();
        let mut population_patterns = BTreeSet::new();
        for (nth, item) in items(&app.root).iter().enumerate() {
            let path = |key: Option<&str>| {
                let key = key.map(|key| Step::Key(key.into()));
                [Step::Key("spec".into()), Step::Key(POPULATIONS.into()), Step::Index(nth)]
                    .into_iter()
                    .chain(key)
                    .collect()
            };
            let Some(name) = item.text().or_else(|| item.get("name")?.text()) else { continue };
            if !names.insert(name) {
                broken.push(Some(Fault {
                    declaration: at,
                    path: path(None),
                    kind: FaultKind::DuplicatePopulation(name.to_owned()),
                }));
            }
            if !is_mapping(item) {
                continue;
            }
            if let Some(pattern) = item.get(PATTERN_KEY).and_then(Node::text) {
                population_patterns.extend(patterns.names_in_chain(declarations, pattern));
            }
            match derive(declarations, app, item, name, patterns, budget) {
                Ok(population) => populations.push(population),
                Err(fault) => {
                    broken.push(fault.map(|kind| Fault { declaration: at, path: path(Some(PATTERN_KEY)), kind }));
                }
            }
        }
        if !broken.is_empty() {
            populations.clear();
        }
        let layers = app.layers().into();
        let Some(app) = declarations.get_mut(at) else { continue };
        let written =
            app.inherited.as_ref().map_or_else(|| Arc::clone(&app.root), |inherited| Arc::clone(&inherited.written));
        app.inherited =
            Some(Arc::new(Inherited { written, well_formed: true, layers, population_patterns, populations }));
        app.well_formed = broken.is_empty();
        faults.extend(broken.into_iter().flatten());
    }
    faults
}

fn derive(
    declarations: &[Declaration],
    app: &Declaration,
    item: &Node,
    name: &str,
    patterns: &Patterns,
    budget: &mut usize,
) -> Result<Declaration, Option<FaultKind>> {
    *budget = budget.checked_sub(count_nodes(&app.root)).ok_or(Some(FaultKind::TooManyValues))?;
    let chain = match item.get(PATTERN_KEY).and_then(Node::text) {
        Some(pattern) => patterns.chain(declarations, pattern)?,
        None => Vec::new(),
    };
    let mut layers = app.layers().to_vec();
    let first = layers.len();
    let Some(spec) = app.root.get("spec") else { return Err(None) };
    let mut spec = without(spec, &[POPULATIONS]);
    for (nth, pattern) in chain.iter().enumerate().rev() {
        *budget = budget.checked_sub(count_nodes(&pattern.root)).ok_or(Some(FaultKind::TooManyValues))?;
        let Some(written) = pattern.written().get("spec") else { continue };
        let layer = u8::try_from(first + nth + 1).map_err(|_| None)?;
        spec = merge_layer(&spec, &without(written, &[PATTERN_KEY]), layer);
    }
    layers.extend(chain.iter().map(|pattern| Layer { name: pattern.name.clone(), file: Arc::clone(&pattern.file) }));
    spec = merge_layer(&spec, &without(item, &["name"]), 0);
    let head = item.get("name").unwrap_or(item).with_value(Yaml::Text(name.into()));
    let new_entry = |key: &str, value: Node| Entry::new(key.into(), head.span(), false, value);
    spec.push(new_entry(POPULATIONS, head.with_value(Yaml::List([head.clone()].into()))));
    let entries = app.root.entries().iter().map(|entry| match &*entry.key {
        "spec" => entry.with_value(spec.clone()),
        "metadata" => {
            let mut metadata = entry.value.clone();
            metadata.push(new_entry("population", head.clone()));
            entry.with_value(metadata)
        }
        _ => entry.clone(),
    });
    let root = Arc::new(app.root.with_value(Yaml::Map(entries.collect())));
    let written = Arc::clone(&root);
    let layers = layers.into();
    let inherited =
        Inherited { written, well_formed: true, layers, population_patterns: BTreeSet::new(), populations: Vec::new() };
    Ok(Declaration { root, inherited: Some(Arc::new(inherited)), ..app.clone() })
}

/// Returns a mapping without some of its keys.
fn without(node: &Node, keys: &[&str]) -> Node {
    let entries = node.entries().iter().filter(|entry| !keys.contains(&&*entry.key)).cloned().collect();
    node.with_value(Yaml::Map(entries))
}
