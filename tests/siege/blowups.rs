//! Hostile policies that consume time or memory, with the expected outcomes. Malformed policies are in `misshapen`.

use crate::{common::rule, siege::misshapen};

/// The expected outcome. leaver evaluates all other rules as usual, unless it refuses the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A failure that names the rule; exit status 2.
    Fails,
    /// Refused before evaluation; exit status 2, and the failure names the rule or its file.
    Refused,
    /// The rule has findings, and leaver shows them.
    Finds,
    /// The rule finds nothing, as it should.
    Silent,
}

/// A policy folder.
pub struct Case {
    pub name: String,
    /// Paths below `policies/`, and their contents.
    pub files: Vec<(String, Vec<u8>)>,
    /// Links below `policies/`, and their targets.
    pub links: Vec<(String, String)>,
    pub expected: Expected,
}

/// A rule `acme/bad` with this body.
pub fn body(name: &str, text: &str, expected: Expected) -> Case {
    rule_with_text(name, &rule("bad", text), expected)
}

/// A rule `acme/bad` with this text.
pub fn rule_with_text(name: &str, text: &str, expected: Expected) -> Case {
    let files = vec![("acme/bad/rule.rego".to_owned(), text.as_bytes().to_vec())];
    Case { name: name.to_owned(), files, links: Vec::new(), expected }
}

/// A rule `acme/bad` that has a finding if this condition holds.
pub fn when(name: &str, condition: &str, expected: Expected) -> Case {
    body(
        name,
        &format!("findings contains {{\"path\": [\"kind\"], \"message\": \"m\"}} if {{\n\t{condition}\n}}"),
        expected,
    )
}

/// A chain of rules: the first has the value `first`, and each of `times` further rules has the value `next`. In `next` and `last`, `@` is the name
/// of the previous rule.
fn chain(name: &str, first: &str, next: &str, times: usize, last: &str, expected: Expected) -> Case {
    let mut text = format!("s0 := {first}\n\n");
    for nth in 1..=times {
        text.push_str(&format!("s{nth} := {}\n\n", next.replace('@', &format!("s{}", nth - 1))));
    }
    let condition = last.replace('@', &format!("s{times}"));
    body(
        name,
        &format!("{text}findings contains {{\"path\": [\"kind\"], \"message\": \"m\"}} if {condition}"),
        expected,
    )
}

pub fn cases() -> Vec<Case> {
    let mut all = vec![
        // Time.
        when(
            "a loop in a loop",
            "some i in numbers.range(1, 100000)\n\tsome j in numbers.range(1, 100000)\n\ti * j == -1",
            Expected::Fails,
        ),
        when(
            "an `every` that never ends",
            "every i in numbers.range(1, 100000) {\n\t\tevery j in numbers.range(1, 100000) {\n\t\t\ti * j != -1\n\t\t}\n\t}",
            Expected::Fails,
        ),
        body(
            "recursion",
            "f(x) := f(x + 1)\n\nfindings contains {\"path\": [], \"message\": \"m\"} if f(0)",
            Expected::Fails,
        ),
        body(
            "mutual recursion",
            "f(x) := g(x + 1)\n\ng(x) := f(x + 1)\n\nfindings contains {\"path\": [], \"message\": \"m\"} if f(0)",
            Expected::Fails,
        ),
        body(
            "recursion that branches",
            "f(x) := f(x + 1) + f(x + 2)\n\nfindings contains {\"path\": [], \"message\": \"m\"} if f(0) > 0",
            Expected::Fails,
        ),
        body(
            "a rule that depends on itself",
            "p if q\n\nq if p\n\nfindings contains {\"path\": [], \"message\": \"m\"} if p",
            Expected::Fails,
        ),
        body("findings that depend on findings", "findings contains x if some x in findings", Expected::Fails),
        chain("a number that squares itself", "10", "@ * @", 40, "@ > 0", Expected::Fails),
        when("a shift by 10⁹ bits", "x := bits.lsh(1, 1000000000)\n\tsprintf(\"%d\", [x]) != \"\"", Expected::Fails),
        chain(
            "a regular expression on a long text",
            "\"aaaaaaaaaaaaaaaa\"",
            "concat(\"\", [@, @])",
            16,
            "regex.match(`^(a+)+$`, concat(\"\", [@, \"!\"]))",
            Expected::Silent,
        ),
        when(
            "a regular expression that is too large",
            "regex.match(`((x{1000}){1000}){1000}`, \"x\")",
            Expected::Fails,
        ),
        when("an invalid regular expression", "regex.match(`(`, \"x\")", Expected::Fails),
        when("a regular expression with a back-reference", "regex.match(`(a)\\1`, \"aa\")", Expected::Fails),
        when(
            "a glob with many alternatives",
            &format!("glob.match(\"{}z\", [], \"{}\")", "{a,aa}".repeat(30), "a".repeat(60)),
            Expected::Silent,
        ),
        when(
            "a glob of many stars",
            &format!("glob.match(\"{}b\", [], \"{}\")", "*a".repeat(40), "a".repeat(90)),
            Expected::Silent,
        ),
        // Memory.
        when("a range of 10¹¹ numbers", "count(numbers.range(0, 100000000000)) > 0", Expected::Fails),
        when("a range of 10⁸ numbers", "count(numbers.range(0, 100000000)) > 0", Expected::Fails),
        when("a range downwards", "count(numbers.range(100000000000, 0)) > 0", Expected::Fails),
        when("a range by steps", "count(numbers.range_step(0, 100000000000, 2)) > 0", Expected::Fails),
        when("a width of 10⁹", "sprintf(\"%999999999d\", [1]) != \"\"", Expected::Fails),
        when("a precision of 10⁹", "sprintf(\"%.999999999f\", [1.5]) != \"\"", Expected::Fails),
        chain("a string that doubles", "\"xxxxxxxx\"", "concat(\"\", [@, @])", 35, "@ != \"\"", Expected::Fails),
        chain(
            "a string that doubles in sprintf",
            "\"xxxxxxxx\"",
            "sprintf(\"%s%s\", [@, @])",
            35,
            "@ != \"\"",
            Expected::Fails,
        ),
        chain(
            "a replacement that doubles",
            "\"xxxxxxxx\"",
            "replace(@, \"x\", \"xx\")",
            35,
            "@ != \"\"",
            Expected::Fails,
        ),
        chain(
            "a replacement by regular expression that doubles",
            "\"xxxxxxxx\"",
            "regex.replace(@, `x`, \"xx\")",
            35,
            "@ != \"\"",
            Expected::Fails,
        ),
        chain("lists that double", "[1, 2, 3, 4]", "array.concat(@, @)", 35, "count(@) > 0", Expected::Fails),
        chain("lists of lists that double", "[1]", "[@, @]", 40, "count([x | walk(@, x)]) > 0", Expected::Fails),
        chain(
            "lists of lists that double, as a string",
            "[1]",
            "[@, @]",
            40,
            "sprintf(\"%v\", [@]) != \"\"",
            Expected::Fails,
        ),
        chain("lists of lists that double, as JSON", "[1]", "[@, @]", 40, "json.marshal(@) != \"\"", Expected::Fails),
        chain(
            "a string split into letters",
            "\"abcdefgh\"",
            "concat(\"\", [@, @])",
            24,
            "count(split(@, \"\")) > 0",
            Expected::Fails,
        ),
        chain(
            "a string in hexadecimal",
            "\"abcdefgh\"",
            "concat(\"\", [@, @])",
            27,
            "hex.encode(@) != \"\"",
            Expected::Fails,
        ),
        chain(
            "JSON of a hundred thousand levels",
            "\"[[[[[[[[\"",
            "concat(\"\", [@, @])",
            14,
            "json.unmarshal(@)",
            Expected::Fails,
        ),
        when(
            "a set of 10⁹ items",
            "x := {[i, j, k] | some i in numbers.range(1, 1000); some j in numbers.range(1, 1000); some k in numbers.range(1, 1000)}\n\tcount(x) > 0",
            Expected::Fails,
        ),
        when(
            "an object of 10¹⁰ keys",
            "x := {sprintf(\"%d %d\", [i, j]): i | some i in numbers.range(1, 100000); some j in numbers.range(1, 100000)}\n\tcount(x) > 0",
            Expected::Fails,
        ),
        when(
            "a list of 10¹⁰ items",
            "x := [[i, j] | some i in numbers.range(1, 100000); some j in numbers.range(1, 100000)]\n\tcount(x) > 0",
            Expected::Fails,
        ),
        when(
            "endless prints",
            "some i in numbers.range(1, 100000)\n\tsome j in numbers.range(1, 100000)\n\tprint(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\", i, j)\n\ti * j == -1",
            Expected::Fails,
        ),
        chain("a value of nine thousand levels", "1", "[@]", 9_000, "count(@) > 0", Expected::Fails),
        // Large findings.
        body(
            "a thousand findings",
            "findings contains {\"path\": [], \"message\": sprintf(\"%d\", [i])} if some i in numbers.range(1, 1000)",
            Expected::Finds,
        ),
        chain("a string of 80 MiB", "\"xxxxxxxxxx\"", "concat(\"\", [@, @])", 23, "@ != \"\"", Expected::Finds),
        body(
            "a path of ten thousand keys",
            "findings contains {\"path\": [\"k\" | some _ in numbers.range(1, 10000)], \"message\": \"m\"}",
            Expected::Finds,
        ),
    ];
    let mut large = rule("bad", "s0 := \"xxxxxxxxxx\"");
    (1..=23).for_each(|nth| large.push_str(&format!("\ns{nth} := concat(\"\", [s{0}, s{0}])\n", nth - 1)));
    all.push(rule_with_text(
        "a message of 80 MiB",
        &format!("{large}\nfindings contains {{\"path\": [], \"message\": s23}}\n"),
        Expected::Fails,
    ));
    all.extend(sources());
    all.extend(misshapen::cases());
    all
}

/// Sources that are expensive to parse.
fn sources() -> Vec<Case> {
    let many = |piece: &str, times: usize| piece.repeat(times);
    vec![
        when("lists nested thirty deep", &format!("{}1{}", "[".repeat(30), "]".repeat(30)), Expected::Refused),
        when("objects nested thirty deep", &format!("{}1{}", "{\"a\": ".repeat(30), "}".repeat(30)), Expected::Refused),
        when(
            "parentheses nested a thousand deep",
            &format!("{}1{}", "(".repeat(1_000), ")".repeat(1_000)),
            Expected::Refused,
        ),
        when(
            "lists nested to the limit",
            &format!("x := {}1{}\n\tcount(x) > 0", "[".repeat(11), "]".repeat(11)),
            Expected::Finds,
        ),
        when(
            "brackets hidden by brackets in strings",
            &format!("x := [\"]]]]]]]]]]]]\", {}1{}]\n\tcount(x) > 0", "[\n".repeat(14), "]".repeat(14)),
            Expected::Refused,
        ),
        when("a sum of ten thousand terms", &format!("x := 1{}\n\tx > 0", many(" +\n1", 10_000)), Expected::Finds),
        // A line may have 1,024 columns, and a file may have 256 KiB.
        when(
            "a sum of a hundred thousand terms",
            &format!("x := 1{}\n\tx > 0", many(&format!("{}\n", many("+1", 500)), 200)),
            Expected::Fails,
        ),
        when("ten thousand minus signs", &format!("x := {}1\n\tx > 0", many("-\n", 10_000)), Expected::Fails),
        when("ten thousand `not`", &format!("{}false", many("not\n", 10_000)), Expected::Fails),
        when("a reference of ten thousand steps", &format!("input{}", many(".\na", 10_000)), Expected::Fails),
        when(
            "a reference of a hundred thousand steps",
            &format!("input{}", many(&format!("{}\n", many(".a", 500)), 200)),
            Expected::Fails,
        ),
        when("ten thousand `with`", &format!("true{}", many("\nwith input.a as 1", 10_000)), Expected::Finds),
        body(
            "ten thousand `else`",
            &format!(
                "x := 1 if false{}\n\nfindings contains {{\"path\": [], \"message\": \"m\"}} if x > 0",
                many("\nelse := 2 if false", 10_000)
            ),
            Expected::Silent,
        ),
        when(
            "a line of five thousand columns",
            &format!("x := \"{}\"\n\tx != \"\"", "y".repeat(5_000)),
            Expected::Fails,
        ),
        body("thirty thousand lines", &many("\n", 30_000), Expected::Fails),
        rule_with_text("a file above the size limit", &rule("bad", &many("# x\n", 70_000)), Expected::Refused),
        when("ten thousand conditions", &many("true\n\t", 10_000), Expected::Finds),
    ]
}
