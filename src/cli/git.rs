//! The one other program that leaver runs, and only when it is asked about another commit.

use std::{
    io,
    process::{Command, Stdio},
};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::common::usage;
use crate::report::Failure;

/// The files of a commit, laid out in a temporary folder that ends with this value.
pub(super) struct Tree {
    _folder: tempfile::TempDir,
    path: Utf8PathBuf,
    /// The top of the repository.
    pub(super) top: Utf8PathBuf,
    /// Where the catalogue lies in the repository.
    inner: Utf8PathBuf,
    /// The commit, in full.
    pub(super) commit: String,
}

impl Tree {
    /// Lays out the commit that `reference` names, of the repository that `root` lies in.
    pub(super) fn of(reference: &str, root: &Utf8Path) -> Result<Self, Failure> {
        if reference.starts_with('-') {
            return Err(usage(
                format!("`{reference}` is not a commit"),
                "name a branch, a tag or a commit, such as origin/main",
            ));
        }
        let top = git(root, &["rev-parse", "--show-toplevel"]).map_err(|reason| {
            usage(
                format!("cannot ask git about `{reference}`: {reason}"),
                "run it in a git repository, with git installed",
            )
        })?;
        let top = Utf8PathBuf::from(String::from_utf8_lossy(&top).trim_end());
        let commit = git(root, &["rev-parse", "--verify", "--quiet", &format!("{reference}^{{commit}}")]).map_err(|_| {
            let help = "fetch it first: `git fetch origin`, and in a shallow clone `git fetch --unshallow` (actions/checkout: `fetch-depth: 0`)";
            usage(format!("git knows no commit `{reference}`"), help)
        })?;
        let commit = String::from_utf8_lossy(&commit).trim_end().to_owned();
        let internal = |error: io::Error| {
            usage(
                format!("cannot lay out the files of `{reference}`: {error}"),
                "is there room in the temporary folder?",
            )
        };
        let folder = tempfile::tempdir().map_err(internal)?;
        // A canonical path, since others are compared with it: temporary folders are links on some systems.
        let path = Utf8Path::from_path(folder.path())
            .map_or_else(|| Err(io::Error::other("its name is not UTF-8")), Utf8Path::canonicalize_utf8);
        let path = path.map_err(internal)?;
        // NOTE: not `git archive`: `export-ignore` in .gitattributes would leave files out.
        let index = tempfile::NamedTempFile::new().map_err(internal)?.into_temp_path();
        std::fs::remove_file(&index).map_err(internal)?;
        let lay_out = |arguments: &[&str]| {
            git_with(&top, arguments, Some(&index)).map_err(|reason| {
                usage(format!("git cannot hand over the files of `{reference}`: {reason}"), "is the clone complete?")
            })
        };
        lay_out(&["read-tree", &commit])?;
        lay_out(&["checkout-index", "--all", &format!("--prefix={path}/")])?;
        let root = if root.is_file() {
            root.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(Utf8Path::new("."))
        } else {
            root
        };
        let root = root.canonicalize_utf8().map_err(internal)?;
        let top = top.canonicalize_utf8().map_err(internal)?;
        // A submodule's working tree is set in its configuration, whatever folder asks.
        let Ok(inner) = root.strip_prefix(&top).map(Utf8Path::to_owned) else {
            return Err(usage(
                format!("`{root}` lies outside the repository at `{top}`"),
                "in a submodule, check without `--staged`",
            ));
        };
        Ok(Self { _folder: folder, path, top, inner, commit })
    }

    /// Where the catalogue lies in that commit, whether it existed yet or not.
    pub(super) fn place(&self) -> Utf8PathBuf {
        self.folder().join(&self.inner)
    }

    /// The nearest folder that the commit has, upwards from the catalogue's place: a change may bring a folder of its own.
    pub(super) fn nearest(&self) -> Utf8PathBuf {
        let inner = self.place();
        inner.ancestors().find(|folder| folder.is_dir()).unwrap_or(self.folder()).to_owned()
    }

    /// The top of the repository in that commit.
    pub(super) fn folder(&self) -> &Utf8Path {
        &self.path
    }

    /// Where a file of the working directory lies in the commit; its folder may be gone by now.
    pub(super) fn path(&self, path: &Utf8Path) -> Option<Utf8PathBuf> {
        Some(self.folder().join(inside(&self.top, path)?))
    }
}

/// A path of the working directory, there or not, as a path below the top of its repository.
fn inside(top: &Utf8Path, path: &Utf8Path) -> Option<Utf8PathBuf> {
    let standing = path.ancestors().skip(1).find(|folder| folder.as_str().is_empty() || folder.exists())?;
    let rest = path.strip_prefix(standing).ok()?;
    let standing = if standing.as_str().is_empty() { Utf8Path::new(".") } else { standing };
    let plain = rest.components().all(|part| matches!(part, Utf8Component::Normal(_)));
    let folder = standing.canonicalize_utf8().ok().filter(|_| plain)?;
    Some(folder.strip_prefix(top).ok()?.join(rest))
}

/// What is staged, laid out in a temporary folder that is the working directory until this value ends, so that every path means what is
/// staged under it. A git file makes it a working tree of the same repository.
pub(super) struct Staged {
    _folder: tempfile::TempDir,
    path: Utf8PathBuf,
    top: Utf8PathBuf,
    back: std::path::PathBuf,
}

impl Staged {
    pub(super) fn enter() -> Result<Self, Failure> {
        let ask = |question: &[&str]| {
            let mut arguments = vec!["rev-parse", "--path-format=absolute"];
            arguments.extend(question);
            // The environment counts here alone: `git commit FILE` runs its hooks with an index of its own.
            let said = run_git(&mut Command::new("git"), Utf8Path::new("."), &arguments).map_err(|reason| {
                usage(
                    format!("cannot ask git what is staged: {reason}"),
                    "run it in a git repository, with git 2.31 or later installed",
                )
            })?;
            Ok::<_, Failure>(Utf8PathBuf::from(String::from_utf8_lossy(&said).trim_end()))
        };
        let internal = |error: io::Error| {
            usage(format!("cannot lay out what is staged: {error}"), "is there room in the temporary folder?")
        };
        let top = ask(&["--show-toplevel"])?.canonicalize_utf8().map_err(internal)?;
        let index = ask(&["--git-path", "index"])?;
        let store = ask(&["--git-dir"])?;
        let back = std::env::current_dir().map_err(internal)?;
        let folder = tempfile::tempdir().map_err(internal)?;
        let path = Utf8Path::from_path(folder.path())
            .map_or_else(|| Err(io::Error::other("its name is not UTF-8")), Utf8Path::canonicalize_utf8)
            .map_err(internal)?;
        git_with(&top, &["checkout-index", "--all", &format!("--prefix={path}/")], Some(index.as_std_path())).map_err(
            |reason| usage(format!("git cannot hand over what is staged: {reason}"), "is a merge unfinished?"),
        )?;
        std::fs::write(path.join(".git"), format!("gitdir: {store}\n")).map_err(internal)?;
        let here = Utf8Path::from_path(&back).and_then(|back| back.canonicalize_utf8().ok());
        let here = here.and_then(|here| Some(path.join(here.strip_prefix(&top).ok()?))).filter(|here| here.is_dir());
        let nothing = || usage("nothing is staged in this folder", "`git add` the declarations first");
        std::env::set_current_dir(here.ok_or_else(nothing)?).map_err(internal)?;
        Ok(Self { _folder: folder, path, top, back })
    }

    /// The staged file that a path given on the command line means.
    pub(super) fn path(&self, path: &Utf8Path) -> Utf8PathBuf {
        let below = path.is_absolute().then(|| inside(&self.top, path)).flatten();
        below.map_or_else(|| path.to_owned(), |below| self.path.join(below))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // Some systems cannot remove the folder that a process works in; what stays there is in the temporary folder.
        drop(std::env::set_current_dir(&self.back));
    }
}

/// The files below a folder that git tracks there.
pub(super) fn tracked(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Failure> {
    let list = git(folder, &["ls-files", "-z", "--", "."])
        .map_err(|reason| usage(format!("git cannot list its files: {reason}"), "is the clone complete?"))?;
    let list = String::from_utf8_lossy(&list).into_owned();
    Ok(list
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(|name| folder.join(name))
        .filter(|path| path.is_file())
        .collect())
}

/// Where a change may start from when nobody says it, the likeliest first. A branch of the same name at the remote is none of them: it holds
/// the change itself.
const DEFAULT_BRANCHES: [&str; 5] = ["origin/HEAD", "origin/main", "origin/master", "main", "master"];

/// The commit at which HEAD parted from the default branch, and the name of that branch.
pub(super) fn fork_point(folder: &Utf8Path) -> Result<(String, &'static str), Failure> {
    git(folder, &["rev-parse", "--show-toplevel"]).map_err(|reason| {
        usage(
            format!("cannot ask git where the change starts: {reason}"),
            "run it in a git repository, with git installed",
        )
    })?;
    let known = |name: &&str| git(folder, &["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")]).is_ok();
    let branch = DEFAULT_BRANCHES.into_iter().find(known).ok_or_else(|| {
        let names = DEFAULT_BRANCHES.map(|name| format!("`{name}`")).join(", ");
        usage(
            format!("cannot tell where the change starts: git knows none of {names}"),
            "name the commit to compare with, or fetch it first: `git fetch origin`, and in a shallow clone `git fetch --unshallow` (actions/checkout: `fetch-depth: 0`)",
        )
    })?;
    let commit = git(folder, &["merge-base", "HEAD", branch]).map_err(|_| {
        usage(
            format!("git finds no commit that HEAD and `{branch}` have in common"),
            "in a shallow clone run `git fetch --unshallow` (actions/checkout: `fetch-depth: 0`), or name the commit to compare with",
        )
    })?;
    Ok((String::from_utf8_lossy(&commit).trim_end().to_owned(), branch))
}

/// What git says; else the last line of its complaint.
fn git(folder: &Utf8Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    git_with(folder, arguments, None)
}

/// The same with an index of its own. What a hook finds in its environment about its repository is left out: the folder says which one is meant.
fn git_with(folder: &Utf8Path, arguments: &[&str], index: Option<&std::path::Path>) -> Result<Vec<u8>, String> {
    let mut command = Command::new("git");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"] {
        command.env_remove(name);
    }
    run_git(command.envs(index.map(|index| ("GIT_INDEX_FILE", index))), folder, arguments)
}

fn run_git(command: &mut Command, folder: &Utf8Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let folder = if folder.is_file() { folder.parent().unwrap_or(folder) } else { folder };
    let output = command
        .args(["-c", "core.fsmonitor=false", "-C", folder.as_str()])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(said.lines().last().unwrap_or("no reason given").to_owned())
}
