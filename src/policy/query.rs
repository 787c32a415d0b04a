//! Questions about a catalogue in Rego that no rule asks.

use std::{collections::BTreeMap, time::Duration};

use regorus::Value;

use super::{
    data::{Facts, data_document},
    engine::{Budget, reason},
    interpret::Interpreter,
    load::PolicySet,
};
use crate::{model::Catalogue, schema::KINDS};

/// One way in which a query holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Variable → value, without those that are named `_`.
    pub bindings: BTreeMap<String, serde_json::Value>,
    /// The value of each expression.
    pub values: Vec<serde_json::Value>,
}

/// Evaluates a query over `data.leaver`, the document that rules see and that `leaver bundle` writes, with the bundled rules and libraries
/// beside it in `data.policies`. Rules of users are left out: they run in a process of their own.
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
        let local: Vec<&str> = set.libraries.iter().filter(|one| !one.bundled).map(|one| one.file.path()).collect();
        set.modules(&rules).into_iter().filter(|(path, _)| !local.contains(&path.as_str())).collect()
    };
    let document = data_document(catalogue, facts, &KINDS.into_iter().collect());
    let budget = Budget { rule: limit, ..Budget::default() };
    let mut interpreter =
        Interpreter::new(bundled, document, budget, false).map_err(|(path, reason)| format!("{path}: {reason}"))?;
    interpreter.engine.set_strict_builtin_errors(true);
    let found = interpreter.engine.eval_query(text.to_owned(), false).map_err(|error| reason(&error.to_string()))?;
    found.result.into_iter().map(|row| answer(&row.bindings, row.expressions.iter().map(|one| &one.value))).collect()
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
    Ok(Answer { bindings: named, values: values.map(json).collect::<Result<_, _>>()? })
}
