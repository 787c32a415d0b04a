//! The trust root: keys (`allowed_signers`), approvers and their authority (`approvers.yaml`), revocations (`revoked`), and the checksums of these
//! three files, which show accidental edits.

use camino::Utf8Path;
use serde::Deserialize;

use super::{
    TRUST_BYTES,
    digest::sha256,
    moment::is_day,
    signature::Seal,
    signers::{Signer, parse_signers},
};
use crate::{
    config::parse_as,
    files::Workspace,
    report::{Code, Failure},
    schema::APPROVERS,
    source::SourceFile,
};

/// The files of the trust folder, in the order of the checksums.
pub const FILES: [&str; 3] = ["allowed_signers", "approvers.yaml", "revoked"];
/// The file with the checksums, in the format of `sha256sum`.
pub const SUMS: &str = "SHA256SUMS";

/// A person's authority.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approver {
    /// The principal, as in `allowed_signers`.
    pub principal: String,
    /// The roles in which this person may sign.
    pub roles: Vec<String>,
    /// The most critical tier for which this person may sign: 1 means all tiers, 3 means tiers 3 and 4.
    pub highest_tier: u8,
    /// The first day of the authority.
    pub from: Option<String>,
    /// The last day of the authority.
    pub until: Option<String>,
}

#[derive(Deserialize)]
struct Approvers {
    approvers: Vec<Approver>,
}

/// A revoked key or manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// `SHA256:…` of a key, or `sha256:…` of the bytes of a manifest.
    pub what: String,
    /// The date of revocation.
    pub day: String,
    /// The reason.
    pub reason: String,
}

/// A complete trust root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustRoot {
    /// Keys.
    pub signers: Vec<Signer>,
    /// Approvers.
    pub approvers: Vec<Approver>,
    /// Revocations.
    pub revoked: Vec<Revocation>,
}

impl TrustRoot {
    /// Reads the trust folder. Fails if anything in it is missing or unknown, because a partial trust root is not trusted.
    pub fn load(files: &Workspace, folder: &Utf8Path) -> Result<Self, Vec<Failure>> {
        let shown = |name: &str| files.show(&folder.join(name));
        let mut texts = Vec::new();
        let mut failures = Vec::new();
        if !files.is_folder(folder) {
            let place = files.show(folder);
            return Err(vec![fault(
                format!("the trust root is incomplete: there is no folder `{place}`"),
                "`docs/signoff.md` explains how to set it up; `signoff.trust` in leaver.yaml names the folder".into(),
            )]);
        }
        for name in FILES.into_iter().chain([SUMS]) {
            match files.read(&folder.join(name), TRUST_BYTES) {
                Ok(file) => texts.push(file),
                Err(error) => failures.push(fault(
                    format!("the trust root is incomplete: {error}"),
                    format!("`docs/signoff.md` explains how to set up `{}`", files.show(folder)),
                )),
            }
        }
        let Ok([signers, approvers, revoked, sums]) = <[SourceFile; 4]>::try_from(texts) else {
            return Err(failures);
        };
        Self::parse([signers.text(), approvers.text(), revoked.text()], sums.text(), &shown)
    }

    /// Parses the three files and checks their checksums. `shown` returns the path of a file for messages.
    pub fn parse(
        [signers, approvers, revoked]: [&str; 3],
        given: &str,
        shown: &dyn Fn(&str) -> String,
    ) -> Result<Self, Vec<Failure>> {
        let expected = sums([signers, approvers, revoked]);
        if given != expected {
            let named: Vec<&str> = FILES
                .into_iter()
                .zip(expected.lines())
                .filter(|(_, line)| !given.lines().any(|known| known == *line))
                .map(|(name, _)| name)
                .collect();
            let what = if named.is_empty() {
                format!("`{}` is not in the format of `sha256sum`", shown(SUMS))
            } else {
                format!("the checksum of {} does not match `{}`", named.join(" and "), shown(SUMS))
            };
            let help = format!(
                "if the edit is intended, review it and run `sha256sum {} > {SUMS}` in the folder",
                FILES.join(" ")
            );
            return Err(vec![fault(what, help)]);
        }
        let mut failures = Vec::new();
        let signers = parse_signers(signers).unwrap_or_else(|errors| {
            let path = shown("allowed_signers");
            failures.extend(errors.into_iter().map(|error| {
                fault(format!("`{path}`, {error}"), "fix the line; `docs/signoff.md` has an example".into())
            }));
            Vec::new()
        });
        let approvers = match parse_as::<Approvers>(SourceFile::new(shown("approvers.yaml"), approvers), &APPROVERS) {
            Ok(list) => list.approvers,
            Err(errors) => {
                failures.extend(errors.into_iter().map(|error| Failure { code: Code::Signoff, ..error.into() }));
                Vec::new()
            }
        };
        for (at, approver) in approvers.iter().enumerate() {
            // A person who is listed in two spellings could meet a quorum alone.
            let same = |other: &Approver| other.principal.eq_ignore_ascii_case(&approver.principal);
            if approvers.iter().take(at).any(same) {
                failures.push(fault(
                    format!("`{}` names `{}` twice", shown("approvers.yaml"), approver.principal),
                    "list all roles of a person in one entry".into(),
                ));
            }
        }
        let revoked = revoked
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
            .filter_map(|(at, line)| {
                let parsed = revocation(line);
                if parsed.is_none() {
                    failures.push(fault(
                        format!("`{}`, line {}: not a revocation", shown("revoked"), at + 1),
                        "write `SHA256:…` of a key or `sha256:…` of a manifest, a day and a reason, or use `leaver signoff revoke`".into(),
                    ));
                }
                parsed
            })
            .collect();
        if failures.is_empty() { Ok(Self { signers, approvers, revoked }) } else { Err(failures) }
    }

    /// Returns the owner of the key, if the key may sign sign-offs.
    pub fn signer(&self, seal: &Seal) -> Option<&Signer> {
        self.signers.iter().find(|signer| signer.for_signoffs && seal.is_of(&signer.key))
    }

    /// Returns the authority of a person.
    pub fn approver(&self, principal: &str) -> Option<&Approver> {
        self.approvers.iter().find(|approver| approver.principal == principal)
    }

    /// Returns the owner of the key, even if the key may not sign sign-offs.
    pub fn holder(&self, seal: &Seal) -> Option<&Signer> {
        self.signers.iter().find(|signer| seal.is_of(&signer.key))
    }

    /// Returns the reason why a person may not sign in a role, or `None` if the person may.
    pub fn refusal(&self, principal: &str, role: &str) -> Option<String> {
        let Some(person) = self.approver(principal) else {
            return Some(format!("`approvers.yaml` does not name {principal}"));
        };
        let holds = person.roles.iter().any(|held| held == role);
        (!holds).then(|| format!("{principal} does not have the role {role}, only {}", person.roles.join(", ")))
    }

    /// Whether the manifest itself was revoked, not only its key.
    pub fn is_withdrawn(&self, manifest: &[u8]) -> bool {
        let manifest = format!("sha256:{}", sha256(manifest));
        self.revoked.iter().any(|revoked| revoked.what == manifest)
    }

    /// Returns the revocation of a key or a manifest, if there is one.
    pub fn revocation(&self, seal: &Seal, manifest: &[u8]) -> Option<&Revocation> {
        let manifest = format!("sha256:{}", sha256(manifest));
        self.revoked.iter().find(|revoked| revoked.what == seal.fingerprint || revoked.what == manifest)
    }
}

/// Returns the checksums of the texts of [`FILES`], in the format of `sha256sum`.
pub fn sums(texts: [&str; 3]) -> String {
    FILES.into_iter().zip(texts).map(|(name, text)| format!("{}  {name}\n", sha256(text.as_bytes()))).collect()
}

fn revocation(line: &str) -> Option<Revocation> {
    let mut words = line.splitn(3, ' ');
    let (what, day, reason) = (words.next()?, words.next()?, words.next()?.trim());
    // 32 bytes are 43 characters in unpadded base64, or 64 in hex.
    let base64 =
        |text: &str| text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    let hex = |text: &str| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let known = what.strip_prefix("SHA256:").is_some_and(base64) || what.strip_prefix("sha256:").is_some_and(hex);
    (known && is_day(day) && !reason.is_empty()).then(|| Revocation {
        what: what.to_owned(),
        day: day.to_owned(),
        reason: reason.to_owned(),
    })
}

pub(super) fn fault(message: String, help: String) -> Failure {
    Failure::new(Code::Signoff, message).help(help)
}
