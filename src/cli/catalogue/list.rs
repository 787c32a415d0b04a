//! `leaver list`: the effective values of all apps, as a table.

use std::{borrow::Cow, cmp::Ordering, io::Write};

use clap::Args;
use serde_json::{Map, Value, json};

use super::{
    super::{
        common::{ConfigArgs, print, print_to_stderr, refuse, usage},
        style::{self, When},
    },
    read,
    table::Table,
};
use crate::{
    check::Effective,
    files::Workspace,
    model::Declaration,
    output::{Style, escape, paint::Paint, summary::counted},
    report::{Failure, Outcome},
    schema::DECLARATIONS,
    source::{Node, Yaml, redact},
};

/// A user may write a key without its parents. These parents are then tried, in this order.
pub(in crate::cli) const PARENTS: [&[&str]; 5] =
    [&[], &["metadata"], &["spec"], &["spec", "lifecycle"], &["spec", "provisioning"]];
/// The default columns.
const DEFAULT_COLUMNS: [&str; 7] =
    ["name", "owner", "tier", "mode", "pattern", "deprovision.owner", "deprovision.slaHours"];

/// Arguments of `leaver list`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
A KEY is a path in the declaration, such as spec.lifecycle.deprovision.owner; metadata, spec, lifecycle and provisioning may be left out.
Values are effective: they include values that an app inherits from its pattern.")]
pub(in crate::cli) struct List {
    /// Only apps with this value; repeatable, all must match
    #[arg(long = "where", value_name = "KEY=VALUE")]
    wanted: Vec<String>,
    /// Only apps without a value for this key; repeatable
    #[arg(long, value_name = "KEY")]
    missing: Vec<String>,
    /// Only apps of this owner
    #[arg(long, value_name = "TEAM")]
    owner: Option<String>,
    /// Only apps with this provisioning mode
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
    /// The keys to show, separated by commas
    #[arg(long, value_name = "KEY,…", value_delimiter = ',')]
    columns: Vec<String>,
    /// The key to sort by; apps without a value come last [default: name]
    #[arg(long, value_name = "KEY")]
    sort: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    output: Format,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Csv,
    Json,
    Markdown,
}

/// A key as written by the user, and its full path.
struct Key {
    word: String,
    path: Vec<String>,
}

impl Key {
    fn read(word: &str) -> Result<Self, Failure> {
        let parts: Vec<&str> = word.split('.').collect();
        // The table lists apps only, so keys of other kinds are errors.
        let path = PARENTS.iter().map(|above| [above, &parts[..]].concat()).find(|path| {
            matches!(path.first(), Some(&("metadata" | "spec"))) && path.len() > 1 && DECLARATIONS.has_path(path)
        });
        let Some(path) = path else {
            return Err(usage(
                format!("`{word}` is not a key of an App"),
                "write a path such as owner, tier, signOn.system or deprovision.slaHours; `leaver schema` prints all keys",
            ));
        };
        Ok(Self { word: word.to_owned(), path: path.into_iter().map(str::to_owned).collect() })
    }

    /// Returns the value of the key in an app, or `None` if the value is empty. For a key below a list, returns a list with the value of each entry.
    fn value_in<'a>(&self, app: &'a Declaration) -> Option<Cow<'a, Node>> {
        let node = value_at(&app.root, &self.path)?;
        let empty = match node.value() {
            Yaml::Null => true,
            Yaml::Text(text) => text.is_empty(),
            Yaml::List(items) => items.is_empty(),
            Yaml::Map(entries) => entries.is_empty(),
            _ => false,
        };
        (!empty).then_some(node)
    }

    fn full_path(&self) -> String {
        self.path.join(".")
    }
}

/// Returns the value at a path.
fn value_at<'a>(node: &'a Node, path: &[String]) -> Option<Cow<'a, Node>> {
    let Some((key, rest)) = path.split_first() else { return Some(Cow::Borrowed(node)) };
    let Yaml::List(items) = node.value() else { return value_at(node.get(key)?, rest) };
    let values: Vec<Node> = items.iter().filter_map(|item| value_at(item, path)).map(Cow::into_owned).collect();
    (!values.is_empty()).then(|| Cow::Owned(node.with_value(Yaml::List(values.into()))))
}

/// The parsed arguments.
struct Query {
    columns: Vec<Key>,
    wanted: Vec<(Key, String)>,
    missing: Vec<Key>,
    sort: Key,
}

impl List {
    pub(in crate::cli) fn run(&self, files: &Workspace, when: When) -> u8 {
        let style = style::stdout(when);
        let query = match self.query() {
            Ok(query) => query,
            Err(failures) => return refuse(&failures, &style),
        };
        match read(files, &self.config) {
            Ok(found) => self.show(&query, &found, &style),
            Err(failures) => refuse(&failures, &style),
        }
    }

    fn query(&self) -> Result<Query, Vec<Failure>> {
        let mut failures = Vec::new();
        let mut key = |word: &str| Key::read(word).map_err(|failure| failures.push(failure)).ok();
        let columns: Vec<String> = if self.columns.is_empty() {
            DEFAULT_COLUMNS.iter().map(|word| (*word).to_owned()).collect()
        } else {
            self.columns.clone()
        };
        let columns = columns.iter().filter_map(|word| key(word)).collect();
        let missing = self.missing.iter().filter_map(|word| key(word)).collect();
        let sort = key(self.sort.as_deref().unwrap_or("name"));
        let mut wanted = Vec::new();
        let given = [("owner", &self.owner), ("mode", &self.mode)];
        let given = given.into_iter().filter_map(|(word, value)| Some((word, value.clone()?)));
        wanted.extend(given.filter_map(|(word, value)| Some((key(word)?, value))));
        let mut malformed = Vec::new();
        for text in &self.wanted {
            match text.split_once('=') {
                Some((word, value)) => wanted.extend(key(word.trim()).map(|key| (key, value.trim().to_owned()))),
                None => malformed.push(usage(format!("`{text}` is not KEY=VALUE"), "write it like --where tier=1")),
            }
        }
        failures.extend(malformed);
        match sort {
            Some(sort) if failures.is_empty() => Ok(Query { columns, wanted, missing, sort }),
            _ => Err(failures),
        }
    }

    fn show(&self, query: &Query, found: &Effective, style: &Style) -> u8 {
        let mut apps: Vec<&Declaration> = found.declarations.iter().filter(|app| app.kind == "App").collect();
        let all = apps.len();
        apps.retain(|app| query.matches(app));
        apps.sort_by(|left, right| {
            compare(query.sort.value_in(left).as_deref(), query.sort.value_in(right).as_deref())
                .then_with(|| left.name.cmp(&right.name))
        });
        let paint = Paint { style };
        let table = Table {
            heads: query.columns.iter().map(|key| key.word.clone()).collect(),
            rows: apps
                .iter()
                .map(|app| query.columns.iter().map(|key| cell_text(key.value_in(app).as_deref())).collect())
                .collect(),
        };
        let status = print(|out| match self.output {
            Format::Text => {
                if !apps.is_empty() {
                    table.text(&paint, out)?;
                }
                let discovered = apps.iter().filter(|app| app.is_discovered()).count();
                writeln!(out, "{}", count_line(apps.len(), all, discovered))
            }
            Format::Csv => table.csv(&query.columns.iter().map(Key::full_path).collect::<Vec<_>>(), out),
            Format::Json => json(query, &apps, out),
            Format::Markdown => table.markdown(out),
        });
        let unknown = apps.iter().filter(|app| !app.well_formed).count();
        if unknown > 0 {
            let apps = counted(unknown, "app");
            print_to_stderr(&format!(
                "leaver: {apps} with errors: shown as written, without inherited values; `leaver check` reports the errors"
            ));
        }
        if found.failures.is_empty() {
            return status;
        }
        refuse(&found.failures, style);
        Outcome::Incomplete.code()
    }
}

impl Query {
    fn matches(&self, app: &Declaration) -> bool {
        self.missing.iter().all(|key| key.value_in(app).is_none())
            && self.wanted.iter().all(|(key, value)| key.value_in(app).is_some_and(|node| has_value(&node, value)))
    }
}

/// Whether a value is equal to `wanted`, or is a list that contains `wanted`.
fn has_value(node: &Node, wanted: &str) -> bool {
    match node.value() {
        Yaml::List(items) => items.iter().any(|item| has_value(item, wanted)),
        // A list entry is identified by its name.
        Yaml::Map(_) => node.get("name").is_some_and(|name| has_value(name, wanted)),
        _ => cell_text(Some(node)) == wanted,
    }
}

/// Compares numbers numerically, texts alphabetically, and puts missing values last.
fn compare(left: Option<&Node>, right: Option<&Node>) -> Ordering {
    let number = |node: &Node| match node.value() {
        #[expect(clippy::cast_precision_loss, reason = "numbers of days and tiers")]
        Yaml::Int(value) => Some(*value as f64),
        Yaml::Float(value) => Some(*value),
        _ => None,
    };
    match (left, right) {
        (Some(left), Some(right)) => match (number(left), number(right)) {
            (Some(left), Some(right)) => left.total_cmp(&right),
            _ => cell_text(Some(left)).cmp(&cell_text(Some(right))),
        },
        (left, right) => right.is_some().cmp(&left.is_some()),
    }
}

/// Writes a value as the text of a table cell.
fn cell_text(node: Option<&Node>) -> String {
    let Some(node) = node else { return String::new() };
    match node.value() {
        Yaml::Text(text) => text.to_string(),
        Yaml::List(items) if items.iter().any(|item| matches!(item.value(), Yaml::Map(_) | Yaml::List(_))) => {
            let name = |item: &Node| item.get("name").map_or_else(|| "…".to_owned(), |name| cell_text(Some(name)));
            items.iter().map(name).collect::<Vec<_>>().join(", ")
        }
        Yaml::List(items) => items.iter().map(|item| cell_text(Some(item))).collect::<Vec<_>>().join(", "),
        Yaml::Map(entries) => entries.iter().map(|entry| &*entry.key).collect::<Vec<_>>().join(", "),
        _ => Value::from(node).to_string(),
    }
}

fn count_line(shown: usize, all: usize, discovered: usize) -> String {
    let count = match (shown, all) {
        (_, 0) => "no app in this catalogue".to_owned(),
        (shown, all) if shown == all => counted(all, "app"),
        (shown, all) => format!("{shown} of {}", counted(all, "app")),
    };
    if discovered > 0 { format!("{count}, {discovered} only discovered") } else { count }
}

fn json(query: &Query, apps: &[&Declaration], out: &mut dyn Write) -> std::io::Result<()> {
    let app = |app: &&Declaration| {
        let value = |key: &Key| key.value_in(app).map(|node| (key.full_path(), Value::from(&*node)));
        let values: Map<String, Value> = query.columns.iter().filter_map(value).collect();
        json!({"name": app.name, "file": app.file.path(), "valid": app.well_formed, "values": values})
    };
    let document = json!({
        "version": "1",
        "columns": query.columns.iter().map(Key::full_path).collect::<Vec<_>>(),
        "apps": apps.iter().map(app).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&document)?;
    writeln!(out, "{}", escape::json(&redact(&text)))
}
