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

/// Branches that a change may start from by default, most likely first. The remote branch of the same name is excluded, since it contains the
/// change. These are full names, so that a tag `origin/main` cannot replace the branch.
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
    /// Files and links, some of which may be gone from the disk.
    pub(crate) files: Vec<Utf8PathBuf>,
    /// Files that a sparse checkout left out.
    pub(crate) absent: Vec<Utf8PathBuf>,
    /// Submodules.
    pub(crate) submodules: Vec<Submodule>,
}

/// A submodule. Git has only the id of its commit; its files are in another repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Submodule {
    /// Its folder.
    pub(crate) path: Utf8PathBuf,
    /// The id of its commit.
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
    /// The repository of the working directory. Only a `.git` counts, because commits cannot contain one. They can contain files that make a folder a
    /// bare repository.
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

    /// The top of the working tree that contains a file or folder, if any. It does not run git, so it is safe for any folder.
    pub(crate) fn top_of(path: &Utf8Path) -> Option<Utf8PathBuf> {
        let path = path.canonicalize_utf8().ok()?;
        working_tree_tops(&path).next().map(Utf8Path::to_owned)
    }

    /// Whether the branch has no commit yet. If HEAD names a missing commit, this is false.
    pub(crate) fn is_unborn(&self) -> bool {
        self.git.run_text(&["rev-parse", "--verify", "--quiet", "HEAD"]).is_err()
    }

    /// The merge base of HEAD and the default branch, and the full name of that branch.
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

    /// The entries of the index below a folder, by its path in the repository. `index` is read instead of the repository's own index.
    pub(super) fn index(&self, folder: &Utf8Path, index: Option<&OsStr>) -> Result<Vec<Entry>, VcsError> {
        self::index(&self.git, folder, index, "the index")
    }

    /// The entries that git tracks below a folder. Bytes of a name that are not UTF-8 are U+FFFD.
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

    /// The files that are new or different in the index, compared with a commit. `staged` is the index of `--staged`.
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

    /// The path of an existing file or folder below the top.
    pub(super) fn existing_path_below_top(&self, path: &Utf8Path, files: &Workspace) -> Result<Utf8PathBuf, VcsError> {
        let outside = || VcsError::Outside { path: path.to_owned(), top: self.top.clone() };
        let path = files.canonical(path).map_err(|_| outside())?;
        path.strip_prefix(&self.top).map(Utf8Path::to_owned).map_err(|_| outside())
    }

    /// The first link of the working tree on the way to a folder, including links in the path by which the shell reached the working directory.
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

    /// The path below the top for a path of the working directory. Links of the working tree are not followed, because a change chooses their
    /// targets. A path through a link above the repository is resolved by [`Self::path_below_top`].
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

    /// The path below the top for a path of the working directory. The path need not exist.
    pub(super) fn path_below_top(&self, path: &Utf8Path, files: &Workspace) -> Option<Utf8PathBuf> {
        let existing = path.ancestors().skip(1).find(|folder| folder.as_str().is_empty() || files.exists(folder))?;
        let rest = path.strip_prefix(existing).ok()?;
        let plain = rest.components().all(|part| matches!(part, Utf8Component::Normal(_)));
        let folder = files.canonical(existing).ok().filter(|_| plain)?;
        Some(folder.strip_prefix(&self.top).ok()?.join(rest))
    }

    /// Refuses a partial clone, whose missing objects git would fetch.
    pub(super) fn refuse_partial(&self) -> Result<(), VcsError> {
        let keys = "^(remote\\..*\\.(promisor|partialclonefilter)|extensions\\.partialclone)$";
        match self.git.run_text(&["config", "--get-regexp", keys]) {
            Ok(_) => Err(VcsError::Partial(self.top.clone())),
            Err(_) => Ok(()),
        }
    }
}

/// The entries of an index below a folder of its repository.
fn index(git: &Git, folder: &Utf8Path, index: Option<&OsStr>, subject: &str) -> Result<Vec<Entry>, VcsError> {
    let mut arguments = vec!["ls-files", "-z", "-t", "--stage", "--full-name", "--"];
    if !folder.as_str().is_empty() {
        arguments.push(folder.as_str());
    }
    let failed = |reason| VcsError::Failed { subject: subject.into(), reason };
    let list = git.run(&arguments, index).map_err(failed)?;
    Entry::parse(&list, Listing::Index).map_err(|refused| refused.error(subject, subject))
}

/// The folders at or above a canonical path that are the top of a working tree.
fn working_tree_tops(path: &Utf8Path) -> impl Iterator<Item = &Utf8Path> {
    path.ancestors().filter(|folder| {
        let store = folder.join(".git");
        store.is_file() || store.join("HEAD").symlink_metadata().is_ok()
    })
}
