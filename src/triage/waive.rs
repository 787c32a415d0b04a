//! Waivers: a covered finding stays in the report, but does not count.

use crate::{
    finding::{Finding, Status},
    model::Waiver,
};

/// Marks the findings that a waiver in force covers. What says that a file is not valid, or that trusted files were edited, cannot be waived.
pub fn waive(findings: &mut [Finding], waivers: &[Waiver], today: &str) {
    for finding in findings.iter_mut().filter(|finding| can_be_silenced(finding)) {
        if let Some(by) = waivers.iter().find_map(|waiver| waiver.covers(finding, today)) {
            finding.status = Status::Waived(by.clone());
        }
    }
}

/// Whether a person may accept a finding, or know it already.
pub(super) fn can_be_silenced(finding: &Finding) -> bool {
    !finding.rule.is_fixed()
}
