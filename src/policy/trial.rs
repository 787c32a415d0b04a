//! Runs the tests of rules: the examples of a rule, which are small catalogues, and `_test.rego` files. Each example runs in the interpreter, which
//! records line coverage, and in the compiled program. A rule is parsed and compiled once, not once per example.

mod libraries;

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

use regorus::Value;
use serde::{Deserialize, Serialize};

use super::{
    compiled::{Programs, compile, derive_index},
    data::{Facts, data_document, looked_up},
    engine::{Budget, Group, RuleResults, catalogue_input, reason, restore_indexes, well_formed},
    index::{Applicable, Index},
    interpret::{Interpreter, Task},
    load::{Module, PolicySet, RuleSource},
    value::{Reads, from_node},
};
use crate::{finding::Verdict, model::Catalogue, rule::Scope};
use libraries::Libraries;

/// The executable lines of a policy file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// Lines that ran at least once.
    pub covered: BTreeSet<u32>,
    /// Lines that never ran.
    pub missed: BTreeSet<u32>,
}

/// Coverage by file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage(pub BTreeMap<String, Lines>);

impl Coverage {
    /// Adds the coverage of another run.
    pub fn merge(&mut self, other: Self) {
        for (file, lines) in other.0 {
            let mine = self.0.entry(file).or_default();
            mine.covered.extend(lines.covered);
            mine.missed.extend(lines.missed);
            mine.missed.retain(|line| !mine.covered.contains(line));
        }
    }

    /// Covered lines in per cent; 100 if there are no lines.
    pub fn percent(&self) -> f64 {
        let covered: usize = self.0.values().map(|lines| lines.covered.len()).sum();
        let all = covered + self.0.values().map(|lines| lines.missed.len()).sum::<usize>();
        #[expect(clippy::cast_precision_loss, reason = "line counts are far below 2^52")]
        if all == 0 { 100.0 } else { covered as f64 * 100.0 / all as f64 }
    }

    fn of(interpreter: &Interpreter) -> Result<Self, String> {
        let report = interpreter.engine.get_coverage_report().map_err(|error| reason(&error.to_string()))?;
        let files =
            report.files.into_iter().map(|file| (file.path, Lines { covered: file.covered, missed: file.not_covered }));
        Ok(Self(files.collect()))
    }
}

/// The inputs of an example besides its declarations.
#[derive(Debug, Clone, Default)]
pub struct ExampleInput {
    /// The date.
    pub today: String,
    /// Parameters of the rule that differ from the defaults.
    pub params: BTreeMap<String, serde_json::Value>,
    /// `data.leaver.signoffs`.
    pub signoffs: serde_json::Value,
}

/// Data that the tests of a set of rules share, because creating it takes most of the time of a test.
pub struct TrialSet<'a> {
    libraries: Libraries<'a>,
    kinds: BTreeSet<&'static str>,
    /// The data document of an empty catalogue with default parameters.
    data: Value,
    budget: Budget,
}

impl<'a> TrialSet<'a> {
    /// `facts` has the vendors, the default parameters and the ids of all rules.
    pub fn new(set: &'a PolicySet, facts: &Facts, budget: Budget) -> Self {
        let kinds = looked_up(set);
        let data = data_document(&Catalogue::default(), facts, &kinds);
        Self { libraries: Libraries::of(set), kinds, data, budget }
    }

    /// Loads a rule and its libraries into an interpreter for all its examples.
    pub fn rule<'b>(&'b self, rule: &'b RuleSource) -> Result<RuleTrial<'b>, String> {
        let set = PolicySet { libraries: self.libraries.used_by(rule), ..PolicySet::default() };
        let interpreter = Interpreter::new(set.modules(&[rule]), Value::new_object(), self.budget, true)
            .map_err(|(path, reason)| format!("{path}: {reason}"))?;
        let index = OnceCell::new();
        Ok(RuleTrial { shared: self, set, rule, task: Task::from(rule), interpreter, index, compiled: None })
    }

    /// Creates the data document for one example, with the same content as in `check`. Reuses the parts that all examples share.
    pub(crate) fn data(&self, rule: &RuleSource, catalogue: &Catalogue, given: &ExampleInput) -> Value {
        let facts = Facts {
            today: given.today.clone(),
            params: BTreeMap::from([(rule.meta.id.clone(), given.params.clone())]),
            signoffs: given.signoffs.clone(),
            ..Facts::default()
        };
        let (leaver, id) = (Value::from("leaver"), Value::from(rule.meta.id.as_str()));
        let mut document = data_document(catalogue, &facts, &self.kinds)[&leaver].clone();
        let shared = &self.data[&leaver];
        let mut params = shared["params"].clone();
        let mut mine = params[&id].clone();
        if let (Ok(mine), Ok(changed)) = (mine.as_object_mut(), document["params"][&id].as_object()) {
            mine.extend(changed.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        if let Ok(params) = params.as_object_mut() {
            params.insert(id, mine);
        }
        if let Ok(document) = document.as_object_mut() {
            for key in ["rules", "vendors"] {
                document.insert(Value::from(key), shared[key].clone());
            }
            document.insert(Value::from("params"), params);
        }
        Value::from(BTreeMap::from([(leaver, document)]))
    }
}

/// A rule that is loaded for testing.
pub struct RuleTrial<'a> {
    shared: &'a TrialSet<'a>,
    /// The libraries of the rule.
    set: PolicySet,
    rule: &'a RuleSource,
    task: Task,
    interpreter: Interpreter,
    /// Derived on first use, like the program.
    index: OnceCell<Index>,
    compiled: Option<Result<Programs, String>>,
}

impl RuleTrial<'_> {
    /// Evaluates the rule on a small catalogue in the strict interpreter. Also checks that `reads`, `when` and the index hide no finding.
    pub fn interpret(&mut self, catalogue: &Catalogue, given: &ExampleInput) -> Result<Vec<Verdict>, String> {
        let data = self.shared.data(self.rule, catalogue, given);
        let Self { set, rule, task, interpreter, index, .. } = self;
        interpreter.engine.clear_data();
        interpreter.engine.add_data(data.clone()).map_err(|error| format!("data: {}", reason(&error.to_string())))?;
        match &rule.meta.scope {
            Scope::Catalogue => {
                let reads = Reads::of([&*rule.meta]);
                let (input, indexes) = catalogue_input(catalogue, &reads);
                let verdicts = interpreter.eval(task, input, None)?;
                if reads != Reads::All {
                    let (all, _) = catalogue_input(catalogue, &Reads::All);
                    if verdicts != interpreter.eval(task, all, None)? {
                        return Err(
                            "`reads` in the metadata hides a finding: list every path that the rule reads".into()
                        );
                    }
                }
                let mut results = RuleResults { verdicts, failures: Vec::new() };
                restore_indexes(&mut results, &indexes);
                match results.failures.pop() {
                    Some(failure) => Err(failure.message),
                    None => Ok(results.verdicts),
                }
            }
            Scope::Kinds(kinds) => {
                let always = Task { when: BTreeMap::new(), ..task.clone() };
                let conditions = index.get_or_init(|| derive_index(set, &[*rule]));
                let mut verdicts = Vec::new();
                for (index, declaration) in
                    catalogue.own().iter().enumerate().filter(|(_, declaration)| kinds.contains(&declaration.kind))
                {
                    let input = from_node(&declaration.root);
                    let with = interpreter.eval(task, input.clone(), Some(index));
                    for strict in [false, true] {
                        let root = task.rule.as_str();
                        let may = Applicable::new(conditions, &data, strict)
                            .may_apply(&declaration.root, [conditions.roots.get(root).copied()]);
                        let nothing = with.as_ref().map_or(!strict, Vec::is_empty);
                        if may == [false] && !nothing {
                            return Err("the index hides a finding: this is a bug in leaver, please report it".into());
                        }
                    }
                    let with = with?;
                    if !task.when.is_empty() && with != interpreter.eval(&always, input, Some(index))? {
                        return Err(
                            "`when` in the metadata hides a finding: the rule must give the same result without it"
                                .into(),
                        );
                    }
                    verdicts.extend(with);
                }
                Ok(verdicts)
            }
            Scope::Document => Ok(Vec::new()),
        }
    }

    /// Evaluates the rule on a small catalogue in the compiled program, as `check` does with bundled rules.
    pub fn compiled(&mut self, catalogue: &Catalogue, given: &ExampleInput) -> Result<Vec<Verdict>, String> {
        let Self { shared, set, rule, index, compiled, .. } = self;
        let fresh = || {
            compile(set, &[*rule], shared.budget)
                .map_err(|failures| failures.into_iter().next().map_or_else(String::new, |failure| failure.message))
        };
        let compiled = compiled.get_or_insert_with(fresh).as_ref().map_err(String::clone)?;
        let data = shared.data(rule, catalogue, given);
        let single = matches!(rule.meta.scope, Scope::Kinds(_));
        let index = single.then(|| index.get_or_init(|| derive_index(set, &[*rule])));
        let group = Group::new(set, vec![*rule], compiled, &data, shared.budget, index);
        let results = match &rule.meta.scope {
            Scope::Catalogue if !catalogue.own().is_empty() => group.on_catalogue(catalogue),
            Scope::Kinds(kinds) => {
                let mut machines = group.machines();
                well_formed(catalogue)
                    .filter(|(_, declaration)| kinds.contains(&declaration.kind))
                    .map(|(index, one)| group.run(&mut machines, &one.root, index, &one.name))
                    .fold(RuleResults::default(), |mut all, part| {
                        all.verdicts.extend(part.verdicts);
                        all.failures.extend(part.failures);
                        all
                    })
            }
            Scope::Catalogue | Scope::Document => RuleResults::default(),
        };
        match results.failures.into_iter().next() {
            Some(failure) => Err(failure.message),
            None => Ok(results.verdicts),
        }
    }

    /// The line coverage of all examples so far.
    pub fn coverage(&self) -> Result<Coverage, String> {
        Coverage::of(&self.interpreter)
    }
}

fn selected_tests(set: &PolicySet, bundled: bool) -> impl Iterator<Item = &Module> {
    let own = set.tests.iter().filter(|test| !test.bundled);
    own.chain(set.tests.iter().filter(move |test| test.bundled && bundled))
}

/// A `test_…` rule of a `_test.rego` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegoTest {
    /// The file.
    pub file: String,
    /// The name of the test.
    pub name: String,
    /// The line of the test.
    pub line: usize,
    query: String,
}

/// All `_test.rego` files, loaded with all rules and libraries.
pub struct RegoTests {
    interpreter: Interpreter,
}

impl RegoTests {
    /// The tests of a set in the order of files and lines. The user's own tests come first. Tests of bundled libraries are included only if
    /// `bundled`.
    pub fn list(set: &PolicySet, bundled: bool) -> Vec<RegoTest> {
        let mut tests = Vec::new();
        for Module { file, .. } in selected_tests(set, bundled) {
            let package = file.text().lines().find_map(|line| line.strip_prefix("package ")).unwrap_or_default().trim();
            for (index, line) in file.text().lines().enumerate().filter(|(_, line)| line.starts_with("test_")) {
                let name: String = line.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                let query = format!("data.{package}.{name}");
                tests.push(RegoTest { file: file.path().to_owned(), name, line: index + 1, query });
            }
        }
        tests
    }

    /// Loads the tests with all rules and libraries. The error is the faulty file and the reason.
    pub fn load(set: &PolicySet, facts: &Facts, budget: Budget, bundled: bool) -> Result<Self, String> {
        let rules: Vec<&RuleSource> = set.rules.values().filter(|rule| !rule.meta.native).collect();
        let tests = selected_tests(set, bundled).map(|test| (test.file.path().to_owned(), test.file.text().to_owned()));
        let modules = set.modules(&rules).into_iter().chain(tests);
        let data = data_document(&Catalogue::default(), facts, &looked_up(set));
        let interpreter =
            Interpreter::new(modules, data, budget, true).map_err(|(path, reason)| format!("{path}: {reason}"))?;
        Ok(Self { interpreter })
    }

    /// Runs a test. Returns the reason if it failed.
    pub fn run(&mut self, test: &RegoTest) -> Option<String> {
        self.interpreter.engine.set_input(Value::new_object());
        match self.interpreter.evaluate(|engine| engine.eval_rule(test.query.clone())) {
            Ok(Value::Bool(true)) => None,
            Ok(Value::Undefined) => Some("is undefined: one of its conditions does not hold".into()),
            Ok(other) => Some(format!("is {other}, expected true")),
            Err(reason) => Some(reason),
        }
    }

    /// The coverage of all tests so far.
    pub fn coverage(&self) -> Result<Coverage, String> {
        Coverage::of(&self.interpreter)
    }
}

#[cfg(test)]
mod tests;
