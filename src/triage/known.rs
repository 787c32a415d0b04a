//! Findings that were there before: of a base commit (`--since`) or in a baseline file. They are known by rule, declaration and path, never
//! by line, so that moved lines and renamed files change nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::waive::can_be_silenced;
use crate::finding::{Finding, pointer};

/// What makes a finding the same finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    rule: String,
    kind: String,
    name: String,
    pointer: String,
}

impl Key {
    /// None for what says that a file is not valid: it hides what else is wrong there, so it is never old news.
    pub(crate) fn of(finding: &Finding) -> Option<Self> {
        let subject = finding.subject.as_ref().filter(|_| can_be_silenced(finding))?;
        Some(Self {
            rule: finding.rule.to_string(),
            kind: subject.kind.clone(),
            name: subject.name.clone(),
            pointer: pointer(&finding.path),
        })
    }
}

/// Known findings and how often each is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known(BTreeMap<Key, usize>);

/// A baseline file: version 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    findings: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    rule: String,
    kind: String,
    name: String,
    pointer: String,
    count: usize,
}

impl Known {
    /// What a report holds.
    pub fn of(findings: &[Finding]) -> Self {
        let mut known = Self::default();
        for key in findings.iter().filter(|finding| finding.is_open()).filter_map(Key::of) {
            *known.0.entry(key).or_default() += 1;
        }
        known
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.values().fold(0, |all, count| all.saturating_add(*count))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Leaves out what is known.
    pub fn subtract(&self, findings: Vec<Finding>) -> Vec<Finding> {
        let mut left = self.0.clone();
        findings
            .into_iter()
            .filter(|finding| match Key::of(finding).filter(|_| finding.is_open()).and_then(|key| left.get_mut(&key)) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            })
            .collect()
    }

    /// What either knows, as often as the one that knows it oftener.
    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        for (key, count) in &other.0 {
            let mine = self.0.entry(key.clone()).or_default();
            *mine = (*mine).max(*count);
        }
        self
    }

    /// What of this is still there in `now`: a baseline only shrinks.
    #[must_use]
    pub fn shrink(&self, now: &Self) -> Self {
        let both = |(key, count): (&Key, &usize)| now.0.get(key).map(|other| (key.clone(), *count.min(other)));
        Self(self.0.iter().filter_map(both).collect())
    }

    /// Reads a baseline.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if file.version != 1 {
            return Err(format!("version {} is not known", file.version));
        }
        if file.findings.iter().any(|row| row.count > 1_000_000) {
            return Err("a count is larger than a million".into());
        }
        let rows = file.findings.into_iter();
        Ok(Self(
            rows.map(|Row { rule, kind, name, pointer, count }| (Key { rule, kind, name, pointer }, count)).collect(),
        ))
    }

    /// As a baseline file: sorted, a finding a row, so that it merges well.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let findings = self
            .0
            .iter()
            .map(|(Key { rule, kind, name, pointer }, count)| Row {
                rule: rule.clone(),
                kind: kind.clone(),
                name: name.clone(),
                pointer: pointer.clone(),
                count: *count,
            })
            .collect();
        serde_json::to_string_pretty(&File { version: 1, findings }).map(|text| text + "\n")
    }
}
