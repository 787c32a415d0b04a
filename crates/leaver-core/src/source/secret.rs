//! Finds and redacts secrets in any text that leaver prints: in a key, a tag, a comment, a message, or a file that rules could not read. Only the
//! rule `credential/secret-in-file` reports secrets as findings. The formats are in `data/secrets.yaml`.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;

use super::{Node, Yaml, file::SourceFile, span::Span, yaml::YamlLimits};

/// The replacement for a secret.
const DOTS: &str = "••••";
/// A password after its name. The value is a secret if it has lower-case letters, upper-case letters and digits.
const PASSWORD: &str = r#"(?i:password|passwd|passphrase|pwd)["']?\s*[:=]\s*["']?([^\s"'/:<>(){}$]{8,})"#;
/// A word after a name such as `api_key`. The word is a secret if it looks random.
const ASSIGNED: &str = r#"(?i:api|app|application|access|auth|client|secret|license|routing)[ _-]?(?i:access[ _-]?)?(?i:key|token|secret)["']?\s*[:=]\s*["']?([A-Za-z0-9+/_=.~-]{16,})"#;
/// A word with a digit or one of `_.~-`, and the white space after it, such as a line break.
const BREAK: &str = r"([0-9A-Za-z_.~+/=-]*[0-9_.~-][0-9A-Za-z_.~+/=-]*)(\\?\s+(?:#[ \t]*)?)";

struct Patterns {
    formats: Vec<Regex>,
    password: Option<Regex>,
    assigned: Option<Regex>,
    breaks: Option<Regex>,
}

/// `data/secrets.yaml`.
static FORMATS: LazyLock<Option<Node>> = LazyLock::new(|| {
    let file = SourceFile::new("built-in/secrets.yaml", include_str!("../../data/secrets.yaml"));
    super::parse(&file, &YamlLimits::default()).documents.pop().map(|document| document.root)
});
/// Every text with a secret matches at least one of these patterns. The other patterns are compiled only after a match, because their compilation
/// takes longer than most checks.
static HINTS: LazyLock<Vec<Regex>> = LazyLock::new(|| patterns("hints"));
static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns {
    formats: patterns("looks"),
    password: Regex::new(PASSWORD).ok(),
    assigned: Regex::new(ASSIGNED).ok(),
    breaks: Regex::new(BREAK).ok(),
});

/// Returns the patterns below a key. NOTE: an invalid pattern would be skipped, so a test checks that all patterns compile.
fn patterns(key: &str) -> Vec<Regex> {
    let values: Vec<&str> = match FORMATS.as_ref().and_then(|root| root.get(key)).map(Node::value) {
        Some(Yaml::List(items)) => items.iter().filter_map(Node::text).collect(),
        Some(Yaml::Map(entries)) => entries.iter().filter_map(|entry| entry.value.text()).collect(),
        _ => Vec::new(),
    };
    values.into_iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
}

/// Returns the parts of a text that are secrets, in order and without overlap.
pub fn secrets(text: &str) -> Vec<Span> {
    // Words such as `password` match in any case.
    let small = text.to_lowercase();
    if !HINTS.iter().any(|hint| hint.is_match(text) || hint.is_match(&small)) {
        return Vec::new();
    }
    let known = &*PATTERNS;
    let mut spans = formatted_secrets(text, known);
    spans.extend(split_secrets(text, known));
    for found in known.password.iter().flat_map(|password| password.captures_iter(text)).filter_map(|all| all.get(1)) {
        let word = found.as_str();
        let class = |test: fn(&char) -> bool| word.chars().any(|c| test(&c));
        if class(char::is_ascii_lowercase) && class(char::is_ascii_uppercase) && class(char::is_ascii_digit) {
            spans.push(secret_at(text, found.start(), found.end()));
        }
    }
    for found in known.assigned.iter().flat_map(|look| look.captures_iter(text)).filter_map(|all| all.get(1)) {
        if looks_random(found.as_str()) {
            spans.push(secret_at(text, found.start(), found.end()));
        }
    }
    spans.sort();
    spans.dedup_by(|next, kept| {
        let within = next.start() <= kept.end();
        if within {
            *kept = Span::new(kept.start(), kept.end().max(next.end()));
        }
        within
    });
    spans
}

/// Returns the parts of a text that have the format of a secret.
fn formatted_secrets(text: &str, known: &Patterns) -> Vec<Span> {
    let mut spans = Vec::new();
    for look in &known.formats {
        // Most patterns begin with a group for the preceding character, which is not part of the secret.
        let before = look.as_str().starts_with("(^|");
        let mut last = 0;
        for all in look.captures_iter(text) {
            let (Some(start), Some(found)) = (all.get(usize::from(before)), all.get(0)) else { continue };
            // Skip matches inside the previous secret; searching again from each end could take quadratic time.
            if found.end() > last {
                let start = if before { start.end() } else { start.start() };
                // A pattern may end with the character after the secret. Exclude this character, unless it is the `@` of a URL: the host after the
                // `@` is redacted, too.
                let behind = found.as_str().chars().next_back().filter(|c| !is_word(*c) && *c != '@');
                let span = match behind {
                    Some(c) => Span::new(start, found.end() - c.len_utf8()),
                    None => secret_at(text, start, found.end()),
                };
                last = span.end();
                spans.push(span);
            }
        }
    }
    spans
}

/// Returns secrets that YAML or an editor split into lines. A split secret must have at least two digits, since words of a sentence
/// may happen to follow the prefix of a secret.
fn split_secrets(text: &str, known: &Patterns) -> Vec<Span> {
    // The text without line breaks, and the start of each piece in both texts.
    let mut joined = String::with_capacity(text.len());
    let mut pieces = vec![(0, 0)];
    let mut from = 0;
    for all in known.breaks.iter().flat_map(|breaks| breaks.captures_iter(text)) {
        let Some(gap) = all.get(2) else { continue };
        let next = text.get(gap.end()..).unwrap_or_default();
        let word = next.get(..next.find(|c| !is_word(c)).unwrap_or(next.len())).unwrap_or_default();
        // A word followed by a colon is the next key.
        let key = next.get(word.len()..).is_some_and(|rest| rest.starts_with(':'));
        if key || !word.contains(|c: char| c.is_ascii_digit()) {
            continue;
        }
        joined.push_str(text.get(from..gap.start()).unwrap_or_default());
        from = gap.end();
        pieces.push((joined.len(), from));
    }
    if pieces.len() == 1 {
        return Vec::new();
    }
    joined.push_str(text.get(from..).unwrap_or_default());
    // Between two pieces, an end offset belongs to the first piece and a start offset to the second.
    let back = |at: usize| {
        let piece = pieces.partition_point(|(start, _)| *start < at).saturating_sub(1);
        pieces.get(piece).map_or(at, |(start, origin)| origin + (at - start))
    };
    let begin = |at: usize| {
        let piece = pieces.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        pieces.get(piece).map_or(at, |(start, origin)| origin + (at - start))
    };
    let mut spans = formatted_secrets(&joined, known);
    spans.retain(|span| span.slice(&joined).chars().filter(char::is_ascii_digit).count() > 1);
    spans.into_iter().map(|span| Span::new(begin(span.start()), back(span.end()))).collect()
}

/// Whether a word has many runs of digits and few separators, and has no date.
fn looks_random(word: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    let runs = word.split(|c| !digit(c)).filter(|run| !run.is_empty()).count();
    let dated = word.split('-').zip(word.split('-').skip(1)).any(|(year, month)| {
        year.len() >= 4 && year.chars().rev().take(4).all(digit) && month.len() >= 2 && month.chars().take(2).all(digit)
    });
    runs > 2 && word.matches(['/', '_', '.', '-']).count() < 3 && !dated
}

/// Returns the spans of the secrets in a file. Some secrets are in the text; others appear in a key or value only after escapes are resolved or lines
/// are joined.
pub fn secrets_of(file: &SourceFile) -> Vec<Span> {
    let text = file.text();
    let mut spans = secrets(text);
    if text.contains('\\') {
        for document in super::parse(file, &YamlLimits::default()).documents {
            add_escaped_secrets(&document.root, text, &mut spans);
        }
    }
    spans
}

fn add_escaped_secrets(node: &super::Node, text: &str, spans: &mut Vec<Span>) {
    let mut look = |value: &str, span: Span| {
        if span.slice(text).contains('\\') && !secrets(value).is_empty() {
            spans.push(span);
        }
    };
    match node.value() {
        Yaml::Text(value) => look(value, node.defined().unwrap_or_else(|| node.span())),
        Yaml::List(items) => items.iter().for_each(|item| add_escaped_secrets(item, text, spans)),
        Yaml::Map(entries) => {
            for entry in entries.iter() {
                look(&entry.key, entry.key_span());
            }
            for entry in entries.iter() {
                add_escaped_secrets(&entry.value, text, spans);
            }
        }
        _ => {}
    }
}

/// Extends a match of the beginning of a secret to the whole word, or to all lines of a private key.
fn secret_at(text: &str, start: usize, end: usize) -> Span {
    let rest = text.get(end..).unwrap_or_default();
    if text.get(start..end).is_some_and(|found| found.starts_with("-----BEGIN")) {
        let last = rest
            .find("-----END")
            .map(|at| at + rest.get(at..).and_then(|foot| foot.find('\n')).unwrap_or(rest.len() - at));
        return Span::new(start, last.map_or(text.len(), |last| end + last));
    }
    Span::new(start, end + rest.find(|c| !is_word(c)).unwrap_or(rest.len()))
}

/// Whether a character can be part of a secret.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/_=.~%-".contains(c)
}

/// Redacts a text.
pub fn redact(text: &str) -> Cow<'_, str> {
    let spans = secrets(text);
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        out.push_str(text.get(at..span.start()).unwrap_or_default());
        out.push_str(DOTS);
        at = span.end();
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        let text = include_str!("../../data/secrets.yaml");
        let count = |from: &str, to: &str| {
            let part = text.split(from).nth(1).unwrap_or_default().split(to).next().unwrap_or_default();
            part.lines().filter(|line| line.starts_with("  ")).count()
        };
        assert_eq!(HINTS.len(), count("\nhints:", "\nlooks:"));
        assert_eq!(PATTERNS.formats.len(), count("\nlooks:", "\u{0}"));
        assert!(HINTS.len() >= 5 && PATTERNS.formats.len() >= 19 && PATTERNS.password.is_some());
    }

    #[test]
    fn exactly_the_secret_is_redacted() {
        let token = ["ghp_", "0123456789abcdefABCDEF0123456789abcd"].concat();
        assert_eq!(redact(&format!("a {token}, b '{token}{token}' c")), "a ••••, b '••••' c");
        assert_eq!(redact(&format!("token: {token}\nb: 1")), "token: ••••\nb: 1");
        assert_eq!(redact("password: Winter2026! x"), "password: •••• x");
        assert_eq!(redact("https://a:hunter2@b.example/c"), "http••••");
        let key = ["a: |\n  -----BEGIN ", "PRIVATE KEY-----\n  MIIB\n  -----END PRIVATE KEY-----\nb: 1"].concat();
        assert_eq!(redact(&key), "a: |\n  ••••\nb: 1");
        assert_eq!(redact(&["-glpat-", "aaaaBBBBccccDDDDeeee"].concat().repeat(40_000)), "-••••");
        assert_eq!(redact(&["-----BEGIN ", "PRIVATE KEY\n"].concat().repeat(30_000)), "••••");
        assert_eq!(redact(&["-----BEGIN RSA ", "PRIVATE KEY\nMIIB"].concat()), "••••");
        let key = ["-----BEGIN ", "PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"].concat();
        assert_eq!(secrets(&key), [Span::new(0, key.len())]);
        let words =
            ["password: see the vault", "password: winterwinter", "password: winter-2026", "password: WinterWinter"];
        for plain in ["ghp_ is a prefix", "https://a.example/b", "é"].iter().chain(&words) {
            assert!(matches!(redact(plain), Cow::Borrowed(_)), "{plain}");
        }
    }
}
