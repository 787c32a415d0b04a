//! Findings reach their team, and nobody has to know more than their own files to act on them.

mod owners;
mod selected;
