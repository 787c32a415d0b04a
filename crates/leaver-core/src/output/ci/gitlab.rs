//! `gitlab`: the Code Quality report. If two findings have the same fingerprint, GitLab shows only the first. leaver's fingerprints are unique.

use std::io;

use serde::Serialize;

use super::message;
use crate::{
    finding::Finding,
    output::{
        Grammar, OutputError, Renderer,
        concise::failure_text,
        escape::{Safe, json},
        place::{Region, fix},
    },
    report::{Failure, Report},
    rule::Severity,
    source::Place,
};

/// The file at which a failure without a place is shown, because GitLab requires a file.
const NO_FILE: &str = "leaver.yaml";

#[derive(Serialize)]
struct Entry {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Content>,
}

#[derive(Serialize)]
struct Content {
    body: String,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
    positions: Positions,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

#[derive(Serialize)]
struct Positions {
    begin: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

pub(crate) const FORMAT: Renderer =
    Renderer { name: "gitlab", grammar: Grammar::Json, render: |report, _, out| render(report, out) };

fn render(report: &Report, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let failures = report.failures.iter().enumerate().map(|(nth, failure)| Entry::failure(nth, failure));
    let findings = report.findings.iter().map(|finding| Entry::finding(report, finding));
    let entries: Vec<Entry> = failures.chain(findings).collect();
    Ok(writeln!(out, "{}", json(&serde_json::to_string_pretty(&entries)?))?)
}

impl Entry {
    fn finding(report: &Report, finding: &Finding) -> Self {
        let severity = match finding.severity {
            // GitLab has no waived findings, so these findings get the lowest severity and a text that mentions the waiver.
            _ if !finding.is_open() => "info",
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Info => "info",
        };
        Self {
            description: Safe::new(&message(finding)).to_string(),
            check_name: finding.rule.to_string(),
            fingerprint: finding.fingerprint.clone(),
            severity,
            location: Location::from(&finding.place),
            content: fix(report, finding).map(|fix| Content { body: Safe::new(fix).to_string() }),
        }
    }

    fn failure(nth: usize, failure: &Failure) -> Self {
        Self {
            description: format!("could not check everything: {}", failure_text(failure)),
            check_name: format!("leaver/{}", failure.code),
            fingerprint: format!("failure-{}-{nth}", failure.code),
            severity: "blocker",
            location: failure.place.as_ref().map_or_else(Location::without_place, Location::from),
            content: failure.help.as_deref().map(|help| Content { body: Safe::new(help).to_string() }),
        }
    }
}

impl From<&Place> for Location {
    fn from(place: &Place) -> Self {
        let Region { start, end } = Region::first_line(place);
        Self::new(place.file.path().trim_start_matches("./"), start.line, start.column, end.column)
    }
}

impl Location {
    fn without_place() -> Self {
        Self::new(NO_FILE, 1, 1, 1)
    }

    fn new(path: &str, line: usize, first: usize, last: usize) -> Self {
        Self {
            path: path.to_owned(),
            lines: Lines { begin: line, end: line },
            positions: Positions { begin: Position { line, column: first }, end: Position { line, column: last } },
        }
    }
}
