//! The formats: the list of them, and the one door to all. How each looks is in the file of its name; what they share is in
//! `escape` (text from declarations is hostile), `place` and `summary`. A format never changes the exit status.

mod ci;
mod concise;
pub(crate) mod controls;
mod csv;
pub(crate) mod diff;
pub(crate) mod escape;
mod full;
mod json;
mod junit;
mod markdown;
pub(crate) mod paint;
mod place;
mod sarif;
pub(crate) mod summary;

use std::{fmt, io, str::FromStr};

use crate::{report::Report, rule::Severity};

/// A way to show a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Snippets and fixes, for people at a terminal.
    Full,
    /// One line a finding.
    Concise,
    /// All of the report, by `schemas/report.schema.json`.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// SARIF 2.1.0, as GitHub code scanning takes it.
    Sarif,
    /// `JUnit` XML.
    Junit,
    /// Workflow commands of GitHub Actions.
    Github,
    /// Code Quality of GitLab.
    Gitlab,
    /// Logging commands of Azure Pipelines.
    Azure,
    /// reviewdog's diagnostic format.
    Rdjson,
    /// A page for job summaries and comments.
    Markdown,
    /// A table for spreadsheets.
    Csv,
}

/// A text that is no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format")]
pub struct UnknownFormat(pub String);

impl Format {
    /// All of them, those for people first.
    pub const ALL: [Self; 12] = [
        Self::Full,
        Self::Concise,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Junit,
        Self::Github,
        Self::Gitlab,
        Self::Azure,
        Self::Rdjson,
        Self::Markdown,
        Self::Csv,
    ];

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Azure => "azure",
            Self::Rdjson => "rdjson",
            Self::Markdown => "markdown",
            Self::Csv => "csv",
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|format| format.as_str() == text);
        known.ok_or_else(|| UnknownFormat(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

/// What the place of output can show, and what the user wants to see there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches: three of the terminal, two of the user")]
pub struct Style {
    /// ANSI colours.
    pub color: bool,
    /// Characters beyond ASCII in what leaver draws; declarations are shown as they are.
    pub unicode: bool,
    /// OSC 8 links from rule ids to their pages.
    pub hyperlinks: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// The limit of the run: what is below it does not fail a test in `junit`, and is said in the summary.
    pub fail_on: Severity,
    /// No summary unless something is wrong.
    pub quiet: bool,
    /// Count all rules that fired, not only the first few.
    pub statistics: bool,
}

impl Default for Style {
    /// For files and pipes: no colour, no links, 100 columns.
    fn default() -> Self {
        Self {
            color: false,
            unicode: true,
            hyperlinks: false,
            width: 100,
            fail_on: Severity::Error,
            quiet: false,
            statistics: false,
        }
    }
}

/// Why a report could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The place of output did not take it: full, closed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A value that JSON cannot hold.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A row that CSV cannot hold.
    #[error(transparent)]
    Csv(#[from] ::csv::Error),
    /// A text that XML cannot hold.
    #[error(transparent)]
    Xml(#[from] quick_junit::SerializeError),
    /// The drawing of a finding failed.
    #[error(transparent)]
    Draw(#[from] fmt::Error),
}

/// Writes the report in a format.
pub fn render(format: Format, report: &Report, style: &Style, out: &mut dyn io::Write) -> Result<(), OutputError> {
    match format {
        Format::Full => full::render(report, style, out),
        Format::Concise => concise::render(report, style, out),
        Format::Json => json::render(report, out),
        Format::Jsonl => json::render_lines(report, out),
        Format::Sarif => sarif::render(report, out),
        Format::Junit => junit::render(report, style, out),
        Format::Github => ci::github::render(report, style, out),
        Format::Gitlab => ci::gitlab::render(report, out),
        Format::Azure => ci::azure::render(report, style, out),
        Format::Rdjson => ci::rdjson::render(report, out),
        Format::Markdown => markdown::render(report, style, out),
        Format::Csv => csv::render(report, out),
    }
}
