//! The rules of a run as SARIF descriptors, and the frameworks of their controls as taxonomies.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{
    ComponentReference, Configuration, Help, Relationship, ReportingReference, Rule, RuleProperties, Taxon, Taxonomy,
    Text,
};
use crate::{
    output::{
        escape::{self, Safe},
        place::{controls, page},
    },
    report::Report,
    rule::{RuleId, RuleMeta, Severity},
};

/// The number of tags that GitHub keeps per rule.
const TAG_LIMIT: usize = 10;
/// Maximum length of a description: GitHub refuses longer ones.
const DESCRIPTION_LIMIT: usize = 1000;

/// Returns all rules that ran or that a finding names, sorted by id.
pub(super) fn ids(report: &Report) -> Vec<&RuleId> {
    let found = report.findings.iter().map(|finding| &finding.rule);
    report.rules.keys().chain(found).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Returns the controls of all rules that ran, by framework.
pub(super) fn frameworks(report: &Report) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (framework, ids) in report.rules.values().flat_map(|meta| &meta.controls) {
        all.entry(framework).or_default().extend(ids.iter().map(String::as_str));
    }
    all.retain(|_, ids| !ids.is_empty());
    all
}

pub(super) fn taxonomies<'a>(report: &Report, frameworks: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<Taxonomy<'a>> {
    let taxonomy = |(name, ids): (&&'a str, &BTreeSet<&'a str>)| Taxonomy {
        name,
        short_description: Text { text: escape::sarif(&title(report, name)) },
        taxa: ids.iter().map(|id| Taxon { id }).collect(),
    };
    frameworks.iter().map(taxonomy).collect()
}

/// Returns references to the frameworks, by the index of each framework in `taxonomies`.
pub(super) fn references<'a>(frameworks: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<ComponentReference<'a>> {
    frameworks.keys().enumerate().map(|(index, name)| ComponentReference { name, index }).collect()
}

/// Returns the title of a framework, or the id if there is no title.
fn title(report: &Report, id: &str) -> String {
    (report.framework_title)(id).unwrap_or_else(|| id.to_owned())
}

pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

pub(super) fn descriptor<'a>(
    report: &'a Report,
    id: &'a RuleId,
    frameworks: &BTreeMap<&'a str, BTreeSet<&'a str>>,
) -> Rule<'a> {
    let meta = report.rules.get(id).map(AsRef::as_ref);
    let severity = meta.map_or(Severity::Error, |meta| meta.severity);
    let title = meta.map_or("", |meta| meta.title.as_str());
    let why = meta.map_or("", |meta| meta.why.as_str());
    let short = sentence(title, id.as_str());
    let full = sentence(why, &short);
    Rule {
        id: id.as_str(),
        name: pascal(id.as_str()),
        help: help(report, id, meta, &full),
        short_description: Text { text: escape::sarif(&short) },
        full_description: Text { text: escape::sarif(&full) },
        help_uri: page(report, id),
        default_configuration: Configuration { level: level(severity) },
        relationships: meta.map(|meta| relationships(meta, frameworks)).unwrap_or_default(),
        properties: RuleProperties {
            precision: meta.map_or("high", |meta| meta.precision.as_str()),
            problem_severity: match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
            tags: tags(id, meta),
        },
    }
}

/// Returns a text that GitHub accepts: it is not empty, not too long, and ends with a full stop or a similar mark.
fn sentence(text: &str, fallback: &str) -> String {
    let text = if text.trim().is_empty() { fallback } else { text.trim() };
    let text = Safe::cut(text, DESCRIPTION_LIMIT);
    let stop = if text.as_str().ends_with(['.', '…', '!', '?']) { "" } else { "." };
    format!("{text}{stop}")
}

/// Returns the help of a rule as text and as Markdown. The rule may be untrusted, so neither form can contain a link, an image or HTML.
fn help(report: &Report, id: &RuleId, meta: Option<&RuleMeta>, why: &str) -> Help {
    let Some(meta) = meta else {
        let text = format!("Run `leaver explain {id}`.");
        return Help { text: text.clone(), markdown: text };
    };
    let mut text = format!("{}\n\nFix: {}", escape::sarif(why), escape::sarif(&meta.fix));
    let mut markdown = format!("{}\n\n**Fix:** {}\n", escape::markdown(why), escape::markdown(&meta.fix));
    let controls = controls(Some(meta));
    if !controls.is_empty() {
        text.extend(["\n\nControls: ", &escape::sarif(&controls.join(", "))]);
        markdown.push_str("\n**Controls:**\n\n");
        for (framework, ids) in &meta.controls {
            let (title, ids) = (escape::markdown(&title(report, framework)), escape::markdown(&ids.join(", ")));
            markdown.extend(["- ", &title, ": ", &ids, "\n"]);
        }
    }
    if !meta.page.trim().is_empty() {
        markdown.extend(["\n", escape::page(meta.page.trim()).trim_end(), "\n"]);
    }
    for link in &meta.links {
        text.extend(["\n", &escape::sarif(&link.target)]);
    }
    Help { text, markdown }
}

/// Returns the group and as many controls as GitHub keeps. The controls come from the frameworks in turn.
fn tags(id: &RuleId, meta: Option<&RuleMeta>) -> Vec<String> {
    let mut tags = vec![id.group().to_owned()];
    let controls = meta.map(|meta| &meta.controls);
    let longest = controls.into_iter().flat_map(BTreeMap::values).map(Vec::len).max().unwrap_or(0);
    for nth in 0..longest {
        let of_each = controls.into_iter().flatten();
        tags.extend(
            of_each.filter_map(|(framework, ids)| {
                ids.get(nth).map(|id| Safe::new(&format!("{framework}:{id}")).to_string())
            }),
        );
    }
    tags.truncate(TAG_LIMIT);
    tags
}

fn relationships<'a>(meta: &'a RuleMeta, frameworks: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<Relationship<'a>> {
    let mut all = Vec::new();
    for (index, name) in frameworks.keys().enumerate() {
        for id in meta.controls.get(*name).into_iter().flatten() {
            let tool_component = ComponentReference { name, index };
            all.push(Relationship { target: ReportingReference { id, tool_component }, kinds: ["relevant"] });
        }
    }
    all
}

/// Converts `jit/no-update-owner` to `JitNoUpdateOwner`, the form of names in SARIF.
fn pascal(id: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
    };
    id.split(['/', '-']).map(word).collect()
}
