//! Judging a catalogue by the bundled rules: one compiled program for each kind of declaration, one virtual machine a thread, one
//! query a declaration. Rules of users go through `isolate`.

pub(super) mod quota;

use std::{collections::BTreeSet, num::NonZeroU32, sync::Arc, time::Duration};

use quota::{Bounds, Tally};
use rayon::prelude::*;
use regorus::{
    Value,
    rvm::{program::Program, vm::RegoVM},
    utils::limits::ExecutionTimerConfig,
};

use super::{
    compiled::{CATALOGUE, members, program},
    interpret::{Interpreter, Task},
    load::{PolicySet, RuleSource},
    value::{Reads, from_node, verdict},
};
use crate::{
    finding::Verdict,
    model::{Catalogue, Declaration},
    report::{Code, Failure},
    rule::RuleId,
};

/// Instructions of one run of the virtual machine; a catalogue of 100,000 apps in one query stays below.
const INSTRUCTIONS: usize = 2_000_000_000;

/// What policies may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// One rule on one declaration.
    pub rule: Duration,
    /// All of a user's rules together.
    pub total: Duration,
    /// Address space of the child that runs a user's rules.
    pub memory_mib: u64,
    /// Findings that a report may have.
    pub findings: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { rule: Duration::from_secs(2), total: Duration::from_secs(60), memory_mib: 600, findings: 100_000 }
    }
}

impl Budget {
    pub(super) fn timer(&self, runs: u32) -> ExecutionTimerConfig {
        let check_interval = NonZeroU32::new(1_000).unwrap_or(NonZeroU32::MIN);
        ExecutionTimerConfig { limit: self.rule.saturating_mul(runs), check_interval }
    }
}

/// What the rules said, and what could not be judged.
#[derive(Debug, Default)]
pub struct Judgement {
    /// In no particular order.
    pub verdicts: Vec<Verdict>,
    /// Rules that failed.
    pub failures: Vec<Failure>,
}

/// Declarations that are judged before what was found is counted: enough to keep every thread busy, and few enough to hold all of it.
const BATCH: usize = 256;

/// Judges every well-formed declaration by the rules of `set`, but for those that are settled, by index: they are only seen by rules on the
/// whole catalogue. `progress` is told after each declaration.
pub fn judge(
    set: &PolicySet,
    catalogue: &Catalogue,
    settled: &BTreeSet<usize>,
    data: &Value,
    budget: Budget,
    progress: &(dyn Fn() + Sync),
) -> Judgement {
    let by_kind = |kind: &&str| -> Judgement {
        let judged: Vec<(usize, &Declaration)> = catalogue
            .evaluated()
            .filter(|(index, declaration)| {
                declaration.kind == *kind && declaration.well_formed && !settled.contains(index)
            })
            .collect();
        let rules = members(set, kind);
        if judged.is_empty() || rules.is_empty() {
            (0..judged.len()).for_each(|_| progress());
            return Judgement::default();
        }
        let group = match Group::compile(kind, set, &rules, data, budget) {
            Ok(group) => group,
            Err(failures) => return Judgement { verdicts: Vec::new(), failures },
        };
        let mut tally = Tally::new(Bounds::here(budget));
        let mut judgement = Judgement::default();
        // Counted in the order of the catalogue, so that what is kept does not depend on threads.
        for batch in judged.chunks(BATCH) {
            let parts: Vec<Judgement> = batch
                .par_iter()
                .map_init(
                    || group.machine(),
                    |machine, (index, declaration)| {
                        let input = from_node(&declaration.root);
                        let judgement = group.run(machine, &input, Some(*index), &declaration.name);
                        progress();
                        judgement
                    },
                )
                .collect();
            for part in parts {
                tally.append(part, &mut judgement);
            }
        }
        judgement
    };
    // The rules on the whole catalogue are one long task: beside the others, not after them.
    let (whole, kinds) = rayon::join(
        || judge_catalogue(set, catalogue, data, budget),
        || crate::schema::KINDS.par_iter().map(by_kind).collect::<Vec<_>>(),
    );
    let mut tally = Tally::new(Bounds::here(budget));
    let mut judgement = Judgement::default();
    kinds.into_iter().chain([whole]).for_each(|part| tally.append(part, &mut judgement));
    judgement
}

fn judge_catalogue(set: &PolicySet, catalogue: &Catalogue, data: &Value, budget: Budget) -> Judgement {
    let rules = members(set, CATALOGUE);
    if rules.is_empty() || catalogue.own().is_empty() {
        return Judgement::default();
    }
    let group = match Group::compile(CATALOGUE, set, &rules, data, budget) {
        Ok(group) => group,
        Err(failures) => return Judgement { verdicts: Vec::new(), failures },
    };
    group.on_catalogue(catalogue)
}

/// `{"declarations": […]}` of what is read of the well-formed declarations, and the index in the catalogue of each.
pub(super) fn catalogue_input(catalogue: &Catalogue, reads: &Reads) -> (Value, Vec<usize>) {
    let (indexes, values): (Vec<usize>, Vec<Value>) =
        well_formed(catalogue).map(|(index, declaration)| (index, reads.value(&declaration.root))).unzip();
    let input = Value::from(std::collections::BTreeMap::from([(Value::from("declarations"), Value::from(values))]));
    (input, indexes)
}

/// The declarations that rules on the catalogue see, with their index in it.
pub(super) fn well_formed(catalogue: &Catalogue) -> impl Iterator<Item = (usize, &Declaration)> {
    catalogue.own().iter().enumerate().filter(|(_, declaration)| declaration.well_formed)
}

/// Turns indexes into `input.declarations` into indexes into the catalogue.
pub(super) fn restore_indexes(judgement: &mut Judgement, indexes: &[usize]) {
    let mut verdicts = Vec::with_capacity(judgement.verdicts.len());
    let mut tally = Tally::new(Bounds::here(Budget::default()));
    for mut verdict in std::mem::take(&mut judgement.verdicts) {
        let Some(index) = indexes.get(verdict.declaration) else {
            let message =
                format!("rule `{}` names declaration {}, which does not exist", verdict.rule, verdict.declaration);
            tally.fail(failure(&verdict.rule, message), judgement);
            continue;
        };
        verdict.declaration = *index;
        for related in &mut verdict.related {
            if let crate::finding::Target::Index(at) = &mut related.target {
                *at = indexes.get(*at).copied().unwrap_or(usize::MAX);
            }
        }
        verdicts.push(verdict);
    }
    judgement.verdicts = verdicts;
}

pub(super) fn failure(rule: &RuleId, message: String) -> Failure {
    let help = Some(format!(
        "fix the rule; `leaver test` runs its examples, `leaver explain {rule}` shows where it comes from"
    ));
    Failure { help, ..Failure::new(Code::Policy, message).of(rule.clone()) }
}

/// Rules that see the same input, compiled into one program whose result is `{rule id: findings}`.
pub(super) struct Group<'a> {
    pub(super) set: &'a PolicySet,
    pub(super) rules: Vec<&'a RuleSource>,
    pub(super) program: Arc<Program>,
    pub(super) data: &'a Value,
    pub(super) budget: Budget,
}

impl<'a> Group<'a> {
    fn compile(
        name: &str,
        set: &'a PolicySet,
        rules: &[&'a RuleSource],
        data: &'a Value,
        budget: Budget,
    ) -> Result<Self, Vec<Failure>> {
        Ok(Self { set, rules: rules.to_vec(), program: program(name, set, rules, budget)?, data, budget })
    }

    /// Runs rules on the whole catalogue.
    pub(super) fn on_catalogue(&self, catalogue: &Catalogue) -> Judgement {
        let reads = Reads::of(self.rules.iter().map(|rule| &*rule.meta));
        let (input, indexes) = catalogue_input(catalogue, &reads);
        let mut judgement = self.run(&mut self.machine(), &input, None, "the catalogue");
        restore_indexes(&mut judgement, &indexes);
        judgement
    }

    pub(super) fn machine(&self) -> Result<RegoVM, String> {
        let mut machine = RegoVM::new();
        machine.load_program(Arc::clone(&self.program));
        machine.set_data(self.data.clone()).map_err(|error| error.to_string())?;
        machine.set_max_instructions(INSTRUCTIONS);
        machine
            .set_execution_timer_config(Some(self.budget.timer(u32::try_from(self.rules.len()).unwrap_or(u32::MAX))));
        Ok(machine)
    }

    pub(super) fn run(
        &self,
        machine: &mut Result<RegoVM, String>,
        input: &Value,
        declaration: Option<usize>,
        name: &str,
    ) -> Judgement {
        let result = match machine {
            Ok(machine) => {
                machine.set_input(input.clone());
                machine.execute().map_err(|error| error.to_string())
            }
            Err(error) => Err(error.clone()),
        };
        let mut judgement = Judgement::default();
        let mut tally = Tally::new(Bounds::here(self.budget));
        let Ok(Ok(by_rule)) = result.as_ref().map(Value::as_object) else {
            return self.diagnose(input, declaration, name, result.err());
        };
        for rule in &self.rules {
            let id = &rule.meta.id;
            let Some(Ok(found)) = by_rule.get(&Value::from(id.as_str())).map(Value::as_set) else {
                judgement.failures.push(failure(id, format!("rule `{id}` gave no set of findings on {name}")));
                continue;
            };
            for value in found {
                if tally.is_full(id) {
                    break;
                }
                match verdict(id, declaration, value) {
                    Ok(verdict) => tally.add(verdict, &mut judgement),
                    Err(reason) => {
                        tally.fail(failure(id, format!("rule `{id}` on {name}: {reason}")), &mut judgement);
                    }
                }
            }
        }
        judgement
    }

    /// The program failed as a whole: run rule by rule in the interpreter, so that the message names the rule and the others count.
    fn diagnose(&self, input: &Value, declaration: Option<usize>, name: &str, error: Option<String>) -> Judgement {
        let mut judgement = Judgement::default();
        let mut tally = Tally::new(Bounds::here(self.budget));
        match Interpreter::new(self.set.modules(&self.rules), self.data.clone(), self.budget, false) {
            Ok(mut interpreter) => {
                for rule in &self.rules {
                    match interpreter.eval(&Task::from(*rule), input.clone(), declaration) {
                        Ok(verdicts) => verdicts.into_iter().for_each(|verdict| tally.add(verdict, &mut judgement)),
                        Err(reason) => {
                            judgement.failures.push(failure(
                                &rule.meta.id,
                                format!("rule `{}` failed on {name}: {reason}", rule.meta.id),
                            ));
                        }
                    }
                }
            }
            Err((path, reason)) => {
                judgement.failures.push(engine_failure(None, &format!("`{path}` does not compile"), &reason));
            }
        }
        if judgement.failures.is_empty() {
            let reason = error.unwrap_or_else(|| "the program gave no result".into());
            judgement.failures.push(engine_failure(None, &format!("the rules failed on {name}"), &reason));
        }
        judgement
    }
}

/// The engine's errors are several lines with an excerpt; the last line is the reason, the arrow line the place.
pub(super) fn engine_failure(rule: Option<&RuleId>, what: &str, error: &str) -> Failure {
    Failure { rule: rule.cloned(), ..Failure::new(Code::Policy, format!("{what}: {}", reason(error))) }
}

/// `policies/x/rule.rego:3:1: expected …` out of the engine's drawing.
pub(super) fn reason(error: &str) -> String {
    let place = error.lines().find_map(|line| line.trim().strip_prefix("--> "));
    let cause = error.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason given");
    let cause = cause.strip_prefix("error: ").unwrap_or(cause);
    let cause = time_up(cause).unwrap_or_else(|| cause.to_owned());
    place.map_or_else(|| cause.clone(), |place| format!("{place}: {cause}"))
}

/// Both evaluators say how long it took, which no two runs would say the same, and the limit: in nanoseconds or as a `Duration`.
fn time_up(cause: &str) -> Option<String> {
    let (_, facts) = cause.split_once("exceeded time limit (")?;
    let limit = facts.split_once("limit=")?.1.split([',', ')']).next()?;
    let unit = limit.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: u128 = limit.strip_suffix(unit)?.parse().ok()?;
    let millis = match unit {
        "s" => number.saturating_mul(1_000),
        "ms" => number,
        "ns" => number / 1_000_000,
        _ => return Some(format!("took longer than {limit}")),
    };
    Some(format!("took longer than {millis} ms"))
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn a_reason_is_one_line_that_says_the_same_each_time() {
        for (error, says) in [
            ("error: x\n", "x"),
            ("\n--> p/a/rule.rego:3:1\n  |\nerror: expected `}`", "p/a/rule.rego:3:1: expected `}`"),
            ("execution exceeded time limit (elapsed=59567992ns, limit=50000000ns)", "took longer than 50 ms"),
            ("Execution exceeded time limit (elapsed=2.0001s, limit=2s, pc=17)", "took longer than 2000 ms"),
            ("Execution exceeded time limit (elapsed=51ms, limit=50ms, pc=17)", "took longer than 50 ms"),
            ("Execution exceeded time limit (elapsed=3s, limit=2.5s, pc=17)", "took longer than 2.5s"),
            ("", "no reason given"),
        ] {
            assert_eq!(reason(error), says);
        }
    }
}
