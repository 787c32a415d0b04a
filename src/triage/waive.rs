//! Waivers: a covered finding stays in the report, but does not count.

use crate::{
    finding::{Finding, Status},
    model::{Catalogue, Waiver},
};

/// Marks the findings that a waiver in force covers. What says that a file is not valid (the group `schema`) cannot be waived.
pub fn waive(findings: &mut [Finding], catalogue: &Catalogue, today: &str) {
    let waivers: Vec<Waiver> = catalogue
        .own()
        .iter()
        .filter(|declaration| declaration.kind == "Waiver" && declaration.well_formed)
        .filter_map(Waiver::read)
        .collect();
    for finding in findings.iter_mut().filter(|finding| finding.rule.group() != "schema") {
        if let Some(by) = waivers.iter().find_map(|waiver| waiver.covers(finding, today)) {
            finding.status = Status::Waived(by.clone());
        }
    }
}
