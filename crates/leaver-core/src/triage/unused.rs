//! Finds unused waivers. A waiver can be unused only if the run evaluated its rule and its apps.

use super::versions::{Coverage, Versions};
use crate::{
    finding::{Finding, RelatedVerdict, Step, Subject, Target, Verdict},
    model::{Catalogue, Declaration, Waiver},
    rule::RuleId,
};

/// A Waiver of the catalogue, with its parsed content.
pub struct IndexedWaiver<'a> {
    /// The index of the declaration in the catalogue.
    pub index: usize,
    /// The waiver.
    pub waiver: &'a Waiver,
}

/// Finds the waivers in force that cover no finding. Returns a verdict of `rule` on each such Waiver. `ran` returns whether a rule ran.
pub fn unused<'a>(
    rule: &RuleId,
    waivers: impl IntoIterator<Item = IndexedWaiver<'a>>,
    findings: &[Finding],
    catalogue: &Catalogue,
    versions: &Versions<'_>,
    today: &str,
    ran: &dyn Fn(&str) -> bool,
) -> Vec<Verdict> {
    waivers
        .into_iter()
        .filter(|IndexedWaiver { waiver, .. }| {
            waiver.in_force(today) && ran(waiver.rule()) && is_evaluated(waiver, catalogue)
        })
        .filter(|IndexedWaiver { waiver, .. }| !versions.exceeds_limit(waiver))
        .filter(|IndexedWaiver { waiver, .. }| {
            // Skip waivers that were given for another app: another rule reports them.
            !findings.iter().filter(|finding| super::waive::can_be_accepted(finding)).any(|finding| {
                waiver.matches(finding, today)
                    && !matches!(versions.coverage(waiver, finding, today), Coverage::NotCovered)
            })
        })
        .map(|IndexedWaiver { index, waiver }| Verdict {
            rule: rule.clone(),
            declaration: index,
            path: vec![Step::Key("spec".into()), Step::Key("rule".into())],
            message: message(waiver),
            severity: None,
            related: apps_without_findings(waiver, catalogue),
            fix: Vec::new(),
        })
        .collect()
}

/// Whether at least one app of the waiver exists, and all existing apps of the waiver were evaluated.
fn is_evaluated(waiver: &Waiver, catalogue: &Catalogue) -> bool {
    let app = |name: &str| catalogue.find(&Subject { kind: "App".into(), name: name.to_owned() });
    let apps: Vec<&Declaration> = waiver.covered_apps(catalogue.own()).into_iter().filter_map(app).collect();
    !apps.is_empty() && apps.iter().all(|app| app.well_formed)
}

/// Returns the existing apps of an unused waiver.
fn apps_without_findings(waiver: &Waiver, catalogue: &Catalogue) -> Vec<RelatedVerdict> {
    let apps = waiver.covered_apps(catalogue.own()).into_iter();
    let apps = apps.map(|name| Subject { kind: "App".into(), name: name.to_owned() });
    apps.filter(|app| catalogue.find(app).is_some())
        .map(|app| RelatedVerdict {
            target: Target::Named(app),
            path: vec![Step::Key("metadata".into()), Step::Key("name".into())],
            message: "no finding to waive".into(),
        })
        .collect()
}

fn message(waiver: &Waiver) -> String {
    let place = waiver.path().map(|path| format!(" at or below `{path}`")).unwrap_or_default();
    format!("{}: `{}` has no finding in {}{place}", waiver.name(), waiver.rule(), waiver.described_apps())
}
