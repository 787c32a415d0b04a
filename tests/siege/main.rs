//! The siege: each sentence of `docs/threats.md` that a hostile change could try to break.

#![allow(unreachable_pub, reason = "modules of one test share what they have")]
#![allow(clippy::print_stderr, reason = "what a machine cannot show is said to be skipped")]

#[path = "../common/mod.rs"]
mod common;
mod corpus;
mod fields;
mod files;
mod harmless;
mod injection;
mod network;
mod own_rules;
mod properties;
mod refused;
mod regexes;
mod same;
mod scalars;
mod secrets;
mod streams;
mod suite;
mod threats;
