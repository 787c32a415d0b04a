//! Commands that workflow runners read from the log: GitHub (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>)
//! and Azure Pipelines (<https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands>).

use std::io::Write;

use super::{
    OutputError, Style,
    escape::{azure as azure_text, github_data, github_property, terminal},
    summary,
};
use crate::{
    finding::Finding,
    report::{Failure, Report},
    rule::Severity,
};

/// GitHub shows this many of a kind for a step, and drops the rest without a word.
const CAP: usize = 10;

pub(super) fn github(report: &Report, style: &Style, out: &mut dyn Write) -> Result<(), OutputError> {
    let mut hidden = 0;
    let failures = report.failures.len().min(CAP);
    for failure in report.failures.iter().take(CAP) {
        writeln!(
            out,
            "::error {}::{}",
            github_failure(failure),
            github_data(&format!("could not check: {}", failure.message))
        )?;
    }
    for (severity, command) in [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "notice")]
    {
        let cap = if severity == Severity::Error { CAP - failures } else { CAP };
        let all: Vec<&Finding> = report.open().filter(|finding| finding.severity == severity).collect();
        hidden += all.len().saturating_sub(cap);
        for finding in all.into_iter().take(cap) {
            let (start, end) = (finding.place.start(), finding.place.end());
            let mut properties =
                format!("file={},line={},endLine={}", github_property(finding.place.file.path()), start.line, end.line);
            // Columns are only allowed on one line.
            if start.line == end.line {
                properties.push_str(&format!(",col={},endColumn={}", start.column, end.column));
            }
            let title = github_property(&format!("{} ({})", title(report, finding), finding.rule));
            writeln!(out, "::{command} {properties},title={title}::{}", github_data(&finding.message))?;
        }
    }
    if hidden + report.failures.len() - failures > 0 {
        writeln!(
            out,
            "::notice title=leaver::{} more, see the log or the summary",
            hidden + report.failures.len() - failures
        )?;
    }
    // The annotations are capped, the log is not.
    super::concise::render(report, style, out)
}

fn github_failure(failure: &Failure) -> String {
    match &failure.place {
        Some(place) => format!("file={},line={},title=leaver", github_property(place.file.path()), place.start().line),
        None => "title=leaver".into(),
    }
}

fn title(report: &Report, finding: &Finding) -> String {
    report.rules.get(&finding.rule).map_or_else(|| finding.rule.to_string(), |meta| meta.title.clone())
}

pub(super) fn azure(report: &Report, style: &Style, out: &mut dyn Write) -> Result<(), OutputError> {
    for failure in &report.failures {
        writeln!(
            out,
            "##vso[task.logissue type=error;code={}]{}",
            failure.code,
            azure_text(&format!("could not check: {}", failure.message))
        )?;
    }
    for finding in report.open() {
        let start = finding.place.start();
        let kind = if finding.severity == Severity::Error { "error" } else { "warning" };
        writeln!(
            out,
            "##vso[task.logissue type={kind};sourcepath={};linenumber={};columnnumber={};code={}]{}",
            azure_text(finding.place.file.path()),
            start.line,
            start.column,
            azure_text(finding.rule.as_str()),
            azure_text(&finding.message)
        )?;
    }
    for line in summary::draw(report, style).lines() {
        writeln!(out, "{}", terminal(line))?;
    }
    Ok(())
}
