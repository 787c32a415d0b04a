//! Tests of effective declarations.

use super::*;
use crate::{
    finding::Step,
    source::{SourceFile, YamlLimits, parse},
};

/// Parses files from their names and texts.
pub(in crate::model) fn declarations(files: &[(&str, &str)]) -> Vec<Declaration> {
    let mut all = Vec::new();
    for (path, text) in files {
        let file = Arc::new(SourceFile::new(*path, *text));
        for document in parse(&file, &YamlLimits::default()).documents {
            let word = |keys: &[&str]| {
                let node = keys.iter().try_fold(&document.root, |node, key| node.get(key));
                node.and_then(Node::text).unwrap_or_default().to_owned()
            };
            all.push(Declaration {
                kind: word(&["kind"]),
                name: word(&["metadata", "name"]),
                file: Arc::clone(&file),
                document: document.index,
                well_formed: true,
                root: Arc::new(document.root),
                inherited: None,
            });
        }
    }
    all
}

fn spec(declaration: &Declaration) -> serde_json::Value {
    declaration.root.get("spec").map(serde_json::Value::from).unwrap_or_default()
}

fn path(text: &str) -> Vec<Step> {
    text.split('.').map(|part| part.parse().map_or_else(|_| Step::Key(part.into()), Step::Index)).collect()
}

#[test]
fn an_app_inherits_the_spec_of_a_pattern_but_not_its_metadata() {
    let mut all = declarations(&[(
        "a.yaml",
        "kind: App\nmetadata: {name: miro}\nspec:\n  pattern: scim\n  a: {x: 1, gone: null}\n  list: [1]\n---\n\
         kind: Pattern\nmetadata: {name: scim, owner: identity, labels: {a: b}}\n\
         spec: {a: {x: 0, y: 2, gone: 3, none: null}, list: [2, {kept: null}], other: [{kept: null}], never: null}\n",
    )]);
    assert_eq!(apply_patterns(&mut all), []);
    assert_eq!(
        spec(&all[0]),
        serde_json::json!({"pattern": "scim", "a": {"x": 1, "y": 2}, "list": [1], "other": [{"kept": null}]})
    );
    assert_eq!(all[0].root.get("metadata").map(serde_json::Value::from), Some(serde_json::json!({"name": "miro"})));
    assert_eq!(all[0].written().get("spec").and_then(|spec| spec.get("other")), None);
    assert_eq!(all[0].content().pointer("/spec/pattern"), None);
    // Applying patterns again changes nothing.
    let before = Arc::clone(&all[0].root);
    assert_eq!(apply_patterns(&mut all), []);
    assert!(before.same_value(&all[0].root));
}

#[test]
fn chains_are_merged_in_any_order_of_files() {
    let files = [
        ("a.yaml", "kind: App\nmetadata: {name: miro}\nspec: {pattern: near, a: 1}"),
        ("b.yaml", "kind: Pattern\nmetadata: {name: near}\nspec: {pattern: far, a: 2, b: 2, d: null}"),
        ("c.yaml", "kind: Pattern\nmetadata: {name: far}\nspec: {a: 3, b: 3, c: 3, d: 3}"),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]] {
        let mut all = declarations(&order.map(|at| files[at]));
        assert_eq!(apply_patterns(&mut all), []);
        let app = all.iter().find(|declaration| declaration.kind == "App").expect("it is there");
        assert_eq!(spec(app), serde_json::json!({"pattern": "near", "a": 1, "b": 2, "c": 3}));
        let file = |key: &str| app.resolve(&path(key)).place.file.path().to_owned();
        assert_eq!([file("spec.a"), file("spec.b"), file("spec.c")], ["a.yaml", "b.yaml", "c.yaml"]);
    }
}

#[test]
fn each_value_is_shown_where_it_is_written() {
    let app = "kind: App\r\nmetadata: {name: miro}\r\nspec:\r\n  pattern: scim\r\n  life: {end: {owner: me}}\r\n";
    let pattern = "# other documents\nkind: Team\nmetadata: {name: t}\n---\nkind: Pattern\nmetadata: {name: scim}\nspec:\n  \
                   first: &first {owner: you, via: scim}\n  second: *first\n  life: {end: {sla: 3}, start: {owner: us}}\n";
    let mut all = declarations(&[("app.yaml", app), ("patterns.yaml", pattern)]);
    assert_eq!(apply_patterns(&mut all), []);
    let cases = [
        // Columns: path, exists, file, text, and file and text of the other place.
        ("spec.life.end.owner", true, "app.yaml", "me", None),
        ("spec.life.end.sla", true, "patterns.yaml", "3", Some(("app.yaml", "scim"))),
        ("spec.life.start", true, "patterns.yaml", "start", Some(("app.yaml", "scim"))),
        ("spec.second.owner", true, "patterns.yaml", "*first", Some(("app.yaml", "scim"))),
        ("spec.life.end.via", false, "app.yaml", "end", None),
        ("spec.life.start.sla", false, "app.yaml", "scim", Some(("patterns.yaml", "start"))),
        ("spec.first.sla.deep", false, "app.yaml", "scim", Some(("patterns.yaml", "first"))),
        ("spec.tier", false, "app.yaml", "spec", None),
        ("metadata.owner", false, "app.yaml", "metadata", None),
    ];
    for (at, exists, file, text, other) in cases {
        let resolved = all[0].resolve(&path(at));
        assert_eq!(resolved.exists, exists, "{at}");
        assert_eq!(
            (resolved.place.file.path(), resolved.place.span.slice(resolved.place.file.text())),
            (file, text),
            "{at}"
        );
        let found = resolved.other.as_ref().map(|place| (place.file.path(), place.span.slice(place.file.text())));
        assert_eq!(found, other, "{at}");
    }
    let defined = all[0].resolve(&path("spec.second.owner")).defined.expect("an alias");
    assert_eq!(defined.span.slice(pattern), "you");
}

#[test]
fn a_declaration_that_cannot_be_merged_is_reported_once_and_not_evaluated() {
    // Columns: text, faults, and declarations that are not evaluated.
    let cases = [
        ("kind: App\nspec: {pattern: no}", vec![(0, FaultKind::UnknownPattern("no".into()))], vec![0]),
        (
            "kind: App\nspec: {pattern: a}\n---\nkind: Pattern\nmetadata: {name: a}\nspec: {pattern: no}",
            vec![(1, FaultKind::UnknownPattern("no".into()))],
            vec![0, 1],
        ),
        ("kind: Pattern\nmetadata: {name: a}\nspec: {pattern: a}", vec![(0, FaultKind::Cycle(vec![]))], vec![0]),
        (
            "kind: App\nspec: {pattern: a}\n---\nkind: Pattern\nmetadata: {name: a}\nspec: {pattern: b}\n---\nkind: Pattern\nmetadata: {name: b}\nspec: {pattern: a}",
            vec![(1, FaultKind::Cycle(vec![2])), (2, FaultKind::Cycle(vec![1]))],
            vec![0, 1, 2],
        ),
        // A System is not a pattern and cannot use one.
        (
            "kind: App\nspec: {pattern: okta}\n---\nkind: System\nmetadata: {name: okta}\nspec: {pattern: okta}",
            vec![(0, FaultKind::UnknownPattern("okta".into()))],
            vec![0],
        ),
        ("kind: App\nspec: {pattern: null}\n---\nkind: App\nspec: {pattern: [a]}", vec![], vec![]),
    ];
    for (text, faults, unevaluated) in cases {
        let mut all = declarations(&[("a.yaml", text)]);
        let found = apply_patterns(&mut all);
        let want: Vec<Fault> = faults
            .iter()
            .map(|(declaration, kind)| Fault { declaration: *declaration, path: pattern_path(), kind: kind.clone() })
            .collect();
        assert_eq!(found, want, "{text}");
        let left: Vec<usize> = (0..all.len()).filter(|at| !all[*at].well_formed).collect();
        assert_eq!(left, unevaluated, "{text}");
    }
}

#[test]
fn a_chain_that_is_too_long_is_reported_at_the_first_pattern_above_the_limit() {
    let mut text = String::from("kind: Pattern\nmetadata: {name: p0}\nspec: {a: 1}\n");
    for at in 1..12 {
        text.push_str(&format!("---\nkind: Pattern\nmetadata: {{name: p{at}}}\nspec: {{pattern: p{}}}\n", at - 1));
    }
    text.push_str("---\nkind: App\nspec: {pattern: p7}\n---\nkind: App\nspec: {pattern: p8}\n");
    let mut all = declarations(&[("a.yaml", &text)]);
    let found = apply_patterns(&mut all);
    let fault = |declaration| Fault { declaration, path: pattern_path(), kind: FaultKind::ChainTooLong };
    assert_eq!(found, [fault(9), fault(13)]);
    assert!(all[12].well_formed && spec(&all[12])["a"] == 1);
    assert!(!all[13].well_formed && all[8].well_formed && !all[10].well_formed);
}

#[test]
fn inherited_values_are_limited_before_they_take_memory() {
    let list = "x,".repeat(20_000);
    let mut text = format!("kind: Pattern\nmetadata: {{name: p}}\nspec: {{a: [{list}]}}\n");
    for _ in 0..200 {
        text.push_str("---\nkind: App\nspec: {pattern: p}\n");
    }
    let mut all = declarations(&[("a.yaml", &text)]);
    let found = apply_patterns(&mut all);
    assert!(found.len() > 150 && found.iter().all(|fault| fault.kind == FaultKind::TooManyValues), "{}", found.len());
    assert!(all[1].well_formed && !all[200].well_formed);
}

#[test]
fn apps_with_an_invalid_pattern_are_not_evaluated() {
    let mut all =
        declarations(&[("a.yaml", "kind: App\nspec: {pattern: p}\n---\nkind: Pattern\nmetadata: {name: p}\nspec: {}")]);
    all[1].well_formed = false;
    assert_eq!(apply_patterns(&mut all), []);
    assert!(!all[0].well_formed);
    // The app itself is valid, so it is evaluated as soon as the pattern is valid.
    all[1].well_formed = true;
    assert_eq!(apply_patterns(&mut all), []);
    assert!(all[0].well_formed);
}
