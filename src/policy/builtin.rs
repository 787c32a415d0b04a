//! What leaver carries inside itself: the bundled rules, the known systems and vendors.

use include_dir::{Dir, include_dir};
use serde_json::Value;

use crate::source::{Document, SourceFile, YamlLimits, parse};

pub(super) static POLICIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/policies");

/// The text of `data/systems.yaml`.
pub(crate) const SYSTEMS: &str = include_str!("../../data/systems.yaml");
const VENDORS: &str = include_str!("../../data/vendors.yaml");

/// The built-in `System` declarations.
pub fn builtin_systems() -> (SourceFile, Vec<Document>) {
    let file = SourceFile::new("built-in/systems.yaml", SYSTEMS);
    let documents = parse(&file, &YamlLimits::default()).documents;
    (file, documents)
}

/// What is known about vendors, by key.
pub fn builtin_vendors() -> Value {
    let file = SourceFile::new("built-in/vendors.yaml", VENDORS);
    let limits = YamlLimits { nodes: 1_000_000, ..YamlLimits::default() };
    let document = parse(&file, &limits).documents.into_iter().next();
    document.and_then(|document| document.root.get("vendors").map(Value::from)).unwrap_or_default()
}
