//! Findings that existed before: in a base commit (`--since`) or in a baseline file. Findings are identified by rule, declaration and address, never
//! by line or position, so that moved lines, renamed files and reordered lists have no effect. If a declaration reuses the name of another
//! declaration, its findings are new.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    versions::{Reused, Versions, described_identity},
    waive::can_be_accepted,
};
use crate::{
    finding::{Finding, Step, Subject},
    source::Address,
};

/// Identifies a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    rule: String,
    kind: String,
    name: String,
    /// The address as text.
    path: String,
    /// The identity of the declaration.
    identity: String,
}

impl Key {
    /// Returns the key of a finding, or `None` for a finding of a mandatory rule or without a declaration. Such a finding is never known: an invalid
    /// file, for example, hides other findings.
    pub(crate) fn of(finding: &Finding) -> Option<Self> {
        let subject = finding.subject.as_ref().filter(|_| can_be_accepted(finding))?;
        Some(Self {
            rule: finding.rule.to_string(),
            kind: subject.kind.clone(),
            name: match &finding.population {
                Some(population) => format!("{} ({population})", subject.name),
                None => subject.name.clone(),
            },
            path: finding.address.to_string(),
            identity: finding.identity.clone(),
        })
    }

    /// Returns the same key without the identity.
    #[must_use]
    pub(crate) fn without_identity(self) -> Self {
        Self { identity: String::new(), ..self }
    }
}

/// A row of a version 1 baseline, which has a JSON Pointer and no identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct PointerKey {
    rule: String,
    subject: Subject,
    pointer: String,
}

/// Known findings with their counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    all: BTreeMap<Key, usize>,
    old: BTreeMap<PointerKey, usize>,
}

/// A baseline file.
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
    /// The address, since version 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// The JSON Pointer, in version 1 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// The identity, since version 2; omitted if it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    identity: String,
    count: usize,
}

impl Known {
    /// Counts the findings of a report.
    pub fn of(findings: &[Finding]) -> Self {
        let mut known = Self::default();
        for key in findings.iter().filter(|finding| finding.is_open()).filter_map(Key::of) {
            *known.all.entry(key).or_default() += 1;
        }
        known
    }

    /// Returns the number of findings.
    pub fn len(&self) -> usize {
        self.all.values().chain(self.old.values()).fold(0, |all, count| all.saturating_add(*count))
    }

    /// Whether there are no findings.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.old.is_empty()
    }

    /// Whether the findings come from a file that identifies list entries by position.
    pub fn has_positions(&self) -> bool {
        !self.old.is_empty()
    }

    /// Converts the positions of a version 1 baseline to names. The positions refer to the catalogue for which the baseline was written.
    #[must_use]
    pub fn with_names(mut self, versions: &Versions<'_>) -> Self {
        for (old, count) in std::mem::take(&mut self.old) {
            // A declaration that did not exist then had no known findings.
            let Some(declaration) = versions.declaration(&old.subject) else { continue };
            let key = Key {
                rule: old.rule,
                path: address_of_pointer(&old.pointer).with_names(&declaration.root).to_string(),
                identity: declaration.identity(),
                kind: old.subject.kind,
                name: old.subject.name,
            };
            let mine = self.all.entry(key).or_default();
            *mine = mine.saturating_add(count);
        }
        self
    }

    /// Returns the findings that are not known, and the reused names. The known findings under a reused name belong to another declaration.
    pub fn subtract(&self, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Reused>) {
        let mut left = self.all.clone();
        let mut others: BTreeMap<(Subject, String, String), usize> = BTreeMap::new();
        let mut new = Vec::new();
        for finding in findings {
            let Some(key) = Key::of(&finding).filter(|_| finding.is_open()) else {
                new.push(finding);
                continue;
            };
            match left.get_mut(&key) {
                Some(count) if *count > 0 => *count -= 1,
                Some(_) => new.push(finding),
                None => {
                    if let Some(was) = other_identity(&self.all, &key) {
                        let subject = finding.subject.clone().unwrap_or(Subject { kind: key.kind, name: key.name });
                        *others.entry((subject, key.identity, was)).or_default() += 1;
                    }
                    new.push(finding);
                }
            }
        }
        let reused = others.into_iter().map(|((subject, now, was), count)| {
            let findings =
                if count == 1 { "1 known finding belongs" } else { &format!("{count} known findings belong") };
            let (known_identity, identity) = (described_identity(&was), described_identity(&now));
            let reason = format!(
                "{findings} to another {} of that name ({known_identity}; now {identity})",
                subject.kind.to_lowercase()
            );
            Reused { subject, now, reason }
        });
        (new, reused.collect())
    }

    /// Returns the findings of both sides. Each finding has the greater of its two counts.
    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        for (key, count) in &other.all {
            let mine = self.all.entry(key.clone()).or_default();
            *mine = (*mine).max(*count);
        }
        self
    }

    /// Keeps only the findings that `now` has too, so that a baseline can only shrink.
    #[must_use]
    pub fn shrink(&self, now: &Self) -> Self {
        let both = |(key, count): (&Key, &usize)| now.all.get(key).map(|other| (key.clone(), *count.min(other)));
        Self { all: self.all.iter().filter_map(both).collect(), old: BTreeMap::new() }
    }

    /// Parses a baseline of any version.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if !(1..=2).contains(&file.version) {
            return Err(format!("version {} is not known", file.version));
        }
        let mut known = Self::default();
        for Row { rule, kind, name, path, pointer, identity, count } in file.findings {
            if count > 1_000_000 {
                return Err("a count is larger than a million".into());
            }
            match (file.version, path, pointer) {
                (1, None, Some(pointer)) if identity.is_empty() => {
                    known.old.insert(PointerKey { rule, subject: Subject { kind, name }, pointer }, count);
                }
                (2, Some(path), None) => {
                    known.all.insert(Key { rule, kind, name, path, identity }, count);
                }
                _ => return Err(format!("a finding does not have the keys of version {}", file.version)),
            }
        }
        Ok(known)
    }

    /// Writes a version 2 baseline. The findings are sorted, with one finding per row, so that git can merge two baselines.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let row = |(key, count): (&Key, &usize)| Row {
            rule: key.rule.clone(),
            kind: key.kind.clone(),
            name: key.name.clone(),
            path: Some(key.path.clone()),
            pointer: None,
            identity: key.identity.clone(),
            count: *count,
        };
        let findings = self.all.iter().map(row).collect();
        serde_json::to_string_pretty(&File { version: 2, findings }).map(|text| text + "\n")
    }
}

/// Finds the same finding in another declaration with the same name, and returns the identity of that declaration.
fn other_identity(all: &BTreeMap<Key, usize>, key: &Key) -> Option<String> {
    let first = key.clone().without_identity();
    let (other, _) = all.range(&first..).next()?;
    (other.clone().without_identity() == first).then(|| other.identity.clone())
}

/// Converts a JSON Pointer to an address. Numbers are positions.
fn address_of_pointer(pointer: &str) -> Address {
    let step = |part: &str| {
        let key = part.replace("~1", "/").replace("~0", "~");
        match key.parse() {
            Ok(index) if usize::to_string(&index) == key => Step::Index(index),
            _ => Step::Key(key),
        }
    };
    Address::of_path(&pointer.split('/').skip(1).map(step).collect::<Vec<_>>())
}
