//! One text file in memory with its line table. Reading from disk is `walk`'s work.

use super::span::Point;

/// A source file: its name as shown and its text.
#[derive(Debug)]
pub struct SourceFile {
    path: String,
    text: String,
    line_starts: Vec<usize>,
}

impl SourceFile {
    /// Keeps `text` under the name `path`, a `/`-separated path relative to the working directory.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path: path.into(), text, line_starts }
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
