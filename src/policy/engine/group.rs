//! Runs compiled rules that have the same input: declarations of one kind, or the whole catalogue.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use regorus::{
    Value,
    rvm::{program::Program, vm::RegoVM},
};

use super::{
    Budget, MAX_INSTRUCTIONS, MAX_INSTRUCTIONS_EACH, RuleResults, catalogue_input, engine_failure, failure,
    quota::{Bounds, Tally},
    reason, restore_indexes,
};
use crate::{
    model::Catalogue,
    policy::{
        child::clock::PATIENCE,
        compiled::Programs,
        index::{Applicable, Index},
        interpret::{Interpreter, Task},
        load::{PolicySet, RuleSource},
        program::REQUESTED,
        value::{Reads, from_node, verdict},
    },
    source::Node,
};

#[cfg(test)]
mod steps;

/// After this number of queries for a rule, leaver no longer queries the index if the index rarely excludes the rule.
const MIN_QUERIES: u32 = 64;

/// Rules with the same input.
pub(in crate::policy) struct Group<'a> {
    set: &'a PolicySet,
    rules: Vec<&'a RuleSource>,
    programs: &'a Programs,
    /// For each rule, the position of its program.
    program_indexes: Vec<Option<usize>>,
    data: &'a Value,
    budget: Budget,
    /// Whether all rules of the group are bundled.
    bundled: bool,
    /// The index. If there is none, all rules are evaluated.
    applicable: Option<Applicable<'a>>,
    /// For each rule, its position in the index.
    roots: Vec<Option<usize>>,
    /// For each rule, how often the index was queried, and how often the index could not exclude the rule.
    query_counts: Vec<(AtomicU32, AtomicU32)>,
    /// For each rule, its entry in the list of requested rules.
    requests: Vec<Value>,
}

/// The virtual machines of one thread, one for each program. A machine is created when its program is first used.
pub(in crate::policy) struct Machines {
    machines: Vec<Option<RegoVM>>,
    max_instructions: usize,
}

/// The input of an evaluation.
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
        let request = |rule: &&RuleSource| {
            let id = &rule.meta.id;
            Value::from([id.as_str(), id.group(), id.name()].map(Value::from).to_vec())
        };
        Self {
            requests: rules.iter().map(request).collect(),
            program_indexes: rules.iter().map(|rule| programs.of(&rule.meta.id)).collect(),
            roots: rules.iter().map(|rule| index?.roots.get(rule.meta.id.as_str()).copied()).collect(),
            query_counts: rules.iter().map(|_| (AtomicU32::new(0), AtomicU32::new(0))).collect(),
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
    pub(in crate::policy) fn on_catalogue(&self, catalogue: &Catalogue) -> RuleResults {
        let reads = Reads::of(self.rules.iter().map(|rule| &*rule.meta));
        let (input, indexes) = catalogue_input(catalogue, &reads);
        let mut machines = self.machines();
        let limit = MAX_INSTRUCTIONS.saturating_add(MAX_INSTRUCTIONS_EACH.saturating_mul(indexes.len()));
        machines.max_instructions = limit;
        let all: Vec<usize> = (0..self.rules.len()).collect();
        let subject = Subject { input: &input, declaration: None, name: "the catalogue" };
        let mut results = self.execute_all(&mut machines, &subject, &all);
        restore_indexes(&mut results, &indexes);
        results
    }

    /// Returns the machines of a thread. No machine is created yet.
    pub(in crate::policy) fn machines(&self) -> Machines {
        let machines = (0..self.programs.len()).map(|_| None).collect();
        Machines { machines, max_instructions: MAX_INSTRUCTIONS }
    }

    fn machine(&self, program: &Arc<Program>, max_instructions: usize) -> RegoVM {
        let mut machine = RegoVM::new();
        machine.load_program(Arc::clone(program));
        machine.set_max_instructions(max_instructions);
        if !self.bundled {
            // The time limit is long, because wall-clock time depends on the load. The limit on instructions does not.
            let runs = u32::try_from(self.rules.len()).unwrap_or(u32::MAX).saturating_mul(PATIENCE);
            machine.set_execution_timer_config(Some(self.budget.timer(runs)));
        }
        machine
    }

    /// Runs the rules that may apply to a declaration.
    pub(in crate::policy) fn run(
        &self,
        machines: &mut Machines,
        root: &Node,
        declaration: usize,
        name: &str,
    ) -> RuleResults {
        let requested = self.applicable_rules(root);
        if requested.is_empty() {
            return RuleResults::default();
        }
        self.execute_all(
            machines,
            &Subject { input: &from_node(root), declaration: Some(declaration), name },
            &requested,
        )
    }

    /// The rules that may apply to a declaration.
    fn applicable_rules(&self, root: &Node) -> Vec<usize> {
        let all = 0..self.rules.len();
        let Some(applicable) = &self.applicable else { return all.collect() };
        // The index is not queried for a rule that it rarely excludes. The findings are the same.
        let rarely_excludes = |(queried, may): &(AtomicU32, AtomicU32)| {
            let queried = queried.load(Relaxed);
            queried >= MIN_QUERIES && may.load(Relaxed) >= queried - queried / 16
        };
        let roots = self.roots.iter().zip(&self.query_counts);
        let roots: Vec<Option<usize>> =
            roots.map(|(root, query_counts)| root.filter(|_| !rarely_excludes(query_counts))).collect();
        if roots.iter().all(Option::is_none) {
            return all.collect();
        }
        let may = applicable.may_apply(root, roots.iter().copied());
        for ((root, (queried, yes)), may) in roots.iter().zip(&self.query_counts).zip(&may) {
            if root.is_some() {
                yes.fetch_add(u32::from(*may), Relaxed);
                queried.fetch_add(1, Relaxed);
            }
        }
        all.zip(may).filter(|(_, may)| *may).map(|(at, _)| at).collect()
    }

    fn execute_all(&self, machines: &mut Machines, subject: &Subject<'_>, requested: &[usize]) -> RuleResults {
        let mut results = RuleResults::default();
        for at in requested.iter().filter(|at| self.program_indexes.get(**at).is_none_or(Option::is_none)) {
            self.add_failure(*at, subject, "it is in no program", &mut results);
        }
        let Machines { machines, max_instructions } = machines;
        for (part, machine) in machines.iter_mut().enumerate() {
            let here =
                requested.iter().copied().filter(|at| self.program_indexes.get(*at).copied().flatten() == Some(part));
            let here: Vec<usize> = here.collect();
            if here.is_empty() {
                continue;
            }
            let Some(program) = self.programs.get(part) else {
                for at in here {
                    self.add_failure(at, subject, "its program cannot be read", &mut results);
                }
                continue;
            };
            let machine = machine.get_or_insert_with(|| self.machine(program, *max_instructions));
            match self.execute(machine, subject, &here) {
                Ok(by_rule) => self.add_findings(&by_rule, subject, &here, &mut results),
                Err(_) if self.bundled => self.execute_each(machine, subject, &here, &mut results),
                Err(error) => self.diagnose(subject, &here, &error, &mut results),
            }
        }
        results
    }

    /// Runs the requested rules. Returns `{rule id: findings}`.
    fn execute(&self, machine: &mut RegoVM, subject: &Subject<'_>, requested: &[usize]) -> Result<Value, String> {
        let requests: Vec<Value> = requested.iter().filter_map(|at| self.requests.get(*at).cloned()).collect();
        let leaver = Value::from("leaver");
        let shared = self.data[&leaver].clone();
        let data = Value::from(BTreeMap::from([(leaver, shared), (Value::from(REQUESTED), Value::from(requests))]));
        machine.set_data(data).map_err(|error| error.to_string())?;
        machine.set_input(subject.input.clone());
        let found = machine.execute().map_err(|error| error.to_string())?;
        if found.as_object().is_err() { Err("the program returned no result".to_owned()) } else { Ok(found) }
    }

    fn add_findings(&self, by_rule: &Value, subject: &Subject<'_>, requested: &[usize], results: &mut RuleResults) {
        let name = subject.name;
        let mut tally = Tally::new(Bounds::in_process(self.budget));
        for rule in requested.iter().filter_map(|at| self.rules.get(*at)) {
            let id = &rule.meta.id;
            let Ok(found) = by_rule[id.as_str()].as_set() else {
                results.failures.push(failure(id, format!("rule `{id}` returned no set of findings for {name}")));
                continue;
            };
            for value in found {
                if tally.is_full(id) {
                    break;
                }
                match verdict(id, subject.declaration, value) {
                    Ok(verdict) => tally.add(verdict, results),
                    Err(reason) => tally.fail(failure(id, format!("rule `{id}` on {name}: {reason}")), results),
                }
            }
        }
    }

    /// Evaluates each rule separately after the program failed. The message then names the faulty rule, and the findings of the other rules still
    /// count.
    fn execute_each(
        &self,
        machine: &mut RegoVM,
        subject: &Subject<'_>,
        requested: &[usize],
        results: &mut RuleResults,
    ) {
        for at in requested {
            match self.execute(machine, subject, &[*at]) {
                Ok(by_rule) => self.add_findings(&by_rule, subject, &[*at], results),
                Err(error) => self.add_failure(*at, subject, &reason(&error), results),
            }
        }
    }

    fn add_failure(&self, at: usize, subject: &Subject<'_>, reason: &str, results: &mut RuleResults) {
        let Some(id) = self.rules.get(at).map(|rule| &rule.meta.id) else { return };
        results.failures.push(failure(id, format!("rule `{id}` failed on {}: {reason}", subject.name)));
    }

    /// Like `execute_each`, but for users' rules and in the interpreter, which is strict about errors in builtins.
    fn diagnose(&self, subject: &Subject<'_>, requested: &[usize], error: &str, results: &mut RuleResults) {
        let mut tally = Tally::new(Bounds::in_process(self.budget));
        match Interpreter::new(self.set.modules(&self.rules), self.data.clone(), self.budget, false) {
            Ok(mut interpreter) => {
                for (at, rule) in requested.iter().filter_map(|at| Some((*at, self.rules.get(*at)?))) {
                    match interpreter.eval(&Task::from(*rule), subject.input.clone(), subject.declaration) {
                        Ok(verdicts) => verdicts.into_iter().for_each(|verdict| tally.add(verdict, results)),
                        Err(reason) => self.add_failure(at, subject, &reason, results),
                    }
                }
            }
            Err((path, reason)) => {
                results.failures.push(engine_failure(None, &format!("`{path}` does not compile"), &reason));
            }
        }
        if results.failures.is_empty() {
            results.failures.push(engine_failure(None, &format!("the rules failed on {}", subject.name), error));
        }
    }
}
