//! Measures each step of a check alone, in this process. Like `check`, the steps use all cores.

use std::{collections::BTreeSet, hint::black_box, path::Path, time::Instant};

use camino::{Utf8Path, Utf8PathBuf};
use leaver::{
    Request, check,
    config::Overrides,
    declarations,
    facts::vendors,
    files::Workspace,
    model::Catalogue,
    output::{Format, Style, render},
    policy::{Budget, Facts, PolicySet, data_document, looked_up, run_rules},
    ruleset::{self, Ruleset},
    schema::{Declared, declare},
    source::{YamlLimits, parse},
};
use rayon::prelude::*;
use serde_json::Value;

use super::{PROFILE, make::TODAY};

struct Clock(Vec<(&'static str, f64)>);

impl Clock {
    fn time<T>(&mut self, step: &'static str, work: impl Fn() -> T) -> T {
        let mut best = f64::MAX;
        let mut last = None;
        for _ in 0..3 {
            let started = Instant::now();
            last = Some(black_box(work()));
            best = best.min(started.elapsed().as_secs_f64());
        }
        self.0.push((step, best * 1_000.0));
        last.expect("a round")
    }
}

/// Prints the cost of each rule alone, in microseconds per declaration, minus the cost of the cheapest rule.
pub(crate) fn rules(folder: &Path) {
    let root = Utf8Path::from_path(folder).expect("UTF-8");
    let (config, ruleset) = ruleset::load(&Workspace::default(), root, None, &Overrides::default()).expect("good");
    let request = Request { today: TODAY.into(), ..Request::default() };
    let catalogue = Catalogue::new(declarations(&config, &ruleset, &request), Vec::new());
    let facts = facts(&ruleset);
    let data = data_document(&catalogue, &facts, &looked_up(&ruleset.running));
    let mut rows: Vec<(f64, String)> = Vec::new();
    for (id, rule) in &ruleset.running.rules {
        let alone = PolicySet { rules: [(id.clone(), rule.clone())].into(), ..ruleset.running.clone() };
        let mut clock = Clock(Vec::new());
        clock.time("evaluate rules", || {
            run_rules(&alone, &catalogue, &BTreeSet::new(), &data, Budget::default(), &|| {}).verdicts.len()
        });
        rows.push((clock.0[0].1, id.to_string()));
    }
    rows.sort_by(|one, other| other.0.total_cmp(&one.0));
    let best = rows.last().map_or(0.0, |row| row.0);
    let all = u32::try_from(catalogue.own().len()).expect("few");
    for (time, id) in rows {
        println!("{:8.1} {id}", (time - best) * 1_000.0 / f64::from(all));
    }
}

fn facts(ruleset: &Ruleset) -> Facts {
    Facts {
        today: TODAY.into(),
        params: ruleset.params.clone(),
        vendors: vendors(&Value::Null, &BTreeSet::new(), true),
        signoffs: Value::Object(serde_json::Map::new()),
        rules: ruleset.ids().cloned().collect(),
    }
}

/// Measures each step three times. Prints a table of the shortest times in milliseconds.
pub(crate) fn table(apps: usize, layout: usize, folder: &Path) {
    let root = Utf8Path::from_path(folder).expect("UTF-8");
    let mut clock = Clock(Vec::new());
    let overrides = Overrides { profile: Some(PROFILE.to_owned()), ..Overrides::default() };
    let (config, ruleset) = clock.time("configuration and rules", || {
        ruleset::load(&Workspace::default(), root, None, &overrides).expect("good")
    });
    let paths: Vec<Utf8PathBuf> = clock.time("find files", || config.files.walk(root, &config.selection).files);
    let sources: Vec<_> = clock.time("read", || {
        paths
            .par_iter()
            .map(|path| std::sync::Arc::new(config.files.read_listed(path, config.limits.file_bytes).expect("text")))
            .collect()
    });
    let limits = YamlLimits::default();
    clock.time("parse to a tree with spans", || {
        sources.par_iter().map(|file| parse(file, &limits).documents.len()).sum::<usize>()
    });
    clock.time("parse and validate", || {
        let declare_all = |file: &std::sync::Arc<leaver::source::SourceFile>| {
            parse(file, &limits)
                .documents
                .into_iter()
                .filter(|one| matches!(declare(file, one.clone()), Declared::Declaration(..)))
                .count()
        };
        sources.par_iter().map(declare_all).sum::<usize>()
    });
    let request = Request { today: TODAY.into(), ..Request::default() };
    let own = declarations(&config, &ruleset, &request);
    let catalogue = clock.time("gather", || Catalogue::new(own.clone(), Vec::new()));
    let facts = facts(&ruleset);
    let data = clock.time("data for rules", || data_document(&catalogue, &facts, &looked_up(&ruleset.running)));
    clock.time("evaluate rules", || {
        run_rules(&ruleset.running, &catalogue, &BTreeSet::new(), &data, Budget::default(), &|| {}).verdicts.len()
    });
    let report = clock.time("all of check", || check(&config, &ruleset, &request, &|_, _| {}));
    for format in [Format::FULL, Format::CONCISE, Format::JSON, Format::SARIF] {
        clock.time(format.as_str(), || {
            let mut text = Vec::new();
            render(format, &report, &Style::default(), &mut text).expect("a vector takes everything");
            text.len()
        });
    }
    let layout = if layout == 1 { "one app per file".to_owned() } else { format!("{layout} per file") };
    println!("\n{apps} apps, {layout}, {} findings in {}\n", report.findings.len(), root);
    println!("| step | ms |\n| --- | --- |");
    for (step, time) in clock.0 {
        println!("| {step} | {time:.1} |");
    }
}
