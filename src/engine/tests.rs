//! Tests the assumptions behind the keys of the memo.

use super::digest::value_digest;
use crate::{
    policy::PolicySet,
    source::{SourceFile, YamlLimits, parse},
};

/// The only rule that reads the names of other vendors, and only for a declaration with an unknown vendor.
const UNKNOWN: &str = "policies/catalogue/unknown-vendor/rule.rego";

/// The key of a verdict covers the facts on vendors that the configuration adds. It covers the names of other declarations' vendors only if the
/// vendor of the evaluated declaration is unknown.
#[test]
fn bundled_rules_see_only_facts_on_the_vendor_of_their_own_declaration() {
    let set = PolicySet::bundled().expect("the bundled rules");
    let modules = set.libraries.iter().chain(set.rules.values().map(|rule| &rule.module));
    let mut uses = 0;
    for module in modules.filter(|module| module.file.text().contains("data.leaver.vendors")) {
        for rest in module.file.text().split("data.leaver.vendors").skip(1) {
            let own = rest.starts_with("[lower(input.metadata.vendor)]") || rest.starts_with("[row[\"is\"]]");
            let own = own || module.file.path().ends_with(UNKNOWN);
            assert!(own, "{}: data.leaver.vendors{}", module.file.path(), rest.lines().next().unwrap_or_default());
            uses += 1;
        }
    }
    assert!(uses > 0);
}

/// The parts of `data.leaver` that the key covers.
const KEY_PARTS: [&str; 10] =
    ["builtin", "catalogue", "lookup", "observations", "params", "rules", "signoffs", "snapshots", "today", "vendors"];

/// The part of `data.leaver` that the key does not cover, and the only library that may read it. Only rules on the whole catalogue use the library,
/// and the memo does not keep their verdicts.
const NOT_IN_KEY: (&str, &str) = ("invalid", "undeclared.rego");

/// The key covers every part of `data.leaver` that bundled rules read, except `NOT_IN_KEY`.
#[test]
fn bundled_rules_see_nothing_that_is_not_part_of_the_key() {
    let set = PolicySet::bundled().expect("the bundled rules");
    let modules = set.libraries.iter().chain(set.rules.values().map(|rule| &rule.module));
    for module in modules {
        for rest in module.file.text().split("data.leaver").skip(1) {
            let key = rest.strip_prefix('.').unwrap_or_default();
            let key: String = key.chars().take_while(char::is_ascii_alphanumeric).collect();
            let is_kept = KEY_PARTS.contains(&key.as_str());
            let on_catalogue = key == NOT_IN_KEY.0 && module.file.path().ends_with(NOT_IN_KEY.1);
            assert!(is_kept || on_catalogue, "{}: data.leaver.{key}", module.file.path());
        }
    }
}

#[test]
fn values_have_the_same_digest_exactly_if_rules_cannot_distinguish_them() {
    let digest = |text: &str| {
        let file = SourceFile::new("t.yaml", text);
        value_digest(&parse(&file, &YamlLimits::default()).documents.remove(0).root)
    };
    for (left, right) in [
        ("a: [1, {b: x}]\n", "# moved\n\"a\":\n  - 1\n  - b: 'x'\n"),
        ("x: &x {a: 1}\ny: *x\n", "x: {a: 1}\ny: {a: 1}\n"),
    ] {
        assert_eq!(digest(left), digest(right), "{left} {right}");
    }
    let different = [
        "a: 1",
        "a: '1'",
        "a: 1.0",
        "a: 1.5",
        "a: true",
        "a: 'true'",
        "a: null",
        "a: ''",
        "a: []",
        "a: {}",
        "a: [[]]",
        "a: [null]",
        "a: ab",
        "ab: a",
        "a: [a, b]",
        "a: [ab]",
        "a: {b: c}",
        "a: [b, c]",
        "{a: b, c: d}",
        "{a: {b: c}, d: e}",
        "{a: {b: c, d: e}}",
    ];
    for (at, one) in different.iter().enumerate() {
        for other in &different[at + 1..] {
            assert_ne!(digest(one), digest(other), "{one} {other}");
        }
    }
}
