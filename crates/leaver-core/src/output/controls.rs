//! Groups the findings of a report by control, for auditors: `leaver check --framework ID`.

use std::{collections::BTreeSet, io, sync::Arc};

use crate::{
    finding::Finding,
    framework::Framework,
    output::{
        Format, OutputError, Style,
        concise::{failure_line, finding_line},
        escape::{Safe, markdown},
        paint::{Paint, TextRole},
        render,
        summary::{SummaryText, counted},
    },
    report::Report,
};

/// Renders the report. Formats for people group the findings by control; all other formats list the controls of each rule.
pub fn by_control(
    framework: &Framework,
    format: Format,
    report: &Report,
    style: &Style,
    out: &mut dyn io::Write,
) -> Result<(), OutputError> {
    if [Format::FULL, Format::CONCISE, Format::MARKDOWN].contains(&format) {
        grouped(framework, format, report, style, out)
    } else {
        render(format, &with_controls(framework, report), style, out)
    }
}

/// Returns a copy of the report in which rules have only the controls of the framework.
fn with_controls(framework: &Framework, report: &Report) -> Report {
    let mut report = report.clone();
    for meta in report.rules.values_mut() {
        let mut named = (**meta).clone();
        let ids = framework.controls_of(meta);
        named.controls.clear();
        if !ids.is_empty() {
            named.controls.insert(framework.id.clone(), ids);
        }
        *meta = Arc::new(named);
    }
    report
}

fn grouped(
    framework: &Framework,
    format: Format,
    report: &Report,
    style: &Style,
    out: &mut dyn io::Write,
) -> Result<(), OutputError> {
    let page = format == Format::MARKDOWN;
    let paint = Paint { style };
    let plain = |text: &str| if page { markdown(text) } else { Safe::new(text).to_string() };
    let head = |text: &str| {
        if page { format!("\n### {}\n", markdown(text)) } else { paint.color(TextRole::Strong, &plain(text)) }
    };
    if page {
        writeln!(out, "## {}\n\n{}", plain(&framework.title), plain(&framework.source))?;
    } else if format == Format::FULL {
        writeln!(out, "{}\n{}\n", head(&framework.title), plain(&framework.source))?;
    }
    for failure in &report.failures {
        writeln!(out, "{}{}", if page { "- " } else { "" }, plain(&failure_line(failure)))?;
    }
    let row = |finding: &Finding| {
        if page { format!("- {}", plain(&finding_line(finding))) } else { format!("  {}", finding_line(finding)) }
    };
    let (mut shown, mut met) = (BTreeSet::new(), Vec::new());
    for (control, rules) in framework.controls_with_rules(&report.rules.values().map(AsRef::as_ref)) {
        let of: Vec<(usize, &Finding)> = report
            .findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| rules.iter().any(|meta| meta.id == finding.rule))
            .collect();
        if of.is_empty() {
            met.push(control.label());
            continue;
        }
        let title = control.title.as_deref().map(|title| format!(": {title}")).unwrap_or_default();
        let open = of.iter().filter(|(_, finding)| finding.is_open()).count();
        writeln!(out, "{}", head(&format!("{}{title} ({})", control.label(), counted(open, "finding"))))?;
        for (at, finding) in of {
            shown.insert(at);
            writeln!(out, "{}", row(finding))?;
        }
    }
    let rest: Vec<&Finding> =
        report.findings.iter().enumerate().filter(|(at, _)| !shown.contains(at)).map(|(_, finding)| finding).collect();
    if !rest.is_empty() {
        writeln!(out, "{}", head(&format!("no control of {} ({})", framework.id, counted(rest.len(), "finding"))))?;
        for finding in rest {
            writeln!(out, "{}", row(finding))?;
        }
    }
    if !met.is_empty() {
        writeln!(
            out,
            "{}\n{}{}",
            head("controls without a finding"),
            if page { "" } else { "  " },
            plain(&met.join(", "))
        )?;
    }
    writeln!(
        out,
        "{}{}",
        if format == Format::CONCISE { "" } else { "\n" },
        plain(&SummaryText::new(report, style).line())
    )?;
    Ok(())
}
