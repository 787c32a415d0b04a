//! The part of leaver that needs no file system, clock or process: source texts and YAML, declarations, findings, reports, comparisons and
//! renderers. `clippy.toml` beside the manifest forbids the rest of the standard library.
//!
//! `docs/architecture.md` describes the modules and their order. Programs use the modules through the crate `leaver`.

pub mod diff;
pub mod finding;
pub mod framework;
pub mod locate;
pub mod model;
pub mod output;
pub mod report;
pub mod rule;
pub mod source;
pub mod triage;

/// Returns `schemas/leaver.schema.json`, for tests that compare tables with the schema. This crate does not validate declarations.
#[cfg(test)]
fn declaration_schema() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../schemas/leaver.schema.json")).expect("the schema is JSON")
}
