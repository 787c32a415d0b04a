//! Converts paths to source files: selects the files of a catalogue and reads them within limits.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read},
    sync::{Arc, Mutex},
};

use camino::{Utf8Path, Utf8PathBuf};
use ignore::WalkBuilder;

use super::ignoring::Ignoring;
use crate::source::{CONFIG_NAME, Files, Found, Selection, SourceError, SourceFile, Texts};

/// The files on the disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Files for Disk {
    fn list(&self, roots: &[&Utf8Path], selection: &Selection) -> Found {
        let mut all = Found::default();
        for root in roots {
            let found = walk(root, selection);
            all.files.extend(found.files);
            all.errors.extend(found.errors);
            all.odd.extend(found.odd);
        }
        all
    }

    fn read(&self, path: &Utf8Path, limit: usize) -> Result<Arc<SourceFile>, SourceError> {
        read_listed(path, limit).map(Arc::new)
    }
}

/// Texts that are on no disk, by path, under the names of files on the disk.
pub fn texts(texts: impl IntoIterator<Item = (Utf8PathBuf, String)>) -> Texts {
    let file = |(path, text): (Utf8PathBuf, String)| {
        let file = SourceFile::new(display_path(&path), text);
        (path, file)
    };
    texts.into_iter().map(file).collect()
}

/// Whether a file name could imitate another one: it is not ASCII, or ends in a space or dot.
fn is_odd(path: &Utf8Path) -> bool {
    path.file_name().is_some_and(|name| !name.is_ascii() || name.trim_end_matches([' ', '.']) != name)
}

/// Lists the selected files under `root`, which may be a single file. Respects `.gitignore`, skips hidden folders and does not follow links.
pub fn walk(root: &Utf8Path, selection: &Selection) -> Found {
    let mut found = Found::default();
    // A deleted working directory looks like an empty folder except to this call.
    let here = if root.is_relative() { std::env::current_dir().map(drop) } else { Ok(()) };
    match here.and_then(|()| root.metadata()) {
        Ok(meta) if meta.is_file() => {
            let below = |target: &Utf8Path| canonical(Utf8Path::new(".")).is_ok_and(|here| target.starts_with(here));
            if root.is_symlink() && !canonical(root).is_ok_and(|target| below(&target)) {
                found.errors.push(SourceError::Outside { path: display_path(root) });
            } else {
                found.files.push(root.to_owned());
            }
            return found;
        }
        Ok(meta) if meta.is_dir() => {
            if let Err(error) = contained(root) {
                found.errors.push(error);
                return found;
            }
        }
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
    let mut ignoring = Ignoring::default();
    let above: Vec<Utf8PathBuf> =
        canonical(root).unwrap_or_else(|_| root.to_owned()).ancestors().skip(1).map(Utf8Path::to_owned).collect();
    for folder in above.iter().rev() {
        ignoring.above(folder.as_std_path());
    }
    ignoring.enter(root.as_std_path(), 0);
    found.errors.append(&mut ignoring.errors);
    if !found.errors.is_empty() {
        return found;
    }
    let ignoring = Arc::new(Mutex::new(ignoring));
    let enter = {
        let ignoring = Arc::clone(&ignoring);
        move |entry: &ignore::DirEntry| {
            let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            !folder || ignoring.lock().is_ok_and(|mut ignoring| ignoring.enter(entry.path(), entry.depth()))
        }
    };
    for entry in WalkBuilder::new(root)
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .follow_links(false)
        .require_git(false)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(enter)
        .build()
    {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                found.errors.push(unlisted(root, &error));
                continue;
            }
        };
        let Some(path) = Utf8Path::from_path(entry.path()) else {
            let shown = entry.path().to_string_lossy();
            let shown = Utf8Path::new(shown.as_ref());
            // An entry that may contain declarations must not be skipped silently.
            let file = entry.file_type().is_some_and(|kind| kind.is_file());
            if !file || selection.selects(shown.strip_prefix(root).unwrap_or(shown)) {
                found.errors.push(SourceError::Name { path: display_path(shown) });
            }
            continue;
        };
        let relative = path.strip_prefix(root).unwrap_or(path);
        let Some(kind) = entry.file_type() else { continue };
        let leads_to_folder = kind.is_symlink() && path.is_dir();
        if kind.is_dir() {
            folders.insert(path.to_owned());
        }
        if kind.is_dir() || relative == CONFIG_NAME || !(leads_to_folder || selection.selects(relative)) {
            if !kind.is_dir() && is_odd(relative) {
                found.odd.push(path.to_owned());
            }
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
    if let Ok(mut ignoring) = ignoring.lock() {
        found.errors.append(&mut ignoring.errors);
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

/// Why a folder could not be listed, with its own name.
fn unlisted(root: &Utf8Path, error: &ignore::Error) -> SourceError {
    let mut at = error;
    let mut path = root.to_owned();
    while let ignore::Error::WithDepth { err, .. }
    | ignore::Error::WithLineNumber { err, .. }
    | ignore::Error::WithPath { err, .. } = at
    {
        if let ignore::Error::WithPath { path: named, .. } = at {
            path = named.to_string_lossy().into_owned().into();
        }
        at = err;
    }
    // The error text repeats the path; keep only the system's message.
    let mut cause: Option<&dyn std::error::Error> = at.io_error().map(|error| error as _);
    let mut error = io::Error::other("it cannot be listed");
    while let Some(next) = cause {
        if let Some(code) = next.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error) {
            error = io::Error::from_raw_os_error(code);
        }
        cause = next.source();
    }
    SourceError::Io { path: display_path(&path), error }
}

/// Why a link must not be skipped: its target is not read at its own place.
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

/// Removes duplicates: of several paths to one file, keeps the first in byte order.
pub fn distinct(mut files: Vec<Utf8PathBuf>) -> Vec<Utf8PathBuf> {
    files.sort();
    let mut seen = BTreeSet::new();
    files.retain(|path| seen.insert(canonical(path).unwrap_or_else(|_| path.clone())));
    files
}

/// Refuses a path that a link of the catalogue leads out of it: the author of the link could otherwise read whatever a report quotes. The catalogue
/// of a link is the folder of the nearest `leaver.yaml`, or the working directory. Links in neither are their owner's decision.
fn contained(path: &Utf8Path) -> Result<(), SourceError> {
    let io = |error| SourceError::Io { path: display_path(path), error };
    let real = canonical(path).map_err(io)?;
    let here = || canonical(Utf8Path::new("."));
    let full = if path.is_absolute() { path.to_owned() } else { here().map_err(io)?.join(path) };
    if full == real {
        return Ok(());
    }
    let mut at = Utf8PathBuf::new();
    for part in full.components() {
        let folder = at.clone();
        at.push(part);
        if !at.is_symlink() {
            continue;
        }
        let root = find_upwards(&folder, CONFIG_NAME).and_then(|file| file.parent().map(Utf8Path::to_owned));
        let root = root.or_else(|| here().ok().filter(|here| canonical(&folder).is_ok_and(|at| at.starts_with(here))));
        if root.is_some_and(|root| !real.starts_with(root)) {
            return Err(SourceError::Outside { path: display_path(path) });
        }
    }
    Ok(())
}

/// Reads a file of at most `limit` bytes that a text names: a configuration, a part of the trust root. Links must not lead out of the catalogue.
pub fn read(path: &Utf8Path, limit: usize) -> Result<SourceFile, SourceError> {
    contained(path)?;
    read_listed(path, limit)
}

/// Reads a file that a walk listed, or that the user named.
pub fn read_listed(path: &Utf8Path, limit: usize) -> Result<SourceFile, SourceError> {
    let shown = display_path(path);
    let io = |error| SourceError::Io { path: display_path(path), error };
    if !path.metadata().map_err(io)?.is_file() {
        return Err(SourceError::NotRegular { path: shown });
    }
    let file = File::open(path).map_err(io)?;
    // The open file may differ from the one checked before: check it again.
    let metadata = file.metadata().map_err(io)?;
    if !metadata.is_file() {
        return Err(SourceError::NotRegular { path: shown });
    }
    // Reading to the end of a file of unknown size doubles the buffer, which every file of the catalogue would keep.
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(limit).min(limit) + 1);
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
    // An entry with the name that is not a file is not skipped: reading it reports the error.
    start.ancestors().map(|folder| folder.join(name)).find(|path| path.symlink_metadata().is_ok())
}

/// A shown path as an absolute one, for comparison.
pub fn absolute(shown: &str) -> Utf8PathBuf {
    let working = std::env::current_dir().ok().and_then(|dir| Utf8PathBuf::from_path_buf(dir).ok()).unwrap_or_default();
    if shown == "." { working } else { working.join(shown) }
}

/// The path for display: relative to the working directory if it is below it, with `/` on every system.
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
