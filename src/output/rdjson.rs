//! reviewdog's diagnostic format (<https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>). Columns are bytes there.

use std::io::Write;

use serde_json::json;

use super::{
    OutputError,
    escape::terminal,
    json::{help_uri, write_json},
};
use crate::{finding::Status, report::Report, rule::Severity, source::Place};

fn location(place: &Place) -> serde_json::Value {
    let (start, end) = (place.start(), place.end());
    json!({
        "path": terminal(place.file.path()),
        "range": {"start": {"line": start.line, "column": start.byte}, "end": {"line": end.line, "column": end.byte}},
    })
}

pub(super) fn render(report: &Report, out: &mut dyn Write) -> Result<(), OutputError> {
    let findings = report.findings.iter().map(|finding| {
        let (severity, note) = match (&finding.status, finding.severity) {
            (Status::Waived(by), _) => ("INFO", format!(" (waived by {} until {})", by.name, by.expires)),
            (Status::Open, Severity::Error) => ("ERROR", String::new()),
            (Status::Open, Severity::Warning) => ("WARNING", String::new()),
            (Status::Open, Severity::Info) => ("INFO", String::new()),
        };
        let related = finding
            .related
            .iter()
            .map(|other| json!({"message": terminal(&other.message), "location": location(&other.place)}))
            .collect::<Vec<_>>();
        let url = report.rules.get(&finding.rule).map(|meta| help_uri(report, meta)).unwrap_or_default();
        json!({
            "message": terminal(&format!("{}{note}", finding.message)),
            "location": location(&finding.place),
            "severity": severity,
            "code": {"value": finding.rule.as_str(), "url": url},
            "relatedLocations": related,
        })
    });
    let failures = report.failures.iter().map(|failure| {
        let path = json!({"path": "leaver.yaml"});
        json!({
            "message": terminal(&format!("could not check: {}", failure.message)),
            "location": failure.place.as_ref().map_or(path, location),
            "severity": "ERROR",
            "code": {"value": failure.code},
        })
    });
    let document = json!({
        "source": {"name": "leaver"},
        "diagnostics": findings.chain(failures).collect::<Vec<_>>(),
    });
    write_json(&document, true, out)
}
