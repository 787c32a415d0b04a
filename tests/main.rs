//! All tests of the built binary and of the library are one target. `cargo test --test it siege::` runs a part of them.

#![allow(unreachable_pub, reason = "the modules of a test share items")]
#![allow(clippy::print_stderr, reason = "a test that the machine cannot run prints that it is skipped")]

mod accepted;
mod arguments;
mod benches;
mod chain;
mod checkout;
mod common;
mod config;
mod declared;
mod diff;
mod discovered;
mod drift;
mod editor;
mod evasion;
mod examples;
mod exit_status;
mod explain;
mod fact_hosts;
mod fact_sources;
mod facts;
mod fail_closed;
mod focus;
mod frameworks;
mod generated;
mod git;
mod house;
mod identity;
mod incidents;
mod index;
mod messages;
mod nothing_skipped;
mod observe;
mod omission;
mod opa_cases;
mod output;
mod patterns;
mod pipelines;
mod profiles;
mod promises;
mod reach;
mod relaxed;
mod rules;
mod shells;
mod short_forms;
mod siege;
#[cfg(unix)]
mod signoff;
mod since;
mod submodules;
mod systems;
mod transcripts;
mod trust;
mod trusted_config;
mod waivers;
mod wording;
mod yaml;
