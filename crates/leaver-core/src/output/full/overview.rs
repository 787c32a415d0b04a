//! Summary tables of many findings, by team and by rule. They come before the list, which has one line for each finding.

use std::io;

use super::{NARROWEST_TITLE, Paint, TextRole, described};
use crate::{
    output::{
        OutputError,
        block::Block,
        concise::block_line,
        escape::Safe,
        group::{Group, GroupBy, groups},
        place::page,
    },
    report::Report,
    rule::{RuleId, Severity},
};

/// Maximum number of rows of a table. Further rows are only counted.
const ROWS: usize = 10;
/// The width of the three counts and the space after them.
const COUNTS: usize = 22;

/// Writes the tables by team and by rule.
pub(super) fn tables(report: &Report, paint: &Paint, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let room = paint.width().saturating_sub(COUNTS);
    let teams = groups(report, report.open(), GroupBy::Owner);
    let team = |group: &Group<'_>| Safe::cut(&group.title, room.saturating_sub(1)).to_string();
    table("team", &teams, "--group-by owner", &team, paint, out)?;
    let rules = groups(report, report.open(), GroupBy::Rule);
    let longest = rules.iter().take(ROWS).filter_map(rule_of).map(|rule| rule.as_str().len()).max().unwrap_or(0);
    let rule = |group: &Group<'_>| {
        let Some(rule) = rule_of(group) else { return String::new() };
        let (severity, title) = described(report, rule);
        let name = paint.link(page(report, rule).as_deref(), rule.as_str());
        let left = room.saturating_sub(longest + 3);
        if left < NARROWEST_TITLE {
            return paint.color(severity.into(), &name);
        }
        let pad = " ".repeat(longest - rule.as_str().len());
        format!("{}{pad}  {}", paint.color(severity.into(), &name), Safe::cut(title, left))
    };
    table("rule", &rules, "--group-by rule", &rule, paint, out)
}

/// Returns the rule of a group with a single rule.
fn rule_of<'a>(group: &Group<'a>) -> Option<&'a RuleId> {
    group.findings.first().map(|finding| &finding.rule)
}

fn table(
    head: &str,
    rows: &[Group<'_>],
    option: &str,
    show: &dyn Fn(&Group<'_>) -> String,
    paint: &Paint,
    out: &mut dyn io::Write,
) -> Result<(), OutputError> {
    let words = Severity::ALL.map(Severity::as_str);
    let head = format!("{:>6} {:>7} {:>5}  {head}", words[0], words[1], words[2]);
    writeln!(out, "{}", paint.color(TextRole::Faint, &head))?;
    for group in rows.iter().take(ROWS) {
        let [errors, warnings, infos] =
            group.counts.columns().map(|count| if count == 0 { "-".into() } else { count.to_string() });
        writeln!(out, "{errors:>6} {warnings:>7} {infos:>5}  {}", show(group))?;
    }
    let more = rows.len().saturating_sub(ROWS);
    if more > 0 {
        let text = format!("{}and {more} more, see {option}", " ".repeat(COUNTS - 1));
        writeln!(out, "{}", paint.color(TextRole::Faint, &text))?;
    }
    Ok(writeln!(out)?)
}

/// Returns a block in one line, as in `concise`.
pub(super) fn line(block: &Block<'_>, paint: &Paint) -> String {
    let finding = block.first;
    let head = format!("{}[{}]", finding.severity, finding.rule);
    paint.fold(&block_line(block, paint.style), 4).replacen(&head, &paint.color(finding.severity.into(), &head), 1)
}
