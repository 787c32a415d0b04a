//! Lists the files of a catalogue.

use std::{collections::BTreeSet, vec::IntoIter};

use camino::{Utf8Path, Utf8PathBuf};

use super::{ignoring::Ignoring, workspace::Workspace};
use crate::source::{CONFIG_NAME, FileKind, FileList, FolderEntry, Selection, SourceError};

/// Whether a file name could imitate another name, because it is not ASCII or ends in a space or dot.
fn has_unusual_name(path: &Utf8Path) -> bool {
    path.file_name().is_some_and(|name| !name.is_ascii() || name.trim_end_matches([' ', '.']) != name)
}

impl Workspace {
    /// The selected files at or below these paths, and errors.
    pub fn list(&self, roots: &[&Utf8Path], selection: &Selection) -> FileList {
        let mut all = FileList::default();
        for root in roots {
            let found = self.walk(root, selection);
            all.files.extend(found.files);
            all.errors.extend(found.errors);
            all.unusual.extend(found.unusual);
        }
        all
    }

    /// Lists the selected files under `root`, which may be a single file. Respects `.gitignore`, skips hidden folders and does not follow links.
    pub fn walk(&self, root: &Utf8Path, selection: &Selection) -> FileList {
        let refused = |error| FileList { errors: vec![error], ..FileList::default() };
        let unreadable = |error| refused(SourceError::Io { path: self.show(root), error });
        match self.kind_of_target(root) {
            Ok(FileKind::File) => {
                let here = || self.canonical(Utf8Path::new("."));
                let is_link = matches!(self.kind(root), Ok(FileKind::Link));
                let is_inside =
                    || self.canonical(root).is_ok_and(|target| here().is_ok_and(|here| target.starts_with(here)));
                if is_link && !is_inside() {
                    return refused(SourceError::Outside { path: self.show(root) });
                }
                return FileList { files: vec![root.to_owned()], ..FileList::default() };
            }
            Ok(FileKind::Folder) => {}
            Ok(_) => return refused(SourceError::NotRegular { path: self.show(root) }),
            Err(error) => return unreadable(error),
        }
        if let Err(error) = self.require_contained(root) {
            return refused(error);
        }
        match self.canonical(root) {
            Ok(canonical) => Walk::new(self, root, canonical, selection).run(),
            Err(error) => unreadable(error),
        }
    }
}

/// A folder that the walk has entered, with the entries that it has not visited yet.
struct Level {
    folder: Utf8PathBuf,
    /// The canonical path of the folder.
    canonical: Utf8PathBuf,
    rest: IntoIter<FolderEntry>,
}

/// A walk through a folder and its subfolders. The code uses `levels` instead of recursion, because a tree of git may be nested deeper than any
/// folder of the disk.
struct Walk<'a> {
    files: &'a Workspace,
    root: &'a Utf8Path,
    canonical: Utf8PathBuf,
    selection: &'a Selection,
    ignoring: Ignoring<'a>,
    levels: Vec<Level>,
    found: FileList,
    links: Vec<Utf8PathBuf>,
    folders: BTreeSet<Utf8PathBuf>,
}

impl<'a> Walk<'a> {
    fn new(files: &'a Workspace, root: &'a Utf8Path, canonical: Utf8PathBuf, selection: &'a Selection) -> Self {
        let ignoring = Ignoring::above(files, &canonical);
        let (levels, links, folders) = (Vec::new(), Vec::new(), BTreeSet::new());
        Self { files, root, canonical, selection, ignoring, levels, found: FileList::default(), links, folders }
    }

    fn run(mut self) -> FileList {
        let canonical = self.canonical.clone();
        self.enter(self.root.to_owned(), canonical);
        if !self.ignoring.errors.is_empty() {
            return FileList { errors: self.ignoring.errors, ..FileList::default() };
        }
        while let Some(level) = self.levels.last_mut() {
            let Some(entry) = level.rest.next() else {
                self.levels.pop();
                continue;
            };
            let (path, canonical) = (level.folder.join(&entry.name), level.canonical.join(&entry.name));
            self.ignoring.truncate(self.levels.len());
            if !self.ignoring.ignores(&canonical, entry.kind == FileKind::Folder) {
                self.visit(path, canonical, &entry);
            }
        }
        self.found.errors.append(&mut self.ignoring.errors);
        self.found.files.sort();
        self.check_links();
        self.found
    }

    fn enter(&mut self, folder: Utf8PathBuf, canonical: Utf8PathBuf) {
        if !self.ignoring.enter(&folder, &canonical, self.levels.len()) {
            return;
        }
        match self.files.entries(&folder) {
            Ok(entries) => {
                self.folders.insert(folder.clone());
                self.levels.push(Level { folder, canonical, rest: entries.into_iter() });
            }
            Err(error) => self.found.errors.push(SourceError::Io { path: self.files.show(&folder), error }),
        }
    }

    fn visit(&mut self, path: Utf8PathBuf, canonical: Utf8PathBuf, entry: &FolderEntry) {
        let relative = path.strip_prefix(self.root).unwrap_or(&path);
        if !entry.is_utf8 {
            // Report the entry if it may contain declarations.
            if entry.kind != FileKind::File || self.selection.selects(relative) {
                self.found.errors.push(SourceError::Name { path: self.files.show(&path) });
            }
            return;
        }
        if entry.kind == FileKind::Folder {
            return self.enter(path, canonical);
        }
        let leads_to_folder = || entry.kind == FileKind::Link && self.files.is_folder(&path);
        if relative == CONFIG_NAME || !(self.selection.selects(relative) || leads_to_folder()) {
            if has_unusual_name(relative) {
                self.found.unusual.push(path);
            }
            return;
        }
        match entry.kind {
            FileKind::Link => self.links.push(path),
            FileKind::File => self.found.files.push(path),
            _ => self.found.errors.push(SourceError::NotRegular { path: self.files.show(&path) }),
        }
    }

    /// Reports links to targets that the walk does not read under their own paths.
    fn check_links(&mut self) {
        if self.links.is_empty() {
            return;
        }
        let files: BTreeSet<&Utf8Path> = self.found.files.iter().map(Utf8PathBuf::as_path).collect();
        let is_read = |path: &Utf8Path| files.contains(path) || self.folders.contains(path);
        let errors: Vec<SourceError> = self.links.iter().filter_map(|link| self.link_error(link, &is_read)).collect();
        self.found.errors.extend(errors);
    }

    /// The error for a link. `None` if the walk also reads the target under its own path.
    fn link_error(&self, link: &Utf8Path, is_read: &dyn Fn(&Utf8Path) -> bool) -> Option<SourceError> {
        let path = self.files.show(link);
        let target = match self.files.canonical(link) {
            Ok(target) => target,
            Err(error) => return Some(SourceError::Nowhere { path, error }),
        };
        match target.strip_prefix(&self.canonical) {
            Err(_) => Some(SourceError::Outside { path }),
            Ok(relative) if relative == "" && is_read(self.root) => None,
            Ok(relative) if is_read(&self.root.join(relative)) => None,
            Ok(relative) => Some(SourceError::Unread { path, target: relative.to_string() }),
        }
    }
}
