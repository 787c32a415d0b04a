//! Git, the only other program that leaver runs: hardened calls ([`git`]), the repository of the working directory ([`Repo`]), commits read as
//! raw blobs ([`Commit`]) and staged files ([`Staged`]).
//!
//! A pull request determines the content of the working tree, and possibly the names of tags and branches. It must not be able to choose the
//! repository, run a program or change the bytes that leaver reads from a commit. `docs/threats.md` lists the guarantees.

mod commit;
mod error;
mod git;
mod layout;
mod name;
mod repo;
mod staged;

pub(crate) use commit::Commit;
pub(crate) use error::VcsError;
pub(crate) use layout::Tree;
pub(crate) use repo::{Repo, Tracked};
pub(crate) use staged::Staged;
