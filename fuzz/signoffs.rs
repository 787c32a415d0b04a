//! The fuzz targets for sign-offs: manifests, signatures, the trust root. The private keys are not kept, so only the signatures in `signed/` are
//! valid. If the fuzzer finds another valid signature, this signature is a forgery.

use std::sync::Arc;

use leaver::{
    config::Signoff,
    files::Workspace,
    model::Catalogue,
    report::Failure,
    schema::Declared,
    signoff::{
        Artefact, Ledger, LedgerInput, Manifest, ManifestError, Predicate, Seal, SignatureState, TrustRoot, changes,
        ledger, seal, sums, write_manifest,
    },
};
use serde_json::Value;

use super::{check_rendered, check_span, declared, text};

const ADA: (&str, &str) = (include_str!("signed/ada.json"), include_str!("signed/ada.json.sig"));
const BOB: (&str, &str) = (include_str!("signed/bob.json"), include_str!("signed/bob.json.sig"));
/// Mallory's signature of Ada's manifest. It is valid, but her key is not in the trust root.
const MALLORY: &str = include_str!("signed/mallory.sig");
const TRUST: [&str; 3] =
    [include_str!("signed/allowed_signers"), include_str!("signed/approvers.yaml"), include_str!("signed/revoked")];
const APPS: &str = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: slack, owner: it-apps, title: Slack}\nspec: {tier: 1, dataClass: internal, provisioning: {mode: none}}\n---\napiVersion: leaver/v1\nkind: App\nmetadata: {name: box, owner: it-apps, title: Other}\nspec: {tier: 2, dataClass: public, provisioning: {mode: none}}\n";

struct Known {
    trust: TrustRoot,
    catalogue: Catalogue,
    settings: Signoff,
    seals: [(Seal, &'static str); 3],
}

thread_local! {
    static KNOWN: Known = known();
}

fn known() -> Known {
    let mut apps = Vec::new();
    declared(APPS, &mut |_, declared| {
        if let Declared::Declaration(declaration, _) = declared {
            apps.push(*declaration);
        }
    });
    Known {
        trust: TrustRoot::parse(TRUST, &sums(TRUST), &str::to_owned).expect("the kept trust root"),
        catalogue: Catalogue::new(apps, Vec::new()),
        settings: Signoff {
            catalogue: None,
            folder: "signoffs".into(),
            trust: "trust".into(),
            required: Vec::new(),
            immaterial: vec!["metadata.title".into(), "metadata.labels".into(), "spec.roles.*.max".into()],
            material: vec!["metadata.labels.owner".into()],
        },
        seals: [(ADA.0, ADA.1), (BOB.0, BOB.1), (ADA.0, MALLORY)]
            .map(|(manifest, signature)| (seal(manifest.as_bytes(), signature).expect("a valid signature"), manifest)),
    }
}

/// Returns the ledger of a single manifest. Checks that every failure is harmless in every format.
fn single_ledger(known: &Known, trust: &TrustRoot, manifest: &str, signature: Option<&str>) -> Ledger {
    let name = "signoffs/a\u{1b}[31m\n::error::.json".to_owned();
    let artefact = Artefact { name, text: manifest.to_owned(), signature: signature.map(str::to_owned) };
    let input = LedgerInput {
        trust,
        settings: &known.settings,
        catalogue: &known.catalogue,
        files: &Workspace::default(),
        root: ".".into(),
        policy: "0",
        today: "2026-11-25",
        base: None,
    };
    let found = ledger(&[artefact], &input);
    assert_eq!(found.entries.is_empty(), Manifest::parse(manifest).is_err(), "exactly the valid manifests are entries");
    assert!(!found.entries.is_empty() || !found.failures.is_empty(), "a manifest is an entry or a failure");
    check_rendered(Vec::new(), found.failures.clone());
    found
}

/// Reads any text as a manifest. A valid manifest is consistent and survives a round trip; the error for an invalid manifest has a reason.
pub fn manifest(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    KNOWN.with(|known| {
        let found = single_ledger(known, &known.trust, text, None);
        assert!(found.entries.iter().all(|entry| entry.signature_state == SignatureState::Unsigned));
    });
    let loose = serde_json::from_str::<Value>(text).ok();
    let predicate = loose.and_then(|value| serde_json::from_value::<Predicate>(value.get("predicate")?.clone()).ok());
    match Manifest::parse(text) {
        Ok(manifest) => {
            assert_eq!(Some(&manifest.predicate), predicate.as_ref(), "a less strict reader reads the same");
            let again = write_manifest(manifest.predicate.clone()).expect("a manifest can be written");
            assert_eq!(Manifest::parse(&again), Ok(manifest), "a round trip preserves the manifest");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    // A fuzzer cannot find matching digests. Compute the digests here, so that the fuzzer reaches the code after their check.
    let Some(mut predicate) = predicate else { return };
    match write_manifest(predicate.clone()) {
        Ok(written) => {
            predicate.apps.sort_by(|one, other| one.name.cmp(&other.name));
            for app in &predicate.apps {
                assert_eq!(changes(&app.declaration, &app.declaration), [], "nothing changed");
            }
            KNOWN.with(|known| drop(single_ledger(known, &known.trust, &written, None)));
            assert_eq!(Manifest::parse(&written).map(|manifest| manifest.predicate), Ok(predicate));
        }
        Err(ManifestError::Content(reason)) => assert!(!reason.contains("the digest of"), "{reason}"),
        Err(error) => assert!(matches!(error, ManifestError::Form(_) | ManifestError::Json(_)), "{error}"),
    }
}

/// Reads either an armoured signature and, after a form feed, a manifest, or the bytes of a signature without armour.
pub fn signature(bytes: &[u8]) {
    if bytes.len() > super::SIZE {
        return;
    }
    match text(bytes).filter(|text| text.starts_with('-')) {
        Some(text) => {
            let (signature, message) = text.split_once('\u{c}').unwrap_or((text, ADA.0));
            check_seal(signature, message);
        }
        None => [ADA.0, BOB.0].into_iter().for_each(|message| check_seal(&armour(bytes), message)),
    }
}

fn check_seal(signature: &str, message: &str) {
    KNOWN.with(|known| {
        let result = seal(message.as_bytes(), signature);
        let found = single_ledger(known, &known.trust, message, Some(signature));
        match &result {
            Ok(held) => {
                let real = known.seals.iter().any(|(seal, signed)| seal == held && *signed == message);
                assert!(real, "a forgery: {} on {message}", held.fingerprint);
                assert!(
                    seal(format!("{message}\n").as_bytes(), signature).is_err(),
                    "a signature is valid for one text only"
                );
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                assert!(!found.failures.is_empty(), "an invalid signature is a failure");
            }
        }
        for entry in &found.entries {
            match &entry.signature_state {
                SignatureState::Valid { signer, .. } => {
                    let held = result.as_ref().expect("only valid signatures are sealed");
                    assert_eq!(*signer, known.trust.signer(held).map(|signer| signer.principal.clone()));
                }
                SignatureState::Invalid(_) => assert!(result.is_err()),
                SignatureState::Unsigned => panic!("there is a signature"),
            }
        }
    });
}

/// Wraps bytes in armour like `ssh-keygen -Y sign` (PROTOCOL.sshsig: base64 in lines of 70 characters).
fn armour(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut base64 = String::new();
    for part in bytes.chunks(3) {
        let number = (0..3).fold(0_usize, |sum, at| sum << 8 | usize::from(part.get(at).copied().unwrap_or_default()));
        for at in 0..4 {
            let digit = char::from(DIGITS[number >> (18 - 6 * at) & 63]);
            base64.push(if at <= part.len() { digit } else { '=' });
        }
    }
    let lines: String =
        base64.as_bytes().chunks(70).flat_map(|line| line.iter().copied().map(char::from).chain(['\n'])).collect();
    format!("-----BEGIN SSH SIGNATURE-----\n{lines}-----END SSH SIGNATURE-----\n")
}

/// Reads `allowed_signers`, `approvers.yaml` and `revoked`, separated by form feeds. Checks that a key belongs to a person only if a line assigns the
/// key, that revoked keys do not count, and that every refusal has a reason and a place.
pub fn trust(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let mut parts = text.splitn(3, '\u{c}');
    let texts = [0, 1, 2].map(|at| parts.next().unwrap_or(TRUST[at]));
    let right = sums(texts);
    assert!(TrustRoot::parse(texts, &format!("{right}\n"), &str::to_owned).is_err(), "other sums");
    let trust = match TrustRoot::parse(texts, &right, &str::to_owned) {
        Ok(trust) => trust,
        Err(failures) => return assert_refused(failures),
    };
    let [signers, _, revoked] = texts;
    let line_of = |principal: &str, key: &str| {
        signers
            .lines()
            .map(str::trim)
            .any(|line| line.split_whitespace().next() == Some(principal) && line.contains(key))
    };
    for (at, signer) in trust.signers.iter().enumerate() {
        let key = signer.key.to_openssh().expect("a key can be written");
        let body = key.split(' ').nth(1).expect("it has one");
        assert!(line_of(&signer.principal, body), "{} has no line with {key}", signer.principal);
        assert!(
            !trust.signers.iter().take(at).any(|other| other.key.key_data() == signer.key.key_data()),
            "one key, one person"
        );
        assert!(!signer.principal.is_empty() && signer.principal.chars().all(|c| c.is_ascii_graphic()));
    }
    KNOWN.with(|known| {
        for (manifest, signature) in [ADA, BOB, (ADA.0, MALLORY)] {
            let found = single_ledger(known, &trust, manifest, Some(signature));
            let signature_state = found.entries.first().map(|entry| &entry.signature_state);
            let Some(SignatureState::Valid { fingerprint, signer, fault }) = signature_state else {
                panic!("{signature_state:?}")
            };
            if let Some(signer) = signer {
                assert!(trust.signers.iter().any(|known| known.principal == *signer
                    && known.fingerprint == *fingerprint
                    && known.for_signoffs));
                assert!(signers.contains("leaver-signoff@v1"), "the key is for sign-offs");
            }
            let taken_back = revoked.lines().any(|line| line.starts_with(fingerprint.as_str()));
            assert!(fault.is_some() || !taken_back, "{fingerprint} was revoked");
        }
    });
}

fn assert_refused(failures: Vec<Failure>) {
    assert!(!failures.is_empty(), "a refusal has a reason");
    for place in failures.iter().filter_map(|failure| failure.place.as_ref()) {
        check_span(&Arc::clone(&place.file), place.span);
    }
    check_rendered(Vec::new(), failures);
}
