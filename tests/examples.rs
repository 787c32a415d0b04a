//! In the example catalogue, only the marked lines have findings, and the clean half has none. A bundle for OPA can be built from the catalogue.

use std::{collections::BTreeSet, path::Path};

use crate::common::{code, leaver, out, root};
use serde_json::Value;

type MarkedLines = BTreeSet<(String, usize, String)>;

fn add_marked_lines(folder: &Path, found: &mut MarkedLines) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            add_marked_lines(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let name =
                path.strip_prefix(root()).expect("a path in the folder").to_str().expect("text").replace('\\', "/");
            for (index, line) in std::fs::read_to_string(&path).expect("text").lines().enumerate() {
                if let Some((_, rules)) = line.split_once("# finding:") {
                    found.extend(rules.split(',').map(|rule| (name.clone(), index + 1, rule.trim().to_owned())));
                }
            }
        }
    }
}

fn report() -> Value {
    let output = leaver(&root(), &["check", "examples", "-o", "json"]);
    assert_eq!(code(&output), 1);
    serde_json::from_str(&out(&output)).expect("JSON")
}

#[test]
fn exactly_the_planted_faults_are_found() {
    let mut planted = MarkedLines::new();
    add_marked_lines(&root().join("examples"), &mut planted);
    let report = report();
    let found: MarkedLines = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|finding| {
            let text = |key: &str| finding[key].as_str().expect("text").to_owned();
            let line =
                usize::try_from(finding["region"]["startLine"].as_u64().expect("a number")).expect("a small number");
            (text("file"), line, text("rule"))
        })
        .collect();
    let missed: Vec<_> = planted.difference(&found).collect();
    let noise: Vec<_> = found.difference(&planted).collect();
    assert!(
        missed.is_empty() && noise.is_empty(),
        "marked, but not found: {missed:#?}; found, but not marked: {noise:#?}. Correct the rule, or the example and its mark `# finding: RULE`"
    );
    assert_eq!(report["failures"], Value::Array(Vec::new()));
}

/// Two groups have no example here, because their rules need a trusted commit or reviewers with keys. Each rule also has examples on its page.
#[test]
fn the_examples_have_the_promised_size_and_a_fault_of_every_group() {
    let report = report();
    assert!(report["summary"]["apps"].as_u64().expect("a number") >= 25, "{}", report["summary"]);
    let groups = |list: &str, key: &str| -> BTreeSet<String> {
        let ids = report[list].as_array().expect("a list").iter().filter_map(|one| one[key].as_str());
        ids.filter_map(|id| Some(id.split_once('/')?.0.to_owned())).collect()
    };
    let (found, mut all) = (groups("findings", "rule"), groups("rules", "id"));
    all.retain(|group| group != "trust" && group != "signoff");
    let missing: Vec<_> = all.difference(&found).collect();
    assert!(
        missing.is_empty(),
        "nothing in `examples` is found by these groups: {missing:?}. Add a fault of each to `examples/broken`, marked `# finding: RULE`"
    );
}

#[test]
fn the_clean_examples_have_no_findings() {
    let output = leaver(&root(), &["check", "examples/clean", "--fail-on", "info"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
}

/// Counts the keys of all mappings, after aliases and merge keys are expanded.
fn keys(value: &serde_yaml::Value) -> usize {
    match value {
        serde_yaml::Value::Mapping(map) => map.len() + map.values().map(keys).sum::<usize>(),
        serde_yaml::Value::Sequence(items) => items.iter().map(keys).sum(),
        _ => 0,
    }
}

/// Counts the keys of each app in a folder. Invalid YAML is skipped.
fn sizes(folder: &str) -> Vec<usize> {
    let mut sizes = Vec::new();
    for entry in std::fs::read_dir(root().join("examples").join(folder)).expect("a folder") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("text");
        for document in serde_yaml::Deserializer::from_str(&text) {
            let Ok(mut value) = <serde_yaml::Value as serde::Deserialize>::deserialize(document) else { break };
            value.apply_merge().expect("merge keys");
            if value["kind"] == "App" && value["spec"].is_mapping() {
                sizes.push(keys(&value));
            }
        }
    }
    sizes
}

/// The apps are short, because patterns contain the values that several apps share.
#[test]
fn the_median_app_of_the_examples_has_fewer_than_forty_keys() {
    let median = |mut sizes: Vec<usize>| {
        sizes.sort_unstable();
        sizes[sizes.len() / 2]
    };
    let (clean, broken) = (sizes("clean"), sizes("broken"));
    assert!(clean.len() > 25 && broken.len() > 45, "{} and {}", clean.len(), broken.len());
    assert!(median(clean.clone()) < 40, "clean: {}", median(clean));
    assert!(median([clean.clone(), broken.clone()].concat()) < 40, "all: {}", median([clean, broken].concat()));
}

#[test]
fn nothing_depends_on_threads_or_on_the_order_of_runs() {
    let first = out(&leaver(&root(), &["check", "examples", "-o", "json", "--threads", "1"]));
    for threads in ["1", "2", "8"] {
        assert_eq!(
            out(&leaver(&root(), &["check", "examples", "-o", "json", "--threads", threads])),
            first,
            "{threads}"
        );
    }
}

#[test]
fn the_bundle_is_the_same_every_time_and_contains_every_rule() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bundle.tar.gz");
    let make = || {
        let output = leaver(&root(), &["bundle", "examples/clean", "-o", path.to_str().expect("text")]);
        assert_eq!(code(&output), 0, "{}", crate::common::err(&output));
        std::fs::read(&path).expect("a file")
    };
    let first = make();
    assert_eq!(first, make());
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(first.as_slice()));
    let names: BTreeSet<String> = archive
        .entries()
        .expect("entries")
        .map(|entry| entry.expect("an entry").path().expect("a path").to_string_lossy().into_owned())
        .collect();
    for name in [
        ".manifest",
        "data.json",
        "leaver_report.rego",
        "lib/apps.rego",
        "policies/jit/no-update-owner/rule.rego",
        "policies/acme/no-cost-center/rule.rego",
    ] {
        assert!(names.contains(name), "{name} in {names:?}");
    }
}
