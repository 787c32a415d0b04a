//! Rules that leaver does not ship run in a child of the same binary, with limits of memory and time, so that a hostile one ends
//! as a failure that names it while everything else is still judged.

use std::{
    io::{self, Write},
    path::Path,
    time::{Duration, Instant},
};

use regorus::Value;
use serde::{Deserialize, Serialize};

use super::{
    child::{Child, GRACE, Silence, limit, say},
    engine::{
        Budget, Judgement, engine_failure, failure,
        quota::{Bounds, FINDING_BYTES, Tally, too_large},
        restore_indexes, well_formed,
    },
    index::{Applicable, Index, derive},
    interpret::{Interpreter, Task},
    load::{PolicySet, RuleSource},
    program::package_path,
    value::verdict,
};
use crate::{model::Catalogue, report::Failure, rule::RuleId};

/// The hidden command of the child.
pub(crate) const WORKER: &str = "__worker";

#[derive(Serialize, Deserialize)]
struct Order {
    libraries: Vec<(String, String)>,
    tasks: Vec<Task>,
    /// Path and text of the rule of each task.
    rules: Vec<(String, String)>,
    data: serde_json::Value,
    /// Kind and value of each well-formed declaration.
    declarations: Vec<(String, serde_json::Value)>,
    rule_millis: u64,
    total_seconds: u64,
    memory_mib: u64,
    bounds: Bounds,
}

/// Bytes of one line: a finding at most, and what its escapes and its frame take.
const LINE: u64 = 4 * FINDING_BYTES as u64;
/// Bytes of findings that are put into one line.
const BATCH: usize = 64 * 1024;

/// One line from the child.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Word {
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
    /// The rule has more findings than it may have; they are not sent.
    Full {
        task: usize,
    },
    End {
        task: usize,
    },
    Done,
}

/// Judges by the rules of `set` in a child process started from `binary`.
pub fn judge_isolated(
    set: &PolicySet,
    catalogue: &Catalogue,
    data: &Value,
    budget: Budget,
    binary: &Path,
) -> Judgement {
    let mut rules: Vec<&RuleSource> = set.rules.values().collect();
    let (indexes, declarations): (Vec<usize>, Vec<(String, serde_json::Value)>) = well_formed(catalogue)
        .map(|(index, declaration)| (index, (declaration.kind.clone(), serde_json::Value::from(&*declaration.root))))
        .unzip();
    let deadline = Instant::now() + budget.total;
    let bounds = Bounds::isolated(budget);
    let mut tally = Tally::new(bounds);
    let mut judgement = Judgement::default();
    let data = match serde_json::to_value(data) {
        Ok(data) => data,
        Err(error) => {
            judgement.failures.push(engine_failure(None, "the data for your rules", &error.to_string()));
            return judgement;
        }
    };
    // Each round either judges by all rules that are left or loses the one that brought the child down.
    while !rules.is_empty() {
        let order = Order {
            libraries: set.modules(&[]),
            rules: rules
                .iter()
                .map(|rule| (rule.module.file.path().to_owned(), rule.module.file.text().to_owned()))
                .collect(),
            tasks: rules.iter().map(|rule| Task::from(*rule)).collect(),
            data: data.clone(),
            declarations: declarations.clone(),
            rule_millis: u64::try_from(budget.rule.as_millis()).unwrap_or(u64::MAX),
            total_seconds: budget.total.as_secs(),
            memory_mib: budget.memory_mib,
            bounds,
        };
        let round = Round::run(&order, budget, deadline, &mut tally, binary);
        let mut part = round.judgement;
        restore_indexes(&mut part, &indexes);
        judgement.verdicts.append(&mut part.verdicts);
        judgement.failures.append(&mut part.failures);
        match round.end {
            End::Done => break,
            End::Fatal(failure) => {
                judgement.failures.push(failure);
                break;
            }
            End::Lost { culprit, ended, reason } => {
                let Some(rule) = rules.get(culprit) else {
                    judgement.failures.push(broken(&reason));
                    break;
                };
                judgement.failures.push(failure(&rule.meta.id, format!("rule `{}` {reason}", rule.meta.id)));
                rules = rules
                    .into_iter()
                    .enumerate()
                    .filter(|(at, _)| *at != culprit && !ended.contains(at))
                    .map(|(_, rule)| rule)
                    .collect();
            }
        }
    }
    judgement
}

enum End {
    Done,
    /// A rule brought the child down.
    Lost {
        culprit: usize,
        ended: Vec<usize>,
        reason: String,
    },
    /// Nothing of the user's can be judged.
    Fatal(Failure),
}

struct Round {
    judgement: Judgement,
    end: End,
}

impl Round {
    fn run(order: &Order, budget: Budget, deadline: Instant, tally: &mut Tally, binary: &Path) -> Self {
        match Child::start(binary, WORKER, order, LINE) {
            Ok(child) => Self::listen(order, budget, deadline, tally, &mut |patience| child.next(patience)),
            Err(reason) => Self { judgement: Judgement::default(), end: End::Fatal(broken(&reason)) },
        }
    }

    /// Hears what the child says. It is leaver's own binary, but it runs what is hostile: what it may not say ends the round.
    fn listen(
        order: &Order,
        budget: Budget,
        deadline: Instant,
        tally: &mut Tally,
        next: &mut dyn FnMut(Duration) -> Result<Word, Silence>,
    ) -> Self {
        let mut judgement = Judgement::default();
        let mut ended = Vec::new();
        let mut doing: Option<(usize, String)> = None;
        let odd = |judgement, what: &str| Self { judgement, end: End::Fatal(broken(what)) };
        let reason = loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let word = match next(left.min(budget.rule + GRACE)) {
                Ok(word) => word,
                Err(Silence::Ended) => {
                    break format!("broke off: out of memory ({} MiB) or endless recursion", budget.memory_mib);
                }
                Err(Silence::Garbled) => break "ended early: its response is invalid or too long".to_owned(),
                Err(Silence::Late) if left <= budget.rule => break late(budget),
                Err(Silence::Late) => break format!("was stopped after {} ms", budget.rule.as_millis()),
            };
            let Some((task, id)) = word.task().map_or(Some((0, None)), |task| Some((task, Some(id_of(order, task)?))))
            else {
                return odd(judgement, "it answers for a rule that it was not given");
            };
            match (word, id) {
                (Word::Done, _) if ended.len() == order.tasks.len() => return Self { judgement, end: End::Done },
                (Word::Done, _) => return odd(judgement, "it ended before every rule had run"),
                (Word::Load { .. }, _) => doing = Some((task, "while it was compiled".to_owned())),
                (Word::Begin { declaration, .. }, _) => {
                    let name = order
                        .declarations
                        .get(declaration)
                        .and_then(|(_, value)| value.pointer("/metadata/name")?.as_str());
                    doing = Some((task, format!("on {}", name.unwrap_or("the catalogue"))));
                }
                (Word::Found { declaration, findings, .. }, Some(id)) => {
                    take(&id, declaration, findings, tally, &mut judgement);
                }
                (Word::Failed { message, .. }, Some(id)) => {
                    tally.fail(failure(&id, format!("rule `{id}` {message}")), &mut judgement);
                }
                (Word::Full { .. }, Some(id)) => tally.fill(&id, &mut judgement),
                (Word::End { .. }, _) if !ended.contains(&task) => ended.push(task),
                _ => return odd(judgement, "it ended one rule twice"),
            }
            // A child that talks without end is never silent.
            if left.is_zero() {
                break late(budget);
            }
        };
        let end = match doing {
            Some((culprit, what)) => End::Lost { culprit, ended, reason: format!("{what} {reason}") },
            None => End::Fatal(broken(&reason)),
        };
        Self { judgement, end }
    }
}

impl Word {
    /// The rule that it is about.
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

fn late(budget: Budget) -> String {
    format!("was stopped: all rules together took longer than {} s", budget.total.as_secs())
}

/// Nothing of the user's can be judged.
fn broken(reason: &str) -> Failure {
    Failure {
        help: Some("run it again; if it stays, raise `limits.memoryMiB` in leaver.yaml, or report it".into()),
        ..engine_failure(None, "the process that runs your rules", reason)
    }
}

fn id_of(order: &Order, task: usize) -> Option<RuleId> {
    order.tasks.get(task)?.rule.parse().ok()
}

fn take(
    id: &RuleId,
    declaration: Option<usize>,
    findings: Vec<serde_json::Value>,
    tally: &mut Tally,
    judgement: &mut Judgement,
) {
    for finding in findings {
        if tally.is_full(id) {
            return;
        }
        match verdict(id, declaration, &Value::from(finding)) {
            Ok(verdict) => tally.add(verdict, judgement),
            Err(reason) => tally.fail(failure(id, format!("rule `{id}`: {reason}")), judgement),
        }
    }
}

/// The child: reads its order from `input`, limits itself, and says line by line what it does. Its output is for the parent alone.
pub fn worker(input: impl io::Read, output: impl Write) -> io::Result<()> {
    let order: Order = serde_json::from_reader(input)?;
    limit(order.memory_mib, order.total_seconds)?;
    serve(order, output)
}

fn serve(order: Order, mut output: impl Write) -> io::Result<()> {
    let mut say = |word: &Word| say(&mut output, word);
    let budget = Budget { rule: Duration::from_millis(order.rule_millis), ..Budget::default() };
    let data = Value::from(order.data);
    let inputs: Vec<(String, Value)> =
        order.declarations.into_iter().map(|(kind, value)| (kind, Value::from(value))).collect();
    for (task, (rule, source)) in order.tasks.iter().zip(order.rules).enumerate() {
        say(&Word::Load { task })?;
        let texts = order.libraries.iter().chain([&source]).map(|(path, text)| (path.as_str(), text.as_str()));
        // A rule on the whole catalogue has no declaration to be asked about.
        let single = rule.rule.split_once('/').filter(|_| !rule.kinds.is_empty());
        let index = single.map_or_else(Index::default, |(group, name)| {
            derive(texts, [(rule.rule.as_str(), package_path(group, name))])
        });
        let applicable = Applicable::new(&index, &data, true);
        let root = index.roots.get(&rule.rule).copied();
        let modules = order.libraries.iter().cloned().chain([source]);
        let mut interpreter = match Interpreter::new(modules, data.clone(), budget, false) {
            Ok(interpreter) => interpreter,
            Err((_, reason)) => {
                say(&Word::Failed { task, message: format!("does not compile: {reason}") })?;
                say(&Word::End { task })?;
                continue;
            }
        };
        let whole = rule.kinds.is_empty().then(|| {
            let values: Vec<Value> = inputs.iter().map(|(_, value)| value.clone()).collect();
            (None, Value::from(std::collections::BTreeMap::from([(Value::from("declarations"), Value::from(values))])))
        });
        let each = inputs
            .iter()
            .enumerate()
            .filter(|(_, (kind, _))| rule.kinds.contains(kind))
            .map(|(index, (_, value))| (Some(index), value.clone()));
        let mut sent = Sent { bounds: order.bounds, findings: 0, bytes: 0 };
        for (declaration, input) in whole.into_iter().chain(each) {
            if declaration.is_some() && applicable.ask_value(&input, [root]) == [false] {
                continue;
            }
            say(&Word::Begin { task, declaration: declaration.unwrap_or(usize::MAX) })?;
            match interpreter.findings(rule, input) {
                Ok(found) => {
                    if !sent.send(task, declaration, &found, &mut say)? {
                        say(&Word::Full { task })?;
                        break;
                    }
                }
                Err(reason) => {
                    let name = declaration.and_then(|at| inputs.get(at)).map_or_else(
                        || "the catalogue".to_owned(),
                        |(_, value)| {
                            value["metadata"]["name"]
                                .as_string()
                                .map_or_else(|_| "?".into(), std::string::ToString::to_string)
                        },
                    );
                    say(&Word::Failed { task, message: format!("failed on {name}: {reason}") })?;
                }
            }
        }
        say(&Word::End { task })?;
    }
    say(&Word::Done)
}

/// What the child has sent of one rule. The parent counts for itself; this saves it the trouble of listening to what it would drop.
struct Sent {
    bounds: Bounds,
    findings: usize,
    bytes: usize,
}

impl Sent {
    /// Sends findings, a few in each line; false where there are more than the rule may have.
    fn send(
        &mut self,
        task: usize,
        declaration: Option<usize>,
        found: &[Value],
        say: &mut dyn FnMut(&Word) -> io::Result<()>,
    ) -> io::Result<bool> {
        let mut findings = Vec::new();
        let mut batch = 0;
        for finding in found {
            if self.findings >= self.bounds.findings || self.bytes > self.bounds.rule_bytes {
                say(&Word::Found { task, declaration, findings })?;
                return Ok(false);
            }
            let finding = serde_json::to_value(finding)?;
            let bytes = finding.to_string().len();
            if bytes > FINDING_BYTES {
                say(&Word::Failed { task, message: too_large(bytes) })?;
                continue;
            }
            self.findings += 1;
            self.bytes += bytes;
            batch += bytes;
            findings.push(finding);
            if batch > BATCH {
                say(&Word::Found { task, declaration, findings: std::mem::take(&mut findings) })?;
                batch = 0;
            }
        }
        if !findings.is_empty() {
            say(&Word::Found { task, declaration, findings })?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
