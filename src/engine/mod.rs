//! Evaluates rules on a catalogue. [`evaluate`] is a function of a [`Snapshot`]: a [`Memo`] of other evaluations makes it faster and never
//! changes what it returns, and a [`Demand`] limits it to the declarations whose findings are needed.

mod demand;
mod digest;
mod memo;
mod snapshot;
#[cfg(test)]
mod tests;

pub(crate) use demand::Demand;
pub(crate) use memo::Memo;
pub(crate) use snapshot::{RunInput, Snapshot, evaluate, facts, vendors_named};
