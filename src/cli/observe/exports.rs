//! Reads exports: files, folders of files, standard input.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
};

use camino::{Utf8DirEntry, Utf8Path, Utf8PathBuf};

use super::cannot_read;
use crate::{
    files::Workspace,
    observe::{EXPORT_BYTES, Export, Options, collect, documents, formats},
    report::Failure,
};

/// Parses the name of a format.
pub(super) fn format(text: &str) -> Result<String, String> {
    let known = formats();
    if known.contains(&text) {
        return Ok(text.to_owned());
    }
    let near = crate::schema::nearest(text, known.iter().copied()).map(|near| format!("did you mean `{near}`? "));
    Err(format!("{}the formats are {}", near.unwrap_or_default(), known.join(", ")))
}

/// Maximum number of files in a folder.
const FILES: usize = 20_000;
/// Maximum depth of nested folders.
const LEVELS: usize = 8;

/// Reads the exports at these paths.
pub(super) fn read_exports(workspace: &Workspace, paths: &[Utf8PathBuf]) -> Result<Vec<Export>, Vec<Failure>> {
    let mut files = Vec::new();
    let mut failures = Vec::new();
    for path in paths {
        if path == "-" {
            files.push(path.clone());
        } else if path.is_dir() {
            add_files_below(path, 0, &mut files)
                .unwrap_or_else(|error| failures.push(cannot_read(workspace, path, &error.to_string())));
        } else {
            files.push(path.clone());
        }
    }
    let mut exports = Vec::new();
    for path in &files {
        match read_export(workspace, path) {
            Ok(export) => exports.push(export),
            Err(error) => failures.push(cannot_read(workspace, path, &error.to_string())),
        }
    }
    if exports.is_empty() && failures.is_empty() {
        let named = paths.first().map(|path| workspace.show(path)).unwrap_or_default();
        failures.push(super::usage(format!("there is no file in `{named}`"), "name exports, or a folder of them"));
    }
    if failures.is_empty() { Ok(exports) } else { Err(failures) }
}

/// Adds the files below a folder to `files`, sorted by name. Skips links and hidden files.
fn add_files_below(folder: &Utf8Path, level: usize, files: &mut Vec<Utf8PathBuf>) -> io::Result<()> {
    // A name that is not UTF-8 is an error: if leaver skipped the file, a page of the export would be missing.
    let entries: io::Result<Vec<Utf8DirEntry>> = folder.read_dir_utf8()?.collect();
    let mut entries: Vec<Utf8PathBuf> = entries?.into_iter().map(Utf8DirEntry::into_path).collect();
    entries.sort();
    for path in entries {
        let meta = path.symlink_metadata()?;
        let hidden = path.file_name().is_some_and(|name| name.starts_with('.'));
        if hidden || meta.is_symlink() {
            continue;
        }
        if meta.is_dir() {
            if level >= LEVELS {
                return Err(io::Error::other(format!("folders are nested more than {LEVELS} deep")));
            }
            add_files_below(&path, level + 1, files)?;
        } else if meta.is_file() {
            if files.len() >= FILES {
                return Err(io::Error::other(format!("it has more than {FILES} files")));
            }
            files.push(path);
        }
    }
    Ok(())
}

fn read_export(files: &Workspace, path: &Utf8Path) -> io::Result<Export> {
    let mut bytes = Vec::new();
    // Read one byte more than allowed to detect larger files.
    let most = EXPORT_BYTES as u64 + 1;
    if path == "-" {
        io::stdin().lock().take(most).read_to_end(&mut bytes)?;
        return Ok(Export { shown: "stdin".into(), bytes, written: None });
    }
    let file = File::open(path)?;
    let meta = file.metadata()?;
    if meta.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let written = meta.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
    let written = written.map(|time| time.strftime("%Y-%m-%d").to_string());
    file.take(most).read_to_end(&mut bytes)?;
    Ok(Export { shown: files.show(path), bytes, written })
}

/// The name of the evidence, its declarations, and notes about it.
pub(in crate::cli) type Evidence = (String, String, Vec<String>);

/// Splits an argument of `--evidence` into the path and, if the argument names a System (`okta-prod=plan.json`), the System.
fn split_system(files: &Workspace, path: &Utf8Path) -> (Option<String>, Utf8PathBuf) {
    let stated = path.as_str().split_once('=').filter(|(name, file)| !file.is_empty() && super::system(name).is_ok());
    match stated {
        Some((name, file)) if !files.exists(path) => (Some(name.to_owned()), file.into()),
        _ => (None, path.to_owned()),
    }
}

/// Whether a path of evidence is standard input.
pub(in crate::cli) fn is_standard_input(files: &Workspace, path: &Utf8Path) -> bool {
    split_system(files, path).1 == "-"
}

/// Reads the evidence for a run of `leaver check`.
pub(in crate::cli) fn read_evidence(
    files: &Workspace,
    paths: &[Utf8PathBuf],
    today: &str,
) -> Result<Option<Evidence>, Vec<Failure>> {
    let mut systems: BTreeMap<Option<String>, Vec<Utf8PathBuf>> = BTreeMap::new();
    for (system, path) in paths.iter().map(|path| split_system(files, path)) {
        systems.entry(system).or_default().push(path);
    }
    let (mut shown, mut texts, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for (nth, (system, paths)) in systems.into_iter().enumerate() {
        let exports = read_exports(files, &paths)?;
        let options = Options { system, today: today.to_owned(), ..Options::default() };
        let collected = collect("auto", &exports, options)?;
        shown.extend(exports.iter().map(|export| export.shown.clone()));
        // Different systems may have declarations with the same name, so each system gets a different prefix.
        let prefix = if nth == 0 { "evidence-".to_owned() } else { format!("evidence-{nth}-") };
        texts.push(documents(&collected, &prefix));
        notes.extend(collected.notes);
    }
    let name = match shown.as_slice() {
        [] => return Ok(None),
        [one] => format!("{one} (observed)"),
        many => format!("{} exports (observed)", many.len()),
    };
    Ok(Some((name, texts.join("---\n"), notes)))
}
