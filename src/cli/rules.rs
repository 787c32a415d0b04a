//! `leaver rules`: lists the rules, also as a control matrix.

mod severities;

use std::io::Write;

use camino::Utf8Path;
use clap::Args;

pub(super) use severities::VaryingSeverity;

use super::{
    common::{ConfigArgs, find_framework, print, refuse, safe},
    explain::unknown_rule,
    style::{self, When},
};
use crate::{
    config::Overrides,
    files::Workspace,
    framework::{Control, Framework},
    output::{
        Style, escape,
        paint::{Paint, TextRole},
    },
    policy::conditions,
    report::Failure,
    rule::{Origin, RuleMeta, Severity},
    ruleset::Ruleset,
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
    /// Show the conditions, derived from a rule, under which leaver evaluates it on a declaration
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
        match self.list(files, &style) {
            Ok(code) => code,
            Err(failures) => refuse(&failures, &style),
        }
    }

    fn list(&self, files: &Workspace, style: &Style) -> Result<u8, Vec<Failure>> {
        let (config, ruleset) = self.config.load(files, Utf8Path::new("."), Overrides::default())?;
        if let Some(id) = &self.index {
            let rule = ruleset.all.rules.values().find(|rule| rule.meta.id.as_str() == id);
            let rule = rule.ok_or_else(|| vec![unknown_rule(id, &ruleset)])?;
            let conditions = conditions(&ruleset.all, rule);
            return Ok(print(|out| conditions.lines().try_for_each(|line| writeln!(out, "{}", safe(line)))));
        }
        let framework = self.framework.as_deref().map(|id| find_framework(&ruleset, id));
        let framework = framework.transpose().map_err(|failure| vec![failure])?;
        let paint = Paint { style };
        Ok(print(|out| match (self.format, &framework) {
            (Listing::Text, Some(framework)) => by_control(&ruleset, framework, &paint, out),
            (Listing::Text, None) => text(&ruleset, &config.profile, &paint, out),
            (Listing::Json, Some(framework)) => control_json(&ruleset, framework, out),
            (Listing::Json, None) => json(&ruleset, out),
            (Listing::Csv, framework) => csv(&ruleset, framework.as_ref(), out),
            (Listing::Markdown, Some(framework)) => control_table(&ruleset, framework, out),
            (Listing::Markdown, None) => out.write_all(index(ruleset.metas(), "").as_bytes()),
        }))
    }
}

pub(super) fn origin(meta: &RuleMeta) -> String {
    match &meta.origin {
        Origin::Bundled => "bundled".into(),
        Origin::Local(folder) => folder.clone(),
    }
}

fn text(ruleset: &Ruleset, profile: &str, paint: &Paint<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let width = ruleset.ids().map(|id| id.as_str().len()).max().unwrap_or(0);
    for meta in ruleset.metas() {
        row(ruleset, meta, width, 0, paint, out)?;
    }
    let running = ruleset.running.rules.len();
    let counts = format!("{running} of {} rules on, profile {}", ruleset.all.rules.len(), safe(profile));
    writeln!(out, "{}", paint.color(TextRole::Faint, &paint.fold(&counts, 0)))
}

/// Columns for a severity and the space after it.
const WORD: usize = 8;
/// Minimum width of a title next to the id. If there is less room, the title goes on the next line.
const TITLE: usize = 24;

/// Prints a rule: severity, id in a column of `width`, and the title, which is wrapped on a terminal.
fn row(
    ruleset: &Ruleset,
    meta: &RuleMeta,
    width: usize,
    indent: usize,
    paint: &Paint<'_>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let severity = ruleset.severity(&meta.id);
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
    if let Some(varies) = VaryingSeverity::of(ruleset, meta) {
        title.push_str(&format!(" ({})", varies.summary()));
    }
    let title = paint.fold(&title, column);
    let gap = match beside {
        Some(_) => " ".repeat(width - id.len() + 1),
        None => format!("\n{}", " ".repeat(column)),
    };
    writeln!(out, "{}{word} {}{gap}{title}", " ".repeat(indent), paint.color(TextRole::Strong, id))
}

fn json(ruleset: &Ruleset, out: &mut dyn Write) -> std::io::Result<()> {
    let rules: Vec<_> = ruleset
        .metas()
        .map(|meta| {
            let varies = VaryingSeverity::of(ruleset, meta);
            serde_json::json!({
                "severities": varies.as_ref().map(|varies| &varies.severities),
                "severityDependsOn": varies.as_ref().map(|varies| varies.by),
                "id": meta.id, "title": meta.title, "severity": ruleset.severity(&meta.id).map_or("off", Severity::as_str),
                "precision": meta.precision.as_str(), "scope": meta.scope.names(), "why": meta.why, "fix": meta.fix,
                "controls": meta.controls, "params": ruleset.params.get(&meta.id), "origin": origin(meta),
            })
        })
        .collect();
    writeln!(out, "{}", escape::json(&serde_json::to_string_pretty(&rules)?))
}

/// Returns each control of a framework with its rules, including rules that are off.
fn rules_by_control<'a>(ruleset: &'a Ruleset, framework: &Framework) -> Vec<(Control, Vec<&'a RuleMeta>)> {
    framework.controls_with_rules(&ruleset.metas())
}

fn by_control(ruleset: &Ruleset, framework: &Framework, paint: &Paint<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{}", paint.color(TextRole::Strong, &paint.fold(&safe(&framework.title), 0)))?;
    writeln!(out, "{}", paint.color(TextRole::Faint, &paint.fold(&safe(&framework.source), 0)))?;
    if let Some(note) = &framework.note {
        writeln!(out, "{}", paint.fold(&safe(note), 0))?;
    }
    let served = rules_by_control(ruleset, framework);
    let width = served.iter().flat_map(|(_, rules)| rules).map(|meta| meta.id.as_str().len()).max().unwrap_or(0);
    for (control, rules) in &served {
        let title = control.title.as_deref().map(|title| safe(&format!(": {title}"))).unwrap_or_default();
        let shown = safe(&control.label());
        let text = paint.fold(&format!("{shown}{title}"), 2);
        writeln!(out, "\n{}", text.replacen(&shown, &paint.color(TextRole::Strong, &shown), 1))?;
        for meta in rules {
            row(ruleset, meta, width, 2, paint, out)?;
        }
    }
    let rules = ruleset.metas().filter(|meta| served.iter().any(|(_, of)| of.iter().any(|rule| rule.id == meta.id)));
    let counts = format!("\n{} controls, {} of {} rules", served.len(), rules.count(), ruleset.all.rules.len());
    writeln!(out, "{}", paint.color(TextRole::Faint, &counts))
}

fn control_json(ruleset: &Ruleset, framework: &Framework, out: &mut dyn Write) -> std::io::Result<()> {
    let rule = |meta: &&RuleMeta| {
        let severity = ruleset.severity(&meta.id).map_or("off", Severity::as_str);
        serde_json::json!({"id": meta.id, "title": meta.title, "severity": severity})
    };
    let control = |(control, rules): &(Control, Vec<&RuleMeta>)| {
        serde_json::json!({
            "id": control.id, "title": control.title, "verified": control.verified,
            "rules": rules.iter().map(rule).collect::<Vec<_>>(),
        })
    };
    let controls: Vec<_> = rules_by_control(ruleset, framework).iter().map(control).collect();
    let all = serde_json::json!({
        "id": framework.id, "title": framework.title, "source": framework.source, "note": framework.note, "controls": controls,
    });
    writeln!(out, "{}", escape::json(&serde_json::to_string_pretty(&all)?))
}

fn control_table(ruleset: &Ruleset, framework: &Framework, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(
        out,
        "# {}\n\n| Control | Requirement | Rules |\n| --- | --- | --- |",
        escape::markdown(&framework.title)
    )?;
    for (control, rules) in rules_by_control(ruleset, framework) {
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

fn csv(ruleset: &Ruleset, only: Option<&Framework>, out: &mut dyn Write) -> std::io::Result<()> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    writer.write_record(["rule", "title", "severity", "framework", "control"])?;
    for meta in ruleset.metas() {
        let severity = ruleset.severity(&meta.id).map_or("off", Severity::as_str);
        let title = escape::cell(&meta.title);
        if let Some(framework) = only {
            for control in framework.controls_of(meta) {
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

/// Renders the rules as a Markdown table, with links to pages below `base`.
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
    use crate::{facts::frameworks, ruleset::load};

    fn examples() -> Ruleset {
        let (_, ruleset) = load(
            &Workspace::of_disk(env!("CARGO_MANIFEST_DIR").into()),
            Utf8Path::new("examples"),
            None,
            &Overrides::default(),
        )
        .expect("a configuration");
        ruleset
    }

    fn listing(ruleset: &Ruleset, style: &Style, by: Option<&Framework>) -> String {
        let mut bytes = Vec::new();
        let paint = Paint { style };
        match by {
            None => text(ruleset, "default", &paint, &mut bytes),
            Some(framework) => by_control(ruleset, framework, &paint, &mut bytes),
        }
        .expect("a vector takes everything");
        String::from_utf8(bytes).expect("text")
    }

    /// Removes colour codes from a text, because they take no columns.
    fn without_colours(text: &str) -> String {
        let mut parts = text.split('\u{1b}');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |all, part| all + part.split_once('m').map_or("", |(_, rest)| rest))
    }

    #[test]
    fn the_list_keeps_to_the_width() {
        let ruleset = examples();
        for (width, color) in [(60, false), (80, false), (140, false), (60, true), (80, true), (140, true)] {
            let style = Style { color, width, terminal: true, ..Style::default() };
            let lists = frameworks().into_iter().map(|framework| listing(&ruleset, &style, Some(&framework)));
            for text in lists.chain([listing(&ruleset, &style, None)]) {
                for line in without_colours(&text).lines() {
                    // Words such as addresses cannot be wrapped.
                    let long = line.split(' ').any(|word| word.width() > 40);
                    assert!(long || line.width() <= width, "{width} {color}: {line}");
                }
            }
            let list = without_colours(&listing(&ruleset, &style, None));
            for id in ruleset.ids() {
                assert!(list.contains(&format!(" {id}")), "{width}: {id}");
            }
        }
    }

    #[test]
    fn a_severity_that_depends_on_the_tier_is_shown() {
        let text = listing(&examples(), &Style { width: 140, ..Style::default() }, None);
        let row = |id: &str| text.lines().find(|line| line.contains(&format!(" {id} "))).unwrap_or_default().to_owned();
        for id in ["mover/no-entitlement-owner", "scim/no-failure-alert", "owner/approves-own", "owner/reviews-own"] {
            assert!(row(id).contains("(error or warning, by tier)"), "{}", row(id));
        }
        assert!(row("review/overdue").contains("(error or warning, by case)"), "{}", row("review/overdue"));
        assert!(!row("jit/no-update-owner").contains("by "), "{}", row("jit/no-update-owner"));
        // A severity set by the user applies to all findings.
        let mut ruleset = examples();
        let id = "owner/approves-own".parse().expect("an id");
        ruleset.pinned.insert(id, Severity::Warning);
        let text = listing(&ruleset, &Style { width: 140, ..Style::default() }, None);
        assert!(!text.lines().any(|line| line.contains("owner/approves-own") && line.contains("by tier")));
    }
}
