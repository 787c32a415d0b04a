//! Evaluates a catalogue with all other inputs of rules. Bundled rules run in this process, users' rules in a worker.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use rayon::prelude::*;

use super::{
    Demand, Memo,
    digest::{Digest, Parts},
    memo::CatalogueMemo,
};
use crate::{
    config::Config,
    facts::vendors,
    model::{Catalogue, Declaration, KINDS},
    policy::{
        Budget, Data, Facts, PolicySet, RuleResults, data_document, looked_up, looked_up_by, may_read_any_vendor,
        run_isolated, run_rules, run_rules_with_cache, with_facts,
    },
    rule::{RuleId, Scope},
    ruleset::Ruleset,
    schema::OBSERVED,
};

/// The id of the rule about apps that are no longer in the catalogue.
const APP_GONE: &str = "signoff/app-gone";

/// The inputs of rules that come neither from the configuration nor from the catalogue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunInput<'a> {
    /// `YYYY-MM-DD`.
    pub(crate) today: &'a str,
    /// The required and the existing sign-offs.
    pub(crate) signoffs: &'a serde_json::Value,
    /// The binary to start as the worker for users' rules. If `None`, users' rules run in this process.
    pub(crate) worker: Option<&'a Path>,
}

/// A catalogue with all other inputs of rules.
pub(crate) struct Snapshot<'a> {
    config: &'a Config,
    ruleset: &'a Ruleset,
    catalogue: &'a Catalogue,
    run_input: RunInput<'a>,
    bundled: PolicySet,
    local: PolicySet,
    /// The names of vendors in `data`.
    vendors: BTreeSet<String>,
    data: Data,
    budget: Budget,
}

impl<'a> Snapshot<'a> {
    /// Creates the data for rules. `others` are further rulesets that evaluate the same catalogue.
    pub(crate) fn new(
        config: &'a Config,
        ruleset: &'a Ruleset,
        catalogue: &'a Catalogue,
        run_input: RunInput<'a>,
        others: &[&Ruleset],
    ) -> Self {
        let known = vendors(&config.vendors, &vendors_named(catalogue), may_read_any_vendor(&ruleset.running));
        let vendors = known.as_object().into_iter().flat_map(|known| known.keys().cloned()).collect();
        let facts = facts(ruleset, run_input.today, known, run_input.signoffs.clone());
        let kinds = others.iter().fold(looked_up(&ruleset.running), |mut kinds, other| {
            kinds.extend(looked_up(&other.running));
            kinds
        });
        let data = data_document(catalogue, &facts, &kinds);
        let (bundled, local) = ruleset.running.split();
        Self { config, ruleset, catalogue, run_input, bundled, local, vendors, data, budget: budget(config) }
    }

    /// Whether users' rules run in a worker.
    pub(crate) const fn isolates_rules(&self) -> bool {
        self.run_input.worker.is_some()
    }

    /// Evaluates the users' rules of another configuration within the limits of this configuration. Does nothing if the rules and the data are the
    /// same as in this snapshot.
    pub(crate) fn evaluate_local_rules_of(&self, config: &Config, ruleset: &Ruleset) -> RuleResults {
        let (_, local) = ruleset.running.split();
        if local.rules.is_empty() {
            return RuleResults::default();
        }
        let vendors = vendors(&config.vendors, &vendors_named(self.catalogue), may_read_any_vendor(&local));
        let facts = facts(ruleset, self.run_input.today, vendors, self.run_input.signoffs.clone());
        let data = with_facts(&self.data, &facts);
        if data == self.data && same_rules(&local, &self.local) {
            return RuleResults::default();
        }
        self.run_local(&local, &data)
    }

    /// Evaluates the rule about apps that are no longer in the catalogue, with the last known declarations of these apps.
    pub(crate) fn evaluate_removed_apps(&self, removed_apps: &Catalogue) -> RuleResults {
        let rules = self.bundled.rules.iter().filter(|(id, _)| id.as_str() == APP_GONE);
        let rules = rules.map(|(id, rule)| (id.clone(), rule.clone())).collect();
        let set = PolicySet { rules, ..self.bundled.clone() };
        run_rules(&set, removed_apps, &BTreeSet::new(), &self.data, self.budget, &|| {})
    }

    /// Evaluates demanded declarations, but only with the bundled rules on single declarations.
    pub(crate) fn evaluate_single(&self, demand: &Demand) -> RuleResults {
        let rules = self.bundled.rules.iter().filter(|(_, rule)| matches!(rule.meta.scope, Scope::Kinds(_)));
        let rules = rules.map(|(id, rule)| (id.clone(), rule.clone())).collect();
        let set = PolicySet { rules, ..self.bundled.clone() };
        run_rules(&set, self.catalogue, &self.skipped(demand), &self.data, self.budget, &|| {})
    }

    /// The indexes of the declarations that are not demanded.
    fn skipped(&self, demand: &Demand) -> BTreeSet<usize> {
        if demand.is_everything() {
            return BTreeSet::new();
        }
        let all = self.catalogue.own().iter().enumerate().chain(self.catalogue.populations());
        all.filter(|(_, declaration)| !demand.contains(declaration)).map(|(index, _)| index).collect()
    }

    fn run_local(&self, rules: &PolicySet, data: &Data) -> RuleResults {
        match self.run_input.worker {
            Some(binary) => run_isolated(rules, self.catalogue, data, self.budget, binary),
            None => run_rules(rules, self.catalogue, &BTreeSet::new(), data, self.budget, &|| {}),
        }
    }

    /// For each kind of declaration, a digest of everything that verdicts on a declaration depend on, except the declaration itself.
    fn contexts(&self, memo: &Memo) -> BTreeMap<&'static str, Digest> {
        let lookups: BTreeMap<&'static str, BTreeSet<&'static str>> =
            KINDS.into_iter().map(|kind| (kind, looked_up_by(&self.bundled, kind))).collect();
        let looked_up: BTreeSet<&str> = lookups.values().flatten().copied().collect();
        // Look-ups by name find the first declaration with a name. Observations and Snapshots are not looked up by name, so all of them count.
        let observed = self.catalogue.own().iter().filter(|declaration| OBSERVED.contains(&declaration.kind.as_str()));
        let named = self.catalogue.named().chain(observed);
        let named: Vec<&Declaration> =
            named.filter(|declaration| looked_up.contains(declaration.kind.as_str())).collect();
        let digests = memo.digests(named.par_iter().copied());
        let mut catalogue: BTreeMap<&str, Parts> = BTreeMap::new();
        for (declaration, digest) in named.iter().zip(digests) {
            let parts = catalogue.entry(declaration.kind.as_str()).or_default();
            parts.add(declaration.name.as_bytes()).add(&[u8::from(declaration.well_formed)]).add(&digest);
        }
        let rules: Vec<&str> = self.ruleset.ids().map(RuleId::as_str).collect();
        let mut shared = Parts::default();
        shared.add(self.run_input.today.as_bytes());
        for value in [
            serde_json::to_vec(self.run_input.signoffs),
            serde_json::to_vec(&self.ruleset.params),
            // A rule sees only the facts about the vendor of its own declaration. `with_vendors` adds the names of other vendors.
            serde_json::to_vec(&self.config.vendors),
            serde_json::to_vec(&rules),
            serde_json::to_vec(&self.catalogue.extended().collect::<Vec<_>>()),
        ] {
            shared.add(&value.unwrap_or_default());
        }
        let Budget { rule, total: _, memory_mib: _, findings } = self.budget;
        shared.add(&rule.as_nanos().to_le_bytes()).add(&findings.to_le_bytes());
        for library in &self.bundled.libraries {
            shared.add(library.file.text().as_bytes());
        }
        let shared = shared.digest();
        let context = |(kind, lookups): (&'static str, BTreeSet<&'static str>)| {
            let mut parts = Parts::default();
            parts.add(kind.as_bytes()).add(&shared);
            for (id, rule) in &self.bundled.rules {
                if matches!(&rule.meta.scope, Scope::Kinds(kinds) if kinds.iter().any(|other| other == kind)) {
                    // In a checkout, the bundled rules are read from disk and can be edited.
                    parts.add(id.as_str().as_bytes()).add(rule.module.file.text().as_bytes());
                }
            }
            for other in lookups {
                let digest = catalogue.get(other).map(Parts::digest).unwrap_or_default();
                parts.add(other.as_bytes()).add(&digest);
            }
            (kind, parts.digest())
        };
        lookups.into_iter().map(context).collect()
    }
}

/// Evaluates all rules on a catalogue. Rules on single declarations run only on demanded declarations. Any thread may call `progress(done, all)`. The
/// memo does not change the result, and saves time only if there is more than one snapshot.
pub(crate) fn evaluate(
    snapshot: &Snapshot<'_>,
    memo: Option<&Memo>,
    demand: &Demand,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> RuleResults {
    let Snapshot { catalogue, bundled, local, data, budget, .. } = snapshot;
    let skipped = snapshot.skipped(demand);
    let all = catalogue.evaluated().filter(|(index, _)| !skipped.contains(index)).count();
    let done = AtomicUsize::new(0);
    let tick = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, all);
    let mut results = match memo {
        None => run_rules(bundled, catalogue, &skipped, data, *budget, &tick),
        Some(memo) => {
            let contexts = snapshot.contexts(memo);
            let mut names = Parts::default();
            for name in &snapshot.vendors {
                names.add(name.as_bytes());
            }
            let names = names.digest();
            let all = catalogue.evaluated();
            let demanded = all.filter(|(index, declaration)| declaration.well_formed && !skipped.contains(index));
            let demanded: Vec<(usize, &Declaration, Digest)> = demanded
                .filter_map(|(index, declaration)| {
                    let context = contexts.get(declaration.kind.as_str())?;
                    Some((index, declaration, with_vendors(context, declaration, &snapshot.vendors, &names)))
                })
                .collect();
            run_rules_with_cache(
                bundled,
                catalogue,
                &skipped,
                data,
                *budget,
                &CatalogueMemo::new(memo, &demanded),
                &tick,
            )
        }
    };
    if !local.rules.is_empty() {
        let more = snapshot.run_local(local, data);
        results.verdicts.extend(more.verdicts);
        results.failures.extend(more.failures);
    }
    results
}

/// All inputs of rules except the catalogue.
pub(crate) fn facts(ruleset: &Ruleset, today: &str, vendors: serde_json::Value, signoffs: serde_json::Value) -> Facts {
    Facts {
        today: today.to_owned(),
        params: ruleset.params.clone(),
        vendors,
        signoffs,
        rules: ruleset.ids().cloned().collect(),
    }
}

fn budget(config: &Config) -> Budget {
    Budget {
        rule: Duration::from_millis(config.limits.rule_millis),
        total: Duration::from_secs(config.limits.total_seconds),
        memory_mib: config.limits.memory_mib,
        findings: config.limits.findings,
    }
}

/// The vendor of a declaration, in lower case.
fn vendor_of(declaration: &Declaration) -> Option<String> {
    Some(declaration.root.get("metadata")?.get("vendor")?.text()?.to_lowercase())
}

/// The vendors that declarations name, as written but in lower case.
pub(crate) fn vendors_named(catalogue: &Catalogue) -> BTreeSet<String> {
    catalogue.own().iter().filter_map(vendor_of).collect()
}

/// Adds the names of all vendors to the key of a declaration if its vendor is unknown, because rules then compare this vendor with all these names.
fn with_vendors(context: &Digest, declaration: &Declaration, known: &BTreeSet<String>, names: &Digest) -> Digest {
    match vendor_of(declaration) {
        Some(vendor) if !known.contains(&vendor) => Parts::default().add(context).add(names).digest(),
        _ => *context,
    }
}

/// Whether two sets have rules and libraries with the same texts. The paths of the files may differ.
fn same_rules(one: &PolicySet, other: &PolicySet) -> bool {
    let rules = |set: &PolicySet| -> Vec<(RuleId, String)> {
        set.rules.iter().map(|(id, rule)| (id.clone(), rule.module.file.text().to_owned())).collect()
    };
    let libraries = |set: &PolicySet| -> Vec<String> {
        set.libraries.iter().map(|library| library.file.text().to_owned()).collect()
    };
    rules(one) == rules(other) && libraries(one) == libraries(other)
}
