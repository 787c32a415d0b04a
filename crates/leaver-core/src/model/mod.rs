//! Declarations, the catalogue, and a typed view of the one kind that Rust itself acts on: the waiver.

mod catalogue;
mod effective;
mod extend;
mod kinds;
mod population;
mod sign_on;
mod waiver;

pub use catalogue::{BUILT_IN, Catalogue, Declaration, Inherited, Layer, Spot};
pub use effective::{Broken, Fault, MAX_CHAIN, PATTERN, apply_patterns, named_at};
pub use kinds::KINDS;
pub use sign_on::SignOn;
pub use waiver::Waiver;
