//! Sources of files, such as git or an editor. The source for the disk is outside this crate.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    io,
    sync::Arc,
};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use globset::GlobSet;

use super::error::SourceError;

/// The file that marks the root of a catalogue.
pub const CONFIG_NAME: &str = "leaver.yaml";

/// Selects files of a folder.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The files to read, relative to the root; `None` for every `.yaml` and `.yml`.
    pub include: Option<GlobSet>,
    /// Files that are not read.
    pub exclude: Option<GlobSet>,
}

/// Whether a file name is the name of a YAML file, ignoring case. `.yaml` is such a name, although it has no extension.
fn is_yaml(path: &Utf8Path) -> bool {
    let end = path.file_name().and_then(|name| name.rsplit_once('.')).map(|(_, end)| end);
    end.is_some_and(|end| end.eq_ignore_ascii_case("yaml") || end.eq_ignore_ascii_case("yml"))
}

impl Selection {
    /// Whether the configuration excludes a file.
    pub fn excludes(&self, relative: &Utf8Path) -> bool {
        self.exclude.as_ref().is_some_and(|globs| globs.is_match(relative))
    }

    /// Whether a file, relative to the root, is selected.
    pub fn selects(&self, relative: &Utf8Path) -> bool {
        if self.excludes(relative) {
            return false;
        }
        match &self.include {
            Some(globs) => globs.is_match(relative),
            None => is_yaml(relative),
        }
    }
}

/// The files of a catalogue or folder: paths in byte order, and errors.
#[derive(Debug, Default)]
pub struct FileList {
    /// The selected files.
    pub files: Vec<Utf8PathBuf>,
    /// Files and folders that could not be read.
    pub errors: Vec<SourceError>,
    /// Files that are not selected but have an unusual name that may imitate the name of a YAML file.
    pub unusual: Vec<Utf8PathBuf>,
}

/// The type of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A device, a socket, a pipe.
    Other,
}

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderEntry {
    /// The name, with U+FFFD for bytes that are not UTF-8.
    pub name: String,
    /// Whether the name is UTF-8. If it is not, no path leads to the file.
    pub is_utf8: bool,
    /// The type of the file; links are not followed.
    pub kind: FileKind,
}

/// The content of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The whole content.
    Bytes(Vec<u8>),
    /// The content is larger than the limit.
    TooLarge,
    /// The file is not a regular file.
    NotRegular,
}

/// A source of files, for example the disk, a commit, the index of git, or unsaved files. Implementations only provide facts. The calling code
/// decides where a link leads, which files are ignored and which are too large, in the same way for all implementations.
pub trait Files: Debug + Send + Sync {
    /// Returns the type of a file. Links in the folders of the path are followed; if the path itself is a link, it is not followed.
    fn kind(&self, path: &Utf8Path) -> io::Result<FileKind>;

    /// Returns the target of a link, as written.
    fn target(&self, link: &Utf8Path) -> io::Result<Utf8PathBuf>;

    /// Returns the entries of a folder, sorted by the bytes of their names. Links in the path are followed.
    fn entries(&self, folder: &Utf8Path) -> io::Result<Vec<FolderEntry>>;

    /// Returns the content of a file of at most `limit` bytes. Links are followed.
    fn content(&self, path: &Utf8Path, limit: usize) -> io::Result<Content>;

    /// Returns the absolute path without links.
    fn canonical(&self, path: &Utf8Path) -> io::Result<Utf8PathBuf> {
        resolve(self, path)
    }

    /// Announces that each of these files will be read once.
    fn prefetch(&self, _paths: &[Utf8PathBuf], _limit: usize) {}
}

/// Maximum number of links on the way to a file, as on Linux.
const MAX_LINKS: usize = 40;

/// Returns the error for a missing file, with the text of the operating system.
pub fn not_found() -> io::Error {
    io::Error::from_raw_os_error(2)
}

/// Returns the error for a file in place of a folder.
pub fn not_a_folder() -> io::Error {
    if cfg!(unix) { io::Error::from_raw_os_error(20) } else { io::ErrorKind::NotADirectory.into() }
}

/// Returns the error for links in a circle.
fn too_many_links() -> io::Error {
    let code = match std::env::consts::OS {
        "linux" | "android" => 40,
        "macos" | "ios" | "freebsd" | "openbsd" | "netbsd" => 62,
        _ => return io::Error::other("too many links"),
    };
    io::Error::from_raw_os_error(code)
}

/// Returns the absolute path of an existing file without links, like `realpath`.
pub fn resolve<F: Files + ?Sized>(files: &F, path: &Utf8Path) -> io::Result<Utf8PathBuf> {
    resolve_with(&|path| files.kind(path), &|link| files.target(link), path)
}

/// Like [`resolve`], but calls `kind` for the type of a file and `target` for the target of a link. In the paths passed to these functions, only the
/// last part may be a link.
pub fn resolve_with(
    kind: &dyn Fn(&Utf8Path) -> io::Result<FileKind>,
    target: &dyn Fn(&Utf8Path) -> io::Result<Utf8PathBuf>,
    path: &Utf8Path,
) -> io::Result<Utf8PathBuf> {
    let mut done = Utf8PathBuf::new();
    let mut rest: Vec<Utf8PathBuf> = path.components().rev().map(|part| part.as_str().into()).collect();
    let mut links = 0;
    while let Some(part) = rest.pop() {
        match part.components().next() {
            None | Some(Utf8Component::CurDir) => continue,
            Some(Utf8Component::ParentDir) => {
                done.pop();
                continue;
            }
            Some(Utf8Component::RootDir | Utf8Component::Prefix(_)) => {
                done.push(&part);
                continue;
            }
            Some(Utf8Component::Normal(_)) => {}
        }
        let next = done.join(&part);
        match kind(&next)? {
            FileKind::Link => {
                links += 1;
                if links > MAX_LINKS {
                    return Err(too_many_links());
                }
                let target = target(&next)?;
                if target.is_absolute() {
                    done = Utf8PathBuf::new();
                }
                rest.extend(target.components().rev().map(|part| Utf8PathBuf::from(part.as_str())));
            }
            FileKind::File | FileKind::Other if !rest.is_empty() => return Err(not_a_folder()),
            _ => done = next,
        }
    }
    Ok(done)
}

/// Files in memory by path, for example unsaved files. The folders of the path of each file exist too.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    files: BTreeMap<Utf8PathBuf, String>,
    folders: BTreeSet<Utf8PathBuf>,
}

impl Texts {
    /// Adds an empty folder.
    pub fn add_folder(&mut self, path: &Utf8Path) {
        self.folders.extend(path.ancestors().map(Utf8Path::to_owned));
    }
}

impl FromIterator<(Utf8PathBuf, String)> for Texts {
    fn from_iter<T: IntoIterator<Item = (Utf8PathBuf, String)>>(files: T) -> Self {
        let files: BTreeMap<Utf8PathBuf, String> = files.into_iter().collect();
        let folders = files.keys().flat_map(|path| path.ancestors().skip(1)).map(Utf8Path::to_owned).collect();
        Self { files, folders }
    }
}

impl Files for Texts {
    fn kind(&self, path: &Utf8Path) -> io::Result<FileKind> {
        match (self.files.contains_key(path), self.folders.contains(path)) {
            (true, _) => Ok(FileKind::File),
            (_, true) => Ok(FileKind::Folder),
            _ => Err(not_found()),
        }
    }

    fn target(&self, _: &Utf8Path) -> io::Result<Utf8PathBuf> {
        Err(io::ErrorKind::InvalidInput.into())
    }

    fn entries(&self, folder: &Utf8Path) -> io::Result<Vec<FolderEntry>> {
        match self.kind(folder)? {
            FileKind::Folder => {}
            _ => return Err(not_a_folder()),
        }
        let entry = |(path, kind): (&Utf8PathBuf, FileKind)| {
            let name = path.file_name().filter(|_| path.parent() == Some(folder))?;
            Some((name.to_owned(), kind))
        };
        let files = self.files.keys().map(|path| (path, FileKind::File));
        let all = self.folders.iter().map(|path| (path, FileKind::Folder)).chain(files);
        let all: BTreeMap<String, FileKind> = all.filter_map(entry).collect();
        Ok(all.into_iter().map(|(name, kind)| FolderEntry { name, is_utf8: true, kind }).collect())
    }

    fn content(&self, path: &Utf8Path, limit: usize) -> io::Result<Content> {
        match self.files.get(path) {
            Some(text) if text.len() > limit => Ok(Content::TooLarge),
            Some(text) => Ok(Content::Bytes(text.clone().into_bytes())),
            None => self.kind(path).map(|_| Content::NotRegular),
        }
    }

    fn canonical(&self, path: &Utf8Path) -> io::Result<Utf8PathBuf> {
        self.kind(path).map(|_| path.to_owned())
    }
}

/// Files in memory that replace other files with the same path.
#[derive(Debug, Clone)]
pub struct Overlay {
    files: Arc<dyn Files>,
    texts: Texts,
}

impl Overlay {
    /// Replaces files in `files` by the files in `texts`.
    pub fn new(files: Arc<dyn Files>, texts: Texts) -> Self {
        Self { files, texts }
    }

    /// Whether there is a text for a path.
    fn has(&self, path: &Utf8Path) -> bool {
        self.texts.files.contains_key(path)
    }
}

/// Returns the result of `above` (the unsaved files) if the file is missing in `below`. If the file exists in `below` but cannot be read, returns the
/// error.
fn or_missing<T>(below: io::Result<T>, above: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    match below {
        Err(error) if error.kind() == io::ErrorKind::NotFound => above().map_err(|_| error),
        below => below,
    }
}

impl Files for Overlay {
    fn kind(&self, path: &Utf8Path) -> io::Result<FileKind> {
        if self.has(path) { Ok(FileKind::File) } else { or_missing(self.files.kind(path), || self.texts.kind(path)) }
    }

    fn target(&self, link: &Utf8Path) -> io::Result<Utf8PathBuf> {
        self.files.target(link)
    }

    fn entries(&self, folder: &Utf8Path) -> io::Result<Vec<FolderEntry>> {
        let (below, above) = match (self.files.entries(folder), self.texts.entries(folder)) {
            (Ok(below), Ok(above)) => (below, above),
            (below, Err(_)) => return below,
            (below, above) => return or_missing(below, || above),
        };
        // A folder in memory does not replace a link with the same name.
        let above: Vec<FolderEntry> = above
            .into_iter()
            .filter(|entry| entry.kind == FileKind::File || !below.iter().any(|other| other.name == entry.name))
            .collect();
        let mut all: Vec<FolderEntry> =
            below.into_iter().filter(|entry| !above.iter().any(|other| other.name == entry.name)).collect();
        all.extend(above);
        all.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(all)
    }

    fn content(&self, path: &Utf8Path, limit: usize) -> io::Result<Content> {
        if self.has(path) {
            return self.texts.content(path, limit);
        }
        // The path may be a folder that exists in memory only.
        or_missing(self.files.content(path, limit), || self.texts.content(path, limit))
    }

    fn canonical(&self, path: &Utf8Path) -> io::Result<Utf8PathBuf> {
        if self.has(path) {
            return Ok(path.to_owned());
        }
        or_missing(self.files.canonical(path), || self.texts.canonical(path))
    }

    fn prefetch(&self, paths: &[Utf8PathBuf], limit: usize) {
        self.files.prefetch(paths, limit);
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
