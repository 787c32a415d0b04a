//! Git, the only other program that leaver runs: hardened calls ([`git`]), the repository of the working directory ([`Repo`]), commits ([`Commit`]),
//! and the files of a commit or of the index, read as raw blobs ([`Tree`]).
//!
//! A pull request determines the content of the working tree, and possibly the names of tags and branches. But it must not be able to choose the
//! repository, run a program or change the bytes that leaver reads from a commit. `docs/threats.md` lists the guarantees.

mod blobs;
mod cache;
mod commit;
mod entry;
mod error;
mod git;
mod name;
mod repo;
mod staged;
mod submodules;
mod tree;

pub(crate) use commit::Commit;
pub(crate) use error::VcsError;
pub(crate) use repo::{Repo, Submodule, Tracked};
pub(crate) use submodules::{Compared, HeadSource, compare_submodules};
pub(crate) use tree::Tree;
