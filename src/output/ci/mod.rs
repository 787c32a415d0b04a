//! Formats of one CI platform or review tool each.

pub(super) mod azure;
pub(super) mod github;
pub(super) mod gitlab;
pub(super) mod rdjson;

use crate::{finding::Finding, output::summary::waiver};

/// Longest message in an annotation.
const MESSAGE_LIMIT: usize = 1000;

/// The message, with the waiver in front where there is one: for formats without a place for it.
fn message(finding: &Finding) -> String {
    match waiver(&finding.status) {
        Some(waiver) => format!("{} ({waiver})", finding.message),
        None => finding.message.clone(),
    }
}
