//! Combines manifests, signatures, trust root and catalogue into the facts about each sign-off, which rules evaluate.

mod facts;
mod gone;
mod people;

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde_json::Value;

use facts::{signoff_facts, signoff_record};
use gone::{APP, removed_apps};

use super::{
    digest::{APP_TAG, digest},
    folder::Artefact,
    manifest::{AppContent, Manifest},
    material::{Difference, Materiality, changes},
    reference::References,
    signature::{Seal, seal},
    trust::{TrustRoot, fault},
};
use crate::{
    config::Signoff,
    files::Workspace,
    finding::Subject,
    model::{Catalogue, Declaration},
    report::Failure,
};

/// The result of verifying a manifest's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureState {
    /// There is no signature.
    Unsigned,
    /// The signature is invalid, for this reason.
    Invalid(String),
    /// The signature is valid for exactly this manifest.
    Valid {
        /// `SHA256:…`
        fingerprint: String,
        /// The owner of the key, according to `allowed_signers`.
        signer: Option<String>,
        /// The reason why the signature does not count: the key or person was not authorised at the time of signing, the key or manifest was
        /// revoked, or the time is in the future.
        fault: Option<String>,
    },
}

/// A manifest that could be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The path of the manifest below the root of the catalogue.
    pub name: String,
    /// The parsed manifest.
    pub manifest: Manifest,
    /// The result of verifying the signature.
    pub signature_state: SignatureState,
    /// The reason why the manifest is invalid even with a valid signature.
    pub refusal: Option<String>,
    /// For each app: the changes since the sign-off, material changes first, and the number of material changes.
    pub since: BTreeMap<String, (Vec<Difference>, usize)>,
}

/// All sign-offs of a catalogue.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// `data.leaver.signoffs`.
    pub facts: Value,
    /// The manifests, sorted by name.
    pub entries: Vec<Entry>,
    /// Invalid signatures, and manifests that are broken or inconsistent.
    pub failures: Vec<Failure>,
    /// Apps that are signed, or declared by the trusted commit, but missing from the catalogue.
    pub gone: Vec<Declaration>,
}

/// The inputs of the ledger.
#[derive(Debug, Clone, Copy)]
pub struct LedgerInput<'a> {
    /// The trust root.
    pub trust: &'a TrustRoot,
    /// The requirements.
    pub settings: &'a Signoff,
    /// The current declarations.
    pub catalogue: &'a Catalogue,
    /// The files of the catalogue, for the display of paths.
    pub files: &'a Workspace,
    /// The root folder of the catalogue.
    pub root: &'a Utf8Path,
    /// The digest of the rules in force.
    pub policy: &'a str,
    /// The current date.
    pub today: &'a str,
    /// The trusted commit, if there is one.
    pub base: Option<TrustedContent<'a>>,
}

/// Content of a trusted commit.
#[derive(Debug, Clone, Copy)]
pub struct TrustedContent<'a> {
    /// The well-formed declarations of the commit.
    pub declarations: &'a [Declaration],
    /// The sign-offs of the commit.
    pub signoffs: &'a [Artefact],
}

/// A parsed manifest with the result of its verification.
struct VerifiedManifest<'a> {
    artefact: &'a Artefact,
    manifest: Manifest,
    signature_state: SignatureState,
    revoked: bool,
    /// Whether the manifest itself was revoked, not only its key.
    withdrawn: bool,
    /// Whether the manifest names another catalogue.
    foreign: bool,
}

impl VerifiedManifest<'_> {
    /// Whether the reviewer in the manifest signed the manifest for this catalogue. Such a sign-off proves the former content of an app, even if the
    /// sign-off is no longer valid.
    fn is_authentic(&self) -> bool {
        let signed = matches!(&self.signature_state, SignatureState::Valid { signer: Some(signer), .. } if *signer == self.manifest.predicate.reviewer);
        signed && !self.withdrawn && !self.foreign
    }
}

/// Builds the ledger.
pub fn ledger(artefacts: &[Artefact], input: &LedgerInput<'_>) -> Ledger {
    let LedgerInput { trust, settings, catalogue, base, .. } = *input;
    let mut ledger = Ledger::default();
    let read: Vec<VerifiedManifest<'_>> =
        artefacts.iter().filter_map(|artefact| read(artefact, input, &mut ledger.failures)).collect();
    ledger.gone = removed_apps(&read, base.as_ref(), catalogue, (input.files, input.root));
    let in_force = Materiality { immaterial: settings.immaterial.clone(), material: settings.material.clone() };
    let references = if read.is_empty() { References::default() } else { References::of(catalogue) };
    let mut name_counts: BTreeMap<&str, usize> = BTreeMap::new();
    for app in catalogue.own().iter().filter(|declaration| declaration.kind == APP) {
        *name_counts.entry(&app.name).or_default() += 1;
    }
    let mut records: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for signoff in read {
        let predicate = &signoff.manifest.predicate;
        let signed = predicate.references.as_deref().map(References::signed);
        let mut since = BTreeMap::new();
        for app in &predicate.apps {
            let left = ledger.gone.binary_search_by(|declaration| declaration.name.cmp(&app.name)).ok();
            let left = left.and_then(|at| ledger.gone.get(at));
            let subject = Subject { kind: APP.into(), name: app.name.clone() };
            let Some(now) = catalogue.find(&subject).or(left) else { continue };
            // If two apps have the same name, it is unknown which is the signed app, so the sign-off covers neither.
            let is_unique = left.is_some() || name_counts.get(app.name.as_str()) == Some(&1);
            let (found, material) = if is_unique && now.well_formed {
                // Ignore changes of Teams and Systems if the app itself is gone.
                let referred = signed.as_ref().filter(|_| left.is_none());
                let referred = referred.map(|signed| signed.changes(&references, &app.declaration)).unwrap_or_default();
                compare(&app.declaration, now, &predicate.materiality, &in_force, referred)
            } else {
                (vec![Difference { path: Vec::new(), was: None, now: None, of: None }], 1)
            };
            let record = signoff_record(&signoff, app, input, &found, material);
            records.entry(app.name.clone()).or_default().push(record);
            since.insert(app.name.clone(), (found, material));
        }
        let refusal = refusal(&signoff.manifest, trust, settings);
        let VerifiedManifest { artefact, manifest, signature_state, .. } = signoff;
        ledger.entries.push(Entry { name: artefact.name.clone(), manifest, signature_state, refusal, since });
    }
    ledger.facts = signoff_facts(input, &ledger, &records);
    ledger
}

/// Reads a manifest and verifies its signature. Adds errors to `failures`.
fn read<'a>(
    artefact: &'a Artefact,
    input: &LedgerInput<'_>,
    failures: &mut Vec<Failure>,
) -> Option<VerifiedManifest<'a>> {
    // Verify the signature before reading the content. An unsigned manifest has no signature to verify, but is parsed too.
    let sealed = artefact.signature.as_deref().map(|signature| seal(artefact.text.as_bytes(), signature));
    if let Some(Err(error)) = &sealed {
        failures.push(fault(
            format!("the signature of `{}` is invalid: {error}", artefact.name),
            "restore both files as they were signed, or delete them and have the app signed again".into(),
        ));
    }
    let manifest = match Manifest::parse(&artefact.text) {
        Ok(manifest) => manifest,
        Err(error) => {
            failures.push(fault(
                format!("`{}` is not a sign-off: {error}", artefact.name),
                "restore it as it was signed, or delete it; `leaver signoff sign` writes a new one".into(),
            ));
            return None;
        }
    };
    let (signature_state, revoked) = match &sealed {
        None => (SignatureState::Unsigned, false),
        Some(Err(error)) => (SignatureState::Invalid(error.to_string()), false),
        Some(Ok(seal)) => verification(seal, artefact, &manifest, input.trust, input.today),
    };
    let withdrawn = input.trust.is_withdrawn(artefact.text.as_bytes());
    let foreign = manifest.predicate.catalogue.is_some() && manifest.predicate.catalogue != input.settings.catalogue;
    Some(VerifiedManifest { artefact, manifest, signature_state, revoked, withdrawn, foreign })
}

/// Returns the reason why a manifest is invalid even with a valid signature: the reviewer may not sign in the role or for the tier, or the manifest
/// is for another catalogue.
pub fn refusal(manifest: &Manifest, trust: &TrustRoot, settings: &Signoff) -> Option<String> {
    let predicate = &manifest.predicate;
    if predicate.catalogue != settings.catalogue {
        return Some(match (&predicate.catalogue, &settings.catalogue) {
            (Some(other), Some(ours)) => format!("it is for the catalogue {other}, and this one is {ours}"),
            (Some(other), None) => format!("it is for the catalogue {other}, and leaver.yaml does not name this one"),
            (None, _) => "it does not name its catalogue".into(),
        });
    }
    if let Some(refusal) = trust.refusal(&predicate.reviewer, &predicate.role) {
        return Some(refusal);
    }
    let highest = trust.approver(&predicate.reviewer)?.highest_tier;
    let tier = |app: &AppContent| app.declaration.pointer("/spec/tier").and_then(Value::as_u64);
    let above = predicate.apps.iter().find(|app| tier(app).is_some_and(|tier| tier < u64::from(highest)))?;
    Some(format!(
        "{} may sign apps of tier {highest} or less critical, but the signed version of `{}` has tier {}",
        predicate.reviewer,
        above.name,
        tier(above)?
    ))
}

/// Checks the key and the reviewer of a valid signature. Returns the result, and whether the key or manifest was revoked.
fn verification(
    seal: &Seal,
    artefact: &Artefact,
    manifest: &Manifest,
    trust: &TrustRoot,
    today: &str,
) -> (SignatureState, bool) {
    let signer = trust.signer(seal);
    let moment = &manifest.signed_at;
    let revocation = trust.revocation(seal, artefact.text.as_bytes());
    let person = trust.approver(&manifest.predicate.reviewer);
    let key_days = signer.filter(|signer| !signer.valid_at(moment)).map(|signer| {
        let part = |word: &str, at: &Option<super::Moment>| at.as_ref().map(|at| format!(" {word} {at}"));
        let range = part("from", &signer.valid_after).into_iter().chain(part("until", &signer.valid_before));
        format!("the key is valid{}, but it signed at {moment}", range.collect::<String>())
    });
    let person_days = person.and_then(|person| {
        let early = person.from.as_deref().is_some_and(|from| moment.day() < from);
        let late = person.until.as_deref().is_some_and(|until| until < moment.day());
        (early || late).then(|| format!("`{}` was not an approver on {}", person.principal, moment.day()))
    });
    let future = (today < moment.day()).then(|| format!("it is dated {}, which is in the future", moment.day()));
    let revoked = revocation.map(|revoked| format!("revoked on {}: {}", revoked.day, revoked.reason));
    let is_revoked = revoked.is_some();
    let fault = revoked.or(key_days).or(person_days).or(future);
    let signer = signer.map(|signer| signer.principal.clone());
    (SignatureState::Valid { fingerprint: seal.fingerprint.clone(), signer, fault }, is_revoked)
}

/// Returns the changes, material changes first, and the number of material changes. A change is immaterial only if both the signed list and the
/// current list of immaterial paths contain it, so that extending only one of the lists has no effect.
fn compare(
    was: &Value,
    now: &Declaration,
    signed: &Materiality,
    in_force: &Materiality,
    referred: Vec<Difference>,
) -> (Vec<Difference>, usize) {
    let now = now.content();
    let all = changes(was, &now);
    let (immaterial, mut material): (Vec<Difference>, Vec<Difference>) =
        all.into_iter().partition(|change| signed.is_immaterial(&change.path) && in_force.is_immaterial(&change.path));
    // If the digests differ, there must be a material change.
    let form = |value: &Value| digest(APP_TAG, &signed.projection(value));
    let same = form(was).is_ok_and(|before| form(&now) == Ok(before));
    if material.is_empty() && !same {
        material.push(Difference { path: Vec::new(), was: None, now: None, of: None });
    }
    material.extend(referred);
    let count = material.len();
    material.extend(immaterial);
    (material, count)
}
