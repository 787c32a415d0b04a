//! The formats of `leaver diff`: text for a terminal, Markdown for a pull request, JSON for programs. How each looks is in the file of its
//! name; the words that they share are in `words`.

mod json;
mod markdown;
#[cfg(test)]
mod tests;
mod text;
mod words;

use std::io;

use crate::{
    diff::Diff,
    output::{OutputError, Style},
};

/// A way to show what a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people at a terminal.
    Text,
    /// For step summaries and comments: about ten lines, the rest folded.
    Markdown,
    /// All of it, by `schemas/diff.schema.json`.
    Json,
}

impl Format {
    /// All of them, those for people first.
    pub(crate) const ALL: [Self; 3] = [Self::Text, Self::Markdown, Self::Json];

    /// The name on the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Json => "json",
        }
    }
}

/// Writes a comparison in a format. `today` is the day that both sides were checked on, `YYYY-MM-DD`.
pub(crate) fn render(
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
