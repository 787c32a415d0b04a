//! `--since`: the findings in the catalogue as it was. The engine's memo makes those on unchanged declarations cheap.

use std::sync::Arc;

use camino::Utf8PathBuf;
use rayon::prelude::*;

use super::{Evaluation, Gathered, Loaded, Past, Request, assemble, load};
use crate::{
    config::Config,
    engine::{Demand, Memo},
    finding::Finding,
    source::{Files, SourceFile},
    triage::{Focus, Known},
};

/// The catalogue as it was, with the configuration and the request that it is evaluated by.
pub(super) struct Base {
    config: Config,
    request: Request,
    pub(super) gathered: Gathered,
}

impl Base {
    /// Reads the catalogue as it was. Files with the same text as in `now` are not parsed again; nothing is lost by that, since findings on the
    /// shape are never known.
    pub(super) fn gather(config: &Config, request: &Request, past: &Past, now: &Gathered) -> Self {
        let today = config.root.clone();
        let root = past.root.as_ref().unwrap_or(&config.root).clone();
        let config = Config { root, ..config.clone() };
        let request = Request { today: request.today.clone(), worker: request.worker.clone(), ..Request::default() };
        let same = |file: &SourceFile| {
            let parsed = now.parsed.get(file.path())?;
            parsed.first().is_some_and(|first| first.file.text() == file.text()).then_some(parsed)
        };
        let load = |path: &Utf8PathBuf| {
            let file = past.files.read(path, config.limits.file_bytes)?;
            Ok(same(&file).map_or_else(|| load(Arc::clone(&file), &config, false), |parsed| Loaded::again(parsed)))
        };
        let files = past.files.list(&[&today], &config.selection).files;
        let loaded = files.par_iter().map(load).collect();
        let mut gathered = assemble(&config, &request, loaded, Focus::default(), Vec::new());
        gathered.load_signoffs(&config, &request);
        Self { config, request, gathered }
    }

    /// The findings in the catalogue as it was, by today's configuration. `demand` is that of today: a finding of another declaration is not
    /// the same as any of today. But a waiver is only known to have been unused if all was evaluated that it named then.
    pub(super) fn known(mut self, demand: &Demand, memo: Option<&Memo>) -> Known {
        let demand = demand.with_waivers(&self.gathered.catalogue);
        let evaluation = Evaluation { config: &self.config, request: &self.request, base: None, demand: &demand, memo };
        // The past is not shown, so nothing in its files is masked.
        evaluation.run(&mut self.gathered, &|_, _| {});
        self.gathered.findings.iter_mut().for_each(Finding::tidy);
        Known::of(&self.gathered.findings)
    }
}
