//! Findings about waivers and the baseline: waivers that cover nothing or use positions, and apps that reuse another app's name.

use std::collections::BTreeSet;

use super::{Gathered, Request};
use crate::{
    finding::{Finding, Verdict},
    model::{Catalogue, Declaration, Waiver},
    rule::RuleId,
    ruleset::Ruleset,
    triage::{Before, IndexedWaiver, Reused, positional_paths, reused_name_verdicts, unused},
};

/// The id of the rule about waivers that cover nothing.
pub(super) const UNUSED: &str = "waiver/unused";
/// The id of the rule about waivers that identify list entries by position.
pub(super) const BY_POSITION: &str = "waiver/index-path";
/// The id of the rule about apps that reuse the name of another app.
pub(super) const REUSED: &str = "catalogue/reused-name";

/// The apps that the waivers and the baseline were written for: those of the commit that they come from, if there is one.
pub(super) fn before<'a>(request: &'a Request, catalogue: &'a Catalogue, past: Option<&'a Gathered>) -> Before<'a> {
    match (&request.trusted, past) {
        (Some(trusted), _) => Before::of(catalogue, trusted.apps.iter(), trusted.waivers.iter()),
        (None, Some(past)) => Before::of(catalogue, past.catalogue.own().iter(), past.catalogue.waivers()),
        (None, None) => Before::unknown(catalogue),
    }
}

/// Reports waivers that were written for another app, and those that identify list entries by position.
pub(super) fn waiver_findings(
    ruleset: &Ruleset,
    catalogue: &Catalogue,
    others: Vec<Reused>,
    before: &Before<'_>,
) -> Vec<Verdict> {
    let mut verdicts =
        enabled_rule(ruleset, REUSED).map(|rule| reused_name_verdicts(rule, others, catalogue)).unwrap_or_default();
    if let Some(rule) = enabled_rule(ruleset, BY_POSITION) {
        let own = catalogue.own().iter().enumerate().filter(|(_, declaration)| declaration.kind == "Waiver");
        let own: Vec<(usize, Waiver)> = own.filter_map(|(at, one)| Some((at, Waiver::read(one)?))).collect();
        verdicts.extend(positional_paths(rule, own.iter().map(|(index, waiver)| (*index, waiver)), before));
    }
    verdicts
}

/// The id of a rule that is implemented in Rust, if the rule is on.
pub(super) fn enabled_rule<'r>(ruleset: &'r Ruleset, id: &str) -> Option<&'r RuleId> {
    ruleset.running.rules.keys().find(|rule| rule.as_str() == id)
}

/// Reports waivers that cover nothing. Waivers that the change edits are not in force and not reported, nor are those that name an app that was
/// not evaluated.
pub(super) fn unused_waivers(
    ruleset: &Ruleset,
    request: &Request,
    (catalogue, before): (&Catalogue, &Before<'_>),
    waivers: &[Waiver],
    findings: &[Finding],
    is_evaluated: &dyn Fn(&Declaration) -> bool,
) -> Vec<Verdict> {
    let Some(rule) = enabled_rule(ruleset, UNUSED) else { return Vec::new() };
    let own = catalogue.own().iter();
    let skipped: BTreeSet<&str> = own
        .filter(|declaration| declaration.kind == "App" && !is_evaluated(declaration))
        .map(|app| app.name.as_str())
        .collect();
    let waivers = catalogue.own().iter().enumerate().filter_map(|(index, declaration)| {
        let here = Waiver::read(declaration).filter(|_| declaration.kind == "Waiver" && declaration.well_formed)?;
        if here.covered_apps(catalogue.own()).into_iter().any(|app| skipped.contains(app)) {
            return None;
        }
        waivers.iter().find(|waiver| **waiver == here).map(|waiver| IndexedWaiver { index, waiver })
    });
    let ran = |id: &str| ruleset.running.rules.keys().any(|rule| rule.as_str() == id);
    unused(rule, waivers, findings, catalogue, before, &request.today, &ran)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The findings of a misspelt id would be dropped silently.
    #[test]
    fn rules_that_are_reported_without_rego_exist() {
        for id in [UNUSED, BY_POSITION, REUSED] {
            let path = format!("{}/policies/{id}/rule.rego", env!("CARGO_MANIFEST_DIR"));
            assert!(std::path::Path::new(&path).is_file(), "{path}");
        }
    }
}
