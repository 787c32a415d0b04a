//! Inherited changes are shown once, with the pattern, not with each app.

use std::collections::BTreeSet;

use super::{
    flat::{Flat, Part, Path},
    pair::Placed,
};
use crate::source::{Node, Yaml};

/// Both sides without what they have from one pattern.
pub(super) struct Own {
    pub(super) old: Flat,
    pub(super) new: Flat,
    /// Whether that differs, too.
    pub(super) affected: bool,
}

/// None unless both sides name the same pattern: otherwise every difference is the declaration's own.
pub(super) fn own(old: &Placed<'_>, new: &Placed<'_>) -> Option<Own> {
    let name = |side: &Placed<'_>| side.declaration.layers().first().map(|layer| layer.name.clone());
    if name(old)? != name(new)? {
        return None;
    }
    let (before, after) = (old.declaration.written(), new.declaration.written());
    let is_own = |path: &Path| decides(before, path) || decides(after, path);
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
    Some(Own { old: reduced_old, new: reduced_new, affected })
}

/// Whether the declaration itself sets or removes the value at a path.
fn decides(written: &Node, path: &[Part]) -> bool {
    let mut node = written;
    for part in path {
        let Part::Key(key) = part else { return true };
        match (&node.value, node.get(key)) {
            (Yaml::Map(_), Some(next)) => node = next,
            (Yaml::Map(_), None) => return false,
            _ => return true,
        }
    }
    true
}
