//! `leaver signoff revoke`: adds a line to the list of revocations and updates the checksums.

use camino::Utf8Path;
use clap::Args;
use sha2::{Digest, Sha256};

use super::args::Common;
use crate::{
    cli::{
        common::{print, refuse, safe, today, usage, write_file},
        style::{self, When},
    },
    files::Workspace,
    report::Failure,
    signoff::{FILES, MANIFEST_BYTES, Manifest, SUMS, TRUST_BYTES, TrustRoot, sums},
};

/// Arguments of `leaver signoff revoke`.
#[derive(Debug, Clone, Args)]
pub(super) struct Revoke {
    /// A manifest, or the fingerprint of a key as `ssh-keygen -l` prints it (SHA256:…)
    #[arg(value_name = "FILE|FINGERPRINT")]
    what: String,
    /// The reason
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    common: Common,
}

impl Revoke {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        match self.write(files) {
            Ok(text) => print(|out| out.write_all(text.as_bytes())),
            Err(failures) => refuse(&failures, &style::stdout(when)),
        }
    }

    fn write(&self, files: &Workspace) -> Result<String, Vec<Failure>> {
        let as_list = |failure: Failure| vec![failure];
        let day = today(self.common.today.as_deref()).map_err(as_list)?;
        let config = self.common.config.load_without_rules(files)?;
        let folder = config.root.join(&config.signoff.trust);
        // Require a valid trust root, because the new checksums would hide an earlier edit of the trust folder.
        let trust = TrustRoot::load(files, &folder)?;
        let reason = self.reason.trim();
        if reason.is_empty() || reason.chars().any(char::is_control) {
            return Err(as_list(usage(
                "the reason is empty or not one line",
                "give a reason: --reason \"laptop stolen\"",
            )));
        }
        let (target, description) = self.target(files).map_err(as_list)?;
        if trust.revoked.iter().any(|revoked| revoked.what == target) {
            return Err(as_list(usage(format!("{description} is already revoked"), "there is nothing to do")));
        }
        let text = |name: &str| {
            files
                .read(&folder.join(name), TRUST_BYTES)
                .map(|file| file.text().to_owned())
                .map_err(|error| as_list(usage(error.to_string(), error.help())))
        };
        let [signers, approvers, revoked] = FILES.map(text);
        let (signers, approvers, mut revoked) = (signers?, approvers?, revoked?);
        if !revoked.is_empty() && !revoked.ends_with('\n') {
            revoked.push('\n');
        }
        revoked.push_str(&format!("{target} {day} {reason}\n"));
        let sums = sums([&signers, &approvers, &revoked]);
        let shown = |name: &str| files.show(&folder.join(name));
        // If leaver is interrupted between the two writes, the checksums are wrong, and every sign-off is refused.
        for (name, text) in [("revoked", &revoked), (SUMS, &sums)] {
            write_file(folder.join(name).as_std_path(), text.as_bytes()).map_err(|error| {
                as_list(usage(format!("cannot write `{}`: {error}", shown(name)), "check the permissions"))
            })?;
        }
        Ok(format!(
            "{} is revoked: no signature counts, whenever it was made\nwrote {} and {}\nnext: merge this change at once; `leaver signoff status` shows which apps need a new sign-off\n",
            safe(&description),
            safe(&shown("revoked")),
            safe(&shown(SUMS))
        ))
    }

    /// Returns two texts for the key or manifest to revoke: its entry in the list of revocations, and its description in messages.
    fn target(&self, files: &Workspace) -> Result<(String, String), Failure> {
        if let Some(print) = self.what.strip_prefix("SHA256:") {
            let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
            if print.len() != 43 || !print.bytes().all(base64) {
                return Err(usage(
                    format!("`{}` is not a fingerprint", self.what),
                    "`ssh-keygen -l -f KEY.pub` prints it: SHA256: and 43 characters",
                ));
            }
            return Ok((self.what.clone(), format!("the key {}", self.what)));
        }
        let file = files.read(Utf8Path::new(&self.what), MANIFEST_BYTES).map_err(|error| {
            usage(error.to_string(), "name a manifest in the folder of sign-offs, or SHA256:… of a key")
        })?;
        Manifest::parse(file.text()).map_err(|error| {
            usage(format!("`{}` is not a sign-off: {error}", self.what), "name the `.json`, not the `.sig`")
        })?;
        let digest: String = Sha256::digest(file.text().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok((format!("sha256:{digest}"), format!("the sign-off `{}`", self.what)))
    }
}
