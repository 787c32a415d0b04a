//! Finds the Pattern that fits a draft best: the Pattern with the largest number of proven values. This module compares drafts with patterns; rules
//! compare the resulting apps with the observations.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Map, Value, json};

use super::drafts::{Draft, ProvenFacts};
use crate::{
    model::{Declaration, PATTERN},
    report::Failure,
};

/// The result of evaluating a draft in the catalogue.
#[derive(Debug)]
pub(crate) struct Trial {
    /// The `spec` of the app as rules see it, and the `spec` of each population that is evaluated separately.
    pub(crate) specs: Vec<Value>,
    /// Rules whose findings mean that the pattern does not fit.
    pub(crate) found: BTreeSet<String>,
}

/// Evaluates drafts in the catalogue. The result is `None` for a draft that is invalid with its pattern.
pub(crate) type EvaluateDrafts<'a> = &'a dyn Fn(&[String]) -> Result<Vec<Option<Trial>>, Vec<Failure>>;

/// The patterns of a catalogue that an app could name, with their effective `spec`.
struct Patterns {
    specs: BTreeMap<String, Value>,
    /// The number of apps that use each pattern.
    uses: BTreeMap<String, usize>,
    /// The number of patterns that no app can name.
    unusable: usize,
}

impl Patterns {
    fn of(declarations: &[Declaration]) -> Self {
        let all = || declarations.iter().filter(|declaration| declaration.kind == PATTERN);
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        for pattern in all() {
            *names.entry(&pattern.name).or_default() += 1;
        }
        // If two patterns have the same name, an app can name neither of them.
        let usable = all().filter(|pattern| pattern.well_formed && names.get(pattern.name.as_str()) == Some(&1));
        let spec = |pattern: &Declaration| pattern.root.get("spec").map_or(Value::Null, Value::from);
        let specs: BTreeMap<String, Value> = usable.map(|pattern| (pattern.name.clone(), spec(pattern))).collect();
        let unusable = all().count() - specs.len();
        let apps = declarations.iter().filter(|declaration| declaration.kind == "App");
        let mut uses: BTreeMap<String, usize> = BTreeMap::new();
        for layer in apps.flat_map(Declaration::layers) {
            *uses.entry(layer.name.clone()).or_default() += 1;
        }
        Self { specs, uses, unusable }
    }
}

/// The comparison of a draft with a pattern.
#[derive(Debug, Default, PartialEq)]
struct Comparison {
    /// The number of proven values that are also in the pattern.
    agreed: usize,
    /// The paths at which the pattern has another value.
    overridden: Vec<String>,
    /// The values that the draft must state.
    rest: Map<String, Value>,
}

/// Compares the `proven` values with a pattern.
fn compare(proven: &Map<String, Value>, pattern: &Value) -> Comparison {
    let mut comparison = Comparison::default();
    comparison.rest = comparison.remaining(proven, Some(pattern), "");
    comparison
}

impl Comparison {
    fn remaining(&mut self, proven: &Map<String, Value>, pattern: Option<&Value>, path: &str) -> Map<String, Value> {
        let mut rest = Map::new();
        for (key, value) in proven {
            let at = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let theirs = pattern.and_then(|pattern| pattern.get(key)).filter(|theirs| !theirs.is_null());
            match (value, theirs) {
                (Value::Object(inner), _) => {
                    let inner = self.remaining(inner, theirs, &at);
                    if !inner.is_empty() {
                        rest.insert(key.clone(), Value::Object(inner));
                    }
                }
                (_, Some(theirs)) if is_same(value, theirs) => {
                    self.agreed += 1;
                    // The draft repeats the id, because people identify the app by it.
                    if at == "signOn.appId" {
                        rest.insert(key.clone(), value.clone());
                    }
                }
                (_, Some(_)) => {
                    self.overridden.push(at);
                    rest.insert(key.clone(), value.clone());
                }
                (_, None) if is_empty_list(value) => {}
                (_, None) => drop(rest.insert(key.clone(), value.clone())),
            }
        }
        rest
    }
}

/// Removes empty lists from the proven values, for a draft without a pattern.
pub(super) fn without_empty_lists(proven: &Map<String, Value>) -> Map<String, Value> {
    let mut rest = Map::new();
    for (key, value) in proven.iter().filter(|(_, value)| !is_empty_list(value)) {
        let value = value.as_object().map_or_else(|| value.clone(), |inner| Value::Object(without_empty_lists(inner)));
        rest.insert(key.clone(), value);
    }
    rest
}

fn is_empty_list(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

/// Whether two values are equal. Lists are compared as sets.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(ones), Value::Array(others)) => {
            let has = |all: &[Value], value: &Value| all.iter().any(|item| is_same(item, value));
            ones.iter().all(|value| has(others, value)) && others.iter().all(|value| has(ones, value))
        }
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

/// Whether a `spec` contains all proven values.
fn contains_all(spec: &Value, proven: &Map<String, Value>) -> bool {
    proven.iter().all(|(key, value)| match (value, spec.get(key)) {
        (Value::Object(inner), Some(below)) => contains_all(below, inner),
        (Value::Object(inner), None) => without_empty_lists(inner).is_empty(),
        (_, Some(other)) => is_same(value, other),
        (_, None) => is_empty_list(value),
    })
}

/// Whether a pattern has the system and mechanism of the draft. A draft may override everything else.
fn is_applicable(proven: &Map<String, Value>, pattern: &Value, comparison: &Comparison) -> bool {
    let ours = |path: &[&str]| {
        path.iter().skip(1).try_fold(proven.get(*path.first()?)?, |at, key| at.get(*key)).and_then(Value::as_str)
    };
    let system = pattern.pointer("/signOn/system").and_then(Value::as_str);
    let is_system = |path: &String| path.rsplit('.').next() == Some("system");
    let Some(mode) = ours(&["provisioning", "mode"]) else { return false };
    let theirs = pattern.get("provisioning").and_then(Value::as_object);
    // If the pattern states no mode, the settings of a single mechanism imply the mode.
    let blocks = || theirs.into_iter().flatten().filter(|(_, value)| value.is_object()).map(|(key, _)| key.as_str());
    let same_mode = match theirs.and_then(|theirs| theirs.get("mode")).and_then(Value::as_str) {
        Some(other) => other == mode,
        None => blocks().eq([mode]),
    };
    system.is_some()
        && system == ours(&["signOn", "system"])
        && same_mode
        && !comparison.overridden.iter().any(is_system)
}

/// The search for the pattern of a draft.
struct Search<'a> {
    proven: &'a ProvenFacts,
    /// Candidates, best last. Equally good candidates share a rank.
    ranks: Vec<Vec<(&'a str, Comparison)>>,
    /// The reasons why candidates were rejected.
    refused: Vec<String>,
    chosen: Option<(&'a str, Comparison)>,
    note: Option<String>,
}

impl<'a> Search<'a> {
    fn new(proven: &'a ProvenFacts, patterns: &'a Patterns) -> Self {
        let mut search = Self { proven, ranks: Vec::new(), refused: Vec::new(), chosen: None, note: None };
        let mode = proven.spec.get("provisioning").and_then(|how| how.get("mode")?.as_str());
        let system = proven.spec.get("signOn").and_then(|how| how.get("system")?.as_str());
        let (Some(mode), Some(system)) = (mode, system) else {
            search.note = Some("No pattern fits: the export does not prove how accounts are created.".to_owned());
            return search;
        };
        let compared = patterns.specs.iter().map(|(name, spec)| (name.as_str(), spec, compare(&proven.spec, spec)));
        let applicable = compared.filter(|(_, spec, comparison)| is_applicable(&proven.spec, spec, comparison));
        let mut ranks: BTreeMap<_, Vec<(&str, Comparison)>> = BTreeMap::new();
        for (name, _, comparison) in applicable {
            let uses = patterns.uses.get(name).copied().unwrap_or_default();
            let rank = (Reverse(comparison.agreed), comparison.overridden.len(), Reverse(uses));
            ranks.entry(rank).or_default().push((name, comparison));
        }
        if ranks.is_empty() {
            let left_out = match patterns.unusable {
                0 => String::new(),
                1 => "; 1 pattern that is invalid or has a repeated name was skipped".to_owned(),
                many => format!("; {many} patterns that are invalid or have a repeated name were skipped"),
            };
            search.note = Some(format!("No pattern fits: none is for {mode} from {system}{left_out}."));
        }
        search.ranks = ranks.into_values().rev().collect();
        search
    }

    /// Returns the candidates to evaluate next, or nothing if the search has ended.
    fn rank(&self) -> &[(&'a str, Comparison)] {
        self.ranks.last().map_or(&[], Vec::as_slice)
    }

    /// Chooses or rejects the candidates of the current rank.
    fn decide(&mut self, alone: Option<&Trial>, trials: &[Option<Trial>]) {
        let none = BTreeSet::new();
        let known = alone.map_or(&none, |trial| &trial.found);
        let mut fit = Vec::new();
        for ((name, comparison), trial) in self.ranks.pop().into_iter().flatten().zip(trials) {
            let Some(trial) = trial else {
                self.refused.push(format!("`{name}` makes the app invalid"));
                continue;
            };
            let new: Vec<&str> = trial.found.difference(known).map(String::as_str).collect();
            if !new.is_empty() {
                self.refused.push(format!("`{name}` differs from the export ({})", new.join(", ")));
            } else if trial.specs.iter().all(|spec| contains_all(spec, &self.proven.spec)) {
                fit.push((name, comparison));
            } else {
                self.refused.push(format!("`{name}` contradicts the export for a population"));
            }
        }
        if fit.len() > 1 {
            let names: Vec<String> = fit.iter().map(|(name, _)| (*name).to_owned()).collect();
            let names = first_few(&names, ", ");
            self.note = Some(format!(
                "Patterns that fit equally well: {names}. Name one in `spec.pattern`, and delete the values that the pattern states."
            ));
            self.ranks.clear();
        } else if let Some(one) = fit.pop() {
            self.chosen = Some(one);
            self.ranks.clear();
        } else if self.ranks.is_empty() {
            self.note = Some(format!("No pattern fits: {}.", first_few(&self.refused, "; ")));
        }
    }

    fn draft(self) -> Draft {
        let name = &self.proven.name;
        match (self.chosen, self.note) {
            (Some((pattern, comparison)), _) => Draft {
                name: name.clone(),
                text: self.proven.final_text(
                    spec_with_pattern(pattern, &comparison),
                    &pattern_note(pattern, &comparison.overridden),
                ),
                pattern: Some(pattern.to_owned()),
            },
            (None, Some(note)) => self.proven.draft(&format!("# {note}\n")),
            (None, None) => self.proven.draft(""),
        }
    }
}

/// Makes the `spec` of a draft with a pattern.
fn spec_with_pattern(pattern: &str, comparison: &Comparison) -> Map<String, Value> {
    let mut spec = Map::new();
    spec.insert("pattern".into(), json!(pattern));
    spec.extend(comparison.rest.clone());
    spec
}

fn pattern_note(name: &str, overridden: &[String]) -> String {
    let differs = if overridden.is_empty() {
        String::new()
    } else {
        format!("# The export differs from the pattern: {}.\n", overridden.join(", "))
    };
    format!(
        "# The pattern `{name}` fits best. It also states values that the export does not prove: review them.\n{differs}"
    )
}

/// Lists the first words and states the number of the others.
fn first_few(words: &[String], comma: &str) -> String {
    const MAX_SHOWN: usize = 5;
    let shown: Vec<&str> = words.iter().take(MAX_SHOWN).map(String::as_str).collect();
    let more = words.len() - shown.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", shown.join(comma))
}

/// Makes a draft for each application, with the pattern that fits best.
pub(crate) fn fitted(
    proven: &[ProvenFacts],
    declarations: &[Declaration],
    evaluate_drafts: EvaluateDrafts<'_>,
) -> Result<Vec<Draft>, Vec<Failure>> {
    let patterns = Patterns::of(declarations);
    if patterns.specs.is_empty() && patterns.unusable == 0 {
        return Ok(proven.iter().map(|proven| proven.draft("")).collect());
    }
    let mut searches: Vec<Search<'_>> = proven.iter().map(|proven| Search::new(proven, &patterns)).collect();
    let mut alone: BTreeMap<usize, Option<Trial>> = BTreeMap::new();
    loop {
        // Each text gets a unique name, because the results are identified by the names of the apps.
        let mut texts = Vec::new();
        let mut tried = Vec::new();
        for (at, search) in searches.iter().enumerate().filter(|(_, search)| !search.rank().is_empty()) {
            let plain = (!alone.contains_key(&at)).then(|| without_empty_lists(&search.proven.spec));
            let is_first = plain.is_some();
            let specs = plain.into_iter().chain(search.rank().iter().map(|(name, fit)| spec_with_pattern(name, fit)));
            for spec in specs {
                texts.push(search.proven.text(&format!("draft-{}", texts.len()), spec, ""));
            }
            tried.push((at, is_first));
        }
        if texts.is_empty() {
            break;
        }
        let mut trials = evaluate_drafts(&texts)?.into_iter();
        for (at, is_first) in tried {
            if is_first {
                alone.insert(at, trials.next().flatten());
            }
            let Some(search) = searches.get_mut(at) else { continue };
            let of_rank: Vec<Option<Trial>> = trials.by_ref().take(search.rank().len()).collect();
            search.decide(alone.get(&at).and_then(Option::as_ref), &of_rank);
        }
    }
    Ok(searches.into_iter().map(Search::draft).collect())
}

#[cfg(test)]
mod tests;
