//! `leaver config show`: prints the configuration in force, with the origin of each value.

use std::io::Write;

use camino::Utf8PathBuf;
use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::{
    common::{ConfigArgs, print, refuse, safe},
    style::{self, When},
};
use crate::{
    config::{Config, Overrides, Setting},
    files::Workspace,
    output::{
        escape,
        paint::{Paint, TextRole},
    },
    ruleset::Ruleset,
    source::redact,
};

/// Arguments of `leaver config`.
#[derive(Debug, Clone, Args)]
pub(super) struct ConfigCommand {
    #[command(subcommand)]
    command: Sub,
}

#[derive(Debug, Clone, Subcommand)]
enum Sub {
    /// Print the configuration in force with the origin of each value
    Show(Show),
}

#[derive(Debug, Clone, Args)]
struct Show {
    /// Show the configuration for this path, from the nearest leaver.yaml at or above it
    #[arg(value_name = "PATH", default_value = ".")]
    path: Utf8PathBuf,
    #[command(flatten)]
    config: ConfigArgs,
    /// Output format; yaml omits origins
    #[arg(long, value_enum, default_value_t = Shape::Text)]
    format: Shape,
    /// Show only values that are not defaults
    #[arg(long)]
    changed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Shape {
    Text,
    Json,
    Yaml,
}

impl ConfigCommand {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        let Sub::Show(show) = &self.command;
        let style = style::stdout(when);
        match show.config.load(files, &show.path, Overrides::default()) {
            Ok((config, ruleset)) => print(|out| match show.format {
                Shape::Text => show.text(&config, &ruleset, &Paint { style: &style }, out),
                Shape::Json => show.json(&config, &ruleset, out),
                Shape::Yaml => show.yaml(&config, &ruleset, out),
            }),
            Err(failures) => refuse(&failures, &style),
        }
    }
}

impl Show {
    fn settings<'a>(&self, config: &'a Config, ruleset: &'a Ruleset) -> impl Iterator<Item = &'a Setting> {
        let changed = self.changed;
        let all = config.settings.iter().chain(&ruleset.settings);
        all.filter(move |setting| !changed || !matches!(setting.origin.as_str(), "rule" | "default"))
    }

    fn text(&self, config: &Config, ruleset: &Ruleset, paint: &Paint<'_>, out: &mut dyn Write) -> std::io::Result<()> {
        let root = config.files.show(&config.root);
        let file = if config.has_file { "" } else { " (no leaver.yaml found: all defaults)" };
        writeln!(out, "{}", paint.color(TextRole::Faint, &safe(&format!("# catalogue root: {root}{file}"))))?;
        for setting in self.settings(config, ruleset) {
            let value = setting.value.as_str().map_or_else(|| setting.value.to_string(), str::to_owned);
            let line = safe(&format!("{}: {value}", setting.key));
            writeln!(out, "{line}  {}", paint.color(TextRole::Faint, &safe(&format!("# {}", setting.origin))))?;
        }
        Ok(())
    }

    fn json(&self, config: &Config, ruleset: &Ruleset, out: &mut dyn Write) -> std::io::Result<()> {
        let settings: Vec<Value> = self
            .settings(config, ruleset)
            .map(|setting| {
                serde_json::json!({
                    "key": setting.key, "value": setting.value, "origin": setting.origin, "source": setting.source,
                })
            })
            .collect();
        let document = serde_json::json!({"root": config.files.show(&config.root), "settings": settings});
        writeln!(out, "{}", escape::json(&redact(&serde_json::to_string_pretty(&document)?)))
    }

    /// Writes the configuration as a `leaver.yaml` with the same meaning.
    fn yaml(&self, config: &Config, ruleset: &Ruleset, out: &mut dyn Write) -> std::io::Result<()> {
        let mut root = Map::from_iter([("version".to_owned(), Value::from(1))]);
        for setting in self.settings(config, ruleset) {
            match setting.key.as_str() {
                key @ ("include" | "exclude" | "policies" | "vendors" | "frameworks") => {
                    if let Some(list) = root.entry(key).or_insert_with(|| Value::Array(Vec::new())).as_array_mut() {
                        list.push(setting.value.clone());
                    }
                }
                key => {
                    // A rule id contains a slash but no dot, so dots separate levels.
                    let mut at = &mut root;
                    let mut words = key.split('.').peekable();
                    while let Some(word) = words.next() {
                        if words.peek().is_none() {
                            at.insert(word.to_owned(), setting.value.clone());
                            break;
                        }
                        let next = at.entry(word).or_insert_with(|| Value::Object(Map::new())).as_object_mut();
                        let Some(next) = next else { break };
                        at = next;
                    }
                }
            }
        }
        let text = serde_yaml::to_string(&root).map_err(std::io::Error::other)?;
        out.write_all(redact(&text).as_bytes())
    }
}
