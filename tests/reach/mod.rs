//! Findings reach their team, and nobody needs to know more than their own files to act on them.

mod baseline;
mod lost;
mod options;
mod owners;
mod selected;
mod waive;
