//! Corrects declarations that differ from the observations. Changes only scalars that an App states itself, and no other byte.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;

use super::{Collected, Observed, emit::scalar};
use crate::{
    finding::Step,
    model::{Declaration, SignOn},
    source::{Address, Node, SourceFile, Span, Yaml, YamlLimits, compared_id, parse},
};

/// A file with corrected values.
#[derive(Debug)]
pub struct Edited {
    /// The original file.
    pub file: Arc<SourceFile>,
    /// The corrected text.
    pub text: String,
    /// Descriptions of the corrections.
    pub descriptions: Vec<String>,
}

/// One correction.
struct Edit {
    span: Span,
    text: String,
    document: usize,
    path: Vec<Step>,
    value: Value,
    description: String,
}

/// Keys of a sign-on that are also observed.
const SIGN_ON_KEYS: [&str; 2] = ["protocol", "assignmentRequired"];
/// Keys of a mechanism that are also observed.
const MECHANISM_KEYS: [&str; 2] = ["syncMinutes", "auth"];

/// Returns the corrected files, and notes on values that could not be corrected.
pub fn updates(collected: &Collected, declarations: &[Declaration]) -> (Vec<Edited>, Vec<String>) {
    let mut files: BTreeMap<String, (Arc<SourceFile>, Vec<Edit>)> = BTreeMap::new();
    let mut notes = Vec::new();
    let observed = by_id(collected);
    for app in declarations.iter().filter(|declaration| declaration.kind == "App") {
        for edit in edits(&observed, app) {
            match edit {
                Ok(edit) => {
                    let entry = files.entry(app.file.path().to_owned());
                    entry.or_insert_with(|| (Arc::clone(&app.file), Vec::new())).1.push(edit);
                }
                Err(note) => notes.push(note),
            }
        }
    }
    let mut edited = Vec::new();
    for (file, edits) in files.into_values() {
        match apply(&file, edits) {
            Ok(file) => edited.push(file),
            Err(note) => notes.push(note),
        }
    }
    (edited, notes)
}

/// Finds the corrections in each sign-on of an app, and in the mechanism by which the System of the sign-on pushes.
fn edits(all: &ById<'_>, app: &Declaration) -> Vec<Result<Edit, String>> {
    let mut edits = Vec::new();
    for (nth, sign_on) in app.sign_ons().iter().enumerate() {
        let Some((system, observed)) = observed_of(all, sign_on) else { continue };
        let at = |path: &[Step], key: &str| path.iter().cloned().chain([Step::Key(key.into())]).collect::<Vec<_>>();
        for key in SIGN_ON_KEYS {
            edits.extend(edit(app, observed, at(&sign_on.path, key), &format!("signOn.{key}")));
        }
        let Some(via) = observed.text("provisioning.mechanism") else { continue };
        if belongs_to_another_system(app, via, system, nth == 0) {
            continue;
        }
        let block = ["spec", "provisioning", via].map(|key| Step::Key(key.into()));
        for key in MECHANISM_KEYS {
            edits.extend(edit(app, observed, at(&block, key), &format!("provisioning.{key}")));
        }
    }
    edits
}

/// Whether the mechanism of an app belongs to a System other than the observed System. The System of a mechanism is named in the stages that use
/// the mechanism, otherwise in the block of the mechanism. If neither names a System, the mechanism belongs to the System of the first sign-on.
fn belongs_to_another_system(app: &Declaration, via: &str, system: &str, is_first: bool) -> bool {
    let Some(spec) = app.root.get("spec") else { return false };
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let stages = match spec.get("lifecycle").map(Value::from) {
        Some(Value::Object(stages)) => stages,
        _ => serde_json::Map::new(),
    };
    let word = |how: &Value, key: &str| how.get(key).and_then(Value::as_str).map(str::to_owned);
    let of_via = stages.values().filter(|how| word(how, "via").as_deref() == Some(via));
    let mut named: Vec<String> = of_via.filter_map(|how| word(how, "system")).collect();
    if named.is_empty() {
        named.extend(spec.get("provisioning").and_then(|blocks| text(blocks.get(via)?, "system")));
    }
    if named.is_empty() { !is_first } else { named.iter().any(|name| name != system) }
}

/// The observed applications by system and id. An application has several ids, and two formats may describe it.
type ById<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a Observed>>>;

fn by_id(collected: &Collected) -> ById<'_> {
    let mut all = ById::new();
    for ((system, _), shown) in &collected.systems {
        for (id, observed) in &shown.apps {
            let ids: BTreeSet<&str> = observed.other_ids.iter().chain([id]).map(String::as_str).collect();
            for id in ids {
                all.entry(system.as_str()).or_default().entry(id).or_default().push(observed);
            }
        }
    }
    all
}

/// Returns the System of a sign-on and the observation of its application. `None` if no observation or several observations have the id, if the
/// observation has another kind than `app`, or if the application is absent or comes from a plan.
fn observed_of<'a>(all: &ById<'a>, sign_on: &SignOn<'a>) -> Option<(&'a str, &'a Observed)> {
    let (system, id) = sign_on.text("system").zip(sign_on.text("appId"))?;
    let [observed] = all.get(system)?.get(&*compared_id(id))?.as_slice() else { return None };
    let is_app = matches!(observed.text("kind"), None | Some("app"));
    let is_there = observed.text("status") != Some("absent") && observed.get("planned").is_none();
    (is_app && is_there).then_some((system, observed))
}

/// Returns the correction of one value. `None` if the app does not state the value, if the value is not observed, or if it is correct.
fn edit(app: &Declaration, observed: &Observed, path: Vec<Step>, field: &str) -> Option<Result<Edit, String>> {
    let node = app.root.at(&path)?;
    let real = observed.get(field)?;
    let old = Value::from(node);
    if old == *real {
        return None;
    }
    // A system that runs more often than declared fulfils the declaration. Only the owner can declare a shorter interval.
    if field == "provisioning.syncMinutes" && real.as_f64() < old.as_f64() {
        return None;
    }
    let place = Address::of(&app.root, &path);
    let description = format!("{}: {place}: {} → {}", app.name, plain(&old), plain(real));
    if node.layer() > 0 {
        return Some(Err(format!("{description}: not corrected, since a pattern sets it")));
    }
    let written = node.span().slice(app.file.text());
    let is_scalar = !matches!(node.value(), Yaml::Map(_) | Yaml::List(_));
    // A value from an alias or merge key is also used elsewhere.
    if node.defined().is_some() || !is_scalar || written.is_empty() {
        return Some(Err(format!("{description}: not corrected, since it comes from an alias or merge key")));
    }
    let text = match (real.as_str(), written.chars().next()) {
        // The words of the schema need no escapes in single quotes.
        (Some(word), Some('\'')) => format!("'{word}'"),
        (Some(word), Some('"')) => format!("\"{word}\""),
        (Some(word), _) => scalar(word),
        (None, _) => real.to_string(),
    };
    Some(Ok(Edit { span: node.span(), text, document: app.document, path, value: real.clone(), description }))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Corrects a file, and parses the result again to check that only the corrected values changed.
fn apply(file: &Arc<SourceFile>, mut edits: Vec<Edit>) -> Result<Edited, String> {
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start()));
    let mut text = file.text().to_owned();
    for edit in &edits {
        text.replace_range(edit.span.start()..edit.span.end(), &edit.text);
    }
    edits.reverse();
    let values = |file: &SourceFile| -> Option<Vec<Node>> {
        let parsed = parse(file, &YamlLimits::default());
        parsed.problems.is_empty().then(|| parsed.documents.into_iter().map(|document| document.root).collect())
    };
    let refused = || format!("{}: not corrected, since its YAML is too complex to edit", file.path());
    let new = SourceFile::new(file.path(), text.as_str());
    let (before, after) = values(file).zip(values(&new)).ok_or_else(refused)?;
    let mut wanted: Vec<Value> = before.iter().map(Value::from).collect();
    for edit in &edits {
        let root = wanted.get_mut(edit.document).ok_or_else(refused)?;
        let place = edit.path.iter().try_fold(root, |at, step| match step {
            Step::Key(key) => at.get_mut(key),
            Step::Index(index) => at.get_mut(index),
        });
        *place.ok_or_else(refused)? = edit.value.clone();
    }
    if after.iter().map(Value::from).collect::<Vec<_>>() != wanted {
        return Err(refused());
    }
    Ok(Edited { file: Arc::clone(file), text, descriptions: edits.into_iter().map(|edit| edit.description).collect() })
}
