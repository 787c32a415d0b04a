//! Pairs the declarations of both sides. Declarations are paired by kind and name, in any file; renamed declarations are paired by alias, content or
//! position.

use std::collections::{BTreeMap, BTreeSet};

use super::flat::Flat;
use crate::{finding::Subject, model::Declaration};

/// A declaration, its values, and its file relative to the repository root.
pub(super) struct Placed<'a> {
    pub(super) declaration: &'a Declaration,
    pub(super) flat: Flat,
    pub(super) file: String,
}

/// The declarations of a side by kind and name. If several declarations have the same kind and name, the first counts, as in look-ups.
pub(super) type Named<'a> = BTreeMap<Subject, Placed<'a>>;

pub(super) fn by_subject<'a>(declarations: &'a [Declaration], file: &dyn Fn(&str) -> String) -> Named<'a> {
    let mut all = BTreeMap::new();
    for declaration in declarations.iter().filter(|declaration| !declaration.name.is_empty()) {
        all.entry(declaration.subject()).or_insert_with(|| Placed {
            declaration,
            flat: Flat::of(declaration),
            file: file(declaration.file.path()),
        });
    }
    all
}

/// Finds declarations that were renamed and otherwise changed little. Returns the new names by old name.
pub(super) fn renamed(old: &Named<'_>, new: &Named<'_>) -> BTreeMap<Subject, Subject> {
    let removed: Vec<&Subject> = old.keys().filter(|subject| !new.contains_key(*subject)).collect();
    let added: Vec<&Subject> = new.keys().filter(|subject| !old.contains_key(*subject)).collect();
    let mut paired = BTreeSet::new();
    let mut pairs = BTreeMap::new();
    // The most reliable criteria first.
    for is_same in [is_alias, has_same_content, is_same_document] {
        for before in &removed {
            if pairs.contains_key(*before) {
                continue;
            }
            let mut fits = added.iter().filter(|after| {
                after.kind == before.kind
                    && !paired.contains(*after)
                    && old.get(*before).zip(new.get(**after)).is_some_and(|(old, new)| is_same(old, new))
            });
            // With two candidates, the pair would be ambiguous.
            if let (Some(after), None) = (fits.next(), fits.next()) {
                paired.insert(*after);
                pairs.insert((*before).clone(), (*after).clone());
            }
        }
    }
    pairs
}

/// Whether the new declaration lists the old name as an alias.
fn is_alias(old: &Placed<'_>, new: &Placed<'_>) -> bool {
    let aliases = new.declaration.root.get("metadata").and_then(|metadata| metadata.get("aliases"));
    let aliases = aliases.map_or(&[][..], crate::source::Node::items);
    aliases.iter().any(|item| item.text() == Some(old.declaration.name.as_str()))
}

/// Minimum number of values that a declaration must have to be recognised after a renaming. With fewer values, two declarations may be equal by
/// chance.
const MIN_VALUES: usize = 4;

fn has_same_content(old: &Placed<'_>, new: &Placed<'_>) -> bool {
    old.flat.leaves.len() >= MIN_VALUES && old.flat.leaves == new.flat.leaves
}

/// Whether both declarations have the same file and the same position in it, and share at least half of their values.
fn is_same_document(old: &Placed<'_>, new: &Placed<'_>) -> bool {
    let equal = old.flat.leaves.iter().filter(|(path, leaf)| new.flat.leaves.get(*path) == Some(*leaf)).count();
    let most = old.flat.leaves.len().max(new.flat.leaves.len());
    old.file == new.file
        && old.declaration.document == new.declaration.document
        && most >= MIN_VALUES
        && equal * 2 >= most
}
