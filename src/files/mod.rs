//! Files on disk: lists those of a catalogue and reads them within limits, and reads the ones built into the binary.

mod built_in;
mod ignoring;
mod walk;

pub(crate) use built_in::{Checkout, built_in_text};
pub use walk::{Disk, absolute, display_path, distinct, find_upwards, read, read_listed, texts, walk};
