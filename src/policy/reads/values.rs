//! The possible values of an expression: paths in a document, strings, or collections that a rule creates.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// The steps of a path that starts with `input` or `data`. `None` means any key or entry.
pub(super) type DocumentPath = Vec<Option<Rc<str>>>;

/// Maximum number of steps of a path.
const MAX_STEPS: usize = 14;
/// Maximum number of constant texts of a key. A key with more texts counts as any key.
const MAX_TEXTS: usize = 24;

/// The possible values of an expression.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Value {
    pub(super) paths: BTreeSet<DocumentPath>,
    /// Constant texts.
    pub(super) texts: BTreeSet<Rc<str>>,
    /// Values of an object or list that the rule creates, by key or index.
    pub(super) fields: BTreeMap<Rc<str>, Value>,
    /// Entries of a collection that the rule creates.
    pub(super) items: Option<Box<Value>>,
}

impl Value {
    pub(super) fn document(root: &str) -> Self {
        Self { paths: BTreeSet::from([vec![Some(root.into())]]), ..Self::default() }
    }

    pub(super) fn text(text: &str) -> Self {
        Self { texts: BTreeSet::from([text.into()]), ..Self::default() }
    }

    pub(super) fn collection(items: Self) -> Self {
        Self { items: Some(Box::new(items)), ..Self::default() }
    }

    /// The union with other values.
    pub(super) fn or(mut self, other: Self) -> Self {
        self.paths.extend(other.paths);
        self.texts.extend(other.texts);
        for (key, value) in other.fields {
            let known = self.fields.remove(&key).unwrap_or_default();
            self.fields.insert(key, known.or(value));
        }
        self.items = match (self.items.take(), other.items) {
            (Some(one), Some(two)) => Some(Box::new(one.or(*two))),
            (one, two) => one.or(two),
        };
        self
    }

    /// The values at a key or index. `None` means any key or index.
    pub(super) fn at(&self, key: Option<&str>) -> Self {
        let below = |path: &DocumentPath| (path.len() < MAX_STEPS).then(|| [path, &[key.map(Rc::from)][..]].concat());
        let mut found = Self { paths: self.paths.iter().filter_map(below).collect(), ..Self::default() };
        match key {
            Some(key) => found = found.or(self.fields.get(key).cloned().unwrap_or_default()),
            None => found = self.fields.values().cloned().fold(found, Self::or),
        }
        match &self.items {
            Some(items) => found.or((**items).clone()),
            None => found,
        }
    }

    /// The values at a computed key.
    pub(super) fn at_value(&self, key: &Self) -> Self {
        if key.texts.is_empty() || !key.paths.is_empty() || key.texts.len() > MAX_TEXTS {
            return self.at(None);
        }
        key.texts.iter().map(|text| self.at(Some(text))).fold(Self::default(), Self::or)
    }

    /// Adds all paths in this value to `into`.
    pub(super) fn everything(&self, into: &mut BTreeSet<DocumentPath>) {
        into.extend(self.paths.iter().cloned());
        self.fields.values().chain(self.items.as_deref()).for_each(|part| part.everything(into));
    }
}

/// The entries of a collection.
pub(super) fn entries(collection: &Value) -> Value {
    collection.at(None)
}

/// The keys of a collection that a rule creates. For a part of a document, the keys are not known and the result is empty.
pub(super) fn keys(collection: &Value) -> Value {
    if collection.paths.is_empty() {
        Value { texts: collection.fields.keys().cloned().collect(), ..Value::default() }
    } else {
        Value::default()
    }
}
