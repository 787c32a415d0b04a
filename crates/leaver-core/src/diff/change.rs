//! Compares two flattened declarations. Returns the changes of governance values, and the paths of all other values that changed.

use std::{cmp::Ordering, collections::BTreeSet};

use serde_json::Value;

use crate::source::redact;

use super::{
    flat::{Flat, Leaf, Path, Segment, display_path},
    table::{KindRows, PartRow, Row, ValueChange},
};

/// Maximum length of a shown value, in characters.
const VALUE_LIMIT: usize = 60;
/// Maximum number of shown list items.
const ITEM_LIMIT: usize = 6;

/// The weight of the most important values, such as the provisioning mode. Their changes come first, even if they do not weaken governance.
const HEAVIEST: u8 = 9;

/// How a value changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The value is new.
    Added,
    /// The value is gone.
    Removed,
    /// The value differs.
    Changed,
}

impl Kind {
    /// Returns `added`, `removed` or `changed`.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// A change of one governance value, or the addition or removal of a part.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    /// The path, such as `spec.nonHuman[ci-bot].owner`; empty for a whole declaration.
    pub(crate) path: String,
    /// How the value or part changed.
    pub(crate) kind: Kind,
    /// The text before the values, such as `loses deprovision`.
    verb_and_label: String,
    /// The old and the new text, the added and removed items of a list, or the details of a part.
    values: Values,
    /// The old value; `None` if it is missing or must not be shown.
    pub(crate) old: Option<Value>,
    /// The new value.
    pub(crate) new: Option<Value>,
    /// Whether the change makes governance weaker. A reviewer must see such a change.
    pub(crate) weaker: bool,
    /// 1 to 9, from the table.
    pub(crate) weight: u8,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    None,
    Single(String),
    OldAndNew(String, String),
    Details(Vec<String>),
}

impl Change {
    /// Returns the change as a phrase with this arrow. Text from declarations is not escaped.
    pub(crate) fn phrase(&self, arrow: &str) -> String {
        let verb_and_label = &self.verb_and_label;
        match &self.values {
            Values::None => verb_and_label.clone(),
            Values::Single(value) => format!("{verb_and_label} {value}"),
            Values::OldAndNew(old, new) => format!("{verb_and_label} {old} {arrow} {new}"),
            Values::Details(details) if details.is_empty() => verb_and_label.clone(),
            Values::Details(details) => format!("{verb_and_label} ({})", details.join(", ")),
        }
    }

    /// Orders by importance. The first group has the changes that weaken governance and the heaviest changes; the second group has all others. Each
    /// group is sorted by weight.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let first = |change: &Self| change.weaker || change.weight >= HEAVIEST;
        (first(other), other.weight, other.weaker, &self.path).cmp(&(
            first(self),
            self.weight,
            self.weaker,
            &other.path,
        ))
    }
}

/// The differences between two declarations.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Differences {
    pub(super) changes: Vec<Change>,
    pub(super) others: Vec<String>,
}

pub(super) fn compare(old: &Flat, new: &Flat, rows: &KindRows) -> Differences {
    let mut found = Differences::default();
    let mut parts = BTreeSet::new();
    for (kind, side, other_side) in [(Kind::Added, new, old), (Kind::Removed, old, new)] {
        for path in side.parts.difference(&other_side.parts) {
            if is_within(&parts, path) || other_side.leaves.contains_key(path) {
                continue;
            }
            let Some((row, label)) = rows.row(path, true) else { continue };
            found.changes.push(part_change(row, &label, kind, path, side));
            parts.insert(path.clone());
        }
    }
    let paths: BTreeSet<&Path> = old.leaves.keys().chain(new.leaves.keys()).collect();
    for path in paths {
        let (before, after) = (old.leaves.get(path), new.leaves.get(path));
        if is_within(&parts, path) || before.map(|leaf| &leaf.value) == after.map(|leaf| &leaf.value) {
            continue;
        }
        // If a mapping is empty on one side only, the entries on the other side are the changes.
        let empty = |leaf: Option<&Leaf>| leaf.is_some_and(|leaf| leaf.value.is_object());
        if (empty(before) && new.parts.contains(path)) || (empty(after) && old.parts.contains(path)) {
            continue;
        }
        match rows.row(path, false) {
            Some((row, label)) => found.changes.extend(value_change(row, &label, path, before, after)),
            None => found.others.push(display_path(path)),
        }
    }
    found.changes.sort_by(Change::order);
    found
}

/// Returns the change for an added or removed declaration.
pub(super) fn whole_change(whole: &PartRow, kind: Kind, flat: &Flat) -> Change {
    let (verb_and_label, turned) = match kind {
        Kind::Added | Kind::Changed => (&whole.added, ValueChange::Added),
        Kind::Removed => (&whole.removed, ValueChange::Removed),
    };
    Change {
        path: String::new(),
        kind,
        verb_and_label: verb_and_label.clone(),
        values: Values::Details(details(&whole.show, &Vec::new(), flat)),
        old: None,
        new: None,
        weaker: whole.weaker.contains(&turned),
        weight: whole.weight,
    }
}

/// Whether a path is at or below one of `parts`.
fn is_within(parts: &BTreeSet<Path>, path: &Path) -> bool {
    (0..=path.len()).any(|length| path.get(..length).is_some_and(|start| parts.contains(start)))
}

fn part_change(row: &Row, label: &str, kind: Kind, path: &Path, flat: &Flat) -> Change {
    let (verb, turned) = match kind {
        Kind::Added | Kind::Changed => (row.added.as_deref().unwrap_or("adds"), ValueChange::Added),
        Kind::Removed => (row.removed.as_deref().unwrap_or("removes"), ValueChange::Removed),
    };
    Change {
        path: display_path(path),
        kind,
        verb_and_label: format!("{verb} {label}"),
        values: Values::Details(details(row.show.as_deref().unwrap_or_default(), path, flat)),
        old: None,
        new: None,
        weaker: row.weaker.contains(&turned),
        weight: row.weight,
    }
}

/// Fills in the templates of a row. `within {slaHours} h` appears if the value exists, `{privileged:privileged}` if the value is true.
fn details(show: &[String], path: &Path, flat: &Flat) -> Vec<String> {
    let detail = |template: &String| {
        let (before, rest) = template.split_once('{')?;
        let (blank, after) = rest.split_once('}')?;
        let (key, text) = blank.split_once(':').map_or((blank, None), |(key, text)| (key, Some(text)));
        let mut full = path.clone();
        full.extend(key.split('.').map(|key| Segment::Key(key.to_owned())));
        let leaf = flat.leaves.get(&full)?;
        match text {
            Some(text) => (leaf.value == Value::Bool(true)).then(|| format!("{before}{text}{after}")),
            None => Some(format!("{before}{}{after}", display(leaf, ""))),
        }
    };
    show.iter().filter_map(detail).collect()
}

fn value_change(row: &Row, label: &str, path: &Path, old: Option<&Leaf>, new: Option<&Leaf>) -> Option<Change> {
    let show = |leaf: Option<&Leaf>| leaf.filter(|leaf| row.values && !leaf.hidden).map(|leaf| leaf.value.clone());
    let changes = value_changes(row, old, new);
    let (kind, verb_and_label, values) = match (old, new) {
        (None, Some(new)) => {
            let verb_and_label = format!("{} {label}", row.added.as_deref().unwrap_or("sets"));
            (Kind::Added, verb_and_label, Values::Single(display(new, &row.unit)))
        }
        (Some(old), None) => {
            let verb_and_label = format!("{} {label}", row.removed.as_deref().unwrap_or("drops"));
            (Kind::Removed, verb_and_label, Values::Single(display(old, &row.unit)))
        }
        (Some(old), Some(new)) => {
            let verb_and_label =
                row.changed.as_ref().map_or_else(|| label.to_owned(), |verb| format!("{verb} {label}"));
            let values = match (items(old), items(new)) {
                (Some(before), Some(after)) if !old.hidden && !new.hidden => {
                    Values::Single(list_changes(&before, &after))
                }
                _ => Values::OldAndNew(display(old, ""), display(new, &row.unit)),
            };
            let verb_and_label = if row.values { verb_and_label } else { format!("edits {label}") };
            (Kind::Changed, verb_and_label, values)
        }
        (None, None) => return None,
    };
    Some(Change {
        path: display_path(path),
        kind,
        verb_and_label,
        values: if row.values { values } else { Values::None },
        old: show(old),
        new: show(new),
        weaker: changes.iter().any(|turned| row.weaker.contains(turned)),
        weight: row.weight,
    })
}

/// Returns the items of a list.
fn items(leaf: &Leaf) -> Option<Vec<&Value>> {
    leaf.value.as_array().map(|items| items.iter().collect())
}

/// Returns the changes of a list, such as `+guests −partners`.
fn list_changes(old: &[&Value], new: &[&Value]) -> String {
    let side = |sign: &str, these: &[&Value], those: &[&Value]| -> Vec<String> {
        let only: Vec<&&Value> = these.iter().filter(|item| !those.contains(item)).collect();
        let more = only.len().saturating_sub(ITEM_LIMIT);
        let mut values: Vec<String> =
            only.iter().take(ITEM_LIMIT).map(|item| format!("{sign}{}", text(item, ""))).collect();
        values.extend((more > 0).then(|| format!("{sign}{more} more")));
        values
    };
    let values = [side("+", new, old), side("−", old, new)].concat();
    if values.is_empty() { "in another order".into() } else { values.join(" ") }
}

/// Returns the value as text, or dots for a secret.
fn display(leaf: &Leaf, unit: &str) -> String {
    if leaf.hidden { "••••".into() } else { text(&leaf.value, unit) }
}

fn text(value: &Value, unit: &str) -> String {
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    let cut = |text: &str| {
        let text = redact(text);
        match text.char_indices().nth(VALUE_LIMIT) {
            Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
            None => text.into_owned(),
        }
    };
    match value {
        Value::Null => "nothing".into(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::Number(number) => format!("{number}{unit}"),
        Value::String(text) => cut(text),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            format!("{} items", items.len())
        }
        Value::Array(items) => {
            let more = items.len().saturating_sub(ITEM_LIMIT);
            let mut values: Vec<String> = items.iter().take(ITEM_LIMIT).map(|item| text(item, "")).collect();
            values.extend((more > 0).then(|| format!("{more} more")));
            values.join(", ")
        }
        Value::Object(entries) if entries.is_empty() => "empty".into(),
        Value::Object(entries) => format!("{} keys", entries.len()),
    }
}

/// Returns all ways in which a value changed. A missing value counts as false if the other value is a boolean.
fn value_changes(row: &Row, old: Option<&Leaf>, new: Option<&Leaf>) -> Vec<ValueChange> {
    let no = Value::Bool(false);
    match (old.map(|leaf| &leaf.value), new.map(|leaf| &leaf.value)) {
        (None, Some(new @ Value::Bool(_))) => order_changes(row, &no, new),
        (Some(old @ Value::Bool(_)), None) => order_changes(row, old, &no),
        (None, Some(_)) => vec![ValueChange::Added],
        (Some(_), None) => vec![ValueChange::Removed],
        (Some(old), Some(new)) => [order_changes(row, old, new), vec![ValueChange::Changed]].concat(),
        (None, None) => Vec::new(),
    }
}

fn order_changes(row: &Row, old: &Value, new: &Value) -> Vec<ValueChange> {
    let place = |text: &str| row.order.iter().position(|known| known == text);
    let order = match (old, new) {
        (Value::Bool(old), Value::Bool(new)) => old.cmp(new),
        (Value::Number(old), Value::Number(new)) => old.as_f64().partial_cmp(&new.as_f64()).unwrap_or(Ordering::Equal),
        (Value::String(old), Value::String(new)) => match (place(old), place(new)) {
            (Some(old), Some(new)) => old.cmp(&new),
            _ if is_date(old) && is_date(new) => old.cmp(new),
            _ => Ordering::Equal,
        },
        // A list with one item may be written as the item itself.
        (Value::Array(_), _) | (_, Value::Array(_)) => {
            let items = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            let (old, new) = (items(old), items(new));
            let more = new.iter().any(|item| !old.contains(item)).then_some(ValueChange::Higher);
            let less = old.iter().any(|item| !new.contains(item)).then_some(ValueChange::Lower);
            return more.into_iter().chain(less).collect();
        }
        _ => Ordering::Equal,
    };
    match order {
        Ordering::Less => vec![ValueChange::Higher],
        Ordering::Greater => vec![ValueChange::Lower],
        Ordering::Equal => Vec::new(),
    }
}

/// Whether a text has the form `YYYY-MM-DD`. Such dates can be compared as text.
fn is_date(text: &str) -> bool {
    text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::table::Table, *};

    fn phrases(kind: &str, old: &Value, new: &Value) -> (Vec<String>, Vec<String>) {
        let table = Table::bundled().expect("the table can be read");
        let rows = table.kind(kind);
        let flat = |value: &Value| Flat::of_value(value, &|_| false);
        let found = compare(&flat(old), &flat(new), rows);
        let mark = |change: &Change| format!("{}{}", if change.weaker { "! " } else { "" }, change.phrase("→"));
        (found.changes.iter().map(mark).collect(), found.others)
    }

    #[test]
    fn a_removed_stage_is_one_change_with_its_values() {
        let old = json!({"spec": {"provisioning": {"mode": "scim"}, "lifecycle": {"deprovision": {"via": "scim", "owner": "it", "slaHours": 24}}}});
        let new = json!({"spec": {"provisioning": {"mode": "jit"}, "notes": "x"}});
        let (changes, others) = phrases("App", &old, &new);
        assert_eq!(changes, ["mode scim → jit", "! loses deprovision (it, via scim, within 24 h)"]);
        assert_eq!(others, ["spec.notes"]);
    }

    #[test]
    fn longer_deadlines_and_more_rights_are_weaker() {
        let stage = |hours: u32, covers: Value| json!({"spec": {"lifecycle": {"review": {"slaHours": hours, "covers": covers}}, "nonHuman": [{"name": "bot", "expires": format!("2027-01-{hours:02}"), "privileged": hours > 20}]}});
        let (strict, weak) = (stage(10, json!(["users", "admins"])), stage(24, json!(["users"])));
        let worse = [
            "! review within 10 → 24 h",
            "! sets credential bot privileged yes",
            "! review covers −admins",
            "! credential bot expires 2027-01-10 → 2027-01-24",
        ];
        let mut worse: Vec<String> = worse
            .iter()
            .map(|text| text.replace("sets credential bot privileged yes", "credential bot privileged no → yes"))
            .collect();
        let (mut changes, _) = phrases("App", &strict, &weak);
        worse.sort();
        changes.sort();
        assert_eq!(changes, worse);
        assert!(phrases("App", &weak, &strict).0.iter().all(|text| !text.starts_with('!')));
    }

    #[test]
    fn moved_items_and_filled_mappings_are_not_changes() {
        let old = json!({"spec": {"lifecycle": {}, "roles": [{"name": "a"}, {"name": "b", "max": 2}]}});
        let new = json!({"spec": {"lifecycle": {"update": {"owner": "t"}}, "roles": [{"name": "b", "max": 2}, {"name": "a"}]}});
        assert_eq!(phrases("App", &old, &new), (vec!["gains update (t)".to_owned()], vec![]));
    }

    #[test]
    fn hidden_values_are_not_shown() {
        let old = json!({"spec": {"reason": "a", "apps": ["x"]}});
        let new = json!({"spec": {"reason": "b", "apps": ["x", "y"]}});
        assert_eq!(phrases("Waiver", &old, &new).0, ["! apps +y", "edits reason"]);
    }
}
