//! Explains why a file is not valid YAML.

use granit_parser::ScanError;

use super::{file::floor_boundary, secret::redact, span::Span};

/// The help for a template that is not rendered to YAML yet.
pub(super) const TEMPLATE: &str =
    "this looks like a template: check the rendered file, or exclude the template in leaver.yaml";

/// The beginnings of messages in which the parser uses its own terms, and the messages to show instead.
const REWORDED: [(&str, &str); 3] = [
    ("mapping values are not allowed", "a key is not allowed here; is a line indented too far, or a quote missing?"),
    ("tabs disallowed", "a tab in the indentation"),
    ("while parsing node, found unknown anchor", "an alias of an anchor that does not exist"),
];

/// The number of bytes before and after an error in which to search for its cause.
const AROUND: usize = 16 * 1024;

/// Returns the start of a text from the file, on one line. Secrets are redacted before the text is cut, since a part of a secret would not be
/// recognised.
pub(super) fn excerpt(text: &str) -> String {
    let text = &*redact(text);
    let cut = text.chars().nth(60).map_or("", |_| "…");
    text.chars().take(60).map(|c| if c.is_whitespace() { ' ' } else { c }).collect::<String>() + cut
}

/// Why a file, or a part of it, is not valid YAML for leaver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place of the problem.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// A related place and its description.
    pub related: Option<(Span, String)>,
    /// Whether a limit was reached. The rest of the file was then not read.
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

    /// Returns the problem of a nesting that is deeper than the limit.
    pub(super) fn too_deep(span: Span, depth: usize) -> Self {
        let problem = Self::new(span, format!("nested more than {depth} levels deep"));
        problem.help("flatten it, or raise `limits.depth` in leaver.yaml").limit()
    }

    /// Returns the problem of a key that occurs earlier in the same mapping, at `first`.
    pub(super) fn duplicate_key(span: Span, key: &str, plain: bool, first: Span) -> Self {
        let help = if plain && key == "<<" {
            "merge several mappings as a list: `<<: [*a, *b]`"
        } else {
            "keep one of the two"
        };
        let related = Some((first, "first written here".into()));
        Self { related, ..Self::new(span, format!("key `{}` is written twice", excerpt(key))).help(help) }
    }

    /// Returns the problem of a syntax error, with a hint for the most common causes.
    pub(super) fn syntax_error(text: &str, error: &ScanError, depth: usize) -> Self {
        let at = floor_boundary(text, error.marker().byte_offset().unwrap_or(text.len()));
        let rest = text.get(at..).unwrap_or("");
        let end = at + rest.chars().next().filter(|c| !matches!(c, '\n' | '\r')).map_or(0, char::len_utf8);
        let mut message = error.info();
        if let Some((_, plain)) = REWORDED.iter().find(|(start, _)| message.starts_with(start)) {
            (*plain).clone_into(&mut message);
        } else if let Some(first) = message.get(..1).map(str::to_ascii_lowercase) {
            message.replace_range(..1, &first);
        }
        let problem = Self::new(Span::new(at, end), format!("not valid YAML: {message}"));
        let line_start = text.get(..at).and_then(|before| before.rfind(['\n', '\r'])).map_or(0, |newline| newline + 1);
        let line = text.get(line_start..).unwrap_or("").split(['\n', '\r']).next().unwrap_or("");
        if message.contains("nesting") || message.contains("recursion") {
            return Self::too_deep(problem.span, depth);
        }
        if (message.contains("quoted scalar") || message.contains("comments must"))
            && let Some(problem) = Self::missing_quote(text, at)
        {
            return problem;
        }
        let marks = ["<<<<<<< ", "=======", ">>>>>>> "];
        // NOTE: a file may have thousands of broken documents, so only the surrounding text is searched.
        let from = floor_boundary(text, at.saturating_sub(AROUND));
        let near = text.get(from..floor_boundary(text, at + AROUND)).unwrap_or("");
        if marks.iter().any(|mark| line.starts_with(mark)) || near.contains("\n<<<<<<< ") {
            return problem.help("the file has merge conflict marks: finish the merge");
        }
        if near.contains("{{") || near.contains("{%") {
            return problem.help(TEMPLATE);
        }
        if line.starts_with(|c: char| c.is_whitespace()) && line.trim_start_matches(' ').starts_with('\t') {
            return problem.help("indent with spaces: YAML allows no tabs there");
        }
        problem
    }

    /// Finds a quoted text whose closing quote is missing. The parser then ends the text at the opening quote of the next quoted text, right before
    /// `at`. The lines between the two quotes contain keys. The problem is reported at the start of the first text.
    fn missing_quote(text: &str, at: usize) -> Option<Self> {
        let before = text.get(..at)?.trim_end_matches([' ', '\t']);
        let quote = before.chars().next_back().filter(|c| matches!(c, '"' | '\''))?;
        let end = before.len() - 1;
        let start = opening_quote(before.get(..end)?, quote)?;
        let inner = text.get(start + 1..end)?;
        let is_key = |line: &str| {
            line.split_once(':')
                .is_some_and(|(key, rest)| !key.contains(['"', '\'']) && (rest.is_empty() || rest.starts_with(' ')))
        };
        if !inner.lines().skip(1).any(is_key) {
            return None;
        }
        let message =
            "not valid YAML: the quoted text that starts here does not end on its line or before the next key";
        let related = Some((Span::new(end, end + 1), "this quote ends it".to_owned()));
        Some(Self { related, ..Self::new(Span::new(start, start + 1), message).help("close the quote") })
    }
}

/// Returns the start of a quoted text that ends right after `before`.
fn opening_quote(before: &str, quote: char) -> Option<usize> {
    let mut rest = before;
    loop {
        let at = rest.rfind(quote)?;
        let head = rest.get(..at)?;
        let escaped = if quote == '"' {
            head.len() - head.trim_end_matches('\\').len()
        } else {
            // Inside single quotes, two quotes are an escaped quote. A run with an odd number of quotes therefore starts the text.
            let run = head.len() - head.trim_end_matches(quote).len();
            if run % 2 == 0 {
                return Some(at - run);
            }
            rest = head.get(..at - run)?;
            continue;
        };
        if escaped % 2 == 0 {
            return Some(at);
        }
        rest = head;
    }
}
