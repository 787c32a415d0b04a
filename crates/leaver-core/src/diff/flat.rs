//! Flattens a declaration into values by path. List items are identified by name, so that moving an item is not a change.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{
    finding::Step,
    model::Declaration,
    source::{Address, Part as Named, display_name, entry_keys},
};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Segment {
    /// A key of a mapping.
    Key(String),
    /// An item of a list, by its name or another identifying value.
    Item(String),
}

pub(super) type Path = Vec<Segment>;

/// Replaces a secret in output.
const DOTS: &str = "••••";

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leaf {
    pub(super) value: Value,
    /// Whether the value is or contains a secret. Such a value is never shown.
    pub(super) hidden: bool,
}

/// All values of a declaration, and the paths of its mappings and named items.
#[derive(Debug, Default)]
pub(super) struct Flat {
    pub(super) leaves: BTreeMap<Path, Leaf>,
    pub(super) parts: BTreeSet<Path>,
}

/// Returns a path as shown to people: `spec.nonHuman[ci-bot].owner`.
pub(super) fn display_path(path: &[Segment]) -> String {
    let named = |part: &Segment| match part {
        Segment::Key(key) => Named::Key(display_name(key)),
        Segment::Item(name) => Named::Entry { by: None, text: display_name(name) },
    };
    Address::from(path.iter().map(named).collect::<Vec<_>>()).to_string()
}

impl Flat {
    /// Flattens a declaration, without the keys that identify the declaration.
    pub(super) fn of(declaration: &Declaration) -> Self {
        let hidden = |steps: &[Step]| {
            declaration.root.at(steps).is_some_and(|node| {
                let file = declaration.layer(node.layer()).map_or(&declaration.file, |layer| &layer.file);
                file.has_secret(node.defined().unwrap_or_else(|| node.span())) || file.has_secret(node.span())
            })
        };
        let mut value = Value::from(&*declaration.root);
        if let Some(all) = value.as_object_mut() {
            all.retain(|key, _| key == "metadata" || key == "spec");
            if let Some(metadata) = all.get_mut("metadata").and_then(Value::as_object_mut) {
                metadata.shift_remove("name");
            }
        }
        Self::of_value(&value, &hidden)
    }

    /// Flattens any value. `hidden` returns whether the value at a path is a secret.
    pub(super) fn of_value(value: &Value, hidden: &dyn Fn(&[Step]) -> bool) -> Self {
        let mut flat = Self::default();
        flat.walk(value, None, &mut Vec::new(), &mut Vec::new(), hidden);
        flat
    }

    /// Adds a value and everything below it. `name` is the key that identifies the value as an item of a list.
    fn walk(
        &mut self,
        value: &Value,
        name: Option<&str>,
        path: &mut Path,
        steps: &mut Vec<Step>,
        hidden: &dyn Fn(&[Step]) -> bool,
    ) {
        match value {
            Value::Object(entries) => {
                self.part(entries, path);
                for (key, value) in entries {
                    if Some(key.as_str()) == name {
                        continue;
                    }
                    path.push(Segment::Key(key.clone()));
                    steps.push(Step::Key(key.clone()));
                    self.walk(value, None, path, steps, hidden);
                    path.pop();
                    steps.pop();
                }
            }
            Value::Array(items) => {
                let Some((key, names)) = identifying_names(items) else {
                    self.leaf(value, path, steps, hidden);
                    return;
                };
                for (at, (name, item)) in names.iter().zip(items).enumerate() {
                    steps.push(Step::Index(at));
                    steps.push(Step::Key(key.into()));
                    let name = if hidden(steps) { format!("{DOTS}{at}") } else { (*name).to_owned() };
                    steps.pop();
                    path.push(Segment::Item(name));
                    self.walk(item, Some(key), path, steps, hidden);
                    path.pop();
                    steps.pop();
                }
            }
            _ => self.leaf(value, path, steps, hidden),
        }
    }

    fn part(&mut self, entries: &Map<String, Value>, path: &Path) {
        self.parts.insert(path.clone());
        if entries.is_empty() {
            self.leaves.insert(path.clone(), Leaf { value: Value::Object(Map::new()), hidden: false });
        }
    }

    fn leaf(&mut self, value: &Value, path: &Path, steps: &[Step], hidden: &dyn Fn(&[Step]) -> bool) {
        let inner = |at: usize| {
            let mut steps = steps.to_vec();
            steps.push(Step::Index(at));
            hidden(&steps)
        };
        let hidden = hidden(steps) || value.as_array().is_some_and(|items| (0..items.len()).any(inner));
        self.leaves.insert(path.clone(), Leaf { value: value.clone(), hidden });
    }
}

/// Returns the key that identifies the items of a list, such as `name`, and the value of this key in each item.
fn identifying_names(items: &[Value]) -> Option<(&'static str, Vec<&str>)> {
    entry_keys().iter().find_map(|key| {
        let names: Option<Vec<&str>> = items.iter().map(|item| item.get(key).and_then(Value::as_str)).collect();
        let names = names.filter(|names| !names.is_empty())?;
        let unique: BTreeSet<&&str> = names.iter().collect();
        (unique.len() == names.len()).then_some((key.as_str(), names))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_identified_by_name_and_unnamed_lists_are_one_value() {
        let value = serde_json::json!({"a": {"b": [{"name": "x", "owner": "t"}, {"name": "y"}]}, "c": [1, 2], "d": {}});
        let flat = Flat::of_value(&value, &|steps| steps.len() == 2 && steps.last() == Some(&Step::Index(1)));
        let have: Vec<(String, bool)> =
            flat.leaves.iter().map(|(path, leaf)| (display_path(path), leaf.hidden)).collect();
        assert_eq!(have, [("a.b[x].owner".into(), false), ("c".into(), true), ("d".into(), false)]);
        assert!(flat.parts.iter().any(|path| display_path(path) == "a.b[y]"));
        let systems = serde_json::json!({"b": [{"system": "okta", "appId": "a"}, {"system": "entra-id"}]});
        let flat = Flat::of_value(&systems, &|_| false);
        assert_eq!(flat.leaves.keys().map(|path| display_path(path)).collect::<Vec<_>>(), ["b[okta].appId"]);
        let twice = serde_json::json!({"b": [{"name": "x"}, {"name": "x"}]});
        assert_eq!(Flat::of_value(&twice, &|_| false).leaves.len(), 1);
    }
}
