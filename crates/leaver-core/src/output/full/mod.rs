//! `full`: for people. Each finding has a snippet, related places and a fix; the summary and the next step follow. If there are many findings, there
//! is a summary table, and each finding has one line. Failures come last, next to the counts, where readers notice them.

mod overview;
mod snippet;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, io,
};

use snippet::Snippet;

use super::paint::{Paint, TextRole};
use crate::{
    finding::{Finding, Related, Status},
    output::{
        Grammar, OutputError, Renderer, Style,
        block::{Block, blocks},
        concise::{self, failure_text},
        escape::Safe,
        group::{groups, worst_first},
        place::{fix, meta, page, position},
        summary::{RunResult, SummaryText, counted, next_rule},
    },
    report::{Failure, Report},
    rule::{RuleId, Severity},
};

/// Maximum length of a message.
const MESSAGE_LIMIT: usize = 1000;
/// Maximum number of related places that are shown for a finding.
const RELATED_LIMIT: usize = 3;
/// The number of rules in the table of rules without `--statistics`.
const TOP_RULES: usize = 5;
/// Maximum number of open findings that are shown in full without `--all`. If there are more, each finding has only one line.
const BRIEF_ABOVE: usize = 50;
/// The table of rules omits titles if fewer columns than this are left for them.
const NARROWEST_TITLE: usize = 15;

/// Printed instead of a fix that an earlier finding of the same rule already shows.
const REPEATED: &str = "as above";

pub(super) const FORMAT: Renderer = Renderer { name: "full", grammar: Grammar::Text, render };

fn render(report: &Report, style: &Style, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let paint = Paint { style };
    let mut open: Vec<&Finding> = report.open().collect();
    let brief = !style.all && open.len() > BRIEF_ABOVE;
    if brief {
        overview::tables(report, &paint, out)?;
        worst_first(&mut open);
    }
    match style.group_by {
        None => list(report, &open, brief, &paint, out)?,
        Some(by) => {
            for group in groups(report, open.into_iter(), by) {
                writeln!(out, "{}", paint.color(TextRole::Strong, &paint.wrap(&concise::heading(&group), 2)))?;
                list(report, &group.findings, brief, &paint, out)?;
            }
        }
    }
    out.write_all(waived_block(report, &paint).as_bytes())?;
    for failure in &report.failures {
        writeln!(out, "{}", failure_block(failure, &paint)?)?;
    }
    let words = SummaryText::new(report, style);
    if !style.quiet || words.result == RunResult::Failed {
        out.write_all(closing(report, &words, &paint).as_bytes())?;
    }
    Ok(())
}

/// Writes the findings, each as a block or as a line.
fn list(
    report: &Report,
    findings: &[&Finding],
    brief: bool,
    paint: &Paint,
    out: &mut dyn io::Write,
) -> Result<(), OutputError> {
    let blocks = blocks(findings.iter().copied());
    if brief {
        for block in &blocks {
            writeln!(out, "{}", overview::line(block, paint))?;
        }
        writeln!(out)?;
        return Ok(());
    }
    let mut fixes = BTreeSet::new();
    for (first, others) in by_place(report, blocks) {
        let fix = fix(report, first.first);
        let first_time = fix.is_none_or(|fix| fixes.insert((&first.first.rule, fix)));
        let fix = fix.map(|fix| if first_time { fix } else { REPEATED });
        writeln!(out, "{}", finding_block(&first, &others, fix, report, paint)?)?;
    }
    Ok(())
}

/// Groups blocks of one rule that differ only in their message, since they share the snippet and the fix.
fn by_place<'r>(report: &'r Report, blocks: Vec<Block<'r>>) -> Vec<(Block<'r>, Vec<Block<'r>>)> {
    let mut gathered: Vec<(Block<'r>, Vec<Block<'r>>)> = Vec::new();
    let mut known = BTreeMap::new();
    for block in blocks {
        let Finding { rule, severity, subject, population, place, related, .. } = block.first;
        if !block.is_shared() && related.is_empty() {
            let subject = subject.as_ref().map(|subject| (&subject.kind, &subject.name));
            let key = (rule, *severity, subject, population, place.sort_key(), fix(report, block.first));
            let at = *known.entry(key).or_insert(gathered.len());
            if let Some((_, others)) = gathered.get_mut(at) {
                others.push(block);
                continue;
            }
        }
        gathered.push((block, Vec::new()));
    }
    gathered
}

fn finding_block(
    found: &Block<'_>,
    others: &[Block<'_>],
    fix: Option<&str>,
    report: &Report,
    paint: &Paint,
) -> Result<String, fmt::Error> {
    let finding = found.first;
    let severity = finding.severity;
    let rule = paint.link(page(report, &finding.rule).as_deref(), finding.rule.as_str());
    let mut block = heading(severity.into(), severity.as_str(), &rule, &found.message(), paint);
    for other in others {
        block.push_str(&message_line(&other.message(), paint));
    }
    let label = if others.is_empty() { label(finding) } else { None };
    block.push_str(&Snippet::new(found.place(), severity, label, 1, paint).render(paint)?);
    // A block of several apps shows the names of the apps instead of the related places of the first app.
    if let Some(names) = found.names(paint.style) {
        block.push_str(&hint("apps", &names, paint));
    }
    let places = if found.is_shared() { &[][..] } else { &finding.related[..] };
    for related in places.iter().take(RELATED_LIMIT) {
        block.push_str(&related_block(related, paint)?);
    }
    let more = places.len().saturating_sub(RELATED_LIMIT);
    if more > 0 {
        block.push_str(&paint.color(TextRole::Faint, &format!("  and {}\n", counted(more, "more place"))));
    }
    if let Some(fix) = fix {
        block.push_str(&hint("fix", fix, paint));
    }
    Ok(block)
}

/// Returns `error[jit/no-update-owner]`, and the message on the next line.
fn heading(color: TextRole, word: &str, code: &str, message: &str, paint: &Paint) -> String {
    format!("{}\n{}", paint.color(color, &format!("{word}[{code}]")), message_line(message, paint))
}

fn message_line(message: &str, paint: &Paint) -> String {
    let message = Safe::cut(message, MESSAGE_LIMIT);
    format!("  {}\n", paint.color(TextRole::Strong, &paint.wrap(message.as_str(), 2)))
}

/// Returns a coloured label and wrapped text.
fn hint(word: &str, text: &str, paint: &Paint) -> String {
    let text = Safe::cut(text, MESSAGE_LIMIT);
    format!(
        "  {} {}\n",
        paint.color(TextRole::Help, &format!("{word}:")),
        paint.prose(&paint.wrap(text.as_str(), word.len() + 4))
    )
}

fn related_block(related: &Related, paint: &Paint) -> Result<String, fmt::Error> {
    let snippet = Snippet::new(&related.place, Severity::Info, None, 0, paint).render(paint)?;
    Ok(format!("{}{snippet}", hint("see", &related.message, paint)))
}

fn failure_block(failure: &Failure, paint: &Paint) -> Result<String, fmt::Error> {
    let mut block = heading(TextRole::Error, "could not check", failure.code.as_str(), &failure_text(failure), paint);
    if let Some(place) = &failure.place {
        block.push_str(&Snippet::new(place, Severity::Error, None, 1, paint).render(paint)?);
    }
    if let Some(help) = &failure.help {
        block.push_str(&hint("help", help, paint));
    }
    Ok(block)
}

/// Returns the path in the declaration, with a mark if the value is missing.
fn label(finding: &Finding) -> Option<String> {
    if finding.address.is_empty() {
        return None;
    }
    let path = Safe::new(&finding.address.to_string()).to_string();
    Some(if finding.exists { path } else { format!("{path} is missing") })
}

/// Returns the list of waived findings: for each finding, a line with its place, and the waiver below it.
fn waived_block(report: &Report, paint: &Paint) -> String {
    let mut block = String::new();
    for finding in &report.findings {
        let Status::Waived(by) = &finding.status else { continue };
        let head = format!("waived {}[{}]", finding.severity, finding.rule);
        let text = format!(
            "until {} by {}: {}",
            Safe::new(&by.expires),
            Safe::cut(&by.approver, 80),
            Safe::cut(&by.reason, 200)
        );
        // Escape the whole text again: a colon at the end of a value and the next colon would form `::`.
        let text = Safe::new(&text).to_string();
        let text = paint.color(TextRole::Faint, &paint.wrap(&text, 2));
        block.extend([&paint.color(TextRole::Faint, &head), " ", &position(&finding.place), "\n  ", &text, "\n"]);
    }
    if !block.is_empty() {
        block.push('\n');
    }
    block
}

/// Returns the counts, the most frequent rules, and the next step.
fn closing(report: &Report, words: &SummaryText, paint: &Paint) -> String {
    let (color, mark) = match words.result {
        RunResult::Clean => (TextRole::Good, paint.mark("✓", "ok")),
        RunResult::Passed => (TextRole::Warning, paint.mark("⚠", "!")),
        RunResult::Failed => (TextRole::Error, paint.mark("✗", "x")),
    };
    let indent = mark.chars().count() + 1;
    let parts: Vec<String> = words.parts.iter().map(|part| paint.keep_together(part, indent)).collect();
    let sentence = paint.wrap(&parts.join(words.separator), indent);
    let counts = parts.first().map_or(0, |part| paint.wrap(part, indent).len());
    let (counts, asides) = sentence.split_at_checked(counts).unwrap_or((&sentence, ""));
    let sentence = format!("{}{asides}", paint.color(TextRole::Strong, counts));
    let mut text = if words.failures.is_empty() {
        format!("{} {sentence}\n", paint.color(color, mark))
    } else {
        let failures = paint.wrap(&words.failures, indent);
        format!("{}\n{}{sentence}\n", paint.color(color, &format!("{mark} {failures}")), " ".repeat(indent))
    };
    let brief = !paint.style.all && report.open().nth(BRIEF_ABOVE).is_some();
    if !brief || paint.style.statistics {
        text.push_str(&top_rules(report, words, paint));
    }
    if let Some(rule) = next_rule(report, &words.summary) {
        text.extend(["\n  ", &paint.color(TextRole::Help, "next:"), " leaver explain ", rule.as_str(), "\n"]);
    }
    if brief {
        text.extend(["  ", &paint.color(TextRole::Faint, "--all shows each finding with its lines and its fix"), "\n"]);
    }
    text
}

/// Returns the table of rules, or nothing if the table would only repeat the findings.
fn top_rules(report: &Report, words: &SummaryText, paint: &Paint) -> String {
    let by_rule = &words.summary.by_rule;
    let all = paint.style.statistics;
    let repeated = by_rule.first().is_some_and(|(_, count)| *count > 1);
    if by_rule.is_empty() || (!all && (by_rule.len() < 2 || !repeated)) {
        return String::new();
    }
    let shown = if all { by_rule.len() } else { TOP_RULES.min(by_rule.len()) };
    let rows = by_rule.iter().take(shown);
    let digits = rows.clone().map(|(_, count)| count.to_string().len()).max().unwrap_or(1);
    let longest = rows.clone().map(|(rule, _)| rule.as_str().len()).max().unwrap_or(0);
    let mut text = String::from("\n");
    for (rule, count) in rows {
        let (severity, title) = described(report, rule);
        let name = paint.link(page(report, rule).as_deref(), rule.as_str());
        let name = paint.color(severity.into(), &name);
        let pad = " ".repeat(longest - rule.as_str().len());
        let room = paint.width().saturating_sub(digits + longest + 8);
        let title = if room < NARROWEST_TITLE { Safe::new("") } else { Safe::cut(title, room) };
        let row = format!("  {count:>digits$} {} {name}{pad}  {title}", paint.mark("×", "x"));
        text.extend([row.trim_end(), "\n"]);
    }
    let more = by_rule.len() - shown;
    if more > 0 {
        text.push_str(
            &paint.color(TextRole::Faint, &format!("  and {}, see --statistics\n", counted(more, "more rule"))),
        );
    }
    text
}

fn described<'a>(report: &'a Report, rule: &RuleId) -> (Severity, &'a str) {
    meta(report, rule).map_or((Severity::Error, ""), |meta| (meta.severity, meta.title.as_str()))
}
