//! A catalogue before its rules: leaver's own in this process, those of users in a child.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use super::Request;
use crate::{
    config::Config,
    facts::vendors,
    model::{Catalogue, Declaration},
    policy::{Budget, Data, Facts, Judgement, PolicySet, data_document, has_local, judge, judge_isolated, looked_up},
    rule::Scope,
};

/// The rule on apps that are no longer in the catalogue.
const GONE: &str = "signoff/app-gone";

/// All that rules are given.
pub(super) struct Judging<'a> {
    config: &'a Config,
    request: &'a Request,
    catalogue: &'a Catalogue,
    data: Data,
    budget: Budget,
}

impl<'a> Judging<'a> {
    pub(super) fn new(
        config: &'a Config,
        request: &'a Request,
        catalogue: &'a Catalogue,
        signoffs: &serde_json::Value,
    ) -> Self {
        let vendors = vendors(&config.vendors, &vendors_named(catalogue), has_local(&config.policies));
        let facts = facts(config, request, vendors, signoffs.clone());
        let budget = Budget {
            rule: Duration::from_millis(config.limits.rule_millis),
            total: Duration::from_secs(config.limits.total_seconds),
            memory_mib: config.limits.memory_mib,
            findings: config.limits.findings,
        };
        Self {
            data: data_document(catalogue, &facts, &looked_up(&config.policies)),
            config,
            request,
            catalogue,
            budget,
        }
    }

    /// By all rules, but the bundled ones on single declarations are not asked about what is settled.
    pub(super) fn all(&self, settled: &BTreeSet<usize>, progress: &(dyn Fn(usize, usize) + Sync)) -> Judgement {
        let Self { config, request, catalogue, data, budget } = self;
        let (bundled, local) = config.policies.split();
        let all = catalogue.own().len() - settled.len();
        let done = AtomicUsize::new(0);
        let tick = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, all);
        let mut judgement = judge(&bundled, catalogue, settled, data, *budget, &tick);
        if !local.rules.is_empty() {
            let more = match &request.worker {
                Some(binary) => judge_isolated(&local, catalogue, data, *budget, binary),
                None => judge(&local, catalogue, &BTreeSet::new(), data, *budget, &|| {}),
            };
            judgement.verdicts.extend(more.verdicts);
            judgement.failures.extend(more.failures);
        }
        judgement
    }

    /// By the bundled rules on single declarations, a few of these.
    pub(super) fn only(&self, few: &BTreeSet<usize>) -> Judgement {
        if few.is_empty() {
            return Judgement::default();
        }
        let (bundled, _) = self.config.policies.split();
        let alone = bundled.rules.into_iter().filter(|(_, rule)| matches!(rule.meta.scope, Scope::Kinds(_))).collect();
        let rules = PolicySet { rules: alone, ..bundled };
        let settled = (0..self.catalogue.own().len()).filter(|index| !few.contains(index)).collect();
        judge(&rules, self.catalogue, &settled, &self.data, self.budget, &|| {})
    }

    /// Of apps that are no longer in the catalogue, by the one rule about them.
    pub(super) fn gone(&self, gone: &Catalogue) -> Judgement {
        let (bundled, _) = self.config.policies.split();
        let rules = bundled.rules.into_iter().filter(|(id, _)| id.as_str() == GONE).collect();
        judge(&PolicySet { rules, ..bundled }, gone, &BTreeSet::new(), &self.data, self.budget, &|| {})
    }
}

/// The vendors of declarations, as they write them, in lower case.
pub(super) fn vendors_named(catalogue: &Catalogue) -> BTreeSet<String> {
    let named =
        |declaration: &Declaration| Some(declaration.root.get("metadata")?.get("vendor")?.text()?.to_lowercase());
    catalogue.own().iter().filter_map(named).collect()
}

/// What is known before a run.
pub(super) fn facts(
    config: &Config,
    request: &Request,
    vendors: serde_json::Value,
    signoffs: serde_json::Value,
) -> Facts {
    Facts {
        today: request.today.clone(),
        params: config.params.clone(),
        vendors,
        signoffs,
        rules: config.all_rules.keys().cloned().collect(),
    }
}
