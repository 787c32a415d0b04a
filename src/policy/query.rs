//! Evaluates Rego queries on a catalogue.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use regorus::{
    Source, Value,
    unstable::{Expr, Literal, Parser, Rule, RuleHead},
};

use super::{
    data::{Facts, data_document},
    engine::Budget,
    index::names::names_of,
    interpret::Interpreter,
    load::PolicySet,
};
use crate::model::{Catalogue, KINDS};

/// One solution of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Variable → value, without variables whose names begin with `_`.
    pub bindings: BTreeMap<String, serde_json::Value>,
    /// The value of each expression of a query without variables.
    pub values: Vec<serde_json::Value>,
}

/// Evaluates a query. `data.leaver` is the document that rules see; an OPA bundle (`super::bundle`) has the same document with additional keys.
/// `data.policies` has the bundled rules and libraries, but no users' rules, because these run only in a worker.
///
/// # Errors
///
/// The reason why the query does not parse, fails, or takes longer than the limit.
pub fn query(
    set: &PolicySet,
    catalogue: &Catalogue,
    facts: &Facts,
    text: &str,
    limit: Duration,
) -> Result<Vec<Answer>, String> {
    let bundled = |rule: &&super::load::RuleSource| rule.module.bundled && !rule.meta.native;
    let rules: Vec<_> = set.rules.values().filter(bundled).collect();
    let bundled: Vec<(String, String)> = {
        let local: Vec<&str> =
            set.libraries.iter().filter(|library| !library.bundled).map(|library| library.file.path()).collect();
        set.modules(&rules).into_iter().filter(|(path, _)| !local.contains(&path.as_str())).collect()
    };
    let document = data_document(catalogue, facts, &KINDS.into_iter().collect());
    let budget = Budget { rule: limit, ..Budget::default() };
    let mut interpreter =
        Interpreter::new(bundled, document, budget, false).map_err(|(path, reason)| format!("{path}: {reason}"))?;
    let mut evaluate = |text: String| {
        let found = interpreter.evaluate(|engine| engine.eval_query(text.clone(), false))?;
        found
            .result
            .into_iter()
            .map(|row| answer(&row.bindings, row.expressions.iter().map(|expression| &expression.value)))
            .collect()
    };
    // The engine stops a query with `some … in` at the first entry that does not match. A comprehension continues with the next entry.
    let Some(variables) = variables(text).filter(|variables| !variables.is_empty()) else {
        return evaluate(text.to_owned());
    };
    let names: Vec<String> = variables.iter().map(|name| format!("{name:?}: {name}")).collect();
    let rows: Vec<Answer> = evaluate(format!("[{{{}}} | {text}\n]", names.join(", ")))?;
    let rows = rows.into_iter().flat_map(|row| row.values);
    let rows = rows.flat_map(|rows| rows.as_array().cloned().unwrap_or_default());
    let bindings = |row: serde_json::Value| match row {
        serde_json::Value::Object(entries) => entries.into_iter().collect(),
        _ => BTreeMap::new(),
    };
    Ok(rows.map(|row| Answer { bindings: bindings(row), values: Vec::new() }).collect())
}

/// The variables of a query with `some … in`. Returns `None` for any other query, and for a query that does not parse: the engine reports the error.
fn variables(text: &str) -> Option<BTreeSet<String>> {
    let module = format!("package query\n\nanswers := [1 | {text}\n]\n");
    let source = Source::from_contents("query".to_owned(), module).ok()?;
    let mut parser = Parser::new(&source).ok()?;
    parser.enable_rego_v1().ok()?;
    let module = parser.parse().ok()?;
    let [rule] = module.policy.as_slice() else { return None };
    let Rule::Spec { head: RuleHead::Compr { assign: Some(assign), .. }, .. } = rule.as_ref() else { return None };
    let Expr::ArrayCompr { query, .. } = assign.value.as_ref() else { return None };
    query.stmts.iter().find(|statement| matches!(statement.literal, Literal::SomeIn { .. }))?;
    let mut names = names_of(&query.stmts);
    for statement in &query.stmts {
        if let Literal::Expr { expr, .. } = &statement.literal {
            indexes(expr, &mut names);
        }
    }
    names.retain(|name| !name.starts_with('_'));
    Some(names)
}

/// Collects the variables that are used as keys, such as `app` in `App[app]`.
fn indexes(expression: &Expr, names: &mut BTreeSet<String>) {
    match expression {
        Expr::RefBrack { refr, index, .. } => {
            if let Expr::Var { span, .. } = index.as_ref() {
                names.insert(span.text().to_owned());
            }
            indexes(refr, names);
        }
        Expr::RefDot { refr: inner, .. } | Expr::UnaryExpr { expr: inner, .. } => indexes(inner, names),
        Expr::BoolExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. }
        | Expr::BinExpr { lhs, rhs, .. }
        | Expr::AssignExpr { lhs, rhs, .. } => [lhs, rhs].into_iter().for_each(|side| indexes(side, names)),
        Expr::Call { params, .. } => params.iter().for_each(|param| indexes(param, names)),
        _ => {}
    }
}

fn answer<'a>(bindings: &Value, values: impl Iterator<Item = &'a Value>) -> Result<Answer, String> {
    let json = |value: &Value| serde_json::to_value(value).map_err(|error| format!("a result is not JSON: {error}"));
    let mut named = BTreeMap::new();
    if let Ok(bindings) = bindings.as_object() {
        for (name, value) in bindings.iter() {
            let name = name.as_string().map(ToString::to_string).unwrap_or_default();
            if !name.starts_with('_') {
                named.insert(name, json(value)?);
            }
        }
    }
    // The values of expressions matter only if a query has no variables.
    let values = if named.is_empty() { values.map(json).collect::<Result<_, _>>()? } else { Vec::new() };
    Ok(Answer { bindings: named, values })
}
