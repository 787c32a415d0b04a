//! Tests that collections are compared and counted, and that cheap conditions come first.

use super::*;

/// For each spec, whether the rule may apply in the virtual machine.
fn by_machine(body: &str, specs: &[&str]) -> Vec<bool> {
    query_index(body, specs).into_iter().map(|(machine, _)| machine).collect()
}

#[test]
fn collections_are_compared() {
    let specs = [
        "{}",
        "{list: [a, b]}",
        "{list: [b, a], roles: {}}",
        "{list: [a, b, c], roles: {a: 1, b: [2, {c: null}], d: {}}}",
        "{list: {a: b}, roles: {a: 1, b: [2, {c: false}], d: {}}}",
    ];
    let (no, yes) = (false, true);
    for (conditions, expected) in [
        ("input.spec.list == [\"a\", \"b\"]", [no, yes, no, no, no]),
        ("not input.spec.list == [\"a\", \"b\"]", [yes, no, yes, yes, yes]),
        ("input.spec.list != [\"a\", \"b\"]", [no, no, yes, yes, yes]),
        ("input.spec.list == {\"a\": \"b\"}", [no, no, no, no, yes]),
        ("[\"b\", \"a\"] in [[1], input.spec.list]", [no, no, yes, no, no]),
        ("input.spec.roles == {\"d\": {}, \"b\": [2, {\"c\": null}], \"a\": 1}", [no, no, no, yes, no]),
        ("input.spec.roles == {\"b\": [2, {\"c\": null}], \"a\": 1}", [no; 5]),
        ("input.spec.roles == {}", [no, no, yes, no, no]),
        ("[input.spec.list, 1] == [[\"a\", \"b\"], 1]", [no, yes, no, no, no]),
        ("input.spec.list == data.leaver.params[\"acme/x\"].names", [no, yes, no, no, no]),
        ("input.spec.list != data.leaver.params[\"acme/x\"].names", [no, no, yes, yes, yes]),
        ("object.get(input.spec, \"list\", null) != data.leaver.params[\"acme/x\"].names", [yes, no, yes, yes, yes]),
        ("count({x | some x in input.spec.list}) == 2", [no, yes, yes, no, no]),
        ("count([x | some x in input.spec.list]) > 2", [no, no, no, yes, no]),
        ("count([1 | some x in input.spec.list]) * 2 == 4", [no, yes, yes, no, no]),
        // In the last spec, `list` is a mapping. The index does not know whether this mapping has the key 0.
        ("count(_pairs) == 3", [no, no, no, yes, yes]),
        ("count(_pairs) < 2", [yes, no, no, no, yes]),
        ("count(_named) == 3", [no, no, no, yes, no]),
        ("count({x | some x in input.spec.list} | {\"a\"}) == 3", [no, no, no, yes, no]),
        ("count([1 | some x in input.spec.list]) - 1 == 1", [no, yes, yes, no, no]),
    ] {
        let helpers = "_pairs contains [x, {\"of\": x}] if some x in input.spec.list\n\n_pairs contains [x, {\"of\": x}] if some x in [input.spec.list[0]]\n\n_named[x] := 1 if some x in input.spec.list";
        let body = format!("{helpers}\n\n{FOUND} if {{ {conditions} }}");
        assert_eq!(by_machine(&body, &specs), expected, "{conditions}");
    }
}

/// The engine compares numbers by value, and sets regardless of order. Values that the index does not know may be equal.
#[test]
fn values_that_may_be_equal_are_not_different() {
    let specs = ["{}", "{list: [1.0, 2], roles: {a: 1.0}}", "{list: [1, 2], roles: {a: 1}}", "{list: [{a: [1.0]}]}"];
    for conditions in [
        "input.spec.list == [1, 2]",
        "input.spec.list != [1, 2]",
        "not input.spec.list == [1, 2]",
        "not input.spec.list != [1, 2.0]",
        "input.spec.roles == {\"a\": 1}",
        "input.spec.roles != {\"a\": 1}",
        "input.spec.list == [{\"a\": [1]}]",
        "{x | some x in input.spec.list} == {2, 1}",
        "{x | some x in input.spec.list} != {2, 1}",
        "not {input.spec.list[0], 2} == {2, 1}",
        "not [{2, input.spec.list[0]}] == [{1, 2}]",
        "count({x | some x in input.spec.list} | {1}) == 2",
        "count({x | some x in input.spec.list} | {1}) == 3",
        "count({input.spec.list[0], 1}) == 1",
        "count({[input.spec.list[0]], [1]}) == 1",
        "count([1 | some x in input.spec.list; x == 1]) == 0",
        "count({{x: 1} | some x in input.spec.list}) == 2",
        "object.union({\"a\": 1}, {\"b\": 2}) == {\"b\": 2, \"a\": 1}",
        "[x | some _, x in {\"b\": 1, \"a\": 2}] == [2, 1]",
        "input.spec.list == [x | some x in [1, 2]]",
    ] {
        // `1.0` is a decimal number in the tree of a declaration, but an integer in its value, so the index may answer differently for the two.
        // It must hide no finding.
        let answers = try_index(&format!("{FOUND} if {{ {conditions} }}"), &specs, Duration::MAX);
        let hidden = answers.unwrap_or_else(|| panic!("{conditions} does not load")).err();
        assert_eq!(hidden, None, "{conditions}");
    }
}

/// Returns two costs of a rule on a declaration: in the order of the rule, and with cheap conditions first.
fn costs(body: &str, spec: &str) -> (usize, usize) {
    let set = set(body);
    let rule = set.rules.values().next().expect("a rule");
    let (index, sorted) = (derive_index(&set, &[rule]), derive_sorted_index(&set, &[rule]));
    let (all, data) = (catalogue(&[spec]), data());
    let cost = |index: &Index| {
        let root = index.roots.get("acme/x").copied();
        Applicable::new(index, &data, false).costs(&all.own()[0].root, &[root])[0]
    };
    (cost(&index), cost(&sorted))
}

#[test]
fn cheap_conditions_come_first() {
    let spec = "{list: [a, b, c, d, e], tier: 2}";
    for conditions in [
        "some x in input.spec.list; _is(x); input.spec.tier == 9",
        "some x in input.spec.list; input.spec.mode",
        "_is(\"f\"); not input.spec.tier",
        "tier := input.spec.tier; count({x | some x in input.spec.list; _is(x)}) > 0; tier > 2",
        "some x in input.spec.list; y := concat(\"\", [x, x]); x == \"z\"",
        "regex.match(`a`, input.spec.list[0]); input.spec.mode == \"jit\"",
    ] {
        let helper = "_is(x) if { some y in input.spec.list; some z in input.spec.list; y == z; x == y }";
        let (source, sorted) = costs(&format!("{helper}\n\n{FOUND} if {{ {conditions} }}"), spec);
        assert!(sorted < source, "{conditions}: {sorted}, {source} in the order of the rule");
    }
    // Expensive conditions keep their order, because a rule may test the first condition in order to avoid the second.
    let helpers = "_few := [x | some x in input.spec.list; x == \"z\"]\n\n_many := [[x, y] | some x in input.spec.list; some y in input.spec.list]";
    let (source, sorted) = costs(&format!("{helpers}\n\n{FOUND} if {{ count(_few) > 0; count(_many) > 0 }}"), spec);
    assert!(sorted <= source, "{sorted}, {source}");
}

/// A condition stays after the conditions that assign its variables.
#[test]
fn sorted_conditions_have_their_variables() {
    for conditions in [
        "some x in input.spec.list; y := [x, input.spec.tier]; y[1] == 2; x == \"b\"",
        "[a, b] := [input.spec.tier, input.spec.list]; some c in b; a == 2; c == \"b\"",
        "some at, x in input.spec.list; some y in input.spec.list; x < y; at > 0",
        "x := count([y | some y in input.spec.list; y != \"a\"]); x == 2",
    ] {
        let found = by_machine(&format!("{FOUND} if {{ {conditions} }}"), &["{list: [a, b, c], tier: 2}"]);
        assert_eq!(found, [true], "{conditions}");
    }
}

/// Nested comprehensions do not multiply the work of sorting.
#[test]
fn sorting_is_proportional_to_the_text_of_a_rule() {
    let nested = (0..32).fold("[1]".to_owned(), |inner, n| format!("[x{n} | some x{n} in {inner}]"));
    let text = format!("{HEAD}{FOUND} if {{ count({nested}) == 1; input.spec.tier == 2 }}\n");
    let mut index = derive([("x", text.as_str())], [("acme/x", ["policies", "acme", "x"].map(str::to_owned).to_vec())]);
    sort(&mut index);
    let root = index.roots.get("acme/x").copied();
    assert!(root.is_some());
    let all = catalogue(&["{tier: 2}", "{tier: 3}"]);
    let may = |nth: usize| Applicable::new(&index, &data(), false).may_apply(&all.own()[nth].root, [root]);
    assert_eq!([may(0), may(1)], [[true], [false]]);
}
