//! A declaration with numbers for the keys that rules name. A look-up compares these numbers instead of texts.

use super::partial::{Partial, Slice};
use crate::source::{Node, Yaml};

/// The number of a key that no rule names.
const UNNAMED: u32 = u32::MAX;
/// Marks an empty slot of the table.
const EMPTY: u32 = u32::MAX;

/// A new tree has space for this number of entries. Most declarations have fewer entries.
const USUAL_ENTRIES: usize = 384;

/// The keys that rules name, and their numbers.
pub(super) struct Keys<'a> {
    names: &'a [String],
    /// A hash table of numbers with open addressing. At least half of its slots are empty.
    table: Vec<u32>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(names: &'a [String]) -> Self {
        let mut keys = Self { names, table: vec![EMPTY; (names.len() * 2 + 1).next_power_of_two()] };
        for (number, name) in (0..).zip(names) {
            let slot = keys.slot(name);
            if let Some(at) = keys.table.get_mut(slot) {
                *at = number;
            }
        }
        keys
    }

    /// The slot of a key in the table, or an empty slot.
    fn slot(&self, key: &str) -> usize {
        let mask = self.table.len() - 1;
        let mut at = hash(key) & mask;
        while self.table.get(at).and_then(|number| self.name(*number)).is_some_and(|name| name != key) {
            at = (at + 1) & mask;
        }
        at
    }

    pub(super) fn name(&self, number: u32) -> Option<&'a str> {
        self.names.get(number as usize).map(String::as_str)
    }

    fn number(&self, key: &str) -> u32 {
        self.table.get(self.slot(key)).copied().unwrap_or(UNNAMED)
    }
}

fn hash(key: &str) -> usize {
    let mut hash = key.len();
    for byte in key.bytes() {
        hash = (hash ^ usize::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash ^ (hash >> 15)
}

/// The mappings and lists of a declaration. The entries of each mapping or list are consecutive.
#[derive(Default)]
pub(super) struct Tree<'a> {
    /// For each entry, the number of its key.
    numbers: Vec<u32>,
    keys: Vec<&'a str>,
    values: Vec<Partial<'a>>,
}

impl<'a> Tree<'a> {
    /// The tree of a declaration, and its root.
    pub(super) fn new(root: &'a Node, keys: &Keys<'_>) -> (Self, Partial<'a>) {
        let mut tree = Self {
            numbers: Vec::with_capacity(USUAL_ENTRIES),
            keys: Vec::with_capacity(USUAL_ENTRIES),
            values: Vec::with_capacity(USUAL_ENTRIES),
        };
        let root = tree.add(root, keys);
        (tree, root)
    }

    fn add(&mut self, node: &'a Node, keys: &Keys<'_>) -> Partial<'a> {
        match node.value() {
            Yaml::List(items) => {
                let slice = self.reserve(items.len());
                for (at, item) in slice.range().zip(items.iter()) {
                    let value = self.add(item, keys);
                    self.set(at, value);
                }
                Partial::List(slice)
            }
            Yaml::Map(entries) => {
                let slice = self.reserve(entries.len());
                for (at, entry) in slice.range().zip(entries.iter()) {
                    if let (Some(number), Some(key)) = (self.numbers.get_mut(at), self.keys.get_mut(at)) {
                        (*number, *key) = (keys.number(&entry.key), &entry.key);
                    }
                    let value = self.add(&entry.value, keys);
                    self.set(at, value);
                }
                Partial::Map(slice)
            }
            Yaml::Null => Partial::Null,
            Yaml::Bool(value) => Partial::Bool(*value),
            Yaml::Int(value) => Partial::Int(*value),
            Yaml::Float(_) => Partial::Number,
            Yaml::Text(text) => Partial::Text(text),
        }
    }

    fn reserve(&mut self, len: usize) -> Slice {
        let start = self.values.len();
        self.numbers.resize(start + len, UNNAMED);
        self.keys.resize(start + len, "");
        self.values.resize(start + len, Partial::Undefined);
        Slice::new(start, len)
    }

    fn set(&mut self, at: usize, value: Partial<'a>) {
        if let Some(slot) = self.values.get_mut(at) {
            *slot = value;
        }
    }

    /// The value at a position.
    pub(super) fn value(&self, at: usize) -> Partial<'a> {
        self.values.get(at).copied().unwrap_or(Partial::Unknown)
    }

    /// The key at a position.
    pub(super) fn key(&self, at: usize) -> &'a str {
        self.keys.get(at).copied().unwrap_or_default()
    }

    /// The value of a key that rules name, by the number of the key.
    pub(super) fn get(&self, map: Slice, number: u32) -> Partial<'a> {
        let numbers = self.numbers.get(map.range()).unwrap_or_default();
        let at = numbers.iter().position(|other| *other == number);
        at.map_or(Partial::Undefined, |at| self.value(map.start() + at))
    }

    /// The value of a key, even if no rule names the key.
    pub(super) fn get_text(&self, map: Slice, key: &str, keys: &Keys<'_>) -> Partial<'a> {
        let number = keys.number(key);
        if number != UNNAMED {
            return self.get(map, number);
        }
        let names = self.keys.get(map.range()).unwrap_or_default();
        let at = names.iter().position(|other| *other == key);
        at.map_or(Partial::Undefined, |at| self.value(map.start() + at))
    }
}
