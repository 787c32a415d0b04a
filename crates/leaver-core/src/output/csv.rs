//! `csv` (RFC 4180): one row per failure and one per finding, for auditors' spreadsheets. The row of a finding lists its controls. No cell can be a
//! formula.

use std::io;

use crate::{
    finding::{Finding, Status},
    output::{
        Grammar, OutputError, Renderer,
        concise::failure_text,
        escape::cell,
        place::{controls, fix, meta},
    },
    report::{Failure, Report},
};

/// The number of columns. New columns are appended, so that scripts that read a column by its number keep working.
const COLUMNS: usize = 20;
const HEADER: [&str; COLUMNS] = [
    "status",
    "severity",
    "rule",
    "kind",
    "name",
    "file",
    "line",
    "column",
    "message",
    "address",
    "fix",
    "controls",
    "waiver",
    "approver",
    "expires",
    "fingerprint",
    "owner",
    "contact",
    "population",
    "pattern",
];

pub(super) const FORMAT: Renderer =
    Renderer { name: "csv", grammar: Grammar::Csv, render: |report, _, out| render(report, out) };

fn render(report: &Report, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for failure in &report.failures {
        writer.write_record(failure_row(failure))?;
    }
    for finding in &report.findings {
        writer.write_record(finding_row(report, finding))?;
    }
    let bytes = writer.into_inner().map_err(::csv::IntoInnerError::into_error)?;
    Ok(out.write_all(&bytes)?)
}

fn finding_row(report: &Report, finding: &Finding) -> [String; COLUMNS] {
    let start = finding.place.start();
    let (kind, name) = finding.subject.as_ref().map_or(("", ""), |subject| (&subject.kind, &subject.name));
    let (status, waiver, approver, expires) = match &finding.status {
        Status::Open => ("open", "", "", ""),
        Status::Waived(by) => ("waived", by.name.as_str(), by.approver.as_str(), by.expires.as_str()),
    };
    [
        status.to_owned(),
        finding.severity.to_string(),
        finding.rule.to_string(),
        cell(kind),
        cell(name),
        cell(finding.place.file.path()),
        start.line.to_string(),
        start.column.to_string(),
        cell(&finding.message),
        cell(&finding.address.to_string()),
        cell(fix(report, finding).unwrap_or("")),
        cell(&controls(meta(report, &finding.rule)).join(" ")),
        cell(waiver),
        cell(approver),
        cell(expires),
        finding.fingerprint.clone(),
        cell(finding.owner.as_ref().map_or("", |owner| &owner.team)),
        cell(finding.owner.as_ref().and_then(|owner| owner.contact.as_deref()).unwrap_or("")),
        cell(finding.population.as_deref().unwrap_or("")),
        cell(finding.pattern.as_deref().unwrap_or("")),
    ]
}

fn failure_row(failure: &Failure) -> [String; COLUMNS] {
    let mut row: [String; COLUMNS] = Default::default();
    let place = failure.place.as_ref().map(|place| (place.file.path(), place.start()));
    let (file, line, column) =
        place.map_or_else(Default::default, |(path, at)| (cell(path), at.line.to_string(), at.column.to_string()));
    let cells = [
        (0, "failure".to_owned()),
        (1, cell(failure.code.as_str())),
        (2, failure.rule.as_ref().map(ToString::to_string).unwrap_or_default()),
        (5, file),
        (6, line),
        (7, column),
        (8, cell(&failure_text(failure))),
        (10, cell(failure.help.as_deref().unwrap_or(""))),
    ];
    for (column, text) in cells {
        row[column] = text;
    }
    row
}
