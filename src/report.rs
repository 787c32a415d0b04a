//! The report: all findings of a run, sorted and counted, what could not be checked, and the exit status that follows.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use crate::{
    finding::{Finding, Status},
    rule::{Maturity, RuleId, RuleMeta, Severity},
    source::{Place, SourceError, redact, secrets_of},
};

/// What kind of failure it is. Only this, never the message, decides what follows from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// `leaver.yaml` cannot be used.
    Config,
    /// leaver itself is at fault.
    Internal,
    /// There is more than leaver looks at.
    Limit,
    /// A rule cannot be read, or failed.
    Policy,
    /// A file or folder cannot be read.
    Read,
    /// Sign-offs cannot be judged.
    Signoff,
    /// The command cannot be carried out as it was given.
    Usage,
}

impl Code {
    /// The stable short name, as formats show it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Internal => "internal",
            Self::Limit => "limit",
            Self::Policy => "policy",
            Self::Read => "read",
            Self::Signoff => "signoff",
            Self::Usage => "usage",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

/// Something that leaver could not check. It never hides in a finding: one failure makes exit status 2.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What kind of failure it is.
    pub code: Code,
    /// What is wrong, one line.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where, if in a file that was read.
    pub place: Option<Place>,
    /// The file or folder that it is about, as it is shown elsewhere; none where no single one is.
    pub file: Option<String>,
    /// The rule at fault.
    pub rule: Option<RuleId>,
}

impl Failure {
    /// A failure. More is set by the methods below.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None, place: None, file: None, rule: None }
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With its place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// With the file or folder that it is about.
    #[must_use]
    pub fn about(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// With the rule at fault.
    #[must_use]
    pub fn of(mut self, rule: RuleId) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Takes out secrets, of the lines that are shown around its place, too.
    pub fn redact(&mut self) {
        self.message = redact(&self.message).into_owned();
        self.help = self.help.take().map(|help| redact(&help).into_owned());
        if let Some(place) = &self.place {
            place.file.mask(secrets_of(&place.file));
        }
    }
}

impl From<&SourceError> for Failure {
    fn from(error: &SourceError) -> Self {
        Self::new(Code::Read, error.to_string()).help(error.help()).about(error.path())
    }
}

/// The facts of a run that formats show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// The day that dates were compared with, `YYYY-MM-DD`.
    pub today: String,
    /// The profile in force.
    pub profile: String,
    /// Files read.
    pub files: usize,
    /// Declarations of all kinds, built-in systems not counted.
    pub declarations: usize,
    /// Apps among them that were evaluated.
    pub apps: usize,
    /// Apps among them of which no part was evaluated, because of errors in them or in their patterns.
    pub unevaluated: usize,
    /// YAML documents that are not leaver's.
    pub skipped_documents: usize,
    /// There was no declaration where one was asked for.
    pub nothing: bool,
    /// Declarations outside the paths that were asked for.
    pub out_of_focus: usize,
    /// Findings that were there before, in the base commit or the baseline.
    pub known: usize,
    /// Base URL of the rule pages, without a final slash; empty: no links.
    pub docs_url: String,
}

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Report {
    /// Sorted by file, span, rule, message.
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub failures: Vec<Failure>,
    /// The rules that ran, by id, with their severities in force.
    pub rules: BTreeMap<RuleId, Arc<RuleMeta>>,
    /// Facts of the run.
    pub run: Run,
}

/// Counts of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Open findings, by severity.
    pub errors: usize,
    /// Open findings, by severity.
    pub warnings: usize,
    /// Open findings, by severity.
    pub infos: usize,
    /// Findings that a waiver covers.
    pub waived: usize,
    /// Declarations with at least one open finding.
    pub subjects: usize,
    /// Rules by number of open findings, most first, then by id.
    pub by_rule: Vec<(RuleId, usize)>,
}

impl Report {
    /// Sorts the findings and gives each its fingerprint. Failures lose the secrets that they quote; findings have none any more.
    pub fn new(
        mut findings: Vec<Finding>,
        mut failures: Vec<Failure>,
        rules: BTreeMap<RuleId, Arc<RuleMeta>>,
        run: Run,
    ) -> Self {
        findings
            .sort_by(|a, b| (a.place.sort_key(), &a.rule, &a.message).cmp(&(b.place.sort_key(), &b.rule, &b.message)));
        let mut seen = BTreeMap::new();
        for finding in &mut findings {
            let nth: &mut usize = seen.entry(finding.fingerprint(0)).or_default();
            finding.fingerprint = finding.fingerprint(*nth);
            *nth += 1;
        }
        failures.iter_mut().for_each(Failure::redact);
        Self { findings, failures, rules, run }
    }

    /// Findings that count.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.is_open())
    }

    /// Counts everything once.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        let mut subjects = BTreeSet::new();
        let mut by_rule: BTreeMap<&RuleId, usize> = BTreeMap::new();
        for finding in &self.findings {
            if let Status::Waived(_) = finding.status {
                summary.waived += 1;
                continue;
            }
            match finding.severity {
                Severity::Error => summary.errors += 1,
                Severity::Warning => summary.warnings += 1,
                Severity::Info => summary.infos += 1,
            }
            subjects.extend(finding.subject.as_ref());
            *by_rule.entry(&finding.rule).or_default() += 1;
        }
        summary.subjects = subjects.len();
        summary.by_rule = by_rule.into_iter().map(|(rule, count)| (rule.clone(), count)).collect();
        summary.by_rule.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        summary
    }

    /// A preview rule is shown, but never fails a run.
    pub(crate) fn is_preview(&self, rule: &RuleId) -> bool {
        self.rules.get(rule).is_some_and(|meta| meta.maturity == Maturity::Preview)
    }

    /// The exit status: 2 beats 1, 3 only where there was nothing to check and nothing went wrong.
    pub fn outcome(&self, fail_on: Severity) -> Outcome {
        if !self.failures.is_empty() {
            Outcome::Incomplete
        } else if self.open().any(|finding| finding.severity >= fail_on && !self.is_preview(&finding.rule)) {
            Outcome::Findings
        } else if self.run.nothing || !self.rules.values().any(|rule| !rule.native) {
            Outcome::Nothing
        } else {
            Outcome::Clean
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing at or above the limit.
    Clean,
    /// Findings at or above it.
    Findings,
    /// Not everything could be checked.
    Incomplete,
    /// No declaration, or no rule ran.
    Nothing,
}

impl Outcome {
    /// The process exit status.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Incomplete => 2,
            Self::Nothing => 3,
        }
    }
}
