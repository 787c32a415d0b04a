//! The siege: each sentence of `docs/threats.md` that a hostile change could try to break.

#[path = "../common/mod.rs"]
mod common;
mod own_rules;
mod refused;
mod suite;
