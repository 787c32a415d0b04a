//! `rdjson`: reviewdog's diagnostic format. Columns are byte offsets.

use std::io;

use serde::Serialize;

use super::message;
use crate::{
    finding::Finding,
    output::{
        Grammar, OutputError, Renderer,
        concise::failure_text,
        escape::{Safe, json},
        place::{self, fix, page},
    },
    report::{Failure, Report},
    rule::Severity,
    source::{Place, Point},
};

#[derive(Serialize)]
struct Output {
    source: Source,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnostic {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
}

#[derive(Serialize)]
struct Code {
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

pub(crate) const FORMAT: Renderer =
    Renderer { name: "rdjson", grammar: Grammar::Json, render: |report, _, out| render(report, out) };

fn render(report: &Report, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let failures = report.failures.iter().map(Diagnostic::from);
    let findings = report.findings.iter().map(|finding| Diagnostic::finding(report, finding));
    let output = Output {
        source: Source { name: "leaver", url: env!("CARGO_PKG_REPOSITORY") },
        diagnostics: failures.chain(findings).collect(),
    };
    Ok(writeln!(out, "{}", json(&serde_json::to_string_pretty(&output)?))?)
}

impl Diagnostic {
    fn finding(report: &Report, finding: &Finding) -> Self {
        let severity = match finding.severity {
            _ if !finding.is_open() => "INFO",
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Info => "INFO",
        };
        let fix = fix(report, finding).map(|fix| format!("\nfix: {}", Safe::new(fix))).unwrap_or_default();
        let related = finding.related.iter().map(|related| Related {
            message: Safe::new(&related.message).to_string(),
            location: Location::from(&related.place),
        });
        Self {
            message: format!("{}{fix}", Safe::new(&message(finding))),
            location: Location::from(&finding.place),
            severity,
            code: Code { value: finding.rule.to_string(), url: page(report, &finding.rule) },
            related_locations: related.collect(),
        }
    }
}

impl From<&Failure> for Diagnostic {
    fn from(failure: &Failure) -> Self {
        let nowhere = || Location { path: String::new(), range: None };
        Self {
            message: format!("could not check everything: {}", failure_text(failure)),
            location: failure.place.as_ref().map_or_else(nowhere, Location::from),
            severity: "ERROR",
            code: Code { value: failure.code.to_string(), url: None },
            related_locations: Vec::new(),
        }
    }
}

impl From<&Place> for Location {
    fn from(place: &Place) -> Self {
        let place::Region { start, end } = place::Region::of(place);
        Self {
            path: place.file.path().to_owned(),
            range: Some(Range { start: Position::from(start), end: Position::from(end) }),
        }
    }
}

impl From<Point> for Position {
    fn from(point: Point) -> Self {
        Self { line: point.line, column: point.byte }
    }
}
