//! Undoes the changes that PowerShell makes to a JSON response: PowerShell writes lists as objects with `value` and `Count`, and Microsoft's modules
//! write keys in `PascalCase`.

use serde_json::{Map, Value};

/// Returns the list in an object with `value` and `Count`. Older versions of PowerShell write a list as such an object.
pub(super) fn wrapped_list(map: &mut Map<String, Value>) -> Option<Value> {
    let is_wrapper = map.len() == 2 && map.contains_key("Count");
    let list = map.get_mut("value").filter(|list| is_wrapper && list.is_array())?;
    Some(list.take())
}

/// Restores the keys of the API, which Microsoft's modules change (`Get-MgServicePrincipal | ConvertTo-Json`, `Export-Csv`).
pub(super) fn with_api_keys(value: Value) -> Value {
    let is_pascal = |entry: &Value| {
        let has = |key: &str| entry.get(key).is_some();
        has("Id") && ["AppId", "TemplateId", "ResourceId"].into_iter().any(has)
    };
    match value {
        Value::Array(items) if items.iter().any(is_pascal) => {
            Value::Array(items.into_iter().map(with_lower_case_keys).collect())
        }
        entry if is_pascal(&entry) => with_lower_case_keys(entry),
        other => other,
    }
}

/// Lower-cases the first letter of each key. If two keys become equal, the key that was already in lower case counts.
fn with_lower_case_keys(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(with_lower_case_keys).collect()),
        Value::Object(map) => {
            let mut lowered = Map::new();
            for (key, value) in map {
                let mut letters = key.chars();
                let camel = letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect();
                if camel == key || !lowered.contains_key(&camel) {
                    lowered.insert(camel, with_lower_case_keys(value));
                }
            }
            Value::Object(lowered)
        }
        other => other,
    }
}
