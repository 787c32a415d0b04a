//! Reads `leaver.yaml` and resolves the settings, with the origin of each value. This module does not depend on rules.

mod error;
mod file;
mod load;
mod names;
mod resolve;
mod resolver;
mod settings;
mod signoff;

pub use error::ConfigError;
pub use file::{ConfigFile, Limits, RuleEntry, SeverityEntry, Signoff};
pub use load::{Loaded, discover, discover_below, load_profile, profiles};
pub(crate) use load::{parse_as, path_in_catalogue, read_as};
pub(crate) use names::{disguised, misnamed};
pub(crate) use resolve::resolve_settings;
pub(crate) use resolver::Resolver;
pub use settings::{Config, Overrides, RuleLayer, Setting};

pub use crate::source::CONFIG_NAME as FILE_NAME;
