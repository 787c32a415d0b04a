//! `github`: annotations as workflow commands. GitHub keeps only ten annotations of each kind per step. The most severe findings therefore come
//! first, and findings above the limit are plain lines.

use std::{cmp::Reverse, io};

use super::MESSAGE_LIMIT;
use crate::{
    finding::Finding,
    output::{
        Grammar, OutputError, Renderer, Style,
        concise::{failure_line, failure_text, finding_line},
        escape::{Safe, github_data, github_property},
        place::{Region, fix, path},
        summary::SummaryText,
    },
    report::{Failure, Report},
    rule::Severity,
    source::Place,
};

/// The number of annotations of each kind that GitHub keeps per step.
const LIMIT: usize = 10;

pub(crate) const FORMAT: Renderer = Renderer { name: "github", grammar: Grammar::Commands, render };

fn render(report: &Report, style: &Style, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let mut left = [LIMIT, LIMIT, LIMIT - 1];
    let mut rest = Vec::new();
    for failure in &report.failures {
        if use_annotation(&mut left, Severity::Error) {
            writeln!(out, "{}", failure_command(failure))?;
        } else {
            rest.push(failure_line(failure));
        }
    }
    let mut open: Vec<&Finding> = report.open().collect();
    open.sort_by_key(|finding| Reverse(finding.severity));
    for finding in open {
        if use_annotation(&mut left, finding.severity) {
            writeln!(out, "{}", finding_command(report, finding))?;
        } else {
            rest.push(finding_line(finding));
        }
    }
    if !rest.is_empty() {
        writeln!(out, "::notice title=leaver::{} more without an annotation: see the log of this step", rest.len())?;
    }
    rest.extend(report.findings.iter().filter(|finding| !finding.is_open()).map(finding_line));
    for line in rest {
        writeln!(out, "{line}")?;
    }
    Ok(writeln!(out, "{}", SummaryText::new(report, style).line())?)
}

fn use_annotation(left: &mut [usize; 3], severity: Severity) -> bool {
    let slot = match severity {
        Severity::Error => &mut left[0],
        Severity::Warning => &mut left[1],
        Severity::Info => &mut left[2],
    };
    let free = *slot > 0;
    *slot = slot.saturating_sub(1);
    free
}

fn finding_command(report: &Report, finding: &Finding) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let message = Safe::cut(&finding.message, MESSAGE_LIMIT);
    let fix = fix(report, finding).map(|fix| format!("\nfix: {}", Safe::cut(fix, MESSAGE_LIMIT))).unwrap_or_default();
    let place = position(&finding.place);
    format!(
        "::{command} {place},title={}::{}",
        github_property(finding.rule.as_str()),
        github_data(&format!("{message}{fix}"))
    )
}

fn failure_command(failure: &Failure) -> String {
    let title = github_property(&format!("could not check: {}", failure.code));
    let place = failure.place.as_ref().map(|place| format!("{},", position(place))).unwrap_or_default();
    let help = failure.help.as_deref().map(|help| format!("\n{}", Safe::cut(help, MESSAGE_LIMIT))).unwrap_or_default();
    format!("::error {place}title={title}::{}", github_data(&format!("{}{help}", failure_text(failure))))
}

fn position(place: &Place) -> String {
    let Region { start, end } = Region::first_line(place);
    let file = github_property(&path(place));
    // GitHub's end column is inclusive.
    let last = end.column - 1;
    format!("file={file},line={},endLine={},col={},endColumn={last}", start.line, end.line, start.column)
}
