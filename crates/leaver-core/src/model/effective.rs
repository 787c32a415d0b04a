//! Computes effective declarations: merges an App or a Pattern over the patterns that it names (RFC 7396). Only `spec` is inherited.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rayon::prelude::*;

use super::{
    catalogue::{Declaration, Inherited, Layer},
    extend::{inheritable, merge},
    population,
};
use crate::{
    finding::Step,
    source::{Node, Yaml},
};

/// The kind of declarations that other declarations inherit from.
pub const PATTERN: &str = "Pattern";
/// The key below `spec` that names a pattern.
pub(super) const PATTERN_KEY: &str = "pattern";
/// Maximum length of a chain of patterns.
pub const MAX_CHAIN: usize = 8;
/// The limit of inherited values per declaration, on average. Without a limit, a large pattern and many small apps would need far more memory than
/// their files.
const VALUES_PER_DECLARATION: usize = 250;
const MIN_INHERITED_VALUES: usize = 500_000;

/// Why a declaration could not be merged with its patterns. Such a declaration is not evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The index of the declaration.
    pub declaration: usize,
    /// The path in the declaration.
    pub path: Vec<Step>,
    /// What is wrong.
    pub kind: FaultKind,
}

/// The kind of a fault in the patterns or populations of a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// There is no Pattern with this name.
    UnknownPattern(String),
    /// The declaration inherits from itself, through the declarations with these indexes.
    Cycle(Vec<usize>),
    /// The chain has more than [`MAX_CHAIN`] patterns.
    ChainTooLong,
    /// The limit of inherited values is exceeded.
    TooManyValues,
    /// A population is listed twice.
    DuplicatePopulation(String),
}

/// Computes the effective value of each App and Pattern that names a pattern. Returns a fault for each declaration without an effective value. The
/// computation starts from the written values, so a second call has the same result.
pub fn apply_patterns(declarations: &mut [Declaration]) -> Vec<Fault> {
    for declaration in declarations.iter_mut() {
        if let Some(inherited) = declaration.inherited.take() {
            declaration.well_formed = inherited.well_formed;
            declaration.root = Arc::clone(&inherited.written);
        }
    }
    let users: Vec<usize> = declarations
        .iter()
        .enumerate()
        .filter(|(_, declaration)| pattern_name(declaration).is_some())
        .map(|(at, _)| at)
        .collect();
    if users.is_empty() && !declarations.iter().any(population::has_derived) {
        return Vec::new();
    }
    let patterns = Patterns::of(declarations);
    let mut faults = Vec::new();
    // Merge patterns first. In each chain, the base comes before the patterns that inherit from it.
    let mut order: Vec<(usize, usize)> = users.iter().map(|at| (patterns.rank(declarations, *at), *at)).collect();
    order.sort_unstable();
    let mut ancestors: BTreeMap<usize, Ancestor> = BTreeMap::new();
    let mut budget = MIN_INHERITED_VALUES.saturating_add(VALUES_PER_DECLARATION.saturating_mul(declarations.len()));
    let mut resolved: BTreeMap<usize, Resolved> = BTreeMap::new();
    for (_, at) in order {
        let found = patterns.nearest(declarations, at).and_then(|pattern| {
            let base = declarations.get(pattern).filter(|declaration| declaration.well_formed).ok_or(None)?;
            let ancestor = ancestors.entry(pattern).or_insert_with(|| Ancestor {
                size: count_nodes(&base.root),
                spec: base.root.get("spec").map(|spec| Arc::new(inheritable(spec, 1))),
                layers: patterns.layers(declarations, at).into(),
            });
            budget = budget.checked_sub(ancestor.size).ok_or(Some(FaultKind::TooManyValues))?;
            Ok((ancestor.spec.clone(), Arc::clone(&ancestor.layers)))
        });
        let base = found
            .map_err(|kind| {
                faults.extend(kind.map(|kind| Fault { declaration: at, path: pattern_path(), kind }));
            })
            .ok();
        let resolved_pattern = match base {
            Some((spec, layers)) => Resolved { has_pattern: true, spec, layers },
            None => Resolved { has_pattern: false, spec: None, layers: patterns.layers(declarations, at).into() },
        };
        match declarations.get_mut(at) {
            Some(pattern) if pattern.kind == PATTERN => resolved_pattern.apply_to(pattern),
            _ => drop(resolved.insert(at, resolved_pattern)),
        }
    }
    declarations.par_iter_mut().enumerate().for_each(|(at, declaration)| {
        if let Some(resolved_pattern) = resolved.get(&at) {
            resolved_pattern.apply_to(declaration);
        }
    });
    faults.extend(population::derive_all(declarations, &patterns, &mut budget));
    faults.sort_by_key(|fault| fault.declaration);
    faults
}

/// Returns the path of the key that names a pattern.
pub fn pattern_path() -> Vec<Step> {
    ["spec", PATTERN_KEY].map(|key| Step::Key(key.into())).into()
}

/// Returns the name of the pattern that a declaration names.
fn pattern_name(declaration: &Declaration) -> Option<&str> {
    let inherits = declaration.kind == "App" || declaration.kind == PATTERN;
    declaration.root.get("spec").filter(|_| inherits)?.get(PATTERN_KEY)?.text().filter(|name| !name.is_empty())
}

/// The patterns of a catalogue.
pub(super) struct Patterns {
    /// The index of each pattern by name. If several patterns have the same name, the first counts, as in look-ups.
    names: BTreeMap<String, usize>,
    /// For each pattern, the length of the chain that starts with it, or the fault. A fault is reported once, so the error is `None` for patterns
    /// that inherit from the faulty pattern.
    depths: BTreeMap<usize, Result<usize, Option<FaultKind>>>,
}

impl Patterns {
    fn of(declarations: &[Declaration]) -> Self {
        let mut names = BTreeMap::new();
        let all: Vec<usize> = declarations
            .iter()
            .enumerate()
            .filter(|(_, declaration)| declaration.kind == PATTERN)
            .map(|(at, _)| at)
            .collect();
        for (at, name) in all.iter().filter_map(|at| Some((*at, &declarations.get(*at)?.name))) {
            names.entry(name.clone()).or_insert(at);
        }
        let mut patterns = Self { names, depths: BTreeMap::new() };
        for at in all {
            patterns.measure(declarations, at);
        }
        patterns
    }

    /// Follows a chain up to a pattern for which the length of the chain is known, and records the length for each pattern on the way.
    fn measure(&mut self, declarations: &[Declaration], start: usize) {
        let mut way: Vec<usize> = Vec::new();
        let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
        let mut next = Some(start);
        let mut above = Ok(0);
        while let Some(at) = next {
            if let Some(known) = self.depths.get(&at) {
                above = known.clone().map_err(|_| None);
                break;
            }
            if let Some(first) = seen.get(&at) {
                let cycle = way.split_off(*first);
                for (turn, member) in cycle.iter().enumerate() {
                    let others = cycle.iter().cycle().skip(turn + 1).take((cycle.len() - 1).min(MAX_CHAIN));
                    self.depths.insert(*member, Err(Some(FaultKind::Cycle(others.copied().collect()))));
                }
                above = Err(None);
                break;
            }
            seen.insert(at, way.len());
            way.push(at);
            let Some(name) = declarations.get(at).and_then(pattern_name) else { break };
            next = self.names.get(name).copied();
            if next.is_none() {
                way.pop();
                self.depths.insert(at, Err(Some(FaultKind::UnknownPattern(name.to_owned()))));
                above = Err(None);
            }
        }
        for at in way.into_iter().rev() {
            above = match above {
                Ok(depth) if depth > MAX_CHAIN => Err(Some(FaultKind::ChainTooLong)),
                Ok(depth) => Ok(depth + 1),
                Err(_) => Err(None),
            };
            self.depths.insert(at, above.clone());
        }
    }

    /// Returns the position of a declaration in the order of merging.
    fn rank(&self, declarations: &[Declaration], at: usize) -> usize {
        let is_pattern = declarations.get(at).is_some_and(|declaration| declaration.kind == PATTERN);
        let depth = self.depths.get(&at).and_then(|depth| depth.as_ref().ok());
        depth.filter(|_| is_pattern).copied().unwrap_or(usize::MAX)
    }

    /// Returns the index of the pattern that a declaration names, or the fault to report about the declaration, if any.
    fn nearest(&self, declarations: &[Declaration], at: usize) -> Result<usize, Option<FaultKind>> {
        if let Some(Err(kind)) = self.depths.get(&at) {
            return Err(kind.clone());
        }
        let name = declarations.get(at).and_then(pattern_name).unwrap_or_default();
        let pattern = *self.names.get(name).ok_or_else(|| Some(FaultKind::UnknownPattern(name.to_owned())))?;
        match self.depths.get(&pattern) {
            Some(Ok(depth)) if *depth > MAX_CHAIN => Err(Some(FaultKind::ChainTooLong)),
            Some(Ok(_)) => Ok(pattern),
            _ => Err(None),
        }
    }

    /// Returns the pattern with this name and all patterns that it inherits from, nearest first.
    pub(super) fn chain<'d>(
        &self,
        declarations: &'d [Declaration],
        name: &str,
    ) -> Result<Vec<&'d Declaration>, Option<FaultKind>> {
        let mut at = *self.names.get(name).ok_or_else(|| Some(FaultKind::UnknownPattern(name.to_owned())))?;
        match self.depths.get(&at) {
            Some(Ok(depth)) if *depth > MAX_CHAIN => return Err(Some(FaultKind::ChainTooLong)),
            Some(Ok(_)) => {}
            _ => return Err(None),
        }
        let mut chain = Vec::new();
        loop {
            let pattern = declarations.get(at).filter(|declaration| declaration.well_formed).ok_or(None)?;
            chain.push(pattern);
            match pattern_name(pattern).and_then(|name| self.names.get(name)) {
                Some(next) => at = *next,
                None => return Ok(chain),
            }
        }
    }

    /// Returns the names of a pattern and of all patterns that it inherits from, without undeclared patterns.
    pub(super) fn names_in_chain(&self, declarations: &[Declaration], name: &str) -> Vec<String> {
        let Some(at) = self.names.get(name) else { return Vec::new() };
        let above = self.layers(declarations, *at).into_iter().map(|layer| layer.name);
        std::iter::once(name.to_owned()).chain(above).collect()
    }

    /// Returns the declared patterns of a declaration, nearest first.
    fn layers(&self, declarations: &[Declaration], start: usize) -> Vec<Layer> {
        let mut layers = Vec::new();
        let mut at = start;
        while layers.len() < MAX_CHAIN
            && let Some(next) = declarations.get(at).and_then(pattern_name).and_then(|name| self.names.get(name))
            && let Some(pattern) = declarations.get(*next)
        {
            layers.push(Layer { name: pattern.name.clone(), file: Arc::clone(&pattern.file) });
            at = *next;
        }
        layers
    }
}

/// The values of a pattern, prepared for declarations that inherit them.
struct Ancestor {
    /// The number of values.
    size: usize,
    /// The effective `spec`, which all declarations that name the pattern share.
    spec: Option<Arc<Node>>,
    /// The pattern itself and the patterns that it inherits from, nearest first.
    layers: Arc<[Layer]>,
}

/// What a declaration inherits from its pattern.
struct Resolved {
    /// Whether the pattern and all patterns of its chain are valid.
    has_pattern: bool,
    /// The effective `spec` of the pattern.
    spec: Option<Arc<Node>>,
    layers: Arc<[Layer]>,
}

impl Resolved {
    fn apply_to(&self, declaration: &mut Declaration) {
        let written = Arc::clone(&declaration.root);
        let well_formed = declaration.well_formed;
        // An invalid declaration is not evaluated.
        if let Some(spec) = self.spec.as_ref().filter(|_| well_formed) {
            declaration.root = Arc::new(merge_spec(spec, &written));
        }
        // A declaration without its pattern is incomplete.
        declaration.well_formed &= self.has_pattern;
        let layers = Arc::clone(&self.layers);
        let inherited =
            Inherited { written, well_formed, layers, population_patterns: BTreeSet::new(), populations: Vec::new() };
        declaration.inherited = Some(Arc::new(inherited));
    }
}

/// Returns `own`, with its `spec` merged over the `spec` of a pattern.
fn merge_spec(inherited: &Node, own: &Node) -> Node {
    let entries = own.entries().iter().map(|entry| match &*entry.key {
        "spec" => entry.with_value(merge(inherited, &entry.value)),
        _ => entry.clone(),
    });
    own.with_value(Yaml::Map(entries.collect()))
}

pub(super) fn count_nodes(node: &Node) -> usize {
    match node.value() {
        Yaml::List(items) => items.iter().map(count_nodes).fold(1, usize::saturating_add),
        Yaml::Map(entries) => entries.iter().map(|entry| count_nodes(&entry.value)).fold(1, usize::saturating_add),
        _ => 1,
    }
}

#[cfg(test)]
#[path = "effective_tests.rs"]
pub(super) mod tests;
