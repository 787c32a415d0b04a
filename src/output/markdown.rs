//! `markdown`: a page for job summaries and comments: what a run came to, then a table for each severity. Nothing from a
//! declaration can become a link, a mention, an image or HTML.

use std::io;

use crate::{
    finding::{Finding, Status},
    output::{
        Grammar, OutputError, Renderer, Style,
        concise::failure_text,
        escape::{markdown, markdown_code},
        heirs::blocks,
        place::{fix, page, position},
        summary::{Mood, Words, counted},
    },
    report::Report,
    rule::{RuleId, Severity},
};

/// GitHub refuses a job summary above 1 MiB; the rest is for the closing note.
const SIZE_LIMIT: usize = 1_000_000;
/// Longest text of a cell.
const CELL_LIMIT: usize = 500;

pub(super) const FORMAT: Renderer = Renderer { name: "markdown", grammar: Grammar::Markdown, render };

fn render(report: &Report, style: &Style, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let words = Words::new(report, style);
    let mark = match words.mood {
        Mood::Good => "✅",
        Mood::Fair => "⚠️",
        Mood::Bad => "❌",
    };
    let mut page = Page::default();
    page.push(&format!("## {mark} leaver\n\n"));
    if !words.failures.is_empty() {
        page.push(&format!("**{}.** The list below is not complete.\n\n", capitalised(&words.failures)));
    }
    page.push(&format!("{}\n", markdown(&capitalised(&words.sentence()))));
    failures(report, &mut page);
    for severity in Severity::ALL {
        let found: Vec<&Finding> = report.open().filter(|finding| finding.severity == severity).collect();
        table(report, severity, &found, style, &mut page);
    }
    waived(report, &mut page);
    if page.dropped > 0 {
        page.text.extend(["\n", &counted(page.dropped, "row"), " left out: this page would be too long.\n"]);
    }
    Ok(out.write_all(page.text.as_bytes())?)
}

/// A page that stops growing at the limit and counts what it left out.
#[derive(Default)]
struct Page {
    text: String,
    dropped: usize,
}

impl Page {
    fn push(&mut self, text: &str) {
        if self.text.len() + text.len() <= SIZE_LIMIT {
            self.text.push_str(text);
        }
    }

    fn row(&mut self, text: &str) {
        if self.text.len() + text.len() <= SIZE_LIMIT {
            self.text.push_str(text);
        } else {
            self.dropped += 1;
        }
    }
}

fn failures(report: &Report, page: &mut Page) {
    if report.failures.is_empty() {
        return;
    }
    page.push("\n### Could not check\n\n| What | Where | Why |\n| --- | --- | --- |\n");
    for failure in &report.failures {
        let place = failure.place.as_ref().map(|place| markdown_code(&position(place))).unwrap_or_default();
        let help = failure.help.as_deref().map(|help| format!("<br>{}", prose(help))).unwrap_or_default();
        page.row(&format!("| `{}` | {place} | {}{help} |\n", failure.code, prose(&failure_text(failure))));
    }
}

fn table(report: &Report, severity: Severity, found: &[&Finding], style: &Style, page: &mut Page) {
    if found.is_empty() {
        return;
    }
    let title = match severity {
        Severity::Error => "Errors",
        Severity::Warning => "Warnings",
        Severity::Info => "Notes",
    };
    page.push(&format!("\n### {title} ({})\n\n| Where | What | Rule |\n| --- | --- | --- |\n", found.len()));
    for block in blocks(found.iter().copied()) {
        let finding = block.first;
        let names = block.names(style).map(|names| format!("<br>{}", markdown(&names))).unwrap_or_default();
        let fix = fix(report, finding).map(|fix| format!("<br><sub>{}</sub>", prose(fix))).unwrap_or_default();
        let place = markdown_code(&position(block.place()));
        page.row(&format!("| {place} | {}{names}{fix} | {} |\n", prose(&block.message()), rule(report, &finding.rule)));
    }
}

fn waived(report: &Report, page: &mut Page) {
    let found: Vec<&Finding> = report.findings.iter().filter(|finding| !finding.is_open()).collect();
    if found.is_empty() {
        return;
    }
    page.push(&format!(
        "\n<details><summary>Waived ({})</summary>\n\n| Where | What | Rule | Until | By | Reason |\n| --- | --- | --- | --- | --- | --- |\n",
        found.len()
    ));
    for finding in found {
        let Status::Waived(by) = &finding.status else { continue };
        page.row(&format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            markdown_code(&position(&finding.place)),
            prose(&finding.message),
            rule(report, &finding.rule),
            markdown_code(&by.expires),
            markdown_code(&by.approver),
            prose(&by.reason),
        ));
    }
    page.text.push_str("\n</details>\n");
}

fn rule(report: &Report, id: &RuleId) -> String {
    match page(report, id) {
        Some(url) if !url.contains(['(', ')', '<', '>', '|', '\\']) => format!("[`{id}`]({url})"),
        _ => format!("`{id}`"),
    }
}

/// Prose in a cell.
fn prose(text: &str) -> String {
    let cut: String = text.chars().take(CELL_LIMIT).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("{}{more}", markdown(&cut))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
