//! Running the examples of rules as tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::pages::Pages;
use crate::{
    config::Config,
    facts::vendors,
    policy::{Budget, Coverage, Facts, PolicySet, RegoTests, RuleSource, TrialSet},
    report::Failure,
    rule::{Origin, RuleId, RuleMeta},
};

/// The day that blocks without `today=` are judged on.
pub(super) const TODAY: &str = "2026-11-25";

/// One test and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The file.
    pub file: String,
    /// The line it starts at.
    pub line: usize,
    /// What it tests.
    pub name: String,
    /// Why it failed, a line each; none: it passed.
    pub failures: Vec<String>,
}

/// All tests of a run.
#[derive(Debug, Clone, Default)]
pub struct TestRun {
    /// In order of rules and lines.
    pub cases: Vec<Case>,
    /// Lines of Rego.
    pub coverage: Coverage,
    /// Tests that never ended, and what could not be run at all.
    pub failures: Vec<Failure>,
}

impl TestRun {
    /// How many failed.
    pub fn failed(&self) -> usize {
        self.cases.iter().filter(|case| !case.failures.is_empty()).count()
    }
}

/// Where tests are run one by one, each announced before it begins, so that a parent knows which one brought its child down.
pub(super) struct Bench<'a> {
    /// Tests before this one have been run.
    from: usize,
    next: usize,
    begin: Begin<'a>,
    end: End<'a>,
}

/// Hears the number of a test, none for what all later ones need, and which test it is.
type Begin<'a> = &'a mut dyn FnMut(Option<usize>, &Case) -> Result<(), String>;
/// Hears how a test ended and what it covered.
type End<'a> = &'a mut dyn FnMut(Option<Case>, Coverage) -> Result<(), String>;

impl<'a> Bench<'a> {
    pub(super) fn new(from: usize, begin: Begin<'a>, end: End<'a>) -> Self {
        Self { from, next: 0, begin, end }
    }

    pub(super) fn case(
        &mut self,
        case: Case,
        work: impl FnOnce() -> Result<(Vec<String>, Coverage), String>,
    ) -> Result<(), String> {
        let index = self.next;
        self.next += 1;
        if index < self.from {
            return Ok(());
        }
        (self.begin)(Some(index), &case)?;
        let (failures, coverage) = work()?;
        (self.end)(Some(Case { failures, ..case }), coverage)
    }

    /// What is no test, and never left out.
    fn prepare(&mut self, what: &Case, work: impl FnOnce() -> Result<Coverage, String>) -> Result<(), String> {
        (self.begin)(None, what)?;
        (self.end)(None, work()?)
    }
}

/// Runs the tests of all rules of `set` that `wanted` lets through, and of the libraries, in this process: for what leaver ships.
pub fn run(
    config: &Config,
    set: &PolicySet,
    wanted: &(dyn Fn(&RuleId) -> bool + Sync),
    compiled: bool,
) -> Result<TestRun, String> {
    let material = Material::new(config, set, compiled);
    let shared = material.shared();
    let collect = |tests: &dyn Fn(&mut Bench<'_>) -> Result<(), String>| {
        let mut part = TestRun::default();
        let mut end = |case, more| {
            part.cases.extend(case);
            part.coverage.merge(more);
            Ok(())
        };
        tests(&mut Bench::new(0, &mut |_, _| Ok(()), &mut end)).map(|()| part)
    };
    let rules = in_order(set, wanted);
    let (rules, rego) = rayon::join(
        || rules.par_iter().map(|rule| collect(&|bench| shared.rule(bench, rule))).collect::<Vec<_>>(),
        || collect(&|bench| material.rego(bench, &rules)),
    );
    let mut run = TestRun::default();
    for part in rules.into_iter().chain([rego]) {
        let part = part?;
        run.cases.extend(part.cases);
        run.coverage.merge(part.coverage);
    }
    narrow(&mut run.coverage, set, wanted);
    Ok(run)
}

/// Runs the same tests on a bench, one after the other.
pub(super) fn run_on(
    bench: &mut Bench<'_>,
    config: &Config,
    set: &PolicySet,
    wanted: &dyn Fn(&RuleId) -> bool,
    compiled: bool,
) -> Result<(), String> {
    let material = Material::new(config, set, compiled);
    let shared = material.shared();
    let rules = in_order(set, wanted);
    for rule in &rules {
        shared.rule(bench, rule)?;
    }
    material.rego(bench, &rules)
}

/// The wanted rules by id, the user's own first.
fn in_order<'a>(set: &'a PolicySet, wanted: &dyn Fn(&RuleId) -> bool) -> Vec<&'a RuleSource> {
    let mut rules: Vec<&RuleSource> = set.rules.values().filter(|rule| wanted(&rule.meta.id)).collect();
    rules.sort_by_key(|rule| rule.meta.origin == Origin::Bundled);
    rules
}

/// Leaves the coverage of what was wanted. Libraries count where all the rules beside them are tried.
pub(super) fn narrow(coverage: &mut Coverage, set: &PolicySet, wanted: &dyn Fn(&RuleId) -> bool) {
    let root = |path: &str, name: &str| path.strip_suffix(name).map(str::to_owned);
    let root_of = |id: &RuleId, rule: &RuleSource| root(rule.module.file.path(), &format!("{id}/rule.rego"));
    let whole = |folder: &Option<String>| set.rules.iter().all(|(id, rule)| root_of(id, rule) != *folder || wanted(id));
    coverage.0.retain(|file, _| {
        set.rules.iter().any(|(id, rule)| wanted(id) && rule.module.file.path() == file)
            || set.libraries.iter().any(|library| {
                let path = library.file.path();
                let folder = path.rfind("lib/").and_then(|at| root(path, path.get(at..)?));
                path == file
                    && set.rules.iter().any(|(id, rule)| wanted(id) && root_of(id, rule) == folder)
                    && whole(&folder)
            })
    });
}

/// What all tests of a run have in common.
pub(super) struct Material<'a> {
    pub(super) config: &'a Config,
    set: &'a PolicySet,
    pub(super) facts: Facts,
    budget: Budget,
    /// Compare with the compiled program for rules that are not bundled, too.
    pub(super) compiled: bool,
}

impl<'a> Material<'a> {
    pub(super) fn new(config: &'a Config, set: &'a PolicySet, compiled: bool) -> Self {
        let defaults = |meta: &RuleMeta| {
            meta.params.iter().map(|(name, param)| (name.clone(), param.default.clone())).collect::<BTreeMap<_, _>>()
        };
        let facts = Facts {
            today: TODAY.to_owned(),
            params: config.all_rules.iter().map(|(id, meta)| (id.clone(), defaults(meta))).collect(),
            vendors: vendors(&config.vendors, &BTreeSet::new(), true),
            rules: config.all_rules.keys().cloned().collect(),
            signoffs: serde_json::Value::Null,
        };
        let budget = Budget { rule: Duration::from_millis(config.limits.rule_millis), ..Budget::default() };
        Self { config, set, facts, budget, compiled }
    }

    pub(super) fn shared(&'a self) -> Pages<'a> {
        Pages { material: self, trials: TrialSet::new(self.set, &self.facts, self.budget) }
    }

    /// The `_test.rego` files; those of leaver only where a rule of leaver is among the `rules` that are tested.
    fn rego(&self, bench: &mut Bench<'_>, rules: &[&RuleSource]) -> Result<(), String> {
        let bundled = rules.iter().any(|rule| rule.meta.origin == Origin::Bundled);
        let list = RegoTests::list(self.set, bundled);
        let Some(first) = list.first() else { return Ok(()) };
        let file = first.file.clone();
        let name = "compiling all rules, libraries and tests".to_owned();
        let mut tests = None;
        bench.prepare(&Case { file, line: 1, name, failures: Vec::new() }, || {
            let loaded = RegoTests::load(self.set, &self.facts, self.budget, bundled)?;
            let coverage = loaded.coverage()?;
            tests = Some(loaded);
            Ok(coverage)
        })?;
        let Some(mut tests) = tests else { return Ok(()) };
        for test in list {
            let case = Case { file: test.file.clone(), line: test.line, name: test.name.clone(), failures: Vec::new() };
            bench.case(case, || Ok((tests.run(&test).into_iter().collect(), tests.coverage()?)))?;
        }
        Ok(())
    }
}
