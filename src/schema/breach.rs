//! Breaches of a schema, described in plain words. The validator's own messages are not used, because they quote whole documents.

use std::collections::BTreeMap;

use jsonschema::{ValidationError, error::ValidationErrorKind, paths::LocationSegment};
use serde_json::Value;

use super::{
    allowed::{self, Advice},
    rewrite, suggest,
};
use crate::{
    finding::Step,
    source::{Entry, Node, Span, Yaml, redact},
};

/// The kind of a breach. Each kind is a rule in the group `schema`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BreachKind {
    /// An unknown key.
    UnknownKey,
    /// A value of the wrong type, or outside the allowed values, pattern or range.
    InvalidValue,
    /// A missing required key.
    MissingKey,
    /// A plain scalar that YAML 1.1 tools read differently.
    AmbiguousScalar,
    /// A character that looks like another character, or is invisible.
    ConfusableCharacter,
    /// A declaration that leaver does not read, because of its envelope or its position.
    Envelope,
}

impl BreachKind {
    /// The id of the rule.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::UnknownKey => "schema/unknown-key",
            Self::InvalidValue => "schema/invalid-value",
            Self::MissingKey => "schema/missing-key",
            Self::AmbiguousScalar => "schema/ambiguous-scalar",
            Self::ConfusableCharacter => "schema/confusable-character",
            Self::Envelope => "schema/api-version",
        }
    }
}

/// One breach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The kind.
    pub kind: BreachKind,
    /// The span of the key or the value.
    pub span: Span,
    /// The path in the document.
    pub path: Vec<Step>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The correct form of the value, if `help` shows it.
    pub form: Option<String>,
}

/// Turns a validator's error into breaches.
pub(super) fn explain(error: &ValidationError<'_>, schema: &Value, root: &Node, out: &mut Vec<Breach>) {
    let path: Vec<Step> = error
        .instance_path()
        .segments()
        .map(|segment| match segment {
            LocationSegment::Property(key) => Step::Key(key.into_owned()),
            LocationSegment::Index(index) => Step::Index(index),
        })
        .collect();
    let parent = parent_schema(schema, error.schema_path().as_str());
    let node = root.at(&path);
    let span = root.locate(&path).span;
    let invalid = |message: String, help: Option<String>| Breach {
        kind: BreachKind::InvalidValue,
        span,
        path: path.clone(),
        message,
        help,
        form: None,
    };
    let advised = |message: String, advice: Option<Advice>| {
        let (help, form) = advice.map_or((None, None), |advice| (Some(advice.help), advice.form));
        Breach { form, ..invalid(message, help) }
    };
    let name = name_of(&path);
    let value = node.map_or_else(|| "nothing".into(), quote);
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            let known: Vec<&str> = parent
                .and_then(|parent| parent.get("properties"))
                .and_then(Value::as_object)
                .map_or_else(Vec::new, |properties| properties.keys().map(String::as_str).collect());
            // One mapping may have thousands of unknown keys, so avoid a linear search for each.
            let entries = node.map_or(&[][..], Node::entries);
            let places: BTreeMap<&str, Span> = entries.iter().map(|entry| (&*entry.key, entry.key_span())).collect();
            let kind = root.get("kind").and_then(Node::text);
            for key in unexpected {
                let (at, mut path) = (path.clone(), path.clone());
                let span = places.get(key.as_str()).copied().unwrap_or(span);
                path.push(Step::Key(key.clone()));
                let message = format!("`{}` is not a key of {name}", shorten(key));
                out.push(Breach {
                    kind: BreachKind::UnknownKey,
                    span,
                    path,
                    message,
                    help: suggest::key(key, &at, &known, kind),
                    form: None,
                });
            }
        }
        ValidationErrorKind::Required { property } => {
            let property = property.as_str().unwrap_or_default();
            let message = format!("{name} has no `{property}`");
            let mut path = path.clone();
            path.push(Step::Key(property.to_owned()));
            out.push(Breach { kind: BreachKind::MissingKey, span, path, message, help: None, form: None });
        }
        ValidationErrorKind::Enum { options } => {
            let options: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let list = options.iter().map(|option| format!("`{option}`")).collect::<Vec<_>>().join(", ");
            let advice = node.and_then(|node| allowed::nearest(node, &path, &options));
            out.push(advised(format!("{value} is not a value of {name}, which is one of {list}"), advice));
        }
        ValidationErrorKind::Constant { expected_value } => {
            let expected = expected_value.as_str().map_or_else(|| expected_value.to_string(), str::to_owned);
            out.push(invalid(format!("{name} is {value}, expected `{expected}`"), None));
        }
        ValidationErrorKind::Type { kind } => {
            let expected = allowed::expected(kind, schema, parent);
            let actual = node.map_or("missing", type_of);
            let advice = node.and_then(|node| rewrite::rewrite(node, schema, parent));
            out.push(advised(format!("{name} is {actual}, expected {expected}"), advice));
        }
        ValidationErrorKind::Pattern { pattern } => {
            let hint = parent.and_then(|parent| parent.get("description")).and_then(Value::as_str);
            let help =
                hint.map_or_else(|| format!("it must match `{pattern}`"), |hint| format!("{hint} (`{pattern}`)"));
            out.push(invalid(format!("{value} does not fit {name}"), Some(help)));
        }
        ValidationErrorKind::Minimum { limit } => {
            out.push(invalid(format!("{name} is {}, expected at least {limit}", bare(node)), None));
        }
        ValidationErrorKind::Maximum { limit } => {
            out.push(invalid(format!("{name} is {}, expected at most {limit}", bare(node)), None));
        }
        ValidationErrorKind::MinLength { limit } => {
            out.push(invalid(format!("{name} is shorter than {limit} characters"), None));
        }
        ValidationErrorKind::MaxLength { limit } => {
            out.push(invalid(format!("{name} is longer than {limit} characters"), None));
        }
        ValidationErrorKind::MinItems { limit } => {
            out.push(invalid(format!("{name} has fewer than {limit} items"), None));
        }
        ValidationErrorKind::MaxItems { limit } => {
            out.push(invalid(format!("{name} has more than {limit} items"), None));
        }
        ValidationErrorKind::MinProperties { limit } => {
            out.push(invalid(format!("{name} has fewer than {limit} keys"), None));
        }
        ValidationErrorKind::MaxProperties { limit } => {
            out.push(invalid(format!("{name} has more than {limit} keys"), None));
        }
        ValidationErrorKind::UniqueItems => out.push(invalid(format!("{name} has an item twice"), None)),
        ValidationErrorKind::PropertyNames { error } => {
            let key = error.instance().as_str().unwrap_or_default();
            let span = node.and_then(|node| node.entry(key)).map_or(span, Entry::key_span);
            let message = format!("`{}` is not a good key for {name}", shorten(key));
            out.push(Breach { span, ..invalid(message, None) });
        }
        ValidationErrorKind::Format { .. } => out.push(invalid(format!("{value} is not a date"), None)),
        // The schemas use no other keywords today, except conditions on the kind. For a condition, the validator reports the errors in the branch,
        // never the condition itself.
        other => out.push(invalid(format!("{name} breaks `{}` of the schema", other.keyword()), None)),
    }
}

/// Makes a breach for a document that is invalid although the validator reports no error.
pub(super) fn unexplained(span: Span, schema: &str) -> Breach {
    Breach {
        kind: BreachKind::InvalidValue,
        span,
        path: Vec::new(),
        message: format!("the document does not fit `{schema}`"),
        help: Some("leaver found no reason: please report this".into()),
        form: None,
    }
}

/// Makes a breach for a document with so many errors that leaver does not describe all of them.
pub(super) fn too_many(span: Span) -> Breach {
    Breach {
        kind: BreachKind::InvalidValue,
        span,
        path: Vec::new(),
        message: "the document has too many errors to list".into(),
        help: Some("fix the first ones".into()),
        form: None,
    }
}

/// Makes a breach for a scalar that two YAML versions read differently.
pub(super) fn ambiguous(span: Span, path: Vec<Step>, written: &str, reading: &str) -> Breach {
    let here =
        if written.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+') && !written.contains([':', '_']) {
            "a decimal number"
        } else {
            "text"
        };
    let there = if reading.contains(' ') { reading.to_owned() } else { format!("`{reading}`") };
    Breach {
        kind: BreachKind::AmbiguousScalar,
        span,
        path,
        message: format!("a plain `{}` is {here} here, but {there} to YAML 1.1 tools", shorten(written)),
        help: Some(if here == "text" { "put it in quotes".into() } else { "write it without the leading zero".into() }),
        form: None,
    }
}

/// Returns the help for an invalid scalar that YAML 1.1 tools read differently.
pub(super) fn hint(written: &str, reading: &str, value: &Yaml) -> String {
    match value {
        Yaml::Int(number) => {
            format!("in YAML 1.2 a plain `{written}` is the number {number}: put it in quotes if it is text")
        }
        _ if reading.contains(' ') => format!("in YAML 1.2 a plain `{written}` is text, not {reading}"),
        _ => format!("in YAML 1.2 a plain `{written}` is text: write `{reading}`"),
    }
}

/// Whether a path of keys exists in the schema. `*` matches any key or item.
pub(super) fn has_path(root: &Value, path: &[&str]) -> bool {
    has_path_from(root, root, path)
}

/// Like [`has_path`], starting from a part of the schema.
pub(super) fn has_path_from(root: &Value, from: &Value, path: &[&str]) -> bool {
    fn step<'a>(root: &'a Value, at: &'a Value, path: &[&str], fuel: usize) -> bool {
        if fuel == 0 {
            return false;
        }
        if let Some(target) =
            at.get("$ref").and_then(Value::as_str).and_then(|target| root.pointer(target.strip_prefix('#')?))
            && step(root, target, path, fuel - 1)
        {
            return true;
        }
        let branches = at.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let then = [at.get("then"), at.get("else")].into_iter().flatten();
        if branches.chain(then).any(|branch| step(root, branch, path, fuel - 1)) {
            return true;
        }
        let Some((first, rest)) = path.split_first() else { return true };
        let properties = at.get("properties").and_then(Value::as_object);
        let named = properties.and_then(|properties| properties.get(*first));
        if *first == "*" {
            let any = properties.into_iter().flat_map(serde_json::Map::values).chain(at.get("items"));
            return any
                .chain(at.get("additionalProperties").filter(|more| more.is_object()))
                .any(|next| step(root, next, rest, fuel - 1));
        }
        if let Some(next) = named
            && step(root, next, rest, fuel - 1)
        {
            return true;
        }
        at.get("additionalProperties")
            .filter(|more| more.is_object())
            .is_some_and(|more| step(root, more, rest, fuel - 1))
    }
    step(root, from, path, 64)
}

fn parent_schema<'a>(schema: &'a Value, location: &str) -> Option<&'a Value> {
    let (parent, _) = location.rsplit_once('/')?;
    schema.pointer(parent)
}

/// Returns the name of a value in messages: its last key, its position in a list, or "the document".
fn name_of(path: &[Step]) -> String {
    match path {
        [] => "the document".into(),
        [.., Step::Key(key), Step::Index(index)] => format!("item {} of `{}`", index + 1, shorten(key)),
        [.., last] => format!("`{}`", shorten(&last.to_string())),
    }
}

fn quote(node: &Node) -> String {
    match node.value() {
        Yaml::Text(text) => format!("`{}`", shorten(text)),
        Yaml::List(_) => "a list".into(),
        Yaml::Map(_) => "a mapping".into(),
        _ => format!("`{}`", serde_json::Value::from(node)),
    }
}

fn bare(node: Option<&Node>) -> String {
    node.map_or_else(String::new, |node| serde_json::Value::from(node).to_string())
}

/// Shortens long values, because a message is one line. Redacts secrets first, because a part of a secret is not recognised as a secret.
pub(super) fn shorten(text: &str) -> String {
    let text = &*redact(text);
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

fn type_of(node: &Node) -> &'static str {
    match node.value() {
        Yaml::Null => "empty",
        Yaml::Bool(_) => "true or false",
        Yaml::Int(_) => "a whole number",
        Yaml::Float(_) => "a number",
        Yaml::Text(_) => "text",
        Yaml::List(_) => "a list",
        Yaml::Map(_) => "a mapping",
    }
}
