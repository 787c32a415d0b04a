//! Excludes rules that cannot find anything in a declaration. leaver derives conditions from the text of each rule and evaluates these conditions on
//! the declaration. The engine evaluates only the remaining rules.

mod builtins;
mod collections;
mod derive;
mod equality;
mod eval;
mod model;
pub(in crate::policy) mod names;
mod partial;
mod references;
mod show;
mod store;
mod texts;
mod tree;
mod values;

#[cfg(test)]
pub(super) use derive::DERIVED;
pub(super) use derive::{derive, order::sort};
pub(super) use eval::Applicable;
pub(super) use model::Index;
pub(super) use show::show;

#[cfg(test)]
mod tests;
