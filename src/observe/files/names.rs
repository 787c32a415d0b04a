//! Names of the files and declarations that `leaver observe` writes.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{SNAPSHOT, SystemContent, slug};

/// Shortens a name to at most `most` characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect::<String>().trim_end_matches('-').to_owned()
}

/// Makes the name of a declaration. It has at most 52 characters, and therefore at most 63 with the prefix `evidence-1-`.
pub(super) fn name(system: &str, stem: &str) -> String {
    format!("{}-{stem}", cut(&slug(system), 20))
}

/// Maximum length of a file name.
const STEM: usize = 31;

/// Chooses the file name of each application. An existing file keeps its name even if the label changed.
pub(super) fn names<'a>(
    shown: &'a SystemContent,
    existing: &BTreeMap<Cow<'_, str>, &str>,
    taken: &BTreeSet<&str>,
) -> BTreeMap<&'a str, String> {
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    let mut wanted: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (id, observed) in &shown.apps {
        if let Some(stem) = existing.get(id.as_str()) {
            names.insert(id, (*stem).to_owned());
            continue;
        }
        let label = cut(&slug(observed.text("label").unwrap_or_default()), STEM);
        let stem = if label.is_empty() { cut(&slug(id), STEM) } else { label };
        wanted.entry(if stem.is_empty() { "app".to_owned() } else { stem }).or_default().push(id);
    }
    // Names such as NUL and CON are devices on Windows.
    let reserved = |stem: &str| {
        stem == SNAPSHOT
            || matches!(stem, "con" | "prn" | "aux" | "nul")
            || (stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")))
    };
    let mut used: BTreeSet<String> = taken.iter().map(|stem| (*stem).to_owned()).collect();
    // First, assign each free name that only one application would get. The names of all other applications contain a part of the id.
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
