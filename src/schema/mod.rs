//! Validates documents against a JSON Schema. Every error has an exact span, and states the expected value or the most similar name. Schemas define
//! the syntax; rules define requirements.

mod allowed;
mod breach;
mod declare;
mod for_editors;
mod keys;
mod listed;
mod rewrite;
mod shipped;
mod spelling;
mod stray;
mod suggest;

pub use breach::{Breach, BreachKind};
pub(crate) use declare::{API_VERSION, OBSERVED};
pub use declare::{Declared, declare};
pub use keys::{Block, Key, blocks};
pub use shipped::{APPROVERS, CONFIG, DECLARATIONS, FRAMEWORK, PROFILE, RULE, VENDORS};
pub(crate) use spelling::folded;
pub(crate) use stray::suggests_leaver;

use std::{borrow::Cow, sync::OnceLock};

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

use crate::{
    files::{Checkout, built_in_text},
    finding::Step,
    source::Node,
};
use for_editors::{Keys, Strict};
use listed::sorted;

/// A JSON Schema (2020-12).
pub struct Shape {
    name: Cow<'static, str>,
    text: Cow<'static, str>,
    /// A fast test whether a document is valid. The compiled schema finds the errors of an invalid document.
    fits: Option<fn(&Value) -> bool>,
    compiled: OnceLock<Result<Compiled, ShapeError>>,
}

struct Compiled {
    validator: Validator,
    schema: Value,
}

/// A schema is invalid, which is a bug in leaver.
#[derive(Debug, thiserror::Error)]
#[error("the schema `{name}` does not compile: {reason}")]
pub struct ShapeError {
    /// The name of the schema.
    pub name: String,
    /// The reason.
    pub reason: String,
}

impl Shape {
    const fn shipped(name: &'static str, text: &'static str, fits: fn(&Value) -> bool) -> Self {
        Self { name: Cow::Borrowed(name), text: Cow::Borrowed(text), fits: Some(fits), compiled: OnceLock::new() }
    }

    /// Compiles a schema. `$ref` cannot refer to other files or the network, because there is no resolver for them.
    pub fn compile(name: &str, text: &str) -> Result<Self, ShapeError> {
        let compiled = OnceLock::from(Ok(Compiled::of(name, text)?));
        Ok(Self { name: name.to_owned().into(), text: text.to_owned().into(), fits: None, compiled })
    }

    /// The text of the schema.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn compiled(&self) -> Result<&Compiled, &ShapeError> {
        let text = || match &self.text {
            Cow::Borrowed(built_in) => built_in_text(&self.name, built_in),
            Cow::Owned(text) => Cow::Borrowed(text.as_str()),
        };
        self.compiled.get_or_init(|| Compiled::of(&self.name, &text())).as_ref()
    }

    /// The schema as JSON.
    fn schema(&self) -> &Value {
        self.compiled().map_or(&Value::Null, |compiled| &compiled.schema)
    }

    /// Returns all errors of a document, in document order, one for each fault.
    pub fn check(&self, text: &str, root: &Node) -> Vec<Breach> {
        sorted(text, root, self.validate(root, &Value::from(root), Keys::Required))
    }

    /// Like [`Self::check`], but for the short examples on rule pages, which may omit required keys.
    pub fn check_example(&self, text: &str, root: &Node) -> Vec<Breach> {
        let partial = root.get("spec").is_some_and(|spec| spec.get("pattern").is_some());
        let mut breaches = if partial { self.check_partial(text, root) } else { self.check(text, root) };
        breaches.retain(|breach| breach.kind != BreachKind::MissingKey);
        breaches
    }

    /// Like [`Self::check`], but for declarations that are merged with a pattern (RFC 7396). Below `spec`, keys may be `null`, and required keys may
    /// be missing.
    pub fn check_partial(&self, text: &str, root: &Node) -> Vec<Breach> {
        let mut value = Value::from(root);
        if let Some(spec) = value.get_mut("spec") {
            // In an App without a pattern, `null` has a meaning only in populations.
            let kind = value_of(root, "kind");
            if kind == Some("Pattern") || kind == Some("App") && spec.get("pattern").is_some() {
                without_nulls(spec);
            }
            let populations = spec.get_mut("populations").and_then(Value::as_array_mut);
            populations.into_iter().flatten().for_each(without_nulls);
        }
        let mut breaches = self.validate(root, &value, Keys::Inherited);
        let inherited = |path: &[Step]| {
            path.len() > 1 && path.iter().all(|step| matches!(step, Step::Key(_))) && starts(path, "spec")
        };
        breaches.retain(|breach| breach.kind != BreachKind::MissingKey || !inherited(&breach.path));
        sorted(text, root, breaches)
    }

    /// Returns the breaches of a value that was merged from several files. The app's own file must already be valid. Use the paths of the breaches,
    /// not their spans.
    pub fn check_effective(&self, root: &Node) -> Vec<Breach> {
        let effective = || {
            let mut value = Value::from(root);
            // leaver adds this key to distinguish a population from its app.
            if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
                metadata.shift_remove("population");
            }
            // The value contains the populations as written. The merged populations are checked separately.
            let populations = value.pointer_mut("/spec/populations").and_then(Value::as_array_mut);
            populations.into_iter().flatten().for_each(without_nulls);
            value
        };
        let mut value = effective();
        // The key `pattern` is valid in the app's own document, so remove it: for a value without `pattern`, one test is enough (see
        // `for_editors::strict`).
        if let Some(spec) = value.get_mut("spec").and_then(Value::as_object_mut)
            && spec.get("pattern").is_some_and(Value::is_string)
        {
            spec.swap_remove("pattern");
            if self.fits(&value, Keys::Required) {
                return Vec::new();
            }
            value = effective();
        }
        self.validate(root, &value, Keys::Required)
    }

    fn fits(&self, value: &Value, keys: Keys) -> bool {
        let by_schema = || self.compiled().is_ok_and(|compiled| compiled.validator.is_valid(value));
        // The generated code corresponds to the built-in schema, not to the schema of a checkout.
        let Some(fits) = self.fits.filter(|_| Checkout::entered().is_none()) else { return by_schema() };
        match for_editors::strict(value, keys) {
            Strict::Same => fits(value),
            Strict::Also(strict) => fits(value) && fits(&strict) || by_schema(),
            Strict::Unknown => by_schema(),
        }
    }

    fn validate(&self, root: &Node, value: &Value, keys: Keys) -> Vec<Breach> {
        let mut breaches = Vec::new();
        if self.fits(value, keys) {
            return breaches;
        }
        if let Ok(Compiled { validator, schema }) = self.compiled() {
            // The first errors are enough, because the time for each error grows with the size of the document.
            let mut errors = validator.iter_errors(value);
            for error in errors.by_ref().take(MAX_ERRORS) {
                breach::explain(&error, schema, root, &mut breaches);
            }
            // Callers drop errors of some kinds. The remaining errors may be of other kinds, so state that there are more errors.
            if errors.next().is_some() {
                breaches.push(breach::too_many(root.span()));
            }
        }
        // An invalid document must be refused even if there is no message for it.
        if breaches.is_empty() {
            breaches.push(breach::unexplained(root.span(), &self.name));
        }
        breaches
    }

    /// Whether a path of keys can exist in a valid document. `*` matches any key or index.
    pub fn has_path(&self, path: &[&str]) -> bool {
        breach::has_path(self.schema(), path)
    }

    /// Like [`Self::has_path`], but only for the kinds that people write.
    fn has_handwritten_path(&self, path: &[&str]) -> bool {
        let schema = self.schema();
        let handwritten = crate::model::KINDS.into_iter().filter(|kind| !OBSERVED.contains(kind));
        let mut parts = handwritten.filter_map(|kind| schema.pointer(&format!("/$defs/{kind}")));
        parts.any(|part| breach::has_path_from(schema, part, path))
    }
}

impl Compiled {
    fn of(name: &str, text: &str) -> Result<Self, ShapeError> {
        let fail = |reason: String| ShapeError { name: name.into(), reason };
        let schema: Value = serde_json::from_str(text).map_err(|error| fail(error.to_string()))?;
        let schema = for_editors::without_editor_part(schema);
        // The `regex` engine does not backtrack, so no pattern takes exponential time.
        let validator = jsonschema::draft202012::options()
            .with_pattern_options(PatternOptions::regex())
            .with_format("calendar-date", is_calendar_date)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| fail(error.to_string()))?;
        Ok(Self { validator, schema })
    }
}

/// The maximum number of the validator's errors for one document. A single error may become a thousand breaches.
const MAX_ERRORS: usize = 2000;

/// Returns the text of a key at the top of a document.
fn value_of<'n>(root: &'n Node, key: &str) -> Option<&'n str> {
    root.get(key)?.text()
}

fn starts(path: &[Step], key: &str) -> bool {
    path.first().is_some_and(|step| matches!(step, Step::Key(first) if first == key))
}

/// Removes the keys that are `null`, as RFC 7396 does. Lists are replaced as a whole, so `null` has no meaning in them.
fn without_nulls(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, field| !field.is_null());
        fields.values_mut().for_each(without_nulls);
    }
}

/// Whether a text of the form `YYYY-MM-DD` is an existing date. True for other forms, which the pattern in the schema refuses.
fn is_calendar_date(text: &str) -> bool {
    let shaped = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    !shaped || text.parse::<jiff::civil::Date>().is_ok()
}

/// Returns the most similar name, if any is similar.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    suggest::nearest(word, names)
}

/// The path to a node, built only if there is an error.
#[derive(Clone, Copy)]
struct Ancestors<'a> {
    above: Option<&'a Ancestors<'a>>,
    step: Part<'a>,
}

#[derive(Clone, Copy)]
enum Part<'a> {
    Key(&'a str),
    Index(usize),
}

fn path(ancestors: Option<&Ancestors<'_>>) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut next = ancestors;
    while let Some(Ancestors { above, step }) = next {
        steps.push(match step {
            Part::Key(key) => Step::Key((*key).to_owned()),
            Part::Index(index) => Step::Index(*index),
        });
        next = *above;
    }
    steps.reverse();
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, YamlLimits, parse};

    const SCHEMA: &str = r##"{
        "type": "object", "additionalProperties": false, "required": ["kind"],
        "properties": {
            "kind": {"enum": ["App", "Team"]},
            "stage": {"$ref": "#/$defs/stage"},
            "on": {"type": "boolean"},
            "team": {"type": "string", "examples": ["it-apps"]},
            "tier": {"type": "integer", "minimum": 1, "maximum": 4},
            "ways": {"type": "array", "items": {"$ref": "#/$defs/way"}},
            "names": {"type": "array", "items": {"type": "string"}},
            "key": {"type": ["string", "object"], "properties": {"from": {"type": "string"}}},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "code": {"type": "string", "pattern": "^x", "description": "write `x` first"}
        },
        "$defs": {"way": {"enum": ["jit", "scim"]}, "stage": {"type": "object", "additionalProperties": false, "properties": {
            "owner": {"type": "string", "pattern": "^[a-z]+$"}, "slaHours": {"type": "integer", "minimum": 1}}}}
    }"##;

    fn breaches(yaml: &str) -> Vec<String> {
        let shape = Shape::compile("test", SCHEMA).expect("a schema");
        let file = SourceFile::new("t.yaml", yaml);
        let parsed = parse(&file, &YamlLimits::default());
        let root = &parsed.documents.first().expect("a document").root;
        shape
            .check(yaml, root)
            .iter()
            .map(|breach| {
                let help = breach.help.as_deref().unwrap_or("-");
                format!("{}: {} ({help})", breach.span.slice(yaml), breach.message)
            })
            .collect()
    }

    #[test]
    fn an_unknown_key_is_located_and_gets_a_suggestion() {
        assert_eq!(
            breaches("kind: App\nstage: {ownr: x}\n"),
            ["ownr: `ownr` is not a key of `stage` (did you mean `owner`?)"]
        );
        assert_eq!(
            breaches("kind: App\nxyz: 1\n"),
            [
                "xyz: `xyz` is not a key of the document (known keys: kind, stage, on, team, tier, ways, names, key, labels, code)"
            ]
        );
    }

    #[test]
    fn invalid_values_report_the_expected_ones() {
        assert_eq!(
            breaches("kind: Ap\nstage: {slaHours: '4', owner: A1}\n"),
            [
                "Ap: `Ap` is not a value of `kind`, which is one of `App`, `Team` (did you mean `App`?)",
                "'4': `slaHours` is text, expected a whole number of at least 1 (write it without quotes)",
                "A1: `A1` does not fit `owner` (it must match `^[a-z]+$`)",
            ]
        );
        assert_eq!(breaches("kind: App\nstage: {slaHours: 0}\n"), ["0: `slaHours` is 0, expected at least 1 (-)"]);
        assert_eq!(breaches("stage: {}\n"), ["stage: the document has no `kind` (-)"]);
    }

    #[test]
    fn a_wrong_type_lists_allowed_values_and_suggests_a_fix() {
        for (yaml, breach) in [
            ("tier: high", "high: `tier` is text, expected a whole number from 1 to 4 (-)"),
            (
                "tier: [2]",
                "tier: `tier` is a list, expected a whole number from 1 to 4 (write it without the brackets)",
            ),
            ("team: 4", "4: `team` is a whole number, expected text, such as `it-apps` (put it in quotes)"),
            ("ways: scm", "scm: `ways` is text, expected a list of `jit`, `scim` (write `[scim]`)"),
            ("ways: jit, scim", "jit, scim: `ways` is text, expected a list of `jit`, `scim` (write `[jit, scim]`)"),
            ("ways: by mail", "by mail: `ways` is text, expected a list of `jit`, `scim` (-)"),
            (
                "ways: {jit: true}",
                "ways: `ways` is a mapping, expected a list of `jit`, `scim` (begin each entry with `- `)",
            ),
            (
                "ways: [scimm]",
                "scimm: `scimm` is not a value of item 1 of `ways`, which is one of `jit`, `scim` (did you mean `scim`?)",
            ),
            ("names: ada", "ada: `names` is text, expected a list (write `[ada]`)"),
            (
                "stage: true",
                "true: `stage` is true or false, expected a mapping with `owner`, `slaHours` (write a mapping, such as `{owner: …}`)",
            ),
            ("key: 4", "4: `key` is a whole number, expected text or a mapping with `from` (-)"),
        ] {
            assert_eq!(breaches(&format!("kind: App\n{yaml}\n")), [breach], "{yaml}");
        }
        assert_eq!(
            breaches("kind: [Ap]\n"),
            ["kind: a list is not a value of `kind`, which is one of `App`, `Team` (write `App`, not a list)"]
        );
    }

    #[test]
    fn yaml_1_1_words_are_explained() {
        assert_eq!(
            breaches("kind: App\n'on': yes\n"),
            ["yes: `on` is text, expected true or false (in YAML 1.2 a plain `yes` is text: write `true`)"]
        );
        assert_eq!(
            breaches("kind: App\nlabels: {country: no}\n"),
            ["no: a plain `no` is text here, but `false` to YAML 1.1 tools (put it in quotes)"]
        );
        // The help for `names` shows the correct form, so it is kept. The help for `code` (its description) only seems to show a form, so it is
        // replaced.
        assert_eq!(breaches("kind: App\nnames: no\n"), ["no: `names` is text, expected a list (write `[\"no\"]`)"]);
        assert_eq!(
            breaches("kind: App\ncode: no\n"),
            ["no: `no` does not fit `code` (in YAML 1.2 a plain `no` is text: write `false`)"]
        );
    }
}
