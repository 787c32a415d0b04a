//! Findings gained and lost between two reports, compared by the same key as `--since` and baselines.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    finding::{Finding, Status, Subject},
    report::Report,
    rule::RuleId,
    triage::Key,
};

/// Why a finding came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Because {
    /// The declaration changed.
    Declared,
    /// A waiver now covers it, or no longer does.
    Waiver,
    /// Its rule was enabled or disabled.
    Rule,
}

impl Because {
    /// The word in JSON.
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
pub(crate) struct Turn<'a> {
    pub(crate) finding: &'a Finding,
    pub(crate) because: Because,
}

/// Identifies a finding on both sides. Findings that cannot be baselined are also compared by file and message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Same {
    Known(Key),
    Fixed { rule: RuleId, place: (String, String), path: String, message: String },
}

/// A report, and how to compare its findings with those of the other side.
pub(super) struct Seen<'s, 'a> {
    pub(super) report: &'a Report,
    pub(super) file: &'s dyn Fn(&Finding) -> String,
    /// Renamed declarations: old name → new name.
    pub(super) renamed: &'s BTreeMap<Subject, Subject>,
}

impl Seen<'_, '_> {
    fn same(&self, finding: &Finding) -> Same {
        match finding.subject.as_ref().and_then(|subject| self.renamed.get(subject)) {
            Some(now) => self.same_as_named(&Finding { subject: Some(now.clone()), ..finding.clone() }),
            None => self.same_as_named(finding),
        }
    }

    fn same_as_named(&self, finding: &Finding) -> Same {
        let place = || match &finding.subject {
            Some(subject) => (subject.kind.clone(), subject.name.clone()),
            None => ("File".into(), (self.file)(finding)),
        };
        // Identity is compared with the declaration, not with its findings.
        Key::of(finding).map(Key::by_name).map_or_else(
            || Same::Fixed {
                rule: finding.rule.clone(),
                place: place(),
                path: finding.address.to_string(),
                message: finding.message.clone(),
            },
            Same::Known,
        )
    }
}

/// The open findings of `here` that are not open in `there`: gained or lost, depending on the sides.
pub(super) fn only_here<'a>(here: &Seen<'_, 'a>, there: &Seen<'_, '_>) -> Vec<Turn<'a>> {
    let mut left: BTreeMap<Same, usize> = BTreeMap::new();
    for finding in there.report.open() {
        *left.entry(there.same(finding)).or_default() += 1;
    }
    let waived: BTreeSet<Same> = there
        .report
        .findings
        .iter()
        .filter(|finding| matches!(finding.status, Status::Waived(_)))
        .map(|finding| there.same(finding))
        .collect();
    let mut only = Vec::new();
    for finding in here.report.open() {
        let same = here.same(finding);
        if let Some(count) = left.get_mut(&same).filter(|count| **count > 0) {
            *count -= 1;
            continue;
        }
        let because = if waived.contains(&same) {
            Because::Waiver
        } else if there.report.rules.contains_key(&finding.rule) || finding.rule.is_fixed() {
            Because::Declared
        } else {
            Because::Rule
        };
        only.push(Turn { finding, because });
    }
    only.sort_by(|a, b| {
        let key = |turn: &Turn<'a>| {
            (std::cmp::Reverse(turn.finding.severity), turn.finding.rule.clone(), turn.finding.message.clone())
        };
        key(a).cmp(&key(b))
    });
    only
}
