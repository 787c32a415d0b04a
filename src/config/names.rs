//! Finds leaver's own files, and files whose names are almost `leaver.yaml`.

use camino::{Utf8Path, Utf8PathBuf};

use super::{Config, ConfigError, FILE_NAME, Loaded, Signoff};
use crate::{
    files::Workspace,
    schema::{CONFIG, folded},
    source::{FileKind, Parsed, YamlLimits, parse},
};

/// A file whose name is almost `leaver.yaml`.
#[derive(PartialEq, Eq)]
enum NearName {
    /// A YAML file that is hidden or has another case or extension: `.leaver.yaml`, `Leaver.yaml`, `leaver.yml`.
    Yaml,
    /// A file in another format, or with a suffix that an editor added: `leaver.toml`, `leaver.yaml.txt`.
    Other,
}

fn classify_name(file: &str) -> Option<NearName> {
    if file == FILE_NAME {
        return None;
    }
    let lower = file.trim().to_lowercase();
    let (stem, end) = lower.trim_start_matches('.').split_once('.')?;
    if folded(stem) != "leaver" {
        return None;
    }
    match end {
        "yaml" | "yml" => Some(NearName::Yaml),
        "json" | "json5" | "jsonc" | "toml" | "yaml.txt" | "yml.txt" | "yaml.yaml" | "yaml.yml" | "yml.yaml" => {
            Some(NearName::Other)
        }
        _ => None,
    }
}

fn misnamed_error(files: &Workspace, path: &Utf8Path) -> ConfigError {
    ConfigError::new(format!("`{}` is not read: the configuration is called `{FILE_NAME}`", files.show(path)))
        .help(format!("rename it to `{FILE_NAME}`, or exclude it in `{FILE_NAME}` if it belongs to another tool"))
}

/// The files in a folder with names that are almost `leaver.yaml`, sorted.
fn near_names(files: &Workspace, folder: &Utf8Path) -> Vec<(Utf8PathBuf, NearName)> {
    files
        .entries(folder)
        .into_iter()
        .flatten()
        .filter(|entry| entry.is_utf8 && matches!(entry.kind, FileKind::File | FileKind::Link))
        .filter_map(|entry| classify_name(&entry.name).map(|name| (folder.join(&entry.name), name)))
        .collect()
}

/// Whether a file is a report, which may be called `leaver.json`.
fn is_report(files: &Workspace, path: &Utf8Path) -> bool {
    files.read(path, super::Limits::default().file_bytes).is_ok_and(|file| file.text().contains("\"findings\""))
}

/// Files in a folder that were probably meant as `leaver.yaml`. If `named`, the name suffices, but a file that is not YAML must not be a report. If
/// not `named`, the file must be YAML with the keys of a configuration.
fn misnamed_in(files: &Workspace, folder: &Utf8Path, named: bool) -> Vec<ConfigError> {
    if files.kind(&folder.join(FILE_NAME)).is_ok() {
        return Vec::new();
    }
    let is_one = |(path, name): &&(Utf8PathBuf, NearName)| match name {
        NearName::Yaml => named || configures(files, path),
        NearName::Other => named && !is_report(files, path),
    };
    near_names(files, folder).iter().filter(is_one).map(|(path, _)| misnamed_error(files, path)).collect()
}

/// Misnamed files in this folder and above it, up to the folder with the configuration or the root of the repository.
pub(super) fn misnamed_above(files: &Workspace, folder: &Utf8Path) -> Vec<ConfigError> {
    let Ok(start) = files.canonical(folder) else { return Vec::new() };
    let top =
        start.ancestors().find(|folder| files.is_file(&folder.join(FILE_NAME)) || files.exists(&folder.join(".git")));
    let top = top.unwrap_or(&start);
    start
        .ancestors()
        .take_while(|folder| folder.starts_with(top))
        .flat_map(|folder| misnamed_in(files, folder, folder == top))
        .collect()
}

/// Whether a file has the keys of a configuration. If not, it may be a workflow or template with the name `leaver.yml`.
fn configures(files: &Workspace, path: &Utf8Path) -> bool {
    let Ok(file) = files.read(path, super::Limits::default().file_bytes) else { return true };
    let Parsed { documents, .. } = parse(&file, &YamlLimits::default());
    documents.first().is_some_and(|document| {
        let entries = document.root.entries();
        let known = entries.iter().filter(|entry| CONFIG.has_path(&[&entry.key])).count();
        document.root.get("version").is_some_and(|_| known * 2 > entries.len()) || (known > 1 && known == entries.len())
    })
}

/// Misnamed files of a catalogue. At the root, the name suffices. Below the root, the file must also have the keys of a configuration.
pub(crate) fn misnamed<'a>(config: &Config, files: impl Iterator<Item = &'a Utf8PathBuf>) -> Vec<ConfigError> {
    // Without a configuration, the root of the catalogue is unknown.
    let levels = if config.has_file { usize::MAX } else { 1 };
    let mut folders: Vec<&Utf8Path> = files.flat_map(|file| file.ancestors().skip(1).take(levels)).collect();
    folders.retain(|folder| !config.has_file || folder.starts_with(&config.root));
    if config.has_file {
        folders.push(&config.root);
    }
    folders.sort_unstable();
    folders.dedup();
    let here = |folder: &Utf8Path| if folder.as_str().is_empty() { Utf8PathBuf::from(".") } else { folder.to_owned() };
    let wrong = |folder: &Utf8Path| {
        let root = config.has_file && *folder == config.root;
        let is_one = |path: &Utf8PathBuf| {
            !config.excludes(path) && !config.own_paths.contains(path) && (root || configures(&config.files, path))
        };
        let yaml = near_names(&config.files, &here(folder))
            .into_iter()
            .filter(|(_, name)| *name == NearName::Yaml)
            .map(|(path, _)| path);
        yaml.filter(is_one).map(|path| misnamed_error(&config.files, &path)).collect::<Vec<_>>()
    };
    folders.into_iter().flat_map(wrong).collect()
}

/// Files that the globs do not select, but whose names look like names that the globs select: `a.yaml` with a space at the end, or with a Cyrillic
/// `а`.
pub(crate) fn disguised<'a>(
    config: &'a Config,
    files: impl Iterator<Item = &'a Utf8PathBuf>,
) -> impl Iterator<Item = &'a Utf8PathBuf> {
    let seems_chosen = |path: &Utf8Path| {
        visible_name(path).is_some_and(|seen| config.selects(&seen) || (!config.has_file && seen != path))
    };
    files.filter(move |path| !config.selects(path) && !config.excludes(path) && seems_chosen(path))
}

/// The path as a reader sees it, if its name looks like the name of a YAML file.
fn visible_name(path: &Utf8Path) -> Option<Utf8PathBuf> {
    let is_end =
        |c: char| c == '.' || c.is_whitespace() || folded(c.encode_utf8(&mut [0; 4])).is_empty() && !c.is_ascii();
    let name = path.file_name()?.trim_end_matches(is_end);
    let (stem, end) = name.rsplit_once(['.', '\u{2024}', '\u{3002}', '\u{ff0e}', '\u{ff61}', '\u{a78f}', '\u{b7}'])?;
    // `a.yaml~` does not look like a YAML file.
    let is_word = end.chars().all(|c| c.is_alphanumeric() || !c.is_ascii());
    let end = folded(end);
    (is_word && matches!(end.as_str(), "yaml" | "yml")).then(|| path.with_file_name(format!("{stem}.{end}")))
}

/// leaver's own files and folders. Documents in them do not count as skipped.
pub(super) fn own_paths(loaded: &Loaded, profile: &str, signoff: &Signoff) -> Vec<Utf8PathBuf> {
    let Some((file, _)) = &loaded.source else { return Vec::new() };
    let entries = &loaded.entries;
    let names = entries.policies.iter().chain(&entries.vendors).chain(&entries.frameworks).map(String::as_str);
    let names = names.chain([signoff.folder.as_str(), signoff.trust.as_str()]);
    let names = names.chain(Some(profile).filter(|profile| profile.contains(['/', '.'])));
    let root = &loaded.root;
    names
        .map(|name| root.join(name.trim_start_matches("./").trim_end_matches('/')))
        .chain([loaded.files.absolute(file.path())])
        .collect()
}
