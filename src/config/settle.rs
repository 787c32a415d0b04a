//! Resolves the configuration: metadata, then profile, then `leaver.yaml`, then the command line; the last one wins.

use std::{collections::BTreeMap, sync::Arc};

use camino::{Utf8Path, Utf8PathBuf};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde_json::Value;

use super::{
    ConfigError, FILE_NAME, Loaded,
    file::{Limits, RuleEntry, Signoff},
    frameworks::frameworks,
    load::{inside, load_profile, typed},
    names::own,
    required::signoff,
    rules::Rules,
};
use crate::{
    files::Workspace,
    framework::Framework,
    policy::{PolicySet, load_folder},
    report::Failure,
    rule::{RuleId, RuleMeta, Severity},
    source::{Selection, YamlLimits},
};

/// Options of the command line.
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

/// A value in force and its origin, for `config show`.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// `rules.jit/no-update-owner.severity`
    pub key: String,
    /// The value.
    pub value: Value,
    /// `default`, `profile strict`, `leaver.yaml:4` or an option.
    pub origin: String,
    /// The source of a limit or severity, if stated.
    pub source: Option<String>,
}

/// The configuration in force.
#[derive(Debug, Clone)]
pub struct Config {
    /// The files of the run.
    pub files: Workspace,
    /// The root of the catalogue.
    pub root: Utf8PathBuf,
    /// Whether there is a `leaver.yaml`: if so, its folder is the catalogue, whatever paths are given.
    pub has_file: bool,
    /// leaver's own files and folders: the configuration, policies, the trust root, sign-offs, a profile, vendors.
    pub own: Vec<Utf8PathBuf>,
    /// The files of the catalogue.
    pub selection: Selection,
    /// Name of the profile.
    pub profile: String,
    /// Rules that run, with their severities in force; includes native ones.
    pub policies: PolicySet,
    /// All rules, on or off.
    pub all_rules: BTreeMap<RuleId, Arc<RuleMeta>>,
    /// All rules with their Rego, on or off.
    pub all: PolicySet,
    /// Rules that `leaver.yaml` and the profile leave on, with their severities, regardless of the command line.
    pub configured: BTreeMap<RuleId, Severity>,
    /// Parameters in force.
    pub params: BTreeMap<RuleId, BTreeMap<String, Value>>,
    /// Rules whose severity the user set: it overrides the severity that a rule gives to a case.
    pub pinned: BTreeMap<RuleId, Severity>,
    /// The user's own vendor facts, by key.
    pub vendors: Value,
    /// The user's own control frameworks.
    pub frameworks: Vec<Framework>,
    /// Minimum severity that fails the check.
    pub fail_on: Severity,
    /// File of known findings, relative to the root.
    pub baseline: Option<String>,
    /// Base URL of the rule pages.
    pub docs_url: String,
    /// Resource limits.
    pub limits: Limits,
    /// Sign-offs.
    pub signoff: Signoff,
    /// Every value with its origin.
    pub settings: Vec<Setting>,
}

/// Default base URL of the rule pages.
const DOCS_URL: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/rules");

impl Config {
    /// Whether `exclude` matches a file, or it is the configuration itself.
    pub fn excludes(&self, path: &Utf8Path) -> bool {
        path.strip_prefix(&self.root).is_ok_and(|relative| relative == FILE_NAME || self.selection.excludes(relative))
    }

    /// Whether a file is leaver's own, such as a part of the trust root.
    pub fn owns(&self, path: &Utf8Path) -> bool {
        path.file_name() == Some(FILE_NAME) || self.own.iter().any(|own| path.starts_with(own))
    }

    /// Whether a file below the root is the configuration or a rule: a change to it may affect every declaration.
    pub fn decides(&self, path: &Utf8Path) -> bool {
        path == self.root.join(FILE_NAME) || path.extension() == Some("rego")
    }

    /// Whether the globs match a file below the root.
    pub fn chooses(&self, path: &Utf8Path) -> bool {
        path.strip_prefix(&self.root).is_ok_and(|relative| relative != FILE_NAME && self.selection.selects(relative))
    }
}

pub(super) struct Settling<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) settings: Vec<Setting>,
    pub(super) failures: Vec<Failure>,
}

impl Settling<'_> {
    pub(super) fn set(&mut self, key: impl Into<String>, value: impl Into<Value>, origin: impl Into<String>) {
        self.settings.push(Setting { key: key.into(), value: value.into(), origin: origin.into(), source: None });
    }

    pub(super) fn fail(&mut self, error: ConfigError) {
        self.failures.push(error.into());
    }

    pub(super) fn typed_at(&self, path: &[&str]) -> String {
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

/// Resolves the configuration. Reports all errors at once.
pub fn settle(loaded: &Loaded, overrides: &Overrides) -> Result<Config, Vec<Failure>> {
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
    let baseline = baseline(&mut at);
    let limits = limits(&mut at);
    let docs_url = entries.docs_url.clone().unwrap_or_else(|| DOCS_URL.to_owned()).trim_end_matches('/').to_owned();
    let origin = if entries.docs_url.is_some() { at.typed_at(&["docsUrl"]) } else { "default".into() };
    at.set("docsUrl", docs_url.as_str(), origin);

    let mut all = PolicySet::bundled()?;
    for folder in &entries.policies {
        match inside(&loaded.root, folder) {
            Ok(path) => match load_folder(&loaded.files, &path).and_then(|set| all.merge(set)) {
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
    let frameworks = frameworks(&mut at, &all);
    let profile_name =
        overrides.profile.clone().or_else(|| entries.profile.clone()).unwrap_or_else(|| "default".into());
    let origin = match (&overrides.profile, &entries.profile) {
        (Some(_), _) => "--profile".to_owned(),
        (None, Some(_)) => at.typed_at(&["profile"]),
        (None, None) => "default".to_owned(),
    };
    at.set("profile", profile_name.as_str(), origin);
    let mut layers: Vec<(String, BTreeMap<String, RuleEntry>)> = Vec::new();
    match load_profile(&loaded.files, &profile_name, &loaded.root) {
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

    let signoff = signoff(&mut at);
    let rules = Rules::settle(&mut at, &all, &layers, overrides);
    if !at.failures.is_empty() {
        return Err(at.failures);
    }
    Ok(Config {
        files: loaded.files.clone(),
        root: loaded.root.clone(),
        has_file: loaded.source.is_some(),
        own: own(loaded, &profile_name, &signoff),
        selection,
        profile: profile_name,
        all_rules: all.rules.iter().map(|(id, rule)| (id.clone(), Arc::clone(&rule.meta))).collect(),
        policies: rules.running,
        configured: rules.configured,
        all,
        params: rules.params,
        pinned: rules.pinned,
        vendors,
        frameworks,
        fail_on,
        baseline,
        docs_url,
        limits,
        signoff,
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
    builder
        .build()
        .map_err(|error| {
            let place = at.loaded.place(&[key]);
            at.fail(
                ConfigError::new(format!("the globs of `{key}` cannot be used together: {}", error.kind())).at(place),
            );
        })
        .ok()
}

/// The file of known findings, which must not lie outside the catalogue.
fn baseline(at: &mut Settling<'_>) -> Option<String> {
    let relative = at.loaded.entries.baseline.clone()?;
    if let Err(error) = inside(&at.loaded.root, &relative) {
        at.fail(error.at(at.loaded.place(&["baseline"])));
        return None;
    }
    let origin = at.typed_at(&["baseline"]);
    at.set("baseline", relative.as_str(), origin);
    Some(relative)
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
            .and_then(|path| typed::<Value>(&at.loaded.files, &path, &crate::schema::VENDORS));
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
