//! Finds faults that the examples of a rule do not show, such as paths that are not in the schema.

use std::collections::BTreeSet;

use regorus::Engine;
use serde_json::Value;

use super::RuleSource;
use crate::{
    rule::{Scope, Severity},
    schema::DECLARATIONS,
};

/// Maximum number of lines of a rule file, including metadata.
const MAX_LINES: usize = 120;

/// Returns the faults of a rule, one line for each.
pub fn lint(rule: &RuleSource) -> Vec<String> {
    let mut faults = Vec::new();
    let meta = &rule.meta;
    let text = rule.module.file.text();
    if text.lines().count() > MAX_LINES {
        faults.push(format!("rule.rego has more than {MAX_LINES} lines: move helpers to lib"));
    }
    if meta.severity == Severity::Error && meta.precision != crate::rule::Precision::High {
        faults.push("only a rule of high precision may be an error by default".into());
    }
    if meta.precision != crate::rule::Precision::High
        && text.lines().any(|line| !line.starts_with('#') && line.contains("\"error\""))
    {
        faults.push("only a rule of high precision may report a finding as an error".into());
    }
    if meta.native {
        if meta.scope != Scope::Document {
            faults.push("a native rule has `scope: document`".into());
        }
        return faults;
    }
    for path in meta.when.keys() {
        if !DECLARATIONS.has_path(&path.split('.').collect::<Vec<_>>()) {
            faults.push(format!("`when`: no declaration can have `{path}`"));
        }
    }
    for path in &meta.reads {
        if !DECLARATIONS.has_path(&path.split('.').collect::<Vec<_>>()) {
            faults.push(format!("`reads`: no declaration can have `{path}`"));
        }
    }
    let mut engine = Engine::new();
    engine.set_rego_v0(false);
    let ast = engine
        .add_policy(rule.module.file.path().to_owned(), text.to_owned())
        .and_then(|_| engine.get_ast_as_json())
        .map_err(|error| super::super::engine::reason(&error.to_string()))
        .and_then(|ast| serde_json::from_str::<Value>(&ast).map_err(|error| error.to_string()));
    let ast = match ast {
        Ok(ast) => ast,
        Err(reason) => {
            faults.push(reason);
            return faults;
        }
    };
    let mut paths = BTreeSet::new();
    references(&ast, &mut paths);
    for path in paths {
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["input", rest @ ..] => {
                let rest = if meta.scope == Scope::Catalogue {
                    match rest {
                        ["declarations"] | [] => continue,
                        ["declarations", "*", rest @ ..] => rest,
                        _ => {
                            faults.push(format!(
                                "`{}`: the input of a catalogue rule has only `declarations`",
                                words.join(".")
                            ));
                            continue;
                        }
                    }
                } else {
                    rest
                };
                if !rest.is_empty() && !DECLARATIONS.has_path(rest) {
                    faults.push(format!(
                        "`{}`: no declaration can have this, so the rule would never find anything",
                        words.join(".")
                    ));
                }
            }
            ["data", "leaver", "params", id, param]
                if *id == meta.id.as_str() && *param != "*" && !meta.params.contains_key(*param) =>
            {
                faults.push(format!("the parameter `{param}` is not declared in the metadata"));
            }
            ["data", "leaver", "params", id, ..] if *id != meta.id.as_str() => {
                faults.push(format!("`data.leaver.params[\"{id}\"]` are the parameters of another rule"));
            }
            _ => {}
        }
    }
    let mut open = BTreeSet::new();
    negations(&ast, &mut open);
    faults.extend(open.into_iter().map(|path| {
        let path = path.join(".");
        format!(
            "`{path}` is an operand inside `not`: if it is missing, OPA finds nothing; write a helper and `not _helper`"
        )
    }));
    faults.extend(
        meta.params
            .keys()
            .filter(|name| !text.lines().any(|line| !line.starts_with('#') && line.contains(name.as_str())))
            .map(|name| format!("the parameter `{name}` is declared, but not used")),
    );
    faults
}

/// Collects the paths of all references to `input` and `data` in a syntax tree. In a path, `*` stands for an index that is a variable.
fn references(node: &Value, paths: &mut BTreeSet<Vec<String>>) {
    match node {
        Value::Array(items) => items.iter().for_each(|item| references(item, paths)),
        Value::Object(fields) => {
            if let Some(path) = path_of(node) {
                paths.insert(path);
                // References inside the brackets are collected, too, but not the prefixes of this path.
                indexes(node, paths);
            } else {
                fields.values().for_each(|field| references(field, paths));
            }
        }
        _ => {}
    }
}

/// Collects parts of the input that are operands inside `not`. If such an operand is missing, OPA treats the body of the rule as undefined, but
/// leaver's engine treats the `not` as true (OPA issues 1877, 4743). OPA and the engine agree on `not input.a` and `not input.a == 1`.
fn negations(node: &Value, open: &mut BTreeSet<Vec<String>>) {
    match node {
        Value::Array(items) => items.iter().for_each(|item| negations(item, open)),
        Value::Object(fields) => {
            if let Some(expression) = node.pointer("/NotExpr/expr") {
                operands(expression, open);
            }
            fields.values().for_each(|field| negations(field, open));
        }
        _ => {}
    }
}

fn operands(expression: &Value, open: &mut BTreeSet<Vec<String>>) {
    let mut found = BTreeSet::new();
    let plain = |side: &Value, found: &mut BTreeSet<Vec<String>>| {
        if path_of(side).is_some() { indexes(side, found) } else { references(side, found) }
    };
    if let Some(equation) =
        expression.get("BoolExpr").filter(|compared| compared.get("op").and_then(Value::as_str) == Some("Eq"))
    {
        ["lhs", "rhs"].iter().filter_map(|side| equation.get(*side)).for_each(|side| plain(side, &mut found));
    } else if let Some(parameters) = expression.pointer("/Call/params") {
        references(parameters, &mut found);
    } else {
        plain(expression, &mut found);
    }
    open.extend(found.into_iter().filter(|path| path.first().is_some_and(|root| root == "input")));
}

fn indexes(node: &Value, paths: &mut BTreeSet<Vec<String>>) {
    for kind in ["RefDot", "RefBrack"] {
        if let Some(inner) = node.get(kind) {
            if let Some(index) = inner.get("index") {
                references(index, paths);
            }
            if let Some(next) = inner.get("refr") {
                indexes(next, paths);
            }
        }
    }
}

fn path_of(node: &Value) -> Option<Vec<String>> {
    if let Some(name) = node.pointer("/Var/value").and_then(Value::as_str) {
        return matches!(name, "input" | "data").then(|| vec![name.to_owned()]);
    }
    if let Some(dot) = node.get("RefDot") {
        let mut path = path_of(dot.get("refr")?)?;
        path.push(dot.pointer("/field/1")?.as_str()?.to_owned());
        return Some(path);
    }
    let brack = node.get("RefBrack")?;
    let mut path = path_of(brack.get("refr")?)?;
    path.push(brack.pointer("/index/String/value").and_then(Value::as_str).unwrap_or("*").to_owned());
    Some(path)
}
