//! From findings to a report: what was asked about, and what a person has accepted.

mod focus;
mod known;
mod unused;
mod waive;

pub use focus::Focus;
pub use known::{Key, Known};
pub use unused::{Standing, unused};
pub use waive::waive;
