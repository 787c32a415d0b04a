//! `data/signoff.yaml`: the parts of referenced declarations that a sign-off covers, and the content of the review pack.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;
use serde_json::Value;

use super::material::Materiality;
use crate::source::{SourceFile, YamlLimits, parse};

const TABLE: &str = include_str!("../../data/signoff.yaml");

/// The table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    #[serde(rename = "version")]
    _version: u32,
    /// For each kind, the part of a declaration that a sign-off covers if the app names the declaration.
    pub covers: BTreeMap<String, Materiality>,
    /// The content of the review pack.
    pub pack: Pack,
}

/// The parts of the review pack, in order.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Single values.
    pub facts: Vec<Line>,
    /// Keys of `spec.lifecycle`.
    pub stages: Vec<Line>,
    /// Lists of mappings.
    pub lists: Vec<Line>,
}

/// A value and its label.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The label.
    pub label: String,
    /// The path, with dots.
    pub path: String,
}

impl Line {
    /// Returns the value in a declaration.
    pub fn of<'a>(&self, declaration: &'a Value) -> Option<&'a Value> {
        self.path.split('.').try_fold(declaration, |value, key| value.get(key))
    }
}

/// Returns the bundled table. A unit test reads it, so that a release always has a valid table.
pub fn table() -> &'static Table {
    static TABLES: OnceLock<Table> = OnceLock::new();
    TABLES.get_or_init(|| read().unwrap_or_default())
}

fn read() -> Result<Table, String> {
    let file = SourceFile::new("built-in/signoff.yaml", TABLE);
    let parsed = parse(&file, &YamlLimits::default());
    let document = parsed.documents.first().ok_or("no document")?;
    serde_json::from_value(Value::from(&document.root)).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::KINDS;

    #[test]
    fn the_bundled_table_is_valid() {
        let table = read().expect("a table");
        assert!(table.covers.keys().all(|kind| KINDS.contains(&kind.as_str())));
        assert!(!table.pack.facts.is_empty() && !table.pack.stages.is_empty() && !table.pack.lists.is_empty());
    }
}
