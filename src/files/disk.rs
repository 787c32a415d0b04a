//! Reads the files on the disk.

use std::{
    fs::{self, File},
    io::{self, Read},
};

use camino::{Utf8Path, Utf8PathBuf};

use crate::source::{Content, FileKind, Files, FolderEntry};

/// The files on the disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

fn kind(kind: fs::FileType) -> FileKind {
    if kind.is_symlink() {
        FileKind::Link
    } else if kind.is_dir() {
        FileKind::Folder
    } else if kind.is_file() {
        FileKind::File
    } else {
        FileKind::Other
    }
}

impl Files for Disk {
    fn kind(&self, path: &Utf8Path) -> io::Result<FileKind> {
        path.symlink_metadata().map(|meta| kind(meta.file_type()))
    }

    fn target(&self, link: &Utf8Path) -> io::Result<Utf8PathBuf> {
        link.read_link_utf8()
    }

    fn entries(&self, folder: &Utf8Path) -> io::Result<Vec<FolderEntry>> {
        let mut all = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            all.push((entry.file_name(), kind(entry.file_type()?)));
        }
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        let entry = |(name, kind): (std::ffi::OsString, FileKind)| {
            let (name, is_utf8) = match name.into_string() {
                Ok(name) => (name, true),
                Err(name) => (name.to_string_lossy().into_owned(), false),
            };
            FolderEntry { name, is_utf8, kind }
        };
        Ok(all.into_iter().map(entry).collect())
    }

    fn content(&self, path: &Utf8Path, limit: usize) -> io::Result<Content> {
        // Opening a pipe would wait for its other end.
        if !path.metadata()?.is_file() {
            return Ok(Content::NotRegular);
        }
        let file = File::open(path)?;
        // The file may have been replaced since the first check, so check the open file again.
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(Content::NotRegular);
        }
        // Without this capacity, reading would double the buffer several times, and the buffer of each file would keep an unused part.
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(limit).min(limit) + 1);
        file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        Ok(if bytes.len() > limit { Content::TooLarge } else { Content::Bytes(bytes) })
    }

    fn canonical(&self, path: &Utf8Path) -> io::Result<Utf8PathBuf> {
        path.canonicalize_utf8()
    }
}
