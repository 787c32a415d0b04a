//! Evaluates bundled rules on a catalogue: compiled programs for each kind of declaration, virtual machines per thread, one query per
//! declaration and program. Users' rules are evaluated by `isolate`.

mod group;
pub(super) mod quota;

use std::{collections::BTreeSet, num::NonZeroU32, time::Duration};

pub(super) use group::Group;
use quota::{Bounds, Tally};
use rayon::prelude::*;
use regorus::{Value, utils::limits::ExecutionTimerConfig};

use super::{
    compiled::{CATALOGUE, index, members, programs},
    load::{PolicySet, RuleSource},
    value::Reads,
};
use crate::{
    finding::Verdict,
    model::{Catalogue, Declaration},
    report::{Code, Failure},
    rule::RuleId,
};

/// Instruction limit for the rules on one declaration; a typical one takes some ten thousand. Bundled rules have no other limit: with a
/// time limit, the result would depend on the load of the machine.
const INSTRUCTIONS: usize = 200_000_000;
/// Instruction limit for the rules on the whole catalogue, for each declaration in it. They take some hundred.
const INSTRUCTIONS_EACH: usize = 50_000;

/// Limits on the cost of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Time for one user's rule on one declaration.
    pub rule: Duration,
    /// Time for all users' rules together.
    pub total: Duration,
    /// Address space of the worker.
    pub memory_mib: u64,
    /// Maximum number of findings in a report.
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

/// The verdicts, and the failures.
#[derive(Debug, Default)]
pub struct Judgement {
    /// In no particular order.
    pub verdicts: Vec<Verdict>,
    /// Rules that failed.
    pub failures: Vec<Failure>,
}

/// Number of declarations evaluated before findings are counted: enough to use all threads, and few enough to keep all results in memory.
const BATCH: usize = 256;

/// Cache of verdicts. Called from any thread.
pub trait Recall: Sync {
    /// Whether verdicts on the declaration at this index are cached, for its value, the rules of its kind and their data.
    fn knows(&self, index: usize) -> bool;

    /// The cached verdicts on the declaration at this index.
    fn recall(&self, index: usize) -> Option<Vec<Verdict>>;

    /// Stores the verdicts on the declaration at this index by all rules on its kind. None of these rules failed.
    fn keep(&self, index: usize, verdicts: &[Verdict]);
}

/// How declarations are evaluated; this never changes a verdict.
#[derive(Clone, Copy)]
struct Mode<'a> {
    recall: Option<&'a dyn Recall>,
    /// Only rules that can apply to a declaration are evaluated.
    indexed: bool,
}

/// Evaluates the rules of `set` on every well-formed declaration. Rules on single declarations do not see skipped ones (by index).
/// `progress` is called after each declaration.
pub fn judge(
    set: &PolicySet,
    catalogue: &Catalogue,
    skipped: &BTreeSet<usize>,
    data: &Value,
    budget: Budget,
    progress: &(dyn Fn() + Sync),
) -> Judgement {
    judged(set, catalogue, skipped, data, budget, progress, Mode { recall: None, indexed: true })
}

/// The same with cached verdicts.
pub fn judge_with(
    set: &PolicySet,
    catalogue: &Catalogue,
    skipped: &BTreeSet<usize>,
    data: &Value,
    budget: Budget,
    recall: &dyn Recall,
    progress: &(dyn Fn() + Sync),
) -> Judgement {
    judged(set, catalogue, skipped, data, budget, progress, Mode { recall: Some(recall), indexed: true })
}

/// The same, evaluating every rule on every declaration without the index, for comparison.
#[doc(hidden)]
pub fn judge_by_all(set: &PolicySet, catalogue: &Catalogue, data: &Value, budget: Budget) -> Judgement {
    judged(set, catalogue, &BTreeSet::new(), data, budget, &|| {}, Mode { recall: None, indexed: false })
}

fn judged(
    set: &PolicySet,
    catalogue: &Catalogue,
    skipped: &BTreeSet<usize>,
    data: &Value,
    budget: Budget,
    progress: &(dyn Fn() + Sync),
    Mode { recall, indexed }: Mode<'_>,
) -> Judgement {
    let by_kind = |kind: &&str| -> Judgement {
        let judged: Vec<(usize, &Declaration)> = catalogue
            .evaluated()
            .filter(|(index, declaration)| {
                declaration.kind == *kind && declaration.well_formed && !skipped.contains(index)
            })
            .collect();
        let rules = members(set, kind);
        let secrets: Vec<&RuleSource> = rules.iter().copied().filter(|rule| rule.meta.secret).collect();
        let replaced: Vec<(usize, &Declaration)> = catalogue
            .replaced()
            .filter(|(index, declaration)| {
                !secrets.is_empty() && declaration.kind == *kind && declaration.well_formed && !skipped.contains(index)
            })
            .collect();
        if (judged.is_empty() && replaced.is_empty()) || rules.is_empty() {
            (0..judged.len()).for_each(|_| progress());
            return Judgement::default();
        }
        // Nothing is compiled for a kind if all verdicts are cached.
        let all_known =
            replaced.is_empty() && recall.is_some_and(|recall| judged.iter().all(|(index, _)| recall.knows(*index)));
        let programs = match (!all_known).then(|| programs(kind, set, &rules, budget)).transpose() {
            Ok(programs) => programs,
            Err(failures) => return Judgement { verdicts: Vec::new(), failures },
        };
        let index = programs.as_ref().filter(|_| indexed).map(|_| index(kind, set, &rules));
        let group = programs.as_ref().map(|programs| Group::new(set, rules, programs, data, budget, index.as_ref()));
        let mut tally = Tally::new(Bounds::here(budget));
        let mut judgement = Judgement::default();
        // Counted in catalogue order, so that the kept findings do not depend on threads or the cache.
        for batch in judged.chunks(BATCH) {
            let parts: Vec<Judgement> = batch
                .par_iter()
                .map_init(
                    || None,
                    |machines, (index, declaration)| {
                        let recalled = recall.and_then(|recall| recall.recall(*index));
                        let judgement = match (recalled, &group) {
                            (Some(verdicts), _) => Judgement { verdicts, failures: Vec::new() },
                            (None, None) => Judgement::default(),
                            (None, Some(group)) => {
                                let machines = machines.get_or_insert_with(|| group.machines());
                                let judgement = group.run(machines, &declaration.root, *index, &declaration.name);
                                if let Some(recall) = recall.filter(|_| judgement.failures.is_empty()) {
                                    recall.keep(*index, &judgement.verdicts);
                                }
                                judgement
                            }
                        };
                        progress();
                        judgement
                    },
                )
                .collect();
            for part in parts {
                tally.append(part, &mut judgement);
            }
        }
        if let Some(programs) = programs.as_ref().filter(|_| !replaced.is_empty()) {
            let group = Group::new(set, secrets, programs, data, budget, index.as_ref());
            let mut machines = group.machines();
            for (index, declaration) in replaced {
                tally.append(group.run(&mut machines, &declaration.root, index, &declaration.name), &mut judgement);
            }
        }
        judgement
    };
    // The rules on the whole catalogue are one long task, so they run in parallel with the others.
    let (whole, kinds) = rayon::join(
        || judge_catalogue(set, catalogue, data, budget),
        || crate::model::KINDS.par_iter().map(by_kind).collect::<Vec<_>>(),
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
    match programs(CATALOGUE, set, &rules, budget) {
        Ok(programs) => Group::new(set, rules, &programs, data, budget, None).on_catalogue(catalogue),
        Err(failures) => Judgement { verdicts: Vec::new(), failures },
    }
}

/// `{"declarations": […]}` with the parts of well-formed declarations that are read, and the catalogue index of each.
pub(super) fn catalogue_input(catalogue: &Catalogue, reads: &Reads) -> (Value, Vec<usize>) {
    let (indexes, values): (Vec<usize>, Vec<Value>) =
        well_formed(catalogue).map(|(index, declaration)| (index, reads.value(&declaration.root))).unzip();
    let input = Value::from(std::collections::BTreeMap::from([(Value::from("declarations"), Value::from(values))]));
    (input, indexes)
}

/// The declarations that rules on the catalogue see, with their catalogue indexes.
pub(super) fn well_formed(catalogue: &Catalogue) -> impl Iterator<Item = (usize, &Declaration)> {
    catalogue.own().iter().enumerate().filter(|(_, declaration)| declaration.well_formed)
}

/// Converts indexes in `input.declarations` to catalogue indexes.
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

/// The engine's errors have several lines with an excerpt; the last line is the reason, the arrow line is the place.
pub(super) fn engine_failure(rule: Option<&RuleId>, what: &str, error: &str) -> Failure {
    Failure { rule: rule.cloned(), ..Failure::new(Code::Policy, format!("{what}: {}", reason(error))) }
}

/// Extracts `policies/x/rule.rego:3:1: expected …` from the engine's error.
pub(super) fn reason(error: &str) -> String {
    let place = error.lines().find_map(|line| line.trim().strip_prefix("--> "));
    let cause = error.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason given");
    let cause = cause.strip_prefix("error: ").unwrap_or(cause);
    let cause = time_up(cause).or_else(|| steps_up(cause)).unwrap_or_else(|| cause.to_owned());
    place.map_or_else(|| cause.clone(), |place| format!("{place}: {cause}"))
}

/// Removes the elapsed time and the limit from timeout errors of both evaluators, since they differ from run to run.
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

/// Removes the position in the program, which is useless to users.
fn steps_up(cause: &str) -> Option<String> {
    let (_, facts) = cause.split_once("exceeded maximum instruction limit of ")?;
    let limit = facts.split(' ').next()?;
    Some(format!("took more than {limit} steps of the engine"))
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
            (
                "Execution stopped: exceeded maximum instruction limit of 500 after 500 instructions (pc=17)",
                "took more than 500 steps of the engine",
            ),
            ("", "no reason given"),
        ] {
            assert_eq!(reason(error), says);
        }
    }
}
