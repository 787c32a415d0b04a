//! Declarations and the catalogue they form, and a typed view of the one kind that Rust itself acts on: the waiver.

mod catalogue;
mod waiver;

pub use catalogue::{Catalogue, Declaration};
pub use waiver::Waiver;
