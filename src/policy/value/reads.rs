//! Copies the parts of declarations that rules on the whole catalogue read. The copies of all declarations are in memory at the same time, so equal
//! texts and inherited parts are stored once.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use regorus::Value;

use crate::{
    rule::RuleMeta,
    source::{Entry, Node, Yaml},
};

/// In a path of `reads`, this step means any key.
const ANY: &str = "*";
/// Maximum length of a text that is stored only once, in bytes. Longer texts rarely repeat.
const MAX_SHORT: usize = 32;

/// The parts of each declaration that rules on the whole catalogue read, according to their `reads`. Only these parts are copied, which saves memory.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::policy) enum Reads {
    All,
    Keys(BTreeMap<String, Reads>),
}

/// Values that were copied before.
#[derive(Default)]
pub(in crate::policy) struct Copies {
    texts: HashSet<Arc<str>>,
    /// Copies of inherited mappings, which several trees share. The key has the addresses of the entries and of the parts that are read; both must
    /// outlive the map.
    inherited: HashMap<(*const Entry, *const Reads), Value>,
}

impl Copies {
    fn text(&mut self, text: &str) -> Value {
        if text.len() > MAX_SHORT {
            return Value::from(text);
        }
        if let Some(known) = self.texts.get(text) {
            return Value::String(Arc::clone(known));
        }
        let new: Arc<str> = text.into();
        self.texts.insert(Arc::clone(&new));
        Value::String(new)
    }
}

impl Reads {
    /// The union of the parts that several rules read. A rule without `reads` may read everything.
    pub(in crate::policy) fn of<'a>(rules: impl IntoIterator<Item = &'a RuleMeta>) -> Self {
        let mut reads = Self::Keys(BTreeMap::new());
        for rule in rules {
            if rule.reads.is_empty() {
                return Self::All;
            }
            rule.reads.iter().for_each(|path| reads.add(path));
        }
        reads
    }

    fn add(&mut self, path: &str) {
        let Self::Keys(keys) = self else { return };
        match path.split_once('.') {
            Some((key, rest)) => {
                keys.entry(key.to_owned()).or_insert_with(|| Self::Keys(BTreeMap::new())).add(rest);
            }
            None => drop(keys.insert(path.to_owned(), Self::All)),
        }
    }

    /// Copies the parts of a value that are read. For a list, these are the parts of each item.
    pub(in crate::policy) fn value(&self, node: &Node, copies: &mut Copies) -> Value {
        match node.value() {
            Yaml::Null => Value::Null,
            Yaml::Bool(value) => Value::from(*value),
            Yaml::Int(value) => Value::from(*value),
            Yaml::Float(value) => Value::from(*value),
            Yaml::Text(text) => copies.text(text),
            Yaml::List(items) => Value::from(items.iter().map(|item| self.value(item, copies)).collect::<Vec<_>>()),
            // Several trees share an inherited mapping.
            Yaml::Map(entries) if node.layer() > 0 => {
                let address = (entries.as_ptr(), std::ptr::from_ref(self));
                if let Some(known) = copies.inherited.get(&address) {
                    return known.clone();
                }
                let value = self.entries(entries, copies);
                copies.inherited.insert(address, value.clone());
                value
            }
            Yaml::Map(entries) => self.entries(entries, copies),
        }
    }

    fn entries(&self, entries: &[Entry], copies: &mut Copies) -> Value {
        let read = entries.iter().filter_map(|entry| {
            let value = self.below(&entry.key)?.value(&entry.value, copies);
            Some((copies.text(&entry.key), value))
        });
        Value::from(read.collect::<BTreeMap<_, _>>())
    }

    /// The parts that are read in the value of a key; `None` if the key is not read.
    fn below(&self, key: &str) -> Option<&Self> {
        let Self::Keys(keys) = self else { return Some(&Self::All) };
        match (keys.get(key), keys.get(ANY)) {
            (Some(_), Some(_)) => Some(&Self::All),
            (one, other) => one.or(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Declaration, apply_patterns},
        policy::value::from_node,
        source::{SourceFile, YamlLimits, parse},
    };

    fn root(text: &str) -> Node {
        parse(&SourceFile::new("a.yaml", text), &YamlLimits::default()).documents.remove(0).root
    }

    fn reads(paths: &[&str]) -> Reads {
        let mut reads = Reads::Keys(BTreeMap::new());
        for path in paths {
            reads.add(path);
        }
        reads
    }

    #[test]
    fn reads_select_keys_and_any_key() {
        let root = root("spec: {a: {x: {k: 1, l: 2}, y: {k: 3}, z: 4}, b: {k: 5}, c: [{k: 6, l: 7}]}\n");
        let read = |paths: &[&str]| reads(paths).value(&root, &mut Copies::default()).to_string();
        assert_eq!(read(&["spec.a.*.k"]), r#"{"spec":{"a":{"x":{"k":1},"y":{"k":3},"z":4}}}"#);
        assert_eq!(read(&["spec.*.k", "spec.c.l"]), r#"{"spec":{"a":{},"b":{"k":5},"c":[{"k":6,"l":7}]}}"#);
        for paths in [["spec.a.*.k", "spec.a"], ["spec.a", "spec.a.*.k"]] {
            assert_eq!(read(&paths), r#"{"spec":{"a":{"x":{"k":1,"l":2},"y":{"k":3},"z":4}}}"#);
        }
    }

    /// The effective trees of declarations in one file.
    fn effective(text: &str) -> Vec<Arc<Node>> {
        let file = Arc::new(SourceFile::new("a.yaml", text));
        let declare = |document: crate::source::Document| {
            let root = document.root;
            let name = root.get("metadata").and_then(|metadata| metadata.get("name")?.text()).unwrap_or_default();
            Declaration {
                kind: root.get("kind").and_then(Node::text).unwrap_or_default().to_owned(),
                name: name.to_owned(),
                file: Arc::clone(&file),
                document: document.index,
                well_formed: true,
                root: Arc::new(root),
                inherited: None,
            }
        };
        let documents = parse(&file, &YamlLimits::default()).documents;
        let mut all: Vec<Declaration> = documents.into_iter().map(declare).collect();
        assert_eq!(apply_patterns(&mut all), []);
        all.iter().map(|declaration| Arc::clone(&declaration.root)).collect()
    }

    /// A mapping that several declarations inherit is copied once for the same parts, and again for other parts.
    #[test]
    fn equal_texts_and_inherited_mappings_are_stored_once() {
        let trees = effective(
            "kind: Pattern\nmetadata: {name: p}\nspec: {a: {k: word, l: [word, 1.5, null, true]}, m: {x: {y: 1}}, c: {k: a text of more than thirty-two bytes}}\n---\n\
             kind: App\nmetadata: {name: one}\nspec: {pattern: p, m: {z: 1}, own: {k: word}}\n---\n\
             kind: App\nmetadata: {name: other}\nspec: {pattern: p, m: {z: 2}, own: {k: word}}\n",
        );
        let (one, other) = (&trees[1], &trees[2]);
        // Trees may share nodes without inheritance, too.
        let also = Node::clone(one);
        let mut copies = Copies::default();
        let all = Reads::All;
        let first = all.value(one, &mut copies);
        let second = all.value(other, &mut copies);
        let third = all.value(&also, &mut copies);
        assert_eq!((&first, &second), (&from_node(one), &from_node(other)));
        let same = |one: &Value, other: &Value, path: &[&str]| {
            let at = |value: &Value| path.iter().fold(value["spec"].clone(), |value, key| value[*key].clone());
            std::ptr::eq(at(one).as_object().expect("an object"), at(other).as_object().expect("an object"))
        };
        for path in [&["a"][..], &["c"], &["m", "x"]] {
            assert!(same(&first, &second, path), "{path:?}");
        }
        for path in [&["m"][..], &["own"], &[]] {
            assert!(!same(&first, &second, path) && !same(&first, &third, path), "{path:?}");
        }
        let (k, l) = (&first["spec"]["a"]["k"], &first["spec"]["a"]["l"][0]);
        assert!(std::ptr::eq(k.as_string().expect("a text").as_ptr(), l.as_string().expect("a text").as_ptr()));
        let parts = reads(&["spec.a.k", "spec.c"]);
        assert_eq!(
            parts.value(other, &mut copies).to_string(),
            r#"{"spec":{"a":{"k":"word"},"c":{"k":"a text of more than thirty-two bytes"}}}"#
        );
        assert_eq!(all.value(other, &mut copies), second);
    }
}
