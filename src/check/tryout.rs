//! Tries out Apps that are not in the catalogue: merges them with the patterns of the catalogue and runs some of leaver's rules on them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Config, Declaration, builtin, load, patterns};
use crate::{
    engine::{Demand, RunInput, Snapshot, evaluate},
    finding::{Step, Verdict},
    model::Catalogue,
    report::Failure,
    rule::{Origin, RuleId},
    ruleset::Ruleset,
    source::SourceFile,
    triage::Focus,
};

/// The result of trying out an App.
#[derive(Debug)]
pub(crate) struct Tryout {
    /// The effective declaration.
    pub(crate) app: Declaration,
    /// The rules that report the app or one of its populations.
    pub(crate) rules: BTreeSet<RuleId>,
}

/// Evaluates each text as an App, with the Patterns, Systems and Teams of the catalogue. The only observations are those in `observations`. Runs the
/// bundled rules for which `selects` returns true, even if the configuration turns them off. Returns `None` for a text that is not an App or whose
/// effective declaration is invalid.
pub(crate) fn try_out(
    config: &Config,
    ruleset: &Ruleset,
    today: &str,
    declared: &[Declaration],
    observations: &str,
    texts: &[String],
    selects: &dyn Fn(&RuleId) -> bool,
) -> Result<Vec<Option<Tryout>>, Vec<Failure>> {
    let mut config = config.clone();
    let mut ruleset = Ruleset { running: ruleset.all.clone(), ..ruleset.clone() };
    ruleset.running.rules.retain(|id, rule| rule.meta.origin == Origin::Bundled && selects(id));
    // These limits apply to files that people write and to reports that people read, not to drafts.
    config.limits.yaml.documents = usize::MAX;
    config.limits.findings = usize::MAX;
    let others = ["App", "Waiver", "Snapshot", "Observation"];
    let mut all: Vec<Declaration> =
        declared.iter().filter(|declaration| !others.contains(&declaration.kind.as_str())).cloned().collect();
    all.extend(load(SourceFile::new("observations", observations), &config, &ruleset, true).declarations);
    let mut starts = Vec::new();
    for text in texts {
        starts.push(all.len());
        let loaded = load(SourceFile::new("draft", text.as_str()), &config, &ruleset, true);
        all.extend(loaded.declarations.into_iter().take(1));
    }
    // Ignore errors in patterns, because the drafts did not cause them. Only the validity of the result counts.
    patterns::apply(&mut all, &ruleset, &mut Focus::default(), &mut Vec::new(), &mut Vec::new());
    let catalogue = Catalogue::new(all, builtin());
    let run_input = RunInput { today, signoffs: &serde_json::Value::Null, worker: None };
    let snapshot = Snapshot::new(&config, &ruleset, &catalogue, run_input, &[]);
    let outcome = evaluate(&snapshot, None, &Demand::everything(), &|_, _| {});
    if !outcome.failures.is_empty() {
        return Err(outcome.failures);
    }
    let is_valid = |app: &&Declaration| {
        app.kind == "App" && app.well_formed && app.populations().iter().all(|population| population.well_formed)
    };
    let ends = starts.iter().skip(1).copied().chain([catalogue.own().len()]);
    let mut tryouts: Vec<Option<Tryout>> = Vec::new();
    for (start, end) in starts.iter().zip(ends) {
        let app = catalogue.get(*start).filter(|_| *start < end).filter(is_valid);
        tryouts.push(app.map(|app| Tryout { app: app.clone(), rules: BTreeSet::new() }));
    }
    // Populations have the name of their app, and no two drafts have the same name.
    let mut by_name: BTreeMap<String, &mut Tryout> =
        tryouts.iter_mut().flatten().map(|tryout| (tryout.app.name.clone(), tryout)).collect();
    for verdict in outcome.verdicts.into_iter().filter(|verdict| !is_on_health(verdict)) {
        let app = catalogue.get(verdict.declaration).filter(|declaration| declaration.kind == "App");
        if let Some(tryout) = app.and_then(|app| by_name.get_mut(&app.name)) {
            tryout.rules.insert(verdict.rule);
        }
    }
    Ok(tryouts)
}

/// Whether a verdict is about the current health of a system, not about its setup.
fn is_on_health(verdict: &Verdict) -> bool {
    let health = ["spec", "health"].map(|key| Step::Key(key.to_owned()));
    verdict.related.iter().any(|related| related.path.starts_with(&health))
}
