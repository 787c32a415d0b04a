//! Handles paths on the command line that do not exist, and references to removed declarations.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    super::common::{git_failure, print_to_stderr},
    Check, TrustedCommit,
};
use crate::{
    check::declared,
    config::Config,
    files::Workspace,
    finding::Subject,
    report::Failure,
    ruleset::Ruleset,
    schema::nearest,
    source::SourceError,
    vcs::{Commit, Repo, VcsError},
};

/// Refuses paths that do not exist.
pub(super) fn require_existing<'a>(
    files: &Workspace,
    paths: impl Iterator<Item = &'a Utf8PathBuf>,
) -> Result<(), Vec<Failure>> {
    let failure = |path: &Utf8PathBuf| {
        let error = files.kind(path).err()?;
        let gone = "if it was deleted or renamed, add `--since` with the commit that the change starts from";
        let help =
            similar_file(files, path).map_or_else(|| gone.to_owned(), |near| format!("did you mean `{near}`? {gone}"));
        Some(Failure::from(&SourceError::Io { path: files.show(path), error }).help(help))
    };
    let failures: Vec<Failure> = paths.filter_map(failure).collect();
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

/// Finds a file with a similar name in the same folder.
fn similar_file(files: &Workspace, path: &Utf8Path) -> Option<Utf8PathBuf> {
    let entries = files.entries(path.parent().unwrap_or(Utf8Path::new("."))).ok()?;
    let names: Vec<String> = entries.into_iter().filter(|entry| entry.is_utf8).map(|entry| entry.name).collect();
    let near = nearest(path.file_name()?, names.iter().map(String::as_str))?;
    Some(path.with_file_name(near))
}

impl Check {
    /// Returns the declarations that the given paths had before the change: in the commit of `--since` or `--trust-ref`, or in HEAD without these
    /// options. Outside a repository, or before the first commit, there are no declarations.
    pub(super) fn declared_before(
        &self,
        config: &Config,
        ruleset: &Ruleset,
        paths: &[Utf8PathBuf],
        repo: Option<&Repo>,
    ) -> Result<BTreeSet<Subject>, Failure> {
        let stdin = self.paths.iter().any(|path| path == "-").then(|| self.stdin_path().to_owned());
        let files = &config.files;
        let full = |path: &Utf8PathBuf| files.canonical(path).unwrap_or_else(|_| files.absolute(path));
        let given: Vec<Utf8PathBuf> = paths.iter().chain(&stdin).map(full).collect();
        // If the paths cover the whole catalogue, every declaration is reported anyway.
        let root = full(&config.root);
        let is_all = root.ancestors().any(|folder| given.iter().any(|given| given == folder));
        if given.is_empty() || is_all || !config.has_file {
            return Ok(BTreeSet::new());
        }
        let here = if repo.is_none() { repository_of(files, &root)? } else { None };
        let Some(repo) = repo.or(here.as_ref()) else { return Ok(BTreeSet::new()) };
        let reference = self.since.as_deref().or(self.trust_ref.as_deref());
        if reference.is_none() && repo.is_unborn() {
            return Ok(BTreeSet::new());
        }
        let commit = Commit::of(repo, reference.unwrap_or("HEAD"), &config.root, files).map_err(git_failure)?;
        let tree = commit.tree().map_err(git_failure)?;
        let base = Config { files: tree.workspace(files), ..config.clone() };
        let mut paths = base.files.walk(&config.root, &config.selection).files;
        paths.retain(|path| path.ancestors().any(|folder| given.iter().any(|given| given == folder)));
        // A file on the command line is read even if an ignore file hides it.
        paths.extend(given.into_iter().filter(|path| config.selects(path) && base.files.is_file(path)));
        paths.sort();
        paths.dedup();
        let before = declared(&base, ruleset, &paths);
        tree.failure().map_or(Ok(before), |error| Err(git_failure(error)))
    }

    /// Removes the paths that the change deleted or renamed, and returns whether it removed any. Without a commit, leaver cannot distinguish a
    /// deleted path from a mistyped one.
    pub(super) fn remove_deleted_paths(
        &self,
        paths: &mut Vec<Utf8PathBuf>,
        start: &Utf8Path,
        (repo, files): (Option<&Repo>, &Workspace),
        since: Option<&Commit>,
        base: Option<&TrustedCommit>,
    ) -> Result<bool, Failure> {
        let missing = |path: &Utf8PathBuf| files.kind(path).is_err();
        if !paths.iter().any(missing) {
            return Ok(false);
        }
        let only_staged = self.staged && since.is_none() && base.is_none();
        let head = repo.filter(|_| only_staged).map(|repo| Commit::of(repo, "HEAD", start, files));
        let head = head.transpose().map_err(git_failure)?;
        let gone = |path: &Utf8PathBuf| {
            let there = since.or(head.as_ref()).is_some_and(|commit| commit.has(path, files));
            missing(path) && (there || base.is_some_and(|base| base.has(path)))
        };
        let before = paths.len();
        paths.retain(|path| !gone(path));
        Ok(paths.len() < before)
    }
}

/// Returns the repository of a catalogue if the working directory is in the same repository. If the catalogue is in another repository, or git is
/// missing, prints a note that references to removed declarations are not reported. leaver opens no other repository, because paths on the command
/// line, links and submodules must not choose which repository git opens.
fn repository_of(files: &Workspace, root: &Utf8Path) -> Result<Option<Repo>, Failure> {
    let Some(top) = Repo::top_of(root) else { return Ok(None) };
    let reason = match Repo::of_working_directory(files) {
        Ok(repo) if repo.top() == top => return Ok(Some(repo)),
        Ok(_) | Err(VcsError::NoRepository(_)) => {
            format!("the catalogue is in the repository at `{top}`; run leaver there")
        }
        Err(error @ (VcsError::Submodule { .. } | VcsError::NoGit)) => format!("{error}; {}", error.help()),
        Err(error) => return Err(git_failure(error)),
    };
    print_to_stderr(&format!(
        "leaver: note: references to declarations that were removed from these paths are not reported: {reason}"
    ));
    Ok(None)
}
