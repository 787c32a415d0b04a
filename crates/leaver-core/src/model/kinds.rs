//! The kinds of declarations.

/// The kinds of declarations, in the order of `schemas/leaver.schema.json`.
pub const KINDS: [&str; 7] = ["App", "Pattern", "Team", "System", "Waiver", "Snapshot", "Observation"];
