//! `text`: for people at a terminal. The output has one block per declaration, most serious first, and then a summary.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::words::{
    PatternFinding, finding_change, findings, group_by_pattern, omitted, other_fields, reasons, sentence, side,
    status_phrases, title,
};
use crate::{
    diff::{Diff, Entry, EntryStatus, FindingChange},
    output::{
        OutputError, Style,
        escape::Safe,
        paint::{Paint, TextRole},
        summary::counted,
    },
};

/// Maximum number of declarations.
const ENTRY_LIMIT: usize = 50;
/// Maximum number of lines of one kind for a declaration.
const LINE_LIMIT: usize = 12;
/// Maximum length of a line before it is wrapped.
const TEXT_LIMIT: usize = 400;

pub(super) fn render(diff: &Diff<'_>, style: &Style, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let paint = Paint { style };
    let arrow = paint.mark("→", "->");
    let heading = format!("{} {arrow} {}", Safe::cut(&side(diff.base), 120), Safe::cut(&side(diff.head), 120));
    writeln!(out, "{}\n", paint.color(TextRole::Strong, &paint.wrap(&heading, 0)))?;
    let entries = group_by_pattern(diff);
    for (entry, through) in entries.iter().take(ENTRY_LIMIT) {
        out.write_all(block(entry, through, &paint).as_bytes())?;
    }
    if let Some(more) = omitted(entries.iter().skip(ENTRY_LIMIT).map(|(entry, _)| *entry)) {
        let text = format!("and {more}; all of them: `-o json`");
        writeln!(out, "{}\n", paint.color(TextRole::Faint, &paint.wrap(&text, 0)))?;
    }
    if !diff.is_complete() {
        let text = "not everything could be read, so changes may be missing";
        writeln!(out, "{} {}", paint.color(TextRole::Error, paint.mark("✗", "x")), paint.wrap(text, 2))?;
    }
    let sentence = sentence(diff, if style.unicode { " · " } else { ", " });
    Ok(writeln!(out, "{}", paint.color(TextRole::Strong, &paint.wrap(Safe::new(&sentence).as_str(), 0)))?)
}

fn block(entry: &Entry<'_>, through: &[PatternFinding<'_>], paint: &Paint<'_>) -> String {
    let (color, mark) = match entry.status {
        EntryStatus::Added => (TextRole::Good, "+"),
        EntryStatus::Removed => (TextRole::Error, "-"),
        EntryStatus::Changed => (TextRole::Warning, "~"),
        EntryStatus::Moved | EntryStatus::Renamed => (TextRole::Info, ">"),
        EntryStatus::Same => (TextRole::Faint, "="),
        EntryStatus::Unread => (TextRole::Error, "?"),
    };
    let (noun, name) = title(entry);
    let noun = noun.map(|noun| format!("{noun} ")).unwrap_or_default();
    let name = Safe::cut(name, 80);
    let file = if name.as_str() == entry.file { String::new() } else { Safe::cut(&entry.file, 200).to_string() };
    let beside = mark.width() + 1 + noun.width() + name.as_str().width() + 2 + file.width() <= paint.width();
    // A long path has its own line and is not wrapped, so that users can click or copy it.
    let gap = if file.is_empty() || beside { "  " } else { "\n    " };
    let name = paint.color(TextRole::Strong, name.as_str());
    let head = format!("{} {noun}{name}{gap}{}", paint.color(color, mark), paint.color(TextRole::Faint, &file));
    let mut block = format!("{}\n", head.trim_end());
    let mut lines = Lines { paint, block: &mut block };
    for phrase in status_phrases(entry) {
        lines.line(TextRole::Faint, " ", &phrase);
    }
    for change in entry.changes.iter().take(LINE_LIMIT) {
        let (color, mark) = if change.weaker { (TextRole::Warning, "!") } else { (TextRole::Faint, " ") };
        lines.line(color, mark, &change.phrase(paint.mark("→", "->")));
    }
    lines.more(entry.changes.len(), "change");
    if let Some(phrase) = other_fields(entry, entry.changes.is_empty()) {
        lines.line(TextRole::Faint, " ", &phrase);
    }
    lines.finding_changes(&entry.gained, false);
    lines.finding_changes(&entry.lost, true);
    lines.reasons(through);
    block.push('\n');
    block
}

/// The lines of a block. Each line has a mark and then wrapped text.
struct Lines<'a, 'p> {
    paint: &'a Paint<'p>,
    block: &'a mut String,
}

impl Lines<'_, '_> {
    fn line(&mut self, color: TextRole, mark: &str, text: &str) {
        let text = self.paint.wrap(Safe::cut(text, TEXT_LIMIT).as_str(), 4);
        self.block.push_str(&format!("  {} {text}\n", self.paint.color(color, mark)));
    }

    fn more(&mut self, count: usize, noun: &str) {
        let more = count.saturating_sub(LINE_LIMIT);
        if more > 0 {
            self.line(TextRole::Faint, " ", &format!("and {}", counted(more, &format!("more {noun}"))));
        }
    }

    fn reasons(&mut self, through: &[PatternFinding<'_>]) {
        let all = reasons(through);
        for (severity, rule, gone, text) in all.iter().take(LINE_LIMIT) {
            let (color, mark) = if *gone { (TextRole::Good, "-") } else { (TextRole::from(*severity), "+") };
            self.line(color, mark, &format!("{severity}[{rule}] {text}"));
        }
        self.more(all.len(), "reason");
    }

    fn finding_changes(&mut self, turns: &[FindingChange<'_>], gone: bool) {
        for change in turns.iter().take(LINE_LIMIT) {
            let finding = change.finding;
            let (color, mark) = if gone { (TextRole::Good, "-") } else { (TextRole::from(finding.severity), "+") };
            let head = format!("{}[{}]", finding.severity, finding.rule);
            let text = format!("{head} {}: {}", finding_change(gone, change.cause), finding.message);
            let text = self.paint.wrap(Safe::cut(&text, TEXT_LIMIT).as_str(), 4);
            let text = text.replacen(&head, &self.paint.color(color, &head), 1);
            self.block.push_str(&format!("  {} {text}\n", self.paint.color(color, mark)));
        }
        if turns.len() > LINE_LIMIT {
            let rest = turns.iter().skip(LINE_LIMIT);
            let none = [].iter();
            let phrase = if gone { findings(none, rest) } else { findings(rest, none) };
            self.line(TextRole::Faint, " ", &format!("and more: {}", phrase.unwrap_or_default()));
        }
    }
}
