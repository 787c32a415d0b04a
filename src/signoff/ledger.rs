//! Manifests, signatures, trust root and catalogue together: the facts on every sign-off, for the rules to judge.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    digest::{APP_TAG, digest},
    folder::Artefact,
    manifest::Manifest,
    material::{Change, Materiality, changes},
    signature::{Seal, seal},
    trust::{Trust, fault},
};
use crate::{
    config::Signoff,
    finding::{Step, Subject},
    model::{Catalogue, Declaration},
    report::Failure,
};

/// Longest value of a change that is shown, in characters.
const SHOWN: usize = 60;

/// What the cryptography says of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// There is no signature.
    Unsigned,
    /// The signature does not hold, and why.
    Broken(String),
    /// Somebody's key has signed exactly this.
    Sealed {
        /// `SHA256:…`
        fingerprint: String,
        /// Whose key it is by `allowed_signers`.
        signer: Option<String>,
        /// Why key or person did not count when it was signed, or no longer counts.
        fault: Option<String>,
    },
}

/// A manifest that could be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its path below the root of the catalogue.
    pub name: String,
    /// What it says.
    pub manifest: Manifest,
    /// What can be said of it.
    pub standing: Standing,
    /// By app: what changed since, material changes first, and how many of them are.
    pub since: BTreeMap<String, (Vec<Change>, usize)>,
}

/// All sign-offs of a catalogue.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// `data.leaver.signoffs`.
    pub facts: Value,
    /// In the order of their names.
    pub entries: Vec<Entry>,
    /// What cannot be read, contradicts itself or is broken.
    pub failures: Vec<Failure>,
}

/// Puts together what is known. `policy` is the digest of the rules in force, `today` a day.
pub fn ledger(
    artefacts: &[Artefact],
    trust: &Trust,
    settings: &Signoff,
    catalogue: &Catalogue,
    policy: &str,
    today: &str,
) -> Ledger {
    let in_force = Materiality { immaterial: settings.immaterial.clone(), material: settings.material.clone() };
    let mut ledger = Ledger::default();
    let mut records: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    for app in catalogue.own().iter().filter(|declaration| declaration.kind == "App") {
        *named.entry(&app.name).or_default() += 1;
    }
    for artefact in artefacts {
        // The signature first: what it does not cover is not looked into for anything but its form.
        let sealed = artefact.signature.as_deref().map(|signature| seal(artefact.text.as_bytes(), signature));
        if let Some(Err(error)) = &sealed {
            ledger.failures.push(fault(
                format!("the signature of `{}` does not hold: {error}", artefact.name),
                "restore the two files as they were signed, or take them away and have it signed anew".into(),
            ));
        }
        let manifest = match Manifest::parse(&artefact.text) {
            Ok(manifest) => manifest,
            Err(error) => {
                ledger.failures.push(fault(
                    format!("`{}` is no sign-off: {error}", artefact.name),
                    "restore it as it was signed, or take it away; `leaver signoff sign` writes a new one".into(),
                ));
                continue;
            }
        };
        let (standing, revoked) = match &sealed {
            None => (Standing::Unsigned, false),
            Some(Err(error)) => (Standing::Broken(error.to_string()), false),
            Some(Ok(seal)) => standing(seal, artefact, &manifest, trust, today),
        };
        let mut since = BTreeMap::new();
        for app in &manifest.predicate.apps {
            let subject = Subject { kind: "App".into(), name: app.name.clone() };
            let Some(now) = catalogue.find(&subject) else { continue };
            // Of two apps with one name only one can be what was signed: then neither is.
            let alone = named.get(app.name.as_str()) == Some(&1);
            let (found, material) = if alone && now.well_formed {
                compare(&app.declaration, now, &manifest.predicate.materiality, &in_force)
            } else {
                (vec![Change { path: Vec::new(), was: None, now: None }], 1)
            };
            let mut record = record(artefact, &manifest, &standing, trust);
            record.insert("revoked".into(), revoked.into());
            record.insert("policyChanged".into(), (manifest.predicate.policy.digest != policy).into());
            record.insert("declared".into(), declared(&app.declaration));
            let shown: Vec<Value> = found.iter().take(material).map(change).collect();
            record.insert("changes".into(), json!({"material": shown, "immaterial": found.len() - material}));
            records.entry(app.name.clone()).or_default().push(record.into());
            since.insert(app.name.clone(), (found, material));
        }
        ledger.entries.push(Entry { name: artefact.name.clone(), manifest, standing, since });
    }
    ledger.facts = json!({"requirements": settings.required, "records": records});
    ledger
}

/// Whose signature it is, and whether that counts.
fn standing(seal: &Seal, artefact: &Artefact, manifest: &Manifest, trust: &Trust, today: &str) -> (Standing, bool) {
    let signer = trust.signer(seal);
    let moment = &manifest.signed_at;
    let revocation = trust.revocation(seal, artefact.text.as_bytes());
    let person = trust.approver(&manifest.predicate.reviewer);
    let key_days = signer.filter(|signer| !signer.valid_at(moment)).map(|signer| {
        let part = |word: &str, at: &Option<super::Moment>| at.as_ref().map(|at| format!(" {word} {at}"));
        let range = part("from", &signer.valid_after).into_iter().chain(part("until", &signer.valid_before));
        format!("the key counts{}, and it signed at {moment}", range.collect::<String>())
    });
    let person_days = person.and_then(|person| {
        let early = person.from.as_deref().is_some_and(|from| moment.day() < from);
        let late = person.until.as_deref().is_some_and(|until| until < moment.day());
        (early || late).then(|| format!("`{}` was no approver on {}", person.principal, moment.day()))
    });
    let future =
        (today < moment.day()).then(|| format!("it says that it was signed on {}, which has not come", moment.day()));
    let revoked = revocation.map(|revoked| format!("revoked on {}: {}", revoked.day, revoked.reason));
    let is_revoked = revoked.is_some();
    let fault = revoked.or(key_days).or(person_days).or(future);
    let signer = signer.map(|signer| signer.principal.clone());
    (Standing::Sealed { fingerprint: seal.fingerprint.clone(), signer, fault }, is_revoked)
}

/// What a rule sees of a manifest, apart from the app.
fn record(artefact: &Artefact, manifest: &Manifest, standing: &Standing, trust: &Trust) -> Map<String, Value> {
    let predicate = &manifest.predicate;
    let mut record = Map::from_iter([
        ("file".to_owned(), Value::from(artefact.name.as_str())),
        ("reviewer".to_owned(), predicate.reviewer.as_str().into()),
        ("role".to_owned(), predicate.role.as_str().into()),
        ("decision".to_owned(), predicate.decision.as_str().into()),
        ("signedAt".to_owned(), manifest.signed_at.as_str().into()),
        ("signedOn".to_owned(), manifest.signed_at.day().into()),
        ("validUntil".to_owned(), predicate.valid_until.as_str().into()),
        ("conditions".to_owned(), json!(predicate.conditions)),
    ]);
    let signature = match standing {
        Standing::Unsigned => "absent",
        Standing::Broken(_) => "bad",
        Standing::Sealed { .. } => "good",
    };
    record.insert("signature".into(), signature.into());
    match standing {
        Standing::Unsigned => {}
        Standing::Broken(reason) => drop(record.insert("reason".into(), reason.as_str().into())),
        Standing::Sealed { fingerprint, signer, fault } => {
            record.insert("fingerprint".into(), fingerprint.as_str().into());
            record.insert("keyValid".into(), fault.is_none().into());
            if let Some(signer) = signer {
                record.insert("signer".into(), signer.as_str().into());
            }
            if let Some(reason) = fault {
                record.insert("reason".into(), reason.as_str().into());
            }
        }
    }
    if let Some(approver) = trust.approver(&predicate.reviewer) {
        record.insert("approver".into(), json!({"roles": approver.roles, "highestTier": approver.highest_tier}));
    }
    record
}

/// What requirements go by, as it was signed, in the shape of a declaration.
fn declared(declaration: &Value) -> Value {
    let part = |block: &str, keys: &[&str]| {
        let found = keys.iter().filter_map(|key| Some(((*key).to_owned(), declaration.get(block)?.get(key)?.clone())));
        Value::Object(found.collect())
    };
    json!({"metadata": part("metadata", &["labels"]), "spec": part("spec", &["tier", "dataClass"])})
}

/// What changed, material changes first, and how many of them are. A change is immaterial where what was signed and what is in force now
/// both say so: neither can be widened alone.
fn compare(was: &Value, now: &Declaration, signed: &Materiality, in_force: &Materiality) -> (Vec<Change>, usize) {
    let now = Value::from(&*now.root);
    let all = changes(was, &now);
    let (immaterial, mut material): (Vec<Change>, Vec<Change>) =
        all.into_iter().partition(|change| signed.is_immaterial(&change.path) && in_force.is_immaterial(&change.path));
    // The digest has the last word.
    let form = |value: &Value| digest(APP_TAG, &signed.projection(value));
    let same = form(was).is_ok_and(|before| form(&now) == Ok(before));
    if material.is_empty() && !same {
        material.push(Change { path: Vec::new(), was: None, now: None });
    }
    let count = material.len();
    material.extend(immaterial);
    (material, count)
}

fn change(change: &Change) -> Value {
    let path: Vec<Value> = change
        .path
        .iter()
        .map(|step| match step {
            Step::Key(key) => key.as_str().into(),
            Step::Index(index) => (*index).into(),
        })
        .collect();
    let mut shown = Map::from_iter([("path".to_owned(), path.into()), ("place".to_owned(), change.place().into())]);
    for (key, value) in [("was", &change.was), ("now", &change.now)] {
        shown.extend(value.as_ref().map(|value| (key.to_owned(), text(value).into())));
    }
    shown.into()
}

/// A value as a short text: for people, and for the rule that looks for secrets in it.
fn text(value: &Value) -> String {
    let whole = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match whole.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", whole.get(..at).unwrap_or_default()),
        None => whole,
    }
}
