//! Rules that leaver does not ship run in a child of the same binary, with limits of memory and time, so that a hostile one ends
//! as a failure that names it while everything else is still judged.

use std::{
    io::{self, BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use regorus::Value;
use serde::{Deserialize, Serialize};

use super::{
    engine::{Budget, Judgement, catalogue_input, engine_failure, failure, restore_indexes},
    interpret::{Interpreter, Task},
    load::{PolicySet, RuleSource},
    value::verdict,
};
use crate::{model::Catalogue, report::Failure, rule::RuleId};

/// The hidden command of the child.
pub(crate) const WORKER: &str = "__worker";
/// What starting a child and loading its policies may take on top of a rule's own time.
const GRACE: Duration = Duration::from_secs(3);

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
    memory_mib: u64,
}

/// One line from the child.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Word {
    Load { task: usize },
    Begin { task: usize, declaration: usize },
    Found { task: usize, declaration: Option<usize>, findings: Vec<serde_json::Value> },
    Failed { task: usize, message: String },
    End { task: usize },
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
    let (_, indexes) = catalogue_input(catalogue);
    let declarations: Vec<(String, serde_json::Value)> = indexes
        .iter()
        .filter_map(|index| catalogue.get(*index))
        .map(|declaration| (declaration.kind.clone(), serde_json::Value::from(&declaration.root)))
        .collect();
    let deadline = Instant::now() + budget.total;
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
            memory_mib: budget.memory_mib,
        };
        let round = Round::run(&order, budget, deadline, binary);
        let mut part = round.judgement;
        restore_indexes(&mut part, &indexes);
        judgement = judgement.append(part);
        match round.end {
            End::Done => break,
            End::Fatal(failure) => {
                judgement.failures.push(failure);
                break;
            }
            End::Lost { culprit, ended, reason } => {
                let Some(rule) = rules.get(culprit) else {
                    judgement.failures.push(engine_failure(None, "the process that runs your rules", &reason));
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
    fn run(order: &Order, budget: Budget, deadline: Instant, binary: &Path) -> Self {
        let fatal = |message: String| Self {
            judgement: Judgement::default(),
            end: End::Fatal(Failure { code: "policy", message, help: None, place: None, rule: None }),
        };
        let child = Command::new(binary)
            .arg(WORKER)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) => return fatal(format!("cannot start the process that runs your rules: {error}")),
        };
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return fatal("cannot talk to the process that runs your rules".into());
        };
        let text = match serde_json::to_string(order) {
            Ok(text) => text,
            Err(error) => {
                return fatal(format!("cannot hand the catalogue to the process that runs your rules: {error}"));
            }
        };
        // A child that dies early closes the pipe; its silence is the error then.
        let writer = std::thread::spawn(move || drop(stdin.write_all(text.as_bytes())));
        let (sender, words) = mpsc::channel();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                let word = line.ok().and_then(|line| serde_json::from_str::<Word>(&line).ok());
                let stop = word.is_none();
                if sender.send(word).is_err() || stop {
                    break;
                }
            }
        });
        let round = Self::listen(order, budget, deadline, &words);
        drop(child.kill());
        drop(child.wait());
        drop(writer.join());
        drop(reader.join());
        round
    }

    fn listen(order: &Order, budget: Budget, deadline: Instant, words: &mpsc::Receiver<Option<Word>>) -> Self {
        let mut judgement = Judgement::default();
        let mut ended = Vec::new();
        let mut doing: Option<(usize, String)> = None;
        let reason = loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match words.recv_timeout(left.min(budget.rule + GRACE)) {
                Ok(Some(Word::Done)) => return Self { judgement, end: End::Done },
                Ok(Some(Word::Load { task })) => doing = Some((task, "while it was compiled".to_owned())),
                Ok(Some(Word::Begin { task, declaration })) => {
                    let name = order
                        .declarations
                        .get(declaration)
                        .and_then(|(_, value)| value.pointer("/metadata/name")?.as_str());
                    doing = Some((task, format!("on {}", name.unwrap_or("the catalogue"))));
                }
                Ok(Some(Word::Found { task, declaration, findings })) => {
                    take(order, task, declaration, findings, &mut judgement);
                }
                Ok(Some(Word::Failed { task, message })) => {
                    judgement
                        .failures
                        .extend(id_of(order, task).map(|id| failure(&id, format!("rule `{id}` {message}"))));
                }
                Ok(Some(Word::End { task })) => ended.push(task),
                Ok(None) | Err(mpsc::RecvTimeoutError::Disconnected) => {
                    break format!("broke off: out of memory ({} MiB) or endless recursion", budget.memory_mib);
                }
                Err(mpsc::RecvTimeoutError::Timeout) if left <= budget.rule => {
                    break format!("was stopped: all rules together took longer than {} s", budget.total.as_secs());
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    break format!("was stopped after {} ms", budget.rule.as_millis());
                }
            }
        };
        let end = match doing {
            Some((culprit, what)) => End::Lost { culprit, ended, reason: format!("{what} {reason}") },
            None => End::Fatal(engine_failure(None, "the process that runs your rules", &reason)),
        };
        Self { judgement, end }
    }
}

fn id_of(order: &Order, task: usize) -> Option<RuleId> {
    order.tasks.get(task)?.rule.parse().ok()
}

fn take(
    order: &Order,
    task: usize,
    declaration: Option<usize>,
    findings: Vec<serde_json::Value>,
    judgement: &mut Judgement,
) {
    let Some(id) = id_of(order, task) else { return };
    for finding in findings {
        match verdict(&id, declaration, &Value::from(finding)) {
            Ok(verdict) => judgement.verdicts.push(verdict),
            Err(reason) => judgement.failures.push(failure(&id, format!("rule `{id}`: {reason}"))),
        }
    }
}

/// The child: reads its order from `input`, limits itself, and says line by line what it does. Its output is for the parent alone.
pub fn worker(input: impl io::Read, output: impl Write) -> io::Result<()> {
    let order: Order = serde_json::from_reader(input)?;
    limit(order.memory_mib)?;
    serve(order, output)
}

fn serve(order: Order, mut output: impl Write) -> io::Result<()> {
    let mut say = |word: &Word| -> io::Result<()> {
        serde_json::to_writer(&mut output, word)?;
        output.write_all(b"\n")?;
        output.flush()
    };
    let budget = Budget { rule: Duration::from_millis(order.rule_millis), ..Budget::default() };
    let data = Value::from(order.data);
    let inputs: Vec<(String, Value)> =
        order.declarations.into_iter().map(|(kind, value)| (kind, Value::from(value))).collect();
    for (task, (rule, source)) in order.tasks.iter().zip(order.rules).enumerate() {
        say(&Word::Load { task })?;
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
        for (declaration, input) in whole.into_iter().chain(each) {
            say(&Word::Begin { task, declaration: declaration.unwrap_or(usize::MAX) })?;
            match interpreter.findings(rule, input) {
                Ok(found) if found.is_empty() => {}
                Ok(found) => {
                    let findings = found.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
                    say(&Word::Found { task, declaration, findings })?;
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

/// Limits of this process: address space, no core file, no file may grow.
fn limit(memory_mib: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rlimit::Resource;
        let bytes = memory_mib.saturating_mul(1024 * 1024);
        Resource::AS.set(bytes, bytes)?;
        Resource::CORE.set(0, 0)?;
        Resource::FSIZE.set(0, 0)?;
    }
    #[cfg(not(unix))]
    let _ = memory_mib;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_says_what_it_does() {
        let order = serde_json::json!({
            "libraries": [], "rules": [["p/acme/x/rule.rego", "package policies.acme.x\n\nfindings contains {\"path\": [], \"message\": \"m\"} if input.metadata.name == \"a\"\n"]],
            "tasks": [{"rule": "acme/x", "query": "data.policies.acme.x.findings", "kinds": ["App"], "when": {}}],
            "data": {}, "declarations": [["App", {"metadata": {"name": "a"}}], ["Team", {}]], "rule_millis": 1000, "memory_mib": 1024
        });
        let mut output = Vec::new();
        serve(serde_json::from_value(order).expect("an order"), &mut output).expect("it can write");
        let lines: Vec<&str> = std::str::from_utf8(&output).expect("text").lines().collect();
        assert_eq!(
            lines,
            [
                r#"{"load":{"task":0}}"#,
                r#"{"begin":{"task":0,"declaration":0}}"#,
                r#"{"found":{"task":0,"declaration":0,"findings":[{"message":"m","path":[]}]}}"#,
                r#"{"end":{"task":0}}"#,
                r#""done""#
            ]
        );
    }
}
