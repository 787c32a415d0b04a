//! Evaluates rules on a catalogue. The result of [`evaluate`] depends only on a [`Snapshot`] and a [`Demand`], which lists the declarations whose
//! findings are needed. A [`Memo`] of other evaluations makes the evaluation faster and never changes the result.

mod demand;
mod digest;
mod memo;
mod snapshot;
#[cfg(test)]
mod tests;

pub(crate) use demand::Demand;
pub(crate) use memo::Memo;
pub(crate) use snapshot::{RunInput, Snapshot, evaluate, facts, vendors_named};
