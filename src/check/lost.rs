//! Names that a change takes away. With paths, a report is on these paths; but who takes a Team or System out of a file breaks the apps that name
//! it elsewhere. Which names a file has lost only its previous version can tell: the request brings the names that were declared there.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use rayon::prelude::*;

use super::{Gathered, Request, load_text};
use crate::{config::Config, model::Declaration};

/// The names of everything that these files declare.
pub(crate) fn declared(files: &[(Utf8PathBuf, String)], config: &Config) -> BTreeSet<String> {
    let loaded: Vec<_> = files.par_iter().map(|file| load_text(file, config)).collect();
    loaded.iter().flat_map(|loaded| loaded.declarations.iter().filter_map(name)).collect()
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
