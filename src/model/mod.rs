//! Declarations, the catalogue, and a typed view of the one kind that Rust itself acts on: the waiver.

mod catalogue;
mod effective;
mod extend;
mod population;
mod sign_on;
mod waiver;

pub use catalogue::{BUILT_IN, Catalogue, Declaration, Inherited, Layer, Spot};
pub use effective::{Broken, Fault, MAX_CHAIN, apply_patterns};
pub(crate) use effective::{PATTERN, named_at};
pub(crate) use sign_on::SignOn;
pub use waiver::Waiver;
