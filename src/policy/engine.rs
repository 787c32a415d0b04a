//! Evaluates bundled rules on a catalogue. Each kind of declaration has compiled programs, each thread has its own virtual machines, and each
//! declaration is one query to each program. The module `isolate` evaluates users' rules.

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
    value::{Copies, Reads},
};
use crate::{
    finding::Verdict,
    interrupt,
    model::{Catalogue, Declaration},
    report::{Code, Failure},
    rule::RuleId,
};

/// Instruction limit for the rules on one declaration. These rules typically take about ten thousand instructions. Bundled rules have no time limit,
/// because the result would then depend on the load of the machine.
const MAX_INSTRUCTIONS: usize = 200_000_000;
/// Additional instruction limit for the rules on the whole catalogue, per declaration. These rules typically take a few hundred instructions per
/// declaration.
const MAX_INSTRUCTIONS_EACH: usize = 50_000;

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
pub struct RuleResults {
    /// The verdicts, in no particular order.
    pub verdicts: Vec<Verdict>,
    /// Rules that failed.
    pub failures: Vec<Failure>,
}

/// Number of declarations that are evaluated before their findings are counted: enough for all threads, but few enough that all findings fit into
/// memory.
const BATCH: usize = 256;

/// Cache of verdicts. All threads use it.
pub trait VerdictCache: Sync {
    /// Whether the cache has verdicts on the declaration at this index. Cached verdicts come from an equal declaration, equal rules and equal data.
    fn is_cached(&self, index: usize) -> bool;

    /// The cached verdicts on the declaration at this index.
    fn cached(&self, index: usize) -> Option<Vec<Verdict>>;

    /// Stores the verdicts on the declaration at this index by all rules on its kind. None of these rules failed.
    fn store(&self, index: usize, verdicts: &[Verdict]);
}

/// How declarations are evaluated. The mode never changes a verdict.
#[derive(Clone, Copy)]
struct Mode<'a> {
    cache: Option<&'a dyn VerdictCache>,
    /// Whether the index selects the rules that can find something in a declaration.
    indexed: bool,
}

/// Evaluates the rules of `set` on every well-formed declaration. Rules on single declarations do not see the declarations with the indexes in
/// `skipped`. `progress` is called after each declaration.
pub fn run_rules(
    set: &PolicySet,
    catalogue: &Catalogue,
    skipped: &BTreeSet<usize>,
    data: &Value,
    budget: Budget,
    progress: &(dyn Fn() + Sync),
) -> RuleResults {
    run_with_mode(set, catalogue, skipped, data, budget, progress, Mode { cache: None, indexed: true })
}

/// Like [`run_rules`], with cached verdicts.
pub fn run_rules_with_cache(
    set: &PolicySet,
    catalogue: &Catalogue,
    skipped: &BTreeSet<usize>,
    data: &Value,
    budget: Budget,
    cache: &dyn VerdictCache,
    progress: &(dyn Fn() + Sync),
) -> RuleResults {
    run_with_mode(set, catalogue, skipped, data, budget, progress, Mode { cache: Some(cache), indexed: true })
}

/// Like [`run_rules`], but without the index: evaluates every rule on every declaration. Tests compare the results.
#[doc(hidden)]
pub fn run_all_rules(set: &PolicySet, catalogue: &Catalogue, data: &Value, budget: Budget) -> RuleResults {
    run_with_mode(set, catalogue, &BTreeSet::new(), data, budget, &|| {}, Mode { cache: None, indexed: false })
}

fn run_with_mode(
    set: &PolicySet,
    catalogue: &Catalogue,
    skipped: &BTreeSet<usize>,
    data: &Value,
    budget: Budget,
    progress: &(dyn Fn() + Sync),
    Mode { cache, indexed }: Mode<'_>,
) -> RuleResults {
    let by_kind = |kind: &&str| -> RuleResults {
        let evaluated: Vec<(usize, &Declaration)> = catalogue
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
        if (evaluated.is_empty() && replaced.is_empty()) || rules.is_empty() {
            (0..evaluated.len()).for_each(|_| progress());
            return RuleResults::default();
        }
        // If all verdicts on a kind are cached, the rules are not compiled.
        let all_cached = replaced.is_empty()
            && cache.is_some_and(|cache| evaluated.iter().all(|(index, _)| cache.is_cached(*index)));
        let programs = match (!all_cached).then(|| programs(kind, set, &rules, budget)).transpose() {
            Ok(programs) => programs,
            Err(failures) => return RuleResults { verdicts: Vec::new(), failures },
        };
        let index = programs.as_ref().filter(|_| indexed).map(|_| index(kind, set, &rules));
        let group = programs.as_ref().map(|programs| Group::new(set, rules, programs, data, budget, index.as_deref()));
        let mut tally = Tally::new(Bounds::in_process(budget));
        let mut results = RuleResults::default();
        // Findings are counted in catalogue order, so that a limit keeps the same findings regardless of threads and cache.
        for batch in evaluated.chunks(BATCH) {
            let parts: Vec<RuleResults> = batch
                .par_iter()
                .map_init(
                    || None,
                    |machines, (index, declaration)| {
                        let cached = cache.and_then(|cache| cache.cached(*index));
                        let results = match (cached, &group) {
                            (Some(verdicts), _) => RuleResults { verdicts, failures: Vec::new() },
                            (None, None) => RuleResults::default(),
                            (None, Some(group)) => {
                                let machines = machines.get_or_insert_with(|| group.machines());
                                let results = group.run(machines, &declaration.root, *index, &declaration.name);
                                if let Some(cache) = cache.filter(|_| results.failures.is_empty()) {
                                    cache.store(*index, &results.verdicts);
                                }
                                results
                            }
                        };
                        progress();
                        interrupt::poll();
                        results
                    },
                )
                .collect();
            for part in parts {
                tally.append(part, &mut results);
            }
        }
        if let Some(programs) = programs.as_ref().filter(|_| !replaced.is_empty()) {
            let group = Group::new(set, secrets, programs, data, budget, index.as_deref());
            let mut machines = group.machines();
            for (index, declaration) in replaced {
                tally.append(group.run(&mut machines, &declaration.root, index, &declaration.name), &mut results);
            }
        }
        results
    };
    // The rules on the whole catalogue are one long task, so they run in parallel with the other rules.
    let (whole, kinds) = rayon::join(
        || run_catalogue_rules(set, catalogue, data, budget),
        || crate::model::KINDS.par_iter().map(by_kind).collect::<Vec<_>>(),
    );
    let mut tally = Tally::new(Bounds::in_process(budget));
    let mut results = RuleResults::default();
    kinds.into_iter().chain([whole]).for_each(|part| tally.append(part, &mut results));
    results
}

fn run_catalogue_rules(set: &PolicySet, catalogue: &Catalogue, data: &Value, budget: Budget) -> RuleResults {
    let rules = members(set, CATALOGUE);
    if rules.is_empty() || catalogue.own().is_empty() {
        return RuleResults::default();
    }
    match programs(CATALOGUE, set, &rules, budget) {
        Ok(programs) => Group::new(set, rules, &programs, data, budget, None).on_catalogue(catalogue),
        Err(failures) => RuleResults { verdicts: Vec::new(), failures },
    }
}

/// Returns the input `{"declarations": […]}` of rules on the whole catalogue, and the catalogue index of each entry. An entry has only the parts of a
/// declaration that the rules read.
pub(super) fn catalogue_input(catalogue: &Catalogue, reads: &Reads) -> (Value, Vec<usize>) {
    let mut copies = Copies::default();
    let parts = well_formed(catalogue).map(|(index, declaration)| (index, reads.value(&declaration.root, &mut copies)));
    let (indexes, values): (Vec<usize>, Vec<Value>) = parts.unzip();
    let input = Value::from(std::collections::BTreeMap::from([(Value::from("declarations"), Value::from(values))]));
    (input, indexes)
}

/// The user's well-formed declarations with their catalogue indexes.
pub(super) fn well_formed(catalogue: &Catalogue) -> impl Iterator<Item = (usize, &Declaration)> {
    catalogue.own().iter().enumerate().filter(|(_, declaration)| declaration.well_formed)
}

/// Converts indexes in `input.declarations` to catalogue indexes.
pub(super) fn restore_indexes(results: &mut RuleResults, indexes: &[usize]) {
    let mut verdicts = Vec::with_capacity(results.verdicts.len());
    let mut tally = Tally::new(Bounds::in_process(Budget::default()));
    for mut verdict in std::mem::take(&mut results.verdicts) {
        let Some(index) = indexes.get(verdict.declaration) else {
            let message =
                format!("rule `{}` names declaration {}, which does not exist", verdict.rule, verdict.declaration);
            tally.fail(failure(&verdict.rule, message), results);
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
    results.verdicts = verdicts;
}

pub(super) fn failure(rule: &RuleId, message: String) -> Failure {
    let help = Some(format!(
        "fix the rule; `leaver test` runs its examples, `leaver explain {rule}` shows where it comes from"
    ));
    Failure { help, ..Failure::new(Code::Policy, message).of(rule.clone()) }
}

/// A failure with the reason from the engine's error.
pub(super) fn engine_failure(rule: Option<&RuleId>, what: &str, error: &str) -> Failure {
    Failure { rule: rule.cloned(), ..Failure::new(Code::Policy, format!("{what}: {}", reason(error))) }
}

/// Extracts `policies/x/rule.rego:3:1: expected …` from the engine's error. The error has several lines: the last line has the reason, and the line
/// with the arrow has the place.
pub(super) fn reason(error: &str) -> String {
    let place = error.lines().find_map(|line| line.trim().strip_prefix("--> "));
    let cause = error.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason given");
    let cause = match cause.strip_prefix("error: ").unwrap_or(cause) {
        "expecting" => "an expression is missing",
        cause => cause,
    };
    let cause = timeout_reason(cause).or_else(|| instruction_reason(cause)).unwrap_or_else(|| cause.to_owned());
    place.map_or_else(|| cause.clone(), |place| format!("{place}: {cause}"))
}

/// Whether an evaluator stopped because of its time limit.
pub(super) fn is_timeout(error: &str) -> bool {
    error.contains("exceeded time limit (")
}

/// Shortens the timeout errors of both evaluators to the limit in milliseconds, because the elapsed time differs from run to run.
fn timeout_reason(cause: &str) -> Option<String> {
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

/// Shortens an error about the instruction limit to the limit, because the position in the program does not help users.
fn instruction_reason(cause: &str) -> Option<String> {
    let (_, facts) = cause.split_once("exceeded maximum instruction limit of ")?;
    let limit = facts.split(' ').next()?;
    Some(format!("took more than {limit} steps of the engine"))
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn reasons_are_one_line_without_varying_details() {
        for (error, expected_text) in [
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
            ("\n--> <query.rego>:1:4\n  |\nerror: expecting", "<query.rego>:1:4: an expression is missing"),
            ("", "no reason given"),
        ] {
            assert_eq!(reason(error), expected_text);
        }
    }
}
