//! Reads `data/trust.yaml`, which defines the edits that relax a check, and compares two sides with it.

use serde::Deserialize;
use serde_json::Value;

use crate::source::{SourceFile, YamlLimits, parse};

/// Maximum length of a value in a message.
const MAX_SHOWN: usize = 60;

/// The kind of an edit of a file or a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Event {
    New,
    Edited,
    Gone,
    Added,
    Removed,
    Changed,
    Raised,
    Lowered,
    Listed,
    Unlisted,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRow {
    end: String,
    relaxes: Vec<Event>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueRow {
    path: String,
    #[serde(default)]
    order: Vec<Value>,
    relaxes: Vec<Event>,
}

/// A value of an App that decides which rules apply to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppRow {
    /// Paths below `spec`. If there is a list on a path, each of its entries counts.
    pub(super) paths: Vec<String>,
    /// The possible values, starting with the value for which the fewest rules apply. If this is empty, the values are entries of a list, and each
    /// entry that the change removes is an edit.
    #[serde(default)]
    pub(super) order: Vec<Value>,
    /// The value that counts if an app states no value.
    pub(super) default: Option<Value>,
    /// Values to which an app in use must not change. Such an edit is an error.
    #[serde(default)]
    pub(super) errors: Vec<Value>,
    /// If an app has one of these values, it is not in use, and edits of the app are ignored.
    #[serde(default)]
    pub(super) unused: Vec<Value>,
    /// The key that marks an entry as closed. A change may remove closed entries.
    pub(super) closed: Option<String>,
    /// Whether the value is compared only for the app itself, not for its populations.
    #[serde(default)]
    pub(super) whole: bool,
}

/// The table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    #[serde(rename = "version")]
    _version: u32,
    files: Vec<FileRow>,
    values: Vec<ValueRow>,
    pub(super) apps: Vec<AppRow>,
}

/// One value that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) path: Vec<String>,
    /// A description of the edit.
    pub(super) text: String,
    pub(super) relaxes: bool,
}

impl Table {
    /// Returns the bundled table, which a test checks. If the table were invalid, an empty table would be used, and every edit would relax the check.
    pub(super) fn bundled() -> Self {
        Self::read().unwrap_or(Self { _version: 1, files: Vec::new(), values: Vec::new(), apps: Vec::new() })
    }

    fn read() -> Option<Self> {
        let file = SourceFile::new("built-in/trust.yaml", include_str!("../../data/trust.yaml"));
        let document = parse(&file, &YamlLimits::default()).documents.into_iter().next()?;
        serde_json::from_value(Value::from(&document.root)).ok()
    }

    /// Whether an edit of a file relaxes the check, regardless of the content of the file.
    pub(super) fn relaxes_file(&self, path: &str, event: Event) -> bool {
        let row = self.files.iter().find(|row| path.ends_with(&row.end));
        row.is_none_or(|row| row.relaxes.contains(&event))
    }

    /// Returns all values at `path` that differ between `base` and `head`.
    pub(super) fn compare(&self, path: &[&str], base: Option<&Value>, head: Option<&Value>) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
        self.walk(&mut path, base, head, &mut edits);
        edits
    }

    fn row(&self, path: &[String]) -> Option<&ValueRow> {
        self.values.iter().find(|row| {
            let mut keys = path.iter();
            let mut all = row.path.split('.');
            loop {
                match (all.next(), keys.next()) {
                    (None, None) | (Some("**"), _) => return true,
                    (Some(want), Some(key)) if want == "*" || want == key => {}
                    _ => return false,
                }
            }
        })
    }

    fn walk(&self, path: &mut Vec<String>, base: Option<&Value>, head: Option<&Value>, edits: &mut Vec<Edit>) {
        // Unset options are `null`.
        let (base, head) = (base.filter(|value| !value.is_null()), head.filter(|value| !value.is_null()));
        if base == head {
            return;
        }
        let empty = serde_json::Map::new();
        let maps = match (base, head) {
            (Some(Value::Object(base)), Some(Value::Object(head))) => Some((base, head)),
            // If a mapping is added or removed as a whole, and the table has no row for it, compare its values one by one.
            (None, Some(Value::Object(head))) if self.row(path).is_none() && !head.is_empty() => Some((&empty, head)),
            (Some(Value::Object(base)), None) if self.row(path).is_none() && !base.is_empty() => Some((base, &empty)),
            _ => None,
        };
        if let Some((base, head)) = maps {
            let new = head.keys().filter(|key| !base.contains_key(*key));
            for key in base.keys().chain(new) {
                path.push(key.clone());
                self.walk(path, base.get(key), head.get(key), edits);
                path.pop();
            }
            return;
        }
        let row = self.row(path);
        let mut push = |event: Event, what: String| {
            let text = format!("`{}` {what}", path.join("."));
            // If the direction of the edit matters but is unknown, assume that the edit relaxes the check.
            let unclear = |row: &ValueRow| event == Event::Changed && !row.relaxes.is_empty();
            let relaxes = row.is_none_or(|row| row.relaxes.contains(&event) || unclear(row));
            edits.push(Edit { path: path.clone(), text, relaxes });
        };
        match (base, head) {
            (Some(Value::Array(base)), Some(Value::Array(head))) => match (base.is_empty(), head.is_empty()) {
                (true, _) => push(Event::Listed, format!("gains {}", shown_list(head))),
                (_, true) => push(Event::Unlisted, "is empty now".to_owned()),
                _ => {
                    let less: Vec<Value> = base.iter().filter(|item| !head.contains(item)).cloned().collect();
                    let more: Vec<Value> = head.iter().filter(|item| !base.contains(item)).cloned().collect();
                    if !more.is_empty() {
                        push(Event::Added, format!("gains {}", shown_list(&more)));
                    }
                    if !less.is_empty() {
                        push(Event::Removed, format!("loses {}", shown_list(&less)));
                    }
                }
            },
            (None, Some(head)) => push(Event::Added, added(head)),
            (Some(_), None) => push(Event::Removed, "is removed".to_owned()),
            (Some(base), Some(head)) => {
                let event = direction(row, base, head);
                push(event, format!("changes from {} to {}", display_value(base), display_value(head)));
            }
            (None, None) => {}
        }
    }
}

fn direction(row: Option<&ValueRow>, base: &Value, head: &Value) -> Event {
    let order = row.map(|row| row.order.as_slice()).unwrap_or_default();
    let rank = |value: &Value| {
        #[expect(clippy::cast_precision_loss, reason = "a place in a short list")]
        let place = || order.iter().position(|known| known == value).map(|at| at as f64);
        value.as_f64().or_else(place)
    };
    match rank(base).zip(rank(head)) {
        Some((base, head)) if head > base => Event::Raised,
        Some((base, head)) if head < base => Event::Lowered,
        _ => Event::Changed,
    }
}

fn added(value: &Value) -> String {
    if value.is_object() { "is new".to_owned() } else { format!("is set to {}", display_value(value)) }
}

pub(super) fn display_value(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut short: String = text.chars().take(MAX_SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("`{short}`")
}

pub(super) fn shown_list(items: &[Value]) -> String {
    let mut texts: Vec<String> = items.iter().take(3).map(display_value).collect();
    if items.len() > 3 {
        texts.push(format!("{} more", items.len() - 3));
    }
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn relaxes(path: &[&str], base: &Value, head: &Value) -> Vec<bool> {
        Table::bundled().compare(path, Some(base), Some(head)).into_iter().map(|edit| edit.relaxes).collect()
    }

    #[test]
    fn the_bundled_table_is_valid() {
        let table = Table::read().expect("a table");
        assert!(table.values.len() > 30 && table.files.len() > 2);
    }

    #[test]
    fn only_edits_in_a_relaxing_direction_relax() {
        for (path, base, head, expected) in [
            ("failOn", json!("warning"), json!("error"), true),
            ("failOn", json!("error"), json!("info"), false),
            ("include", json!([]), json!(["a"]), true),
            ("include", json!(["a"]), json!([]), false),
            ("include", json!(["a"]), json!(["a", "b"]), false),
            ("include", json!(["a", "b"]), json!(["a"]), true),
            ("exclude", json!([]), json!(["a"]), true),
            ("exclude", json!(["a", "b"]), json!(["b"]), false),
            ("signers", json!(["a"]), json!(["a", "b"]), true),
            ("signers", json!(["a", "b"]), json!(["a"]), false),
            ("revoked", json!(["a"]), json!([]), true),
            ("revoked", json!([]), json!(["a"]), false),
            ("unheard", json!(1), json!(2), true),
            ("unheard", json!(true), json!(false), true),
        ] {
            assert_eq!(relaxes(&[path], &base, &head), [expected], "{path} {base} {head}");
        }
        for (path, base, head, expected) in [
            ("severity", json!("error"), json!("off"), true),
            ("severity", json!("off"), json!("info"), false),
            ("severity", json!("warning"), json!("info"), true),
            ("severity", json!("warning"), json!("severe"), true),
        ] {
            assert_eq!(relaxes(&["rules", "a/b", path], &base, &head), [expected], "{path} {base} {head}");
        }
        for (param, base, head, expected) in [
            ("maxDays", json!(30), json!(60), true),
            ("maxDays", json!(60), json!(30), false),
            ("maxHours", json!({"1": 1}), json!({"1": 2}), true),
            ("maxHours", json!({"1": 1}), json!({}), true),
            ("maxHours", json!({}), json!({"1": 2}), false),
            ("minDays", json!(30), json!(10), true),
            ("maxTier", json!(2), json!(1), true),
            ("adminNames", json!(["root", "admin"]), json!(["root"]), true),
            ("adminNames", json!(["root"]), json!(["root", "admin"]), false),
            ("ofOurs", json!(1), json!(2), true),
            ("ofOurs", json!(2), json!(1), true),
        ] {
            assert_eq!(relaxes(&["rules", "a/b", "params", param], &base, &head), [expected], "{param} {base} {head}");
        }
    }

    #[test]
    fn adding_or_removing_a_whole_mapping_is_one_edit() {
        let (none, rule) = (json!({}), json!({"a/b": {"severity": "error", "params": {"maxDays": 3}}}));
        assert_eq!(relaxes(&["rules"], &none, &rule), [false]);
        assert_eq!(relaxes(&["rules"], &rule, &none), [true]);
        let requirement = json!({"critical": {"roles": ["security"], "maxAgeDays": 365}});
        assert_eq!(relaxes(&["signoff", "required"], &requirement, &none), [true]);
        assert_eq!(relaxes(&["signoff", "required"], &none, &requirement), [false]);
        let narrowed = json!({"critical": {"roles": ["security"], "maxAgeDays": 365, "when": {"tiers": [1]}}});
        assert_eq!(relaxes(&["signoff", "required"], &requirement, &narrowed), [true]);
    }

    #[test]
    fn long_values_are_shortened() {
        let edits = Table::bundled().compare(&["docsUrl"], Some(&json!("a")), Some(&json!("ä".repeat(100))));
        assert!(edits[0].text.ends_with("ä…`") && edits[0].text.chars().count() < 100, "{}", edits[0].text);
    }
}
