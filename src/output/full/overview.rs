//! What many findings come to: by team and by rule, before a line for each.

use std::{collections::BTreeMap, io};

use super::{Ink, NARROWEST_TITLE, Paint, described};
use crate::{
    finding::Finding,
    output::{
        OutputError,
        concise::block_line,
        escape::Safe,
        heirs::Block,
        place::page,
        summary::{Counts, NO_OWNER},
    },
    report::Report,
    rule::{RuleId, Severity},
};

/// Rows of a table; the rest is counted.
const ROWS: usize = 10;
/// Columns for the three counts and the space after them.
const COUNTS: usize = 22;

/// The tables by team and by rule.
pub(super) fn tables(report: &Report, paint: &Paint, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let mut teams: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
    let mut rules: BTreeMap<&RuleId, Vec<&Finding>> = BTreeMap::new();
    for finding in report.open() {
        let team = finding.owner.as_ref().map_or_else(|| NO_OWNER.to_owned(), ToString::to_string);
        teams.entry(team).or_default().push(finding);
        rules.entry(&finding.rule).or_default().push(finding);
    }
    let room = paint.width().saturating_sub(COUNTS);
    let teams = ranked(teams);
    let rules = ranked(rules);
    let team = |name: &String| Safe::cut(name, room.saturating_sub(1)).to_string();
    table("team", &teams, "--group-by owner", &team, paint, out)?;
    let longest = rules.iter().take(ROWS).map(|(rule, _)| rule.as_str().len()).max().unwrap_or(0);
    let rule = |rule: &&RuleId| {
        let (severity, title) = described(report, rule);
        let name = paint.link(page(report, rule).as_deref(), rule.as_str());
        let left = room.saturating_sub(longest + 3);
        if left < NARROWEST_TITLE {
            return paint.ink(severity.into(), &name);
        }
        let pad = " ".repeat(longest - rule.as_str().len());
        format!("{}{pad}  {}", paint.ink(severity.into(), &name), Safe::cut(title, left))
    };
    table("rule", &rules, "--group-by rule", &rule, paint, out)
}

/// Most errors first, then by name.
fn ranked<K: Ord>(all: BTreeMap<K, Vec<&Finding>>) -> Vec<(K, Counts)> {
    let mut rows: Vec<(K, Counts)> =
        all.into_iter().map(|(key, findings)| (key, Counts::of(findings.into_iter()))).collect();
    rows.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    rows
}

fn table<K>(
    head: &str,
    rows: &[(K, Counts)],
    option: &str,
    show: &dyn Fn(&K) -> String,
    paint: &Paint,
    out: &mut dyn io::Write,
) -> Result<(), OutputError> {
    let words = Severity::ALL.map(Severity::as_str);
    let head = format!("{:>6} {:>7} {:>5}  {head}", words[0], words[1], words[2]);
    writeln!(out, "{}", paint.ink(Ink::Faint, &head))?;
    for (key, counts) in rows.iter().take(ROWS) {
        let [errors, warnings, infos] =
            counts.columns().map(|count| if count == 0 { "-".into() } else { count.to_string() });
        writeln!(out, "{errors:>6} {warnings:>7} {infos:>5}  {}", show(key))?;
    }
    let more = rows.len().saturating_sub(ROWS);
    if more > 0 {
        let text = format!("{}and {more} more, see {option}", " ".repeat(COUNTS - 1));
        writeln!(out, "{}", paint.ink(Ink::Faint, &text))?;
    }
    Ok(writeln!(out)?)
}

/// A finding in one line, as `concise` has it.
pub(super) fn line(block: &Block<'_>, paint: &Paint) -> String {
    let finding = block.first;
    let head = format!("{}[{}]", finding.severity, finding.rule);
    paint.fold(&block_line(block, paint.style), 4).replacen(&head, &paint.ink(finding.severity.into(), &head), 1)
}
