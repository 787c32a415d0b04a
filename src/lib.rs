//! leaver: a policy-as-code linter for account provisioning.

pub mod finding;
pub mod output;
pub mod report;
pub mod rule;
pub mod source;
