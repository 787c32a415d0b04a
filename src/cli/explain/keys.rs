//! Describes a key for `leaver explain KEY` and `docs/keys.md`: its meaning from the schema, and the rules that read it.

use std::{collections::BTreeMap, io::Write};

use super::super::{
    catalogue::list::PARENTS,
    common::{safe, usage},
};
use crate::{
    output::{
        paint::{Paint, TextRole},
        summary::counted,
    },
    policy::{PolicySet, Reads, reads},
    report::Failure,
    rule::{RuleId, RuleMeta},
    ruleset::Ruleset,
    schema::{Block, DECLARATIONS, Key, blocks, nearest},
};

/// Maximum number of rules that are listed for a key. If more rules read the key, they are counted but not listed.
const READERS_LIMIT: usize = 60;

/// The keys of all declarations.
pub(in crate::cli) struct Keys {
    blocks: Vec<Block>,
    reads: BTreeMap<RuleId, Reads>,
}

/// A key, at one of the paths where it may occur.
pub(in crate::cli) struct KeyPath<'a> {
    kind: &'a str,
    path: Vec<String>,
    /// The key at the path.
    key: &'a Key,
    block: Option<&'a Block>,
}

impl Keys {
    /// Collects all keys of the schema, and finds the keys that each rule of a set reads.
    pub(in crate::cli) fn of(set: &PolicySet) -> Self {
        Self { blocks: blocks(&DECLARATIONS), reads: reads(set) }
    }

    /// All keys at all paths.
    fn all(&self) -> impl Iterator<Item = KeyPath<'_>> {
        self.blocks.iter().flat_map(move |block| {
            block.places.iter().flat_map(move |(kind, place)| {
                block.keys.iter().map(move |key| {
                    let inner =
                        key.block.as_ref().and_then(|title| self.blocks.iter().find(|block| block.title == *title));
                    KeyPath { kind, path: [place.as_slice(), &key.path].concat(), key, block: inner }
                })
            })
        })
    }

    /// Returns the rules that read the key at `path` in declarations of `kind`.
    fn readers(&self, kind: &str, path: &[String]) -> Vec<&RuleId> {
        self.reads.iter().filter(|(_, reads)| reads.has(kind, path)).map(|(id, _)| id).collect()
    }

    /// Finds the key that a user means by a word, such as `spec.lifecycle.deprovision`, `deprovision.owner` or `System.spec.kind`.
    pub(in crate::cli) fn find(&self, word: &str) -> Option<KeyPath<'_>> {
        let steps: Vec<&str> = word.split(['.', '[']).filter(|step| !is_index(step.trim_end_matches(']'))).collect();
        let (kind, steps) = match steps.split_first() {
            Some((kind, rest)) if self.all().any(|found| found.kind.eq_ignore_ascii_case(kind)) && !rest.is_empty() => {
                (Some(*kind), rest)
            }
            _ => (None, steps.as_slice()),
        };
        PARENTS.iter().find_map(|above| {
            let wanted = [above, steps].concat();
            self.all().find(|found| {
                kind.is_none_or(|kind| found.kind.eq_ignore_ascii_case(kind))
                    && found.path.iter().filter(|step| !is_index(step)).eq(wanted.iter().copied())
            })
        })
    }

    /// Prints the description of a key.
    pub(in crate::cli) fn show(
        &self,
        found: &KeyPath<'_>,
        ruleset: &Ruleset,
        paint: &Paint<'_>,
        out: &mut dyn Write,
    ) -> std::io::Result<()> {
        let strong = |text: &str| paint.color(TextRole::Strong, text);
        let title = found.block.map_or("", |block| block.title.as_str());
        let title = if title.is_empty() { String::new() } else { format!("  {}", safe(title)) };
        writeln!(out, "{}{title}", strong(&found.path.join(".")))?;
        let kinds = self.all().filter(|other| other.path == found.path).map(|other| other.kind);
        let mut kinds: Vec<&str> = kinds.filter(|kind| *kind != found.kind).collect();
        kinds.dedup();
        kinds.insert(0, found.kind);
        let kinds = kinds.join(", ");
        let required = if found.key.required { ", required" } else { "" };
        let what = &found.key.what;
        writeln!(out, "{}", paint.color(TextRole::Faint, &paint.fold(&format!("{what}{required}; in {kinds}"), 0)))?;
        let mut printed = vec![found.key.description.as_str()];
        printed.extend(found.block.map(|block| block.description.as_str()).filter(|text| !printed.contains(text)));
        for text in &printed {
            writeln!(out, "\n  {}", paint.prose(&paint.wrap(&safe(text), 2)))?;
        }
        if !found.key.values.is_empty() {
            writeln!(out, "\n{}", strong("Values"))?;
            Self::table(
                found.key.values.iter().map(|(value, meaning)| (value.as_str(), meaning.as_str())),
                paint,
                out,
            )?;
        }
        if let Some(example) = &found.key.example {
            let path = found.path.last().map(String::as_str).unwrap_or_default();
            writeln!(out, "\n{}\n  {path}: {}", strong("Example"), safe(&flow(example)))?;
        }
        if let Some(block) = found.block {
            writeln!(out, "\n{}", strong("Keys"))?;
            let names: Vec<String> = block.keys.iter().map(|key| key.path.join(".")).collect();
            let rows = names.iter().zip(&block.keys).map(|(name, key)| (name.as_str(), key.description.as_str()));
            Self::table(rows, paint, out)?;
        }
        let readers = self.readers(found.kind, &found.path);
        writeln!(out, "\n{}", strong("Rules that read it"))?;
        if readers.is_empty() {
            return writeln!(out, "  none");
        }
        if readers.len() > READERS_LIMIT {
            return writeln!(out, "  {} of {}", readers.len(), counted(self.reads.len(), "rule"));
        }
        let title = |id: &RuleId| ruleset.meta(id).map_or("", |meta| meta.title.as_str());
        Self::table(readers.into_iter().map(|id| (id.as_str(), title(id))), paint, out)
    }

    fn table<'t>(
        rows: impl Iterator<Item = (&'t str, &'t str)>,
        paint: &Paint<'_>,
        out: &mut dyn Write,
    ) -> std::io::Result<()> {
        let rows: Vec<_> = rows.collect();
        let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let beside = width + 4;
        for (name, text) in rows {
            let text = safe(text);
            if text.is_empty() {
                writeln!(out, "  {}", safe(name))?;
            } else if paint.style.terminal && paint.width() < beside + 30 {
                writeln!(out, "  {}\n    {}", safe(name), paint.fold(&text, 4))?;
            } else {
                writeln!(out, "  {:<width$}  {}", safe(name), paint.fold(&text, beside))?;
            }
        }
        Ok(())
    }

    /// Makes the error for an unknown key. It suggests the most similar known key.
    pub(in crate::cli) fn unknown(&self, word: &str) -> Failure {
        let all: Vec<String> = self
            .all()
            .map(|found| found.path.into_iter().filter(|step| !is_index(step)).collect::<Vec<_>>().join("."))
            .collect();
        let mut full = PARENTS.iter().map(|above| [above, &[word][..]].concat().join("."));
        let near = full.find_map(|full| nearest(&full, all.iter().map(String::as_str)));
        let help = near.map_or_else(
            || "keys are paths such as spec.lifecycle.deprovision; `leaver schema` prints all of them".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        usage(format!("there is no key `{word}`"), help)
    }

    /// Renders `docs/keys.md`.
    pub(in crate::cli) fn page<'r>(&self, rules: impl Iterator<Item = &'r RuleMeta>) -> String {
        let count = rules.count();
        let mut text = "# Keys\n\nEvery key of a declaration, with its type, values and meaning, and the rules that read it. Generated from the schema and the \
             rules by `just bless`; do not edit. `leaver explain KEY` prints one key, for example `leaver explain spec.lifecycle.deprovision`.\n\n\
             `[]` is an entry of a list, `*` is any name.\n\nThese rules read all keys, so they are not repeated with each key:\n\n"
            .to_owned();
        for (id, _) in self.reads.iter().filter(|(_, reads)| reads.walks) {
            text.push_str(&format!("- [`{id}`](rules/{id}.md)\n"));
        }
        let mut kind = "";
        for block in &self.blocks {
            let Some((of, place)) = block.places.first() else { continue };
            if of != kind {
                kind = of;
                text.push_str(&format!("\n## {kind}\n"));
            }
            if place.is_empty() {
                text.push_str(&format!("\n{}\n", block.description));
            } else {
                text.push_str(&format!("\n### `{}`\n\n{}: {}\n", place.join("."), block.title, block.description));
            }
            let others = block.places.iter().skip(1).filter(|(_, path)| !in_population(path));
            let others: Vec<String> = others.map(|(other, path)| Self::quoted_path(kind, other, path)).collect();
            if !others.is_empty() {
                text.push_str(&format!("\nAlso {}.\n", others.join(", ")));
            }
            for key in &block.keys {
                self.describe(block, key, count, &mut text);
            }
        }
        text
    }

    fn quoted_path(kind: &str, other: &str, path: &[String]) -> String {
        let of = if kind == other { String::new() } else { format!(" of {other}") };
        format!("`{}`{of}", path.join("."))
    }

    fn describe(&self, block: &Block, key: &Key, count: usize, text: &mut String) {
        text.push_str(&format!("\n#### `{}`\n\n", key.path.join(".")));
        let required = if key.required { ", required" } else { "" };
        let example = key.example.as_ref().map(|example| format!(", such as `{}`", flow(example)));
        text.push_str(&format!(
            "{}{required}{}. {}\n",
            capital(&key.what),
            example.unwrap_or_default(),
            key.description
        ));
        if !key.values.is_empty() {
            text.push('\n');
        }
        for (value, meaning) in &key.values {
            let meaning = if meaning.is_empty() { String::new() } else { format!(": {meaning}") };
            text.push_str(&format!("- `{value}`{meaning}\n"));
        }
        let mut readers: Vec<&RuleId> = block
            .places
            .iter()
            .flat_map(|(kind, place)| self.readers(kind, &[place.as_slice(), &key.path].concat()))
            .collect();
        readers.sort();
        readers.dedup();
        if readers.len() > READERS_LIMIT {
            text.push_str(&format!("\nMore than {READERS_LIMIT} of the {} rules read it.\n", count / 10 * 10));
        } else if !readers.is_empty() {
            text.push_str("\nRead by\n\n");
            for id in readers {
                text.push_str(&format!("- [`{id}`](rules/{id}.md)\n"));
            }
        }
    }
}

/// Whether a step of a path stands for a list entry or for any key.
fn is_index(step: &str) -> bool {
    step.is_empty() || step == "*" || step == "[]" || step.bytes().all(|byte| byte.is_ascii_digit())
}

fn in_population(path: &[String]) -> bool {
    path.len() > 3 && path.iter().take(3).eq(["spec", "populations", "[]"])
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Writes a value as YAML on one line.
fn flow(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{key}: {}", flow(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
