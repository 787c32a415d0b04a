//! Byte ranges in a source file, and their lines and columns in the units of the output formats.

use std::sync::Arc;

use super::file::SourceFile;

/// A half-open range of bytes in one source file, always on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// Returns the range from `start` up to, but not including, `end`. Both numbers fit into 32 bits, since larger files are not read
    /// (`limits.fileBytes`).
    pub fn new(start: usize, end: usize) -> Self {
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: narrow(start), end: narrow(end) }
    }

    /// Returns the offset of the first byte.
    pub const fn start(self) -> usize {
        self.start as usize
    }

    /// Returns the offset after the last byte.
    pub const fn end(self) -> usize {
        self.end as usize
    }

    /// Returns the length in bytes.
    pub const fn len(self) -> usize {
        self.end().saturating_sub(self.start())
    }

    /// Returns the text that the span covers, or an empty text if the span is not inside the text.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start()..self.end()).unwrap_or("")
    }

    /// Whether the span is empty.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// A point in a file. Lines and columns start at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The line.
    pub line: usize,
    /// The column in Unicode scalar values, for people, JSON and SARIF with `columnKind: unicodeCodePoints`.
    pub column: usize,
    /// The column in UTF-16 code units, for language servers.
    pub utf16: usize,
    /// The column in bytes.
    pub byte: usize,
}

/// A span in a file, such as the place of a finding.
#[derive(Debug, Clone)]
pub struct Place {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The range of bytes in the file.
    pub span: Span,
}

impl Place {
    /// Returns the start of the span.
    pub fn start(&self) -> Point {
        self.file.point(self.span.start())
    }

    /// Returns the point after the last character of the span.
    pub fn end(&self) -> Point {
        self.file.point(self.span.end())
    }

    /// Returns the sort key of findings: path, then span.
    pub fn sort_key(&self) -> (&str, Span) {
        (self.file.path(), self.span)
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.sort_key() == other.sort_key()
    }
}

impl Eq for Place {}
