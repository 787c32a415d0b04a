//! `--since`: what is found in the catalogue as it was. A declaration that stands in both as it was needs no second judgement by rules that
//! see it alone: with the same declarations to look up, they find the same.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use rayon::prelude::*;

use super::{Gathered, Loaded, Past, Request, assemble, found, load_text, settled::Settled};
use crate::{
    config::Config,
    finding::{Finding, Status},
    model::{Catalogue, Declaration},
    policy::{PolicySet, looked_up_by},
    rule::Scope,
    schema::KINDS,
    source::{display_path, redact},
    triage::{Focus, Known},
};

/// The catalogue as it was, with the configuration and the request that it is judged by.
pub(super) struct Base {
    config: Config,
    request: Request,
    pub(super) gathered: Gathered,
}

/// Reads the catalogue as it was.
pub(super) fn gather(config: &Config, request: &Request, past: &Past, now: &Gathered) -> Base {
    let root = past.root.as_ref().unwrap_or(&config.root).clone();
    let config = Config { root, ..config.clone() };
    let request = Request { today: request.today.clone(), worker: request.worker.clone(), ..Request::default() };
    let still = still(now);
    let load = |file: &(Utf8PathBuf, String)| {
        let same = still.get(display_path(&file.0).as_str()).filter(|(text, _)| *text == file.1);
        same.map_or_else(|| load_text(file, &config), |(_, declarations)| Loaded::again(declarations))
    };
    let loaded = past.files.par_iter().map(|file| Ok(load(file))).collect();
    let mut gathered = assemble(&config, &request, loaded, Focus::default(), Vec::new());
    gathered.weigh(&config, &request);
    Base { config, request, gathered }
}

/// The findings in the catalogue as it was, by the configuration of today's. `now` was judged, but for what is `aside`.
pub(super) fn known(base: Base, now: &Gathered, aside: &Settled) -> Known {
    let Base { config, request, gathered: mut past } = base;
    // With other sign-offs anything may be found.
    let same = past.signoffs == now.signoffs;
    let mut settled = if same { settle(&config.policies, now, &past.catalogue) } else { Settled::default() };
    settled.leave(aside, &now.catalogue, &past.catalogue);
    found(&config, &request, &mut past, None, &settled, &|_, _| {});
    Known::of(&past.findings)
}

/// Path → text and declarations of the files of today that have some: what has the same text needs no second parse. What is said of its shape is never old news.
fn still(now: &Gathered) -> BTreeMap<&str, (&str, Vec<&Declaration>)> {
    let mut files: BTreeMap<&str, (&str, Vec<&Declaration>)> = BTreeMap::new();
    for declaration in now.catalogue.own() {
        let file = &declaration.file;
        files.entry(file.path()).or_insert_with(|| (file.text(), Vec::new())).1.push(declaration);
    }
    files
}

fn settle(policies: &PolicySet, now: &Gathered, past: &Catalogue) -> Settled {
    let (bundled, _) = policies.split();
    let mut indexes = BTreeSet::new();
    let mut names = BTreeSet::new();
    for kind in KINDS {
        if !looked_up_by(&bundled, kind).into_iter().all(|other| same_named(&now.catalogue, past, other)) {
            continue;
        }
        let before = single(past, kind);
        for (name, (_, declaration)) in single(&now.catalogue, kind) {
            // Findings no longer tell a name that looks like a secret.
            if redact(name) != name {
                continue;
            }
            let same = before.get(name).filter(|(_, other)| {
                let divided = !declaration.populations().is_empty() || !other.populations().is_empty();
                !divided && other.root.same_value(&declaration.root)
            });
            if let Some((index, _)) = same {
                indexes.insert(*index);
                names.insert((kind, name));
            }
        }
    }
    let alone = |finding: &Finding| {
        let rule = bundled.rules.get(&finding.rule).filter(|rule| !rule.meta.native);
        rule.is_some_and(|rule| matches!(rule.meta.scope, Scope::Kinds(_)))
    };
    let subject = |finding: &Finding| {
        finding.subject.as_ref().is_some_and(|subject| names.contains(&(subject.kind.as_str(), subject.name.as_str())))
    };
    let findings = now.findings.iter().filter(|finding| alone(finding) && subject(finding));
    // Whether a waiver covers them is another question for the catalogue as it was.
    let findings = findings.map(|finding| Finding { status: Status::Open, ..finding.clone() }).collect();
    Settled { indexes, findings, ..Settled::default() }
}

/// The well-formed declarations of a kind of which no other has the name.
fn single<'a>(catalogue: &'a Catalogue, kind: &str) -> BTreeMap<&'a str, (usize, &'a Declaration)> {
    let mut all: BTreeMap<&str, Vec<(usize, &Declaration)>> = BTreeMap::new();
    for (index, declaration) in catalogue.own().iter().enumerate().filter(|(_, declaration)| declaration.kind == kind) {
        all.entry(&declaration.name).or_default().push((index, declaration));
    }
    let alone = |(name, found): (&'a str, Vec<(usize, &'a Declaration)>)| match found[..] {
        [(index, declaration)] if declaration.well_formed => Some((name, (index, declaration))),
        _ => None,
    };
    all.into_iter().filter_map(alone).collect()
}

/// Whether look-ups by name find the same in both.
fn same_named(one: &Catalogue, other: &Catalogue, kind: &str) -> bool {
    let same = |one: &Declaration, other: &Declaration| {
        one.name == other.name && one.well_formed == other.well_formed && one.root.same_value(&other.root)
    };
    let mut others = other.named().filter(|declaration| declaration.kind == kind);
    let mut all = one.named().filter(|declaration| declaration.kind == kind);
    all.all(|declaration| others.next().is_some_and(|other| same(declaration, other))) && others.next().is_none()
}
