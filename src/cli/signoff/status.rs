//! `leaver signoff status`: lists every app that is signed or requires a sign-off, with the findings about it.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::{
    args::{Common, Situation},
    sign::{GROUP, signing_command},
    verify::{Form, why_invalid},
};
use crate::{
    cli::{
        common::{print, quoted, refuse, safe},
        style::{self, When},
    },
    files::Workspace,
    finding::{Finding, Status as Stand},
    output::{
        escape,
        paint::{Paint, TextRole},
        summary::counted,
    },
    report::{Outcome, Report},
    rule::Severity,
    signoff::{Decision, Entry, SignatureState},
    source::Node,
};

/// Arguments of `leaver signoff status`.
#[derive(Debug, Clone, Args)]
pub(super) struct Status {
    /// Only these apps, by `metadata.name` [default: all]
    #[arg(value_name = "APP")]
    apps: Vec<String>,
    /// Take requirements, signers and approvers from this commit, so that a change cannot supply its own
    #[arg(long, value_name = "REF", conflicts_with = "config")]
    trust_ref: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    #[command(flatten)]
    common: Common,
}

/// Width of the indentation of wrapped lines, in columns.
const INDENT: usize = 4;

/// One app.
struct Row<'a> {
    name: &'a str,
    tier: Option<Value>,
    findings: Vec<&'a Finding>,
    entries: Vec<&'a Entry>,
}

impl Row<'_> {
    fn has_problems(&self) -> bool {
        self.findings.iter().any(|finding| finding.is_open() && finding.severity == Severity::Error)
    }

    /// Returns the names of the rules with open errors, such as `missing, no-quorum`. Without open errors, returns `signed`.
    fn state(&self) -> String {
        let mut words: Vec<&str> = self
            .findings
            .iter()
            .filter(|finding| finding.is_open() && finding.severity == Severity::Error)
            .map(|finding| finding.rule.name())
            .collect();
        words.dedup();
        if words.is_empty() { "signed".into() } else { words.join(", ") }
    }
}

impl Status {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        let style = style::stdout(when);
        let situation = match self.common.situation(files, self.trust_ref.as_deref()) {
            Ok(situation) => situation,
            Err(failures) => return refuse(&failures, &style),
        };
        if let Err(failures) = situation.apps(&self.apps) {
            return refuse(&failures, &style);
        }
        let report = situation.check();
        let rows = self.rows(&situation, &report);
        let paint = Paint { style: &style };
        let printed = print(|out| match self.format {
            Form::Text => text(&rows, &situation, &paint, out),
            Form::Json => json(&rows, out),
        });
        if printed != 0 {
            return printed;
        }
        if !report.failures.is_empty() {
            return refuse(&report.failures, &style);
        }
        if !situation.ledger.failures.is_empty() {
            return refuse(&situation.ledger.failures, &style);
        }
        if rows.iter().any(Row::has_problems) { Outcome::Findings.code() } else { 0 }
    }

    fn rows<'a>(&self, situation: &'a Situation, report: &'a Report) -> Vec<Row<'a>> {
        let mut by_app: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in report.findings.iter().filter(|finding| finding.rule.group() == GROUP) {
            if let Some(subject) = finding.subject.as_ref().filter(|subject| subject.kind == "App") {
                by_app.entry(&subject.name).or_default().push(finding);
            }
        }
        let mut rows: Vec<Row<'_>> = situation
            .catalogue
            .own()
            .iter()
            .chain(&situation.ledger.gone)
            .filter(|app| app.kind == "App" && (self.apps.is_empty() || self.apps.contains(&app.name)))
            .map(|app| Row {
                name: &app.name,
                tier: app.root.get("spec").and_then(|spec| spec.get("tier")).map(|tier: &Node| tier.into()),
                findings: by_app.get(app.name.as_str()).cloned().unwrap_or_default(),
                entries: situation.ledger.entries.iter().filter(|entry| entry.since.contains_key(&app.name)).collect(),
            })
            .filter(|row| !row.findings.is_empty() || !row.entries.is_empty())
            .collect();
        rows.sort_by(|one, other| one.name.cmp(other.name));
        rows
    }
}

fn text(
    rows: &[Row<'_>],
    situation: &Situation,
    paint: &Paint<'_>,
    out: &mut dyn std::io::Write,
) -> std::io::Result<()> {
    for row in rows {
        let color = if row.has_problems() { TextRole::from(Severity::Error) } else { TextRole::Strong };
        let tier = row.tier.as_ref().map(|tier| format!(" (tier {tier})")).unwrap_or_default();
        let head = format!("{}{tier}: ", safe(row.name));
        let state = row.state();
        let apart = paint.style.terminal && head.width() + state.width() > paint.width();
        let gap = if apart { format!("\n{}", " ".repeat(INDENT)) } else { " ".into() };
        let name = paint.color(TextRole::Strong, &safe(row.name));
        writeln!(out, "{name}{tier}:{gap}{}", paint.color(color, &paint.fold(&state, INDENT)))?;
        for finding in &row.findings {
            let waived = if let Stand::Waived(by) = &finding.status {
                format!(", waived until {}", by.expires)
            } else {
                String::new()
            };
            let line = format!("{} {}{waived}: {}", finding.severity.as_str(), finding.rule, finding.message);
            writeln!(out, "  {}", paint.fold(&safe(&line), INDENT))?;
        }
        for entry in &row.entries {
            writeln!(out, "  {}", paint.fold(&safe(&entry_line(entry, row.name)), INDENT))?;
        }
    }
    let apps = situation.catalogue.own().iter().filter(|declaration| declaration.kind == "App").count();
    let open = rows.iter().filter(|row| row.has_problems()).count();
    let counts = format!("{}, {} listed (signed or required), {open} with problems", counted(apps, "app"), rows.len());
    writeln!(out, "{}", paint.fold(&counts, 0))?;
    if situation.config.signoff.required.is_empty() {
        let note = "note: leaver.yaml requires no sign-offs (`signoff.required`), so none is reported as missing";
        writeln!(out, "{}", paint.fold(note, 0))?;
    }
    // The next step never concerns a removed app: it must be restored before anyone can sign it.
    let gone = |row: &&Row<'_>| situation.ledger.gone.iter().any(|app| app.name == row.name);
    let Some(row) = rows.iter().filter(|row| !gone(row)).find(|row| row.has_problems()) else { return Ok(()) };
    let waiting = row.entries.iter().find(|entry| entry.signature_state == SignatureState::Unsigned);
    let next = match waiting {
        Some(entry) => {
            signing_command("~/.ssh/id_ed25519", &situation.config.files.show(&situation.config.root.join(&entry.name)))
        }
        None => format!("leaver signoff prepare {}", quoted(row.name)),
    };
    writeln!(out, "next: {}", safe(&next))
}

/// Renders one sign-off as a line.
fn entry_line(entry: &Entry, app: &str) -> String {
    let predicate = &entry.manifest.predicate;
    let verb = match predicate.decision {
        Decision::Approved => "approved",
        Decision::Conditional => "approved on conditions",
        Decision::Rejected => "rejected",
    };
    let since = changes_since(entry, app);
    let reason = why_invalid(entry).map(|reason| format!(" [does not count: {reason}]")).unwrap_or_default();
    format!(
        "{verb} by {} as {} on {}, until {}{since}{reason} ({})",
        predicate.reviewer,
        predicate.role,
        entry.manifest.signed_at.day(),
        predicate.valid_until,
        entry.name
    )
}

/// Counts the changes, in a text such as `; 3 immaterial changes since`.
fn changes_since(entry: &Entry, app: &str) -> String {
    let Some((changes, material)) = entry.since.get(app) else { return String::new() };
    match (material, changes.len() - material) {
        (0, 0) => String::new(),
        (0, some) => format!("; {} since", counted(some, "immaterial change")),
        (some, 0) => format!("; {} since", counted(*some, "material change")),
        (some, more) => {
            format!("; {} and {} since", counted(*some, "material change"), counted(more, "immaterial one"))
        }
    }
}

fn json(rows: &[Row<'_>], out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let apps: Vec<Value> = rows
        .iter()
        .map(|row| {
            let findings: Vec<Value> = row
                .findings
                .iter()
                .map(|finding| {
                    json!({
                        "rule": finding.rule.as_str(), "severity": finding.severity.as_str(), "message": finding.message,
                        "waived": !finding.is_open(),
                    })
                })
                .collect();
            let signoffs: Vec<Value> = row
                .entries
                .iter()
                .map(|entry| {
                    let predicate = &entry.manifest.predicate;
                    let (changes, material) = entry.since.get(row.name).map_or((0, 0), |(all, material)| (all.len(), *material));
                    json!({
                        "file": entry.name, "decision": predicate.decision.as_str(), "reviewer": predicate.reviewer,
                        "role": predicate.role, "signedAt": entry.manifest.signed_at.as_str(),
                        "validUntil": predicate.valid_until, "doubt": why_invalid(entry),
                        "materialChanges": material, "immaterialChanges": changes - material,
                    })
                })
                .collect();
            json!({"app": row.name, "tier": row.tier, "state": row.state(), "findings": findings, "signoffs": signoffs})
        })
        .collect();
    let text = serde_json::to_string_pretty(&json!({"version": 1, "apps": apps}))?;
    writeln!(out, "{}", escape::json(&text))
}
