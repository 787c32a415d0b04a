//! One part of `schemas/leaver.schema.json` is for editors. The keys in this part may be `null`, which removes an inherited value (RFC 7396). The
//! part is generated from the other definitions, and `BLESS=1` rewrites it.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::{Map, Value as Json, json};

use crate::common::root;

const START: &str = "    \"orNull\": {\n";
const END: &str = "\n  }\n}\n";
const COMMENT: &str = "For editors: the definitions in which `null` removes an inherited value (RFC 7396). Generated from the definitions above by `BLESS=1 cargo test --test it editor::`.";

/// Generates the part. The part contains copies of mappings. Each key of a copy refers to the same key of the original mapping.
struct Maker<'a> {
    schema: &'a Json,
    made: BTreeMap<String, Json>,
}

impl<'a> Maker<'a> {
    fn of(schema: &'a Json) -> Json {
        let mut maker = Self { schema, made: BTreeMap::new() };
        maker.definition("AppSpec");
        maker.definition("Population");
        json!({"$comment": COMMENT, "$defs": maker.made})
    }

    /// The target of a reference, and its name.
    fn target(&self, mut part: &'a Json) -> (Option<&'a str>, &'a Json) {
        let mut name = None;
        while let Some(pointer) = part["$ref"].as_str() {
            name = pointer.rsplit('/').next();
            part = self.next(pointer);
        }
        (name, part)
    }

    fn next(&self, pointer: &str) -> &'a Json {
        self.schema.pointer(&pointer[1..]).expect("the target of the reference exists")
    }

    /// The description of a value. A description next to a `$ref` takes precedence over the description in the referenced schema.
    fn description(&self, mut part: &'a Json) -> &'a Json {
        while part["description"].is_null()
            && let Some(pointer) = part["$ref"].as_str()
        {
            part = self.next(pointer);
        }
        &part["description"]
    }

    fn definition(&mut self, name: &str) -> Json {
        if !self.made.contains_key(name) {
            self.made.insert(name.into(), Json::Null);
            let schema = self.schema;
            let part = self.mapping(&schema["$defs"][name], &format!("#/$defs/{name}"));
            self.made.insert(name.into(), part);
        }
        json!({"$ref": format!("#/$defs/orNull/$defs/{name}")})
    }

    /// A copy of a mapping. No key is required except the name of a population, since the pattern may state the other keys.
    fn mapping(&mut self, part: &'a Json, pointer: &str) -> Json {
        let mut copy = Map::new();
        for (key, value) in part.as_object().into_iter().flatten() {
            match key.as_str() {
                "required" => {
                    let own: Vec<&Json> =
                        value.as_array().into_iter().flatten().filter(|key| is_own(key.as_str())).collect();
                    if pointer == "#/$defs/Population" && !own.is_empty() {
                        copy.insert(key.clone(), json!(own));
                    }
                }
                "examples" => {}
                "properties" => {
                    let keys = value.as_object().into_iter().flatten().map(|(key, value)| {
                        let at = format!("{pointer}/properties/{key}");
                        let own = json!({"$ref": at});
                        (key.clone(), if is_own(Some(key)) { own } else { self.value(value, &own, &at) })
                    });
                    copy.insert(key.clone(), Json::Object(keys.collect()));
                }
                _ => drop(copy.insert(key.clone(), value.clone())),
            }
        }
        Json::Object(copy)
    }

    /// A value that may be `null`.
    fn value(&mut self, part: &'a Json, own: &Json, pointer: &str) -> Json {
        let (name, target) = self.target(part);
        let description = self.description(part).clone();
        let nothing = json!({"type": "null"});
        let (_, other) = self.target(&target["else"]);
        if target.get("properties").is_some() {
            let mapping = match name {
                Some(name) => self.definition(name),
                None => self.mapping(target, pointer),
            };
            return json!({"description": description, "anyOf": [mapping, nothing]});
        }
        if other.get("properties").is_some() {
            let (name, _) = self.target(&target["else"]);
            let mapping = self.definition(name.expect("it has a name"));
            return json!({"description": description, "if": {"type": "object"}, "then": mapping, "else": {"anyOf": [own, nothing]}});
        }
        json!({"description": description, "anyOf": [own, nothing]})
    }
}

/// Whether a key determines which values are merged with each other.
fn is_own(key: Option<&str>) -> bool {
    matches!(key, Some("pattern" | "name"))
}

/// The part as text, one key per line.
fn written(part: &Json) -> String {
    let mut text = START.to_owned();
    text.push_str(&format!("      \"$comment\": {},\n      \"$defs\": {{\n", part["$comment"]));
    let definitions = part["$defs"].as_object().expect("a mapping");
    let definitions = definitions.iter().map(|(name, definition)| {
        let keys = definition.as_object().expect("a mapping").iter().map(|(key, value)| match key.as_str() {
            "properties" => {
                let lines = value.as_object().expect("a mapping").iter();
                let lines: Vec<String> = lines.map(|(key, value)| format!("            \"{key}\": {value}")).collect();
                format!("          \"properties\": {{\n{}\n          }}", lines.join(",\n"))
            }
            key => format!("          \"{key}\": {value}"),
        });
        format!("        \"{name}\": {{\n{}\n        }}", keys.collect::<Vec<_>>().join(",\n"))
    });
    text + &definitions.collect::<Vec<_>>().join(",\n") + "\n      }\n    }"
}

#[test]
fn the_schema_part_for_editors_is_generated_from_the_rest() {
    let path = root().join("schemas/leaver.schema.json");
    let text = std::fs::read_to_string(&path).expect("the schema");
    let (head, _) = text.split_once(START).expect("the part is the last definition");
    let schema: Json = serde_json::from_str(&text).expect("JSON");
    let want = format!("{head}{}{END}", written(&Maker::of(&schema)));
    // Other tests read the file at the same time, so the file is written only if it changes.
    if text != want && std::env::var_os("BLESS").is_some() {
        std::fs::write(path, want).expect("written");
        return;
    }
    assert!(text == want, "run `BLESS=1 cargo test --test it editor::`");
}

/// A validator that uses only the schema, as an editor does.
fn accepts(declaration: &Json) -> bool {
    static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let text = std::fs::read_to_string(root().join("schemas/leaver.schema.json")).expect("the schema");
        jsonschema::draft202012::new(&serde_json::from_str(&text).expect("JSON")).expect("a schema")
    });
    SCHEMA.is_valid(declaration)
}

fn declaration(kind: &str, spec: &str) -> Json {
    let spec: Json = serde_yaml::from_str(spec).expect("YAML");
    json!({"apiVersion": "leaver/v1", "kind": kind, "metadata": {"name": "miro"}, "spec": spec})
}

/// Parts of a spec with a `null` in them.
const REMOVED: [&str; 9] = [
    "tier: null",
    "signOn: null",
    "signOn: {appId: null, closedBy: {owner: null}}",
    "lifecycle: null",
    "lifecycle: {deprovision: {slaHours: null, urgent: {via: null}}, transfer: null}",
    "provisioning: {scim: null, connector: {matchKey: null, scope: {groups: null}}}",
    "roles: null",
    "populations: null",
    "external: {closedBy: null}",
];

#[test]
fn null_removes_below_a_pattern_and_nowhere_else() {
    for part in REMOVED {
        assert!(accepts(&declaration("App", &format!("{{pattern: p, {part}}}"))), "{part} with a pattern");
        assert!(accepts(&declaration("Pattern", &format!("{{{part}}}"))), "{part} in a pattern");
        assert!(!accepts(&declaration("App", &format!("{{{part}}}"))), "{part} without a pattern");
        for pattern in ["null", "''", "4"] {
            assert!(!accepts(&declaration("App", &format!("{{pattern: {pattern}, {part}}}"))), "{part}, {pattern}");
        }
    }
    // A population can remove values of its app, even without a pattern.
    for part in ["signOn: null", "lifecycle: {deprovision: {slaHours: null}}", "tier: null"] {
        assert!(accepts(&declaration("App", &format!("{{populations: [{{name: guests, {part}}}]}}"))), "{part}");
    }
    // Lists are replaced as a whole, and values other than `null` are checked as usual.
    for part in [
        "roles: [{name: null}]",
        "nonHuman: [{name: a, kind: null}]",
        "signOn: [{system: okta, appId: null}]",
        "signOn: {also: [{system: okta, appId: null}]}",
        "populations: [null]",
        "populations: [{name: null}]",
        "tier: 9",
        "lifecycle: {deprovision: {slaHours: soon}}",
        "lifecycle: {deprovision: {slaHour: null}}",
        "provisioning: {mode: jitt}",
        "signOn: [okta]",
    ] {
        assert!(!accepts(&declaration("App", &format!("{{pattern: p, {part}}}"))), "{part}");
    }
}
