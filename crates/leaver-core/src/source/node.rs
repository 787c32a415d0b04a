//! The tree of a parsed document: every value with its span, in document order. A catalogue has millions of nodes, so a node takes only 32 bytes and
//! an entry 56 bytes, and declarations share the collections that they inherit.

use std::{collections::HashSet, fmt, sync::Arc};

use ecow::EcoString;

use super::span::Span;
use crate::finding::Step;

/// A value and its place.
#[derive(Clone, PartialEq)]
pub struct Node {
    mark: Mark,
    content: Content,
}

/// A YAML 1.2 core schema value.
#[derive(Debug, Clone, PartialEq)]
pub enum Yaml {
    /// `null`, `~` or an empty scalar.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite number.
    Float(f64),
    /// Any other scalar.
    Text(EcoString),
    /// A sequence.
    List(Arc<[Node]>),
    /// A mapping with unique keys.
    Map(Arc<[Entry]>),
}

/// A key of a mapping and its value.
#[derive(Clone, PartialEq)]
pub struct Entry {
    /// The key's text.
    pub key: EcoString,
    key_mark: Mark,
    /// The value.
    pub value: Node,
}

/// A value, written or aliased. Only aliased values store a second span, since aliases are rare.
#[derive(Clone, PartialEq)]
enum Content {
    Written(Yaml),
    Aliased(Box<Aliased>),
}

#[derive(Clone, PartialEq)]
struct Aliased {
    /// The span of the anchored value.
    defined: Span,
    value: Yaml,
}

/// A span, whether the text is written without quotes, and the number of the file, in 8 bytes.
#[derive(Clone, Copy, PartialEq)]
struct Mark {
    start: u32,
    /// From the lowest bit up: the length, the layer and the flag for plain text.
    rest: u32,
}

impl Mark {
    /// Spans are cut at 64 MiB, which is the maximum of `limits.fileBytes` in `schemas/config.schema.json`.
    const LENGTH_BITS: u32 = 26;
    const MAX_LENGTH: u32 = (1 << Self::LENGTH_BITS) - 1;
    const MAX_LAYER: u8 = 31;
    const PLAIN: u32 = 1 << 31;

    fn new(span: Span, plain: bool, layer: u8) -> Self {
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let length = narrow(span.len()).min(Self::MAX_LENGTH);
        let layer = u32::from(layer.min(Self::MAX_LAYER)) << Self::LENGTH_BITS;
        Self { start: narrow(span.start()), rest: length | layer | if plain { Self::PLAIN } else { 0 } }
    }

    fn span(self) -> Span {
        let (start, length) = (self.start as usize, (self.rest & Self::MAX_LENGTH) as usize);
        Span::new(start, start + length)
    }

    const fn is_plain(self) -> bool {
        self.rest & Self::PLAIN != 0
    }

    fn layer(self) -> u8 {
        u8::try_from((self.rest & !Self::PLAIN) >> Self::LENGTH_BITS).unwrap_or(Self::MAX_LAYER)
    }

    fn raised(self, above: u8) -> Self {
        Self::new(self.span(), self.is_plain(), self.layer().saturating_add(above))
    }
}

/// The result of resolving a path in a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located {
    /// The span of the key or value, or of the key of the nearest existing parent.
    pub span: Span,
    /// The span of the anchored value, if `span` is an alias.
    pub defined: Option<Span>,
    /// Whether the whole path exists.
    pub exists: bool,
    /// The file of the spans, as in [`Node::layer`].
    pub layer: u8,
}

impl Entry {
    /// Returns an entry whose key is written at `span`. With `plain`, the key is written without quotes.
    pub fn new(key: EcoString, span: Span, plain: bool, value: Node) -> Self {
        Self { key, key_mark: Mark::new(span, plain, 0), value }
    }

    /// Returns the span of the key.
    pub fn key_span(&self) -> Span {
        self.key_mark.span()
    }

    /// Whether the key is written without quotes.
    pub const fn is_key_plain(&self) -> bool {
        self.key_mark.is_plain()
    }

    /// Returns the same key with another value.
    #[must_use]
    pub fn with_value(&self, value: Node) -> Self {
        Self { key: self.key.clone(), key_mark: self.key_mark, value }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = if self.is_key_plain() { "" } else { "quoted " };
        write!(out, "{plain}{:?} at {:?}: {:?}", self.key, self.key_span(), self.value)
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut node = out.debug_struct("Node");
        node.field("span", &self.span()).field("defined", &self.defined());
        node.field("plain", &self.is_plain()).field("layer", &self.layer()).field("value", self.value()).finish()
    }
}

impl Node {
    /// Returns a value at `span`, in the declaration's own file. See [`Self::plain`] for values without quotes.
    pub fn new(span: Span, value: Yaml) -> Self {
        Self { mark: Mark::new(span, false, 0), content: Content::Written(value) }
    }

    /// Returns a value that is written without quotes. The type of such a value follows from its text.
    pub fn plain(span: Span, value: Yaml) -> Self {
        Self { mark: Mark::new(span, true, 0), content: Content::Written(value) }
    }

    /// Returns the span of the value. If the value comes from an alias, directly or through a merge key (`<<: *alias`), this is the span of the
    /// alias.
    pub fn span(&self) -> Span {
        self.mark.span()
    }

    /// Returns the span of the anchored value, if the node is an alias.
    pub fn defined(&self) -> Option<Span> {
        match &self.content {
            Content::Written(_) => None,
            Content::Aliased(aliased) => Some(aliased.defined),
        }
    }

    /// Whether the value is written without quotes. The type of such a value follows from its text.
    pub const fn is_plain(&self) -> bool {
        self.mark.is_plain()
    }

    /// Returns the number of the file of the spans. The declaration's own file is 0; the file of its first pattern is 1.
    pub fn layer(&self) -> u8 {
        self.mark.layer()
    }

    /// Returns the value.
    pub fn value(&self) -> &Yaml {
        match &self.content {
            Content::Written(value) => value,
            Content::Aliased(aliased) => &aliased.value,
        }
    }

    /// Returns another value at the same place.
    #[must_use]
    pub fn with_value(&self, value: Yaml) -> Self {
        let content = match &self.content {
            Content::Written(_) => Content::Written(value),
            Content::Aliased(aliased) => Content::Aliased(Box::new(Aliased { defined: aliased.defined, value })),
        };
        Self { mark: self.mark, content }
    }

    /// Returns a node with this value and the same place, with the layer raised by `above`.
    pub(crate) fn raised(&self, above: u8, value: Yaml) -> Self {
        Self { mark: self.mark.raised(above), ..self.with_value(value) }
    }

    /// Adds an entry to a mapping.
    pub fn push(&mut self, entry: Entry) {
        if let Yaml::Map(entries) = self.value() {
            *self = self.with_value(Yaml::Map(entries.iter().cloned().chain([entry]).collect()));
        }
    }

    /// Whether two nodes have the same value, regardless of place and notation. Two mappings are the same only if their keys have the same order.
    pub fn same_value(&self, other: &Self) -> bool {
        match (self.value(), other.value()) {
            _ if std::ptr::eq(self, other) => true,
            (Yaml::List(mine), Yaml::List(others)) if Arc::ptr_eq(mine, others) => true,
            (Yaml::Map(mine), Yaml::Map(others)) if Arc::ptr_eq(mine, others) => true,
            (Yaml::List(mine), Yaml::List(others)) => {
                mine.len() == others.len() && mine.iter().zip(others.iter()).all(|(left, right)| left.same_value(right))
            }
            (Yaml::Map(mine), Yaml::Map(others)) => {
                let same = |left: &Entry, right: &Entry| left.key == right.key && left.value.same_value(&right.value);
                mine.len() == others.len() && mine.iter().zip(others.iter()).all(|(left, right)| same(left, right))
            }
            (mine, others) => mine == others,
        }
    }

    /// Returns the items of a list, or no items for any other value.
    pub fn items(&self) -> &[Self] {
        match self.value() {
            Yaml::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the entries of a mapping, or no entries for any other value.
    pub fn entries(&self) -> &[Entry] {
        match self.value() {
            Yaml::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Returns the entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| &*entry.key == key)
    }

    /// Returns the text, if the value is text.
    pub fn text(&self) -> Option<&str> {
        match self.value() {
            Yaml::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the value at a path, if the whole path exists.
    pub fn at(&self, path: &[Step]) -> Option<&Self> {
        path.iter().try_fold(self, |node, step| match (step, node.value()) {
            (Step::Key(key), _) => node.get(key),
            (Step::Index(index), Yaml::List(items)) => items.get(*index),
            (Step::Index(_), _) => None,
        })
    }

    /// Resolves a path. A scalar has the place of its value, and a collection has the place of its key. A missing value has the place of the key of
    /// its nearest parent: a missing owner, for example, is reported at the key of its stage.
    pub fn locate(&self, path: &[Step]) -> Located {
        let mut node = self;
        let mut anchor = node.main_span();
        let mut layer = node.layer();
        let mut exists = true;
        for step in path {
            let next = match (step, node.value()) {
                (Step::Key(key), Yaml::Map(_)) => node.entry(key).map(|entry| (entry.key_span(), &entry.value)),
                (Step::Index(index), Yaml::List(items)) => items.get(*index).map(|item| (item.main_span(), item)),
                _ => None,
            };
            let Some((span, child)) = next else {
                exists = false;
                break;
            };
            (anchor, node, layer) = (span, child, child.layer());
        }
        let scalar = exists && !matches!(node.value(), Yaml::List(_) | Yaml::Map(_)) && !node.span().is_empty();
        Located { span: if scalar { node.span() } else { anchor }, defined: node.defined(), exists, layer }
    }

    /// Returns the span that represents the node: the first key of a mapping, the first item of a list, otherwise the value.
    fn main_span(&self) -> Span {
        match self.value() {
            Yaml::Map(entries) => entries.first().map_or_else(|| self.span(), Entry::key_span),
            Yaml::List(items) => items.first().map_or_else(|| self.span(), Self::main_span),
            _ => self.span(),
        }
    }

    /// Returns the node as an alias at `use_span`.
    pub(super) fn aliased(&self, use_span: Span) -> Self {
        let value = match self.value() {
            Yaml::List(items) => Yaml::List(items.iter().map(|item| item.aliased(use_span)).collect()),
            Yaml::Map(entries) => {
                let aliased =
                    |entry: &Entry| Entry::new(entry.key.clone(), use_span, false, entry.value.aliased(use_span));
                Yaml::Map(entries.iter().map(aliased).collect())
            }
            scalar => scalar.clone(),
        };
        let defined = self.defined().unwrap_or_else(|| self.span());
        let mark = Mark::new(use_span, self.is_plain(), self.layer());
        Self { mark, content: Content::Aliased(Box::new(Aliased { defined, value })) }
    }
}

/// Adds the entries of merged mappings whose keys do not exist yet. Earlier mappings take precedence.
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
}

/// Returns depth and number of values of a tree. The tree must not exceed the depth limit, because the function is recursive.
pub(super) fn measure(node: &Node) -> (usize, usize) {
    let children: Vec<&Node> = match node.value() {
        Yaml::List(items) => items.iter().collect(),
        Yaml::Map(entries) => entries.iter().map(|entry| &entry.value).collect(),
        _ => return (0, 1),
    };
    children.into_iter().map(measure).fold((1, 1), |(depth, nodes), (below, more)| (depth.max(below + 1), nodes + more))
}

impl From<&Node> for serde_json::Value {
    fn from(node: &Node) -> Self {
        match node.value() {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the sizes, because a catalogue of 10,000 apps has a million nodes.
    #[test]
    fn nodes_are_small() {
        assert_eq!((size_of::<Yaml>(), size_of::<Node>(), size_of::<Entry>()), (24, 32, 56));
    }

    #[test]
    fn marks_keep_span_notation_and_layer() {
        for (start, end) in [(0, 0), (0, 1), (7, 9), (u32::MAX as usize - 3, u32::MAX as usize), (5, (1 << 26) + 4)] {
            for layer in [0, 1, 17, 31] {
                for plain in [false, true] {
                    let mark = Mark::new(Span::new(start, end), plain, layer);
                    assert_eq!((mark.span(), mark.is_plain(), mark.layer()), (Span::new(start, end), plain, layer));
                }
            }
        }
        let long = Mark::new(Span::new(3, usize::MAX), true, 255);
        assert_eq!((long.span(), long.is_plain(), long.layer()), (Span::new(3, (1 << 26) + 2), true, 31));
        let node = Node::plain(Span::new(3, 5), Yaml::Int(1));
        let raised = node.raised(2, Yaml::Int(1)).raised(3, Yaml::Null);
        assert_eq!((raised.span(), raised.is_plain(), raised.layer()), (Span::new(3, 5), true, 5));
        let aliased = node.aliased(Span::new(9, 12));
        assert_eq!((aliased.span(), aliased.defined()), (Span::new(9, 12), Some(Span::new(3, 5))));
        assert_eq!(aliased.aliased(Span::new(20, 21)).raised(1, Yaml::Null).defined(), Some(Span::new(3, 5)));
    }
}
