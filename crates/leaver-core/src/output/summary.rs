//! Summarises a run in one sentence, for all formats that people read.

use std::{collections::BTreeSet, fmt};

use crate::{
    finding::{Finding, Status},
    output::{Style, escape::Safe},
    report::{Failure, Outcome, Report, Summary},
    rule::{RuleId, Scope, Severity},
};

/// The overall result, which decides the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunResult {
    /// There are no findings.
    Clean,
    /// There are findings, but all of them are below the minimum severity or come from preview rules.
    Passed,
    /// There are findings at or above the minimum severity, or failures, or nothing was checked.
    Failed,
}

/// The text of the summary.
#[derive(Debug)]
pub(crate) struct SummaryText {
    pub(crate) result: RunResult,
    /// The failures; empty if there are none.
    pub(crate) failures: String,
    /// The counts, and other facts that readers must not overlook.
    pub(crate) parts: Vec<String>,
    /// The text between the parts.
    pub(crate) separator: &'static str,
    pub(crate) summary: Summary,
}

impl SummaryText {
    pub(crate) fn new(report: &Report, style: &Style) -> Self {
        let summary = report.summary();
        let outcome = report.outcome(style.fail_on);
        let result = match outcome {
            Outcome::Clean if summary.by_rule.is_empty() => RunResult::Clean,
            Outcome::Clean => RunResult::Passed,
            Outcome::Findings | Outcome::Incomplete | Outcome::Nothing => RunResult::Failed,
        };
        let failures = match report.failures.len() {
            0 => String::new(),
            count => format!("could not check everything: {}", counted(count, "failure")),
        };
        let mut parts = vec![counts(report, &summary)];
        if result == RunResult::Passed {
            parts.push(format!("passes, `failOn` is `{}`", style.fail_on));
        }
        parts.extend(notes(report, &summary));
        Self { result, failures, parts, separator: if style.unicode { " · " } else { ", " }, summary }
    }

    pub(crate) fn sentence(&self) -> String {
        self.parts.join(self.separator)
    }

    /// Returns failures and counts in one line, without symbols.
    pub(crate) fn line(&self) -> String {
        let failures = if self.failures.is_empty() { String::new() } else { format!("{}; ", self.failures) };
        format!("leaver: {failures}{}", self.sentence())
    }
}

/// Shown as the owner of a finding that has none.
pub(crate) const NO_OWNER: &str = "no owner";

/// The numbers of open findings by severity. Counts are compared by errors, then by warnings, then by infos.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Counts {
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    pub(crate) infos: usize,
}

impl Counts {
    pub(crate) fn of<'a>(findings: impl Iterator<Item = &'a Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings.filter(|finding| finding.is_open()) {
            *match finding.severity {
                Severity::Error => &mut counts.errors,
                Severity::Warning => &mut counts.warnings,
                Severity::Info => &mut counts.infos,
            } += 1;
        }
        counts
    }

    /// Returns the numbers of errors, warnings and infos.
    pub(crate) const fn columns(self) -> [usize; 3] {
        [self.errors, self.warnings, self.infos]
    }
}

/// Writes a text such as `2 errors, 1 info`, or nothing if all counts are 0.
impl fmt::Display for Counts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.columns().into_iter().zip(["error", "warning", "info"]).filter(|(count, _)| *count > 0);
        out.write_str(&named.map(|(count, noun)| counted(count, noun)).collect::<Vec<_>>().join(", "))
    }
}

/// Returns a number with a noun, such as `1 error` or `2 errors`.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Returns the rule that the user should look at next: the rule with the most errors, or with the most warnings if there are no errors. Preview rules
/// come last.
pub(crate) fn next_rule<'a>(report: &'a Report, summary: &'a Summary) -> Option<&'a RuleId> {
    let worst =
        |rule: &RuleId| (!report.is_preview(rule), Counts::of(report.open().filter(|finding| finding.rule == *rule)));
    // `max_by_key` returns the last of equal elements, and `by_rule` starts with the most frequent.
    summary.by_rule.iter().rev().map(|(rule, _)| rule).max_by_key(|rule| worst(rule))
}

/// Returns the counts by severity and the number of apps and files with findings. If there are no findings, returns what was checked.
fn counts(report: &Report, summary: &Summary) -> String {
    let counts = Counts { errors: summary.errors, warnings: summary.warnings, infos: summary.infos };
    if counts == Counts::default() {
        return nothing_found(report);
    }
    format!("{counts} in {}", locations(report))
}

fn nothing_found(report: &Report) -> String {
    let rules = rules(report);
    let run = &report.run;
    if run.nothing_found {
        let files = counted(run.files, "file");
        // Failures are more important than this hint.
        let start = if report.failures.is_empty() { "; `leaver init` writes a first declaration" } else { "" };
        return format!("nothing to check: no declaration in {files}{start}");
    }
    if rules == 0 {
        return format!("nothing was checked: no rule ran on {}", counted(run.declarations, "declaration"));
    }
    let on = match (run.apps, run.declarations.saturating_sub(run.apps + run.unevaluated)) {
        (0, others) => counted(others, "declaration"),
        (apps, 0) => counted(apps, "app"),
        (apps, others) => format!("{} and {}", counted(apps, "app"), counted(others, "other declaration")),
    };
    let verdict = if report.failures.is_empty() { "nothing found" } else { "nothing found in the rest" };
    format!("{verdict}: {} on {on}", counted(rules, "rule"))
}

/// Returns the number of apps, other declarations and files with findings, such as `9 of 31 apps, 1 other declaration, 1 file`.
fn locations(report: &Report) -> String {
    let mut apps = BTreeSet::new();
    let mut others = BTreeSet::new();
    let mut files = BTreeSet::new();
    for finding in report.open() {
        match &finding.subject {
            Some(subject) if subject.kind == "App" => apps.insert(&subject.name),
            Some(subject) => others.insert(subject),
            None => files.insert(finding.place.file.path()),
        };
    }
    let mut parts = Vec::new();
    if !apps.is_empty() {
        let all = report.run.apps + report.run.unevaluated;
        parts.push(format!("{} of {}", apps.len(), counted(all.max(apps.len()), "app")));
    }
    if !others.is_empty() {
        let noun = if apps.is_empty() { "declaration" } else { "other declaration" };
        parts.push(counted(others.len(), noun));
    }
    if !files.is_empty() {
        parts.push(counted(files.len(), if parts.is_empty() { "file" } else { "other file" }));
    }
    parts.join(", ")
}

/// Returns other facts that readers must not overlook.
fn notes(report: &Report, summary: &Summary) -> Vec<String> {
    let run = &report.run;
    let mut parts = Vec::new();
    let preview = report.open().filter(|finding| report.is_preview(&finding.rule)).count();
    if preview > 0 {
        let (come, rules) = if preview == 1 {
            ("comes from", "a preview rule, which never fails")
        } else {
            ("come from", "preview rules, which never fail")
        };
        parts.push(format!("{preview} {come} {rules} a run"));
    }
    if run.discovered > 0 {
        parts.push(format!("{} only discovered", counted(run.discovered, "app")));
    }
    if summary.waived > 0 {
        parts.push(format!("{} waived", summary.waived));
    }
    if run.known > 0 {
        parts.push(format!("{} known", counted(run.known, "finding")));
    }
    if run.out_of_focus > 0 {
        parts.push(format!("{} outside the paths given", counted(run.out_of_focus, "declaration")));
    }
    if run.skipped_documents > 0 {
        parts.push(format!("{} skipped (not leaver's)", counted(run.skipped_documents, "document")));
    }
    parts
}

/// Returns the number of rules that ran, without the rules on the syntax of YAML.
pub(crate) fn rules(report: &Report) -> usize {
    report.rules.values().filter(|meta| meta.scope != Scope::Document).count()
}

/// Returns place and message of a failure in one line.
pub fn failure_line(failure: &Failure) -> String {
    let place = failure.place.as_ref().map(|place| format!("{}: ", super::place::position(place))).unwrap_or_default();
    format!("{place}{}", Safe::new(&failure.message))
}

/// Returns a text such as `waived until 2026-12-31 by ciso: reason`, or `None` for an open finding.
pub(crate) fn waiver(status: &Status) -> Option<String> {
    match status {
        Status::Open => None,
        Status::Waived(by) => {
            Some(format!("waived until {} by {} ({}): {}", by.expires, by.approver, by.name, by.reason))
        }
    }
}
