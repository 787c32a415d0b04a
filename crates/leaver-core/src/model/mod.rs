//! Declarations with their patterns, populations and sign-ons; the catalogue; and waivers.

mod catalogue;
mod effective;
mod extend;
mod kinds;
mod population;
mod sign_on;
mod waiver;

pub use catalogue::{BUILT_IN, Catalogue, Declaration, Inherited, Layer, ResolvedPath};
pub use effective::{Fault, FaultKind, MAX_CHAIN, PATTERN, apply_patterns, pattern_path};
pub use kinds::KINDS;
pub use sign_on::SignOn;
pub use waiver::Waiver;
