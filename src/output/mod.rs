//! The formats: the list of them, and the one door to all. How each looks is in the file of its name; what they share is in
//! `escape` (text from declarations is hostile), `place` and `summary`. A format never changes the exit status.

mod ci;
mod concise;
pub(crate) mod controls;
mod csv;
pub(crate) mod diff;
pub(crate) mod escape;
mod full;
mod group;
mod heirs;
mod json;
mod junit;
mod markdown;
pub(crate) mod paint;
mod place;
mod sarif;
pub(crate) mod summary;

use std::{fmt, io, str::FromStr};

use crate::{report::Report, rule::Severity};

pub use group::GroupBy;

/// How a format shows a report. Its file has one of these, under the name `FORMAT`.
pub(crate) struct Renderer {
    /// The name on the command line.
    pub(crate) name: &'static str,
    /// What reads the output: tests hold the text to it, whatever declarations say.
    pub(crate) grammar: Grammar,
    pub(crate) render: fn(&Report, &Style, &mut dyn io::Write) -> Result<(), OutputError>,
}

/// What the output of a format is, and so what no text in it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// Lines for people or for a log.
    Text,
    /// Lines, of which some are commands to the runner of a pipeline.
    Commands,
    /// One JSON document.
    Json,
    /// A JSON document a line.
    JsonLines,
    /// XML.
    Xml,
    /// Comma-separated values.
    Csv,
    /// GitHub's Markdown.
    Markdown,
}

/// A way to show a report.
#[derive(Clone, Copy)]
pub struct Format(&'static Renderer);

macro_rules! formats {
    ($($(#[doc = $doc:literal])* $name:ident = $renderer:path;)*) => {
        impl Format {
            $($(#[doc = $doc])* pub const $name: Self = Self(&$renderer);)*

            /// All of them, those for people first.
            pub const ALL: [Self; [$(stringify!($name)),*].len()] = [$(Self::$name),*];

            /// What it is, in a line for people.
            pub fn about(self) -> &'static str {
                $(if self == Self::$name {
                    return concat!($($doc),*).trim().trim_end_matches('.');
                })*
                ""
            }
        }
    };
}

// A new format is its file and its lines here; command line, tests and siege go by this list.
formats! {
    /// Snippets and fixes, for people at a terminal.
    FULL = full::FORMAT;
    /// One line a finding.
    CONCISE = concise::FORMAT;
    /// All of the report, by `schemas/report.schema.json`.
    JSON = json::FORMAT;
    /// One JSON object a line.
    JSONL = json::LINES;
    /// SARIF 2.1.0, as GitHub code scanning takes it.
    SARIF = sarif::FORMAT;
    /// XML of JUnit, as test reporters take it.
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

/// A text that is no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format")]
pub struct UnknownFormat(pub String);

impl Format {
    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        self.0.name
    }

    /// What the output is.
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

/// What the place of output can show, and what the user wants to see there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches: four of the terminal, three of the user")]
pub struct Style {
    /// ANSI colours.
    pub color: bool,
    /// Characters beyond ASCII in what leaver draws; declarations are shown as they are.
    pub unicode: bool,
    /// OSC 8 links from rule ids to their pages.
    pub hyperlinks: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// A terminal shows it: long lines are broken between words. In a file or pipe a finding of one line stays one.
    pub terminal: bool,
    /// The limit of the run: what is below it does not fail a test in `junit`, and is said in the summary.
    pub fail_on: Severity,
    /// No summary unless something is wrong.
    pub quiet: bool,
    /// Count all rules that fired, not only the first few.
    pub statistics: bool,
    /// Show every finding in full, however many there are.
    pub all: bool,
    /// What formats for people group findings by.
    pub group_by: Option<GroupBy>,
    /// Name all apps that fail for one reason, not only the first few.
    pub verbose: bool,
}

impl Default for Style {
    /// For files and pipes: no colour, no links, 100 columns.
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
    (format.0.render)(report, style, out)
}
