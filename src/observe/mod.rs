//! Exports of other systems become declarations: a Snapshot of each system and an Observation of each application. Nothing is judged here; rules
//! compare. Each format is one file with an `Adapter`; what it may carry over is the table in `fields`.

mod backstage;
mod bytes;
mod clean;
mod collected;
mod drafts;
mod emit;
mod entra;
mod fields;
mod files;
mod fit;
mod google;
mod okta;
mod published;
mod scim;
mod terraform;
mod update;

pub use bytes::{EXPORT_BYTES, Export, Page};
pub use collected::{Collected, Options, collect};
pub(crate) use drafts::undeclared;
pub use files::{Change, File, MARK, changes, documents};
pub(crate) use fit::{Trial, fitted};
pub use update::{Edited, updates};

use collected::Gap;
use fields::{Observed, Source};

/// One format of export.
trait Adapter: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// The System that its exports are of, unless they name another.
    fn system(&self) -> &'static str;

    /// What a JSON value of an export is, in words, if this format has it.
    fn recognise(&self, page: &Page) -> Option<&'static str>;

    /// Reads the values that it recognised.
    fn read(&self, pages: &[Page], collected: &mut Collected);
}

/// Every format, the more particular ones first: `auto` takes the first that recognises a value.
const ADAPTERS: &[&dyn Adapter] = &[
    &published::Published,
    &terraform::Terraform,
    &scim::Scim,
    &backstage::Backstage,
    &google::GoogleWorkspace,
    &entra::Entra,
    &okta::Okta,
];

/// The names of the formats.
pub fn formats() -> Vec<&'static str> {
    ADAPTERS.iter().map(|adapter| adapter.name()).chain(["auto"]).collect()
}
