//! Files: what paths and links mean, which files belong to a catalogue, and how they are read. The same for the disk, and for commits and the index
//! of git. Also the files built into the binary.

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
