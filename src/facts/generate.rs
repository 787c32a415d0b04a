//! Generates `data/vendors` from the tables in `data/sources`. If several rows state the same fact, rows of quality `high` (a person read the page)
//! take precedence. Among rows of equal precedence, the row with the latest date counts. Contradictions are errors.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    contradictions::{Facts, contradictions, is_inconclusive},
    hosts::{HOSTS, Refused},
    rows::{Row, SourceFault, fault, list, records, rows, schema},
    without_separators,
};

/// The table of names: `vendor_key`, `title`, `aliases`, `merges`, `part_of`.
const NAMES: &str = "names.csv";
const MAX_DEPTH: usize = 4;
/// The name of rows that have a sentence instead of a fact.
const REMARK: &str = "remark";

#[derive(Default)]
struct Product {
    title: String,
    aliases: Vec<String>,
    part_of: String,
    rows: Vec<Row>,
}

/// Generates the files of `data/vendors` from the tables of `data/sources`. A file or table is a pair of name and text. A date after today (in UTC)
/// is an error.
pub fn generate(sources: &BTreeMap<String, String>) -> Result<Vec<(String, String)>, Vec<SourceFault>> {
    let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date().to_string();
    let mut faults = Vec::new();
    let (mut products, merged) = names(sources, &mut faults);
    let refused = Refused::new(sources, &mut faults);
    for (file, text) in sources.iter().filter(|(file, _)| *file != NAMES && *file != HOSTS) {
        for row in rows(file, text, &today, &mut faults) {
            if let Some(why) = refused.reason(&row.source) {
                let message = format!("`{}` is not the vendor's page: {why} (data/sources/{HOSTS})", row.source);
                faults.push(fault(&row.place, message));
            }
            let key = merged.get(&row.vendor).unwrap_or(&row.vendor).clone();
            match products.get_mut(&key) {
                Some(product) => product.rows.push(row),
                None => faults.push(fault(&row.place, format!("`{}` is not a key of {NAMES}", row.vendor))),
            }
        }
    }
    let index = index(&products, &merged, &mut faults);
    check_part_of(&products, &mut faults);
    let chosen: BTreeMap<&str, Facts<'_>> =
        products.iter().map(|(key, product)| (key.as_str(), select_facts(&product.rows, &mut faults))).collect();
    for key in products.keys() {
        let found = contradictions(&with_inherited(&products, &chosen, key, MAX_DEPTH));
        faults.extend(found.into_iter().map(|message| fault(key, message)));
    }
    let files: Vec<(String, String)> = products
        .iter()
        .filter_map(|(key, product)| {
            Some((format!("{key}.json"), product_file(key, product, chosen.get(key.as_str())?)))
        })
        .chain([("index.tsv".to_owned(), index)])
        .collect();
    if faults.is_empty() { Ok(files) } else { Err(faults) }
}

/// Selects one fact for each name. Rows of the same date and quality must agree.
fn select_facts<'a>(rows: &'a [Row], faults: &mut Vec<SourceFault>) -> Facts<'a> {
    let mut facts = Facts::new();
    let mut rows: Vec<&Row> = rows.iter().filter(|row| row.fact != REMARK).collect();
    rows.sort_by_key(|row| (row.quality == "high", &row.as_of));
    for row in rows {
        if let Some(other) = facts.insert(&row.fact, row)
            && other.as_of == row.as_of
            && other.quality == row.quality
            && other.value != row.value
        {
            let message = format!(
                "`{}` is {}, but {} in {}, which has the same date",
                row.fact, row.value, other.value, other.place
            );
            faults.push(fault(&row.place, message));
        }
    }
    facts
}

/// The facts of a product as leaver shows them, including the facts that it inherits through `part_of`.
fn with_inherited<'a>(
    products: &BTreeMap<String, Product>,
    chosen: &BTreeMap<&str, Facts<'a>>,
    key: &str,
    depth: usize,
) -> Facts<'a> {
    let mut facts = chosen.get(key).cloned().unwrap_or_default();
    let above = products.get(key).map(|product| product.part_of.as_str()).filter(|above| !above.is_empty());
    if let Some(above) = above.filter(|_| depth > 0) {
        for (name, row) in with_inherited(products, chosen, above, depth - 1) {
            if facts.get(name).is_none_or(|own| is_inconclusive(&own.value)) {
                facts.insert(name, row);
            }
        }
    }
    facts
}

type Names = (BTreeMap<String, Product>, BTreeMap<String, String>);

fn names(sources: &BTreeMap<String, String>, faults: &mut Vec<SourceFault>) -> Names {
    let (mut products, mut merged) = Names::default();
    let Some(text) = sources.get(NAMES) else {
        faults.push(fault("data/sources", format!("{NAMES} is missing")));
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
        if !is_key(&key) {
            faults.push(fault(&place, format!("`{key}` is not a key: only lower-case letters, digits and hyphens")));
        }
        report_repeated_names(&place, &product, faults);
        if products.insert(key.clone(), product).is_some() {
            faults.push(fault(&place, format!("`{key}` appears twice")));
        }
    }
    (products, merged)
}

fn is_key(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() < 100 && text.starts_with(is_plain) && text.chars().all(|c| is_plain(c) || c == '-')
}

/// Reports names of one product that differ only in case, spaces or punctuation, and names without a letter or digit.
fn report_repeated_names(place: &str, product: &Product, faults: &mut Vec<SourceFault>) {
    let mut seen = BTreeMap::new();
    for name in [&product.title].into_iter().chain(&product.aliases) {
        let plain = without_separators(name);
        if plain.is_empty() && !name.is_empty() {
            faults.push(fault(place, format!("`{name}` is not a name: it has no letter or digit")));
        } else if let Some(other) = seen.insert(plain, name) {
            faults.push(fault(
                place,
                format!("`{name}` and `{other}` are the same name; case and punctuation do not count"),
            ));
        }
    }
}

/// The text of `index.tsv`, which maps each name to the key of the product. A name of two products is an error.
fn index(
    products: &BTreeMap<String, Product>,
    merged: &BTreeMap<String, String>,
    faults: &mut Vec<SourceFault>,
) -> String {
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    let mut squeezed: BTreeMap<String, &str> = BTreeMap::new();
    let keyed_names = products.iter().flat_map(|(key, product)| {
        product.aliases.iter().chain([key, &product.title]).map(move |name| (name.as_str(), key.as_str()))
    });
    for (name, key) in keyed_names.chain(merged.iter().map(|(old, key)| (old.as_str(), key.as_str()))) {
        let other = *squeezed.entry(without_separators(name)).or_insert(key);
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

fn check_part_of(products: &BTreeMap<String, Product>, faults: &mut Vec<SourceFault>) {
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
            if above == MAX_DEPTH {
                faults.push(fault(key, format!("is part of itself, or of more than {MAX_DEPTH} others")));
                break;
            }
            next = whole;
        }
    }
}

/// The text of the file of a product, with one fact on each line.
fn product_file(key: &str, product: &Product, facts: &Facts<'_>) -> String {
    let mut remarks: Vec<&Row> = product.rows.iter().filter(|row| row.fact == REMARK).collect();
    remarks.sort_by_key(|row| (row.quality == "high", &row.as_of));
    let mut seen = std::collections::BTreeSet::new();
    remarks.retain(|row| seen.insert(row.value.as_str()));
    // The facts have the order of the schema, in which leaver displays them.
    let order = schema().pointer("/$defs/Vendor/properties/facts/properties").and_then(Value::as_object);
    let facts: Vec<String> = order
        .into_iter()
        .flat_map(Map::keys)
        .filter_map(|name| {
            Some(format!("        {}: {}", Value::from(name.as_str()), fact_line(facts.get(name.as_str())?)))
        })
        .collect();
    let remarks: Vec<String> = remarks.iter().map(|row| format!("        {}", fact_line(row))).collect();
    let mut parts = vec![format!("      \"title\": {}", Value::from(product.title.as_str()))];
    if !product.aliases.is_empty() {
        parts.push(format!("      \"aliases\": {}", spaced_json(&json!(product.aliases))));
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

fn fact_line(row: &Row) -> String {
    let mut fact = json!({"value": row.value, "asOf": row.as_of, "source": row.source, "quality": row.quality});
    if !row.note.is_empty() {
        fact["note"] = row.note.as_str().into();
    }
    spaced_json(&fact)
}

/// Writes JSON on one line, with spaces after separators.
fn spaced_json(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(spaced_json).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries =
                entries.iter().map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), spaced_json(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
