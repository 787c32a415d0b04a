//! Groups findings by owner, app or rule (`--group-by`), for formats that people read.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::{
    finding::Finding,
    output::{
        place::meta,
        summary::{Counts, NO_OWNER},
    },
    report::Report,
};

/// The criterion of `--group-by`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// The team that owns the findings.
    Owner,
    /// The declaration with the findings, or the file if there is no declaration.
    App,
    /// The rule.
    Rule,
}

impl GroupBy {
    /// All criteria, with their names on the command line.
    pub const ALL: [(&'static str, Self); 3] = [("owner", Self::Owner), ("app", Self::App), ("rule", Self::Rule)];

    fn title(self, report: &Report, finding: &Finding) -> String {
        match self {
            Self::Owner => finding.owner.as_ref().map_or_else(|| NO_OWNER.to_owned(), ToString::to_string),
            Self::App => match &finding.subject {
                Some(subject) if subject.kind == "App" => subject.name.clone(),
                Some(subject) => format!("{} {}", subject.kind, subject.name),
                None => finding.place.file.path().to_owned(),
            },
            Self::Rule => match meta(report, &finding.rule) {
                Some(meta) => format!("{}: {}", finding.rule, meta.title),
                None => finding.rule.to_string(),
            },
        }
    }
}

/// The findings of one group.
pub(crate) struct Group<'a> {
    /// The owner, app or rule.
    pub(crate) title: String,
    /// The findings, most severe first and waived findings last.
    pub(crate) findings: Vec<&'a Finding>,
    /// The counts of open findings.
    pub(crate) counts: Counts,
}

/// Returns the groups. Groups with the most errors come first.
pub(crate) fn groups<'a>(report: &Report, findings: impl Iterator<Item = &'a Finding>, by: GroupBy) -> Vec<Group<'a>> {
    let mut all: BTreeMap<String, Vec<&'a Finding>> = BTreeMap::new();
    for finding in findings {
        all.entry(by.title(report, finding)).or_default().push(finding);
    }
    let group = |(title, mut findings): (String, Vec<&'a Finding>)| {
        worst_first(&mut findings);
        Group { title, counts: Counts::of(findings.iter().copied()), findings }
    };
    let mut groups: Vec<Group<'_>> = all.into_iter().map(group).collect();
    groups.sort_by(|left, right| (Reverse(left.counts), &left.title).cmp(&(Reverse(right.counts), &right.title)));
    groups
}

/// Sorts by severity, with waived findings last. The sort is stable.
pub(crate) fn worst_first(findings: &mut [&Finding]) {
    findings.sort_by_key(|finding| (!finding.is_open(), Reverse(finding.severity)));
}
