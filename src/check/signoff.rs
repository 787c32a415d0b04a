//! Reads the sign-offs of a catalogue. Only `signoff.required` in `leaver.yaml` decides whether a check reads sign-offs. The content of the folder of
//! sign-offs has no effect on this decision. The commands of `leaver signoff` read sign-offs in any case.

use crate::{
    check::{Request, gather},
    config::Config,
    model::Catalogue,
    report::{Code, Failure},
    ruleset::Ruleset,
    signoff::{Artefact, Ledger, LedgerInput, TrustRoot, TrustedContent, artefacts, ledger, policy_digest},
};

/// The facts about sign-offs, and failures. Both are empty if no sign-off is required.
pub(super) fn facts(config: &Config, ruleset: &Ruleset, request: &Request, catalogue: &Catalogue) -> Ledger {
    if config.signoff.required.is_empty() {
        return Ledger { facts: serde_json::Value::Object(serde_json::Map::new()), ..Ledger::default() };
    }
    read(config, ruleset, request, catalogue)
}

/// The catalogue and its sign-offs, even if none are required.
pub(crate) fn signoffs(config: &Config, ruleset: &Ruleset, request: &Request) -> (Catalogue, Ledger) {
    let gathered = gather(config, ruleset, request);
    let mut ledger = read(config, ruleset, request, &gathered.catalogue);
    ledger.failures.extend(gathered.failures);
    (gathered.catalogue, ledger)
}

fn read(config: &Config, ruleset: &Ruleset, request: &Request, catalogue: &Catalogue) -> Ledger {
    let (mut found, mut failures) = artefacts(&config.files, &config.root, &config.signoff.folder);
    let base = request.trusted.as_ref().map_or(0, |trusted| trusted.signoffs.len());
    if config.signoff.required.is_empty() && found.is_empty() && base == 0 && failures.is_empty() {
        return Ledger { facts: serde_json::Value::Object(serde_json::Map::new()), ..Ledger::default() };
    }
    let trust = match &request.trusted {
        Some(trusted) => {
            restore_trusted(&mut found, &trusted.signoffs, &mut failures);
            trusted.signers.clone().unwrap_or_else(|| Err(Vec::new()))
        }
        None => TrustRoot::load(&config.files, &config.root.join(&config.signoff.trust)),
    };
    let trust = match trust {
        Ok(trust) => trust,
        // Without a trust root, no signature is valid, and the rules would report this for every app.
        Err(more) => {
            failures.extend(more);
            let facts = serde_json::Value::Object(serde_json::Map::new());
            return Ledger { facts, failures, ..Ledger::default() };
        }
    };
    let base = request.trusted.as_ref();
    let input = LedgerInput {
        trust: &trust,
        settings: &config.signoff,
        catalogue,
        files: &config.files,
        root: &config.root,
        policy: &policy_digest(ruleset),
        today: &request.today,
        base: base.map(|trusted| TrustedContent { declarations: &trusted.declarations, signoffs: &trusted.signoffs }),
    };
    let mut ledger = ledger(&found, &input);
    ledger.failures.extend(failures);
    ledger
}

/// Restores the sign-offs of the trusted commit, so that a change cannot delete or edit a rejection.
fn restore_trusted(found: &mut Vec<Artefact>, base: &[Artefact], failures: &mut Vec<Failure>) {
    for artefact in base {
        match found.iter_mut().find(|other| other.name == artefact.name) {
            None => found.push(artefact.clone()),
            // A change may add a signature to an unsigned manifest.
            Some(head) if head.text == artefact.text && artefact.signature.is_none() => {}
            Some(head) if head == artefact => {}
            Some(head) => {
                failures.push(
                    Failure::new(Code::Signoff, format!("the change edits the sign-off `{}`", artefact.name))
                        .help("restore it; a new decision is a new file"),
                );
                head.clone_from(artefact);
            }
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
}
