//! `data.leaver`: all that a rule may see beside its input.

use std::collections::BTreeMap;

use regorus::Value;

use super::value::from_node;
use crate::{model::Catalogue, rule::RuleId};

/// What is known before a run.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// `YYYY-MM-DD`.
    pub today: String,
    /// Rule → parameter → value in force.
    pub params: BTreeMap<RuleId, BTreeMap<String, serde_json::Value>>,
    /// Vendor key → facts.
    pub vendors: serde_json::Value,
}

/// The document `{"leaver": {catalogue, params, vendors, signoffs, today}}`.
pub fn data_document(catalogue: &Catalogue, facts: &Facts) -> Value {
    let mut kinds: BTreeMap<Value, BTreeMap<Value, Value>> =
        crate::schema::KINDS.into_iter().map(|kind| (Value::from(kind), BTreeMap::new())).collect();
    for declaration in catalogue.named() {
        if let Some(kind) = kinds.get_mut(&Value::from(declaration.kind.as_str())) {
            kind.insert(Value::from(declaration.name.as_str()), from_node(&declaration.root));
        }
    }
    let catalogue = object(kinds.into_iter().map(|(kind, names)| (kind, Value::from(names))));
    let params = object(facts.params.iter().map(|(rule, params)| {
        (
            Value::from(rule.as_str()),
            object(params.iter().map(|(name, value)| (Value::from(name.as_str()), Value::from(value.clone())))),
        )
    }));
    let leaver = object([
        (Value::from("catalogue"), catalogue),
        (Value::from("params"), params),
        (Value::from("vendors"), Value::from(facts.vendors.clone())),
        (Value::from("signoffs"), Value::new_object()),
        (Value::from("today"), Value::from(facts.today.as_str())),
    ]);
    object([(Value::from("leaver"), leaver)])
}

fn object(entries: impl IntoIterator<Item = (Value, Value)>) -> Value {
    Value::from(entries.into_iter().collect::<BTreeMap<_, _>>())
}
