//! Finds facts about vendors by any common name of the vendor, and control frameworks by id. Rules evaluate the facts.

mod contradictions;
mod frameworks;
mod generate;
mod hosts;
mod rows;
mod spelling;

pub use frameworks::{framework, framework_title, frameworks};
pub use generate::generate;
pub use rows::SourceFault;
pub(crate) use spelling::without_separators;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use include_dir::{Dir, include_dir};
use serde_json::{Map, Value, json};

use self::contradictions::is_inconclusive;
use crate::files::built_in_text;

/// One file for each vendor, and `index.tsv`. `just bless` generates these files from `data/sources`.
static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/vendors");
const INDEX: &str = include_str!("../../data/vendors/index.tsv");

/// Maximum depth of `partOf`.
const MAX_DEPTH: usize = 4;

/// A product with its facts.
#[derive(Debug, Clone)]
pub struct Vendor {
    /// The key of the product.
    pub key: String,
    /// `title`, `aliases`, `partOf`, `facts`, `remarks`. In a fact that is inherited from another product, `from` names that other product.
    pub facts: Value,
    /// Whether `vendors` of leaver.yaml has facts about the product.
    pub own: bool,
}

/// Vendor facts for rules: the facts by key, and `{"is": key}` by every other name. Includes the products with the `wanted` names and, for each
/// unknown name, products with similar names. If `all`, includes every product. `more` maps keys to facts that extend or override the bundled facts.
pub fn vendors(more: &Value, wanted: &BTreeSet<String>, all: bool) -> Value {
    let mut known = Map::new();
    if wanted.is_empty() && !all {
        return Value::Object(known);
    }
    let user_names = self::user_names(more);
    let mut add = |name: &str, key: String| {
        if !known.contains_key(&key)
            && let Some(facts) = resolved(more, &key, MAX_DEPTH)
        {
            known.insert(key.clone(), facts);
        }
        if name != key && !known.contains_key(name) {
            known.insert(name.to_owned(), json!({"is": key}));
        }
    };
    for name in wanted {
        match key_of(&user_names, name) {
            Some(key) => add(name, key),
            // A rule that reports an unknown name suggests a known name.
            None => similar_names(more, name).into_iter().for_each(|key| add(&key, key.clone())),
        }
    }
    if all {
        for (name, key) in
            user_names.iter().map(|(name, key)| (name.as_str(), key.as_str())).chain(index().iter().copied())
        {
            add(name, key_of(&user_names, name).unwrap_or_else(|| key.to_owned()));
        }
    }
    Value::Object(known)
}

/// The product with this name.
pub fn vendor(more: &Value, name: &str) -> Option<Vendor> {
    let user_names = self::user_names(more);
    let key = key_of(&user_names, &name.to_lowercase())?;
    let facts = resolved(more, &key, MAX_DEPTH)?;
    Some(Vendor { own: more.get(&key).is_some(), facts, key })
}

/// The keys of products whose names are similar to an unknown name: first the nearest name, then names that contain the unknown name.
pub fn similar_names(more: &Value, name: &str) -> Vec<String> {
    let user_names = self::user_names(more);
    let word = without_separators(name);
    let names = user_names.keys().map(String::as_str).chain(index().iter().map(|(name, _)| *name));
    let nearest = crate::schema::nearest(&name.to_lowercase(), names);
    let mine = user_names.keys().map(|other| (without_separators(other), other.as_str()));
    let mine = mine.filter(|(plain, _)| word.len() > 2 && plain.contains(&word)).map(|(_, other)| other);
    let bundled = plain_names().iter().filter(|(plain, _)| word.len() > 2 && plain.contains(&word));
    let bundled = bundled.map(|(_, other)| *other);
    let mut keys = Vec::new();
    for key in nearest.into_iter().chain(mine).chain(bundled).filter_map(|name| key_of(&user_names, name)) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys.truncate(8);
    keys
}

/// The keys of the bundled products.
pub fn keys() -> Vec<&'static str> {
    FILES.files().filter_map(|file| file.path().to_str()?.strip_suffix(".json")).collect()
}

/// Every bundled name in lower case with its key, sorted.
fn index() -> &'static [(&'static str, &'static str)] {
    static TEXT: OnceLock<Cow<'static, str>> = OnceLock::new();
    static LINES: OnceLock<Vec<(&str, &str)>> = OnceLock::new();
    let text = TEXT.get_or_init(|| built_in_text("data/vendors/index.tsv", INDEX));
    LINES.get_or_init(|| text.lines().filter_map(|line| line.split_once('\t')).collect())
}

/// Each bundled name, first without separators and then as in the index, in the order of the index. This list is only built when a name is not found
/// as written.
fn plain_names() -> &'static [(String, &'static str)] {
    static NAMES: OnceLock<Vec<(String, &str)>> = OnceLock::new();
    NAMES.get_or_init(|| index().iter().map(|(name, _)| (without_separators(name), *name)).collect())
}

/// The positions of the bundled names in the index, sorted by the names without separators.
fn positions_by_plain_name() -> &'static [usize] {
    static POSITIONS: OnceLock<Vec<usize>> = OnceLock::new();
    POSITIONS.get_or_init(|| {
        let names = plain_names();
        let mut positions: Vec<usize> = (0..names.len()).collect();
        // If several names are equal, the first name counts.
        positions.sort_by_key(|at| names.get(*at).map(|(plain, _)| plain.as_str()));
        positions.dedup_by_key(|at| names.get(*at).map(|(plain, _)| plain.as_str()));
        positions
    })
}

/// The key of the product with a name, which must be in lower case. The user's names take precedence.
fn key_of(user_names: &BTreeMap<String, String>, name: &str) -> Option<String> {
    if let Some(key) = user_names.get(name) {
        return Some(key.clone());
    }
    let lines = index();
    let at = lines.binary_search_by_key(&name, |(name, _)| *name);
    if let Some((_, key)) = at.ok().and_then(|at| lines.get(at)) {
        return Some((*key).to_owned());
    }
    let word = without_separators(name);
    if word.is_empty() {
        return None;
    }
    let user_key = user_names.iter().find(|(name, _)| without_separators(name) == word).map(|(_, key)| key.clone());
    user_key.or_else(|| {
        let (names, positions) = (plain_names(), positions_by_plain_name());
        let found = positions.binary_search_by_key(&Some(word.as_str()), |at| Some(names.get(*at)?.0.as_str()));
        let (_, key) = lines.get(*positions.get(found.ok()?)?)?;
        Some((*key).to_owned())
    })
}

/// Name in lower case → key, for the products in the user's own facts.
fn user_names(more: &Value) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for (key, facts) in more.as_object().into_iter().flatten() {
        let aliases = facts.get("aliases").and_then(Value::as_array).into_iter().flatten();
        for name in aliases.chain(facts.get("title")).filter_map(Value::as_str) {
            names.entry(name.to_lowercase()).or_insert_with(|| key.clone());
        }
    }
    for key in more.as_object().into_iter().flat_map(Map::keys) {
        names.insert(key.to_lowercase(), key.clone());
    }
    names
}

/// A product with its own facts and the facts that it inherits through `partOf`.
fn resolved(more: &Value, key: &str, depth: usize) -> Option<Value> {
    let mut vendor = match more.get(key) {
        Some(own) => long_form(own),
        None => bundled(key)?,
    };
    let above = vendor.get("partOf").and_then(Value::as_str).filter(|above| depth > 0 && *above != key);
    if let Some(above) = above.and_then(|above| resolved(more, above, depth - 1)) {
        let title = above.get("title").cloned().unwrap_or_default();
        if let Some(facts) = vendor.get_mut("facts").and_then(Value::as_object_mut) {
            for (name, fact) in above.get("facts").and_then(Value::as_object).into_iter().flatten() {
                if facts.get(name).is_none_or(|own| own.get("value").is_some_and(is_inconclusive)) {
                    facts.insert(name.clone(), with_key(fact.clone(), "from", &title));
                }
            }
        }
        if let Some(remarks) = vendor.get_mut("remarks").and_then(Value::as_array_mut) {
            let more = above.get("remarks").and_then(Value::as_array).into_iter().flatten();
            remarks.extend(more.map(|remark| with_key(remark.clone(), "from", &title)));
        }
    }
    Some(vendor)
}

fn with_key(mut fact: Value, key: &str, value: &Value) -> Value {
    if let Some(fact) = fact.as_object_mut() {
        fact.entry(key).or_insert_with(|| value.clone());
    }
    fact
}

/// The text of a bundled file. This function searches the sorted entries, because `get_file` would compare over a thousand paths one by one.
fn file_text(key: &str) -> Option<&'static str> {
    let name = format!("{key}.json");
    let entries = FILES.entries();
    let at = entries.binary_search_by(|entry| entry.path().as_os_str().cmp(name.as_ref())).ok()?;
    entries.get(at)?.as_file()?.contents_utf8()
}

fn bundled(key: &str) -> Option<Value> {
    // A checkout may contain vendors that were added after the build.
    let text = file_text(key).unwrap_or_default();
    let mut file: Value = serde_json::from_str(&built_in_text(&format!("data/vendors/{key}.json"), text)).ok()?;
    Some(long_form(&file.get_mut("vendors")?.get_mut(key)?.take()))
}

/// Converts facts in the short form, which has one source for all facts, to the long form, in which each fact has its own source.
fn long_form(vendor: &Value) -> Value {
    let mut long = vendor.as_object().cloned().unwrap_or_default();
    let take = |long: &mut Map<String, Value>, key: &str| long.shift_remove(key);
    let about = ["source", "asOf", "quality"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), take(&mut long, key)?)))
        .collect::<Map<_, _>>();
    let fact = |value: Value| {
        let mut fact = Map::from_iter([("value".to_owned(), value)]);
        fact.extend(about.clone());
        Value::Object(fact)
    };
    let mut facts = match take(&mut long, "facts") {
        Some(Value::Object(facts)) => facts,
        _ => Map::new(),
    };
    for key in ["jit", "scim", "operations"] {
        if let Some(value) = take(&mut long, key) {
            facts.entry(key).or_insert_with(|| fact(value));
        }
    }
    if let Some(Value::Object(connector)) = take(&mut long, "connector") {
        for (key, name) in [
            ("creates", "connectorCreates"),
            ("deprovisions", "connectorDeprovisions"),
            ("entitlements", "connectorEntitlements"),
        ] {
            if let Some(value) = connector.get(key) {
                facts.entry(name).or_insert_with(|| fact(value.clone()));
            }
        }
    }
    let mut remarks = match take(&mut long, "remarks") {
        Some(Value::Array(remarks)) => remarks,
        _ => Vec::new(),
    };
    if let Some(Value::Array(notes)) = take(&mut long, "notes") {
        remarks.extend(notes.into_iter().map(fact));
    }
    long.insert("facts".into(), Value::Object(facts));
    long.insert("remarks".into(), Value::Array(remarks));
    Value::Object(long)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Option<String> {
        vendor(&Value::Null, name).map(|vendor| vendor.key)
    }

    #[test]
    fn vendors_are_found_by_any_spelling() {
        for (written, want) in [
            ("slack", "slack"),
            ("Jira", "atlassian-jira-cloud"),
            ("Office 365", "microsoft-365"),
            ("office-365", "microsoft-365"),
            ("Microsoft365", "microsoft-365"),
            ("MONDAY", "monday-com"),
            ("Monday.com", "monday-com"),
            ("GitHub  EMU", "github-enterprise-managed-user"),
            ("G-Suite", "google-workspace"),
        ] {
            assert_eq!(key(written).as_deref(), Some(want), "{written}");
        }
        assert_eq!(key("nobody-knows-this"), None);
        assert_eq!(key(" .-"), None);
    }

    #[test]
    fn a_lookup_by_name_equals_the_full_table() {
        let all = vendors(&Value::Null, &BTreeSet::new(), true);
        assert!(all.as_object().is_some_and(|all| all.len() > 1_500));
        for name in ["slack", "box", "github emu", "monday.com", "15five", "docker", "jira"] {
            let few = vendors(&Value::Null, &BTreeSet::from([name.to_owned()]), false);
            assert!(few.get(name).is_some() && few.get(name) == all.get(name), "{name}");
        }
        assert_eq!(vendors(&Value::Null, &BTreeSet::new(), false), json!({}));
        assert_eq!(vendors(&Value::Null, &BTreeSet::from(["nobody-knows-this".to_owned()]), false), json!({}));
    }

    #[test]
    fn a_part_inherits_facts_and_names_their_origin() {
        let jira = vendor(&Value::Null, "jira").expect("a known vendor").facts;
        assert_eq!(jira["facts"]["scim"]["value"], "offered");
        assert_eq!(jira["facts"]["scim"]["from"], "Atlassian Cloud");
    }

    #[test]
    fn own_facts_override_bundled_ones_and_may_use_the_short_form() {
        let more = json!({
            "slack": {"title": "Slack", "scim": "none", "asOf": "2026", "source": "ours"},
            "homemade": {"title": "Home Made", "aliases": ["HM"], "partOf": "slack", "connector": {"creates": true}, "asOf": "2026", "source": "ours"},
        });
        let slack = vendor(&more, "SLACK").expect("a known vendor");
        assert!(slack.own);
        assert_eq!(slack.facts["facts"]["scim"], json!({"value": "none", "source": "ours", "asOf": "2026"}));
        assert_eq!(slack.facts["facts"].as_object().map(Map::len), Some(1), "own facts replace the bundled ones");
        let mine = vendor(&more, "hm").expect("a known vendor");
        assert_eq!((mine.key.as_str(), &mine.facts["facts"]["connectorCreates"]["value"]), ("homemade", &json!(true)));
        assert_eq!(mine.facts["facts"]["scim"]["from"], "Slack");
        let circle = json!({"a": {"title": "A", "partOf": "b"}, "b": {"title": "B", "partOf": "a"}});
        assert!(vendor(&circle, "a").is_some());
    }

    #[test]
    fn every_file_is_valid_and_every_name_leads_to_one() {
        for key in keys() {
            assert!(file_text(key).is_some() && bundled(key).is_some(), "{key}");
        }
        for (name, key) in index() {
            assert!(file_text(key).is_some(), "{name} → {key}");
        }
        assert!(index().is_sorted_by_key(|(name, _)| *name));
    }
}
