//! Git, the one other program that leaver runs: a hardened door ([`git`]), the repository of the working directory ([`Repo`]), commits read
//! as raw blobs ([`Commit`]) and what is staged ([`Staged`]).
//!
//! A pull request decides the content of the working tree, and may decide names of tags and branches. Nothing that it can write may choose
//! the repository, run a program or change the bytes that leaver reads from a commit. `docs/threats.md` lists the guarantees.

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
