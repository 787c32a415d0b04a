//! `markdown`: for step summaries and comments. The page has about ten lines of the most important changes; the other changes are folded. Text from
//! declarations cannot become a link, a mention, an image or HTML.

use std::io;

use super::words::{
    PatternFinding, finding_change, findings, group_by_pattern, omitted, other_fields, reasons, sentence, side,
    status_phrases, title,
};
use crate::{
    diff::{Diff, Entry, FindingChange},
    output::{
        OutputError,
        escape::{markdown, markdown_code},
        summary::counted,
    },
};

/// Maximum size of the folded part. GitHub accepts comments of up to 65,536 characters. The difference is for the part above the fold and the closing
/// note.
const SIZE_LIMIT: usize = 48_000;
/// Maximum number of declarations above the fold. With the heading, these are ten lines.
const ENTRY_LIMIT: usize = 6;
/// Maximum number of phrases for a declaration above the fold.
const PHRASE_LIMIT: usize = 4;
/// Maximum number of lines of one kind for a declaration below the fold.
const LINE_LIMIT: usize = 20;
/// Maximum length of a phrase.
const TEXT_LIMIT: usize = 240;
/// Marks a change that a reviewer must not overlook.
const WEAKER: &str = "⚠️ ";

pub(super) fn render(diff: &Diff<'_>, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let mut page = String::from("### Effect of this change on governance\n\n");
    if !diff.is_complete() {
        page.push_str("❌ **Not everything could be read, so changes may be missing.**\n\n");
    }
    let sides = format!("{} → {}", code(&side(diff.base)), code(&side(diff.head)));
    page.push_str(&format!("{sides}: {}\n", prose(&sentence(diff, " · "))));
    if !diff.entries.is_empty() {
        page.push('\n');
    }
    let entries = group_by_pattern(diff);
    for (entry, through) in entries.iter().take(ENTRY_LIMIT) {
        page.push_str(&format!("- {}: {}\n", name(entry), line(entry, through)));
    }
    if let Some(more) = omitted(entries.iter().skip(ENTRY_LIMIT).map(|(entry, _)| *entry)) {
        page.push_str(&format!("- and {more}\n"));
    }
    out.write_all(page.as_bytes())?;
    Ok(out.write_all(fold(&entries).as_bytes())?)
}

/// Returns a declaration in one line.
fn line(entry: &Entry<'_>, through: &[PatternFinding<'_>]) -> String {
    let mut phrases: Vec<String> = status_phrases(entry).iter().map(|phrase| prose(phrase)).collect();
    let room = PHRASE_LIMIT.saturating_sub(phrases.len());
    for change in entry.changes.iter().take(room) {
        phrases.push(format!("{}{}", if change.weaker { WEAKER } else { "" }, prose(&change.phrase("→"))));
    }
    let more = entry.changes.get(room..).unwrap_or_default();
    let weaker = more.iter().filter(|change| change.weaker).count();
    let weaker = if weaker == 0 { String::new() } else { format!(" ({weaker} {})", WEAKER.trim_end()) };
    let changes = || format!("and {}{weaker}", counted(more.len(), "more change"));
    match (more.len(), entry.others.len()) {
        (0, _) => phrases.extend(other_fields(entry, phrases.is_empty())),
        (_, 0) => phrases.push(changes()),
        (_, fields) => phrases.push(format!("{}, {}", changes(), counted(fields, "other field"))),
    }
    let of_apps = |gone: bool| {
        through
            .iter()
            .filter(move |pattern_finding| pattern_finding.gone == gone)
            .map(|pattern_finding| pattern_finding.change)
    };
    let (gained, lost) = (entry.gained.iter().chain(of_apps(false)), entry.lost.iter().chain(of_apps(true)));
    if let Some(found) = findings(gained.clone(), lost) {
        phrases.push(if gained.count() == 0 { found } else { format!("**{found}**") });
    }
    phrases.join("; ")
}

/// Returns all declarations with all their changes, up to the size limit.
fn fold(entries: &[(&Entry<'_>, Vec<PatternFinding<'_>>)]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let mut fold = String::from("\n<details><summary>All changes, with findings and files</summary>\n");
    let mut dropped = 0;
    for (entry, through) in entries {
        let block = block(entry, through);
        if dropped == 0 && fold.len() + block.len() <= SIZE_LIMIT {
            fold.push_str(&block);
        } else {
            dropped += 1;
        }
    }
    if dropped > 0 {
        fold.push_str(&format!(
            "\n{} omitted, because this page would be too long.\n",
            counted(dropped, "declaration")
        ));
    }
    fold.push_str("\n</details>\n");
    fold
}

fn block(entry: &Entry<'_>, through: &[PatternFinding<'_>]) -> String {
    let file = if entry.file == entry.subject.name { String::new() } else { format!(" in {}", code(&entry.file)) };
    let mut block = format!("\n{}{file}\n\n", name(entry));
    let mut item = |text: String| block.push_str(&format!("- {text}\n"));
    for phrase in status_phrases(entry) {
        item(prose(&phrase));
    }
    for change in entry.changes.iter().take(LINE_LIMIT) {
        item(format!("{}{}", if change.weaker { WEAKER } else { "" }, prose(&change.phrase("→"))));
    }
    if entry.changes.len() > LINE_LIMIT {
        item(format!("and {}", counted(entry.changes.len() - LINE_LIMIT, "more change")));
    }
    if let Some(phrase) = other_fields(entry, entry.changes.is_empty()) {
        let paths: Vec<String> = entry.others.iter().take(LINE_LIMIT).map(|path| code(path)).collect();
        let more = if entry.others.len() > LINE_LIMIT { ", …" } else { "" };
        item(format!("{phrase}: {}{more}", paths.join(", ")));
    }
    for (turns, gone) in [(&entry.gained, false), (&entry.lost, true)] {
        for change in turns.iter().take(LINE_LIMIT) {
            item(finding_phrase(change, gone));
        }
        if turns.len() > LINE_LIMIT {
            item(format!("and {}", counted(turns.len() - LINE_LIMIT, "more finding")));
        }
    }
    let all = reasons(through);
    for (severity, rule, _, text) in all.iter().take(LINE_LIMIT) {
        item(format!("{severity} `{rule}` {}", prose(text)));
    }
    if all.len() > LINE_LIMIT {
        item(format!("and {}", counted(all.len() - LINE_LIMIT, "more reason")));
    }
    block
}

fn finding_phrase(change: &FindingChange<'_>, gone: bool) -> String {
    let finding = change.finding;
    format!(
        "{}: {} `{}` {}",
        finding_change(gone, change.cause),
        finding.severity,
        finding.rule,
        prose(&finding.message)
    )
}

fn name(entry: &Entry<'_>) -> String {
    let (noun, name) = title(entry);
    let noun = noun.map(|noun| format!("{} ", markdown(noun))).unwrap_or_default();
    format!("{noun}**{}**", prose(&name.replace('`', "'")))
}

/// Returns text for a line.
fn prose(text: &str) -> String {
    markdown(&cut(text))
}

fn code(text: &str) -> String {
    markdown_code(&cut(text))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT_LIMIT) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
