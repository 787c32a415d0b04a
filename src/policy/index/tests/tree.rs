//! Tests that keys and texts are read as in the declaration.

use proptest::prelude::*;

use super::*;
use crate::{
    policy::index::{
        partial::{Partial, Slice},
        texts::lowercase,
        tree::{Keys, Tree},
    },
    source::Yaml,
};

/// Whether a value in the tree is the value of the node.
fn is_same(tree: &Tree<'_>, found: Partial<'_>, node: &crate::source::Node) -> bool {
    match (node.value(), found) {
        (Yaml::Map(entries), Partial::Map(slice)) => {
            entries.len() == slice.len()
                && slice
                    .range()
                    .zip(entries.iter())
                    .all(|(at, entry)| tree.key(at) == &*entry.key && is_same(tree, tree.value(at), &entry.value))
        }
        (Yaml::List(items), Partial::List(slice)) => {
            items.len() == slice.len()
                && slice.range().zip(items.iter()).all(|(at, item)| is_same(tree, tree.value(at), item))
        }
        (Yaml::Text(text), Partial::Text(found)) => &**text == found,
        (Yaml::Int(one), Partial::Int(other)) => *one == other,
        (Yaml::Bool(one), Partial::Bool(other)) => *one == other,
        (Yaml::Float(_), Partial::Number) | (Yaml::Null, Partial::Null) => true,
        _ => false,
    }
}

proptest! {
    /// Rules name only some of the keys, and the hashes of some keys lead to the same slot of `Keys`.
    #[test]
    fn a_tree_finds_the_same_values_as_the_declaration(
        named in proptest::collection::btree_set("[a-c]{0,3}", 0..40),
        used in proptest::collection::btree_set("[a-d]{1,3}", 0..40),
        looked_up in proptest::collection::vec("[a-d]{0,3}", 20),
    ) {
        let fields: Vec<String> = used.iter().enumerate().map(|(at, key)| format!("\"{key}\": [{at}, {{x: {at}}}]")).collect();
        let text = format!("{{outer: {{{}}}, empty: {{}}, list: [], t: yes, f: 1.5, n: null}}\n", fields.join(", "));
        let file = SourceFile::new("a.yaml", text);
        let root = parse(&file, &YamlLimits::default()).documents.remove(0).root;
        let named: Vec<String> = named.into_iter().chain(["outer".to_owned()]).collect();
        let keys = Keys::new(&named);
        let (tree, top) = Tree::new(&root, &keys);
        prop_assert!(is_same(&tree, top, &root));
        let Partial::Map(top) = top else { panic!("a mapping") };
        let Partial::Map(outer) = tree.get_text(top, "outer", &keys) else { panic!("a mapping") };
        let node = root.get("outer").expect("it is there");
        for key in looked_up.iter().chain(&used).chain(&named) {
            let same = |found: Partial<'_>| match node.get(key) {
                Some(value) => is_same(&tree, found, value),
                None => matches!(found, Partial::Undefined),
            };
            prop_assert!(same(tree.get_text(outer, key, &keys)), "{key}");
            if let Some(number) = named.iter().position(|name| name == key) {
                prop_assert!(same(tree.get(outer, u32::try_from(number).expect("few"))), "{key}");
            }
        }
    }

    #[test]
    fn lower_case_is_that_of_the_standard_library(text in "[a-zA-ZÄäßİΣσς€ ]{0,12}", any in ".{0,12}") {
        prop_assert_eq!(lowercase(&text), text.to_lowercase());
        prop_assert_eq!(lowercase(&any), any.to_lowercase());
    }
}

/// Calls with identical arguments share a slot in the cache, so identical values need the same hash.
#[test]
fn identical_values_have_the_same_hash() {
    let texts: Vec<String> = ["", "a", "ab", "aab", "abb", "ä"].map(str::to_owned).to_vec();
    let copies = texts.clone();
    let mut values = vec![Partial::Null, Partial::Undefined, Partial::Bool(true), Partial::Int(3), Partial::Digits(3)];
    for (start, len) in [(0, 0), (0, 3), (3, 0), (3, 2)] {
        let slice = || Slice::new(start, len);
        values.extend([Partial::Map(slice()), Partial::List(slice()), Partial::Array(slice()), Partial::Set(slice())]);
        values.extend([Partial::Unordered(slice()), Partial::Object(slice()), Partial::Rule(start)]);
    }
    let mut all = [values.clone(), values].concat();
    for text in texts.iter().chain(&copies) {
        all.extend([Partial::Text(text), Partial::Cased(text, true), Partial::Cased(text, false)]);
    }
    let mut identical = 0;
    for one in &all {
        for other in all.iter().filter(|other| one.is_identical(**other)) {
            identical += 1;
            assert_eq!(one.hash(), other.hash(), "{one:?} {other:?}");
        }
    }
    assert!(identical > all.len());
}
