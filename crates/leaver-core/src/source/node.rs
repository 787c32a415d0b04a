//! The tree of a parsed document: every value with its span, in document order.

use std::collections::HashSet;

use ecow::EcoString;

use super::span::Span;
use crate::finding::Step;

/// A value and its span.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its span; for a value from an alias or a merge key, the span of the use.
    pub span: Span,
    /// The span of the anchored value, if it is an alias.
    pub defined: Option<Span>,
    /// Whether it is written without quotes, so that its type follows from its text.
    pub plain: bool,
    /// The file of the spans: 0 for the declaration's own, otherwise the position of the pattern among the patterns of the declaration, from 1.
    /// It fits into padding, so it costs no memory.
    pub layer: u8,
    /// The value.
    pub value: Yaml,
}

/// A YAML 1.2 core schema value.
#[derive(Debug, Clone, PartialEq)]
pub enum Yaml {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite number.
    Float(f64),
    /// Anything else.
    Text(EcoString),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping with unique keys.
    Map(Vec<Entry>),
}

/// A key of a mapping and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key's text.
    pub key: EcoString,
    /// The span of the key.
    pub key_span: Span,
    /// Whether the key is written without quotes.
    pub key_plain: bool,
    /// Its value.
    pub value: Node,
}

/// The result of resolving a path in a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located {
    /// The key or value, or the nearest existing parent's key.
    pub span: Span,
    /// The span of the anchored value, if the span is an alias.
    pub defined: Option<Span>,
    /// Whether the whole path exists.
    pub exists: bool,
    /// The file of the spans, as in [`Node::layer`].
    pub layer: u8,
}

impl Node {
    /// Whether two nodes have the same value, regardless of place and notation. The order of keys counts.
    pub fn same_value(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            _ if std::ptr::eq(self, other) => true,
            (Yaml::List(mine), Yaml::List(others)) => {
                mine.len() == others.len() && mine.iter().zip(others).all(|(one, other)| one.same_value(other))
            }
            (Yaml::Map(mine), Yaml::Map(others)) => {
                let same = |one: &Entry, other: &Entry| one.key == other.key && one.value.same_value(&other.value);
                mine.len() == others.len() && mine.iter().zip(others).all(|(one, other)| same(one, other))
            }
            (mine, others) => mine == others,
        }
    }

    /// The entries of a mapping; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Yaml::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| &*entry.key == key)
    }

    /// The text of a text value.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Yaml::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value at a path, if all of it exists.
    pub fn at(&self, path: &[Step]) -> Option<&Self> {
        path.iter().try_fold(self, |node, step| match (step, &node.value) {
            (Step::Key(key), _) => node.get(key),
            (Step::Index(index), Yaml::List(items)) => items.get(*index),
            (Step::Index(_), _) => None,
        })
    }

    /// Resolves a path: to the value of a scalar, to the key of a collection, or, if the path does not exist, to the key of its nearest parent
    /// (a missing owner is reported at its stage).
    pub fn locate(&self, path: &[Step]) -> Located {
        let mut node = self;
        let mut anchor = node.head();
        let mut layer = node.layer;
        let mut exists = true;
        for step in path {
            let next = match (step, &node.value) {
                (Step::Key(key), Yaml::Map(_)) => node.entry(key).map(|entry| (entry.key_span, &entry.value)),
                (Step::Index(index), Yaml::List(items)) => items.get(*index).map(|item| (item.head(), item)),
                _ => None,
            };
            let Some((span, child)) = next else {
                exists = false;
                break;
            };
            (anchor, node, layer) = (span, child, child.layer);
        }
        let scalar = exists && !matches!(node.value, Yaml::List(_) | Yaml::Map(_)) && !node.span.is_empty();
        Located { span: if scalar { node.span } else { anchor }, defined: node.defined, exists, layer }
    }

    /// The span that represents the node: the first key of a mapping, otherwise the value.
    fn head(&self) -> Span {
        match &self.value {
            Yaml::Map(entries) => entries.first().map_or(self.span, |entry| entry.key_span),
            Yaml::List(items) => items.first().map_or(self.span, Self::head),
            _ => self.span,
        }
    }

    /// The node as an alias at `use_span`.
    pub(super) fn aliased(&self, use_span: Span) -> Self {
        let value = match &self.value {
            Yaml::List(items) => Yaml::List(items.iter().map(|item| item.aliased(use_span)).collect()),
            Yaml::Map(entries) => Yaml::Map(
                entries
                    .iter()
                    .map(|entry| Entry {
                        key: entry.key.clone(),
                        key_span: use_span,
                        key_plain: false,
                        value: entry.value.aliased(use_span),
                    })
                    .collect(),
            ),
            scalar => scalar.clone(),
        };
        Self { span: use_span, defined: self.defined.or(Some(self.span)), plain: self.plain, layer: self.layer, value }
    }
}

/// Adds the entries of merged mappings for keys that do not exist yet; earlier mappings take precedence.
pub(super) fn merge(entries: &mut Vec<Entry>, merges: &[Node]) {
    if merges.is_empty() {
        return;
    }
    let mut have: HashSet<EcoString> = entries.iter().map(|entry| entry.key.clone()).collect();
    for entry in merges.iter().flat_map(Node::entries) {
        if have.insert(entry.key.clone()) {
            entries.push(entry.clone());
        }
    }
    entries.shrink_to_fit();
}

/// Depth and number of values of a tree within the depth limit.
pub(super) fn measure(node: &Node) -> (usize, usize) {
    let children: Vec<&Node> = match &node.value {
        Yaml::List(items) => items.iter().collect(),
        Yaml::Map(entries) => entries.iter().map(|entry| &entry.value).collect(),
        _ => return (0, 1),
    };
    children.into_iter().map(measure).fold((1, 1), |(depth, nodes), (below, more)| (depth.max(below + 1), nodes + more))
}

impl From<&Node> for serde_json::Value {
    fn from(node: &Node) -> Self {
        match &node.value {
            Yaml::Null => Self::Null,
            Yaml::Bool(value) => Self::Bool(*value),
            Yaml::Int(value) => Self::from(*value),
            Yaml::Float(value) => Self::from(*value),
            Yaml::Text(text) => Self::from(&**text),
            Yaml::List(items) => Self::Array(items.iter().map(Self::from).collect()),
            Yaml::Map(entries) => {
                Self::Object(entries.iter().map(|entry| (entry.key.to_string(), Self::from(&entry.value))).collect())
            }
        }
    }
}
