//! Loads rules with their metadata and evaluates them on a catalogue. Only this module uses the Rego engine.

mod builtin;
mod bundle;
pub(crate) mod child;
mod compiled;
mod data;
mod engine;
mod index;
mod interpret;
mod isolate;
mod load;
mod program;
mod query;
mod reads;
mod syntax;
mod trial;
mod value;

pub use builtin::{builtin_systems, retired, retired_message};
pub use bundle::bundle;
pub use compiled::conditions;
pub use data::{Data, Facts, data_document, looked_up, looked_up_by, may_read_any_vendor, with_facts};
pub use engine::{Budget, RuleResults, VerdictCache, run_all_rules, run_rules, run_rules_with_cache};
pub(crate) use isolate::WORKER;
pub use isolate::{run_isolated, worker};
pub use load::{Module, PolicySet, RuleSource, lint, load_folder, metadata, package_line};
pub use query::{Answer, query};
pub use reads::{Reads, reads};
pub use trial::{Coverage, ExampleInput, Lines, RegoTest, RegoTests, RuleTrial, TrialSet};
