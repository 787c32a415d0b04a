//! Declarations generated from the schema: every property of every kind, with suitable values. Properties added to the schema are included
//! automatically.

use std::{collections::BTreeMap, sync::Mutex};

use serde_json::{Map, Value, json};

use crate::common;

/// Where to put the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// In every place where the schema allows the text. All other values are valid.
    Valid,
    /// In every place, regardless of type.
    Everywhere,
    /// As an additional key of every mapping. All values are valid.
    Keys,
}

pub struct Schema(Value);

impl Schema {
    pub fn read() -> Self {
        let text = std::fs::read_to_string(common::root().join("schemas/leaver.schema.json")).expect("the schema");
        Self(serde_json::from_str(&text).expect("JSON"))
    }

    /// The kinds in the schema.
    pub fn kinds(&self) -> Vec<String> {
        let kinds = self.0["properties"]["kind"]["enum"].as_array().expect("a list");
        kinds.iter().map(|kind| kind.as_str().expect("text").to_owned()).collect()
    }

    /// A declaration of a kind, and the paths at which it contains the text.
    pub fn declaration(&self, kind: &str, text: &str, fill: Fill) -> (Value, Vec<String>) {
        let mut places = Vec::new();
        let spec = &self.0["$defs"][kind];
        let mut value = self.fill(spec, text, fill, "", &mut places);
        value["apiVersion"] = json!("leaver/v1");
        value["kind"] = json!(kind);
        if fill != Fill::Everywhere {
            value["metadata"]["name"] = json!("hostile");
            // A reference to a pattern that does not exist would prevent the evaluation.
            for spec in ["/spec", "/spec/populations/0"] {
                value.pointer_mut(spec).and_then(Value::as_object_mut).map(|spec| spec.shift_remove("pattern"));
            }
            places.retain(|place| !place.ends_with("/pattern"));
            if let Some(name) = value.pointer_mut("/spec/populations/0/name") {
                *name = json!("guests");
            }
        }
        (value, places)
    }

    fn fill(&self, schema: &Value, text: &str, fill: Fill, path: &str, places: &mut Vec<String>) -> Value {
        let schema = self.resolved(schema);
        if let Some(properties) = schema["properties"].as_object() {
            let mut map: Map<String, Value> = properties
                .iter()
                .map(|(key, inner)| (key.clone(), self.fill(inner, text, fill, &format!("{path}/{key}"), places)))
                .collect();
            if fill == Fill::Keys {
                places.push(format!("{path}/*"));
                map.insert(text.to_owned(), json!("x"));
            }
            return Value::Object(map);
        }
        if schema["additionalProperties"].is_object() {
            let inner = self.fill(&schema["additionalProperties"], text, fill, &format!("{path}/*"), places);
            return Value::Object(std::iter::once(("key".to_owned(), inner)).collect());
        }
        if schema["type"] == "array" {
            // If an item may have two shapes, the list has one item of each.
            let items = &schema["items"];
            let shapes = if items["then"].is_object() { vec![&items["then"], &items["else"]] } else { vec![items] };
            let filled = shapes.into_iter().enumerate();
            return filled.map(|(at, shape)| self.fill(shape, text, fill, &format!("{path}/{at}"), places)).collect();
        }
        let cut: String = text
            .chars()
            .take(schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX))
            .collect();
        let fits = fill == Fill::Valid && accepts(schema, &json!(cut));
        if fill == Fill::Everywhere || fits {
            places.push(path.to_owned());
            return json!(cut);
        }
        let candidates = [&schema["const"], &schema["enum"][0], &schema["examples"][0], &schema["minimum"]];
        let found = candidates.into_iter().find(|value| !value.is_null() && accepts(schema, value)).cloned();
        let others = [
            json!(true),
            json!(1),
            json!("2026-01-01"),
            json!("box"),
            json!("https://a.example/x"),
            json!("spec.lifecycle"),
            json!("2026-01"),
        ];
        found
            .or_else(|| others.into_iter().find(|value| accepts(schema, value)))
            .unwrap_or_else(|| panic!("no value fits {path}: {schema}"))
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(pointer) => {
                // The copies for editors have the same keys as the originals.
                let pointer = pointer.trim_start_matches('#').replace("/orNull/$defs", "");
                self.resolved(self.0.pointer(&pointer).expect("a definition"))
            }
            // If there are two notations, the mapping is used.
            None if schema["else"].is_object() => self.resolved(&schema["else"]),
            None => schema,
        }
    }
}

/// Whether a value is valid by a schema without references. Compiles each schema once, because a few schemas occur in thousands of places.
fn accepts(schema: &Value, value: &Value) -> bool {
    static COMPILED: Mutex<BTreeMap<String, jsonschema::Validator>> = Mutex::new(BTreeMap::new());
    let mut compiled = COMPILED.lock().expect("no panic while it is locked");
    let build = || jsonschema::draft202012::options().build(schema).expect("a schema");
    compiled.entry(schema.to_string()).or_insert_with(build).is_valid(value)
}

/// Writes a document as flow YAML. Control characters are escaped, as YAML requires. If `raw`, other characters are not escaped.
pub fn yaml(value: &Value, raw: bool) -> String {
    let mut out = String::new();
    write(value, raw, &mut out);
    out
}

fn write(value: &Value, raw: bool, out: &mut String) {
    match value {
        Value::Object(map) => {
            out.push('{');
            for (key, value) in map {
                quote(key, raw, out);
                out.push_str(": ");
                write(value, raw, out);
                // One value per line, so that snippets can show every line.
                out.push_str(",\n ");
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write(item, raw, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::String(text) => quote(text, raw, out),
        other => out.push_str(&other.to_string()),
    }
}

fn quote(text: &str, raw: bool, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            // NEL and the line separators would be folded; a byte order mark is refused inside a document.
            _ if c.is_control()
                || !raw && !c.is_ascii()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') =>
            {
                out.push_str(&format!("\\U{:08x}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}
