//! Writes a JSON value as block YAML: mappings, lists of scalars, scalars. A string is unquoted only if every YAML parser reads it as the
//! same string.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::{output::escape::is_hazard, source::yaml11};

/// Writes a value as YAML, with a line break at the end.
pub(super) fn yaml(value: &Map<String, Value>) -> String {
    let mut out = String::new();
    mapping(&mut out, value, 0);
    out
}

fn mapping(out: &mut String, entries: &Map<String, Value>, depth: usize) {
    for (key, value) in entries {
        let _ = write!(out, "{:indent$}{}:", "", scalar(key), indent = depth * 2);
        match value {
            Value::Object(inner) if inner.is_empty() => out.push_str(" {}\n"),
            Value::Object(inner) => {
                out.push('\n');
                mapping(out, inner, depth + 1);
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(flow).collect();
                let _ = writeln!(out, " [{}]", items.join(", "));
            }
            value => {
                let _ = writeln!(out, " {}", flow(value));
            }
        }
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        // Write numbers, true, false and null as JSON, which is also YAML.
        value => value.to_string(),
    }
}

/// Writes a string. Omits the quotes if the string is a date, or plain words that begin with a letter.
pub(super) fn scalar(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if is_hazard(c) && u32::from(c) > 0xffff => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
            c if is_hazard(c) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_plain(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ' ');
    let is_day = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    let small = text.to_ascii_lowercase();
    let named = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(word)
        && !text.ends_with(' ')
        && yaml11(text).is_none()
        && !matches!(small.as_str(), "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n");
    is_day || named
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::{SourceFile, YamlLimits, parse};

    fn parsed_back(text: &str) -> Value {
        let parsed = parse(&SourceFile::new("t.yaml", text), &YamlLimits::default());
        assert!(parsed.problems.is_empty(), "{text}: {:?}", parsed.problems);
        Value::from(&parsed.documents.first().expect("a document").root)
    }

    #[test]
    fn words_are_plain_and_ambiguous_strings_are_quoted() {
        for (text, expected) in [
            ("okta", "okta"),
            ("Box Files", "Box Files"),
            ("2026-11-25", "2026-11-25"),
            ("no", "\"no\""),
            ("NULL", "\"NULL\""),
            ("1e3", "\"1e3\""),
            ("a: b", "\"a: b\""),
            ("a #b", "\"a #b\""),
            ("", "\"\""),
            ("a\n", "\"a\\u000a\""),
        ] {
            assert_eq!(scalar(text), expected);
        }
    }

    proptest! {
        #[test]
        fn output_parses_to_the_same_value(texts in proptest::collection::vec("\\PC{0,20}|[ -~]{0,20}|[a-z0-9.:_-]{0,12}|.{0,6}", 1..6), number in 0..1000u64, on in any::<bool>()) {
            let list: Vec<Value> = texts.iter().map(|text| Value::from(text.as_str())).collect();
            let mut inner = Map::new();
            for (at, text) in texts.iter().enumerate() {
                inner.insert(format!("k{at}"), Value::from(text.as_str()));
            }
            inner.insert("number".into(), Value::from(number));
            inner.insert("on".into(), Value::from(on));
            inner.insert("list".into(), Value::from(list));
            let mut outer = Map::new();
            outer.insert("inner".into(), Value::Object(inner));
            outer.insert("empty".into(), Value::Object(Map::new()));
            let written = yaml(&outer);
            prop_assert_eq!(parsed_back(&written), Value::Object(outer), "{}", written);
        }
    }
}
