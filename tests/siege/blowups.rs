//! Hostile policies that consume time or memory, with the expected outcomes. Malformed ones are in `misshapen`.

use crate::{common::rule, siege::misshapen};

/// The expected outcome. In every case, all other rules are evaluated as usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// A failure that names the rule; exit status 2.
    Fails,
    /// Refused before evaluation; exit status 2, and the failure names the rule or its file.
    Refused,
    /// Its findings are shown.
    Finds,
    /// It correctly finds nothing.
    Silent,
}

/// A policy folder.
pub struct Case {
    pub name: String,
    /// Below `policies/`.
    pub files: Vec<(String, Vec<u8>)>,
    /// Links below `policies/`, and their targets.
    pub links: Vec<(String, String)>,
    pub fate: Fate,
}

/// A rule `acme/bad` with this body.
pub fn body(name: &str, text: &str, fate: Fate) -> Case {
    whole(name, &rule("bad", text), fate)
}

/// A rule `acme/bad` with this text.
pub fn whole(name: &str, text: &str, fate: Fate) -> Case {
    let files = vec![("acme/bad/rule.rego".to_owned(), text.as_bytes().to_vec())];
    Case { name: name.to_owned(), files, links: Vec::new(), fate }
}

/// A finding if a condition holds.
pub fn when(name: &str, condition: &str, fate: Fate) -> Case {
    body(
        name,
        &format!("findings contains {{\"path\": [\"kind\"], \"message\": \"m\"}} if {{\n\t{condition}\n}}"),
        fate,
    )
}

/// `times` rules, each based on the previous one; `first`, then `next` with `@` for the previous one.
fn chain(name: &str, first: &str, next: &str, times: usize, last: &str, fate: Fate) -> Case {
    let mut text = format!("s0 := {first}\n\n");
    for nth in 1..=times {
        text.push_str(&format!("s{nth} := {}\n\n", next.replace('@', &format!("s{}", nth - 1))));
    }
    let condition = last.replace('@', &format!("s{times}"));
    body(name, &format!("{text}findings contains {{\"path\": [\"kind\"], \"message\": \"m\"}} if {condition}"), fate)
}

pub fn cases() -> Vec<Case> {
    let mut all = vec![
        // Time.
        when(
            "a loop in a loop",
            "some i in numbers.range(1, 100000)\n\tsome j in numbers.range(1, 100000)\n\ti * j == -1",
            Fate::Fails,
        ),
        when(
            "an every that never ends",
            "every i in numbers.range(1, 100000) {\n\t\tevery j in numbers.range(1, 100000) {\n\t\t\ti * j != -1\n\t\t}\n\t}",
            Fate::Fails,
        ),
        body(
            "recursion",
            "f(x) := f(x + 1)\n\nfindings contains {\"path\": [], \"message\": \"m\"} if f(0)",
            Fate::Fails,
        ),
        body(
            "recursion of two",
            "f(x) := g(x + 1)\n\ng(x) := f(x + 1)\n\nfindings contains {\"path\": [], \"message\": \"m\"} if f(0)",
            Fate::Fails,
        ),
        body(
            "recursion that branches",
            "f(x) := f(x + 1) + f(x + 2)\n\nfindings contains {\"path\": [], \"message\": \"m\"} if f(0) > 0",
            Fate::Fails,
        ),
        body(
            "a rule that needs itself",
            "p if q\n\nq if p\n\nfindings contains {\"path\": [], \"message\": \"m\"} if p",
            Fate::Fails,
        ),
        body("findings that need findings", "findings contains x if some x in findings", Fate::Fails),
        chain("a number that squares itself", "10", "@ * @", 40, "@ > 0", Fate::Fails),
        when(
            "a shift by a thousand million",
            "x := bits.lsh(1, 1000000000)\n\tsprintf(\"%d\", [x]) != \"\"",
            Fate::Fails,
        ),
        chain(
            "a regular expression on a long text",
            "\"aaaaaaaaaaaaaaaa\"",
            "concat(\"\", [@, @])",
            16,
            "regex.match(`^(a+)+$`, concat(\"\", [@, \"!\"]))",
            Fate::Silent,
        ),
        when("a regular expression that is too large", "regex.match(`((x{1000}){1000}){1000}`, \"x\")", Fate::Fails),
        when("a regular expression that is none", "regex.match(`(`, \"x\")", Fate::Fails),
        when("a regular expression that looks back", "regex.match(`(a)\\1`, \"aa\")", Fate::Fails),
        when(
            "a glob of many choices",
            &format!("glob.match(\"{}z\", [], \"{}\")", "{a,aa}".repeat(30), "a".repeat(60)),
            Fate::Silent,
        ),
        when(
            "a glob of many stars",
            &format!("glob.match(\"{}b\", [], \"{}\")", "*a".repeat(40), "a".repeat(90)),
            Fate::Silent,
        ),
        // Memory.
        when("a range of a hundred thousand million", "count(numbers.range(0, 100000000000)) > 0", Fate::Fails),
        when("a range of a hundred million", "count(numbers.range(0, 100000000)) > 0", Fate::Fails),
        when("a range downwards", "count(numbers.range(100000000000, 0)) > 0", Fate::Fails),
        when("a range by steps", "count(numbers.range_step(0, 100000000000, 2)) > 0", Fate::Fails),
        when("a width of a thousand million", "sprintf(\"%999999999d\", [1]) != \"\"", Fate::Fails),
        when("a precision of a thousand million", "sprintf(\"%.999999999f\", [1.5]) != \"\"", Fate::Fails),
        chain("texts that double", "\"xxxxxxxx\"", "concat(\"\", [@, @])", 35, "@ != \"\"", Fate::Fails),
        chain(
            "texts that double in sprintf",
            "\"xxxxxxxx\"",
            "sprintf(\"%s%s\", [@, @])",
            35,
            "@ != \"\"",
            Fate::Fails,
        ),
        chain("a replacement that doubles", "\"xxxxxxxx\"", "replace(@, \"x\", \"xx\")", 35, "@ != \"\"", Fate::Fails),
        chain(
            "a replacement by expressions that doubles",
            "\"xxxxxxxx\"",
            "regex.replace(@, `x`, \"xx\")",
            35,
            "@ != \"\"",
            Fate::Fails,
        ),
        chain("lists that double", "[1, 2, 3, 4]", "array.concat(@, @)", 35, "count(@) > 0", Fate::Fails),
        chain("lists of lists that double", "[1]", "[@, @]", 40, "count([x | walk(@, x)]) > 0", Fate::Fails),
        chain("lists of lists that double, as text", "[1]", "[@, @]", 40, "sprintf(\"%v\", [@]) != \"\"", Fate::Fails),
        chain("lists of lists that double, as JSON", "[1]", "[@, @]", 40, "json.marshal(@) != \"\"", Fate::Fails),
        chain(
            "a text in single letters",
            "\"abcdefgh\"",
            "concat(\"\", [@, @])",
            24,
            "count(split(@, \"\")) > 0",
            Fate::Fails,
        ),
        chain(
            "a text in hexadecimal",
            "\"abcdefgh\"",
            "concat(\"\", [@, @])",
            27,
            "hex.encode(@) != \"\"",
            Fate::Fails,
        ),
        chain(
            "JSON of a hundred thousand levels",
            "\"[[[[[[[[\"",
            "concat(\"\", [@, @])",
            14,
            "json.unmarshal(@)",
            Fate::Fails,
        ),
        when(
            "a set of a thousand million",
            "x := {[i, j, k] | some i in numbers.range(1, 1000); some j in numbers.range(1, 1000); some k in numbers.range(1, 1000)}\n\tcount(x) > 0",
            Fate::Fails,
        ),
        when(
            "an object of a thousand million",
            "x := {sprintf(\"%d %d\", [i, j]): i | some i in numbers.range(1, 100000); some j in numbers.range(1, 100000)}\n\tcount(x) > 0",
            Fate::Fails,
        ),
        when(
            "a list of a thousand million",
            "x := [[i, j] | some i in numbers.range(1, 100000); some j in numbers.range(1, 100000)]\n\tcount(x) > 0",
            Fate::Fails,
        ),
        when(
            "prints without end",
            "some i in numbers.range(1, 100000)\n\tsome j in numbers.range(1, 100000)\n\tprint(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\", i, j)\n\ti * j == -1",
            Fate::Fails,
        ),
        chain("a value of nine thousand levels", "1", "[@]", 9_000, "count(@) > 0", Fate::Fails),
        // Large findings.
        body(
            "a thousand findings",
            "findings contains {\"path\": [], \"message\": sprintf(\"%d\", [i])} if some i in numbers.range(1, 1000)",
            Fate::Finds,
        ),
        chain("a text of eighty mebibytes", "\"xxxxxxxxxx\"", "concat(\"\", [@, @])", 23, "@ != \"\"", Fate::Finds),
        body(
            "a path of ten thousand keys",
            "findings contains {\"path\": [\"k\" | some _ in numbers.range(1, 10000)], \"message\": \"m\"}",
            Fate::Finds,
        ),
    ];
    let mut large = rule("bad", "s0 := \"xxxxxxxxxx\"");
    (1..=23).for_each(|nth| large.push_str(&format!("\ns{nth} := concat(\"\", [s{0}, s{0}])\n", nth - 1)));
    all.push(whole(
        "a message of eighty mebibytes",
        &format!("{large}\nfindings contains {{\"path\": [], \"message\": s23}}\n"),
        Fate::Fails,
    ));
    all.extend(sources());
    all.extend(misshapen::cases());
    all
}

/// Sources that are expensive to parse.
fn sources() -> Vec<Case> {
    let many = |piece: &str, times: usize| piece.repeat(times);
    vec![
        when("lists nested thirty deep", &format!("{}1{}", "[".repeat(30), "]".repeat(30)), Fate::Refused),
        when("objects nested thirty deep", &format!("{}1{}", "{\"a\": ".repeat(30), "}".repeat(30)), Fate::Refused),
        when(
            "parentheses nested a thousand deep",
            &format!("{}1{}", "(".repeat(1_000), ")".repeat(1_000)),
            Fate::Refused,
        ),
        when(
            "lists nested as deep as may be",
            &format!("x := {}1{}\n\tcount(x) > 0", "[".repeat(11), "]".repeat(11)),
            Fate::Finds,
        ),
        when(
            "brackets in texts that hide brackets",
            &format!("x := [\"]]]]]]]]]]]]\", {}1{}]\n\tcount(x) > 0", "[\n".repeat(14), "]".repeat(14)),
            Fate::Refused,
        ),
        when("a sum of ten thousand", &format!("x := 1{}\n\tx > 0", many(" +\n1", 10_000)), Fate::Finds),
        // Lines may have 1,024 columns, and a file 256 KiB.
        when(
            "a sum of a hundred thousand",
            &format!("x := 1{}\n\tx > 0", many(&format!("{}\n", many("+1", 500)), 200)),
            Fate::Fails,
        ),
        when("minus ten thousand times", &format!("x := {}1\n\tx > 0", many("-\n", 10_000)), Fate::Fails),
        when("not ten thousand times", &format!("{}false", many("not\n", 10_000)), Fate::Fails),
        when("a reference of ten thousand steps", &format!("input{}", many(".\na", 10_000)), Fate::Fails),
        when(
            "a reference of a hundred thousand steps",
            &format!("input{}", many(&format!("{}\n", many(".a", 500)), 200)),
            Fate::Fails,
        ),
        when("with ten thousand times", &format!("true{}", many("\nwith input.a as 1", 10_000)), Fate::Finds),
        body(
            "else ten thousand times",
            &format!(
                "x := 1 if false{}\n\nfindings contains {{\"path\": [], \"message\": \"m\"}} if x > 0",
                many("\nelse := 2 if false", 10_000)
            ),
            Fate::Silent,
        ),
        when("a line of five thousand columns", &format!("x := \"{}\"\n\tx != \"\"", "y".repeat(5_000)), Fate::Fails),
        body("thirty thousand lines", &many("\n", 30_000), Fate::Fails),
        whole("more than the largest file", &rule("bad", &many("# x\n", 70_000)), Fate::Refused),
        when("ten thousand conditions", &many("true\n\t", 10_000), Fate::Finds),
    ]
}
