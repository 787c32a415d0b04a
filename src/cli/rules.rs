//! `leaver rules`: the list, also as the control matrix.

use std::io::Write;

use camino::Utf8Path;
use clap::Args;

use super::{
    common::{ConfigArgs, print, refuse, safe},
    style::{self, When},
};
use crate::{
    config::{Config, Overrides},
    output::{
        escape,
        paint::{Ink, Paint},
    },
    rule::{Origin, RuleMeta, Severity},
};

/// Arguments of `leaver rules`.
#[derive(Debug, Clone, Args)]
pub(super) struct Rules {
    #[command(flatten)]
    config: ConfigArgs,
    /// How to print the list; csv is the control matrix, a row for each rule and control
    #[arg(long, value_enum, default_value_t = Listing::Text)]
    format: Listing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Listing {
    Text,
    Json,
    Csv,
    Markdown,
}

impl Rules {
    pub(super) fn run(&self, when: When) -> u8 {
        let style = style::stdout(when);
        match self.config.settle(Utf8Path::new("."), Overrides::default()) {
            Ok(config) => print(|out| match self.format {
                Listing::Text => text(&config, &Paint { style: &style }, out),
                Listing::Json => json(&config, out),
                Listing::Csv => csv(&config, out),
                Listing::Markdown => out.write_all(index(config.all_rules.values().map(AsRef::as_ref), "").as_bytes()),
            }),
            Err(failures) => refuse(&failures, &style),
        }
    }
}

/// The severity in force, or `off`.
fn in_force(config: &Config, meta: &RuleMeta) -> Option<Severity> {
    config.policies.rules.get(&meta.id).map(|rule| rule.meta.severity)
}

pub(super) fn origin(meta: &RuleMeta) -> String {
    match &meta.origin {
        Origin::Bundled => "bundled".into(),
        Origin::Local(folder) => folder.clone(),
    }
}

fn text(config: &Config, paint: &Paint<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let width = config.all_rules.keys().map(|id| id.as_str().len()).max().unwrap_or(0);
    for (id, meta) in &config.all_rules {
        let severity = in_force(config, meta);
        let word = format!("{:<7}", severity.map_or("off", Severity::as_str));
        let word =
            severity.map_or_else(|| paint.ink(Ink::Faint, &word), |severity| paint.ink(Ink::from(severity), &word));
        let from = match &meta.origin {
            Origin::Bundled => String::new(),
            Origin::Local(folder) => paint.ink(Ink::Faint, &safe(&format!(" ({folder})"))),
        };
        writeln!(
            out,
            "{word} {} {}{from}",
            paint.ink(Ink::Strong, &format!("{:<width$}", id.as_str())),
            safe(&meta.title)
        )?;
    }
    let running = config.policies.rules.len();
    writeln!(
        out,
        "{}",
        paint.ink(
            Ink::Faint,
            &format!("{running} of {} rules on, profile {}", config.all_rules.len(), safe(&config.profile))
        )
    )
}

fn json(config: &Config, out: &mut dyn Write) -> std::io::Result<()> {
    let rules: Vec<_> = config
        .all_rules
        .values()
        .map(|meta| {
            serde_json::json!({
                "id": meta.id, "title": meta.title, "severity": in_force(config, meta).map_or("off", Severity::as_str),
                "precision": meta.precision.as_str(), "scope": meta.scope.words(), "why": meta.why, "fix": meta.fix,
                "controls": meta.controls, "params": config.params.get(&meta.id), "origin": origin(meta),
            })
        })
        .collect();
    writeln!(out, "{}", escape::json(&serde_json::to_string_pretty(&rules)?))
}

fn csv(config: &Config, out: &mut dyn Write) -> std::io::Result<()> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    writer.write_record(["rule", "title", "severity", "framework", "control"])?;
    for meta in config.all_rules.values() {
        let severity = in_force(config, meta).map_or("off", Severity::as_str);
        let title = escape::cell(&meta.title);
        if meta.controls.is_empty() {
            writer.write_record([meta.id.as_str(), &title, severity, "", ""])?;
        }
        for (framework, ids) in &meta.controls {
            for control in ids {
                writer.write_record([meta.id.as_str(), &title, severity, framework, control])?;
            }
        }
    }
    writer.flush()
}

/// The rules as a Markdown table, with links to pages below `base`.
pub(super) fn index<'a>(rules: impl Iterator<Item = &'a RuleMeta>, base: &str) -> String {
    let mut page = String::from("| Rule | Severity | What it finds |\n| --- | --- | --- |\n");
    for meta in rules {
        page.push_str(&format!(
            "| [`{0}`]({base}{0}.md) | {1} | {2} |\n",
            meta.id,
            meta.severity,
            escape::markdown(&meta.title)
        ));
    }
    page
}
