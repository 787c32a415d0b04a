//! Source files, YAML documents and spans: the only place that reads YAML.

mod file;
mod span;

pub use file::SourceFile;
pub use span::{Place, Point, Span};
