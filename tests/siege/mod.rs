//! Adversarial tests: one for each guarantee in `docs/threats.md` that a hostile change could try to break.

#![allow(unreachable_pub, reason = "the modules of a test share items")]
#![allow(clippy::print_stderr, reason = "a test that the machine cannot run prints that it is skipped")]

mod blowups;
mod bombs;
mod chosen;
mod corpus;
mod detours;
mod every_place;
mod faults;
mod fields;
mod files;
mod harmless;
mod hostile;
mod ignored;
mod injection;
mod limits;
mod locations;
mod misshapen;
mod names;
mod network;
mod outputs;
mod own_rules;
mod policies;
mod properties;
mod refused;
mod regexes;
mod same;
mod scalars;
mod scope;
mod secrets;
mod shapes;
mod signals;
mod status;
mod streams;
mod suite;
mod threads;
mod threats;
