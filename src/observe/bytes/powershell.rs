//! What PowerShell makes of a JSON answer: lists as objects with `value` and `Count`, and the keys of Microsoft's modules in `PascalCase`.

use serde_json::{Map, Value};

/// The list in the object that older versions of PowerShell write for it.
pub(super) fn wrapped_list(map: &mut Map<String, Value>) -> Option<Value> {
    let is_wrapper = map.len() == 2 && map.contains_key("Count");
    let list = map.get_mut("value").filter(|list| is_wrapper && list.is_array())?;
    Some(list.take())
}

/// The value with the keys that the API uses, if Microsoft's modules wrote it (`Get-MgServicePrincipal | ConvertTo-Json`, `Export-Csv`).
pub(super) fn with_api_keys(value: Value) -> Value {
    let is_pascal = |entry: &Value| {
        let has = |key: &str| entry.get(key).is_some();
        has("Id") && ["AppId", "TemplateId", "ResourceId"].into_iter().any(has)
    };
    match value {
        Value::Array(items) if items.iter().any(is_pascal) => Value::Array(items.into_iter().map(lower).collect()),
        entry if is_pascal(&entry) => lower(entry),
        other => other,
    }
}

/// Lower-cases the first letter of each key. Of two keys that become equal, the one that the API uses counts.
fn lower(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(lower).collect()),
        Value::Object(map) => {
            let mut lowered = Map::new();
            for (key, value) in map {
                let mut letters = key.chars();
                let camel = letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect();
                if camel == key || !lowered.contains_key(&camel) {
                    lowered.insert(camel, lower(value));
                }
            }
            Value::Object(lowered)
        }
        other => other,
    }
}
