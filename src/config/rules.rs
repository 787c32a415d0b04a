//! Rules in force: which run, with which severity and parameters, after metadata, profile, `leaver.yaml` and command line.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{
    ConfigError,
    file::RuleEntry,
    settle::{Overrides, Setting, Settling},
};
use crate::{
    policy::{PolicySet, retired_message},
    rule::{Maturity, Param, RuleId, RuleMeta, Severity},
    schema::nearest,
};

#[derive(Default)]
pub(super) struct Rules {
    pub(super) running: PolicySet,
    pub(super) params: BTreeMap<RuleId, BTreeMap<String, Value>>,
    pub(super) pinned: BTreeMap<RuleId, Severity>,
    /// Without the command line.
    pub(super) configured: BTreeMap<RuleId, Severity>,
}

/// The value of a parameter after the layers so far.
struct InForce {
    value: Value,
    origin: String,
    source: Option<String>,
}

impl From<&Param> for InForce {
    fn from(param: &Param) -> Self {
        Self { value: param.default.clone(), origin: "rule".to_owned(), source: param.source.clone() }
    }
}

impl Rules {
    pub(super) fn settle(
        at: &mut Settling<'_>,
        all: &PolicySet,
        layers: &[(String, BTreeMap<String, RuleEntry>)],
        overrides: &Overrides,
    ) -> Self {
        for (origin, entries) in layers {
            for id in entries.keys() {
                check_id(at, all, origin, id);
            }
        }
        let selected = choice(at, all, "--select", &overrides.select);
        let ignored = choice(at, all, "--ignore", &overrides.ignore);
        let mut rules = Self {
            running: PolicySet { rules: BTreeMap::new(), libraries: all.libraries.clone(), tests: all.tests.clone() },
            ..Self::default()
        };
        for (id, rule) in &all.rules {
            let mut severity = Some(rule.meta.severity);
            let mut origin = "rule".to_owned();
            let mut source = None;
            let mut params: BTreeMap<String, InForce> =
                rule.meta.params.iter().map(|(name, param)| (name.clone(), InForce::from(param))).collect();
            for (layer, entries) in layers {
                let Some(entry) = entries.get(id.as_str()) else { continue };
                let path = ["rules", id.as_str()];
                let from = if layer.is_empty() { at.typed_at(&path) } else { layer.clone() };
                if let Some(set) = entry.severity {
                    if rule.meta.native && id.is_fixed() {
                        let place = at.loaded.place(&path);
                        at.fail(
                            ConfigError::new(format!(
                                "the severity of `{id}` cannot be changed: it says that a file is not valid"
                            ))
                            .at(place),
                        );
                    }
                    severity = set.severity();
                    origin.clone_from(&from);
                    source.clone_from(&entry.source);
                    rules.pinned.extend(severity.map(|severity| (id.clone(), severity)));
                }
                for (name, value) in &entry.params {
                    let slot = params.get_mut(name).zip(rule.meta.params.get(name));
                    let place =
                        || at.loaded.place(&["rules", id.as_str(), "params", name]).filter(|_| layer.is_empty());
                    match slot {
                        Some((slot, param)) if has_kind(value, &param.kind) => {
                            let value = merged_over(&slot.value, value);
                            *slot = InForce { value, origin: from.clone(), source: entry.source.clone() };
                        }
                        Some((_, param)) => {
                            let place = place();
                            at.fail(
                                ConfigError::new(format!(
                                    "`{name}` of rule `{id}` is {value}, expected {}",
                                    kind_in_words(&param.kind)
                                ))
                                .at(place),
                            );
                        }
                        None => {
                            let known = rule.meta.params.keys().map(String::as_str);
                            let help = match nearest(name, known.clone()) {
                                Some(near) => format!("did you mean `{near}`?"),
                                None if rule.meta.params.is_empty() => "it has no parameters".to_owned(),
                                None => format!("its parameters are {}", known.collect::<Vec<_>>().join(", ")),
                            };
                            let place = place();
                            at.fail(
                                ConfigError::new(format!("rule `{id}` has no parameter `{name}`")).help(help).at(place),
                            );
                        }
                    }
                }
            }
            rules.configured.extend(severity.map(|severity| (id.clone(), severity)));
            if !(rule.meta.native && id.is_fixed()) {
                if selected.as_ref().is_some_and(|selected| !selected.contains(id)) {
                    (severity, origin, source) = (None, "--select".into(), None);
                }
                if ignored.as_ref().is_some_and(|ignored| ignored.contains(id)) {
                    (severity, origin, source) = (None, "--ignore".into(), None);
                }
            }
            let key = format!("rules.{id}.severity");
            at.settings.push(Setting { key, value: severity.map_or("off", Severity::as_str).into(), origin, source });
            rules
                .params
                .insert(id.clone(), params.iter().map(|(name, set)| (name.clone(), set.value.clone())).collect());
            at.settings.extend(params.into_iter().map(|(name, InForce { value, origin, source })| Setting {
                key: format!("rules.{id}.params.{name}"),
                value,
                origin,
                source,
            }));
            if let Some(severity) = severity {
                let mut rule = rule.clone();
                // A rule whose severity the user sets is no longer a preview.
                if rules.pinned.contains_key(id) && rule.meta.maturity == Maturity::Preview {
                    rule.meta = Arc::new(RuleMeta { maturity: Maturity::Stable, ..(*rule.meta).clone() });
                }
                if rule.meta.severity != severity {
                    rule.meta = Arc::new(RuleMeta { severity, ..(*rule.meta).clone() });
                }
                rules.running.rules.insert(id.clone(), rule);
            }
        }
        rules
    }
}

fn check_id(at: &mut Settling<'_>, all: &PolicySet, origin: &str, id: &str) {
    if all.rules.keys().any(|rule| rule.as_str() == id) {
        return;
    }
    let place = at.loaded.place(&["rules", id]).filter(|_| origin.is_empty());
    let from = if origin.is_empty() { String::new() } else { format!(" ({origin})") };
    at.fail(ConfigError::new(format!("there is no rule `{id}`{from}")).help(nearest_rule(all, id)).at(place));
}

fn nearest_rule(all: &PolicySet, id: &str) -> String {
    if let Some(answer) = retired_message(id) {
        return answer;
    }
    match nearest(id, all.rules.keys().map(RuleId::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`leaver rules` lists them".into(),
    }
}

/// The rules that a list of ids and groups names; a name that matches nothing is an error.
fn choice(at: &mut Settling<'_>, all: &PolicySet, option: &str, words: &[String]) -> Option<Vec<RuleId>> {
    let mut chosen = Vec::new();
    for word in words {
        let before = chosen.len();
        chosen.extend(all.rules.keys().filter(|id| id.as_str() == word || id.group() == word).cloned());
        if chosen.len() == before {
            at.fail(
                ConfigError::new(format!("{option}: there is no rule or group `{word}`")).help(nearest_rule(all, word)),
            );
        }
    }
    (!words.is_empty()).then_some(chosen)
}

/// Merges a value over that of the layer below. In a table, such as limits by tier, only the given keys change, so that setting one limit keeps the
/// others.
fn merged_over(below: &Value, above: &Value) -> Value {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            let mut both = below.clone();
            both.extend(above.clone());
            Value::Object(both)
        }
        _ => above.clone(),
    }
}

/// A type of JSON Schema in words.
fn kind_in_words(kind: &str) -> &str {
    match kind {
        "integer" => "a whole number",
        "number" => "a number",
        "string" => "text",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a mapping",
        other => other,
    }
}

fn has_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}
