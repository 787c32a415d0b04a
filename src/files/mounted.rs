//! Replaces a folder of the disk by other files.

use std::{io, sync::Arc};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::disk::Disk;
use crate::source::{Content, FileKind, Files, FolderEntry, resolve_with};

/// The name of git's own folder. This folder is read from the disk even if the rest of the working tree is replaced.
const GIT_FOLDER: &str = ".git";

/// The disk, with one folder replaced: a commit or the index replaces the working tree. All paths are paths of the working tree, so messages and
/// comparisons of paths do not depend on the source of the files.
#[derive(Debug, Clone)]
pub(crate) struct Mounted {
    /// The canonical path of the replaced folder.
    top: Utf8PathBuf,
    /// The files that replace the folder, by their paths below `top`. [`Mounted`] resolves links before it passes a path to `tree`.
    tree: Arc<dyn Files>,
    /// The folders below `top` that are not replaced. Their paths are relative to `top`.
    folders_of_disk: Vec<Utf8PathBuf>,
}

/// The place from which a path is read.
enum Location {
    /// A path below the replaced folder.
    Inside(Utf8PathBuf),
    /// A path on the disk.
    Outside(Utf8PathBuf),
}

impl Mounted {
    /// Replaces the folder `top`.
    pub(crate) fn new(top: &Utf8Path, tree: Arc<dyn Files>) -> Self {
        Self { top: top.to_owned(), tree, folders_of_disk: Vec::new() }
    }

    /// Reads some folders below `top` from the disk.
    #[must_use]
    pub(crate) fn with_folders_of_disk(self, folders: &[Utf8PathBuf]) -> Self {
        let inner = folders.iter().filter_map(|folder| folder.strip_prefix(&self.top).ok());
        Self { folders_of_disk: inner.map(Utf8Path::to_owned).collect(), ..self }
    }

    /// The location of a path. Links in the path of its folder must already be resolved.
    fn location(&self, path: &Utf8Path) -> Location {
        match path.strip_prefix(&self.top) {
            Ok(inner) if !inner.starts_with(GIT_FOLDER) && !self.is_of_disk(inner) => {
                Location::Inside(inner.to_owned())
            }
            _ => Location::Outside(path.to_owned()),
        }
    }

    fn is_of_disk(&self, inner: &Utf8Path) -> bool {
        self.folders_of_disk.iter().any(|folder| inner.starts_with(folder))
    }

    /// Resolves the links in a path. This function does not call [`Self::kind`], which would resolve every part of the path once more.
    fn resolve(&self, path: &Utf8Path) -> io::Result<Utf8PathBuf> {
        let kind = |path: &Utf8Path| match self.location(path) {
            Location::Inside(inner) => self.tree.kind(&inner),
            Location::Outside(path) => Disk.kind(&path),
        };
        let target = |link: &Utf8Path| match self.location(link) {
            Location::Inside(inner) => self.tree.target(&inner),
            Location::Outside(path) => Disk.target(&path),
        };
        resolve_with(&kind, &target, path)
    }

    /// The location of a path. Links on the way are resolved, but a link at the end is not.
    fn locate(&self, path: &Utf8Path) -> io::Result<Location> {
        // Most paths contain no link, so the tree has the file under the same path.
        if let Ok(inner) = path.strip_prefix(&self.top)
            && inner.components().all(|part| matches!(part, Utf8Component::Normal(_)))
            && let location @ Location::Inside(_) = self.location(path)
            && self.tree.kind(inner).is_ok()
        {
            return Ok(location);
        }
        match (path.parent(), path.file_name()) {
            (Some(folder), Some(name)) => Ok(self.location(&self.resolve(folder)?.join(name))),
            (None, None) => Ok(Location::Outside(path.to_owned())),
            _ => Ok(self.location(&self.resolve(path)?)),
        }
    }

    /// The location of a path with all links resolved.
    fn locate_target(&self, path: &Utf8Path) -> io::Result<Location> {
        let is_link = |files: &dyn Files, path: &Utf8Path| matches!(files.kind(path), Ok(FileKind::Link));
        match self.locate(path)? {
            Location::Inside(inner) if is_link(&*self.tree, &inner) => Ok(self.location(&self.resolve(path)?)),
            Location::Outside(outer) if is_link(&Disk, &outer) => Ok(self.location(&self.resolve(path)?)),
            location => Ok(location),
        }
    }
}

impl Files for Mounted {
    fn kind(&self, path: &Utf8Path) -> io::Result<FileKind> {
        match self.locate(path)? {
            Location::Inside(inner) => self.tree.kind(&inner),
            Location::Outside(path) => Disk.kind(&path),
        }
    }

    fn target(&self, link: &Utf8Path) -> io::Result<Utf8PathBuf> {
        match self.locate(link)? {
            Location::Inside(inner) => self.tree.target(&inner),
            Location::Outside(path) => Disk.target(&path),
        }
    }

    fn entries(&self, folder: &Utf8Path) -> io::Result<Vec<FolderEntry>> {
        match self.locate_target(folder)? {
            Location::Inside(inner) => self.tree.entries(&inner),
            Location::Outside(path) => Disk.entries(&path),
        }
    }

    fn content(&self, path: &Utf8Path, limit: usize) -> io::Result<Content> {
        match self.locate_target(path)? {
            Location::Inside(inner) => self.tree.content(&inner, limit),
            Location::Outside(path) => Disk.content(&path, limit),
        }
    }

    fn canonical(&self, path: &Utf8Path) -> io::Result<Utf8PathBuf> {
        self.resolve(path)
    }

    fn prefetch(&self, paths: &[Utf8PathBuf], limit: usize) {
        let inner: Vec<Utf8PathBuf> =
            paths.iter().filter_map(|path| path.strip_prefix(&self.top).ok().map(Utf8Path::to_owned)).collect();
        self.tree.prefetch(&inner, limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Texts;

    /// In an earlier version, the number of calls grew exponentially with the depth.
    #[test]
    fn a_deep_working_tree_costs_no_more_than_its_depth() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut top = Utf8PathBuf::from_path_buf(folder.path().canonicalize().expect("a folder")).expect("UTF-8");
        top.extend(std::iter::repeat_n("d", 50));
        std::fs::create_dir_all(&top).expect("made");
        let files =
            Mounted::new(&top, Arc::new(Texts::from_iter([(Utf8PathBuf::from("a.yaml"), "a: 1\n".to_owned())])));
        assert!(files.kind(&top.join("a.yaml")).is_ok());
        assert!(files.kind(&top.join(".gitignore")).is_err());
        assert!(files.entries(&top.join("no/such/folder")).is_err());
        assert!(files.canonical(&top.join("b.yaml")).is_err());
    }
}
