//! Prepares the breaches of a document for a report: sorts them, limits their number, and adds hints on scalars that YAML 1.1 tools read differently.

use std::collections::BTreeMap;

use super::{Ancestors, Breach, BreachKind, Part, breach, path};
use crate::{
    finding::Step,
    source::{Node, Yaml, yaml11},
};

/// Sorts the breaches in document order, after adding breaches about ambiguous plain scalars.
pub(super) fn sorted(text: &str, root: &Node, mut breaches: Vec<Breach>) -> Vec<Breach> {
    let mut invalid = BTreeMap::new();
    for (at, breach) in breaches.iter().enumerate().filter(|(_, breach)| breach.kind == BreachKind::InvalidValue) {
        invalid.entry(breach.path.clone()).or_insert(at);
    }
    add_ambiguous_scalars(text, root, None, &invalid, &mut breaches);
    breaches.sort_by(|a, b| (a.span, &a.path, &a.message).cmp(&(b.span, &b.path, &b.message)));
    breaches.dedup();
    shortened(breaches)
}

/// The maximum number of breaches of one document.
const MAX_BREACHES: usize = 500;

/// Keeps the first breaches of a document. If there are more, the last breach states this.
fn shortened(mut breaches: Vec<Breach>) -> Vec<Breach> {
    let rest = breaches.split_off(breaches.len().min(MAX_BREACHES));
    if let Some(first) = rest.into_iter().next() {
        let message = "more errors from here on are not shown".to_owned();
        breaches.push(Breach {
            message,
            help: Some("fix the first ones of this document".into()),
            form: None,
            ..first
        });
    }
    breaches
}

/// Looks for plain scalars that YAML 1.1 tools read differently. If such a scalar is an invalid value, adds a hint to its breach; otherwise, adds a
/// breach. `invalid` maps the path of each invalid value to the index of its breach.
fn add_ambiguous_scalars(
    text: &str,
    node: &Node,
    ancestors: Option<&Ancestors<'_>>,
    invalid: &BTreeMap<Vec<Step>, usize>,
    breaches: &mut Vec<Breach>,
) {
    match node.value() {
        Yaml::List(items) => {
            for (index, item) in items.iter().enumerate() {
                add_ambiguous_scalars(
                    text,
                    item,
                    Some(&Ancestors { above: ancestors, step: Part::Index(index) }),
                    invalid,
                    breaches,
                );
            }
        }
        Yaml::Map(entries) => {
            for entry in entries.iter() {
                let ancestors = Ancestors { above: ancestors, step: Part::Key(&entry.key) };
                if entry.is_key_plain()
                    && let Some(reading) = yaml11(&entry.key)
                {
                    breaches.push(breach::ambiguous(entry.key_span(), path(Some(&ancestors)), &entry.key, reading));
                }
                add_ambiguous_scalars(text, &entry.value, Some(&ancestors), invalid, breaches);
            }
        }
        _ if node.is_plain() && node.defined().is_none() => {
            let written = node.span().slice(text);
            if let Some(reading) = yaml11(written) {
                let path = path(ancestors);
                match invalid.get(&path).and_then(|at| breaches.get_mut(*at)) {
                    // The help already shows the correct form.
                    Some(Breach { form: Some(_), .. }) => {}
                    Some(breach) => breach.help = Some(breach::hint(written, reading, node.value())),
                    None => breaches.push(breach::ambiguous(node.span(), path, written, reading)),
                }
            }
        }
        _ => {}
    }
}
