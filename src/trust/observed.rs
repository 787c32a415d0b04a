//! Observations and Snapshots are evidence. A change that edits evidence together with declarations could falsify its own check.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Changed, name_place, table::Edit};
use crate::{
    model::{Catalogue, Declaration},
    schema::OBSERVED,
    source::Node,
};

/// The declarations of one side by kind and name. Several may have the same name.
type ByName<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Declaration>>;

/// The declarations that a change adds, edits or removes.
pub(super) struct Observed<'a> {
    base: ByName<'a>,
    head: ByName<'a>,
    /// The kind and name of each declaration that differs.
    differs: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Observed<'a> {
    /// Compares both sides. `evidence` is a file of this run and belongs to no side.
    pub(super) fn of(base: &'a [Declaration], catalogue: &'a Catalogue, evidence: Option<&str>) -> Self {
        let base = by_name(base.iter());
        let head = by_name(catalogue.own().iter().filter(|declaration| Some(declaration.file.path()) != evidence));
        let both = base.keys().chain(head.keys()).copied().collect::<BTreeSet<_>>();
        let differs =
            both.into_iter().filter(|key| !have_same_values(with_key(&base, key), with_key(&head, key))).collect();
        Self { base, head, differs }
    }

    /// Returns a finding for each system whose observations differ. A scheduled job updates observations, marks absent applications and renews the
    /// snapshot, but edits nothing else. Therefore, the finding is an error if the change also edits declarations or trusted files (`edited`), or if
    /// a later run cannot have written the observations. The first observations of a system are never an error.
    pub(super) fn changed(&self, edited: bool, today: &str) -> Vec<Changed> {
        let together = edited || self.differs.iter().any(|(kind, _)| !OBSERVED.contains(kind));
        let known: BTreeSet<String> =
            self.base.iter().filter(|(key, _)| is_observation(key)).flat_map(systems).collect();
        let mut by_system: BTreeMap<String, Vec<&(&str, &str)>> = BTreeMap::new();
        for key in self.differs.iter().filter(|key| is_observation(key)) {
            let sides = self.base.get_key_value(key).into_iter().chain(self.head.get_key_value(key));
            for system in sides.flat_map(systems).collect::<BTreeSet<_>>() {
                by_system.entry(system).or_default().push(key);
            }
        }
        let finding = |(system, keys): (String, Vec<&(&str, &str)>)| {
            let first = keys.iter().find_map(|key| Some((self.head.get(*key)?.first()?, true)));
            let first = first.or_else(|| keys.iter().find_map(|key| Some((self.base.get(*key)?.first()?, false))));
            let (declaration, there) = first?;
            let (path, place) = name_place(declaration, there);
            let text = if together {
                "the change also edits declarations or configuration"
            } else {
                "`leaver observe` never removes an observation, and never writes an older snapshot or one from the future"
            };
            let relaxes = known.contains(&system) && (together || !self.is_later(&system, today));
            Some(Changed {
                message: format!("the change edits the observations of `{system}` ({})", self.counts(&keys)),
                edits: vec![Edit { path: Vec::new(), text: text.to_owned(), relaxes }],
                subject: Some(declaration.subject()),
                path,
                place,
            })
        };
        by_system.into_iter().filter_map(finding).collect()
    }

    /// Whether a later run may have written the observations of a system: no observation is removed, and the snapshot is neither older nor from the
    /// future. After a snapshot from the future, every later run would look older.
    fn is_later(&self, system: &str, today: &str) -> bool {
        let of = |side: &ByName<'a>| {
            let keys = side
                .iter()
                .filter(|entry| is_observation(entry.0) && systems(*entry).iter().any(|name| name == system));
            keys.map(|(key, _)| *key).collect::<BTreeSet<_>>()
        };
        let taken = |side: &ByName<'a>| {
            let snapshots = of(side).into_iter().flat_map(|key| with_key(side, &key));
            snapshots.filter_map(|declaration| spec_text(declaration, "takenOn").map(str::to_owned)).max()
        };
        let (before, now) = (taken(&self.base), taken(&self.head));
        let is_dated_ahead = now > before && now.as_deref().and_then(|now| now.get(..today.len())) > Some(today);
        of(&self.base).is_subset(&of(&self.head)) && now >= before && !is_dated_ahead
    }

    /// Returns the kind, the name and both values of each observation that differs, for the digest.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&str, &str, Option<Value>, Option<Value>)> {
        let value = |one: &&Declaration| Value::from(&*one.root);
        let side = move |side: &ByName<'_>, key| {
            side.contains_key(key).then(|| with_key(side, key).iter().map(value).collect::<Value>())
        };
        let observed = self.differs.iter().filter(|key| is_observation(key));
        observed.map(move |key| (key.0, key.1, side(&self.base, key), side(&self.head, key)))
    }

    fn counts(&self, keys: &[&(&str, &str)]) -> String {
        let [mut new, mut edited, mut gone] = [0_usize; 3];
        for key in keys {
            match (self.base.contains_key(*key), self.head.contains_key(*key)) {
                (true, true) => edited += 1,
                (true, false) => gone += 1,
                _ => new += 1,
            }
        }
        let counts = [(new, "new"), (edited, "edited"), (gone, "gone")];
        let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
        counts.collect::<Vec<_>>().join(", ")
    }
}

fn by_name<'a>(declarations: impl Iterator<Item = &'a Declaration>) -> ByName<'a> {
    let mut by_name = ByName::new();
    for declaration in declarations.filter(|declaration| declaration.well_formed) {
        by_name.entry((&declaration.kind, &declaration.name)).or_default().push(declaration);
    }
    by_name
}

/// Whether a kind and name belong to an observation.
fn is_observation(key: &(&str, &str)) -> bool {
    OBSERVED.contains(&key.0)
}

/// Returns the declarations of one kind and name.
fn with_key<'s, 'a>(side: &'s ByName<'a>, key: &(&'a str, &'a str)) -> &'s [&'a Declaration] {
    side.get(key).map_or(&[], Vec::as_slice)
}

fn have_same_values(base: &[&Declaration], head: &[&Declaration]) -> bool {
    base.len() == head.len() && base.iter().zip(head).all(|(one, other)| one.root.same_value(&other.root))
}

/// Returns the text of a key in `spec`.
fn spec_text<'a>(declaration: &'a Declaration, key: &str) -> Option<&'a str> {
    declaration.root.get("spec")?.get(key).and_then(Node::text)
}

/// Returns the systems that the declarations of one kind and name observe.
fn systems(entry: (&(&str, &str), &Vec<&Declaration>)) -> Vec<String> {
    entry.1.iter().filter_map(|declaration| spec_text(declaration, "system").map(str::to_owned)).collect()
}
