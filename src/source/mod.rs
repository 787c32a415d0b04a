//! Source files, YAML documents and spans: the only place that reads YAML.

mod address;
mod carried;
mod error;
mod file;
mod files;
mod identity;
mod ignoring;
mod node;
mod problem;
mod scalar;
mod secret;
mod span;
mod walk;
mod yaml;

pub use address::{Address, Entries, NotAnAddress, Part};
pub(crate) use carried::{Checkout, carried};
pub use error::SourceError;
pub use file::SourceFile;
pub use files::{Disk, Files, Overlay, Texts};
pub use identity::identity;
pub(crate) use identity::{compared_id, entry_keys, is_uuid, told};
pub use node::{Entry, Located, Node, Yaml};
pub use problem::Problem;
pub use scalar::yaml11;
pub use secret::{redact, secrets, secrets_of};
pub use span::{Place, Point, Span};
pub use walk::{
    CONFIG_NAME, Found, Selection, absolute, display_path, distinct, find_upwards, read, read_listed, walk,
};
pub use yaml::{Document, Parsed, YamlLimits, parse};
