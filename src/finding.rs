//! A finding: one breach of one rule at one place of one declaration. It cannot be made without a place.

use std::{borrow::Cow, fmt};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    rule::{RuleId, Severity},
    source::{Address, Place, redact},
};

/// One step of a path into a declaration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A key of a mapping.
    Key(String),
    /// An index of a list, from 0.
    Index(usize),
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => out.write_str(key),
            Self::Index(index) => write!(out, "{index}"),
        }
    }
}

/// The path as an RFC 6901 JSON Pointer.
pub fn pointer(path: &[Step]) -> String {
    path.iter().map(|step| format!("/{}", step.to_string().replace('~', "~0").replace('/', "~1"))).collect()
}

/// The declaration that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// `App`, `Team`, …
    pub kind: String,
    /// `metadata.name`.
    pub name: String,
}

/// What a rule said, before it has a place: the unit between the Rego engine and the span index.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The rule.
    pub rule: RuleId,
    /// Which declaration of the catalogue, by index.
    pub declaration: usize,
    /// Where in it; may name a key that is not there.
    pub path: Vec<Step>,
    /// What is wrong.
    pub message: String,
    /// The rule's own word where it differs by case (a tier, say).
    pub severity: Option<Severity>,
    /// Other places that matter.
    pub related: Vec<RelatedVerdict>,
    /// RFC 6902 operations on the declaration that mend it.
    pub fix: Vec<Value>,
}

/// Another place that matters for a verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct RelatedVerdict {
    /// Which declaration.
    pub target: Target,
    /// Where in it.
    pub path: Vec<Step>,
    /// What is to be seen there.
    pub message: String,
}

/// How a rule names a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// By index in `input.declarations`.
    Index(usize),
    /// By kind and name.
    Named(Subject),
}

/// Another place that matters for a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// What is to be seen there.
    pub message: String,
    /// The declaration it is in.
    pub subject: Option<Subject>,
    /// The place.
    pub place: Place,
}

/// Whether a finding counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It counts.
    Open,
    /// A person accepted it, until a day.
    Waived(WaivedBy),
}

/// The waiver that covers a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaivedBy {
    /// Name of the Waiver.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Who said yes.
    pub approver: String,
    /// Last day, `YYYY-MM-DD`.
    pub expires: String,
}

/// The team that gets a finding. `triage` decides which one it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// `metadata.name` of the Team, as far as one is declared.
    pub team: String,
    /// How to reach it.
    pub contact: Option<String>,
}

impl Owner {
    /// An owner, without secrets and of a length that can be read.
    pub fn new(team: &str, contact: Option<&str>) -> Self {
        let clean = |text: &str| redact(text).chars().take(NAME_LIMIT).collect::<String>();
        Self { team: clean(team), contact: contact.map(clean) }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.contact {
            Some(contact) => write!(out, "{} ({contact})", self.team),
            None => out.write_str(&self.team),
        }
    }
}

/// Characters of a message, or of another text of a finding.
const TEXT_LIMIT: usize = 4_000;
/// Characters of a key or of a name.
const NAME_LIMIT: usize = 150;

/// One breach of one rule at one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// The severity in force.
    pub severity: Severity,
    /// What is wrong, one line. Text from declarations in it is as hostile as they are: formats escape it.
    pub message: String,
    /// What to do, where it differs from the rule's own `fix`.
    pub help: Option<String>,
    /// The declaration; none where the text never became one.
    pub subject: Option<Subject>,
    /// Where in the declaration, by positions.
    pub path: Vec<Step>,
    /// Where in the declaration, by what identifies the entries of lists: stays the same wherever they stand.
    pub address: Address,
    /// Whether there is something at the path; else the place is that of its nearest parent.
    pub exists: bool,
    /// Which thing the declaration is about, beside its name: `source::identity`.
    pub identity: String,
    /// Where in the file.
    pub place: Place,
    /// The pattern that the value comes from, or that could have set the missing one.
    pub pattern: Option<String>,
    /// The population of the app that it is about, if that is a declaration of its own.
    pub population: Option<String>,
    /// Other places that matter.
    pub related: Vec<Related>,
    /// RFC 6902 operations on the declaration that mend it.
    pub fix: Vec<Value>,
    /// Whether it counts.
    pub status: Status,
    /// Who gets it; none where no team is named.
    pub owner: Option<Owner>,
    /// Stable across moved lines and renamed files; unique in a report.
    pub fingerprint: String,
}

impl Finding {
    /// An open finding about a file. More is set by struct update.
    pub fn new(rule: RuleId, severity: Severity, message: String, place: Place) -> Self {
        Self {
            rule,
            severity,
            message,
            help: None,
            subject: None,
            path: Vec::new(),
            address: Address::default(),
            exists: true,
            identity: String::new(),
            place,
            pattern: None,
            population: None,
            related: Vec::new(),
            fix: Vec::new(),
            status: Status::Open,
            owner: None,
            fingerprint: String::new(),
        }
    }

    /// Whether it counts towards the exit status.
    pub fn is_open(&self) -> bool {
        self.status == Status::Open
    }

    /// Its own place and the related ones.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        std::iter::once(&self.place).chain(self.related.iter().map(|related| &related.place))
    }

    /// Takes the secrets out of all its texts and cuts what is too long to be read: what rules say may quote a declaration, and a key may be a
    /// secret, or as long as a file.
    pub(crate) fn tidy(&mut self) {
        let tidy = |text: &mut String, limit: usize| {
            if let Cow::Owned(clean) = redact(text) {
                *text = clean;
            }
            if let Some((at, _)) = text.char_indices().nth(limit) {
                text.truncate(at);
                text.push('…');
            }
        };
        let clean = |text: &mut String| tidy(text, TEXT_LIMIT);
        let name = |text: &mut String| tidy(text, NAME_LIMIT);
        let path = |path: &mut Vec<Step>| {
            for step in path {
                if let Step::Key(key) = step {
                    name(key);
                }
            }
        };
        clean(&mut self.message);
        self.pattern.iter_mut().for_each(name);
        self.help.iter_mut().for_each(clean);
        self.subject.iter_mut().for_each(|subject| name(&mut subject.name));
        path(&mut self.path);
        for related in &mut self.related {
            clean(&mut related.message);
            related.subject.iter_mut().for_each(|subject| name(&mut subject.name));
        }
        for operation in &mut self.fix {
            // As text: a secret may be a key in it, too. What is left is JSON, since no secret has a quotation mark.
            if let Cow::Owned(clean) = redact(&operation.to_string()) {
                *operation = serde_json::from_str(&clean).unwrap_or_default();
            }
        }
        if let Status::Waived(by) = &mut self.status {
            [&mut by.name, &mut by.reason, &mut by.approver].into_iter().for_each(clean);
        }
    }

    /// Rule, declaration and address: what makes a finding the same finding tomorrow. `nth` tells equal ones apart.
    pub(crate) fn fingerprint(&self, nth: usize) -> String {
        let mut hash = Sha256::new();
        let (kind, name) = match &self.subject {
            Some(subject) => (subject.kind.as_str(), subject.name.as_str()),
            None => ("file", self.place.file.path()),
        };
        for part in [self.rule.as_str(), kind, name, &self.identity, &self.address.to_string(), &nth.to_string()] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        // Others keep the fingerprints that they had before populations.
        if let Some(population) = &self.population {
            hash.update(population.as_bytes());
            hash.update([0]);
        }
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_escape_slash_and_tilde() {
        let path = [Step::Key("a/b".into()), Step::Index(2), Step::Key("c~d".into())];
        assert_eq!(pointer(&path), "/a~1b/2/c~0d");
    }
}
