//! Which rules can find anything in a declaration at all. As much of a rule's conditions as the tree of a declaration decides is derived from
//! the rule itself, so that nobody has to write it down, and the engine evaluates only what is left.

mod builtins;
mod collections;
mod derive;
mod eval;
mod model;
pub(in crate::policy) mod names;
mod seen;
mod show;
mod terms;
mod values;

#[cfg(test)]
pub(super) use derive::DERIVED;
pub(super) use derive::derive;
pub(super) use eval::Applicable;
pub(super) use model::Index;
pub(super) use show::show;

#[cfg(test)]
mod tests;
