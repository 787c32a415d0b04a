//! Reads the tables of `data/sources` and checks each row.

use std::{collections::BTreeMap, fmt, sync::OnceLock};

use serde_json::Value;

/// An error in the sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFault {
    /// The file and the line, or the product.
    pub place: String,
    /// The message.
    pub message: String,
}

impl fmt::Display for SourceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// A fact with its source.
pub(super) struct Row {
    pub(super) place: String,
    pub(super) vendor: String,
    pub(super) fact: String,
    pub(super) value: Value,
    pub(super) note: String,
    pub(super) source: String,
    pub(super) as_of: String,
    pub(super) quality: &'static str,
}

/// Maximum length of a text, as in `schemas/vendors.schema.json`.
const MAX_LENGTH: usize = 500;
/// The earliest plausible year. SCIM and single sign-on did not exist earlier.
const FIRST_YEAR: i16 = 2000;

pub(super) fn fault(place: impl Into<String>, message: impl Into<String>) -> SourceFault {
    SourceFault { place: place.into(), message: message.into() }
}

pub(super) fn list(text: &str) -> Vec<String> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The records of a table with their places. A record maps columns to texts.
pub(super) fn records(
    file: &str,
    text: &str,
    faults: &mut Vec<SourceFault>,
) -> Vec<(String, BTreeMap<String, String>)> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut found = Vec::new();
    for record in reader.deserialize::<BTreeMap<String, String>>() {
        match record {
            Ok(record) => found.push((format!("data/sources/{file}:{}", found.len() + 2), record)),
            Err(error) => faults.push(fault(format!("data/sources/{file}"), error.to_string())),
        }
    }
    found
}

/// The facts of a table.
pub(super) fn rows(file: &str, text: &str, today: &str, faults: &mut Vec<SourceFault>) -> Vec<Row> {
    // The reliability of a table. The README of `data/sources` describes the origin of each table.
    let quality = match file {
        "azure-docs-2018.csv" => "low",
        "conductorone-connectors.csv" | "entra-tutorials.csv" => "medium",
        _ => "high",
    };
    let mut found = Vec::new();
    for (place, record) in records(file, text, faults) {
        let get = |column: &str| record.get(column).cloned().unwrap_or_default();
        let (fact, read_on, as_of, source) = (get("fact"), get("read_on"), get("as_of"), get("source_url"));
        let note =
            [get("words"), get("note")].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
        if !is_address(&source) {
            faults.push(fault(&place, format!("`{source}` is not the address of a page; expected https://…")));
        }
        for (day, column) in [(&as_of, "as_of"), (&read_on, "read_on")] {
            if !is_date(day) {
                faults.push(fault(&place, format!("`{column}` is `{day}`, expected YYYY, YYYY-MM or YYYY-MM-DD")));
            } else if is_later(day, today) {
                faults.push(fault(&place, format!("`{column}` is {day}, which is in the future")));
            }
        }
        if is_later(&as_of, &read_on) {
            faults.push(fault(&place, format!("the page has the date {as_of}, but was read on {read_on}")));
        }
        if note.chars().count() > MAX_LENGTH || source.chars().count() > MAX_LENGTH {
            faults
                .push(fault(&place, format!("`words`, `note` or `source_url` is longer than {MAX_LENGTH} characters")));
        }
        let Some(value) = typed_value(&fact, &get("value")) else {
            let message = format!("`{}` is not a value of `{fact}`, see schemas/vendors.schema.json", get("value"));
            faults.push(fault(&place, message));
            continue;
        };
        // A third-party or old page is less reliable than the vendor's current page.
        let weak = ["secondary page", "community", "third party", "old version of the page"]
            .iter()
            .any(|word| note.contains(word));
        let quality = if weak && quality == "high" { "medium" } else { quality };
        found.push(Row { place, vendor: get("vendor_key"), fact, value, note, source, as_of, quality });
    }
    found
}

/// Whether a date is later than another date. If a date has no day or no month, only the parts that both dates have are compared.
fn is_later(date: &str, than: &str) -> bool {
    let length = date.len().min(than.len());
    date.get(..length) > than.get(..length)
}

fn is_date(text: &str) -> bool {
    let rest = match text.len() {
        4 => "-01-01",
        7 => "-01",
        10 => "",
        _ => return false,
    };
    let day = format!("{text}{rest}");
    day.parse::<jiff::civil::Date>().is_ok_and(|date| date.to_string() == day && date.year() >= FIRST_YEAR)
}

/// Whether a text is a URL of a public page: `https://`, a host with a dot, no password, no port.
fn is_address(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_label = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    !text.contains(char::is_whitespace) && host.contains('.') && host.split('.').all(is_label)
}

/// Converts a value to the type that the fact has in the schema. `None` if the value does not have this type, or the fact is unknown.
fn typed_value(fact: &str, text: &str) -> Option<Value> {
    let facts = "/$defs/Vendor/properties";
    let schema: &Value = schema();
    let mut shape = match fact {
        "remark" => schema.pointer(&format!("{facts}/remarks/items/properties/value"))?,
        _ => schema.pointer(&format!("{facts}/facts/properties/{fact}/properties/value"))?,
    };
    if let Some(name) = shape.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix("#/$defs/")) {
        shape = schema.pointer(&format!("/$defs/{name}"))?;
    }
    parse_as(shape, text)
}

fn parse_as(shape: &Value, text: &str) -> Option<Value> {
    if let Some(shapes) = shape.get("anyOf").and_then(Value::as_array) {
        return shapes.iter().find_map(|shape| parse_as(shape, text));
    }
    let options = shape.get("enum").and_then(Value::as_array).cloned();
    if let Some(options) = options.or_else(|| shape.get("const").map(|only| vec![only.clone()])) {
        return options.into_iter().find(|option| option.as_str() == Some(text));
    }
    let limit = |key: &str| shape.get(key).and_then(Value::as_u64);
    let within = |count: u64, least: &str, most: &str| {
        limit(least).is_none_or(|least| count >= least) && limit(most).is_none_or(|most| count <= most)
    };
    match shape.get("type").and_then(Value::as_str)? {
        "boolean" => text.parse::<bool>().ok().map(Value::from),
        "integer" | "number" => {
            let number = text.parse::<u32>().ok()?;
            within(number.into(), "minimum", "maximum").then(|| number.into())
        }
        "array" => {
            let (items, parts) = (shape.get("items")?, list(text));
            let repeats = parts.iter().enumerate().any(|(at, part)| parts.iter().take(at).any(|other| other == part));
            if repeats || !within(parts.len() as u64, "minItems", "maxItems") {
                return None;
            }
            parts.iter().map(|part| parse_as(items, part)).collect::<Option<Vec<_>>>().map(Value::from)
        }
        _ => {
            let is_url = shape.get("pattern").and_then(Value::as_str).is_some_and(|way| way.starts_with("^https://"));
            let is_fit = !text.trim().is_empty()
                && within(text.chars().count() as u64, "minLength", "maxLength")
                && (!is_url || (text.starts_with("https://") && !text.contains(char::is_whitespace)));
            is_fit.then(|| text.into())
        }
    }
}

/// The schema of vendor facts.
pub(super) fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| serde_json::from_str(include_str!("../../schemas/vendors.schema.json")).unwrap_or_default())
}
