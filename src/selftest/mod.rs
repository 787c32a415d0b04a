//! `leaver test`: runs the YAML blocks of each rule's page and the `_test.rego` files, with coverage.

mod child;
mod page;
mod pages;
mod run;

pub(crate) use child::{TEST_WORKER, TestRequest, run_isolated, serve, test_config};
pub use page::{Block, PageError, Section, blocks};
pub use run::{Case, TestRun, run};
