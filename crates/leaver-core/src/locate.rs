//! Converts the paths that rules report to places in files.

use crate::{
    finding::{Finding, Related, Subject, Target, Verdict},
    model::{Catalogue, Declaration, ResolvedPath},
    report::{Code, Failure},
    rule::{RuleMeta, Severity},
    source::Entries,
};

/// Turns a verdict into a finding with a place. A missing key has the place of its nearest existing parent. An aliased value has the place of the
/// alias, with the anchored value as a related place. An inherited value has a place in the file of its pattern.
pub fn locate<'a>(
    verdict: Verdict,
    meta: &RuleMeta,
    pinned: Option<Severity>,
    catalogue: &'a Catalogue,
    entries: &mut Entries<'a>,
) -> Result<Finding, Failure> {
    let fail = |message: String| Failure::new(Code::Policy, message).of(verdict.rule.clone());
    let Some(declaration) = catalogue.get(verdict.declaration) else {
        return Err(fail(format!("rule `{}` names a declaration that does not exist", verdict.rule)));
    };
    let resolved = declaration.resolve(&verdict.path);
    let mut related = related_places(declaration, &resolved);
    for other in &verdict.related {
        let target: Option<&Declaration> = match &other.target {
            // A rule refers to its own declaration by kind and name, even if the declaration is a population of the app with that name.
            Target::Named(subject) if *subject == declaration.subject() => Some(declaration),
            Target::Index(index) => catalogue.get(*index),
            Target::Named(subject) => catalogue.find(subject),
        };
        let Some(target) = target else {
            return Err(fail(format!(
                "rule `{}` relates to {}, which does not exist",
                verdict.rule,
                target_name(&other.target)
            )));
        };
        let place = target.resolve(&other.path).place;
        related.push(Related { message: other.message.clone(), subject: Some(target.subject()), place });
    }
    let severity = pinned.or(verdict.severity).unwrap_or(meta.severity);
    let app = declaration.population().and_then(|_| catalogue.find(&declaration.subject()));
    let message = match (declaration.population(), verdict.message.strip_prefix(&declaration.name)) {
        (Some(population), Some(rest)) => format!("{} ({population}){rest}", declaration.name),
        _ => verdict.message,
    };
    Ok(Finding {
        subject: Some(declaration.subject()),
        address: entries.address(&declaration.root, &verdict.path),
        path: verdict.path,
        exists: resolved.exists,
        // A finding about a population has the identity of the app.
        identity: app.unwrap_or(declaration).identity(),
        pattern: resolved.pattern,
        population: declaration.population().map(str::to_owned),
        related,
        fix: verdict.fix,
        ..Finding::new(verdict.rule, severity, message, resolved.place)
    })
}

/// Returns the related places: the anchored value, the name of the pattern in the app, and, if the pattern lacks the value, the nearest parent in the
/// pattern.
pub fn related_places(declaration: &Declaration, resolved: &ResolvedPath) -> Vec<Related> {
    let mut related = Vec::new();
    if let Some((pattern, place)) = resolved.pattern.as_ref().zip(resolved.other.as_ref()) {
        let (message, subject) = if resolved.exists {
            (format!("{} uses the pattern `{pattern}`", declaration.name), declaration.subject())
        } else {
            let subject = Subject { kind: "Pattern".into(), name: pattern.clone() };
            (format!("the pattern `{pattern}` does not set this value"), subject)
        };
        related.push(Related { message, subject: Some(subject), place: place.clone() });
    }
    if let Some(place) = &resolved.defined {
        let message = "the value is written here".into();
        related.push(Related { message, subject: Some(declaration.subject()), place: place.clone() });
    }
    related
}

fn target_name(target: &Target) -> String {
    match target {
        Target::Index(index) => format!("declaration {index}"),
        Target::Named(Subject { kind, name }) => format!("{kind} `{name}`"),
    }
}
