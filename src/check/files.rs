//! Chooses the files that a check reads, and the files that it reports on.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::Request;
use crate::{
    config::{Config, disguised, misnamed},
    files::Workspace,
    report::{Code, Failure},
    source::{FileKind, FileList, SourceError},
    triage::Focus,
};

/// Returns the files of the catalogue, and the focus of the report.
pub(super) fn chosen_files(
    workspace: &Workspace,
    config: &Config,
    request: &Request,
    failures: &mut Vec<Failure>,
) -> (Vec<Utf8PathBuf>, Focus) {
    let mut focus = Vec::new();
    let mut whole = request.whole;
    let roots: Vec<&Utf8Path> = match &config.has_file {
        true => vec![&config.root],
        false if request.paths.is_empty() && request.text.is_none() => vec![&config.root],
        false => request.paths.iter().map(Utf8PathBuf::as_path).collect(),
    };
    let FileList { mut files, errors, unusual } = workspace.list(&roots, &config.selection);
    failures.extend(errors.iter().map(Failure::from));
    failures.extend(misnamed(config, files.iter()).into_iter().map(Failure::from));
    // Tracked files belong to the catalogue even if an ignore file of the change hides them.
    let trusted = || request.trusted.iter().flat_map(|trusted| &trusted.tracked);
    let tracked = || trusted().chain(&request.tracked);
    let (more, mut errors) =
        tracked_files(workspace, tracked().filter(|path| config.selects(path)), &files, &config.root);
    let all: BTreeSet<&Utf8PathBuf> = unusual.iter().chain(tracked()).collect();
    errors.extend(disguised(config, all.into_iter()).map(|path| SourceError::Disguised { path: workspace.show(path) }));
    if let Some(trusted) = &request.trusted {
        let absent = trusted.absent.iter().filter(|path| config.selects(path));
        errors.extend(absent.map(|path| SourceError::NotCheckedOut { path: workspace.show(path) }));
    }
    let missing = request.trusted.iter().flat_map(|trusted| &trusted.submodules);
    for (path, fault) in request.submodules.iter().chain(missing) {
        // The files of the submodule are unknown, so test whether the globs would select a YAML file in it.
        if config.selects(&path.join("a.yaml")) {
            errors.push(SourceError::Submodule { path: workspace.show(path), fault: *fault });
        }
    }
    files.extend(more);
    for failure in errors.iter().map(Failure::from) {
        // The walk may have reported the same error.
        if !failures.iter().any(|known| known.code == failure.code && known.file == failure.file) {
            failures.push(failure);
        }
    }
    if config.has_file {
        for path in &request.paths {
            match workspace.canonical(path) {
                // The configuration or a rule may affect any other file.
                Ok(full) if full.starts_with(&config.root) && config.affects_every_declaration(&full) => whole = true,
                Ok(full) if full.starts_with(&config.root) => {
                    focus.push((workspace.show(&full), workspace.is_folder(&full)));
                    // A file on the command line is loaded even if an ignore file hides it, but not if the globs exclude it.
                    if workspace.is_file(&full) && config.selects(&full) {
                        files.push(full);
                    } else if workspace.is_file(&full) && !config.excludes(&full) {
                        failures.push(
                            Failure::new(
                                Code::Usage,
                                format!("`{}` is not a file of the catalogue", workspace.show(&full)),
                            )
                            .help("name YAML files that `include` in leaver.yaml selects"),
                        );
                    }
                }
                Ok(full) => failures.push(
                    Failure::new(
                        Code::Usage,
                        format!(
                            "`{}` is not part of the catalogue at `{}`",
                            workspace.show(&full),
                            workspace.show(&config.root)
                        ),
                    )
                    .help("check one catalogue at a time"),
                ),
                Err(error) => {
                    let gone =
                        "if it was deleted or renamed, add `--since` with the commit that the change starts from";
                    let error = SourceError::Io { path: workspace.show(path), error };
                    failures.push(Failure { help: Some(gone.into()), ..Failure::from(&error) });
                }
            }
        }
    }
    // Without a configuration, paths are used as typed, so two of them may be the same file.
    let mut files = if config.has_file || request.paths.len() < 2 { files } else { workspace.distinct(files) };
    files.sort();
    files.dedup();
    if let Some((name, _)) = &request.text {
        focus.push((name.clone(), false));
        files.retain(|path| workspace.show(path) != *name);
        files.push(name.into());
    }
    (files, if whole { Focus::default() } else { Focus::new(workspace.working_directory().to_owned(), focus) })
}

/// Returns the tracked files to read, and errors for files that cannot be read.
fn tracked_files<'a>(
    workspace: &Workspace,
    tracked: impl Iterator<Item = &'a Utf8PathBuf>,
    walked: &[Utf8PathBuf],
    root: &Utf8Path,
) -> (Vec<Utf8PathBuf>, Vec<SourceError>) {
    let (mut files, mut links, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for path in tracked {
        match workspace.kind(path) {
            Ok(FileKind::File) => files.push(path.clone()),
            Ok(FileKind::Link) => links.push(path),
            Ok(_) => errors.push(SourceError::NotRegular { path: workspace.show(path) }),
            // The name is not UTF-8, so `path` differs from the name on disk.
            Err(_) if path.as_str().contains('\u{fffd}') => {
                errors.push(SourceError::Name { path: workspace.show(path) });
            }
            // The file is deleted, but the deletion is not committed.
            Err(_) => {}
        }
    }
    let read: BTreeSet<&Utf8PathBuf> =
        if links.is_empty() { BTreeSet::new() } else { files.iter().chain(walked).collect() };
    for link in links {
        let path = workspace.show(link);
        match workspace.canonical(link) {
            Ok(target) if read.contains(&target) => {}
            Ok(target) if !target.starts_with(root) => errors.push(SourceError::Outside { path }),
            Ok(target) => errors.push(SourceError::Unread { path, target: workspace.show(&target) }),
            Err(error) => errors.push(SourceError::Nowhere { path, error }),
        }
    }
    (files, errors)
}
