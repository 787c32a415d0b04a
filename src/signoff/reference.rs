//! The Teams and Systems that an app names. The meaning of such a name depends on the content of the Team or System, so a sign-off covers this
//! content too.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    digest::{DigestError, digest},
    material::{Difference, changes},
    table::table,
};
use crate::{finding::Step, model::Catalogue};

/// Domain tag for the digests of references.
pub const REFERENCE_TAG: &str = "leaver-reference/v1\n";

/// A declaration that an app names, with the part of it that a sign-off covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// `Team` or `System`.
    pub kind: String,
    /// `metadata.name`.
    pub name: String,
    /// The covered part.
    pub declaration: Value,
}

impl Reference {
    /// Returns the name of the subject, such as `team:it-apps`.
    pub(super) fn subject(&self) -> String {
        format!("{}:{}", self.kind.to_lowercase(), self.name)
    }

    /// Returns the digest of the covered part.
    pub(super) fn digest(&self) -> Result<String, DigestError> {
        digest(REFERENCE_TAG, &self.declaration)
    }
}

/// All declarations that an app can name, with the part of each that a sign-off covers.
#[derive(Debug, Clone, Default)]
pub struct References {
    all: BTreeMap<(String, String), Value>,
    /// The declarations by name and alias.
    names: BTreeMap<String, Vec<(String, String)>>,
}

impl References {
    /// Collects the declarations of a catalogue. Omits built-in systems, because they depend only on the version of leaver, which the manifest names.
    pub fn of(catalogue: &Catalogue) -> Self {
        let mut collected = Self::default();
        for declaration in catalogue.own().iter().filter(|declaration| declaration.well_formed) {
            if let Some(covered) = table().covers.get(&declaration.kind) {
                let value = without_empty_mappings(covered.projection(&Value::from(&*declaration.root)));
                collected.add(&declaration.kind, &declaration.name, value);
            }
        }
        collected
    }

    /// Collects the references of a manifest.
    pub fn signed(references: &[Reference]) -> Self {
        let mut collected = Self::default();
        for reference in references {
            collected.add(&reference.kind, &reference.name, reference.declaration.clone());
        }
        collected
    }

    /// Adds a declaration. If another declaration has the same kind and name, the first counts, as in the catalogue.
    fn add(&mut self, kind: &str, name: &str, value: Value) {
        let key = (kind.to_owned(), name.to_owned());
        if self.all.contains_key(&key) {
            return;
        }
        let aliases = value.pointer("/metadata/aliases").and_then(Value::as_array);
        let aliases = aliases.into_iter().flatten().filter_map(Value::as_str);
        for word in std::iter::once(name).chain(aliases).map(normalized_name).collect::<BTreeSet<_>>() {
            self.names.entry(word).or_default().push(key.clone());
        }
        self.all.insert(key, value);
    }

    /// Finds the declarations that an app names directly or indirectly. Returns the path in the app for each of them.
    fn references_of(&self, app: &Value) -> BTreeMap<(String, String), Vec<Step>> {
        let mut found: BTreeMap<(String, String), Vec<Step>> = BTreeMap::new();
        let mut waiting = Vec::new();
        texts(app, &mut Vec::new(), &mut |text, path| waiting.push((normalized_name(text), path.to_vec())));
        while let Some((word, path)) = waiting.pop() {
            for key in self.names.get(&word).into_iter().flatten() {
                if found.contains_key(key) {
                    continue;
                }
                found.insert(key.clone(), path.clone());
                if let Some(value) = self.all.get(key) {
                    texts(value, &mut Vec::new(), &mut |text, _| waiting.push((normalized_name(text), path.clone())));
                }
            }
        }
        found
    }

    /// Returns the references of some apps, sorted by kind and name.
    pub fn references<'a>(&self, apps: impl IntoIterator<Item = &'a Value>) -> Vec<Reference> {
        let keys: BTreeSet<_> = apps.into_iter().flat_map(|app| self.references_of(app).into_keys()).collect();
        let value = |(kind, name): (String, String)| {
            let declaration = self.all.get(&(kind.clone(), name.clone()))?.clone();
            Some(Reference { kind, name, declaration })
        };
        keys.into_iter().filter_map(value).collect()
    }

    /// Returns the differences between the references of an app in `self` and in `now`. The path of a difference is the path at which the app names
    /// the reference.
    pub(super) fn changes(&self, now: &Self, app: &Value) -> Vec<Difference> {
        let mut places = now.references_of(app);
        places.extend(self.references_of(app));
        let mut found = Vec::new();
        for ((kind, name), path) in places {
            let key = (kind, name);
            let what = format!("{} {}", key.0, key.1);
            let declared = || Some(Value::from("declared"));
            match (self.all.get(&key), now.all.get(&key)) {
                (Some(was), Some(is)) => {
                    found.extend(changes(was, is).into_iter().map(|change| {
                        let of = Some(format!("{what}: {}", change.display_path()));
                        Difference { path: path.clone(), of, ..change }
                    }));
                }
                (Some(_), None) => found.push(Difference { path, was: declared(), now: None, of: Some(what) }),
                (None, Some(_)) => found.push(Difference { path, was: None, now: declared(), of: Some(what) }),
                (None, None) => {}
            }
        }
        found
    }
}

/// Normalises a name for comparison.
pub(super) fn normalized_name(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Calls `each` with every text of a declaration except `metadata.name`.
fn texts<'a>(value: &'a Value, path: &mut Vec<Step>, each: &mut dyn FnMut(&'a str, &[Step])) {
    match value {
        Value::String(text) => each(text, path),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(Step::Index(at));
                texts(item, path, each);
                path.pop();
            }
        }
        Value::Object(fields) => {
            for (key, field) in fields {
                path.push(Step::Key(key.clone()));
                let own = matches!(&path[..], [Step::Key(one), Step::Key(two)] if one == "metadata" && two == "name");
                if !own {
                    texts(field, path, each);
                }
                path.pop();
            }
        }
        _ => {}
    }
}

/// Removes empty mappings at the top, because they contain no covered values.
fn without_empty_mappings(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(_, field)| !field.as_object().is_some_and(Map::is_empty));
            Value::Object(kept.collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn collected(all: &[(&str, &str, Value)]) -> References {
        let mut collected = References::default();
        for (kind, name, value) in all {
            collected.add(kind, name, value.clone());
        }
        collected
    }

    #[test]
    fn references_are_found_by_alias_and_indirectly() {
        let collected = collected(&[
            ("System", "entra-id", json!({"metadata": {"aliases": ["azure-ad"]}, "spec": {"approver": "iam"}})),
            ("Team", "iam", json!({"spec": {"successor": "core"}})),
            ("Team", "core", json!({"spec": {"successor": "iam"}})),
            ("Team", "other", json!({})),
        ]);
        let app = json!({"metadata": {"name": "other"}, "spec": {"signOn": {"system": " Azure-AD "}}});
        let found: Vec<String> = collected.references([&app]).iter().map(Reference::subject).collect();
        assert_eq!(found, ["system:entra-id", "team:core", "team:iam"]);
        let named = collected.references_of(&app);
        let path = named.get(&("Team".to_owned(), "core".to_owned())).expect("a reference");
        assert_eq!(path.iter().map(Step::to_string).collect::<Vec<_>>(), ["spec", "signOn", "system"]);
    }

    #[test]
    fn added_removed_and_changed_references_are_changes() {
        let app = json!({"spec": {"system": "okta", "owner": "it"}});
        let was = collected(&[("System", "okta", json!({"spec": {"deletes": true}}))]);
        let now = collected(&[("System", "okta", json!({"spec": {"deletes": false}})), ("Team", "it", json!({}))]);
        let places = |was: &References, now: &References| -> Vec<String> {
            was.changes(now, &app).iter().map(Difference::display_path).collect()
        };
        assert_eq!(places(&was, &now), ["System okta: spec.deletes", "Team it"]);
        assert_eq!(places(&now, &was), ["System okta: spec.deletes", "Team it"]);
        assert!(places(&was, &was).is_empty());
    }
}
