//! Formats. Every one carries the same findings at the same places; none decides anything. This file holds the list, nothing else.

mod annotations;
mod concise;
mod csv;
pub mod escape;
mod full;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod rdjson;
mod sarif;
pub(crate) mod summary;

use std::{io::Write, str::FromStr};

use crate::{report::Report, rule::Severity};

/// A format of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people, with excerpts.
    Full,
    /// One line a finding.
    Concise,
    /// Versioned; `schemas/report.schema.json`.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
    /// `JUnit` XML.
    Junit,
    /// GitHub workflow commands.
    Github,
    /// GitLab Code Quality.
    Gitlab,
    /// Azure Pipelines logging commands.
    Azure,
    /// reviewdog's rdjson.
    Rdjson,
    /// For step summaries and comments.
    Markdown,
    /// For spreadsheets.
    Csv,
}

impl Format {
    /// All of them.
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

    /// Its name on the command line.
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

/// A name that is no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no format of this name")]
pub struct UnknownFormat;

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.as_str() == text).ok_or(UnknownFormat)
    }
}

/// How text for people is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each named where it is set")]
pub struct Style {
    /// ANSI colours.
    pub color: bool,
    /// Box drawing and symbols; ASCII otherwise.
    pub unicode: bool,
    /// OSC 8 links to the rule pages.
    pub hyperlinks: bool,
    /// Columns.
    pub width: usize,
    /// The least severity that fails, for the last line.
    pub fail_on: Severity,
    /// Nothing where nothing is wrong.
    pub quiet: bool,
    /// Every rule's count.
    pub statistics: bool,
}

impl Default for Style {
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

/// A report that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The writer failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// JSON failed.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// CSV failed.
    #[error(transparent)]
    Csv(#[from] ::csv::Error),
    /// XML failed.
    #[error(transparent)]
    Xml(#[from] quick_junit::SerializeError),
}

/// Writes a report in one format.
pub fn render(format: Format, report: &Report, style: &Style, out: &mut dyn Write) -> Result<(), OutputError> {
    match format {
        Format::Full => full::render(report, style, out),
        Format::Concise => concise::render(report, style, out),
        Format::Json => json::render(report, out),
        Format::Jsonl => json::render_lines(report, out),
        Format::Sarif => sarif::render(report, out),
        Format::Junit => junit::render(report, out),
        Format::Github => annotations::github(report, style, out),
        Format::Azure => annotations::azure(report, style, out),
        Format::Gitlab => gitlab::render(report, out),
        Format::Rdjson => rdjson::render(report, out),
        Format::Markdown => markdown::render(report, style, out),
        Format::Csv => csv::render(report, out),
    }
}
