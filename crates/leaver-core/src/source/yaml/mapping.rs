//! The state of a mapping during parsing: the next key and the previous keys.

use std::collections::BTreeMap;

use ecow::EcoString;

use crate::source::{
    node::{Entry, Node, Yaml},
    problem::{Problem, TEMPLATE},
    span::Span,
};

/// The key that adds the entries of other mappings (YAML 1.1 merge key).
const MERGE: &str = "<<";
/// Maximum number of keys that are compared one by one. For so few keys, this is faster than a look-up in a map.
const LINEAR_SEARCH: usize = 24;

/// The state of a mapping, without its entries.
#[derive(Default)]
pub(super) struct Mapping {
    /// The key whose value is not parsed yet.
    pub(super) key: Option<Key>,
    /// The mappings to merge, in order.
    pub(super) merges: Vec<Node>,
    /// The span of the first merge key.
    merge: Option<Span>,
    /// The spans of the keys of a large mapping.
    places: BTreeMap<EcoString, Span>,
}

/// A key and its span.
pub(super) struct Key {
    pub(super) text: EcoString,
    pub(super) span: Span,
    pub(super) plain: bool,
    /// Whether the mapping already has the key. `set_key` reports such a key.
    pub(super) is_duplicate: bool,
}

impl Key {
    /// Converts a node to a key. `text` is the text of the file.
    pub(super) fn new(text: &str, node: &Node) -> Result<Self, Problem> {
        let key = match node.value() {
            Yaml::Text(key) => key.clone(),
            Yaml::List(_) | Yaml::Map(_) => {
                let problem = Problem::new(node.span(), "a key must be a single word or text, not a collection");
                return Err(if node.span().slice(text).starts_with('{') { problem.help(TEMPLATE) } else { problem });
            }
            // `1:` and `true:` are kept as written.
            _ => node.defined().unwrap_or_else(|| node.span()).slice(text).trim().into(),
        };
        Ok(Self { text: key, span: node.span(), plain: node.is_plain(), is_duplicate: false })
    }

    /// Whether the key is the merge key.
    pub(super) fn is_merge(&self) -> bool {
        self.plain && self.text == MERGE
    }
}

impl Mapping {
    /// Sets the next key. Returns a problem if the mapping already has the key. `entries` are the entries of the mapping so far.
    pub(super) fn set_key(&mut self, mut key: Key, entries: &[Entry]) -> Option<Problem> {
        let merged = self.merge.filter(|_| key.text == MERGE);
        let first = merged.or_else(|| self.key_span(&key.text, entries));
        if key.is_merge() {
            self.merge = first.or(Some(key.span));
        }
        key.is_duplicate = first.is_some();
        let problem = first.map(|first| Problem::duplicate_key(key.span, &key.text, key.plain, first));
        self.key = Some(key);
        problem
    }

    fn key_span(&mut self, key: &str, entries: &[Entry]) -> Option<Span> {
        if entries.len() <= LINEAR_SEARCH {
            return entries.iter().find(|entry| entry.key == key).map(Entry::key_span);
        }
        let new = entries.iter().skip(self.places.len());
        self.places.extend(new.map(|entry| (entry.key.clone(), entry.key_span())));
        self.places.get(key).copied()
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{SourceFile, YamlLimits, parse};

    /// Checks small and large mappings: a duplicate key is reported where it occurs the second time, and the first value counts.
    #[test]
    fn keys_defined_twice_are_reported() {
        for count in [
            1,
            super::LINEAR_SEARCH - 1,
            super::LINEAR_SEARCH,
            super::LINEAR_SEARCH + 1,
            super::LINEAR_SEARCH + 2,
            4 * super::LINEAR_SEARCH,
        ] {
            let keys: String = (0..count).map(|n| format!("k{n}: {n}\n")).collect();
            for again in [0, count / 2, count - 1] {
                let text = format!("base: &base {{m: 1}}\n{keys}<<: *base\nk{again}: 9\n<<: *base\n");
                let parsed = parse(&SourceFile::new("a.yaml", text.clone()), &YamlLimits::default());
                let spots: Vec<&str> = parsed.problems.iter().map(|problem| problem.span.slice(&text)).collect();
                assert_eq!(spots, [format!("k{again}").as_str(), "<<"], "{text}");
                let related: Vec<&str> = parsed
                    .problems
                    .iter()
                    .filter_map(|problem| problem.related.as_ref())
                    .map(|(span, _)| text.get(span.start()..).unwrap_or_default().lines().next().unwrap_or_default())
                    .collect();
                assert_eq!(related, [format!("k{again}: {again}").as_str(), "<<: *base"], "{text}");
                let root = &parsed.documents[0].root;
                assert_eq!(root.entries().len(), count + 2, "{text}");
                let value = root.get(&format!("k{again}")).map(serde_json::Value::from);
                assert_eq!(value, Some(again.into()), "{text}");
            }
        }
    }
}
