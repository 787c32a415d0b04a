//! From paths to source files: which files belong to a catalogue, and reading them within limits.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read},
};

use camino::{Utf8Path, Utf8PathBuf};
use globset::GlobSet;
use ignore::WalkBuilder;

use super::file::SourceFile;

/// A file or folder that cannot be read. Never skipped: what is not read is not checked.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Missing, no permission, vanished.
    #[error("cannot read `{path}`: {error}")]
    Io {
        /// As shown.
        path: String,
        /// The system's answer.
        error: io::Error,
    },
    /// A name that is not UTF-8.
    #[error("the name of `{path}` is not UTF-8")]
    Name {
        /// With the bad bytes replaced.
        path: String,
    },
    /// A device, a socket, a pipe.
    #[error("`{path}` is not a regular file")]
    NotRegular {
        /// As shown.
        path: String,
    },
    /// A link that leads out of the catalogue.
    #[error("`{path}` is a link that leads out of the catalogue")]
    Outside {
        /// As shown.
        path: String,
    },
    /// A link to a file or folder that is not read at its own place either.
    #[error("`{path}` is a link to `{target}`, which is not read")]
    Unread {
        /// As shown.
        path: String,
        /// Where it leads, as shown.
        target: String,
    },
    /// A link to nothing, or to itself.
    #[error("`{path}` is a link that leads nowhere: {error}")]
    Nowhere {
        /// As shown.
        path: String,
        /// The system's answer.
        error: io::Error,
    },
    /// Over the limit.
    #[error("`{path}` is larger than {limit} bytes")]
    TooLarge {
        /// As shown.
        path: String,
        /// `limits.fileBytes`.
        limit: usize,
    },
    /// Not UTF-8 text.
    #[error("`{path}` is not UTF-8 text: bad byte at {offset} (line {line})")]
    NotUtf8 {
        /// As shown.
        path: String,
        /// The first bad byte.
        offset: usize,
        /// Its line, from 1.
        line: usize,
    },
}

impl SourceError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Io { .. } => "check that it exists and that you may read it",
            Self::Name { .. } => "rename it",
            Self::NotRegular { .. } => {
                "name a file or a folder, pipe it into `leaver check -`, or exclude it in leaver.yaml"
            }
            Self::Outside { .. } => "copy the file into the catalogue, or exclude the link in leaver.yaml",
            Self::Unread { .. } => {
                "put the declarations into a file of the catalogue, or exclude the link in leaver.yaml"
            }
            Self::Nowhere { .. } => "mend or remove the link, or exclude it in leaver.yaml",
            Self::TooLarge { .. } => "split it, exclude it, or raise `limits.fileBytes` in leaver.yaml",
            Self::NotUtf8 { .. } => "save it as UTF-8",
        }
    }
}

/// Which files of a folder are wanted.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only these, relative to the root; none: every `.yaml` and `.yml`.
    pub include: Option<GlobSet>,
    /// Not these.
    pub exclude: Option<GlobSet>,
}

/// Whether a file is YAML by its name, in any case of letters.
fn is_yaml(path: &Utf8Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml"))
}

impl Selection {
    /// Whether the configuration leaves a file out on purpose.
    pub fn excludes(&self, relative: &Utf8Path) -> bool {
        self.exclude.as_ref().is_some_and(|globs| globs.is_match(relative))
    }

    /// Whether a file, relative to the root, is one of these.
    pub fn wants(&self, relative: &Utf8Path) -> bool {
        if self.excludes(relative) {
            return false;
        }
        match &self.include {
            Some(globs) => globs.is_match(relative),
            None => is_yaml(relative),
        }
    }
}

/// The outcome of a walk: paths in byte order, and what stood in the way.
#[derive(Debug, Default)]
pub struct Found {
    /// Files.
    pub files: Vec<Utf8PathBuf>,
    /// What could not be looked at.
    pub errors: Vec<SourceError>,
}

/// Lists the wanted files under `root`, which may also be a single file. `.gitignore` holds, hidden folders are left out,
/// links are not followed.
pub fn walk(root: &Utf8Path, selection: &Selection) -> Found {
    let mut found = Found::default();
    match root.metadata() {
        Ok(meta) if meta.is_file() => {
            if root.is_symlink() && !canonical(root).is_ok_and(|target| target.starts_with(absolute("."))) {
                found.errors.push(SourceError::Outside { path: display_path(root) });
            } else {
                found.files.push(root.to_owned());
            }
            return found;
        }
        Ok(meta) if meta.is_dir() => {}
        Ok(_) => {
            found.errors.push(SourceError::NotRegular { path: display_path(root) });
            return found;
        }
        Err(error) => {
            found.errors.push(SourceError::Io { path: display_path(root), error });
            return found;
        }
    }
    let mut links = Vec::new();
    let mut folders = BTreeSet::new();
    for entry in WalkBuilder::new(root)
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .follow_links(false)
        .require_git(false)
        .sort_by_file_name(Ord::cmp)
        .build()
    {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = display_path(root);
                found.errors.push(SourceError::Io {
                    path,
                    error: error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into()),
                });
                continue;
            }
        };
        let Some(path) = Utf8Path::from_path(entry.path()) else {
            let shown = entry.path().to_string_lossy().into_owned();
            if is_yaml(Utf8Path::new(&shown)) || entry.file_type().is_some_and(|kind| kind.is_dir()) {
                found.errors.push(SourceError::Name { path: shown });
            }
            continue;
        };
        let relative = path.strip_prefix(root).unwrap_or(path);
        let Some(kind) = entry.file_type() else { continue };
        let leads_to_folder = kind.is_symlink() && path.is_dir();
        if kind.is_dir() {
            folders.insert(path.to_owned());
        }
        if kind.is_dir() || relative == "leaver.yaml" || !(leads_to_folder || selection.wants(relative)) {
            continue;
        }
        if kind.is_symlink() {
            links.push(path.to_owned());
        } else if kind.is_file() {
            found.files.push(path.to_owned());
        } else {
            found.errors.push(SourceError::NotRegular { path: display_path(path) });
        }
    }
    found.files.sort();
    if !links.is_empty() {
        let files: BTreeSet<&Utf8Path> = found.files.iter().map(Utf8PathBuf::as_path).collect();
        let read = |path: &Utf8Path| files.contains(path) || folders.contains(path);
        let errors: Vec<SourceError> = links.iter().filter_map(|link| wrong(root, link, &read)).collect();
        found.errors.extend(errors);
    }
    found
}

/// Why a link may not be passed over: what it leads to is not read at its own place.
fn wrong(root: &Utf8Path, link: &Utf8Path, read: &dyn Fn(&Utf8Path) -> bool) -> Option<SourceError> {
    let path = display_path(link);
    let target = match canonical(link) {
        Ok(target) => target,
        Err(error) => return Some(SourceError::Nowhere { path, error }),
    };
    let relative = canonical(root).ok().and_then(|root| target.strip_prefix(root).map(Utf8Path::to_owned).ok());
    match relative {
        None => Some(SourceError::Outside { path }),
        Some(relative) if read(&if relative == "" { root.to_owned() } else { root.join(&relative) }) => None,
        Some(relative) => Some(SourceError::Unread { path, target: relative.into_string() }),
    }
}

fn canonical(path: &Utf8Path) -> io::Result<Utf8PathBuf> {
    path.canonicalize_utf8()
}

/// The same files, each once: of several paths that lead to one file, the first in order of bytes.
pub fn distinct(mut files: Vec<Utf8PathBuf>) -> Vec<Utf8PathBuf> {
    files.sort();
    let mut seen = BTreeSet::new();
    files.retain(|path| seen.insert(canonical(path).unwrap_or_else(|_| path.clone())));
    files
}

/// Reads one file of at most `limit` bytes.
pub fn read(path: &Utf8Path, limit: usize) -> Result<SourceFile, SourceError> {
    let shown = display_path(path);
    let io = |error| SourceError::Io { path: display_path(path), error };
    if !path.metadata().map_err(io)?.is_file() {
        return Err(SourceError::NotRegular { path: shown });
    }
    let file = File::open(path).map_err(io)?;
    // The handle may be another file than the one looked at before: ask it again.
    if !file.metadata().map_err(io)?.is_file() {
        return Err(SourceError::NotRegular { path: shown });
    }
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() > limit {
        return Err(SourceError::TooLarge { path: shown, limit });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile::new(shown, text)),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let line = error.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1;
            Err(SourceError::NotUtf8 { path: shown, offset, line })
        }
    }
}

/// The nearest file called `name` in `from` or a folder above it.
pub fn find_upwards(from: &Utf8Path, name: &str) -> Option<Utf8PathBuf> {
    let start = from.canonicalize_utf8().ok()?;
    start.ancestors().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// A shown path as an absolute one, for comparing.
pub fn absolute(shown: &str) -> Utf8PathBuf {
    let working = std::env::current_dir().ok().and_then(|dir| Utf8PathBuf::from_path_buf(dir).ok()).unwrap_or_default();
    if shown == "." { working } else { working.join(shown) }
}

/// How a path is shown: relative to the working directory where it lies below it, with `/` on every system.
pub fn display_path(path: &Utf8Path) -> String {
    let working = std::env::current_dir().ok().and_then(|dir| Utf8PathBuf::from_path_buf(dir).ok());
    let shown = match &working {
        Some(working) if path.is_absolute() => path.strip_prefix(working).unwrap_or(path),
        _ => path,
    };
    let parts: Vec<&str> = shown.as_str().split(['/', std::path::MAIN_SEPARATOR]).filter(|part| *part != ".").collect();
    match parts.join("/") {
        here if here.is_empty() => ".".into(),
        shown => shown,
    }
}
