//! One text file in memory with its line table. Reading from disk is `walk`'s work.

use std::{borrow::Cow, sync::OnceLock};

use super::span::{Point, Span};

/// A source file: its name as shown and its text.
#[derive(Debug)]
pub struct SourceFile {
    path: String,
    text: String,
    line_starts: Vec<usize>,
    masked: OnceLock<Vec<Span>>,
}

impl SourceFile {
    /// Keeps `text` under the name `path`, a `/`-separated path relative to the working directory.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path: path.into(), text, line_starts, masked: OnceLock::new() }
    }

    /// The path as shown in every format.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many lines the file has, an unfinished last one included.
    pub fn lines(&self) -> usize {
        self.line_starts.len()
    }

    /// The text of a line (from 1) without its line break, or nothing past the end.
    pub fn line(&self, line: usize) -> &str {
        let Some(start) = line.checked_sub(1).and_then(|index| self.line_starts.get(index)) else { return "" };
        let end = self.line_starts.get(line).copied().unwrap_or(self.text.len());
        self.text.get(*start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// Says, once, which parts hold secrets: no report shows their text.
    pub fn mask(&self, spans: Vec<Span>) {
        // A second call would come from a second check of the same file, which finds the same.
        drop(self.masked.set(spans));
    }

    /// The text of a line as it may be shown: each character of a secret is a dot.
    pub fn shown_line(&self, line: usize) -> Cow<'_, str> {
        let text = self.line(line);
        let start = line.checked_sub(1).and_then(|index| self.line_starts.get(index)).copied().unwrap_or(0);
        let secret = |at: usize| {
            self.masked.get().is_some_and(|spans| spans.iter().any(|span| span.start <= at && at < span.end))
        };
        if self.masked.get().is_none_or(Vec::is_empty) {
            return Cow::Borrowed(text);
        }
        text.char_indices().map(|(at, c)| if secret(start + at) { '•' } else { c }).collect::<String>().into()
    }

    /// Line and columns of a byte offset. An offset past the end, or inside a character, counts as the nearest one before.
    pub fn point(&self, offset: usize) -> Point {
        let offset = floor_boundary(&self.text, offset);
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or("");
        Point {
            line,
            column: before.chars().count() + 1,
            utf16: before.chars().map(char::len_utf16).sum::<usize>() + 1,
            byte: before.len() + 1,
        }
    }
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
    fn an_offset_past_the_end_is_the_end() {
        let file = SourceFile::new("a.yaml", "ab");
        assert_eq!(file.point(99).column, 3);
    }
}
