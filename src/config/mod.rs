//! `leaver.yaml`: reading and resolving it, with the origin of each value.

mod error;
mod file;
mod frameworks;
mod load;
mod names;
mod required;
mod rules;
mod settle;

pub use error::ConfigError;
pub use file::{ConfigFile, Limits, RuleEntry, SeverityEntry, Signoff};
pub use load::{Loaded, discover, discover_below, load, load_profile, profiles};
pub(crate) use load::{inside, typed_text};
pub(crate) use names::{disguised, misnamed};
pub use settle::{Config, Overrides, Setting, settle};

pub use crate::source::CONFIG_NAME as FILE_NAME;

/// The configuration of this repository's correct examples.
///
/// # Panics
///
/// If it is invalid.
#[cfg(test)]
pub(crate) fn of_examples() -> Config {
    let here = crate::files::Workspace::of_disk(env!("CARGO_MANIFEST_DIR").into());
    load(&here, "examples/clean".into(), None, &Overrides::default()).expect("a configuration")
}
