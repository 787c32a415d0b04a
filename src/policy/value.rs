//! Converts declarations to values of the engine, and findings from the engine to verdicts.

mod reads;

use std::collections::BTreeMap;

use regorus::Value;

pub(super) use reads::{Copies, Reads};

use super::engine::quota::cut;
use crate::{
    finding::{RelatedVerdict, Step, Subject, Target, Verdict},
    rule::{RuleId, Severity},
    source::{Node, Yaml},
};

/// A node as an engine value.
pub(super) fn from_node(node: &Node) -> Value {
    match node.value() {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::from(*value),
        Yaml::Int(value) => Value::from(*value),
        Yaml::Float(value) => Value::from(*value),
        Yaml::Text(text) => Value::from(&**text),
        Yaml::List(items) => Value::from(items.iter().map(from_node).collect::<Vec<_>>()),
        Yaml::Map(entries) => Value::from(
            entries.iter().map(|entry| (Value::from(&*entry.key), from_node(&entry.value))).collect::<BTreeMap<_, _>>(),
        ),
    }
}

/// Parses one finding of a rule. An unknown key is an error, because it is probably a typo. `declaration` is the index of the evaluated declaration.
/// It is `None` for a rule on the whole catalogue, whose findings must name a declaration.
pub(super) fn verdict(rule: &RuleId, declaration: Option<usize>, value: &Value) -> Result<Verdict, String> {
    let object = value.as_object().map_err(|_| "a finding must be an object".to_owned())?;
    let mut path = None;
    let mut message = None;
    let mut found = declaration;
    let mut severity = None;
    let mut related = Vec::new();
    let mut fix = Vec::new();
    for (key, value) in object.iter() {
        let key = key.as_string().map_err(|_| "the keys of a finding must be texts".to_owned())?;
        match &**key {
            "path" => path = Some(steps(value)?),
            "message" => message = Some(cut(text(value, "message")?)),
            "severity" => severity = Some(severity_of(&text(value, "severity")?)?),
            "declaration" if declaration.is_none() => found = Some(index(value)?),
            "related" => {
                for item in value.as_array().map_err(|_| "`related` must be a list".to_owned())? {
                    related.push(related_verdict(item)?);
                }
            }
            "fix" => {
                for item in value.as_array().map_err(|_| "`fix` must be a list of JSON Patch operations".to_owned())? {
                    let text = item.to_json_str().map_err(|error| error.to_string())?;
                    fix.push(serde_json::from_str(&text).map_err(|error| error.to_string())?);
                }
            }
            other => {
                let declaration = if declaration.is_none() { "declaration, " } else { "" };
                return Err(format!(
                    "a finding has no key `{other}` (known: {declaration}path, message, severity, related, fix)"
                ));
            }
        }
    }
    let Some(declaration) = found else {
        return Err(
            "a finding of a rule on the catalogue must have `declaration`, an index into `input.declarations`".into()
        );
    };
    Ok(Verdict {
        rule: rule.clone(),
        declaration,
        path: path.ok_or("a finding must have a `path`")?,
        message: message.ok_or("a finding must have a `message`")?,
        severity,
        related,
        fix,
    })
}

fn related_verdict(value: &Value) -> Result<RelatedVerdict, String> {
    let object = value.as_object().map_err(|_| "an item of `related` must be an object".to_owned())?;
    let get = |key: &str| object.get(&Value::from(key));
    let target = match (get("declaration"), get("kind"), get("name")) {
        (Some(value), None, None) => Target::Index(index(value)?),
        (None, Some(kind), Some(name)) => {
            Target::Named(Subject { kind: text(kind, "kind")?, name: text(name, "name")? })
        }
        _ => return Err("an item of `related` names a declaration by `kind` and `name`, or by `declaration`".into()),
    };
    Ok(RelatedVerdict {
        target,
        path: get("path").map_or(Ok(Vec::new()), steps)?,
        message: cut(text(get("message").ok_or("an item of `related` must have a `message`")?, "message")?),
    })
}

fn steps(value: &Value) -> Result<Vec<Step>, String> {
    let wrong = || "`path` must be a list of keys and indexes".to_owned();
    value
        .as_array()
        .map_err(|_| wrong())?
        .iter()
        .map(|step| match step {
            Value::String(key) => Ok(Step::Key(key.to_string())),
            Value::Number(_) => index(step).map(Step::Index),
            _ => Err(wrong()),
        })
        .collect()
}

fn index(value: &Value) -> Result<usize, String> {
    value
        .as_u64()
        .ok()
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(|| "an index must be a whole number".into())
}

fn text(value: &Value, key: &str) -> Result<String, String> {
    value.as_string().map(std::string::ToString::to_string).map_err(|_| format!("`{key}` must be a text"))
}

fn severity_of(word: &str) -> Result<Severity, String> {
    Severity::ALL
        .into_iter()
        .find(|severity| severity.as_str() == word)
        .ok_or_else(|| format!("`severity` must be error, warning or info, not `{word}`"))
}
