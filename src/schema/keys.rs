//! Reads all keys of declarations from the schema, for `docs/keys.md` and `leaver explain KEY`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Shape, allowed::type_words};
use crate::model::KINDS;

/// A mapping that declarations may contain, with its keys.
#[derive(Debug, Clone)]
pub struct Block {
    /// The title of the mapping in the schema.
    pub title: String,
    /// The description of the mapping.
    pub description: String,
    /// The kinds and paths at which the mapping may occur. `[]` means a list entry, `*` any key.
    pub places: Vec<(String, Vec<String>)>,
    /// The keys, in the order of the schema.
    pub keys: Vec<Key>,
}

/// A key of a block.
#[derive(Debug, Clone)]
pub struct Key {
    /// The names of the enclosing mappings that have no title, then the name of the key.
    pub path: Vec<String>,
    /// Whether the schema requires the key.
    pub required: bool,
    /// The meaning of the key.
    pub description: String,
    /// The type of the value in words, such as `a whole number from 1 to 4`.
    pub what: String,
    /// The allowed values, each with its meaning.
    pub values: Vec<(String, String)>,
    /// An example of the value, as JSON.
    pub example: Option<Value>,
    /// The title of the block in the value, if there is one.
    pub block: Option<String>,
}

/// Maximum depth of nested mappings, so that a recursive schema does not loop forever. Today's schema is not recursive.
const MAX_DEPTH: usize = 12;

/// Collects the blocks of all kinds, in reading order.
pub fn blocks(shape: &Shape) -> Vec<Block> {
    let root = shape.schema();
    let mut blocks = Vec::new();
    let mut seen = BTreeSet::new();
    for kind in KINDS {
        let walk = Walk { root, kind };
        if let Some(part) = root.pointer(&format!("/$defs/{kind}")) {
            walk.block(&Part::resolve(root, part), &[], &mut blocks, &mut seen);
        }
    }
    blocks
}

struct Walk<'a> {
    root: &'a Value,
    kind: &'a str,
}

/// A part of the schema, followed by the definitions that it refers to. A key of an earlier mapping takes precedence.
#[derive(Clone)]
struct Part<'a>(Vec<&'a Value>);

impl<'a> Part<'a> {
    fn resolve(root: &'a Value, part: &'a Value) -> Self {
        let definition = |part: &&'a Value| root.pointer(part.get("$ref")?.as_str()?.strip_prefix('#')?);
        Self(std::iter::successors(Some(part), definition).take(MAX_DEPTH).collect())
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        self.0.iter().find_map(|part| part.get(key))
    }

    /// Returns the mapping that declares the type.
    fn typed(&self) -> Option<&'a Value> {
        self.0.iter().copied().find(|part| part.get("type").or_else(|| part.get("enum")).is_some())
    }

    fn text(&self, key: &str) -> String {
        self.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// Paths, each with the mapping there.
type Parts<'a> = Vec<(Vec<String>, Part<'a>)>;

impl<'a> Walk<'a> {
    fn block(&self, part: &Part<'a>, path: &[String], blocks: &mut Vec<Block>, seen: &mut BTreeSet<String>) {
        let title = part.text("title");
        let place = (self.kind.to_owned(), path.to_vec());
        if path.len() > MAX_DEPTH {
            return;
        }
        let known = blocks.iter().position(|block| block.title == title);
        let nth = known.unwrap_or_else(|| {
            let description = part.text("description");
            blocks.push(Block { title: title.clone(), description, places: Vec::new(), keys: Vec::new() });
            blocks.len() - 1
        });
        if let Some(block) = blocks.get_mut(nth) {
            block.places.push(place);
        }
        let mut keys = Vec::new();
        let mut inner = Vec::new();
        self.keys(part, &[], &mut keys, &mut inner);
        if seen.insert(title)
            && let Some(block) = blocks.get_mut(nth)
        {
            block.keys = keys;
        }
        for (steps, part) in inner {
            self.block(&part, &[path, &steps].concat(), blocks, seen);
        }
    }

    /// Collects the keys of a mapping, and the blocks in them.
    fn keys(&self, part: &Part<'a>, above: &[String], keys: &mut Vec<Key>, inner: &mut Parts<'a>) {
        let required: Vec<&str> =
            part.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, property) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let path = [above, std::slice::from_ref(name)].concat();
            let value = Part::resolve(self.root, property);
            let mut parts = Vec::new();
            self.parts(&value, &path, &mut parts);
            let blocks: Vec<_> = parts.iter().filter(|(_, part)| part.get("title").is_some()).collect();
            let items = value.get("items").map(|items| Part::resolve(self.root, items));
            let listed = items.filter(|items| items.get("enum").is_some());
            keys.push(Key {
                path: path.clone(),
                required: required.contains(&name.as_str()),
                description: value.text("description"),
                what: if listed.is_some() {
                    "a list".to_owned()
                } else {
                    type_words(self.root, value.typed().unwrap_or(property))
                },
                values: values(listed.as_ref().unwrap_or(&value)),
                example: value.get("examples").and_then(|examples| examples.get(0)).cloned(),
                block: blocks.first().map(|(_, part)| part.text("title")),
            });
            inner.extend(blocks.into_iter().cloned());
            for (steps, part) in parts.iter().filter(|(_, part)| part.get("title").is_none()) {
                self.keys(part, steps, keys, inner);
            }
        }
    }

    /// Collects the mappings that a value may be or contain, with their paths.
    fn parts(&self, value: &Part<'a>, path: &[String], parts: &mut Parts<'a>) {
        if value.get("properties").is_some() {
            parts.push((path.to_vec(), value.clone()));
        }
        for branch in ["then", "else"].into_iter().filter_map(|key| value.get(key)) {
            self.parts(&Part::resolve(self.root, branch), path, parts);
        }
        for (key, step) in [("items", "[]"), ("additionalProperties", "*")] {
            if let Some(more) = value.get(key).filter(|more| more.is_object()) {
                self.parts(&Part::resolve(self.root, more), &[path, &[step.to_owned()]].concat(), parts);
            }
        }
    }
}

fn values(part: &Part<'_>) -> Vec<(String, String)> {
    let meanings: Vec<&str> = part
        .get("enumDescriptions")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|meaning| meaning.as_str().unwrap_or_default())
        .collect();
    let values = part.get("enum").and_then(Value::as_array).into_iter().flatten().enumerate();
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    values.map(|(nth, value)| (shown(value), meanings.get(nth).copied().unwrap_or_default().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::DECLARATIONS;

    #[test]
    fn every_key_has_a_description_and_an_existing_place() {
        let blocks = blocks(&DECLARATIONS);
        assert!(blocks.iter().map(|block| block.keys.len()).sum::<usize>() > 300);
        for block in &blocks {
            assert!(!block.places.is_empty() && !block.keys.is_empty(), "{}", block.title);
            for key in &block.keys {
                assert!(!key.description.is_empty() && !key.what.is_empty(), "{}: {:?}", block.title, key.path);
                for (_, place) in &block.places {
                    let path = [place.as_slice(), &key.path].concat();
                    let path: Vec<&str> = path.iter().map(|step| if step == "[]" { "*" } else { step }).collect();
                    assert!(DECLARATIONS.has_path(&path), "{path:?}");
                }
            }
        }
    }
}
