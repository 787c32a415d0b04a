//! Resolves paths and links, lists the files of a catalogue, and reads files. This works in the same way for the disk, for commits and for the index
//! of git. Also reads the files that are built into the binary.

mod built_in;
mod disk;
mod ignoring;
mod mounted;
mod walk;
mod workspace;

pub(crate) use built_in::{Checkout, built_in_text};
pub use disk::Disk;
pub(crate) use mounted::Mounted;
pub use workspace::Workspace;
