//! Builds the ruleset from the settings and the rules on disk: which rules exist, which run, and with which severities and parameters.

mod frameworks;
mod in_force;

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde_json::Value;

use crate::{
    config::{Config, Loaded, Overrides, Resolver, Setting, discover, resolve_settings},
    files::Workspace,
    framework::Framework,
    policy::{PolicySet, load_folder},
    report::Failure,
    rule::{RuleId, RuleMeta, Severity},
};

/// The rules in force.
#[derive(Debug, Clone)]
pub struct Ruleset {
    /// All rules with their metadata as written, on or off.
    pub all: PolicySet,
    /// The rules that run, with their severities in force.
    pub running: PolicySet,
    /// The rules that `leaver.yaml` and the profile do not turn off, with their severities. The command line does not change them.
    pub configured: BTreeMap<RuleId, Severity>,
    /// The parameters of all rules.
    pub params: BTreeMap<RuleId, BTreeMap<String, Value>>,
    /// The rules whose severities the user set. These severities override the severity in a single finding.
    pub pinned: BTreeMap<RuleId, Severity>,
    /// The user's own control frameworks.
    pub frameworks: Vec<Framework>,
    /// Every severity and parameter with its origin.
    pub settings: Vec<Setting>,
}

impl Ruleset {
    /// The ids of all rules, on or off.
    pub fn ids(&self) -> impl Iterator<Item = &RuleId> + Clone {
        self.all.rules.keys()
    }

    /// The metadata of all rules as written, on or off, by id.
    pub fn metas(&self) -> impl Iterator<Item = &RuleMeta> + Clone {
        self.all.rules.values().map(|rule| &*rule.meta)
    }

    /// The metadata of a rule as written, on or off.
    pub fn meta(&self, id: &RuleId) -> Option<&RuleMeta> {
        self.all.rules.get(id).map(|rule| &*rule.meta)
    }

    /// The metadata of a rule with the id that a user typed.
    pub fn find(&self, id: &str) -> Option<&RuleMeta> {
        self.metas().find(|meta| meta.id.as_str() == id)
    }

    /// The severity of a rule as written, on or off.
    pub(crate) fn written_severity(&self, id: &RuleId) -> Severity {
        self.meta(id).map_or(Severity::Error, |meta| meta.severity)
    }

    /// The severity in force; `None` if the rule does not run.
    pub fn severity(&self, id: &RuleId) -> Option<Severity> {
        self.running.rules.get(id).map(|rule| rule.meta.severity)
    }
}

/// Finds `leaver.yaml` for a path, resolves its settings and loads the rules. Commands and programs start here.
pub fn load(
    files: &Workspace,
    start: &Utf8Path,
    explicit: Option<&Utf8Path>,
    overrides: &Overrides,
) -> Result<(Config, Ruleset), Vec<Failure>> {
    resolve(&discover(files, start, explicit)?, overrides)
}

/// Resolves the settings of a `leaver.yaml` and loads the rules. Reports all errors at once.
pub fn resolve(loaded: &Loaded, overrides: &Overrides) -> Result<(Config, Ruleset), Vec<Failure>> {
    let mut resolver = Resolver::new(loaded);
    let config = resolve_settings(&mut resolver, overrides);
    let all = load_rules(&mut resolver, &config)?;
    let ruleset = build(&mut resolver, &config, all);
    if resolver.failures.is_empty() { Ok((config, ruleset)) } else { Err(resolver.failures) }
}

/// Resolves the settings of a `leaver.yaml`, but does not load the rules and does not check the settings of single rules.
pub fn resolve_config(loaded: &Loaded, overrides: &Overrides) -> Result<Config, Vec<Failure>> {
    let mut resolver = Resolver::new(loaded);
    let config = resolve_settings(&mut resolver, overrides);
    if resolver.failures.is_empty() { Ok(config) } else { Err(resolver.failures) }
}

/// The bundled rules and the rules in the user's folders.
fn load_rules(resolver: &mut Resolver<'_>, config: &Config) -> Result<PolicySet, Vec<Failure>> {
    let mut all = PolicySet::bundled()?;
    for folder in &config.policies {
        let added = load_folder(&config.files, &config.root.join(folder)).and_then(|set| all.merge(set));
        resolver.failures.extend(added.err().into_iter().flatten());
    }
    Ok(all)
}

/// Builds the ruleset from the settings and all rules.
fn build(resolver: &mut Resolver<'_>, config: &Config, all: PolicySet) -> Ruleset {
    let frameworks = frameworks::load_frameworks(resolver, config, &all);
    let mut ruleset = Ruleset {
        running: PolicySet { rules: BTreeMap::new(), libraries: all.libraries.clone(), tests: all.tests.clone() },
        all,
        configured: BTreeMap::new(),
        params: BTreeMap::new(),
        pinned: BTreeMap::new(),
        frameworks,
        settings: Vec::new(),
    };
    ruleset.apply_settings(resolver, config);
    ruleset
}

/// The configuration of this repository's correct examples.
///
/// # Panics
///
/// If the configuration is invalid.
#[cfg(test)]
pub(crate) fn of_examples() -> (Config, Ruleset) {
    let here = Workspace::of_disk(env!("CARGO_MANIFEST_DIR").into());
    load(&here, "examples/clean".into(), None, &Overrides::default()).expect("a configuration")
}
