//! `markdown`: for job summaries and comments. The page has a summary, a table for each severity, and each fix once. Only the errors are unfolded.
//! Text from declarations cannot become a link, a mention, an image or HTML.

use std::{collections::BTreeSet, fmt, io};

use crate::{
    finding::{Finding, Status},
    output::{
        Grammar, OutputError, Renderer, Style,
        block::blocks,
        concise::{failure_text, heading},
        escape::{markdown, markdown_code},
        group::groups,
        place::{fix, page, position},
        summary::{Counts, RunResult, SummaryText, counted},
    },
    report::Report,
    rule::{RuleId, Severity},
};

/// Maximum size of the page, in bytes. GitHub refuses a job summary above 1 MiB; the difference is for the closing note.
const SIZE_LIMIT: usize = 1_000_000;
/// Maximum length of a cell.
const CELL_LIMIT: usize = 500;

pub(super) const FORMAT: Renderer = Renderer { name: "markdown", grammar: Grammar::Markdown, render };

fn render(report: &Report, style: &Style, out: &mut dyn io::Write) -> Result<(), OutputError> {
    // Findings of a severity are shown only if all findings of higher severities fit.
    let fits = |(severity, page): &(Severity, Page)| page.dropped.more_severe_than(*severity) == 0;
    let page = Severity::ALL.into_iter().rev().map(|least| (least, render_page(report, least, style))).find(fits);
    let page = page.map_or_else(|| render_page(report, Severity::Error, style), |(_, page)| page);
    Ok(out.write_all(page.text.as_bytes())?)
}

/// Returns the page with findings of this severity and above.
fn render_page(report: &Report, least: Severity, style: &Style) -> Page {
    let words = SummaryText::new(report, style);
    let mark = match words.result {
        RunResult::Clean => "✅",
        RunResult::Passed => "⚠️",
        RunResult::Failed => "❌",
    };
    let mut page = Page::default();
    page.push(&format!("## {mark} leaver\n\n"));
    if !words.failures.is_empty() {
        page.push(&format!("**{}.** The list below is not complete.\n\n", capitalised(&words.failures)));
    }
    page.push(&format!("{}\n", markdown(&capitalised(&words.sentence()))));
    failures(report, &mut page);
    match style.group_by {
        None => tables(report, &report.open().collect::<Vec<_>>(), "###", least, style, &mut page),
        Some(by) => {
            for group in groups(report, report.open(), by) {
                if group.findings.iter().any(|finding| finding.severity >= least) {
                    page.push(&format!("\n### {}\n", prose(&heading(&group))));
                }
                tables(report, &group.findings, "####", least, style, &mut page);
            }
        }
    }
    // If an open finding was omitted, omit waived findings too.
    page.is_full |= page.dropped.open != Counts::default();
    waived(report, &mut page);
    if page.is_full {
        page.text.push_str(&format!("\n{} omitted, because this page would be too long.\n", page.dropped));
    }
    page
}

/// A page with a size limit. After the first piece that does not fit, no more pieces are appended, because they would be below the wrong heading.
/// Their findings are only counted.
#[derive(Default)]
struct Page {
    text: String,
    is_full: bool,
    dropped: Dropped,
    /// The fixes shown so far.
    fixes: BTreeSet<String>,
}

/// The numbers of findings for which there was no room.
#[derive(Default)]
struct Dropped {
    failures: usize,
    /// Open findings.
    open: Counts,
    waived: usize,
}

impl Dropped {
    fn more_severe_than(&self, severity: Severity) -> usize {
        Severity::ALL
            .into_iter()
            .zip(self.open.columns())
            .filter(|(dropped_severity, _)| *dropped_severity > severity)
            .map(|(_, count)| count)
            .sum()
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let some = |count: usize, noun: &str| if count == 0 { String::new() } else { counted(count, noun) };
        let parts = [some(self.failures, "failure"), self.open.to_string(), some(self.waived, "waived finding")];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        out.write_str(if parts.is_empty() { "The rest is" } else { "" })?;
        out.write_str(&parts.join(", "))
    }
}

impl Page {
    /// Appends the text if there is room. Returns whether it was appended.
    fn push(&mut self, text: &str) -> bool {
        self.is_full |= self.text.len() + text.len() > SIZE_LIMIT;
        if !self.is_full {
            self.text.push_str(text);
        }
        !self.is_full
    }

    fn drop(&mut self, severity: Severity, findings: usize) {
        let open = &mut self.dropped.open;
        *match severity {
            Severity::Error => &mut open.errors,
            Severity::Warning => &mut open.warnings,
            Severity::Info => &mut open.infos,
        } += findings;
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
        let row = format!("| `{}` | {place} | {}{help} |\n", failure.code, prose(&failure_text(failure)));
        if !page.push(&row) {
            page.dropped.failures += 1;
        }
    }
}

/// Appends a table for each severity. Only the errors are unfolded.
fn tables(report: &Report, findings: &[&Finding], level: &str, least: Severity, style: &Style, page: &mut Page) {
    for severity in Severity::ALL {
        let found: Vec<&Finding> = findings.iter().copied().filter(|finding| finding.severity == severity).collect();
        if found.is_empty() {
            continue;
        }
        if severity < least {
            page.drop(severity, found.len());
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
            page.drop(severity, found.len());
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
        let what = prose(&block.message());
        if !page.push(&format!("| {place} | {what}{names} | {} |{owner}\n", rule(report, &finding.rule))) {
            page.drop(finding.severity, block.len());
        }
    }
}

/// Appends the fixes. Fixes with the same rule and text appear once.
fn fixes(report: &Report, found: &[&Finding], page: &mut Page) {
    let mut title = "\n**Fix**\n\n";
    for finding in found {
        let Some(fix) = fix(report, finding) else { continue };
        let line = format!("- {}: {}\n", rule(report, &finding.rule), prose(fix));
        if !page.fixes.contains(&line) && page.push(&format!("{title}{line}")) {
            page.fixes.insert(line);
            title = "";
        }
    }
}

fn waived(report: &Report, page: &mut Page) {
    let found: Vec<&Finding> = report.findings.iter().filter(|finding| !finding.is_open()).collect();
    if found.is_empty() {
        return;
    }
    let head = format!(
        "\n<details><summary>Waived ({})</summary>\n\n| Where | What | Rule | Until | By | Reason |\n| --- | --- | --- | --- | --- | --- |\n",
        found.len()
    );
    if !page.push(&head) {
        page.dropped.waived += found.len();
        return;
    }
    for finding in found {
        let Status::Waived(by) = &finding.status else { continue };
        let row = format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            markdown_code(&position(&finding.place)),
            prose(&finding.message),
            rule(report, &finding.rule),
            markdown_code(&by.expires),
            markdown_code(&by.approver),
            prose(&by.reason),
        );
        if !page.push(&row) {
            page.dropped.waived += 1;
        }
    }
    page.text.push_str("\n</details>\n");
}

fn rule(report: &Report, id: &RuleId) -> String {
    match page(report, id) {
        Some(url) if !url.contains(['(', ')', '<', '>', '|', '\\']) => format!("[`{id}`]({url})"),
        _ => format!("`{id}`"),
    }
}

/// Returns text for a cell.
fn prose(text: &str) -> String {
    let cut: String = text.chars().take(CELL_LIMIT).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("{}{more}", markdown(&cut))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
