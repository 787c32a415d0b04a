//! The settings in force, as plain values. [`crate::ruleset::Ruleset`] has the rules that these settings choose.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::{
    FILE_NAME,
    file::{Limits, RuleEntry, Signoff},
};
use crate::{files::Workspace, rule::Severity, source::Selection};

/// Options of the command line.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--profile`
    pub profile: Option<String>,
    /// `--select`: only these rules or groups.
    pub select: Vec<String>,
    /// `--ignore`: all except these rules or groups.
    pub ignore: Vec<String>,
    /// `--fail-on`
    pub fail_on: Option<Severity>,
}

/// A value in force and its origin, for `config show`.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// `rules.jit/no-update-owner.severity`
    pub key: String,
    /// The value.
    pub value: Value,
    /// `default`, `profile strict`, `leaver.yaml:4` or an option.
    pub origin: String,
    /// The source of a limit or severity, if stated.
    pub source: Option<String>,
}

/// The settings for rules in one profile, or in `leaver.yaml`.
#[derive(Debug, Clone)]
pub struct RuleLayer {
    /// The name of the profile; `None` for `leaver.yaml`.
    pub profile: Option<String>,
    /// Settings by the id of the rule.
    pub rules: BTreeMap<String, RuleEntry>,
}

/// The settings in force.
#[derive(Debug, Clone)]
pub struct Config {
    /// The files of the run.
    pub files: Workspace,
    /// The root of the catalogue.
    pub root: Utf8PathBuf,
    /// Whether there is a `leaver.yaml`. If there is one, its folder is the catalogue, even if other paths are given.
    pub has_file: bool,
    /// leaver's own files and folders: the configuration, policies, vendors, control frameworks, the trust root, sign-offs, a
    /// profile.
    pub own_paths: Vec<Utf8PathBuf>,
    /// The files of the catalogue.
    pub selection: Selection,
    /// Name of the profile.
    pub profile: String,
    /// Folders of the user's own rules, relative to the root.
    pub policies: Vec<String>,
    /// Folders of the user's own control frameworks, relative to the root.
    pub frameworks: Vec<String>,
    /// The settings of profiles and of `leaver.yaml` for rules. Later layers override earlier layers.
    pub rule_layers: Vec<RuleLayer>,
    /// `--select`: only these rules or groups run.
    pub select: Vec<String>,
    /// `--ignore`: these rules or groups do not run.
    pub ignore: Vec<String>,
    /// The user's own vendor facts, by key.
    pub vendors: Value,
    /// Minimum severity that fails the check.
    pub fail_on: Severity,
    /// File of known findings, relative to the root.
    pub baseline: Option<String>,
    /// Base URL of the rule pages.
    pub docs_url: String,
    /// Resource limits.
    pub limits: Limits,
    /// Sign-offs.
    pub signoff: Signoff,
    /// Every value with its origin, except the values for rules.
    pub settings: Vec<Setting>,
}

impl Config {
    /// The paths of a request for the whole catalogue: no path if there is a `leaver.yaml`, whose folder is then the catalogue; otherwise the root.
    pub fn whole_catalogue(&self) -> Vec<Utf8PathBuf> {
        if self.has_file { Vec::new() } else { vec![self.root.clone()] }
    }

    /// Whether `exclude` matches a file, or the file is the configuration itself.
    pub fn excludes(&self, path: &Utf8Path) -> bool {
        path.strip_prefix(&self.root).is_ok_and(|relative| relative == FILE_NAME || self.selection.excludes(relative))
    }

    /// Whether a file is leaver's own, such as a part of the trust root.
    pub fn owns(&self, path: &Utf8Path) -> bool {
        path.file_name() == Some(FILE_NAME) || self.own_paths.iter().any(|own| path.starts_with(own))
    }

    /// Whether a file below the root is the configuration or a Rego file. A change of such a file may affect every declaration.
    pub fn affects_every_declaration(&self, path: &Utf8Path) -> bool {
        path == self.root.join(FILE_NAME) || path.extension() == Some("rego")
    }

    /// Whether the globs match a file below the root.
    pub fn selects(&self, path: &Utf8Path) -> bool {
        path.strip_prefix(&self.root).is_ok_and(|relative| relative != FILE_NAME && self.selection.selects(relative))
    }
}
