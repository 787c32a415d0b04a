//! Addresses: paths that use names for list entries, such as `spec.nonHuman[terraform].neverExpires`. An address stays valid when entries are added,
//! removed or reordered, and never refers to another entry.

use std::{collections::BTreeMap, fmt, marker::PhantomData, rc::Rc};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    Node, Yaml,
    identity::{display_name, entry_keys},
};
use crate::finding::Step;

/// One part of an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A key of a mapping: `spec`, `"a.b"`.
    Key(String),
    /// An entry with a text that no other entry has: `[terraform]`, `["Global Admin"]`, `[id=42]`.
    Entry {
        /// The identifying key; `None` for `name`, or for an entry that is text.
        by: Option<String>,
        /// The value of this key, or the text of the entry.
        text: String,
    },
    /// An entry without a unique name: `[bot#0123456789abcdef]`. A digest of its content identifies the entry.
    ByDigest {
        /// The name, if the entry has one.
        text: Option<String>,
        /// The digest of the content.
        digest: String,
        /// The number of the entry among entries with the same content, from 1.
        nth: usize,
    },
    /// A position, `.0`, as in the paths of older versions.
    Index(usize),
}

/// The path of a value, with names for list entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(Vec<Part>);

/// An invalid address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a path: write spec.lifecycle.update or spec.nonHuman[terraform]")]
pub struct NotAnAddress(String);

impl Address {
    /// Returns the address of a path in a tree. Positions that do not exist stay positions.
    pub fn of(root: &Node, path: &[Step]) -> Self {
        Entries::default().address(root, path)
    }

    /// Returns the address of a path whose tree is not known. Positions stay positions.
    pub fn of_path(path: &[Step]) -> Self {
        let part = |step: &Step| match step {
            Step::Key(key) => Part::Key(display_name(key)),
            Step::Index(index) => Part::Index(*index),
        };
        Self(path.iter().map(part).collect())
    }

    /// Parses an address, in the current or the older form.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        Reader { rest: text }.address().ok_or_else(|| NotAnAddress(text.chars().take(200).collect()))
    }

    /// Whether this address is `other`, or below `other`.
    pub fn is_below(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// Whether the address contains positions.
    pub fn has_index(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Index(_)))
    }

    /// Whether the address is the address of the whole declaration.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Replaces positions with the names of the entries in `root`. In a mapping, a number is a key, although it looks like a position.
    #[must_use]
    pub fn with_names(&self, root: &Node) -> Self {
        let mut entries = Entries::default();
        let mut node = Some(root);
        let mut parts = Vec::new();
        for part in &self.0 {
            let (part, next) = entries.resolve_part(node, part);
            parts.push(part);
            node = next;
        }
        Self(parts)
    }
}

impl From<Vec<Part>> for Address {
    fn from(parts: Vec<Part>) -> Self {
        Self(parts)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.0.iter().enumerate() {
            match part {
                Part::Key(_) | Part::Index(_) if at > 0 => out.write_str(".")?,
                _ => {}
            }
            match part {
                Part::Key(key) => out.write_str(&quoted(key, is_bare_key(key)))?,
                Part::Entry { by: None, text } => write!(out, "[{}]", quoted(text, is_bare_text(text)))?,
                Part::Entry { by: Some(by), text } => {
                    write!(out, "[{}={}]", quoted(by, is_bare_key(by)), quoted(text, is_bare_text(text)))?;
                }
                Part::ByDigest { text, digest, nth } => {
                    let text = text.as_ref().map(|text| quoted(text, is_bare_text(text))).unwrap_or_default();
                    let nth = if *nth > 1 { format!(".{nth}") } else { String::new() };
                    write!(out, "[{text}#{digest}{nth}]")?;
                }
                Part::Index(index) => write!(out, "{index}")?,
            }
        }
        Ok(())
    }
}

/// Caches the identities of list entries, computed once for each list.
#[derive(Default)]
pub struct Entries<'a> {
    known: BTreeMap<*const Node, Rc<[Part]>>,
    // The lifetime keeps the lists alive, so that no other list gets the same memory address.
    tree: PhantomData<&'a Node>,
}

impl<'a> Entries<'a> {
    /// Returns the address of a path in a tree.
    pub fn address(&mut self, root: &'a Node, path: &[Step]) -> Address {
        let mut node = Some(root);
        let mut parts = Vec::new();
        for step in path {
            let (part, next) = match (step, node.map(Node::value)) {
                (Step::Index(index), Some(Yaml::List(items))) => {
                    let part = self.of(items).get(*index).cloned().unwrap_or(Part::Index(*index));
                    (part, items.get(*index))
                }
                (Step::Index(index), _) => (Part::Index(*index), None),
                (Step::Key(key), _) => (Part::Key(display_name(key)), node.and_then(|node| node.get(key))),
            };
            parts.push(part);
            node = next;
        }
        Address(parts)
    }

    /// Returns the identity of each entry of a list.
    pub fn of(&mut self, items: &'a [Node]) -> Rc<[Part]> {
        Rc::clone(self.known.entry(items.as_ptr()).or_insert_with(|| identify_entries(items)))
    }

    fn resolve_part(&mut self, node: Option<&'a Node>, part: &Part) -> (Part, Option<&'a Node>) {
        match (part, node.map(Node::value)) {
            (Part::Index(index), Some(Yaml::List(items))) => {
                (self.of(items).get(*index).cloned().unwrap_or(Part::Index(*index)), items.get(*index))
            }
            (Part::Index(index), Some(Yaml::Map(_))) => {
                let key = index.to_string();
                let next = node.and_then(|node| node.get(&key));
                (Part::Key(key), next)
            }
            (Part::Key(key), _) => (part.clone(), node.and_then(|node| node.get(key))),
            (_, Some(Yaml::List(items))) => {
                let at = self.of(items).iter().position(|known| known == part);
                (part.clone(), at.and_then(|at| items.get(at)))
            }
            _ => (part.clone(), None),
        }
    }
}

fn identify_entries(items: &[Node]) -> Rc<[Part]> {
    let texts: Vec<Vec<(Option<&str>, String)>> = items.iter().map(identifying_texts).collect();
    let mut times: BTreeMap<(Option<&str>, &str), usize> = BTreeMap::new();
    for (by, text) in texts.iter().flatten() {
        *times.entry((*by, text)).or_default() += 1;
    }
    let mut twins: BTreeMap<String, usize> = BTreeMap::new();
    let part = |(texts, item): (&Vec<(Option<&str>, String)>, &Node)| {
        let alone = |(by, text): &&(Option<&str>, String)| times.get(&(*by, text.as_str())) == Some(&1);
        if let Some((by, text)) = texts.iter().find(alone) {
            return Part::Entry { by: by.map(str::to_owned), text: text.clone() };
        }
        let digest = digest(&Value::from(item).to_string());
        let nth = twins.entry(digest.clone()).or_default();
        *nth += 1;
        Part::ByDigest { text: texts.first().map(|(_, text)| text.clone()), digest, nth: *nth }
    };
    texts.iter().zip(items).map(part).collect()
}

/// Returns the texts that may identify an entry, best first.
fn identifying_texts(item: &Node) -> Vec<(Option<&'static str>, String)> {
    if let Some(text) = item.text() {
        return vec![(None, display_name(text))];
    }
    let keys = entry_keys().iter().enumerate();
    let text = |(at, key): (usize, &'static String)| {
        let by = (at > 0).then_some(key.as_str());
        item.get(key).and_then(Node::text).map(|text| (by, display_name(text)))
    };
    keys.filter_map(text).collect()
}

/// Returns the first 16 hexadecimal digits of SHA-256, which suffice to make collisions by chance very unlikely.
pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a key needs no quotes. A number would be read as a position.
fn is_bare_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/'))
}

/// Whether the text of an entry needs no quotes.
fn is_bare_text(text: &str) -> bool {
    // Dots mark a redacted secret.
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '•'))
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./:@+~•".contains(c))
        && !text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Quotes a text. Invisible and confusable characters are escaped.
fn quoted(text: &str, bare: bool) -> String {
    if bare {
        return text.to_owned();
    }
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' | '•' => out.push(c),
            _ if c.is_alphanumeric() => out.push(c),
            _ => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

/// Parses an address from left to right.
struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn address(&mut self) -> Option<Address> {
        let mut parts = Vec::new();
        while !self.rest.is_empty() {
            if self.consume("[") {
                if parts.is_empty() {
                    return None;
                }
                parts.push(self.entry()?);
            } else if parts.is_empty() || self.consume(".") {
                parts.push(self.key()?);
            } else {
                return None;
            }
        }
        Some(Address(parts))
    }

    fn consume(&mut self, start: &str) -> bool {
        let rest = self.rest.strip_prefix(start);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Parses a key or a position.
    fn key(&mut self) -> Option<Part> {
        if self.rest.starts_with('"') {
            return self.quoted().map(Part::Key);
        }
        let key = self.take_until(&['.', '[', ']', '"'])?;
        Some(position(key).map_or_else(|| Part::Key(key.to_owned()), Part::Index))
    }

    /// Parses the text in brackets.
    fn entry(&mut self) -> Option<Part> {
        let quoted = self.rest.starts_with('"');
        let first = if self.rest.starts_with('#') { None } else { Some(self.text()?) };
        let part = match first {
            Some(by) if self.consume("=") => Part::Entry { by: Some(by), text: self.text()? },
            text if self.consume("#") => {
                let (digest, nth) = self.digest_and_number()?;
                Part::ByDigest { text, digest, nth }
            }
            Some(text) if !quoted && position(&text).is_some() => Part::Index(position(&text)?),
            Some(text) => Part::Entry { by: None, text },
            None => return None,
        };
        self.consume("]").then_some(part)
    }

    fn text(&mut self) -> Option<String> {
        if self.rest.starts_with('"') {
            self.quoted()
        } else {
            self.take_until(&['[', ']', '"', '=', '#']).map(str::to_owned)
        }
    }

    fn digest_and_number(&mut self) -> Option<(String, usize)> {
        let all = self.take_until(&['[', ']', '"', '=', '#'])?;
        let (digest, nth) = match all.split_once('.') {
            Some((digest, nth)) => (digest, position(nth).filter(|nth| *nth > 1)?),
            None => (all, 1),
        };
        let hex = digest.len() == 16 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        hex.then(|| (digest.to_owned(), nth))
    }

    /// Consumes and returns the text before the first of `ends`. Returns `None` if the text is empty or has spaces or control characters.
    fn take_until(&mut self, ends: &[char]) -> Option<&str> {
        let at = self.rest.find(ends).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(at)?;
        self.rest = rest;
        let fits = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control());
        fits.then_some(text)
    }

    fn quoted(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut chars = self.rest.strip_prefix('"')?.chars();
        loop {
            match chars.next()? {
                '"' => break,
                '\\' => match chars.next()? {
                    c @ ('"' | '\\') => text.push(c),
                    'u' => {
                        let (number, rest) = chars.as_str().strip_prefix('{')?.split_once('}')?;
                        text.push(char::from_u32(u32::from_str_radix(number, 16).ok()?)?);
                        chars = rest.chars();
                    }
                    _ => return None,
                },
                c => text.push(c),
            }
        }
        self.rest = chars.as_str();
        Some(text)
    }
}

/// Parses a position.
fn position(text: &str) -> Option<usize> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
