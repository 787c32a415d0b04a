//! Why a file is not valid YAML, told so that a person can mend it.

use granit_parser::ScanError;

use super::{file::floor_boundary, secret::redact, span::Span};

/// The help for a file that is not YAML yet.
pub(super) const TEMPLATE: &str = "this looks like a template: check what it renders to, or exclude it in leaver.yaml";

/// Bytes before and behind an error in which its cause is looked for.
const AROUND: usize = 16 * 1024;

/// The start of a text from the file, on one line. Secrets go before it is cut: a part of one is not known any more.
pub(super) fn excerpt(text: &str) -> String {
    let text = &*redact(text);
    let cut = text.chars().nth(60).map_or("", |_| "…");
    text.chars().take(60).map(|c| if c.is_whitespace() { ' ' } else { c }).collect::<String>() + cut
}

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

    /// More nested collections than the limit.
    pub(super) fn too_deep(span: Span, depth: usize) -> Self {
        let problem = Self::new(span, format!("nested more than {depth} levels deep"));
        problem.help("flatten it, or raise `limits.depth` in leaver.yaml").limit()
    }

    /// A key that the same mapping has already, at `first`.
    pub(super) fn twice(span: Span, key: &str, plain: bool, first: Span) -> Self {
        let help = if plain && key == "<<" {
            "merge several mappings as a list: `<<: [*a, *b]`"
        } else {
            "keep one of the two"
        };
        let related = Some((first, "first written here".into()));
        Self { related, ..Self::new(span, format!("key `{}` is written twice", excerpt(key))).help(help) }
    }

    /// What the parser could not read, with a hint for the commonest causes.
    pub(super) fn scan(text: &str, error: &ScanError, depth: usize) -> Self {
        let at = floor_boundary(text, error.marker().byte_offset().unwrap_or(text.len()));
        let rest = text.get(at..).unwrap_or("");
        let end = at + rest.chars().next().filter(|c| !matches!(c, '\n' | '\r')).map_or(0, char::len_utf8);
        let mut message = error.info();
        if let Some(first) = message.get(..1).map(str::to_ascii_lowercase) {
            message.replace_range(..1, &first);
        }
        let problem = Self::new(Span::new(at, end), format!("not valid YAML: {message}"));
        let line_start = text.get(..at).and_then(|before| before.rfind(['\n', '\r'])).map_or(0, |newline| newline + 1);
        let line = text.get(line_start..).unwrap_or("").split(['\n', '\r']).next().unwrap_or("");
        if message.contains("nesting") || message.contains("recursion") {
            return Self::too_deep(problem.span, depth);
        }
        if (message.contains("quoted scalar") || message.contains("comments must"))
            && let Some(problem) = Self::runaway(text, at)
        {
            return problem;
        }
        let marks = ["<<<<<<< ", "=======", ">>>>>>> "];
        // NOTE: thousands of broken documents each come here, so that only the text around is looked at.
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

    /// A quoted text that ends before `at`, lines below where it began, with keys in between: its closing quote was forgotten, and it ran
    /// on to the opening quote of the next one. The fault is where it began.
    fn runaway(text: &str, at: usize) -> Option<Self> {
        let before = text.get(..at)?.trim_end_matches([' ', '\t']);
        let quote = before.chars().next_back().filter(|c| matches!(c, '"' | '\''))?;
        let end = before.len() - 1;
        let start = opening(before.get(..end)?, quote)?;
        let inner = text.get(start + 1..end)?;
        let is_key = |line: &str| {
            line.split_once(':')
                .is_some_and(|(key, rest)| !key.contains(['"', '\'']) && (rest.is_empty() || rest.starts_with(' ')))
        };
        if !inner.lines().skip(1).any(is_key) {
            return None;
        }
        let message = "not valid YAML: the quote that opens here is not closed on its line, nor before the next key";
        let related = Some((Span::new(end, end + 1), "this quote ends it".to_owned()));
        Some(Self { related, ..Self::new(Span::new(start, start + 1), message).help("close the quote") })
    }
}

/// Where the quoted text began that a quote of the same kind ends right behind `before`.
fn opening(before: &str, quote: char) -> Option<usize> {
    let mut rest = before;
    loop {
        let at = rest.rfind(quote)?;
        let head = rest.get(..at)?;
        let escaped = if quote == '"' {
            head.len() - head.trim_end_matches('\\').len()
        } else {
            // In single quotes two of them are one; a run of an odd number begins the text.
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
