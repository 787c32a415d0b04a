//! What leaver carries inside itself: the bundled rules, the known systems and vendors.

use std::{borrow::Cow, collections::BTreeSet};

use include_dir::{Dir, include_dir};
use serde_json::{Map, Value};

use crate::source::{Document, SourceFile, Yaml, YamlLimits, carried, parse};

pub(super) static POLICIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/policies");

const SYSTEMS: &str = include_str!("../../data/systems.yaml");
const VENDORS: &str = include_str!("../../data/vendors.yaml");

/// The built-in `System` declarations.
pub fn builtin_systems() -> (SourceFile, Vec<Document>) {
    let file = SourceFile::new("built-in/systems.yaml", carried("data/systems.yaml", SYSTEMS));
    let documents = parse(&file, &YamlLimits::default()).documents;
    (file, documents)
}

/// What a System of the catalogue can set otherwise than the built-in one without contradicting it: `data/system-settings.yaml`.
pub(super) fn system_settings() -> Value {
    let file = SourceFile::new("built-in/system-settings.yaml", include_str!("../../data/system-settings.yaml"));
    let document = parse(&file, &YamlLimits::default()).documents.into_iter().next();
    document.and_then(|document| document.root.get("settings").map(Value::from)).unwrap_or_default()
}

/// Rules that are gone, by id: `version`, `reason` and, where there is one, `successor`.
pub fn retired() -> Map<String, Value> {
    by_id(&carried("policies/retired.yaml", include_str!("../../policies/retired.yaml")))
}

fn by_id(text: &str) -> Map<String, Value> {
    let file = SourceFile::new("built-in/retired.yaml", text);
    let document = parse(&file, &YamlLimits::default()).documents.into_iter().next();
    let Some(Value::Array(rows)) = document.map(|document| Value::from(&document.root)) else { return Map::new() };
    rows.into_iter()
        .filter_map(|mut row| match row.as_object_mut()?.remove("id")? {
            Value::String(id) => Some((id, row)),
            _ => None,
        })
        .collect()
}

/// What to say to whoever names a rule that is gone.
pub fn retired_answer(id: &str) -> Option<String> {
    answer(retired().get(id)?)
}

fn answer(row: &Value) -> Option<String> {
    let text = |key: &str| row.get(key).and_then(Value::as_str);
    let gone = format!("it was retired in {} ({})", text("version")?, text("reason")?);
    Some(text("successor").map_or_else(|| gone.clone(), |successor| format!("{gone}; write `{successor}`")))
}

/// What is known about vendors, by every name that `metadata.vendor` may use (key, title, alias), in lower case. `more` adds to the
/// bundled facts or overrides them by key. Only the `wanted` names are kept; none: all. The bundled file is only read if it is needed.
pub fn vendors(more: &Value, wanted: Option<&BTreeSet<String>>) -> Value {
    if wanted.is_some_and(BTreeSet::is_empty) {
        return Value::Object(Map::new());
    }
    let text = carried("data/vendors.yaml", VENDORS);
    let file = SourceFile::new("built-in/vendors.yaml", narrow(&text, wanted));
    let limits = YamlLimits { nodes: 1_000_000, ..YamlLimits::default() };
    let document = parse(&file, &limits).documents.into_iter().next();
    let bundled = document
        .as_ref()
        .and_then(|document| document.root.get("vendors"))
        .map(crate::source::Node::entries)
        .unwrap_or_default();
    let more: Vec<(&str, Value)> =
        more.as_object().into_iter().flatten().map(|(key, facts)| (key.as_str(), facts.clone())).collect();
    let mut known = Map::new();
    let mut name = |name: &str, facts: &dyn Fn() -> Value| {
        let name = name.to_lowercase();
        if wanted.is_none_or(|wanted| wanted.contains(&name)) && !known.contains_key(&name) {
            known.insert(name, facts());
        }
    };
    for (key, facts) in &more {
        name(key, &|| facts.clone());
        let aliases = facts.get("aliases").and_then(Value::as_array).into_iter().flatten();
        aliases.chain(facts.get("title")).filter_map(Value::as_str).for_each(|alias| name(alias, &|| facts.clone()));
    }
    let overridden = |key: &str| more.iter().any(|(other, _)| *other == key);
    for entry in bundled.iter().filter(|entry| !overridden(&entry.key)) {
        name(&entry.key, &|| Value::from(&entry.value));
    }
    for entry in bundled.iter().filter(|entry| !overridden(&entry.key)) {
        let aliases = match entry.value.get("aliases").map(|aliases| &aliases.value) {
            Some(Yaml::List(items)) => items.as_slice(),
            _ => &[],
        };
        let names = aliases.iter().chain(entry.value.get("title")).filter_map(crate::source::Node::text);
        names.for_each(|alias| name(alias, &|| Value::from(&entry.value)));
    }
    Value::Object(known)
}

/// Above so many names it is cheaper to read the whole file.
const FEW: usize = 64;

/// The lines of the vendor file that can concern these names. The file has one vendor a line; a test holds it to that.
fn narrow<'a>(text: &'a str, wanted: Option<&BTreeSet<String>>) -> Cow<'a, str> {
    let Some(wanted) = wanted.filter(|wanted| wanted.len() <= FEW) else { return Cow::Borrowed(text) };
    let concerns = |line: &str| {
        let line = line.to_lowercase();
        wanted.iter().any(|name| line.contains(name))
    };
    text.split_inclusive('\n').filter(|line| !line.starts_with("  ") || concerns(line)).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrowed_look_up_finds_what_the_whole_file_holds() {
        let none = Value::Null;
        let all = vendors(&none, None);
        let all = all.as_object().expect("an object");
        assert!(all.len() > 1_000, "{}", all.len());
        for name in ["slack", "box", "github emu", "monday.com", "15five", "docker"] {
            let wanted = BTreeSet::from([name.to_owned()]);
            let few = vendors(&none, Some(&wanted));
            assert_eq!(few.get(name), all.get(name), "{name}");
            assert!(few.get(name).is_some(), "{name}");
        }
        let wanted = BTreeSet::from(["nobody-knows-this".to_owned()]);
        assert_eq!(vendors(&none, Some(&wanted)), Value::Object(Map::new()));
    }

    #[test]
    fn a_rule_that_is_gone_names_what_took_its_place() {
        let rows = by_id(
            "- {id: jit/update-owner, version: 0.2.0, reason: renamed, successor: jit/no-update-owner}\n- {id: jit/no-logo, version: 0.3.0, reason: it found nothing}\n",
        );
        for (id, says) in [
            ("jit/no-logo", "it was retired in 0.3.0 (it found nothing)"),
            ("jit/update-owner", "it was retired in 0.2.0 (renamed); write `jit/no-update-owner`"),
        ] {
            assert_eq!(rows.get(id).and_then(answer).as_deref(), Some(says), "{id}");
        }
        for (id, row) in retired() {
            assert!(answer(&row).is_some(), "{id}: policies/retired.yaml wants version and reason");
            assert!(POLICIES.get_dir(&id).is_none(), "{id} is retired and there");
            let successor = row.get("successor").and_then(Value::as_str);
            assert!(successor.is_none_or(|id| POLICIES.get_dir(id).is_some()), "{id}: {successor:?} does not exist");
        }
    }

    #[test]
    fn every_vendor_is_one_line() {
        let odd = VENDORS
            .lines()
            .find(|line| !line.is_empty() && line.starts_with(' ') && !(line.starts_with("  ") && line.ends_with('}')));
        assert_eq!(odd, None);
    }
}
