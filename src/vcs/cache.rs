//! Caches the answers of git in a run, because several options may name the same commit.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::{error::VcsError, tree::Tree};

/// The commits of a repository.
#[derive(Debug, Default)]
pub(super) struct Cache {
    /// The full ids by name.
    ids: Mutex<BTreeMap<String, String>>,
    /// The files by full id.
    trees: Mutex<BTreeMap<String, Arc<Tree>>>,
}

impl Cache {
    /// Returns the full id of a name.
    pub(super) fn id(
        &self,
        name: &str,
        resolve: impl FnOnce() -> Result<String, VcsError>,
    ) -> Result<String, VcsError> {
        get_or_insert(&self.ids, name, resolve)
    }

    /// Returns the files of a commit.
    pub(super) fn tree(
        &self,
        id: &str,
        list: impl FnOnce() -> Result<Arc<Tree>, VcsError>,
    ) -> Result<Arc<Tree>, VcsError> {
        get_or_insert(&self.trees, id, list)
    }
}

/// Returns the cached value, or finds and caches it. Errors are not cached.
fn get_or_insert<T: Clone>(
    known: &Mutex<BTreeMap<String, T>>,
    key: &str,
    find: impl FnOnce() -> Result<T, VcsError>,
) -> Result<T, VcsError> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.get(key) {
        return Ok(found.clone());
    }
    let found = find()?;
    known.insert(key.to_owned(), found.clone());
    Ok(found)
}
