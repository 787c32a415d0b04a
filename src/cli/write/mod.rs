//! The one way to a file: whole or not at all, and never through a link that a change could have brought.

pub(super) mod guard;

use std::{
    fs, io,
    io::Write,
    path::{Component, Path, PathBuf},
};

use camino::Utf8Path;

use crate::{config::FILE_NAME, interrupt::TemporaryFile};

/// Whether a file that exists is replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Existing {
    Replace,
    Keep,
}

/// Writes a file, also over an old one. Its folder exists.
pub(super) fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    write(&destination(path)?, content, Existing::Replace)
}

/// The same with the folders above it.
pub(super) fn write_with_folders(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = destination(path)?;
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    write(&path, content, Existing::Replace)
}

/// Writes a new file with the folders above it; one that exists is an error.
pub(super) fn create(path: &Utf8Path, text: &str) -> io::Result<()> {
    // Whatever has the name already, a link too, is kept.
    if path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let path = destination(path.as_std_path())?;
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    write(&path, text.as_bytes(), Existing::Keep)
}

/// A temporary file beside it, then a rename.
fn write(path: &Path, content: &[u8], existing: Existing) -> io::Result<()> {
    // A device or a pipe is written to; replacing it would be vandalism.
    if fs::metadata(path).is_ok_and(|meta| !meta.is_file()) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(content);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::metadata(folder)?;
    // Only the kind of the error: its text has the name of the temporary file, which is another each time.
    let mut temporary = TemporaryFile::beside(folder).map_err(|error| io::Error::from(error.kind()))?;
    let file = temporary.file();
    file.write_all(content)?;
    file.sync_all()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    temporary.persist(path, existing == Existing::Replace)
}

/// Where a path leads, without links: in absolute form, its folders as they are. An error where the file is a link, or a folder on the way
/// to it is one that lies in a working tree, so that whoever changes the tree chooses where it leads. Links elsewhere, such as
/// a temporary folder that is one, are the system's own.
pub(super) fn destination(path: &Path) -> io::Result<PathBuf> {
    let mut at =
        fs::canonicalize(".").or_else(|error| if path.is_absolute() { Ok(PathBuf::new()) } else { Err(error) })?;
    let mut parts = path.components().peekable();
    while let Some(part) = parts.next() {
        match part {
            Component::Prefix(_) | Component::RootDir => at.push(part),
            Component::CurDir => {}
            Component::ParentDir => drop(at.pop()),
            Component::Normal(name) => {
                let ours = is_ours(&at);
                at.push(name);
                if !at.is_symlink() {
                    continue;
                }
                if parts.peek().is_none() {
                    return Err(io::Error::other("it is a link"));
                }
                if ours {
                    return Err(io::Error::other(format!("the folder `{}` is a link", name.to_string_lossy())));
                }
                at = fs::canonicalize(&at)?;
            }
        }
    }
    Ok(at)
}

/// Whether a folder lies in a working tree or a catalogue.
fn is_ours(folder: &Path) -> bool {
    let is_there = |path: PathBuf| path.symlink_metadata().is_ok();
    fs::canonicalize(".").is_ok_and(|here| folder.starts_with(here))
        || folder.ancestors().any(|above| is_there(above.join(".git")) || is_there(above.join(FILE_NAME)))
}
