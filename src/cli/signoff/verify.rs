//! `leaver signoff verify`: verifies each manifest separately: its signature, the owner of the key, and the authority of the owner.

use camino::Utf8PathBuf;
use clap::Args;
use serde_json::{Value, json};

use super::args::Common;
use crate::{
    cli::{
        common::{print, refuse, safe, usage},
        style::{self, When},
    },
    files::Workspace,
    output::{escape, summary::counted},
    report::{Failure, Outcome},
    signoff::{Entry, SignatureState},
};

/// Arguments of `leaver signoff verify`.
#[derive(Debug, Clone, Args)]
pub(super) struct Verify {
    /// Manifests in the folder of sign-offs [default: all of them]
    #[arg(value_name = "FILE")]
    files: Vec<Utf8PathBuf>,
    /// Take signers and approvers from this commit, so that a change cannot supply its own
    #[arg(long, value_name = "REF", conflicts_with = "config")]
    trust_ref: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    #[command(flatten)]
    common: Common,
}

/// Human-readable or machine-readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Form {
    Text,
    Json,
}

impl Verify {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        let style = style::stdout(when);
        let situation = match self.common.situation(files, self.trust_ref.as_deref()) {
            Ok(situation) => situation,
            Err(failures) => return refuse(&failures, &style),
        };
        let root = files.show(&situation.config.root);
        let place = |name: &str| if root == "." { name.to_owned() } else { format!("{root}/{name}") };
        let wanted: Vec<String> = self.files.iter().map(|file| files.absolute(file).to_string()).collect();
        let is_wanted = |name: &str| wanted.is_empty() || wanted.contains(&files.absolute(place(name)).to_string());
        let entries: Vec<&Entry> = situation.ledger.entries.iter().filter(|entry| is_wanted(&entry.name)).collect();
        // An unreadable manifest has no entry. All failures are reported, even if only some files were requested, because a failure may be about the
        // trust root.
        let mut failures: Vec<Failure> = situation.ledger.failures.clone();
        if failures.is_empty() {
            for (file, full) in self.files.iter().zip(&wanted) {
                if !entries.iter().any(|entry| files.absolute(place(&entry.name)).as_str() == full) {
                    failures.push(usage(
                        format!("`{file}` is not a manifest in `{}`", place(&situation.config.signoff.folder)),
                        "name a `.json` file in the folder of sign-offs",
                    ));
                }
            }
        }
        let good = entries.iter().filter(|entry| why_invalid(entry).is_none()).count();
        let printed = print(|out| match self.format {
            Form::Json => {
                let list: Vec<Value> = entries.iter().map(|entry| json(entry)).collect();
                let text = serde_json::to_string_pretty(&json!({"version": 1, "signoffs": list}))?;
                writeln!(out, "{}", escape::json(&text))
            }
            Form::Text => {
                for entry in &entries {
                    writeln!(out, "{}", safe(&line(entry, &place(&entry.name))))?;
                }
                let bad = entries.len() - good;
                let rest = if bad == 0 { String::new() } else { format!(", {bad} invalid") };
                writeln!(out, "{}{rest}", counted(good, "valid sign-off"))?;
                if bad == 0 && failures.is_empty() && good > 0 {
                    writeln!(out, "next: commit the files; `leaver signoff status` shows what each app still needs")?;
                }
                Ok(())
            }
        });
        if printed != 0 {
            return printed;
        }
        if !failures.is_empty() {
            return refuse(&failures, &style);
        }
        match (entries.is_empty(), good == entries.len()) {
            (true, _) => Outcome::Nothing.code(),
            (false, true) => 0,
            (false, false) => Outcome::Findings.code(),
        }
    }
}

/// Returns the reason why a manifest is invalid, regardless of the current declarations. Rules check the age of a sign-off and the changes after it.
pub(super) fn why_invalid(entry: &Entry) -> Option<String> {
    match &entry.signature_state {
        SignatureState::Unsigned => Some("it is not signed".into()),
        SignatureState::Invalid(reason) => Some(format!("the signature is invalid: {reason}")),
        SignatureState::Valid { signer: None, fingerprint, .. } => {
            Some(format!("the key {fingerprint} is not in `allowed_signers`"))
        }
        SignatureState::Valid { signer: Some(signer), .. } if *signer != entry.manifest.predicate.reviewer => {
            Some(format!("it names {}, but the key belongs to {signer}", entry.manifest.predicate.reviewer))
        }
        SignatureState::Valid { fault, .. } => fault.clone().or_else(|| entry.refusal.clone()),
    }
}

fn line(entry: &Entry, place: &str) -> String {
    let predicate = &entry.manifest.predicate;
    let apps: Vec<&str> = predicate.apps.iter().map(|app| app.name.as_str()).collect();
    match (why_invalid(entry), &entry.signature_state) {
        (None, SignatureState::Valid { fingerprint, .. }) => format!(
            "ok      {place}: {} {} by {} as {} on {}, until {}, key {fingerprint}",
            apps.join(", "),
            predicate.decision.as_str(),
            predicate.reviewer,
            predicate.role,
            entry.manifest.signed_at.day(),
            predicate.valid_until
        ),
        (reason, _) => format!("refused {place}: {}", reason.unwrap_or_default()),
    }
}

fn json(entry: &Entry) -> Value {
    let predicate = &entry.manifest.predicate;
    let apps: Vec<&str> = predicate.apps.iter().map(|app| app.name.as_str()).collect();
    let fingerprint = match &entry.signature_state {
        SignatureState::Valid { fingerprint, .. } => Some(fingerprint),
        SignatureState::Unsigned | SignatureState::Invalid(_) => None,
    };
    let reason = why_invalid(entry);
    json!({
        "file": entry.name, "holds": reason.is_none(), "reason": reason, "apps": apps,
        "decision": predicate.decision.as_str(), "reviewer": predicate.reviewer, "role": predicate.role,
        "signedAt": entry.manifest.signed_at.as_str(), "validUntil": predicate.valid_until, "key": fingerprint,
    })
}
