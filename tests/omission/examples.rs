//! The declarations of `examples/` for the tests of omissions. The apps contain the values of their patterns.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::common::root;

/// `own` merged over `base` (RFC 7396).
fn merged(base: &Value, own: &Value) -> Value {
    let Value::Object(own) = own else { return own.clone() };
    let mut all = base.as_object().cloned().unwrap_or_default();
    for (key, value) in own {
        if value.is_null() {
            all.shift_remove(key);
        } else {
            let below = all.get(key).cloned().unwrap_or_default();
            all.insert(key.clone(), merged(&below, value));
        }
    }
    Value::Object(all)
}

/// A spec with the values of its pattern instead of the reference.
fn effective(spec: &Value, patterns: &BTreeMap<String, Value>) -> Value {
    let Some(pattern) = spec["pattern"].as_str().and_then(|name| patterns.get(name)) else { return spec.clone() };
    let mut base = pattern.clone();
    // One of the example faults is a pattern that names itself.
    if pattern["pattern"] != spec["pattern"] {
        base = effective(pattern, patterns);
    }
    let mut own = spec.clone();
    own["pattern"] = Value::Null;
    merged(&base, &own)
}

/// The declarations of `examples/` as they are written.
pub(super) fn written() -> Vec<Value> {
    let mut all = Vec::new();
    for folder in ["", "clean", "broken"] {
        let entries = std::fs::read_dir(root().join("examples").join(folder)).expect("a folder");
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        // The order determines which omissions are tried.
        paths.sort();
        for path in paths {
            if path.extension().is_none_or(|extension| extension != "yaml") || path.ends_with("leaver.yaml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("text");
            for document in serde_yaml::Deserializer::from_str(&text) {
                // Some examples are broken YAML.
                let Ok(mut value) = <serde_yaml::Value as serde::Deserialize>::deserialize(document) else { break };
                value.apply_merge().expect("merge keys");
                all.push(serde_json::to_value(value).expect("JSON"));
            }
        }
    }
    all.retain(|one| one["metadata"]["name"].is_string());
    all
}

/// The declarations of `examples/` without patterns and waivers: first the apps, then all others. The apps contain the inherited values, so that a
/// test can remove these values.
pub(super) fn examples() -> (Vec<Value>, Vec<Value>) {
    let (patterns, mut all): (Vec<Value>, Vec<Value>) =
        written().into_iter().filter(|one| one["kind"] != "Waiver").partition(|one| one["kind"] == "Pattern");
    let named = |one: Value| (one["metadata"]["name"].as_str().unwrap_or_default().to_owned(), one["spec"].clone());
    let patterns = patterns.into_iter().map(named).collect();
    for app in all.iter_mut().filter(|one| one["kind"] == "App") {
        app["spec"] = effective(&app["spec"], &patterns);
    }
    all.into_iter().partition(|one| one["kind"] == "App")
}
