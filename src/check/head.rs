//! What would fail after the merge: the change's own configuration and rules, which are not in force under `--trust-ref`.

use std::time::Duration;

use super::{
    Request,
    judging::{facts, vendors_named},
};
use crate::{
    config::Config,
    facts::vendors,
    model::Catalogue,
    policy::{Budget, data_document, judge_isolated, looked_up},
    report::Failure,
    trust::{Trusted, of_the_change},
};

/// The failures of the change's configuration, and of its rules on its catalogue. The rules run in a child, by the limits of the trusted
/// configuration; what they find is for after the merge.
pub(super) fn failures(
    trusted: &Trusted,
    config: &Config,
    request: &Request,
    catalogue: &Catalogue,
    signoffs: &serde_json::Value,
    known: &[Failure],
) -> Vec<Failure> {
    let mut failures: Vec<Failure> = Vec::new();
    let budget = Budget {
        rule: Duration::from_millis(config.limits.rule_millis),
        total: Duration::from_secs(config.limits.total_seconds),
        memory_mib: config.limits.memory_mib,
        findings: config.limits.findings,
    };
    for head in &trusted.heads {
        failures.extend(head.failures.iter().cloned());
        let (Some(side), Some(binary), true) = (&head.side, &request.worker, trusted.is_edited()) else { continue };
        let (_, local) = side.config.policies.split();
        if local.rules.is_empty() {
            continue;
        }
        let facts = facts(
            &side.config,
            request,
            vendors(&side.config.vendors, &vendors_named(catalogue), true),
            signoffs.clone(),
        );
        let data = data_document(catalogue, &facts, &looked_up(&side.config.policies));
        let judgement = judge_isolated(&local, catalogue, &data, budget, binary);
        // A rule of the commit that fails is reported once.
        let new = judgement.failures.into_iter().filter(|failure| {
            !known.iter().any(|other| other.rule == failure.rule && other.message == failure.message)
        });
        failures.extend(of_the_change(new.collect()));
    }
    let mut once: Vec<Failure> = Vec::new();
    for failure in failures {
        if !once.contains(&failure) {
            once.push(failure);
        }
    }
    once
}
