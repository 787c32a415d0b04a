//! `leaver signoff sign`: the manifest of a decision, and the command that signs it.

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, ValueEnum};

use super::args::{Common, Situation};
use crate::{
    cli::{
        common::{create, print, print_to_stderr, quoted, refuse, safe, today, usage},
        style::{self, When},
    },
    files::Workspace,
    finding::{Finding, Status},
    report::{Code, Failure},
    rule::Severity,
    signoff::{
        AppContent, Condition, Counts, Decision, Manifest, Materiality, Moment, NAMESPACE, PolicyState, Predicate,
        References, SignError, TrustRoot, WaiverRecord, policy_digest, refusal, seal, sign, write_manifest,
    },
    source::secrets,
};

/// The group of rules about sign-offs themselves.
pub(super) const GROUP: &str = "signoff";
/// Maximum size of a private key, in bytes.
const KEY_BYTES: usize = 64 * 1024;

/// Arguments of `leaver signoff sign`.
#[derive(Debug, Clone, Args)]
pub(super) struct Sign {
    /// The apps, by `metadata.name`
    #[arg(required = true, value_name = "APP")]
    apps: Vec<String>,
    /// The reviewer: a principal in `allowed_signers`
    #[arg(long, value_name = "PRINCIPAL")]
    reviewer: String,
    /// The role in which the reviewer signs
    #[arg(long)]
    role: String,
    /// The decision [default: approved; conditional with --condition]
    #[arg(long, value_enum)]
    decision: Option<DecisionArg>,
    /// A condition and its deadline, such as "SCIM switched on=2027-01-31"; repeatable
    #[arg(long, value_name = "TEXT=YYYY-MM-DD")]
    condition: Vec<String>,
    /// Days until the sign-off expires
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=3650))]
    valid_days: u16,
    /// A comment on the decision
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// Sign with this private key (Ed25519 or ECDSA P-256, without a passphrase) instead of printing the command
    #[arg(long, value_name = "FILE")]
    key: Option<Utf8PathBuf>,
    /// The manifest to write [default: in the folder of sign-offs, named after day, reviewer, role and app]
    #[arg(short, long, value_name = "FILE")]
    output: Option<Utf8PathBuf>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DecisionArg {
    Approved,
    Conditional,
    Rejected,
}

impl Sign {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        match self.write(files) {
            Ok(text) => print(|out| out.write_all(text.as_bytes())),
            Err(failures) => refuse(&failures, &style::stdout(when)),
        }
    }

    fn write(&self, files: &Workspace) -> Result<String, Vec<Failure>> {
        let as_list = |failure: Failure| vec![failure];
        let situation = self.common.situation(files, None)?;
        let apps = situation.apps(&self.apps)?;
        let names: Vec<&str> = apps.iter().map(|app| app.name.as_str()).collect();
        let report = situation.check();
        let about = |finding: &&Finding| {
            finding.rule.group() != GROUP
                && finding
                    .subject
                    .as_ref()
                    .is_some_and(|subject| subject.kind == "App" && names.contains(&subject.name.as_str()))
        };
        let findings: Vec<&Finding> = report.findings.iter().filter(about).collect();
        if report.failures.iter().any(|failure| failure.code != Code::Signoff) {
            return Err(report.failures);
        }
        let found = findings.iter().find(|finding| report.rules.get(&finding.rule).is_some_and(|meta| meta.secret));
        // Search for secrets even if the rule on secrets is off.
        let looks = || {
            let values: Vec<serde_json::Value> = apps.iter().map(|app| app.content()).collect();
            let references = References::of(&situation.catalogue).references(&values);
            let others = situation.catalogue.own().iter().filter(|other| {
                references.iter().any(|reference| reference.kind == other.kind && reference.name == other.name)
            });
            let mut all = apps.iter().copied().chain(others);
            all.find(|app| !secrets(&serde_json::Value::from(&*app.root).to_string()).is_empty())
        };
        if let Some(file) = found.map(|found| &found.place.file).or_else(|| looks().map(|app| &app.file)) {
            return Err(as_list(usage(
                format!("`{}` contains a secret, which the manifest would contain too", file.path()),
                "remove the secret and rotate it: others have read the file",
            )));
        }
        let moment = self.signing_time(&situation).map_err(as_list)?;
        let content =
            apps.iter().map(|app| AppContent { name: app.name.clone(), declaration: app.content() }).collect();
        let predicate = self.predicate(&situation, content, &findings, &moment).map_err(as_list)?;
        let text =
            write_manifest(predicate).map_err(|error| as_list(usage(error.to_string(), "correct the arguments")))?;
        let path = self.path(&situation, &moment, &names);
        let shown = files.show(&path);
        let signature = match &self.key {
            Some(key) => Some(signature(files, key, &text, &shown).map_err(as_list)?),
            None => None,
        };
        self.check_authority(&situation, &text, signature.as_deref())?;
        let fail = |path: &str, error: std::io::Error| {
            as_list(usage(
                format!("cannot write `{path}`: {error}"),
                "an existing sign-off is never overwritten: choose another file with --output",
            ))
        };
        create(&path, &text).map_err(|error| fail(&shown, error))?;
        if let Some(signature) = &signature {
            create(Utf8Path::new(&format!("{path}.sig")), signature)
                .map_err(|error| fail(&format!("{shown}.sig"), error))?;
        }
        Ok(next_steps(&shown, signature.is_some(), &findings))
    }

    /// Returns the current time. If `--today` names another day, returns noon of that day, or the first later second at which no sign-off was signed.
    fn signing_time(&self, situation: &Situation) -> Result<Moment, Failure> {
        let day = today(self.common.today.as_deref())?;
        let now = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now());
        if now.date().to_string() == day {
            return Ok(Moment::of(now));
        }
        let taken = |moment: &Moment| situation.ledger.entries.iter().any(|entry| entry.manifest.signed_at == *moment);
        let seconds = (0..3600).filter_map(|at| Moment::parse(&format!("{day}T12:{:02}:{:02}Z", at / 60, at % 60)));
        let mut seconds = seconds.peekable();
        let noon = seconds.peek().cloned();
        seconds
            .find(|moment| !taken(moment))
            .or(noon)
            .ok_or_else(|| usage(format!("`{day}` is not a date"), "write it as YYYY-MM-DD"))
    }

    fn predicate(
        &self,
        situation: &Situation,
        apps: Vec<AppContent>,
        findings: &[&Finding],
        moment: &Moment,
    ) -> Result<Predicate, Failure> {
        let mut conditions = Vec::new();
        for condition in &self.condition {
            let parts = condition
                .rsplit_once('=')
                .filter(|(text, due)| !text.trim().is_empty() && today(Some(due)).is_ok() && *due >= moment.day());
            let Some((text, due)) = parts else {
                return Err(usage(
                    format!("`{condition}` is not a condition"),
                    "write what must be done, `=` and its last day: --condition \"SCIM switched on=2027-01-31\"",
                ));
            };
            conditions.push(Condition { text: text.trim().to_owned(), due: due.to_owned() });
        }
        let decision = match (self.decision, conditions.is_empty()) {
            (None | Some(DecisionArg::Approved), true) => Decision::Approved,
            (None | Some(DecisionArg::Conditional), false) => Decision::Conditional,
            (Some(DecisionArg::Rejected), true) => Decision::Rejected,
            (Some(DecisionArg::Conditional), true) => {
                return Err(usage("a conditional sign-off needs a condition", "add --condition \"TEXT=YYYY-MM-DD\""));
            }
            (Some(DecisionArg::Approved | DecisionArg::Rejected), false) => {
                return Err(usage("only a conditional sign-off has conditions", "leave out --decision or --condition"));
            }
        };
        for (what, text) in [("reviewer", &self.reviewer), ("role", &self.role)] {
            if text.is_empty() || !text.chars().all(|c| c.is_ascii_graphic()) {
                return Err(usage(
                    format!("`{text}` is not a {what}"),
                    "write it as in the trust folder: visible ASCII characters without spaces",
                ));
            }
        }
        let until = moment
            .day()
            .parse::<jiff::civil::Date>()
            .and_then(|day| day.checked_add(jiff::Span::new().days(i64::from(self.valid_days))))
            .map_err(|error| usage(format!("cannot compute the expiry date: {error}"), "choose fewer --valid-days"))?;
        let count =
            |severity| findings.iter().filter(|finding| finding.is_open() && finding.severity == severity).count();
        let mut waivers: Vec<WaiverRecord> = Vec::new();
        for finding in findings {
            if let Status::Waived(by) = &finding.status {
                let record = WaiverRecord {
                    name: by.name.clone(),
                    rule: finding.rule.as_str().to_owned(),
                    approver: by.approver.clone(),
                    expires: by.expires.clone(),
                };
                if !waivers.contains(&record) {
                    waivers.push(record);
                }
            }
        }
        let settings = &situation.config.signoff;
        let references = References::of(&situation.catalogue).references(apps.iter().map(|app| &app.declaration));
        Ok(Predicate {
            decision,
            reviewer: self.reviewer.clone(),
            role: self.role.clone(),
            catalogue: settings.catalogue.clone(),
            signed_at: moment.to_string(),
            valid_until: until.to_string(),
            comment: self.comment.clone(),
            conditions,
            policy: PolicyState {
                digest: policy_digest(&situation.ruleset),
                profile: situation.config.profile.clone(),
                leaver: env!("CARGO_PKG_VERSION").into(),
            },
            result: Counts {
                errors: count(Severity::Error),
                warnings: count(Severity::Warning),
                infos: count(Severity::Info),
                waived: findings.iter().filter(|finding| !finding.is_open()).count(),
            },
            waivers,
            materiality: Materiality { immaterial: settings.immaterial.clone(), material: settings.material.clone() },
            apps,
            references: Some(references),
        })
    }

    fn path(&self, situation: &Situation, moment: &Moment, names: &[&str]) -> Utf8PathBuf {
        if let Some(output) = &self.output {
            return output.clone();
        }
        let word = |text: &str| -> String {
            text.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' }).collect()
        };
        let person = self.reviewer.split('@').next().unwrap_or_default();
        let apps = match names {
            [one] => (*one).to_owned(),
            many => format!("{}-apps", many.len()),
        };
        let folder = situation
            .config
            .root
            .join(&situation.config.signoff.folder)
            .join(moment.day().get(..4).unwrap_or_default());
        let stem = format!("{}-{}-{}-{}", moment.day(), word(&apps), word(person), word(&self.role));
        let free = |path: &Utf8PathBuf| path.symlink_metadata().is_err();
        let numbered = (2..1000).map(|number| folder.join(format!("{stem}-{number}.json")));
        let first = folder.join(format!("{stem}.json"));
        std::iter::once(first.clone()).chain(numbered).find(free).unwrap_or(first)
    }

    /// Checks that the trust root accepts this reviewer, role and key. If the trust root does not exist or does not list the key, leaver only prints
    /// a note, because both may be added after the first sign-off.
    fn check_authority(&self, situation: &Situation, text: &str, signature: Option<&str>) -> Result<(), Vec<Failure>> {
        let usage_error = |message: String, help: String| Err(vec![usage(message, help)]);
        let settings = &situation.config.signoff;
        if settings.catalogue.is_none() {
            print_to_stderr(
                "leaver: leaver.yaml does not name the catalogue (`signoff.catalogue`): the sign-off would also count in a copy of the catalogue",
            );
        }
        let folder = situation.config.root.join(&settings.trust);
        let shown = situation.config.files.show(&folder);
        if folder.symlink_metadata().is_err() {
            print_to_stderr(&format!(
                "leaver: `{shown}` is not set up yet; the sign-off does not count until it is (docs/signoff.md)"
            ));
            return Ok(());
        }
        let trust = TrustRoot::load(&situation.config.files, &folder)?;
        let manifest =
            Manifest::parse(text).map_err(|error| vec![usage(error.to_string(), "correct the arguments")])?;
        if let Some(refusal) = refusal(&manifest, &trust, settings) {
            return usage_error(
                format!("the sign-off would not count: {refusal}"),
                format!(
                    "sign in a role that `{shown}/approvers.yaml` gives to the reviewer, or change that file first"
                ),
            );
        }
        let Some(signature) = signature else { return Ok(()) };
        let seal = seal(text.as_bytes(), signature)
            .map_err(|error| vec![usage(format!("the signature is invalid: {error}"), "use another key")])?;
        if let Some(revoked) = trust.revocation(&seal, text.as_bytes()) {
            let message = format!("the key {} is revoked since {}: {}", seal.fingerprint, revoked.day, revoked.reason);
            return usage_error(message, "sign with a valid key".into());
        }
        match trust.holder(&seal) {
            Some(holder) if holder.principal != self.reviewer => usage_error(
                format!("the key {} belongs to {}, not to {}", seal.fingerprint, holder.principal, self.reviewer),
                format!("sign with the key of {}, or with --reviewer {}", self.reviewer, quoted(&holder.principal)),
            ),
            Some(holder) if holder.for_signoffs => Ok(()),
            _ => {
                print_to_stderr(&format!(
                    "leaver: `{shown}/allowed_signers` has no line that allows the key {} to sign sign-offs; until there is such a line, the sign-off does not count",
                    seal.fingerprint
                ));
                Ok(())
            }
        }
    }
}

fn signature(files: &Workspace, key: &Utf8Path, text: &str, manifest: &str) -> Result<String, Failure> {
    let file = files
        .read_listed(key, KEY_BYTES)
        .map_err(|error| usage(error.to_string(), "name the private key, not the `.pub`"))?;
    sign(text.as_bytes(), file.text()).map_err(|error| {
        let help = match error {
            SignError::Encrypted => {
                format!(
                    "leave out --key, and sign with `{}`, which prompts for the passphrase",
                    signing_command(key.as_str(), manifest)
                )
            }
            _ => "`ssh-keygen -t ed25519` creates a key".to_owned(),
        };
        usage(format!("cannot sign with `{key}`: {error}"), help)
    })
}

/// Returns the command that signs a manifest.
pub(super) fn signing_command(key: &str, manifest: &str) -> String {
    format!("ssh-keygen -Y sign -n {NAMESPACE} -f {} {}", quoted(key), quoted(manifest))
}

fn next_steps(manifest: &str, signed: bool, findings: &[&Finding]) -> String {
    let errors = findings.iter().filter(|finding| finding.is_open() && finding.severity == Severity::Error).count();
    let mut text = format!("wrote {}\n", safe(manifest));
    if signed {
        text.push_str(&format!("wrote {}\n", safe(&format!("{manifest}.sig"))));
    }
    if errors > 0 {
        text.push_str(&format!(
            "note: {} open at this moment; the manifest records them\n",
            crate::output::summary::counted(errors, "error")
        ));
    }
    if signed {
        text.push_str(&format!("next: leaver signoff verify {}\n", safe(&quoted(manifest))));
    } else {
        text.push_str("next: read it, sign it with your own key, and verify it:\n");
        text.push_str(&format!("  {}\n", safe(&signing_command("~/.ssh/id_ed25519", manifest))));
        text.push_str(&format!("  leaver signoff verify {}\n", safe(&quoted(manifest))));
    }
    text
}
