//! Describes the values that a part of a schema allows, and suggests the value that the user probably meant.

use jsonschema::error::TypeKind;
use serde_json::Value;

use super::suggest;
use crate::{
    finding::Step,
    source::{Node, Yaml},
};

/// Maximum number of values or keys that a message lists.
const LISTED: usize = 14;

/// Describes the types that a schema allows, and their values, range or keys.
pub(super) fn expected(kind: &TypeKind, root: &Value, schema: Option<&Value>) -> String {
    let names: Vec<String> = match kind {
        TypeKind::Single(one) => vec![one.to_string()],
        TypeKind::Multiple(many) => many.iter().map(|name| name.to_string()).collect(),
    };
    let schema = schema.map(|schema| resolve(root, schema));
    names.iter().map(|name| words(name, root, schema)).collect::<Vec<_>>().join(" or ")
}

/// Describes the type of a part of a schema.
pub(super) fn type_words(root: &Value, schema: &Value) -> String {
    let schema = resolve(root, schema);
    let names: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        // The caller lists the values.
        _ if schema.get("enum").is_some() => return "one of the values below".to_owned(),
        _ => return "any value".to_owned(),
    };
    names
        .iter()
        .map(|name| match *name {
            "object" => "a mapping".to_owned(),
            "array" => "a list".to_owned(),
            "string" => "text".to_owned(),
            name => words(name, root, Some(schema)),
        })
        .collect::<Vec<_>>()
        .join(" or ")
}

/// Lists texts in backticks. Shortens a long list so that it fits into a message.
pub(super) fn list<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let values: Vec<&str> = values.into_iter().collect();
    let mut shown: Vec<String> = values.iter().take(LISTED).map(|value| format!("`{value}`")).collect();
    if values.len() > LISTED {
        shown.push(format!("{} more", values.len() - LISTED));
    }
    shown.join(", ")
}

/// How to correct a value.
pub(super) struct Advice {
    /// The help text.
    pub(super) help: String,
    /// The correct form of the value, if the help shows it.
    pub(super) form: Option<String>,
}

impl Advice {
    /// Shows the correct form of the value.
    pub(super) fn form(form: String) -> Self {
        Self { help: format!("write `{form}`"), form: Some(form) }
    }

    /// Shows the correct form of a value for which the user wrote a list or mapping (`actual`).
    pub(super) fn form_instead_of(actual: &str, form: String) -> Self {
        Self { help: format!("write `{form}`, not {actual}"), form: Some(form) }
    }
}

impl From<String> for Advice {
    fn from(help: String) -> Self {
        Self { help, form: None }
    }
}

impl From<&str> for Advice {
    fn from(help: &str) -> Self {
        help.to_owned().into()
    }
}

/// Suggests the option that the user probably meant.
pub(super) fn nearest(node: &Node, path: &[Step], options: &[&str]) -> Option<Advice> {
    let near = |node: &Node| node.text().and_then(|text| suggest::value(text, path, options));
    match node.value() {
        Yaml::List(items) => match &**items {
            [item] => near(item).map(|near| Advice::form_instead_of("a list", near.to_owned())),
            _ => Some("write one of them, not a list".into()),
        },
        Yaml::Map(entries) => match &**entries {
            [entry] => near(&entry.value).map(|near| Advice::form_instead_of("a mapping", near.to_owned())),
            _ => Some("write one of them, not a mapping".into()),
        },
        _ => near(node).map(|near| format!("did you mean `{near}`?").into()),
    }
}

fn words(name: &str, root: &Value, schema: Option<&Value>) -> String {
    let get = |key: &str| schema.and_then(|schema| schema.get(key));
    match name {
        "object" => match get("properties").and_then(Value::as_object) {
            Some(keys) if !keys.is_empty() => format!("a mapping with {}", list(keys.keys().map(String::as_str))),
            _ => "a mapping".to_owned(),
        },
        "array" => {
            let allowed = get("items").map_or_else(Vec::new, |items| options(resolve(root, items)));
            if allowed.is_empty() { "a list".to_owned() } else { format!("a list of {}", list(allowed)) }
        }
        "string" => match get("examples").and_then(|examples| examples.get(0)).and_then(Value::as_str) {
            Some(example) => format!("text, such as `{example}`"),
            None => "text".to_owned(),
        },
        "integer" => format!("a whole number{}", range(get("minimum"), get("maximum"))),
        "number" => format!("a number{}", range(get("minimum"), get("maximum"))),
        "boolean" => "true or false".to_owned(),
        _ => "nothing".to_owned(),
    }
}

fn range(least: Option<&Value>, most: Option<&Value>) -> String {
    match (least, most) {
        (Some(least), Some(most)) => format!(" from {least} to {most}"),
        (Some(least), None) => format!(" of at least {least}"),
        (None, Some(most)) => format!(" of at most {most}"),
        (None, None) => String::new(),
    }
}

/// Returns the values of an enumeration.
pub(super) fn options(schema: &Value) -> Vec<&str> {
    schema.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Returns the definition that a part of a schema refers to, or the part itself.
pub(super) fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| root.pointer(target.strip_prefix('#')?));
    target.unwrap_or(schema)
}
