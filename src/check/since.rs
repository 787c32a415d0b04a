//! Finds the findings of the base for `--since`. With the memo, unchanged declarations cost little.

use std::sync::Arc;

use camino::Utf8PathBuf;
use rayon::prelude::*;

use super::{BaseFiles, Evaluation, Gathered, Loaded, Request, assemble, load};
use crate::{
    config::Config,
    engine::{Demand, Memo},
    finding::Finding,
    ruleset::Ruleset,
    source::SourceFile,
    triage::{Focus, Known},
};

/// The base, with the configuration and the request for its evaluation.
pub(super) struct Base<'a> {
    config: Config,
    ruleset: &'a Ruleset,
    request: Request,
    pub(super) gathered: Gathered,
}

impl<'a> Base<'a> {
    /// Reads the base. Files with the same text as in `now` are not parsed again. Their schema findings are omitted, because the baseline and
    /// `--since` never hide schema findings.
    pub(super) fn gather(
        config: &Config,
        ruleset: &'a Ruleset,
        request: &Request,
        base_files: &BaseFiles,
        now: &Gathered,
    ) -> Self {
        let config = Config { files: base_files.files.clone(), ..config.clone() };
        let request = Request { today: request.today.clone(), worker: request.worker.clone(), ..Request::default() };
        let same = |file: &SourceFile| {
            let parsed = now.parsed.get(file.path())?;
            parsed.first().is_some_and(|first| first.file.text() == file.text()).then_some(parsed)
        };
        let load = |path: &Utf8PathBuf| {
            let file = Arc::new(base_files.files.read_listed(path, config.limits.file_bytes)?);
            Ok(same(&file)
                .map_or_else(|| load(Arc::clone(&file), &config, ruleset, false), |parsed| Loaded::from_parsed(parsed)))
        };
        // Reads the files that the head also has, even if an ignore file of the base hides them, and the files that only the base has.
        let mut files = base_files.files.walk(&config.root, &config.selection).files;
        files.extend(now.files.iter().filter(|path| base_files.files.is_file(path)).cloned());
        files.sort();
        files.dedup();
        base_files.files.prefetch(&files, config.limits.file_bytes);
        let loaded = files.par_iter().map(load).collect();
        let mut gathered = assemble(&config, ruleset, &request, loaded, Focus::default(), Vec::new());
        gathered.load_signoffs(&config, ruleset, &request);
        Self { config, ruleset, request, gathered }
    }

    /// The findings of the base with the current configuration. Only the declarations in `demand` are evaluated, because only their findings can
    /// equal reported findings. Waivers of the base for these declarations are evaluated with all their apps, to find out whether a waiver was
    /// already unused.
    pub(super) fn known(mut self, demand: &Demand, memo: Option<&Memo>) -> Known {
        let demand = demand.with_waivers(&self.gathered.catalogue);
        let evaluation = Evaluation {
            config: &self.config,
            ruleset: self.ruleset,
            request: &self.request,
            base: None,
            demand: &demand,
            memo,
        };
        // The files of the base are not shown, so leaver need not search them for secrets. The texts of the findings are redacted, because the
        // findings of the head have redacted texts, too.
        evaluation.run(&mut self.gathered, &|_, _| {});
        self.gathered.findings.iter_mut().for_each(Finding::redact);
        Known::of(&self.gathered.findings)
    }
}
