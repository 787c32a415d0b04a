//! The files of a commit or of the index, by their paths in the repository. Git lists the files once; their content is read when it is needed. `git
//! checkout-index` and `git archive` are not used, because they would apply the attributes of the change.

use std::{
    collections::{BTreeMap, btree_map::Entry as Slot},
    io,
    sync::Arc,
};

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    blobs::Blobs,
    entry::{Entry, EntryKind},
    error::VcsError,
    repo::{Repo, Submodule, Tracked},
};
use crate::{
    files::{Mounted, Workspace},
    source::{Content, FileKind, Files, FolderEntry, not_a_folder, not_found},
};

/// Maximum length of a link's target in bytes. No system allows longer targets.
const TARGET_BYTES: usize = 64 * 1024;

#[derive(Debug)]
enum Node {
    Folder(Vec<Child>),
    File {
        blob: String,
        size: Option<u64>,
    },
    Link {
        blob: String,
    },
    /// The folder of a submodule, without its files.
    Submodule {
        commit: String,
    },
}

#[derive(Debug)]
struct Child {
    /// The name as git has it.
    bytes: Vec<u8>,
    entry: FolderEntry,
}

/// The files of a commit or of the index.
#[derive(Debug)]
pub(crate) struct Tree {
    top: Utf8PathBuf,
    nodes: BTreeMap<Utf8PathBuf, Node>,
    /// Files with names that are not UTF-8. The invalid bytes are U+FFFD here.
    unnamed: Vec<Utf8PathBuf>,
    blobs: Blobs,
}

impl Tree {
    /// Builds the folders from a list of entries. `subject` names the commit or the index in messages.
    pub(super) fn new(repo: &Repo, subject: &str, entries: Vec<Entry>) -> Result<Self, VcsError> {
        let nodes = BTreeMap::from([(Utf8PathBuf::new(), Node::Folder(Vec::new()))]);
        let blobs = Blobs::new(repo.git.clone(), subject.to_owned());
        let mut tree = Self { top: repo.top().to_owned(), nodes, unnamed: Vec::new(), blobs };
        for entry in entries {
            let path = entry.shown();
            tree.insert(&entry).map_err(|()| VcsError::UnsafePath { commit: subject.to_owned(), path })?;
        }
        for node in tree.nodes.values_mut() {
            if let Node::Folder(children) = node {
                children.sort_by(|left, right| left.bytes.cmp(&right.bytes));
            }
        }
        Ok(tree)
    }

    /// Adds an entry. Fails if two entries have the same path and one is not a folder, because the content would then depend on the order.
    fn insert(&mut self, entry: &Entry) -> Result<(), ()> {
        let mut folder = Utf8PathBuf::new();
        let shown = entry.shown();
        let mut parts = entry.path.split(|byte| *byte == b'/').peekable();
        while let Some(part) = parts.next() {
            let is_last = parts.peek().is_none();
            let (kind, node) = if is_last {
                match entry.kind {
                    EntryKind::File => (FileKind::File, Node::File { blob: entry.object.clone(), size: entry.size }),
                    EntryKind::Link => (FileKind::Link, Node::Link { blob: entry.object.clone() }),
                    EntryKind::Submodule => (FileKind::Folder, Node::Submodule { commit: entry.object.clone() }),
                }
            } else {
                (FileKind::Folder, Node::Folder(Vec::new()))
            };
            let (name, is_utf8) = match std::str::from_utf8(part) {
                Ok(name) => (name.to_owned(), true),
                Err(_) => (String::from_utf8_lossy(part).into_owned(), false),
            };
            let child = Child { bytes: part.to_owned(), entry: FolderEntry { name, is_utf8, kind } };
            let path = folder.join(&child.entry.name);
            if !is_utf8 {
                // No UTF-8 path leads to the file, so add it only to the entries of its folder.
                let Some(Node::Folder(children)) = self.nodes.get_mut(&folder) else { return Err(()) };
                if !children.iter().any(|other| other.bytes == child.bytes) {
                    children.push(child);
                }
                self.unnamed.push(shown.into());
                return Ok(());
            }
            match self.nodes.entry(path.clone()) {
                Slot::Occupied(slot) if is_last || !matches!(slot.get(), Node::Folder(_)) => return Err(()),
                Slot::Occupied(_) => {}
                Slot::Vacant(slot) => {
                    slot.insert(node);
                    let Some(Node::Folder(children)) = self.nodes.get_mut(&folder) else { return Err(()) };
                    children.push(child);
                }
            }
            folder = path;
        }
        Ok(())
    }

    /// Returns a workspace with these files instead of those of the working tree.
    pub(crate) fn workspace(self: &Arc<Self>, files: &Workspace) -> Workspace {
        self.workspace_with_folders_of_disk(files, &[])
    }

    /// Like [`Self::workspace`], except that some folders come from the working tree.
    pub(crate) fn workspace_with_folders_of_disk(
        self: &Arc<Self>,
        files: &Workspace,
        folders: &[Utf8PathBuf],
    ) -> Workspace {
        files.with_files(Arc::new(Mounted::new(&self.top, Arc::<Self>::clone(self)).with_folders_of_disk(folders)))
    }

    /// Returns everything below a folder, which is given by its path in the working tree. The list `absent` stays empty.
    pub(crate) fn tracked(&self, folder: &Utf8Path) -> Tracked {
        let mut tracked = Tracked::default();
        for (path, node) in &self.nodes {
            let path = self.top.join(path);
            match node {
                _ if !path.starts_with(folder) => {}
                Node::Folder(_) => {}
                Node::File { .. } | Node::Link { .. } => tracked.files.push(path),
                Node::Submodule { commit } => tracked.submodules.push(Submodule { path, commit: commit.clone() }),
            }
        }
        let unnamed = self.unnamed.iter().map(|path| self.top.join(path));
        tracked.files.extend(unnamed.filter(|path| path.starts_with(folder)));
        tracked.files.sort();
        tracked.submodules.sort();
        tracked
    }

    /// Returns all files and links: the path in the working tree, and the id of the content.
    pub(super) fn blobs(&self) -> impl Iterator<Item = (Utf8PathBuf, &str)> {
        self.nodes.iter().filter_map(|(path, node)| match node {
            Node::File { blob, .. } | Node::Link { blob } => Some((self.top.join(path), blob.as_str())),
            Node::Folder(_) | Node::Submodule { .. } => None,
        })
    }

    /// Returns the id of the commit of a submodule. `folder` is the folder of the submodule in the working tree.
    pub(crate) fn submodule(&self, folder: &Utf8Path) -> Option<&str> {
        match self.nodes.get(folder.strip_prefix(&self.top).ok()?)? {
            Node::Submodule { commit } => Some(commit),
            Node::Folder(_) | Node::File { .. } | Node::Link { .. } => None,
        }
    }

    /// Returns the first error of git. A file that git could not read looks like a missing file, so a caller for which missing files matter must
    /// check for this error.
    pub(crate) fn failure(&self) -> Option<VcsError> {
        self.blobs.failure()
    }

    fn node(&self, path: &Utf8Path) -> io::Result<&Node> {
        if let Some(node) = self.nodes.get(path) {
            return Ok(node);
        }
        let is_file = |path: &Utf8Path| self.nodes.get(path).is_some_and(|node| !matches!(node, Node::Folder(_)));
        Err(if path.ancestors().skip(1).any(is_file) { not_a_folder() } else { not_found() })
    }
}

impl Files for Tree {
    fn kind(&self, path: &Utf8Path) -> io::Result<FileKind> {
        Ok(match self.node(path)? {
            Node::Folder(_) | Node::Submodule { .. } => FileKind::Folder,
            Node::File { .. } => FileKind::File,
            Node::Link { .. } => FileKind::Link,
        })
    }

    fn target(&self, link: &Utf8Path) -> io::Result<Utf8PathBuf> {
        let Node::Link { blob } = self.node(link)? else { return Err(io::ErrorKind::InvalidInput.into()) };
        let Content::Bytes(bytes) = self.blobs.read(link, blob, TARGET_BYTES)? else {
            return Err(io::ErrorKind::InvalidFilename.into());
        };
        match String::from_utf8(bytes) {
            // No file system has links with such targets.
            Ok(target) if target.is_empty() || target.contains('\0') => Err(not_found()),
            Ok(target) => Ok(target.into()),
            Err(_) => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    fn entries(&self, folder: &Utf8Path) -> io::Result<Vec<FolderEntry>> {
        match self.node(folder)? {
            Node::Folder(children) => Ok(children.iter().map(|child| child.entry.clone()).collect()),
            Node::Submodule { .. } => Ok(Vec::new()),
            Node::File { .. } | Node::Link { .. } => Err(not_a_folder()),
        }
    }

    fn content(&self, path: &Utf8Path, limit: usize) -> io::Result<Content> {
        match self.node(path)? {
            Node::File { size: Some(size), .. } if *size > limit as u64 => Ok(Content::TooLarge),
            Node::File { blob, .. } => self.blobs.read(path, blob, limit),
            _ => Ok(Content::NotRegular),
        }
    }

    fn prefetch(&self, paths: &[Utf8PathBuf], limit: usize) {
        let wanted = paths.iter().filter_map(|path| match self.nodes.get(path)? {
            Node::File { size: Some(size), .. } if *size > limit as u64 => None,
            Node::File { blob, .. } => Some((path.as_path(), blob.as_str())),
            _ => None,
        });
        self.blobs.prefetch(&wanted.collect::<Vec<_>>(), limit);
    }
}
