//! Converts documents to declarations: decides which documents are leaver's, and reports where such a document does not fit the schema.

use std::sync::Arc;

use super::{Breach, BreachKind, DECLARATIONS, spelling, stray};
use crate::{
    model::{Declaration, KINDS, PATTERN},
    source::{Document, Node, SourceFile, Yaml, redact},
};

/// The `apiVersion` of declarations.
pub(crate) const API_VERSION: &str = "leaver/v1";

/// The kinds that `leaver observe` writes. leaver recognises them only in a valid envelope, because other tools have kinds with these names.
pub(crate) const OBSERVED: [&str; 2] = ["Snapshot", "Observation"];

/// The classification of a document.
pub enum Declared {
    /// A document of another tool, such as a Kubernetes manifest or a workflow.
    Foreign,
    /// A list or scalar in which nothing was meant for leaver. It is an error, unless the file belongs to another tool.
    Bare(Breach),
    /// A document that was meant for leaver, but has an invalid envelope, or contains a declaration in a position where leaver does not read it.
    Envelope(Vec<Breach>),
    /// A declaration, and its errors. Rules evaluate the declaration if its shape is valid (`well_formed`), even if it has other errors, such as
    /// confusable characters.
    Declaration(Box<Declaration>, Vec<Breach>),
}

/// Classifies one document.
pub fn declare(file: &Arc<SourceFile>, document: Document) -> Declared {
    let root = &document.root;
    if root.get("apiVersion").and_then(Node::text) != Some(API_VERSION) {
        if !root.entries().is_empty() && stray::is_meant(root, true) {
            let mut breaches = vec![stray::envelope(root, API_VERSION)];
            breaches.append(&mut spelling::breaches(root));
            return Declared::Envelope(breaches);
        }
        let inside = stray::nested(root, false);
        return match stray::bare_value(root) {
            _ if !inside.is_empty() => Declared::Envelope(inside),
            Some(breach) => Declared::Bare(breach),
            None => Declared::Foreign,
        };
    }
    let kind = root.get("kind").and_then(Node::text);
    let Some(kind) = kind.filter(|kind| KINDS.contains(kind)) else {
        let near = kind.and_then(|kind| super::nearest(kind, KINDS));
        let misspelt = stray::find_intended(root, "kind").map(|(key, _)| key).filter(|_| root.get("kind").is_none());
        let help = match (near, misspelt) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(key)) => format!("write `kind`, not `{}`", redact(key).chars().take(40).collect::<String>()),
            (None, None) => format!("the kinds are {}", KINDS.join(", ")),
        };
        let message = match kind {
            Some(kind) => {
                format!("`{}` is not a kind of declaration", redact(kind).chars().take(40).collect::<String>())
            }
            None => "the declaration has no `kind`".to_owned(),
        };
        let span = root.locate(&[crate::finding::Step::Key("kind".into())]).span;
        let breach =
            Breach { kind: BreachKind::Envelope, span, path: Vec::new(), message, help: Some(help), form: None };
        let mut breaches = spelling::breaches(root);
        breaches.insert(0, breach);
        return Declared::Envelope(breaches);
    };
    let mut breaches = if is_partial(kind, root) {
        DECLARATIONS.check_partial(file.text(), root)
    } else {
        DECLARATIONS.check(file.text(), root)
    };
    let well_formed = breaches.iter().all(|breach| breach.kind == BreachKind::AmbiguousScalar);
    let mut odd = spelling::breaches(root);
    if OBSERVED.contains(&kind) {
        // A label comes from another system. It does not identify the declaration, so any character is allowed.
        let label = ["spec", "label"].map(|key| crate::finding::Step::Key(key.into()));
        odd.retain(|breach| breach.path != label);
    }
    breaches.append(&mut odd);
    breaches.append(&mut stray::nested(root, true));
    let name = root.get("metadata").and_then(|metadata| metadata.get("name")).and_then(Node::text);
    let declaration = Declaration {
        kind: kind.to_owned(),
        name: name.unwrap_or_default().to_owned(),
        file: Arc::clone(file),
        document: document.index,
        well_formed,
        root: Arc::new(document.root),
        inherited: None,
    };
    Declared::Declaration(Box::new(declaration), breaches)
}

/// Whether a declaration may omit required keys that a pattern states, and remove keys of the pattern with `null`.
fn is_partial(kind: &str, root: &Node) -> bool {
    let spec = || root.get("spec");
    let inherits = || spec().and_then(|spec| spec.get("pattern")?.text()).is_some();
    let divided = || {
        let populations = spec().and_then(|spec| spec.get("populations")).map(Node::value);
        matches!(populations, Some(Yaml::List(items)) if items.iter().any(|item| matches!(item.value(), Yaml::Map(_))))
    };
    kind == PATTERN || (kind == "App" && (inherits() || divided()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_are_those_of_the_schema() {
        let schema: serde_json::Value = serde_json::from_str(DECLARATIONS.text()).expect("JSON");
        assert_eq!(schema["properties"]["kind"]["enum"], serde_json::json!(KINDS));
    }
}
