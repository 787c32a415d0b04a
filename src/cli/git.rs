//! The one other program that leaver runs, and only when it is asked about another commit.

use std::{
    io,
    process::{Command, Stdio},
};

use camino::{Utf8Path, Utf8PathBuf};

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
        let inner = root.strip_prefix(&top).unwrap_or(Utf8Path::new("")).to_owned();
        Ok(Self { _folder: folder, path, top, inner })
    }

    /// The root of the catalogue in that commit; none where it did not exist yet.
    pub(super) fn root(&self) -> Option<Utf8PathBuf> {
        let folder = self.folder().join(&self.inner);
        folder.is_dir().then_some(folder)
    }

    /// The nearest folder that the commit has, upwards from the catalogue's place: a change may bring a folder of its own.
    pub(super) fn nearest(&self) -> Utf8PathBuf {
        let inner = self.folder().join(&self.inner);
        inner.ancestors().find(|folder| folder.is_dir()).unwrap_or(self.folder()).to_owned()
    }

    /// The top of the repository in that commit.
    pub(super) fn folder(&self) -> &Utf8Path {
        &self.path
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

/// What git says; else the last line of its complaint.
fn git(folder: &Utf8Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    git_with(folder, arguments, None)
}

/// The same with an index of its own.
fn git_with(folder: &Utf8Path, arguments: &[&str], index: Option<&std::path::Path>) -> Result<Vec<u8>, String> {
    let folder = if folder.is_file() { folder.parent().unwrap_or(folder) } else { folder };
    let output = Command::new("git")
        .args(["-c", "core.fsmonitor=false", "-C", folder.as_str()])
        .args(arguments)
        .envs(index.map(|index| ("GIT_INDEX_FILE", index)))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(said.lines().last().unwrap_or("no reason given").to_owned())
}
