//! Prints tables in several formats.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::super::common::safe;
use crate::output::{
    escape,
    paint::{Paint, TextRole},
};

/// Columns are never shortened below this width.
const NARROWEST: usize = 6;

/// A table: short names of the columns, and the texts of each row.
pub(super) struct Table {
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// Prints the table for a terminal. If the table is too wide, shortens the widest columns first.
    pub(super) fn text(&self, paint: &Paint<'_>, out: &mut dyn Write) -> io::Result<()> {
        let rows: Vec<Vec<String>> = self.rows.iter().map(|row| row.iter().map(|cell| safe(cell)).collect()).collect();
        let mut widths: Vec<usize> = self.heads.iter().map(|head| head.width()).collect();
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let gaps = widths.len().saturating_sub(1) * 2;
        while widths.iter().sum::<usize>() + gaps > paint.width() {
            let widest = widths.iter().copied().max().unwrap_or(0);
            let Some(width) = widths.iter_mut().find(|width| **width == widest && widest > NARROWEST) else { break };
            *width -= 1;
        }
        let line = |cells: &[String]| -> String {
            let cells = cells.iter().zip(&widths).map(|(cell, width)| fitted(cell, *width, paint.mark("…", "~")));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        writeln!(out, "{}", paint.color(TextRole::Strong, &line(&self.heads)))?;
        rows.iter().try_for_each(|row| writeln!(out, "{}", line(row)))
    }

    pub(super) fn csv(&self, heads: &[String], out: &mut dyn Write) -> io::Result<()> {
        let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
        writer.write_record(heads)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| escape::cell(&crate::source::redact(cell))))?;
        }
        writer.flush()
    }

    pub(super) fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut page = line(self.heads.iter().map(|head| escape::markdown(head)).collect());
        page.push_str(&line(self.heads.iter().map(|_| "---".to_owned()).collect()));
        for row in &self.rows {
            page.push_str(&line(row.iter().map(|cell| escape::markdown(&safe(cell))).collect()));
        }
        out.write_all(page.as_bytes())
    }
}

/// Pads or shortens a text to exactly this width.
fn fitted(text: &str, width: usize, ellipsis: &str) -> String {
    let full = text.width();
    if full <= width {
        return format!("{text}{}", " ".repeat(width - full));
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in text.chars() {
        let more = c.width().unwrap_or(0);
        if used + more + 1 > width {
            break;
        }
        used += more;
        cut.push(c);
    }
    format!("{cut}{ellipsis}{}", " ".repeat(width.saturating_sub(used + 1)))
}
