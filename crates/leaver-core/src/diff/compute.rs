//! Computes the entries of a comparison, most serious first.

use std::{cmp::Reverse, collections::BTreeMap};

use serde_json::Value;

use super::{
    change::{Change, Kind, compare, whole_change},
    findings::{FindingChange, Findings, open_only_in},
    flat::Flat,
    inherited,
    pair::{Named, by_subject, renamed},
    table::Table,
};
use crate::{
    finding::{Finding, Subject},
    model::Declaration,
    report::{Code, Failure, Report},
    rule::Severity,
};

/// One side of the comparison.
#[derive(Debug)]
pub struct Side<'a> {
    /// The label: a commit, or the working tree.
    pub label: String,
    /// The full commit hash; `None` for the working tree.
    pub commit: Option<String>,
    /// The user's own declarations.
    pub declarations: &'a [Declaration],
    /// The report of the check of this side.
    pub report: &'a Report,
    /// The configuration in force, and the digests of the files that it names.
    pub config: Value,
    /// Files of the catalogue: displayed path → path relative to the repository root.
    pub files: BTreeMap<String, String>,
    /// Failures in reading or checking this side.
    pub failures: Vec<Failure>,
}

impl Side<'_> {
    fn file(&self, shown: &str) -> String {
        self.files.get(shown).cloned().unwrap_or_else(|| shown.to_owned())
    }

    /// Files with an unreadable document, and their text.
    fn unreadable_files(&self) -> BTreeMap<String, &str> {
        let unread = self.report.open().filter(|finding| is_unread(finding));
        unread.map(|finding| (self.file(finding.place.file.path()), finding.place.file.text())).collect()
    }

    /// Whether this side may lack declarations because the file could not be read completely.
    fn may_lack_declarations_of(&self, file: &str, broken: &BTreeMap<String, &str>) -> bool {
        let refused = |failure: &Failure| {
            let unread = failure.file.as_deref().unwrap_or_default();
            // A folder that could not be read may contain any file below it.
            matches!(failure.code, Code::Read | Code::Limit)
                && (unread == file || file.strip_prefix(unread).is_some_and(|rest| rest.starts_with('/')))
        };
        broken.contains_key(file) || self.failures.iter().any(refused)
    }
}

/// Whether a finding reports a document that cannot be read as a declaration. Only such findings have no subject and a mandatory rule.
fn is_unread(finding: &Finding) -> bool {
    finding.rule.is_mandatory() && finding.subject.is_none()
}

/// How a declaration changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EntryStatus {
    /// The declaration is on both sides with different content, possibly in another file or under another name.
    Changed,
    /// The declaration is new.
    Added,
    /// The declaration is gone.
    Removed,
    /// The content is the same, in another file.
    Moved,
    /// The content is the same, under another name.
    Renamed,
    /// The content is the same, but findings came or went.
    Same,
    /// The file could not be read on one side.
    Unread,
}

impl EntryStatus {
    /// Returns the word in JSON.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Moved => "moved",
            Self::Renamed => "renamed",
            Self::Same => "same",
            Self::Unread => "unread",
        }
    }
}

/// A declaration, configuration or file with something to report.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// Kind and name; `Config` and `File` are kinds too.
    pub(crate) subject: Subject,
    /// The word for the kind in messages.
    pub(crate) noun: String,
    /// The path of the file, relative to the repository root: on the head side, or on the base side if the head lacks the file.
    pub(crate) file: String,
    /// The former name, if the declaration was renamed.
    pub(crate) old_name: Option<String>,
    /// The former file, if the declaration was moved.
    pub(crate) old_file: Option<String>,
    /// How the declaration changed.
    pub(crate) status: EntryStatus,
    /// Changes that matter, most serious first.
    pub(crate) changes: Vec<Change>,
    /// The paths of all other values that changed.
    pub(crate) others: Vec<String>,
    /// Findings that are new.
    pub(crate) gained: Vec<FindingChange<'a>>,
    /// Findings that are gone.
    pub(crate) lost: Vec<FindingChange<'a>>,
    /// The number of apps that a change of a pattern affects.
    pub(crate) apps: Option<usize>,
}

/// The result of a comparison.
#[derive(Debug)]
pub struct Diff<'a> {
    pub(crate) base: &'a Side<'a>,
    pub(crate) head: &'a Side<'a>,
    /// The entries, most serious first.
    pub(crate) entries: Vec<Entry<'a>>,
}

/// Compares two sides. Returns `None` only if the bundled table is broken.
pub fn compute<'a>(base: &'a Side<'a>, head: &'a Side<'a>) -> Option<Diff<'a>> {
    let table = Table::bundled()?;
    let old = by_subject(base.declarations, &|shown| base.file(shown));
    let new = by_subject(head.declarations, &|shown| head.file(shown));
    let renamed = renamed(&old, &new);
    let mut entries = BTreeMap::new();
    for entry in compare_config(base, head, &table)
        .into_iter()
        .chain(compare_declarations(base, head, &old, &new, &renamed, &table))
    {
        entries.insert(entry.subject.clone(), entry);
    }
    let nothing = BTreeMap::new();
    let (old_file, new_file) = (
        |finding: &Finding| base.file(finding.place.file.path()),
        |finding: &Finding| head.file(finding.place.file.path()),
    );
    let before = Findings { report: base.report, file: &old_file, renamed: &renamed };
    let after = Findings { report: head.report, file: &new_file, renamed: &nothing };
    let entry_of = |finding: &Finding, side: &Side<'_>, renamed: &BTreeMap<Subject, Subject>| {
        let file = side.file(finding.place.file.path());
        let subject = match &finding.subject {
            Some(subject) => renamed.get(subject).unwrap_or(subject).clone(),
            None => Subject { kind: "File".into(), name: file.clone() },
        };
        let noun = table.kind(&subject.kind).noun.clone();
        let empty = Entry {
            subject: subject.clone(),
            noun,
            file,
            old_name: None,
            old_file: None,
            status: if is_unread(finding) { EntryStatus::Unread } else { EntryStatus::Same },
            changes: Vec::new(),
            others: Vec::new(),
            gained: Vec::new(),
            lost: Vec::new(),
            apps: None,
        };
        (subject, empty)
    };
    for change in open_only_in(&after, &before) {
        let (subject, empty) = entry_of(change.finding, head, &nothing);
        entries.entry(subject).or_insert(empty).gained.push(change);
    }
    for change in open_only_in(&before, &after) {
        let (subject, empty) = entry_of(change.finding, base, &renamed);
        entries.entry(subject).or_insert(empty).lost.push(change);
    }
    let mut entries: Vec<Entry<'a>> = entries.into_values().collect();
    entries.sort_by_cached_key(|entry| (Reverse(rank(entry, &table)), entry.subject.clone()));
    Some(Diff { base, head, entries })
}

/// Returns the sort key of an entry. The entry with the greatest key comes first. The criteria are, in this order: whether the file is unreadable,
/// whether the declaration itself changed, the rank of the kind, new errors, the greatest weight of a weaker value, the number of new findings, and
/// the greatest weight of a change.
fn rank(entry: &Entry<'_>, table: &Table) -> (bool, bool, u8, bool, u8, usize, u8) {
    let errors = entry.gained.iter().any(|change| change.finding.severity == Severity::Error);
    let weight = |weaker: bool| {
        entry.changes.iter().filter(|change| change.weaker || !weaker).map(|change| change.weight).max().unwrap_or(0)
    };
    let kind = table.kind(&entry.subject.kind).rank;
    (
        entry.status == EntryStatus::Unread,
        entry.status != EntryStatus::Same,
        kind,
        errors,
        weight(true),
        entry.gained.len(),
        weight(false),
    )
}

/// Compares the configurations in force like declarations.
fn compare_config<'a>(base: &Side<'_>, head: &Side<'_>, table: &Table) -> Option<Entry<'a>> {
    let rows = table.kind("Config");
    let flat = |side: &Side<'_>| Flat::of_value(&side.config, &|_| false);
    let found = compare(&flat(base), &flat(head), rows);
    let differs = !found.changes.is_empty() || !found.others.is_empty();
    differs.then(|| Entry {
        subject: Subject { kind: "Config".into(), name: crate::source::CONFIG_NAME.into() },
        noun: rows.noun.clone(),
        file: crate::source::CONFIG_NAME.into(),
        old_name: None,
        old_file: None,
        status: EntryStatus::Changed,
        changes: found.changes,
        others: found.others,
        gained: Vec::new(),
        lost: Vec::new(),
        apps: None,
    })
}

fn compare_declarations<'a>(
    base: &Side<'_>,
    head: &Side<'_>,
    old: &Named<'_>,
    new: &Named<'_>,
    renamed: &BTreeMap<Subject, Subject>,
    table: &Table,
) -> Vec<Entry<'a>> {
    let (broken_before, broken_now) = (base.unreadable_files(), head.unreadable_files());
    let names: BTreeMap<&Subject, &Subject> = renamed.iter().map(|(before, after)| (after, before)).collect();
    let mut entries = Vec::new();
    let mut reached: BTreeMap<&str, usize> = BTreeMap::new();
    for (subject, after) in new {
        let rows = table.kind(&subject.kind);
        let before_name = names.get(subject).copied().unwrap_or(subject);
        let mut entry = Entry {
            subject: subject.clone(),
            noun: rows.noun.clone(),
            file: after.file.clone(),
            old_name: (before_name != subject).then(|| before_name.name.clone()),
            old_file: None,
            status: EntryStatus::Same,
            changes: Vec::new(),
            others: Vec::new(),
            gained: Vec::new(),
            lost: Vec::new(),
            apps: None,
        };
        if let Some(before) = old.get(before_name) {
            let own = inherited::without_inherited(before, after);
            // An app counts once for each pattern that the app or one of its populations uses.
            let mut patterns = inherited::patterns_that_changed_populations(before, after);
            if own.as_ref().is_some_and(|own| own.affected && subject.kind == "App") {
                patterns.extend(after.declaration.layers().iter().map(|layer| layer.name.as_str()));
            }
            for pattern in patterns {
                *reached.entry(pattern).or_default() += 1;
            }
            let found = match own {
                Some(own) => compare(&own.old, &own.new, rows),
                None => compare(&before.flat, &after.flat, rows),
            };
            entry.old_file = (before.file != after.file).then(|| before.file.clone());
            entry.status = match (&entry.old_name, &entry.old_file) {
                _ if !found.changes.is_empty() || !found.others.is_empty() => EntryStatus::Changed,
                (Some(_), _) => EntryStatus::Renamed,
                (None, Some(_)) => EntryStatus::Moved,
                (None, None) => continue,
            };
            (entry.changes, entry.others) = (found.changes, found.others);
        } else if base.may_lack_declarations_of(&after.file, &broken_before) {
            entry.status = EntryStatus::Unread;
        } else {
            entry.status = EntryStatus::Added;
            entry.changes.extend(rows.whole.as_ref().map(|row| whole_change(row, Kind::Added, &after.flat)));
        }
        entries.push(entry);
    }
    for entry in
        entries.iter_mut().filter(|entry| entry.status == EntryStatus::Changed && entry.subject.kind == "Pattern")
    {
        entry.apps = Some(reached.get(entry.subject.name.as_str()).copied().unwrap_or_default());
    }
    for (subject, before) in
        old.iter().filter(|(subject, _)| !new.contains_key(*subject) && !renamed.contains_key(*subject))
    {
        let rows = table.kind(&subject.kind);
        let unread = head.may_lack_declarations_of(&before.file, &broken_now);
        let gone = rows.whole.as_ref().filter(|_| !unread).map(|row| whole_change(row, Kind::Removed, &before.flat));
        entries.push(Entry {
            subject: subject.clone(),
            noun: rows.noun.clone(),
            file: before.file.clone(),
            old_name: None,
            old_file: None,
            status: if unread { EntryStatus::Unread } else { EntryStatus::Removed },
            changes: gone.into_iter().collect(),
            others: Vec::new(),
            gained: Vec::new(),
            lost: Vec::new(),
            apps: None,
        });
    }
    entries
}

impl Diff<'_> {
    /// Whether both sides were completely read and checked. A file with an unreadable document counts as unchanged if both sides have the same bytes.
    pub fn is_complete(&self) -> bool {
        self.base.failures.is_empty()
            && self.head.failures.is_empty()
            && self.base.unreadable_files() == self.head.unreadable_files()
    }

    /// Whether both sides have no declarations.
    pub fn is_empty(&self) -> bool {
        self.base.declarations.is_empty() && self.head.declarations.is_empty()
    }
}
