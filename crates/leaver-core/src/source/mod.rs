//! Source files, YAML documents and spans. No other module parses YAML. Files come from [`Files`].

mod address;
mod error;
mod file;
mod files;
mod identity;
mod node;
mod problem;
mod scalar;
mod secret;
mod span;
mod yaml;

pub use address::{Address, Entries, NotAnAddress, Part};
pub use error::{SourceError, SubmoduleFault};
pub use file::SourceFile;
pub use files::{
    CONFIG_NAME, Content, FileKind, FileList, Files, FolderEntry, Overlay, Selection, Texts, not_a_folder, not_found,
    resolve, resolve_with,
};
pub use identity::{compared_id, identity, is_uuid};
pub(crate) use identity::{display_name, entry_keys};
pub use node::{Entry, Located, Node, Yaml};
pub use problem::Problem;
pub use scalar::yaml11;
pub use secret::{redact, secrets, secrets_of};
pub use span::{Place, Point, Span};
pub use yaml::{Document, Parsed, YamlLimits, parse};
