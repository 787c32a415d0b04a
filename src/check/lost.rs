//! Declarations that a change removes. A report on paths also shows references to declarations that were removed from them, such as apps that
//! name a removed Team. The request contains what these paths declared before.

use std::collections::BTreeSet;

use std::sync::Arc;

use super::{Gathered, Request, load};
use crate::{config::Config, finding::Subject, model::Declaration, source::Texts};

/// The declarations of these files, by kind and name.
pub(crate) fn declared(files: &Texts, config: &Config) -> BTreeSet<Subject> {
    let loaded = files.files().map(|file| load(Arc::clone(file), config, false));
    loaded.flat_map(|loaded| loaded.declarations.iter().filter_map(subject).collect::<Vec<_>>()).collect()
}

/// Adds references to removed declarations to the report.
pub(super) fn add_references_to_lost(request: &Request, gathered: &mut Gathered) {
    if request.before.is_empty() {
        return;
    }
    // Kinds are compared too: an App of the same name does not replace a removed System.
    let now: BTreeSet<Subject> = gathered.catalogue.own().iter().filter_map(subject).collect();
    gathered.focus.add_removed_names(request.before.difference(&now).map(|subject| subject.name.clone()));
}

/// The kind and name of a declaration. Aliases do not count, because no rule follows them.
fn subject(declaration: &Declaration) -> Option<Subject> {
    Some(declaration.subject()).filter(|subject| !subject.name.is_empty())
}
