//! leaver: a policy-as-code linter for account provisioning.
//!
//! Every application declares in YAML how its accounts are created and who owns each stage of their life. leaver checks the declarations
//! against a JSON Schema and against Rego rules. The binary only calls [`run`]. Other programs call [`check`], for example:
//!
//! ```
//! use leaver::{Request, check, config::Overrides, files::Workspace, output, ruleset};
//!
//! let files = Workspace::of_disk(env!("CARGO_MANIFEST_DIR").as_ref());
//! let loaded = ruleset::load(&files, "examples".as_ref(), None, &Overrides::default());
//! let (config, ruleset) = loaded.expect("a good configuration");
//! let request = Request {
//!     paths: vec!["examples/broken/asana-eu.yaml".into()],
//!     today: "2026-11-25".into(),
//!     ..Request::default()
//! };
//! let report = check(&config, &ruleset, &request, &|_done, _all| {});
//!
//! let mut findings = report.findings.iter();
//! let finding = findings.find(|finding| finding.rule.as_str() == "jit/no-update-owner").expect("a finding");
//! assert_eq!((finding.place.file.path(), finding.place.start().line), ("examples/broken/asana-eu.yaml", 13));
//!
//! let mut text = Vec::new();
//! output::render(output::Format::CONCISE, &report, &output::Style::default(), &mut text).expect("a vector takes everything");
//! assert!(String::from_utf8(text).expect("text").contains("jit/no-update-owner"));
//! ```
//!
//! # From file to exit status
//!
//! | step | from → to | module |
//! | --- | --- | --- |
//! | 1 configure | arguments, `leaver.yaml` → [`config::Config`] | `cli`, [`config`] |
//! | 2 find and read | paths → [`source::SourceFile`] | [`files`] |
//! | 3 parse | file → [`source::Document`]: value and spans | [`source`] |
//! | 4 validate | document → [`model::Declaration`], or findings of the group `schema` | [`schema`] |
//! | 5 gather | declarations → [`model::Catalogue`] | [`model`] |
//! | 6 load rules | folders, settings → [`ruleset::Ruleset`] | [`policy`], [`ruleset`] |
//! | 7 evaluate | catalogue × rules → [`finding::Verdict`] | `engine`, [`policy`] |
//! | 8 locate | verdict → [`finding::Finding`] | `locate` |
//! | 9 triage | findings, waivers, focus → [`report::Report`] | [`triage`], [`report`] |
//! | 10 render | report → bytes | [`output`] |
//! | 11 exit | report → [`report::Outcome`] → exit status | [`report`] |
//!
//! `leaver diff` runs steps 1 to 9 for two sides, compares the results (`diff`) and renders the differences (`output::diff`).
//!
//! `docs/architecture.md` describes the modules and their dependencies. Anything that cannot be checked is a [`report::Failure`], never a finding,
//! and never dropped. Rules use paths and renderers use spans; only step 8 converts paths to spans. Steps 3 to 5 and 7 to 9 do not access the file
//! system.

mod check;
mod cli;
pub mod config;
mod engine;
pub mod facts;
pub mod files;
mod interrupt;
pub mod observe;
pub mod policy;
pub mod ruleset;
pub mod schema;
pub mod selftest;
pub mod signoff;
mod threads;
pub mod trust;
mod vcs;

// These modules need no file system, clock or process.
use leaver_core::{diff, locate};
pub use leaver_core::{finding, framework, model, output, report, rule, source, triage};

pub use check::{BaseFiles, Request, bundle, check, declarations};
pub(crate) use check::{check_with, check_with_catalogue};
pub use cli::run;
