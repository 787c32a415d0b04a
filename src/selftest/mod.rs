//! `leaver test`: the YAML blocks of every rule's page and the `_test.rego` files, with coverage.

mod page;
mod run;

pub use page::{Block, PageError, Section, blocks};
pub use run::{Case, TestRun, run};
