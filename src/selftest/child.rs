//! The tests of a user's own rules, in a child with limits: the one that does not end is named, and the others run all the same.

use std::{
    collections::BTreeSet,
    io::{self, Write},
    path::Path,
    time::Duration,
};

use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use super::run::{Bench, Case, TestRun, narrow, run_on};
use crate::{
    config::{Config, Overrides, discover_below, load, settle},
    policy::{
        Coverage, PolicySet,
        child::{Child, GRACE, Silence, limit, say},
    },
    report::{Code, Failure},
    rule::RuleId,
    source::Checkout,
};

/// The hidden command of the child.
pub(crate) const TRIAL: &str = "__trial";

/// One test may judge a few declarations, each with and without `when`, by the interpreter and by the compiled program.
const RUNS: u32 = 8;

/// Which tests to run, and how the configuration was chosen: the child reads it for itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Order {
    /// `--config`.
    pub(crate) config: Option<String>,
    /// `--profile`.
    pub(crate) profile: Option<String>,
    /// The rules, schemas and facts of leaver's checkout, not those that are built in.
    pub(crate) checkout: bool,
    /// The rules whose pages are tried.
    pub(crate) rules: BTreeSet<String>,
    /// `--compiled`.
    pub(crate) compiled: bool,
    /// Tests before this one have been run.
    pub(crate) from: usize,
    /// Address space.
    pub(crate) memory_mib: u64,
}

/// One line from the child.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Word {
    Begin { index: Option<usize>, case: Case },
    End { case: Option<Case>, coverage: Coverage },
    Failed { reason: String },
    Done,
}

/// The configuration that tests of rules run with. With `checkout` the working directory may lie in leaver's own: then its files count.
pub(crate) fn settled(
    explicit: Option<&Utf8Path>,
    overrides: &Overrides,
    checkout: bool,
) -> Result<Config, Vec<Failure>> {
    let here = Utf8Path::new(".");
    match Checkout::find(here).filter(|_| checkout) {
        None => load(here, explicit, overrides),
        Some(found) => {
            let top = &found.enter().root;
            match explicit {
                Some(_) => load(here, explicit, overrides),
                // What lies above the checkout does not concern leaver's own rules.
                None => settle(&discover_below(here, top)?, overrides),
            }
        }
    }
}

/// Runs the tests in children of `binary` until each has run or has been named.
pub(crate) fn run_isolated(order: Order, config: &Config, set: &PolicySet, binary: &Path) -> TestRun {
    let rule = Duration::from_millis(config.limits.rule_millis);
    let wanted = order.rules.clone();
    let mut run = TestRun::default();
    let mut order = order;
    loop {
        let child = match Child::start(binary, TRIAL, &order) {
            Ok(child) => child,
            Err(reason) => {
                run.failures.push(broken(&format!("the process that runs your tests: {reason}")));
                break;
            }
        };
        let patience = rule.saturating_mul(RUNS) + GRACE;
        let Some(culprit) = listen(&mut run, &order, patience, &mut |patience| child.next(patience)) else { break };
        order.from = culprit + 1;
    }
    narrow(&mut run.coverage, set, &|id: &RuleId| wanted.contains(id.as_str()));
    run
}

/// Hears one child; where it was lost, says at which test.
fn listen(
    run: &mut TestRun,
    order: &Order,
    patience: Duration,
    next: &mut dyn FnMut(Duration) -> Result<Word, Silence>,
) -> Option<usize> {
    let mut doing: Option<(Option<usize>, Case)> = None;
    let reason = loop {
        match next(patience) {
            Ok(Word::Begin { index, case }) => doing = Some((index, case)),
            Ok(Word::End { case, coverage }) => {
                doing = None;
                run.cases.extend(case);
                run.coverage.merge(coverage);
            }
            Ok(Word::Failed { reason }) => {
                run.failures.push(broken(&reason));
                return None;
            }
            Ok(Word::Done) => return None,
            Err(Silence::Ended) => {
                break format!("broke off: out of memory ({} MiB) or endless recursion", order.memory_mib);
            }
            Err(Silence::Garbled) => break "broke off: what came back is no answer, or too long".to_owned(),
            Err(Silence::Late) => break format!("was stopped after {} s", patience.as_secs()),
        }
    };
    let Some((index, case)) = doing else {
        run.failures.push(broken(&format!("the process that runs your tests {reason}")));
        return None;
    };
    run.failures.push(broken(&format!("{} ({}:{}) {reason}", case.name, case.file, case.line)));
    // Without a number it is what all others need: there is nothing to go on with.
    index
}

fn broken(message: &str) -> Failure {
    let help = Some("mend the rule, or raise `limits.ruleMillis` or `limits.memoryMiB` in leaver.yaml".into());
    Failure { help, ..Failure::new(Code::Policy, message.to_owned()) }
}

/// The child: limits itself, reads the configuration and runs the tests, saying what it does.
pub(crate) fn serve(input: impl io::Read, mut output: impl Write) -> io::Result<()> {
    let order: Order = serde_json::from_reader(input)?;
    limit(order.memory_mib)?;
    // Threads would each take a part of the address space.
    drop(rayon::ThreadPoolBuilder::new().num_threads(1).build_global());
    let done = work(&order, &mut output);
    match done {
        Ok(()) => say(&mut output, &Word::Done),
        Err(reason) => say(&mut output, &Word::Failed { reason }),
    }
}

fn work(order: &Order, output: &mut impl Write) -> Result<(), String> {
    let overrides = Overrides { profile: order.profile.clone(), ..Overrides::default() };
    let config = settled(order.config.as_deref().map(Utf8Path::new), &overrides, order.checkout)
        .map_err(|failures| failures.into_iter().map(|failure| failure.message).collect::<Vec<_>>().join("; "))?;
    let output = std::cell::RefCell::new(output);
    let tell = |word: &Word| say(&mut *output.borrow_mut(), word).map_err(|error| error.to_string());
    let mut begin = |index, case: &Case| tell(&Word::Begin { index, case: case.clone() });
    let mut end = |case, coverage| tell(&Word::End { case, coverage });
    let wanted = |id: &RuleId| order.rules.contains(id.as_str());
    run_on(&mut Bench::new(order.from, &mut begin, &mut end), &config, &config.policies, &wanted, order.compiled)
}
