//! Generates `data/vendors` from the tables in `data/sources`. If two rows state the same fact, the one that a person read wins, then the later one;
//! contradictions are refused.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::{Map, Value, json};

use super::squeeze;

/// An error in the sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFault {
    /// File and line, or the product.
    pub place: String,
    /// The message.
    pub message: String,
}

impl fmt::Display for SourceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// The table of names: `vendor_key`, `title`, `aliases`, `merges`, `part_of`.
const NAMES: &str = "names.csv";
const MOST_ABOVE: usize = 4;

struct Row {
    place: String,
    vendor: String,
    fact: String,
    value: Value,
    note: String,
    source: String,
    as_of: String,
    quality: &'static str,
}

#[derive(Default)]
struct Product {
    title: String,
    aliases: Vec<String>,
    part_of: String,
    rows: Vec<Row>,
}

/// Generates the files of `data/vendors`, by name, from the tables of `data/sources`, by name.
pub fn generate(sources: &BTreeMap<String, String>) -> Result<Vec<(String, String)>, Vec<SourceFault>> {
    let mut faults = Vec::new();
    let (mut products, merged) = names(sources, &mut faults);
    for (file, text) in sources.iter().filter(|(file, _)| *file != NAMES) {
        for row in rows(file, text, &mut faults) {
            let key = merged.get(&row.vendor).unwrap_or(&row.vendor).clone();
            match products.get_mut(&key) {
                Some(product) => product.rows.push(row),
                None => faults.push(fault(&row.place, format!("`{}` is not a key of {NAMES}", row.vendor))),
            }
        }
    }
    let index = index(&products, &merged, &mut faults);
    families(&products, &mut faults);
    let files: Vec<(String, String)> = products
        .iter()
        .map(|(key, product)| (format!("{key}.json"), file(key, product, &mut faults)))
        .chain([("index.tsv".to_owned(), index)])
        .collect();
    if faults.is_empty() { Ok(files) } else { Err(faults) }
}

fn fault(place: impl Into<String>, message: impl Into<String>) -> SourceFault {
    SourceFault { place: place.into(), message: message.into() }
}

fn list(text: &str) -> Vec<String> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The records of a table by column, each with its place.
fn records(file: &str, text: &str, faults: &mut Vec<SourceFault>) -> Vec<(String, BTreeMap<String, String>)> {
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

type Names = (BTreeMap<String, Product>, BTreeMap<String, String>);

fn names(sources: &BTreeMap<String, String>, faults: &mut Vec<SourceFault>) -> Names {
    let (mut products, mut merged) = Names::default();
    let Some(text) = sources.get(NAMES) else {
        faults.push(fault("data/sources", format!("there is no {NAMES}")));
        return (products, merged);
    };
    for (place, record) in records(NAMES, text, faults) {
        let get = |column: &str| record.get(column).cloned().unwrap_or_default();
        let key = get("vendor_key");
        for old in list(&get("merges")) {
            if merged.insert(old.clone(), key.clone()).is_some() {
                faults.push(fault(&place, format!("`{old}` is merged into two products")));
            }
        }
        let product =
            Product { title: get("title"), aliases: list(&get("aliases")), part_of: get("part_of"), rows: Vec::new() };
        if product.title.is_empty() {
            faults.push(fault(&place, "there is no title"));
        }
        if products.insert(key.clone(), product).is_some() {
            faults.push(fault(&place, format!("`{key}` is there twice")));
        }
    }
    (products, merged)
}

fn rows(file: &str, text: &str, faults: &mut Vec<SourceFault>) -> Vec<Row> {
    // The reliability of a table; the README there describes how each was made.
    let quality = match file {
        "azure-docs-2018.csv" => "low",
        "conductorone-connectors.csv" | "entra-tutorials.csv" => "medium",
        _ => "high",
    };
    let mut found = Vec::new();
    for (place, record) in records(file, text, faults) {
        let get = |column: &str| record.get(column).cloned().unwrap_or_default();
        let (fact, read_on, as_of, source) = (get("fact"), get("read_on"), get("as_of"), get("source_url"));
        if !source.starts_with("https://") || source.contains(char::is_whitespace) {
            faults.push(fault(&place, format!("`{source}` is not the address of a page")));
        }
        for (day, column) in [(&as_of, "as_of"), (&read_on, "read_on")] {
            if !is_date(day) {
                faults.push(fault(&place, format!("`{column}` is `{day}`, expected YYYY, YYYY-MM or YYYY-MM-DD")));
            }
        }
        if as_of.get(..read_on.len().min(as_of.len())) > read_on.get(..as_of.len().min(read_on.len())) {
            faults.push(fault(&place, format!("the page is of {as_of}, but was read on {read_on}")));
        }
        let Some(value) = typed(&fact, &get("value")) else {
            let message = format!("`{}` is not a value of `{fact}`, see schemas/vendors.schema.json", get("value"));
            faults.push(fault(&place, message));
            continue;
        };
        let note =
            [get("words"), get("note")].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
        // A third-party or old page is less reliable than the vendor's current one.
        let weak = ["secondary page", "community", "third party", "old version of the page"]
            .iter()
            .any(|word| note.contains(word));
        let quality = if weak && quality == "high" { "medium" } else { quality };
        found.push(Row { place, vendor: get("vendor_key"), fact, value, note, source, as_of, quality });
    }
    found
}

fn is_date(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let part = |from: usize| text.get(from..from + 2).and_then(|part| part.parse::<u8>().ok());
    let within = |from: usize, most: u8| part(from).is_none_or(|part| (1..=most).contains(&part));
    ["0000", "0000-00", "0000-00-00"].contains(&shape.as_str()) && within(5, 12) && within(8, 31)
}

/// Converts a value to the type that the schema gives the fact; `None` if it does not fit or the fact is unknown.
fn typed(fact: &str, text: &str) -> Option<Value> {
    if fact == "remark" {
        return (!text.is_empty()).then(|| text.into());
    }
    let schema: &Value = schema();
    let mut shape = schema.pointer(&format!("/$defs/Vendor/properties/facts/properties/{fact}/properties/value"))?;
    if let Some(name) = shape.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix("#/$defs/")) {
        shape = schema.pointer(&format!("/$defs/{name}"))?;
    }
    fits(shape, text)
}

fn fits(shape: &Value, text: &str) -> Option<Value> {
    if let Some(shapes) = shape.get("anyOf").and_then(Value::as_array) {
        return shapes.iter().find_map(|shape| fits(shape, text));
    }
    let options = shape.get("enum").and_then(Value::as_array).cloned();
    if let Some(options) = options.or_else(|| shape.get("const").map(|only| vec![only.clone()])) {
        return options.into_iter().find(|option| option.as_str() == Some(text));
    }
    match shape.get("type").and_then(Value::as_str)? {
        "boolean" => text.parse::<bool>().ok().map(Value::from),
        "integer" | "number" => text.parse::<u32>().ok().map(Value::from),
        "array" => {
            let items = shape.get("items")?;
            list(text).iter().map(|part| fits(items, part)).collect::<Option<Vec<_>>>().map(Value::from)
        }
        _ => (!text.is_empty()).then(|| text.into()),
    }
}

fn schema() -> &'static Value {
    static SCHEMA: std::sync::OnceLock<Value> = std::sync::OnceLock::new();
    SCHEMA.get_or_init(|| serde_json::from_str(crate::schema::VENDORS.text()).unwrap_or_default())
}

/// Every name with its key. A name of two products is an error.
fn index(
    products: &BTreeMap<String, Product>,
    merged: &BTreeMap<String, String>,
    faults: &mut Vec<SourceFault>,
) -> String {
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    let mut squeezed: BTreeMap<String, &str> = BTreeMap::new();
    let mine = products.iter().flat_map(|(key, product)| {
        product.aliases.iter().chain([key, &product.title]).map(move |name| (name.as_str(), key.as_str()))
    });
    for (name, key) in mine.chain(merged.iter().map(|(old, key)| (old.as_str(), key.as_str()))) {
        let other = *squeezed.entry(squeeze(name)).or_insert(key);
        if other != key {
            faults.push(fault(
                format!("data/sources/{NAMES}"),
                format!("`{name}` is a name of `{other}` and of `{key}`"),
            ));
        }
        names.insert(name.to_lowercase(), key);
    }
    names.iter().map(|(name, key)| format!("{name}\t{key}\n")).collect()
}

fn families(products: &BTreeMap<String, Product>, faults: &mut Vec<SourceFault>) {
    for (key, product) in products {
        let mut next = product;
        for above in 0.. {
            if next.part_of.is_empty() {
                break;
            }
            let Some(whole) = products.get(&next.part_of) else {
                faults.push(fault(key, format!("is part of `{}`, which is not a key of {NAMES}", next.part_of)));
                break;
            };
            if above == MOST_ABOVE {
                faults.push(fault(key, format!("is part of itself, or of more than {MOST_ABOVE} others")));
                break;
            }
            next = whole;
        }
    }
}

/// The file of one product: one fact per line.
fn file(key: &str, product: &Product, faults: &mut Vec<SourceFault>) -> String {
    let (mut facts, mut remarks): (BTreeMap<&str, &Row>, Vec<&Row>) = Default::default();
    let mut rows: Vec<&Row> = product.rows.iter().collect();
    rows.sort_by_key(|row| (row.quality == "high", &row.as_of));
    for row in rows {
        if row.fact == "remark" {
            if !remarks.iter().any(|other| other.value == row.value) {
                remarks.push(row);
            }
            continue;
        }
        if let Some(other) = facts.insert(&row.fact, row)
            && other.as_of == row.as_of
            && other.quality == row.quality
            && other.value != row.value
        {
            let message =
                format!("`{}` is {}, but {} in {} of the same date", row.fact, row.value, other.value, other.place);
            faults.push(fault(&row.place, message));
        }
    }
    contradictions(key, &facts, faults);
    // Sorted as in the schema, which is the display order.
    let order = schema().pointer("/$defs/Vendor/properties/facts/properties").and_then(Value::as_object);
    let facts: Vec<String> = order
        .into_iter()
        .flat_map(Map::keys)
        .filter_map(|name| Some(format!("        {}: {}", Value::from(name.as_str()), line(facts.get(name.as_str())?))))
        .collect();
    let remarks: Vec<String> = remarks.iter().map(|row| format!("        {}", line(row))).collect();
    let mut parts = vec![format!("      \"title\": {}", Value::from(product.title.as_str()))];
    if !product.aliases.is_empty() {
        parts.push(format!("      \"aliases\": {}", spaced(&json!(product.aliases))));
    }
    if !product.part_of.is_empty() {
        parts.push(format!("      \"partOf\": {}", Value::from(product.part_of.as_str())));
    }
    parts.push(match facts.as_slice() {
        [] => "      \"facts\": {}".to_owned(),
        facts => format!("      \"facts\": {{\n{}\n      }}", facts.join(",\n")),
    });
    if !remarks.is_empty() {
        parts.push(format!("      \"remarks\": [\n{}\n      ]", remarks.join(",\n")));
    }
    format!("{{\n  \"version\": 1,\n  \"vendors\": {{\n    \"{key}\": {{\n{}\n    }}\n  }}\n}}\n", parts.join(",\n"))
}

fn line(row: &Row) -> String {
    let mut fact = json!({"value": row.value, "asOf": row.as_of, "source": row.source, "quality": row.quality});
    if !row.note.is_empty() {
        fact["note"] = row.note.as_str().into();
    }
    spaced(&fact)
}

/// JSON on one line, with spaces after separators.
fn spaced(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries =
                entries.iter().map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), spaced(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Facts of one product that contradict each other.
fn contradictions(key: &str, facts: &BTreeMap<&str, &Row>, faults: &mut Vec<SourceFault>) {
    let is = |name: &str, value: &str| {
        facts.get(name).is_some_and(|row| match &row.value {
            Value::Bool(yes) => value == if *yes { "true" } else { "false" },
            other => other == value,
        })
    };
    let there = |name: &str| facts.contains_key(name);
    let does = |word: &str| {
        facts
            .get("operations")
            .and_then(|row| row.value.as_array())
            .map(|words| words.iter().any(|other| other == word))
    };
    let needs_scim: BTreeSet<&str> =
        ["operations", "creates", "deactivation", "deletion", "scimPlan", "auth", "endpoint", "tokenDays"].into();
    let pairs = [
        (there("jitDefault") && !is("jit", "offered"), "`jitDefault` without `jit: offered`"),
        (there("jitBesideScim") && is("jit", "none"), "`jitBesideScim` beside `jit: none`"),
        (is("scim", "none") && facts.keys().any(|name| needs_scim.contains(name)), "facts on SCIM beside `scim: none`"),
        (is("creates", "no") && does("create") == Some(true), "`creates: no`, but `operations` has `create`"),
        (is("creates", "yes") && does("create") == Some(false), "`creates: yes`, but `operations` lacks `create`"),
        (is("groups", "no") && does("groups") == Some(true), "`groups: no`, but `operations` has `groups`"),
        (
            is("deactivation", "delete") && does("delete") == Some(false),
            "`deactivation: delete`, but `operations` lacks `delete`",
        ),
        (
            is("deletion", "refused") && does("delete") == Some(true),
            "`deletion: refused`, but `operations` has `delete`",
        ),
        (is("deactivation", "delete") && is("reactivation", "yes"), "`deactivation: delete`, but `reactivation: yes`"),
        (
            is("deactivation", "suspend") && is("activeMapped", "false"),
            "`deactivation: suspend`, but `active` is not mapped",
        ),
        (
            is("tokenDays", "never") && is("tokenOverlapHours", "until-expiry"),
            "a token without an end works `until-expiry`",
        ),
        (is("tokenDays", "never") && there("tokenNotice"), "notice of the end of a token without an end"),
    ];
    for (_, message) in pairs.into_iter().filter(|(broken, _)| *broken) {
        faults.push(fault(key, format!("the facts contradict each other: {message}")));
    }
}
