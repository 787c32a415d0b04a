//! `data.leaver`: everything that a rule sees in addition to its input.

mod alike;
mod applications;
mod snapshots;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use regorus::Value;

use super::{
    builtin::{retired, system_settings},
    compiled::{built_kinds, members},
    load::{Module, PolicySet},
    syntax::{self, Syntax},
    value::from_node,
};
use crate::{
    model::{Catalogue, Declaration, KINDS},
    rule::RuleId,
    source::{Node, Yaml},
};
use applications::{invalid, observations};
use snapshots::snapshots;

/// The document `data` that rules see, as a value of the engine.
pub type Data = Value;

/// Facts that are known before a run.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// `YYYY-MM-DD`.
    pub today: String,
    /// Rule → parameter → value in force.
    pub params: BTreeMap<RuleId, BTreeMap<String, serde_json::Value>>,
    /// Vendor key → facts.
    pub vendors: serde_json::Value,
    /// The required and existing sign-offs; an empty object if none are required.
    pub signoffs: serde_json::Value,
    /// All existing rules, including disabled ones.
    pub rules: Vec<RuleId>,
}

/// Lists whose texts rules can look up in `data.leaver.lookup`: kind, name of the table, path of the list.
pub(super) const LOOKUPS: [(&str, &str, [&str; 2]); 3] = [
    ("System", "aliases", ["metadata", "aliases"]),
    ("System", "queues", ["spec", "queues"]),
    ("Team", "members", ["spec", "members"]),
];

/// The document `{"leaver": {builtin, catalogue, invalid, lookup, observations, params, rules, snapshots, vendors, signoffs, today}}`. `catalogue`
/// contains only declarations of the given `kinds`: most rules look up only teams and systems, and copies of all apps would take most of the memory
/// of a run.
pub fn data_document(catalogue: &Catalogue, facts: &Facts, kinds: &BTreeSet<&'static str>) -> Data {
    let values = Values::default();
    let mut by_kind: BTreeMap<Value, BTreeMap<Value, Value>> =
        KINDS.into_iter().map(|kind| (Value::from(kind), BTreeMap::new())).collect();
    for declaration in catalogue.named().filter(|declaration| kinds.contains(declaration.kind.as_str())) {
        if let Some(kind) = by_kind.get_mut(&Value::from(declaration.kind.as_str())) {
            // Only the name of an invalid declaration is reliable.
            let value = if declaration.well_formed { values.of(declaration) } else { name_only(declaration) };
            kind.insert(Value::from(declaration.name.as_str()), value);
        }
    }
    let declared = object(by_kind.into_iter().map(|(kind, names)| (kind, Value::from(names))));
    let of_catalogue = [
        (Value::from("builtin"), builtin(catalogue)),
        (Value::from("catalogue"), declared),
        (Value::from("invalid"), invalid(catalogue)),
        (Value::from("observations"), observations(catalogue, &values)),
        (Value::from("snapshots"), snapshots(catalogue, &values)),
        (Value::from("lookup"), lookup(catalogue)),
    ];
    object([(Value::from("leaver"), object(of_catalogue.into_iter().chain(fact_entries(facts))))])
}

/// Returns the data document with other facts. The catalogue is not copied.
pub fn with_facts(data: &Data, facts: &Facts) -> Data {
    let fact_entries: BTreeMap<Value, Value> = fact_entries(facts).into();
    let old = &data[&Value::from("leaver")];
    let of_catalogue = old.as_object().into_iter().flatten();
    let of_catalogue = of_catalogue.filter(|(key, _)| !fact_entries.contains_key(key));
    let of_catalogue: Vec<_> = of_catalogue.map(|(key, value)| (key.clone(), value.clone())).collect();
    object([(Value::from("leaver"), object(of_catalogue.into_iter().chain(fact_entries)))])
}

fn fact_entries(facts: &Facts) -> [(Value, Value); 5] {
    let params = object(facts.params.iter().map(|(rule, params)| {
        (
            Value::from(rule.as_str()),
            object(params.iter().map(|(name, value)| (Value::from(name.as_str()), Value::from(value.clone())))),
        )
    }));
    let known: Vec<Value> = facts.rules.iter().map(|id| Value::from(id.as_str())).collect();
    let rules = object([
        (Value::from("known"), Value::from(known)),
        (Value::from("retired"), Value::from(serde_json::Value::Object(retired()))),
    ]);
    let signoffs = if facts.signoffs.is_object() { Value::from(facts.signoffs.clone()) } else { Value::new_object() };
    [
        (Value::from("params"), params),
        (Value::from("rules"), rules),
        (Value::from("vendors"), Value::from(facts.vendors.clone())),
        (Value::from("signoffs"), signoffs),
        (Value::from("today"), Value::from(facts.today.as_str())),
    ]
}

/// The values of Observations and Snapshots, by the memory addresses of their trees. Such a declaration occurs several times in the document, so all
/// its occurrences share one value.
#[derive(Default)]
pub(super) struct Values(RefCell<BTreeMap<*const Node, Value>>);

impl Values {
    pub(super) fn of(&self, declaration: &Declaration) -> Value {
        let value = || from_node(&declaration.root);
        if !matches!(declaration.kind.as_str(), "Observation" | "Snapshot") {
            return value();
        }
        self.0.borrow_mut().entry(Arc::as_ptr(&declaration.root)).or_insert_with(value).clone()
    }
}

pub(super) fn well_formed_of_kind<'a>(
    catalogue: &'a Catalogue,
    kind: &'static str,
) -> impl Iterator<Item = &'a Declaration> {
    catalogue.own().iter().filter(move |declaration| declaration.kind == kind && declaration.well_formed)
}

/// `{kind: {table: {text: {names, at: {name: places}}}}}`: the declarations whose lists contain a text, and the positions of the text. Without this
/// table, a rule would search all declarations for each text. `{kind: {starts: {table or "names": {beginning: texts}}}}` groups the texts by their
/// beginnings, so that rules can suggest a correction of a mistyped text.
fn lookup(catalogue: &Catalogue) -> Value {
    let mut kinds: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    let mut starts: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for (kind, table, path) in LOOKUPS {
        let mut by_text: BTreeMap<&str, BTreeMap<&str, Vec<Value>>> = BTreeMap::new();
        let of_kind = || catalogue.named().filter(|declaration| declaration.kind == kind);
        for declaration in of_kind().filter(|declaration| declaration.well_formed) {
            let list = path.iter().try_fold(&*declaration.root, |node, key| node.get(key));
            let Some(Yaml::List(items)) = list.map(Node::value) else { continue };
            for (nth, text) in items.iter().enumerate().filter_map(|(nth, item)| Some((nth, item.text()?))) {
                by_text.entry(text).or_default().entry(declaration.name.as_str()).or_default().push(Value::from(nth));
            }
        }
        let starts = starts.entry(kind).or_default();
        starts.insert(table, alike::value(by_text.keys().copied()));
        starts.entry("names").or_insert_with(|| alike::value(of_kind().map(|declaration| declaration.name.as_str())));
        let rows = by_text.into_iter().map(|(text, at)| {
            let names: Vec<Value> = at.keys().map(|name| Value::from(*name)).collect();
            let at = object(at.into_iter().map(|(name, places)| (Value::from(name), Value::from(places))));
            (Value::from(text), object([(Value::from("names"), Value::from(names)), (Value::from("at"), at)]))
        });
        kinds.entry(kind).or_default().insert(table, object(rows));
    }
    let tables =
        |tables: BTreeMap<&str, Value>| object(tables.into_iter().map(|(name, rows)| (Value::from(name), rows)));
    for (kind, starts) in starts {
        kinds.entry(kind).or_default().insert("starts", tables(starts));
    }
    object(kinds.into_iter().map(|(kind, all)| (Value::from(kind), tables(all))))
}

/// `{System, extends, settings}`: the built-in Systems in their original form, the Systems that the user's Systems extend, and the settings that a
/// user's System may override.
fn builtin(catalogue: &Catalogue) -> Value {
    let systems = catalogue.builtin().iter();
    let systems = object(systems.map(|system| (Value::from(system.name.as_str()), from_node(&system.root))));
    let extends =
        object(catalogue.extended().map(|(name, bases)| {
            (Value::from(name), Value::from(bases.into_iter().map(Value::from).collect::<Vec<_>>()))
        }));
    let settings = Value::from(system_settings());
    object([(Value::from("System"), systems), (Value::from("extends"), extends), (Value::from("settings"), settings)])
}

/// Whether a user's rule or library may read facts about any vendor. leaver's own libraries only read the facts about the vendor of `input`.
pub fn may_read_any_vendor(set: &PolicySet) -> bool {
    let rules = set.rules.values().map(|rule| &rule.module);
    let mut own = set.libraries.iter().chain(rules).filter(|module| !module.bundled);
    own.any(|module| text_may_read_any_vendor(module.file.text()))
}

/// Searches the text, because only the worker may parse a user's rule: a deep expression exhausts the stack. Returns false only if each `data` begins
/// a path to other data (`data.policies.…`, `data.leaver.today`) and the text never replaces `input`.
fn text_may_read_any_vendor(text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    // After a backtick, a line that starts with `#` may belong to a raw string, and code may follow the string on the same line.
    let mut raw = false;
    text.lines().any(|line| {
        if !raw && line.trim_start().starts_with('#') {
            return false;
        }
        raw |= line.contains('`');
        let with = line.split_whitespace().any(|word| word.ends_with("with"));
        with || line.match_indices("data").any(|(at, found)| {
            let (before, after) = (&line[..at], &line[at + found.len()..]);
            let other_word = before.ends_with(is_word) || after.starts_with(is_word);
            let other_document = after.starts_with(".policies.")
                || after.strip_prefix(".leaver.").is_some_and(|rest| {
                    let name = rest.split(|c| !is_word(c)).next().unwrap_or_default();
                    !name.is_empty() && name != "vendors"
                });
            !other_word && !other_document
        })
    })
}

/// Whether a set has rules that are not part of leaver.
fn has_local(set: &PolicySet) -> bool {
    set.rules.values().any(|rule| !rule.module.bundled)
}

/// The kinds that rules look up in `data.leaver.catalogue`; all kinds if a rule accesses the catalogue without naming a kind.
pub fn looked_up(set: &PolicySet) -> BTreeSet<&'static str> {
    let all = || KINDS.into_iter().collect();
    // Users' rules may access anything in any way.
    if has_local(set) {
        return all();
    }
    let rules = set.rules.values().map(|rule| &rule.module);
    let mut kinds = BTreeSet::new();
    for module in set.libraries.iter().chain(rules) {
        let Some(found) = looked_up_in(module) else { return all() };
        // A kind that does not exist has no declarations.
        kinds.extend(KINDS.into_iter().filter(|kind| found.contains(*kind)));
    }
    kinds
}

/// The kinds that a module looks up; `None` if it may look up any kind.
fn looked_up_in(module: &Module) -> Option<BTreeSet<String>> {
    static KNOWN: Mutex<BTreeMap<String, Option<BTreeSet<String>>>> = Mutex::new(BTreeMap::new());
    let read = || Syntax::parse(module.file.path(), module.file.text()).ok().and_then(|syntax| syntax::kinds(&syntax));
    if !module.bundled {
        return read();
    }
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.is_empty() {
        *known = built_kinds();
    }
    known.entry(module.file.path().to_owned()).or_insert_with(read).clone()
}

/// Like [`looked_up`], but for the rules on declarations of one kind.
pub fn looked_up_by(set: &PolicySet, kind: &str) -> BTreeSet<&'static str> {
    let rules = members(set, kind).into_iter().map(|rule| (rule.meta.id.clone(), rule.clone())).collect();
    looked_up(&PolicySet { rules, libraries: set.libraries.clone(), tests: Vec::new() })
}

fn name_only(declaration: &Declaration) -> Value {
    let metadata = object([(Value::from("name"), Value::from(declaration.name.as_str()))]);
    object([
        (Value::from("kind"), Value::from(declaration.kind.as_str())),
        (Value::from("metadata"), metadata),
        (Value::from("spec"), Value::new_object()),
    ])
}

pub(super) fn object(entries: impl IntoIterator<Item = (Value, Value)>) -> Value {
    Value::from(entries.into_iter().collect::<BTreeMap<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, YamlLimits, parse};

    fn catalogue(text: &str) -> Catalogue {
        let file = Arc::new(SourceFile::new("t.yaml", text));
        let declarations = parse(&file, &YamlLimits::default()).documents.into_iter().map(|document| Declaration {
            kind: document.root.get("kind").and_then(Node::text).unwrap_or_default().to_owned(),
            name: document.root.get("metadata").and_then(|it| it.get("name")?.text()).unwrap_or_default().to_owned(),
            file: Arc::clone(&file),
            document: document.index,
            well_formed: true,
            root: Arc::new(document.root),
            inherited: None,
        });
        Catalogue::new(declarations.collect(), Vec::new())
    }

    #[test]
    fn only_rules_that_may_read_any_vendor_get_all_facts() {
        let reads =
            |body: &str| text_may_read_any_vendor(&format!("# a rule with facts\npackage policies.a.b\n\n{body}\n"));
        for body in [
            "x if data.leaver.vendors.slack",
            "import data.leaver.vendors as known\n\nx if known.slack",
            "import data.leaver\n\nx if leaver.vendors.slack",
            "x if data.leaver[\"ven\\u0064ors\"].slack",
            "x if data.leaver[input.kind].slack",
            "x if data[input.kind].vendors",
            "x if walk(data, [_, \"slack\"])",
            "import data.policies.lib.vendors\n\nx if vendors.facts.scim with input as {}",
            "x if data\n",
            "x := `\n# `; y := data.leaver.vendors.slack",
            "x := `\n# `; y if vendors.facts with input as {}",
        ] {
            assert!(reads(body), "{body}");
        }
        for body in [
            "x if input.kind == \"App\"",
            "x if data.leaver.today > \"2026-01-01\"",
            "import data.policies.lib.vendors\n\nx if vendors.facts.scim",
        ] {
            assert!(!reads(body), "{body}");
        }
    }

    #[test]
    fn repeated_values_share_memory() {
        let catalogue = catalogue(
            "kind: Observation\nmetadata: {name: o}\nspec: {system: okta, appId: x, otherIds: [y, z]}\n---\nkind: Snapshot\nmetadata: {name: s}\nspec: {system: okta, takenOn: 2026-11-01, complete: true}\n",
        );
        let document = data_document(&catalogue, &Facts::default(), &KINDS.into_iter().collect());
        let leaver = &document["leaver"];
        let observed = &leaver["observations"]["okta"];
        for (one, other) in [
            (&leaver["catalogue"]["Observation"]["o"], &observed["x"][0]),
            (&leaver["catalogue"]["Observation"]["o"], &observed["y"][0]),
            (&observed["y"][0], &observed["z"][0]),
            (&leaver["catalogue"]["Snapshot"]["s"], &leaver["snapshots"]["okta"]["complete"]),
            (&leaver["catalogue"]["Snapshot"]["s"], &leaver["snapshots"]["okta"]["of"]["o"]),
        ] {
            let (one, other) = (one.as_object().expect("an object"), other.as_object().expect("an object"));
            assert!(std::ptr::eq(one, other), "{one:?} is stored twice");
        }
    }

    #[test]
    fn replacing_facts_equals_building_a_new_document() {
        let text = "kind: Team\nmetadata: {name: t}\nspec: {members: [a, b]}\n---\nkind: Snapshot\nmetadata: {name: s}\nspec: {system: okta, takenOn: 2026-11-01}\n---\nkind: Observation\nmetadata: {name: o}\nspec: {system: okta, appId: x}\n";
        let catalogue = catalogue(text);
        let facts = |day: &str| Facts {
            today: day.into(),
            vendors: serde_json::json!({ day: {} }),
            signoffs: serde_json::json!({ day: 1 }),
            ..Facts::default()
        };
        let kinds = KINDS.into_iter().collect();
        let (one, other) = (facts("2026-11-25"), facts("2026-11-26"));
        let document = data_document(&catalogue, &one, &kinds);
        assert_ne!(document, data_document(&catalogue, &other, &kinds));
        assert_eq!(with_facts(&document, &other), data_document(&catalogue, &other, &kinds));
    }
}
