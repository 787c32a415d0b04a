//! Hostile inputs written by hand, with the expected outcomes. Some are from incidents of other tools.

use crate::siege::hostile::Expected::{self, Read, Refused, Unchecked};

const HEAD: &str = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: x}\n";

fn app(spec: &str) -> Vec<u8> {
    format!("{HEAD}spec:\n{spec}").into_bytes()
}

fn texts() -> Vec<(&'static str, Vec<u8>, Expected)> {
    let nested = |open: &str, close: &str, depth: usize| {
        app(&format!("  notes: {}{}\n", open.repeat(depth), close.repeat(depth)))
    };
    let block = |depth: usize| (0..depth).map(|level| format!("{}a:\n", " ".repeat(level + 2))).collect::<String>();
    let bomb = |levels: usize, wide: usize| {
        let mut text = "  l0: &l0 [x, x]\n".to_owned();
        for level in 1..levels {
            text.push_str(&format!("  l{level}: &l{level} [{}]\n", vec![format!("*l{}", level - 1); wide].join(",")));
        }
        app(&text)
    };
    vec![
        // Aliases, anchors, merge keys.
        ("a billion laughs", bomb(10, 10), Unchecked),
        (
            "a quadratic bomb of aliases",
            app(&format!("  a: &a [{}]\n  b: [{}]\n", "x,".repeat(300), "*a,".repeat(300))),
            Unchecked,
        ),
        ("more aliases than the limit", app(&format!("  a: &a x\n  b: [{}]\n", "*a,".repeat(1001))), Unchecked),
        ("an alias inside its own anchor", app("  a: &a [*a]\n"), Refused),
        ("two anchors that refer to each other", app("  a: &a [*b]\n  b: &b [*a]\n"), Refused),
        ("a duplicate anchor", app("  a: &a 1\n  b: &a 2\n  notes: *a\n"), Read),
        ("a very long anchor", app(&format!("  a: &{} 1\n", "a".repeat(60_000))), Read),
        (
            "a merge bomb",
            {
                let mut text = "  m0: &m0 {a: 1}\n".to_owned();
                for level in 1..30 {
                    text.push_str(&format!(
                        "  m{level}: &m{level} {{<<: [*m{0}, *m{0}], b{level}: *m{0}}}\n",
                        level - 1
                    ));
                }
                app(&text)
            },
            Unchecked,
        ),
        ("a merge key that refers to itself", app("  a: &a\n    <<: *a\n"), Refused),
        ("two merge keys", app("  a: &a {x: 1}\n  b:\n    <<: *a\n    <<: *a\n"), Refused),
        ("a merge key with a string", app("  a: {<<: text}\n"), Refused),
        // Depth.
        ("deep lists", nested("[", "]", 40), Unchecked),
        ("very deep lists", nested("[", "]", 100_000), Unchecked),
        ("very deep lists that are not closed", nested("[", "", 200_000), Unchecked),
        ("very deep mappings", nested("{a: ", "}", 50_000), Unchecked),
        ("deep block mappings", app(&block(40)), Unchecked),
        ("deep block lists", app(&format!("  notes:\n    {}x\n", "- ".repeat(5_000))), Unchecked),
        ("deep complex keys", app(&format!("  {}x\n", "? ".repeat(5_000))), Unchecked),
        // Size.
        ("more than a mebibyte", [app("  notes: "), vec![b'x'; 1024 * 1024]].concat(), Unchecked),
        ("a line of half a mebibyte", [app("  notes: "), vec![b'x'; 512 * 1024]].concat(), Read),
        ("a key of half a mebibyte", [app("  "), vec![b'k'; 512 * 1024], b": 1\n".to_vec()].concat(), Refused),
        (
            "a quoted key of half a mebibyte",
            [app("  ? \""), vec![b'k'; 512 * 1024], b"\"\n  : 1\n".to_vec()].concat(),
            Read,
        ),
        ("a list of 60,000 items", app(&format!("  notes: [{}]\n", "1,".repeat(60_000))), Unchecked),
        ("1,000 unknown keys", app(&(0..1_000).map(|n| format!("  k{n}: 1\n")).collect::<String>()), Read),
        ("6,000 documents", "---\na: 1\n".repeat(6_000).into_bytes(), Unchecked),
        ("300 broken documents", "---\nkind: App\na: [\n".repeat(300).into_bytes(), Refused),
        ("a mebibyte of line ends", [app("  notes: x\n"), vec![b'\n'; 1_000_000]].concat(), Read),
        ("half a mebibyte of hashes", [app("  notes: x\n"), vec![b'#'; 512 * 1024]].concat(), Read),
        ("half a mebibyte of open quotes", [app("  notes: "), b"\"'".repeat(256 * 1024)].concat(), Refused),
        ("half a mebibyte of colons", [app("  notes: "), b": ".repeat(256 * 1024)].concat(), Refused),
        ("half a mebibyte of dashes", [app("  notes:\n"), b"-".repeat(512 * 1024)].concat(), Refused),
        ("half a mebibyte of tabs", [app("  notes: "), vec![b'\t'; 512 * 1024]].concat(), Read),
        ("half a mebibyte of stars", [app("  notes: "), b"*".repeat(512 * 1024)].concat(), Refused),
        ("half a mebibyte of ampersands", [app("  notes: "), b"&a ".repeat(170 * 1024)].concat(), Refused),
        ("half a mebibyte of exclamation marks", [app("  notes: "), b"!".repeat(512 * 1024)].concat(), Refused),
        ("half a mebibyte of percent signs", [b"%".repeat(512 * 1024), app("  notes: x\n")].concat(), Refused),
        ("a block scalar of 16,000 lines", app(&format!("  notes: |\n{}", "    x\n".repeat(16_000))), Read),
        ("an indent of 100,000", app(&format!("  notes:\n{}x\n", " ".repeat(100_000))), Read),
        // Bytes.
        ("NUL", [app("  notes: x"), b"\0hidden\n".to_vec()].concat(), Refused),
        ("escape sequences", app("  notes: \u{1b}[2J\n"), Refused),
        ("C1 controls", app("  notes: \u{9b}31m\n"), Refused),
        ("DEL", app("  notes: \u{7f}\n"), Refused),
        ("bytes that are not UTF-8", [app("  notes: "), b"\xff\xfe\n".to_vec()].concat(), Unchecked),
        ("a surrogate as UTF-8", [app("  notes: "), b"\xed\xa0\x80\n".to_vec()].concat(), Unchecked),
        ("an overlong slash", [app("  notes: "), b"\xc0\xaf\n".to_vec()].concat(), Unchecked),
        ("half a character at the end", [app("  notes: "), b"\xf0\x9f\x98".to_vec()].concat(), Unchecked),
        ("UTF-16", app("  notes: x\n").iter().flat_map(|byte| [*byte, 0]).collect(), Refused),
        ("UTF-32", app("  notes: x\n").iter().flat_map(|byte| [*byte, 0, 0, 0]).collect(), Refused),
        ("an escaped surrogate", app("  notes: \"\\uD800\"\n"), Refused),
        ("an escape beyond Unicode", app("  notes: \"\\U00110000\"\n"), Refused),
        ("bidi controls", app("  notes: \u{202e}x\u{2066}\n"), Read),
        ("tag characters", app("  notes: \u{e0041}\u{e007f}\n"), Read),
        ("line separators", app("  notes: a\u{2028}::error::pwned\u{2029}b\n"), Read),
        ("escaped line ends with a command", app("  notes: \"a\\n::error::pwned\\r\\n##[error]pwned\"\n"), Read),
        ("a command as a key", app("  \"::error file=x::pwned\": 1\n"), Read),
        ("a byte order mark inside", app("  notes: \"\u{feff}x\"\n"), Read),
        // Keys.
        ("a duplicate key", app("  tier: 1\n  tier: 2\n"), Refused),
        ("a duplicate key after unescaping", app("  tier: 1\n  \"\\x74ier\": 2\n"), Refused),
        ("a key that is a list", app("  [a, b]: 1\n"), Refused),
        ("a key that is a mapping", app("  {a: b}: 1\n"), Refused),
        ("a null key", app("  ~: 1\n"), Read),
        ("an empty key", app("  \"\": 1\n"), Read),
        ("keys of JavaScript prototypes", app("  __proto__: 1\n  constructor: 2\n"), Read),
        // Tags.
        ("a tag of Python", app("  notes: !!python/object/apply:os.system [x]\n"), Refused),
        ("a tag of Java", app("  notes: !!javax.script.ScriptEngineManager [x]\n"), Refused),
        ("an include", app("  notes: !include /etc/passwd\n"), Refused),
        ("binary", app("  notes: !!binary aGk=\n"), Refused),
        (
            "an undefined tag",
            [b"%TAG ! tag:example.com,2000:\n---\n".to_vec(), app("  notes: !x y\n")].concat(),
            Refused,
        ),
        ("an invalid !!int", app("  tier: !!int x\n"), Refused),
        // Numbers.
        ("not a number", app("  tier: .nan\n"), Refused),
        ("infinity", app("  tier: -.inf\n"), Refused),
        ("a number of 10,000 digits", app(&format!("  tier: {}\n", "9".repeat(10_000))), Refused),
        ("a huge exponent", app("  tier: 1e999999999\n"), Refused),
        ("a hexadecimal that is too large", app("  tier: 0xffffffffffffffffffff\n"), Refused),
        ("a tiny exponent", app("  tier: 1e-999999999\n"), Read),
        // Documents.
        ("another version of YAML", [b"%YAML 9.9\n---\n".to_vec(), app("  notes: x\n")].concat(), Refused),
        ("an unclosed list at the end of a document", b"kind: App\na: [1\n---\nkind: App\n".to_vec(), Refused),
        ("a template", b"kind: App\nspec: {{ .Values.x }}\n".to_vec(), Refused),
        (
            "merge conflict marks",
            [app("  notes: x\n"), b"<<<<<<< HEAD\n=======\n>>>>>>> x\n".to_vec()].concat(),
            Refused,
        ),
        ("a list of declarations", b"- apiVersion: leaver/v1\n  kind: App\n".to_vec(), Read),
        (
            "JSON",
            br#"{"apiVersion": "leaver/v1", "kind": "App", "metadata": {"name": "x"}, "spec": {}}"#.to_vec(),
            Read,
        ),
        ("nothing", Vec::new(), Read),
        ("only a comment", b"# leaver/v1".to_vec(), Read),
    ]
}

/// Each input: its name, its bytes and the expected outcome.
pub fn all() -> Vec<(String, Vec<u8>, Expected)> {
    texts().into_iter().map(|(name, bytes, expected)| (name.to_owned(), bytes, expected)).collect()
}
