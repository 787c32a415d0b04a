//! Turns collected data into files: a Snapshot for each system and an Observation for each application. The same data always gives the same text.

mod names;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::{
    Collected, Observed,
    clean::slug,
    collected::{Gap, SystemContent},
    emit::yaml,
};
use crate::{
    report::{Code, Failure},
    schema::API_VERSION,
    source::{SourceFile, YamlLimits, compared_id, parse},
};
use names::{cut, name, names};

/// The first line of every file that `leaver observe` writes. Only files that begin with this line are ever overwritten.
pub const MARK: &str = "# Written by `leaver observe`. Do not edit: the next run replaces it.\n";

/// The file name of a Snapshot.
const SNAPSHOT: &str = "snapshot";

/// A file below the folder of observations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// `system/name.yaml`
    pub path: String,
    /// The text.
    pub text: String,
}

/// An action on a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileAction {
    /// Write the file, because it is new or changed.
    Write(File),
    /// Keep the file unchanged.
    Keep(String),
    /// Mark the application of the file as absent, because a complete export lacks it.
    MarkAbsent(File),
}

/// An existing file.
struct Existing<'a> {
    text: &'a str,
    /// The declaration in the file, if leaver wrote the file and can read it.
    value: Option<Value>,
}

impl Existing<'_> {
    fn spec(&self) -> Option<&Value> {
        self.value.as_ref()?.get("spec")
    }
}

/// The existing files of a system, by name.
type ExistingFiles<'a> = BTreeMap<&'a str, Existing<'a>>;

/// Compares the collected data with the existing files and returns the action on each file. Only files that leaver wrote are replaced.
pub fn changes(collected: &Collected, existing_files: &[File]) -> Result<Vec<FileAction>, Vec<Failure>> {
    let mut changes = Vec::new();
    let mut failures = Vec::new();
    for ((system, format), shown) in &collected.systems {
        let folder = slug(system);
        let prefix = format!("{folder}/");
        let known: ExistingFiles<'_> = existing_files
            .par_iter()
            .filter_map(|file| {
                let stem = file.path.strip_prefix(&prefix)?.strip_suffix(".yaml")?;
                Some((stem, Existing { text: &file.text, value: parse_own(file) }))
            })
            .collect();
        let rival = collected.systems.keys().find(|(other, of)| other == system && of != format);
        if let Some((_, rival)) = rival {
            let message = format!("the exports describe `{system}` in two formats, `{format}` and `{rival}`");
            failures
                .push(Failure::new(Code::Usage, message).help("read them one by one, each into its own folder (-o)"));
            continue;
        }
        if let Some(other) = other_format(&known, format) {
            let message = format!("`{folder}` contains observations in the format `{other}`, not `{format}`");
            let help = "write these to another folder with -o, or name another System with --system";
            failures.push(Failure::new(Code::Usage, message).help(help));
            continue;
        }
        for change in system_changes(collected, (system, format), shown, &known) {
            let (FileAction::Write(file) | FileAction::MarkAbsent(file)) = &change else {
                changes.push(change);
                continue;
            };
            let stem = file.path.strip_prefix(&prefix).and_then(|name| name.strip_suffix(".yaml")).unwrap_or_default();
            if known.get(stem).is_some_and(|old| !old.text.starts_with(MARK)) {
                let message = format!("`{}` was not written by `leaver observe`", file.path);
                failures
                    .push(Failure::new(Code::Usage, message).help("move it away, or write to another folder with -o"));
            }
            changes.push(change);
        }
    }
    if failures.is_empty() { Ok(changes) } else { Err(failures) }
}

/// Reads the declaration in a file that leaver wrote.
fn parse_own(file: &File) -> Option<Value> {
    if !file.text.starts_with(MARK) {
        return None;
    }
    let parsed = parse(&SourceFile::new(file.path.as_str(), file.text.as_str()), &YamlLimits::default());
    let value =
        parsed.documents.first().filter(|_| parsed.problems.is_empty()).map(|document| Value::from(&document.root))?;
    (value.get("apiVersion").and_then(Value::as_str) == Some(API_VERSION)).then_some(value)
}

/// Returns the format of the existing Snapshot, if it differs from the given format.
fn other_format(known: &ExistingFiles<'_>, mine: &str) -> Option<String> {
    let format = known.get(SNAPSHOT)?.spec()?.get("format")?.as_str()?;
    (format != mine).then(|| format.to_owned())
}

fn system_changes(
    collected: &Collected,
    (system, format): (&str, &str),
    shown: &SystemContent,
    known: &ExistingFiles<'_>,
) -> Vec<FileAction> {
    let folder = slug(system);
    let mut stems: BTreeMap<Cow<'_, str>, &str> = BTreeMap::new();
    for (stem, existing) in known.iter().filter(|(stem, _)| **stem != SNAPSHOT) {
        if let Some(id) = existing.spec().and_then(|spec| spec.get("appId")?.as_str()) {
            stems.entry(compared_id(id)).or_insert(stem);
        }
    }
    let taken: BTreeSet<&str> = known.keys().copied().collect();
    let names = names(shown, &stems, &taken);
    let complete = collected.is_complete(shown);
    let mut changes = Vec::new();
    let mut files: BTreeMap<String, (String, bool)> = BTreeMap::new();
    let day = collected.day(shown);
    for (id, observed) in &shown.apps {
        let observed = &*without_daily_success(observed, day);
        let stem = names.get(id.as_str()).cloned().unwrap_or_else(|| slug(id));
        let name = name(system, &stem);
        let text = declaration("Observation", &name, observed.spec(system, id));
        let existing = known.get(stem.as_str()).filter(|existing| existing.text != text);
        let kept = existing.and_then(|existing| {
            let old = observed.at_position_of(&Observed::of_spec(existing.spec()?));
            Some(declaration("Observation", &name, old.spec(system, id))).filter(|text| existing.text == *text)
        });
        // A new application shifts later entries in the export, so a new position alone is not a change.
        files.insert(stem, (kept.unwrap_or(text), false));
    }
    let mut missing = 0_u64;
    for (id, stem) in &stems {
        if shown.apps.contains_key(&**id) {
            continue;
        }
        let Some(spec) = known.get(stem).and_then(Existing::spec) else { continue };
        let mut observed = Observed::of_spec(spec);
        let is_marked = observed.text("missingSince").is_some();
        let is_gone = complete && shown.covers_kind_of(id, &observed);
        missing += u64::from(is_gone || is_marked);
        if is_gone && !is_marked {
            observed.set("status", "absent");
            observed.set("missingSince", day);
            let text = declaration("Observation", &name(system, stem), observed.spec(system, id));
            files.insert((*stem).to_owned(), (text, true));
        } else {
            changes.push(FileAction::Keep(format!("{folder}/{stem}.yaml")));
        }
    }
    files.insert(SNAPSHOT.to_owned(), (snapshot(collected, (system, format), shown, missing), false));
    for (stem, (text, marks)) in files {
        let path = format!("{folder}/{stem}.yaml");
        let same = known.get(stem.as_str()).is_some_and(|existing| existing.text == text);
        changes.push(match (same, marks) {
            (true, _) => FileAction::Keep(path),
            (false, true) => FileAction::MarkAbsent(File { path, text }),
            (false, false) => FileAction::Write(File { path, text }),
        });
    }
    changes
}

/// Removes the time of the last success if it is on the day of the export: the file would change every night, and no rule reports such a recent
/// success.
fn without_daily_success<'a>(observed: &'a Observed, day: &str) -> Cow<'a, Observed> {
    let success = observed.text("health.lastSuccess").and_then(|moment| moment.get(..10));
    if observed.text("health.state") != Some("healthy") || success.is_none_or(|success| success < day) {
        return Cow::Borrowed(observed);
    }
    let mut observed = observed.clone();
    observed.unset("health.lastSuccess");
    Cow::Owned(observed)
}

/// Writes the observations as one stream of YAML documents. Their names start with `prefix`, so that they differ from all names in the catalogue.
pub fn documents(collected: &Collected, prefix: &str) -> String {
    let mut out = String::new();
    for (at, ((system, format), shown)) in collected.systems.iter().enumerate() {
        // Two formats may describe the same application, so the second format gets another prefix.
        let is_second = collected.systems.keys().take(at).any(|(other, _)| other == system);
        let prefix = if is_second { format!("{prefix}{at}-") } else { prefix.to_owned() };
        let names = names(shown, &BTreeMap::new(), &BTreeSet::new());
        let mut texts = vec![declaration(
            "Snapshot",
            &cut(&format!("{prefix}{}", slug(system)), 63),
            snapshot_spec(collected, (system, format), shown, 0),
        )];
        for (id, observed) in &shown.apps {
            let stem = names.get(id.as_str()).cloned().unwrap_or_default();
            texts.push(declaration(
                "Observation",
                &cut(&format!("{prefix}{}", name(system, &stem)), 63),
                observed.spec(system, id),
            ));
        }
        for text in texts {
            if !out.is_empty() {
                out.push_str("---\n");
            }
            out.push_str(text.strip_prefix(MARK).unwrap_or(&text));
        }
    }
    out
}

fn declaration(kind: &str, name: &str, spec: Map<String, Value>) -> String {
    let mut root = Map::new();
    root.insert("apiVersion".into(), Value::from(API_VERSION));
    root.insert("kind".into(), Value::from(kind));
    root.insert("metadata".into(), json!({"name": name}));
    root.insert("spec".into(), Value::Object(spec));
    format!("{MARK}{}", yaml(&root))
}

fn snapshot(collected: &Collected, (system, format): (&str, &str), shown: &SystemContent, missing: u64) -> String {
    declaration("Snapshot", &cut(&slug(system), 63), snapshot_spec(collected, (system, format), shown, missing))
}

fn snapshot_spec(
    collected: &Collected,
    (system, format): (&str, &str),
    shown: &SystemContent,
    missing: u64,
) -> Map<String, Value> {
    let mut spec = Map::new();
    spec.insert("system".into(), Value::from(system));
    spec.insert("format".into(), Value::from(format));
    spec.insert("takenOn".into(), Value::from(collected.day(shown)));
    spec.insert("tool".into(), json!({"name": "leaver", "version": env!("CARGO_PKG_VERSION")}));
    spec.insert("complete".into(), Value::from(collected.is_complete(shown)));
    let gaps: Vec<&str> = shown.gaps.iter().map(|gap: &Gap| gap.as_str()).collect();
    if !gaps.is_empty() {
        spec.insert("gaps".into(), Value::from(gaps));
    }
    let mut counts: BTreeMap<&str, u64> = shown.counts.clone();
    let of = |status: &str| shown.apps.values().filter(|app| app.text("status") == Some(status)).count() as u64;
    counts.insert("apps", shown.apps.len() as u64);
    counts.insert("active", of("active"));
    counts.insert("inactive", of("inactive"));
    counts.insert("missing", missing);
    spec.insert("counts".into(), json!(counts));
    spec
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{Export, Options, collect};

    fn collected(apps: &str) -> Collected {
        let export = Export { shown: "a.json".into(), bytes: apps.as_bytes().to_vec(), written: None };
        let options = Options { today: "2026-11-25".into(), ..Options::default() };
        collect("okta", &[export], options).expect("an export")
    }

    fn app(id: &str, label: &str) -> String {
        format!(
            r#"{{"id":"{id}","label":"{label}","name":"x","status":"ACTIVE","signOnMode":"SAML_2_0","features":[]}}"#
        )
    }

    fn written(changes: &[FileAction]) -> Vec<File> {
        let file = |change: &FileAction| match change {
            FileAction::Write(file) | FileAction::MarkAbsent(file) => Some(file.clone()),
            FileAction::Keep(_) => None,
        };
        changes.iter().filter_map(file).collect()
    }

    #[test]
    fn a_second_run_keeps_every_file_and_a_missing_app_is_marked_once() {
        let two = format!("[{},{}]", app("0oa1", "Box"), app("0oa2", "Miro"));
        let first = written(&changes(&collected(&two), &[]).expect("new files"));
        let paths: Vec<&str> = first.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["okta/box.yaml", "okta/miro.yaml", "okta/snapshot.yaml"]);
        assert!(written(&changes(&collected(&two), &first).expect("the same")).is_empty());
        let one = collected(&format!("[{}]", app("0oa2", "Miro")));
        let second = changes(&one, &first).expect("one less");
        let marked: Vec<&FileAction> =
            second.iter().filter(|change| matches!(change, FileAction::MarkAbsent(_))).collect();
        let [FileAction::MarkAbsent(file)] = marked[..] else { panic!("{second:?}") };
        assert!(
            file.path == "okta/box.yaml" && file.text.contains("status: absent\n  missingSince: 2026-11-25\n"),
            "{}",
            file.text
        );
        let mut existing = first.clone();
        for file in written(&second) {
            existing.retain(|old| old.path != file.path);
            existing.push(file);
        }
        assert!(written(&changes(&one, &existing).expect("the same")).is_empty());
    }

    #[test]
    fn names_do_not_depend_on_the_order_and_stay_when_the_label_changes() {
        let forward = format!("[{},{},{}]", app("0oaA", "Box"), app("0oaB", "box!"), app("0oaC", "snapshot"));
        let backward = format!("[{},{},{}]", app("0oaC", "snapshot"), app("0oaB", "box!"), app("0oaA", "Box"));
        let names = |text: &str| {
            written(&changes(&collected(text), &[]).expect("files"))
                .into_iter()
                .map(|file| file.path)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&forward), names(&backward));
        assert_eq!(
            names(&forward),
            ["okta/box-0oaa.yaml", "okta/box-0oab.yaml", "okta/snapshot.yaml", "okta/snapshot-0oac.yaml"]
        );
        let first = written(&changes(&collected(&format!("[{}]", app("0oa1", "Box"))), &[]).expect("files"));
        let renamed = written(&changes(&collected(&format!("[{}]", app("0oa1", "Crate"))), &first).expect("files"));
        assert!(
            renamed.iter().any(|file| file.path == "okta/box.yaml" && file.text.contains("label: Crate")),
            "{renamed:?}"
        );
    }

    #[test]
    fn files_not_written_by_leaver_are_never_replaced() {
        let foreign = File { path: "okta/box.yaml".into(), text: "kind: App\n".into() };
        let failures = changes(
            &collected(&format!("[{}]", app("0oa1", "Snapshot"))),
            &[File { path: "okta/snapshot.yaml".into(), ..foreign.clone() }],
        );
        assert!(failures.expect_err("an error").iter().any(|failure| failure.message.contains("was not written by")));
        // If such a file has the application's name, the application gets another name.
        let files = written(&changes(&collected(&format!("[{}]", app("0oa1", "Box"))), &[foreign]).expect("files"));
        assert!(files.iter().any(|file| file.path == "okta/box-0oa1.yaml"), "{files:?}");
    }
}
