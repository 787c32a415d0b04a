//! `data.leaver.signoffs`: the facts about sign-offs that rules see.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    super::{manifest::AppContent, material::Difference},
    Ledger, LedgerInput, SignatureState, VerifiedManifest,
    gone::APP,
    people::People,
};
use crate::{finding::Step, model::Declaration};

/// Maximum length of a shown value, in characters.
const MAX_SHOWN: usize = 60;

/// Collects the facts about all sign-offs.
pub(super) fn signoff_facts(input: &LedgerInput<'_>, ledger: &Ledger, records: &BTreeMap<String, Vec<Value>>) -> Value {
    let LedgerInput { settings, catalogue, base, .. } = input;
    let mut facts = Map::from_iter([("requirements".to_owned(), json!(settings.required))]);
    if let Some(name) = &settings.catalogue {
        facts.insert("catalogue".into(), name.as_str().into());
    }
    if !ledger.gone.is_empty() {
        let names: Vec<&str> = ledger.gone.iter().map(|app| app.name.as_str()).collect();
        facts.insert("gone".into(), json!(names));
    }
    let before = base.as_ref().map_or(&[][..], |base| base.declarations);
    // Omit unchanged apps, because rules see them in the catalogue.
    let differs = |app: &&Declaration| {
        let now = catalogue.find(&app.subject());
        app.kind == APP && !now.is_some_and(|now| now.root.same_value(&app.root))
    };
    let differing: Map<String, Value> =
        before.iter().filter(differs).map(|app| (app.name.clone(), Value::from(&*app.root))).collect();
    if !differing.is_empty() {
        facts.insert("base".into(), differing.into());
    }
    let people = People::of(catalogue.own().iter().chain(before));
    let signers = ledger.entries.iter().filter_map(|entry| match &entry.signature_state {
        SignatureState::Valid { signer: Some(signer), .. } => Some(signer),
        _ => None,
    });
    let teams: Map<String, Value> = signers
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|signer| (signer.clone(), json!(people.teams(signer))))
        .filter(|(_, teams)| teams != &json!([]))
        .collect();
    if !teams.is_empty() {
        facts.insert("belongs".into(), teams.into());
    }
    facts.insert("records".into(), json!(records));
    facts.into()
}

/// Collects the facts about a manifest and one of its apps.
pub(super) fn signoff_record(
    read: &VerifiedManifest<'_>,
    app: &AppContent,
    input: &LedgerInput<'_>,
    changes: &[Difference],
    material: usize,
) -> Value {
    let VerifiedManifest { artefact, manifest, signature_state, .. } = read;
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
        ("revoked".to_owned(), read.revoked.into()),
        ("withdrawn".to_owned(), read.withdrawn.into()),
    ]);
    if let Some(catalogue) = &predicate.catalogue {
        record.insert("catalogue".into(), catalogue.as_str().into());
    }
    let signature = match signature_state {
        SignatureState::Unsigned => "absent",
        SignatureState::Invalid(_) => "bad",
        SignatureState::Valid { .. } => "good",
    };
    record.insert("signature".into(), signature.into());
    match signature_state {
        SignatureState::Unsigned => {}
        SignatureState::Invalid(reason) => drop(record.insert("reason".into(), reason.as_str().into())),
        SignatureState::Valid { fingerprint, signer, fault } => {
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
    if let Some(approver) = input.trust.approver(&predicate.reviewer) {
        record.insert("approver".into(), json!({"roles": approver.roles, "highestTier": approver.highest_tier}));
    }
    record.insert("policyChanged".into(), (predicate.policy.digest != input.policy).into());
    record.insert("declared".into(), declared(&app.declaration));
    let shown: Vec<Value> = changes.iter().take(material).map(change).collect();
    record.insert("changes".into(), json!({"material": shown, "immaterial": changes.len() - material}));
    record.into()
}

/// Returns the signed values that requirements depend on, in the shape of a declaration.
fn declared(declaration: &Value) -> Value {
    let part = |block: &str, keys: &[&str]| {
        let found = keys.iter().filter_map(|key| Some(((*key).to_owned(), declaration.get(block)?.get(key)?.clone())));
        Value::Object(found.collect())
    };
    json!({"metadata": part("metadata", &["labels"]), "spec": part("spec", &["status", "tier", "dataClass"])})
}

fn change(change: &Difference) -> Value {
    let path: Vec<Value> = change
        .path
        .iter()
        .map(|step| match step {
            Step::Key(key) => key.as_str().into(),
            Step::Index(index) => (*index).into(),
        })
        .collect();
    let mut shown =
        Map::from_iter([("path".to_owned(), path.into()), ("place".to_owned(), change.display_path().into())]);
    for (key, value) in [("was", &change.was), ("now", &change.now)] {
        shown.extend(value.as_ref().map(|value| (key.to_owned(), text(value).into())));
    }
    shown.into()
}

/// Writes a value as a short text, for messages and for the rule that looks for secrets.
fn text(value: &Value) -> String {
    let whole = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match whole.char_indices().nth(MAX_SHOWN) {
        Some((at, _)) => format!("{}…", whole.get(..at).unwrap_or_default()),
        None => whole,
    }
}
