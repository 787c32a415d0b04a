//! Waivers: a covered finding stays in the report but does not count.

use std::collections::BTreeMap;

use super::before::{Before, Reused, Waived};
use crate::{
    finding::{Finding, Status},
    model::Waiver,
};

/// The key for waivers that name no app; no app has this name.
const ANY: &str = "";

/// Marks the findings that waivers in force cover, and returns waivers that were given for another app of the same name. Findings that a
/// file is invalid or that trusted files were edited cannot be waived.
pub fn waive(findings: &mut [Finding], waivers: &[Waiver], before: &Before<'_>, today: &str) -> Vec<Reused> {
    // Index by rule and app, since a catalogue may have thousands of both. Waivers that name no app come last.
    let mut index: BTreeMap<(&str, &str), Vec<&Waiver>> = BTreeMap::new();
    for waiver in waivers.iter().filter(|waiver| !before.exceeds_limit(waiver)) {
        for app in waiver.apps() {
            index.entry((waiver.rule(), app)).or_default().push(waiver);
        }
        if waiver.is_open() {
            index.entry((waiver.rule(), ANY)).or_default().push(waiver);
        }
    }
    let mut reused = Vec::new();
    for finding in findings.iter_mut().filter(|finding| can_be_accepted(finding)) {
        let Some(subject) = &finding.subject else { continue };
        let waivers = [subject.name.as_str(), ANY].map(|app| index.get(&(finding.rule.as_str(), app)));
        let mut others = Vec::new();
        let by =
            waivers.into_iter().flatten().flatten().find_map(|waiver| match before.waived(waiver, finding, today) {
                Waived::By(waiver) => Some(waiver.by().clone()),
                Waived::Other(other) => {
                    others.push(other);
                    None
                }
                Waived::No => None,
            });
        match by {
            Some(by) => finding.status = Status::Waived(by),
            None => reused.append(&mut others),
        }
    }
    reused
}

/// Whether a waiver or baseline may cover a finding.
pub(super) fn can_be_accepted(finding: &Finding) -> bool {
    !finding.rule.is_fixed()
}
