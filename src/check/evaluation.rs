//! Turns a catalogue into findings: evaluates rules, applies waivers, and redacts secrets in the files that a report shows.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Gathered, Request, accepted};
use crate::{
    config::Config,
    engine::{Demand, Memo, RunInput, Snapshot, evaluate},
    finding::{Finding, Verdict},
    locate::locate,
    model::{Catalogue, Declaration, Waiver},
    policy::RuleResults,
    report::Failure,
    rule::Severity,
    ruleset::Ruleset,
    source::{Entries, SourceFile, Span, secrets_of},
    triage::{Focus, waive},
    trust::{Change, Side, Trusted, of_the_change},
};

/// The inputs of an evaluation.
pub(super) struct Evaluation<'a> {
    pub(super) config: &'a Config,
    pub(super) ruleset: &'a Ruleset,
    pub(super) request: &'a Request,
    /// The base of `--since`.
    pub(super) base: Option<&'a Gathered>,
    pub(super) demand: &'a Demand,
    pub(super) memo: Option<&'a Memo>,
}

impl Evaluation<'_> {
    /// Adds the findings of rules to the schema findings and applies waivers. Returns findings that are not reported, but are needed to redact
    /// secrets in the files that the report shows.
    pub(super) fn run(&self, gathered: &mut Gathered, progress: &(dyn Fn(usize, usize) + Sync)) -> Vec<Finding> {
        let Self { config, ruleset, request, demand, memo, .. } = self;
        let Gathered { catalogue, findings, failures, signoffs, removed_apps, focus, .. } = gathered;
        let run_input = RunInput { today: &request.today, signoffs, worker: request.worker.as_deref() };
        let changed = request.trusted.iter().flat_map(changed_rules);
        let others: Vec<&Ruleset> = changed.map(|side| &side.ruleset).collect();
        let snapshot = Snapshot::new(config, ruleset, catalogue, run_input, &others);
        let mut add = |results: RuleResults, catalogue: &Catalogue, findings: &mut Vec<Finding>| {
            failures.extend(results.failures);
            add_located(results.verdicts, ruleset, catalogue, findings, failures);
        };
        add(evaluate(&snapshot, *memo, demand, progress), catalogue, findings);
        add(snapshot.evaluate_removed_apps(removed_apps), removed_apps, findings);
        if let Some(trusted) = &request.trusted {
            let broken = broken_files(findings, failures);
            let is_loaded = config.has_file || request.paths.is_empty();
            findings.extend(trusted.changes(&Change {
                catalogue,
                files: &config.files,
                root: &config.root,
                today: &request.today,
                evidence: request.evidence.as_ref().map(|(name, _)| name.as_str()),
                is_read: &|file| is_loaded && !broken.contains(file),
            }));
            failures.extend(failures_after_merge(trusted, &snapshot, failures));
        }
        self.apply_waivers(catalogue, findings, failures);
        if focus.is_all() || demand.is_everything() {
            return Vec::new();
        }
        let files = shown_files(focus, findings, failures);
        let is_unevaluated =
            |declaration: &Declaration| files.contains(declaration.file.path()) && !demand.contains(declaration);
        let results = snapshot.evaluate_single(&Demand::only(catalogue, is_unevaluated));
        let mut unreported = Vec::new();
        failures.extend(results.failures);
        add_located(results.verdicts, ruleset, catalogue, &mut unreported, failures);
        unreported
    }

    /// Marks the findings that waivers cover, and adds findings about waivers.
    fn apply_waivers(&self, catalogue: &Catalogue, findings: &mut Vec<Finding>, failures: &mut Vec<Failure>) {
        let Self { config, ruleset, request, base, demand, .. } = self;
        let waivers: Vec<Waiver> = match &request.trusted {
            Some(trusted) => trusted.waivers.iter().filter_map(Waiver::read).collect(),
            None => catalogue.waivers().filter_map(Waiver::read).collect(),
        };
        let versions = accepted::versions(request, catalogue, *base);
        let reused = waive(findings, &waivers, &versions, &request.today);
        let waiver_findings = accepted::waiver_findings(ruleset, catalogue, reused, &versions);
        add_located(waiver_findings, ruleset, catalogue, findings, failures);
        // Without a `leaver.yaml`, a waiver may cover an app in a file that was not passed.
        let single = request.text.is_some() || request.paths.iter().any(|path| config.files.is_file(path));
        if failures.is_empty() && (config.has_file || !single) {
            let is_evaluated = |declaration: &Declaration| demand.contains(declaration);
            let unused =
                accepted::unused_waivers(ruleset, request, (catalogue, &versions), &waivers, findings, &is_evaluated);
            add_located(unused, ruleset, catalogue, findings, failures);
        }
    }
}

/// The configurations of the change that have users' rules. These rules run before the merge to find out whether they fail.
fn changed_rules(trusted: &Trusted) -> impl Iterator<Item = &Side> {
    let sides = trusted.heads.iter().filter(|_| trusted.is_edited()).filter_map(|head| head.side.as_ref());
    sides.filter(|side| !side.ruleset.running.split().1.rules.is_empty())
}

/// The failures that the configuration and the rules of the change would cause after the merge. With `--trust-ref`, this configuration and these
/// rules are not in force yet, so the findings of the rules are not reported.
fn failures_after_merge(trusted: &Trusted, snapshot: &Snapshot<'_>, known: &[Failure]) -> Vec<Failure> {
    let mut failures: Vec<Failure> = trusted.heads.iter().flat_map(|head| &head.failures).cloned().collect();
    // The rules of a change must not run in this process. If there is no worker, they are skipped.
    for side in changed_rules(trusted).filter(|_| snapshot.isolates_rules()) {
        let results = snapshot.evaluate_local_rules_of(&side.config, &side.ruleset);
        // If a rule also fails in the trusted commit, the failure is reported once.
        let new = results.failures.into_iter().filter(|failure| {
            !known.iter().any(|other| other.rule == failure.rule && other.message == failure.message)
        });
        failures.extend(of_the_change(new.collect()));
    }
    let mut distinct: Vec<Failure> = Vec::new();
    for failure in failures {
        if !distinct.contains(&failure) {
            distinct.push(failure);
        }
    }
    distinct
}

/// The files that are invalid or could not be read. Some of their declarations may be missing.
fn broken_files(findings: &[Finding], failures: &[Failure]) -> BTreeSet<String> {
    let is_invalid = |finding: &&Finding| finding.rule.group() == "schema" && finding.severity == Severity::Error;
    let places = findings
        .iter()
        .filter(is_invalid)
        .map(|finding| &finding.place)
        .chain(failures.iter().filter_map(|failure| failure.place.as_ref()));
    let unreadable = failures.iter().filter_map(|failure| failure.file.clone());
    places.map(|place| place.file.path().to_owned()).chain(unreadable).collect()
}

/// The files that a report quotes.
fn shown_files(focus: &Focus, findings: &[Finding], failures: &[Failure]) -> BTreeSet<String> {
    let places = findings.iter().filter(|finding| focus.includes_finding(finding)).flat_map(Finding::places);
    let places = places.chain(failures.iter().filter_map(|failure| failure.place.as_ref()));
    places.map(|place| place.file.path().to_owned()).collect()
}

/// Locates verdicts and adds them as findings.
pub(super) fn add_located(
    verdicts: Vec<Verdict>,
    ruleset: &Ruleset,
    catalogue: &Catalogue,
    findings: &mut Vec<Finding>,
    failures: &mut Vec<Failure>,
) {
    let mut entries = Entries::default();
    for verdict in verdicts {
        let Some(meta) = ruleset.meta(&verdict.rule) else { continue };
        let pinned = ruleset.pinned.get(&verdict.rule).copied();
        match locate(verdict, meta, pinned, catalogue, &mut entries) {
            Ok(finding) => findings.push(finding),
            Err(failure) => failures.push(failure),
        }
    }
}

/// Redacts the secrets in findings and in their files. A secret is a place that a rule on secrets reports, or a text in the format of a secret. The
/// report omits the findings in `unreported`, but it may quote a line that contains their secrets.
pub(super) fn redact(findings: &mut [Finding], unreported: &[Finding], ruleset: &Ruleset) {
    let mut secrets: BTreeMap<&str, (&Arc<SourceFile>, Vec<Span>)> = BTreeMap::new();
    for finding in findings.iter().chain(unreported) {
        let is_secret = ruleset.meta(&finding.rule).is_some_and(|meta| meta.secret);
        for place in finding.places() {
            secrets.entry(place.file.path()).or_insert_with(|| (&place.file, secrets_of(&place.file)));
        }
        if let Some((_, spans)) = secrets.get_mut(finding.place.file.path()).filter(|_| is_secret) {
            spans.push(finding.place.span);
        }
    }
    for (file, spans) in secrets.into_values() {
        file.set_secrets(spans);
    }
    findings.iter_mut().for_each(Finding::redact);
}
