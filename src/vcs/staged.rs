//! The staged files.

use std::sync::Arc;

use camino::Utf8Path;

use super::{error::VcsError, repo::Repo, tree::Tree};
use crate::files::Workspace;

impl Repo {
    /// Returns the files of the index. Fails if none of them is in the working directory.
    pub(crate) fn staged(&self, files: &Workspace) -> Result<Arc<Tree>, VcsError> {
        const SUBJECT: &str = "the index";
        let entries = self.index(Utf8Path::new(""), self.index.as_deref())?;
        if let Some(entry) = entries.iter().find(|entry| entry.is_unmerged) {
            return Err(VcsError::Unmerged(entry.shown().into()));
        }
        let tree = Arc::new(Tree::new(self, SUBJECT, entries)?);
        let here = files
            .canonical(files.working_directory())
            .map_err(|error| VcsError::WorkingDirectory(error.to_string()))?;
        if tree.workspace(files).is_folder(&here) { Ok(tree) } else { Err(VcsError::NothingStaged) }
    }
}
