//! Findings that were there before: of a base commit (`--since`) or in a baseline file. They are known by rule, declaration and address, never
//! by line or position, so that moved lines, renamed files and reordered lists change nothing. A declaration that took over the name of another
//! one is not known.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    before::{Before, Reused, said},
    waive::can_be_silenced,
};
use crate::{
    finding::{Finding, Step, Subject},
    source::Address,
};

/// What makes a finding the same finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    rule: String,
    kind: String,
    name: String,
    /// An address, as it is shown.
    path: String,
    /// Which thing has the name.
    identity: String,
}

impl Key {
    /// None for what says that a file is not valid: it hides what else is wrong there, so it is never old news.
    pub(crate) fn of(finding: &Finding) -> Option<Self> {
        let subject = finding.subject.as_ref().filter(|_| can_be_silenced(finding))?;
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

    /// The same, whatever thing has the name.
    #[must_use]
    pub(crate) fn by_name(self) -> Self {
        Self { identity: String::new(), ..self }
    }
}

/// A row of a baseline of version 1: with a JSON Pointer, and without identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Old {
    rule: String,
    subject: Subject,
    pointer: String,
}

/// Known findings and how often each is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    all: BTreeMap<Key, usize>,
    old: BTreeMap<Old, usize>,
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
    /// Since version 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// In version 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// Since version 2; left out where it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    identity: String,
    count: usize,
}

impl Known {
    /// What a report holds.
    pub fn of(findings: &[Finding]) -> Self {
        let mut known = Self::default();
        for key in findings.iter().filter(|finding| finding.is_open()).filter_map(Key::of) {
            *known.all.entry(key).or_default() += 1;
        }
        known
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.all.values().chain(self.old.values()).fold(0, |all, count| all.saturating_add(*count))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.old.is_empty()
    }

    /// Whether it was read from a file that identifies entries of lists by position.
    pub fn is_old(&self) -> bool {
        !self.old.is_empty()
    }

    /// With the rows of old files as the catalogue identifies them that they were written for.
    #[must_use]
    pub fn named(mut self, before: &Before<'_>) -> Self {
        for (old, count) in std::mem::take(&mut self.old) {
            // What is not declared was known of nothing that is there now.
            let Some(declaration) = before.declaration(&old.subject) else { continue };
            let key = Key {
                rule: old.rule,
                path: pointed(&old.pointer).named(&declaration.root).to_string(),
                identity: declaration.identity(),
                kind: old.subject.kind,
                name: old.subject.name,
            };
            let mine = self.all.entry(key).or_default();
            *mine = mine.saturating_add(count);
        }
        self
    }

    /// Leaves out what is known, and tells of what would be, if another thing did not have the name by now.
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
            let findings = if count == 1 { "1 finding is" } else { &format!("{count} findings are") };
            let (was, is) = (said(&was), said(&now));
            let what =
                format!("{findings} known of another {} of that name ({was}; now {is})", subject.kind.to_lowercase());
            Reused { subject, now, what }
        });
        (new, reused.collect())
    }

    /// What either knows, as often as the one that knows it oftener.
    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        for (key, count) in &other.all {
            let mine = self.all.entry(key.clone()).or_default();
            *mine = (*mine).max(*count);
        }
        self
    }

    /// What of this is still there in `now`: a baseline only shrinks.
    #[must_use]
    pub fn shrink(&self, now: &Self) -> Self {
        let both = |(key, count): (&Key, &usize)| now.all.get(key).map(|other| (key.clone(), *count.min(other)));
        Self { all: self.all.iter().filter_map(both).collect(), old: BTreeMap::new() }
    }

    /// Reads a baseline, of version 1 too.
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
                    known.old.insert(Old { rule, subject: Subject { kind, name }, pointer }, count);
                }
                (2, Some(path), None) => {
                    known.all.insert(Key { rule, kind, name, path, identity }, count);
                }
                _ => return Err(format!("a finding does not have the keys of version {}", file.version)),
            }
        }
        Ok(known)
    }

    /// As a baseline file of version 2: sorted, a finding a row, so that it merges well.
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

/// The identity under which the same finding is known.
fn other_identity(all: &BTreeMap<Key, usize>, key: &Key) -> Option<String> {
    let first = key.clone().by_name();
    let (other, _) = all.range(&first..).next()?;
    (other.clone().by_name() == first).then(|| other.identity.clone())
}

/// A JSON Pointer as an address: what looks like a number is a position.
fn pointed(pointer: &str) -> Address {
    let step = |part: &str| {
        let key = part.replace("~1", "/").replace("~0", "~");
        match key.parse() {
            Ok(index) if usize::to_string(&index) == key => Step::Index(index),
            _ => Step::Key(key),
        }
    };
    Address::of_path(&pointer.split('/').skip(1).map(step).collect::<Vec<_>>())
}
