//! leaver parses every style of YAML to values with exact spans. It reports the place of invalid YAML, and never panics.

use leaver::{
    finding::Step,
    source::{Node, SourceFile, Yaml, YamlLimits, parse},
};
use proptest::prelude::*;

fn path(text: &str) -> Vec<Step> {
    text.split('.')
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().map_or_else(|_| Step::Key(part.into()), Step::Index))
        .collect()
}

/// The text at `path` in the first document.
fn text_at(yaml: &str, at: &str) -> String {
    let file = SourceFile::new("t.yaml", yaml);
    let parsed = parse(&file, &YamlLimits::default());
    assert_eq!(parsed.problems, [], "{yaml}");
    parsed.documents.first().expect("a document").root.locate(&path(at)).span.slice(yaml).to_owned()
}

/// The problems of a text: line, column and message.
fn problems(yaml: &str) -> Vec<String> {
    let file = SourceFile::new("t.yaml", yaml);
    parse(&file, &YamlLimits::default())
        .problems
        .iter()
        .map(|problem| {
            let point = file.point(problem.span.start());
            format!("{}:{} {}", point.line, point.column, problem.message)
        })
        .collect()
}

#[test]
fn a_scalar_has_the_place_of_its_value_and_a_collection_that_of_its_key() {
    let yaml = "spec:\n  mode: jit\n  quoted: \"é 𝄞\"\n  flow: {a: 1, b: [x, y]}\n  list:\n    - name: one\n    - name: two\n  empty:\n";
    assert_eq!(text_at(yaml, "spec.mode"), "jit");
    assert_eq!(text_at(yaml, "spec.quoted"), "\"é 𝄞\"");
    assert_eq!(text_at(yaml, "spec.flow"), "flow");
    assert_eq!(text_at(yaml, "spec.flow.b.1"), "y");
    assert_eq!(text_at(yaml, "spec.list.1"), "name");
    assert_eq!(text_at(yaml, "spec.list.1.name"), "two");
    assert_eq!(text_at(yaml, "spec.empty"), "empty");
    assert_eq!(text_at(yaml, ""), "spec");
}

#[test]
fn a_missing_key_points_at_its_nearest_parent() {
    let yaml = "metadata: {name: x}\nspec:\n  lifecycle:\n    update: {via: jit}\n";
    assert_eq!(text_at(yaml, "spec.lifecycle.update.owner"), "update");
    assert_eq!(text_at(yaml, "spec.lifecycle.review.owner"), "lifecycle");
    assert_eq!(text_at(yaml, "spec.roles.0.owner"), "spec");
    assert_eq!(text_at(yaml, "nothing.here"), "metadata");
}

#[test]
fn line_ends_tabs_and_byte_order_marks_do_not_change_places() {
    for end in ["\n", "\r\n"] {
        let yaml = format!(
            "# é{end}a: \"x\ty\"{end}b: 2 # tail{end}c: |{end}  one{end}  two{end}{end}d: >-{end}  folded{end}{end}"
        );
        assert_eq!(text_at(&yaml, "a"), "\"x\ty\"");
        assert_eq!(text_at(&yaml, "b"), "2");
        assert_eq!(text_at(&yaml, "c"), format!("one{end}  two"));
        assert_eq!(text_at(&yaml, "d"), "folded");
    }
    let marked = "\u{feff}a: 1\nb: 2\n";
    assert_eq!(text_at(marked, "b"), "2");
    assert_eq!(text_at("%YAML 1.2\n---\na: 1\n...\n", "a"), "1");
}

#[test]
fn aliases_and_merge_keys_point_at_the_use() {
    let yaml =
        "base: &base {via: scim, owner: it}\nupdate: *base\nmore:\n  <<: *base\n  owner: sales\nlist: [&x one, *x]\n";
    assert_eq!(text_at(yaml, "update.owner"), "*base");
    assert_eq!(text_at(yaml, "more.via"), "*base");
    assert_eq!(text_at(yaml, "more.owner"), "sales", "an explicit key takes precedence over a merged one");
    assert_eq!(text_at(yaml, "list.1"), "*x");
    let file = SourceFile::new("t.yaml", yaml);
    let parsed = parse(&file, &YamlLimits::default());
    let located = parsed.documents.first().expect("a document").root.locate(&path("update.owner"));
    assert_eq!(located.defined.expect("the value comes from an alias").slice(yaml), "it");
    let merged = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], z: 3}\n";
    let value = |key: &str| {
        let file = SourceFile::new("t.yaml", merged);
        let root = parse(&file, &YamlLimits::default()).documents.remove(0).root;
        root.get("c").and_then(|node| node.get(key)).map(|node| node.value().clone())
    };
    assert_eq!((value("x"), value("y"), value("z")), (Some(Yaml::Int(1)), Some(Yaml::Int(1)), Some(Yaml::Int(3))));
}

#[test]
fn documents_are_separated_and_a_broken_one_does_not_hide_the_next() {
    let yaml = "a: 1\n---\nb: [1\n---\nc: 3\n";
    let file = SourceFile::new("t.yaml", yaml);
    let parsed = parse(&file, &YamlLimits::default());
    assert_eq!(parsed.problems.len(), 1);
    let found: Vec<(usize, Vec<String>)> = parsed
        .documents
        .iter()
        .map(|document| (document.index, document.root.entries().iter().map(|entry| entry.key.to_string()).collect()))
        .collect();
    assert_eq!(found, [(0, vec!["a".to_owned()]), (2, vec!["c".to_owned()])]);
}

#[test]
fn faults_have_a_place() {
    for (yaml, expected_text) in [
        ("a: 1\na: 2\n", "2:1 key `a` is written twice"),
        ("\"a\": 1\n\"\\x61\": 2\n", "2:1 key `a` is written twice"),
        ("a: *b\n", "1:4 not valid YAML: "),
        ("a: &x [*x]\n", "1:8 this alias is inside the value that it refers to"),
        ("a: !Ref b\n", "1:4 unknown tag `!Ref`"),
        ("a: !!python/object b\n", "1:4 unknown tag"),
        ("a: .inf\n", "1:4 `.inf` is not a finite number"),
        ("a: 99999999999999999999\n", "1:4 `99999999999999999999` does not fit in 64 bits"),
        ("a: \u{1b}[31m\n", "1:4 control character U+001B is not allowed in YAML"),
        ("a: \u{0}\n", "1:4 control character U+0000"),
        ("? [x]\n: 1\n", "1:3 a key must be a single word"),
        ("a:\n  <<: 3\n", "2:7 the merge key `<<` needs a mapping"),
        ("a:\n  <<: [{b: 1}, 3]\n", "2:7 the merge key `<<` needs a mapping"),
        ("a: !<b> c\n", "1:4 unknown tag"),
        ("a: \"x\n", ": not valid YAML"),
        ("a:\n\tb: 1\n", "2:2 not valid YAML: a tab in the indentation"),
    ] {
        let found = problems(yaml);
        assert!(
            found.first().is_some_and(|problem| problem.contains(expected_text.trim_start_matches(": "))),
            "{yaml:?}: {found:?}"
        );
    }
}

#[test]
fn the_span_of_a_collection_ends_with_its_last_value() {
    let yaml = "a: [x,\n  y ]\nb:\n  - z\n\n# more\nc:\n  k: v\n\n\nd: {l: w }\n";
    let file = SourceFile::new("t.yaml", yaml);
    let parsed = parse(&file, &YamlLimits::default());
    let root = &parsed.documents.first().expect("a document").root;
    let spans: Vec<&str> = root.entries().iter().map(|entry| entry.value.span().slice(yaml)).collect();
    assert_eq!(spans, ["[x,\n  y ]", "- z", "k: v", "{l: w }"]);
}

#[test]
fn core_tags_are_accepted_and_spans_contain_whole_characters() {
    assert_eq!(problems("a: !!seq [x]\nb: !!map {k: v}\nc: !!str 1\nd: ! e\n"), [""; 0]);
    assert_eq!(problems("a: !!map [x]\n").len(), 1);
    let yaml = "é: \u{9f}\n";
    let problem = parse(&SourceFile::new("t.yaml", yaml), &YamlLimits::default()).problems;
    assert_eq!(problem.first().map(|problem| problem.span.slice(yaml)), Some("\u{9f}"));
}

#[test]
fn parse_errors_suggest_common_causes() {
    let help = |yaml: &str| {
        let file = SourceFile::new("t.yaml", yaml);
        parse(&file, &YamlLimits::default()).problems.into_iter().find_map(|problem| problem.help).unwrap_or_default()
    };
    assert!(help("a:\n\tb: 1\n").contains("no tabs"), "{}", help("a:\n\tb: 1\n"));
    assert!(help("a: 1\n<<<<<<< ours\nb: 2\n=======\nb: 3\n>>>>>>> theirs\n").contains("merge conflict"));
    assert!(help("a: {{ .Values.x }}\n- b\n").contains("template"), "{}", help("a: {{ .Values.x }}\n- b\n"));
}

#[test]
fn a_value_at_a_limit_is_accepted_and_one_above_is_not() {
    let nested = |depth: usize| format!("{}1{}\n", "[".repeat(depth), "]".repeat(depth));
    let limits = YamlLimits { documents: 3, depth: 8, nodes: 50, aliases: 4 };
    let count = |yaml: &str| parse(&SourceFile::new("t.yaml", yaml), &limits).problems.len();
    assert_eq!((count(&nested(8)), count(&nested(9))), (0, 1));
    assert_eq!((count("---\n1\n---\n2\n---\n3\n"), count("---\n1\n---\n2\n---\n3\n---\n4\n")), (0, 1));
    let list = |items: usize| format!("[{}]\n", vec!["1"; items].join(","));
    assert_eq!((count(&list(49)), count(&list(50))), (0, 1));
    let aliases = |number: usize| format!("a: &a 1\nb: [{}]\n", vec!["*a"; number].join(","));
    assert_eq!((count(&aliases(4)), count(&aliases(5))), (0, 1));
    let deep_alias = "a: &a [[[[1]]]]\nb: [[[*a]]]\n";
    assert_eq!(count(deep_alias), 0);
    assert_eq!(count("a: &a [[[[1]]]]\nb: [[[[*a]]]]\n"), 1);
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let uses = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{uses}]\n"));
    }
    let found = problems(&bomb);
    assert!(found.iter().any(|problem| problem.contains("once its aliases are expanded")), "{found:?}");
}

/// Checks that every span of a tree is in the text, on character boundaries.
fn assert_spans_fit(node: &Node, text: &str) {
    let fits =
        |span: leaver::source::Span| assert!(text.get(span.start()..span.end()).is_some(), "{span:?} in {text:?}");
    fits(node.span());
    node.defined().map(fits);
    match node.value() {
        Yaml::List(items) => items.iter().for_each(|item| assert_spans_fit(item, text)),
        Yaml::Map(entries) => entries.iter().for_each(|entry| {
            fits(entry.key_span());
            assert_spans_fit(&entry.value, text);
        }),
        _ => {}
    }
}

#[test]
fn the_examples_mean_the_same_to_another_parser() {
    let mut compared = 0;
    for folder in ["", "clean", "broken"] {
        for entry in std::fs::read_dir(crate::common::root().join("examples").join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let text = std::fs::read_to_string(path).expect("text");
            let file = SourceFile::new("t.yaml", text.as_str());
            let parsed = parse(&file, &YamlLimits::default());
            if !parsed.problems.is_empty() {
                continue;
            }
            for (document, other) in parsed.documents.iter().zip(serde_yaml::Deserializer::from_str(&text)) {
                let mut other = <serde_yaml::Value as serde::Deserialize>::deserialize(other).expect("YAML");
                other.apply_merge().expect("merge keys");
                assert_eq!(serde_json::Value::from(&document.root), serde_json::to_value(other).expect("JSON"));
                assert_spans_fit(&document.root, &text);
                compared += 1;
            }
        }
    }
    assert!(compared > 25, "{compared}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_causes_a_panic_and_every_span_fits(text in "[a-c:{}\\[\\],&*<|>?!\"'#\\-\\n\\r\\t é𝄞0-9.%@`~\u{85}\u{feff}]{0,60}") {
        let file = SourceFile::new("t.yaml", text.as_str());
        let parsed = parse(&file, &YamlLimits::default());
        for document in &parsed.documents {
            assert_spans_fit(&document.root, &text);
        }
        for problem in &parsed.problems {
            prop_assert!(text.get(problem.span.start()..problem.span.end()).is_some(), "{problem:?} in {text:?}");
            let point = file.point(problem.span.start());
            prop_assert!(point.line >= 1 && point.column >= 1);
        }
    }

    #[test]
    fn any_value_written_by_serde_yaml_is_read_back(value in json()) {
        let text = serde_yaml::to_string(&value).expect("it can be written");
        let file = SourceFile::new("t.yaml", text.as_str());
        let parsed = parse(&file, &YamlLimits::default());
        prop_assert_eq!(&parsed.problems, &[], "{}", text);
        let read = parsed.documents.first().map(|document| serde_json::Value::from(&document.root)).unwrap_or_default();
        prop_assert_eq!(read, value, "{}", text);
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        "[a-zé𝄞 :#\\-0-9.]{0,12}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            proptest::collection::btree_map("[a-z]{1,6}", inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}
