//! Waivers: a covered finding stays in the report, but does not count.

use std::collections::BTreeMap;

use crate::{
    finding::{Finding, Status},
    model::Waiver,
};

/// Marks the findings that a waiver in force covers. What says that a file is not valid, or that trusted files were edited, cannot be waived.
pub fn waive(findings: &mut [Finding], waivers: &[Waiver], today: &str) {
    // By rule and app: a catalogue may hold thousands of either.
    let mut index: BTreeMap<(&str, &str), Vec<&Waiver>> = BTreeMap::new();
    for waiver in waivers {
        for app in waiver.apps() {
            index.entry((waiver.rule(), app)).or_default().push(waiver);
        }
    }
    for finding in findings.iter_mut().filter(|finding| can_be_silenced(finding)) {
        let Some(subject) = &finding.subject else { continue };
        let waivers = index.get(&(finding.rule.as_str(), subject.name.as_str()));
        if let Some(by) = waivers.into_iter().flatten().find_map(|waiver| waiver.covers(finding, today)) {
            finding.status = Status::Waived(by.clone());
        }
    }
}

/// Whether a person may accept a finding, or know it already.
pub(super) fn can_be_silenced(finding: &Finding) -> bool {
    !finding.rule.is_fixed()
}
