//! Finds the keys of declarations that a rule reads, from its syntax tree and the syntax trees of the libraries that it calls. The result is for
//! documentation: it may list keys that the rule does not read, but it never omits a key that the rule reads.

mod calls;
mod values;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use regorus::{
    Source,
    unstable::{Module, Parser},
};

use super::{data::LOOKUPS, load::PolicySet};
use crate::rule::{RuleId, Scope};
use values::DocumentPath;
use walk::Walk;

/// The keys that a rule reads.
#[derive(Debug, Clone, Default)]
pub struct Reads {
    /// The kind of the declaration, if known, and the steps of the key. The step `None` means any key or entry.
    paths: BTreeSet<(Option<String>, Vec<Option<String>>)>,
    /// Whether the rule iterates over all keys, regardless of their names.
    pub walks: bool,
}

impl Reads {
    /// Whether the rule reads a key of a kind. In `path`, `[]` means any list entry and `*` any key.
    pub fn has(&self, kind: &str, path: &[String]) -> bool {
        self.paths.iter().any(|(of, steps)| {
            of.as_deref().is_none_or(|of| of == kind)
                && steps.len() == path.len()
                && steps.iter().zip(path).all(|(step, key)| match step.as_deref() {
                    None => true,
                    Some(step) => step == key || key == "*" || key == "[]" && step.parse::<u32>().is_ok(),
                })
        })
    }
}

/// The keys that the rules of a set read. A rule that does not parse reads nothing.
pub fn reads(set: &PolicySet) -> BTreeMap<RuleId, Reads> {
    let parse = |path: &str, text: &str| {
        let source = Source::from_contents(path.to_owned(), text.to_owned()).ok()?;
        let mut parser = Parser::new(&source).ok()?;
        parser.enable_rego_v1().ok()?;
        parser.parse().ok()
    };
    let files = set.libraries.iter().chain(set.rules.values().map(|rule| &rule.module));
    let modules: Vec<Module> = files.filter_map(|module| parse(module.file.path(), module.file.text())).collect();
    let mut walk = Walk::new(&modules);
    let rules = set.rules.values().map(|rule| {
        let id = &rule.meta.id;
        let found = walk.reads_of(&super::program::package_path(id.group(), id.name()));
        let paths: BTreeSet<_> = found.iter().flat_map(|path| paths(path, &rule.meta.scope)).collect();
        let (walks, paths): (BTreeSet<_>, BTreeSet<_>) = paths.into_iter().partition(|(_, steps)| is_walk(steps));
        (id.clone(), Reads { paths, walks: !walks.is_empty() })
    });
    rules.collect()
}

/// Whether a path iterates over all keys of a declaration: one of its first two steps is `None`, or two successive steps are `None`.
fn is_walk(steps: &[Option<String>]) -> bool {
    steps.iter().take(2).any(Option::is_none) || steps.windows(2).any(|two| two.iter().all(Option::is_none))
}

/// Converts a path in `input` or `data` to the kinds of declarations and the path of the key in them.
fn paths(path: &DocumentPath, scope: &Scope) -> Vec<(Option<String>, Vec<Option<String>>)> {
    let words: Vec<Option<&str>> = path.iter().map(|step| step.as_deref()).collect();
    let owned = |steps: &[Option<&str>]| steps.iter().map(|step| step.map(str::to_owned)).collect();
    let of = |kind: Option<&str>, steps: &[Option<&str>]| vec![(kind.map(str::to_owned), owned(steps))];
    match (words.as_slice(), scope) {
        ([Some("input"), Some("declarations"), _, steps @ ..], Scope::Catalogue) => of(None, steps),
        ([Some("input"), steps @ ..], Scope::Kinds(kinds)) => {
            kinds.iter().flat_map(|kind| of(Some(kind), steps)).collect()
        }
        ([Some("data"), Some("leaver"), Some("catalogue" | "builtin"), kind, _, steps @ ..], _) => of(*kind, steps),
        ([Some("data"), Some("leaver"), Some("observations"), _, _, _, steps @ ..], _) => {
            of(Some("Observation"), steps)
        }
        ([Some("data"), Some("leaver"), Some("lookup"), Some(kind), Some(table), ..], _) => {
            let looked_up = LOOKUPS.iter().find(|(of, name, _)| of == kind && name == table);
            looked_up.map_or_else(Vec::new, |(_, _, path)| of(Some(kind), &path.map(Some)))
        }
        (
            [Some("data"), Some("leaver"), Some("snapshots"), _, Some("complete"), steps @ ..]
            | [Some("data"), Some("leaver"), Some("snapshots"), _, Some("of"), _, steps @ ..],
            _,
        ) => of(Some("Snapshot"), steps),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
