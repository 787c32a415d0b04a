//! The keys of `leaver.yaml` and of profiles, as described by `schemas/config.schema.json` and `schemas/profile.schema.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rule::Severity;

/// `leaver.yaml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConfigFile {
    /// Globs of declarations, relative to the folder of `leaver.yaml`.
    pub include: Vec<String>,
    /// Globs of files to exclude.
    pub exclude: Vec<String>,
    /// Name of a bundled profile, or path of a profile.
    pub profile: Option<String>,
    /// Folders of the user's own rules.
    pub policies: Vec<String>,
    /// Files of vendor facts that extend or override the bundled facts.
    pub vendors: Vec<String>,
    /// Folders of the user's own control frameworks.
    pub frameworks: Vec<String>,
    /// Settings by rule.
    pub rules: BTreeMap<String, RuleEntry>,
    /// Minimum severity that fails the check.
    pub fail_on: Option<Severity>,
    /// File of known findings.
    pub baseline: Option<String>,
    /// Base URL of the rule pages.
    pub docs_url: Option<String>,
    /// Resource limits.
    pub limits: LimitsEntry,
    /// Required sign-offs.
    pub signoff: SignoffEntry,
}

impl ConfigFile {
    /// Whether any app needs a sign-off.
    pub(crate) fn requires_signoff(&self) -> bool {
        !self.signoff.required.is_empty()
    }

    /// The folder of sign-offs, relative to the root.
    pub(crate) fn signoff_folder(&self) -> &str {
        self.signoff.folder.as_deref().unwrap_or(SIGNOFF_FOLDER)
    }

    /// The folder of the trust root, relative to the root.
    pub(crate) fn trust_folder(&self) -> &str {
        self.signoff.trust.as_deref().unwrap_or(TRUST_FOLDER).trim_end_matches('/')
    }
}

/// Default folder of sign-offs.
pub(super) const SIGNOFF_FOLDER: &str = "signoffs";
/// Default folder of the trust root.
pub(super) const TRUST_FOLDER: &str = "trust";

/// `signoff` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SignoffEntry {
    pub(super) catalogue: Option<String>,
    pub(super) folder: Option<String>,
    pub(super) trust: Option<String>,
    pub(super) required: Vec<Value>,
    pub(super) immaterial: Vec<String>,
    pub(super) material: Vec<String>,
}

/// Sign-offs: their folders and the requirements. Rules decide whether an app meets them.
#[derive(Debug, Clone, PartialEq)]
pub struct Signoff {
    /// The name of the catalogue, which a manifest must repeat. Manifests for other catalogues do not count.
    pub catalogue: Option<String>,
    /// Folder of manifests, relative to the root.
    pub folder: String,
    /// Folder of the trust root, relative to the root.
    pub trust: String,
    /// `name`, `when`, `roles`, `quorum`, `maxAgeDays`, as written.
    pub required: Vec<Value>,
    /// Paths that may change without voiding a sign-off.
    pub immaterial: Vec<String>,
    /// Exceptions to `immaterial`: changes below these paths void a sign-off.
    pub material: Vec<String>,
}

/// Settings of one rule.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RuleEntry {
    /// Severity, or `off`.
    pub severity: Option<SeverityEntry>,
    /// Parameters.
    pub params: BTreeMap<String, Value>,
    /// The source of the severity and the parameters: a text, or a key of `sources`.
    pub source: Option<String>,
}

/// A severity or `off`, as a user writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SeverityEntry {
    /// The finding blocks the merge.
    Error,
    /// The finding should be fixed.
    Warning,
    /// The finding is worth knowing.
    Info,
    /// The rule does not run.
    Off,
}

impl SeverityEntry {
    /// The severity; `None` for `off`.
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Off => None,
        }
    }
}

/// `limits` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LimitsEntry {
    pub(super) file_bytes: Option<usize>,
    pub(super) documents: Option<usize>,
    pub(super) depth: Option<usize>,
    pub(super) nodes: Option<usize>,
    pub(super) aliases: Option<usize>,
    pub(super) findings: Option<usize>,
    pub(super) rule_millis: Option<u64>,
    pub(super) total_seconds: Option<u64>,
    #[serde(rename = "memoryMiB")]
    pub(super) memory_mib: Option<u64>,
}

/// Resource limits. Exceeding one is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Maximum size of a declaration file.
    pub file_bytes: usize,
    /// Limits for YAML.
    pub yaml: crate::source::YamlLimits,
    /// Maximum number of findings in a report.
    pub findings: usize,
    /// Time limit for one rule.
    pub rule_millis: u64,
    /// Time limit for all of the user's rules.
    pub total_seconds: u64,
    /// Memory limit of the worker.
    pub memory_mib: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 1024 * 1024,
            yaml: crate::source::YamlLimits::default(),
            findings: 100_000,
            rule_millis: 2_000,
            total_seconds: 60,
            memory_mib: 600,
        }
    }
}

/// A profile file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProfileFile {
    /// The name.
    pub name: String,
    /// The profile that it extends.
    pub extends: Option<String>,
    /// Sources of numbers, by the key that the `source` of a rule refers to.
    pub sources: BTreeMap<String, String>,
    /// Settings by rule.
    pub rules: BTreeMap<String, RuleEntry>,
}
