//! What a change does to governance: two catalogues, their findings and their configurations in, one `Diff` out. Nothing here reads or writes
//! a file; which values matter and how they are said stands in `data/diff.yaml`, how it looks in `output::diff`.

mod change;
mod compute;
mod findings;
mod flat;
mod inherited;
mod pair;
mod table;

pub(crate) use change::Change;
pub(crate) use compute::{Diff, Entry, Fate, Side, compute};
pub(crate) use findings::{Because, Turn};
