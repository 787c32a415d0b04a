//! The report of a run: all findings, sorted and counted, all failures, and the resulting exit status.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use crate::{
    finding::{Finding, Status},
    rule::{Maturity, RuleId, RuleMeta, Severity},
    source::{Place, SourceError, redact, secrets_of},
};

/// The kind of a failure. Decisions depend on the code, never on the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// `leaver.yaml` cannot be used.
    Config,
    /// leaver itself is at fault.
    Internal,
    /// A limit is exceeded.
    Limit,
    /// A rule cannot be loaded, or failed.
    Policy,
    /// A file or folder cannot be read.
    Read,
    /// Sign-offs cannot be evaluated.
    Signoff,
    /// The command line is invalid, or leaver cannot do what it requests.
    Usage,
}

impl Code {
    /// Returns the stable short name, for output.
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

/// Something that leaver could not check. It is never a finding: any failure causes exit status 2.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The kind of failure.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The place, if leaver read the file.
    pub place: Option<Place>,
    /// The path of the file or folder, if the failure is about a single file or folder.
    pub file: Option<String>,
    /// The rule at fault.
    pub rule: Option<RuleId>,
}

impl Failure {
    /// Returns a failure. The methods below set the other fields.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None, place: None, file: None, rule: None }
    }

    /// Sets the help text.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Sets the file or folder.
    #[must_use]
    pub fn file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Sets the rule at fault.
    #[must_use]
    pub fn of(mut self, rule: RuleId) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Redacts secrets, including secrets in the quoted lines of the file.
    pub fn redact(&mut self) {
        self.message = redact(&self.message).into_owned();
        self.help = self.help.take().map(|help| redact(&help).into_owned());
        if let Some(place) = &self.place {
            place.file.set_secrets(secrets_of(&place.file));
        }
    }
}

impl From<&SourceError> for Failure {
    fn from(error: &SourceError) -> Self {
        Self::new(Code::Read, error.to_string()).help(error.help()).file(error.path())
    }
}

/// Facts about a run, for renderers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// The day with which rules compare dates, `YYYY-MM-DD`.
    pub today: String,
    /// The profile in force.
    pub profile: String,
    /// Number of files read.
    pub files: usize,
    /// Number of declarations of all kinds, without built-in systems.
    pub declarations: usize,
    /// Number of apps that were evaluated.
    pub apps: usize,
    /// Number of apps that were not evaluated because the app or a pattern of the app is invalid.
    pub unevaluated: usize,
    /// Number of evaluated apps that are only discovered. Most rules do not apply to such apps.
    pub discovered: usize,
    /// Number of YAML documents that are not declarations of leaver.
    pub skipped_documents: usize,
    /// Whether a declaration was expected, but none was found.
    pub nothing_found: bool,
    /// Number of declarations outside the requested paths.
    pub out_of_focus: usize,
    /// Number of findings that the base commit or the baseline already contains.
    pub known: usize,
    /// Base URL of the rule pages, without a final slash. If the URL is empty, there are no links.
    pub docs_url: String,
}

/// The result of a run.
#[derive(Debug, Clone)]
pub struct Report {
    /// Sorted by file, span, severity, rule, message.
    pub findings: Vec<Finding>,
    /// Everything that could not be checked.
    pub failures: Vec<Failure>,
    /// The rules that ran, by id.
    pub rules: BTreeMap<RuleId, Arc<RuleMeta>>,
    /// Facts about the run.
    pub run: Run,
    /// Finds the title of a control framework by its id. Most formats need no titles, so titles are not looked up in advance.
    pub framework_title: fn(&str) -> Option<String>,
}

/// The counts of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Open errors.
    pub errors: usize,
    /// Open warnings.
    pub warnings: usize,
    /// Open infos.
    pub infos: usize,
    /// Findings that a waiver covers.
    pub waived: usize,
    /// Declarations with at least one open finding.
    pub subjects: usize,
    /// Rules by number of open findings, most first, then by id.
    pub by_rule: Vec<(RuleId, usize)>,
}

/// The order of findings: by place. At one place the errors come first.
fn report_order(finding: &Finding) -> impl Ord + '_ {
    (finding.place.sort_key(), Reverse(finding.severity), &finding.rule, &finding.message)
}

impl Report {
    /// Sorts the findings by place and severity, computes their fingerprints, and redacts the failures. Callers redact the findings.
    pub fn new(
        mut findings: Vec<Finding>,
        mut failures: Vec<Failure>,
        rules: BTreeMap<RuleId, Arc<RuleMeta>>,
        run: Run,
    ) -> Self {
        findings.sort_by(|a, b| report_order(a).cmp(&report_order(b)));
        let mut seen = BTreeMap::new();
        for finding in &mut findings {
            let nth: &mut usize = seen.entry(finding.fingerprint(0)).or_default();
            finding.fingerprint = finding.fingerprint(*nth);
            *nth += 1;
        }
        failures.iter_mut().for_each(Failure::redact);
        Self { findings, failures, rules, run, framework_title: |_| None }
    }

    /// Returns the open findings.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.is_open())
    }

    /// Computes the counts.
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

    /// Whether a rule is a preview. Findings of a preview are shown but never fail a run.
    pub(crate) fn is_preview(&self, rule: &RuleId) -> bool {
        self.rules.get(rule).is_some_and(|meta| meta.maturity == Maturity::Preview)
    }

    /// Whether a finding fails the run: it is open, at least as severe as `fail_on`, and its rule is not a preview rule.
    pub(crate) fn fails_run(&self, finding: &Finding, fail_on: Severity) -> bool {
        finding.is_open() && finding.severity >= fail_on && !self.is_preview(&finding.rule)
    }

    /// Returns the outcome. Failures (2) take precedence over findings (1), and findings over nothing to check (3).
    pub fn outcome(&self, fail_on: Severity) -> Outcome {
        if !self.failures.is_empty() {
            Outcome::Incomplete
        } else if self.findings.iter().any(|finding| self.fails_run(finding, fail_on)) {
            Outcome::Findings
        } else if self.run.nothing_found || !self.rules.values().any(|rule| !rule.native) {
            Outcome::Nothing
        } else {
            Outcome::Clean
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No finding at or above the minimum severity, except findings of preview rules.
    Clean,
    /// Findings at or above the minimum severity, not only of preview rules.
    Findings,
    /// Not everything could be checked.
    Incomplete,
    /// No declaration was found, or no rule ran except native ones.
    Nothing,
}

impl Outcome {
    /// Returns the process exit status.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Incomplete => 2,
            Self::Nothing => 3,
        }
    }
}
