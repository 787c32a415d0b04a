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
    /// The range from `start` up to, not including, `end`. Both fit into 32 bits, since larger files are not read (`limits.fileBytes`).
    pub fn new(start: usize, end: usize) -> Self {
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: narrow(start), end: narrow(end) }
    }

    /// First byte.
    pub const fn start(self) -> usize {
        self.start as usize
    }

    /// One past the last byte.
    pub const fn end(self) -> usize {
        self.end as usize
    }

    /// Length in bytes.
    pub const fn len(self) -> usize {
        self.end().saturating_sub(self.start())
    }

    /// The text that it covers; empty if it is not a range of the text.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start()..self.end()).unwrap_or("")
    }

    /// Whether it is empty.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// A point in a file. Lines and columns start at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// Line.
    pub line: usize,
    /// Column in Unicode scalar values: JSON, SARIF with `columnKind: unicodeCodePoints`, people.
    pub column: usize,
    /// Column in UTF-16 code units: language servers.
    pub utf16: usize,
    /// Column in bytes.
    pub byte: usize,
}

/// A span in a file, such as the place of a finding.
#[derive(Debug, Clone)]
pub struct Place {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes in it.
    pub span: Span,
}

impl Place {
    /// The start of the span.
    pub fn start(&self) -> Point {
        self.file.point(self.span.start())
    }

    /// One past the end of the span.
    pub fn end(&self) -> Point {
        self.file.point(self.span.end())
    }

    /// The sort key of findings: path, then span.
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
