//! The repository of the working directory, located once.

use std::{
    collections::BTreeSet,
    env,
    ffi::{OsStr, OsString},
    sync::Arc,
};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::{
    cache::Cache,
    entry::{Entry, EntryKind, Listing},
    error::VcsError,
    git::Git,
    tree::Tree,
};
use crate::{files::Workspace, source::FileKind};

/// Branches that a change may start from by default, most likely first. The remote branch with the name of the current branch is not one of them,
/// because it contains the change. The list has full names, so that a tag `origin/main` cannot replace the branch.
const DEFAULT_BRANCHES: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
];

/// The files and submodules that git tracks.
#[derive(Debug, Default)]
pub(crate) struct Tracked {
    /// Files and links. Some of them may no longer be on the disk.
    pub(crate) files: Vec<Utf8PathBuf>,
    /// Files that a sparse checkout omits.
    pub(crate) absent: Vec<Utf8PathBuf>,
    /// Submodules.
    pub(crate) submodules: Vec<Submodule>,
}

/// A submodule. Git has only the id of its commit, because its files are in another repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Submodule {
    /// The folder of the submodule.
    pub(crate) path: Utf8PathBuf,
    /// The id of the submodule's commit.
    pub(crate) commit: String,
}

/// A repository with a working tree.
#[derive(Debug, Clone)]
pub(crate) struct Repo {
    pub(super) git: Git,
    /// The top of the working tree, canonical.
    top: Utf8PathBuf,
    /// The index of a running `git commit FILE`, from the environment of a hook.
    pub(super) index: Option<OsString>,
    /// The answers of git in this run.
    pub(super) cache: Arc<Cache>,
}

impl Repo {
    /// Finds the repository of the working directory by its `.git`, because commits cannot contain a `.git`. A bare repository does not count: a
    /// commit can contain files that make a folder look like one.
    pub(crate) fn of_working_directory(files: &Workspace) -> Result<Self, VcsError> {
        let here = files.working_directory().canonicalize_utf8();
        let here = here.map_err(|error| VcsError::WorkingDirectory(error.to_string()))?;
        let mut working_tree_tops = working_tree_tops(&here);
        let top = working_tree_tops.next().ok_or_else(|| VcsError::NoRepository(here.clone()))?;
        let bind = |top: &Utf8Path| Git::new(top.join(".git"), top.to_owned());
        for above in working_tree_tops {
            let inner = top.strip_prefix(above).unwrap_or(top);
            let listed = index(&bind(above)?, inner, None, &format!("the index of `{above}`"))?;
            if listed.iter().any(|entry| entry.kind == EntryKind::Submodule && entry.shown() == inner.as_str()) {
                return Err(VcsError::Submodule { submodule: top.to_owned(), top: above.to_owned() });
            }
        }
        Ok(Self { git: bind(top)?, top: top.to_owned(), index: env::var_os("GIT_INDEX_FILE"), cache: Arc::default() })
    }

    /// The top of the working tree, canonical.
    pub(crate) fn top(&self) -> &Utf8Path {
        &self.top
    }

    /// Returns the top of the working tree that contains a file or folder, if there is one. Safe for any folder, because this function does not run
    /// git.
    pub(crate) fn top_of(path: &Utf8Path) -> Option<Utf8PathBuf> {
        let path = path.canonicalize_utf8().ok()?;
        working_tree_tops(&path).next().map(Utf8Path::to_owned)
    }

    /// Whether the current branch has no commit yet. False if HEAD names a commit that the clone lacks.
    pub(crate) fn is_unborn(&self) -> bool {
        self.git.run_text(&["rev-parse", "--verify", "--quiet", "HEAD"]).is_err()
    }

    /// Returns the merge base of HEAD and the default branch, and the full name of the default branch.
    pub(crate) fn fork_point(&self) -> Result<(String, &'static str), VcsError> {
        let known = |name: &&str| self.git.run_text(&["show-ref", "--verify", "--quiet", "--", name]).is_ok();
        let branch = DEFAULT_BRANCHES
            .into_iter()
            .find(known)
            .ok_or_else(|| VcsError::NoDefaultBranch(DEFAULT_BRANCHES.map(|name| format!("`{name}`")).join(", ")))?;
        let commit =
            self.git.run_text(&["merge-base", "HEAD", branch]).map_err(|_| VcsError::NoMergeBase(branch.into()))?;
        Ok((commit, branch))
    }

    /// Returns the entries of the index below a folder, which is given by its path in the repository. If `index` is given, git reads it instead of
    /// the repository's own index.
    pub(super) fn index(&self, folder: &Utf8Path, index: Option<&OsStr>) -> Result<Vec<Entry>, VcsError> {
        self::index(&self.git, folder, index, "the index")
    }

    /// Returns the entries that git tracks below a folder. In names, bytes that are not UTF-8 become U+FFFD.
    pub(crate) fn tracked(&self, folder: &Utf8Path, files: &Workspace) -> Result<Tracked, VcsError> {
        let inner = self.existing_path_below_top(folder, files)?;
        let mut tracked = Tracked::default();
        for entry in self.index(&inner, None)? {
            let path = self.top.join(entry.shown());
            match entry.kind {
                EntryKind::Submodule => tracked.submodules.push(Submodule { path, commit: entry.object }),
                _ if entry.is_skipped && files.kind(&path).is_err() => tracked.absent.push(path),
                _ => tracked.files.push(path),
            }
        }
        Ok(tracked)
    }

    /// Returns the files of the index that are new or differ from the commit. With `--staged`, `staged` has the files of the index.
    pub(crate) fn differing(&self, commit: &Tree, staged: Option<&Tree>) -> Result<Vec<Utf8PathBuf>, VcsError> {
        let known: BTreeSet<(Utf8PathBuf, &str)> = commit.blobs().collect();
        if let Some(staged) = staged {
            let differing = staged.blobs().filter(|entry| !known.contains(entry));
            return Ok(differing.map(|(path, _)| path).collect());
        }
        let mut entries = self.index(Utf8Path::new(""), None)?;
        entries.retain(|entry| entry.kind != EntryKind::Submodule);
        let is_new = |entry: &&Entry| !known.contains(&(self.top.join(entry.shown()), entry.object.as_str()));
        Ok(entries.iter().filter(is_new).map(|entry| self.top.join(entry.shown())).collect())
    }

    /// Returns the path below the top of an existing file or folder.
    pub(super) fn existing_path_below_top(&self, path: &Utf8Path, files: &Workspace) -> Result<Utf8PathBuf, VcsError> {
        let outside = || VcsError::Outside { path: path.to_owned(), top: self.top.clone() };
        let path = files.canonical(path).map_err(|_| outside())?;
        path.strip_prefix(&self.top).map(Utf8Path::to_owned).map_err(|_| outside())
    }

    /// Finds the first linked folder of the working tree on the way to a folder. Includes links in the path by which the shell reached the working
    /// directory.
    pub(crate) fn link_on_the_way(&self, folder: &Utf8Path, files: &Workspace) -> Option<Utf8PathBuf> {
        let here = files.working_directory().canonicalize_utf8().ok()?;
        let named = env::var_os("PWD").and_then(|path| Utf8PathBuf::from_path_buf(path.into()).ok());
        let named = named.filter(|path| path.is_absolute());
        let named = named.filter(|path| path.canonicalize_utf8().is_ok_and(|path| path == here)).unwrap_or(here);
        let is_link = |path: &Utf8Path| matches!(files.kind(path), Ok(FileKind::Link)) && files.is_folder(path);
        let mut at = Utf8PathBuf::new();
        for part in named.join(folder).components() {
            let is_ours = files.canonical(&at).is_ok_and(|above| above.starts_with(&self.top));
            match part {
                Utf8Component::ParentDir => drop(at.pop()),
                part => at.push(part),
            }
            if is_ours && (is_link(&at) || at.is_symlink() && at.is_dir()) {
                return Some(at);
            }
        }
        None
    }

    /// Converts a path of the working directory to a path below the top. Does not follow links of the working tree, because a change chooses their
    /// targets. If the path leads through a link above the repository, [`Self::path_below_top`] resolves it.
    pub(crate) fn lexical_path(&self, path: &Utf8Path, files: &Workspace) -> Option<Utf8PathBuf> {
        let here = files.working_directory().canonicalize_utf8().ok()?;
        let mut full = Utf8PathBuf::new();
        for part in here.join(path).components() {
            match part {
                Utf8Component::ParentDir => drop(full.pop()),
                part => full.push(part),
            }
        }
        match full.strip_prefix(&self.top) {
            Ok(inner) => Some(inner.to_owned()),
            Err(_) => self.path_below_top(path, files),
        }
    }

    /// Converts a path of the working directory to a path below the top. The path need not exist.
    pub(super) fn path_below_top(&self, path: &Utf8Path, files: &Workspace) -> Option<Utf8PathBuf> {
        let existing = path.ancestors().skip(1).find(|folder| folder.as_str().is_empty() || files.exists(folder))?;
        let rest = path.strip_prefix(existing).ok()?;
        let plain = rest.components().all(|part| matches!(part, Utf8Component::Normal(_)));
        let folder = files.canonical(existing).ok().filter(|_| plain)?;
        Some(folder.strip_prefix(&self.top).ok()?.join(rest))
    }

    /// Refuses a partial clone, because git would fetch its missing objects.
    pub(super) fn refuse_partial(&self) -> Result<(), VcsError> {
        let keys = "^(remote\\..*\\.(promisor|partialclonefilter)|extensions\\.partialclone)$";
        match self.git.run_text(&["config", "--get-regexp", keys]) {
            Ok(_) => Err(VcsError::Partial(self.top.clone())),
            Err(_) => Ok(()),
        }
    }
}

/// Returns the entries of an index below a folder of its repository.
fn index(git: &Git, folder: &Utf8Path, index: Option<&OsStr>, subject: &str) -> Result<Vec<Entry>, VcsError> {
    let mut arguments = vec!["ls-files", "-z", "-t", "--stage", "--full-name", "--"];
    if !folder.as_str().is_empty() {
        arguments.push(folder.as_str());
    }
    let failed = |reason| VcsError::Failed { subject: subject.into(), reason };
    let list = git.run(&arguments, index).map_err(failed)?;
    Entry::parse(&list, Listing::Index).map_err(|refused| refused.error(subject, subject))
}

/// Returns the folders that are the top of a working tree, at or above a canonical path.
fn working_tree_tops(path: &Utf8Path) -> impl Iterator<Item = &Utf8Path> {
    path.ancestors().filter(|folder| {
        let store = folder.join(".git");
        store.is_file() || store.join("HEAD").symlink_metadata().is_ok()
    })
}
