//! All declarations of a run.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::extend::{base, extend};
use crate::{
    finding::Subject,
    source::{Node, Place, SourceFile, Span, identity},
};

/// One YAML document with `apiVersion: leaver/v1`.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// `App`, `Team`, `System`, `Waiver`, or what `leaver observe` writes: `Snapshot`, `Observation`.
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

/// The kind by which a finding relates to a built-in System itself, whatever the catalogue declares of it.
pub const BUILT_IN: &str = "built-in System";

/// Every declaration: the user's in file order, then the built-in systems.
#[derive(Debug, Default)]
pub struct Catalogue {
    declarations: Vec<Declaration>,
    own: usize,
    index: BTreeMap<(String, String), usize>,
    /// For each System of the user's that extends a built-in one, by name, that one.
    extends: BTreeMap<String, BTreeSet<usize>>,
}

impl Catalogue {
    /// Gathers declarations. A System of the user's extends the built-in one that it names, and stands before it in look-ups. Of two with
    /// the same kind and name the first one counts in look-ups; but one with a wrong shape, of which nothing is known, does not hide what is
    /// built in.
    pub fn new(own: Vec<Declaration>, builtin: Vec<Declaration>) -> Self {
        let count = own.len();
        let mut declarations: Vec<Declaration> = own.into_iter().chain(builtin).collect();
        let extends = extend_systems(&mut declarations, count);
        let mut index: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (at, declaration) in declarations.iter().enumerate() {
            let taken = index.entry((declaration.kind.clone(), declaration.name.clone())).or_insert(at);
            if at >= count && declarations.get(*taken).is_some_and(|other| !other.well_formed) {
                *taken = at;
            }
        }
        Self { declarations, own: count, index, extends }
    }

    /// The built-in Systems.
    pub fn builtin(&self) -> &[Declaration] {
        self.declarations.get(self.own..).unwrap_or_default()
    }

    /// The names of the user's Systems that extend built-in ones, with the names of those.
    pub fn extended(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.extends.iter().map(|(name, bases)| {
            (name.as_str(), bases.iter().filter_map(|at| self.get(*at)).map(|base| base.name.as_str()).collect())
        })
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

    /// By kind and name; [`BUILT_IN`] is the kind of a built-in System as it is built in.
    pub fn find(&self, subject: &Subject) -> Option<&Declaration> {
        if subject.kind == BUILT_IN {
            return self.builtin().iter().find(|declaration| declaration.name == subject.name);
        }
        self.index.get(&(subject.kind.clone(), subject.name.clone())).and_then(|at| self.get(*at))
    }

    /// The declarations that look-ups by name find, by kind and name.
    pub fn named(&self) -> impl Iterator<Item = &Declaration> {
        self.index.values().filter_map(|at| self.get(*at)).filter(|declaration| !declaration.name.is_empty())
    }
}

/// Replaces the value of each well-formed System by what it is together with the built-in one, and tells which that is.
fn extend_systems(declarations: &mut [Declaration], own: usize) -> BTreeMap<String, BTreeSet<usize>> {
    let mut extends: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let (own, builtin) = declarations.split_at_mut(own);
    let count = own.len();
    for system in own.iter_mut().filter(|declaration| declaration.kind == "System" && declaration.well_formed) {
        let roots = builtin.iter().enumerate().map(|(at, declaration)| (at, &*declaration.root));
        let Some((at, base)) = base(&system.root, roots).and_then(|at| Some((at, builtin.get(at)?))) else { continue };
        system.root = Arc::new(extend(&base.root, &system.root));
        extends.entry(system.name.clone()).or_default().insert(count + at);
    }
    extends
}
