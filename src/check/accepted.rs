//! Reports waivers that cover nothing, waivers that use positions, and apps that reuse the name of another app.

use std::collections::BTreeSet;

use super::{Gathered, Request};
use crate::{
    finding::{Finding, Verdict},
    model::{Catalogue, Declaration, Waiver},
    rule::RuleId,
    ruleset::Ruleset,
    triage::{IndexedWaiver, Reused, Versions, positional_paths, reused_name_verdicts, unused},
};

/// The id of the rule about waivers that cover nothing.
pub(super) const UNUSED: &str = "waiver/unused";
/// The id of the rule about waivers that identify list entries by position.
pub(super) const BY_POSITION: &str = "waiver/index-path";
/// The id of the rule about apps that reuse the name of another app.
pub(super) const REUSED: &str = "catalogue/reused-name";

/// The catalogue, and the commit from which its waivers and its baseline come: the trusted commit, else the base of `--since`, else no commit.
pub(super) fn versions<'a>(request: &'a Request, catalogue: &'a Catalogue, base: Option<&'a Gathered>) -> Versions<'a> {
    match (&request.trusted, base) {
        (Some(trusted), _) => Versions::with_commit(catalogue, trusted.apps.iter(), trusted.waivers.iter()),
        (None, Some(base)) => Versions::with_commit(catalogue, base.catalogue.own().iter(), base.catalogue.waivers()),
        (None, None) => Versions::current_only(catalogue),
    }
}

/// Returns verdicts on waivers that were written for another app, and on waivers that identify list entries by position.
pub(super) fn waiver_findings(
    ruleset: &Ruleset,
    catalogue: &Catalogue,
    reused: Vec<Reused>,
    versions: &Versions<'_>,
) -> Vec<Verdict> {
    let mut verdicts =
        enabled_rule(ruleset, REUSED).map(|rule| reused_name_verdicts(rule, reused, catalogue)).unwrap_or_default();
    if let Some(rule) = enabled_rule(ruleset, BY_POSITION) {
        let own = catalogue.own().iter().enumerate().filter(|(_, declaration)| declaration.kind == "Waiver");
        let own: Vec<(usize, Waiver)> =
            own.filter_map(|(index, waiver)| Some((index, Waiver::read(waiver)?))).collect();
        verdicts.extend(positional_paths(rule, own.iter().map(|(index, waiver)| (*index, waiver)), versions));
    }
    verdicts
}

/// The id of a rule that is implemented in Rust, if the rule is on.
pub(super) fn enabled_rule<'r>(ruleset: &'r Ruleset, id: &str) -> Option<&'r RuleId> {
    ruleset.running.rules.keys().find(|rule| rule.as_str() == id)
}

/// Returns verdicts on waivers that cover nothing. Skips waivers that the change edits, because they are not in force, and waivers for an app that
/// was not evaluated.
pub(super) fn unused_waivers(
    ruleset: &Ruleset,
    request: &Request,
    (catalogue, versions): (&Catalogue, &Versions<'_>),
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
    unused(rule, waivers, findings, catalogue, versions, &request.today, &ran)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// leaver would silently drop findings with a misspelt id.
    #[test]
    fn rules_that_are_reported_without_rego_exist() {
        for id in [UNUSED, BY_POSITION, REUSED] {
            let path = format!("{}/policies/{id}/rule.rego", env!("CARGO_MANIFEST_DIR"));
            assert!(std::path::Path::new(&path).is_file(), "{path}");
        }
    }
}
