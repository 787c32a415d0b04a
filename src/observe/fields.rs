//! The fields of an Observation and the shapes of their values. The table is the allow-list of every format, so that no other value gets into a
//! catalogue.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::clean;

/// The shape of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `true` or `false`.
    Switch,
    /// A non-negative integer.
    Count,
    /// A display name.
    Label,
    /// A word without spaces.
    Word,
    /// A code in a system: letters, digits and hyphens.
    Code,
    /// A host name.
    Host,
    /// The id of another application.
    Id,
    /// A date.
    Day,
    /// A time in UTC.
    Moment,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list of these words.
    ListOf(&'static [&'static str]),
}

pub(super) const PROTOCOLS: &[&str] =
    &["saml", "oidc", "ws-federation", "ldap", "kerberos", "radius", "password-vault", "local", "none"];
const AUTH: &[&str] = &["oauth2", "bearer", "basic", "mtls", "none"];

use Shape::{Code, Count, Day, Host, Id, Label, ListOf, Moment, OneOf, Switch, Word};

/// The path below `spec` and the shape of each field, in the order of the output.
pub(super) const FIELDS: &[(&str, Shape)] = &[
    ("kind", OneOf(&["app", "grant", "identity-provider", "service", "component"])),
    ("label", Label),
    ("template", Word),
    ("builtIn", Switch),
    ("status", OneOf(&["active", "inactive", "absent"])),
    ("missingSince", Day),
    ("planned", Switch),
    ("replaces", Id),
    ("owner", Word),
    ("signOn.protocol", OneOf(PROTOCOLS)),
    ("signOn.assignmentRequired", Switch),
    ("signOn.selfService", Switch),
    ("assigned.people", Count),
    ("assigned.individuals", Count),
    ("assigned.groups", Count),
    ("provisioning.mechanism", OneOf(&["scim", "connector", "directory", "hr"])),
    ("provisioning.enabled", Switch),
    ("provisioning.operations.create", Switch),
    ("provisioning.operations.update", Switch),
    ("provisioning.operations.disable", Switch),
    ("provisioning.operations.reactivate", Switch),
    ("provisioning.operations.delete", Switch),
    ("provisioning.operations.groups", Switch),
    ("provisioning.operations.entitlements", Switch),
    ("provisioning.syncMinutes", Count),
    ("provisioning.endpointHost", Host),
    ("provisioning.auth", OneOf(AUTH)),
    ("health.state", OneOf(&["healthy", "paused", "quarantined", "failing", "not-run"])),
    ("health.reason", Code),
    ("health.since", Moment),
    ("health.lastSuccess", Moment),
    ("health.failures", Count),
    ("health.escrowed", Count),
    ("health.deleteThreshold", Count),
    ("jit.creates", Switch),
    ("jit.updatesAtSignIn", Switch),
    ("jit.reactivates", Switch),
    ("jit.roleSync", OneOf(&["none", "assign", "append", "sync"])),
    ("credentials.certificate", Day),
    ("credentials.oauth-client", Day),
    ("credentials.scim-token", Day),
    ("sessions.universalLogout", Switch),
    ("service.patch", Switch),
    ("service.bulk", Switch),
    ("service.filter", Switch),
    ("service.active", Switch),
    ("service.auth", ListOf(AUTH)),
    ("service.resources", ListOf(&["User", "Group", "Role", "Entitlement", "Agent"])),
];

/// Maximum of a number.
const MAX_COUNT: u64 = 1_000_000_000;

impl Shape {
    /// Returns a value if it has this shape.
    pub(super) fn of(self, value: &Value) -> Option<Value> {
        let text = || value.as_str();
        match self {
            Switch => value.is_boolean().then(|| value.clone()),
            Count => value.as_u64().filter(|number| *number <= MAX_COUNT).map(Value::from),
            Label => clean::label(text()?).map(Value::from),
            Word => clean::word(text()?).map(Value::from),
            Code => clean::word(text()?)
                .filter(|word| word.len() <= 63 && word.starts_with(|c: char| c.is_ascii_alphabetic()))
                .filter(|word| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
                .map(Value::from),
            // A host name or a whole URL.
            Host => clean::host(text()?).or_else(|| clean::host(&format!("x://{}", text()?))).map(Value::from),
            Id => clean::id(text()?).map(Value::from),
            Day => clean::day(text()?).map(Value::from),
            Moment => clean::moment(text()?).map(Value::from),
            OneOf(words) => words.iter().find(|word| Some(**word) == text()).map(|word| Value::from(*word)),
            ListOf(words) => {
                let given: BTreeSet<&str> = value.as_array()?.iter().filter_map(Value::as_str).collect();
                let kept: Vec<&str> = words.iter().copied().filter(|word| given.contains(word)).collect();
                Some(Value::from(kept))
            }
        }
    }
}

/// The position of an entry in an export.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Source {
    pub(super) file: String,
    pub(super) document: Option<usize>,
    pub(super) pointer: String,
    pub(super) address: Option<String>,
}

/// The observation of one application. Several parts of an export may contribute to it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Observed {
    pub(super) other_ids: BTreeSet<String>,
    pub(super) source: Source,
    values: BTreeMap<&'static str, Value>,
}

impl Observed {
    /// Starts an observation of the entry at this position.
    pub(super) fn at(source: Source) -> Self {
        Self { source, ..Self::default() }
    }

    /// Copies the observation, with the position of another observation.
    pub(super) fn at_position_of(&self, other: &Self) -> Self {
        let source = Source { address: self.source.address.clone(), ..other.source.clone() };
        Self { source, ..self.clone() }
    }

    /// Sets a field if the value has the shape of the field; otherwise drops the value.
    pub(super) fn set(&mut self, path: &'static str, value: impl Into<Value>) {
        let shape = FIELDS.iter().find(|(known, _)| *known == path).map(|(_, shape)| *shape);
        debug_assert!(shape.is_some(), "{path} is not a field");
        if let Some(value) = shape.and_then(|shape| shape.of(&value.into())) {
            self.values.insert(path, value);
        }
    }

    /// Like [`Self::set`], for an optional value.
    pub(super) fn set_from(&mut self, path: &'static str, value: Option<&Value>) {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            self.set(path, value.clone());
        }
    }

    /// Sets a field to the first of these values that has the shape of the field. Exports state a missing value as `null` or as an empty text.
    pub(super) fn set_first<const N: usize>(&mut self, path: &'static str, values: [Option<&Value>; N]) {
        for value in values {
            if !self.values.contains_key(path) {
                self.set_from(path, value);
            }
        }
    }

    /// Whether the id is only the address of a resource that a plan creates. The real id is unknown until the plan is applied.
    pub(super) fn is_yet_to_be_created(&self, id: &str) -> bool {
        let rest = self.source.address.as_deref().and_then(|address| id.strip_prefix(address));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
    }

    /// Removes a value.
    pub(super) fn unset(&mut self, path: &str) {
        self.values.remove(path);
    }

    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        self.values.get(path)
    }

    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.get(path).and_then(Value::as_str)
    }

    /// Keeps the later of two dates.
    pub(super) fn set_latest(&mut self, path: &'static str, day: Option<String>) {
        if let Some(day) = day.filter(|day| self.text(path).is_none_or(|other| other < day.as_str())) {
            self.set(path, day);
        }
    }

    /// Adds the values of another part of the export; existing values stay.
    pub(super) fn add(&mut self, other: Self) {
        for (path, value) in other.values {
            self.values.entry(path).or_insert(value);
        }
        self.other_ids.extend(other.other_ids);
        if self.source.file.is_empty() {
            self.source = other.source;
        }
    }

    /// Reads the `spec` of an existing Observation.
    pub(super) fn of_spec(spec: &Value) -> Self {
        let mut observed = Self::default();
        for (path, _) in FIELDS {
            observed.set_from(path, path.split('.').try_fold(spec, |at, key| at.get(key)));
        }
        let others = spec.get("otherIds").and_then(Value::as_array).into_iter().flatten();
        observed.other_ids = others.filter_map(|other| clean::id(other.as_str()?)).collect();
        let text = |key: &str| spec.get("source").and_then(|source| source.get(key)?.as_str());
        let document = spec.pointer("/source/document").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
        observed.source = Source {
            file: text("file").and_then(clean::label).unwrap_or_else(|| "export".to_owned()),
            document,
            pointer: text("pointer").unwrap_or_default().to_owned(),
            address: text("address").and_then(clean::id),
        };
        observed
    }

    /// Writes the `spec`, with keys in the order of the table.
    pub(super) fn spec(&self, system: &str, id: &str) -> Map<String, Value> {
        let mut spec = Map::new();
        spec.insert("system".into(), Value::from(system));
        spec.insert("appId".into(), Value::from(id));
        let others: Vec<&str> =
            self.other_ids.iter().map(String::as_str).filter(|other| *other != id).take(20).collect();
        if !others.is_empty() {
            spec.insert("otherIds".into(), Value::from(others));
        }
        for (path, _) in FIELDS {
            if let Some(value) = self.values.get(path) {
                insert(&mut spec, path, value.clone());
            }
        }
        let mut source = Map::new();
        source.insert("file".into(), Value::from(self.source.file.as_str()));
        if let Some(document) = self.source.document {
            source.insert("document".into(), Value::from(document));
        }
        let pointer: String = self.source.pointer.chars().take(500).collect();
        source.insert("pointer".into(), Value::from(pointer));
        if let Some(address) = &self.source.address {
            source.insert("address".into(), Value::from(address.as_str()));
        }
        spec.insert("source".into(), Value::Object(source));
        spec
    }
}

/// Sets a value at a dotted path.
fn insert(map: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(map.insert(path.to_owned(), value)),
        Some((key, rest)) => {
            let inner = map.entry(key).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_fields_and_words_of_the_schema() {
        let schema: Value = serde_json::from_str(crate::schema::DECLARATIONS.text()).expect("JSON");
        let mut known = BTreeSet::new();
        leaves(&schema["$defs"]["ObservationSpec"], "", &mut known);
        let apart =
            ["system", "appId", "otherIds", "source.file", "source.document", "source.pointer", "source.address"];
        let fields = FIELDS.iter().map(|(path, _)| (*path).to_owned());
        assert_eq!(known, fields.chain(apart.map(str::to_owned)).collect());
        for (path, shape) in FIELDS {
            let at = path.split('.').fold(&schema["$defs"]["ObservationSpec"], |at, key| &at["properties"][key]);
            let words = match shape {
                OneOf(_) => &at["enum"],
                ListOf(_) => &at["items"]["enum"],
                _ => continue,
            };
            let (OneOf(mine) | ListOf(mine)) = shape else { continue };
            assert_eq!(*words, serde_json::json!(mine), "{path}");
        }
    }

    fn leaves(schema: &Value, path: &str, known: &mut BTreeSet<String>) {
        match schema["properties"].as_object() {
            Some(properties) => {
                for (key, schema) in properties {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    leaves(schema, &path, known);
                }
            }
            None => drop(known.insert(path.to_owned())),
        }
    }

    #[test]
    fn values_of_a_wrong_shape_are_dropped() {
        let mut observed = Observed::default();
        observed.set("signOn.protocol", "magic");
        observed.set("signOn.assignmentRequired", "true");
        observed.set("assigned.people", -1);
        observed.set("health.reason", "ada@example.com");
        observed.set("provisioning.endpointHost", "https://ada:pw@api.example.com/x");
        assert_eq!(observed.values, BTreeMap::from([("provisioning.endpointHost", Value::from("api.example.com"))]));
    }
}
