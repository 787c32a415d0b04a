//! Places as shown in the formats.

use crate::{
    finding::Finding,
    output::escape::Safe,
    report::Report,
    rule::{Origin, RuleId, RuleMeta},
    source::{Place, Point},
};

/// Maximum length of a path shown to people.
const PATH_LIMIT: usize = 300;

/// The first point of a place, and the point after its last point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Region {
    pub(crate) start: Point,
    pub(crate) end: Point,
}

impl Region {
    /// Returns the points of the whole place.
    pub(crate) fn of(place: &Place) -> Self {
        let start = place.start();
        Self { start, end: place.end().max(start) }
    }

    /// Returns the points of the place, cut after its first line and at least one column wide. GitHub shows a finding in a pull request only if the
    /// change contains all lines of the finding.
    pub(crate) fn first_line(place: &Place) -> Self {
        let Self { start, mut end } = Self::of(place);
        if end.line > start.line {
            let line = place.file.line(start.line).trim_end();
            end = place.file.point(place.span.start() - (start.byte - 1) + line.len());
        }
        if end.column <= start.column {
            end = Point { column: start.column + 1, utf16: start.utf16 + 1, byte: start.byte + 1, ..start };
        }
        Self { start, end }
    }
}

/// Returns the path, escaped and cut. The path often begins a line and is followed by a colon, so it must not begin with a colon.
pub(crate) fn path(place: &Place) -> String {
    let safe = Safe::cut(place.file.path(), PATH_LIMIT);
    match safe.as_str().trim_start().strip_prefix(':') {
        Some(rest) => format!("\\u{{3a}}{rest}"),
        None => safe.to_string(),
    }
}

/// Returns a position in the form `path:line:column`.
pub(crate) fn position(place: &Place) -> String {
    let start = place.start();
    format!("{}:{}:{}", path(place), start.line, start.column)
}

/// Returns the metadata of a rule, if the report has it.
pub(crate) fn meta<'a>(report: &'a Report, rule: &RuleId) -> Option<&'a RuleMeta> {
    report.rules.get(rule).map(AsRef::as_ref)
}

/// Returns the URL of the rule's page. Only bundled rules have a page.
pub(crate) fn page(report: &Report, rule: &RuleId) -> Option<String> {
    let base = report.run.docs_url.as_str();
    let usable = base.starts_with("https://") && base.bytes().all(|byte| byte.is_ascii_graphic());
    let bundled = meta(report, rule).is_some_and(|meta| meta.origin == Origin::Bundled);
    (usable && bundled).then(|| format!("{base}/{rule}.md"))
}

/// Returns the fix of a finding.
pub(crate) fn fix<'a>(report: &'a Report, finding: &'a Finding) -> Option<&'a str> {
    let text = finding.help.as_deref().or_else(|| meta(report, &finding.rule).map(|meta| meta.fix.as_str()));
    text.filter(|text| !text.trim().is_empty())
}

/// Returns each control with its framework: `nist-800-53:AC-2f`.
pub(crate) fn controls(meta: Option<&RuleMeta>) -> Vec<String> {
    let all = meta.into_iter().flat_map(|meta| &meta.controls);
    all.flat_map(|(framework, ids)| ids.iter().map(move |id| format!("{framework}:{id}"))).collect()
}
