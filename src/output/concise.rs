//! One line a finding: `file:line:column: severity[rule] message`.

use std::io::Write;

use super::{
    OutputError, Style, escape,
    summary::{self, Paint},
};
use crate::{finding::Status, report::Report};

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn Write) -> Result<(), OutputError> {
    let paint = Paint(style.color);
    for finding in &report.findings {
        let start = finding.place.start();
        let place = escape::terminal(&format!("{}:{}:{}", finding.place.file.path(), start.line, start.column));
        let waived = match &finding.status {
            Status::Open => String::new(),
            Status::Waived(by) => escape::terminal(&format!(" (waived by {} until {})", by.name, by.expires)),
        };
        let severity = paint.severity(finding.severity, finding.severity.as_str());
        writeln!(
            out,
            "{place}: {severity}[{}] {}{}",
            finding.rule,
            escape::terminal(&finding.message),
            paint.dim(&waived)
        )?;
    }
    write!(out, "{}", summary::draw(report, style))?;
    Ok(())
}
