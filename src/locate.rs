//! The one bridge from what rules say (paths) to what people see (places).

use crate::{
    finding::{Finding, Related, Status, Subject, Target, Verdict},
    model::{Catalogue, Declaration},
    report::Failure,
    rule::{RuleMeta, Severity},
};

/// Gives a verdict its place. A missing key is shown at its nearest existing parent; a value that came through an alias is shown where
/// the alias is used, with the written value as a related place.
pub(crate) fn locate(
    verdict: Verdict,
    meta: &RuleMeta,
    pinned: Option<Severity>,
    catalogue: &Catalogue,
) -> Result<Finding, Failure> {
    let fail = |message: String| Failure {
        code: "policy",
        message,
        help: None,
        place: None,
        rule: Some(verdict.rule.clone()),
    };
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
    Ok(Finding {
        severity: pinned.or(verdict.severity).unwrap_or(meta.severity),
        message: verdict.message,
        help: None,
        subject: Some(declaration.subject()),
        path: verdict.path,
        place: declaration.place(located.span),
        related,
        fix: verdict.fix,
        status: Status::Open,
        fingerprint: String::new(),
        rule: verdict.rule,
    })
}

fn name(target: &Target) -> String {
    match target {
        Target::Index(index) => format!("declaration {index}"),
        Target::Named(Subject { kind, name }) => format!("{kind} `{name}`"),
    }
}
