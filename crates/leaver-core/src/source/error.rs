//! Errors that prevent a file or folder from being read.

use std::io;

/// A file or folder that cannot be read. Such a file or folder is always reported, since its content is not checked.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file is missing, not readable by the user, or was deleted during the run.
    #[error("cannot read `{path}`: {error}")]
    Io {
        /// The path as shown.
        path: String,
        /// The system's error.
        error: io::Error,
    },
    /// The name is not UTF-8.
    #[error("the name of `{path}` is not UTF-8")]
    Name {
        /// The path, with U+FFFD for invalid bytes.
        path: String,
    },
    /// A device, a socket, a pipe.
    #[error("`{path}` is not a regular file")]
    NotRegular {
        /// The path as shown.
        path: String,
    },
    /// A link that leads out of the catalogue.
    #[error("`{path}` is a link that leads out of the catalogue")]
    Outside {
        /// The path as shown.
        path: String,
    },
    /// A link to a file or folder that leaver does not read.
    #[error("`{path}` is a link to `{target}`, which is not read")]
    Unread {
        /// The path as shown.
        path: String,
        /// The target of the link, as shown.
        target: String,
    },
    /// A link to a missing file, or to itself.
    #[error("`{path}` is a link that leads nowhere: {error}")]
    Nowhere {
        /// The path as shown.
        path: String,
        /// The system's error.
        error: io::Error,
    },
    /// A file that git tracks but that is not on disk.
    #[error("`{path}` is tracked by git, but not checked out")]
    NotCheckedOut {
        /// The path as shown.
        path: String,
    },
    /// A submodule without content.
    #[error("{}", .fault.text(.path))]
    Submodule {
        /// The path as shown.
        path: String,
        /// Why the files are not read.
        fault: SubmoduleFault,
    },
    /// A name that only looks like the name of a YAML file.
    #[error("`{path}` is not read: its name only looks like the name of a YAML file")]
    Disguised {
        /// The path as shown.
        path: String,
    },
    /// The file is larger than the limit.
    #[error("`{path}` is larger than {limit} bytes")]
    TooLarge {
        /// The path as shown.
        path: String,
        /// `limits.fileBytes`.
        limit: usize,
    },
    /// An ignore file that exceeds a limit.
    #[error("the ignore file `{path}` is refused: {reason}")]
    IgnoreFile {
        /// The path as shown.
        path: String,
        /// The limit that is exceeded.
        reason: String,
    },
    /// The content is not UTF-8 text.
    #[error("`{path}` is not UTF-8 text: bad byte at {offset} (line {line})")]
    NotUtf8 {
        /// The path as shown.
        path: String,
        /// The offset of the first invalid byte.
        offset: usize,
        /// The line of this byte, from 1.
        line: usize,
    },
}

/// Why the files of a submodule are not read. The repository has only the commit id of a submodule, not its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubmoduleFault {
    /// The submodule is new and not checked out.
    New,
    /// The commit of the submodule has changed, and the submodule is not checked out.
    Changed,
    /// leaver reads the index instead of the working tree.
    Staged,
    /// The two sides of a comparison have different commits of the submodule, and at least one side is a commit.
    Differs,
}

impl SubmoduleFault {
    fn text(self, path: &str) -> String {
        match self {
            Self::New => {
                format!("the submodule `{path}` is new and not checked out, so its declarations are not read")
            }
            Self::Changed => {
                format!("the submodule `{path}` has changed and is not checked out, so its declarations are not read")
            }
            Self::Staged => {
                format!(
                    "the declarations in the submodule `{path}` are not read: the index has only the id of its commit"
                )
            }
            Self::Differs => {
                format!("the submodule `{path}` has changed, and its declarations in another commit cannot be read")
            }
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::New | Self::Changed => "check it out (`git submodule update --init`), or exclude it in leaver.yaml",
            Self::Staged => "check the working tree, without `--staged`, or exclude the submodule in leaver.yaml",
            Self::Differs => "check the whole catalogue, without a comparison, or exclude the submodule in leaver.yaml",
        }
    }
}

impl SourceError {
    /// Returns the file or folder, as shown.
    pub fn path(&self) -> &str {
        match self {
            Self::Io { path, .. }
            | Self::Name { path }
            | Self::NotRegular { path }
            | Self::Outside { path }
            | Self::Unread { path, .. }
            | Self::Nowhere { path, .. }
            | Self::NotCheckedOut { path }
            | Self::Submodule { path, .. }
            | Self::Disguised { path }
            | Self::TooLarge { path, .. }
            | Self::IgnoreFile { path, .. }
            | Self::NotUtf8 { path, .. } => path,
        }
    }

    /// Returns what to do.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Io { .. } => "check that it exists and that you may read it",
            Self::Name { .. } => "rename it",
            Self::NotRegular { .. } => {
                "name a file or a folder, pipe the declaration into `leaver check -`, or exclude the path in leaver.yaml"
            }
            Self::Outside { .. } => "copy the file into the catalogue, or exclude the link in leaver.yaml",
            Self::Unread { .. } => {
                "put the declarations into a file of the catalogue, or exclude the link in leaver.yaml"
            }
            Self::Nowhere { .. } => "fix or remove the link, or exclude it in leaver.yaml",
            Self::NotCheckedOut { .. } => {
                "check out the whole catalogue (a sparse checkout omits files), or exclude the file in leaver.yaml"
            }
            Self::Submodule { fault, .. } => fault.help(),
            Self::Disguised { .. } => "end the name in `.yaml` or `.yml`, or exclude it in leaver.yaml",
            Self::TooLarge { .. } => "split it, exclude it, or raise `limits.fileBytes` in leaver.yaml",
            Self::IgnoreFile { .. } => "shorten it: use patterns with `*` instead of many names",
            Self::NotUtf8 { .. } => "save it as UTF-8",
        }
    }
}
