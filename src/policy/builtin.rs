//! Data built into the binary: the bundled rules, the retired rules and the built-in Systems.

use include_dir::{Dir, include_dir};
use serde_json::{Map, Value};

use crate::files::built_in_text;
use crate::source::{Document, SourceFile, YamlLimits, parse};

pub(super) static POLICIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/policies");

/// The text of `data/systems.yaml`.
pub(crate) const SYSTEMS: &str = include_str!("../../data/systems.yaml");

/// The built-in `System` declarations.
pub fn builtin_systems() -> (SourceFile, Vec<Document>) {
    let file = SourceFile::new("built-in/systems.yaml", built_in_text("data/systems.yaml", SYSTEMS));
    let documents = parse(&file, &YamlLimits::default()).documents;
    (file, documents)
}

/// Reads `data/system-settings.yaml`: the settings of built-in Systems that a user's System may override.
pub(super) fn system_settings() -> Value {
    let text = built_in_text("data/system-settings.yaml", include_str!("../../data/system-settings.yaml"));
    let file = SourceFile::new("built-in/system-settings.yaml", text);
    let document = parse(&file, &YamlLimits::default()).documents.into_iter().next();
    document.and_then(|document| document.root.get("settings").map(Value::from)).unwrap_or_default()
}

/// Retired rules by id: `version`, `reason` and optionally `successor`.
pub fn retired() -> Map<String, Value> {
    rows_by_id(&built_in_text("policies/retired.yaml", include_str!("../../policies/retired.yaml")))
}

fn rows_by_id(text: &str) -> Map<String, Value> {
    let file = SourceFile::new("built-in/retired.yaml", text);
    let document = parse(&file, &YamlLimits::default()).documents.into_iter().next();
    let Some(Value::Array(rows)) = document.map(|document| Value::from(&document.root)) else { return Map::new() };
    rows.into_iter()
        .filter_map(|mut row| match row.as_object_mut()?.remove("id")? {
            Value::String(id) => Some((id, row)),
            _ => None,
        })
        .collect()
}

/// The message for a reference to a retired rule.
pub fn retired_message(id: &str) -> Option<String> {
    retirement_message(retired().get(id)?)
}

fn retirement_message(row: &Value) -> Option<String> {
    let text = |key: &str| row.get(key).and_then(Value::as_str);
    let gone = format!("it was retired in {} ({})", text("version")?, text("reason")?);
    Some(text("successor").map_or_else(|| gone.clone(), |successor| format!("{gone}; write `{successor}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retired_rule_names_its_successor() {
        let rows = rows_by_id(
            "- {id: jit/update-owner, version: 0.2.0, reason: renamed, successor: jit/no-update-owner}\n- {id: jit/no-logo, version: 0.3.0, reason: it found nothing}\n",
        );
        for (id, expected_text) in [
            ("jit/no-logo", "it was retired in 0.3.0 (it found nothing)"),
            ("jit/update-owner", "it was retired in 0.2.0 (renamed); write `jit/no-update-owner`"),
        ] {
            assert_eq!(rows.get(id).and_then(retirement_message).as_deref(), Some(expected_text), "{id}");
        }
        for (id, row) in retired() {
            assert!(retirement_message(&row).is_some(), "{id}: policies/retired.yaml needs a version and a reason");
            assert!(POLICIES.get_dir(&id).is_none(), "{id} is retired but still exists");
            let successor = row.get("successor").and_then(Value::as_str);
            assert!(successor.is_none_or(|id| POLICIES.get_dir(id).is_some()), "{id}: {successor:?} does not exist");
        }
    }
}
