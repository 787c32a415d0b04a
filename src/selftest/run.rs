//! Runs the examples of rules as tests.

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
    ruleset::Ruleset,
};

/// The default date of blocks without `today=`.
pub(super) const TODAY: &str = "2026-11-25";

/// One test and its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The file with the test.
    pub file: String,
    /// The line on which the test starts.
    pub line: usize,
    /// The description of the test.
    pub name: String,
    /// The reasons why the test failed. Empty if it passed.
    pub failures: Vec<String>,
}

/// All tests of a run.
#[derive(Debug, Clone, Default)]
pub struct TestRun {
    /// The tests, sorted by rule and line.
    pub cases: Vec<Case>,
    /// Coverage of Rego lines.
    pub coverage: Coverage,
    /// Failures: tests that did not end, and errors that prevented tests.
    pub failures: Vec<Failure>,
}

impl TestRun {
    /// Counts the failed tests.
    pub fn failed(&self) -> usize {
        self.cases.iter().filter(|case| !case.failures.is_empty()).count()
    }
}

/// Runs tests one by one and announces each test, so that the parent can name a test that crashes the child process.
pub(super) struct TestRunner<'a> {
    /// The number of tests that were already run.
    from: usize,
    next: usize,
    begin: Begin<'a>,
    end: End<'a>,
}

/// Called before each test, with the number and description of the test. The number is `None` for work that all later tests need.
type Begin<'a> = &'a mut dyn FnMut(Option<usize>, &Case) -> Result<(), String>;
/// Called with the result of a test and its coverage.
type End<'a> = &'a mut dyn FnMut(Option<Case>, Coverage) -> Result<(), String>;

impl<'a> TestRunner<'a> {
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

    /// Runs work that later tests need. Such work is never skipped.
    fn prepare(&mut self, what: &Case, work: impl FnOnce() -> Result<Coverage, String>) -> Result<(), String> {
        (self.begin)(None, what)?;
        (self.end)(None, work()?)
    }
}

/// Runs the tests of the libraries, and of all running rules that `wanted` accepts. Runs them in this process, so the rules must be bundled.
pub fn run(
    config: &Config,
    ruleset: &Ruleset,
    wanted: &(dyn Fn(&RuleId) -> bool + Sync),
    compiled: bool,
) -> Result<TestRun, String> {
    let context = TestContext::new(config, ruleset, compiled);
    let shared = context.shared();
    let collect = |tests: &dyn Fn(&mut TestRunner<'_>) -> Result<(), String>| {
        let mut part = TestRun::default();
        let mut end = |case, more| {
            part.cases.extend(case);
            part.coverage.merge(more);
            Ok(())
        };
        tests(&mut TestRunner::new(0, &mut |_, _| Ok(()), &mut end)).map(|()| part)
    };
    let rules = in_order(&ruleset.running, wanted);
    let (rules, rego) = rayon::join(
        || rules.par_iter().map(|rule| collect(&|runner| shared.rule(runner, rule))).collect::<Vec<_>>(),
        || collect(&|runner| context.rego(runner, &rules, Measure::Once)),
    );
    let mut run = TestRun::default();
    for part in rules.into_iter().chain([rego]) {
        let part = part?;
        run.cases.extend(part.cases);
        run.coverage.merge(part.coverage);
    }
    keep_selected(&mut run.coverage, &ruleset.running, wanted);
    Ok(run)
}

/// Runs the same tests as [`run`], but one after the other, and announces each.
pub(super) fn run_on(
    runner: &mut TestRunner<'_>,
    config: &Config,
    ruleset: &Ruleset,
    wanted: &dyn Fn(&RuleId) -> bool,
    compiled: bool,
) -> Result<(), String> {
    let context = TestContext::new(config, ruleset, compiled);
    let shared = context.shared();
    let rules = in_order(&ruleset.running, wanted);
    for rule in &rules {
        shared.rule(runner, rule)?;
    }
    context.rego(runner, &rules, Measure::Each)
}

/// Sorts the selected rules: the user's own rules first, then by id.
fn in_order<'a>(set: &'a PolicySet, wanted: &dyn Fn(&RuleId) -> bool) -> Vec<&'a RuleSource> {
    let mut rules: Vec<&RuleSource> = set.rules.values().filter(|rule| wanted(&rule.meta.id)).collect();
    rules.sort_by_key(|rule| rule.meta.origin == Origin::Bundled);
    rules
}

/// Removes the coverage of rules and libraries that are not selected. A library is selected if all rules of its policy folder are selected.
pub(super) fn keep_selected(coverage: &mut Coverage, set: &PolicySet, wanted: &dyn Fn(&RuleId) -> bool) {
    let root = |path: &str, name: &str| path.strip_suffix(name).map(str::to_owned);
    let root_of = |id: &RuleId, rule: &RuleSource| root(rule.module.file.path(), &format!("{id}/rule.rego"));
    let all_tested =
        |folder: &Option<String>| set.rules.iter().all(|(id, rule)| root_of(id, rule) != *folder || wanted(id));
    coverage.0.retain(|file, _| {
        set.rules.iter().any(|(id, rule)| wanted(id) && rule.module.file.path() == file)
            || set.libraries.iter().any(|library| {
                let path = library.file.path();
                let folder = path.rfind("lib/").and_then(|at| root(path, path.get(at..)?));
                path == file
                    && set.rules.iter().any(|(id, rule)| wanted(id) && root_of(id, rule) == folder)
                    && all_tested(&folder)
            })
    });
}

/// When to measure the coverage of `_test.rego` files. A measurement includes all earlier tests and takes longer than one test.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    /// After the last test.
    Once,
    /// After each test, because any test may crash the process.
    Each,
}

/// The data that all tests of a run share.
pub(super) struct TestContext<'a> {
    pub(super) config: &'a Config,
    pub(super) ruleset: &'a Ruleset,
    pub(super) facts: Facts,
    budget: Budget,
    /// Whether to compare with the compiled program for the user's own rules too.
    pub(super) compiled: bool,
}

impl<'a> TestContext<'a> {
    pub(super) fn new(config: &'a Config, ruleset: &'a Ruleset, compiled: bool) -> Self {
        let defaults = |meta: &RuleMeta| {
            meta.params.iter().map(|(name, param)| (name.clone(), param.default.clone())).collect::<BTreeMap<_, _>>()
        };
        let facts = Facts {
            today: TODAY.to_owned(),
            params: ruleset.metas().map(|meta| (meta.id.clone(), defaults(meta))).collect(),
            vendors: vendors(&config.vendors, &BTreeSet::new(), true),
            rules: ruleset.ids().cloned().collect(),
            signoffs: serde_json::Value::Null,
        };
        let budget = Budget { rule: Duration::from_millis(config.limits.rule_millis), ..Budget::default() };
        Self { config, ruleset, facts, budget, compiled }
    }

    pub(super) fn shared(&'a self) -> Pages<'a> {
        Pages { context: self, trials: TrialSet::new(&self.ruleset.running, &self.facts, self.budget) }
    }

    /// Runs the `_test.rego` files. Includes leaver's own files only if one of the tested `rules` is bundled.
    fn rego(&self, runner: &mut TestRunner<'_>, rules: &[&RuleSource], measure: Measure) -> Result<(), String> {
        let bundled = rules.iter().any(|rule| rule.meta.origin == Origin::Bundled);
        let list = RegoTests::list(&self.ruleset.running, bundled);
        let Some(first) = list.first() else { return Ok(()) };
        let file = first.file.clone();
        let name = "compiling all rules, libraries and tests".to_owned();
        let mut tests = None;
        runner.prepare(&Case { file, line: 1, name, failures: Vec::new() }, || {
            let loaded = RegoTests::load(&self.ruleset.running, &self.facts, self.budget, bundled)?;
            let coverage = loaded.coverage()?;
            tests = Some(loaded);
            Ok(coverage)
        })?;
        let Some(mut tests) = tests else { return Ok(()) };
        let final_test = list.len().saturating_sub(1);
        for (at, test) in list.into_iter().enumerate() {
            let case = Case { file: test.file.clone(), line: test.line, name: test.name.clone(), failures: Vec::new() };
            runner.case(case, || {
                let failures = tests.run(&test).into_iter().collect();
                let measured = measure == Measure::Each || at == final_test;
                Ok((failures, if measured { tests.coverage()? } else { Coverage::default() }))
            })?;
        }
        Ok(())
    }
}
