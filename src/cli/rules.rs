//! `leaver rules`: lists the rules, also as a control matrix.

mod varies;

use std::io::Write;

use camino::Utf8Path;
use clap::Args;

pub(super) use varies::Varies;

use super::{
    common::{ConfigArgs, framework, print, refuse, safe},
    explain::unknown,
    style::{self, When},
};
use crate::{
    config::{Config, Overrides},
    files::Workspace,
    framework::{Control, Framework},
    output::{
        escape,
        paint::{Paint, TextRole},
    },
    policy::conditions,
    rule::{Origin, RuleMeta, Severity},
};

/// Arguments of `leaver rules`.
#[derive(Debug, Clone, Args)]
pub(super) struct Rules {
    #[command(flatten)]
    config: ConfigArgs,
    /// Output format; csv is the control matrix, with a row for each rule and control
    #[arg(long, value_enum, default_value_t = Listing::Text)]
    format: Listing,
    /// Only rules that help to meet a control of this framework, grouped by control
    #[arg(long, value_name = "ID")]
    framework: Option<String>,
    /// Show the conditions that leaver derived from a rule, which decide whether it evaluates the rule on a declaration
    #[arg(long, value_name = "RULE", conflicts_with_all = ["format", "framework"])]
    index: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Listing {
    Text,
    Json,
    Csv,
    Markdown,
}

impl Rules {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        let style = style::stdout(when);
        let settled = self.config.settle(files, Utf8Path::new("."), Overrides::default()).and_then(|config| {
            let framework = self.framework.as_deref().map(|id| framework(&config, id));
            Ok((framework.transpose().map_err(|failure| vec![failure])?, config))
        });
        match settled {
            Ok((_, config)) if self.index.is_some() => {
                let rule = self.index.as_deref().unwrap_or_default();
                match config.all.rules.values().find(|known| known.meta.id.as_str() == rule) {
                    Some(rule) => print(|out| {
                        conditions(&config.all, rule).lines().try_for_each(|line| writeln!(out, "{}", safe(line)))
                    }),
                    None => refuse(&[unknown(rule, &config)], &style),
                }
            }
            Ok((Some(framework), config)) => print(|out| match self.format {
                Listing::Text => by_control(&config, &framework, &Paint { style: &style }, out),
                Listing::Json => control_json(&config, &framework, out),
                Listing::Csv => csv(&config, Some(&framework), out),
                Listing::Markdown => control_table(&config, &framework, out),
            }),
            Ok((None, config)) => print(|out| match self.format {
                Listing::Text => text(&config, &Paint { style: &style }, out),
                Listing::Json => json(&config, out),
                Listing::Csv => csv(&config, None, out),
                Listing::Markdown => out.write_all(index(config.all_rules.values().map(AsRef::as_ref), "").as_bytes()),
            }),
            Err(failures) => refuse(&failures, &style),
        }
    }
}

/// The severity in force, or `off`.
fn effective_severity(config: &Config, meta: &RuleMeta) -> Option<Severity> {
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
    for meta in config.all_rules.values() {
        row(config, meta, width, 0, paint, out)?;
    }
    let running = config.policies.rules.len();
    let counts = format!("{running} of {} rules on, profile {}", config.all_rules.len(), safe(&config.profile));
    writeln!(out, "{}", paint.color(TextRole::Faint, &paint.fold(&counts, 0)))
}

/// Columns for a severity and the space after it.
const WORD: usize = 8;
/// Minimum width of a title next to the id. If there is less room, the title goes on the next line.
const TITLE: usize = 24;

/// Prints a rule: severity, id in a column of `width`, and as much of the title as fits.
fn row(
    config: &Config,
    meta: &RuleMeta,
    width: usize,
    indent: usize,
    paint: &Paint<'_>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let severity = effective_severity(config, meta);
    let word = format!("{:<7}", severity.map_or("off", Severity::as_str));
    let word = severity
        .map_or_else(|| paint.color(TextRole::Faint, &word), |severity| paint.color(TextRole::from(severity), &word));
    let id = meta.id.as_str();
    let beside = indent + WORD + width + 1;
    let beside = (!paint.style.terminal || paint.width() >= beside + TITLE).then_some(beside);
    let column = beside.unwrap_or(indent + WORD);
    let mut title = safe(&meta.title);
    if let Origin::Local(folder) = &meta.origin {
        title.push_str(&safe(&format!(" ({folder})")));
    }
    if let Some(varies) = Varies::of(config, meta) {
        title.push_str(&format!(" ({})", varies.summary()));
    }
    let title = paint.fold(&title, column);
    let gap = match beside {
        Some(_) => " ".repeat(width - id.len() + 1),
        None => format!("\n{}", " ".repeat(column)),
    };
    writeln!(out, "{}{word} {}{gap}{title}", " ".repeat(indent), paint.color(TextRole::Strong, id))
}

fn json(config: &Config, out: &mut dyn Write) -> std::io::Result<()> {
    let rules: Vec<_> = config
        .all_rules
        .values()
        .map(|meta| {
            let varies = Varies::of(config, meta);
            serde_json::json!({
                "severities": varies.as_ref().map(|varies| &varies.severities),
                "severityDependsOn": varies.as_ref().map(|varies| varies.by),
                "id": meta.id, "title": meta.title, "severity": effective_severity(config, meta).map_or("off", Severity::as_str),
                "precision": meta.precision.as_str(), "scope": meta.scope.words(), "why": meta.why, "fix": meta.fix,
                "controls": meta.controls, "params": config.params.get(&meta.id), "origin": origin(meta),
            })
        })
        .collect();
    writeln!(out, "{}", escape::json(&serde_json::to_string_pretty(&rules)?))
}

/// The controls of a framework with the rules of each, including rules that are off.
fn rules_by_control<'a>(config: &'a Config, framework: &Framework) -> Vec<(Control, Vec<&'a RuleMeta>)> {
    framework.controls_with_rules(&config.all_rules.values().map(AsRef::as_ref))
}

fn by_control(config: &Config, framework: &Framework, paint: &Paint<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{}", paint.color(TextRole::Strong, &paint.fold(&safe(&framework.title), 0)))?;
    writeln!(out, "{}", paint.color(TextRole::Faint, &paint.fold(&safe(&framework.source), 0)))?;
    if let Some(note) = &framework.note {
        writeln!(out, "{}", paint.fold(&safe(note), 0))?;
    }
    let served = rules_by_control(config, framework);
    let width = served.iter().flat_map(|(_, rules)| rules).map(|meta| meta.id.as_str().len()).max().unwrap_or(0);
    for (control, rules) in &served {
        let title = control.title.as_deref().map(|title| safe(&format!(": {title}"))).unwrap_or_default();
        let shown = safe(&control.label());
        let text = paint.fold(&format!("{shown}{title}"), 2);
        writeln!(out, "\n{}", text.replacen(&shown, &paint.color(TextRole::Strong, &shown), 1))?;
        for meta in rules {
            row(config, meta, width, 2, paint, out)?;
        }
    }
    let rules =
        config.all_rules.values().filter(|meta| served.iter().any(|(_, of)| of.iter().any(|rule| rule.id == meta.id)));
    let counts = format!("\n{} controls, {} of {} rules", served.len(), rules.count(), config.all_rules.len());
    writeln!(out, "{}", paint.color(TextRole::Faint, &counts))
}

fn control_json(config: &Config, framework: &Framework, out: &mut dyn Write) -> std::io::Result<()> {
    let rule = |meta: &&RuleMeta| {
        let severity = effective_severity(config, meta).map_or("off", Severity::as_str);
        serde_json::json!({"id": meta.id, "title": meta.title, "severity": severity})
    };
    let control = |(control, rules): &(Control, Vec<&RuleMeta>)| {
        serde_json::json!({
            "id": control.id, "title": control.title, "verified": control.verified,
            "rules": rules.iter().map(rule).collect::<Vec<_>>(),
        })
    };
    let controls: Vec<_> = rules_by_control(config, framework).iter().map(control).collect();
    let all = serde_json::json!({
        "id": framework.id, "title": framework.title, "source": framework.source, "note": framework.note, "controls": controls,
    });
    writeln!(out, "{}", escape::json(&serde_json::to_string_pretty(&all)?))
}

fn control_table(config: &Config, framework: &Framework, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(
        out,
        "# {}\n\n| Control | What it asks for | Rules |\n| --- | --- | --- |",
        escape::markdown(&framework.title)
    )?;
    for (control, rules) in rules_by_control(config, framework) {
        let rules: Vec<String> = rules.iter().map(|meta| format!("`{}`", meta.id)).collect();
        let title = control.title.as_deref().unwrap_or_default();
        writeln!(
            out,
            "| {} | {} | {} |",
            escape::markdown(&control.label()),
            escape::markdown(title),
            rules.join(", ")
        )?;
    }
    Ok(())
}

fn csv(config: &Config, only: Option<&Framework>, out: &mut dyn Write) -> std::io::Result<()> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    writer.write_record(["rule", "title", "severity", "framework", "control"])?;
    for meta in config.all_rules.values() {
        let severity = effective_severity(config, meta).map_or("off", Severity::as_str);
        let title = escape::cell(&meta.title);
        if let Some(framework) = only {
            for control in framework.of(meta) {
                writer.write_record([meta.id.as_str(), &title, severity, &framework.id, &escape::cell(&control)])?;
            }
            continue;
        }
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

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::{config::load, facts::frameworks, output::Style};

    fn config() -> Config {
        load(
            &Workspace::of_disk(env!("CARGO_MANIFEST_DIR").into()),
            Utf8Path::new("examples"),
            None,
            &Overrides::default(),
        )
        .expect("a configuration")
    }

    fn listing(config: &Config, style: &Style, by: Option<&Framework>) -> String {
        let mut bytes = Vec::new();
        let paint = Paint { style };
        match by {
            None => text(config, &paint, &mut bytes),
            Some(framework) => by_control(config, framework, &paint, &mut bytes),
        }
        .expect("a vector takes everything");
        String::from_utf8(bytes).expect("text")
    }

    /// The text without colour codes, which take no columns.
    fn without_colours(text: &str) -> String {
        let mut parts = text.split('\u{1b}');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |all, part| all + part.split_once('m').map_or("", |(_, rest)| rest))
    }

    #[test]
    fn the_list_keeps_to_the_width() {
        let config = config();
        for (width, color) in [(60, false), (80, false), (140, false), (60, true), (80, true), (140, true)] {
            let style = Style { color, width, terminal: true, ..Style::default() };
            let lists = frameworks().into_iter().map(|framework| listing(&config, &style, Some(&framework)));
            for text in lists.chain([listing(&config, &style, None)]) {
                for line in without_colours(&text).lines() {
                    // Words such as addresses cannot be wrapped.
                    let long = line.split(' ').any(|word| word.width() > 40);
                    assert!(long || line.width() <= width, "{width} {color}: {line}");
                }
            }
            let list = without_colours(&listing(&config, &style, None));
            for id in config.all_rules.keys() {
                assert!(list.contains(&format!(" {id}")), "{width}: {id}");
            }
        }
    }

    #[test]
    fn a_severity_that_depends_on_the_tier_is_shown() {
        let text = listing(&config(), &Style { width: 140, ..Style::default() }, None);
        let row = |id: &str| text.lines().find(|line| line.contains(&format!(" {id} "))).unwrap_or_default().to_owned();
        for id in ["mover/no-entitlement-owner", "scim/no-failure-alert", "owner/approves-own", "owner/reviews-own"] {
            assert!(row(id).contains("(error or warning, by tier)"), "{}", row(id));
        }
        assert!(row("review/overdue").contains("(error or warning, by case)"), "{}", row("review/overdue"));
        assert!(!row("jit/no-update-owner").contains("by "), "{}", row("jit/no-update-owner"));
        // A severity set by the user applies to all findings.
        let mut config = config();
        let id = "owner/approves-own".parse().expect("an id");
        config.pinned.insert(id, Severity::Warning);
        let text = listing(&config, &Style { width: 140, ..Style::default() }, None);
        assert!(!text.lines().any(|line| line.contains("owner/approves-own") && line.contains("by tier")));
    }
}
