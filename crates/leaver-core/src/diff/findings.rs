//! Findings gained and lost between two reports, compared by the key of `--since` and baselines, but without the identity.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    finding::{Finding, Status, Subject},
    report::Report,
    rule::RuleId,
    triage::Key,
};

/// Why a finding came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// The declaration changed.
    Declared,
    /// A waiver now covers the finding, or no longer covers it.
    Waiver,
    /// The rule was enabled or disabled.
    Rule,
}

impl Cause {
    /// Returns the word in JSON.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Waiver => "waiver",
            Self::Rule => "rule",
        }
    }
}

/// A finding that came or went.
#[derive(Debug, Clone)]
pub(crate) struct FindingChange<'a> {
    pub(crate) finding: &'a Finding,
    pub(crate) cause: Cause,
}

/// Identifies a finding on both sides. A finding that cannot be in a baseline is also compared by message, and by file if it has no declaration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum FindingKey {
    Known(Key),
    Fixed { rule: RuleId, place: (String, String), path: String, message: String },
}

/// A report, and the data for comparing its findings with the findings of the other side.
pub(super) struct Findings<'s, 'a> {
    pub(super) report: &'a Report,
    pub(super) file: &'s dyn Fn(&Finding) -> String,
    /// Renamed declarations: old name → new name.
    pub(super) renamed: &'s BTreeMap<Subject, Subject>,
}

impl Findings<'_, '_> {
    fn key(&self, finding: &Finding) -> FindingKey {
        match finding.subject.as_ref().and_then(|subject| self.renamed.get(subject)) {
            Some(now) => self.key_with_name(&Finding { subject: Some(now.clone()), ..finding.clone() }),
            None => self.key_with_name(finding),
        }
    }

    fn key_with_name(&self, finding: &Finding) -> FindingKey {
        let place = || match &finding.subject {
            Some(subject) => (subject.kind.clone(), subject.name.clone()),
            None => ("File".into(), (self.file)(finding)),
        };
        // A changed identity is shown as a change of the declaration, so findings are compared without the identity.
        Key::of(finding).map(Key::without_identity).map_or_else(
            || FindingKey::Fixed {
                rule: finding.rule.clone(),
                place: place(),
                path: finding.address.to_string(),
                message: finding.message.clone(),
            },
            FindingKey::Known,
        )
    }
}

/// Returns the open findings of `side` that are not open in `other`, most severe first. If `side` is the head, these findings are new; if `side` is
/// the base, they are gone.
pub(super) fn open_only_in<'a>(side: &Findings<'_, 'a>, other: &Findings<'_, '_>) -> Vec<FindingChange<'a>> {
    let mut left: BTreeMap<FindingKey, usize> = BTreeMap::new();
    for finding in other.report.open() {
        *left.entry(other.key(finding)).or_default() += 1;
    }
    let waived: BTreeSet<FindingKey> = other
        .report
        .findings
        .iter()
        .filter(|finding| matches!(finding.status, Status::Waived(_)))
        .map(|finding| other.key(finding))
        .collect();
    let mut changes = Vec::new();
    for finding in side.report.open() {
        let same = side.key(finding);
        if let Some(count) = left.get_mut(&same).filter(|count| **count > 0) {
            *count -= 1;
            continue;
        }
        let cause = if waived.contains(&same) {
            Cause::Waiver
        } else if other.report.rules.contains_key(&finding.rule) || finding.rule.is_mandatory() {
            Cause::Declared
        } else {
            Cause::Rule
        };
        changes.push(FindingChange { finding, cause });
    }
    changes.sort_by(|a, b| {
        let key = |change: &FindingChange<'a>| {
            (std::cmp::Reverse(change.finding.severity), change.finding.rule.clone(), change.finding.message.clone())
        };
        key(a).cmp(&key(b))
    });
    changes
}
