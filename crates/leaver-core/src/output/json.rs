//! `json` and `jsonl`, version 1, as in `schemas/report.schema.json`. The types here are the file format: they change only with the schema.

use std::{collections::BTreeMap, io};

use serde::Serialize;
use serde_json::Value;

use crate::{
    finding::{self, Status, Step, Subject},
    output::{
        Grammar, OutputError, Renderer, escape,
        place::{self, meta, page},
        summary::rules,
    },
    report,
    rule::{RuleMeta, Scope, Severity},
    source::Place,
};

type Controls<'a> = BTreeMap<&'a str, &'a [String]>;

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    tool: Tool,
    today: &'a str,
    profile: &'a str,
    summary: Summary<'a>,
    rules: Vec<Rule<'a>>,
    findings: Vec<Finding<'a>>,
    failures: Vec<Failure<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary<'a> {
    errors: usize,
    warnings: usize,
    infos: usize,
    waived: usize,
    apps: usize,
    discovered: usize,
    declarations: usize,
    files: usize,
    skipped_documents: usize,
    out_of_focus: usize,
    known: usize,
    rules: usize,
    failures: usize,
    top_rules: Vec<TopRule<'a>>,
}

#[derive(Serialize)]
struct TopRule<'a> {
    rule: &'a str,
    count: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    title: &'a str,
    severity: Severity,
    precision: &'static str,
    scope: Vec<&'a str>,
    why: &'a str,
    fix: &'a str,
    controls: Controls<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: Severity,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(flatten)]
    subject: Declaration<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<&'a str>,
    path: Vec<Value>,
    pointer: String,
    address: String,
    exists: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    population: Option<&'a str>,
    file: &'a str,
    region: Region,
    related: Vec<Related<'a>>,
    #[serde(skip_serializing_if = "<[Value]>::is_empty")]
    fix: &'a [Value],
    fingerprint: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiver: Option<WaivedBy<'a>>,
    controls: Controls<'a>,
}

#[derive(Serialize)]
struct Declaration<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
    start_byte: usize,
    end_byte: usize,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    #[serde(flatten)]
    subject: Declaration<'a>,
    file: &'a str,
    region: Region,
}

#[derive(Serialize)]
struct WaivedBy<'a> {
    name: &'a str,
    reason: &'a str,
    approver: &'a str,
    expires: &'a str,
}

#[derive(Serialize)]
struct Failure<'a> {
    code: &'static str,
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

/// A line of `jsonl` that is not a finding.
#[derive(Serialize)]
struct FailureLine<'a> {
    failure: Failure<'a>,
}

pub(super) const FORMAT: Renderer =
    Renderer { name: "json", grammar: Grammar::Json, render: |report, _, out| render(report, out) };

pub(super) const LINES: Renderer =
    Renderer { name: "jsonl", grammar: Grammar::JsonLines, render: |report, _, out| render_lines(report, out) };

fn render(report: &report::Report, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let summary = report.summary();
    let document = Document {
        version: "1",
        tool: Tool { name: "leaver", version: env!("CARGO_PKG_VERSION") },
        today: &report.run.today,
        profile: &report.run.profile,
        summary: Summary::new(report, &summary),
        rules: report.rules.values().map(|meta| Rule::new(report, meta)).collect(),
        findings: report.findings.iter().map(|finding| Finding::new(report, finding)).collect(),
        failures: report.failures.iter().map(Failure::from).collect(),
    };
    let text = escape::json(&serde_json::to_string_pretty(&document)?);
    Ok(writeln!(out, "{text}")?)
}

fn render_lines(report: &report::Report, out: &mut dyn io::Write) -> Result<(), OutputError> {
    for failure in &report.failures {
        let line = serde_json::to_string(&FailureLine { failure: failure.into() })?;
        writeln!(out, "{}", escape::json(&line))?;
    }
    for finding in &report.findings {
        let line = serde_json::to_string(&Finding::new(report, finding))?;
        writeln!(out, "{}", escape::json(&line))?;
    }
    Ok(())
}

impl<'a> Summary<'a> {
    fn new(report: &report::Report, summary: &'a report::Summary) -> Self {
        let run = &report.run;
        Self {
            errors: summary.errors,
            warnings: summary.warnings,
            infos: summary.infos,
            waived: summary.waived,
            apps: run.apps,
            discovered: run.discovered,
            declarations: run.declarations,
            files: run.files,
            skipped_documents: run.skipped_documents,
            out_of_focus: run.out_of_focus,
            known: run.known,
            rules: rules(report),
            failures: report.failures.len(),
            top_rules: summary
                .by_rule
                .iter()
                .map(|(rule, count)| TopRule { rule: rule.as_str(), count: *count })
                .collect(),
        }
    }
}

impl<'a> Rule<'a> {
    fn new(report: &report::Report, meta: &'a RuleMeta) -> Self {
        let scope = match &meta.scope {
            Scope::Kinds(kinds) => kinds.iter().map(String::as_str).collect(),
            Scope::Catalogue => vec!["catalogue"],
            Scope::Document => vec!["document"],
        };
        Self {
            id: meta.id.as_str(),
            title: &meta.title,
            severity: meta.severity,
            precision: meta.precision.as_str(),
            scope,
            why: &meta.why,
            fix: &meta.fix,
            controls: controls(Some(meta)),
            help_uri: page(report, &meta.id),
        }
    }
}

impl<'a> Finding<'a> {
    fn new(report: &'a report::Report, finding: &'a finding::Finding) -> Self {
        let (status, waiver) = match &finding.status {
            Status::Open => ("open", None),
            Status::Waived(by) => ("waived", Some(WaivedBy::from(by))),
        };
        Self {
            rule: finding.rule.as_str(),
            severity: finding.severity,
            message: &finding.message,
            help: finding.help.as_deref(),
            subject: Declaration::from(finding.subject.as_ref()),
            owner: finding.owner.as_ref().map(|owner| owner.team.as_str()),
            contact: finding.owner.as_ref().and_then(|owner| owner.contact.as_deref()),
            path: finding.path.iter().map(step).collect(),
            pointer: finding::pointer(&finding.path),
            address: finding.address.to_string(),
            exists: finding.exists,
            pattern: finding.pattern.as_deref(),
            population: finding.population.as_deref(),
            file: finding.place.file.path(),
            region: Region::from(&finding.place),
            related: finding.related.iter().map(Related::from).collect(),
            fix: &finding.fix,
            fingerprint: &finding.fingerprint,
            status,
            waiver,
            controls: controls(meta(report, &finding.rule)),
        }
    }
}

impl<'a> From<&'a finding::WaivedBy> for WaivedBy<'a> {
    fn from(by: &'a finding::WaivedBy) -> Self {
        Self { name: &by.name, reason: &by.reason, approver: &by.approver, expires: &by.expires }
    }
}

impl<'a> From<Option<&'a Subject>> for Declaration<'a> {
    fn from(subject: Option<&'a Subject>) -> Self {
        Self { kind: subject.map(|subject| &*subject.kind), name: subject.map(|subject| &*subject.name) }
    }
}

impl From<&Place> for Region {
    fn from(place: &Place) -> Self {
        let place::Region { start, end } = place::Region::of(place);
        Self {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
            start_byte: place.span.start(),
            end_byte: place.span.end().max(place.span.start()),
        }
    }
}

impl<'a> From<&'a finding::Related> for Related<'a> {
    fn from(related: &'a finding::Related) -> Self {
        Self {
            message: &related.message,
            subject: Declaration::from(related.subject.as_ref()),
            file: related.place.file.path(),
            region: Region::from(&related.place),
        }
    }
}

impl<'a> From<&'a report::Failure> for Failure<'a> {
    fn from(failure: &'a report::Failure) -> Self {
        Self {
            code: failure.code.as_str(),
            message: &failure.message,
            help: failure.help.as_deref(),
            file: failure.place.as_ref().map(|place| place.file.path()).or(failure.file.as_deref()),
            region: failure.place.as_ref().map(Region::from),
            rule: failure.rule.as_ref().map(super::super::rule::RuleId::as_str),
        }
    }
}

fn step(step: &Step) -> Value {
    match step {
        Step::Key(key) => Value::from(key.as_str()),
        Step::Index(index) => Value::from(*index),
    }
}

fn controls(meta: Option<&RuleMeta>) -> Controls<'_> {
    let all = meta.into_iter().flat_map(|meta| &meta.controls);
    all.filter(|(_, ids)| !ids.is_empty()).map(|(framework, ids)| (framework.as_str(), ids.as_slice())).collect()
}
