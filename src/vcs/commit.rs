//! Commits, read from git's object store as raw blobs, so that no attribute, filter or replacement changes their content.

use std::io::{BufRead, BufReader, Read};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::{error::VcsError, name, repo::Repo};
use crate::{files, source::Texts};

/// A commit of the catalogue's repository.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(super) repo: Repo,
    /// Its name as given by the user.
    reference: String,
    /// Its full id.
    id: String,
    /// The catalogue's path in the repository.
    inner: Utf8PathBuf,
}

/// The type of a tree or index entry (git's modes 100644 and 100755, 120000, 160000).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Link,
    Submodule,
}

impl EntryKind {
    /// Parses git's octal mode.
    pub(super) fn of_mode(mode: &str) -> Option<Self> {
        match mode {
            "100644" | "100755" | "100664" => Some(Self::File),
            "120000" => Some(Self::Link),
            "160000" => Some(Self::Submodule),
            _ => None,
        }
    }
}

/// One file, link or submodule of a commit or of the index.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) kind: EntryKind,
    pub(super) blob: String,
    /// Its path in the repository. Invalid UTF-8 becomes U+FFFD.
    pub(super) path: Utf8PathBuf,
    /// Its size in bytes, if git reported it.
    pub(super) size: Option<u64>,
}

impl Commit {
    /// Resolves `reference` to a commit. `root` is a file or folder of the working tree, in or above which the catalogue is.
    pub(crate) fn of(repo: &Repo, reference: &str, root: &Utf8Path) -> Result<Self, VcsError> {
        repo.refuse_partial()?;
        let id = name::resolve(&repo.git, reference)?;
        let folder = if root.is_file() { root.parent().unwrap_or(root) } else { root };
        let folder = if folder.as_str().is_empty() { Utf8Path::new(".") } else { folder };
        let inner = repo.existing_path_below_top(folder)?;
        Ok(Self { repo: repo.clone(), reference: reference.to_owned(), id, inner })
    }

    /// Its full id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Its name as given by the user.
    pub(super) fn reference(&self) -> &str {
        &self.reference
    }

    /// The catalogue's path in the repository.
    pub(super) fn inner(&self) -> &Utf8Path {
        &self.inner
    }

    /// Whether the commit contains a file of the working directory, even if the file no longer exists there.
    pub(crate) fn has(&self, path: &Utf8Path) -> bool {
        let Some(path) = self.repo.path_below_top(path) else { return false };
        self.repo.git.run_text(&["cat-file", "-e", &format!("{}:{path}", self.id)]).is_ok()
    }

    /// The `wanted` files of the catalogue at `root`, by their paths in the working tree. Files that are not UTF-8 or longer than `limit` bytes are
    /// skipped.
    pub(crate) fn files(
        &self,
        root: &Utf8Path,
        wanted: impl Fn(&Utf8Path) -> bool,
        limit: usize,
    ) -> Result<Texts, VcsError> {
        let below = |path: &Utf8Path| path.strip_prefix(&self.inner).ok().map(|inner| root.join(inner));
        let texts = self.texts(|path| below(path).is_some_and(|path| wanted(&path)), limit)?;
        Ok(files::texts(texts.into_iter().filter_map(|(path, text)| Some((below(&path)?, text)))))
    }

    /// The paths of all files and links in the repository.
    pub(crate) fn paths(&self) -> Result<Vec<Utf8PathBuf>, VcsError> {
        let entries = self.entries()?.into_iter().filter(|entry| entry.kind != EntryKind::Submodule);
        Ok(entries.map(|entry| entry.path).collect())
    }

    /// Whether a folder of the working tree is a submodule in the commit.
    pub(crate) fn has_submodule(&self, folder: &Utf8Path) -> Result<bool, VcsError> {
        let entries = self.entries()?;
        let is_one = |entry: &Entry| entry.kind == EntryKind::Submodule && self.repo.top().join(&entry.path) == folder;
        Ok(entries.iter().any(is_one))
    }

    /// The files of the whole repository that are `wanted`, by their paths in it, with the same exceptions.
    pub(crate) fn texts(
        &self,
        wanted: impl Fn(&Utf8Path) -> bool,
        limit: usize,
    ) -> Result<Vec<(Utf8PathBuf, String)>, VcsError> {
        let mut entries = self.entries()?;
        entries.retain(|entry| entry.kind == EntryKind::File && wanted(&entry.path));
        // Git reports no size for a missing object.
        if let Some(entry) = entries.iter().find(|entry| entry.size.is_none()) {
            return Err(self.failed(format!("`{}` is missing", entry.path)));
        }
        entries.retain(|entry| entry.size.is_some_and(|size| size <= limit as u64));
        let mut texts = Vec::with_capacity(entries.len());
        read_blobs(&self.repo, &self.subject(), &entries, |entry, content| {
            let mut text = Vec::new();
            content.read_to_end(&mut text).map_err(|error| error.to_string())?;
            texts.extend(String::from_utf8(text).ok().map(|text| (entry.path.clone(), text)));
            Ok(())
        })?;
        Ok(texts)
    }

    /// All files, links and submodules.
    pub(super) fn entries(&self) -> Result<Vec<Entry>, VcsError> {
        let list = ["ls-tree", "-r", "-z", "--long", "--full-tree", &self.id];
        let list = self.repo.git.run(&list, super::git::Input::default()).map_err(|reason| self.failed(reason))?;
        let list = String::from_utf8_lossy(&list);
        let mut entries = Vec::new();
        for row in list.split_terminator('\0') {
            // `<mode> <type> <object> <size>`, a tab, the path (git-ls-tree(1), `--long`).
            let (facts, path) =
                row.split_once('\t').ok_or_else(|| self.failed("an unexpected list of files".into()))?;
            let facts: Vec<&str> = facts.split_whitespace().collect();
            let [mode, _, blob, size] = facts.as_slice() else {
                return Err(self.failed("an unexpected list of files".into()));
            };
            let Some(kind) = EntryKind::of_mode(mode) else {
                return Err(self.failed(format!("`{path}` has the unknown mode {mode}")));
            };
            let path = Utf8PathBuf::from(path);
            if !is_safe(&path) {
                return Err(VcsError::UnsafePath { commit: self.reference.clone(), path: path.to_string() });
            }
            entries.push(Entry { kind, blob: (*blob).to_owned(), path, size: size.parse().ok() });
        }
        Ok(entries)
    }

    /// The description of the commit in messages.
    pub(super) fn subject(&self) -> String {
        format!("the files of `{}`", self.reference)
    }

    fn failed(&self, reason: String) -> VcsError {
        VcsError::Failed { subject: self.subject(), reason }
    }
}

/// Whether a path from a tree stays below the folder that it is written to, and does not lead into a `.git`.
pub(super) fn is_safe(path: &Utf8Path) -> bool {
    let plain = |part: Utf8Component<'_>| match part {
        Utf8Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
        _ => false,
    };
    // `components` normalises `a//b` and `a/./b`, which no valid tree contains.
    let normal = path.components().map(|part| part.as_str()).collect::<Vec<_>>().join("/") == path.as_str();
    normal && !path.as_str().is_empty() && path.components().all(plain)
}

/// Passes the content of each blob to `take`, in order. `take` must read it to the end or not at all.
pub(super) fn read_blobs(
    repo: &Repo,
    subject: &str,
    entries: &[Entry],
    mut take: impl FnMut(&Entry, &mut dyn Read) -> Result<(), String>,
) -> Result<(), VcsError> {
    if entries.is_empty() {
        return Ok(());
    }
    let failed = |reason: String| VcsError::Failed { subject: subject.to_owned(), reason };
    let blobs: String = entries.iter().map(|entry| format!("{}\n", entry.blob)).collect();
    let mut child = repo.git.stream(&["cat-file", "--batch"], &blobs).map_err(|error| failed(error.to_string()))?;
    let mut read = || {
        let mut out = BufReader::new(child.stdout.take().ok_or("no output")?);
        for entry in entries {
            // `<blob> blob <size>`, a line end, the content, a line end (git-cat-file(1), "BATCH OUTPUT").
            let mut head = String::new();
            out.read_line(&mut head).map_err(|error| error.to_string())?;
            let size = head.trim_end().strip_prefix(&entry.blob).and_then(|rest| rest.strip_prefix(" blob "));
            let size: u64 =
                size.and_then(|size| size.parse().ok()).ok_or_else(|| format!("`{}` is missing", entry.path))?;
            let mut content = (&mut out).take(size);
            take(entry, &mut content)?;
            std::io::copy(&mut content, &mut std::io::sink()).map_err(|error| error.to_string())?;
            if content.limit() > 0 {
                return Err(format!("`{}` is cut short", entry.path));
            }
            out.read_exact(&mut [0]).map_err(|_| format!("`{}` is cut short", entry.path))?;
        }
        Ok::<_, String>(())
    };
    let result = read().map_err(failed);
    // The child ends, because its output is closed.
    drop(child.wait());
    result
}

#[cfg(test)]
mod tests {
    use super::is_safe;

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        for path in ["a.yaml", "a/b/c.yaml", ".github/x.yaml", "..a/b", "a/.gitignore"] {
            assert!(is_safe(path.into()), "{path}");
        }
        for path in ["", "..", "../a", "a/../b", "/a", "./a", "a/./b", "a//b", "a/", ".git/config", "a/.GIT/x"] {
            assert!(!is_safe(path.into()), "{path}");
        }
    }
}
