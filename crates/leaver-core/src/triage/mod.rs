//! Turns findings into a report: limits the findings to the requested paths, and applies waivers and baselines.

mod focus;
mod known;
mod owner;
mod unused;
mod versions;
mod waive;

pub use focus::Focus;
pub use known::{Key, Known};
pub use owner::assign_owners;
pub use unused::{IndexedWaiver, unused};
pub use versions::{Reused, Versions, positional_paths, reused_name_verdicts};
pub use waive::waive;
