//! Markdown for step summaries and comments, at most 1 MiB (GitHub's limit for a step summary).

use std::io::Write;

use super::{
    OutputError, Style,
    escape::{markdown_code, markdown_text},
    json::help_uri,
    summary::{by_severity, count},
};
use crate::{
    finding::{Finding, Status},
    report::Report,
    rule::Severity,
};

/// Room for the lines after the cut.
const LIMIT: usize = 1_000_000;

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn Write) -> Result<(), OutputError> {
    let summary = report.summary();
    let mark = if report.outcome(style.fail_on).code() == 0 { "✅" } else { "❌" };
    let mut text = format!("## {mark} leaver: {}\n\n", by_severity(&summary));
    let rules = report.rules.values().filter(|rule| !rule.native).count();
    text.push_str(&format!(
        "{} on {} in {}, {} waived. Profile {}, {}.\n",
        count(rules, "rule"),
        count(report.run.apps, "app"),
        count(report.run.files, "file"),
        summary.waived,
        markdown_code(&report.run.profile),
        markdown_text(&report.run.today),
    ));
    if !report.failures.is_empty() {
        text.push_str("\n### Could not be checked\n\n");
        for failure in &report.failures {
            text.push_str(&format!("- {}\n", markdown_text(&super::summary::failure_line(failure))));
        }
    }
    for (severity, heading) in [(Severity::Error, "Errors"), (Severity::Warning, "Warnings"), (Severity::Info, "Notes")]
    {
        let found: Vec<&Finding> = report.open().filter(|finding| finding.severity == severity).collect();
        table(heading, &found, report, &mut text);
    }
    let waived: Vec<&Finding> = report.findings.iter().filter(|finding| !finding.is_open()).collect();
    table("Waived", &waived, report, &mut text);
    out.write_all(text.as_bytes())?;
    Ok(())
}

fn table(heading: &str, findings: &[&Finding], report: &Report, text: &mut String) {
    if findings.is_empty() {
        return;
    }
    text.push_str(&format!("\n### {heading} ({})\n\n| Where | What | Rule |\n| --- | --- | --- |\n", findings.len()));
    for (index, finding) in findings.iter().enumerate() {
        if text.len() > LIMIT {
            text.push_str(&format!(
                "\n{} more; the full list is in the log or the SARIF file.\n",
                findings.len() - index
            ));
            return;
        }
        let start = finding.place.start();
        let place = markdown_code(&format!("{}:{}:{}", finding.place.file.path(), start.line, start.column));
        let waiver = match &finding.status {
            Status::Open => String::new(),
            Status::Waived(by) => format!(
                " (waived by {} until {}: {})",
                markdown_code(&by.name),
                markdown_code(&by.expires),
                markdown_text(&by.reason)
            ),
        };
        let url = report.rules.get(&finding.rule).map(|meta| help_uri(report, meta)).unwrap_or_default();
        let rule = if url.is_empty() { format!("`{}`", finding.rule) } else { format!("[`{}`]({url})", finding.rule) };
        text.push_str(&format!("| {place} | {}{waiver} | {rule} |\n", markdown_text(&finding.message)));
    }
}
