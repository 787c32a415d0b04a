//! What a rule is, as plain data: its id, severity and everything its metadata says. How rules are loaded and run is `policy`'s.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `group/name`, which is also the rule's folder and its Rego package: `jit/no-update-owner`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RuleId(Arc<str>);

/// Why a text is no rule id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a rule id: it is `group/name`, lower case, with hyphens, such as `jit/no-update-owner`")]
pub struct BadRuleId(pub String);

impl RuleId {
    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the slash.
    pub fn group(&self) -> &str {
        self.0.split_once('/').map_or("", |(group, _)| group)
    }

    /// Whether it stands outside what people may decide: that a file is not valid, or that a change edits what it is checked by, can
    /// neither be switched off nor waived.
    pub fn is_fixed(&self) -> bool {
        matches!(self.group(), "schema" | "trust")
    }

    /// The part after the slash.
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

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Should be mended.
    Warning,
    /// Blocks the merge.
    Error,
}

impl Severity {
    /// All of them, worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    /// `error`, `warning` or `info`.
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

/// How sure a finding of the rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Often a matter of taste.
    Low,
    /// Right nearly always.
    Medium,
    /// A finding is a fault.
    High,
}

impl Precision {
    /// `high`, `medium` or `low`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// Where a rule is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Maturity {
    /// Shown, never fails a run.
    Preview,
    /// In force.
    Stable,
    /// Still works, has a successor.
    Deprecated,
}

/// What a rule is shown at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// One declaration of one of these kinds.
    Kinds(Vec<String>),
    /// All declarations at once.
    Catalogue,
    /// The text of a document: judged in Rust, before there is a declaration.
    Document,
}

impl Scope {
    /// `App`, `catalogue`, `document`: as the metadata spells it.
    pub fn words(&self) -> Vec<&str> {
        match self {
            Self::Kinds(kinds) => kinds.iter().map(String::as_str).collect(),
            Self::Catalogue => vec!["catalogue"],
            Self::Document => vec!["document"],
        }
    }
}

/// A number or a text that profiles and `leaver.yaml` may set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// JSON type name: `integer`, `string`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// The value where nobody sets one.
    pub default: Value,
    /// One line for people.
    pub description: String,
    /// `days`, `hours`, …
    #[serde(default)]
    pub unit: Option<String>,
    /// Where the number comes from.
    #[serde(default)]
    pub source: Option<String>,
}

/// A page that says more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// URL.
    #[serde(rename = "ref")]
    pub target: String,
    /// What is there.
    #[serde(default)]
    pub description: Option<String>,
}

/// Who wrote a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origin {
    /// Part of leaver.
    #[default]
    Bundled,
    /// A user's own, in this folder.
    Local(String),
}

/// All that the `# METADATA` block of a rule says, and where the rule came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleMeta {
    /// The id.
    pub id: RuleId,
    /// One line.
    pub title: String,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// The severity that the rule asks for.
    pub severity: Severity,
    /// How sure it is.
    pub precision: Precision,
    /// Where it is in its life.
    pub maturity: Maturity,
    /// The version that brought it.
    pub since: String,
    /// What it is shown.
    pub scope: Scope,
    /// Field path → values: the rule can only find something where each path has one of its values.
    pub when: BTreeMap<String, Vec<Value>>,
    /// Field paths: what a rule on the whole catalogue looks at in each declaration. Empty: all of it.
    pub reads: Vec<String>,
    /// Framework → control ids.
    pub controls: BTreeMap<String, Vec<String>>,
    /// What can be set.
    pub params: BTreeMap<String, Param>,
    /// Pages that say more.
    pub links: Vec<Link>,
    /// Judged in Rust, the Rego has no body.
    pub native: bool,
    /// Its places hold secrets: no report shows their text.
    pub secret: bool,
    /// Who wrote it.
    #[serde(skip)]
    pub origin: Origin,
    /// `rule.md`: prose and examples. Empty where there is none.
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
