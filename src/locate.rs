//! Converts the paths that rules report to places that people see.

use crate::{
    finding::{Finding, Related, Subject, Target, Verdict},
    model::{Catalogue, Declaration},
    report::{Code, Failure},
    rule::{RuleMeta, Severity},
    source::Entries,
};

/// Gives a verdict its place. A missing key is shown at its nearest existing parent; a value that came through an alias is shown where
/// the alias is used, with the written value as a related place.
pub(crate) fn locate<'a>(
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
    let located = declaration.root.locate(&verdict.path);
    let mut related = Vec::new();
    if let Some(span) = located.defined {
        related.push(Related {
            message: "the value is written here".into(),
            subject: Some(declaration.subject()),
            place: declaration.place(span),
        });
    }
    for other in &verdict.related {
        let target: Option<&Declaration> = match &other.target {
            Target::Index(index) => catalogue.get(*index),
            Target::Named(subject) => catalogue.find(subject),
        };
        let Some(target) = target else {
            return Err(fail(format!(
                "rule `{}` relates to {}, which does not exist",
                verdict.rule,
                name(&other.target)
            )));
        };
        let place = target.place(target.root.locate(&other.path).span);
        related.push(Related { message: other.message.clone(), subject: Some(target.subject()), place });
    }
    let severity = pinned.or(verdict.severity).unwrap_or(meta.severity);
    Ok(Finding {
        subject: Some(declaration.subject()),
        address: entries.address(&declaration.root, &verdict.path),
        path: verdict.path,
        exists: located.exists,
        identity: declaration.identity(),
        related,
        fix: verdict.fix,
        ..Finding::new(verdict.rule, severity, verdict.message, declaration.place(located.span))
    })
}

fn name(target: &Target) -> String {
    match target {
        Target::Index(index) => format!("declaration {index}"),
        Target::Named(Subject { kind, name }) => format!("{kind} `{name}`"),
    }
}
