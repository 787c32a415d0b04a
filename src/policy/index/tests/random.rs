//! Random rules: if the engine finds something or fails, the index must return that the rule may apply.

use proptest::{
    prelude::*,
    test_runner::{RngSeed, TestRunner},
};

use super::*;

/// Declarations that differ in the parts that the rules below read.
const SPECS: [&str; 6] = [
    "{}",
    "{tier: 1, mode: jit, list: [1, a], roles: {a: 1, b: 2}}",
    "{tier: 2, mode: scim, list: [], roles: {}, nonHuman: [{name: a, tier: 1}, {name: b}]}",
    "{tier: a, mode: false, list: [a, a, 2], roles: {a: {a: 1}, b: {b: 2}}, nonHuman: [[a, 1], [b, 2]]}",
    "{tier: 3, mode: null, list: x, roles: [a, b], nonHuman: {a: [1, 2]}}",
    "{tier: 1.5, list: [[1, 2], [a, 1]], roles: 3, nonHuman: [{name: a, tier: 1}, {name: a, tier: 2}]}",
];
/// Number of rules per run. `PROPTEST_CASES` and `PROPTEST_RNG_SEED` select other runs.
const CASES: u32 = 48;

/// Generates a rule from numbers. A missing number counts as zero, so fewer or smaller numbers result in a smaller rule.
struct Writer<'a> {
    numbers: std::slice::Iter<'a, u8>,
    /// Bound variables.
    variables: Vec<String>,
    named: usize,
    /// Available rules: sets, objects, values and functions.
    helpers: [Vec<String>; 4],
    depth: usize,
}

impl Writer<'_> {
    fn number(&mut self, below: usize) -> usize {
        self.numbers.next().map_or(0, |number| usize::from(*number) % below)
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        let at = self.number(texts.len());
        texts.get(at).copied().unwrap_or_default()
    }

    fn variable(&mut self) -> String {
        self.named += 1;
        format!("x{}", self.named)
    }

    /// One of the available variables, if any.
    fn known(&mut self) -> Option<String> {
        let at = self.number(self.variables.len().max(1));
        self.variables.get(at).cloned()
    }

    fn helper(&mut self, kind: usize) -> Option<String> {
        let at = self.number(self.helpers[kind].len().max(1));
        self.helpers[kind].get(at).cloned()
    }

    /// Variables that `write` declares are not visible afterwards.
    fn inside<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let known = self.variables.len();
        self.depth += 1;
        let written = write(self);
        self.depth -= 1;
        self.variables.truncate(known);
        written
    }

    fn leaf(&mut self) -> String {
        match self.number(6) {
            0 => self.of(&["1", "2", "0", "\"a\"", "\"jit\"", "true", "false", "null"]).to_owned(),
            1 | 2 => self
                .of(&[
                    "input.spec.tier",
                    "input.spec.mode",
                    "input.spec.roles.a",
                    "input.spec.list[0]",
                    "input.spec.nothing",
                    "input.metadata.name",
                    "input.spec.roles.a.a",
                    "data.leaver.params[\"acme/x\"].limit",
                ])
                .to_owned(),
            3 => {
                let name = self.known().unwrap_or_else(|| "1".to_owned());
                if self.number(3) == 2 && name.starts_with('x') { format!("{name}.name") } else { name }
            }
            _ => self.helper(2).unwrap_or_else(|| "2".to_owned()),
        }
    }

    /// Any value.
    fn value(&mut self) -> String {
        if self.depth > 3 {
            return self.leaf();
        }
        self.inside(|it| match it.number(27) {
            0..=5 => it.leaf(),
            6 => format!("count({})", it.collection()),
            7 => format!(
                "{}({})",
                it.of(&["lower", "upper", "is_string", "is_object", "is_array", "is_boolean", "to_number", "abs"]),
                it.value()
            ),
            8 => format!("object.get(input.spec, \"{}\", {})", it.of(&["tier", "mode", "x"]), it.value()),
            9 => format!("object.get(input, [\"spec\", {}], {})", it.value(), it.value()),
            10 => format!("{}({})", it.of(&["min", "max", "sum", "count"]), it.collection()),
            11 => format!("({} {} {})", it.value(), it.of(&["+", "-", "*", "/", "%"]), it.value()),
            12 => format!("sprintf(\"{}\", [{}])", it.of(&["%v", "%s", "%d", "m", "%v%v"]), it.value()),
            13 if it.number(3) == 0 => format!("replace({}, {}, \"b\")", it.value(), it.value()),
            13 => format!("concat(\"\", [{}, {}])", it.value(), it.value()),
            14 => it.comparison(),
            15 => format!("{{\"a\": {}, {}: {}}}.a", it.value(), it.leaf(), it.value()),
            16 => format!("[{}, {}][{}]", it.value(), it.value(), it.of(&["0", "1", "2"])),
            17 => format!("input.spec.{}[{}]", it.of(&["roles", "list"]), it.value()),
            18 => match it.helper(1) {
                Some(name) => format!("{name}[{}]", it.value()),
                None => it.collection(),
            },
            19 => match it.known() {
                Some(name) if name.starts_with('x') => format!("{name}[{}]", it.value()),
                _ => it.leaf(),
            },
            20 => it.collection(),
            21 => format!("{}({})", it.of(&["is_object", "is_array"]), it.collection()),
            22 => {
                let pattern = it.of(&["a", "^$", "[0-9]", ":[{,]", "(", "\\\\\"", "jit|scim"]);
                let text = match it.number(3) {
                    0 => "json.marshal(input)".to_owned(),
                    1 => "lower(json.marshal(input))".to_owned(),
                    _ => it.value(),
                };
                format!("regex.match(`{pattern}`, {text})")
            }
            _ => match it.helper(3) {
                Some(name) => {
                    let argument = if it.number(2) == 0 { it.value() } else { it.collection() };
                    format!("{name}({argument})")
                }
                None => it.leaf(),
            },
        })
    }

    fn comparison(&mut self) -> String {
        let (left, sign) = (self.value(), self.of(&["==", "!=", "<", "<=", ">", ">=", "in"]));
        let right = if sign == "in" { self.collection() } else { self.value() };
        format!("({left} {sign} {right})")
    }

    fn collection(&mut self) -> String {
        let simple = self.depth > 3;
        self.inside(|it| match it.number(if simple { 4 } else { 23 }) {
            0 => it.of(&["input.spec.list", "input.spec.roles", "input.spec.nonHuman", "input.spec"]).to_owned(),
            1 => {
                it.of(&["[]", "{}", "set()", "{1, 2}", "[1, \"a\"]", "data.leaver.params[\"acme/x\"].names"]).to_owned()
            }
            2 => it.helper(0).or_else(|| it.known()).unwrap_or_else(|| "[1, 2]".to_owned()),
            3 => it.helper(1).or_else(|| it.known()).unwrap_or_else(|| "{\"a\": 1}".to_owned()),
            4 => format!("[{}, {}]", it.value(), it.value()),
            5 => format!("{{{}, {}}}", it.value(), it.value()),
            6 => format!("{{\"a\": {}, {}: {}}}", it.value(), it.value(), it.value()),
            7 | 8 => it.comprehension("{", "}"),
            9 | 10 => it.comprehension("[", "]"),
            11 => {
                let body = it.conditions();
                format!("{{{}: {} | {body}}}", it.value(), it.value())
            }
            12 | 13 => format!("object.keys({})", it.collection()),
            14 => format!("({} {} {})", it.collection(), it.of(&["-", "|", "&"]), it.collection()),
            15 => {
                format!("({} {} {})", it.comprehension("{", "}"), it.of(&["-", "|", "&"]), it.comprehension("{", "}"))
            }
            16 => format!("object.get(input.spec, \"{}\", {})", it.of(&["roles", "list", "no"]), it.collection()),
            17 => {
                let keys = if it.number(3) == 0 {
                    it.collection()
                } else {
                    it.of(&["[\"tier\", \"mode\", \"a\"]", "{\"tier\", \"a\"}", "({\"a\"} | {1})"]).to_owned()
                };
                format!("object.{}({}, {keys})", it.of(&["filter", "remove"]), it.collection())
            }
            18 => format!("{}({}, {})", it.of(&["array.concat", "object.union"]), it.collection(), it.collection()),
            19 => {
                let (start, stop) = (it.of(&["-1", "0", "1"]).to_owned(), it.of(&["0", "1", "2", "9"]).to_owned());
                format!("array.slice({}, {start}, {stop})", it.collection())
            }
            20 => format!("split({}, {})", it.value(), it.of(&["\"a\"", "\"-\"", "\"\""])),
            _ => match it.helper(3) {
                Some(name) => format!("{name}({})", it.collection()),
                None => it.known().unwrap_or_else(|| "{2, 3}".to_owned()),
            },
        })
    }

    fn comprehension(&mut self, open: &str, close: &str) -> String {
        self.inside(|it| {
            let body = it.conditions();
            format!("{open}{} | {body}{close}", it.value())
        })
    }

    /// Conditions declare variables, so they are generated before the part that uses the variables.
    fn conditions(&mut self) -> String {
        let many = 1 + self.number(if self.depth > 2 { 2 } else { 4 });
        let conditions: Vec<String> = (0..many).map(|_| self.condition()).collect();
        conditions.join("; ")
    }

    fn condition(&mut self) -> String {
        let names = [self.variable(), self.variable()];
        let [one, two] = &names;
        let declare = |it: &mut Self, text: String, count: usize| {
            it.variables.extend(names.iter().take(count).cloned());
            text
        };
        match self.number(20) {
            0..=2 => self.comparison(),
            3 | 4 => format!("not {}", self.comparison()),
            5 => format!("not {}", self.value()),
            6 => self.value(),
            7 | 8 => {
                let collection = self.collection();
                declare(self, format!("some {one} in {collection}"), 1)
            }
            9 => {
                let collection = self.collection();
                declare(self, format!("some {one}, {two} in {collection}"), 2)
            }
            10 => {
                let collection = self.collection();
                declare(self, format!("some [{one}, {two}] in {collection}"), 2)
            }
            11 => {
                let collection = self.collection();
                declare(self, format!("some [{one}, {}] in {collection}", "1"), 1)
            }
            12 => {
                let value = self.value();
                declare(self, format!("{one} := {value}"), 1)
            }
            13 => {
                let collection = self.collection();
                declare(self, format!("{one} := {collection}"), 1)
            }
            14 => {
                // If the value is written as a list, the compiler accepts only a list of two items.
                let (left, right) = (self.value(), self.value());
                let value = if self.number(2) == 0 { format!("[{left}, {right}]") } else { self.leaf() };
                declare(self, format!("[{one}, {two}] := {value}"), 2)
            }
            15 => {
                let collection = self.collection();
                self.inside(|it| {
                    it.variables.push(one.clone());
                    format!("every {one} in {collection} {{ {} }}", it.conditions())
                })
            }
            16 => format!("{} == {}", format_args!("count({})", self.collection()), self.of(&["0", "1", "2"])),
            17 => {
                let collection = self.of(&["input.spec.list", "input.spec.roles", "input.spec.nonHuman"]);
                let value = self.value();
                declare(self, format!("some {one}; {collection}[{one}] == {value}"), 1)
            }
            18 => format!("{}[_] == {}", self.of(&["input.spec.list", "input.spec.roles"]), self.value()),
            _ => match self.helper(2) {
                Some(name) => format!("{name} with input.spec.tier as {}", self.value()),
                None => self.comparison(),
            },
        }
    }

    fn define(&mut self, at: usize) -> String {
        let kind = self.number(4);
        let name = format!("_{}{at}", ["s", "o", "v", "f"][kind]);
        let mut text = String::new();
        let first = self.number(8);
        for _ in 0..=self.number(2) {
            self.variables.clear();
            let mut head = match (kind, first) {
                (3, 0) => format!("{name}({})", self.of(&["1", "\"a\"", "input"])),
                (3, 1) => {
                    self.variables.extend(["p".to_owned(), "q".to_owned()]);
                    format!("{name}([p, q])")
                }
                (3, _) => {
                    self.variables.push("p".to_owned());
                    format!("{name}(p)")
                }
                _ => name.clone(),
            };
            let body = self.conditions();
            match kind {
                0 => head.push_str(&format!(" contains {}", self.value())),
                1 => head.push_str(&format!("[{}] := {}", self.value(), self.value())),
                _ if first % 2 == 1 => {}
                _ => head.push_str(&format!(" := {}", self.value())),
            }
            text.push_str(&format!("{head} if {{ {body} }}\n\n"));
            if kind > 1 && self.number(3) == 1 {
                self.variables.truncate(0);
                let body = self.conditions();
                text = format!("{}\n\nelse := {} if {{ {body} }}\n\n", text.trim_end(), self.value());
            }
        }
        if kind == 2 && self.number(3) == 1 {
            text.push_str(&format!("default {name} := {}\n\n", self.of(&["1", "false", "\"a\"", "[]"])));
        }
        self.helpers[kind].push(name);
        text
    }

    fn rule(mut self) -> String {
        let helpers: String = (0..self.number(4)).map(|at| self.define(at)).collect();
        let mut text = helpers;
        for _ in 0..=self.number(2) / 2 {
            self.variables.clear();
            let body = self.conditions();
            let message = if self.number(4) == 1 { self.value() } else { "\"m\"".to_owned() };
            text.push_str(&format!("findings contains {{\"path\": [], \"message\": {message}}} if {{ {body} }}\n\n"));
        }
        text
    }
}

fn written(numbers: &[u8]) -> String {
    let writer =
        Writer { numbers: numbers.iter(), variables: Vec::new(), named: 0, helpers: Default::default(), depth: 0 };
    writer.rule()
}

#[test]
fn an_index_hides_no_finding_of_random_rules() {
    let searched = std::env::var_os("PROPTEST_CASES").is_some();
    let config = ProptestConfig { failure_persistence: None, max_shrink_iters: 800, ..ProptestConfig::default() };
    let fixed = ProptestConfig { cases: CASES, rng_seed: RngSeed::Fixed(1), ..config.clone() };
    let (queries, excluded) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let result = TestRunner::new(if searched { config } else { fixed }).run(
        &proptest::collection::vec(any::<u8>(), 0..500),
        |numbers| {
            let text = written(&numbers);
            // A rule that reaches its time limit would fail at an arbitrary point, so there is no result.
            match try_index(&text, &SPECS, LIMITS.rule) {
                None => {}
                Some(Ok(answers)) => {
                    queries.set(queries.get() + answers.len());
                    excluded.set(excluded.get() + answers.iter().filter(|[(loose, _), _]| !loose).count());
                }
                Some(Err(hidden)) => return Err(TestCaseError::fail(hidden)),
            }
            Ok(())
        },
    );
    let (queries, excluded) = (queries.get(), excluded.get());
    println!("queries {queries} excluded {excluded}");
    if let Err(error) = result {
        panic!("{error}");
    }
    // Enough rules load, and the index excludes some of them.
    assert!(queries > 100 && excluded > queries / 20, "{excluded} of {queries}");
}
