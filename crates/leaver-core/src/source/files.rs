//! Sources of the files of a catalogue, such as git or an editor. The one for the disk is outside this crate.

use std::{collections::BTreeMap, sync::Arc};

use camino::{Utf8Path, Utf8PathBuf};
use globset::GlobSet;

use super::{error::SourceError, file::SourceFile};

/// The file that marks the root of a catalogue.
pub const CONFIG_NAME: &str = "leaver.yaml";

/// Selects files of a folder.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only these, relative to the root; if empty, every `.yaml` and `.yml`.
    pub include: Option<GlobSet>,
    /// Except these.
    pub exclude: Option<GlobSet>,
}

/// Whether a file name is that of a YAML file, ignoring case. `.yaml` is one, although it has no extension.
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

/// The files of a folder: paths in byte order, and errors.
#[derive(Debug, Default)]
pub struct Found {
    /// Files.
    pub files: Vec<Utf8PathBuf>,
    /// Files and folders that could not be read.
    pub errors: Vec<SourceError>,
    /// Files that are not selected and whose names are unusual: they may imitate that of a YAML file.
    pub odd: Vec<Utf8PathBuf>,
}

/// Files by path.
pub trait Files: Sync {
    /// The selected files below some folders, each of which may also be a single file, and errors.
    fn list(&self, roots: &[&Utf8Path], selection: &Selection) -> Found;

    /// A file of at most `limit` bytes.
    fn read(&self, path: &Utf8Path, limit: usize) -> Result<Arc<SourceFile>, SourceError>;
}

/// Files in memory, by path: of a commit, of the index, or unsaved.
#[derive(Debug, Clone, Default)]
pub struct Texts(BTreeMap<Utf8PathBuf, Arc<SourceFile>>);

impl Texts {
    /// All of them.
    pub fn files(&self) -> impl Iterator<Item = &Arc<SourceFile>> {
        self.0.values()
    }
}

impl FromIterator<(Utf8PathBuf, SourceFile)> for Texts {
    fn from_iter<T: IntoIterator<Item = (Utf8PathBuf, SourceFile)>>(files: T) -> Self {
        Self(files.into_iter().map(|(path, file)| (path, Arc::new(file))).collect())
    }
}

impl Files for Texts {
    fn list(&self, roots: &[&Utf8Path], selection: &Selection) -> Found {
        let wanted = |path: &Utf8Path| {
            roots.iter().any(|root| path == *root || path.strip_prefix(root).is_ok_and(|path| selection.selects(path)))
        };
        Found { files: self.0.keys().filter(|path| wanted(path)).cloned().collect(), ..Found::default() }
    }

    fn read(&self, path: &Utf8Path, limit: usize) -> Result<Arc<SourceFile>, SourceError> {
        let missing = || SourceError::Io { path: path.to_string(), error: std::io::ErrorKind::NotFound.into() };
        let file = self.0.get(path).ok_or_else(missing)?;
        if file.text().len() > limit {
            return Err(SourceError::TooLarge { path: file.path().to_owned(), limit });
        }
        Ok(Arc::clone(file))
    }
}

/// Files in memory that replace other files with the same path.
pub struct Overlay<'a> {
    files: &'a dyn Files,
    texts: &'a Texts,
}

impl<'a> Overlay<'a> {
    /// Replaces files in `files` by those in `texts`.
    pub fn new(files: &'a dyn Files, texts: &'a Texts) -> Self {
        Self { files, texts }
    }
}

impl Files for Overlay<'_> {
    fn list(&self, roots: &[&Utf8Path], selection: &Selection) -> Found {
        let mut found = self.files.list(roots, selection);
        found.files.retain(|path| !self.texts.0.contains_key(path));
        found.files.extend(self.texts.list(roots, selection).files);
        found
    }

    fn read(&self, path: &Utf8Path, limit: usize) -> Result<Arc<SourceFile>, SourceError> {
        if self.texts.0.contains_key(path) { self.texts.read(path, limit) } else { self.files.read(path, limit) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[(&str, &str)]) -> Texts {
        all.iter().map(|(path, text)| (Utf8PathBuf::from(*path), SourceFile::new(*path, *text))).collect()
    }

    fn listed(files: &dyn Files, root: &str) -> Vec<String> {
        files.list(&[root.into()], &Selection::default()).files.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn texts_are_listed_by_folder_and_read_within_the_limit() {
        let files = texts(&[("/c/a.yaml", "a"), ("/c/b/c.yml", "bb"), ("/c/d.txt", "d"), ("/e/f.yaml", "f")]);
        assert_eq!(listed(&files, "/c"), ["/c/a.yaml", "/c/b/c.yml"]);
        assert_eq!(listed(&files, "/c/d.txt"), ["/c/d.txt"]);
        assert_eq!(files.read("/c/b/c.yml".into(), 2).expect("a text").text(), "bb");
        assert!(matches!(files.read("/c/b/c.yml".into(), 1), Err(SourceError::TooLarge { .. })));
        assert!(matches!(files.read("/c/x.yaml".into(), 9), Err(SourceError::Io { .. })));
    }

    #[test]
    fn an_overlay_replaces_and_adds_files() {
        let (below, above) =
            (texts(&[("/c/a.yaml", "old"), ("/c/b.yaml", "b")]), texts(&[("/c/a.yaml", "new"), ("/c/z.yaml", "z")]));
        let files = Overlay::new(&below, &above);
        assert_eq!(listed(&files, "/c"), ["/c/b.yaml", "/c/a.yaml", "/c/z.yaml"]);
        let read = |path: &str| files.read(path.into(), 9).expect("a text").text().to_owned();
        assert_eq!([read("/c/a.yaml"), read("/c/b.yaml"), read("/c/z.yaml")], ["new", "b", "z"]);
    }
}
