//! Reads `data/identity.yaml`, which lists the keys that identify list entries and declarations.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use super::{Node, SourceFile, Yaml, YamlLimits, address::digest, parse, redact};
use crate::finding::Step;

const TABLE: &str = include_str!("../../data/identity.yaml");

/// Maximum length of a shown key or name, in characters.
const MAX_LENGTH: usize = 150;

/// The table.
#[derive(Default)]
struct Table {
    entries: Vec<String>,
    declarations: BTreeMap<String, Vec<Value>>,
}

/// A value that identifies a declaration.
struct Value {
    /// The last key of the path, for display.
    key: String,
    path: Vec<Step>,
    ignore_case: bool,
}

fn table() -> &'static Table {
    static ALL: OnceLock<Table> = OnceLock::new();
    ALL.get_or_init(|| read(TABLE).unwrap_or_default())
}

fn read(text: &str) -> Option<Table> {
    let file = SourceFile::new("data/identity.yaml", text);
    let root = parse(&file, &YamlLimits::default()).documents.into_iter().next()?.root;
    let texts = |node: &Node| match node.value() {
        Yaml::List(items) => items.iter().filter_map(Node::text).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let ignoring = texts(root.get("ignoreCase")?);
    let steps = |path: String| Value {
        key: path.rsplit('.').next().unwrap_or_default().to_owned(),
        path: path.split('.').map(|key| Step::Key(key.to_owned())).collect(),
        ignore_case: ignoring.contains(&path),
    };
    let declarations = root.get("declarations")?.entries().iter();
    Some(Table {
        entries: texts(root.get("entries")?),
        declarations: declarations
            .map(|entry| (entry.key.to_string(), texts(&entry.value).into_iter().map(steps).collect()))
            .collect(),
    })
}

/// Returns the keys that identify an entry of a list, in order of preference.
pub(crate) fn entry_keys() -> &'static [String] {
    &table().entries
}

/// Returns an id of another system in the form in which ids are compared. In a UUID, letter case is irrelevant (RFC 9562); all other ids are
/// case-sensitive. `policies/lib/ids.rego` has the same function for rules.
pub fn compared_id(id: &str) -> Cow<'_, str> {
    let has_capitals = id.bytes().any(|byte| byte.is_ascii_uppercase());
    if has_capitals && is_uuid(id) { Cow::Owned(id.to_ascii_lowercase()) } else { Cow::Borrowed(id) }
}

/// Whether a text is a UUID with its hyphens, in any letter case.
pub fn is_uuid(text: &str) -> bool {
    let fits =
        |(at, byte): (usize, u8)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

/// Redacts and shortens a key or name for display. Different texts have different results.
pub(crate) fn display_name(text: &str) -> String {
    let clean = redact(text);
    let long = clean.char_indices().nth(MAX_LENGTH).map(|(at, _)| at);
    match (&clean, long) {
        (Cow::Borrowed(_), None) => text.to_owned(),
        _ => format!("{}~{}", clean.get(..long.unwrap_or(clean.len())).unwrap_or_default(), digest(text)),
    }
}

/// Returns the identity of a declaration: `vendor=box tier=2`. The identity is empty if the declaration has none of the identifying values. If a
/// declaration reuses the name of another thing, the identities differ.
pub fn identity(kind: &str, name: &str, root: &Node) -> String {
    // The values by key, regardless of order and path.
    let mut all: Vec<(&str, BTreeSet<String>)> = Vec::new();
    for Value { key, path, ignore_case } in table().declarations.get(kind).into_iter().flatten() {
        for node in values_at(root, path) {
            let text = match node.value() {
                Yaml::Null => continue,
                Yaml::Text(text) if *ignore_case => text.trim().to_lowercase(),
                Yaml::Text(text) => compared_id(text.trim()).into_owned(),
                _ => serde_json::Value::from(node).to_string(),
            };
            let text = format!("{key}={}", quoted(&text));
            match all.iter_mut().find(|(other, _)| other == key) {
                Some((_, texts)) => drop(texts.insert(text)),
                None => all.push((key, BTreeSet::from([text]))),
            }
        }
    }
    let mut parts: Vec<String> = all.into_iter().flat_map(|(_, texts)| texts).collect();
    // All redacted names look the same, so add a digest.
    if let Cow::Owned(_) = redact(name) {
        parts.push(format!("name~{}", digest(name)));
    }
    parts.join(" ")
}

/// Returns the values at a path. If the path leads through a list, returns the values of all entries.
fn values_at<'n>(root: &'n Node, path: &[Step]) -> Vec<&'n Node> {
    let mut found = vec![root];
    for step in path {
        let entries = found.into_iter().flat_map(|node| match node.value() {
            Yaml::List(items) => items.iter().collect(),
            _ => vec![node],
        });
        found = entries.filter_map(|node| node.at(std::slice::from_ref(step))).collect();
    }
    found
}

/// Returns a value, in quotes unless it is a single word.
fn quoted(text: &str) -> String {
    let text = display_name(text);
    let bare = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-./:@+~•".contains(c));
    if bare { text } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;

    fn target<'s>(schema: &'s Json, node: &'s Json) -> &'s Json {
        match node.get("$ref").and_then(Json::as_str) {
            Some(reference) => {
                schema.pointer(reference.trim_start_matches('#')).expect("the target of the reference exists")
            }
            None => node,
        }
    }

    /// Without an identifying key, only the content would identify an entry.
    #[test]
    fn every_entry_of_every_list_of_mappings_has_an_identifying_key() {
        fn walk(schema: &Json, node: &Json, found: &mut usize) {
            if let Some(items) = node.get("items") {
                let item = target(schema, items);
                if item.get("properties").is_some() {
                    let required: Vec<&str> =
                        item["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
                    assert!(entry_keys().iter().any(|key| required.contains(&key.as_str())), "{item}");
                    *found += 1;
                }
            }
            match node {
                Json::Object(entries) => entries.values().for_each(|value| walk(schema, value, found)),
                Json::Array(items) => items.iter().for_each(|value| walk(schema, value, found)),
                _ => {}
            }
        }
        let (schema, mut found) = (crate::declaration_schema(), 0);
        walk(&schema, &schema, &mut found);
        assert!(found >= 6, "{found}");
    }

    #[test]
    fn identities_are_made_of_values_that_the_schema_has() {
        let schema = crate::declaration_schema();
        assert!(table().declarations.contains_key("App"));
        for (kind, paths) in &table().declarations {
            for Value { path, .. } in paths {
                let mut node = target(&schema, &schema["$defs"][kind]);
                for step in path {
                    node = target(&schema, &node["properties"][step.to_string()]);
                    node = node.get("else").map_or(node, |schema_part| target(&schema, schema_part));
                    node = node.get("items").map_or(node, |schema_part| target(&schema, schema_part));
                }
                assert!(node.get("type").is_some() || node.get("enum").is_some(), "{kind} {path:?}");
            }
        }
    }

    #[test]
    fn identity_ignores_letter_case_and_missing_values() {
        let of = |text: &str| {
            let file = SourceFile::new("a.yaml", text);
            let root = parse(&file, &YamlLimits::default()).documents.remove(0).root;
            identity("App", "box", &root)
        };
        assert_eq!(of("metadata: {vendor: Box Inc}\nspec: {tier: 2}"), "vendor=\"box inc\" tier=2");
        assert_eq!(
            of("metadata: {vendor: ' box inc '}\nspec: {tier: 2}"),
            of("metadata: {vendor: Box Inc}\nspec: {tier: 2}")
        );
        assert_eq!(of("metadata: {owner: t}\nspec: {signOn: {}}"), "");
        assert_ne!(of("spec: {signOn: {appId: 0oaA}}"), of("spec: {signOn: {appId: 0oaa}}"));
        let uuid = "11aa22bb-0000-4000-8000-00000000000f";
        let signed = |id: &str| of(&format!("spec: {{signOn: {{system: entra-id, appId: {id}}}}}"));
        assert_eq!(signed(uuid), signed(&uuid.to_uppercase()));
        assert_ne!(signed(&format!("{uuid}0")), signed(&format!("{uuid}0").to_uppercase()));
        assert_eq!(of("spec: {signOn: [{appId: a, system: okta}]}"), of("spec: {signOn: {appId: a, system: okta}}"));
        assert_ne!(of("spec: {signOn: [{appId: a}, {appId: b}]}"), of("spec: {signOn: [{appId: a}, {appId: c}]}"));
        let listed = of("spec: {signOn: [{appId: a, system: okta}, {appId: b, system: entra-id}]}");
        for other in [
            "spec: {signOn: [{appId: b, system: entra-id}, {appId: a, system: okta}]}",
            "spec: {signOn: {appId: a, system: okta, also: [{appId: b, system: entra-id}]}}",
        ] {
            assert_eq!(of(other), listed, "{other}");
        }
        assert_ne!(of("spec: {signOn: {appId: a, system: okta, also: [{appId: c, system: entra-id}]}}"), listed);
        assert_ne!(of("spec: {signOn: {appId: a, system: okta}}"), listed);
        assert_ne!(of("metadata: {vendor: 'a tier=2'}"), of("metadata: {vendor: a}\nspec: {tier: 2}"));
    }

    #[test]
    fn different_texts_have_different_display_names() {
        assert_eq!(display_name("terraform"), "terraform");
        let long = "a".repeat(200);
        let (first, second) = (format!("{long}b"), format!("{long}c"));
        assert!(display_name(&first) != display_name(&second) && display_name(&first).chars().count() < 200);
        let (first, second) = (display_name("glpat-abcdefghijklmnopqrst"), display_name("glpat-abcdefghijklmnopqrsu"));
        assert!(first != second && !first.contains("glpat-abc"), "{first} {second}");
    }
}
