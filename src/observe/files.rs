//! Turns collected data into files: a Snapshot per system and an Observation per application, sorted and in a deterministic form.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    Collected, Observed,
    clean::slug,
    collected::{Gap, Shown},
    emit::yaml,
};
use crate::{
    report::{Code, Failure},
    schema::API_VERSION,
    source::{SourceFile, YamlLimits, parse},
};

/// The first line of every file that `leaver observe` writes: only such files are ever overwritten.
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

/// What to do with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Write it: it is new or changed.
    Write(File),
    /// Keep it unchanged.
    Keep(String),
    /// Delete it: a complete export no longer has its application.
    Mark(File),
}

/// An existing file.
struct There {
    stem: String,
    text: String,
    /// Its declaration, if leaver wrote it and can read it.
    value: Option<Value>,
}

/// The files to write, given the existing ones: path below the folder and text. Only files that leaver wrote are replaced.
pub fn changes(collected: &Collected, there: &[File]) -> Result<Vec<Change>, Vec<Failure>> {
    let mut changes = Vec::new();
    let mut failures = Vec::new();
    for ((system, format), shown) in &collected.systems {
        let folder = slug(system);
        let prefix = format!("{folder}/");
        let known: Vec<There> = there
            .iter()
            .filter_map(|file| {
                let stem = file.path.strip_prefix(&prefix)?.strip_suffix(".yaml")?;
                Some(There { stem: stem.to_owned(), text: file.text.clone(), value: ours(file) })
            })
            .collect();
        let rival = collected.systems.keys().find(|(other, of)| other == system && of != format);
        if let Some((_, rival)) = rival {
            let message = format!("the exports show `{system}` in two formats, `{format}` and `{rival}`");
            failures.push(
                Failure::new(Code::Usage, message).help("read them one by one, each into a folder of its own (-o)"),
            );
            continue;
        }
        if let Some(other) = other_format(&known, format) {
            let message = format!("`{folder}` holds observations of the format `{other}`, not `{format}`");
            let help = "write these to another folder with -o, or name another System with --system";
            failures.push(Failure::new(Code::Usage, message).help(help));
            continue;
        }
        for change in of_system(collected, (system, format), shown, &known) {
            let (Change::Write(file) | Change::Mark(file)) = &change else {
                changes.push(change);
                continue;
            };
            let old = there.iter().find(|old| old.path == file.path);
            if old.is_some_and(|old| !old.text.starts_with(MARK)) {
                let message = format!("`{}` was not written by `leaver observe`", file.path);
                failures
                    .push(Failure::new(Code::Usage, message).help("move it away, or write to another folder with -o"));
            }
            changes.push(change);
        }
    }
    if failures.is_empty() { Ok(changes) } else { Err(failures) }
}

/// The declaration in a file that leaver wrote.
fn ours(file: &File) -> Option<Value> {
    if !file.text.starts_with(MARK) {
        return None;
    }
    let parsed = parse(&SourceFile::new(file.path.as_str(), file.text.as_str()), &YamlLimits::default());
    let value =
        parsed.documents.first().filter(|_| parsed.problems.is_empty()).map(|document| Value::from(&document.root))?;
    (value.get("apiVersion").and_then(Value::as_str) == Some(API_VERSION)).then_some(value)
}

/// The format of the existing Snapshot, if it is a different one.
fn other_format(known: &[There], mine: &str) -> Option<String> {
    let snapshot = known.iter().find(|there| there.stem == SNAPSHOT)?;
    let format = snapshot.value.as_ref()?.pointer("/spec/format")?.as_str()?;
    (format != mine).then(|| format.to_owned())
}

fn of_system(collected: &Collected, (system, format): (&str, &str), shown: &Shown, known: &[There]) -> Vec<Change> {
    let folder = slug(system);
    let mut stems: BTreeMap<&str, &There> = BTreeMap::new();
    for there in known {
        let id = there.value.as_ref().and_then(|value| value.pointer("/spec/appId")?.as_str());
        if let Some(id) = id.filter(|_| there.stem != SNAPSHOT) {
            stems.entry(id).or_insert(there);
        }
    }
    let taken: BTreeSet<&str> = known.iter().map(|there| there.stem.as_str()).collect();
    let names = names(shown, &stems, &taken);
    let complete = collected.is_complete(shown);
    let mut changes = Vec::new();
    let mut files: BTreeMap<String, (String, bool)> = BTreeMap::new();
    for (id, observed) in &shown.apps {
        let stem = names.get(id.as_str()).cloned().unwrap_or_else(|| slug(id));
        let text = declaration("Observation", &name(system, &stem), observed.spec(system, id));
        files.insert(stem, (text, false));
    }
    let mut missing = 0_u64;
    for (id, there) in &stems {
        if shown.apps.contains_key(*id) {
            continue;
        }
        let Some(spec) = there.value.as_ref().and_then(|value| value.get("spec")) else { continue };
        let mut observed = Observed::of_spec(spec);
        let is_marked = observed.text("missingSince").is_some();
        let is_gone = complete && shown.would_have(id, &observed);
        missing += u64::from(is_gone || is_marked);
        if is_gone && !is_marked {
            observed.set("status", "absent");
            observed.set("missingSince", collected.day(shown));
            let text = declaration("Observation", &name(system, &there.stem), observed.spec(system, id));
            files.insert(there.stem.clone(), (text, true));
        } else {
            changes.push(Change::Keep(format!("{folder}/{}.yaml", there.stem)));
        }
    }
    files.insert(SNAPSHOT.to_owned(), (snapshot(collected, (system, format), shown, missing), false));
    for (stem, (text, marks)) in files {
        let path = format!("{folder}/{stem}.yaml");
        let same = known.iter().any(|there| there.stem == stem && there.text == text);
        changes.push(match (same, marks) {
            (true, _) => Change::Keep(path),
            (false, true) => Change::Mark(File { path, text }),
            (false, false) => Change::Write(File { path, text }),
        });
    }
    changes
}

/// The observations as one stream of YAML documents. Names start with `prefix`, so that they do not clash with the catalogue.
pub fn documents(collected: &Collected, prefix: &str) -> String {
    let mut out = String::new();
    for (at, ((system, format), shown)) in collected.systems.iter().enumerate() {
        // Two formats may describe one application of one system.
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

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect::<String>().trim_end_matches('-').to_owned()
}

/// The name of a declaration: at most 52 characters, so that it has at most 63 with the prefix `evidence-1-`.
fn name(system: &str, stem: &str) -> String {
    format!("{}-{stem}", cut(&slug(system), 20))
}

/// Maximum length of a file name.
const STEM: usize = 31;

/// The file name of each application, by id. An existing file keeps its name even if the label changed.
fn names<'a>(shown: &'a Shown, there: &BTreeMap<&str, &There>, taken: &BTreeSet<&str>) -> BTreeMap<&'a str, String> {
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    let mut wanted: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (id, observed) in &shown.apps {
        if let Some(there) = there.get(id.as_str()) {
            names.insert(id, there.stem.clone());
            continue;
        }
        let label = cut(&slug(observed.text("label").unwrap_or_default()), STEM);
        let stem = if label.is_empty() { cut(&slug(id), STEM) } else { label };
        wanted.entry(if stem.is_empty() { "app".to_owned() } else { stem }).or_default().push(id);
    }
    // NUL, CON and the like are devices on Windows.
    let reserved = |stem: &str| {
        stem == SNAPSHOT
            || matches!(stem, "con" | "prn" | "aux" | "nul")
            || (stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")))
    };
    let mut used: BTreeSet<String> = taken.iter().map(|stem| (*stem).to_owned()).collect();
    // Names that only one application wants are assigned first; all others get a part of their id.
    let (alone, shared): (Vec<_>, Vec<_>) =
        wanted.into_iter().partition(|(stem, ids)| ids.len() == 1 && !used.contains(stem) && !reserved(stem));
    for (stem, ids) in alone {
        used.insert(stem.clone());
        names.extend(ids.into_iter().map(|id| (id, stem.clone())));
    }
    for (stem, ids) in shared {
        for id in ids {
            let part = slug(id);
            let tail: String = part.chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect();
            let base = format!("{}-{}", cut(&stem, 18), tail.trim_start_matches('-'));
            let mut free = base.clone();
            for number in 2_u32.. {
                if used.insert(free.clone()) {
                    break;
                }
                free = cut(&format!("{}-{number}", cut(&base, 26)), STEM);
            }
            names.insert(id, free);
        }
    }
    names
}

fn declaration(kind: &str, name: &str, spec: Map<String, Value>) -> String {
    let mut root = Map::new();
    root.insert("apiVersion".into(), Value::from(API_VERSION));
    root.insert("kind".into(), Value::from(kind));
    root.insert("metadata".into(), json!({"name": name}));
    root.insert("spec".into(), Value::Object(spec));
    format!("{MARK}{}", yaml(&root))
}

fn snapshot(collected: &Collected, (system, format): (&str, &str), shown: &Shown, missing: u64) -> String {
    declaration("Snapshot", &cut(&slug(system), 63), snapshot_spec(collected, (system, format), shown, missing))
}

fn snapshot_spec(
    collected: &Collected,
    (system, format): (&str, &str),
    shown: &Shown,
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

    fn written(changes: &[Change]) -> Vec<File> {
        let file = |change: &Change| match change {
            Change::Write(file) | Change::Mark(file) => Some(file.clone()),
            Change::Keep(_) => None,
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
        let marked: Vec<&Change> = second.iter().filter(|change| matches!(change, Change::Mark(_))).collect();
        let [Change::Mark(file)] = marked[..] else { panic!("{second:?}") };
        assert!(
            file.path == "okta/box.yaml" && file.text.contains("status: absent\n  missingSince: 2026-11-25\n"),
            "{}",
            file.text
        );
        let mut there = first.clone();
        for file in written(&second) {
            there.retain(|old| old.path != file.path);
            there.push(file);
        }
        assert!(written(&changes(&one, &there).expect("the same")).is_empty());
    }

    #[test]
    fn names_do_not_depend_on_the_order_and_stay_when_the_label_changes() {
        let there = format!("[{},{},{}]", app("0oaA", "Box"), app("0oaB", "box!"), app("0oaC", "snapshot"));
        let back = format!("[{},{},{}]", app("0oaC", "snapshot"), app("0oaB", "box!"), app("0oaA", "Box"));
        let names = |text: &str| {
            written(&changes(&collected(text), &[]).expect("files"))
                .into_iter()
                .map(|file| file.path)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&there), names(&back));
        assert_eq!(
            names(&there),
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
    fn foreign_files_are_an_error() {
        let foreign = File { path: "okta/box.yaml".into(), text: "kind: App\n".into() };
        let failures = changes(
            &collected(&format!("[{}]", app("0oa1", "Snapshot"))),
            &[File { path: "okta/snapshot.yaml".into(), ..foreign.clone() }],
        );
        assert!(failures.expect_err("an error").iter().any(|failure| failure.message.contains("was not written by")));
        // A foreign file with the name does not block the application: it gets another name.
        let files = written(&changes(&collected(&format!("[{}]", app("0oa1", "Box"))), &[foreign]).expect("files"));
        assert!(files.iter().any(|file| file.path == "okta/box-0oa1.yaml"), "{files:?}");
    }
}
