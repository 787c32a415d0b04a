//! Rules for one kind of declaration, compiled to programs, and the machines that run them.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use regorus::{Value, rvm::vm::RegoVM};

use super::{
    Budget, INSTRUCTIONS, INSTRUCTIONS_EACH, Judgement, catalogue_input, engine_failure, failure,
    quota::{Bounds, Tally},
    reason, restore_indexes,
};
use crate::{
    model::Catalogue,
    policy::{
        compiled::Programs,
        index::{Applicable, Index},
        interpret::{Interpreter, Task},
        load::{PolicySet, RuleSource},
        program::ASKED,
        value::{Reads, from_node, verdict},
    },
    source::Node,
};

#[cfg(test)]
mod steps;

/// Number of queries after which it is clear whether querying an index pays off.
const ENOUGH: u32 = 64;

/// Rules with the same input.
pub(in crate::policy) struct Group<'a> {
    set: &'a PolicySet,
    rules: Vec<&'a RuleSource>,
    programs: &'a Programs,
    /// The program of each rule.
    parts: Vec<Option<usize>>,
    data: &'a Value,
    budget: Budget,
    /// Whether all of them are bundled.
    bundled: bool,
    /// Which of them may apply to a declaration; `None`: all are evaluated.
    applicable: Option<Applicable<'a>>,
    /// The position of each rule in the index.
    roots: Vec<Option<usize>>,
    /// How often the index was queried for each rule, and how often it could not exclude the rule.
    answers: Vec<(AtomicU32, AtomicU32)>,
    /// The request to the program for each rule.
    asks: Vec<Value>,
}

/// The evaluated input.
struct Subject<'a> {
    input: &'a Value,
    declaration: Option<usize>,
    name: &'a str,
}

impl<'a> Group<'a> {
    pub(in crate::policy) fn new(
        set: &'a PolicySet,
        rules: Vec<&'a RuleSource>,
        programs: &'a Programs,
        data: &'a Value,
        budget: Budget,
        index: Option<&'a Index>,
    ) -> Self {
        let ask = |rule: &&RuleSource| {
            let id = &rule.meta.id;
            Value::from([id.as_str(), id.group(), id.name()].map(Value::from).to_vec())
        };
        Self {
            asks: rules.iter().map(ask).collect(),
            parts: rules.iter().map(|rule| programs.of(&rule.meta.id)).collect(),
            roots: rules.iter().map(|rule| index?.roots.get(rule.meta.id.as_str()).copied()).collect(),
            answers: rules.iter().map(|_| (AtomicU32::new(0), AtomicU32::new(0))).collect(),
            bundled: rules.iter().all(|rule| rule.module.bundled),
            applicable: index.map(|index| Applicable::new(index, data, false)),
            set,
            rules,
            programs,
            data,
            budget,
        }
    }

    /// Runs rules on the whole catalogue.
    pub(in crate::policy) fn on_catalogue(&self, catalogue: &Catalogue) -> Judgement {
        let reads = Reads::of(self.rules.iter().map(|rule| &*rule.meta));
        let (input, indexes) = catalogue_input(catalogue, &reads);
        let mut machines = self.machines();
        let limit = INSTRUCTIONS.saturating_add(INSTRUCTIONS_EACH.saturating_mul(indexes.len()));
        for machine in &mut machines {
            machine.set_max_instructions(limit);
        }
        let all: Vec<usize> = (0..self.rules.len()).collect();
        let subject = Subject { input: &input, declaration: None, name: "the catalogue" };
        let mut judgement = self.judge(&mut machines, &subject, &all);
        restore_indexes(&mut judgement, &indexes);
        judgement
    }

    /// A machine for each program.
    pub(in crate::policy) fn machines(&self) -> Vec<RegoVM> {
        let machine = |program| {
            let mut machine = RegoVM::new();
            machine.load_program(Arc::clone(program));
            machine.set_max_instructions(INSTRUCTIONS);
            if !self.bundled {
                let runs = u32::try_from(self.rules.len()).unwrap_or(u32::MAX);
                machine.set_execution_timer_config(Some(self.budget.timer(runs)));
            }
            machine
        };
        self.programs.all().iter().map(machine).collect()
    }

    /// Runs the rules that may apply to a declaration.
    pub(in crate::policy) fn run(
        &self,
        machines: &mut [RegoVM],
        root: &Node,
        declaration: usize,
        name: &str,
    ) -> Judgement {
        let asked = self.asked(root);
        if asked.is_empty() {
            return Judgement::default();
        }
        self.judge(machines, &Subject { input: &from_node(root), declaration: Some(declaration), name }, &asked)
    }

    /// The rules that may apply to a declaration.
    fn asked(&self, root: &Node) -> Vec<usize> {
        let all = 0..self.rules.len();
        let Some(applicable) = &self.applicable else { return all.collect() };
        // A rule that the index hardly ever excludes is not queried; the result is the same.
        let useless = |(asked, may): &(AtomicU32, AtomicU32)| {
            let asked = asked.load(Relaxed);
            asked >= ENOUGH && may.load(Relaxed) >= asked - asked / 16
        };
        let roots = self.roots.iter().zip(&self.answers);
        let roots: Vec<Option<usize>> = roots.map(|(root, answers)| root.filter(|_| !useless(answers))).collect();
        let may = applicable.may_apply(root, roots.iter().copied());
        for ((root, (asked, yes)), may) in roots.iter().zip(&self.answers).zip(&may) {
            if root.is_some() {
                yes.fetch_add(u32::from(*may), Relaxed);
                asked.fetch_add(1, Relaxed);
            }
        }
        all.zip(may).filter(|(_, may)| *may).map(|(at, _)| at).collect()
    }

    fn judge(&self, machines: &mut [RegoVM], subject: &Subject<'_>, asked: &[usize]) -> Judgement {
        let mut judgement = Judgement::default();
        for at in asked.iter().filter(|at| self.parts.get(**at).is_none_or(Option::is_none)) {
            self.blame(*at, subject, "there is no program with it", &mut judgement);
        }
        for (part, machine) in machines.iter_mut().enumerate() {
            let here = asked.iter().copied().filter(|at| self.parts.get(*at).copied().flatten() == Some(part));
            let here: Vec<usize> = here.collect();
            if here.is_empty() {
                continue;
            }
            match self.execute(machine, subject, &here) {
                Ok(by_rule) => self.take(&by_rule, subject, &here, &mut judgement),
                Err(_) if self.bundled => self.one_by_one(machine, subject, &here, &mut judgement),
                Err(error) => self.diagnose(subject, &here, &error, &mut judgement),
            }
        }
        judgement
    }

    /// `{rule id: findings}` of the requested rules.
    fn execute(&self, machine: &mut RegoVM, subject: &Subject<'_>, asked: &[usize]) -> Result<Value, String> {
        let asks: Vec<Value> = asked.iter().filter_map(|at| self.asks.get(*at).cloned()).collect();
        let leaver = Value::from("leaver");
        let shared = self.data[&leaver].clone();
        let data = Value::from(BTreeMap::from([(leaver, shared), (Value::from(ASKED), Value::from(asks))]));
        machine.set_data(data).map_err(|error| error.to_string())?;
        machine.set_input(subject.input.clone());
        let found = machine.execute().map_err(|error| error.to_string())?;
        if found.as_object().is_err() { Err("the program gave no result".to_owned()) } else { Ok(found) }
    }

    fn take(&self, by_rule: &Value, subject: &Subject<'_>, asked: &[usize], judgement: &mut Judgement) {
        let name = subject.name;
        let mut tally = Tally::new(Bounds::here(self.budget));
        for rule in asked.iter().filter_map(|at| self.rules.get(*at)) {
            let id = &rule.meta.id;
            let Ok(found) = by_rule[id.as_str()].as_set() else {
                judgement.failures.push(failure(id, format!("rule `{id}` gave no set of findings on {name}")));
                continue;
            };
            for value in found {
                if tally.is_full(id) {
                    break;
                }
                match verdict(id, subject.declaration, value) {
                    Ok(verdict) => tally.add(verdict, judgement),
                    Err(reason) => tally.fail(failure(id, format!("rule `{id}` on {name}: {reason}")), judgement),
                }
            }
        }
    }

    /// After a failure of the whole program: evaluates each rule separately with the same limit, so that the message names the rule and the
    /// others count.
    fn one_by_one(&self, machine: &mut RegoVM, subject: &Subject<'_>, asked: &[usize], judgement: &mut Judgement) {
        for at in asked {
            match self.execute(machine, subject, &[*at]) {
                Ok(by_rule) => self.take(&by_rule, subject, &[*at], judgement),
                Err(error) => self.blame(*at, subject, &reason(&error), judgement),
            }
        }
    }

    fn blame(&self, at: usize, subject: &Subject<'_>, reason: &str, judgement: &mut Judgement) {
        let Some(id) = self.rules.get(at).map(|rule| &rule.meta.id) else { return };
        judgement.failures.push(failure(id, format!("rule `{id}` failed on {}: {reason}", subject.name)));
    }

    /// The same for users' rules, in the interpreter, which is strict about errors in builtins.
    fn diagnose(&self, subject: &Subject<'_>, asked: &[usize], error: &str, judgement: &mut Judgement) {
        let mut tally = Tally::new(Bounds::here(self.budget));
        match Interpreter::new(self.set.modules(&self.rules), self.data.clone(), self.budget, false) {
            Ok(mut interpreter) => {
                for (at, rule) in asked.iter().filter_map(|at| Some((*at, self.rules.get(*at)?))) {
                    match interpreter.eval(&Task::from(*rule), subject.input.clone(), subject.declaration) {
                        Ok(verdicts) => verdicts.into_iter().for_each(|verdict| tally.add(verdict, judgement)),
                        Err(reason) => self.blame(at, subject, &reason, judgement),
                    }
                }
            }
            Err((path, reason)) => {
                judgement.failures.push(engine_failure(None, &format!("`{path}` does not compile"), &reason));
            }
        }
        if judgement.failures.is_empty() {
            judgement.failures.push(engine_failure(None, &format!("the rules failed on {}", subject.name), error));
        }
    }
}
