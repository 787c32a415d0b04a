//! The entries of a tree or of the index, as git lists them.

/// The type of an entry (git's modes 100644 and 100755, 120000, 160000).
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
            // Elsewhere, a link is a file that contains the target, as in git without `core.symlinks`.
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
    pub(super) blob: String,
    /// Its path in the repository.
    pub(super) path: Vec<u8>,
    /// Its size in bytes, if git reported it.
    pub(super) size: Option<u64>,
}

/// Why a list of entries cannot be used.
pub(super) enum Refused {
    /// Git answered in an unexpected way.
    Unexpected(String),
    /// A path that must not be used: `..`, `.git`, an absolute path.
    Unsafe(String),
}

impl Entry {
    /// The path for messages. Invalid UTF-8 becomes U+FFFD.
    pub(super) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.path).into_owned()
    }

    /// Parses a NUL-separated list. Each row has some facts, a tab and the path; `facts` returns mode, blob and size of a row, or why the list cannot
    /// be used.
    pub(super) fn parse<E>(
        list: &[u8],
        facts: impl Fn(&[&str], &str) -> Result<Option<(String, String, Option<u64>)>, E>,
        refuse: impl Fn(Refused) -> E,
    ) -> Result<Vec<Self>, E> {
        let unexpected = || refuse(Refused::Unexpected("an unexpected list of files".into()));
        let mut entries = Vec::new();
        for row in list.split(|byte| *byte == 0).filter(|row| !row.is_empty()) {
            let tab = row.iter().position(|byte| *byte == b'\t').ok_or_else(unexpected)?;
            let (head, path) = (row.get(..tab).unwrap_or_default(), row.get(tab + 1..).unwrap_or_default());
            let head = std::str::from_utf8(head).map_err(|_| unexpected())?;
            let words: Vec<&str> = head.split_whitespace().collect();
            let shown = String::from_utf8_lossy(path);
            let (mode, blob, size) = facts(&words, &shown)?.ok_or_else(unexpected)?;
            let kind = EntryKind::of_mode(&mode)
                .ok_or_else(|| refuse(Refused::Unexpected(format!("`{shown}` has the unknown mode {mode}"))))?;
            if !is_safe(path) {
                return Err(refuse(Refused::Unsafe(shown.into_owned())));
            }
            entries.push(Self { kind, blob, path: path.to_owned(), size });
        }
        Ok(entries)
    }
}

/// Whether a path from a tree stays below the folder that it is relative to, and does not lead into a `.git`.
fn is_safe(path: &[u8]) -> bool {
    let is_plain = |part: &[u8]| !matches!(part, b"" | b"." | b"..") && !part.eq_ignore_ascii_case(b".git");
    let separators = if cfg!(windows) { &b"/\\:"[..] } else { &b"/"[..] };
    path.split(|byte| separators.contains(byte)).all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::is_safe;

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
