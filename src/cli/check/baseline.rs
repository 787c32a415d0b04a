//! Finds, reads and updates the baseline of a check.

use std::io;

use camino::Utf8PathBuf;

use super::{
    super::common::{own_binary, print_to_stderr, usage, write_file},
    Check, TrustedCommit,
};
use crate::{
    Request, check_with_catalogue,
    config::Config,
    engine::Memo,
    output::summary::counted,
    report::Failure,
    ruleset::Ruleset,
    source::SourceError,
    triage::{Known, Versions},
};

/// Maximum size of a baseline, which is enough for 200,000 findings.
pub(super) const BASELINE_BYTES: usize = 64 * 1024 * 1024;

impl Check {
    /// Returns the path in `--baseline` or, without this option, the path in the configuration. With `--trust-ref`, the configuration of the trusted
    /// commit decides.
    fn baseline_path(&self, config: &Config) -> Option<Utf8PathBuf> {
        let configured = || config.baseline.as_ref().map(|relative| config.root.join(relative));
        self.baseline.clone().or_else(configured)
    }

    /// Reads the baseline, after updating it if requested.
    pub(super) fn read_baseline(
        &self,
        config: &Config,
        ruleset: &Ruleset,
        base: Option<&TrustedCommit>,
        today: &str,
        memo: Option<&Memo>,
    ) -> Result<Option<Known>, Failure> {
        let Some(path) = &self.baseline_path(config) else {
            if self.update_baseline {
                let help = "name it with `--baseline`, or with `baseline` in leaver.yaml";
                return Err(usage("there is no baseline to update", help));
            }
            return Ok(None);
        };
        let shown = config.files.show(path);
        let fail = |what: &str, reason: String| {
            usage(
                format!("cannot {what} the baseline `{shown}`: {reason}"),
                "--update-baseline --add-to-baseline writes one",
            )
        };
        let read = match base {
            Some(base) => {
                let place = base.path(path).ok_or_else(|| fail("read", "it is outside the repository".into()))?;
                base.files.read(&place, BASELINE_BYTES)
            }
            None => config.files.read(path, BASELINE_BYTES),
        };
        let old = match read {
            Ok(file) => Known::parse(file.text()).map_err(|reason| fail("read", reason))?,
            Err(SourceError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => Known::default(),
            Err(error) => return Err(usage(error.to_string(), "name the file that --update-baseline writes")),
        };
        if self.update_baseline {
            let paths = config.whole_catalogue();
            let request = Request { paths, today: today.to_owned(), worker: own_binary(), ..Request::default() };
            let (report, catalogue) = check_with_catalogue(config, ruleset, &request, memo, &|_, _| {});
            let now = Known::of(&report.findings);
            let known = old.clone().with_names(&Versions::current_only(&catalogue));
            let next = if self.add_to_baseline { now } else { known.shrink(&now) };
            let text = next.to_json().map_err(|error| fail("write", error.to_string()))?;
            write_file(path.as_std_path(), text.as_bytes()).map_err(|error| fail("write", error.to_string()))?;
            print_to_stderr(&format!(
                "leaver: the baseline `{shown}` lists {} (was {})",
                counted(next.len(), "finding"),
                old.len()
            ));
            return Ok(Some(next));
        }
        if old.has_positions() {
            print_to_stderr(&format!(
                "leaver: warning: the baseline `{shown}` identifies entries of lists by position; `--update-baseline` rewrites it"
            ));
        }
        Ok(Some(old))
    }
}
