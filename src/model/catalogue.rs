//! All declarations of a run.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    finding::Subject,
    source::{Node, Place, SourceFile, Span, identity},
};

/// One YAML document with `apiVersion: leaver/v1`.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// `App`, `Team`, `System` or `Waiver`.
    pub kind: String,
    /// `metadata.name`; empty where it is missing.
    pub name: String,
    /// The file it stands in.
    pub file: Arc<SourceFile>,
    /// Which document of the file, from 0.
    pub document: usize,
    /// Whether its shape holds, so that rules can judge it.
    pub well_formed: bool,
    /// The value with its spans. Of one catalogue at two times what did not change is one.
    pub root: Arc<Node>,
}

impl Declaration {
    /// Kind and name.
    pub fn subject(&self) -> Subject {
        Subject { kind: self.kind.clone(), name: self.name.clone() }
    }

    /// Which thing it is about, beside its name: vendor, tier and the like. Another one by the same name has another identity.
    pub fn identity(&self) -> String {
        identity(&self.kind, &self.name, &self.root)
    }

    /// A span of its file as a place.
    pub fn place(&self, span: Span) -> Place {
        Place { file: Arc::clone(&self.file), span }
    }
}

/// Every declaration: the user's in file order, then the built-in systems.
#[derive(Debug, Default)]
pub struct Catalogue {
    declarations: Vec<Declaration>,
    own: usize,
    index: BTreeMap<(String, String), usize>,
}

impl Catalogue {
    /// Gathers declarations. Of two with the same kind and name the first one counts in look-ups; a user's own comes before a
    /// built-in one, and so overrides it.
    pub fn new(own: Vec<Declaration>, builtin: Vec<Declaration>) -> Self {
        let count = own.len();
        let declarations: Vec<Declaration> = own.into_iter().chain(builtin).collect();
        let mut index = BTreeMap::new();
        for (at, declaration) in declarations.iter().enumerate() {
            index.entry((declaration.kind.clone(), declaration.name.clone())).or_insert(at);
        }
        Self { declarations, own: count, index }
    }

    /// The user's own declarations.
    pub fn own(&self) -> &[Declaration] {
        self.declarations.get(..self.own).unwrap_or_default()
    }

    /// The user's well-formed waivers.
    pub fn waivers(&self) -> impl Iterator<Item = &Declaration> {
        self.own().iter().filter(|declaration| declaration.kind == "Waiver" && declaration.well_formed)
    }

    /// By position, built-in ones after the user's.
    pub fn get(&self, index: usize) -> Option<&Declaration> {
        self.declarations.get(index)
    }

    /// By kind and name.
    pub fn find(&self, subject: &Subject) -> Option<&Declaration> {
        self.index.get(&(subject.kind.clone(), subject.name.clone())).and_then(|at| self.get(*at))
    }

    /// The declarations that look-ups by name find, by kind and name.
    pub fn named(&self) -> impl Iterator<Item = &Declaration> {
        self.index.values().filter_map(|at| self.get(*at)).filter(|declaration| !declaration.name.is_empty())
    }
}
