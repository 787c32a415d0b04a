//! Finds apps that are signed, or declared by the trusted commit, but missing in the catalogue. Rules evaluate the last known declaration of each.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use camino::Utf8Path;
use serde_json::Value;

use super::{
    super::{folder::Artefact, manifest::AppContent},
    TrustedContent, VerifiedManifest,
};
use crate::{
    files::Workspace,
    model::{Catalogue, Declaration},
    source::{Entry, Node, SourceFile, Span, Yaml},
};

/// The kind of signed declarations.
pub(super) const APP: &str = "App";

/// The rank of a source, lowest first: a manifest that is not authentic (0, without a time), an authentic manifest in the trusted commit (0), a
/// declaration of the commit (1), an authentic manifest that only the change contains (2). The time of signing orders authentic manifests with the
/// same number.
type Rank = (u8, String);

/// Returns the last known declaration of each app that is no longer in the catalogue, sorted by name.
pub(super) fn removed_apps(
    read: &[VerifiedManifest<'_>],
    base: Option<&TrustedContent<'_>>,
    catalogue: &Catalogue,
    (files, root): (&Workspace, &Utf8Path),
) -> Vec<Declaration> {
    let apps = |all: &'_ [Declaration]| -> BTreeSet<String> {
        all.iter().filter(|declaration| declaration.kind == APP).map(|app| app.name.clone()).collect()
    };
    let declared = apps(catalogue.own());
    let (before, signed) = base.map_or((&[][..], &[][..]), |base| (base.declarations, base.signoffs));
    let signed: BTreeSet<&str> = signed.iter().map(|artefact| artefact.text.as_str()).collect();
    let mut all: Vec<(&str, Rank, LastKnown<'_>)> = Vec::new();
    for verified in read.iter().filter(|verified| !verified.withdrawn) {
        let rank = match (verified.is_authentic(), signed.contains(verified.artefact.text.as_str())) {
            (true, false) => (2, verified.manifest.signed_at.to_string()),
            (true, true) => (0, verified.manifest.signed_at.to_string()),
            (false, _) => (0, String::new()),
        };
        for (at, app) in verified.manifest.predicate.apps.iter().enumerate() {
            all.push((&app.name, rank.clone(), LastKnown::Signed(verified.artefact, at, app)));
        }
    }
    for app in before.iter().filter(|declaration| declaration.kind == APP) {
        all.push((&app.name, (1, String::new()), LastKnown::Declared(app)));
    }
    let mut last: BTreeMap<&str, (Rank, LastKnown<'_>)> = BTreeMap::new();
    for (name, rank, left) in all.into_iter().filter(|(name, ..)| !declared.contains(*name)) {
        if last.get(name).is_none_or(|(other, _)| *other < rank) {
            last.insert(name, (rank, left));
        }
    }
    last.into_values().map(|(_, left)| left.declaration(files, root)).collect()
}

/// The last known content of an app.
enum LastKnown<'a> {
    Signed(&'a Artefact, usize, &'a AppContent),
    Declared(&'a Declaration),
}

impl LastKnown<'_> {
    /// Converts the content to a declaration. The place of a declaration from a manifest is the subject of the app in the manifest.
    fn declaration(self, files: &Workspace, root: &Utf8Path) -> Declaration {
        let (artefact, at, app) = match self {
            Self::Declared(declaration) => return declaration.clone(),
            Self::Signed(artefact, at, app) => (artefact, at, app),
        };
        let text = &artefact.text;
        let subject = format!("\"app:{}\"", app.name);
        let span = text.find(&subject).map_or(Span::new(0, 0), |start| Span::new(start, start + subject.len()));
        Declaration {
            kind: APP.into(),
            name: app.name.clone(),
            file: Arc::new(SourceFile::new(files.show(&root.join(&artefact.name)), text.as_str())),
            document: at,
            well_formed: true,
            root: Arc::new(node(&app.declaration, span)),
            inherited: None,
        }
    }
}

/// Converts a value. All parts of the value get the same place.
fn node(value: &Value, span: Span) -> Node {
    let value = match value {
        Value::Null => Yaml::Null,
        Value::Bool(value) => Yaml::Bool(*value),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| Yaml::Float(number.as_f64().unwrap_or_default()), Yaml::Int)
        }
        Value::String(text) => Yaml::Text(text.as_str().into()),
        Value::Array(items) => Yaml::List(items.iter().map(|item| node(item, span)).collect()),
        Value::Object(fields) => {
            let entry =
                |(key, field): (&String, &Value)| Entry::new(key.as_str().into(), span, false, node(field, span));
            Yaml::Map(fields.iter().map(entry).collect())
        }
    };
    Node::new(span, value)
}
