//! `json` and `jsonl`, version 1: `schemas/report.schema.json` describes them. These structs are the format; a rename elsewhere never
//! changes a user's file.

use std::{collections::BTreeMap, io::Write};

use serde::Serialize;
use serde_json::Value;

use super::{OutputError, escape};
use crate::{
    finding::{Finding, Related, Status, Step, pointer},
    report::{self, Report},
    rule::RuleMeta,
    source::Place,
};

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    tool: Tool,
    today: &'a str,
    profile: &'a str,
    summary: Counts<'a>,
    rules: Vec<Rule<'a>>,
    findings: Vec<Item<'a>>,
    failures: Vec<Failure<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts<'a> {
    errors: usize,
    warnings: usize,
    infos: usize,
    waived: usize,
    apps: usize,
    declarations: usize,
    files: usize,
    skipped_documents: usize,
    out_of_focus: usize,
    rules: usize,
    failures: usize,
    top_rules: Vec<Top<'a>>,
}

#[derive(Serialize)]
struct Top<'a> {
    rule: &'a str,
    count: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    title: &'a str,
    severity: &'a str,
    precision: &'a str,
    scope: Vec<&'a str>,
    why: &'a str,
    fix: &'a str,
    controls: &'a BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "String::is_empty")]
    help_uri: String,
}

#[derive(Serialize)]
pub(super) struct Region {
    #[serde(rename = "startLine")]
    start_line: usize,
    #[serde(rename = "startColumn")]
    start_column: usize,
    #[serde(rename = "endLine")]
    end_line: usize,
    #[serde(rename = "endColumn")]
    end_column: usize,
    #[serde(rename = "startByte")]
    start_byte: usize,
    #[serde(rename = "endByte")]
    end_byte: usize,
}

impl From<&Place> for Region {
    fn from(place: &Place) -> Self {
        let (start, end) = (place.start(), place.end());
        Self {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
            start_byte: place.span.start,
            end_byte: place.span.end,
        }
    }
}

#[derive(Serialize)]
struct Item<'a> {
    rule: &'a str,
    severity: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    path: Vec<Value>,
    pointer: String,
    file: &'a str,
    region: Region,
    related: Vec<Other<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Value]>::is_empty")]
    fix: &'a [Value],
    fingerprint: &'a str,
    status: &'static str,
    controls: &'a BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiver: Option<Waiver<'a>>,
}

#[derive(Serialize)]
struct Other<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    file: &'a str,
    region: Region,
}

#[derive(Serialize)]
struct Waiver<'a> {
    name: &'a str,
    reason: &'a str,
    approver: &'a str,
    expires: &'a str,
}

#[derive(Serialize)]
struct Failure<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
}

/// The page of a rule, or nothing where there are none.
pub(super) fn help_uri(report: &Report, meta: &RuleMeta) -> String {
    if report.run.docs_url.is_empty() {
        String::new()
    } else {
        format!("{}/{}.md", report.run.docs_url, escape::uri(meta.id.as_str()))
    }
}

/// A rule that serves no control.
static NONE: BTreeMap<String, Vec<String>> = BTreeMap::new();

impl<'a> Item<'a> {
    fn new(finding: &'a Finding, report: &'a Report) -> Self {
        let (status, waiver) = match &finding.status {
            Status::Open => ("open", None),
            Status::Waived(by) => (
                "waived",
                Some(Waiver { name: &by.name, reason: &by.reason, approver: &by.approver, expires: &by.expires }),
            ),
        };
        let path = finding.path.iter().map(|step| match step {
            Step::Key(key) => Value::from(key.as_str()),
            Step::Index(index) => Value::from(*index),
        });
        Self {
            rule: finding.rule.as_str(),
            severity: finding.severity.as_str(),
            message: &finding.message,
            kind: finding.subject.as_ref().map(|subject| subject.kind.as_str()),
            name: finding.subject.as_ref().map(|subject| subject.name.as_str()),
            path: path.collect(),
            pointer: pointer(&finding.path),
            file: finding.place.file.path(),
            region: Region::from(&finding.place),
            related: finding.related.iter().map(Other::from).collect(),
            help: finding.help.as_deref(),
            fix: &finding.fix,
            fingerprint: &finding.fingerprint,
            status,
            controls: report.rules.get(&finding.rule).map_or(&NONE, |meta| &meta.controls),
            waiver,
        }
    }
}

impl<'a> From<&'a Related> for Other<'a> {
    fn from(other: &'a Related) -> Self {
        Self {
            message: &other.message,
            kind: other.subject.as_ref().map(|subject| subject.kind.as_str()),
            name: other.subject.as_ref().map(|subject| subject.name.as_str()),
            file: other.place.file.path(),
            region: Region::from(&other.place),
        }
    }
}

impl<'a> From<&'a report::Failure> for Failure<'a> {
    fn from(failure: &'a report::Failure) -> Self {
        Self {
            code: failure.code,
            message: &failure.message,
            help: failure.help.as_deref(),
            file: failure.place.as_ref().map(|place| place.file.path()),
            region: failure.place.as_ref().map(Region::from),
            rule: failure.rule.as_ref().map(crate::rule::RuleId::as_str),
        }
    }
}

pub(super) fn render(report: &Report, out: &mut dyn Write) -> Result<(), OutputError> {
    let summary = report.summary();
    let document = Document {
        version: "1",
        tool: Tool { name: "leaver", version: env!("CARGO_PKG_VERSION") },
        today: &report.run.today,
        profile: &report.run.profile,
        summary: Counts {
            errors: summary.errors,
            warnings: summary.warnings,
            infos: summary.infos,
            waived: summary.waived,
            apps: report.run.apps,
            declarations: report.run.declarations,
            files: report.run.files,
            skipped_documents: report.run.skipped_documents,
            out_of_focus: report.run.out_of_focus,
            rules: report.rules.values().filter(|rule| !rule.native).count(),
            failures: report.failures.len(),
            top_rules: summary.by_rule.iter().map(|(rule, count)| Top { rule: rule.as_str(), count: *count }).collect(),
        },
        rules: report
            .rules
            .values()
            .map(|meta| Rule {
                id: meta.id.as_str(),
                title: &meta.title,
                severity: meta.severity.as_str(),
                precision: meta.precision.as_str(),
                scope: meta.scope.words(),
                why: &meta.why,
                fix: &meta.fix,
                controls: &meta.controls,
                help_uri: help_uri(report, meta),
            })
            .collect(),
        findings: report.findings.iter().map(|finding| Item::new(finding, report)).collect(),
        failures: report.failures.iter().map(Failure::from).collect(),
    };
    write_json(&document, true, out)
}

pub(super) fn render_lines(report: &Report, out: &mut dyn Write) -> Result<(), OutputError> {
    for finding in &report.findings {
        write_json(&Item::new(finding, report), false, out)?;
    }
    for failure in &report.failures {
        write_json(&BTreeMap::from([("failure", Failure::from(failure))]), false, out)?;
    }
    Ok(())
}

/// JSON with everything hidden as `\u` escapes, so that a log that shows it stays harmless.
pub(super) fn write_json(value: &impl Serialize, pretty: bool, out: &mut dyn Write) -> Result<(), OutputError> {
    let text = if pretty { serde_json::to_string_pretty(value)? } else { serde_json::to_string(value)? };
    writeln!(out, "{}", escape::json(&text))?;
    Ok(())
}
