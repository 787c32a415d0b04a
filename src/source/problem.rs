//! Why a file is not valid YAML, told so that a person can mend it.

use granit_parser::ScanError;

use super::{file::floor_boundary, span::Span};

/// The help for a file that is not YAML yet.
pub(super) const TEMPLATE: &str = "this looks like a template: check what it renders to, or exclude it in leaver.yaml";

/// Why (a part of) a file is not valid YAML for leaver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Another place that belongs to it, and what is there.
    pub related: Option<(Span, String)>,
    /// A limit was hit: the rest of the file was not looked at.
    pub limit: bool,
}

impl Problem {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None, related: None, limit: false }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn limit(mut self) -> Self {
        self.limit = true;
        self
    }

    /// What the parser could not read, with a hint for the commonest causes.
    pub(super) fn scan(text: &str, error: &ScanError) -> Self {
        let at = floor_boundary(text, error.marker().byte_offset().unwrap_or(text.len()));
        let rest = text.get(at..).unwrap_or("");
        let end = at + rest.chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
        let mut message = error.info();
        if let Some(first) = message.get(..1).map(str::to_ascii_lowercase) {
            message.replace_range(..1, &first);
        }
        let problem = Self::new(Span::new(at, end), format!("not valid YAML: {message}"));
        let line_start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        let line = text.get(line_start..).unwrap_or("").lines().next().unwrap_or("");
        if message.contains("nesting") || message.contains("recursion") {
            return problem.help("flatten it, or raise `limits.depth` in leaver.yaml").limit();
        }
        let marks = ["<<<<<<< ", "=======", ">>>>>>> "];
        if marks.iter().any(|mark| line.starts_with(mark)) || text.lines().any(|line| line.starts_with("<<<<<<< ")) {
            return problem.help("the file has merge conflict marks: finish the merge");
        }
        if text.contains("{{") || text.contains("{%") {
            return problem.help(TEMPLATE);
        }
        if line.starts_with(|c: char| c.is_whitespace()) && line.trim_start_matches(' ').starts_with('\t') {
            return problem.help("indent with spaces: YAML allows no tabs there");
        }
        problem
    }
}
