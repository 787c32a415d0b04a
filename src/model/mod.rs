//! Declarations and the catalogue they form, and a typed view of the one kind that Rust itself acts on: the waiver.

mod catalogue;
mod extend;
mod waiver;

pub use catalogue::{BUILT_IN, Catalogue, Declaration};
pub use waiver::Waiver;
