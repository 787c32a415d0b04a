//! `leaver query`: evaluates a Rego query on the catalogue.

use std::{io::Write, time::Duration};

use camino::Utf8Path;
use clap::Args;
use serde_json::{Value, json};

use super::{
    super::{
        common::{ConfigArgs, print, refuse, safe, today, usage},
        style::{self, When},
    },
    table::Table,
};
use crate::{
    Request, check,
    config::Overrides,
    files::Workspace,
    output::{escape, paint::Paint, summary::counted},
    policy::Answer,
    source::redact,
};

/// Arguments of `leaver query`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
data.leaver.catalogue.App contains all apps by name, as rules see them: with the values that they inherit from patterns. There are also Team, System, Pattern and Waiver.
Variables whose names begin with `_` are not printed.
Examples:
  leaver query 'data.leaver.catalogue.App[app].spec.tier == 1'
  leaver query 'count(data.leaver.catalogue.App)'
  leaver query 'some app, _it in data.leaver.catalogue.App; _it.spec.lifecycle.deprovision.slaHours > 24; owner := _it.metadata.owner'")]
pub(in crate::cli) struct QueryCommand {
    /// The query; `-` reads it from standard input
    #[arg(value_name = "REGO")]
    query: String,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    output: Format,
    /// Maximum duration of the query, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// Compare dates with this day instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", env = "LEAVER_TODAY")]
    today: Option<String>,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

impl QueryCommand {
    pub(in crate::cli) fn run(&self, files: &Workspace, when: When) -> u8 {
        let style = style::stdout(when);
        let answers = match self.evaluate(files) {
            Ok(answers) => answers,
            Err(failures) => return refuse(&failures, &style),
        };
        let paint = Paint { style: &style };
        print(|out| match self.output {
            Format::Text => text(&answers, &paint, out),
            Format::Json => json(&answers, out),
            Format::Csv => table(&answers).csv(&columns(&answers), out),
        })
    }

    fn evaluate(&self, files: &Workspace) -> Result<Vec<Answer>, Vec<crate::report::Failure>> {
        let text = if self.query == "-" {
            let read = std::io::read_to_string(std::io::stdin());
            read.map_err(|error| vec![usage(format!("cannot read the query: {error}"), "write it as an argument")])?
        } else {
            self.query.clone()
        };
        let today = today(self.today.as_deref()).map_err(|failure| vec![failure])?;
        let (config, ruleset) = self.config.load(files, Utf8Path::new("."), Overrides::default())?;
        let paths = config.whole_catalogue();
        let request = Request { paths, today, ..Request::default() };
        check::query(&config, &ruleset, &request, &text, Duration::from_secs(self.timeout))
    }
}

/// Returns the names of all variables in the answers.
fn columns(answers: &[Answer]) -> Vec<String> {
    let mut columns: Vec<String> = answers.iter().flat_map(|answer| answer.bindings.keys().cloned()).collect();
    columns.sort();
    columns.dedup();
    if columns.is_empty() { vec!["value".to_owned()] } else { columns }
}

/// Makes a row for each answer. The row shows the variables of the answer or, if there are none, the value of the last expression.
fn table(answers: &[Answer]) -> Table {
    let heads = columns(answers);
    let row = |answer: &Answer| {
        if answer.bindings.is_empty() {
            return vec![answer.values.last().map(plain).unwrap_or_default()];
        }
        heads.iter().map(|head| answer.bindings.get(head).map(plain).unwrap_or_default()).collect()
    };
    Table { rows: answers.iter().map(row).collect(), heads }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn text(answers: &[Answer], paint: &Paint<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    match answers {
        [] => writeln!(out, "no result"),
        // A single value may be a large document, so it is printed as indented JSON instead of a table.
        [one] if one.bindings.is_empty() => {
            let value = one.values.last().unwrap_or(&Value::Null);
            let text = serde_json::to_string_pretty(value)?;
            text.lines().try_for_each(|line| writeln!(out, "{}", safe(line)))
        }
        all => {
            table(all).text(paint, out)?;
            writeln!(out, "{}", counted(all.len(), "result"))
        }
    }
}

fn json(answers: &[Answer], out: &mut dyn Write) -> std::io::Result<()> {
    let results = answers.iter().map(|answer| json!({"bindings": answer.bindings, "values": answer.values}));
    let document = json!({"version": "1", "results": results.collect::<Vec<_>>()});
    writeln!(out, "{}", escape::json(&redact(&serde_json::to_string_pretty(&document)?)))
}
