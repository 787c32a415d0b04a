//! Turns exports of other systems into declarations: a Snapshot for each system and an Observation for each application. Rules compare these
//! declarations with the catalogue. Each format is one file with an `Adapter`; the table in `fields` lists the values that an adapter may copy.

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
mod recognised;
mod scim;
mod table;
mod terraform;
mod update;

pub use bytes::{EXPORT_BYTES, Export, Page};
pub use collected::{Collected, Options, collect};
pub(crate) use drafts::undeclared;
pub use files::{File, FileAction, MARK, changes, documents};
pub(crate) use fit::{Trial, fitted};
pub use update::{Edited, updates};

use collected::Gap;
use fields::{Observed, Source};

/// An export format.
trait Adapter: Sync {
    /// The name on the command line.
    fn name(&self) -> &'static str;

    /// The System that the exports describe, unless they name another System.
    fn system(&self) -> &'static str;

    /// Describes a JSON value of an export, if the value has this format.
    fn recognise(&self, page: &Page) -> Option<&'static str>;

    /// Reads the values that the adapter recognised.
    fn read(&self, pages: &[Page], collected: &mut Collected);
}

/// All formats. More specific formats come first, because `auto` uses the first format that recognises a value.
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
