//! RFC 4180, for spreadsheets and auditors: one row a finding, with the controls that its rule serves.

use std::io::Write;

use super::{OutputError, escape::csv_cell};
use crate::{
    finding::{Status, pointer},
    report::Report,
};

const HEADER: [&str; 14] = [
    "rule",
    "severity",
    "status",
    "kind",
    "name",
    "message",
    "file",
    "line",
    "column",
    "pointer",
    "waiver",
    "expires",
    "controls",
    "fingerprint",
];

pub(super) fn render(report: &Report, out: &mut dyn Write) -> Result<(), OutputError> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    writer.write_record(HEADER)?;
    for finding in &report.findings {
        let start = finding.place.start();
        let (status, waiver, expires) = match &finding.status {
            Status::Open => ("open", "", ""),
            Status::Waived(by) => ("waived", by.name.as_str(), by.expires.as_str()),
        };
        let (kind, name) = finding.subject.as_ref().map_or(("", ""), |subject| (&subject.kind, &subject.name));
        let controls = report.rules.get(&finding.rule).map(|meta| {
            let ids =
                meta.controls.iter().flat_map(|(framework, ids)| ids.iter().map(move |id| format!("{framework}:{id}")));
            ids.collect::<Vec<_>>().join(" ")
        });
        writer.write_record([
            finding.rule.as_str(),
            finding.severity.as_str(),
            status,
            &csv_cell(kind),
            &csv_cell(name),
            &csv_cell(&finding.message),
            &csv_cell(finding.place.file.path()),
            &start.line.to_string(),
            &start.column.to_string(),
            &csv_cell(&pointer(&finding.path)),
            &csv_cell(waiver),
            &csv_cell(expires),
            &controls.unwrap_or_default(),
            &finding.fingerprint,
        ])?;
    }
    for failure in &report.failures {
        let start = failure.place.as_ref().map(crate::source::Place::start);
        let mut row = vec![
            failure.rule.as_ref().map_or(String::new(), ToString::to_string),
            "error".into(),
            "not-checked".into(),
        ];
        row.extend([String::new(), String::new(), csv_cell(&failure.message)]);
        row.push(csv_cell(failure.place.as_ref().map_or("", |place| place.file.path())));
        row.extend(
            [start.map(|point| point.line), start.map(|point| point.column)]
                .map(|n| n.map_or(String::new(), |n| n.to_string())),
        );
        row.resize(HEADER.len(), String::new());
        writer.write_record(row)?;
    }
    writer.flush()?;
    Ok(())
}
