//! SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/>) with what GitHub code scanning requires and within its limits
//! (<https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>).

use std::{collections::BTreeMap, io::Write};

use serde_json::{Value, json};

use super::{
    OutputError,
    escape::{sarif_text, terminal, uri},
    json::{help_uri, write_json},
};
use crate::{
    finding::{Finding, Status, pointer},
    report::{Failure, Report},
    rule::{RuleId, RuleMeta, Severity},
    source::Place,
};

/// GitHub rejects more results than this in a run.
const RESULTS: usize = 25_000;
/// GitHub keeps this many tags of a rule; the full mapping is in `properties.controls`.
const TAGS: usize = 10;
/// GitHub's limit for descriptions.
const DESCRIPTION: usize = 1_024;

pub(super) fn render(report: &Report, out: &mut dyn Write) -> Result<(), OutputError> {
    let index: BTreeMap<&RuleId, usize> = report.rules.keys().enumerate().map(|(at, id)| (id, at)).collect();
    let left_out = report.findings.len().saturating_sub(RESULTS);
    let mut notifications: Vec<Value> = report.failures.iter().map(notification).collect();
    if left_out > 0 {
        let text = format!("{left_out} results are left out: at most {RESULTS} fit in a run");
        notifications.push(json!({"level": "warning", "message": {"text": text}}));
    }
    let mut worst_first: Vec<&Finding> = report.findings.iter().collect();
    if left_out > 0 {
        worst_first.sort_by_key(|finding| (!finding.is_open(), std::cmp::Reverse(finding.severity)));
        worst_first.truncate(RESULTS);
    }
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "leaver",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": report.rules.values().map(|meta| rule(report, meta)).collect::<Vec<_>>(),
            }},
            "automationDetails": {"id": "leaver/"},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": report.failures.is_empty(), "toolExecutionNotifications": notifications}],
            "results": worst_first.iter().map(|finding| result(finding, &index)).collect::<Vec<_>>(),
            "properties": {"today": report.run.today, "profile": terminal(&report.run.profile)},
        }],
    });
    write_json(&document, false, out)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn rule(report: &Report, meta: &RuleMeta) -> Value {
    let cut = |text: &str| text.chars().take(DESCRIPTION).collect::<String>();
    let tags: Vec<String> = std::iter::once(meta.id.group().to_owned())
        .chain(meta.controls.iter().flat_map(|(framework, ids)| ids.iter().map(move |id| format!("{framework}/{id}"))))
        .take(TAGS)
        .collect();
    let controls: String =
        meta.controls.iter().map(|(framework, ids)| format!("- {framework}: {}\n", ids.join(", "))).collect();
    let problem = match meta.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    };
    let mut descriptor = json!({
        "id": meta.id.as_str(),
        "name": meta.id.name(),
        "shortDescription": {"text": cut(&meta.title)},
        "fullDescription": {"text": cut(&meta.why)},
        "help": {
            "text": format!("{}\n\n{}", meta.why, meta.fix),
            "markdown": format!("{}\n\n**Fix:** {}\n\n{}", meta.why, meta.fix, if controls.is_empty() { String::new() } else { format!("**Controls**\n\n{controls}") }),
        },
        "defaultConfiguration": {"level": level(meta.severity)},
        "properties": {"precision": meta.precision.as_str(), "problem.severity": problem, "tags": tags, "controls": meta.controls},
    });
    let page = help_uri(report, meta);
    if !page.is_empty()
        && let Some(descriptor) = descriptor.as_object_mut()
    {
        descriptor.insert("helpUri".into(), page.into());
    }
    descriptor
}

fn location(place: &Place) -> Value {
    let (start, end) = (place.start(), place.end());
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(place.file.path())},
        "region": {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column},
    }})
}

fn result(finding: &Finding, index: &BTreeMap<&RuleId, usize>) -> Value {
    let mut place = location(&finding.place);
    if let (Some(place), Some(subject)) = (place.as_object_mut(), &finding.subject) {
        let name = terminal(&format!("{}/{}", subject.kind, subject.name));
        place.insert(
            "logicalLocations".into(),
            json!([{"fullyQualifiedName": format!("{name}#{}", terminal(&pointer(&finding.path)))}]),
        );
    }
    let related: Vec<Value> = finding
        .related
        .iter()
        .enumerate()
        .map(|(id, other)| {
            let mut place = location(&other.place);
            if let Some(place) = place.as_object_mut() {
                place.insert("id".into(), id.into());
                place.insert("message".into(), json!({"text": sarif_text(&other.message)}));
            }
            place
        })
        .collect();
    let suppressions = match &finding.status {
        Status::Open => json!([]),
        Status::Waived(by) => json!([{
            "kind": "external",
            "status": "accepted",
            "justification": terminal(&format!("{} (waiver {}, approved by {}, until {})", by.reason, by.name, by.approver, by.expires)),
        }]),
    };
    let mut result = json!({
        "ruleId": finding.rule.as_str(),
        "level": level(finding.severity),
        "message": {"text": sarif_text(&finding.message)},
        "locations": [place],
        "relatedLocations": related,
        "partialFingerprints": {"primaryLocationLineHash": format!("{}:1", finding.fingerprint), "leaver/v1": finding.fingerprint},
        "suppressions": suppressions,
    });
    if let (Some(result), Some(index)) = (result.as_object_mut(), index.get(&finding.rule)) {
        result.insert("ruleIndex".into(), (*index).into());
    }
    result
}

fn notification(failure: &Failure) -> Value {
    let mut notification = json!({
        "level": "error",
        "message": {"text": sarif_text(&failure.message)},
        "descriptor": {"id": failure.code},
    });
    if let (Some(notification), Some(place)) = (notification.as_object_mut(), &failure.place) {
        notification.insert("locations".into(), json!([location(place)]));
    }
    notification
}
