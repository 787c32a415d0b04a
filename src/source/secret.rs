//! Where a text holds a secret, so that nothing shows it: in a file that no rule could look at, in a key, a tag, a comment, a message. What is a
//! *finding* is said by `credential/secret-in-file` alone; this is only about what is printed. How secrets look is in `data/secrets.yaml`.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;

use super::{Yaml, file::SourceFile, span::Span, yaml::YamlLimits};

/// What stands for a secret.
const DOTS: &str = "••••";
/// A password that is written as one: what follows must be a word of three classes of characters, not a date.
const PASSWORD: &str = r#"(?i:password|passwd|passphrase)["']?\s*[:=]\s*["']?([^\s"'/:<>(){}$]{8,})"#;

struct Looks {
    hints: Vec<Regex>,
    shapes: Vec<Regex>,
    password: Option<Regex>,
}

/// NOTE: a pattern that does not compile would be left out; a test compiles each.
static LOOKS: LazyLock<Looks> = LazyLock::new(|| {
    let file = SourceFile::new("built-in/secrets.yaml", include_str!("../../data/secrets.yaml"));
    let parsed = super::parse(&file, &YamlLimits::default());
    let root = parsed.documents.first().map(|document| &document.root);
    let texts = |key: &str| -> Vec<Regex> {
        let values: Vec<&str> = match root.and_then(|root| root.get(key)).map(|node| &node.value) {
            Some(Yaml::List(items)) => items.iter().filter_map(super::Node::text).collect(),
            Some(Yaml::Map(entries)) => entries.iter().filter_map(|entry| entry.value.text()).collect(),
            _ => Vec::new(),
        };
        values.into_iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
    };
    Looks { hints: texts("hints"), shapes: texts("looks"), password: Regex::new(PASSWORD).ok() }
});

/// The parts of a text that are secrets, in order, none within another.
pub fn secrets(text: &str) -> Vec<Span> {
    let known = &*LOOKS;
    // Words such as `password` count in any case of letters.
    let small = text.to_lowercase();
    if !known.hints.iter().any(|hint| hint.is_match(text) || hint.is_match(&small)) {
        return Vec::new();
    }
    let mut spans: Vec<Span> = Vec::new();
    for look in &known.shapes {
        // Most begin with a group for what may stand before: it is no part of the secret.
        let before = look.as_str().starts_with("(^|");
        let mut last = 0;
        for all in look.captures_iter(text) {
            let (Some(start), Some(found)) = (all.get(usize::from(before)), all.get(0)) else { continue };
            // What lies in the last one is its own already; asking each for its end could take for ever.
            if found.end() > last {
                let span = whole(text, if before { start.end() } else { start.start() }, found.end());
                last = span.end();
                spans.push(span);
            }
        }
    }
    for found in known.password.iter().flat_map(|password| password.captures_iter(text)).filter_map(|all| all.get(1)) {
        let word = found.as_str();
        let class = |test: fn(&char) -> bool| word.chars().any(|c| test(&c));
        if class(char::is_ascii_lowercase) && class(char::is_ascii_uppercase) && class(char::is_ascii_digit) {
            spans.push(whole(text, found.start(), found.end()));
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

/// A pattern tells a secret by its beginning: the rest of the word belongs to it, and of a private key all lines.
fn whole(text: &str, start: usize, end: usize) -> Span {
    let rest = text.get(end..).unwrap_or_default();
    if text.get(start..end).is_some_and(|found| found.starts_with("-----BEGIN")) {
        let last = rest
            .find("-----END")
            .map(|at| at + rest.get(at..).and_then(|foot| foot.find('\n')).unwrap_or(rest.len() - at));
        return Span::new(start, last.map_or(text.len(), |last| end + last));
    }
    let word = |c: char| c.is_ascii_alphanumeric() || "+/_=.~%-".contains(c);
    Span::new(start, end + rest.find(|c| !word(c)).unwrap_or(rest.len()))
}

/// A text without its secrets.
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
        assert_eq!(LOOKS.hints.len(), count("\nhints:", "\nlooks:"));
        assert_eq!(LOOKS.shapes.len(), count("\nlooks:", "\u{0}"));
        assert!(LOOKS.hints.len() >= 5 && LOOKS.shapes.len() >= 19 && LOOKS.password.is_some());
    }

    #[test]
    fn the_whole_word_goes_and_no_more() {
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
