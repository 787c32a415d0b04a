//! From findings to a report: limits them to the requested paths, and applies waivers and baselines.

mod before;
mod focus;
mod known;
mod owner;
mod unused;
mod waive;

pub use before::{Before, Reused, positional_paths, reused_name_verdicts};
pub use focus::Focus;
pub use known::{Key, Known};
pub use owner::assign_owners;
pub use unused::{IndexedWaiver, unused};
pub use waive::waive;
