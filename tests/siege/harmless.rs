//! Checks that outputs contain nothing dangerous for their consumers. The payloads contain markers, so that leaks are detected.

use std::sync::Mutex;

use leaver::output::{Format, Grammar};
use serde_json::Value;

/// Hostile text. Addresses contain `evil`, commands contain `pwned`.
pub const PAYLOADS: [&str; 20] = [
    "::error file=x,line=1::pwned",
    "a\n::set-output name=x::pwned\r\n##[error]pwned",
    "a\r::stop-commands::pwned",
    "x%0A::error::pwned%0D%25",
    "##vso[task.setvariable variable=x]pwned",
    "\u{1b}[2J\u{1b}[31mpwned\u{9b}31m",
    "\u{1b}]8;;http://evil.example\u{1b}\\pwned\u{1b}]8;;\u{7}",
    "\u{0}\u{8}\u{b}\u{c}\u{7f}\u{85}\u{fffe}\u{ffff}",
    "\u{202e}dlrow\u{2066}x\u{200b}\u{200f}\u{61c}\u{2028}\u{2029}\u{feff}\u{e0041}\u{e007f}",
    "=cmd|' /C pwned'!A0",
    "\t=1+1\n+1@x",
    "-2+3\",\"=pwned\"",
    "<script>pwned()</script><img src=x onerror=pwned()>&lt;]]><![CDATA[",
    "[pwned](http://evil.example/x) ![i](http://evil.example/i.png) <http://evil.example>",
    "@pwned/team #1 http://evil.example www.evil.example",
    "`` ` ``` pwned | | ~~x~~ **x**",
    "\n\n# pwned\n\n| a | b |\n| - | - |\n```\n</details>",
    "javascript:pwned() file:///etc/passwd ../../../../etc/passwd C:\\x",
    "${{ secrets.PWNED }} $(pwned) `pwned` ;pwned;a=b]pwned",
    "{0} {1} %s %n \\[x\\] \\u001b \\",
];

/// Whether a character controls a terminal, or hides or reorders other characters.
fn is_hazard(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// Descriptions of rules that passed the checks. Most of a report is such descriptions, and they are nearly always the same.
static CHECKED_RULES: Mutex<Vec<(Format, String)>> = Mutex::new(Vec::new());

const RULES_KEY: &str = "\"rules\":";

/// The output without descriptions of rules that were checked before.
fn without_checked_rules(format: Format, text: &str) -> String {
    let checked = CHECKED_RULES.lock().expect("no panic while it is locked");
    let Some((before, rules)) = text.split_once(RULES_KEY) else { return text.to_owned() };
    let known =
        checked.iter().filter(|(of, _)| *of == format).find_map(|(_, known)| rules.strip_prefix(known.as_str()));
    known.map_or_else(
        || text.to_owned(),
        |after| {
            let empty = if rules.starts_with('[') { "[]" } else { "{}" };
            format!("{before}{RULES_KEY}{empty}{after}")
        },
    )
}

/// Panics if a text is dangerous for the consumer of this format.
pub fn assert_harmless(format: Format, text: &str, sarif: &jsonschema::Validator) {
    let rest = without_checked_rules(format, text);
    assert_harmless_text(format, &rest, sarif);
    if rest == text && format.grammar() == Grammar::Json {
        let log = json(format, text);
        let rules = log.pointer("/runs/0/tool/driver/rules").unwrap_or(&log["rules"]).to_string();
        if rules.len() > 1_000 && text.split_once(RULES_KEY).is_some_and(|(_, found)| found.starts_with(&rules)) {
            CHECKED_RULES.lock().expect("no panic while it is locked").push((format, rules));
        }
    }
}

fn assert_harmless_text(format: Format, text: &str, sarif: &jsonschema::Validator) {
    let csv = format.grammar() == Grammar::Csv;
    if let Some(c) = text.chars().find(|c| is_hazard(*c) && *c != '\n' && !(csv && *c == '\r')) {
        panic!("{format}: U+{:04X} gets through: {}", u32::from(c), excerpt_around(text, c));
    }
    for line in text.lines() {
        let own = match format.as_str() {
            "github" => github_command(line),
            "azure" => azure_command(line),
            _ => None,
        };
        let rest = own.unwrap_or_else(|| line.to_owned());
        // A runner looks for `::` after blanks, and for `##[` anywhere.
        assert!(!rest.trim_start().starts_with("::"), "{format}: a command: {line:?}");
        let lower = rest.to_lowercase();
        assert!(!lower.contains("##[") && !lower.contains("##vso["), "{format}: a command: {line:?}");
    }
    match format.grammar() {
        Grammar::Json if format == Format::SARIF => assert_sarif(&json(format, text), sarif),
        Grammar::Json => drop(json(format, text)),
        Grammar::JsonLines => text.lines().for_each(|line| drop(json(format, line))),
        Grammar::Xml => {
            // `JUnit` is the only XML format so far. No XML format may contain the tags below.
            if format == Format::JUNIT {
                quick_junit::Report::deserialize_from_str(text).expect("the output is XML");
            }
            assert!(!text.contains("<script") && !text.contains("<img"), "{format}: a tag is not escaped");
        }
        Grammar::Csv => assert_cells(text),
        Grammar::Markdown => text.lines().for_each(assert_markdown),
        Grammar::Text | Grammar::Commands => {}
    }
}

fn excerpt_around(text: &str, c: char) -> String {
    let at = text.find(c).unwrap_or(0);
    format!("{:?}", text.chars().skip(text[..at].chars().count().saturating_sub(60)).take(120).collect::<String>())
}

fn json(format: Format, text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{format}: {error}"))
}

/// Removes leaver's own `::error file=…,line=…::text`; returns the rest of the line.
fn github_command(line: &str) -> Option<String> {
    let rest = ["::error ", "::warning ", "::notice "].iter().find_map(|own| line.strip_prefix(own))?;
    let (properties, message) = rest.split_once("::").expect("a command has a message");
    for property in properties.split(',') {
        let (key, value) = property.split_once('=').expect("a property has a value");
        assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&key), "{line:?}");
        // `github_property` writes `:` and `,` as %3A and %2C.
        assert!(!value.contains(':') && encoded(value, &["25", "0D", "0A", "3A", "2C"]), "{line:?}");
    }
    assert!(encoded(message, &["25", "0D", "0A"]), "{line:?}");
    // The runner shows the decoded text and does not parse it again: only this line is a command.
    Some(message.to_owned())
}

/// Removes leaver's own `##vso[task.logissue type=…;…]`; returns the message.
fn azure_command(line: &str) -> Option<String> {
    let rest = line.strip_prefix("##vso[task.logissue type=")?;
    let (properties, message) = rest.split_once(']').expect("a command has a message");
    for property in properties.split(';').skip(1) {
        let (key, value) = property.split_once('=').expect("a property has a value");
        assert!(["sourcepath", "linenumber", "columnnumber", "code"].contains(&key), "{line:?}");
        assert!(encoded(value, &["AZP25", "0D", "0A", "3B", "5D"]), "{line:?}");
    }
    assert!(encoded(message, &["AZP25", "0D", "0A"]), "{line:?}");
    Some(message.to_owned())
}

/// Whether each `%` starts one of leaver's own escapes.
fn encoded(text: &str, codes: &[&str]) -> bool {
    text.split('%').skip(1).all(|rest| codes.iter().any(|code| rest.starts_with(code)))
}

fn assert_sarif(log: &Value, schema: &jsonschema::Validator) {
    let faults: Vec<String> =
        schema.iter_errors(log).take(3).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    each(log, "", &mut |path, key, text| {
        if key == "uri" || key == "helpUri" || key == "informationUri" {
            let good = |c: char| c.is_ascii_alphanumeric() || "-._~/%:".contains(c);
            assert!(text.chars().all(good), "{path}: {text:?} is not a URI");
            let protocol = text.split_once(':').map(|(before, _)| before);
            assert!(protocol.is_none_or(|protocol| ["https", "file"].contains(&protocol)), "{path}: {text:?}");
        }
        // Brackets in a message form a link. Only links to a related place, by its index, are allowed.
        if key == "text" && path.contains("/message/") {
            let mut before = ' ';
            for (at, c) in text.char_indices() {
                let related =
                    text[at..].split_once("](").is_some_and(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()));
                assert!(c != '[' || before == '\\' || related, "{path}: {text:?} has a link");
                before = if before == '\\' && c == '\\' { ' ' } else { c };
            }
        }
    });
}

/// Passes every string in a value to `look`, with its path and key.
fn each(value: &Value, path: &str, look: &mut dyn FnMut(&str, &str, &str)) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| each(value, &format!("{path}/{key}"), look)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| each(value, &format!("{path}/{at}"), look));
        }
        Value::String(text) => look(path, path.rsplit('/').next().unwrap_or_default(), text),
        _ => {}
    }
}

fn assert_cells(text: &str) {
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.expect("a row of the same length");
        let formula = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
        assert!(!row.iter().any(formula), "a formula: {row:?}");
    }
}

/// Outside code spans, a payload must be plain text.
pub fn assert_markdown(line: &str) {
    let prose = without_code(line);
    // Links to leaver's own rule pages are allowed, but no others.
    let prose = prose.replace("https://github.com/leaver-lint/", "");
    for mark in [
        "http:",
        "https:",
        "www.",
        "javascript:",
        "![",
        "<script",
        "<img",
        "<http",
        "@pwned",
        "]]>",
        "</details><",
        "~~x",
        "**x",
    ] {
        assert!(!prose.contains(mark), "Markdown: {mark:?} gets through: {line:?}");
    }
}

/// A line of Markdown without its code spans. A code span reaches from a run of backticks to the next run of the same length.
fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        out.push_str(&rest[..at]);
        let fence = rest[at..].chars().take_while(|c| *c == '`').count();
        let inner = &rest[at + fence..];
        let mut from = 0;
        let close = loop {
            let Some(next) = inner[from..].find('`').map(|next| from + next) else { break None };
            let run = inner[next..].chars().take_while(|c| *c == '`').count();
            if run == fence {
                break Some(next + run);
            }
            from = next + run;
        };
        rest = if let Some(end) = close {
            &inner[end..]
        } else {
            out.push_str(&rest[at..at + fence]);
            inner
        };
    }
    out + rest
}

#[test]
fn the_checks_detect_attacks() {
    let schema = sarif_schema();
    let caught = |format: Format, text: &str| {
        std::panic::catch_unwind(|| assert_harmless(format, text, &sarif_schema())).is_err()
    };
    for payload in PAYLOADS.iter().take(9) {
        assert!(caught(Format::CONCISE, payload) || payload.contains("%0A"), "{payload:?}");
    }
    assert!(
        caught(Format::GITHUB, "::error file=a,title=b::x%0A%::y")
            && caught(Format::GITHUB, "::error file=a:b,title=b::x")
    );
    assert!(caught(Format::CSV, "a\n=1\n") && caught(Format::MARKDOWN, "see [x](http://evil.example)"));
    assert!(!caught(Format::MARKDOWN, "see `[x](http://evil.example)` and ``a ` http: ``"));
    assert_harmless(Format::AZURE, "##vso[task.logissue type=error;sourcepath=a%3B.yaml;code=x]y%AZP25", &schema);
}

/// The published schema of SARIF 2.1.0.
pub fn sarif_schema() -> jsonschema::Validator {
    let path = crate::common::root().join("tests/foreign/sarif-2.1.0.schema.json");
    let text = std::fs::read_to_string(path).expect("the schema");
    jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("a schema")
}
