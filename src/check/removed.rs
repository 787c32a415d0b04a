//! Finds references to declarations that a change removes, such as apps that name a removed Team. A report on paths also shows these references. The
//! request lists the declarations that the paths had before the change.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use super::{Gathered, Request, load};
use crate::{config::Config, finding::Subject, model::Declaration, ruleset::Ruleset};

/// The declarations of these files, by kind and name.
pub(crate) fn declared(config: &Config, ruleset: &Ruleset, paths: &[Utf8PathBuf]) -> BTreeSet<Subject> {
    let limit = config.limits.file_bytes;
    config.files.prefetch(paths, limit);
    let read = |path: &Utf8PathBuf| Some(load(config.files.read_listed(path, limit).ok()?, config, ruleset, false));
    let loaded = paths.iter().filter_map(read);
    loaded.flat_map(|loaded| loaded.declarations.iter().filter_map(subject).collect::<Vec<_>>()).collect()
}

/// Makes the report include references to removed declarations.
pub(super) fn report_references_to_removed(request: &Request, gathered: &mut Gathered) {
    if request.declared_before.is_empty() {
        return;
    }
    // The comparison includes the kind, because an App does not replace a removed System of the same name.
    let now: BTreeSet<Subject> = gathered.catalogue.own().iter().filter_map(subject).collect();
    gathered.focus.add_removed_names(request.declared_before.difference(&now).map(|subject| subject.name.clone()));
}

/// The kind and name of a declaration. Aliases do not count, because rules accept only names as references.
fn subject(declaration: &Declaration) -> Option<Subject> {
    Some(declaration.subject()).filter(|subject| !subject.name.is_empty())
}
