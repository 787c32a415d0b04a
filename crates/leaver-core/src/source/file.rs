//! One text file in memory with its line table. Others read it from disk.

use std::{borrow::Cow, sync::OnceLock};

use super::span::{Point, Span};

/// A source file: its name as shown and its text.
#[derive(Debug)]
pub struct SourceFile {
    path: String,
    text: String,
    /// Where lines start, once somebody asks: nobody does of a file without findings.
    line_starts: OnceLock<Vec<u32>>,
    masked: OnceLock<Vec<Span>>,
    /// Characters and UTF-16 units before each block of the text, for files with long lines.
    blocks: OnceLock<Vec<(usize, usize)>>,
}

/// Bytes in a block. A column is counted from the nearest one, so that thousands of findings on one long line cost no more than on many.
const BLOCK: usize = 1024;

impl SourceFile {
    /// Keeps `text` under the name `path`, a `/`-separated path relative to the working directory.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
            masked: OnceLock::new(),
            blocks: OnceLock::new(),
        }
    }

    /// The path as shown in every format.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            // A byte order mark is no part of the first line: no editor counts it.
            let first = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            let starts = std::iter::once(first).chain(breaks(&self.text));
            starts.map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect()
        })
    }

    /// Where a line (from 0) starts.
    fn line_start(&self, index: usize) -> Option<usize> {
        self.line_starts().get(index).map(|start| *start as usize)
    }

    /// How many lines the file has, an unfinished last one included.
    pub fn lines(&self) -> usize {
        self.line_starts().len()
    }

    /// The text of a line (from 1) without its line break, or nothing past the end.
    pub fn line(&self, line: usize) -> &str {
        let Some(start) = line.checked_sub(1).and_then(|index| self.line_start(index)) else { return "" };
        let end = self.line_start(line).unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// Says, once, which parts hold secrets: no report shows their text.
    pub fn mask(&self, mut spans: Vec<Span>) {
        spans.sort();
        // The ends, too, are in order then: the first span that ends after a place is the only one that can hold it.
        spans.dedup_by(|next, kept| {
            let within = next.start() <= kept.end();
            if within {
                *kept = Span::new(kept.start(), kept.end().max(next.end()));
            }
            within
        });
        // The first call counts: it comes from the findings, a second one from a failure in the same file.
        drop(self.masked.set(spans));
    }

    /// Whether a part of a span is a secret.
    pub fn hides(&self, span: Span) -> bool {
        let spans = self.masked.get().map(Vec::as_slice).unwrap_or_default();
        spans
            .get(spans.partition_point(|masked| masked.end() <= span.start()))
            .is_some_and(|masked| masked.start() < span.end())
    }

    /// The text of a line as it may be shown: each character of a secret is a dot. Of a long line only what lies within `reach` bytes of the
    /// byte offset `around` is there; the number of characters left out before it comes with it.
    pub fn shown_line(&self, line: usize, around: usize, reach: usize) -> (Cow<'_, str>, usize) {
        let text = self.line(line);
        let start = line.checked_sub(1).and_then(|index| self.line_start(index)).unwrap_or(0);
        let around = around.saturating_sub(start).min(text.len());
        let from = floor_boundary(text, around.saturating_sub(reach));
        let to = floor_boundary(text, around.saturating_add(reach));
        let before = self.widths(start, start + from).0;
        let text = text.get(from..to).unwrap_or("");
        let spans = self.masked.get().map(Vec::as_slice).unwrap_or_default();
        let secret = |at: usize| {
            spans.get(spans.partition_point(|span| span.end() <= at)).is_some_and(|span| span.start() <= at)
        };
        if spans.is_empty() {
            return (Cow::Borrowed(text), before);
        }
        let shown =
            text.char_indices().map(|(at, c)| if secret(start + from + at) { '•' } else { c }).collect::<String>();
        (shown.into(), before)
    }

    /// Characters and UTF-16 units between two character boundaries.
    fn widths(&self, from: usize, to: usize) -> (usize, usize) {
        if to.saturating_sub(from) <= BLOCK {
            return count(self.text.as_bytes().get(from..to).unwrap_or_default());
        }
        let blocks = self.blocks.get_or_init(|| {
            let sums = self.text.as_bytes().chunks(BLOCK).scan((0, 0), |sum, block| {
                let before = *sum;
                let (chars, units) = count(block);
                *sum = (sum.0 + chars, sum.1 + units);
                Some(before)
            });
            sums.collect()
        });
        let upto = |at: usize| {
            // The very end of the text may begin a block that is not there.
            let block = (at / BLOCK).min(blocks.len().saturating_sub(1));
            let (chars, units) = blocks.get(block).copied().unwrap_or_default();
            let rest = count(self.text.as_bytes().get(block * BLOCK..at).unwrap_or_default());
            (chars + rest.0, units + rest.1)
        };
        let ((chars, units), before) = (upto(to), upto(from));
        (chars - before.0, units - before.1)
    }

    /// Line and columns of a byte offset. An offset past the end, or inside a character, counts as the nearest one before.
    pub fn point(&self, offset: usize) -> Point {
        let first = self.line_start(0).unwrap_or(0);
        let offset = floor_boundary(&self.text, offset).max(first);
        let line = self.line_starts().partition_point(|start| *start as usize <= offset);
        let start = self.line_start(line.saturating_sub(1)).unwrap_or(0);
        let (chars, units) = self.widths(start, offset);
        Point { line, column: chars + 1, utf16: units + 1, byte: offset - start + 1 }
    }
}

/// Where lines after the first start. YAML 1.2 breaks lines at LF, CR LF and CR alone (<https://yaml.org/spec/1.2.2/#54-line-break-characters>).
fn breaks(text: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = text.as_bytes();
    let ends = text.match_indices(['\n', '\r']).map(|(at, _)| at);
    ends.filter(|at| bytes.get(*at) != Some(&b'\r') || bytes.get(at + 1) != Some(&b'\n')).map(|at| at + 1)
}

/// Characters and UTF-16 units that begin in these bytes of UTF-8 text.
fn count(bytes: &[u8]) -> (usize, usize) {
    // RFC 3629: bytes 10xxxxxx go on with a character; those of four bytes, from 11110000 on, are two units.
    let chars = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    (chars, chars + bytes.iter().filter(|byte| **byte >= 0xF0).count())
}

/// The greatest character boundary of `text` that is not above `offset`.
pub(crate) fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_utf16_and_bytes() {
        let file = SourceFile::new("a.yaml", "a: 1\r\né: \"𝄞x\"\n");
        let point = file.point(file.text().find('x').expect("x is there"));
        assert_eq!((point.line, point.column, point.utf16, point.byte), (2, 6, 7, 10));
        assert_eq!(file.line(2), "é: \"𝄞x\"");
        assert_eq!(file.line(1), "a: 1");
        assert_eq!(file.line(9), "");
    }

    #[test]
    fn columns_of_a_long_line_are_those_counted_from_its_start() {
        let text = format!("a\n{}\nz", "xé𝄞€".repeat(700));
        let file = SourceFile::new("a.yaml", text.as_str());
        for (at, _) in text.char_indices() {
            let line = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
            let before = text.get(line..at).expect("boundaries");
            let point = file.point(at);
            let expected = (before.chars().count() + 1, before.encode_utf16().count() + 1, before.len() + 1);
            assert_eq!((point.column, point.utf16, point.byte), expected, "at {at}");
        }
        assert_eq!(file.point(text.len()).column, 2);
    }

    #[test]
    fn of_a_long_line_only_the_part_around_a_place_is_shown_and_no_secret() {
        let file = SourceFile::new("a.yaml", format!("k\n{}secret{}", "é".repeat(50), "x".repeat(50)));
        let at = file.text().find("secret").expect("it is there");
        file.mask(vec![Span::new(at + 2, at + 6), Span::new(at, at + 3)]);
        assert_eq!(file.shown_line(2, at, 8), ("éééé••••••xx".into(), 46));
        assert_eq!(file.shown_line(1, at, 8), ("k".into(), 0));
    }

    #[test]
    fn a_carriage_return_alone_ends_a_line_and_a_byte_order_mark_is_no_column() {
        let file = SourceFile::new("a.yaml", "\u{feff}a: 1\rb: 2\r\nc: 3\n\rd");
        let lines: Vec<&str> = (1..=file.lines()).map(|line| file.line(line)).collect();
        assert_eq!(lines, ["a: 1", "b: 2", "c: 3", "", "d"]);
        let place = |what: &str| {
            let point = file.point(file.text().find(what).expect("it is there"));
            (point.line, point.column, point.utf16, point.byte)
        };
        assert_eq!((place("a"), place("1"), place("b")), ((1, 1, 1, 1), (1, 4, 4, 4), (2, 1, 1, 1)));
        assert_eq!((file.point(0).line, file.point(0).column), (1, 1));
        assert_eq!(file.shown_line(1, 3, 99), ("a: 1".into(), 0));
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        let file = SourceFile::new("a.yaml", "ab");
        assert_eq!(file.point(99).column, 3);
    }
}
