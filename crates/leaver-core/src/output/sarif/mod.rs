//! `sarif`: SARIF 2.1.0 as GitHub code scanning requires it, within the limits of GitHub. Waived findings are suppressed results, and failures are
//! notifications of an unsuccessful invocation.

mod line_hash;
mod model;
mod rules;

use std::{cmp::Reverse, collections::BTreeMap, io};

use model::{
    ArtifactLocation, Descriptor, Driver, Id, Invocation, Location, Log, LogicalLocation, Notification,
    PhysicalLocation, Region, ResultProperties, Run, RunProperties, SarifResult, Suppression, Text, Tool,
};

use crate::{
    finding::Finding,
    output::{
        Grammar, OutputError, Renderer,
        concise::failure_text,
        escape::{self, Safe},
        place,
        summary::waiver,
    },
    report::Report,
    rule::RuleId,
    source::Place,
};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Maximum number of results: GitHub refuses a run with more.
const RESULT_LIMIT: usize = 25_000;
/// Maximum number of related locations that GitHub keeps for a result.
const RELATED_LIMIT: usize = 100;

pub(super) const FORMAT: Renderer =
    Renderer { name: "sarif", grammar: Grammar::Json, render: |report, _, out| render(report, out) };

fn render(report: &Report, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [Run::from(report)] };
    Ok(writeln!(out, "{}", escape::json(&serde_json::to_string(&log)?))?)
}

impl<'a> From<&'a Report> for Run<'a> {
    fn from(report: &'a Report) -> Self {
        let ids = rules::ids(report);
        let frameworks = rules::frameworks(report);
        let run = &report.run;
        Self {
            tool: Tool {
                driver: Driver {
                    name: "leaver",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: ids.iter().map(|id| rules::descriptor(report, id, &frameworks)).collect(),
                    supported_taxonomies: rules::references(&frameworks),
                },
            },
            automation_details: Id { id: category(&run.profile) },
            invocations: [Invocation {
                execution_successful: report.failures.is_empty(),
                tool_execution_notifications: notifications(report),
            }],
            column_kind: "unicodeCodePoints",
            results: sarif_results(report, &ids),
            taxonomies: rules::taxonomies(report, &frameworks),
            properties: RunProperties {
                today: &run.today,
                profile: &run.profile,
                files: run.files,
                declarations: run.declarations,
                apps: run.apps,
                discovered: run.discovered,
                skipped_documents: run.skipped_documents,
                out_of_focus: run.out_of_focus,
            },
        }
    }
}

/// Returns the category of a profile. Each profile has its own category; otherwise, the results of one profile would replace those of another profile
/// in the same workflow.
fn category(profile: &str) -> String {
    let word: String = profile.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(100).collect();
    format!("leaver/{}/", if word.is_empty() { "default" } else { &word })
}

/// Returns the results in the order of the report. If there are too many, waived findings are dropped first,
/// then the least severe findings.
fn sarif_results<'a>(report: &'a Report, ids: &[&RuleId]) -> Vec<SarifResult<'a>> {
    let mut kept: Vec<(usize, &Finding)> = report.findings.iter().enumerate().collect();
    if kept.len() > RESULT_LIMIT {
        kept.sort_by_key(|(at, finding)| (!finding.is_open(), Reverse(finding.severity), *at));
        kept.truncate(RESULT_LIMIT);
        kept.sort_by_key(|(at, _)| *at);
    }
    let mut hashes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let sarif_result = |(_, finding): (usize, &'a Finding)| {
        let file = &finding.place.file;
        let lines = hashes.entry(file.path()).or_insert_with(|| line_hash::line_hashes(file.text()));
        let line = lines.get(finding.place.start().line - 1);
        // The search always succeeds, because `ids` has the rules of all findings.
        let index = ids.binary_search(&&finding.rule).unwrap_or(0);
        sarif_result(finding, index, line.cloned().unwrap_or_else(|| format!("{}:1", finding.fingerprint)))
    };
    kept.into_iter().map(sarif_result).collect()
}

fn sarif_result(finding: &Finding, rule_index: usize, line_hash: String) -> SarifResult<'_> {
    let suppression = waiver(&finding.status).map(|justification| Suppression {
        kind: "external",
        status: "accepted",
        justification: Safe::new(&justification).to_string(),
    });
    let mut location = Location::from(&finding.place);
    location.logical_locations = logical_location(finding).into_iter().collect();
    let related = finding.related.iter().take(RELATED_LIMIT).enumerate().map(|(nth, related)| Location {
        id: Some(nth + 1),
        message: Some(Text { text: non_empty(&related.message, "see here") }),
        ..Location::from(&related.place)
    });
    SarifResult {
        rule_id: finding.rule.as_str(),
        rule_index,
        level: rules::level(finding.severity),
        message: Text { text: non_empty(&finding.message, finding.rule.as_str()) },
        locations: [location],
        related_locations: related.collect(),
        partial_fingerprints: [("leaver/v2", finding.fingerprint.clone()), ("primaryLocationLineHash", line_hash)]
            .into(),
        suppressions: suppression.into_iter().collect(),
        properties: properties(finding),
    }
}

fn properties(finding: &Finding) -> Option<ResultProperties> {
    let safe = |text: &str| Safe::new(text).to_string();
    let (owner, population, pattern) = (finding.owner.as_ref(), &finding.population, &finding.pattern);
    (owner.is_some() || population.is_some() || pattern.is_some()).then(|| ResultProperties {
        owner: owner.map(|owner| safe(&owner.team)),
        contact: owner.and_then(|owner| owner.contact.as_deref()).map(safe),
        population: population.as_deref().map(safe),
        pattern: pattern.as_deref().map(safe),
    })
}

/// Returns the text, or `fallback` for an empty text, which GitHub treats as missing.
fn non_empty(text: &str, fallback: &str) -> String {
    escape::sarif(if text.trim().is_empty() { fallback } else { text })
}

fn logical_location(finding: &Finding) -> Option<LogicalLocation> {
    let subject = finding.subject.as_ref()?;
    let address = if finding.address.is_empty() { String::new() } else { format!("/{}", finding.address) };
    let qualified = format!("{}/{}{address}", subject.kind, subject.name);
    Some(LogicalLocation {
        name: Safe::new(&subject.name).to_string(),
        fully_qualified_name: Safe::new(&qualified).to_string(),
        kind: "object",
    })
}

impl From<&Place> for Location {
    fn from(place: &Place) -> Self {
        let place::Region { start, end } = place::Region::first_line(place);
        Self {
            id: None,
            message: None,
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri: escape::uri(place.file.path()) },
                region: Region {
                    start_line: start.line,
                    start_column: start.column,
                    end_line: end.line,
                    end_column: end.column,
                },
            },
            logical_locations: Vec::new(),
        }
    }
}

fn notifications(report: &Report) -> Vec<Notification<'_>> {
    let failure = report.failures.iter().map(|failure| {
        let help = failure.help.as_deref().map(|help| format!(". {help}")).unwrap_or_default();
        Notification {
            descriptor: Descriptor { id: failure.code.as_str() },
            associated_rule: failure.rule.as_ref().map(|rule| Descriptor { id: rule.as_str() }),
            level: "error",
            message: Text { text: escape::sarif(&format!("{}{help}", failure_text(failure))) },
            locations: failure.place.as_ref().map(Location::from).into_iter().collect(),
        }
    });
    let dropped = report.findings.len().saturating_sub(RESULT_LIMIT);
    let cut = (dropped > 0).then(|| Notification {
        descriptor: Descriptor { id: "too-many-results" },
        associated_rule: None,
        level: "warning",
        message: Text {
            text: format!("{dropped} findings omitted, because GitHub accepts at most {RESULT_LIMIT} in a run"),
        },
        locations: Vec::new(),
    });
    failure.chain(cut).collect()
}
