//! Trying rules out: one rule on a small catalogue in the strict interpreter, with the lines that it ran; and classic `_test.rego` files.

use std::collections::{BTreeMap, BTreeSet};

use regorus::Value;
use serde::{Deserialize, Serialize};

use super::{
    data::{Facts, data_document, looked_up},
    engine::{Budget, Judgement, catalogue_input, judge, reason, restore_indexes},
    interpret::{Interpreter, Task},
    load::{Module, PolicySet, RuleSource},
    value::{Reads, from_node},
};
use crate::{finding::Verdict, model::Catalogue, rule::Scope};

/// Lines of a policy file that could run and those that did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// Ran at least once.
    pub covered: BTreeSet<u32>,
    /// Never ran.
    pub missed: BTreeSet<u32>,
}

/// Coverage by file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage(pub BTreeMap<String, Lines>);

impl Coverage {
    /// Adds what another run covered.
    pub fn merge(&mut self, other: Self) {
        for (file, lines) in other.0 {
            let mine = self.0.entry(file).or_default();
            mine.covered.extend(lines.covered);
            mine.missed.extend(lines.missed);
            mine.missed.retain(|line| !mine.covered.contains(line));
        }
    }

    /// Covered lines of all lines, in per cent; 100 where there is nothing to cover.
    pub fn percent(&self) -> f64 {
        let covered: usize = self.0.values().map(|lines| lines.covered.len()).sum();
        let all = covered + self.0.values().map(|lines| lines.missed.len()).sum::<usize>();
        #[expect(clippy::cast_precision_loss, reason = "line counts are far below 2^52")]
        if all == 0 { 100.0 } else { covered as f64 * 100.0 / all as f64 }
    }

    fn take(interpreter: &Interpreter) -> Result<Self, String> {
        let report = interpreter.engine.get_coverage_report().map_err(|error| reason(&error.to_string()))?;
        let files =
            report.files.into_iter().map(|file| (file.path, Lines { covered: file.covered, missed: file.not_covered }));
        Ok(Self(files.collect()))
    }
}

/// What a rule says of a small catalogue, in the strict interpreter.
pub fn try_rule(
    set: &PolicySet,
    rule: &RuleSource,
    catalogue: &Catalogue,
    facts: &Facts,
    budget: Budget,
) -> Result<(Vec<Verdict>, Coverage), String> {
    let data = data_document(catalogue, facts, &looked_up(set));
    let mut interpreter = Interpreter::new(set.modules(&[rule]), data, budget, true)
        .map_err(|(path, reason)| format!("{path}: {reason}"))?;
    let task = Task::from(rule);
    let verdicts = match &rule.meta.scope {
        Scope::Catalogue => {
            let (input, indexes) = catalogue_input(catalogue, &Reads::of([&*rule.meta]));
            let verdicts = interpreter.eval(&task, input, None)?;
            let (all, _) = catalogue_input(catalogue, &Reads::All);
            if verdicts != interpreter.eval(&task, all, None)? {
                return Err("`reads` in the metadata hides a finding: name all that the rule looks at".into());
            }
            let mut judgement = Judgement { verdicts, failures: Vec::new() };
            restore_indexes(&mut judgement, &indexes);
            if let Some(failure) = judgement.failures.pop() {
                return Err(failure.message);
            }
            judgement.verdicts
        }
        Scope::Kinds(kinds) => {
            let mut verdicts = Vec::new();
            for (index, declaration) in
                catalogue.own().iter().enumerate().filter(|(_, declaration)| kinds.contains(&declaration.kind))
            {
                let input = from_node(&declaration.root);
                let with = interpreter.eval(&task, input.clone(), Some(index))?;
                let without = interpreter.eval(&Task { when: BTreeMap::new(), ..task.clone() }, input, Some(index))?;
                if with != without {
                    return Err(
                        "`when` in the metadata hides a finding: the rule must give the same result without it".into(),
                    );
                }
                verdicts.extend(with);
            }
            verdicts
        }
        Scope::Document => Vec::new(),
    };
    Ok((verdicts, Coverage::take(&interpreter)?))
}

/// The same by the compiled program that `check` runs bundled rules with.
pub fn try_compiled(
    set: &PolicySet,
    rule: &RuleSource,
    catalogue: &Catalogue,
    facts: &Facts,
    budget: Budget,
) -> Result<Vec<Verdict>, String> {
    let alone = PolicySet { rules: BTreeMap::from([(rule.meta.id.clone(), rule.clone())]), ..set.clone() };
    let judgement =
        judge(&alone, catalogue, &BTreeSet::new(), &data_document(catalogue, facts, &looked_up(set)), budget, &|| {});
    match judgement.failures.into_iter().next() {
        Some(failure) => Err(failure.message),
        None => Ok(judgement.verdicts),
    }
}

/// A `test_…` rule of a `_test.rego` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegoTest {
    /// The file.
    pub file: String,
    /// The rule.
    pub name: String,
    /// Its line.
    pub line: usize,
    query: String,
}

/// All `_test.rego` files, loaded with all rules and libraries.
pub struct RegoTests {
    interpreter: Interpreter,
}

impl RegoTests {
    /// The tests of a set, in order of files and lines.
    pub fn list(set: &PolicySet) -> Vec<RegoTest> {
        let mut tests = Vec::new();
        for Module { file, .. } in &set.tests {
            let package = file.text().lines().find_map(|line| line.strip_prefix("package ")).unwrap_or_default().trim();
            for (index, line) in file.text().lines().enumerate().filter(|(_, line)| line.starts_with("test_")) {
                let name: String = line.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                let query = format!("data.{package}.{name}");
                tests.push(RegoTest { file: file.path().to_owned(), name, line: index + 1, query });
            }
        }
        tests
    }

    /// Compiles everything; the error is the file at fault and the reason.
    pub fn load(set: &PolicySet, facts: &Facts, budget: Budget) -> Result<Self, String> {
        let rules: Vec<&RuleSource> = set.rules.values().filter(|rule| !rule.meta.native).collect();
        let tests = set.tests.iter().map(|test| (test.file.path().to_owned(), test.file.text().to_owned()));
        let modules = set.modules(&rules).into_iter().chain(tests);
        let data = data_document(&Catalogue::default(), facts, &looked_up(set));
        let interpreter =
            Interpreter::new(modules, data, budget, true).map_err(|(path, reason)| format!("{path}: {reason}"))?;
        Ok(Self { interpreter })
    }

    /// Why a test failed, if it did.
    pub fn run(&mut self, test: &RegoTest) -> Option<String> {
        self.interpreter.engine.set_input(Value::new_object());
        match self.interpreter.engine.eval_rule(test.query.clone()) {
            Ok(Value::Bool(true)) => None,
            Ok(Value::Undefined) => Some("is undefined: one of its conditions does not hold".into()),
            Ok(other) => Some(format!("is {other}, expected true")),
            Err(error) => Some(reason(&error.to_string())),
        }
    }

    /// What all tests so far have covered.
    pub fn coverage(&self) -> Result<Coverage, String> {
        Coverage::take(&self.interpreter)
    }
}
