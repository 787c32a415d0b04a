//! `json`, version 1, as in `schemas/diff.schema.json`. The types here are the file format: they change only with the schema.

use std::io;

use serde::Serialize;
use serde_json::Value;

use crate::{
    diff::{self, Cause, EntryStatus},
    finding::pointer,
    output::{OutputError, escape},
    report,
    rule::Severity,
};

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    tool: Tool,
    today: &'a str,
    base: Side<'a>,
    head: Side<'a>,
    complete: bool,
    summary: Summary,
    entries: Vec<Entry<'a>>,
    failures: Vec<Failure<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Side<'a> {
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    profile: &'a str,
    declarations: usize,
    findings: usize,
}

#[derive(Serialize)]
struct Summary {
    changed: usize,
    added: usize,
    removed: usize,
    moved: usize,
    renamed: usize,
    unread: usize,
    weaker: usize,
    gained: usize,
    lost: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    kind: &'a str,
    name: &'a str,
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_file: Option<&'a str>,
    fate: &'static str,
    changes: Vec<Change<'a>>,
    other_paths: &'a [String],
    gained: Vec<Finding<'a>>,
    lost: Vec<Finding<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    apps: Option<usize>,
}

#[derive(Serialize)]
struct Change<'a> {
    path: &'a str,
    #[serde(rename = "change")]
    what: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<&'a Value>,
    weaker: bool,
    weight: u8,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: Severity,
    message: &'a str,
    pointer: String,
    address: String,
    because: &'static str,
}

#[derive(Serialize)]
struct Failure<'a> {
    side: &'static str,
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

pub(super) fn render(diff: &diff::Diff<'_>, today: &str, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let failures = |side: &'static str, failures: &'_ [report::Failure]| {
        failures.iter().map(|failure| (side, failure.clone())).collect::<Vec<_>>()
    };
    let all = [failures("base", &diff.base.failures), failures("head", &diff.head.failures)].concat();
    let document = Document {
        version: "1",
        tool: Tool { name: "leaver", version: env!("CARGO_PKG_VERSION") },
        today,
        base: Side::from(diff.base),
        head: Side::from(diff.head),
        complete: diff.is_complete(),
        summary: Summary::from(diff),
        entries: diff.entries.iter().map(Entry::from).collect(),
        failures: all
            .iter()
            .map(|(side, failure)| Failure {
                side,
                code: failure.code.as_str(),
                message: &failure.message,
                help: failure.help.as_deref(),
            })
            .collect(),
    };
    let text = escape::json(&serde_json::to_string_pretty(&document)?);
    Ok(writeln!(out, "{text}")?)
}

impl<'a> From<&'a diff::Side<'_>> for Side<'a> {
    fn from(side: &'a diff::Side<'_>) -> Self {
        Self {
            label: &side.label,
            commit: side.commit.as_deref(),
            profile: &side.report.run.profile,
            declarations: side.declarations.len(),
            findings: side.report.open().count(),
        }
    }
}

impl From<&diff::Diff<'_>> for Summary {
    fn from(diff: &diff::Diff<'_>) -> Self {
        let count = |status: EntryStatus| diff.entries.iter().filter(|entry| entry.status == status).count();
        Self {
            changed: count(EntryStatus::Changed),
            added: count(EntryStatus::Added),
            removed: count(EntryStatus::Removed),
            moved: count(EntryStatus::Moved),
            renamed: count(EntryStatus::Renamed),
            unread: count(EntryStatus::Unread),
            weaker: diff.entries.iter().flat_map(|entry| &entry.changes).filter(|change| change.weaker).count(),
            gained: diff.entries.iter().map(|entry| entry.gained.len()).sum(),
            lost: diff.entries.iter().map(|entry| entry.lost.len()).sum(),
        }
    }
}

impl<'a> From<&'a diff::Entry<'_>> for Entry<'a> {
    fn from(entry: &'a diff::Entry<'_>) -> Self {
        Self {
            kind: &entry.subject.kind,
            name: &entry.subject.name,
            file: &entry.file,
            old_name: entry.old_name.as_deref(),
            old_file: entry.old_file.as_deref(),
            fate: entry.status.as_str(),
            changes: entry.changes.iter().map(Change::from).collect(),
            other_paths: &entry.others,
            gained: entry.gained.iter().map(Finding::from).collect(),
            lost: entry.lost.iter().map(Finding::from).collect(),
            apps: entry.apps,
        }
    }
}

impl<'a> From<&'a diff::Change> for Change<'a> {
    fn from(change: &'a diff::Change) -> Self {
        Self {
            path: &change.path,
            what: change.kind.as_str(),
            text: change.phrase("→"),
            old: change.old.as_ref(),
            new: change.new.as_ref(),
            weaker: change.weaker,
            weight: change.weight,
        }
    }
}

impl<'a> From<&diff::FindingChange<'a>> for Finding<'a> {
    fn from(change: &diff::FindingChange<'a>) -> Self {
        let finding = change.finding;
        let cause: Cause = change.cause;
        Self {
            rule: finding.rule.as_str(),
            severity: finding.severity,
            message: &finding.message,
            pointer: pointer(&finding.path),
            address: finding.address.to_string(),
            because: cause.as_str(),
        }
    }
}
