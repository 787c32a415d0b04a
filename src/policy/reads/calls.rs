//! Finds the values that calls return: calls of the rules' own functions, and calls of builtins that return parts of their arguments.

use std::rc::Rc;

use regorus::unstable::{Expr, Ref};

use super::{
    super::index::names::plain,
    values::{Value, entries, keys},
    walk::{Scope, Walk},
};

impl<'a> Walk<'a> {
    pub(super) fn call(&mut self, function: &'a Expr, params: &'a [Ref<Expr>], scope: &mut Scope) -> Value {
        let args: Vec<Value> = params.iter().map(|param| self.value(param, scope)).collect();
        let Some(name) = plain(function) else { return Value::default() };
        let own = name
            .split_first()
            .and_then(|(first, rest)| Some([self.path(first, scope.module)?, rest.to_vec()].concat()));
        if let Some(own) = own.filter(|own| self.rules.contains_key(own)) {
            return self.rule(&own, &args);
        }
        let all = || args.iter().cloned().fold(Value::default(), Value::or);
        match (name.join(".").as_str(), args.as_slice()) {
            ("object.get", [object, key, default]) => {
                let steps: Vec<&Value> = if key.fields.is_empty() { vec![key] } else { in_order(key) };
                steps.into_iter().fold(object.clone(), |value, key| value.at_value(key)).or(default.clone())
            }
            ("object.filter", [object, keys]) => {
                let keys = entries(keys).texts;
                if keys.is_empty() {
                    return object.clone();
                }
                let fields = keys.into_iter().map(|key| (Rc::clone(&key), object.at(Some(&key))));
                Value { fields: fields.collect(), ..Value::default() }
            }
            ("object.keys", [object]) => {
                self.use_itself(object);
                Value::collection(keys(object))
            }
            ("object.remove" | "array.slice" | "array.reverse" | "sort", [first, ..]) => first.clone(),
            ("object.union" | "array.concat", _) => all(),
            ("object.union_n" | "union" | "intersection", [sets]) => entries(sets),
            ("is_object" | "is_string" | "is_array" | "is_boolean" | "is_number" | "type_name" | "count", [one]) => {
                self.use_itself(one);
                Value::default()
            }
            _ => {
                for arg in &args {
                    self.use_all(arg);
                }
                Value::default()
            }
        }
    }
}

/// The entries of a list literal in their order.
fn in_order(list: &Value) -> Vec<&Value> {
    (0..list.fields.len()).filter_map(|nth| list.fields.get(nth.to_string().as_str())).collect()
}
