//! Source files, YAML documents and spans: the only place that reads YAML.

mod carried;
mod error;
mod file;
mod node;
mod problem;
mod scalar;
mod secret;
mod span;
mod walk;
mod yaml;

pub(crate) use carried::{Checkout, carried};
pub use error::SourceError;
pub use file::SourceFile;
pub use node::{Entry, Located, Node, Yaml};
pub use problem::Problem;
pub use scalar::yaml11;
pub use secret::{redact, secrets};
pub use span::{Place, Point, Span};
pub use walk::{
    CONFIG_NAME, Found, Selection, absolute, display_path, distinct, find_upwards, read, read_listed, walk,
};
pub use yaml::{Document, Parsed, YamlLimits, parse};
