//! Runs users' rules in a worker process with limits on memory and time. A hostile rule results in a failure that names the rule; all other rules are
//! still evaluated.

use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, Instant},
};

use regorus::Value;
use serde::{Deserialize, Serialize};

use super::{
    child::{Child, GRACE, NoResponse, clock::PATIENCE},
    engine::{
        Budget, RuleResults, engine_failure, failure,
        quota::{Bounds, MAX_FINDING_BYTES, Tally},
        restore_indexes, well_formed,
    },
    interpret::Task,
    load::{PolicySet, RuleSource},
    value::verdict,
};
use crate::{
    model::{Catalogue, Declaration},
    report::Failure,
    rule::{RuleId, Scope},
};

mod child;

pub use child::worker;

/// The hidden command of the worker.
pub(crate) const WORKER: &str = "__worker";

#[derive(Serialize, Deserialize)]
struct Request {
    libraries: Vec<(String, String)>,
    tasks: Vec<Task>,
    /// For each task, the path and the text of its rule.
    rules: Vec<(String, String)>,
    data: serde_json::Value,
    /// Kinds and values of well-formed declarations: first the user's declarations, then the populations.
    declarations: Vec<(String, serde_json::Value)>,
    /// The number of the user's declarations. Rules on the whole catalogue see only these.
    own: usize,
    /// The indexes of Apps that are replaced by their populations. Of the rules on single declarations, only those that search for secrets see these
    /// Apps.
    replaced: BTreeSet<usize>,
    rule_millis: u64,
    total_seconds: u64,
    memory_mib: u64,
    bounds: Bounds,
}

/// Maximum size of a line in bytes: one finding as JSON with escapes.
const MAX_LINE: u64 = 4 * MAX_FINDING_BYTES as u64;

/// One line from the worker.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Message {
    Load {
        task: usize,
    },
    Begin {
        task: usize,
        declaration: usize,
    },
    Found {
        task: usize,
        declaration: Option<usize>,
        findings: Vec<serde_json::Value>,
    },
    Failed {
        task: usize,
        message: String,
    },
    /// The rule exceeded its limit of findings. The worker does not send the rest.
    Full {
        task: usize,
    },
    End {
        task: usize,
    },
    Done,
}

/// Evaluates the rules of `set` in a worker process started from `binary`.
pub fn run_isolated(
    set: &PolicySet,
    catalogue: &Catalogue,
    data: &Value,
    budget: Budget,
    binary: &Path,
) -> RuleResults {
    let mut rules: Vec<&RuleSource> = set.rules.values().collect();
    let populations = catalogue.populations().filter(|(_, population)| population.well_formed);
    let all: Vec<(usize, &Declaration)> = well_formed(catalogue).chain(populations).collect();
    let own = well_formed(catalogue).count();
    let is_replaced = |at: &usize| all.get(*at).is_some_and(|(_, declaration)| declaration.is_replaced());
    let replaced: BTreeSet<usize> = (0..own).filter(is_replaced).collect();
    let indexes: Vec<usize> = all.iter().map(|(index, _)| *index).collect();
    let value = |declaration: &Declaration| (declaration.kind.clone(), serde_json::Value::from(&*declaration.root));
    let declarations: Vec<(String, serde_json::Value)> =
        all.iter().map(|(_, declaration)| value(declaration)).collect();
    let on_catalogue = set.rules.iter().filter(|(_, rule)| rule.meta.scope == Scope::Catalogue);
    let on_catalogue: BTreeSet<&RuleId> = on_catalogue.map(|(id, _)| id).collect();
    let deadline = Instant::now() + budget.total;
    let bounds = Bounds::isolated(budget);
    let mut tally = Tally::new(bounds);
    let mut results = RuleResults::default();
    let data = match serde_json::to_value(data) {
        Ok(data) => data,
        Err(error) => {
            results.failures.push(engine_failure(None, "the data for your rules", &error.to_string()));
            return results;
        }
    };
    // Each round either completes all remaining rules or removes the rule during which the worker ended.
    while !rules.is_empty() {
        let request = Request {
            libraries: set.modules(&[]),
            rules: rules
                .iter()
                .map(|rule| (rule.module.file.path().to_owned(), rule.module.file.text().to_owned()))
                .collect(),
            tasks: rules.iter().map(|rule| Task::from(*rule)).collect(),
            data: data.clone(),
            declarations: declarations.clone(),
            own,
            replaced: replaced.clone(),
            rule_millis: u64::try_from(budget.rule.as_millis()).unwrap_or(u64::MAX),
            total_seconds: budget.total.as_secs(),
            memory_mib: budget.memory_mib,
            bounds,
        };
        let round = Round::run(&request, budget, deadline, &mut tally, binary);
        let mut part = round.results;
        let verdicts = std::mem::take(&mut part.verdicts).into_iter();
        let (whole, single) = verdicts.partition(|verdict| on_catalogue.contains(&verdict.rule));
        for (verdicts, indexes) in [(single, &indexes[..]), (whole, indexes.get(..own).unwrap_or_default())] {
            part.verdicts = verdicts;
            restore_indexes(&mut part, indexes);
            results.verdicts.append(&mut part.verdicts);
        }
        results.failures.append(&mut part.failures);
        match round.end {
            End::Done => break,
            End::Fatal(failure) => {
                results.failures.push(failure);
                break;
            }
            End::Lost { culprit, ended, reason } => {
                let Some(rule) = rules.get(culprit) else {
                    results.failures.push(worker_failure(&reason));
                    break;
                };
                results.failures.push(failure(&rule.meta.id, format!("rule `{}` {reason}", rule.meta.id)));
                rules = rules
                    .into_iter()
                    .enumerate()
                    .filter(|(at, _)| *at != culprit && !ended.contains(at))
                    .map(|(_, rule)| rule)
                    .collect();
            }
        }
    }
    results
}

enum End {
    Done,
    /// The worker ended or was stopped during a rule.
    Lost {
        culprit: usize,
        ended: Vec<usize>,
        reason: String,
    },
    /// The user's remaining rules cannot be evaluated.
    Fatal(Failure),
}

struct Round {
    results: RuleResults,
    end: End,
}

impl Round {
    fn run(request: &Request, budget: Budget, deadline: Instant, tally: &mut Tally, binary: &Path) -> Self {
        match Child::start(binary, WORKER, request, MAX_LINE) {
            Ok(child) => Self::listen(request, budget, deadline, tally, &mut |timeout| child.next(timeout)),
            Err(reason) => Self { results: RuleResults::default(), end: End::Fatal(worker_failure(&reason)) },
        }
    }

    /// Reads the worker's messages. The worker is leaver's own binary, but it may run hostile code. Therefore, an unexpected message ends the round.
    fn listen(
        request: &Request,
        budget: Budget,
        deadline: Instant,
        tally: &mut Tally,
        next: &mut dyn FnMut(Duration) -> Result<Message, NoResponse>,
    ) -> Self {
        let mut results = RuleResults::default();
        let mut ended = Vec::new();
        let mut current: Option<(usize, String)> = None;
        let unexpected = |results, what: &str| Self { results, end: End::Fatal(worker_failure(what)) };
        let reason = loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let message = match next(left.min((budget.rule + GRACE).saturating_mul(PATIENCE))) {
                Ok(message) => message,
                Err(NoResponse::Ended) => {
                    break format!(
                        "ended early: it ran out of memory (limit {} MiB) or recursed endlessly",
                        budget.memory_mib
                    );
                }
                Err(NoResponse::Invalid) => break "ended early: its response is invalid or too long".to_owned(),
                Err(NoResponse::TimedOut) if left <= budget.rule || Instant::now() >= deadline => {
                    break total_time_exceeded(budget);
                }
                Err(NoResponse::TimedOut) => break format!("was stopped after {} ms", budget.rule.as_millis()),
            };
            let Some((task, id)) =
                message.task().map_or(Some((0, None)), |task| Some((task, Some(rule_id(request, task)?))))
            else {
                return unexpected(results, "it sent a response for an unknown rule");
            };
            match (message, id) {
                (Message::Done, _) if ended.len() == request.tasks.len() => return Self { results, end: End::Done },
                (Message::Done, _) => return unexpected(results, "it ended before every rule had run"),
                (Message::Load { .. }, _) => current = Some((task, "(during compilation)".to_owned())),
                (Message::Begin { declaration, .. }, _) => {
                    let name = request
                        .declarations
                        .get(declaration)
                        .and_then(|(_, value)| value.pointer("/metadata/name")?.as_str());
                    current = Some((task, format!("on {}", name.unwrap_or("the catalogue"))));
                }
                (Message::Found { declaration, findings, .. }, Some(id)) => {
                    add_findings(&id, declaration, findings, tally, &mut results);
                }
                (Message::Failed { message, .. }, Some(id)) => {
                    tally.fail(failure(&id, format!("rule `{id}` {message}")), &mut results);
                }
                (Message::Full { .. }, Some(id)) => tally.mark_full(&id, &mut results),
                (Message::End { .. }, _) if !ended.contains(&task) => ended.push(task),
                _ => return unexpected(results, "it ended one rule twice"),
            }
            // Stops a worker that still sends messages after the deadline.
            if left.is_zero() {
                break total_time_exceeded(budget);
            }
        };
        let end = match current {
            Some((culprit, what)) => End::Lost { culprit, ended, reason: format!("{what} {reason}") },
            None => End::Fatal(worker_failure(&reason)),
        };
        Self { results, end }
    }
}

impl Message {
    /// The index of the task that the message names.
    fn task(&self) -> Option<usize> {
        match self {
            Self::Load { task }
            | Self::Begin { task, .. }
            | Self::Found { task, .. }
            | Self::Failed { task, .. }
            | Self::Full { task }
            | Self::End { task } => Some(*task),
            Self::Done => None,
        }
    }
}

fn total_time_exceeded(budget: Budget) -> String {
    format!("was stopped: all your rules together took longer than {} s", budget.total.as_secs())
}

/// The failure of a worker that cannot evaluate the user's remaining rules.
fn worker_failure(reason: &str) -> Failure {
    Failure {
        help: Some(
            "run it again; if the failure persists, raise `limits.memoryMiB` in leaver.yaml, or report it".into(),
        ),
        ..engine_failure(None, "the process that runs your rules", reason)
    }
}

fn rule_id(request: &Request, task: usize) -> Option<RuleId> {
    request.tasks.get(task)?.rule.parse().ok()
}

fn add_findings(
    id: &RuleId,
    declaration: Option<usize>,
    findings: Vec<serde_json::Value>,
    tally: &mut Tally,
    results: &mut RuleResults,
) {
    for finding in findings {
        if tally.is_full(id) {
            return;
        }
        match verdict(id, declaration, &Value::from(finding)) {
            Ok(verdict) => tally.add(verdict, results),
            Err(reason) => tally.fail(failure(id, format!("rule `{id}`: {reason}")), results),
        }
    }
}

#[cfg(test)]
mod tests;
