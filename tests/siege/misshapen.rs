//! Malformed hostile policies: invalid findings, conflicting names, broken files.

use crate::{
    common::rule,
    siege::blowups::{Case, Expected, body, rule_with_text, when},
};

/// A rule with this value as its only finding.
fn finding(name: &str, value: &str, expected: Expected) -> Case {
    body(name, &format!("findings contains {value}"), expected)
}

pub fn cases() -> Vec<Case> {
    let good = || rule("bad", "findings contains {\"path\": [\"kind\"], \"message\": \"m\"} if input.kind == \"App\"");
    let file = |name: &str, files: &[(&str, &[u8])], expected| Case {
        name: name.to_owned(),
        files: files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect(),
        links: Vec::new(),
        expected,
    };
    let metadata =
        |name: &str, from: &str, to: &str| rule_with_text(name, &good().replace(from, to), Expected::Refused);
    let mut all = vec![
        finding("a finding that is a string", "\"m\"", Expected::Fails),
        finding("a finding that is a number", "42", Expected::Fails),
        finding("a finding that is a list", "[\"kind\", \"m\"]", Expected::Fails),
        finding("a finding that is null", "null", Expected::Fails),
        finding("a finding without a path", "{\"message\": \"m\"}", Expected::Fails),
        finding("a finding without a message", "{\"path\": []}", Expected::Fails),
        finding("a path that is a string", "{\"path\": \"spec.tier\", \"message\": \"m\"}", Expected::Fails),
        finding("a path with a list", "{\"path\": [[\"spec\"]], \"message\": \"m\"}", Expected::Fails),
        finding("a path with null", "{\"path\": [null], \"message\": \"m\"}", Expected::Fails),
        finding("a negative index", "{\"path\": [\"spec\", -1], \"message\": \"m\"}", Expected::Fails),
        finding("a fractional index", "{\"path\": [\"spec\", 0.5], \"message\": \"m\"}", Expected::Fails),
        finding(
            "an index that is too large",
            "{\"path\": [\"spec\", 99999999999999999999], \"message\": \"m\"}",
            Expected::Fails,
        ),
        finding("an index out of range", "{\"path\": [\"spec\", 9999], \"message\": \"m\"}", Expected::Finds),
        finding("a missing path", "{\"path\": [\"no\", \"such\", \"key\"], \"message\": \"m\"}", Expected::Finds),
        finding("a message that is a number", "{\"path\": [], \"message\": 1}", Expected::Fails),
        finding(
            "a message of control characters",
            "{\"path\": [], \"message\": \"a\\u001b[2J\\n::error::pwned\\u0000\\u202e\"}",
            Expected::Finds,
        ),
        finding("an empty message", "{\"path\": [], \"message\": \"\"}", Expected::Finds),
        finding("an unknown key", "{\"path\": [], \"message\": \"m\", \"line\": 3}", Expected::Fails),
        finding("a key that is a number", "{\"path\": [], \"message\": \"m\", 3: 3}", Expected::Fails),
        finding("an invalid severity", "{\"path\": [], \"message\": \"m\", \"severity\": \"fatal\"}", Expected::Fails),
        finding("the severity `off`", "{\"path\": [], \"message\": \"m\", \"severity\": \"off\"}", Expected::Fails),
        finding("another declaration", "{\"path\": [], \"message\": \"m\", \"declaration\": 0}", Expected::Fails),
        finding(
            "`related` that is a string",
            "{\"path\": [], \"message\": \"m\", \"related\": \"x\"}",
            Expected::Fails,
        ),
        finding(
            "`related` without a name",
            "{\"path\": [], \"message\": \"m\", \"related\": [{\"message\": \"m\"}]}",
            Expected::Fails,
        ),
        finding(
            "`related` with an index out of range",
            "{\"path\": [], \"message\": \"m\", \"related\": [{\"declaration\": 999, \"message\": \"m\"}]}",
            Expected::Fails,
        ),
        finding("a fix that is a string", "{\"path\": [], \"message\": \"m\", \"fix\": \"x\"}", Expected::Fails),
        body("findings that are one object", "findings := {\"path\": [], \"message\": \"m\"}", Expected::Fails),
        body("findings that are a list", "findings := [{\"path\": [], \"message\": \"m\"}]", Expected::Fails),
        body("findings that are true", "findings := true", Expected::Fails),
        body("findings that are a function", "findings(x) := x", Expected::Fails),
        body("findings under another name", "finding contains {\"path\": [], \"message\": \"m\"}", Expected::Fails),
        body("findings that are undefined", "findings := x if {\n\tfalse\n\tx := 1\n}", Expected::Fails),
        body("two conflicting values of findings", "findings := {1}\n\nfindings := {2}", Expected::Fails),
        when("zero divided by zero", "0 / 0 == 0", Expected::Fails),
        when("an invalid number", "to_number(\"NaN\") == 0", Expected::Fails),
        // The engine panics in these cases, and the worker ends.
        when("a count of an empty string", "strings.count(\"x\", \"\") > 0", Expected::Fails),
        when("an invalid date", "time.parse_rfc3339_ns(\"tomorrow\") > 0", Expected::Fails),
        when("invalid JSON", "json.unmarshal(\"{\")", Expected::Fails),
        // Accesses to the outside world and to other rules, and replaced values.
        when("the network", "http.send({\"method\": \"get\", \"url\": \"http://localhost\"})", Expected::Fails),
        when("the network under another name", "is_object({}) with is_object as http.send", Expected::Fails),
        when("the environment", "opa.runtime().env.HOME", Expected::Fails),
        when("a clock", "time.now_ns() > 0", Expected::Fails),
        when("a clock under another name", "abs(1) > 0 with abs as time.now_ns", Expected::Fails),
        when("a random number", "rand.intn(\"x\", 10) >= 0", Expected::Fails),
        when("a missing builtin", "file.read(\"/etc/passwd\") != \"\"", Expected::Fails),
        when("a replaced input", "input.kind == \"App\" with input as {\"kind\": \"App\"}", Expected::Finds),
        when("a replaced builtin", "count(input.metadata) == 0 with count as 0", Expected::Finds),
        when("replaced data", "data.leaver.today == \"x\" with data.leaver.today as \"x\"", Expected::Finds),
        when("another rule", "count(data.policies.jit[\"no-update-owner\"].findings) > 0", Expected::Fails),
        when(
            "another rule in another notation",
            "count(data[\"policies\"].jit[\"no-update-owner\"].findings) > 0",
            Expected::Fails,
        ),
        // Names.
        rule_with_text(
            "another package",
            &good().replace("package policies.acme.bad", "package policies.acme.good"),
            Expected::Refused,
        ),
        rule_with_text(
            "the package of a bundled rule",
            &good().replace("package policies.acme.bad", "package policies.jit[\"no-update-owner\"]"),
            Expected::Refused,
        ),
        rule_with_text("two packages", &format!("{}\npackage policies.acme.good\n", good()), Expected::Fails),
        rule_with_text("no package", &good().replace("package policies.acme.bad", ""), Expected::Refused),
        rule_with_text(
            "a package with a lookalike letter",
            &good().replace("policies.acme.bad", "policies.\u{430}cme.bad"),
            Expected::Refused,
        ),
        // Sources.
        body("invalid Rego", "findings contains x if {", Expected::Fails),
        body("Rego v0", "findings[x] { x := 1 }", Expected::Fails),
        body("an unclosed string", "x := \"", Expected::Fails),
        body("an unclosed raw string", "x := `", Expected::Fails),
        body("NUL", "findings contains {\"path\": [], \"message\": \"m\"} if \0 true", Expected::Fails),
        body("an undefined variable", "findings contains {\"path\": [], \"message\": x}", Expected::Fails),
        // Metadata.
        metadata("an invalid severity in the metadata", "severity: error", "severity: fatal"),
        metadata("an unknown key in the metadata", "#   fix:", "#   fixx: x\n#   fix:"),
        metadata("metadata of another rule", "# METADATA", "# metadata"),
        metadata("an alias bomb in the metadata", "# title: A rule of a test", &{
            let mut bomb = "# title: &l0 [x, x, x, x, x, x, x, x, x, x]".to_owned();
            for level in 1..10 {
                let uses = vec![format!("*l{}", level - 1); 10].join(",");
                bomb.push_str(&format!("\n# l{level}: &l{level} [{uses}]"));
            }
            bomb
        }),
        metadata(
            "metadata nested a thousand deep",
            "# title: A rule of a test",
            &format!("# title: {}", "[".repeat(1_000)),
        ),
        metadata("a title of a hundred thousand letters", "A rule of a test", &"x".repeat(100_000)),
        metadata("an invalid scope", "scope: App", "scope: Everything"),
        metadata("a control character in the metadata", "A rule of a test", "A rule \u{1b}[2J"),
    ];
    let text = good();
    all.extend([
        file(
            "a rule that is not UTF-8",
            &[("acme/bad/rule.rego", &[text.as_bytes(), b"# \xff\xfe\n"].concat())],
            Expected::Refused,
        ),
        file("an empty rule", &[("acme/bad/rule.rego", b"")], Expected::Refused),
        file("a folder called rule.rego", &[("acme/bad/rule.rego/x", b"x")], Expected::Refused),
        file("a rule without a group", &[("bad/rule.rego", text.as_bytes())], Expected::Refused),
        file("a rule file with another name", &[("acme/bad/bad.rego", text.as_bytes())], Expected::Refused),
        file(
            "the id of a bundled rule",
            &[(
                "jit/no-update-owner/rule.rego",
                text.replace("policies.acme.bad", "policies.jit[\"no-update-owner\"]").as_bytes(),
            )],
            Expected::Refused,
        ),
        file(
            "the path of a bundled library",
            &[("acme/bad/rule.rego", text.as_bytes()), ("lib/apps.rego", b"package policies.lib.apps\n")],
            Expected::Refused,
        ),
        file(
            "a library with the package of a rule",
            &[
                ("acme/bad/rule.rego", text.as_bytes()),
                ("lib/bad.rego", b"package policies.jit[\"no-update-owner\"]\n"),
            ],
            Expected::Refused,
        ),
        file(
            "a page that is not UTF-8",
            &[("acme/bad/rule.rego", text.as_bytes()), ("acme/bad/rule.md", b"\xff")],
            Expected::Refused,
        ),
    ]);
    let mut link = file("a link to a rule", &[("acme/other/x", b"x")], Expected::Refused);
    link.links.push(("acme/bad".into(), "/etc".into()));
    all.push(link);
    let mut link = file("a link in place of a rule", &[("acme/bad/x", b"x")], Expected::Refused);
    link.links.push(("acme/bad/rule.rego".into(), "/etc/passwd".into()));
    all.push(link);
    let mut link = file("a link to itself", &[("acme/bad/rule.rego", text.as_bytes())], Expected::Refused);
    link.links.push(("acme/bad/round".into(), "..".into()));
    all.push(link);
    all
}
