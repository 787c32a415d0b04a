//! Compares the submodules of two sides. A commit and the index have only the id of the commit of a submodule. The files of the submodule are
//! therefore read from the working tree.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;

use super::Submodule;
use crate::{files::Workspace, source::SubmoduleFault};

/// The source of the head. It determines whether the files of the head's submodules are known.
pub(crate) enum HeadSource<'a> {
    /// The working tree.
    Disk(&'a Workspace),
    /// A commit or the index.
    Git,
}

/// The result of comparing the submodules of a side with those of an earlier commit.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Compared {
    /// Submodules whose files cannot be compared.
    pub(crate) unread: Vec<(Utf8PathBuf, SubmoduleFault)>,
    /// Unchanged submodules. Their files in the working tree are also the files of the earlier commit.
    pub(crate) unchanged: Vec<Utf8PathBuf>,
}

/// Compares the submodules of a side with the submodules of an earlier commit.
pub(crate) fn compare_submodules(before: &[Submodule], after: &[Submodule], head: &HeadSource<'_>) -> Compared {
    let by_path = |all: &[Submodule]| -> BTreeMap<Utf8PathBuf, String> {
        all.iter().map(|submodule| (submodule.path.clone(), submodule.commit.clone())).collect()
    };
    let (before, after) = (by_path(before), by_path(after));
    let mut compared = Compared::default();
    for path in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let fault = match (before.get(path), after.get(path), head) {
            (Some(old), Some(new), HeadSource::Disk(_)) if old == new => {
                compared.unchanged.push(path.clone());
                continue;
            }
            // Neither side has the files of the submodule, so there is nothing to compare.
            (Some(old), Some(new), HeadSource::Git) if old == new => continue,
            (None, Some(_), HeadSource::Disk(files)) if is_checked_out(files, path) => continue,
            (None, Some(_), HeadSource::Disk(_)) => SubmoduleFault::New,
            _ => SubmoduleFault::Differs,
        };
        compared.unread.push((path.clone(), fault));
    }
    compared
}

fn is_checked_out(files: &Workspace, folder: &Utf8PathBuf) -> bool {
    files.entries(folder).is_ok_and(|entries| !entries.is_empty())
}
