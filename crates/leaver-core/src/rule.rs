//! Rules as plain data: id, severity and metadata. The module `policy` loads and runs them.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `group/name`, which is also the rule's folder and its Rego package: `jit/no-update-owner`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RuleId(Arc<str>);

/// The error for a text that is not a rule id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a rule id: a rule id has the form `group/name`, in lower case and with hyphens, such as `jit/no-update-owner`"
)]
pub struct BadRuleId(pub String);

impl RuleId {
    /// Returns the whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part before the slash.
    pub fn group(&self) -> &str {
        self.0.split_once('/').map_or("", |(group, _)| group)
    }

    /// Whether the rule cannot be turned off or waived. Rules about invalid files and about changes to leaver's own checks are mandatory.
    pub fn is_mandatory(&self) -> bool {
        matches!(self.group(), "schema" | "trust")
    }

    /// Returns the part after the slash.
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or(&*self.0, |(_, name)| name)
    }
}

impl FromStr for RuleId {
    type Err = BadRuleId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
                && !part.ends_with('-')
        };
        match text.split_once('/') {
            Some((group, name)) if word(group) && word(name) && text.len() <= 100 => Ok(Self(text.into())),
            _ => Err(BadRuleId(text.chars().take(100).collect())),
        }
    }
}

impl TryFrom<String> for RuleId {
    type Error = BadRuleId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<RuleId> for String {
    fn from(id: RuleId) -> Self {
        id.as_str().to_owned()
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Informational.
    Info,
    /// Should be fixed.
    Warning,
    /// Blocks the merge.
    Error,
}

impl Severity {
    /// All severities, most severe first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    /// Returns `error`, `warning` or `info`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

/// How reliable the findings of a rule are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Often a matter of taste.
    Low,
    /// Almost always right.
    Medium,
    /// Every finding is a fault.
    High,
}

impl Precision {
    /// Returns `high`, `medium` or `low`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// The maturity of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Maturity {
    /// Reported, but never fails a run.
    Preview,
    /// In force.
    Stable,
    /// In force, with a successor.
    Deprecated,
}

/// The input of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// One declaration of one of these kinds.
    Kinds(Vec<String>),
    /// All declarations at once.
    Catalogue,
    /// The text of a document. Rules with this input are implemented in Rust.
    Document,
}

impl Scope {
    /// Returns the names in the metadata: `App`, `catalogue`, `document`.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Kinds(kinds) => kinds.iter().map(String::as_str).collect(),
            Self::Catalogue => vec!["catalogue"],
            Self::Document => vec!["document"],
        }
    }
}

/// A parameter: a value that profiles and `leaver.yaml` may set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// JSON type name: `integer`, `string`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// The default.
    pub default: Value,
    /// A description in one line.
    pub description: String,
    /// `days`, `hours`, …
    #[serde(default)]
    pub unit: Option<String>,
    /// The source of the default.
    #[serde(default)]
    pub source: Option<String>,
}

/// A reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// URL.
    #[serde(rename = "ref")]
    pub target: String,
    /// Its title.
    #[serde(default)]
    pub description: Option<String>,
}

/// The origin of a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origin {
    /// Part of leaver.
    #[default]
    Bundled,
    /// A user's own rule, in this folder.
    Local(String),
}

/// The content of a rule's `# METADATA` block, and the rule's origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleMeta {
    /// The id.
    pub id: RuleId,
    /// One line.
    pub title: String,
    /// Why the fault matters.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// The default severity.
    pub severity: Severity,
    /// The precision of its findings.
    pub precision: Precision,
    /// The status.
    pub maturity: Maturity,
    /// The version that added the rule.
    pub since: String,
    /// The input.
    pub scope: Scope,
    /// Field path → values. The rule can report a declaration only if the declaration has one of the listed values at each of these paths.
    pub when: BTreeMap<String, Vec<Value>>,
    /// Field paths that a catalogue rule reads in each declaration. If there are none, the rule reads all fields.
    pub reads: Vec<String>,
    /// Framework → control ids.
    pub controls: BTreeMap<String, Vec<String>>,
    /// Parameters.
    pub params: BTreeMap<String, Param>,
    /// References.
    pub links: Vec<Link>,
    /// Whether the rule is implemented in Rust. Its Rego file then has only metadata.
    pub native: bool,
    /// Whether the places of its findings contain secrets, which reports redact.
    pub secret: bool,
    /// The origin.
    #[serde(skip)]
    pub origin: Origin,
    /// The content of `rule.md`, with prose and examples; empty if there is no such file.
    #[serde(skip)]
    pub page: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_group_and_name() {
        let id: RuleId = "jit/no-update-owner".parse().expect("a good id");
        assert_eq!((id.group(), id.name()), ("jit", "no-update-owner"));
        for bad in ["", "jit", "jit/", "/x", "Jit/x", "jit/x/y", "jit/x-", "jit/1x", "jit/a_b", "jit/\u{1b}[31m"] {
            assert!(bad.parse::<RuleId>().is_err(), "{bad}");
        }
    }
}
