//! A text file in memory with its line table.

use std::{borrow::Cow, sync::OnceLock};

use super::span::{Point, Span};

/// A source file with its display path and its text.
#[derive(Debug)]
pub struct SourceFile {
    path: String,
    text: String,
    /// Line starts, computed on first use, because a file without findings needs none.
    line_starts: OnceLock<Vec<u32>>,
    secrets: OnceLock<Vec<Span>>,
    /// The number of characters and UTF-16 units before each block of the text, for files with long lines.
    blocks: OnceLock<Vec<(usize, usize)>>,
}

/// Bytes in a block. `blocks` has the counts before each block, so computing a column counts characters in one block only. Therefore, thousands of
/// findings on one long line take no longer than on many lines.
const BLOCK: usize = 1024;

impl SourceFile {
    /// Returns a file with this text. `path` is relative to the working directory and separated by `/`.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
            secrets: OnceLock::new(),
            blocks: OnceLock::new(),
        }
    }

    /// Returns the path as shown in every format.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            // As in editors, a byte order mark is not part of the first line.
            let first = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            let starts = std::iter::once(first).chain(line_breaks(&self.text));
            starts.map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect()
        })
    }

    /// Returns the start of a line. Lines are counted from 0.
    fn line_start(&self, index: usize) -> Option<usize> {
        self.line_starts().get(index).map(|start| *start as usize)
    }

    /// Returns the number of lines, including a last line without line break.
    pub fn lines(&self) -> usize {
        self.line_starts().len()
    }

    /// Returns the text of a line without its line break, or an empty text past the end. Lines are counted from 1.
    pub fn line(&self, line: usize) -> &str {
        let Some(start) = line.checked_sub(1).and_then(|index| self.line_start(index)) else { return "" };
        let end = self.line_start(line).unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// Sets the parts that are secrets. Reports redact these parts. Only the first call has an effect.
    pub fn set_secrets(&self, mut spans: Vec<Span>) {
        spans.sort();
        // Merge overlapping spans. The ends are then sorted too, so only the first span that ends after an offset can contain this offset.
        spans.dedup_by(|next, kept| {
            let within = next.start() <= kept.end();
            if within {
                *kept = Span::new(kept.start(), kept.end().max(next.end()));
            }
            within
        });
        // The first call comes from findings. A failure in the same file may cause a second call.
        drop(self.secrets.set(spans));
    }

    /// Whether a span contains a part of a secret.
    pub fn has_secret(&self, span: Span) -> bool {
        let spans = self.secrets.get().map(Vec::as_slice).unwrap_or_default();
        spans
            .get(spans.partition_point(|secrets| secrets.end() <= span.start()))
            .is_some_and(|secrets| secrets.start() < span.end())
    }

    /// Returns the part of a line within `reach` bytes of the byte offset `around`, with a dot for each character of a secret. Also returns the
    /// number of characters before this part.
    pub fn redacted_line(&self, line: usize, around: usize, reach: usize) -> (Cow<'_, str>, usize) {
        let text = self.line(line);
        let start = line.checked_sub(1).and_then(|index| self.line_start(index)).unwrap_or(0);
        let around = around.saturating_sub(start).min(text.len());
        let from = floor_boundary(text, around.saturating_sub(reach));
        let to = floor_boundary(text, around.saturating_add(reach));
        let before = self.widths(start, start + from).0;
        let text = text.get(from..to).unwrap_or("");
        let spans = self.secrets.get().map(Vec::as_slice).unwrap_or_default();
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

    /// Returns the number of characters and UTF-16 units between two character boundaries.
    fn widths(&self, from: usize, to: usize) -> (usize, usize) {
        if to.saturating_sub(from) <= BLOCK {
            return count_units(self.text.as_bytes().get(from..to).unwrap_or_default());
        }
        let blocks = self.blocks.get_or_init(|| {
            let sums = self.text.as_bytes().chunks(BLOCK).scan((0, 0), |sum, block| {
                let before = *sum;
                let (chars, units) = count_units(block);
                *sum = (sum.0 + chars, sum.1 + units);
                Some(before)
            });
            sums.collect()
        });
        let upto = |at: usize| {
            // At the end of the text, there may be no further block.
            let block = (at / BLOCK).min(blocks.len().saturating_sub(1));
            let (chars, units) = blocks.get(block).copied().unwrap_or_default();
            let rest = count_units(self.text.as_bytes().get(block * BLOCK..at).unwrap_or_default());
            (chars + rest.0, units + rest.1)
        };
        let ((chars, units), before) = (upto(to), upto(from));
        (chars - before.0, units - before.1)
    }

    /// Returns line and columns of a byte offset. An offset past the end or inside a character is moved back to the nearest valid offset.
    pub fn point(&self, offset: usize) -> Point {
        let first = self.line_start(0).unwrap_or(0);
        let offset = floor_boundary(&self.text, offset).max(first);
        let line = self.line_starts().partition_point(|start| *start as usize <= offset);
        let start = self.line_start(line.saturating_sub(1)).unwrap_or(0);
        let (chars, units) = self.widths(start, offset);
        Point { line, column: chars + 1, utf16: units + 1, byte: offset - start + 1 }
    }
}

/// Returns the starts of all lines except the first. YAML 1.2 breaks lines at LF, CR LF and CR
/// (<https://yaml.org/spec/1.2.2/#54-line-break-characters>).
fn line_breaks(text: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = text.as_bytes();
    let ends = text.match_indices(['\n', '\r']).map(|(at, _)| at);
    ends.filter(|at| bytes.get(*at) != Some(&b'\r') || bytes.get(at + 1) != Some(&b'\n')).map(|at| at + 1)
}

/// Returns the number of characters and UTF-16 units that begin in these bytes of UTF-8 text.
fn count_units(bytes: &[u8]) -> (usize, usize) {
    // RFC 3629: bytes 10xxxxxx continue a character; characters that start with 11110000 or above are two units.
    let chars = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    (chars, chars + bytes.iter().filter(|byte| **byte >= 0xF0).count())
}

/// Returns the last character boundary of `text` at or before `offset`.
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
    fn columns_of_a_long_line_are_counted_from_its_start() {
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
    fn long_lines_are_cut_and_redacted() {
        let file = SourceFile::new("a.yaml", format!("k\n{}secret{}", "é".repeat(50), "x".repeat(50)));
        let at = file.text().find("secret").expect("it is there");
        file.set_secrets(vec![Span::new(at + 2, at + 6), Span::new(at, at + 3)]);
        assert_eq!(file.redacted_line(2, at, 8), ("éééé••••••xx".into(), 46));
        assert_eq!(file.redacted_line(1, at, 8), ("k".into(), 0));
    }

    #[test]
    fn a_carriage_return_ends_a_line_and_a_byte_order_mark_takes_no_column() {
        let file = SourceFile::new("a.yaml", "\u{feff}a: 1\rb: 2\r\nc: 3\n\rd");
        let lines: Vec<&str> = (1..=file.lines()).map(|line| file.line(line)).collect();
        assert_eq!(lines, ["a: 1", "b: 2", "c: 3", "", "d"]);
        let place = |what: &str| {
            let point = file.point(file.text().find(what).expect("it is there"));
            (point.line, point.column, point.utf16, point.byte)
        };
        assert_eq!((place("a"), place("1"), place("b")), ((1, 1, 1, 1), (1, 4, 4, 4), (2, 1, 1, 1)));
        assert_eq!((file.point(0).line, file.point(0).column), (1, 1));
        assert_eq!(file.redacted_line(1, 3, 99), ("a: 1".into(), 0));
    }

    #[test]
    fn offsets_past_the_end_are_clamped() {
        let file = SourceFile::new("a.yaml", "ab");
        assert_eq!(file.point(99).column, 3);
    }
}
