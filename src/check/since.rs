//! `--since`: the findings before the change. The memo makes unchanged declarations cheap.

use std::sync::Arc;

use camino::Utf8PathBuf;
use rayon::prelude::*;

use super::{Evaluation, Gathered, Loaded, Past, Request, assemble, load};
use crate::{
    config::Config,
    engine::{Demand, Memo},
    finding::Finding,
    ruleset::Ruleset,
    source::SourceFile,
    triage::{Focus, Known},
};

/// The catalogue before the change, with the configuration and the request for its evaluation.
pub(super) struct Base<'a> {
    config: Config,
    ruleset: &'a Ruleset,
    request: Request,
    pub(super) gathered: Gathered,
}

impl<'a> Base<'a> {
    /// Reads the catalogue before the change. Files with the same text as in `now` are not parsed again, which drops only their schema findings, and
    /// these are never known.
    pub(super) fn gather(
        config: &Config,
        ruleset: &'a Ruleset,
        request: &Request,
        past: &Past,
        now: &Gathered,
    ) -> Self {
        let config = Config { files: past.files.clone(), ..config.clone() };
        let request = Request { today: request.today.clone(), worker: request.worker.clone(), ..Request::default() };
        let same = |file: &SourceFile| {
            let parsed = now.parsed.get(file.path())?;
            parsed.first().is_some_and(|first| first.file.text() == file.text()).then_some(parsed)
        };
        let load = |path: &Utf8PathBuf| {
            let file = Arc::new(past.files.read_listed(path, config.limits.file_bytes)?);
            Ok(same(&file)
                .map_or_else(|| load(Arc::clone(&file), &config, ruleset, false), |parsed| Loaded::from_parsed(parsed)))
        };
        // Reads the files that are read now, even if an ignore file of the past hides them, and the files that only the past has.
        let mut files = past.files.walk(&config.root, &config.selection).files;
        files.extend(now.files.iter().filter(|path| past.files.is_file(path)).cloned());
        files.sort();
        files.dedup();
        past.files.prefetch(&files, config.limits.file_bytes);
        let loaded = files.par_iter().map(load).collect();
        let mut gathered = assemble(&config, ruleset, &request, loaded, Focus::default(), Vec::new());
        gathered.load_signoffs(&config, ruleset, &request);
        Self { config, ruleset, request, gathered }
    }

    /// The findings before the change, under the current configuration. `demand` is the current one, because only findings of these declarations can
    /// match. It is extended to all apps that past waivers name, to tell whether a waiver was already unused.
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
        // The past catalogue is not shown, so there is nothing to mask.
        evaluation.run(&mut self.gathered, &|_, _| {});
        self.gathered.findings.iter_mut().for_each(Finding::redact);
        Known::of(&self.gathered.findings)
    }
}
