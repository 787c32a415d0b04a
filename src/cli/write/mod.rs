//! Writes files: completely or not at all, and never through a link that a change could contain.

pub(super) mod guard;

use std::{
    fs, io,
    io::Write,
    path::{Component, Path, PathBuf},
};

use camino::Utf8Path;

use crate::{config::FILE_NAME, interrupt::TemporaryFile};

/// Whether to replace an existing file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Existing {
    Replace,
    Keep,
}

/// Writes a file and replaces an old file. The folder must exist.
pub(super) fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    write(&destination(path)?, content, Existing::Replace)
}

/// Writes a file, replaces an old file and creates missing folders.
pub(super) fn write_with_folders(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = destination(path)?;
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    write(&path, content, Existing::Replace)
}

/// Creates a folder for many files. Refuses links in its path.
pub(super) fn make_folder(folder: &Path) -> io::Result<PathBuf> {
    // `destination` refuses every link at the end of a path. With a path in the folder, it treats the folder like the folders above: it refuses
    // only links that a change could contain.
    let path = destination(&folder.join("file"))?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Writes a file in a folder of [`make_folder`] without syncing to disk, because the next run can write it again.
pub(super) fn write_reproducible(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let path = folder.join(name);
    if path.is_symlink() {
        return Err(io::Error::other("it is a link"));
    }
    write_with(&path, content, Existing::Replace, false)
}

/// Writes a new file and creates missing folders. An existing file is an error.
pub(super) fn create(path: &Utf8Path, text: &str) -> io::Result<()> {
    // Keep any existing entry of that name, including links.
    if path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let path = destination(path.as_std_path())?;
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    write(&path, text.as_bytes(), Existing::Keep)
}

/// Writes a temporary file in the same folder and renames it.
fn write(path: &Path, content: &[u8], existing: Existing) -> io::Result<()> {
    write_with(path, content, existing, true)
}

fn write_with(path: &Path, content: &[u8], existing: Existing, sync: bool) -> io::Result<()> {
    // Write to devices and pipes instead of replacing them.
    if fs::metadata(path).is_ok_and(|meta| !meta.is_file()) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(content);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::metadata(folder)?;
    // Report only the kind of the error, because its text contains the random name of the temporary file.
    let mut temporary = TemporaryFile::create_in(folder).map_err(|error| io::Error::from(error.kind()))?;
    let file = temporary.file();
    file.write_all(content)?;
    if sync {
        file.sync_all()?;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    temporary.persist(path, existing == Existing::Replace)
}

/// Resolves a path to absolute form. Refuses a file that is a link. Also refuses a linked folder on the way to the file if the link is inside a
/// working tree, because the author of a change would choose its target. Follows links elsewhere, such as a linked temporary folder, because they
/// belong to the operating system. Refuses every file in a `.git` folder: a configuration may name the file, and git would read it.
pub(super) fn destination(path: &Path) -> io::Result<PathBuf> {
    let mut at =
        fs::canonicalize(".").or_else(|error| if path.is_absolute() { Ok(PathBuf::new()) } else { Err(error) })?;
    let mut parts = path.components().peekable();
    while let Some(part) = parts.next() {
        match part {
            Component::Prefix(_) | Component::RootDir => at.push(part),
            Component::CurDir => {}
            Component::ParentDir => drop(at.pop()),
            Component::Normal(name) if name.eq_ignore_ascii_case(".git") => {
                return Err(io::Error::other("it is in a `.git` folder"));
            }
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

/// Whether a folder is inside the working directory, a working tree or a catalogue.
fn is_ours(folder: &Path) -> bool {
    let is_there = |path: PathBuf| path.symlink_metadata().is_ok();
    fs::canonicalize(".").is_ok_and(|here| folder.starts_with(here))
        || folder.ancestors().any(|above| is_there(above.join(".git")) || is_there(above.join(FILE_NAME)))
}
