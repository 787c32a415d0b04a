//! The interpreter. It is slower than the compiled program, but strict about errors in builtins, and it records line coverage. It runs users' rules
//! and tests, and finds out which rule failed.

use std::collections::BTreeMap;

use regorus::{Engine, Value};
use serde::{Deserialize, Serialize};

use super::{
    child::clock::{PATIENCE, thread_time},
    engine::{Budget, is_timeout, reason},
    load::{PolicySet, RuleSource},
    syntax::{Syntax, nondeterminism, other_rule_reference},
    value::verdict,
};
use crate::{
    finding::Verdict,
    rule::{RuleId, Scope},
};

/// The parts of a rule that the interpreter needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Task {
    pub(super) rule: String,
    /// `data.policies….findings`
    pub(super) query: String,
    /// The kinds of declarations that the rule evaluates. Empty for a rule on the whole catalogue.
    pub(super) kinds: Vec<String>,
    pub(super) when: BTreeMap<String, Vec<serde_json::Value>>,
    /// Whether the rule searches for secrets.
    #[serde(default)]
    pub(super) secret: bool,
}

impl From<&RuleSource> for Task {
    fn from(rule: &RuleSource) -> Self {
        let kinds = match &rule.meta.scope {
            Scope::Kinds(kinds) => kinds.clone(),
            Scope::Catalogue | Scope::Document => Vec::new(),
        };
        let meta = &rule.meta;
        Self { rule: meta.id.to_string(), query: rule.query(), kinds, when: meta.when.clone(), secret: meta.secret }
    }
}

impl Task {
    /// Whether the input meets the condition `when` of the rule.
    pub(super) fn applies(&self, input: &Value) -> bool {
        self.when.iter().all(|(path, values)| {
            let found = path.split('.').fold(input, |at, key| &at[key]);
            values.iter().any(|value| Value::from(value.clone()) == *found)
        })
    }
}

impl PolicySet {
    /// Paths and texts of the libraries and of the given rules.
    pub(super) fn modules(&self, rules: &[&RuleSource]) -> Vec<(String, String)> {
        let libraries = self.libraries.iter().map(|library| &library.file);
        let rules = rules.iter().map(|rule| &rule.module.file);
        libraries.chain(rules).map(|file| (file.path().to_owned(), file.text().to_owned())).collect()
    }
}

/// The reason why a module must not run. Unlike other modules, tests may refer to rules.
pub(super) fn rejection(path: &str, syntax: &Syntax) -> Option<String> {
    let test = path.ends_with("_test.rego");
    nondeterminism(syntax).or_else(|| other_rule_reference(syntax).filter(|_| !test))
}

pub(super) struct Interpreter {
    pub(super) engine: Engine,
    budget: Budget,
}

impl Interpreter {
    /// Loads the modules; the error is the path of the faulty module and the reason.
    pub(super) fn new(
        modules: impl IntoIterator<Item = (String, String)>,
        data: Value,
        budget: Budget,
        coverage: bool,
    ) -> Result<Self, (String, String)> {
        let mut engine = Engine::new();
        engine.set_rego_v0(false);
        engine.set_strict_builtin_errors(true);
        engine.set_gather_prints(true);
        engine.set_enable_coverage(coverage);
        for (path, text) in modules {
            engine.add_policy(path.clone(), text).map_err(|error| (path.clone(), reason(&error.to_string())))?;
            if let Some(fault) = engine.get_modules().last().and_then(|module| rejection(&path, &Syntax::of(module))) {
                return Err((path, fault));
            }
        }
        engine.add_data(data).map_err(|error| ("data".to_owned(), reason(&error.to_string())))?;
        Ok(Self { engine, budget })
    }

    /// Evaluates something with a limit on processor time. The engine can limit only wall-clock time. If the engine stops before the processor time
    /// is used up, the evaluation starts again with more time, so that the result does not depend on the load of the machine.
    pub(super) fn evaluate<T, E: std::fmt::Display>(
        &mut self,
        mut run: impl FnMut(&mut Engine) -> Result<T, E>,
    ) -> Result<T, String> {
        let mut factor = 1;
        loop {
            let start = thread_time();
            self.engine.set_execution_timer_config(self.budget.timer(factor));
            let error = match run(&mut self.engine) {
                Ok(result) => return Ok(result),
                Err(error) => error.to_string(),
            };
            // The processor time counts as used up at nine tenths, because other programs always get a little of the wall-clock time.
            let is_used = thread_time().saturating_sub(start).saturating_mul(10) > self.budget.rule.saturating_mul(9);
            if !is_timeout(&error) || is_used || factor >= PATIENCE {
                let took =
                    |factor| format!("took longer than {} ms", self.budget.rule.saturating_mul(factor).as_millis());
                return Err(reason(&error).replace(&took(factor), &took(1)));
            }
            factor = factor.saturating_mul(4);
        }
    }

    /// Evaluates a rule on an input. Returns the findings as values of the engine.
    pub(super) fn findings(&mut self, task: &Task, input: Value) -> Result<Vec<Value>, String> {
        if !task.applies(&input) {
            return Ok(Vec::new());
        }
        self.engine.set_input(input);
        let value = self.evaluate(|engine| engine.eval_rule(task.query.clone()))?;
        match value.as_set() {
            Ok(found) => Ok(found.iter().cloned().collect()),
            Err(_) => Err("`findings` is not a set: write `findings contains … if { … }`".into()),
        }
    }

    /// Evaluates a rule on an input. Returns the findings as verdicts.
    pub(super) fn eval(
        &mut self,
        task: &Task,
        input: Value,
        declaration: Option<usize>,
    ) -> Result<Vec<Verdict>, String> {
        let id: RuleId = task.rule.parse().map_err(|error: crate::rule::BadRuleId| error.to_string())?;
        self.findings(task, input)?.iter().map(|value| verdict(&id, declaration, value)).collect()
    }
}
