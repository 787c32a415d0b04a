//! Formats for a single CI platform or review tool.

pub(super) mod azure;
pub(super) mod github;
pub(super) mod gitlab;
pub(super) mod rdjson;

use crate::{finding::Finding, output::summary::waiver};

/// Maximum length of a message in an annotation.
const MESSAGE_LIMIT: usize = 1000;

/// The message, prefixed with the waiver if there is one, for formats without a field for waivers.
fn message(finding: &Finding) -> String {
    match waiver(&finding.status) {
        Some(waiver) => format!("{} ({waiver})", finding.message),
        None => finding.message.clone(),
    }
}
