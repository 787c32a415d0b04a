//! The staged files as a folder.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    commit::{Entry, EntryKind, is_safe},
    error::VcsError,
    git::Input,
    layout::Layout,
    repo::Repo,
};

/// The staged files in a temporary folder. It is the working directory until this value is dropped, so that every path means its staged file.
#[derive(Debug)]
pub(crate) struct Staged {
    layout: Layout,
    repo: Repo,
    back: std::path::PathBuf,
}

impl Staged {
    /// Writes the index to a temporary folder and enters it. Reads raw blobs, because attributes could change the content.
    pub(crate) fn enter(repo: &Repo) -> Result<Self, VcsError> {
        const SUBJECT: &str = "the index";
        let failed = |reason: String| VcsError::Failed { subject: SUBJECT.into(), reason };
        let unreadable = |error: std::io::Error| VcsError::WorkingDirectory(error.to_string());
        let input = Input { index: repo.index.as_deref(), ..Input::default() };
        let list = repo.git.run(&["ls-files", "--stage", "-z", "--full-name"], input).map_err(failed)?;
        let list = String::from_utf8_lossy(&list);
        let mut entries = Vec::new();
        for row in list.split_terminator('\0') {
            // `<mode> <object> <stage>`, a tab, the path (git-ls-files(1), `--stage`).
            let (facts, path) = row.split_once('\t').ok_or_else(|| failed("an unexpected list of files".into()))?;
            let facts: Vec<&str> = facts.split_whitespace().collect();
            let [mode, blob, stage] = facts.as_slice() else {
                return Err(failed("an unexpected list of files".into()));
            };
            if *stage != "0" {
                return Err(VcsError::Unmerged(path.into()));
            }
            if !is_safe(path.into()) {
                return Err(VcsError::UnsafePath { commit: SUBJECT.into(), path: path.into() });
            }
            let kind =
                EntryKind::of_mode(mode).ok_or_else(|| failed(format!("`{path}` has the unknown mode {mode}")))?;
            entries.push(Entry { kind, blob: (*blob).to_owned(), path: path.into(), size: None });
        }
        let layout = Layout::write(repo, SUBJECT, entries, &BTreeSet::new())?;
        let back = std::env::current_dir().map_err(unreadable)?;
        let here = repo.existing_path_below_top(Utf8Path::new("."))?;
        let here = Some(layout.path.join(here)).filter(|here| here.is_dir()).ok_or(VcsError::NothingStaged)?;
        std::env::set_current_dir(here).map_err(unreadable)?;
        Ok(Self { repo: repo.with_working_tree(layout.path.clone()), layout, back })
    }

    /// The repository with the staged files as its working tree.
    pub(crate) fn repo(&self) -> &Repo {
        &self.repo
    }

    /// The staged file for a path on the command line.
    pub(crate) fn path(&self, original: &Repo, path: &Utf8Path) -> Utf8PathBuf {
        let below = path.is_absolute().then(|| original.path_below_top(path)).flatten();
        below.map_or_else(|| path.to_owned(), |below| self.layout.path.join(below))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // Leave the folder first, because some systems cannot remove the working directory of a process.
        drop(std::env::set_current_dir(&self.back));
    }
}
