//! Adversarial tests: one for each guarantee in `docs/threats.md` that a hostile change could try to break.

#![allow(unreachable_pub, reason = "modules of one test share what they have")]
#![allow(clippy::print_stderr, reason = "what a machine cannot show is said to be skipped")]

mod blowups;
mod bombs;
mod chosen;
mod corpus;
mod detours;
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
