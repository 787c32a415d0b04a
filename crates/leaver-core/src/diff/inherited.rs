//! Separates inherited changes from changes of the app itself, so that a diff shows inherited changes once, with the pattern.

use std::collections::BTreeSet;

use super::{
    flat::{Flat, Path, Segment},
    pair::Placed,
};
use crate::{
    model::{Declaration, Layer},
    source::{Node, Yaml},
};

/// Both sides without the values that they inherit from their common pattern.
pub(super) struct OwnValues {
    pub(super) old: Flat,
    pub(super) new: Flat,
    /// Whether inherited values differ between the sides.
    pub(super) affected: bool,
}

/// Removes inherited values from both sides. Returns `None` if the sides name different patterns, since every difference then belongs to the
/// declaration.
pub(super) fn without_inherited(old: &Placed<'_>, new: &Placed<'_>) -> Option<OwnValues> {
    let name = |side: &Placed<'_>| side.declaration.layers().first().map(|layer| layer.name.clone());
    if name(old)? != name(new)? {
        return None;
    }
    let (before, after) = (old.declaration.written(), new.declaration.written());
    let is_own = |path: &Path| sets_or_removes(before, path) || sets_or_removes(after, path);
    let mut affected = false;
    let mut reduce = |side: &Placed<'_>, other: &Placed<'_>| {
        let mut flat = Flat::default();
        for (path, leaf) in &side.flat.leaves {
            if is_own(path) {
                flat.leaves.insert(path.clone(), leaf.clone());
            } else {
                affected |= other.flat.leaves.get(path).map(|leaf| &leaf.value) != Some(&leaf.value);
            }
        }
        flat.parts = side.flat.parts.iter().filter(|path| is_own(path)).cloned().collect::<BTreeSet<Path>>();
        flat
    };
    let (reduced_old, reduced_new) = (reduce(old, new), reduce(new, old));
    Some(OwnValues { old: reduced_old, new: reduced_new, affected })
}

/// Returns the names of the patterns whose changes affect populations of an app. Changes in the app or in the population itself do not count, and
/// neither do values that a population inherits from the app.
pub(super) fn patterns_that_changed_populations<'a>(old: &Placed<'a>, new: &Placed<'a>) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    for after in new.declaration.populations() {
        let mut all = old.declaration.populations().iter();
        let Some(before) = all.find(|before| before.population() == after.population()) else { continue };
        let (of_old, of_new) = (layers(old.declaration, before), layers(new.declaration, after));
        if of_old.first().map(|layer| &layer.name) == of_new.first().map(|layer| &layer.name)
            && differ_by_pattern((old, before), (new, after))
        {
            names.extend(of_new.iter().map(|layer| layer.name.as_str()));
        }
    }
    names
}

/// Returns the patterns of a population without the patterns of its app.
fn layers<'a>(app: &Declaration, population: &'a Declaration) -> &'a [Layer] {
    population.layers().get(app.layers().len()..).unwrap_or_default()
}

fn differ_by_pattern(old: (&Placed<'_>, &Declaration), new: (&Placed<'_>, &Declaration)) -> bool {
    let (flat_old, flat_new) = (Flat::of(old.1), Flat::of(new.1));
    let is_own = |path: &Path| {
        [old, new].iter().any(|(app, population)| {
            let item = app.declaration.item(population);
            item.is_none_or(|item| path.split_first().is_some_and(|(_, path)| sets_or_removes(item, path)))
        })
    };
    let is_of_pattern = |path: &Path| {
        [old, new].iter().any(|(app, population)| {
            let node = written_at(&population.root, path);
            node.is_some_and(|node| usize::from(node.layer()) > app.declaration.layers().len())
        })
    };
    let (app_old, app_new) = (&old.0.flat.leaves, &new.0.flat.leaves);
    let paths: BTreeSet<&Path> = flat_old.leaves.keys().chain(flat_new.leaves.keys()).collect();
    paths.into_iter().any(|path| {
        let is_spec = path.first() == Some(&Segment::Key("spec".into()));
        is_spec
            && flat_old.leaves.get(path) != flat_new.leaves.get(path)
            && !is_own(path)
            && (app_old.get(path) == app_new.get(path) || is_of_pattern(path))
    })
}

/// Returns the node at a path. If the path leads into a list, returns the list, since a list is inherited as a whole.
fn written_at<'n>(root: &'n Node, path: &[Segment]) -> Option<&'n Node> {
    let mut node = root;
    for part in path {
        let Segment::Key(key) = part else { return Some(node) };
        node = node.get(key)?;
    }
    Some(node)
}

/// Whether the declaration as written sets or removes the value at a path.
fn sets_or_removes(written: &Node, path: &[Segment]) -> bool {
    let mut node = written;
    for part in path {
        let Segment::Key(key) = part else { return true };
        match (node.value(), node.get(key)) {
            (Yaml::Map(_), Some(next)) => node = next,
            (Yaml::Map(_), None) => return false,
            _ => return true,
        }
    }
    true
}
