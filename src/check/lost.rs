//! Declarations that a change takes away. With paths, a report is on these paths; but who takes a Team or System out of a file breaks the apps that name
//! it elsewhere. Which declarations a file has lost only its previous version can tell: the request brings those that were there.

use std::collections::BTreeSet;

use std::sync::Arc;

use super::{Gathered, Request, load};
use crate::{config::Config, finding::Subject, model::Declaration, source::Texts};

/// Everything that these files declare, by kind and name.
pub(crate) fn declared(files: &Texts, config: &Config) -> BTreeSet<Subject> {
    let loaded = files.files().map(|file| load(Arc::clone(file), config, false));
    loaded.flat_map(|loaded| loaded.declarations.iter().filter_map(subject).collect::<Vec<_>>()).collect()
}

/// Widens the report to what names a declaration that is gone.
pub(super) fn widen(request: &Request, gathered: &mut Gathered) {
    if request.before.is_empty() {
        return;
    }
    // With the kind: an App of the same name does not stand in for a System that is gone.
    let now: BTreeSet<Subject> = gathered.catalogue.own().iter().filter_map(subject).collect();
    gathered.focus.lose(request.before.difference(&now).map(|subject| subject.name.clone()));
}

/// An alias is no name: no rule follows it.
fn subject(declaration: &Declaration) -> Option<Subject> {
    Some(declaration.subject()).filter(|subject| !subject.name.is_empty())
}
