//! Shows how to write a value that has the wrong type, such as a scalar instead of a mapping, or a list instead of one value.

use serde_json::{Map, Value};

use super::{
    allowed::{Advice, options, resolve},
    breach::shorten,
    suggest,
};
use crate::{
    finding::Step,
    source::{Entry, Node, Yaml, yaml11},
};

/// Placeholder for a text in an example.
const ANY: &str = "…";

/// Shows how to write the value with the correct type, or shows an example if the correct form is not obvious.
pub(super) fn rewrite(node: &Node, root: &Value, schema: Option<&Value>) -> Option<Advice> {
    let schema = for_scalars(root, schema?);
    match schema.get("type").and_then(Value::as_str)? {
        "object" => to_mapping(node, root, schema),
        "array" => to_list(node, root, schema),
        name => to_scalar(node, name),
    }
}

/// Returns the branch `else` of a schema, which applies if the user wrote a scalar. If a schema allows lists and mappings, `else` describes the
/// mapping. In a schema for list items that are mappings or texts, `else` describes the text.
fn for_scalars<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = resolve(root, schema);
    schema.get("else").map_or(schema, |other| resolve(root, other))
}

fn to_scalar(node: &Node, expected: &str) -> Option<Advice> {
    let is_number = matches!(expected, "integer" | "number");
    let fits = |node: &Node| match node.value() {
        Yaml::Text(_) => expected == "string",
        Yaml::Int(_) => is_number,
        Yaml::Float(_) => expected == "number",
        Yaml::Bool(_) => expected == "boolean",
        Yaml::Null | Yaml::List(_) | Yaml::Map(_) => false,
    };
    match node.value() {
        Yaml::Text(text) if !node.is_plain() && is_number && text.parse::<f64>().is_ok() => {
            Some("write it without quotes".into())
        }
        Yaml::Text(text) if !node.is_plain() && expected == "boolean" && matches!(&**text, "true" | "false") => {
            Some("write it without quotes".into())
        }
        Yaml::Text(text) if is_number => {
            let number = text.trim().split(|c: char| !c.is_ascii_digit()).next().filter(|number| !number.is_empty())?;
            let unit = text.trim().get(number.len()..)?.trim_start();
            let is_unit = !unit.is_empty() && unit.chars().all(|c| c.is_ascii_alphabetic() || c == '%');
            is_unit.then(|| format!("write the number without a unit: `{}`", shorten(number)).into())
        }
        Yaml::Int(_) | Yaml::Float(_) | Yaml::Bool(_) if expected == "string" => Some("put it in quotes".into()),
        Yaml::List(items) if items.len() == 1 => Some("write it without the brackets".into()),
        Yaml::List(_) => Some("write one value, not a list".into()),
        Yaml::Map(entries) => match &**entries {
            [entry] if fits(&entry.value) => Some(Advice::form_instead_of("a mapping", scalar(&entry.value)?)),
            _ => Some("write one value, not a mapping".into()),
        },
        _ => None,
    }
}

fn to_list(node: &Node, root: &Value, schema: &Value) -> Option<Advice> {
    let items = schema.get("items")?;
    match node.value() {
        Yaml::Null => Some(Advice { help: "write `[]`, or remove the key".into(), form: Some("[]".into()) }),
        Yaml::List(_) => None,
        Yaml::Map(entries) if is_keyed_by_name(entries, root, items) => {
            let name = entries.first().map_or(ANY, |entry| &entry.key);
            Some(format!("begin each entry with its name: `- name: {}`", shorten(&word(name))).into())
        }
        Yaml::Map(_) => Some("begin each entry with `- `".into()),
        Yaml::Text(text) => {
            let items = for_scalars(root, items);
            let allowed = options(items);
            if is_mapping(items) {
                let item = meant_entry(node, root, items).unwrap_or_else(|| example(root, items));
                return Some(Advice::form(format!("[{item}]")));
            }
            if allowed.is_empty() {
                return Some(Advice::form(format!("[{}]", scalar(node)?)));
            }
            let words = text.split([',', ' ']).filter(|word| !word.is_empty());
            let meant: Option<Vec<&str>> = words.map(|word| suggest::nearest(word, allowed.iter().copied())).collect();
            meant.map(|meant| Advice::form(format!("[{}]", shorten(&meant.join(", ")))))
        }
        Yaml::Int(_) | Yaml::Float(_) | Yaml::Bool(_) => {
            let items = for_scalars(root, items);
            let is_text = items.get("type").and_then(Value::as_str) == Some("string");
            match scalar(node)? {
                _ if is_mapping(items) => Some(Advice::form(format!("[{}]", example(root, items)))),
                value if is_text => Some(Advice::form(format!("[\"{value}\"]"))),
                value => Some(Advice::form(format!("[{value}]"))),
            }
        }
    }
}

/// Whether the schema expects a list, but the user wrote a mapping with the `name` of each list entry as its key.
fn is_keyed_by_name(entries: &[Entry], root: &Value, items: &Value) -> bool {
    let items = resolve(root, items);
    let items = items.get("then").map_or(items, |then| resolve(root, then));
    let Some(properties) = items.get("properties").and_then(Value::as_object) else { return false };
    let is_entry = |entry: &Entry| matches!(entry.value.value(), Yaml::Map(_)) && !properties.contains_key(&*entry.key);
    properties.contains_key("name") && !entries.is_empty() && entries.iter().all(is_entry)
}

fn to_mapping(node: &Node, root: &Value, schema: &Value) -> Option<Advice> {
    let such_as = |text: &str| Advice::from(format!("{text}, such as `{}`", example(root, schema)));
    match node.value() {
        Yaml::Map(_) => None,
        Yaml::List(items) if items.len() == 1 && items.iter().all(|item| matches!(item.value(), Yaml::Map(_))) => {
            Some("write its keys without `- `".into())
        }
        Yaml::Null => Some(such_as("remove the key, or write a mapping")),
        Yaml::List(_) => Some(such_as("write a mapping")),
        _ => Some(match meant_mapping(node, root, schema) {
            Some(mapping) => Advice::form(mapping),
            None => such_as("write a mapping"),
        }),
    }
}

fn is_mapping(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("object") || schema.get("properties").is_some()
}

/// Returns the mapping that the user probably means by a scalar. The mapping has a single key. leaver tries, in this order, a key that allows the
/// scalar as its value, a boolean key with this name, a key that allows a similar value, and `name`.
fn meant_mapping(node: &Node, root: &Value, schema: &Value) -> Option<String> {
    let properties = schema.get("properties").and_then(Value::as_object)?;
    let text = node.text()?;
    let by_value = |meant: &dyn Fn(&str, &[&str]) -> Option<String>| {
        properties.iter().find_map(|(key, schema)| {
            let allowed = options(resolve(root, schema));
            Some(format!("{{{key}: {}}}", meant(key, &allowed)?))
        })
    };
    let exact = |_: &str, allowed: &[&str]| allowed.contains(&text).then(|| text.to_owned());
    let similar =
        |key: &str, allowed: &[&str]| suggest::value(text, &[Step::Key(key.to_owned())], allowed).map(str::to_owned);
    by_value(&exact)
        .or_else(|| has_type(root, schema, text, "boolean").then(|| format!("{{{text}: true}}")))
        .or_else(|| by_value(&similar))
        .or_else(|| mapping_with_name(node, root, schema))
}

/// Returns the list entry that the user probably means by a scalar.
fn meant_entry(node: &Node, root: &Value, schema: &Value) -> Option<String> {
    mapping_with_name(node, root, schema).or_else(|| meant_mapping(node, root, schema))
}

fn mapping_with_name(node: &Node, root: &Value, schema: &Value) -> Option<String> {
    let name = node.text().and_then(|_| scalar(node)).filter(|_| has_type(root, schema, "name", "string"))?;
    Some(format!("{{name: {name}}}"))
}

fn has_type(root: &Value, schema: &Value, key: &str, name: &str) -> bool {
    let property = schema.get("properties").and_then(|properties| properties.get(key));
    property.is_some_and(|property| resolve(root, property).get("type").and_then(Value::as_str) == Some(name))
}

/// Returns an example of a mapping: the example in the schema, otherwise a mapping with the required keys or, if no key is required, with a typical
/// key.
fn example(root: &Value, schema: &Value) -> String {
    if let Some(example) =
        schema.get("examples").and_then(|examples| examples.get(0)).filter(|example| example.is_object())
    {
        return flow(example);
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        let value = schema.get("additionalProperties").filter(|more| more.is_object());
        return format!("{{{ANY}: {}}}", value.map_or_else(|| ANY.to_owned(), |value| example_value(root, value)));
    };
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let is_typical = |(_, schema): &(&String, &Value)| {
        let schema = resolve(root, schema);
        schema.get("enum").is_some() || schema.get("type").and_then(Value::as_str) != Some("boolean")
    };
    let has_values = |(_, schema): &(&String, &Value)| resolve(root, schema).get("enum").is_some();
    let typical = properties.iter().find(has_values).or_else(|| properties.iter().find(is_typical));
    let keys = properties.iter().filter(|(key, _)| required.contains(&key.as_str()));
    let keys: Vec<(&String, &Value)> = if required.is_empty() { typical.into_iter().collect() } else { keys.collect() };
    let keys: Vec<String> =
        keys.into_iter().map(|(key, schema)| format!("{key}: {}", example_value(root, schema))).collect();
    format!("{{{}}}", keys.join(", "))
}

fn example_value(root: &Value, schema: &Value) -> String {
    let schema = for_scalars(root, schema);
    let given = schema.get("examples").and_then(|examples| examples.get(0)).or_else(|| schema.get("default"));
    // Prefer the example and the default, because the first of the allowed values may not fit everywhere.
    if let Some(value) = given.cloned().or_else(|| options(schema).first().map(|word| Value::from(*word))) {
        return flow(&value);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number") => schema.get("minimum").map_or_else(|| "1".to_owned(), Value::to_string),
        Some("boolean") => "true".to_owned(),
        Some("array") => format!("[{ANY}]"),
        Some("object") => format!("{{{ANY}}}"),
        _ => ANY.to_owned(),
    }
}

/// Writes a value in the flow style of YAML.
fn flow(value: &Value) -> String {
    let mapping = |keys: &Map<String, Value>| {
        keys.iter().map(|(key, value)| format!("{}: {}", word(key), flow(value))).collect::<Vec<_>>().join(", ")
    };
    match value {
        Value::String(text) => word(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(keys) => format!("{{{}}}", mapping(keys)),
        value => value.to_string(),
    }
}

/// Writes a scalar in flow style and shortens it.
fn scalar(node: &Node) -> Option<String> {
    match node.value() {
        Yaml::Text(text) => Some(word(&shorten(text))),
        Yaml::Int(_) | Yaml::Float(_) | Yaml::Bool(_) => Some(Value::from(node).to_string()),
        Yaml::Null | Yaml::List(_) | Yaml::Map(_) => None,
    }
}

/// Writes a text in flow style. Omits the quotes if every YAML parser then reads the same text.
fn word(text: &str) -> String {
    let is_plain =
        |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '*' | '@' | '+' | ANY_CHARACTER);
    let starts_plain = text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | ANY_CHARACTER));
    let is_other_type =
        text.parse::<f64>().is_ok() || matches!(text, "true" | "false" | "null") || yaml11(text).is_some();
    if starts_plain && text.chars().all(is_plain) && !is_other_type {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}

/// [`ANY`] as a character.
const ANY_CHARACTER: char = '…';
