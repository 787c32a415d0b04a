//! The effect of a change on governance: compares two catalogues, their findings and their configurations. `data/diff.yaml` lists the values that
//! matter, with their wording, and `output::diff` renders the comparison. This module reads and writes no files.

mod change;
mod compute;
mod findings;
mod flat;
mod inherited;
mod pair;
mod table;

pub(crate) use change::Change;
pub use compute::{Diff, Side, compute};
pub(crate) use compute::{Entry, EntryStatus};
pub(crate) use findings::{Cause, FindingChange};
