//! Applies waivers. A covered finding stays in the report but does not count.

use std::collections::BTreeMap;

use super::versions::{Coverage, Reused, Versions};
use crate::{
    finding::{Finding, Status},
    model::Waiver,
};

/// The key of waivers that list no app. No app has this name.
const ANY: &str = "";

/// Marks the findings that waivers in force cover. Returns the reused names, because a waiver for one app does not cover another app with the same
/// name. Findings about invalid files and edited trusted files cannot be waived.
pub fn waive(findings: &mut [Finding], waivers: &[Waiver], versions: &Versions<'_>, today: &str) -> Vec<Reused> {
    // Waivers by rule and app, because a catalogue may have thousands of waivers and findings. Waivers that list no app come last.
    let mut index: BTreeMap<(&str, &str), Vec<&Waiver>> = BTreeMap::new();
    for waiver in waivers.iter().filter(|waiver| !versions.exceeds_limit(waiver)) {
        for app in waiver.apps() {
            index.entry((waiver.rule(), app)).or_default().push(waiver);
        }
        if waiver.lists_no_apps() {
            index.entry((waiver.rule(), ANY)).or_default().push(waiver);
        }
    }
    let mut reused = Vec::new();
    for finding in findings.iter_mut().filter(|finding| can_be_accepted(finding)) {
        let Some(subject) = &finding.subject else { continue };
        let waivers = [subject.name.as_str(), ANY].map(|app| index.get(&(finding.rule.as_str(), app)));
        let mut reused_names = Vec::new();
        let by = waivers.into_iter().flatten().flatten().find_map(|waiver| {
            match versions.coverage(waiver, finding, today) {
                Coverage::Covered(waiver) => Some(waiver.waived_by().clone()),
                Coverage::OtherApp(reused) => {
                    reused_names.push(reused);
                    None
                }
                Coverage::NotCovered => None,
            }
        });
        match by {
            Some(by) => finding.status = Status::Waived(by),
            None => reused.append(&mut reused_names),
        }
    }
    reused
}

/// Whether a waiver or baseline may cover a finding.
pub(super) fn can_be_accepted(finding: &Finding) -> bool {
    !finding.rule.is_mandatory()
}
