//! The manifest that a reviewer signs: an in-toto Statement v1 (<https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>) with
//! leaver's own predicate type, described by `schemas/signoff.schema.json`. The parser refuses unknown keys.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    MATERIALITY_PATHS, PATH_BYTES,
    digest::{APP_TAG, digest},
    json,
    material::Materiality,
    moment::{Moment, is_day},
    reference::Reference,
};

/// The type of the statement.
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// The predicate type that leaver writes. It is an identifier, not the address of a page.
pub const PREDICATE_TYPE: &str = "https://leaver.dev/signoff/v2";
/// The older predicate type, without `catalogue` and `references`. leaver still reads it.
const FIRST_TYPE: &str = "https://leaver.dev/signoff/v1";
/// Prefix of an app's name in a subject.
const SUBJECT: &str = "app:";

/// The reviewer's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Approved.
    Approved,
    /// Approved if the conditions are met in time.
    Conditional,
    /// Rejected.
    Rejected,
}

impl Decision {
    /// The spelling in the manifest.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Conditional => "conditional",
            Self::Rejected => "rejected",
        }
    }
}

/// A condition of an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What must be done.
    pub text: String,
    /// The deadline, `YYYY-MM-DD`.
    pub due: String,
}

/// The rules in force when the reviewer decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyState {
    /// SHA-256 of rules, severities and parameters in force.
    pub digest: String,
    /// Name of the profile.
    pub profile: String,
    /// Version of leaver.
    pub leaver: String,
}

/// The number of findings in the apps of the manifest, at the time of the decision.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Open errors.
    pub errors: usize,
    /// Open warnings.
    pub warnings: usize,
    /// Open infos.
    pub infos: usize,
    /// Waived findings.
    pub waived: usize,
}

/// A waiver that covered a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiverRecord {
    /// The name of the waiver.
    pub name: String,
    /// The rule whose findings the waiver covers.
    pub rule: String,
    /// The person or team that approved the waiver.
    pub approver: String,
    /// The last day of the waiver.
    pub expires: String,
}

/// An app with its content at the time of signing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppContent {
    /// `metadata.name`.
    pub name: String,
    /// The whole declaration, so that changes can be shown later.
    pub declaration: Value,
}

/// The decision and its basis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Predicate {
    /// The decision.
    pub decision: Decision,
    /// The principal of the reviewer, as in `allowed_signers`.
    pub reviewer: String,
    /// The role of the reviewer.
    pub role: String,
    /// The catalogue that the decision applies to, as named in leaver.yaml.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<String>,
    /// The time of signing, by the reviewer's clock.
    pub signed_at: String,
    /// The last day on which the sign-off is valid.
    pub valid_until: String,
    /// The reviewer's comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Conditions with their deadlines.
    pub conditions: Vec<Condition>,
    /// The rules in force.
    pub policy: PolicyState,
    /// The results of the check.
    pub result: Counts,
    /// The waivers that covered findings.
    pub waivers: Vec<WaiverRecord>,
    /// The changes that do not void the sign-off.
    pub materiality: Materiality,
    /// The apps, in the order of the subjects.
    pub apps: Vec<AppContent>,
    /// The Teams and Systems that the apps name, sorted by kind and name. Manifests of version 1 have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub references: Option<Vec<Reference>>,
}

impl Predicate {
    /// Returns the predicate type that allows the keys of this predicate.
    const fn predicate_type(&self) -> &'static str {
        if self.references.is_some() { PREDICATE_TYPE } else { FIRST_TYPE }
    }
}

/// A consistent manifest: the digest of each subject matches the content in the predicate.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// The decision.
    pub predicate: Predicate,
    /// `predicate.signedAt`.
    pub signed_at: Moment,
}

/// Why a file is not a valid manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// The file is not JSON, or has duplicate keys.
    #[error("it is not valid JSON: {0}")]
    Json(String),
    /// An unsupported type.
    #[error("its {what} is `{found}`; this version of leaver supports only `{known}`")]
    Type {
        /// `type` or `predicate type`.
        what: &'static str,
        /// The type found.
        found: String,
        /// The supported type.
        known: String,
    },
    /// An unknown or missing key, or a value of the wrong type.
    #[error("it does not match the schema of a sign-off: {0}")]
    Form(String),
    /// The parts of the manifest contradict each other.
    #[error("{0}")]
    Content(String),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
    predicate: Predicate,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    name: String,
    digest: Sha256Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sha256Digest {
    sha256: String,
}

impl Manifest {
    /// Parses a manifest and checks its consistency.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let value = json::parse(text).map_err(|error| ManifestError::Json(error.to_string()))?;
        // Check the types first, because no other check is meaningful for an unknown type.
        for (what, key, known) in
            [("type", "_type", &[STATEMENT][..]), ("predicate type", "predicateType", &[PREDICATE_TYPE, FIRST_TYPE])]
        {
            let found = value.get(key).and_then(Value::as_str).unwrap_or_default();
            if !known.contains(&found) {
                let known = known.join("` and `");
                return Err(ManifestError::Type { what, found: found.to_owned(), known });
            }
        }
        let statement: Statement =
            serde_json::from_value(value).map_err(|error| ManifestError::Form(error.to_string()))?;
        let invalid = |message: String| Err(ManifestError::Content(message));
        let Statement { subject, predicate_type, predicate, .. } = statement;
        if predicate_type != predicate.predicate_type() {
            return invalid(format!("`references` is only allowed in `{PREDICATE_TYPE}`"));
        }
        if predicate.catalogue.is_some() && predicate.references.is_none() {
            return invalid(format!("`catalogue` is only allowed in `{PREDICATE_TYPE}`"));
        }
        let Some(signed_at) = Moment::parse(&predicate.signed_at) else {
            return invalid(format!(
                "`signedAt` is `{}`, not a time such as 2026-11-24T09:00:00Z",
                predicate.signed_at
            ));
        };
        if !is_day(&predicate.valid_until) || predicate.valid_until.as_str() < signed_at.day() {
            return invalid(format!("`validUntil` is `{}`, not a date on or after `signedAt`", predicate.valid_until));
        }
        if let Some(condition) = predicate.conditions.iter().find(|condition| !is_day(&condition.due)) {
            return invalid(format!(
                "the condition `{}` is due on `{}`, which is not a date",
                condition.text, condition.due
            ));
        }
        if (predicate.decision == Decision::Conditional) == predicate.conditions.is_empty() {
            return invalid("only a conditional sign-off has conditions, and it needs at least one".into());
        }
        let Materiality { immaterial, material } = &predicate.materiality;
        for (name, paths) in [("immaterial", immaterial), ("material", material)] {
            if paths.len() > MATERIALITY_PATHS {
                return invalid(format!("`materiality.{name}` has more than {MATERIALITY_PATHS} paths"));
            }
            if paths.iter().any(|path| path.len() > PATH_BYTES) {
                return invalid(format!("`materiality.{name}` has a path that is longer than {PATH_BYTES} bytes"));
            }
        }
        if predicate.apps.is_empty() {
            return invalid("it lists no app".into());
        }
        if predicate.apps.windows(2).any(|pair| matches!(pair, [one, next] if one.name >= next.name)) {
            return invalid("its apps are not sorted, or one appears twice".into());
        }
        let references = predicate.references.as_deref().unwrap_or_default();
        if subject.len() != predicate.apps.len() + references.len() {
            return invalid(match references.len() {
                0 => format!("it has {} subjects for {} apps", subject.len(), predicate.apps.len()),
                more => {
                    format!("it has {} subjects for {} apps and {more} references", subject.len(), predicate.apps.len())
                }
            });
        }
        let key = |reference: &Reference| (reference.kind.clone(), reference.name.clone());
        if references.windows(2).any(|pair| matches!(pair, [one, next] if key(one) >= key(next))) {
            return invalid("its references are not sorted, or one appears twice".into());
        }
        for (subject, app) in subject.iter().zip(&predicate.apps) {
            if subject.name != format!("{SUBJECT}{}", app.name) {
                return invalid(format!("the subject `{}` is not the app `{}`", subject.name, app.name));
            }
            if app.declaration.pointer("/metadata/name").and_then(Value::as_str) != Some(&app.name) {
                return invalid(format!("the declaration of `{}` has another name", app.name));
            }
            let content = digest(APP_TAG, &predicate.materiality.projection(&app.declaration))
                .map_err(|error| ManifestError::Content(format!("`{}`: {error}", app.name)))?;
            if content != subject.digest.sha256 {
                return invalid(format!("the digest of the subject `{}` does not match its declaration", app.name));
            }
        }
        for (subject, reference) in subject.iter().skip(predicate.apps.len()).zip(references) {
            let name = reference.subject();
            if subject.name != name {
                return invalid(format!("the subject `{}` is not the reference `{name}`", subject.name));
            }
            let text = |pointer: &str| reference.declaration.pointer(pointer).and_then(Value::as_str);
            if text("/kind") != Some(&reference.kind) || text("/metadata/name") != Some(&reference.name) {
                return invalid(format!("the declaration of `{name}` has another kind or name"));
            }
            let content = reference.digest().map_err(|error| ManifestError::Content(format!("`{name}`: {error}")))?;
            if content != subject.digest.sha256 {
                return invalid(format!("the digest of the subject `{name}` does not match its declaration"));
            }
        }
        Ok(Self { predicate, signed_at })
    }
}

/// Writes a manifest. Sorts the apps and the references, and derives the subjects from them. [`Manifest::parse`] refuses duplicate apps.
pub fn write_manifest(mut predicate: Predicate) -> Result<String, ManifestError> {
    predicate.apps.sort_by(|one, other| one.name.cmp(&other.name));
    if let Some(references) = &mut predicate.references {
        references.sort_by(|one, other| (&one.kind, &one.name).cmp(&(&other.kind, &other.name)));
    }
    let mut subject = Vec::new();
    for app in &predicate.apps {
        let sha256 = digest(APP_TAG, &predicate.materiality.projection(&app.declaration))
            .map_err(|error| ManifestError::Content(format!("`{}`: {error}", app.name)))?;
        subject.push(Subject { name: format!("{SUBJECT}{}", app.name), digest: Sha256Digest { sha256 } });
    }
    for reference in predicate.references.iter().flatten() {
        let sha256 = reference
            .digest()
            .map_err(|error| ManifestError::Content(format!("`{}`: {error}", reference.subject())))?;
        subject.push(Subject { name: reference.subject(), digest: Sha256Digest { sha256 } });
    }
    let predicate_type = predicate.predicate_type().into();
    let statement = Statement { kind: STATEMENT.into(), subject, predicate_type, predicate };
    let mut text = serde_json::to_string_pretty(&statement).map_err(|error| ManifestError::Form(error.to_string()))?;
    text.push('\n');
    Manifest::parse(&text)?;
    Ok(text)
}
