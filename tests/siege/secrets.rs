//! A secret is never shown, whether or not a rule can find it. Each secret in these tests contains a marker that no output may contain.

use std::{path::Path, process::Output};

use leaver::output::Format;

use crate::common::{self, CLEAN, FAULTY, code, err, folder, git, leaver, out, rule, with_git};

/// The secrets are concatenated here, so that no scanner takes this file for a leak. The markers are in the second halves.
fn secrets() -> [(String, &'static str); 6] {
    [
        (["ghp_", "Canary0one1Canary0one1Canary0one1xyz9"].concat(), "Canary0one1"),
        (["glpat-", "Canary0two2Canary0two2"].concat(), "Canary0two2"),
        (["xoxb-", "000000000000-Canary0three3"].concat(), "Canary0three3"),
        (["https://scim:", "Canary0four4@example.com/scim"].concat(), "Canary0four4"),
        (["sk_live_", "Canary0five5Canary0five5"].concat(), "Canary0five5"),
        (["Password: ", "Canary0six6!"].concat(), "Canary0six6"),
    ]
}

fn text_of(output: &Output) -> String {
    assert!(!err(output).contains("panicked"), "{}", err(output));
    format!("{}{}", out(output), err(output))
}

/// Checks that no format shows a secret, on standard output or in a file. Returns the status and the text of `full`.
fn assert_no_output_shows_a_secret(what: &str, files: &Path, more: &[&str]) -> (i32, String) {
    let reports = folder(&[]);
    let mut arguments = vec!["check".to_owned(), "--verbose".into(), "--statistics".into()];
    for format in Format::ALL {
        arguments.extend(["-o".to_owned(), format!("{format}={}", reports.path().join(format.as_str()).display())]);
    }
    arguments.extend(["-o".to_owned(), "full".into()]);
    arguments.extend(more.iter().map(|&word| word.to_owned()));
    let output = leaver(files, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_no_secret(what, &text_of(&output));
    for format in Format::ALL {
        assert_no_secret(what, &std::fs::read_to_string(reports.path().join(format.as_str())).expect("a report"));
    }
    (code(&output), text_of(&output))
}

fn assert_no_secret(what: &str, text: &str) {
    assert!(!text.contains("Canary0"), "{what}: {text}");
}

/// Replaces each `HERE` in a declaration with a secret.
fn with_secrets(text: &str) -> String {
    let all = secrets().map(|(secret, _)| secret);
    let mut text = text.to_owned();
    for secret in all.iter().cycle() {
        if !text.contains("HERE") {
            break;
        }
        text = text.replacen("HERE", secret, 1);
    }
    text
}

#[test]
fn every_kind_is_recognised_wherever_a_report_is_made() {
    for (secret, word) in secrets() {
        assert!(secret.contains(word));
        let text = format!("before {secret}, after");
        let clean = leaver::source::redact(&text);
        assert!(!clean.contains("Canary") && clean.starts_with("before") && clean.contains("after"), "{clean}");
    }
}

#[test]
fn redaction_uses_the_patterns_of_the_rule() {
    let read = |name: &str| std::fs::read_to_string(common::root().join(name)).expect("text");
    let (rego, data) = (read("policies/lib/secrets.rego"), read("crates/leaver-core/data/secrets.yaml"));
    let mut count = 0;
    for line in data.lines().filter(|line| line.starts_with("  ")) {
        let quoted = line.split_once('\'').expect("a quoted pattern").1.trim_end_matches('\'').replace("''", "'");
        let name = line.trim().split_once(": '").map_or(String::new(), |(name, _)| format!("\"{name}\": "));
        assert!(rego.contains(&format!("{name}`{quoted}`,")), "{line}");
        count += 1;
    }
    let patterns = rego
        .lines()
        .filter(|line| line.starts_with("\t\t`") || line.starts_with("\t\""))
        .filter(|line| line.ends_with("`,"));
    assert_eq!(patterns.count(), count, "the data has every pattern of the rule");
}

/// Two secrets may be on one line, in values that a rule checks. Both are found, and neither is shown.
#[test]
fn two_secrets_on_one_line_are_both_found_and_redacted() {
    for notes in [
        "HERE HERE",
        "HERE,HERE",
        "'HERE;HERE'",
        "\"HERE\\\"HERE\"",
        "HERE/HERE",
        "HEREHERE",
        "[HERE, HERE]",
        "{a: HERE, b: HERE}",
    ] {
        let key = if notes.starts_with('{') { "labels" } else { "description" };
        let text = FAULTY.replace("{name: box, owner: t, vendor: in-house}", &format!("{{name: box, {key}: {notes}}}"));
        let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &with_secrets(&text))]);
        let (status, text) = assert_no_output_shows_a_secret(notes, files.path(), &[]);
        assert!(status == 1 && text.contains("box"), "{notes}: {text}");
    }
}

/// Rules do not check invalid declarations, but a report shows lines and quotes keys and values.
#[test]
fn secrets_in_invalid_declarations_are_redacted() {
    let app = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: slack, owner: it-apps}\n";
    let spec = "spec: {provisioning: {mode: none}}\n";
    let cases = [
        ("a syntax error next to it", format!("{app}spec:\n  notes: HERE\n  tier: [1\n")),
        ("a syntax error on its line", format!("{app}spec: {{notes: HERE, tier: [HERE}}\n")),
        ("a syntax error in it", format!("{app}spec:\n  notes: \"HERE\n")),
        ("an unknown key next to it", format!("{app}spec:\n  notes: HERE\n  teir: 1\n  title: HERE\n")),
        ("as an unknown key", format!("{app}spec:\n  'HERE': 1\n  ? HERE\n  : 2\n")),
        (
            "as a value of the wrong type",
            format!("{app}spec: {{tier: HERE, status: HERE, provisioning: {{mode: HERE}}}}\n"),
        ),
        ("as a list", format!("{app}spec: {{populations: [HERE, HERE], roles: HERE}}\n")),
        ("as a label", format!("{}{spec}", app.replace("owner: it-apps", "labels: {'HERE': HERE, b: 1}"))),
        ("as the name", format!("{}{spec}", app.replace("name: slack", "name: 'HERE'"))),
        ("as the kind", app.replace("kind: App", "kind: HERE") + spec),
        ("as the version", app.replace("apiVersion: leaver/v1", "apiVersion: leaver/HERE") + spec),
        ("in a comment", format!("{app}# HERE HERE\nspec: # HERE\n  # HERE\n  teir: 1 # HERE\n  # HERE\n")),
        ("as a tag", format!("{app}spec: {{notes: !HERE x, title: !<HERE> y}}\n")),
        ("as an anchor", format!("{app}spec: {{notes: &HERE x, teir: *HERE}}\n")),
        ("as an unknown alias", format!("{app}spec: {{notes: *HERE }}\n")),
        (
            "as a duplicate key",
            format!("{app}spec:\n  HERE: 1\n  HERE: 2\n  'HERE': 1\n  'HERE': 1\n")
                .replace("'HERE': 1\n  'HERE': 1", "'k HERE k': 1\n  'k HERE k': 1"),
        ),
        ("behind a template", format!("{app}spec: {{notes: {{{{ HERE }}}}}}\n")),
        ("as a number that does not fit", format!("{app}spec: {{tier: !!int HERE}}\n")),
        ("in another document", format!("{app}{spec}---\nHERE: HERE\n---\n{app}spec: [\n")),
        (
            "in a long line",
            format!("{app}spec: {{notes: {} HERE {}, teir: 1}}\n", "x".repeat(3_000), "y".repeat(3_000)),
        ),
        ("far in a long value", format!("{app}spec: {{tier: 'a b {} HERE'}}\n", "é".repeat(20))),
        (
            "a private key",
            [
                "spec:\n  notes: |\n    -----BEGIN OPENSSH ",
                "PRIVATE KEY-----\n    Canary0key\n    Canary0key\n  teir: 1\n",
            ]
            .concat()
            .replace("spec:", &format!("{app}spec:")),
        ),
    ];
    for (what, text) in cases {
        // A secret is redacted even if a message is cut inside it.
        for shift in ["", "x ", "some words before it, so many that the message is cut in the middle "] {
            if !shift.is_empty() && !text.contains("'HERE'") {
                continue;
            }
            let text = with_secrets(&text.replace("'HERE'", &format!("'{shift}HERE'")));
            let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &text)]);
            let (status, shown) = assert_no_output_shows_a_secret(what, files.path(), &[]);
            assert_eq!(status, 1, "{what}: {shown}\n{text}");
        }
    }
}

/// The rule may be off, waived or have any severity: redaction does not depend on it.
#[test]
fn secrets_are_redacted_without_an_evaluated_rule() {
    let text =
        with_secrets(&FAULTY.replace("    update", "").replace("  sourceOfTruth", "  notes: HERE\n  sourceOfTruth"));
    for config in ["version: 1\nrules: {credential/secret-in-file: {severity: off}}\n", "version: 1\n"] {
        let files = folder(&[("leaver.yaml", config), ("a.yaml", &text)]);
        for more in [&["--ignore", "credential"][..], &["--select", "jit,leaver"], &[]] {
            assert_eq!(assert_no_output_shows_a_secret(config, files.path(), more).0, 1);
        }
    }
}

#[test]
fn secrets_quoted_by_rules_of_users_are_redacted() {
    let own = rule(
        "x",
        "findings contains {\"path\": [\"metadata\", \"labels\", key], \"message\": sprintf(\"%s is %s\", [key, value])} if some key, value in input.metadata.labels",
    );
    let text = with_secrets("apiVersion: leaver/v1\nkind: App\nmetadata: {name: a, labels: {'k HERE': 'v HERE', HERE: 1}}\nspec: {provisioning: {mode: none}}\n").replace(": 1}", ": '1'}");
    let files = folder(&[
        ("leaver.yaml", "version: 1\npolicies: [policies]\n"),
        ("policies/acme/x/rule.rego", &own),
        ("a.yaml", &text),
    ]);
    let (status, shown) = assert_no_output_shows_a_secret("own rules", files.path(), &[]);
    assert!(status == 1 && (shown.contains("acme/x") || shown.contains("schema/")), "{shown}");
    // An error of the engine quotes the operand.
    let breaks = rule("x", "findings contains {\"path\": [], \"message\": \"m\"} if to_number(input.spec.notes) == 1");
    let text = with_secrets(
        "apiVersion: leaver/v1\nkind: App\nmetadata: {name: a}\nspec: {notes: HERE, provisioning: {mode: none}}\n",
    );
    let files = folder(&[
        ("leaver.yaml", "version: 1\npolicies: [policies]\n"),
        ("policies/acme/x/rule.rego", &breaks),
        ("a.yaml", &text),
    ]);
    assert_no_output_shows_a_secret("an engine that fails", files.path(), &[]);
}

#[test]
fn secrets_in_waivers_and_baselines_are_redacted() {
    let waiver = with_secrets(
        "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: jit/no-update-owner, apps: [box, 'HERE'], reason: 'because HERE HERE', approver: 'HERE', owner: t, ticket: 'HERE', compensatingControl: HERE, from: 2026-11-01, expires: 2026-12-31}\n",
    );
    let labels = with_secrets(&FAULTY.replace("{name: box,", "{name: box, labels: {'HERE': 'HERE'},"));
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &labels), ("w.yaml", &waiver)]);
    assert_no_output_shows_a_secret("a waiver", files.path(), &[]);
    let output = leaver(files.path(), &["check", "--baseline", "base.json", "--update-baseline", "--add-to-baseline"]);
    assert_no_secret("a baseline", &text_of(&output));
    assert_no_secret("a baseline", &std::fs::read_to_string(files.path().join("base.json")).expect("written"));
    // The findings in the baseline are known.
    let known = leaver(files.path(), &["check", "--baseline", "base.json", "-o", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out(&known)).expect("JSON");
    let old = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| !finding["rule"].as_str().unwrap_or_default().starts_with("schema/"));
    assert_eq!(old.filter(|finding| finding["status"] == "open").count(), 0, "{report}");
    let broken = folder(&[
        ("leaver.yaml", "version: 1\n"),
        ("a.yaml", CLEAN),
        ("base.json", &with_secrets("{\"HERE\": \"HERE\"}")),
    ]);
    assert_eq!(assert_no_output_shows_a_secret("a broken baseline", broken.path(), &["--baseline", "base.json"]).0, 2);
}

#[test]
fn secrets_in_configuration_profile_vendors_and_arguments_are_redacted() {
    for (name, config, other) in [
        ("leaver.yaml", "version: 1\nHERE: HERE\nrules: {'HERE': {severity: HERE}}\n", ""),
        ("leaver.yaml", "version: 1\n# HERE\nprofile: HERE\n", ""),
        ("leaver.yaml", "version: 1\npolicies: ['HERE']\n# HERE\n", ""),
        ("p.yaml", "version: 1\nprofile: ./p.yaml\n", "name: HERE\nHERE: 1\nrules: {HERE: 1}\n"),
        ("v.yaml", "version: 1\nvendors: [v.yaml]\n", "vendors: {HERE: {title: HERE, HERE: 1}}\n"),
        ("v.yaml", "version: 1\nvendors: [v.yaml]\n", "vendors: [HERE\n"),
    ] {
        let files = folder(&[("leaver.yaml", &with_secrets(config)), ("a.yaml", FAULTY)]);
        if !other.is_empty() {
            std::fs::write(files.path().join(name), with_secrets(other)).expect("a file");
        }
        assert_eq!(assert_no_output_shows_a_secret(name, files.path(), &[]).0, 2, "{config}");
        for arguments in
            [vec!["config", "show"], vec!["rules"], vec!["test"], vec!["config", "show", "--format", "json"]]
        {
            assert_no_secret(name, &text_of(&leaver(files.path(), &arguments)));
        }
    }
    let files = folder(&[
        ("leaver.yaml", &with_secrets("version: 1\ndocsUrl: 'HERE'\n").replace(&secrets()[0].0, &secrets()[3].0)),
        ("a.yaml", FAULTY),
    ]);
    for format in ["text", "json", "yaml"] {
        assert_no_secret(format, &text_of(&leaver(files.path(), &["config", "show", "--format", format])));
    }
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY)]);
    for (secret, _) in secrets() {
        for arguments in [
            vec!["explain", &secret],
            vec!["check", "--select", &secret],
            vec!["check", "--today", &secret],
            vec!["check", "--profile", &secret],
            vec!["check", "--since", &secret],
            vec!["waive", &secret, &secret, "--reason", "x", "--approver", "y", "--expires", "2027-01-01"],
            vec!["signoff", "prepare", &secret],
            vec!["new", "rule", &secret],
        ] {
            let output = with_git(files.path(), &arguments);
            assert_eq!(code(&output), 2, "{arguments:?}");
            assert_no_secret("what is typed", &text_of(&output));
        }
    }
}

#[test]
fn diffs_show_no_secret() {
    let broken =
        "apiVersion: leaver/v1\nkind: App\nmetadata: {name: broken}\nspec: {notes: HERE, teir: 1, tier: HERE}\n";
    let app = |purpose: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: slack, owner: it-apps, description: 'x {purpose}', labels: {{'k': '{purpose}'}}}}\nspec:\n  notes: a {purpose}\n  provisioning: {{mode: none}}\n  nonHuman: [{{name: '{purpose}', kind: scim-token, owner: it-apps, purpose: '{purpose}'}}]\n"
        )
    };
    let files = folder(&[
        ("leaver.yaml", "version: 1\nrules: {credential/secret-in-file: {severity: off}}\n"),
        ("a.yaml", &with_secrets(&app("HERE"))),
        ("b.yaml", &with_secrets(broken)),
    ]);
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    std::fs::write(files.path().join("a.yaml"), with_secrets(&app("HERE HERE"))).expect("a file");
    std::fs::write(
        files.path().join("b.yaml"),
        with_secrets(&broken.replace("notes: HERE", "notes: 'HERE HERE', title: HERE")),
    )
    .expect("a file");
    for format in ["text", "json", "markdown"] {
        let output = with_git(files.path(), &["diff", "HEAD", "-o", format]);
        assert_no_secret(format, &text_of(&output));
        assert!(text_of(&output).contains("slack"), "{}", text_of(&output));
        let output = with_git(files.path(), &["check", "--since", "HEAD", "-o", "full"]);
        assert_no_secret(format, &text_of(&output));
    }
}

/// A manifest contains the whole declaration, so it is not written if the declaration has a secret, whether or not the rule is on. The pack does not
/// show the secret either.
#[test]
fn sign_offs_contain_no_secret() {
    for off in ["", "rules: {credential/secret-in-file: {severity: off}}\n"] {
        let text = with_secrets(&CLEAN.replace("{provisioning: {mode: none},", "{notes: HERE, provisioning: {mode: none}, lifecycle: {update: {via: ticket, queue: 'HERE', owner: it-apps}},"));
        let config = format!("version: 1\n{off}");
        let files = folder(&[("leaver.yaml", &config), ("a.yaml", &text)]);
        let output = with_git(
            files.path(),
            &["signoff", "sign", "slack", "--reviewer", "a@example.com", "--role", "r", "--output", "s.json"],
        );
        assert!(code(&output) == 2 && text_of(&output).contains("contains a secret"), "{}", text_of(&output));
        assert!(!files.path().join("s.json").exists());
        assert_no_secret("sign", &text_of(&output));
        let output = with_git(files.path(), &["signoff", "prepare", "slack"]);
        assert_eq!(code(&output), 0, "{}", text_of(&output));
        assert_no_secret("prepare", &text_of(&output));
        assert_no_secret("status", &text_of(&with_git(files.path(), &["signoff", "status"])));
    }
}

/// Tokens of the most common vendors. Prefix and rest are concatenated here, so that no scanner takes this file for a leak.
fn vendors() -> Vec<String> {
    let hex = "0c1a2b3d4e5f60718293a4b5c6d7e8f9";
    let word = "C4n4ry0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1";
    let of = |head: &str, tail: &str| [head, tail].concat();
    vec![
        of("abc8", &format!("Q~{}", &word[..34])),
        of("ghp_", &word[..36]),
        of("gho_", &word[..36]),
        of("ghu_", &word[..36]),
        of("ghs_", &word[..36]),
        of("ghr_", &word[..36]),
        of("github_pat_", &format!("11{}_{word}", &word[..20])),
        of("glpat-", &word[..20]),
        of("gldt-", &word[..20]),
        of("glcbt-", &word[..20]),
        of("xoxb-", "123456789012-C4n4ry0aB1cD2"),
        of("xoxe.xoxp-", "1-C4n4ry0aB1cD2"),
        of("xapp-", "1-A0123-C4n4ry0aB1cD2"),
        of("AKIA", "IOSFODNN7EXAMPLE"),
        of("ASIA", "IOSFODNN7EXAMPLE"),
        of("AIza", &word[..35]),
        of("ya29.", word),
        of("GOCSPX-", &word[..28]),
        of("sk_live_", &word[..24]),
        of("rk_live_", &word[..24]),
        of("00", "C4n4ry0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1"),
        of("SK", hex),
        of("SG.", &format!("{}.{word}", &word[..22])),
        of("npm_", &word[..36]),
        of("pypi-", &format!("AgEIcHlwaS5vcmc{word}")),
        of("dckr_pat_", &word[..27]),
        of("hf_", &word[..34]),
        of("sk-", &format!("proj-{word}")),
        of("sk-", &format!("ant-api03-{word}")),
        of("ATATT3", word),
        of("ATCTT3", word),
        of("lin_api_", word),
        of("ntn_", word),
        of("secret_", &format!("{word}abc")),
        of("figd_", word),
        of("dapi", hex),
        of("dop_v1_", &hex.repeat(2)),
        of("cfut_", word),
        of("HRKU-", &format!("AA{word}")),
        of("NRAK-", "C4N4RYABCDEFGHIJKLMNOPQRSTU"),
        of("snyk_uat.", &format!("0c1a2b3d.{word}")),
        of("shpat_", hex),
        of("sq0atp-", &word[..22]),
        of("key-", hex),
        of(hex, "-us12"),
        of("pat", &format!("{}.{}", &word[..14], hex.repeat(2))),
        of("2/", &format!("1200000000000000/1200000000000001:{hex}")),
        of("hvs.", &word[..24]),
        of(&word[..14], &format!(".atlasv1.{word}")),
        of("ops_eyJ", word),
        of("dp.st.prd.", word),
        of("glsa_", &format!("{}_0c1a2b3d", &word[..32])),
        of("eyJ", &format!("hbGciOiJub25lIn0.{word}.{word}")),
        of("AGE-SECRET-KEY-1", "QY9SZQGP2YQSZ8GPQY7SZQ5PQYQSZ"),
        of("postgres://app:", "C4n4ry0aB1@db.example.com/x"),
        of("redis://:", "C4n4ry0aB1@cache.example.com"),
    ]
}

/// In each string style, a token is found and never shown, even if it is broken where YAML folds the string.
#[test]
fn tokens_of_common_vendors_are_found_and_redacted() {
    let all = vendors();
    for (style, text) in [
        ("quoted", "notes: 'a HERE b'"),
        ("plain", "notes: the HERE"),
        ("literal", "notes: |\n    one\n    HERE\n    two"),
        ("folded", "notes: >-\n    one\n    HERE\n    two"),
        ("escaped", "notes: \"ESCAPED\""),
        ("broken by folding", "notes: >-\n    BROKEN"),
        ("broken in a literal", "notes: |\n    BROKEN"),
        ("broken in the middle", "notes: >-\n    some words MIDDLE"),
        ("broken by an escape", "notes: \"JOINED\""),
    ] {
        let broken = |token: &str, mark: &str| {
            let at = if text.contains("MIDDLE") { token.len() / 2 } else { token.len() - 12 };
            let (head, tail) = token.split_at(at);
            format!("{head}{mark}{tail}")
        };
        let escaped = |token: &str| token.chars().map(|c| format!("\\x{:02x}", u32::from(c))).collect::<String>();
        let documents: Vec<String> = all
            .iter()
            .enumerate()
            // A broken URL is no longer a URL, and the first half of an AWS id is an ordinary word.
            .filter(|(_, token)| {
                !(text.contains("BROKEN") || text.contains("MIDDLE"))
                    || !(token.contains("://") || token.contains("IAIO"))
            })
            .map(|(nth, token)| {
                let text = text
                    .replace("HERE", token)
                    .replace("ESCAPED", &escaped(token))
                    .replace("BROKEN", &broken(token, "\n    "))
                    .replace("MIDDLE", &broken(token, "\n    "))
                    .replace("JOINED", &broken(token, "\\\n    "));
                // An unknown key is added below. The snippet of its finding shows the lines around it.
                format!("apiVersion: leaver/v1\nkind: Team\nmetadata: {{name: t{nth}}}\nspec:\n  {text}\n")
            })
            .collect();
        let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &documents.join("---\n"))]);
        let output = leaver(files.path(), &["check", "-o", "json", "--select", "credential/secret-in-file"]);
        let report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
        let found = report["findings"].as_array().expect("a list");
        let missed: Vec<&String> = documents
            .iter()
            .enumerate()
            .filter(|(_, document)| {
                let name = document.split("{name: ").nth(1).and_then(|rest| rest.split('}').next()).expect("a name");
                !found.iter().any(|finding| finding["name"] == name)
            })
            .map(|(_, document)| document)
            .collect();
        assert!(missed.is_empty(), "{style}: {missed:#?}");
        // The second text has schema errors, so no rule evaluates it.
        let faulty = documents.join("---\n").replace("\nspec:\n", "\nspec:\n  teir: 1\n");
        for documents in [documents.join("---\n"), faulty] {
            let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &documents)]);
            let output = leaver(files.path(), &["check", "-o", "full"]);
            for mark in [
                "C4n4ry",
                "C4N4RY",
                "0c1a2b3d4e5f",
                "\\x43\\x34",
                "QYQSZ",
                "SZ8GP",
                "NN7EXAMPLE",
                "b5c6d7e8f9",
                "T0uV1",
            ] {
                assert!(!text_of(&output).contains(mark), "{style}: {mark} in {}", text_of(&output));
            }
        }
    }
}

#[test]
fn a_token_in_a_key_is_found() {
    for token in vendors().iter().filter(|token| token.len() < 60) {
        let text =
            format!("apiVersion: leaver/v1\nkind: Team\nmetadata: {{name: t, labels: {{'{token}': x}}}}\nspec: {{}}\n");
        let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &text)]);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        assert!(out(&output).contains("credential/secret-in-file"), "{token}: {}", out(&output));
        assert!(!text_of(&output).contains(&token[6..]), "{token}: {}", text_of(&output));
    }
}

/// Ids, digests and names that no rule may mistake for secrets.
#[test]
fn other_strings_are_not_redacted() {
    for text in [
        "0123456789abcdef0123456789abcdef01234567",
        "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "sha512-0123456789abcdefABCDEF+/0123456789abcdefABCDEF+/==",
        "00000000-0000-4000-8000-000000000000",
        "0oa1b2c3d4e5f6g7h8i9",
        "00u1a2b3c4D5e6F7g8h9",
        "A0123456789",
        "arn:aws:iam::123456789012:role/deploy",
        "https://api.example.com/scim/v2?filter=a",
        "vault://kv/okta/slack-scim",
        "monday-users",
        "tokens that begin with ghp_ or xoxb- are refused since 2024-01 in 12 apps",
        "risk-management-for-subsidiaries",
        "api key: see the vault",
        "Basic plan, 12 seats; bearer of news",
    ] {
        assert_eq!(leaver::source::redact(text), text);
    }
}
