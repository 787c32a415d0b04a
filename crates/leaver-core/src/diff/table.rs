//! Reads `data/diff.yaml`, which lists the governance values of a declaration, their labels, and the changes that a reviewer must not overlook.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::flat::{Path, Segment};
use crate::{
    model::KINDS,
    source::{SourceFile, YamlLimits, parse},
};

const TABLE: &str = include_str!("../../data/diff.yaml");

/// The table: rows by kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// Version of the file.
    #[serde(rename = "version")]
    _version: u32,
    kinds: BTreeMap<String, KindRows>,
    #[serde(skip)]
    unknown: KindRows,
}

/// The rows of one kind of declaration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KindRows {
    /// The word for the kind in messages.
    pub(super) noun: String,
    /// Kinds with a higher rank come first.
    #[serde(default)]
    pub(super) rank: u8,
    /// How an added or removed declaration is described.
    #[serde(default)]
    pub(super) whole: Option<PartRow>,
    #[serde(default)]
    rows: Vec<Row>,
    /// Another kind, whose rows on `spec` also apply to this kind.
    #[serde(default)]
    like: Option<String>,
}

/// How an added or removed declaration is described.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartRow {
    pub(super) added: String,
    pub(super) removed: String,
    pub(super) weight: u8,
    #[serde(default)]
    pub(super) weaker: Vec<ValueChange>,
    pub(super) show: Vec<String>,
}

/// The ways a value can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ValueChange {
    Added,
    Removed,
    Changed,
    Lower,
    Higher,
}

/// A governance value, or a part of several values.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    path: Pattern,
    pub(super) label: String,
    #[serde(default)]
    pub(super) unit: String,
    pub(super) weight: u8,
    #[serde(default)]
    pub(super) weaker: Vec<ValueChange>,
    #[serde(default)]
    pub(super) order: Vec<String>,
    pub(super) show: Option<Vec<String>>,
    #[serde(default = "default_true")]
    pub(super) values: bool,
    pub(super) added: Option<String>,
    pub(super) removed: Option<String>,
    pub(super) changed: Option<String>,
}

const fn default_true() -> bool {
    true
}

/// A path with placeholders.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "String")]
struct Pattern(Vec<Placeholder>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Placeholder {
    Key(String),
    AnyKey,
    AnyItem,
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        let part = |part: &str| match (part, part.strip_suffix("[]")) {
            ("*", _) => vec![Placeholder::AnyKey],
            (_, Some(list)) => vec![Placeholder::Key(list.to_owned()), Placeholder::AnyItem],
            (key, None) => vec![Placeholder::Key(key.to_owned())],
        };
        Self(text.split('.').flat_map(part).collect())
    }
}

impl Pattern {
    /// Returns the values of the placeholders, if the path matches.
    fn match_path<'p>(&self, path: &'p [Segment]) -> Option<Vec<&'p str>> {
        if self.0.len() != path.len() {
            return None;
        }
        let mut placeholders = Vec::new();
        for (placeholder, part) in self.0.iter().zip(path) {
            match (placeholder, part) {
                (Placeholder::Key(want), Segment::Key(key)) if want == key => {}
                (Placeholder::AnyKey, Segment::Key(name)) | (Placeholder::AnyItem, Segment::Item(name)) => {
                    placeholders.push(name.as_str());
                }
                _ => return None,
            }
        }
        Some(placeholders)
    }
}

impl Row {
    /// Returns the label of a matching path.
    fn label(&self, path: &Path) -> Option<String> {
        let placeholders = self.path.match_path(path)?;
        let fill =
            |text: String, (at, placeholder): (usize, &&str)| text.replace(&format!("{{{}}}", at + 1), placeholder);
        Some(placeholders.iter().enumerate().fold(self.label.clone(), fill))
    }
}

impl KindRows {
    /// Returns the rows of a kind that is not in the table: additions and removals are shown, and changes are only counted.
    fn without_rows(kind: &str) -> Self {
        let noun = kind.to_lowercase();
        let (added, removed) = (format!("new {noun}"), format!("{noun} removed"));
        let whole = PartRow { added, removed, weight: 5, weaker: Vec::new(), show: Vec::new() };
        Self { noun, whole: Some(whole), ..Self::default() }
    }

    /// Returns the row and label of a value, or, with `whole`, of a part that is added or removed as a whole.
    pub(super) fn row(&self, path: &Path, whole: bool) -> Option<(&Row, String)> {
        let mut rows = self.rows.iter().filter(|row| row.show.is_some() == whole);
        rows.find_map(|row| row.label(path).map(|label| (row, label)))
    }
}

impl Table {
    /// Returns the bundled table, or `None` if the table is broken, which a test excludes.
    pub(super) fn bundled() -> Option<Self> {
        let file = SourceFile::new("built-in/diff.yaml", TABLE);
        let document = parse(&file, &YamlLimits::default()).documents.into_iter().next()?;
        let mut table: Self = serde_json::from_value(Value::from(&document.root)).ok()?;
        let borrowed: Vec<(String, Vec<Row>)> = table
            .kinds
            .iter()
            .filter_map(|(kind, rows)| Some((kind.clone(), table.kinds.get(rows.like.as_ref()?)?.rows.clone())))
            .collect();
        for (kind, rows) in borrowed {
            let of_spec = rows.into_iter().filter(|row| row.path.0.first() == Some(&Placeholder::Key("spec".into())));
            if let Some(kind) = table.kinds.get_mut(&kind) {
                kind.rows.extend(of_spec);
            }
        }
        for kind in KINDS {
            table.kinds.entry(kind.to_owned()).or_insert_with(|| KindRows::without_rows(kind));
        }
        Some(table)
    }

    /// Returns the rows of a kind. An unknown kind has no rows, so its changes are only counted.
    pub(super) fn kind(&self, kind: &str) -> &KindRows {
        self.kinds.get(kind).unwrap_or(&self.unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the schemas at all paths that match `placeholders`, starting at the schema `from`.
    fn schemas_at<'s>(all: &'s Value, from: &'s Value, placeholders: &[Placeholder]) -> Vec<&'s Value> {
        let from = match from.get("$ref").and_then(Value::as_str) {
            // Skip the copies for editors, which have the same keys as the originals.
            Some(target) => {
                let target = target.trim_start_matches('#').replace("/orNull/$defs", "");
                all.pointer(&target).expect("the target of the reference exists")
            }
            None => from,
        };
        let Some((placeholder, rest)) = placeholders.split_first() else { return vec![from] };
        let branches = [from.get("then"), from.get("else")].into_iter().flatten();
        let branches: Vec<&Value> = branches.flat_map(|branch| schemas_at(all, branch, placeholders)).collect();
        let properties = from.get("properties").and_then(Value::as_object);
        let next: Vec<&Value> = match placeholder {
            Placeholder::Key(key) => properties.and_then(|all| all.get(key)).into_iter().collect(),
            Placeholder::AnyKey => {
                let any = from.get("additionalProperties").filter(|schema| schema.is_object());
                properties.into_iter().flat_map(|all| all.values()).chain(any).collect()
            }
            Placeholder::AnyItem => from.get("items").into_iter().collect(),
        };
        next.into_iter().flat_map(|next| schemas_at(all, next, rest)).chain(branches).collect()
    }

    #[test]
    fn every_row_leads_to_a_key_of_the_schema() {
        let table = Table::bundled().expect("the table can be read");
        let schema = crate::declaration_schema();
        // The table has all kinds of declarations and, in addition, `Config` and `File`.
        assert_eq!(table.kinds.len(), KINDS.len() + 2);
        for kind in KINDS {
            let top = schema.pointer(&format!("/$defs/{kind}")).expect("a kind");
            let kind = table.kinds.get(kind).expect("every kind has rows");
            for row in &kind.rows {
                assert!(!schemas_at(&schema, top, &row.path.0).is_empty(), "{row:?}");
                assert!((1..=9).contains(&row.weight), "{row:?}");
                let placeholders =
                    row.path.0.iter().filter(|placeholder| !matches!(placeholder, Placeholder::Key(_))).count();
                assert!(!row.label.contains(&format!("{{{}}}", placeholders + 1)), "{row:?}");
            }
            let shown = kind.whole.iter().flat_map(|whole| &whole.show);
            for path in shown.map(|text| text.split(['{', '}']).nth(1).expect("a placeholder")) {
                assert!(!schemas_at(&schema, top, &Pattern::from(path.to_owned()).0).is_empty(), "{path}");
            }
        }
    }

    #[test]
    fn values_with_an_order_are_those_of_the_schema() {
        let table = Table::bundled().expect("the table can be read");
        let schema = crate::declaration_schema();
        for kind in KINDS {
            let top = schema.pointer(&format!("/$defs/{kind}")).expect("a kind");
            for row in &table.kinds.get(kind).expect("rows").rows {
                let ends = schemas_at(&schema, top, &row.path.0);
                let known = |value: &String| {
                    ends.iter()
                        .any(|end| end["enum"].as_array().is_some_and(|all| all.contains(&Value::from(value.as_str()))))
                };
                assert!(row.order.iter().all(known), "{row:?}");
            }
        }
    }
}
