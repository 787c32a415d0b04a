//! `markdown`: a page for job summaries and comments: what a run came to, then a table for each severity and each fix once. Only errors are
//! open at once. Nothing from a declaration can become a link, a mention, an image or HTML.

use std::{collections::BTreeSet, io};

use crate::{
    finding::{Finding, Status},
    output::{
        Grammar, OutputError, Renderer, Style,
        concise::{failure_text, heading},
        escape::{markdown, markdown_code},
        group::groups,
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
    match style.group_by {
        None => tables(report, &report.open().collect::<Vec<_>>(), "###", style, &mut page),
        Some(by) => {
            for group in groups(report, report.open(), by) {
                page.push(&format!("\n### {}\n", prose(&heading(&group))));
                tables(report, &group.findings, "####", style, &mut page);
            }
        }
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
    /// The fixes that it has.
    fixes: BTreeSet<String>,
}

impl Page {
    fn push(&mut self, text: &str) -> bool {
        let fits = self.text.len() + text.len() <= SIZE_LIMIT;
        if fits {
            self.text.push_str(text);
        }
        fits
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

/// A table for each severity. Only errors are open at once.
fn tables(report: &Report, findings: &[&Finding], level: &str, style: &Style, page: &mut Page) {
    for severity in Severity::ALL {
        let found: Vec<&Finding> = findings.iter().copied().filter(|finding| finding.severity == severity).collect();
        if found.is_empty() {
            continue;
        }
        let title = match severity {
            Severity::Error => "Errors",
            Severity::Warning => "Warnings",
            Severity::Info => "Infos",
        };
        let title = format!("{title} ({})", found.len());
        let (open, close) = match severity {
            Severity::Error => (format!("\n{level} {title}\n\n"), ""),
            _ => (format!("\n<details><summary>{title}</summary>\n\n"), "\n</details>\n"),
        };
        if !page.push(&open) {
            page.dropped += found.len();
            continue;
        }
        table(report, &found, style, page);
        fixes(report, &found, page);
        page.text.push_str(close);
    }
}

fn table(report: &Report, found: &[&Finding], style: &Style, page: &mut Page) {
    let has_owners = found.iter().any(|finding| finding.owner.is_some());
    page.push(if has_owners {
        "| Where | What | Rule | Owner |\n| --- | --- | --- | --- |\n"
    } else {
        "| Where | What | Rule |\n| --- | --- | --- |\n"
    });
    for block in blocks(found.iter().copied()) {
        let finding = block.first;
        let place = markdown_code(&position(block.place()));
        let names = block.names(style).map(|names| format!("<br>{}", markdown(&names))).unwrap_or_default();
        let owner = finding
            .owner
            .as_ref()
            .filter(|_| block.has_one_owner())
            .map(|owner| prose(&owner.to_string()))
            .unwrap_or_default();
        let owner = if has_owners { format!(" {owner} |") } else { String::new() };
        page.row(&format!(
            "| {place} | {}{names} | {} |{owner}\n",
            prose(&block.message()),
            rule(report, &finding.rule)
        ));
    }
}

/// What to do, once for each rule and text of the page.
fn fixes(report: &Report, found: &[&Finding], page: &mut Page) {
    let mut lines = String::new();
    for finding in found {
        let Some(fix) = fix(report, finding) else { continue };
        let line = format!("- {}: {}\n", rule(report, &finding.rule), prose(fix));
        if page.fixes.insert(line.clone()) {
            lines.push_str(&line);
        }
    }
    if !lines.is_empty() {
        page.push(&format!("\n**Fix**\n\n{lines}"));
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
