//! Writes a declaration as JSON and matches regular expressions of rules.

use std::{
    cell::OnceCell,
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

use regex::{Regex, RegexBuilder};

use super::eval::Root;
use crate::source::{Node, Yaml};

/// Maximum size of a compiled pattern, as in the engine.
const MAX_PATTERN_BYTES: usize = 100 * 1024;
/// Maximum number of cached patterns.
const MAX_PATTERNS: usize = 64;

/// Texts derived from one declaration.
#[derive(Default)]
pub(super) struct Texts {
    json: OnceCell<Option<String>>,
    lowercase_json: OnceCell<String>,
}

impl Texts {
    /// `json.marshal` of the declaration; `None` if the engine might format a number differently.
    pub(super) fn json(&self, root: Root<'_>) -> Option<&str> {
        let json = self.json.get_or_init(|| match root {
            Root::Node(node) => {
                let mut bytes = Vec::new();
                write(node, &mut bytes).and_then(|()| String::from_utf8(bytes).ok())
            }
            Root::Value(value) => serde_json::to_string(value).ok(),
        });
        json.as_deref()
    }

    /// The text in lower case; `None` if the text is not the whole JSON of the declaration.
    pub(super) fn lowercase_json(&self, text: &str) -> Option<&str> {
        let json = self.json.get()?.as_deref()?;
        let is_whole = std::ptr::eq(json, text);
        is_whole.then(|| self.lowercase_json.get_or_init(|| lowercase(json)).as_str())
    }
}

/// Returns the same as `str::to_lowercase`, which is slow after the first letter that is not ASCII.
pub(super) fn lowercase(text: &str) -> String {
    // The lower case of a sigma depends on the letters around it.
    if text.contains('Σ') {
        return text.to_lowercase();
    }
    let mut lower = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| !byte.is_ascii()) {
        let (ascii, tail) = rest.split_at(at);
        lower.push_str(&ascii.to_ascii_lowercase());
        let mut letters = tail.chars();
        lower.extend(letters.next().into_iter().flat_map(char::to_lowercase));
        rest = letters.as_str();
    }
    lower.push_str(&rest.to_ascii_lowercase());
    lower
}

/// Writes a node as the engine does: with sorted keys and without spaces. Fails on floats, which the engine may write differently.
fn write(node: &Node, to: &mut Vec<u8>) -> Option<()> {
    match node.value() {
        Yaml::Null => to.extend(b"null"),
        Yaml::Bool(value) => to.extend(value.to_string().as_bytes()),
        Yaml::Int(value) => to.extend(value.to_string().as_bytes()),
        Yaml::Float(_) => return None,
        Yaml::Text(text) => serde_json::to_writer(to, &**text).ok()?,
        Yaml::List(items) => {
            to.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    to.push(b',');
                }
                write(item, to)?;
            }
            to.push(b']');
        }
        Yaml::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_unstable_by(|one, other| one.key.cmp(&other.key));
            to.push(b'{');
            for (at, entry) in entries.iter().enumerate() {
                if at > 0 {
                    to.push(b',');
                }
                serde_json::to_writer(&mut *to, &*entry.key).ok()?;
                to.push(b':');
                write(&entry.value, to)?;
            }
            to.push(b'}');
        }
    }
    Some(())
}

/// Pattern → compiled pattern; `None` if the pattern is invalid. The indexes of all kinds share the compiled patterns, because compiling them takes
/// a third of the time of a check of one app.
static COMPILED: RwLock<BTreeMap<String, Option<Regex>>> = RwLock::new(BTreeMap::new());

/// Whether a pattern matches a part of a text; `None` if unknown.
pub(super) fn matches(pattern: &str, text: &str) -> Option<bool> {
    if let Some(known) = COMPILED.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return known.as_ref().map(|known| known.is_match(text));
    }
    let mut patterns = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    if patterns.len() >= MAX_PATTERNS {
        return None;
    }
    let compiled = RegexBuilder::new(pattern).size_limit(MAX_PATTERN_BYTES).build().ok();
    let matches = compiled.as_ref().map(|compiled| compiled.is_match(text));
    patterns.insert(pattern.to_owned(), compiled);
    matches
}
