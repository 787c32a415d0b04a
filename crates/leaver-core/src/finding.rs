//! A finding is one violation of a rule at one place. Every finding has a place.

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

/// Returns the path as an RFC 6901 JSON Pointer.
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

/// What a rule returns: a path in a declaration and a message. `locate` turns a verdict into a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The rule.
    pub rule: RuleId,
    /// The index of the declaration in the catalogue.
    pub declaration: usize,
    /// The path in the declaration. The path may end with a missing key.
    pub path: Vec<Step>,
    /// What is wrong.
    pub message: String,
    /// The severity of this verdict, if the rule sets one (by tier, for example).
    pub severity: Option<Severity>,
    /// Related places.
    pub related: Vec<RelatedVerdict>,
    /// RFC 6902 operations that fix the declaration.
    pub fix: Vec<Value>,
}

/// A place related to a verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct RelatedVerdict {
    /// The declaration.
    pub target: Target,
    /// The path in this declaration.
    pub path: Vec<Step>,
    /// How the place is related.
    pub message: String,
}

/// A rule's reference to a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// By index in `input.declarations`.
    Index(usize),
    /// By kind and name.
    Named(Subject),
}

/// A place related to a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// How the place is related.
    pub message: String,
    /// The declaration that contains the place.
    pub subject: Option<Subject>,
    /// The place.
    pub place: Place,
}

/// Whether a finding is open or waived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// The finding counts towards the exit status.
    Open,
    /// A person accepted the finding until a given day.
    Waived(WaivedBy),
}

/// The waiver that covers a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaivedBy {
    /// Name of the Waiver.
    pub name: String,
    /// The reason.
    pub reason: String,
    /// The approver.
    pub approver: String,
    /// The last day, `YYYY-MM-DD`.
    pub expires: String,
}

/// The team that is responsible for a finding, as determined by `triage`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// `metadata.name` of the Team, or the text of the reference if no such Team is declared.
    pub team: String,
    /// The team's contact.
    pub contact: Option<String>,
}

impl Owner {
    /// Returns an owner with redacted and shortened texts.
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

/// Maximum length of a message or another text of a finding, in characters.
const TEXT_LIMIT: usize = 4_000;
/// Maximum length of a key or a name, in characters.
const NAME_LIMIT: usize = 150;

/// One violation of a rule at one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// The severity in force.
    pub severity: Severity,
    /// What is wrong, in one line. The message may contain hostile text from declarations, which renderers escape.
    pub message: String,
    /// What to do, if it differs from the rule's own `fix`.
    pub help: Option<String>,
    /// The declaration that the finding is about; `None` if the document is not a declaration.
    pub subject: Option<Subject>,
    /// The path in the declaration, with positions for list entries.
    pub path: Vec<Step>,
    /// The address in the declaration. An address names list entries, so it does not change when entries move.
    pub address: Address,
    /// Whether the path exists. If it does not exist, the place is the place of the nearest parent.
    pub exists: bool,
    /// The values that identify the declaration in addition to its name; see `source::identity`.
    pub identity: String,
    /// The place in the file.
    pub place: Place,
    /// The pattern that the value comes from, or that could have set the missing value.
    pub pattern: Option<String>,
    /// The population of the app that the finding is about, if any.
    pub population: Option<String>,
    /// Related places.
    pub related: Vec<Related>,
    /// RFC 6902 operations that fix the declaration.
    pub fix: Vec<Value>,
    /// Whether the finding is open or waived.
    pub status: Status,
    /// The responsible team, if the declaration names one.
    pub owner: Option<Owner>,
    /// A text that is unique in a report and does not change when lines move or files are renamed.
    pub fingerprint: String,
}

impl Finding {
    /// Returns an open finding about a file. Callers set other fields with struct update syntax.
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

    /// Whether the finding counts towards the exit status.
    pub fn is_open(&self) -> bool {
        self.status == Status::Open
    }

    /// Returns the place of the finding and its related places.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        std::iter::once(&self.place).chain(self.related.iter().map(|related| &related.place))
    }

    /// Redacts secrets in all texts and shortens long texts, because a message may quote a declaration, and a key may be a secret or as long as a
    /// file.
    pub fn redact(&mut self) {
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
            // Redact the JSON text, because a key may be a secret too. The result is valid JSON, since no secret contains a quotation mark.
            if let Cow::Owned(clean) = redact(&operation.to_string()) {
                *operation = serde_json::from_str(&clean).unwrap_or_default();
            }
        }
        if let Status::Waived(by) = &mut self.status {
            [&mut by.name, &mut by.reason, &mut by.approver].into_iter().for_each(clean);
        }
    }

    /// Returns a digest of rule, declaration and address, which identifies the finding across runs. `nth` distinguishes equal findings.
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
        // Findings without a population keep the fingerprint that they had before leaver supported populations.
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
