//! Collects the values in force with their origins, and all errors, during the resolution of settings and rules.

use serde_json::Value;

use super::{ConfigError, Loaded, Setting, load::path_in_catalogue};
use crate::report::Failure;

/// The origin of a default value.
pub(super) const DEFAULT: &str = "default";

/// Resolves one `leaver.yaml`.
pub(crate) struct Resolver<'a> {
    pub(crate) loaded: &'a Loaded,
    pub(crate) settings: Vec<Setting>,
    pub(crate) failures: Vec<Failure>,
}

impl<'a> Resolver<'a> {
    pub(crate) const fn new(loaded: &'a Loaded) -> Self {
        Self { loaded, settings: Vec::new(), failures: Vec::new() }
    }

    /// Records a value in force.
    pub(crate) fn record(&mut self, key: impl Into<String>, value: impl Into<Value>, origin: impl Into<String>) {
        self.settings.push(Setting { key: key.into(), value: value.into(), origin: origin.into(), source: None });
    }

    /// Reports an error.
    pub(crate) fn fail(&mut self, error: ConfigError) {
        self.failures.push(error.into());
    }

    /// Reports an error at a key of `leaver.yaml`.
    pub(crate) fn fail_at(&mut self, path: &[&str], error: ConfigError) {
        self.fail(error.at(self.loaded.place(path)));
    }

    /// The line of `leaver.yaml` that sets a key: `leaver.yaml:4`.
    pub(crate) fn origin_of(&self, path: &[&str]) -> String {
        let place = self.loaded.place(path);
        place.map_or_else(|| DEFAULT.into(), |place| format!("{}:{}", place.file.path(), place.start().line))
    }

    /// Records and returns the value of a key in `leaver.yaml`, or the default.
    pub(super) fn value_or_default<T: Clone + Into<Value>>(
        &mut self,
        path: &[&str],
        given: Option<T>,
        default: T,
    ) -> T {
        let origin = if given.is_some() { self.origin_of(path) } else { DEFAULT.into() };
        let value = given.unwrap_or(default);
        self.record(path.join("."), value.clone(), origin);
        value
    }

    /// Records the paths that `leaver.yaml` lists under a key. Reports paths that lead out of the catalogue.
    pub(super) fn paths(&mut self, key: &str, given: &[String]) -> Vec<String> {
        let mut paths = Vec::new();
        for path in given {
            match path_in_catalogue(&self.loaded.root, path) {
                Ok(_) => {
                    self.record(key, path.as_str(), self.origin_of(&[key]));
                    paths.push(path.clone());
                }
                Err(error) => self.fail_at(&[key], error),
            }
        }
        paths
    }
}
