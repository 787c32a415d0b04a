//! The formats of `leaver diff`: text for a terminal, Markdown for a pull request, JSON for programs. Each format has its own file. `words` has the
//! wording that the formats share.

mod json;
mod markdown;
mod text;
mod words;

use std::io;

use crate::{
    diff::Diff,
    output::{OutputError, Style},
};

/// An output format of `leaver diff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Text,
    /// For step summaries and comments: about ten lines, and the other changes folded.
    Markdown,
    /// Everything, as in `schemas/diff.schema.json`.
    Json,
}

impl Format {
    /// All formats. Formats for people come first.
    pub const ALL: [Self; 3] = [Self::Text, Self::Markdown, Self::Json];

    /// Returns the name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Json => "json",
        }
    }
}

/// Writes a comparison in a format. `today` is the date on which both sides were checked, `YYYY-MM-DD`.
pub fn render(
    format: Format,
    diff: &Diff<'_>,
    today: &str,
    style: &Style,
    out: &mut dyn io::Write,
) -> Result<(), OutputError> {
    match format {
        Format::Text => text::render(diff, style, out),
        Format::Markdown => markdown::render(diff, out),
        Format::Json => json::render(diff, today, out),
    }
}
