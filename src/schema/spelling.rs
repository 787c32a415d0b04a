//! Detects characters that are invisible or look like other characters. Two keys, names or owners that look equal must be equal. The crate
//! `unicode-security` provides the table of confusables (UTS 39).

use std::collections::BTreeSet;

use unicode_security::skeleton;

use super::{Ancestors, Breach, BreachKind, Part, path};
use crate::source::{Node, Span, Yaml};

/// Keys whose values are free text. Any character is allowed in them.
const PROSE: [&str; 9] = [
    "title",
    "description",
    "notes",
    "reason",
    "purpose",
    "compensatingControl",
    "offboarding",
    "offSwitch",
    "contact",
];

/// Reduces a text to its letters and digits in lower case. A letter that looks like an ASCII letter becomes that letter: `аpi_Version` becomes
/// `apiversion`.
pub(crate) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else if !is_invisible(c) {
            out.extend(ascii_lookalike(c).map(|twin| twin.to_ascii_lowercase()).or(Some(c)));
        }
    }
    out.retain(char::is_alphanumeric);
    out
}

/// Returns the ASCII character that a character looks like.
fn ascii_lookalike(c: char) -> Option<char> {
    let mut utf8 = [0; 4];
    let mut twins = skeleton(c.encode_utf8(&mut utf8));
    twins.next().filter(|twin| twin.is_ascii() && twins.next().is_none())
}

/// Whether a character is invisible: a format character, a filler, a variation selector, or a space that is not ASCII.
fn is_invisible(c: char) -> bool {
    is_odd_space(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_odd_space(c: char) -> bool {
    !c.is_ascii() && c.is_whitespace()
}

/// Whether a character is a combining mark.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Whether a character is a variant of a letter or symbol in another width or style. No language needs such variants in names.
fn is_styled(c: char) -> bool {
    matches!(c, '\u{ff01}'..='\u{ff5e}' | '\u{1d400}'..='\u{1d7ff}' | '\u{2460}'..='\u{24ff}' | '\u{1f100}'..='\u{1f1e5}')
}

/// Whether a character is a hyphen, full stop, slash or colon that is not ASCII.
fn is_odd_sign(c: char) -> bool {
    matches!(
        c,
        '\u{2d7}' | '\u{2010}'
            ..='\u{2012}'
                | '\u{2024}'
                | '\u{2043}'
                | '\u{2044}'
                | '\u{2212}'
                | '\u{2215}'
                | '\u{2236}'
                | '\u{a789}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{2cba}'
    )
}

/// Whether the script of a character has enough letters that look like Latin letters to imitate a Latin word.
fn is_near_latin(c: char) -> bool {
    matches!(c,
        '\u{250}'..='\u{2af}' | '\u{370}'..='\u{58f}' | '\u{13a0}'..='\u{13ff}' | '\u{1c80}'..='\u{1c8f}' | '\u{1d00}'..='\u{1d7f}'
        | '\u{1f00}'..='\u{1fff}' | '\u{2c80}'..='\u{2cff}' | '\u{a4d0}'..='\u{a4ff}' | '\u{a640}'..='\u{a69f}' | '\u{ab70}'..='\u{abbf}')
}

fn is_latin(c: char) -> bool {
    matches!(c, 'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Describes the first misleading character of a text; `None` if there is none.
pub(super) fn misleading_char(text: &str) -> Option<(char, &'static str)> {
    if text.is_ascii() {
        return None;
    }
    let mut before = None;
    for c in text.chars() {
        let after_letter = before.is_some_and(|c: char| c.is_alphanumeric());
        // Variation selectors and joiners are allowed after an emoji.
        let of_emoji =
            matches!(c, '\u{fe0f}' | '\u{200d}') && before.is_some_and(|c: char| !c.is_ascii() && !after_letter);
        if is_odd_space(c) {
            return Some((c, "which is an unusual space"));
        } else if is_invisible(c) && !of_emoji {
            return Some((c, "which is invisible"));
        } else if is_mark(c) && before.is_some_and(|c: char| c.is_ascii() || is_latin(c)) {
            return Some((c, "which is a combining accent: write the accented letter as one character"));
        } else if is_styled(c) || (is_odd_sign(c) && after_letter) {
            return Some((c, ""));
        }
        before = Some(c);
    }
    imitating_letter(text).map(|c| (c, ""))
}

/// Finds the first letter that imitates an ASCII letter, in a Latin word or in a word that only looks Latin.
fn imitating_letter(text: &str) -> Option<char> {
    let foreign = |c: &char| !c.is_ascii() && c.is_alphanumeric();
    // Some short Russian words look Latin, but they occur together with words that do not look Latin.
    let plain = text.chars().any(|c| foreign(&c) && !is_latin(c) && ascii_lookalike(c).is_none());
    let phrase = text.contains([' ', '/']);
    text.split(|c: char| !c.is_alphanumeric()).find_map(|word| {
        let latin = word.chars().any(|c| c.is_ascii_alphabetic());
        let twin = |c: &char| foreign(c) && ascii_lookalike(*c).is_some() && !(is_latin(*c) && phrase);
        let alone = !plain && word.chars().all(|c| c.is_ascii() || (is_near_latin(c) && ascii_lookalike(c).is_some()));
        word.chars().find(twin).filter(|_| latin || alone)
    })
}

/// Reports each key and each identifying value in which a character is misleading.
pub(super) fn breaches(root: &Node) -> Vec<Breach> {
    let mut found = Vec::new();
    // An alias or merge key repeats a value that is written once, so report the value once.
    let mut seen = BTreeSet::new();
    walk(root, None, false, &mut seen, &mut found);
    found
}

fn walk(
    node: &Node,
    ancestors: Option<&Ancestors<'_>>,
    prose: bool,
    seen: &mut BTreeSet<Span>,
    found: &mut Vec<Breach>,
) {
    match node.value() {
        Yaml::List(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, Some(&Ancestors { above: ancestors, step: Part::Index(index) }), prose, seen, found);
            }
        }
        Yaml::Map(entries) => {
            for entry in entries.iter() {
                let ancestors = Ancestors { above: ancestors, step: Part::Key(&entry.key) };
                report(&entry.key, "the key", entry.key_span(), &ancestors, seen, found);
                walk(&entry.value, Some(&ancestors), PROSE.contains(&&*entry.key), seen, found);
            }
        }
        Yaml::Text(text) if !prose => {
            let root = Ancestors { above: None, step: Part::Index(0) };
            report(
                text,
                "the value",
                node.defined().unwrap_or_else(|| node.span()),
                ancestors.unwrap_or(&root),
                seen,
                found,
            );
        }
        _ => {}
    }
}

fn report(
    text: &str,
    what: &str,
    span: Span,
    ancestors: &Ancestors<'_>,
    seen: &mut BTreeSet<Span>,
    found: &mut Vec<Breach>,
) {
    let Some((c, how)) = misleading_char(text) else { return };
    if !seen.insert(span) {
        return;
    }
    let code = u32::from(c);
    let how = match (how, ascii_lookalike(c)) {
        ("", Some(twin)) => format!(", which looks like `{twin}` (U+{:04X})", u32::from(twin)),
        ("", None) => ", which looks like another character".to_owned(),
        (how, _) => format!(", {how}"),
    };
    found.push(Breach {
        kind: BreachKind::ConfusableCharacter,
        span,
        path: path(Some(ancestors)),
        message: format!("{what} `{}` contains U+{code:04X}{how}", super::breach::shorten(text)),
        help: Some(
            "type it again with plain characters: only `title`, `notes` and other texts for people may contain any character".into(),
        ),
        form: None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_look_the_same_fold_to_the_same_text() {
        for text in [
            "apiVersion",
            "ApiVersion",
            "api_version",
            "аpiVersion",
            "ａｐｉＶｅｒｓｉｏｎ",
            "api\u{200b}Version",
            "𝐚piVersion",
        ] {
            assert_eq!(folded(text), "apiversion", "{text}");
        }
        assert_ne!(folded("версия"), folded("version"));
    }

    #[test]
    fn invisible_and_confusable_characters_are_detected() {
        for (text, code) in [
            ("оwner", '\u{43e}'),
            ("it-аpps", '\u{430}'),
            ("аррӏе", '\u{430}'),
            ("team-а", '\u{430}'),
            ("οkta", '\u{3bf}'),
            ("it\u{200b}apps", '\u{200b}'),
            ("it\u{200d}apps", '\u{200d}'),
            ("it-apps\u{feff}", '\u{feff}'),
            ("\u{202e}sppa-ti", '\u{202e}'),
            ("it\u{2066}apps", '\u{2066}'),
            ("it\u{a0}apps", '\u{a0}'),
            ("it\u{3000}apps", '\u{3000}'),
            ("it\u{ad}apps", '\u{ad}'),
            ("owne\u{301}r", '\u{301}'),
            ("it\u{2010}apps", '\u{2010}'),
            ("it\u{2212}apps", '\u{2212}'),
            ("ｏwner", 'ｏ'),
            ("it－apps", '－'),
            ("𝗼kta", '𝗼'),
            ("ⓞkta", 'ⓞ'),
            ("adm\u{131}n", '\u{131}'),
            ("\u{e0061}bc", '\u{e0061}'),
            ("a\u{3164}b", '\u{3164}'),
        ] {
            assert_eq!(misleading_char(text).map(|(c, _)| c), Some(code), "{text:?}");
        }
    }

    #[test]
    fn words_of_any_language_are_accepted() {
        for text in [
            "plain",
            "Übergabe.md",
            "docs/手順.md",
            "команда",
            "Заявки о доступе",
            "ομάδα",
            "الفريق",
            "קבוצה",
            "チーム-a",
            "日本語ABC",
            "équipe",
            "nhóm hỗ trợ",
            "टीम",
            "ทีม",
            "🛠️ ops",
            "IT – access",
            "Kullanıcı talepleri",
            "straße",
            "łódź",
            "팀",
        ] {
            assert_eq!(misleading_char(text), None, "{text}");
        }
    }
}
