//! Cuts and escapes the lines around a place before miette renders them. No control character reaches miette, no line is wider than the terminal, and
//! a place over several lines is marked on its first line.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents,
};
use unicode_width::UnicodeWidthChar;

use crate::output::paint::Paint;
use crate::{
    output::{
        escape::{Safe, escaped, is_hazard},
        place::{Region, path},
    },
    rule::Severity,
    source::Place,
};

/// Width of a tab in columns.
const TAB: usize = 4;
/// Minimum width of the visible part of a line.
const NARROWEST: usize = 20;
/// The number of bytes to read on either side of the place, which is more than any terminal shows.
const REACH: usize = 4096;

/// The input of the renderer.
#[derive(Debug)]
pub(super) struct Snippet {
    name: String,
    text: String,
    /// Number of the first line of `text`.
    line: usize,
    /// Line and column of the place.
    start: (usize, usize),
    span: SourceSpan,
    label: Option<String>,
    severity: Severity,
}

/// A character as displayed: text and columns.
type Cell = (String, usize);

impl Snippet {
    /// Cuts out the line of the place and `context` lines around it. Omits the label if there is no room.
    pub(super) fn new(place: &Place, severity: Severity, label: Option<String>, context: usize, paint: &Paint) -> Self {
        let Region { start, end } = Region::first_line(place);
        let empty = place.span.is_empty();
        let lines = place.file.lines();
        let above = start.line.saturating_sub(context).max(1);
        let last = (start.line + context).min(lines).max(start.line);
        let room = paint.width().saturating_sub(last.to_string().len() + 5).max(NARROWEST);

        let (line, before) = place.file.redacted_line(start.line, place.span.start(), REACH);
        let cells = cells(&line);
        let from = columns(&cells, start.column - 1 - before);
        let to = if empty { from } else { columns(&cells, end.column - 1 - before).max(from) };
        let window = Window::new(columns(&cells, cells.len()), from, to, room, paint.mark("…", "..."));

        let mut text = String::new();
        let mut span = SourceSpan::from((0, 0));
        let mut line = start.line;
        for number in above..=last {
            let (raw, _) = place.file.redacted_line(number, 0, REACH);
            if number == start.line {
                let (shown, range) = window.cut(&cells, from, to);
                span = SourceSpan::from((text.len() + range.0, range.1 - range.0));
                text.push_str(&shown);
            } else {
                let (shown, _) = window.cut(&self::cells(&raw), 0, 0);
                let end_of_file = number == lines && raw.is_empty();
                if end_of_file || (window.from > 0 && shown.trim_end() == window.ellipsis) {
                    continue;
                }
                text.push_str(shown.trim_end());
            }
            line = line.min(number);
            text.push('\n');
        }
        let room = room.saturating_sub(window.screen_column(from) + 6);
        let label = label.filter(|label| label.chars().filter_map(UnicodeWidthChar::width).sum::<usize>() <= room);
        let start = (start.line, start.column);
        Self { name: path(place), text, line, start, span, label, severity }
    }

    /// Renders the snippet, without the message.
    pub(super) fn render(&self, paint: &Paint) -> Result<String, fmt::Error> {
        let mut rendered = String::new();
        let handler = GraphicalReportHandler::new_themed(paint.theme(self.severity))
            .with_width(paint.width())
            .with_context_lines(1)
            .with_links(false)
            .without_syntax_highlighting();
        handler.render_report(&mut rendered, self)?;
        // Remove the first line, on which miette puts the message: leaver shows the message elsewhere.
        Ok(paint.faint_frame(rendered.split_once('\n').map_or("", |(_, rest)| rest)))
    }
}

/// The part of long lines that is visible, in columns.
struct Window<'a> {
    from: usize,
    to: usize,
    ellipsis: &'a str,
}

impl<'a> Window<'a> {
    fn new(width: usize, from: usize, to: usize, room: usize, ellipsis: &'a str) -> Self {
        let start = if width <= room || to + 4 <= room { 0 } else { from.saturating_sub(room / 3).min(width - room) };
        Self { from: start, to: start + room, ellipsis }
    }

    /// Returns the column on screen for a column of the line.
    fn screen_column(&self, column: usize) -> usize {
        column.saturating_sub(self.from)
    }

    /// Returns the visible part of a line, and the byte range of the columns `from` to `to` in this part.
    fn cut(&self, cells: &[Cell], from: usize, to: usize) -> (String, (usize, usize)) {
        let mark = self.ellipsis.chars().count();
        let right = columns(cells, cells.len()) > self.to;
        let begin = self.from + if self.from > 0 { mark } else { 0 };
        let end = self.to - if right { mark } else { 0 };
        let mut out = String::from(if self.from > 0 && !cells.is_empty() { self.ellipsis } else { "" });
        let mut range = (None, None);
        let mut column = 0;
        for (text, width) in cells {
            if column >= begin && column + width <= end {
                if column >= from && range.0.is_none() {
                    range.0 = Some(out.len());
                }
                if column >= to && range.1.is_none() {
                    range.1 = Some(out.len());
                }
                out.push_str(text);
            }
            column += width;
        }
        let range = (range.0.unwrap_or(out.len()), range.1.unwrap_or(out.len()));
        if right {
            out.push_str(self.ellipsis);
        }
        (out, (range.0, range.1.max(range.0)))
    }
}

fn cells(line: &str) -> Vec<Cell> {
    let mut column = 0;
    let mut cells = Vec::with_capacity(line.len());
    for c in line.chars() {
        let cell = match c {
            '\t' => (" ".repeat(TAB - column % TAB), TAB - column % TAB),
            c if is_hazard(c) => {
                let text = escaped(c);
                let width = text.len();
                (text, width)
            }
            c => (c.to_string(), c.width().unwrap_or(0)),
        };
        column += cell.1;
        cells.push(cell);
    }
    break_commands(&mut cells);
    cells
}

/// Escapes the second `#` of `##[`, which some runners interpret as the start of a command anywhere in a line.
fn break_commands(cells: &mut [Cell]) {
    let at: Vec<usize> = (1..cells.len()).filter(|at| cells[*at].0 == "#" && cells[at - 1].0 == "#").collect();
    for at in at {
        let rest: String = cells[at - 1..].iter().take(6).map(|cell| cell.0.as_str()).collect();
        if Safe::new(&rest).as_str() != rest {
            cells[at] = (escaped('#'), 6);
        }
    }
}

/// Returns the width of the first `count` characters, in columns.
fn columns(cells: &[Cell], count: usize) -> usize {
    cells.iter().take(count).map(|cell| cell.1).sum()
}

impl SourceCode for Snippet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // miette calls this function without context to get the position of the place, and with context to get the text.
        let whole = SourceSpan::from((0, self.text.len()));
        let (span, (line, column)) = if before == 0 { (*span, self.start) } else { (whole, (self.line, 1)) };
        let data =
            self.text.as_bytes().get(span.offset()..span.offset() + span.len()).ok_or(MietteError::OutOfBounds)?;
        let lines = self.text.lines().count();
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data, span, line - 1, column - 1, lines)))
    }
}

impl fmt::Display for Snippet {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Snippet {}

impl Diagnostic for Snippet {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(self.label.clone(), self.span))))
    }
}
