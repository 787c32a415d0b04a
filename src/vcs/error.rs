//! Errors about git, each with a help text.

use camino::Utf8PathBuf;

/// An error about git or the repository.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum VcsError {
    /// There is no `git` on the PATH. Folders of the repository do not count.
    #[error("cannot find git on the PATH")]
    NoGit,
    /// Git is older than [`super::git::OLDEST`].
    #[error("git {0} is too old to read a repository safely: leaver needs 2.38 or later")]
    OldGit(String),
    /// The working directory cannot be read.
    #[error("cannot read the working directory: {0}")]
    WorkingDirectory(String),
    /// The working directory is not in a repository.
    #[error("`{0}` is not in a git repository")]
    NoRepository(Utf8PathBuf),
    /// The working directory is in a submodule. A change to the superproject could choose the repository of the submodule.
    #[error("`{submodule}` is a submodule of the repository at `{top}`")]
    Submodule {
        /// Where the submodule is checked out.
        submodule: Utf8PathBuf,
        /// The superproject.
        top: Utf8PathBuf,
    },
    /// The repository is a partial clone, in which git fetches objects on demand.
    #[error("the repository at `{0}` is a partial clone, so git would have to fetch missing objects")]
    Partial(Utf8PathBuf),
    /// A path is outside the repository.
    #[error("`{path}` is outside the repository at `{top}`")]
    Outside {
        /// The path.
        path: Utf8PathBuf,
        /// The repository.
        top: Utf8PathBuf,
    },
    /// The path to the catalogue leads through a link in the repository.
    #[error("`{0}` is a link in the repository, so a change chooses which catalogue is checked")]
    Linked(Utf8PathBuf),
    /// A text is not a valid name of a commit.
    #[error("`{0}` is not the name of a commit")]
    Name(String),
    /// A name is ambiguous.
    #[error("`{name}` is ambiguous: it is the name of {}", .candidates.iter().map(|candidate| format!("`{candidate}`")).collect::<Vec<_>>().join(" and of "))]
    Ambiguous {
        /// The name as given.
        name: String,
        /// What the name could mean: full names of refs, or a commit id.
        candidates: Vec<String>,
    },
    /// There is no commit with this name.
    #[error("there is no commit `{0}` in this repository")]
    Unknown(String),
    /// No default branch exists.
    #[error("cannot find the default branch: none of {0} exists")]
    NoDefaultBranch(String),
    /// The histories are unrelated, or the clone is shallow.
    #[error("HEAD and `{0}` have no common ancestor in this clone")]
    NoMergeBase(String),
    /// Git failed or answered in an unexpected way.
    #[error("git cannot read {subject}: {reason}")]
    Failed {
        /// The subject of the request.
        subject: String,
        /// Git's last message.
        reason: String,
    },
    /// A commit contains a path that leaver must not use: the path contains `..` or `.git`, or is absolute.
    #[error("`{commit}` contains the unsafe path `{path}`")]
    UnsafePath {
        /// The commit, as named.
        commit: String,
        /// The path.
        path: String,
    },
    /// The index has an unmerged entry.
    #[error("`{0}` has unmerged changes")]
    Unmerged(Utf8PathBuf),
    /// No file in the working directory is in the index.
    #[error("nothing is staged in this folder")]
    NothingStaged,
}

const FETCH: &str = "fetch it first: `git fetch origin`, and in a shallow clone `git fetch --unshallow` (actions/checkout: `fetch-depth: 0`)";

impl VcsError {
    /// Returns the help text.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::NoGit => "install git 2.38 or later; folders of the repository itself are not searched".into(),
            Self::OldGit(_) => "update git: older versions may open a repository that a change put into a folder".into(),
            Self::WorkingDirectory(_) => "go to a folder that exists, with a path in UTF-8".into(),
            Self::NoRepository(_) => "run leaver in a clone of the repository that contains the catalogue".into(),
            Self::Submodule { top, .. } => format!(
                "run leaver in `{top}`, or in a separate clone of the submodule: a change to `{top}` can point the submodule anywhere"
            ),
            Self::Partial(_) => "complete it: `git config --unset-all remote.origin.promisor; git config --unset-all remote.origin.partialclonefilter; git fetch --refetch origin`, or clone without `--filter` (actions/checkout: without `filter` and `sparse-checkout`)".into(),
            Self::Outside { .. } => "run leaver in the repository of the catalogue".into(),
            Self::Linked(_) => "name the folder that it leads to, or run leaver there".into(),
            Self::Name(_) => "give the full name of a ref, such as refs/remotes/origin/main, or a commit id".into(),
            Self::Ambiguous { candidates, .. } => {
                format!("give the full name: {}", candidates.iter().map(|candidate| format!("`{candidate}`")).collect::<Vec<_>>().join(" or "))
            }
            Self::Unknown(_) => FETCH.into(),
            Self::NoDefaultBranch(_) => format!("name the commit to compare with, or {FETCH}"),
            Self::NoMergeBase(_) => "in a shallow clone run `git fetch --unshallow` (actions/checkout: `fetch-depth: 0`), or name the commit to compare with".into(),
            Self::Failed { .. } => "check that the clone is complete: `git fsck`".into(),
            Self::UnsafePath { .. } => "remove that entry from the commit: git itself would refuse to check it out".into(),
            Self::Unmerged(_) => "resolve the merge and `git add` the file".into(),
            Self::NothingStaged => "`git add` the declarations first".into(),
        }
    }
}
