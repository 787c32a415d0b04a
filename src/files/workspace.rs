//! Resolves paths, limits the targets of links, and reads files within limits. This works in the same way for every implementation of [`Files`].

use std::{collections::BTreeSet, io, sync::Arc};

use camino::{Utf8Path, Utf8PathBuf};

use super::disk::Disk;
use crate::source::{CONFIG_NAME, Content, FileKind, Files, FolderEntry, Overlay, SourceError, SourceFile, Texts};

/// The files of a run, and the working directory. Relative paths start from the working directory, and shown paths are relative to it.
#[derive(Debug, Clone)]
pub struct Workspace {
    files: Arc<dyn Files>,
    here: Utf8PathBuf,
}

impl Default for Workspace {
    /// The disk without a working directory. Paths must be absolute and are shown as absolute paths.
    fn default() -> Self {
        Self::of_disk(Utf8Path::new(""))
    }
}

impl Workspace {
    /// The disk, with the working directory `here`.
    pub fn of_disk(here: &Utf8Path) -> Self {
        Self { files: Arc::new(Disk), here: here.to_owned() }
    }

    /// Other files, with the same working directory.
    #[must_use]
    pub fn with_files(&self, files: Arc<dyn Files>) -> Self {
        Self { files, here: self.here.clone() }
    }

    /// The same files, but texts replace some of them.
    #[must_use]
    pub fn with_texts(&self, texts: impl IntoIterator<Item = (Utf8PathBuf, String)>) -> Self {
        let texts: Texts = texts.into_iter().map(|(path, text)| (self.absolute(&path), text)).collect();
        self.with_files(Arc::new(Overlay::new(Arc::clone(&self.files), texts)))
    }

    /// The same files, but with an empty folder at `path` if this folder does not exist.
    #[must_use]
    pub fn with_folder(&self, path: &Utf8Path) -> Self {
        let mut texts = Texts::default();
        texts.add_folder(&self.absolute(path));
        self.with_files(Arc::new(Overlay::new(Arc::clone(&self.files), texts)))
    }

    /// The working directory.
    pub fn working_directory(&self) -> &Utf8Path {
        &self.here
    }

    /// The full path.
    pub fn absolute(&self, path: impl AsRef<Utf8Path>) -> Utf8PathBuf {
        let path = path.as_ref();
        if path.as_str().is_empty() || path == "." { self.here.clone() } else { self.here.join(path) }
    }

    /// The path for display, with `/` on every system. A path below the working directory becomes relative.
    pub fn show(&self, path: &Utf8Path) -> String {
        let shown =
            if self.here == "" || path.is_relative() { path } else { path.strip_prefix(&self.here).unwrap_or(path) };
        let parts: Vec<&str> =
            shown.as_str().split(['/', std::path::MAIN_SEPARATOR]).filter(|part| *part != ".").collect();
        match parts.join("/") {
            here if here.is_empty() => ".".into(),
            shown => shown,
        }
    }

    /// The type of a file. A link at the end is not followed.
    pub fn kind(&self, path: &Utf8Path) -> io::Result<FileKind> {
        self.files.kind(&self.absolute(path))
    }

    /// The type of a file, or of the target of a link.
    pub fn kind_of_target(&self, path: &Utf8Path) -> io::Result<FileKind> {
        match self.kind(path)? {
            FileKind::Link => self.files.kind(&self.canonical(path)?),
            kind => Ok(kind),
        }
    }

    /// Whether there is a file or folder, not only a link to a missing target.
    pub fn exists(&self, path: &Utf8Path) -> bool {
        self.kind_of_target(path).is_ok()
    }

    /// Whether a path is a file, or a link to one.
    pub fn is_file(&self, path: &Utf8Path) -> bool {
        matches!(self.kind_of_target(path), Ok(FileKind::File))
    }

    /// Whether a path is a folder, or a link to one.
    pub fn is_folder(&self, path: &Utf8Path) -> bool {
        matches!(self.kind_of_target(path), Ok(FileKind::Folder))
    }

    /// The absolute path without links.
    pub fn canonical(&self, path: &Utf8Path) -> io::Result<Utf8PathBuf> {
        self.files.canonical(&self.absolute(path))
    }

    /// The nearest existing folder at or above a path.
    pub fn nearest_folder<'a>(&self, path: &'a Utf8Path) -> &'a Utf8Path {
        let is_folder = |folder: &&Utf8Path| !folder.as_str().is_empty() && self.is_folder(folder);
        path.ancestors().find(is_folder).unwrap_or(Utf8Path::new("."))
    }

    /// The entries of a folder, by name in byte order.
    pub fn entries(&self, folder: &Utf8Path) -> io::Result<Vec<FolderEntry>> {
        self.files.entries(&self.absolute(folder))
    }

    /// All files and links below a folder, and errors. The names in each folder are in byte order. No file is ignored, and links are not followed.
    pub fn all_below(&self, root: &Utf8Path) -> (Vec<(Utf8PathBuf, FolderEntry)>, Vec<SourceError>) {
        let (mut all, mut errors) = (Vec::new(), Vec::new());
        let mut rest = vec![(root.to_owned(), None)];
        while let Some((path, entry)) = rest.pop() {
            match entry {
                Some(entry @ FolderEntry { is_utf8: false, .. }) => all.push((path, entry)),
                Some(entry) if entry.kind != FileKind::Folder => all.push((path, entry)),
                _ => match self.entries(&path) {
                    Ok(entries) => {
                        let below = entries.into_iter().rev().map(|entry| (path.join(&entry.name), Some(entry)));
                        rest.extend(below);
                    }
                    Err(error) => errors.push(SourceError::Io { path: self.show(&path), error }),
                },
            }
        }
        (all, errors)
    }

    /// The content of a file of at most `limit` bytes.
    pub fn content(&self, path: &Utf8Path, limit: usize) -> io::Result<Content> {
        self.files.content(&self.absolute(path), limit)
    }

    /// Announces that each of these files will be read once.
    pub fn prefetch(&self, paths: &[Utf8PathBuf], limit: usize) {
        let paths: Vec<Utf8PathBuf> = paths.iter().map(|path| self.absolute(path)).collect();
        self.files.prefetch(&paths, limit);
    }

    /// The nearest file called `name` in `from` or a folder above it.
    pub fn find_upwards(&self, from: &Utf8Path, name: &str) -> Option<Utf8PathBuf> {
        let start = self.canonical(from).ok()?;
        // An entry with this name also counts if it is not a file, because reading it then reports the error.
        start.ancestors().map(|folder| folder.join(name)).find(|path| self.kind(path).is_ok())
    }

    /// Removes duplicates. If several paths lead to the same file, the first path in byte order remains.
    pub fn distinct(&self, mut files: Vec<Utf8PathBuf>) -> Vec<Utf8PathBuf> {
        files.sort();
        let mut seen = BTreeSet::new();
        files.retain(|path| seen.insert(self.canonical(path).unwrap_or_else(|_| path.clone())));
        files
    }

    /// Reads a configuration, a part of the trust root or a similar file of at most `limit` bytes. Links must not lead out of the catalogue.
    pub fn read(&self, path: &Utf8Path, limit: usize) -> Result<SourceFile, SourceError> {
        self.require_contained(path)?;
        self.read_listed(path, limit)
    }

    /// Reads a file that a walk listed, or that the user named.
    pub fn read_listed(&self, path: &Utf8Path, limit: usize) -> Result<SourceFile, SourceError> {
        let shown = self.show(path);
        let bytes = match self.content(path, limit) {
            Ok(Content::Bytes(bytes)) => bytes,
            Ok(Content::TooLarge) => return Err(SourceError::TooLarge { path: shown, limit }),
            Ok(Content::NotRegular) => return Err(SourceError::NotRegular { path: shown }),
            Err(error) => return Err(SourceError::Io { path: shown, error }),
        };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(SourceFile::new(shown, text)),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                let line = error.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1;
                Err(SourceError::NotUtf8 { path: shown, offset, line })
            }
        }
    }

    /// Refuses a path if a link on the way leads out of the catalogue that contains the link. Otherwise, the author of the link could choose any file
    /// of the machine, and a report would quote this file. The catalogue is the folder of the nearest `leaver.yaml` above the link, or the working
    /// directory. Links in other places are allowed, because a change cannot contain them.
    pub(super) fn require_contained(&self, path: &Utf8Path) -> Result<(), SourceError> {
        let io = |error| SourceError::Io { path: self.show(path), error };
        let real = self.canonical(path).map_err(io)?;
        let full = self.absolute(path);
        if full == real {
            return Ok(());
        }
        let mut at = Utf8PathBuf::new();
        for part in full.components() {
            let folder = at.clone();
            at.push(part);
            if !matches!(self.files.kind(&at), Ok(FileKind::Link)) {
                continue;
            }
            let root = self.find_upwards(&folder, CONFIG_NAME).and_then(|file| file.parent().map(Utf8Path::to_owned));
            let here = || self.canonical(Utf8Path::new(".")).ok();
            let in_here = |here: &Utf8PathBuf| self.canonical(&folder).is_ok_and(|at| at.starts_with(here));
            let root = root.or_else(|| here().filter(in_here));
            if root.is_some_and(|root| !real.starts_with(root)) {
                return Err(SourceError::Outside { path: self.show(path) });
            }
        }
        Ok(())
    }
}
