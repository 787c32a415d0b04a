//! The one other program that leaver runs, and only when it is asked about another commit.

use std::{
    collections::BTreeSet,
    io::{self, Seek, Write},
    process::{Command, Stdio},
};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::common::usage;
use crate::report::Failure;

/// A commit of the repository that a catalogue lies in.
pub(super) struct Commit {
    /// What it was called.
    reference: String,
    /// In full.
    id: String,
    /// The top of the repository.
    top: Utf8PathBuf,
    /// Where the catalogue lies in the repository.
    inner: Utf8PathBuf,
}

impl Commit {
    /// The commit that `reference` names, of the repository that `root` lies in.
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
        let id = git(root, &["rev-parse", "--verify", "--quiet", &format!("{reference}^{{commit}}")]).map_err(|_| {
            let help = "fetch it first: `git fetch origin`, and in a shallow clone `git fetch --unshallow` (actions/checkout: `fetch-depth: 0`)";
            usage(format!("git knows no commit `{reference}`"), help)
        })?;
        let id = String::from_utf8_lossy(&id).trim_end().to_owned();
        let root = if root.is_file() {
            root.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(Utf8Path::new("."))
        } else {
            root
        };
        let lost = |error: io::Error| usage(format!("cannot find `{root}`: {error}"), "is it still there?");
        let root = root.canonicalize_utf8().map_err(lost)?;
        let top = top.canonicalize_utf8().map_err(lost)?;
        // A submodule's working tree is set in its configuration, whatever folder asks.
        let Ok(inner) = root.strip_prefix(&top).map(Utf8Path::to_owned) else {
            return Err(usage(
                format!("`{root}` lies outside the repository at `{top}`"),
                "in a submodule, check without `--staged`",
            ));
        };
        Ok(Self { reference: reference.to_owned(), id, top, inner })
    }

    fn ask(&self, arguments: &[&str], input: Input<'_>) -> Result<Vec<u8>, Failure> {
        git_with(&self.top, arguments, input).map_err(|reason| {
            let message = format!("git cannot hand over the files of `{}`: {reason}", self.reference);
            usage(message, "is the clone complete?")
        })
    }

    /// Whether the commit has a file of the working directory, which may be gone by now.
    pub(super) fn holds(&self, path: &Utf8Path) -> bool {
        let Some(path) = inside(&self.top, path) else { return false };
        git(&self.top, &["cat-file", "-e", &format!("{}:{path}", self.id)]).is_ok()
    }

    /// The files of the catalogue that are `wanted`, by their path in it, with the text that the commit has. What is no text, or longer than
    /// `limit` bytes, is left out.
    pub(super) fn catalogue(
        &self,
        wanted: impl Fn(&Utf8Path) -> bool,
        limit: usize,
    ) -> Result<Vec<(Utf8PathBuf, String)>, Failure> {
        let texts = self.texts(|path| path.strip_prefix(&self.inner).is_ok_and(&wanted), limit)?;
        let inner = |(path, text): (Utf8PathBuf, String)| Some((path.strip_prefix(&self.inner).ok()?.to_owned(), text));
        Ok(texts.into_iter().filter_map(inner).collect())
    }

    /// The same for the whole repository.
    pub(super) fn texts(
        &self,
        wanted: impl Fn(&Utf8Path) -> bool,
        limit: usize,
    ) -> Result<Vec<(Utf8PathBuf, String)>, Failure> {
        let list = self.ask(&["ls-tree", "-r", "-z", "--long", "--full-tree", &self.id], Input::None)?;
        let list = String::from_utf8_lossy(&list);
        let files: Vec<(&str, Utf8PathBuf)> = list
            .split('\0')
            .filter_map(|row| {
                let (facts, path) = row.split_once('\t')?;
                let mut facts = facts.split_whitespace();
                let (mode, _, blob, size) = (facts.next()?, facts.next()?, facts.next()?, facts.next()?);
                let fits = mode.starts_with("100") && size.parse::<usize>().is_ok_and(|size| size <= limit);
                (fits && wanted(Utf8Path::new(path))).then(|| (blob, Utf8PathBuf::from(path)))
            })
            .collect();
        let blobs: String = files.iter().map(|(blob, _)| format!("{blob}\n")).collect();
        let all = self.ask(&["cat-file", "--batch"], Input::Text(&blobs))?;
        let cut = || usage(format!("git cuts the files of `{}` short", self.reference), "is the clone complete?");
        let mut rest = all.as_slice();
        let mut texts = Vec::with_capacity(files.len());
        for (blob, path) in files {
            // `<blob> blob <size>`, a line end, the content, a line end (git-cat-file, "BATCH OUTPUT").
            let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(cut)?;
            let (head, tail) = (rest.get(..end).unwrap_or_default(), rest.get(end + 1..).unwrap_or_default());
            let head = String::from_utf8_lossy(head);
            let size = head.strip_prefix(blob).and_then(|head| head.strip_prefix(" blob ")).ok_or_else(cut)?;
            let size: usize = size.parse().map_err(|_| cut())?;
            let content = tail.get(..size).ok_or_else(cut)?;
            rest = tail.get(size + 1..).ok_or_else(cut)?;
            texts.extend(String::from_utf8(content.to_vec()).ok().map(|text| (path, text)));
        }
        Ok(texts)
    }

    /// Lays out its files, but for some.
    pub(super) fn lay_out(self, but: &BTreeSet<Utf8PathBuf>) -> Result<Tree, Failure> {
        let internal = |error: io::Error| {
            usage(
                format!("cannot lay out the files of `{}`: {error}", self.reference),
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
        self.ask(&["read-tree", &self.id], Input::Index(&index))?;
        let names = self.ask(&["ls-files", "-z"], Input::Index(&index))?;
        let names = String::from_utf8_lossy(&names);
        let names =
            names.split_inclusive('\0').filter(|name| !but.contains(Utf8Path::new(name.trim_end_matches('\0'))));
        // A folder is there even if nothing in it is laid out.
        let folders: BTreeSet<&Utf8Path> = but.iter().filter_map(|file| file.parent()).collect();
        folders.into_iter().try_for_each(|below| std::fs::create_dir_all(path.join(below))).map_err(internal)?;
        let arguments = ["checkout-index", "-z", "--stdin", &format!("--prefix={path}/")];
        self.ask(&arguments, Input::IndexAndText(&index, &names.collect::<String>()))?;
        Ok(Tree { _folder: folder, path, commit: self })
    }
}

/// The files of a commit, laid out in a temporary folder that ends with this value.
pub(super) struct Tree {
    _folder: tempfile::TempDir,
    path: Utf8PathBuf,
    commit: Commit,
}

impl Tree {
    /// Lays out the commit that `reference` names, of the repository that `root` lies in.
    pub(super) fn of(reference: &str, root: &Utf8Path) -> Result<Self, Failure> {
        Commit::of(reference, root)?.lay_out(&BTreeSet::new())
    }

    /// Whether the commit has a file of the working directory, which may be gone by now.
    pub(super) fn holds(&self, path: &Utf8Path) -> bool {
        self.commit.holds(path)
    }

    /// The commit, in full.
    pub(super) fn id(&self) -> &str {
        &self.commit.id
    }

    /// The top of the repository.
    pub(super) fn top(&self) -> &Utf8Path {
        &self.commit.top
    }

    /// Where the catalogue lies in that commit, whether it existed yet or not.
    pub(super) fn place(&self) -> Utf8PathBuf {
        self.folder().join(&self.commit.inner)
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
        Some(self.folder().join(inside(&self.commit.top, path)?))
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
            let said = run_git(Command::new("git").stdin(Stdio::null()), Utf8Path::new("."), &arguments).map_err(
                |reason| {
                    usage(
                        format!("cannot ask git what is staged: {reason}"),
                        "run it in a git repository, with git 2.31 or later installed",
                    )
                },
            )?;
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
        git_with(&top, &["checkout-index", "--all", &format!("--prefix={path}/")], Input::Index(index.as_std_path())).map_err(
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

/// What git tracks below a folder: files and links, of which some may be gone. Bytes of a name that are not UTF-8 are U+FFFD.
pub(super) fn tracked(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Failure> {
    let list = git(folder, &["ls-files", "-z", "--", "."])
        .map_err(|reason| usage(format!("git cannot list its files: {reason}"), "is the clone complete?"))?;
    let list = String::from_utf8_lossy(&list).into_owned();
    Ok(list.split('\0').filter(|name| !name.is_empty()).map(|name| folder.join(name)).collect())
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

/// What a call of git is given besides its arguments.
#[derive(Clone, Copy)]
enum Input<'a> {
    None,
    /// On standard input.
    Text(&'a str),
    /// An index of its own.
    Index(&'a std::path::Path),
    /// Both.
    IndexAndText(&'a std::path::Path, &'a str),
}

/// What git says; else the last line of its complaint.
fn git(folder: &Utf8Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    git_with(folder, arguments, Input::None)
}

/// The same with an input. What a hook finds in its environment about its repository is left out: the folder says which one is meant.
fn git_with(folder: &Utf8Path, arguments: &[&str], input: Input<'_>) -> Result<Vec<u8>, String> {
    let mut command = Command::new("git");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    if let Input::Index(path) | Input::IndexAndText(path, _) = input {
        command.env("GIT_INDEX_FILE", path);
    }
    // A file and no pipe: git answers before it has read everything.
    if let Input::Text(text) | Input::IndexAndText(_, text) = input {
        command.stdin(file_of(text).map_err(|error| error.to_string())?);
    }
    run_git(&mut command, folder, arguments)
}

fn file_of(text: &str) -> io::Result<std::fs::File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(text.as_bytes())?;
    file.rewind()?;
    Ok(file)
}

fn run_git(command: &mut Command, folder: &Utf8Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let folder = if folder.is_file() { folder.parent().unwrap_or(folder) } else { folder };
    let output = command
        .args(["-c", "core.fsmonitor=false", "-C", folder.as_str()])
        .args(arguments)
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(said.lines().last().unwrap_or("no reason given").to_owned())
}
