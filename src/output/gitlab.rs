//! GitLab Code Quality (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use std::io::Write;

use serde::Serialize;

use super::{OutputError, escape::terminal, json::write_json};
use crate::{finding::Status, report::Report, rule::Severity};

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    positions: Positions,
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

pub(super) fn render(report: &Report, out: &mut dyn Write) -> Result<(), OutputError> {
    let findings = report.findings.iter().map(|finding| {
        let waived = match &finding.status {
            Status::Open => None,
            Status::Waived(by) => Some(format!(" (waived by {} until {})", by.name, by.expires)),
        };
        let severity = match (&waived, finding.severity) {
            (Some(_), _) | (None, Severity::Info) => "info",
            (None, Severity::Warning) => "minor",
            (None, Severity::Error) => "major",
        };
        let (start, end) = (finding.place.start(), finding.place.end());
        Entry {
            description: terminal(&format!("{}{}", finding.message, waived.unwrap_or_default())),
            check_name: finding.rule.as_str(),
            fingerprint: finding.fingerprint.clone(),
            severity,
            location: Location {
                path: terminal(finding.place.file.path()),
                positions: Positions {
                    begin: Position { line: start.line, column: start.column },
                    end: Position { line: end.line, column: end.column },
                },
            },
        }
    });
    let failures = report.failures.iter().enumerate().map(|(index, failure)| {
        let start = failure.place.as_ref().map_or((1, 1), |place| (place.start().line, place.start().column));
        let position = || Position { line: start.0, column: start.1 };
        Entry {
            description: terminal(&format!("could not check: {}", failure.message)),
            check_name: failure.code,
            fingerprint: format!("failure-{index}-{}", failure.code),
            severity: "blocker",
            location: Location {
                path: terminal(failure.place.as_ref().map_or("leaver.yaml", |place| place.file.path())),
                positions: Positions { begin: position(), end: position() },
            },
        }
    });
    write_json(&findings.chain(failures).collect::<Vec<_>>(), true, out)
}
