//! leaver: a policy-as-code linter for account provisioning.

mod check;
mod cli;
pub mod config;
pub mod finding;
mod locate;
pub mod model;
pub mod output;
pub mod policy;
pub mod report;
pub mod rule;
pub mod schema;
pub mod selftest;
pub mod source;
pub mod triage;

pub use check::{DECLARATION_SCHEMA, Request, bundle, check, declaration_shape};
pub use cli::run;
