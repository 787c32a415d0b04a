//! The benchmarks are a separate workspace, which `cargo test` does not compile. This file compiles three of their modules with the tests, and tests
//! the catalogues that the benchmarks measure.

#![allow(clippy::pedantic, clippy::print_stdout, clippy::float_cmp, reason = "the benchmarks print tables")]

use std::{collections::BTreeMap, sync::Arc};

use leaver::{
    model::{Declaration, apply_patterns},
    schema::{Declared, declare},
    source::{SourceFile, YamlLimits, parse},
};
use serde_json::Value;

use crate::generated::make;

#[allow(dead_code, reason = "the benchmark runs it")]
#[path = "../benches/catalogue/growth.rs"]
mod growth;
#[path = "../benches/catalogue/patterns.rs"]
mod patterns;
#[allow(dead_code, reason = "the benchmark runs it")]
#[path = "../benches/catalogue/steps.rs"]
mod steps;

#[allow(dead_code, reason = "the benchmark uses it")]
const PROFILE: &str = make::DEFAULT.profile;

/// The effective declarations by kind and name, without the patterns.
fn effective(form: patterns::Form) -> (usize, BTreeMap<(String, String), Value>) {
    let mut all: Vec<Declaration> = Vec::new();
    for document in patterns::documents(200, form) {
        let file = Arc::new(SourceFile::new("a.yaml", serde_yaml::to_string(&document).expect("YAML")));
        let parsed = parse(&file, &YamlLimits::default()).documents.remove(0);
        match declare(&file, parsed) {
            Declared::Declaration(declaration, breaches) if breaches.is_empty() => all.push(*declaration),
            _ => panic!("{document} is invalid"),
        }
    }
    assert!(apply_patterns(&mut all).is_empty(), "{} has faults", form.name());
    let inheriting = all.iter().filter(|one| one.kind == "App" && one.inherited.is_some()).count();
    let all = all.into_iter().filter(|one| one.kind != "Pattern");
    (inheriting, all.map(|one| ((one.kind.clone(), one.name.clone()), one.content())).collect())
}

#[test]
fn the_measured_catalogue_has_the_same_values_with_and_without_patterns() {
    let (inheriting, with) = effective(patterns::Form::Patterns);
    let (none, without) = effective(patterns::Form::Whole);
    assert_eq!((inheriting, none), (180, 0), "nine apps in ten");
    assert_eq!(with.keys().collect::<Vec<_>>(), without.keys().collect::<Vec<_>>());
    for (name, value) in &with {
        assert_eq!(Some(value), without.get(name), "{name:?}");
    }
}
