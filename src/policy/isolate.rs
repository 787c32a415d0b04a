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
    engine::{Budget, Judgement, engine_failure, failure, restore_indexes, well_formed},
    interpret::{Interpreter, Task},
    load::{PolicySet, RuleSource},
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
    let (indexes, declarations): (Vec<usize>, Vec<(String, serde_json::Value)>) = well_formed(catalogue)
        .map(|(index, declaration)| (index, (declaration.kind.clone(), serde_json::Value::from(&*declaration.root))))
        .unzip();
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
    fn run(order: &Order, budget: Budget, deadline: Instant, binary: &Path) -> Self {
        match Child::start(binary, WORKER, order) {
            Ok(child) => Self::listen(order, budget, deadline, &mut |patience| child.next(patience)),
            Err(reason) => Self { judgement: Judgement::default(), end: End::Fatal(broken(&reason)) },
        }
    }

    /// Hears what the child says. It is leaver's own binary, but it runs what is hostile: what it may not say ends the round.
    fn listen(
        order: &Order,
        budget: Budget,
        deadline: Instant,
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
                Err(Silence::Garbled) => break "broke off: what came back is no answer, or too long".to_owned(),
                Err(Silence::Late) if left <= budget.rule => {
                    break format!("was stopped: all rules together took longer than {} s", budget.total.as_secs());
                }
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
                    take(&id, declaration, findings, &mut judgement);
                }
                (Word::Failed { message, .. }, Some(id)) => {
                    judgement.failures.push(failure(&id, format!("rule `{id}` {message}")));
                }
                (Word::End { .. }, _) if !ended.contains(&task) => ended.push(task),
                _ => return odd(judgement, "it ended one rule twice"),
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
            | Self::End { task } => Some(*task),
            Self::Done => None,
        }
    }
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

fn take(id: &RuleId, declaration: Option<usize>, findings: Vec<serde_json::Value>, judgement: &mut Judgement) {
    for finding in findings {
        match verdict(id, declaration, &Value::from(finding)) {
            Ok(verdict) => judgement.verdicts.push(verdict),
            Err(reason) => judgement.failures.push(failure(id, format!("rule `{id}`: {reason}"))),
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
    let mut say = |word: &Word| say(&mut output, word);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> serde_json::Value {
        serde_json::json!({
            "libraries": [], "rules": [["p/acme/x/rule.rego", "package policies.acme.x\n\nfindings contains {\"path\": [], \"message\": \"m\"} if input.metadata.name == \"a\"\n"]],
            "tasks": [{"rule": "acme/x", "query": "data.policies.acme.x.findings", "kinds": ["App"], "when": {}}],
            "data": {}, "declarations": [["App", {"metadata": {"name": "a"}}], ["Team", {}]], "rule_millis": 1000, "memory_mib": 1024
        })
    }

    /// What the parent makes of these words, after which the child is silent in the way given.
    fn heard(words: &str, silence: Silence) -> (usize, String) {
        heard_for(Duration::from_secs(60), words, silence)
    }

    fn heard_for(left: Duration, words: &str, silence: Silence) -> (usize, String) {
        let order: Order = serde_json::from_value(order()).expect("an order");
        let mut words =
            words.split_whitespace().map(|word| serde_json::from_str::<Word>(word).map_err(|_| Silence::Garbled));
        let deadline = Instant::now() + left;
        let round = Round::listen(&order, Budget::default(), deadline, &mut |_| words.next().unwrap_or(Err(silence)));
        let end = match round.end {
            End::Done => "done".to_owned(),
            End::Fatal(failure) => {
                assert!(failure.help.is_some_and(|help| help.contains("`limits.memoryMiB`")));
                failure.message
            }
            End::Lost { culprit, reason, .. } => format!("{culprit}: {reason}"),
        };
        (round.judgement.verdicts.len() + round.judgement.failures.len(), end)
    }

    #[test]
    fn what_the_child_may_not_say_is_a_failure_and_loses_nothing() {
        let begin = r#"{"load":{"task":0}} {"begin":{"task":0,"declaration":0}}"#;
        let found = r#"{"found":{"task":0,"declaration":0,"findings":[{"message":"m","path":[]}]}}"#;
        let done = r#"{"end":{"task":0}} "done""#;
        assert_eq!(heard(&format!("{begin} {found} {done}"), Silence::Ended), (1, "done".into()));
        for (words, silence, kept, says) in [
            (
                r#"{"found":{"task":7,"declaration":0,"findings":[]}}"#.to_owned(),
                Silence::Ended,
                0,
                "answers for a rule that it was not given",
            ),
            (
                r#"{"failed":{"task":7,"message":"m"}}"#.to_owned(),
                Silence::Ended,
                0,
                "answers for a rule that it was not given",
            ),
            (r#"{"end":{"task":1}}"#.to_owned(), Silence::Ended, 0, "answers for a rule that it was not given"),
            (format!("{begin} {found} \"done\""), Silence::Ended, 1, "ended before every rule had run"),
            (r#"{"end":{"task":0}} {"end":{"task":0}}"#.to_owned(), Silence::Ended, 0, "ended one rule twice"),
            (format!("{begin} {found} nonsense"), Silence::Ended, 1, "0: on a broke off: what came back is no answer"),
            (format!("{begin} {found}"), Silence::Ended, 1, "0: on a broke off: out of memory (600 MiB)"),
            (format!("{begin} {found}"), Silence::Late, 1, "0: on a was stopped after 2000 ms"),
            (r#"{"load":{"task":0}}"#.to_owned(), Silence::Ended, 0, "0: while it was compiled broke off"),
            (String::new(), Silence::Ended, 0, "the process that runs your rules: broke off"),
        ] {
            let (found, end) = heard(&words, silence);
            assert!(found == kept && end.contains(says), "{words}: {found}, {end}");
        }
        let (_, end) = heard_for(Duration::ZERO, begin, Silence::Late);
        assert_eq!(end, "0: on a was stopped: all rules together took longer than 60 s");
    }

    /// What the child says on this declaration, with the milliseconds that a rule may take.
    fn served(name: &str, body: &str, rule_millis: u64) -> Vec<String> {
        let mut order = order();
        order["declarations"] = serde_json::json!([["App", {"metadata": {"name": name}}]]);
        order["rule_millis"] = rule_millis.into();
        order["rules"][0][1] = format!("package policies.acme.x\n\n{body}\n").into();
        let mut output = Vec::new();
        serve(serde_json::from_value(order).expect("an order"), &mut output).expect("it can write");
        std::str::from_utf8(&output).expect("text").lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_child_keeps_to_the_time_of_a_rule_and_says_nothing_of_no_finding() {
        let endless = "findings contains {\"path\": [], \"message\": \"m\"} if {\n\tsome a in numbers.range(1, 4000)\n\tsome b in numbers.range(1, 4000)\n\ta * b == -1\n}";
        let words = served("a", endless, 50);
        assert!(words.iter().any(|word| word.contains("failed on a: took longer than 50 ms")), "{words:?}");
        let never = "findings contains {\"path\": [], \"message\": \"m\"} if input.metadata.name == \"b\"";
        assert_eq!(served("a", never, 1000).len(), 4, "load, begin, end and done");
    }

    #[test]
    fn the_worker_says_what_it_does() {
        let mut output = Vec::new();
        serve(serde_json::from_value(order()).expect("an order"), &mut output).expect("it can write");
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
