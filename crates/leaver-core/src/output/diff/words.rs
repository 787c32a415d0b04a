//! Wording shared by the formats of `leaver diff`. Text from declarations is not escaped here.

use std::collections::BTreeMap;

use crate::{
    diff::{Cause, Diff, Entry, EntryStatus, FindingChange, Side},
    output::{Style, block::blocks, summary::counted},
    rule::Severity,
};

/// Length of a shortened commit hash.
const SHORT_HASH: usize = 8;

/// Returns the name of a side, such as `main (1a2b3c4d)` or `working tree`.
pub(super) fn side(side: &Side<'_>) -> String {
    match &side.commit {
        Some(commit) if !commit.starts_with(&side.label) => {
            format!("{} ({})", side.label, commit.get(..SHORT_HASH).unwrap_or(commit))
        }
        _ => side.label.clone(),
    }
}

/// Returns the entries to show. If the findings of an app changed only because a pattern changed, the app is shown with the pattern.
pub(super) fn group_by_pattern<'e, 'a>(diff: &'e Diff<'a>) -> Vec<(&'e Entry<'a>, Vec<PatternFinding<'e>>)> {
    let changed_pattern = |name: &str| {
        let is = |entry: &&Entry<'_>| entry.apps.is_some() && entry.subject.name == name;
        diff.entries.iter().find(is).map(|entry| entry.subject.name.as_str())
    };
    let mut through: BTreeMap<&str, Vec<PatternFinding<'e>>> = BTreeMap::new();
    let mut shown = Vec::new();
    for entry in &diff.entries {
        let changes =
            || entry.gained.iter().map(|change| (change, false)).chain(entry.lost.iter().map(|change| (change, true)));
        let patterns: Option<Vec<&str>> =
            changes().map(|(change, _)| changed_pattern(change.finding.pattern.as_deref()?)).collect::<Option<_>>();
        match patterns.filter(|_| entry.status == EntryStatus::Same && entry.subject.kind == "App") {
            Some(patterns) => {
                for (pattern, (change, gone)) in patterns.into_iter().zip(changes()) {
                    through.entry(pattern).or_default().push(PatternFinding { change, gone });
                }
            }
            None => shown.push(entry),
        }
    }
    let of = |entry: &Entry<'_>| {
        let through = entry.apps.and_then(|_| through.remove(entry.subject.name.as_str()));
        through.unwrap_or_default()
    };
    let mut of = of;
    shown.into_iter().map(|entry| (entry, of(entry))).collect()
}

/// A finding that an app gained or lost because of a pattern.
pub(super) struct PatternFinding<'e> {
    pub(super) change: &'e FindingChange<'e>,
    pub(super) gone: bool,
}

/// Returns each reason once, with the severity, the rule, whether the findings are gone, and the message with the number of apps.
pub(super) fn reasons(through: &[PatternFinding<'_>]) -> Vec<(Severity, String, bool, String)> {
    let mut phrases = Vec::new();
    for cause in [Cause::Declared, Cause::Waiver, Cause::Rule] {
        for gone in [false, true] {
            let changes = through
                .iter()
                .filter(|pattern_finding| pattern_finding.gone == gone && pattern_finding.change.cause == cause);
            for block in blocks(changes.map(|pattern_finding| pattern_finding.change.finding)) {
                let names = block.names(&Style::default()).map(|names| format!(" ({names})")).unwrap_or_default();
                let text = format!("{}: {}{names}", finding_change(gone, cause), block.message());
                phrases.push((block.first.severity, block.first.rule.to_string(), gone, text));
            }
        }
    }
    phrases
}

/// Returns kind and name as shown. Apps, configurations and files are shown without a kind.
pub(super) fn title<'e>(entry: &'e Entry<'_>) -> (Option<&'e str>, &'e str) {
    let name = entry.subject.name.as_str();
    match entry.subject.kind.as_str() {
        "App" | "Config" | "File" => (None, name),
        _ => (Some(&entry.noun), name),
    }
}

/// Returns what happened to the declaration as a whole, unless the list of changes already shows it.
pub(super) fn status_phrases(entry: &Entry<'_>) -> Vec<String> {
    let mut phrases = Vec::new();
    if entry.status == EntryStatus::Unread {
        phrases.push("cannot be compared, because the file could not be read".into());
    }
    if matches!(entry.status, EntryStatus::Added | EntryStatus::Removed) && entry.changes.is_empty() {
        phrases.push(if entry.status == EntryStatus::Added { "new".into() } else { "removed".into() });
    }
    phrases.extend(entry.apps.map(|apps| match apps {
        0 => "affects no app".to_owned(),
        apps => format!("affects {}", counted(apps, "app")),
    }));
    phrases.extend(entry.old_name.as_ref().map(|name| format!("renamed, was {name}")));
    phrases.extend(entry.old_file.as_ref().map(|file| format!("moved, was in {file}")));
    phrases
}

/// Returns the number of values that the table does not describe, such as `and 2 other fields`.
pub(super) fn other_fields(entry: &Entry<'_>, first: bool) -> Option<String> {
    let count = entry.others.len();
    let phrase = if first { counted(count, "field") } else { counted(count, "other field") };
    (count > 0).then(|| if first { format!("{phrase} changed") } else { format!("and {phrase}") })
}

/// Returns the number of entries above a limit, such as `4 more declarations, 37 with other findings only`.
pub(super) fn omitted<'e, 'a: 'e>(entries: impl Iterator<Item = &'e Entry<'a>>) -> Option<String> {
    let (only, more): (Vec<_>, Vec<_>) = entries.partition(|entry| entry.status == EntryStatus::Same);
    let (only, more) = (only.len(), more.len());
    match (more, only) {
        (0, 0) => None,
        (0, only) => Some(format!("{} with other findings only", counted(only, "declaration"))),
        (more, 0) => Some(counted(more, "more declaration")),
        (more, only) => Some(format!("{}, {only} with other findings only", counted(more, "more declaration"))),
    }
}

/// Returns a text such as `2 findings new (1 error), 1 gone`, or `None` if no finding came or went.
pub(super) fn findings<'d>(
    gained: impl Iterator<Item = &'d FindingChange<'d>>,
    lost: impl Iterator<Item = &'d FindingChange<'d>>,
) -> Option<String> {
    let mut counts: BTreeMap<(bool, Cause), (usize, usize)> = BTreeMap::new();
    for (gone, change) in gained.map(|change| (false, change)).chain(lost.map(|change| (true, change))) {
        let (count, errors) = counts.entry((gone, change.cause)).or_default();
        *count += 1;
        *errors += usize::from(change.finding.severity == Severity::Error);
    }
    let mut parts = Vec::new();
    for ((gone, cause), (count, errors)) in counts {
        let noun = if parts.is_empty() { counted(count, "finding") } else { count.to_string() };
        let errors = if gone || errors == 0 { String::new() } else { format!(" ({})", counted(errors, "error")) };
        parts.push(format!("{noun} {}{errors}", finding_change(gone, cause)));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Describes what happened to a finding.
pub(super) const fn finding_change(gone: bool, cause: Cause) -> &'static str {
    match (gone, cause) {
        (false, Cause::Declared) => "new",
        (false, Cause::Waiver) => "no longer waived",
        (false, Cause::Rule) => "from newly enabled rules",
        (true, Cause::Declared) => "gone",
        (true, Cause::Waiver) => "waived now",
        (true, Cause::Rule) => "dropped with disabled rules",
    }
}

/// Returns a summary in one sentence, such as `2 apps changed, 1 waiver new · 2 findings new (1 error), 1 gone`.
pub(super) fn sentence(diff: &Diff<'_>, separator: &str) -> String {
    let mut counts: BTreeMap<(EntryStatus, &str, &str), usize> = BTreeMap::new();
    for entry in &diff.entries {
        *counts.entry((entry.status, entry.subject.kind.as_str(), entry.noun.as_str())).or_default() += 1;
    }
    let phrases = counts.iter().filter(|((status, ..), _)| *status != EntryStatus::Same);
    let phrases: Vec<String> = phrases
        .map(|((status, kind, noun), count)| match (*kind, status) {
            ("Config", _) => "configuration changed".into(),
            (_, EntryStatus::Unread) => format!("{} that cannot be compared", counted(*count, noun)),
            _ => format!("{} {}", counted(*count, noun), status_word(*status)),
        })
        .collect();
    let found = findings(
        diff.entries.iter().flat_map(|entry| &entry.gained),
        diff.entries.iter().flat_map(|entry| &entry.lost),
    );
    let mut parts: Vec<String> = if phrases.is_empty() { Vec::new() } else { vec![phrases.join(", ")] };
    parts.extend(found);
    if parts.is_empty() {
        let count = diff.head.declarations.len();
        return match (count, diff.is_empty()) {
            (_, true) => "nothing to compare: no declaration on either side".into(),
            (count, false) => format!("no change in {}", counted(count, "declaration")),
        };
    }
    parts.join(separator)
}

const fn status_word(status: EntryStatus) -> &'static str {
    match status {
        EntryStatus::Added => "new",
        EntryStatus::Removed => "removed",
        EntryStatus::Moved => "moved",
        EntryStatus::Renamed => "renamed",
        EntryStatus::Changed | EntryStatus::Same | EntryStatus::Unread => "changed",
    }
}
