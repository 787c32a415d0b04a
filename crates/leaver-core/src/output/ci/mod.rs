//! Formats for a single CI platform or review tool.

pub(super) mod azure;
pub(super) mod github;
pub(super) mod gitlab;
pub(super) mod rdjson;

use crate::{finding::Finding, output::summary::waiver};

/// Maximum length of a message in an annotation.
const MESSAGE_LIMIT: usize = 1000;

/// Returns the message for formats without a field for waivers. The message of a waived finding ends with the waiver.
fn message(finding: &Finding) -> String {
    match waiver(&finding.status) {
        Some(waiver) => format!("{} ({waiver})", finding.message),
        None => finding.message.clone(),
    }
}
