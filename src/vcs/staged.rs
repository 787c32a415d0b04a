//! The staged files.

use std::sync::Arc;

use super::{
    entry::{Entry, Refused},
    error::VcsError,
    repo::Repo,
    tree::Tree,
};
use crate::files::Workspace;

impl Repo {
    /// The files of the index. Fails if none of them is in the working directory.
    pub(crate) fn staged(&self, files: &Workspace) -> Result<Arc<Tree>, VcsError> {
        const SUBJECT: &str = "the index";
        let failed = |reason: String| VcsError::Failed { subject: SUBJECT.into(), reason };
        let list =
            self.git.run(&["ls-files", "--stage", "-z", "--full-name"], self.index.as_deref()).map_err(failed)?;
        // `<mode> <object> <stage>` (git-ls-files(1), `--stage`).
        let facts = |facts: &[&str], path: &str| match facts {
            [mode, blob, "0"] => Ok(Some(((*mode).to_owned(), (*blob).to_owned(), None))),
            [_, _, _] => Err(VcsError::Unmerged(path.into())),
            _ => Ok(None),
        };
        let entries = Entry::parse(&list, facts, |refused| match refused {
            Refused::Unexpected(reason) => failed(reason),
            Refused::Unsafe(path) => VcsError::UnsafePath { commit: SUBJECT.into(), path },
        })?;
        let tree = Arc::new(Tree::new(self, SUBJECT, entries)?);
        let here = files.canonical(files.here()).map_err(|error| VcsError::WorkingDirectory(error.to_string()))?;
        if tree.workspace(files).is_folder(&here) { Ok(tree) } else { Err(VcsError::NothingStaged) }
    }
}
