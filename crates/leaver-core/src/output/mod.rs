//! Lists the output formats and renders a report. Each format has its own file. All formats share `escape` (because text from declarations may be
//! hostile), `place` and `summary`. A format never changes the exit status.

mod block;
mod ci;
mod concise;
pub mod controls;
mod csv;
pub mod diff;
pub mod escape;
mod full;
mod group;
mod json;
mod junit;
mod markdown;
pub mod paint;
mod place;
mod sarif;
pub mod summary;

use std::{fmt, io, str::FromStr};

use crate::{report::Report, rule::Severity};

pub use group::GroupBy;

/// The code for one format. The file of each format has a renderer called `FORMAT`.
pub(crate) struct Renderer {
    /// The name on the command line.
    pub(crate) name: &'static str,
    /// The syntax of the output. Tests check that hostile declarations cannot break this syntax.
    pub(crate) grammar: Grammar,
    pub(crate) render: fn(&Report, &Style, &mut dyn io::Write) -> Result<(), OutputError>,
}

/// The syntax of an output, which determines what hostile text must not contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// Lines for people or for a log.
    Text,
    /// Lines, some of which are commands for a CI runner.
    Commands,
    /// One JSON document.
    Json,
    /// One JSON document per line.
    JsonLines,
    /// XML.
    Xml,
    /// Comma-separated values.
    Csv,
    /// GitHub Flavored Markdown.
    Markdown,
}

/// An output format.
#[derive(Clone, Copy)]
pub struct Format(&'static Renderer);

macro_rules! formats {
    ($($(#[doc = $doc:literal])* $name:ident = $renderer:path;)*) => {
        impl Format {
            $($(#[doc = $doc])* pub const $name: Self = Self(&$renderer);)*

            /// All formats. Formats for people come first.
            pub const ALL: [Self; [$(stringify!($name)),*].len()] = [$(Self::$name),*];

            /// Returns a one-line description.
            pub fn about(self) -> &'static str {
                $(if self == Self::$name {
                    return concat!($($doc),*).trim().trim_end_matches('.');
                })*
                ""
            }
        }
    };
}

// A new format needs a file, its `mod` line and its lines in this list. The command line and the tests iterate over the list.
formats! {
    /// Snippets and fixes, for people at a terminal.
    FULL = full::FORMAT;
    /// One line per finding.
    CONCISE = concise::FORMAT;
    /// The whole report, described by `schemas/report.schema.json`.
    JSON = json::FORMAT;
    /// One JSON object per line.
    JSONL = json::LINES;
    /// SARIF 2.1.0, for GitHub code scanning.
    SARIF = sarif::FORMAT;
    /// JUnit XML, for test reports.
    JUNIT = junit::FORMAT;
    /// Workflow commands of GitHub Actions.
    GITHUB = ci::github::FORMAT;
    /// Code Quality of GitLab.
    GITLAB = ci::gitlab::FORMAT;
    /// Logging commands of Azure Pipelines.
    AZURE = ci::azure::FORMAT;
    /// reviewdog's diagnostic format.
    RDJSON = ci::rdjson::FORMAT;
    /// A page for job summaries and comments.
    MARKDOWN = markdown::FORMAT;
    /// A table for spreadsheets.
    CSV = csv::FORMAT;
}

/// An unknown format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format")]
pub struct UnknownFormat(pub String);

impl Format {
    /// Returns the name on the command line.
    pub const fn as_str(self) -> &'static str {
        self.0.name
    }

    /// Returns the syntax of the output.
    pub const fn grammar(self) -> Grammar {
        self.0.grammar
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Format {}

impl fmt::Debug for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0.name)
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

/// The capabilities of the output, and the options of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches: four of the terminal, three of the user")]
pub struct Style {
    /// Whether to write ANSI colours.
    pub color: bool,
    /// Whether leaver's own text may have non-ASCII characters. Text from declarations is shown unchanged.
    pub unicode: bool,
    /// Whether rule ids are OSC 8 links to the pages of the rules.
    pub hyperlinks: bool,
    /// The width of the terminal in columns.
    pub width: usize,
    /// Whether the output is a terminal, in which long lines are wrapped. In a file or pipe, a one-line finding stays on one line.
    pub terminal: bool,
    /// The minimum severity that fails the run. In `junit`, findings below this severity are passed tests. If a run passes with findings, the summary
    /// shows this severity.
    pub fail_on: Severity,
    /// Whether to omit the summary if there are no findings or failures.
    pub quiet: bool,
    /// Whether to count all rules with findings, not only the most frequent rules.
    pub statistics: bool,
    /// Whether to show every finding in full, regardless of their number.
    pub all: bool,
    /// The criterion by which formats for people group findings.
    pub group_by: Option<GroupBy>,
    /// Whether to list all apps that fail for one reason, not only the first few.
    pub verbose: bool,
}

impl Default for Style {
    /// Returns the style for files and pipes: no colour, no links, 100 columns.
    fn default() -> Self {
        Self {
            color: false,
            unicode: true,
            hyperlinks: false,
            width: 100,
            terminal: false,
            fail_on: Severity::Error,
            quiet: false,
            statistics: false,
            all: false,
            group_by: None,
            verbose: false,
        }
    }
}

/// Why a report could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// Writing failed, for example because the disk is full.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A value that JSON cannot represent.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A row that CSV cannot represent.
    #[error(transparent)]
    Csv(#[from] ::csv::Error),
    /// A text that XML cannot represent.
    #[error(transparent)]
    Xml(#[from] quick_junit::SerializeError),
    /// Rendering a finding failed.
    #[error(transparent)]
    Render(#[from] fmt::Error),
}

/// Writes the report in a format.
pub fn render(format: Format, report: &Report, style: &Style, out: &mut dyn io::Write) -> Result<(), OutputError> {
    (format.0.render)(report, style, out)
}
