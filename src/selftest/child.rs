//! Runs the tests of a user's rules in a child process with limits. A test that does not end is reported, and all other tests still run.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    path::Path,
    time::Duration,
};

use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use super::run::{Case, TestRun, TestRunner, keep_selected, run_on};
use crate::{
    config::{Config, Overrides, discover_below},
    files::{Checkout, Workspace},
    policy::{
        Coverage, PolicySet,
        child::{Child, GRACE, NoResponse, allow_time, clock::PATIENCE, limit, send_line},
    },
    report::{Code, Failure},
    rule::RuleId,
    ruleset::{self, Ruleset},
    threads,
};

/// The hidden command of the child.
pub(crate) const TEST_WORKER: &str = "__trial";

/// Maximum size of one message in bytes. A test can cover many lines of large policies.
const MAX_LINE_BYTES: u64 = 16 * 1024 * 1024;
/// Maximum total size of the results in bytes.
const MAX_RESULT_BYTES: usize = 64 * 1024 * 1024;
/// Maximum number of lines shown for a failed test.
const MAX_FAILURES: usize = 100;
/// CPU time limit of a child. The parent stops each test much earlier.
const CPU_SECONDS: u64 = 3_600;

/// One test may evaluate a few declarations, each with and without `when`, and both in the interpreter and in the compiled program.
const EVALUATIONS_PER_TEST: u32 = 8;

/// The tests to run, and the options that select the configuration. The child reads the configuration itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TestRequest {
    /// `--config`.
    pub(crate) config: Option<String>,
    /// `--profile`.
    pub(crate) profile: Option<String>,
    /// Whether to use the rules, schemas and facts of leaver's checkout instead of the built-in ones.
    pub(crate) checkout: bool,
    /// The rules to test.
    pub(crate) rules: BTreeSet<String>,
    /// `--compiled`.
    pub(crate) compiled: bool,
    /// The number of tests that were already run.
    pub(crate) from: usize,
    /// Address-space limit.
    pub(crate) memory_mib: u64,
}

/// One line of the child's output.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Message {
    Begin { index: Option<usize>, case: Case },
    End { case: Option<Case>, coverage: Coverage },
    Failed { reason: String },
    Done,
}

/// Loads the configuration for tests of rules. With `checkout`, if the working directory is in a checkout of leaver, rules, schemas and facts come
/// from this checkout.
pub(crate) fn test_config(
    files: &Workspace,
    explicit: Option<&Utf8Path>,
    overrides: &Overrides,
    checkout: bool,
) -> Result<(Config, Ruleset), Vec<Failure>> {
    let here = Utf8Path::new(".");
    match Checkout::find(files.working_directory()).filter(|_| checkout) {
        None => ruleset::load(files, here, explicit, overrides),
        Some(found) => {
            let top = &found.enter().root;
            match explicit {
                Some(_) => ruleset::load(files, here, explicit, overrides),
                // A configuration above the checkout does not apply to leaver's own rules.
                None => ruleset::resolve(&discover_below(files, here, top)?, overrides),
            }
        }
    }
}

/// Runs the tests in child processes of `binary` until each test has ended or was reported as lost.
pub(crate) fn run_isolated(request: TestRequest, config: &Config, ruleset: &Ruleset, binary: &Path) -> TestRun {
    let set = &ruleset.running;
    let rule = Duration::from_millis(config.limits.rule_millis);
    let wanted = request.rules.clone();
    let mut limits = ResultLimits::new(set);
    let mut run = TestRun::default();
    let mut request = request;
    loop {
        let child = match Child::start(binary, TEST_WORKER, &request, MAX_LINE_BYTES) {
            Ok(child) => child,
            Err(reason) => {
                run.failures.push(policy_failure(&format!("the process that runs your tests: {reason}")));
                break;
            }
        };
        let time = time_of_a_test(rule);
        // On a busy machine, a test gets only a part of a processor, so the parent waits longer than the limit on processor time.
        let timeout = time.saturating_mul(PATIENCE);
        let Some(lost) = read_results(&mut run, &mut limits, &request, time, &mut || child.next(timeout)) else {
            break;
        };
        request.from = lost + 1;
    }
    keep_selected(&mut run.coverage, set, &|id: &RuleId| wanted.contains(id.as_str()));
    run
}

/// Limit on the processor time of a test.
fn time_of_a_test(rule: Duration) -> Duration {
    rule.saturating_mul(EVALUATIONS_PER_TEST) + GRACE
}

/// Reads the messages of one child with `next` until the child ends. If the child is lost in a test, returns the number of the test. `time` is the
/// limit on the processor time of a test, for messages.
fn read_results(
    run: &mut TestRun,
    limits: &mut ResultLimits,
    request: &TestRequest,
    time: Duration,
    next: &mut dyn FnMut() -> Result<Message, NoResponse>,
) -> Option<usize> {
    let mut running: Option<(Option<usize>, Case)> = None;
    let reason = loop {
        match next() {
            Ok(Message::Begin { index, case }) => running = Some((index, case)),
            Ok(Message::End { case, coverage }) => {
                let ended = running.take();
                if !limits.has_room(case.as_ref()) {
                    let name = ended.map(|(_, case)| case.name).or(case.map(|case| case.name)).unwrap_or_default();
                    run.failures.push(policy_failure(&format!(
                        "{}: the tests report more than {} MiB; the rest was not run",
                        cut(name),
                        MAX_RESULT_BYTES / 1024 / 1024
                    )));
                    return None;
                }
                run.cases.extend(case.map(shortened));
                run.coverage.merge(limits.without_unknown_lines(coverage));
            }
            Ok(Message::Failed { reason }) => {
                run.failures.push(policy_failure(&cut(reason)));
                return None;
            }
            Ok(Message::Done) => return None,
            Err(NoResponse::Ended) => {
                break format!(
                    "ended early: it ran out of memory (limit {} MiB) or recursed endlessly",
                    request.memory_mib
                );
            }
            Err(NoResponse::Invalid) => break "ended early: its response is invalid or too long".to_owned(),
            Err(NoResponse::TimedOut) => break format!("was stopped after {} s", time.as_secs()),
        }
    };
    let Some((index, case)) = running else {
        run.failures.push(policy_failure(&format!("the process that runs your tests {reason}")));
        return None;
    };
    run.failures.push(policy_failure(&format!("{} ({}:{}) {reason}", cut(case.name), cut(case.file), case.line)));
    // Without an index, the failure affects all tests, so stop.
    index
}

/// Limits the results that the parent keeps, because the parent has no memory limit.
struct ResultLimits {
    bytes: usize,
    /// The number of lines of each policy file.
    files: BTreeMap<String, u32>,
}

impl ResultLimits {
    fn new(set: &PolicySet) -> Self {
        let rules = set.rules.values().map(|rule| &rule.module);
        let modules = rules.chain(&set.libraries).chain(&set.tests);
        let lines = |text: &str| u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
        let files = modules.map(|module| (module.file.path().to_owned(), lines(module.file.text())));
        Self { bytes: 0, files: files.collect() }
    }

    fn has_room(&mut self, case: Option<&Case>) -> bool {
        let texts = |case: &Case| {
            let failures = case
                .failures
                .iter()
                .take(MAX_FAILURES + 1)
                .map(|text| text.len().min(MAX_TEXT_BYTES) + 24)
                .sum::<usize>();
            case.name.len().min(MAX_TEXT_BYTES) + case.file.len().min(MAX_TEXT_BYTES) + failures + 96
        };
        self.bytes += case.map_or(0, texts);
        self.bytes <= MAX_RESULT_BYTES
    }

    /// Removes lines that do not exist from the coverage.
    fn without_unknown_lines(&self, mut coverage: Coverage) -> Coverage {
        coverage.0.retain(|file, lines| {
            let last = self.files.get(file).copied().unwrap_or_default();
            lines.covered.retain(|line| *line <= last);
            lines.missed.retain(|line| *line <= last);
            last > 0
        });
        coverage
    }
}

/// Shortens the texts of a test result to a readable length.
fn shortened(mut case: Case) -> Case {
    let more = case.failures.len().saturating_sub(MAX_FAILURES);
    case.failures.truncate(MAX_FAILURES);
    if more > 0 {
        case.failures.push(format!("and {more} more"));
    }
    case.failures.shrink_to_fit();
    Case {
        file: cut(case.file),
        line: case.line,
        name: cut(case.name),
        failures: case.failures.into_iter().map(cut).collect(),
    }
}

/// Maximum size of a text that the parent keeps, in bytes.
const MAX_TEXT_BYTES: usize = 4_000;

fn cut(mut text: String) -> String {
    if text.len() > MAX_TEXT_BYTES {
        let at = (0..=MAX_TEXT_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(at);
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

fn policy_failure(message: &str) -> Failure {
    let help = Some("fix the rule, or raise `limits.ruleMillis` or `limits.memoryMiB` in leaver.yaml".into());
    Failure { help, ..Failure::new(Code::Policy, message.to_owned()) }
}

/// Runs in the child: sets its limits, reads the configuration, runs the tests and reports each.
pub(crate) fn serve(files: &Workspace, input: impl io::Read, mut output: impl Write) -> io::Result<()> {
    let request: TestRequest = serde_json::from_reader(input)?;
    limit(request.memory_mib, CPU_SECONDS)?;
    // Use one thread, because each thread takes a part of the limited address space.
    threads::start(Some(1));
    let done = run_requested_tests(files, &request, &mut output);
    match done {
        Ok(()) => send_line(&mut output, &Message::Done),
        Err(reason) => send_line(&mut output, &Message::Failed { reason }),
    }
}

fn run_requested_tests(files: &Workspace, request: &TestRequest, output: &mut impl Write) -> Result<(), String> {
    let overrides = Overrides { profile: request.profile.clone(), ..Overrides::default() };
    let (config, ruleset) =
        test_config(files, request.config.as_deref().map(Utf8Path::new), &overrides, request.checkout)
            .map_err(|failures| failures.into_iter().map(|failure| failure.message).collect::<Vec<_>>().join("; "))?;
    let output = std::cell::RefCell::new(output);
    let send = |message: &Message| send_line(&mut *output.borrow_mut(), message).map_err(|error| error.to_string());
    let time = time_of_a_test(Duration::from_millis(config.limits.rule_millis));
    let mut begin = |index, case: &Case| {
        allow_time(time);
        send(&Message::Begin { index, case: case.clone() })
    };
    let mut end = |case: Option<Case>, coverage| send(&Message::End { case: case.map(shortened), coverage });
    let wanted = |id: &RuleId| request.rules.contains(id.as_str());
    run_on(&mut TestRunner::new(request.from, &mut begin, &mut end), &config, &ruleset, &wanted, request.compiled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(name: &str, failures: Vec<String>) -> Case {
        Case { file: "p/a/rule.md".into(), line: 1, name: name.into(), failures }
    }

    /// Runs the parent with a child that repeats one message thousands of times.
    fn run_of_repeated(message: impl Fn() -> Message) -> TestRun {
        let rules = BTreeSet::new();
        let request = TestRequest {
            config: None,
            profile: None,
            rules,
            compiled: false,
            from: 0,
            memory_mib: 600,
            checkout: false,
        };
        let mut run = TestRun::default();
        let mut left = 30_000;
        let mut next = || {
            left -= 1;
            if left > 0 { Ok(message()) } else { Err(NoResponse::Ended) }
        };
        let mut limits = ResultLimits { bytes: 0, files: BTreeMap::from([("p/a/rule.rego".into(), 9)]) };
        read_results(&mut run, &mut limits, &request, Duration::from_secs(1), &mut next);
        run
    }

    #[test]
    fn output_of_the_child_is_limited() {
        let long = "x".repeat(20_000);
        let texts = |run: &TestRun| -> usize {
            let texts = |case: &Case| case.name.len() + case.failures.iter().map(String::len).sum::<usize>();
            run.cases.iter().map(texts).sum()
        };
        for failures in [vec![long.clone()], vec!["x".repeat(4_000); 120]] {
            let run = run_of_repeated(|| Message::End {
                case: Some(case("acme/x: bad 1", failures.clone())),
                coverage: Coverage::default(),
            });
            assert!(texts(&run) <= MAX_RESULT_BYTES, "{}", texts(&run));
            assert!(
                run.failures.iter().any(|failure| failure.message.contains("acme/x: bad 1: the tests report more"))
            );
        }
        let run =
            run_of_repeated(|| Message::End { case: Some(case(&long, Vec::new())), coverage: Coverage::default() });
        assert!(texts(&run) <= MAX_RESULT_BYTES && run.failures.len() == 1 && run.failures[0].message.len() < 5_000);
        let run = run_of_repeated(|| Message::Failed { reason: long.clone() });
        assert!(run.failures.len() == 1 && run.failures[0].message.len() < 5_000);
        let lines: BTreeSet<u32> = (1..100).collect();
        let coverage = |file: &str| {
            let lines = crate::policy::Lines { covered: lines.clone(), missed: BTreeSet::new() };
            Coverage(BTreeMap::from([(file.to_owned(), lines)]))
        };
        let run = run_of_repeated(|| Message::End { case: None, coverage: coverage("p/a/rule.rego") });
        assert_eq!(run.coverage.0["p/a/rule.rego"].covered.len(), 9);
        assert!(
            run_of_repeated(|| Message::End { case: None, coverage: coverage("p/b/rule.rego") }).coverage.0.is_empty()
        );
    }
}
