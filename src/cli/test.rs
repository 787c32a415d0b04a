//! `leaver test`: runs the tests of rules.

use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use super::{
    common::{ConfigArgs, guard, own_binary, print, refuse, safe, usage, write_file},
    style::{self, When},
};
use crate::{
    config::Config,
    files::{Checkout, Workspace},
    output::summary::counted,
    report::{Code, Failure, Outcome},
    rule::{Origin, RuleId},
    ruleset::Ruleset,
    selftest::{TestRequest, TestRun, run, run_isolated},
};

/// Arguments of `leaver test`.
#[derive(Debug, Clone, Args)]
pub(super) struct Test {
    /// Test only rules in these folders or with these ids [default: your own rules, or the bundled ones if you have none]
    #[arg(value_name = "PATH")]
    paths: Vec<Utf8PathBuf>,
    #[command(flatten)]
    config: ConfigArgs,
    /// Test the bundled rules too
    #[arg(long)]
    bundled: bool,
    /// Also compare the strict interpreter with the compiled program for your own rules, as for the bundled ones
    #[arg(long)]
    compiled: bool,
    /// Minimum share of Rego lines that the tests cover, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 100.0)]
    threshold: f64,
    /// Write a JUnit report to this file
    #[arg(long, value_name = "FILE")]
    junit: Option<Utf8PathBuf>,
    /// Also list the tests that passed
    #[arg(short, long)]
    verbose: bool,
}

impl Test {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        let style = style::stdout(when);
        let junit_file: Vec<&Utf8Path> = self.junit.as_deref().into_iter().collect();
        if let Err(failures) = guard::check(&junit_file, &self.config.inputs(), files) {
            return refuse(&failures, &style);
        }
        let (config, ruleset) = match self.config.load_for_rules(files) {
            Ok(loaded) => loaded,
            Err(failures) => return refuse(&failures, &style),
        };
        let set = &ruleset.running;
        let own = set.rules.values().any(|rule| rule.meta.origin != Origin::Bundled);
        let wanted = |id: &crate::rule::RuleId| {
            let Some(rule) = set.rules.get(id) else { return false };
            if self.paths.is_empty() {
                return self.bundled || !own || rule.meta.origin != Origin::Bundled;
            }
            let file = rule.module.file.path();
            self.paths.iter().any(|path| {
                path.as_str() == id.as_str()
                    || path.as_str() == id.group()
                    || is_below(files, path, file, &rule.meta.origin)
            })
        };
        if !set.rules.keys().any(wanted) {
            let paths = self.paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
            let matches = if paths.is_empty() { String::new() } else { format!(": no rule matches {paths}") };
            let help = "name a rule id, a group or a policy folder; `leaver rules` lists them";
            return refuse(&[usage(format!("no rule to test{matches}"), help)], &style);
        }
        let run = match self.trial(&config, &ruleset, &wanted) {
            Ok(run) => run,
            Err(failure) => return refuse(&[failure], &style),
        };
        if let Some(path) = &self.junit {
            let written =
                junit(&run).and_then(|text| write_file(path.as_std_path(), &text).map_err(|error| error.to_string()));
            if let Err(reason) = written {
                return refuse(&[usage(format!("cannot write `{path}`: {reason}"), "choose another file")], &style);
            }
        }
        let low = run.coverage.percent() < self.threshold;
        let code = print(|out| self.show(&run, low, out));
        if !run.failures.is_empty() {
            return refuse(&run.failures, &style);
        }
        let verdict = if run.failed() > 0 || low { Outcome::Findings } else { Outcome::Clean };
        code.max(verdict.code())
    }

    /// Tests the rules in this process if all are bundled, otherwise in a child process that can be killed.
    fn trial(
        &self,
        config: &Config,
        ruleset: &Ruleset,
        wanted: &(dyn Fn(&RuleId) -> bool + Sync),
    ) -> Result<TestRun, Failure> {
        let set = &ruleset.running;
        let fail = |reason: String| Failure::new(Code::Policy, reason);
        // The rules of a checkout are not trusted.
        let bundled = Checkout::entered().is_none()
            && set.rules.values().all(|rule| rule.meta.origin == Origin::Bundled)
            && set.libraries.iter().chain(&set.tests).all(|module| module.bundled);
        if bundled {
            return run(config, ruleset, wanted, self.compiled).map_err(fail);
        }
        let binary = own_binary().ok_or_else(|| fail("cannot find leaver's own binary to run your tests in".into()))?;
        let order = TestRequest {
            config: self.config.config.as_ref().map(ToString::to_string),
            profile: self.config.profile.clone(),
            checkout: Checkout::entered().is_some(),
            rules: set.rules.keys().filter(|id| wanted(id)).map(ToString::to_string).collect(),
            compiled: self.compiled,
            from: 0,
            memory_mib: config.limits.memory_mib,
        };
        Ok(run_isolated(order, config, ruleset, &binary))
    }

    fn show(&self, run: &TestRun, low: bool, out: &mut dyn Write) -> std::io::Result<()> {
        for case in &run.cases {
            if case.failures.is_empty() {
                if self.verbose {
                    writeln!(out, "ok      {}", safe(&case.name))?;
                }
                continue;
            }
            writeln!(out, "FAILED  {} ({}:{})", safe(&case.name), safe(&case.file), case.line)?;
            for failure in &case.failures {
                writeln!(out, "        {}", safe(failure))?;
            }
        }
        for (file, lines) in run.coverage.0.iter().filter(|(_, lines)| !lines.missed.is_empty()) {
            let missed: Vec<String> = lines.missed.iter().map(ToString::to_string).collect();
            writeln!(out, "not covered: {}: {}", safe(file), missed.join(", "))?;
        }
        writeln!(
            out,
            "{} passed, {} failed{}, {:.1} % of the lines of {} covered{}",
            run.cases.len() - run.failed(),
            run.failed(),
            if run.failures.is_empty() { String::new() } else { format!(", {} not ended", run.failures.len()) },
            run.coverage.percent(),
            counted(run.coverage.0.len(), "policy file"),
            if low { format!(", {} % wanted", self.threshold) } else { String::new() }
        )
    }
}

/// Whether the file of a rule is at or below a path.
fn is_below(files: &Workspace, path: &Utf8Path, file: &str, origin: &Origin) -> bool {
    let shown = files.show(path);
    let file = match (origin, Checkout::entered()) {
        // Bundled files are not on disk.
        (Origin::Bundled, None) => return file == shown || file.starts_with(&format!("{shown}/")),
        (Origin::Bundled, Some(checkout)) => checkout.root.join(file),
        (Origin::Local(_), _) => files.absolute(file),
    };
    let requested = files.absolute(&shown);
    let real = |path: Utf8PathBuf| path.canonicalize_utf8().unwrap_or(path);
    real(file).starts_with(real(requested))
}

fn junit(run: &TestRun) -> Result<Vec<u8>, String> {
    use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
    let mut report = Report::new("leaver test");
    let mut suite = TestSuite::new("rules");
    for case in &run.cases {
        let status = if case.failures.is_empty() {
            TestCaseStatus::success()
        } else {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(safe(&case.failures.join("; ")));
            status
        };
        let mut test = TestCase::new(safe(&case.name), status);
        test.set_classname(safe(&case.file));
        suite.add_test_case(test);
    }
    for failure in &run.failures {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(safe(&failure.message));
        suite.add_test_case(TestCase::new(safe(&failure.message), status));
    }
    report.add_test_suite(suite);
    report.to_string().map(String::into_bytes).map_err(|error| error.to_string())
}
