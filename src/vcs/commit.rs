//! Commits. Files are read as raw blobs from git's object store, so that no attribute, filter or replacement changes their content.

use std::sync::Arc;

use camino::Utf8Path;

use super::{
    entry::{Entry, EntryKind, Listing},
    error::VcsError,
    name,
    repo::Repo,
    tree::Tree,
};
use crate::files::Workspace;

/// A commit of the catalogue's repository.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    repo: Repo,
    /// The name of the commit, as the user gave it.
    reference: String,
    /// The full id of the commit.
    id: String,
}

impl Commit {
    /// Resolves `reference` to a commit. `root` is the folder of the catalogue, or a file or folder in the catalogue, and must be in the working
    /// tree.
    pub(crate) fn of(repo: &Repo, reference: &str, root: &Utf8Path, files: &Workspace) -> Result<Self, VcsError> {
        let id = repo.cache.id(reference, || {
            repo.refuse_partial()?;
            name::resolve(&repo.git, reference)
        })?;
        let folder = if files.is_file(root) { root.parent().unwrap_or(root) } else { root };
        repo.existing_path_below_top(folder, files)?;
        Ok(Self { repo: repo.clone(), reference: reference.to_owned(), id })
    }

    /// The full id of the commit.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The name of the commit, as the user gave it.
    pub(crate) fn reference(&self) -> &str {
        &self.reference
    }

    /// Whether the commit contains a file of the working directory, even if the file no longer exists there.
    pub(crate) fn has(&self, path: &Utf8Path, files: &Workspace) -> bool {
        let Some(path) = self.repo.path_below_top(path, files) else { return false };
        self.repo.git.run_text(&["cat-file", "-e", &format!("{}:{path}", self.id)]).is_ok()
    }

    /// Returns the files of the commit. Git lists them once in a run.
    pub(crate) fn tree(&self) -> Result<Arc<Tree>, VcsError> {
        self.repo.cache.tree(&self.id, || self.listed())
    }

    fn listed(&self) -> Result<Arc<Tree>, VcsError> {
        let subject = format!("the files of `{}`", self.reference);
        let failed = |reason: String| VcsError::Failed { subject: subject.clone(), reason };
        let list = ["ls-tree", "-r", "-z", "--long", "--full-tree", &self.id];
        let list = self.repo.git.run(&list, None).map_err(failed)?;
        let entries =
            Entry::parse(&list, Listing::Commit).map_err(|refused| refused.error(&subject, &self.reference))?;
        // Git reports no size for an object that the clone lacks.
        let is_missing = |entry: &&Entry| entry.size.is_none() && entry.kind != EntryKind::Submodule;
        if let Some(entry) = entries.iter().find(is_missing) {
            return Err(failed(format!("`{}` is missing", entry.shown())));
        }
        Tree::new(&self.repo, &subject, entries).map(Arc::new)
    }
}
