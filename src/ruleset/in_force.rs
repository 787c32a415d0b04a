//! Decides which rules run, and with which severities and parameters. The profile overrides the metadata of a rule, `leaver.yaml` overrides the
//! profile, and the command line overrides `leaver.yaml`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;

use super::Ruleset;
use crate::{
    config::{Config, ConfigError, Resolver, RuleEntry, RuleLayer, Setting, SeverityEntry},
    policy::{PolicySet, RuleSource, retired_message},
    rule::{Maturity, RuleId, RuleMeta, Severity},
    schema::nearest,
};

/// The value of a setting after some layers were applied, with its origin.
struct InForce<T> {
    value: T,
    origin: String,
    source: Option<String>,
}

/// The severity (`None` if the rule is off) and the parameters of a rule after some layers were applied.
struct RuleInForce {
    severity: InForce<Option<Severity>>,
    params: BTreeMap<String, InForce<Value>>,
}

impl RuleInForce {
    /// The settings in the metadata of a rule.
    fn of(meta: &RuleMeta) -> Self {
        let origin = || "rule".to_owned();
        let params = meta.params.iter().map(|(name, param)| {
            (name.clone(), InForce { value: param.default.clone(), origin: origin(), source: param.source.clone() })
        });
        Self {
            severity: InForce { value: Some(meta.severity), origin: origin(), source: None },
            params: params.collect(),
        }
    }

    /// Applies the settings of a layer.
    fn apply(&mut self, resolver: &mut Resolver<'_>, rule: &RuleSource, layer: &RuleLayer, entry: &RuleEntry) {
        let id = rule.meta.id.as_str();
        let origin = match &layer.profile {
            Some(profile) => format!("profile {profile}"),
            None => resolver.origin_of(&["rules", id]),
        };
        if let Some(severity) = entry.severity {
            if is_mandatory(rule) {
                let message = format!("the severity of `{id}` cannot be changed: the rule reports invalid files");
                resolver.fail_at(&["rules", id], ConfigError::new(message));
            }
            let source = entry.source.clone();
            self.severity = InForce { value: severity.severity(), origin: origin.clone(), source };
        }
        for (name, value) in &entry.params {
            match self.params.get_mut(name).zip(rule.meta.params.get(name)) {
                Some((set, param)) if has_kind(value, &param.kind) => {
                    let value = merged_over(&set.value, value);
                    *set = InForce { value, origin: origin.clone(), source: entry.source.clone() };
                }
                Some((_, param)) => {
                    let kind = kind_in_words(&param.kind);
                    let error = ConfigError::new(format!("`{name}` of rule `{id}` is {value}, expected {kind}"));
                    fail_in_layer(resolver, layer, &["rules", id, "params", name], error);
                }
                None => {
                    let error = ConfigError::new(format!("rule `{id}` has no parameter `{name}`"));
                    let error = error.help(nearest_param(&rule.meta, name));
                    fail_in_layer(resolver, layer, &["rules", id, "params", name], error);
                }
            }
        }
    }

    /// Turns the rule off because of an option of the command line.
    fn turn_off(&mut self, option: &str) {
        self.severity = InForce { value: None, origin: option.to_owned(), source: None };
    }
}

impl Ruleset {
    /// Applies the settings for rules: which rules run, and their severities and parameters.
    pub(super) fn apply_settings(&mut self, resolver: &mut Resolver<'_>, config: &Config) {
        for layer in &config.rule_layers {
            for id in layer.rules.keys() {
                require_rule(resolver, &self.all, layer, id);
            }
        }
        let selected = named_rules(resolver, &self.all, "--select", &config.select);
        let ignored = named_rules(resolver, &self.all, "--ignore", &config.ignore);
        for (id, rule) in &self.all.rules {
            let mut set = RuleInForce::of(&rule.meta);
            for layer in &config.rule_layers {
                let Some(entry) = layer.rules.get(id.as_str()) else { continue };
                set.apply(resolver, rule, layer, entry);
                let pinned = entry.severity.and_then(SeverityEntry::severity);
                self.pinned.extend(pinned.map(|severity| (id.clone(), severity)));
            }
            self.configured.extend(set.severity.value.map(|severity| (id.clone(), severity)));
            if !is_mandatory(rule) {
                if selected.as_ref().is_some_and(|selected| !selected.contains(id)) {
                    set.turn_off("--select");
                }
                if ignored.as_ref().is_some_and(|ignored| ignored.contains(id)) {
                    set.turn_off("--ignore");
                }
            }
            let running =
                set.severity.value.map(|severity| with_severity(rule, severity, self.pinned.contains_key(id)));
            self.running.rules.extend(running.map(|rule| (id.clone(), rule)));
            let params = set.params.iter().map(|(name, param)| (name.clone(), param.value.clone()));
            self.params.insert(id.clone(), params.collect());
            self.settings.extend(settings(id, set));
        }
    }
}

/// Returns the rule with the severity in force.
fn with_severity(rule: &RuleSource, severity: Severity, is_pinned: bool) -> RuleSource {
    // A rule whose severity the user sets is no longer a preview.
    let is_promoted = is_pinned && rule.meta.maturity == Maturity::Preview;
    let maturity = if is_promoted { Maturity::Stable } else { rule.meta.maturity };
    if maturity == rule.meta.maturity && severity == rule.meta.severity {
        return rule.clone();
    }
    RuleSource { meta: Arc::new(RuleMeta { severity, maturity, ..(*rule.meta).clone() }), ..rule.clone() }
}

/// Converts the severity and the parameters of a rule to settings with origins.
fn settings(id: &RuleId, RuleInForce { severity, params }: RuleInForce) -> impl Iterator<Item = Setting> {
    let InForce { value, origin, source } = severity;
    let value = value.map_or("off", Severity::as_str).into();
    let severity = Setting { key: format!("rules.{id}.severity"), value, origin, source };
    let params = params.into_iter().map(move |(name, InForce { value, origin, source })| {
        let key = format!("rules.{id}.params.{name}");
        Setting { key, value, origin, source }
    });
    [severity].into_iter().chain(params)
}

/// Whether no setting can change the severity of a rule or turn it off.
fn is_mandatory(rule: &RuleSource) -> bool {
    rule.meta.native && rule.meta.id.is_mandatory()
}

/// Reports an error of a layer. If the layer is `leaver.yaml`, the error has a place.
fn fail_in_layer(resolver: &mut Resolver<'_>, layer: &RuleLayer, path: &[&str], error: ConfigError) {
    match layer.profile {
        Some(_) => resolver.fail(error),
        None => resolver.fail_at(path, error),
    }
}

/// Reports an error if no rule has this id.
fn require_rule(resolver: &mut Resolver<'_>, all: &PolicySet, layer: &RuleLayer, id: &str) {
    if all.rules.keys().any(|rule| rule.as_str() == id) {
        return;
    }
    let profile = layer.profile.as_ref().map(|profile| format!(" (profile {profile})")).unwrap_or_default();
    let error = ConfigError::new(format!("there is no rule `{id}`{profile}")).help(nearest_rule(all, id));
    fail_in_layer(resolver, layer, &["rules", id], error);
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

fn nearest_param(meta: &RuleMeta, name: &str) -> String {
    let known = meta.params.keys().map(String::as_str);
    match nearest(name, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if meta.params.is_empty() => "it has no parameters".to_owned(),
        None => format!("its parameters are {}", known.collect::<Vec<_>>().join(", ")),
    }
}

/// The rules that an option selects by ids or groups; `None` if the option is not given. A name that matches no rule is an error.
fn named_rules(
    resolver: &mut Resolver<'_>,
    all: &PolicySet,
    option: &str,
    names: &[String],
) -> Option<BTreeSet<RuleId>> {
    let mut chosen = BTreeSet::new();
    for name in names {
        let matches = |id: &&RuleId| id.as_str() == name || id.group() == name;
        if !all.rules.keys().any(|id| matches(&id)) {
            let error = ConfigError::new(format!("{option}: there is no rule or group `{name}`"));
            resolver.fail(error.help(nearest_rule(all, name)));
        }
        chosen.extend(all.rules.keys().filter(matches).cloned());
    }
    (!names.is_empty()).then_some(chosen)
}

/// Merges a value with the value of the layer below. In a mapping, such as limits by tier, only the given keys change.
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

/// Describes a type of JSON Schema in words.
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
