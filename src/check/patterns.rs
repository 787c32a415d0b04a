//! Merges declarations with their patterns. Reports declarations that cannot be merged, and invalid results.

use std::{collections::BTreeMap, sync::Arc};

use rayon::prelude::*;

use super::{Gathered, Request, gather, load};
use crate::{
    config::Config,
    finding::{Finding, Related},
    locate::related_places,
    model::{Catalogue, Declaration, Fault, FaultKind, MAX_CHAIN, apply_patterns, pattern_path},
    report::{Code, Failure},
    rule::{RuleId, Severity},
    ruleset::Ruleset,
    schema::{Breach, DECLARATIONS, nearest},
    source::{Entries, SourceFile, Yaml, redact},
    triage::Focus,
};

/// Id of the rule about undeclared patterns.
const UNKNOWN: &str = "schema/unknown-pattern";
/// Id of the rule about chains of patterns that form a cycle or are too long.
const CYCLE_OR_TOO_LONG: &str = "schema/endless-pattern";

/// Id of the rule about invalid values.
const INVALID: &str = "schema/invalid-value";

/// A catalogue as rules see it.
pub(crate) struct Effective {
    /// The user's own declarations, including invalid ones.
    pub(crate) declarations: Vec<Declaration>,
    /// Schema findings.
    pub(crate) findings: Vec<Finding>,
    /// Errors while reading.
    pub(crate) failures: Vec<Failure>,
}

/// Reads a catalogue without evaluating it.
pub(crate) fn effective(config: &Config, ruleset: &Ruleset, request: &Request) -> Effective {
    let Gathered { catalogue, findings, failures, .. } = gather(config, ruleset, request);
    Effective { declarations: catalogue.own().to_vec(), findings, failures }
}

/// Merges all declarations with their patterns.
pub(super) fn apply(
    declarations: &mut [Declaration],
    ruleset: &Ruleset,
    focus: &mut Focus,
    findings: &mut Vec<Finding>,
    failures: &mut Vec<Failure>,
) {
    let faults = apply_patterns(declarations);
    let mut left = 0;
    for fault in &faults {
        if fault.kind == FaultKind::TooManyValues {
            left += 1;
        }
        findings.extend(fault_finding(fault, declarations, ruleset));
    }
    if left > 0 {
        let message = format!("inherited values exceed the limit: {left} declarations not checked");
        let help = Some("reduce the patterns that most apps use, or check the catalogue in parts".into());
        failures.push(Failure { help, ..Failure::new(Code::Limit, message) });
    }
    findings.extend(validate_merged(declarations, ruleset));
    focus.add_dependents(declarations);
    note_unevaluated(declarations, findings);
}

/// Adds a note to the errors of a pattern: the number of apps that are not evaluated because of these errors.
fn note_unevaluated(declarations: &[Declaration], findings: &mut [Finding]) {
    let mut unevaluated: BTreeMap<&str, usize> = BTreeMap::new();
    let apps = declarations.iter().filter(|declaration| declaration.kind == "App" && !declaration.well_formed);
    for pattern in apps.flat_map(Declaration::patterns) {
        *unevaluated.entry(pattern).or_default() += 1;
    }
    for finding in findings.iter_mut().filter(|finding| finding.rule.group() == "schema") {
        let subject = finding.subject.as_ref().filter(|subject| subject.kind == "Pattern");
        // Each pattern has this note at most once, in its first finding.
        let Some(count) = subject.and_then(|subject| unevaluated.remove(subject.name.as_str())) else { continue };
        let apps =
            if count == 1 { "1 app that uses it is".to_owned() } else { format!("{count} apps that use it are") };
        let note = format!("{apps} not evaluated until this is fixed");
        finding.help = Some(finding.help.take().map_or_else(|| note.clone(), |help| format!("{help}; {note}")));
    }
}

/// The schema findings of a file that is a whole catalogue.
pub(crate) fn load_alone(file: SourceFile, config: &Config, ruleset: &Ruleset) -> Vec<Finding> {
    let mut loaded = load(file, config, ruleset, true);
    let mut findings = loaded.findings;
    apply(&mut loaded.declarations, ruleset, &mut Focus::default(), &mut findings, &mut Vec::new());
    findings
}

fn fault_finding(fault: &Fault, declarations: &[Declaration], ruleset: &Ruleset) -> Option<Finding> {
    let declaration = declarations.get(fault.declaration)?;
    let mut related = Vec::new();
    let (rule, message, help) = match &fault.kind {
        FaultKind::UnknownPattern(name) => {
            let patterns = declarations
                .iter()
                .filter(|declaration| declaration.kind == "Pattern")
                .map(|pattern| pattern.name.as_str());
            let names: Vec<&str> = patterns.collect();
            let help = match nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if names.is_empty() => "declare it: `kind: Pattern` with this `metadata.name`".to_owned(),
                None => format!("the patterns are {}", list_names(&names)),
            };
            let name: String = redact(name).chars().take(100).collect();
            (UNKNOWN, format!("{}: `{name}` is not a declared Pattern", declaration.name), help)
        }
        FaultKind::Cycle(others) => {
            let others: Vec<&Declaration> = others.iter().filter_map(|at| declarations.get(*at)).collect();
            related.extend(others.iter().map(|other| Related {
                message: "part of the cycle".into(),
                subject: Some(other.subject()),
                place: other.resolve(&pattern_path()).place,
            }));
            let way = others.iter().map(|other| format!("`{}`, which names ", other.name)).collect::<String>();
            let message = if others.is_empty() {
                format!("{}: the pattern names itself", declaration.name)
            } else {
                format!("{}: the pattern names {way}`{0}` again", declaration.name)
            };
            (CYCLE_OR_TOO_LONG, message, "remove `pattern` from one of these patterns".to_owned())
        }
        FaultKind::ChainTooLong => {
            let message = format!("{}: inherits from a chain of more than {MAX_CHAIN} patterns", declaration.name);
            (CYCLE_OR_TOO_LONG, message, "name a pattern with fewer ancestors".to_owned())
        }
        FaultKind::DuplicatePopulation(name) => {
            let message = format!("{}: the population `{name}` is listed twice", declaration.name);
            (INVALID, message, "list each population once, by its name or as a mapping".to_owned())
        }
        FaultKind::TooManyValues => return None,
    };
    let path = fault.path.clone();
    let place = declaration.resolve(&path).place;
    let severity = severity(rule, ruleset);
    Some(Finding {
        subject: Some(declaration.subject()),
        address: Entries::default().address(&declaration.root, &path),
        identity: declaration.identity(),
        help: Some(help),
        related,
        path,
        ..Finding::new(rule.parse().ok()?, severity, message, place)
    })
}

fn severity(rule: &str, ruleset: &Ruleset) -> Severity {
    rule.parse::<RuleId>().map_or(Severity::Error, |id| ruleset.written_severity(&id))
}

/// Lists names. A long list is shortened.
fn list_names(names: &[&str]) -> String {
    const MAX_SHOWN: usize = 10;
    let shown: Vec<String> = names.iter().take(MAX_SHOWN).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(MAX_SHOWN);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

/// Validates effective declarations, which may be invalid although their parts are valid. Marks invalid declarations as not well-formed and returns
/// the findings about them.
fn validate_merged(declarations: &mut [Declaration], ruleset: &Ruleset) -> Vec<Finding> {
    let inheriting =
        declarations.par_iter_mut().filter(|app| app.kind == "App" && app.well_formed && app.inherited.is_some());
    let broken = inheriting.flat_map_iter(|declaration| {
        let breaches = DECLARATIONS.check_effective(&declaration.root);
        declaration.well_formed = breaches.is_empty();
        let mut found: Vec<Finding> =
            breaches.into_iter().filter_map(|breach| invalid_finding(breach, declaration, ruleset)).collect();
        if let Some(inherited) = declaration.inherited.as_mut().and_then(Arc::get_mut) {
            for population in &mut inherited.populations {
                let breaches = DECLARATIONS.check_effective(&population.root);
                population.well_formed = breaches.is_empty() && declaration.well_formed;
                found.extend(breaches.into_iter().filter_map(|breach| invalid_finding(breach, population, ruleset)));
            }
        }
        found
    });
    broken.collect()
}

fn invalid_finding(breach: Breach, declaration: &Declaration, ruleset: &Ruleset) -> Option<Finding> {
    let Breach { kind, path, message, help, .. } = breach;
    let resolved = declaration.resolve(&path);
    let severity = severity(kind.rule(), ruleset);
    Some(Finding {
        subject: Some(declaration.subject()),
        address: Entries::default().address(&declaration.root, &path),
        identity: declaration.identity(),
        exists: resolved.exists,
        pattern: resolved.pattern.clone(),
        population: declaration.population().map(str::to_owned),
        related: related_places(declaration, &resolved),
        help,
        path,
        ..Finding::new(kind.rule().parse().ok()?, severity, message, resolved.place)
    })
}

/// Removes each finding on a population that repeats a finding on its app. Both findings must have the same rule, status, address and message. If the
/// value has its own place, the places must be the same, too. For a secret, the same rule, status and place suffice.
pub(super) fn drop_repeated_findings(findings: &mut Vec<Finding>, catalogue: &Catalogue, ruleset: &Ruleset) {
    if findings.iter().all(|finding| finding.population.is_none()) {
        return;
    }
    let mut of_apps: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.population.is_none() && finding.subject.is_some()) {
        of_apps.entry((&finding.rule, &finding.subject)).or_default().push(finding);
    }
    let repeats = |finding: &Finding| {
        let Some(population) = &finding.population else { return false };
        let is_secret = ruleset.meta(&finding.rule).is_some_and(|meta| meta.secret);
        let others = of_apps.get(&(&finding.rule, &finding.subject)).into_iter().flatten();
        others.filter(|other| other.status == finding.status).any(|other| {
            // A secret has the same place in the app and in the population.
            (is_secret && other.place == finding.place)
                || (other.address == finding.address
                    && message_without_name(other, None) == message_without_name(finding, Some(population))
                    && (other.place == finding.place || !has_own_place(finding, catalogue)))
        })
    };
    let repeated: Vec<bool> = findings.iter().map(repeats).collect();
    let mut repeated = repeated.into_iter();
    findings.retain(|_| !repeated.next().unwrap_or_default());
}

/// The message without the name of the app or population at its start.
fn message_without_name<'f>(finding: &'f Finding, population: Option<&str>) -> &'f str {
    let message = finding.message.as_str();
    let name = finding.subject.as_ref().map_or("", |subject| subject.name.as_str());
    let rest = message.strip_prefix(name);
    let rest = match population {
        None => rest,
        Some(population) => rest.and_then(|rest| rest.strip_prefix(" (")?.strip_prefix(population)?.strip_prefix(')')),
    };
    rest.unwrap_or(message)
}

/// Whether the value of a finding is written at a single place. A mapping may be merged from several places, and a missing value has no place.
fn has_own_place(finding: &Finding, catalogue: &Catalogue) -> bool {
    let app = finding.subject.as_ref().and_then(|subject| catalogue.find(subject));
    let mut populations = app.into_iter().flat_map(Declaration::populations);
    let population = populations.find(|population| population.population() == finding.population.as_deref());
    finding.exists
        && population
            .and_then(|population| population.root.at(&finding.path))
            .is_some_and(|node| !matches!(node.value(), Yaml::Map(_)))
}
