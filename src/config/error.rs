//! Configuration errors.

use crate::{
    report::{Code, Failure},
    source::Place,
};

/// An error in `leaver.yaml`, a profile or the command line.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigError {
    /// The description of the error.
    pub message: String,
    /// Instructions for resolving the error.
    pub help: Option<String>,
    /// The place, if it is in a file.
    pub place: Option<Place>,
}

impl ConfigError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, place: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn at(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }
}

pub(super) fn to_failures(errors: Vec<ConfigError>) -> Vec<Failure> {
    errors.into_iter().map(Failure::from).collect()
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self { help: error.help, place: error.place, ..Self::new(Code::Config, error.message) }
    }
}
