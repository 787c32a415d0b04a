//! Parses the entries of a commit or of the index, as git lists them.

use super::error::VcsError;

/// The type of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Link,
    Submodule,
}

impl EntryKind {
    /// Parses git's octal mode.
    fn of_mode(mode: &str) -> Option<Self> {
        match mode {
            // On systems other than Unix, a link is a file that contains the target, as in git without `core.symlinks`.
            "120000" if cfg!(unix) => Some(Self::Link),
            "100644" | "100755" | "100664" | "120000" => Some(Self::File),
            "160000" => Some(Self::Submodule),
            _ => None,
        }
    }
}

/// One file, link or submodule of a commit or of the index.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) kind: EntryKind,
    /// The id of the content or, for a submodule, of its commit.
    pub(super) object: String,
    /// The path in the repository.
    pub(super) path: Vec<u8>,
    /// The size in bytes, if git reported it.
    pub(super) size: Option<u64>,
    /// Whether a sparse checkout may omit the entry.
    pub(super) is_skipped: bool,
    /// Whether the entry is one side of an unresolved merge.
    pub(super) is_unmerged: bool,
}

/// The source of a list of entries, and its format.
#[derive(Debug, Clone, Copy)]
pub(super) enum Listing {
    /// `git ls-tree -r -z --long`: `<mode> <type> <object> <size>`, a tab, the path (git-ls-tree(1)).
    Commit,
    /// `git ls-files -z -t --stage`: `<tag> <mode> <object> <stage>`, a tab, the path (git-ls-files(1)).
    Index,
}

/// Why a list of entries cannot be used.
pub(super) enum Refused {
    /// Git answered in an unexpected way.
    Unexpected(String),
    /// A path that leaver must not use, because it contains `..` or `.git`, or is absolute.
    Unsafe(String),
}

impl Refused {
    /// Makes the error for a list of `subject`, such as the files of a commit. `name` is the name of the commit.
    pub(super) fn error(self, subject: &str, name: &str) -> VcsError {
        match self {
            Self::Unexpected(reason) => VcsError::Failed { subject: subject.into(), reason },
            Self::Unsafe(path) => VcsError::UnsafePath { commit: name.into(), path },
        }
    }
}

impl Entry {
    /// Returns the path for messages. Invalid UTF-8 becomes U+FFFD.
    pub(super) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.path).into_owned()
    }

    /// Parses a NUL-separated list.
    pub(super) fn parse(list: &[u8], listing: Listing) -> Result<Vec<Self>, Refused> {
        list.split(|byte| *byte == 0).filter(|row| !row.is_empty()).map(|row| Self::of_row(row, listing)).collect()
    }

    fn of_row(row: &[u8], listing: Listing) -> Result<Self, Refused> {
        let unexpected = || Refused::Unexpected("an unexpected list of files".into());
        let tab = row.iter().position(|byte| *byte == b'\t').ok_or_else(unexpected)?;
        let (head, path) = (row.get(..tab).unwrap_or_default(), row.get(tab + 1..).unwrap_or_default());
        let head = std::str::from_utf8(head).map_err(|_| unexpected())?;
        let words: Vec<&str> = head.split_whitespace().collect();
        let (mode, object, size, tag, stage) = match (listing, words.as_slice()) {
            (Listing::Commit, [mode, _, object, size]) => (mode, object, size.parse().ok(), "", "0"),
            (Listing::Index, [tag, mode, object, stage]) => (mode, object, None, *tag, *stage),
            _ => return Err(unexpected()),
        };
        let shown = String::from_utf8_lossy(path);
        let kind = EntryKind::of_mode(mode)
            .ok_or_else(|| Refused::Unexpected(format!("`{shown}` has the unknown mode {mode}")))?;
        if !is_safe(path) {
            return Err(Refused::Unsafe(shown.into_owned()));
        }
        let is_skipped = tag.eq_ignore_ascii_case("S");
        let (object, path) = ((*object).to_owned(), path.to_owned());
        Ok(Self { kind, object, path, size, is_skipped, is_unmerged: stage != "0" })
    }
}

/// Whether a path in the repository stays inside the repository and does not lead into a `.git`.
fn is_safe(path: &[u8]) -> bool {
    let is_plain = |part: &[u8]| !matches!(part, b"" | b"." | b"..") && !part.eq_ignore_ascii_case(b".git");
    let separators = if cfg!(windows) { &b"/\\:"[..] } else { &b"/"[..] };
    path.split(|byte| separators.contains(byte)).all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::{Entry, EntryKind, Listing, Refused, is_safe};

    #[test]
    fn both_lists_of_git_have_the_same_entries() {
        let commit =
            "100644 blob aa      12\ta b.yaml\x00120000 blob bb       3\tlink\x00160000 commit cc       -\tsub\x00";
        let index = "H 100644 aa 0\ta b.yaml\0S 120000 bb 0\tlink\0H 160000 cc 0\tsub\0M 100755 dd 2\tc\0";
        let link = if cfg!(unix) { EntryKind::Link } else { EntryKind::File };
        let expected = [("a b.yaml", EntryKind::File, "aa"), ("link", link, "bb"), ("sub", EntryKind::Submodule, "cc")];
        for (list, listing) in [(commit, Listing::Commit), (index, Listing::Index)] {
            let Ok(entries) = Entry::parse(list.as_bytes(), listing) else { panic!("{list}") };
            for (entry, (path, kind, object)) in entries.iter().zip(expected) {
                assert_eq!((entry.shown().as_str(), entry.kind, entry.object.as_str()), (path, kind, object));
            }
            let sizes: Vec<_> = entries.iter().map(|entry| entry.size).collect();
            let (skipped, unmerged): (Vec<_>, Vec<_>) =
                entries.iter().map(|entry| (entry.is_skipped, entry.is_unmerged)).unzip();
            match listing {
                Listing::Commit => assert_eq!(sizes, [Some(12), Some(3), None]),
                Listing::Index => {
                    assert_eq!(skipped, [false, true, false, false]);
                    assert_eq!(unmerged, [false, false, false, true]);
                }
            }
        }
        for (list, listing) in [
            ("100644 blob aa 12 a.yaml\0", Listing::Commit),
            ("100644 aa 0\ta.yaml\0", Listing::Index),
            ("100644 blob aa\ta.yaml\0", Listing::Commit),
            ("H 100600 aa 0\ta.yaml\0", Listing::Index),
        ] {
            assert!(matches!(Entry::parse(list.as_bytes(), listing), Err(Refused::Unexpected(_))), "{list}");
        }
        assert!(matches!(Entry::parse(b"H 100644 aa 0\t../a\0", Listing::Index), Err(Refused::Unsafe(_))));
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        for path in ["a.yaml", "a/b/c.yaml", ".github/x.yaml", "..a/b", "a/.gitignore"] {
            assert!(is_safe(path.as_bytes()), "{path}");
        }
        for path in ["", "..", "../a", "a/../b", "/a", "./a", "a/./b", "a//b", "a/", ".git/config", "a/.GIT/x"] {
            assert!(!is_safe(path.as_bytes()), "{path}");
        }
    }
}
