//! Selects the Snapshot of each Observation for rules, so that a Terraform plan, or an export in a second format, does not replace the nightly
//! export.

use std::collections::{BTreeMap, BTreeSet};

use regorus::Value;

use super::{Values, object, well_formed_of_kind};
use crate::model::{Catalogue, Declaration};

/// The date of a Snapshot, and its value.
type Dated<'a> = (&'a str, Value);

/// The Snapshots of one system.
#[derive(Default)]
struct System<'a> {
    /// The Snapshots in each file, with the indexes of their documents.
    files: BTreeMap<&'a str, Vec<(usize, Value)>>,
    /// In each folder, the newest Snapshot whose file has no Observations. `leaver observe` writes such files.
    folders: BTreeMap<&'a str, Dated<'a>>,
    newest: Option<Dated<'a>>,
    complete: Option<Dated<'a>>,
}

impl<'a> System<'a> {
    fn add(&mut self, snapshot: &'a Declaration, value: &Value, day: &'a str, is_alone: bool) {
        let dated = || (day, value.clone());
        let replace = |there: &mut Option<Dated<'a>>| {
            if there.as_ref().is_none_or(|(other, _)| *other <= day) {
                *there = Some(dated());
            }
        };
        let path = snapshot.file.path();
        self.files.entry(path).or_default().push((snapshot.document, value.clone()));
        if is_alone {
            let there = self.folders.entry(folder(path)).or_insert_with(dated);
            if there.0 <= day {
                *there = dated();
            }
        }
        let complete = snapshot.root.get("spec").and_then(|spec| spec.get("complete")).map(serde_json::Value::from);
        if complete == Some(serde_json::Value::Bool(true)) {
            replace(&mut self.complete);
        }
        replace(&mut self.newest);
    }

    /// Returns the Snapshot of an Observation: in the same file, the last Snapshot before the Observation, else the first Snapshot. In the stream of
    /// `--evidence`, each Snapshot comes before its Observations. If the file has no Snapshot, returns the Snapshot in `folders`, else the newest
    /// complete Snapshot, else the newest Snapshot.
    fn of(&self, observation: &Declaration) -> Option<&Value> {
        let path = observation.file.path();
        let beside = || {
            let all = self.files.get(path)?;
            let after = all.partition_point(|(document, _)| *document < observation.document);
            all.get(after.saturating_sub(1)).map(|(_, value)| value)
        };
        beside().or_else(|| {
            let near = self.folders.get(folder(path));
            near.or(self.complete.as_ref()).or(self.newest.as_ref()).map(|(_, value)| value)
        })
    }
}

/// `{system: {complete: Snapshot, of: {name of an Observation: Snapshot}}}`: the newest complete Snapshot of each system, and the Snapshot
/// of each Observation.
pub(super) fn snapshots(catalogue: &Catalogue, values: &Values) -> Value {
    let shared: BTreeSet<&str> = well_formed_of_kind(catalogue, "Observation").map(|one| one.file.path()).collect();
    let mut systems: BTreeMap<&str, System<'_>> = BTreeMap::new();
    for snapshot in well_formed_of_kind(catalogue, "Snapshot") {
        if let Some((system, day)) = text(snapshot, "system").zip(text(snapshot, "takenOn")) {
            systems.entry(system).or_default().add(
                snapshot,
                &values.of(snapshot),
                day,
                !shared.contains(snapshot.file.path()),
            );
        }
    }
    for files in systems.values_mut().flat_map(|system| system.files.values_mut()) {
        files.sort_by_key(|(document, _)| *document);
    }
    let mut of: BTreeMap<&str, Vec<(Value, Value)>> = BTreeMap::new();
    for observation in well_formed_of_kind(catalogue, "Observation") {
        let Some(system) = text(observation, "system") else { continue };
        if let Some(snapshot) = systems.get(system).and_then(|all| all.of(observation)) {
            of.entry(system).or_default().push((Value::from(observation.name.as_str()), snapshot.clone()));
        }
    }
    object(systems.into_iter().map(|(system, all)| {
        let complete = all.complete.map(|(_, value)| (Value::from("complete"), value));
        let of = object(of.remove(system).unwrap_or_default());
        (Value::from(system), object(complete.into_iter().chain([(Value::from("of"), of)])))
    }))
}

fn text<'a>(declaration: &'a Declaration, key: &str) -> Option<&'a str> {
    declaration.root.get("spec")?.get(key)?.text()
}

fn folder(path: &str) -> &str {
    path.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder)
}
