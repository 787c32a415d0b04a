//! Commands that show the catalogue as rules see it: with the values that apps inherit from patterns.

pub(super) mod list;
pub(super) mod query;
pub(super) mod show;
mod table;
mod tree;

use camino::Utf8Path;

use super::common::ConfigArgs;
use crate::{
    Request,
    check::{Effective, effective},
    config::Overrides,
    files::Workspace,
    report::Failure,
};

/// Reads the catalogue of the working directory.
fn read(files: &Workspace, config: &ConfigArgs) -> Result<Effective, Vec<Failure>> {
    let (config, ruleset) = config.load(files, Utf8Path::new("."), Overrides::default())?;
    let paths = config.whole_catalogue();
    Ok(effective(&config, &ruleset, &Request { paths, ..Request::default() }))
}
