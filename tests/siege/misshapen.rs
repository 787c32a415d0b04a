//! Malformed hostile policies: invalid findings, conflicting names, broken files.

use crate::{
    common::rule,
    siege::blowups::{Case, Fate, body, when, whole},
};

/// A rule whose findings are this one value.
fn finding(name: &str, value: &str, fate: Fate) -> Case {
    body(name, &format!("findings contains {value}"), fate)
}

pub fn cases() -> Vec<Case> {
    let good = || rule("bad", "findings contains {\"path\": [\"kind\"], \"message\": \"m\"} if input.kind == \"App\"");
    let file = |name: &str, files: &[(&str, &[u8])], fate| Case {
        name: name.to_owned(),
        files: files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect(),
        links: Vec::new(),
        fate,
    };
    let metadata = |name: &str, from: &str, to: &str| whole(name, &good().replace(from, to), Fate::Refused);
    let mut all = vec![
        finding("a finding that is a text", "\"m\"", Fate::Fails),
        finding("a finding that is a number", "42", Fate::Fails),
        finding("a finding that is a list", "[\"kind\", \"m\"]", Fate::Fails),
        finding("a finding that is nothing", "null", Fate::Fails),
        finding("a finding without a path", "{\"message\": \"m\"}", Fate::Fails),
        finding("a finding without a message", "{\"path\": []}", Fate::Fails),
        finding("a path that is a text", "{\"path\": \"spec.tier\", \"message\": \"m\"}", Fate::Fails),
        finding("a path with a list", "{\"path\": [[\"spec\"]], \"message\": \"m\"}", Fate::Fails),
        finding("a path with nothing", "{\"path\": [null], \"message\": \"m\"}", Fate::Fails),
        finding("an index below nothing", "{\"path\": [\"spec\", -1], \"message\": \"m\"}", Fate::Fails),
        finding("half an index", "{\"path\": [\"spec\", 0.5], \"message\": \"m\"}", Fate::Fails),
        finding(
            "an index that is too large",
            "{\"path\": [\"spec\", 99999999999999999999], \"message\": \"m\"}",
            Fate::Fails,
        ),
        finding("an index out of range", "{\"path\": [\"spec\", 9999], \"message\": \"m\"}", Fate::Finds),
        finding("a path that is not there", "{\"path\": [\"no\", \"such\", \"key\"], \"message\": \"m\"}", Fate::Finds),
        finding("a message that is a number", "{\"path\": [], \"message\": 1}", Fate::Fails),
        finding(
            "a message of control characters",
            "{\"path\": [], \"message\": \"a\\u001b[2J\\n::error::pwned\\u0000\\u202e\"}",
            Fate::Finds,
        ),
        finding("an empty message", "{\"path\": [], \"message\": \"\"}", Fate::Finds),
        finding("a key that nobody knows", "{\"path\": [], \"message\": \"m\", \"line\": 3}", Fate::Fails),
        finding("a key that is a number", "{\"path\": [], \"message\": \"m\", 3: 3}", Fate::Fails),
        finding("a severity that is none", "{\"path\": [], \"message\": \"m\", \"severity\": \"fatal\"}", Fate::Fails),
        finding("a severity that is off", "{\"path\": [], \"message\": \"m\", \"severity\": \"off\"}", Fate::Fails),
        finding("another declaration", "{\"path\": [], \"message\": \"m\", \"declaration\": 0}", Fate::Fails),
        finding("related that is a text", "{\"path\": [], \"message\": \"m\", \"related\": \"x\"}", Fate::Fails),
        finding(
            "related without a name",
            "{\"path\": [], \"message\": \"m\", \"related\": [{\"message\": \"m\"}]}",
            Fate::Fails,
        ),
        finding(
            "related to what is out of range",
            "{\"path\": [], \"message\": \"m\", \"related\": [{\"declaration\": 999, \"message\": \"m\"}]}",
            Fate::Fails,
        ),
        finding("a fix that is a text", "{\"path\": [], \"message\": \"m\", \"fix\": \"x\"}", Fate::Fails),
        body("findings that are one object", "findings := {\"path\": [], \"message\": \"m\"}", Fate::Fails),
        body("findings that are a list", "findings := [{\"path\": [], \"message\": \"m\"}]", Fate::Fails),
        body("findings that are true", "findings := true", Fate::Fails),
        body("findings that are a function", "findings(x) := x", Fate::Fails),
        body("findings by another name", "finding contains {\"path\": [], \"message\": \"m\"}", Fate::Fails),
        body("findings that are undefined", "findings := x if {\n\tfalse\n\tx := 1\n}", Fate::Fails),
        body("findings of two minds", "findings := {1}\n\nfindings := {2}", Fate::Fails),
        when("nothing by nothing", "0 / 0 == 0", Fate::Fails),
        when("a number that is none", "to_number(\"NaN\") == 0", Fate::Fails),
        // The engine panics there: the worker ends.
        when("a count of nothing", "strings.count(\"x\", \"\") > 0", Fate::Fails),
        when("a day that is none", "time.parse_rfc3339_ns(\"tomorrow\") > 0", Fate::Fails),
        when("JSON that is none", "json.unmarshal(\"{\")", Fate::Fails),
        // Accesses to missing values.
        when("the network", "http.send({\"method\": \"get\", \"url\": \"http://localhost\"})", Fate::Fails),
        when("the network by another name", "is_object({}) with is_object as http.send", Fate::Fails),
        when("the environment", "opa.runtime().env.HOME", Fate::Fails),
        when("a clock", "time.now_ns() > 0", Fate::Fails),
        when("a clock by another name", "abs(1) > 0 with abs as time.now_ns", Fate::Fails),
        when("dice", "rand.intn(\"x\", 10) >= 0", Fate::Fails),
        when("a builtin that is not there", "file.read(\"/etc/passwd\") != \"\"", Fate::Fails),
        when("an input of its own", "input.kind == \"App\" with input as {\"kind\": \"App\"}", Fate::Finds),
        when("a builtin that lies", "count(input.metadata) == 0 with count as 0", Fate::Finds),
        when("data of its own", "data.leaver.today == \"x\" with data.leaver.today as \"x\"", Fate::Finds),
        when("another rule", "count(data.policies.jit[\"no-update-owner\"].findings) > 0", Fate::Fails),
        when(
            "another rule by another way",
            "count(data[\"policies\"].jit[\"no-update-owner\"].findings) > 0",
            Fate::Fails,
        ),
        // Names.
        whole(
            "another package",
            &good().replace("package policies.acme.bad", "package policies.acme.good"),
            Fate::Refused,
        ),
        whole(
            "the package of a bundled rule",
            &good().replace("package policies.acme.bad", "package policies.jit[\"no-update-owner\"]"),
            Fate::Refused,
        ),
        whole("two packages", &format!("{}\npackage policies.acme.good\n", good()), Fate::Fails),
        whole("no package", &good().replace("package policies.acme.bad", ""), Fate::Refused),
        whole(
            "a package in letters that look alike",
            &good().replace("policies.acme.bad", "policies.\u{430}cme.bad"),
            Fate::Refused,
        ),
        // Sources.
        body("no Rego", "findings contains x if {", Fate::Fails),
        body("Rego of old", "findings[x] { x := 1 }", Fate::Fails),
        body("an open text", "x := \"", Fate::Fails),
        body("an open raw text", "x := `", Fate::Fails),
        body("NUL", "findings contains {\"path\": [], \"message\": \"m\"} if \0 true", Fate::Fails),
        body("a variable that is not there", "findings contains {\"path\": [], \"message\": x}", Fate::Fails),
        // Metadata.
        metadata("a severity of the metadata that is none", "severity: error", "severity: fatal"),
        metadata("a key of the metadata that nobody knows", "#   fix:", "#   fixx: x\n#   fix:"),
        metadata("metadata of another rule", "# METADATA", "# metadata"),
        metadata("an alias bomb in the metadata", "# title: A rule of a test", &{
            let mut bomb = "# title: &l0 [x, x, x, x, x, x, x, x, x, x]".to_owned();
            for level in 1..10 {
                let uses = vec![format!("*l{}", level - 1); 10].join(",");
                bomb.push_str(&format!("\n# l{level}: &l{level} [{uses}]"));
            }
            bomb
        }),
        metadata("metadata a thousand deep", "# title: A rule of a test", &format!("# title: {}", "[".repeat(1_000))),
        metadata("a title of a hundred thousand letters", "A rule of a test", &"x".repeat(100_000)),
        metadata("a scope that is none", "scope: App", "scope: Everything"),
        metadata("a control character in the metadata", "A rule of a test", "A rule \u{1b}[2J"),
    ];
    let text = good();
    all.extend([
        file("no UTF-8", &[("acme/bad/rule.rego", &[text.as_bytes(), b"# \xff\xfe\n"].concat())], Fate::Refused),
        file("nothing", &[("acme/bad/rule.rego", b"")], Fate::Refused),
        file("a rule in a folder of its own name", &[("acme/bad/rule.rego/x", b"x")], Fate::Refused),
        file("a rule in no group", &[("bad/rule.rego", text.as_bytes())], Fate::Refused),
        file("a rule of another name", &[("acme/bad/bad.rego", text.as_bytes())], Fate::Refused),
        file(
            "a rule that is there already",
            &[(
                "jit/no-update-owner/rule.rego",
                text.replace("policies.acme.bad", "policies.jit[\"no-update-owner\"]").as_bytes(),
            )],
            Fate::Refused,
        ),
        file(
            "a library that is there already",
            &[("acme/bad/rule.rego", text.as_bytes()), ("lib/apps.rego", b"package policies.lib.apps\n")],
            Fate::Refused,
        ),
        file(
            "a library that forges",
            &[
                ("acme/bad/rule.rego", text.as_bytes()),
                ("lib/bad.rego", b"package policies.jit[\"no-update-owner\"]\n"),
            ],
            Fate::Refused,
        ),
        file(
            "a page that is no UTF-8",
            &[("acme/bad/rule.rego", text.as_bytes()), ("acme/bad/rule.md", b"\xff")],
            Fate::Refused,
        ),
    ]);
    let mut link = file("a link to a rule", &[("acme/other/x", b"x")], Fate::Refused);
    link.links.push(("acme/bad".into(), "/etc".into()));
    all.push(link);
    let mut link = file("a link for a rule", &[("acme/bad/x", b"x")], Fate::Refused);
    link.links.push(("acme/bad/rule.rego".into(), "/etc/passwd".into()));
    all.push(link);
    let mut link = file("a link to itself", &[("acme/bad/rule.rego", text.as_bytes())], Fate::Refused);
    link.links.push(("acme/bad/round".into(), "..".into()));
    all.push(link);
    all
}
