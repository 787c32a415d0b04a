//! What can be typed in `leaver.yaml` and in a profile; `schemas/config.schema.json` and `schemas/profile.schema.json` describe it.

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
    /// Globs of what is none.
    pub exclude: Vec<String>,
    /// Name of a bundled profile, or path of one.
    pub profile: Option<String>,
    /// Folders of the user's own rules.
    pub policies: Vec<String>,
    /// Files of vendor facts that add to or override the bundled ones.
    pub vendors: Vec<String>,
    /// Folders of the user's own catalogues of controls.
    pub frameworks: Vec<String>,
    /// Per rule.
    pub rules: BTreeMap<String, RuleEntry>,
    /// The least severity that fails a run.
    pub fail_on: Option<Severity>,
    /// Base URL of the rule pages.
    pub docs_url: Option<String>,
    /// What a run may cost.
    pub limits: LimitsEntry,
    /// Which apps need whose sign-off.
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

/// Where sign-offs lie when nobody says otherwise.
pub(super) const SIGNOFF_FOLDER: &str = "signoffs";
/// Where the trust root lies when nobody says otherwise.
pub(super) const TRUST_FOLDER: &str = "trust";

/// The `signoff` that is typed.
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

/// Sign-offs: where they lie, and what is required. Whether an app fulfils it is for rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Signoff {
    /// The name of the catalogue, which a manifest must repeat. A manifest for another catalogue does not count.
    pub catalogue: Option<String>,
    /// Folder of manifests, relative to the root.
    pub folder: String,
    /// Folder of the trust root, relative to the root.
    pub trust: String,
    /// `name`, `when`, `roles`, `quorum`, `maxAgeDays`, as they are typed.
    pub required: Vec<Value>,
    /// Paths whose change does not void a sign-off.
    pub immaterial: Vec<String>,
    /// Paths below them whose change does.
    pub material: Vec<String>,
}

/// What is set for one rule.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RuleEntry {
    /// Severity, or `off`.
    pub severity: Option<SeverityEntry>,
    /// Parameters.
    pub params: BTreeMap<String, Value>,
    /// Where the number comes from.
    pub source: Option<String>,
}

/// A severity that a user can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SeverityEntry {
    /// Blocks the merge.
    Error,
    /// Should be mended.
    Warning,
    /// Worth knowing.
    Info,
    /// The rule does not run.
    Off,
}

impl SeverityEntry {
    /// The severity, or none for `off`.
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Off => None,
        }
    }
}

/// The `limits` that are typed.
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

/// What a run may cost; over a limit is a failure, never a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of a declaration file.
    pub file_bytes: usize,
    /// What YAML may cost.
    pub yaml: crate::source::YamlLimits,
    /// Findings in a report.
    pub findings: usize,
    /// What policies may cost.
    pub rule_millis: u64,
    /// All of the user's rules.
    pub total_seconds: u64,
    /// Memory of the child that runs them.
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
    /// Its name.
    pub name: String,
    /// The profile that it builds on.
    pub extends: Option<String>,
    /// Texts that numbers come from, by the key that `source` of a rule may be.
    pub sources: BTreeMap<String, String>,
    /// Per rule.
    pub rules: BTreeMap<String, RuleEntry>,
}
