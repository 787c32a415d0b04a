//! The schema has a part that is only for editors, because they must accept `null` in a declaration with a pattern. Before leaver validates
//! such a declaration, it drops each `null` that removes a key ([`super::Shape::check_partial`]). Therefore, leaver's messages and the documentation
//! of the keys come from the schema without the part for editors.

use serde_json::{Value, json};

/// The definition that contains the part. Each definition in this part copies a definition of the schema; in the copy, keys may also be `null`.
const PART: &str = "orNull";

/// Removes the part for editors from a schema.
pub(super) fn without_editor_part(mut schema: Value) -> Value {
    if let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut)
        && definitions.shift_remove(PART).is_some()
    {
        redirect(&mut schema);
    }
    schema
}

fn contains_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(contains_null),
        Value::Object(keys) => keys.values().any(contains_null),
        _ => false,
    }
}

/// How to validate a value with the generated code. The code includes the part for editors, which may accept more than leaver does.
pub(super) enum Strict {
    /// The part for editors does not apply to the value, so the generated code decides.
    Same,
    /// The value is valid if the generated code accepts two values: the value itself, and the App in this variant, which has the same `spec` but no
    /// pattern. Otherwise, the schema decides.
    Also(Value),
    /// Only the schema without the part for editors can decide.
    Unknown,
}

/// Whether required keys may be missing below `spec`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    Required,
    /// Keys may be missing, because a pattern may state them. The part for editors requires no keys either.
    Inherited,
}

/// Decides how to validate a value.
pub(super) fn strict(value: &Value, keys: Keys) -> Strict {
    // The part for editors might accept a `null`.
    if contains_null(value) {
        return Strict::Unknown;
    }
    if keys == Keys::Inherited {
        return Strict::Same;
    }
    let Some(spec) = value.get("spec") else { return Strict::Same };
    let kind = value.get("kind").and_then(Value::as_str);
    if kind != Some("Pattern") && kind != Some("App") {
        return Strict::Same;
    }
    let populations = spec.get("populations").and_then(Value::as_array);
    if populations.into_iter().flatten().any(Value::is_object) {
        return Strict::Unknown;
    }
    if kind == Some("App") && !spec.get("pattern").is_some_and(Value::is_string) {
        return Strict::Same;
    }
    let mut spec = spec.clone();
    if let Some(spec) = spec.as_object_mut() {
        spec.shift_remove("pattern");
    }
    let version = value.get("apiVersion").cloned().unwrap_or_default();
    Strict::Also(json!({"apiVersion": version, "kind": "App", "metadata": {"name": "any"}, "spec": spec}))
}

/// Makes each reference to a copy refer to the original definition. Removes conditions that only choose between an original and its copy.
fn redirect(node: &mut Value) {
    match node {
        Value::Object(keys) => {
            keys.values_mut().for_each(redirect);
            if let Some(Value::String(target)) = keys.get_mut("$ref")
                && let Some(name) = target.strip_prefix(&format!("#/$defs/{PART}/$defs/"))
            {
                *target = format!("#/$defs/{name}");
            }
            if keys.contains_key("if") && keys.get("then") == keys.get("else") {
                keys.shift_remove("if");
                keys.shift_remove("else");
                if let Some(Value::Object(branch)) = keys.shift_remove("then") {
                    keys.extend(branch);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redirect),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::without_editor_part;

    #[test]
    fn the_schema_without_the_part_for_editors_accepts_no_null() {
        let schema = json!({
            "properties": {"spec": {
                "if": {"required": ["pattern"]},
                "then": {"$ref": "#/$defs/orNull/$defs/Spec"},
                "else": {"$ref": "#/$defs/Spec"},
            }},
            "items": [{"if": {"type": "object"}, "then": {"$ref": "#/$defs/orNull/$defs/Spec"}, "else": {"type": "string"}}],
            "$defs": {"Spec": {"type": "object"}, "orNull": {"$defs": {"Spec": {"type": ["object", "null"]}}}},
        });
        let want = json!({
            "properties": {"spec": {"$ref": "#/$defs/Spec"}},
            "items": [{"if": {"type": "object"}, "then": {"$ref": "#/$defs/Spec"}, "else": {"type": "string"}}],
            "$defs": {"Spec": {"type": "object"}},
        });
        assert_eq!(without_editor_part(schema), want);
        // Other schemas stay unchanged, even if a condition has no effect.
        let other = json!({"if": {}, "then": {"$ref": "#/$defs/a"}, "else": {"$ref": "#/$defs/a"}, "$defs": {"a": {}}});
        assert_eq!(without_editor_part(other.clone()), other);
    }
}
