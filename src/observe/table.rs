//! Reads CSV tables that GAM or a spreadsheet wrote. They may have commas, semicolons or tabs, a first line such as `sep=;`, and empty lines at the
//! end.

use serde_json::{Map, Value};

use super::clean;
use crate::output::summary::counted;

/// The supported separators between cells.
const SEPARATORS: &[u8] = b",;\t";

/// Parses a table with a header to a list of objects; `None` if the text is not a table.
pub(super) fn table(text: &str) -> Option<Result<Value, String>> {
    let (named, text) = stated_separator(text);
    let head = text.lines().find(|line| !line.trim().is_empty())?;
    let separator = named.or_else(|| frequent_separator(head))?;
    if named.is_none() && !is_head(head, separator) {
        return None;
    }
    Some(rows(text, separator))
}

/// Returns the separator that the first line sets (Excel writes `sep=;`), and the text after this line.
fn stated_separator(text: &str) -> (Option<u8>, &str) {
    let (first, rest) = text.split_once(['\n', '\r']).unwrap_or((text, ""));
    let name = first.trim_end_matches('\r').trim_matches('"').strip_prefix("sep=");
    match name.map(str::as_bytes) {
        Some([one]) if SEPARATORS.contains(one) => (Some(*one), rest),
        _ => (None, text),
    }
}

/// Finds the separator that occurs most often outside quotes.
fn frequent_separator(head: &str) -> Option<u8> {
    let mut quoted = false;
    let mut counts = [0_usize; 3];
    for byte in head.bytes() {
        quoted ^= byte == b'"';
        let at = SEPARATORS.iter().position(|separator| *separator == byte).filter(|_| !quoted);
        if let Some(count) = at.and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    let found = SEPARATORS.iter().zip(counts).max_by_key(|(_, count)| *count)?;
    (found.1 > 0).then_some(*found.0)
}

/// Whether a line looks like a header with this separator, and not like JSON or YAML.
fn is_head(head: &str, separator: u8) -> bool {
    let is_yaml = |cell: &str| {
        let cell = cell.trim();
        cell.contains(": ") || cell.ends_with(':') || cell.contains(['{', '}'])
    };
    !head.trim_start().starts_with(['{', '[', '#', '%', '-', '&', '!', '<'])
        && !head.split(char::from(separator)).any(|cell| !cell.trim_start().starts_with('"') && is_yaml(cell))
}

fn rows(text: &str, separator: u8) -> Result<Value, String> {
    if text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        return Err("a quote is not closed, so the table is cut off or broken".to_owned());
    }
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let broken = |error: &csv::Error| {
        let line = error.position().map(|at| format!(" (line {})", at.line())).unwrap_or_default();
        format!("it is not a table{line}")
    };
    let head = reader.headers().map_err(|error| broken(&error))?.clone();
    let names: Vec<&str> = head.iter().map(str::trim).collect();
    for (at, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        if names.iter().take(at).any(|other| other.eq_ignore_ascii_case(name)) {
            let name = clean::word(name).map(|name| format!(" `{name}`")).unwrap_or_default();
            return Err(format!("its header has the column{name} twice, so its values are ambiguous"));
        }
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(&error))?;
        // Spreadsheets add empty lines and empty columns to a table.
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() < names.len() || record.iter().skip(names.len()).any(|cell| !cell.trim().is_empty()) {
            let line = record.position().map_or(0, csv::Position::line);
            return Err(format!(
                "line {line} has {} and the header {}, so the table is cut off or broken",
                counted(record.len(), "cell"),
                names.len()
            ));
        }
        let cells = names.iter().zip(record.iter()).filter(|(name, _)| !name.is_empty());
        let row: Map<String, Value> = cells.map(|(name, cell)| ((*name).to_owned(), Value::from(cell))).collect();
        rows.push(Value::Object(row));
    }
    Ok(Value::Array(rows))
}

/// The words for true and false in several languages, because spreadsheets translate them when they save a table.
const SWITCHES: &[(&str, &str)] = &[
    ("true", "false"),
    ("1", "0"),
    ("yes", "no"),
    ("wahr", "falsch"),
    ("vrai", "faux"),
    ("verdadero", "falso"),
    ("verdadeiro", "falso"),
    ("vero", "falso"),
    ("waar", "onwaar"),
    ("prawda", "fałsz"),
];

/// Parses a boolean cell or value. An empty cell is false. Returns `None` for any other text.
pub(super) fn switch(value: &Value) -> Option<bool> {
    match value {
        Value::Null => Some(false),
        Value::Bool(on) => Some(*on),
        Value::String(text) => {
            let text = text.trim().to_lowercase();
            let is = |word: &str| word == text;
            match () {
                () if text.is_empty() || SWITCHES.iter().any(|(_, off)| is(off)) => Some(false),
                () if SWITCHES.iter().any(|(on, _)| is(on)) => Some(true),
                () => None,
            }
        }
        _ => None,
    }
}

/// Returns the value of a column. Ignores case, because programs write the names of columns in different cases.
pub(super) fn column<'a>(entry: &'a Value, name: &str) -> Option<&'a Value> {
    let other = || entry.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    entry.get(name).or_else(other)
}
