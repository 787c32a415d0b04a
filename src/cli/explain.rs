//! `leaver explain`: explains a rule from its metadata and its page, or a key from the schema.

mod keys;

use std::io::Write;

use camino::Utf8Path;
use clap::Args;

pub(super) use keys::Keys;

use super::{
    common::{ConfigArgs, print, refuse, safe, usage},
    rules::{VaryingSeverity, origin},
    style::{self, When},
};
use crate::{
    config::Overrides,
    files::Workspace,
    output::{
        Style,
        paint::{Paint, TextRole},
    },
    report::Failure,
    rule::{Maturity, RuleId, RuleMeta},
    ruleset::Ruleset,
    schema::nearest,
    selftest::{Section, blocks},
};

/// Arguments of `leaver explain`.
#[derive(Debug, Clone, Args)]
pub(super) struct Explain {
    /// Id of a rule, such as jit/no-update-owner, or a key, such as spec.lifecycle.deprovision
    #[arg(value_name = "RULE|KEY")]
    what: String,
    #[command(flatten)]
    config: ConfigArgs,
}

impl Explain {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        let style = style::stdout(when);
        let (_, ruleset) = match self.config.load(files, Utf8Path::new("."), Overrides::default()) {
            Ok(loaded) => loaded,
            Err(failures) => return refuse(&failures, &style),
        };
        if let Some(meta) = ruleset.find(&self.what) {
            return print(|out| show(meta, &ruleset, &style, out));
        }
        let is_group = ruleset.ids().any(|id| id.group() == self.what);
        if is_group || self.what.contains('/') {
            return refuse(&[unknown_rule(&self.what, &ruleset)], &style);
        }
        let keys = Keys::of(&ruleset.all);
        match keys.find(&self.what) {
            Some(key) => print(|out| keys.show(&key, &ruleset, &Paint { style: &style }, out)),
            None => refuse(&[keys.unknown(&self.what)], &style),
        }
    }
}

pub(super) fn unknown_rule(rule: &str, ruleset: &Ruleset) -> Failure {
    let group: Vec<&str> = ruleset.ids().filter(|id| id.group() == rule).map(RuleId::as_str).collect();
    if !group.is_empty() {
        return usage(format!("`{rule}` is a group of rules"), format!("name one of {}", group.join(", ")));
    }
    let near = nearest(rule, ruleset.ids().map(RuleId::as_str));
    let help = near.map_or_else(|| "`leaver rules` lists them".into(), |near| format!("did you mean `{near}`?"));
    usage(format!("there is no rule `{rule}`"), help)
}

/// The unit after a value: `30 days`, `1 hour`. A plain number has none.
fn unit_text(value: &serde_json::Value, unit: &str) -> String {
    match unit {
        "count" => String::new(),
        _ if *value == 1 => format!(" {}", unit.trim_end_matches('s')),
        _ => format!(" {unit}"),
    }
}

fn show(meta: &RuleMeta, ruleset: &Ruleset, style: &Style, out: &mut dyn Write) -> std::io::Result<()> {
    let paint = Paint { style };
    let setting = |key: &str| ruleset.settings.iter().find(|setting| setting.key == key);
    let severity = setting(&format!("rules.{}.severity", meta.id));
    writeln!(out, "{}  {}", paint.color(TextRole::Strong, meta.id.as_str()), safe(&meta.title))?;
    if let Some(severity) = severity {
        let source = severity.source.as_deref().map(|source| format!("; {source}")).unwrap_or_default();
        let from = if severity.origin == "rule" { String::new() } else { format!(" ({}{source})", severity.origin) };
        let word = severity.value.as_str().unwrap_or("off");
        let varies = VaryingSeverity::of(ruleset, meta).map(|varies| varies.summary());
        writeln!(
            out,
            "{}{}, precision {}, since {}, {}",
            varies.as_deref().unwrap_or(word),
            safe(&from),
            meta.precision.as_str(),
            meta.since,
            safe(&origin(meta))
        )?;
    }
    if meta.maturity == Maturity::Preview {
        let meaning = "preview: its findings are shown, but never fail a run. To make them count, set `status: stable` in its rule.rego, or a severity in leaver.yaml.";
        writeln!(out, "{}", paint.prose(&paint.wrap(meaning, 0)))?;
    }
    section(out, &paint, "Why", &meta.why)?;
    section(out, &paint, "Fix", &meta.fix)?;
    if !meta.params.is_empty() {
        writeln!(out, "\n{}", paint.color(TextRole::Strong, "Parameters"))?;
        for (name, param) in &meta.params {
            let Some(set) = setting(&format!("rules.{}.params.{name}", meta.id)) else { continue };
            let unit = param.unit.as_deref().map(|unit| unit_text(&set.value, unit)).unwrap_or_default();
            let source = set.source.as_deref().map(|source| format!("; {source}")).unwrap_or_default();
            let from = if set.origin == "rule" { "default" } else { &set.origin };
            let line = format!("{name} = {}{unit} ({from}{source})", set.value);
            writeln!(out, "  {}\n    {}", safe(&line), paint.wrap(&safe(&param.description), 4))?;
        }
    }
    if !meta.controls.is_empty() {
        writeln!(out, "\n{}", paint.color(TextRole::Strong, "Controls"))?;
        for (framework, ids) in &meta.controls {
            writeln!(out, "  {framework}: {}", ids.join(", "))?;
        }
    }
    let blocks = blocks(&meta.page).unwrap_or_default();
    for (heading, wanted) in [("Bad", Section::Bad), ("Good", Section::Good)] {
        if let Some(block) = blocks.iter().find(|block| block.section == wanted) {
            writeln!(out, "\n{}", paint.color(TextRole::Strong, heading))?;
            for line in block.yaml.lines() {
                let (code, mark) = line.split_once("# finding:").map_or((line, false), |(code, _)| (code, true));
                let arrow = if mark {
                    paint.color(TextRole::from(meta.severity), if style.unicode { " ← here" } else { " <- here" })
                } else {
                    String::new()
                };
                writeln!(out, "  {}{arrow}", safe(code.trim_end()))?;
            }
        }
    }
    for link in &meta.links {
        writeln!(out, "\n{} {}", safe(link.description.as_deref().unwrap_or("See")), safe(&link.target))?;
    }
    Ok(())
}

fn section(out: &mut dyn Write, paint: &Paint<'_>, heading: &str, text: &str) -> std::io::Result<()> {
    writeln!(out, "\n{}\n  {}", paint.color(TextRole::Strong, heading), paint.prose(&paint.wrap(&safe(text), 2)))
}
