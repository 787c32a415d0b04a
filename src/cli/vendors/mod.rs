//! `leaver vendors`: prints the facts about a product with their sources and dates, and how to correct them.

mod generate;

pub(super) use generate::Facts;

use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use super::{
    common::{ConfigArgs, print, refuse, safe, today, usage},
    style::{self, When},
};
use crate::{
    config::Config,
    facts::{Vendor, keys, similar_names, vendor},
    files::Workspace,
    output::{
        escape,
        paint::{Paint, TextRole},
    },
    report::Failure,
};

/// The age from which facts are marked as old, in years.
const OLD_YEARS: u16 = 2;

/// Arguments of `leaver vendors`.
#[derive(Debug, Clone, Args)]
pub(super) struct Vendors {
    /// Name of the product, in any spelling [default: list all products]
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Output format; json can be saved as a file for `vendors` in leaver.yaml
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = Form::Text)]
    output: Form,
    /// Count the age of facts from this day instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", env = "LEAVER_TODAY")]
    today: Option<String>,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    Text,
    Json,
}

impl Vendors {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        let style = style::stdout(when);
        let config = self.config.load_without_rules(files);
        let (config, today) = match config
            .and_then(|config| Ok((config, today(self.today.as_deref()).map_err(|failure| vec![failure])?)))
        {
            Ok(both) => both,
            Err(failures) => return refuse(&failures, &style),
        };
        let Some(name) = &self.name else { return self.list(&config) };
        let Some(vendor) = vendor(&config.vendors, name) else {
            return refuse(&[unknown(name, &config)], &style);
        };
        print(|out| match self.output {
            Form::Json => write_json(&json!({"version": 1, "vendors": {(&vendor.key): vendor.facts}}), out),
            Form::Text => text(&vendor, &old_before(&today), &Paint { style: &style }, out),
        })
    }

    fn list(&self, config: &Config) -> u8 {
        let own = config.vendors.as_object().into_iter().flat_map(|own| own.keys().map(String::as_str));
        let mut names: Vec<&str> = keys().into_iter().chain(own).collect();
        names.sort_unstable();
        names.dedup();
        let found = names.into_iter().filter_map(|key| vendor(&config.vendors, key));
        print(|out| {
            if self.output == Form::Json {
                let all: serde_json::Map<String, Value> = found.map(|vendor| (vendor.key, vendor.facts)).collect();
                return write_json(&json!({"version": 1, "vendors": all}), out);
            }
            for Vendor { key, facts, .. } in found {
                let count = facts.get("facts").and_then(Value::as_object).map_or(0, serde_json::Map::len);
                let title = facts.get("title").and_then(Value::as_str).unwrap_or_default();
                writeln!(out, "{count:>3} {key}  {}", safe(title))?;
            }
            Ok(())
        })
    }
}

fn write_json(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", escape::json(&serde_json::to_string_pretty(value)?))
}

fn unknown(name: &str, config: &Config) -> Failure {
    let near = similar_names(&config.vendors, name);
    let help = if near.is_empty() {
        "`leaver vendors` lists all products; `vendors` in leaver.yaml adds your own".to_owned()
    } else {
        format!("did you mean {}?", near.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "))
    };
    usage(format!("no product is known as `{name}`"), help)
}

/// Returns the earliest date of a fact that is not old on the day `today`. Facts with an earlier date are old.
fn old_before(today: &str) -> String {
    let year = today.get(..4).and_then(|year| year.parse::<u16>().ok()).unwrap_or_default();
    format!("{:04}{}", year.saturating_sub(OLD_YEARS), today.get(4..).unwrap_or_default())
}

/// Whether a fact is certainly from before a day. A date without month or day counts as the end of its year or month.
fn is_older(as_of: &str, before: &str) -> bool {
    before.get(..as_of.len()).is_some_and(|before| as_of < before)
}

fn text(vendor: &Vendor, old: &str, paint: &Paint<'_>, out: &mut dyn Write) -> io::Result<()> {
    let get = |key: &str| vendor.facts.get(key);
    let title = get("title").and_then(Value::as_str).unwrap_or(&vendor.key);
    writeln!(out, "{} ({})", paint.color(TextRole::Strong, &safe(title)), vendor.key)?;
    if let Some(aliases) = get("aliases").and_then(Value::as_array) {
        writeln!(out, "also called {}", safe(&aliases.iter().map(display_value).collect::<Vec<_>>().join(", ")))?;
    }
    if let Some(whole) = get("partOf").and_then(Value::as_str) {
        writeln!(out, "uses the accounts of {}", safe(whole))?;
    }
    let facts: Vec<(&String, &Value)> = get("facts").and_then(Value::as_object).into_iter().flatten().collect();
    let remarks: Vec<&Value> = get("remarks").and_then(Value::as_array).into_iter().flatten().collect();
    if facts.is_empty() && remarks.is_empty() {
        writeln!(out, "\nNo fact is known yet.")?;
    }
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (at, (name, fact)) in facts.iter().enumerate() {
        if at == 0 {
            writeln!(out)?;
        }
        let name = paint.color(TextRole::Strong, &format!("{name:<width$}"));
        writeln!(out, "{name}  {}{}", safe(&value(fact)), note(fact))?;
        writeln!(out, "{:width$}  {}", "", paint.color(TextRole::Faint, &origin(fact, old)))?;
    }
    for remark in remarks {
        writeln!(out, "\n- {}{}", safe(&value(remark)), note(remark))?;
        writeln!(out, "  {}", paint.color(TextRole::Faint, &origin(remark, old)))?;
    }
    let key = &vendor.key;
    let who = if vendor.own { "These facts come from `vendors` in leaver.yaml" } else { "Is a fact wrong or missing?" };
    writeln!(
        out,
        "\n{who}\n  For yourself: `leaver vendors {key} -o json > vendors/{key}.json`, correct it, and name the file under `vendors` in leaver.yaml.\n  For everybody: change data/sources/vendors-verified.csv in {} and run `just bless`.\n  A missing fact is unknown; it does not mean no.",
        env!("CARGO_PKG_REPOSITORY")
    )
}

/// Renders a value for display.
pub(super) fn value(fact: &Value) -> String {
    fact.get("value").map(display_value).unwrap_or_default()
}

fn display_value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Array(items) => items.iter().map(display_value).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn note(fact: &Value) -> String {
    fact.get("note").and_then(Value::as_str).map(|note| safe(&format!(" ({note})"))).unwrap_or_default()
}

/// Renders the date, age, quality and address of a fact.
fn origin(fact: &Value, old: &str) -> String {
    let get = |key: &str| fact.get(key).and_then(Value::as_str);
    let as_of = get("asOf").unwrap_or("without a date");
    let mut words = vec![as_of.to_owned()];
    if is_older(as_of, old) {
        words.push(format!("older than {OLD_YEARS} years"));
    }
    words.extend(get("quality").filter(|quality| *quality != "high").map(|quality| format!("quality {quality}")));
    words.extend(get("from").map(|whole| format!("from {whole}")));
    safe(&format!("{}: {}", words.join(", "), get("source").unwrap_or("no source")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_old_only_if_all_days_of_its_date_are() {
        let before = old_before("2026-11-28");
        assert_eq!(before, "2024-11-28");
        for (as_of, want) in [
            ("2018-09", true),
            ("2023", true),
            ("2024", false),
            ("2024-11", false),
            ("2024-10", true),
            ("2024-11-27", true),
            ("2024-11-28", false),
            ("2026", false),
        ] {
            assert_eq!(is_older(as_of, &before), want, "{as_of}");
        }
    }
}
