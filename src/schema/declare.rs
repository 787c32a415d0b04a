//! From documents to declarations: which documents are leaver's, and what is wrong with the shape of those that are.

use std::sync::Arc;

use super::{Breach, DECLARATIONS};
use crate::{
    model::Declaration,
    source::{Document, Node, SourceFile, Span, Yaml, redact},
};

/// The envelope's version.
pub(crate) const API_VERSION: &str = "leaver/v1";

/// The kinds that a catalogue holds, as the schema lists them.
pub(crate) const KINDS: [&str; 4] = ["App", "Team", "System", "Waiver"];

/// What a document turned out to be.
pub enum Declared {
    /// Not leaver's: a Kubernetes manifest, a workflow, anything.
    Foreign,
    /// Meant for leaver, but its envelope is wrong.
    Envelope {
        /// Where.
        span: Span,
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
    },
    /// A declaration and the breaches of its shape; only without any is it judged by rules.
    Declaration(Box<Declaration>, Vec<Breach>),
}

/// Looks at one document.
pub fn declare(file: &Arc<SourceFile>, document: Document) -> Declared {
    let root = &document.root;
    let version = root.get("apiVersion");
    let kind = root.get("kind").and_then(Node::text);
    let ours = version.and_then(Node::text) == Some(API_VERSION);
    if !ours {
        let near = version.and_then(Node::text).is_some_and(|text| text.to_ascii_lowercase().starts_with("leaver"));
        let provisioning = root.get("spec").and_then(|spec| spec.get("provisioning")).is_some();
        // Other tools have teams and systems, too; without any version they can only be ours.
        let unversioned = version.is_none() && kind.is_some_and(|kind| KINDS.contains(&kind));
        let listed = match &root.value {
            Yaml::List(items) => items
                .iter()
                .any(|item| item.get("apiVersion").and_then(Node::text).is_some_and(|text| text.starts_with("leaver"))),
            _ => false,
        };
        if listed {
            let message = "a declaration stands in a list, where leaver does not read it".to_owned();
            let help = "write each declaration as a document of its own, between lines of `---`".to_owned();
            return Declared::Envelope { span: root.locate(&[]).span, message, help };
        }
        if !(near || provisioning || unversioned || kind == Some("App")) {
            return Declared::Foreign;
        }
        let message = match version {
            None => "this looks like a leaver declaration, but has no `apiVersion`".to_owned(),
            Some(_) => format!("this looks like a leaver declaration, but its `apiVersion` is not `{API_VERSION}`"),
        };
        let span = root.locate(&[crate::finding::Step::Key("apiVersion".into())]).span;
        let help = format!("write `apiVersion: {API_VERSION}`, or exclude the file in leaver.yaml");
        return Declared::Envelope { span, message, help };
    }
    let Some(kind) = kind.filter(|kind| KINDS.contains(kind)) else {
        let span = root.locate(&[crate::finding::Step::Key("kind".into())]).span;
        let near = kind.and_then(|kind| super::nearest(kind, KINDS));
        let help = near
            .map_or_else(|| format!("the kinds are {}", KINDS.join(", ")), |near| format!("did you mean `{near}`?"));
        let message = match kind {
            Some(kind) => {
                format!("`{}` is not a kind of declaration", redact(kind).chars().take(40).collect::<String>())
            }
            None => "the declaration has no `kind`".to_owned(),
        };
        return Declared::Envelope { span, message, help };
    };
    let breaches = DECLARATIONS.check(file.text(), root);
    let name = root.get("metadata").and_then(|metadata| metadata.get("name")).and_then(Node::text);
    let declaration = Declaration {
        kind: kind.to_owned(),
        name: name.unwrap_or_default().to_owned(),
        file: Arc::clone(file),
        document: document.index,
        well_formed: breaches.iter().all(|breach| breach.kind == super::BreachKind::AmbiguousScalar),
        root: Arc::new(document.root),
    };
    Declared::Declaration(Box::new(declaration), breaches)
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
