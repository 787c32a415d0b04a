//! `concise`: one line per failure and one per block of findings, in the form that editors and `grep` expect, then one line of counts.

use std::io;

use crate::{
    finding::Finding,
    output::{
        Grammar, OutputError, Renderer, Style,
        block::{Block, blocks},
        escape::Safe,
        group::{Group, groups},
        place::position,
        summary::{RunResult, SummaryText},
    },
    report::{Failure, Report},
};

/// Maximum length of a message in a line.
const MESSAGE_LIMIT: usize = 1000;
/// Maximum length of a group title.
const TITLE_LIMIT: usize = 200;

pub(super) const FORMAT: Renderer = Renderer { name: "concise", grammar: Grammar::Text, render };

fn render(report: &Report, style: &Style, out: &mut dyn io::Write) -> Result<(), OutputError> {
    for failure in &report.failures {
        writeln!(out, "{}", failure_line(failure))?;
    }
    match style.group_by {
        None => {
            for block in blocks(&report.findings) {
                writeln!(out, "{}", block_line(&block, style))?;
            }
        }
        Some(by) => {
            for group in groups(report, report.findings.iter(), by) {
                writeln!(out, "{}", heading(&group))?;
                for block in blocks(group.findings.iter().copied()) {
                    writeln!(out, "  {}", block_line(&block, style))?;
                }
            }
        }
    }
    let words = SummaryText::new(report, style);
    if !style.quiet || words.result == RunResult::Failed {
        writeln!(out, "{}", words.line())?;
    }
    Ok(())
}

/// Returns the heading of a group, such as `it-apps (it-apps@example.com): 2 errors`.
pub(super) fn heading(group: &Group<'_>) -> String {
    let counts = group.counts.to_string();
    let counts = if counts.is_empty() { "all waived" } else { &counts };
    // Escape the whole line again: a colon at the end of the title and the next colon would form `::`.
    Safe::new(&format!("{}: {counts}", Safe::cut(&group.title, TITLE_LIMIT))).to_string()
}

/// Returns the line of a block, which contains one or several findings.
pub(super) fn block_line(block: &Block<'_>, style: &Style) -> String {
    let Some(names) = block.names(style) else { return finding_line(block.first) };
    let (place, message) = (position(block.place()), Safe::cut(&block.message(), MESSAGE_LIMIT).to_string());
    let Finding { severity, rule, .. } = block.first;
    format!("{place}: {severity}[{rule}] {message} ({})", Safe::new(&names))
}

/// Returns `path:line:col: error[rule] message`, with `waived` before the severity of a waived finding.
pub(super) fn finding_line(finding: &Finding) -> String {
    let waived = if finding.is_open() { "" } else { "waived " };
    let message = Safe::cut(&finding.message, MESSAGE_LIMIT);
    format!("{}: {waived}{}[{}] {message}", position(&finding.place), finding.severity, finding.rule)
}

/// Returns `path:line:col: failure[code] message`, with `leaver` instead of the position if there is no place.
pub(super) fn failure_line(failure: &Failure) -> String {
    let place = failure.place.as_ref().map_or_else(|| "leaver".to_owned(), position);
    format!("{place}: failure[{}] {}", failure.code, failure_text(failure))
}

/// Returns the message of a failure, with the rule at fault unless the message already names this rule.
pub(super) fn failure_text(failure: &Failure) -> String {
    let message = Safe::cut(&failure.message, MESSAGE_LIMIT);
    match &failure.rule {
        Some(rule) if !message.as_str().contains(rule.as_str()) => format!("{rule}: {message}"),
        _ => message.to_string(),
    }
}
