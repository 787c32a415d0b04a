//! Merges declarations with their patterns, and reports those that cannot be merged or whose result is invalid.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rayon::prelude::*;

use super::{Gathered, Request, gather, load};
use crate::{
    config::Config,
    finding::{Finding, Related, Step},
    locate::relate,
    model::{Broken, Declaration, Fault, MAX_CHAIN, apply_patterns},
    report::{Code, Failure},
    rule::{RuleId, Severity},
    schema::{Breach, DECLARATIONS, nearest},
    source::{Entries, SourceFile, redact},
    triage::Focus,
};

/// Id of the rule about undeclared patterns.
const UNKNOWN: &str = "schema/unknown-pattern";
/// Id of the rule about chains of patterns that never end or are too long.
const ENDLESS: &str = "schema/endless-pattern";

/// The id of the rule about values that do not fit.
const INVALID: &str = "schema/invalid-value";

/// A catalogue as rules see it.
pub(crate) struct Effective {
    /// The user's own declarations, including invalid ones.
    pub(crate) declarations: Vec<Declaration>,
    /// Schema findings.
    pub(crate) findings: Vec<Finding>,
    /// What could not be read.
    pub(crate) failures: Vec<Failure>,
}

/// Reads a catalogue without evaluating it.
pub(crate) fn effective(config: &Config, request: &Request) -> Effective {
    let Gathered { catalogue, findings, failures, .. } = gather(config, request);
    Effective { declarations: catalogue.own().to_vec(), findings, failures }
}

/// Merges all declarations with their patterns.
pub(super) fn apply(
    declarations: &mut [Declaration],
    config: &Config,
    focus: &mut Focus,
    findings: &mut Vec<Finding>,
    failures: &mut Vec<Failure>,
) {
    let faults = apply_patterns(declarations);
    focus.follow(declarations);
    let mut left = 0;
    for fault in &faults {
        if fault.broken == Broken::TooMuch {
            left += 1;
        }
        findings.extend(finding(fault, declarations, config));
    }
    if left > 0 {
        let message = format!("inherited values exceed the limit: {left} declarations not checked");
        let help = Some("reduce the patterns that most apps use, or check the catalogue in parts".into());
        failures.push(Failure { help, ..Failure::new(Code::Limit, message) });
    }
    findings.extend(misshapen(declarations, config));
    tell_unjudged(declarations, findings);
}

/// Adds to the errors of a pattern how many apps are not evaluated because of it.
fn tell_unjudged(declarations: &[Declaration], findings: &mut [Finding]) {
    let mut unjudged: BTreeMap<&str, usize> = BTreeMap::new();
    let apps = declarations.iter().filter(|one| one.kind == "App" && !one.well_formed);
    for layer in apps.flat_map(Declaration::layers) {
        *unjudged.entry(&layer.name).or_default() += 1;
    }
    for finding in findings.iter_mut().filter(|finding| finding.rule.group() == "schema") {
        let subject = finding.subject.as_ref().filter(|subject| subject.kind == "Pattern");
        // Once for each pattern.
        let Some(count) = subject.and_then(|subject| unjudged.remove(subject.name.as_str())) else { continue };
        let apps =
            if count == 1 { "1 app that uses it is".to_owned() } else { format!("{count} apps that use it are") };
        let note = format!("{apps} not evaluated until this is fixed");
        finding.help = Some(finding.help.take().map_or_else(|| note.clone(), |help| format!("{help}; {note}")));
    }
}

/// Schema findings of a file that is a whole catalogue.
pub(crate) fn load_alone(file: SourceFile, config: &Config) -> Vec<Finding> {
    let mut loaded = load(file, config, true);
    let mut findings = loaded.findings;
    apply(&mut loaded.declarations, config, &mut Focus::default(), &mut findings, &mut Vec::new());
    findings
}

fn finding(fault: &Fault, declarations: &[Declaration], config: &Config) -> Option<Finding> {
    let declaration = declarations.get(fault.declaration)?;
    let mut related = Vec::new();
    let (rule, message, help) = match &fault.broken {
        Broken::Unknown(name) => {
            let patterns = declarations.iter().filter(|one| one.kind == "Pattern").map(|one| one.name.as_str());
            let names: Vec<&str> = patterns.collect();
            let help = match nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if names.is_empty() => "declare it: `kind: Pattern` with this `metadata.name`".to_owned(),
                None => format!("the patterns are {}", some(&names)),
            };
            let name: String = redact(name).chars().take(100).collect();
            (UNKNOWN, format!("{}: `{name}` is no declared Pattern", declaration.name), help)
        }
        Broken::Cycle(others) => {
            let others: Vec<&Declaration> = others.iter().filter_map(|at| declarations.get(*at)).collect();
            related.extend(others.iter().map(|other| Related {
                message: "part of the cycle".into(),
                subject: Some(other.subject()),
                place: other.spot(&pattern()).place,
            }));
            let way = others.iter().map(|other| format!("`{}`, which names ", other.name)).collect::<String>();
            let message = if others.is_empty() {
                format!("{}: the pattern names itself", declaration.name)
            } else {
                format!("{}: the pattern names {way}`{0}` again", declaration.name)
            };
            (ENDLESS, message, "remove `pattern` from one of them".to_owned())
        }
        Broken::TooLong => {
            let message =
                format!("{}: inherits from more than {MAX_CHAIN} patterns, one by the other", declaration.name);
            (ENDLESS, message, "use a pattern closer to the start of the chain".to_owned())
        }
        Broken::Twice(name) => {
            let message = format!("{}: the population `{name}` is listed twice", declaration.name);
            (INVALID, message, "list each population once, by its name or as a mapping".to_owned())
        }
        Broken::TooMuch => return None,
    };
    let path = fault.path.clone();
    let place = declaration.spot(&path).place;
    let severity = severity(rule, config);
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

/// The path of the key that names a pattern.
fn pattern() -> Vec<Step> {
    ["spec", "pattern"].map(|key| Step::Key(key.into())).into()
}

fn severity(rule: &str, config: &Config) -> Severity {
    rule.parse::<RuleId>().ok().and_then(|id| config.all_rules.get(&id)).map_or(Severity::Error, |meta| meta.severity)
}

/// The first names of many.
fn some(names: &[&str]) -> String {
    const SHOWN: usize = 10;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(SHOWN);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

/// Effective declarations that are invalid although their parts are valid. They are not evaluated.
fn misshapen(declarations: &mut [Declaration], config: &Config) -> Vec<Finding> {
    let heirs =
        declarations.par_iter_mut().filter(|one| one.kind == "App" && one.well_formed && one.inherited.is_some());
    let broken = heirs.flat_map_iter(|declaration| {
        let breaches = DECLARATIONS.check_effective(&declaration.root);
        declaration.well_formed = breaches.is_empty();
        let mut found: Vec<Finding> =
            breaches.into_iter().filter_map(|breach| wrong(breach, declaration, config)).collect();
        if let Some(inherited) = declaration.inherited.as_mut().and_then(Arc::get_mut) {
            for population in &mut inherited.populations {
                let breaches = DECLARATIONS.check_effective(&population.root);
                population.well_formed = breaches.is_empty() && declaration.well_formed;
                found.extend(breaches.into_iter().filter_map(|breach| wrong(breach, population, config)));
            }
        }
        found
    });
    broken.collect()
}

fn wrong(breach: Breach, declaration: &Declaration, config: &Config) -> Option<Finding> {
    let Breach { kind, path, message, help, .. } = breach;
    let spot = declaration.spot(&path);
    let severity = severity(kind.rule(), config);
    Some(Finding {
        subject: Some(declaration.subject()),
        address: Entries::default().address(&declaration.root, &path),
        identity: declaration.identity(),
        exists: spot.exists,
        pattern: spot.pattern.clone(),
        population: declaration.population().map(str::to_owned),
        related: relate(declaration, &spot),
        help,
        path,
        ..Finding::new(kind.rule().parse().ok()?, severity, message, spot.place)
    })
}

/// Leaves out what a population shares with its app: a finding that both have for one reason is the app's.
pub(super) fn leave_out_repeated(findings: &mut Vec<Finding>) {
    let key = |finding: &Finding, name: String| {
        let reason = finding.message.strip_prefix(&name).unwrap_or(&finding.message).to_owned();
        let subject = finding.subject.as_ref().map(|subject| subject.name.clone());
        (finding.rule.clone(), subject, finding.address.to_string(), reason)
    };
    if findings.iter().all(|finding| finding.population.is_none()) {
        return;
    }
    let name = |finding: &Finding| finding.subject.as_ref().map_or_else(String::new, |subject| subject.name.clone());
    let of_apps = findings.iter().filter(|finding| finding.population.is_none());
    let of_apps: BTreeSet<_> = of_apps.map(|finding| key(finding, name(finding))).collect();
    findings.retain(|finding| {
        let Some(population) = &finding.population else { return true };
        !of_apps.contains(&key(finding, format!("{} ({population})", name(finding))))
    });
}
