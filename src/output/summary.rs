//! The end of a run in words: what could not be checked, how much was found, where most of it comes from, what to do next.

use super::{Style, escape};
use crate::{
    report::{Failure, Report, Summary},
    rule::Severity,
};

/// How many rules the summary names.
const TOP: usize = 5;

/// Colours by meaning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint(pub(crate) bool);

impl Paint {
    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    pub(crate) fn severity(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Info => "1;36",
        };
        self.wrap(code, text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    pub(crate) fn good(self, text: &str) -> String {
        self.wrap("1;32", text)
    }
}

/// `1 error`, `2 errors`
pub(crate) fn count(number: usize, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {one}{plural}")
}

/// `12 errors, 3 warnings, 1 note`, without those that are none.
pub(super) fn by_severity(summary: &Summary) -> String {
    let parts: Vec<String> = [(summary.errors, "error"), (summary.warnings, "warning"), (summary.infos, "note")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| count(number, word))
        .collect();
    if parts.is_empty() { "no findings".into() } else { parts.join(", ") }
}

/// One line of what could not be checked.
pub(crate) fn failure_line(failure: &Failure) -> String {
    let place = failure.place.as_ref().map(|place| {
        let start = place.start();
        format!("{}:{}:{}: ", place.file.path(), start.line, start.column)
    });
    escape::terminal(&format!("{}{}", place.unwrap_or_default(), failure.message))
}

/// The whole block.
pub(super) fn draw(report: &Report, style: &Style) -> String {
    let paint = Paint(style.color);
    let summary = report.summary();
    let (good, bad, dot) = if style.unicode { ("✓", "✗", "·") } else { ("ok:", "failed:", "-") };
    let run = &report.run;
    let rules = report.rules.values().filter(|rule| !rule.native).count();
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    for failure in &report.failures {
        line(format!(
            "{} {}",
            paint.severity(Severity::Error, &format!("could not check ({}):", failure.code)),
            failure_line(failure)
        ));
        if let Some(help) = &failure.help {
            line(format!("  {} {}", paint.dim("help:"), escape::terminal(help)));
        }
    }
    let found = summary.errors + summary.warnings + summary.infos;
    let checked = format!("{} on {}", count(rules, "rule"), apps(report));
    let clean = found == 0 && report.failures.is_empty();
    if clean && run.nothing {
        line(format!("{} no declaration found", paint.severity(Severity::Error, bad)));
        line(format!(
            "  {} a declaration is a YAML document with `apiVersion: leaver/v1`; `leaver init` writes the first ones",
            paint.dim("help:")
        ));
        return out;
    }
    if clean && rules == 0 {
        line(format!("{} no rule ran", paint.severity(Severity::Error, bad)));
        line(format!("  {} `leaver config show` tells what switched them off", paint.dim("help:")));
        return out;
    }
    if clean && style.quiet {
        return out;
    }
    let fails = report.outcome(style.fail_on).code() != 0;
    let mark = if fails { paint.severity(Severity::Error, bad) } else { paint.good(good) };
    let mut rest = Vec::new();
    if summary.waived > 0 {
        rest.push(format!("{} waived", summary.waived));
    }
    if run.skipped_documents > 0 {
        rest.push(format!("{} skipped (not leaver's)", count(run.skipped_documents, "document")));
    }
    if run.out_of_focus > 0 {
        rest.push(format!("{} elsewhere in the catalogue", count(run.out_of_focus, "finding")));
    }
    if !report.failures.is_empty() {
        rest.insert(0, "not everything could be checked".into());
    }
    let rest: String = rest.iter().map(|part| format!(" {dot} {part}")).collect();
    if found == 0 && !report.failures.is_empty() {
        line(format!("{mark} {}: {checked}", paint.bold("not everything could be checked")));
        return out;
    }
    if found == 0 {
        line(format!("{mark} {}: {checked}{}", paint.bold("no findings"), paint.dim(&rest)));
        return out;
    }
    line(format!(
        "{mark} {} in {}{}",
        paint.bold(&by_severity(&summary)),
        of_apps(&summary, report),
        paint.dim(&format!(" {dot} {checked}{rest}"))
    ));
    let shown = if style.statistics { usize::MAX } else { TOP };
    let width = summary.by_rule.first().map_or(1, |(_, number)| number.to_string().len());
    for (rule, number) in summary.by_rule.iter().take(shown) {
        let title = report.rules.get(rule).map_or("", |meta| meta.title.as_str());
        line(format!("  {number:>width$} {} {}", paint.bold(rule.as_str()), paint.dim(&escape::terminal(title))));
    }
    if summary.by_rule.len() > shown {
        line(format!("  {} {} (--statistics)", paint.dim("and"), count(summary.by_rule.len() - shown, "more rule")));
    }
    if let Some((rule, _)) = summary.by_rule.first() {
        line(format!("{} leaver explain {rule}", paint.dim("next:")));
    }
    out
}

fn apps(report: &Report) -> String {
    let others = report.run.declarations.saturating_sub(report.run.apps);
    match (report.run.apps, others) {
        (0, others) => count(others, "declaration"),
        (apps, 0) => count(apps, "app"),
        (apps, others) => format!("{} and {}", count(apps, "app"), count(others, "other declaration")),
    }
}

fn of_apps(summary: &Summary, report: &Report) -> String {
    let all = report.run.declarations;
    if summary.subjects == 0 {
        return count(report.run.files, "file");
    }
    format!("{} of {}", summary.subjects, count(all, "declaration"))
}
