//! Writes the files of a commit or of the index to a temporary folder. `git checkout-index` and `git archive` would apply the attributes of the
//! change.

use std::{collections::BTreeSet, fs, io};

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    commit::{Commit, Entry, EntryKind, read_blobs},
    error::VcsError,
    repo::Repo,
};
use crate::interrupt::TemporaryFolder;

/// Larger files get their size but no content, since leaver never reads files of that size.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A temporary folder with files, which is removed when dropped.
#[derive(Debug)]
pub(super) struct Layout {
    _folder: TemporaryFolder,
    pub(super) path: Utf8PathBuf,
}

impl Layout {
    /// Writes the entries. For those in `but`, only the parent folder is created.
    pub(super) fn write(
        repo: &Repo,
        subject: &str,
        entries: Vec<Entry>,
        but: &BTreeSet<Utf8PathBuf>,
    ) -> Result<Self, VcsError> {
        let failed = |error: io::Error| VcsError::Layout { subject: subject.to_owned(), reason: error.to_string() };
        let folder = TemporaryFolder::new().map_err(failed)?;
        // Canonical, because other paths are compared with it, and temporary folders are links on some systems.
        let path = Utf8Path::from_path(folder.path())
            .map_or_else(|| Err(io::Error::other("its name is not UTF-8")), Utf8Path::canonicalize_utf8)
            .map_err(failed)?;
        for entry in &entries {
            let folder = match entry.kind {
                EntryKind::Submodule => Some(entry.path.as_path()),
                EntryKind::File | EntryKind::Link => entry.path.parent(),
            };
            if let Some(folder) = folder {
                fs::create_dir_all(path.join(folder)).map_err(failed)?;
            }
        }
        let wanted =
            entries.into_iter().filter(|entry| entry.kind != EntryKind::Submodule && !but.contains(&entry.path));
        let (large, wanted): (Vec<Entry>, Vec<Entry>) =
            wanted.partition(|entry| entry.size.is_some_and(|size| size > LARGEST));
        for entry in large {
            let file = fs::File::create_new(path.join(&entry.path)).map_err(failed)?;
            file.set_len(entry.size.unwrap_or_default()).map_err(failed)?;
        }
        let mut links = Vec::new();
        read_blobs(repo, subject, &wanted, |entry, content| {
            let reason = |error: io::Error| error.to_string();
            if entry.kind == EntryKind::Link {
                let mut target = Vec::new();
                content.read_to_end(&mut target).map_err(reason)?;
                links.push((entry.path.clone(), target));
                return Ok(());
            }
            let mut file = fs::File::create_new(path.join(&entry.path)).map_err(reason)?;
            io::copy(content, &mut file).map(drop).map_err(reason)
        })?;
        // Links come last, so that nothing is written through one.
        for (name, target) in links {
            link(&target, &path.join(name)).map_err(failed)?;
        }
        Ok(Self { _folder: folder, path })
    }
}

#[cfg(unix)]
fn link(target: &[u8], path: &Utf8Path) -> io::Result<()> {
    use std::os::unix::ffi::OsStrExt;
    std::os::unix::fs::symlink(std::ffi::OsStr::from_bytes(target), path)
}

/// Writes a file that contains the target, as git does without `core.symlinks`.
#[cfg(not(unix))]
fn link(target: &[u8], path: &Utf8Path) -> io::Result<()> {
    fs::write(path, target)
}

/// The files of a commit in a temporary folder.
#[derive(Debug)]
pub(crate) struct Tree {
    layout: Layout,
    commit: Commit,
}

impl Tree {
    /// Lays out a commit, except the files in `but`.
    pub(crate) fn of(commit: Commit, but: &BTreeSet<Utf8PathBuf>) -> Result<Self, VcsError> {
        let layout = Layout::write(&commit.repo, commit.reference(), commit.entries()?, but)?;
        Ok(Self { layout, commit })
    }

    /// The commit.
    pub(crate) fn commit(&self) -> &Commit {
        &self.commit
    }

    /// The top of the working tree (not the temporary folder).
    pub(crate) fn top(&self) -> &Utf8Path {
        self.commit.repo.top()
    }

    /// The temporary folder: the top of the repository in that commit.
    pub(crate) fn folder(&self) -> &Utf8Path {
        &self.layout.path
    }

    /// The path of the catalogue in that commit; it need not exist.
    pub(crate) fn catalogue_path(&self) -> Utf8PathBuf {
        self.folder().join(self.commit.inner())
    }

    /// The nearest existing folder at or above the catalogue in that commit, since the change may add the catalogue's folder.
    pub(crate) fn nearest_folder(&self) -> Utf8PathBuf {
        let inner = self.catalogue_path();
        inner.ancestors().find(|folder| folder.is_dir()).unwrap_or(self.folder()).to_owned()
    }

    /// The path in the temporary folder of a file of the working directory, without following links. The file need not exist any more.
    pub(crate) fn path(&self, path: &Utf8Path) -> Option<Utf8PathBuf> {
        Some(self.folder().join(self.commit.repo.lexical_path(path)?))
    }
}
