//! Tests that querying an index is cheap for every rule.

use super::*;

/// The index gives up on a hostile rule quickly, so the rule may apply.
#[test]
fn rules_above_the_limits_may_apply() {
    let chain: String = (0..200).map(|n| format!("_r{n} if _r{}\n\n", n + 1)).collect();
    let body = format!("{chain}_r200 if input.spec.tier == 2\n\n{FOUND} if _r0");
    assert_eq!(query_index(&body, &["{tier: 1}"])[0], YES);
    let double: String = (0..30).map(|n| format!("_f{n}(x) if {{ not _f{0}(x); not _f{0}(x) }}\n\n", n + 1)).collect();
    let text = format!("{HEAD}{double}_f30(x) if x == 2\n\n{FOUND} if _f0(input.spec.tier)\n");
    let index = derive([("x", text.as_str())], [("acme/x", ["policies", "acme", "x"].map(str::to_owned).to_vec())]);
    let all = catalogue(&["{tier: 2}"]);
    let root = index.roots.get("acme/x").copied();
    assert!(root.is_some());
    assert_eq!(Applicable::new(&index, &data(), false).may_apply(&all.own()[0].root, [root]), [true]);
}

/// The cost grows with the text of a rule, not with the depth of nesting.
#[test]
fn query_cost_is_proportional_to_the_text_of_a_rule() {
    let nested = |depth: usize, begin: &str, around: &dyn Fn(&str) -> String| {
        (0..depth).fold(begin.to_owned(), |inner, _| around(&inner))
    };
    let forms: [(&str, &dyn Fn(usize) -> String); 9] = [
        ("lower", &|depth| nested(depth, "input.spec.word", &|it| format!("lower({it})"))),
        ("object.get", &|depth| nested(depth, "input.spec", &|it| format!("object.get({it}, \"a\", input)"))),
        ("its key", &|depth| nested(depth, "\"a\"", &|it| format!("object.get(input, [{it}], \"a\")"))),
        ("its default", &|depth| nested(depth, "\"a\"", &|it| format!("object.get(input, \"z\", {it})"))),
        ("sprintf", &|depth| nested(depth, "input.spec.tier", &|it| format!("sprintf(\"%v\", [{it}])"))),
        ("-", &|depth| nested(depth, "input.spec.tier", &|it| format!("({it} - 1)"))),
        ("- of sets", &|depth| nested(depth, "{input.spec.tier}", &|it| format!("({it} - {{1}})"))),
        ("time", &|depth| {
            nested(depth, "input.spec.word", &|it| {
                format!("time.parse_rfc3339_ns(concat(\"\", [{it}, \"T00:00:00Z\"]))")
            })
        }),
        ("array", &|depth| nested(depth, "input.spec.word", &|it| format!("[{it}, 1][0]"))),
    ];
    for (name, form) in forms {
        let cost = |depth: usize| cost(&format!("{FOUND} if {} == \"x\"", form(depth)));
        let (once, few, many) = (cost(1), cost(4), cost(16));
        assert!(few > once && many <= 20 * once.max(few / 4), "{name}: {once}, {few}, {many}");
    }
}

/// The index gives up on conditions that cost more than they save.
#[test]
fn expensive_conditions_are_abandoned() {
    let double: String = (0..30).map(|n| format!("_g{n}(x) := _g{0}(x) + _g{0}(x)\n\n", n + 1)).collect();
    let list: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    let lists = (0..12).fold("_l".to_owned(), |inner, _| format!("(_l & {inner})"));
    let unions = (0..12).fold("_l".to_owned(), |inner, _| format!("({inner} | {inner})"));
    for conditions in [
        format!("{} == input.spec.tier", vec!["1"; 20_000].join(" + ")),
        "_g0(1) == 2".to_owned(),
        format!("count({lists}) == 2"),
        format!("not 999 in {unions}"),
        "some a in _l; some b in _l; some c in _l; a == b; b == c; c == 999".to_owned(),
    ] {
        let helpers = format!("{double}_g30(x) := x\n\n_l := {{{}}}\n\n", list.join(", "));
        let cost = cost(&format!("{helpers}{FOUND} if {{ {conditions} }}"));
        assert!(cost < 60_000, "{cost}: {}", conditions.get(..40).unwrap_or(&conditions));
    }
}

/// The cost of querying a rule with these conditions.
fn cost(body: &str) -> usize {
    let text = format!("{HEAD}{body}\n");
    let index = derive([("x", text.as_str())], [("acme/x", ["policies", "acme", "x"].map(str::to_owned).to_vec())]);
    let root = index.roots.get("acme/x").copied();
    let all = catalogue(&["{tier: 2, word: x}"]);
    Applicable::new(&index, &data(), false).costs(&all.own()[0].root, &[root])[0]
}
