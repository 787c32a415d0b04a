//! The review pack as Markdown: owners of each stage, results of the check, waivers, changes since the last sign-off, vendor facts. All text from
//! declarations is escaped.

use serde_json::Value;

use super::{args::Situation, sign::GROUP, verify::why_invalid};
use crate::{
    facts::vendor as vendor_of,
    finding::{Finding, Status},
    model::Declaration,
    output::{
        escape::{markdown, markdown_code},
        summary::{counted, failure_line},
    },
    report::Report,
    signoff::{APP_TAG, Difference, Entry, Line, Materiality, References, digest, policy_digest, table},
    source::redact,
};

/// Maximum length of a shown value, in characters.
const MAX_SHOWN: usize = 200;

/// Renders the pack for these apps.
pub(super) fn render(situation: &Situation, apps: &[&Declaration], report: &Report) -> String {
    let mut page = format!(
        "# Review pack of {}\n\n{}, profile {}, leaver {}, rules {}\n",
        situation.request.today,
        counted(apps.len(), "app"),
        markdown_code(&situation.config.profile),
        env!("CARGO_PKG_VERSION"),
        markdown_code(&policy_digest(&situation.ruleset)),
    );
    if !report.failures.is_empty() {
        page.push_str("\n**Not everything could be checked:** do not sign before this is fixed.\n\n");
        for failure in &report.failures {
            page.push_str(&format!("- {}\n", markdown(&failure_line(failure))));
        }
    }
    for app in apps {
        app_section(situation, app, report, &mut page);
    }
    page
}

fn app_section(situation: &Situation, app: &Declaration, report: &Report, page: &mut String) {
    let value = app.content();
    let at = |pointer: &str| value.pointer(pointer).map(display_value);
    page.push_str(&format!("\n## {}\n\n", markdown(&app.name)));
    page.push_str("| | |\n| --- | --- |\n");
    for fact in &table().pack.facts {
        let display =
            fact.of(&value).map_or_else(|| "*not declared*".into(), |value| markdown_code(&display_value(value)));
        page.push_str(&format!("| {} | {display} |\n", fact.label));
    }
    let settings = &situation.config.signoff;
    let policy = Materiality { immaterial: settings.immaterial.clone(), material: settings.material.clone() };
    let sum = digest(APP_TAG, &policy.projection(&value)).unwrap_or_else(|error| error.to_string());
    page.push_str(&format!(
        "| declared in | {} |\n| digest | {} |\n",
        markdown_code(app.file.path()),
        markdown_code(&sum)
    ));
    stages_section(&value, page);
    table().pack.lists.iter().for_each(|list| list_section(list, &value, page));
    other_fields(&value, page);
    covered_declarations(situation, &value, page);
    let about: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.subject.as_ref() == Some(&app.subject()) && finding.rule.group() != GROUP)
        .collect();
    findings_section(&about, page);
    let secret = about.iter().any(|finding| report.rules.get(&finding.rule).is_some_and(|meta| meta.secret));
    changes_section(situation, app, secret, page);
    vendor_section(situation, at("/metadata/vendor"), page);
}

fn stages_section(value: &Value, page: &mut String) {
    page.push_str("\n### Responsibilities\n\n| stage | how | owner | more |\n| --- | --- | --- | --- |\n");
    for line in &table().pack.stages {
        let name = &line.label;
        let Some(stage) = value.pointer("/spec/lifecycle").and_then(|all| line.of(all)) else {
            page.push_str(&format!("| {name} | *not declared* | **nobody** | |\n"));
            continue;
        };
        let word = |key: &str| stage.get(key).map(display_value);
        let how =
            [word("via"), word("system")].into_iter().flatten().map(|text| markdown_code(&text)).collect::<Vec<_>>();
        // If `transfer` has no `owner`, the receiver of the data (`to`) counts as its owner.
        let owner =
            word("owner").or_else(|| word("to")).map_or_else(|| "**nobody**".into(), |text| markdown_code(&text));
        let more: Vec<String> = stage
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(key, _)| !matches!(key.as_str(), "via" | "system" | "owner"))
            .map(|(key, value)| format!("{key} {}", markdown_code(&display_value(value))))
            .collect();
        page.push_str(&format!("| {name} | {} | {owner} | {} |\n", how.join(", "), more.join(", ")));
    }
}

/// Appends a list of the declaration, with all keys of each item.
fn list_section(list: &Line, value: &Value, page: &mut String) {
    page.push_str(&format!("\n### {}\n\n", list.label));
    let items = match list.of(value) {
        Some(Value::Array(items)) if !items.is_empty() => items,
        Some(Value::Array(_)) => return page.push_str("There are none.\n"),
        _ => return page.push_str("*not declared*\n"),
    };
    page.push_str("| name | owner | more |\n| --- | --- | --- |\n");
    for item in items {
        let word = |key: &str| item.get(key).map(|value| markdown_code(&display_value(value)));
        let mut more = Vec::new();
        visit_values(item, "", &mut |path, value| {
            if !matches!(path, "name" | "owner") {
                more.push(format!("{} {}", markdown(path), markdown_code(&display_value(value))));
            }
        });
        page.push_str(&format!(
            "| {} | {} | {} |\n",
            word("name").unwrap_or_default(),
            word("owner").unwrap_or_else(|| "**nobody**".into()),
            more.join(", ")
        ));
    }
}

/// Appends all values that no other section shows, because the signature covers them too.
fn other_fields(value: &Value, page: &mut String) {
    let pack = &table().pack;
    let above = |path: &str| {
        let below = |line: &Line| path == line.path || path.starts_with(&format!("{}.", line.path));
        pack.facts.iter().chain(&pack.lists).any(below)
            || pack.stages.iter().any(|stage| path.starts_with(&format!("spec.lifecycle.{}.", stage.path)))
            || matches!(path, "apiVersion" | "kind" | "metadata.name")
    };
    let mut rows = Vec::new();
    visit_values(value, "", &mut |path, value| {
        if !above(path) {
            rows.push(format!("| {} | {} |\n", markdown_code(path), markdown_code(&display_value(value))));
        }
    });
    if !rows.is_empty() {
        page.push_str("\n### Other declared values\n\n| field | value |\n| --- | --- |\n");
        page.push_str(&rows.concat());
    }
}

/// Appends the Teams and Systems that the sign-off covers.
fn covered_declarations(situation: &Situation, value: &Value, page: &mut String) {
    let references = References::of(&situation.catalogue).references([value]);
    if references.is_empty() {
        return;
    }
    page.push_str("\n### Teams and systems that the app names\n\n| | what the sign-off covers |\n| --- | --- |\n");
    for reference in references {
        let mut covered = Vec::new();
        visit_values(&reference.declaration, "", &mut |path, value| {
            if path.starts_with("spec.") {
                covered.push(format!("{} {}", markdown(path), markdown_code(&display_value(value))));
            }
        });
        let covered = if covered.is_empty() { "that it exists".to_owned() } else { covered.join(", ") };
        page.push_str(&format!("| {} {} | {covered} |\n", reference.kind, markdown_code(&reference.name)));
    }
}

/// Calls `each` with all values and their paths; a list of scalars is one value.
fn visit_values(value: &Value, path: &str, each: &mut dyn FnMut(&str, &Value)) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(key, field)| visit_values(field, &below(key), each));
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            items.iter().enumerate().for_each(|(at, item)| visit_values(item, &below(&at.to_string()), each));
        }
        other => each(path, other),
    }
}

fn findings_section(about: &[&Finding], page: &mut String) {
    let (open, waived): (Vec<&Finding>, Vec<&Finding>) = about.iter().partition(|finding| finding.is_open());
    page.push_str("\n### Results of the check\n\n");
    if open.is_empty() {
        page.push_str("No finding is open.\n");
    } else {
        page.push_str("| severity | rule | finding |\n| --- | --- | --- |\n");
        for finding in open {
            page.push_str(&format!(
                "| {} | {} | {} |\n",
                finding.severity.as_str(),
                markdown_code(finding.rule.as_str()),
                cell(&finding.message)
            ));
        }
    }
    if waived.is_empty() {
        return;
    }
    page.push_str(
        "\n### Accepted findings\n\n| rule | finding | reason | approver | until |\n| --- | --- | --- | --- | --- |\n",
    );
    for finding in waived {
        let Status::Waived(by) = &finding.status else { continue };
        page.push_str(&format!(
            "| {} | {} | {} | {} | {} |\n",
            markdown_code(finding.rule.as_str()),
            cell(&finding.message),
            cell(&by.reason),
            cell(&by.approver),
            cell(&by.expires)
        ));
    }
}

/// Appends the changes since the newest valid sign-off.
fn changes_section(situation: &Situation, app: &Declaration, secret: bool, page: &mut String) {
    page.push_str("\n### Changes since the last sign-off\n\n");
    let holding = situation
        .ledger
        .entries
        .iter()
        .filter(|entry| entry.since.contains_key(&app.name) && why_invalid(entry).is_none())
        .max_by(|one, other| one.manifest.signed_at.cmp(&other.manifest.signed_at));
    let Some(entry) = holding else {
        page.push_str("There is no valid sign-off.\n");
        return;
    };
    let predicate = &entry.manifest.predicate;
    page.push_str(&format!(
        "{} by {} as {} on {} ({}), until {}.\n",
        predicate.decision.as_str(),
        markdown_code(&predicate.reviewer),
        markdown_code(&predicate.role),
        entry.manifest.signed_at.day(),
        markdown_code(&entry.name),
        predicate.valid_until
    ));
    for condition in &predicate.conditions {
        page.push_str(&format!("\n- condition, due {}: {}", condition.due, markdown(&condition.text)));
    }
    if !predicate.conditions.is_empty() {
        page.push('\n');
    }
    differences(entry, &app.name, secret, page);
}

fn differences(entry: &Entry, app: &str, secret: bool, page: &mut String) {
    let Some((changes, material)) = entry.since.get(app) else { return };
    if changes.is_empty() {
        page.push_str("\nNothing has changed.\n");
        return;
    }
    page.push_str("\n| field | was | is | material |\n| --- | --- | --- | --- |\n");
    let display = |value: &Option<Value>| match value {
        None => "*nothing*".to_owned(),
        Some(_) if secret => "*not shown: there is a secret in the declaration*".to_owned(),
        Some(value) => markdown_code(&display_value(value)),
    };
    for (at, change) in changes.iter().enumerate() {
        let Difference { was, now, .. } = change;
        let word = if at < *material { "yes" } else { "no" };
        page.push_str(&format!(
            "| {} | {} | {} | {word} |\n",
            markdown_code(&change.display_path()),
            display(was),
            display(now)
        ));
    }
}

fn vendor_section(situation: &Situation, name: Option<String>, page: &mut String) {
    page.push_str("\n### Vendor facts\n\n");
    let Some(name) = name else {
        page.push_str("No vendor is declared.\n");
        return;
    };
    let Some(known) = vendor_of(&situation.config.vendors, &name) else {
        page.push_str(&format!("Nothing is known about {}: ask the vendor.\n", markdown_code(&name)));
        return;
    };
    let facts = known.facts.get("facts").and_then(Value::as_object).into_iter().flatten();
    let mut lines: Vec<String> =
        facts.map(|(name, fact)| format!("- {}: {}\n", markdown_code(name), fact_with_source(fact))).collect();
    let remarks = known.facts.get("remarks").and_then(Value::as_array).into_iter().flatten();
    lines.extend(remarks.map(|remark| format!("- {}\n", fact_with_source(remark))));
    if lines.is_empty() {
        lines.push(format!("No fact is known about {}: ask the vendor.\n", markdown_code(&known.key)));
    }
    lines.push("\nA missing fact is unknown; it does not mean no.\n".to_owned());
    page.push_str(&lines.concat());
}

/// Renders a fact with its date and source.
fn fact_with_source(fact: &Value) -> String {
    let display = |key: &str| fact.get(key).map(display_value).unwrap_or_default();
    let value = match fact.get("value") {
        Some(Value::String(word)) if word == "not-listed" => {
            "not listed, so it is unknown whether it is supported".to_owned()
        }
        Some(Value::Array(items)) => items.iter().map(display_value).collect::<Vec<_>>().join(", "),
        other => other.map(display_value).unwrap_or_default(),
    };
    let note = fact.get("note").map(|note| format!(" ({})", display_value(note))).unwrap_or_default();
    markdown(&format!("{value}{note} [{}, {}]", display("asOf"), display("source")))
}

/// Replaces `|` in the text of a table cell, and escapes the text.
fn cell(text: &str) -> String {
    markdown(&text.replace('|', "¦"))
}

/// Renders a value as a short text.
fn display_value(value: &Value) -> String {
    let whole = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let whole = redact(&whole);
    match whole.char_indices().nth(MAX_SHOWN) {
        Some((at, _)) => format!("{}…", whole.get(..at).unwrap_or_default()),
        None => whole.into_owned(),
    }
}
