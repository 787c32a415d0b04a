//! Finds the changes that void a sign-off. Every field is material unless the policy names it. The policy is part of the signed content.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::digest::canonical;
use crate::finding::Step;

/// The declared policy: two lists of dotted paths, with `*` for any key or index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Materiality {
    /// Changes at or below these paths do not void a sign-off.
    pub immaterial: Vec<String>,
    /// Exceptions to `immaterial`: changes at or below these paths void a sign-off.
    pub material: Vec<String>,
}

impl Materiality {
    /// Whether no change at or below `path` voids a sign-off.
    pub fn is_immaterial(&self, path: &[Step]) -> bool {
        self.immaterial.iter().any(|pattern| covers(pattern, path))
            && !self.material.iter().any(|pattern| covers(pattern, path) || is_below(pattern, path))
    }

    /// Returns the part of a declaration that the digest covers.
    pub fn projection(&self, declaration: &Value) -> Value {
        self.project(declaration, &mut Vec::new())
    }

    fn project(&self, value: &Value, path: &mut Vec<Step>) -> Value {
        match value {
            Value::Object(fields) => {
                let mut kept = Map::new();
                for (key, field) in fields {
                    path.push(Step::Key(key.clone()));
                    if !self.is_immaterial(path) {
                        kept.insert(key.clone(), self.project(field, path));
                    }
                    path.pop();
                }
                kept.into()
            }
            Value::Array(items) => {
                let project = |(at, item)| {
                    path.push(Step::Index(at));
                    let kept = self.project(item, path);
                    path.pop();
                    kept
                };
                items.iter().enumerate().map(project).collect::<Vec<_>>().into()
            }
            scalar => scalar.clone(),
        }
    }
}

fn step_matches(word: &str, step: &Step) -> bool {
    word == "*"
        || match step {
            Step::Key(key) => word == key,
            Step::Index(at) => word == at.to_string(),
        }
}

/// Whether `path` is at or below the pattern.
fn covers(pattern: &str, path: &[Step]) -> bool {
    let mut steps = path.iter();
    pattern.split('.').all(|word| steps.next().is_some_and(|step| step_matches(word, step)))
}

/// Whether the pattern is below `path`.
fn is_below(pattern: &str, path: &[Step]) -> bool {
    let mut words = pattern.split('.');
    path.iter().all(|step| words.next().is_some_and(|word| step_matches(word, step)))
}

/// One difference between two declarations.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The path.
    pub path: Vec<Step>,
    /// The value before.
    pub was: Option<Value>,
    /// The value after.
    pub now: Option<Value>,
    /// If the difference is in a Team or System that the app names at `path`, the description of that declaration.
    pub of: Option<String>,
}

impl Difference {
    /// `spec.provisioning.mode`
    pub fn display_path(&self) -> String {
        if let Some(of) = &self.of {
            return of.clone();
        }
        self.path.iter().map(Step::to_string).collect::<Vec<_>>().join(".")
    }
}

/// Returns all differences at the deepest level: first in the order of the old declaration, then additions.
pub fn changes(was: &Value, now: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    collect_changes(Some(was), Some(now), &mut Vec::new(), &mut found);
    found
}

fn collect_changes(was: Option<&Value>, now: Option<&Value>, path: &mut Vec<Step>, found: &mut Vec<Difference>) {
    let mut step = |step: Step, was: Option<&Value>, now: Option<&Value>, path: &mut Vec<Step>| {
        path.push(step);
        collect_changes(was, now, path, found);
        path.pop();
    };
    match (was, now) {
        (Some(Value::Object(was)), Some(Value::Object(now))) => {
            for (key, value) in was {
                step(Step::Key(key.clone()), Some(value), now.get(key), path);
            }
            for (key, value) in now.iter().filter(|(key, _)| !was.contains_key(*key)) {
                step(Step::Key(key.clone()), None, Some(value), path);
            }
        }
        (Some(Value::Array(was)), Some(Value::Array(now))) => {
            for at in 0..was.len().max(now.len()) {
                step(Step::Index(at), was.get(at), now.get(at), path);
            }
        }
        // 1 and 1.0 are the same number and have the same digest, so they do not differ.
        (Some(was), Some(now)) if was == now || canonical(was).is_ok_and(|form| canonical(now) == Ok(form)) => {}
        (None, None) => {}
        (was, now) => found.push(Difference { path: path.clone(), was: was.cloned(), now: now.cloned(), of: None }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(immaterial: &[&str], material: &[&str]) -> Materiality {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Materiality { immaterial: list(immaterial), material: list(material) }
    }

    #[test]
    fn paths_at_or_below_the_policy_are_immaterial() {
        let policy = policy(&["metadata", "spec.roles.*.max"], &["metadata.owner"]);
        let app =
            json!({"metadata": {"title": "A", "owner": "it"}, "spec": {"roles": [{"name": "a", "max": 1}], "max": 2}});
        assert_eq!(
            policy.projection(&app),
            json!({"metadata": {"owner": "it"}, "spec": {"roles": [{"name": "a"}], "max": 2}})
        );
        let now =
            json!({"metadata": {"title": "B", "owner": "it"}, "spec": {"roles": [{"name": "a", "max": 9}], "max": 3}});
        let material: Vec<String> = changes(&app, &now)
            .iter()
            .filter(|change| !policy.is_immaterial(&change.path))
            .map(Difference::display_path)
            .collect();
        assert_eq!(material, ["spec.max"]);
    }

    #[test]
    fn changes_are_reported_at_the_deepest_level() {
        let was = json!({"a": [1, {"b": 2}], "c": {"d": 1}, "e": 1});
        let now = json!({"a": [1, {"b": 3}, 4], "e": 1.0, "f": null});
        let found: Vec<(String, bool, bool)> =
            changes(&was, &now).iter().map(|c| (c.display_path(), c.was.is_some(), c.now.is_some())).collect();
        let expect = [("a.1.b", true, true), ("a.2", false, true), ("c", true, false), ("f", false, true)];
        assert_eq!(found, expect.map(|(place, was, now)| (place.to_owned(), was, now)));
        assert_eq!(changes(&was, &was), []);
    }

    #[test]
    fn the_digest_changes_exactly_if_there_is_a_material_change() {
        let policy = policy(&["t", "l.*.t"], &[]);
        let apps = [
            json!({"t": 1, "a": 1}),
            json!({"t": 2, "a": 1}),
            json!({"a": 1}),
            json!({"a": 2, "l": [{"t": 1}]}),
            json!({"a": 2, "l": [{"t": 2}]}),
            json!({"a": 2, "l": [{}]}),
            json!({"a": 2, "l": []}),
            json!({"a": "2"}),
        ];
        for one in &apps {
            for other in &apps {
                let same = canonical(&policy.projection(one)) == canonical(&policy.projection(other));
                let seen = changes(one, other).iter().any(|change| !policy.is_immaterial(&change.path));
                assert_eq!(same, !seen, "{one} {other}");
            }
        }
    }
}
