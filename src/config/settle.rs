//! From what was typed to what is in force: metadata, then profile, then `leaver.yaml`, then the command line; the last one counts.

use std::{collections::BTreeMap, sync::Arc};

use camino::Utf8PathBuf;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde_json::Value;

use super::{
    ConfigError, Loaded,
    file::{Limits, RuleEntry},
    load::{inside, load_profile, typed},
};
use crate::{
    policy::{PolicySet, load_folder},
    report::Failure,
    rule::{RuleId, RuleMeta, Severity},
    schema::{Shape, nearest},
    source::{Selection, YamlLimits},
};

/// What the command line says.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--profile`
    pub profile: Option<String>,
    /// `--select`: only these rules or groups.
    pub select: Vec<String>,
    /// `--ignore`: not these.
    pub ignore: Vec<String>,
    /// `--fail-on`
    pub fail_on: Option<Severity>,
}

/// A value in force and where it came from, for `config show`.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// `rules.jit/no-update-owner.severity`
    pub key: String,
    /// The value.
    pub value: Value,
    /// `default`, `profile strict`, `leaver.yaml:4` or an option.
    pub origin: String,
}

/// What is in force.
#[derive(Debug, Clone)]
pub struct Config {
    /// The root of the catalogue.
    pub root: Utf8PathBuf,
    /// Whether there is a `leaver.yaml`: then its folder is the catalogue, whatever paths are asked about.
    pub has_file: bool,
    /// Which files.
    pub selection: Selection,
    /// Name of the profile.
    pub profile: String,
    /// Rules that run, with their severities in force; also the native ones.
    pub policies: PolicySet,
    /// All rules, switched off or not.
    pub all_rules: BTreeMap<RuleId, Arc<RuleMeta>>,
    /// Parameters in force.
    pub params: BTreeMap<RuleId, BTreeMap<String, Value>>,
    /// Rules whose severity a user set: it holds over what the rule says of a case.
    pub pinned: BTreeMap<RuleId, Severity>,
    /// The user's own facts on vendors, by key.
    pub vendors: Value,
    /// The least severity that fails.
    pub fail_on: Severity,
    /// Base URL of the rule pages.
    pub docs_url: String,
    /// What a run may cost.
    pub limits: Limits,
    /// Every value with its origin.
    pub settings: Vec<Setting>,
}

/// Where rule pages are read when nobody says otherwise.
const DOCS_URL: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/rules");

struct Settling<'a> {
    loaded: &'a Loaded,
    settings: Vec<Setting>,
    failures: Vec<Failure>,
}

impl Settling<'_> {
    fn set(&mut self, key: impl Into<String>, value: impl Into<Value>, origin: impl Into<String>) {
        self.settings.push(Setting { key: key.into(), value: value.into(), origin: origin.into() });
    }

    fn fail(&mut self, error: ConfigError) {
        self.failures.push(error.into());
    }

    fn typed_at(&self, path: &[&str]) -> String {
        self.loaded
            .place(path)
            .map_or_else(|| "default".into(), |place| format!("{}:{}", place.file.path(), place.start().line))
    }

    /// A value that `leaver.yaml` may set.
    fn pick<T: Copy + Into<Value>>(&mut self, path: &[&str], typed: Option<T>, default: T) -> T {
        let value = typed.unwrap_or(default);
        let origin = if typed.is_some() { self.typed_at(path) } else { "default".into() };
        self.set(path.join("."), value, origin);
        value
    }
}

/// Works out what is in force. All faults are told at once.
pub fn settle(loaded: &Loaded, overrides: &Overrides, rule_shape: &Shape) -> Result<Config, Vec<Failure>> {
    let mut at = Settling { loaded, settings: Vec::new(), failures: Vec::new() };
    let entries = &loaded.entries;
    let selection = Selection {
        include: globs(&mut at, "include", &entries.include),
        exclude: globs(&mut at, "exclude", &entries.exclude),
    };
    let fail_on = if let Some(severity) = overrides.fail_on {
        at.set("failOn", severity.as_str(), "--fail-on");
        severity
    } else {
        let severity = entries.fail_on.unwrap_or(Severity::Error);
        let origin = if entries.fail_on.is_some() { at.typed_at(&["failOn"]) } else { "default".into() };
        at.set("failOn", severity.as_str(), origin);
        severity
    };
    let limits = limits(&mut at);
    let docs_url = entries.docs_url.clone().unwrap_or_else(|| DOCS_URL.to_owned()).trim_end_matches('/').to_owned();
    let origin = if entries.docs_url.is_some() { at.typed_at(&["docsUrl"]) } else { "default".into() };
    at.set("docsUrl", docs_url.as_str(), origin);

    let mut all = PolicySet::bundled(rule_shape)?;
    for folder in &entries.policies {
        match inside(&loaded.root, folder) {
            Ok(path) => match load_folder(&path, rule_shape).and_then(|set| all.merge(set)) {
                Ok(()) => {
                    let origin = at.typed_at(&["policies"]);
                    at.set("policies", folder.as_str(), origin);
                }
                Err(mut failures) => at.failures.append(&mut failures),
            },
            Err(error) => at.fail(error.at(loaded.place(&["policies"]))),
        }
    }
    let vendors = vendors(&mut at);
    let profile_name =
        overrides.profile.clone().or_else(|| entries.profile.clone()).unwrap_or_else(|| "default".into());
    let origin = match (&overrides.profile, &entries.profile) {
        (Some(_), _) => "--profile".to_owned(),
        (None, Some(_)) => at.typed_at(&["profile"]),
        (None, None) => "default".to_owned(),
    };
    at.set("profile", profile_name.as_str(), origin);
    let mut layers: Vec<(String, BTreeMap<String, RuleEntry>)> = Vec::new();
    match load_profile(&profile_name, &loaded.root) {
        Ok(chain) => {
            layers.extend(chain.into_iter().map(|profile| (format!("profile {}", profile.name), profile.rules)));
        }
        Err(errors) => {
            let place = if overrides.profile.is_none() { loaded.place(&["profile"]) } else { None };
            for error in errors {
                let place = error.place.clone().or_else(|| place.clone());
                at.fail(error.at(place));
            }
        }
    }
    layers.push((String::new(), entries.rules.clone()));

    let rules = Rules::settle(&mut at, &all, &layers, overrides);
    if !at.failures.is_empty() {
        return Err(at.failures);
    }
    Ok(Config {
        root: loaded.root.clone(),
        has_file: loaded.source.is_some(),
        selection,
        profile: profile_name,
        all_rules: all.rules.iter().map(|(id, rule)| (id.clone(), Arc::clone(&rule.meta))).collect(),
        policies: rules.running,
        params: rules.params,
        pinned: rules.pinned,
        vendors,
        fail_on,
        docs_url,
        limits,
        settings: at.settings,
    })
}

fn globs(at: &mut Settling<'_>, key: &str, patterns: &[String]) -> Option<GlobSet> {
    if patterns.is_empty() {
        return None;
    }
    let mut builder = GlobSetBuilder::new();
    let origin = at.typed_at(&[key]);
    for pattern in patterns {
        match GlobBuilder::new(pattern).literal_separator(true).build() {
            Ok(glob) => {
                builder.add(glob);
                at.set(key, pattern.as_str(), origin.as_str());
            }
            Err(error) => {
                let place = at.loaded.place(&[key]);
                at.fail(ConfigError::new(format!("`{pattern}` is not a glob: {}", error.kind())).at(place));
            }
        }
    }
    builder.build().ok()
}

fn limits(at: &mut Settling<'_>) -> Limits {
    let typed = at.loaded.entries.limits.clone();
    let base = Limits::default();
    Limits {
        file_bytes: at.pick(&["limits", "fileBytes"], typed.file_bytes, base.file_bytes),
        yaml: YamlLimits {
            documents: at.pick(&["limits", "documents"], typed.documents, base.yaml.documents),
            depth: at.pick(&["limits", "depth"], typed.depth, base.yaml.depth),
            nodes: at.pick(&["limits", "nodes"], typed.nodes, base.yaml.nodes),
            aliases: at.pick(&["limits", "aliases"], typed.aliases, base.yaml.aliases),
        },
        findings: at.pick(&["limits", "findings"], typed.findings, base.findings),
        rule_millis: at.pick(&["limits", "ruleMillis"], typed.rule_millis, base.rule_millis),
        total_seconds: at.pick(&["limits", "totalSeconds"], typed.total_seconds, base.total_seconds),
        memory_mib: at.pick(&["limits", "memoryMiB"], typed.memory_mib, base.memory_mib),
    }
}

fn vendors(at: &mut Settling<'_>) -> Value {
    let mut vendors = Value::Object(serde_json::Map::new());
    for relative in &at.loaded.entries.vendors {
        let file = inside(&at.loaded.root, relative)
            .map_err(|error| vec![error.at(at.loaded.place(&["vendors"]))])
            .and_then(|path| typed::<Value>(&path, include_str!("../../schemas/vendors.schema.json")));
        match file {
            Ok((value, _, _)) => {
                let origin = at.typed_at(&["vendors"]);
                at.set("vendors", relative.as_str(), origin);
                if let (Some(all), Some(more)) =
                    (vendors.as_object_mut(), value.get("vendors").and_then(Value::as_object))
                {
                    all.extend(more.clone());
                }
            }
            Err(errors) => errors.into_iter().for_each(|error| at.fail(error)),
        }
    }
    vendors
}

#[derive(Default)]
struct Rules {
    running: PolicySet,
    params: BTreeMap<RuleId, BTreeMap<String, Value>>,
    pinned: BTreeMap<RuleId, Severity>,
}

impl Rules {
    fn settle(
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
            let mut params: BTreeMap<String, (Value, String)> = rule
                .meta
                .params
                .iter()
                .map(|(name, param)| (name.clone(), (param.default.clone(), "rule".to_owned())))
                .collect();
            for (layer, entries) in layers {
                let Some(entry) = entries.get(id.as_str()) else { continue };
                let path = ["rules", id.as_str()];
                let from = if layer.is_empty() { at.typed_at(&path) } else { layer.clone() };
                if let Some(set) = entry.severity {
                    if rule.meta.native {
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
                    rules.pinned.extend(severity.map(|severity| (id.clone(), severity)));
                }
                for (name, value) in &entry.params {
                    let slot = params.get_mut(name).zip(rule.meta.params.get(name));
                    let place =
                        || at.loaded.place(&["rules", id.as_str(), "params", name]).filter(|_| layer.is_empty());
                    match slot {
                        Some((slot, param)) if fits(value, &param.kind) => *slot = (value.clone(), from.clone()),
                        Some((_, param)) => {
                            let place = place();
                            at.fail(
                                ConfigError::new(format!(
                                    "`{name}` of rule `{id}` is {value}, expected {}",
                                    param.kind
                                ))
                                .at(place),
                            );
                        }
                        None => {
                            let known = rule.meta.params.keys().map(String::as_str);
                            let help = match nearest(name, known.clone()) {
                                Some(near) => format!("did you mean `{near}`?"),
                                None => format!("it has: {}", known.collect::<Vec<_>>().join(", ")),
                            };
                            let place = place();
                            at.fail(
                                ConfigError::new(format!("rule `{id}` has no parameter `{name}`")).help(help).at(place),
                            );
                        }
                    }
                }
            }
            if !rule.meta.native {
                if selected.as_ref().is_some_and(|selected| !selected.contains(id)) {
                    (severity, origin) = (None, "--select".into());
                }
                if ignored.as_ref().is_some_and(|ignored| ignored.contains(id)) {
                    (severity, origin) = (None, "--ignore".into());
                }
            }
            at.set(format!("rules.{id}.severity"), severity.map_or("off", Severity::as_str), origin);
            for (name, (value, origin)) in &params {
                at.set(format!("rules.{id}.params.{name}"), value.clone(), origin.as_str());
            }
            rules.params.insert(id.clone(), params.into_iter().map(|(name, (value, _))| (name, value)).collect());
            if let Some(severity) = severity {
                let mut rule = rule.clone();
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
    match nearest(id, all.rules.keys().map(RuleId::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`leaver rules` lists them".into(),
    }
}

/// The rules that a list of ids and groups names; a word that names none is an error.
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

fn fits(value: &Value, kind: &str) -> bool {
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
