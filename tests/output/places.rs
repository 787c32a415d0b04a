//! Parses the places of findings back from the output of each format.

use std::collections::BTreeSet;

use leaver::{finding::Finding, output::Format, report::Report};
use serde_json::Value;

use super::{parsed, plain};

/// Rule, file, line, column.
pub(crate) type RulePlace = (String, String, usize, usize);

/// The places of the findings in a report.
pub(crate) fn report_places(report: &Report) -> BTreeSet<RulePlace> {
    let rule_place = |finding: &Finding| {
        let start = finding.place.start();
        (finding.rule.to_string(), finding.place.file.path().to_owned(), start.line, start.column)
    };
    report.findings.iter().map(rule_place).collect()
}

/// Parses a place of the form `path:line:column`.
fn rule_place(rule: &str, place: &str) -> Option<RulePlace> {
    let mut parts = place.rsplitn(3, ':');
    let (column, line, path) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
    Some((rule.to_owned(), path.to_owned(), line, column))
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = text.split_once(before)?.1;
    Some(rest.split_once(after)?.0)
}

/// Parses a line of the form `path:line:column: [waived ]severity[rule] message`.
fn place_of_line(line: &str) -> Option<RulePlace> {
    let (place, rest) = line.split_once(": ")?;
    rule_place(between(rest, "[", "]").filter(|_| !rest.starts_with("failure"))?, place)
}

fn place_of_github(line: &str) -> Option<RulePlace> {
    let get = |key: &str| between(line, key, ",");
    let rule = between(line, "title=", "::").filter(|title| !title.contains(' '))?;
    rule_place(rule, &format!("{}:{}:{}", get("file=")?, get(",line=")?, get(",col=")?))
}

fn place_of_azure(line: &str) -> Option<RulePlace> {
    let get = |key: &str| between(line, key, ";");
    let rule = between(line, "code=", "]").filter(|code| code.contains('/'))?;
    rule_place(rule, &format!("{}:{}:{}", get("sourcepath=")?, get("linenumber=")?, get("columnnumber=")?))
}

fn places_of_full(text: &str) -> Vec<RulePlace> {
    let mut rule = None;
    let mut all = Vec::new();
    for line in text.lines() {
        let head = between(line, "[", "]").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()));
        if line.starts_with("waived") {
            all.extend(head.and_then(|rule| rule_place(rule, line.rsplit_once(' ')?.1)));
        } else if let Some(rule_place) = place_of_line(line).filter(|_| line.starts_with("apps/")) {
            all.push(rule_place);
        } else if head.is_some() {
            rule = head.filter(|id| id.contains('/'));
        } else if let (Some(id), Some(place)) = (rule, between(line, "╭─[", "]")) {
            all.extend(rule_place(id, place));
            rule = None;
        }
    }
    all
}

fn places_of_json(value: &Value, rule: &str, file: &str, line: &str, column: &str) -> Option<RulePlace> {
    let number =
        |pointer: &str| value.pointer(pointer).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    Some((
        text(rule).filter(|id| !id.starts_with("leaver/") && id.contains('/'))?,
        text(file)?,
        number(line)?,
        number(column)?,
    ))
}

/// The places in the output of a format.
pub(crate) fn places_shown(format: Format, report: &Report) -> BTreeSet<RulePlace> {
    let text = plain(format, report);
    let list =
        |pointer: &str| parsed(format, report).pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    let found: Vec<Option<RulePlace>> = match format.as_str() {
        "full" => places_of_full(&text).into_iter().map(Some).collect(),
        "concise" => text.lines().map(place_of_line).collect(),
        "junit" => text.lines().map(|line| place_of_line(line.rsplit('>').next()?)).collect(),
        "github" => text.lines().map(|line| place_of_github(line).or_else(|| place_of_line(line))).collect(),
        "azure" => text.lines().map(|line| place_of_azure(line).or_else(|| place_of_line(line))).collect(),
        "markdown" => {
            let row = |line: &str| {
                rule_place(
                    between(
                        line.rsplit(" | ").find(|cell| cell.contains("`jit/") || cell.contains("`catalogue/"))?,
                        "`",
                        "`",
                    )?,
                    between(line, "| `", "`")?,
                )
            };
            text.lines().map(row).collect()
        }
        "csv" => {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let row = |row: csv::StringRecord| {
                rule_place(row.get(2)?, &format!("{}:{}:{}", row.get(5)?, row.get(6)?, row.get(7)?))
            };
            reader
                .records()
                .map(|record| row(record.expect("a row")).filter(|rule_place| !rule_place.0.starts_with("local/")))
                .collect()
        }
        "json" => list("/findings")
            .iter()
            .map(|one| places_of_json(one, "/rule", "/file", "/region/startLine", "/region/startColumn"))
            .collect(),
        "jsonl" => text
            .lines()
            .map(|line| {
                let one = serde_json::from_str(line).expect("a line is JSON");
                places_of_json(&one, "/rule", "/file", "/region/startLine", "/region/startColumn")
            })
            .collect(),
        "sarif" => list("/runs/0/results")
            .iter()
            .map(|one| {
                let place = "/locations/0/physicalLocation";
                let [uri, line, column] = ["artifactLocation/uri", "region/startLine", "region/startColumn"]
                    .map(|part| format!("{place}/{part}"));
                places_of_json(one, "/ruleId", &uri, &line, &column)
            })
            .collect(),
        "gitlab" => list("")
            .iter()
            .map(|one| {
                let [line, column] = ["line", "column"].map(|part| format!("/location/positions/begin/{part}"));
                places_of_json(one, "/check_name", "/location/path", &line, &column)
            })
            .collect(),
        "rdjson" => list("/diagnostics")
            .iter()
            .map(|one| {
                let [line, column] = ["line", "column"].map(|part| format!("/location/range/start/{part}"));
                places_of_json(one, "/code/value", "/location/path", &line, &column)
            })
            .collect(),
        // If a format has no parser here, its output must contain the rule, file and line of each finding.
        _ => report_places(report)
            .into_iter()
            .filter(|(rule, file, line, _)| {
                text.contains(rule.as_str()) && text.contains(file.as_str()) && text.contains(&line.to_string())
            })
            .map(Some)
            .collect(),
    };
    found.into_iter().flatten().collect()
}
