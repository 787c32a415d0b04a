//! `azure`: logging commands of Azure Pipelines. Azure supports only errors and warnings; infos and waived findings are plain lines.

use std::{cmp::Reverse, io};

use super::MESSAGE_LIMIT;
use crate::{
    finding::Finding,
    output::{
        Grammar, OutputError, Renderer, Style,
        concise::{failure_text, finding_line},
        escape::{Safe, azure_data, azure_property},
        place::{fix, path},
        summary::SummaryText,
    },
    report::Report,
    rule::Severity,
    source::Place,
};

pub(crate) const FORMAT: Renderer = Renderer { name: "azure", grammar: Grammar::Commands, render };

fn render(report: &Report, style: &Style, out: &mut dyn io::Write) -> Result<(), OutputError> {
    for failure in &report.failures {
        let place = failure.place.as_ref().map(position).unwrap_or_default();
        let code = azure_property(failure.code.as_str());
        writeln!(out, "##vso[task.logissue type=error;{place}code={code}]{}", azure_data(&failure_text(failure)))?;
    }
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| (!finding.is_open(), Reverse(finding.severity)));
    for finding in findings {
        match finding.severity {
            Severity::Error if finding.is_open() => writeln!(out, "{}", command("error", report, finding))?,
            Severity::Warning if finding.is_open() => writeln!(out, "{}", command("warning", report, finding))?,
            _ => writeln!(out, "{}", finding_line(finding))?,
        }
    }
    Ok(writeln!(out, "{}", SummaryText::new(report, style).line())?)
}

fn command(kind: &str, report: &Report, finding: &Finding) -> String {
    let message = Safe::cut(&finding.message, MESSAGE_LIMIT);
    let fix = fix(report, finding).map(|fix| format!(". fix: {}", Safe::cut(fix, MESSAGE_LIMIT))).unwrap_or_default();
    let place = position(&finding.place);
    let text = azure_data(&format!("{message}{fix}"));
    format!("##vso[task.logissue type={kind};{place}code={}]{text}", azure_property(finding.rule.as_str()))
}

fn position(place: &Place) -> String {
    let start = place.start();
    let file = azure_property(&path(place));
    format!("sourcepath={file};linenumber={};columnnumber={};", start.line, start.column)
}
