//! Names that a change takes away. With paths, a report is on these paths; but who takes a Team or System out of a file breaks the apps that name
//! it elsewhere. Which names a file has lost only its previous version can tell: the request brings the names that were declared there.

use std::collections::BTreeSet;

use std::sync::Arc;

use super::{Gathered, Request, load};
use crate::{config::Config, model::Declaration, source::Texts};

/// The names of everything that these files declare.
pub(crate) fn declared(files: &Texts, config: &Config) -> BTreeSet<String> {
    let loaded = files.files().map(|file| load(Arc::clone(file), config, false));
    loaded.flat_map(|loaded| loaded.declarations.iter().filter_map(name).collect::<Vec<_>>()).collect()
}

/// Widens the report to what names a declaration that is gone.
pub(super) fn widen(request: &Request, gathered: &mut Gathered) {
    if request.before.is_empty() {
        return;
    }
    let now: BTreeSet<String> = gathered.catalogue.own().iter().filter_map(name).collect();
    gathered.focus.lose(request.before.difference(&now).cloned());
}

/// An alias is no name: no rule follows it.
fn name(declaration: &Declaration) -> Option<String> {
    Some(declaration.name.clone()).filter(|name| !name.is_empty())
}
