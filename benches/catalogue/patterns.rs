//! The catalogues to measure. Nine apps in ten use one of 33 patterns; every tenth app uses no pattern and lacks a stage. A second catalogue has the
//! same effective declarations but no patterns, so the difference is the cost of patterns.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::make::{DEFAULT, Systems, catalogue};

/// Whether apps use patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Nine in ten apps use patterns.
    Patterns,
    /// No app uses patterns; the effective values are the same.
    Whole,
}

impl Form {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Patterns => "9 in 10 apps",
            Self::Whole => "none",
        }
    }
}

/// Number of patterns for each mode of provisioning.
const EACH: usize = 3;
/// Number of modes of provisioning. Apps get the modes in turn, so two apps whose numbers differ by 11 have the same mode.
const MODES: usize = 11;
/// The keys that each app states itself, as in `examples/patterns.yaml`, because the values depend on the app.
const OWN: [&str; 10] = [
    "tier",
    "dataClass",
    "localAccounts",
    "nonHuman",
    "roles",
    "breakGlass",
    "thirdPartyGrants",
    "notes",
    "lifecycle/review/last",
    "lifecycle/reconcile/last",
];

/// Returns the documents of a catalogue. The same arguments produce the same catalogue on every machine.
pub(crate) fn documents(apps: usize, form: Form) -> Vec<Value> {
    let systems = Systems::read();
    let models = models(&systems);
    let mut documents = Vec::new();
    let mut patterns: BTreeMap<String, Value> = BTreeMap::new();
    let mut number = 0;
    for mut document in catalogue(7, apps, &DEFAULT, &systems) {
        match document["kind"].as_str() {
            // The code below writes a waiver for each shared app instead.
            Some("Waiver") => continue,
            Some("App") => {}
            _ => {
                documents.push(document);
                continue;
            }
        }
        if number % 10 == 9 {
            remove_stage(&mut document, number / 10);
        } else {
            let (mode, nth) = (number % MODES, number / MODES % EACH);
            let model = &models[mode][nth];
            document = imitation(model, &document["metadata"]["name"], number);
            if form == Form::Patterns {
                let name = format!("{}-{nth}", model["spec"]["provisioning"]["mode"].as_str().unwrap_or("unmanaged"));
                let spec = shared(&model["spec"], &imitation(model, &json!("app-x"), 0)["spec"], "");
                document["spec"] = without_shared(&document["spec"], &spec);
                document["spec"]["pattern"] = json!(name);
                patterns.entry(name).or_insert(spec);
            }
        }
        documents.extend(waiver(&document, is_shared(&document, &patterns)));
        documents.push(document);
        number += 1;
    }
    let patterns = patterns.into_iter().map(|(name, spec)| {
        json!({"apiVersion": "leaver/v1", "kind": "Pattern", "metadata": {"name": name, "owner": "identity"}, "spec": spec})
    });
    patterns.chain(documents).collect()
}

/// Returns several model apps for each mode. All of them are in use.
fn models(systems: &Systems) -> Vec<Vec<Value>> {
    let mut models = vec![Vec::new(); MODES];
    let all = catalogue(8, 20 * MODES, &DEFAULT, systems);
    for (number, app) in all.into_iter().filter(|document| document["kind"] == "App").enumerate() {
        let in_use = app["spec"]["status"].is_null() || app["spec"]["status"] == "live";
        if in_use && models[number % MODES].len() < EACH {
            models[number % MODES].push(app);
        }
    }
    assert!(models.iter().all(|models| models.len() == EACH), "enough apps are in use");
    models
}

/// Returns a model under another name, with its own application and credentials.
fn imitation(model: &Value, name: &Value, number: usize) -> Value {
    let old = model["metadata"]["name"].as_str().expect("a name");
    let text = model.to_string().replace(old, name.as_str().expect("a name"));
    let mut app: Value = serde_json::from_str(&text).expect("JSON");
    if let Some(id) = app["spec"].get_mut("signOn").and_then(|sign_on| sign_on.get_mut("appId")) {
        *id = json!(format!("0ob{number:06}"));
    }
    let credentials = app["spec"].get_mut("nonHuman").and_then(Value::as_array_mut);
    for (nth, credential) in credentials.into_iter().flatten().enumerate() {
        if let Some(id) = credential.get_mut("id") {
            *id = json!(format!("credential-{number}-{nth}"));
        }
    }
    app
}

/// Returns the parts of `one` that `other` has too, without the keys in `OWN`.
fn shared(one: &Value, other: &Value, path: &str) -> Value {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else { return Value::Null };
    let mut parts = Map::new();
    for (key, value) in one {
        let path = if path.is_empty() { key.clone() } else { format!("{path}/{key}") };
        if OWN.contains(&path.as_str()) {
            continue;
        }
        let part = match other.get(key) {
            Some(same) if same == value => without_own(value, &path),
            Some(other) => shared(value, other, &path),
            None => Value::Null,
        };
        if !part.is_null() && part != json!({}) {
            parts.insert(key.clone(), part);
        }
    }
    Value::Object(parts)
}

fn without_own(value: &Value, path: &str) -> Value {
    match value {
        Value::Object(_) => shared(value, value, path),
        other => other.clone(),
    }
}

/// Returns the parts of a value that are not in a pattern.
fn without_shared(value: &Value, pattern: &Value) -> Value {
    let (Some(value), Some(pattern)) = (value.as_object(), pattern.as_object()) else { return value.clone() };
    let parts = value.iter().filter_map(|(key, value)| match pattern.get(key) {
        Some(same) if same == value => None,
        Some(pattern) => Some((key.clone(), without_shared(value, pattern))),
        None => Some((key.clone(), value.clone())),
    });
    Value::Object(parts.collect())
}

fn remove_stage(app: &mut Value, nth: usize) {
    if let Some(life) = app["spec"].get_mut("lifecycle").and_then(Value::as_object_mut).filter(|life| life.len() > 1)
        && let Some(stage) = life.keys().nth(nth % life.len()).cloned()
    {
        life.remove(&stage);
    }
}

/// Whether people share an account in an app, according to the app or to its pattern.
fn is_shared(app: &Value, patterns: &BTreeMap<String, Value>) -> bool {
    let is_shared = |spec: &Value| spec["provisioning"]["mode"] == "shared";
    let pattern = app["spec"]["pattern"].as_str().and_then(|name| patterns.get(name));
    is_shared(&app["spec"]) || pattern.is_some_and(is_shared)
}

/// Returns the waiver for a shared account.
fn waiver(app: &Value, is_shared: bool) -> Option<Value> {
    let name = app["metadata"]["name"].as_str()?;
    let approver = if app["metadata"]["owner"] == "security" { "platform" } else { "security" };
    (is_shared && app["spec"]["status"] != "retired").then(|| {
        json!({
            "apiVersion": "leaver/v1", "kind": "Waiver", "metadata": {"name": format!("shared-{name}")},
            "spec": {
                "rule": "shared/one-account", "apps": [name], "reason": "the device knows one account only", "owner": "it-apps",
                "approver": approver, "from": "2026-10-01", "expires": "2027-02-28",
            },
        })
    })
}
