//! Each exit status of `leaver check` is tested in several situations. Status 2 takes precedence over status 1. The status does not depend on the
//! format.

use leaver::output::Format;

use crate::common::{CLEAN, FAULTY, code, err, folder, leaver, leaver_with, out, rule};

const CONFIG: &str = "version: 1\n";
const OWN: &str = "version: 1\npolicies: [policies]\n";

#[test]
fn a_clean_catalogue_exits_with_status_0() {
    let clean = folder(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN)]);
    let output = leaver(clean.path(), &["check"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    assert!(out(&output).contains(" rules on 1 app and 1 other declaration"), "{}", out(&output));
    assert_eq!(out(&leaver(clean.path(), &["check", "--quiet"])), "");
}

#[test]
fn findings_exit_with_status_1_in_every_format() {
    let faulty = folder(&[("leaver.yaml", CONFIG), ("a.yaml", FAULTY)]);
    for format in Format::ALL.map(Format::as_str) {
        let output = leaver(faulty.path(), &["check", "-o", format]);
        assert_eq!(code(&output), 1, "{format}: {}", out(&output));
        assert!(out(&output).contains("jit/no-update-owner"), "{format}: {}", out(&output));
        assert_eq!(code(&leaver(faulty.path(), &["check", "--exit-zero", "-o", format])), 0, "{format}");
    }
}

#[test]
fn fail_on_sets_the_minimum_severity() {
    let warned = folder(&[
        ("leaver.yaml", CONFIG),
        ("a.yaml", &CLEAN.replace("mode: none", "mode: none}, lifecycle: {entitle: {via: jit}")),
    ]);
    assert_eq!(code(&leaver(warned.path(), &["check", "--select", "jit"])), 0);
    assert_eq!(code(&leaver(warned.path(), &["check", "--select", "jit", "--fail-on", "warning"])), 1);
}

#[test]
fn shape_and_syntax_are_findings_that_nothing_turns_off() {
    for (text, rule) in [
        ("apiVersion: leaver/v1\nkind: App\nmetadata: {name: a}\nspec: {tier: 9}\n", "schema/invalid-value"),
        ("apiVersion: leaver/v1\nkind: App\nmetadata: {name: a\n", "schema/syntax"),
        ("kind: App\nspec: {}\n", "schema/api-version"),
    ] {
        let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", text)]);
        let output = leaver(files.path(), &["check", "-o", "concise", "--ignore", "schema"]);
        assert_eq!(code(&output), 1, "{}", out(&output));
        assert!(out(&output).contains(rule), "{}", out(&output));
    }
    let silenced =
        folder(&[("leaver.yaml", "version: 1\nrules: {schema/syntax: {severity: off}}\n"), ("a.yaml", CLEAN)]);
    assert_eq!(code(&leaver(silenced.path(), &["check"])), 2);
}

#[test]
fn status_2_if_something_could_not_be_checked() {
    /// Description, files, arguments, expected output.
    type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str], &'static str);
    let wrong: &[Case] = &[
        (
            "a configuration with an unknown key",
            &[("leaver.yaml", "version: 1\nprofil: strict\n"), ("a.yaml", CLEAN)],
            &[],
            "did you mean `profile`?",
        ),
        (
            "a configuration that is not YAML",
            &[("leaver.yaml", "version: [1\n"), ("a.yaml", CLEAN)],
            &[],
            "not valid YAML",
        ),
        (
            "an unknown profile",
            &[("leaver.yaml", "version: 1\nprofile: strct\n"), ("a.yaml", CLEAN)],
            &[],
            "did you mean `strict`?",
        ),
        (
            "an unknown rule in the configuration",
            &[("leaver.yaml", "version: 1\nrules: {jit/no-update-ownr: {severity: off}}\n"), ("a.yaml", CLEAN)],
            &[],
            "did you mean `jit/no-update-owner`?",
        ),
        (
            "an unknown parameter",
            &[
                ("leaver.yaml", "version: 1\nrules: {jit/no-inactivity-limit: {params: {maxDay: 3}}}\n"),
                ("a.yaml", CLEAN),
            ],
            &[],
            "did you mean `maxDays`?",
        ),
        (
            "a parameter of the wrong type",
            &[
                ("leaver.yaml", "version: 1\nrules: {jit/no-inactivity-limit: {params: {maxDays: many}}}\n"),
                ("a.yaml", CLEAN),
            ],
            &[],
            "expected a whole number",
        ),
        (
            "an unknown rule on the command line",
            &[("a.yaml", CLEAN)],
            &["--select", "jti"],
            "there is no rule or group `jti`",
        ),
        (
            "a path that does not exist",
            &[("leaver.yaml", CONFIG), ("a.yaml", CLEAN)],
            &["missing.yaml"],
            "cannot read `missing.yaml`",
        ),
        (
            "a policy folder that does not exist",
            &[("leaver.yaml", OWN), ("a.yaml", CLEAN)],
            &[],
            "cannot read the policy folder",
        ),
        (
            "a policy folder outside the catalogue",
            &[("leaver.yaml", "version: 1\npolicies: [../x]\n"), ("a.yaml", CLEAN)],
            &[],
            "leads out of the catalogue",
        ),
        ("an invalid date", &[("a.yaml", CLEAN)], &["--today", "2026-02-30"], "is not a date"),
        (
            "a file that is too large",
            &[("leaver.yaml", CONFIG), ("a.yaml", CLEAN), ("big.yaml", BIG)],
            &[],
            "is larger than",
        ),
    ];
    for (what, files, arguments, expected_text) in wrong {
        let big = "# x\n".repeat(300_000);
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (*name, if *text == BIG { big.as_str() } else { *text })).collect();
        let folder = folder(&files);
        let arguments: Vec<&str> = std::iter::once("check").chain(arguments.iter().copied()).collect();
        let output = leaver(folder.path(), &arguments);
        let printed = format!("{}{}", out(&output), err(&output));
        assert_eq!(code(&output), 2, "{what}: {printed}");
        assert!(printed.contains(expected_text), "{what}: {printed}");
    }
}

/// Placeholder for a text of more than one mebibyte.
const BIG: &str = "BIG";

#[test]
fn wrong_usage_exits_with_status_2() {
    let clean = folder(&[("a.yaml", CLEAN)]);
    for arguments in [
        &["check", "--nonsense"][..],
        &["check", "-o", "sarf"],
        &["check", "--fail-on", "fatal"],
        &["nonsense"],
        &["check", "-", "a.yaml"],
    ] {
        assert_eq!(code(&leaver(clean.path(), arguments)), 2, "{arguments:?}");
    }
    assert!(err(&leaver(clean.path(), &["check", "-o", "sarf"])).contains("did you mean `sarif`?"));
}

#[test]
fn status_2_takes_precedence_and_the_rest_is_still_reported() {
    let both = folder(&[
        ("leaver.yaml", OWN),
        ("a.yaml", FAULTY),
        (
            "policies/acme/strict/rule.rego",
            &rule(
                "strict",
                "findings contains {\"path\": [], \"message\": message} if message := sprintf(\"%d\", [to_number(input.metadata.name)])",
            ),
        ),
    ]);
    let output = leaver(both.path(), &["check", "-o", "concise"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(out(&output).contains("error[jit/no-update-owner]"), "{}", out(&output));
    assert!(out(&output).contains("failure[policy] rule `acme/strict` failed on box"), "{}", out(&output));
    assert_eq!(code(&leaver(both.path(), &["check", "--exit-zero"])), 2);
}

#[test]
fn policies_that_fail_are_named() {
    let cases: &[(&str, &str, &str)] = &[
        ("does not compile", "findings contains x if {", "rule `acme/bad` does not compile"),
        (
            "returns another key",
            "findings contains {\"path\": [], \"message\": \"m\", \"line\": 3} if true",
            "a finding has no key `line`",
        ),
        ("returns a text", "findings contains \"m\" if true", "a finding must be an object"),
        ("is no set", "findings := {\"path\": []}", "is not a set"),
        ("defines nothing", "other := 1", "failed on box"),
        (
            "never ends",
            "f(n) := f(n + 1)\n\nfindings contains {\"path\": [], \"message\": \"m\"} if f(0)",
            "rule `acme/bad` on box ended early",
        ),
        (
            "eats memory",
            "findings contains {\"path\": [], \"message\": \"m\"} if count(numbers.range(0, 100000000000)) > 1",
            "rule `acme/bad` on box",
        ),
        (
            "calls the network",
            "findings contains {\"path\": [], \"message\": \"m\"} if http.send({\"method\": \"get\", \"url\": \"https://example.com\"})",
            "http.send",
        ),
        (
            "hides a call to the network",
            "findings contains {\"path\": [], \"message\": \"m\"} if is_object({}) with is_object as http.send",
            "line 13: `http.send` is not available",
        ),
    ];
    for (what, body, expected_text) in cases {
        let files = folder(&[
            ("leaver.yaml", "version: 1\npolicies: [policies]\nlimits: {ruleMillis: 500, memoryMiB: 256}\n"),
            ("a.yaml", FAULTY),
            ("policies/acme/bad/rule.rego", &rule("bad", body)),
            (
                "policies/acme/good/rule.rego",
                &rule(
                    "good",
                    "findings contains {\"path\": [\"kind\"], \"message\": \"seen\"} if input.kind == \"App\"",
                ),
            ),
        ]);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        let printed = out(&output);
        assert_eq!(code(&output), 2, "{what}: {printed}");
        assert!(printed.contains(expected_text), "{what}: {printed}");
        assert!(!printed.contains("rule `acme/good` "), "{what}: no failure names the other rule: {printed}");
        assert!(printed.contains("error[acme/good] seen"), "{what}: the other rule still counts: {printed}");
        assert!(printed.contains("error[jit/no-update-owner]"), "{what}: the bundled rules still count: {printed}");
    }
}

#[test]
fn one_bad_rule_does_not_stop_the_others() {
    let files = folder(&[
        ("leaver.yaml", "version: 1\npolicies: [policies]\nlimits: {ruleMillis: 500}\n"),
        ("a.yaml", CLEAN),
        (
            "policies/acme/bad/rule.rego",
            &rule("bad", "f(n) := f(n + 1)\n\nfindings contains {\"path\": [], \"message\": \"m\"} if f(0)"),
        ),
        (
            "policies/acme/good/rule.rego",
            &rule("good", "findings contains {\"path\": [\"kind\"], \"message\": \"seen\"} if input.kind == \"App\""),
        ),
    ]);
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(out(&output).contains("error[acme/good] seen"), "{}", out(&output));
}

#[test]
fn policies_that_would_never_run_are_refused() {
    let cases: &[(&str, &str, &str)] = &[
        ("policies/acme/x/rule.rego", "package policies.acme.x\n", "has no `# METADATA` block"),
        ("policies/acme/x/rule.rego", &rule("y", "findings := set()"), "but its folder requires `policies.acme.x`"),
        ("policies/acme/x.rego", "package policies.acme.x\n", "would never run"),
        ("policies/x/rule.rego", &rule("x", "findings := set()"), "is not a rule id"),
        (
            "policies/jit/no-update-owner/rule.rego",
            &rule("x", "").replace("policies.acme.x", "policies.jit[\"no-update-owner\"]"),
            "the rule `jit/no-update-owner` already exists",
        ),
        (
            "policies/acme/x/rule.rego",
            &rule("x", "findings := set()").replace("severity: error", "severity: eror"),
            "did you mean `error`?",
        ),
        ("policies/acme/x/rule.rego", &rule("x", "x := [[[[[[[[[[[[[1]]]]]]]]]]]]]"), "nested more than 12 deep"),
        (
            "policies/acme/x/rule.rego",
            &rule("x", "findings contains x if some x in data.policies.jit[\"no-update-owner\"].findings"),
            "refers to another rule",
        ),
        ("policies/readme.txt", "no rule here", "has no rule"),
    ];
    for (path, text, expected_text) in cases {
        let files = folder(&[("leaver.yaml", OWN), ("a.yaml", CLEAN), (path, text)]);
        let output = leaver(files.path(), &["check"]);
        assert_eq!(code(&output), 2, "{path}: {}", out(&output));
        assert!(out(&output).contains(expected_text), "{path}: {}", out(&output));
    }
}

#[test]
fn nothing_to_check_exits_with_status_3() {
    let foreign = "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n";
    let empty = folder(&[("leaver.yaml", CONFIG), ("b/x.yaml", foreign)]);
    assert_eq!(code(&leaver(empty.path(), &["check"])), 3);
    let none = folder(&[("leaver.yaml", CONFIG), ("a/a.yaml", CLEAN), ("b/x.yaml", foreign)]);
    assert_eq!(code(&leaver(none.path(), &["check", "b"])), 3, "a folder without declarations");
    assert_eq!(code(&leaver(none.path(), &["check", "b/x.yaml"])), 0, "a hook passes every changed file");
    assert_eq!(code(&leaver(none.path(), &["check"])), 0);
    let ignored = leaver(none.path(), &["check", "--select", "schema"]);
    assert_eq!(code(&ignored), 3, "no rule ran: {}", out(&ignored));
    assert!(out(&ignored).contains("no rule ran"));
}

#[test]
fn standard_input_is_checked_within_the_catalogue() {
    let clean = folder(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN)]);
    let app = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: slack, owner: it-app}\nspec: {}\n";
    let output = leaver_with(clean.path(), &["check", "-", "--stdin-name", "b.yaml", "-o", "concise"], app);
    assert_eq!(code(&output), 1, "{}", out(&output));
    assert!(out(&output).contains("b.yaml:3:32: error[catalogue/unknown-owner]"), "{}", out(&output));
    assert!(
        out(&output).contains("b.yaml:3:18: error[catalogue/duplicate-name]"),
        "the app is in a.yaml too: {}",
        out(&output)
    );
    let same = leaver_with(clean.path(), &["check", "-", "--stdin-name", "a.yaml"], CLEAN);
    assert_eq!(code(&same), 0, "the text replaces the file: {}", out(&same));
    assert_eq!(code(&leaver_with(clean.path(), &["check", "-"], "")), 3, "an empty text in a catalogue");
}

#[test]
fn a_waiver_covers_a_finding_until_it_ends() {
    let waiver = "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w-1}\nspec: {rule: jit/no-update-owner, apps: [box], reason: migration, approver: security, owner: t, expires: 2026-12-31}\n";
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", FAULTY), ("w.yaml", waiver)]);
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    assert!(out(&output).contains("waived error[jit/no-update-owner]"), "{}", out(&output));
    assert_eq!(code(&leaver(files.path(), &["check", "--today", "2026-12-31"])), 0, "the last day counts");
    assert_eq!(code(&leaver(files.path(), &["check", "--today", "2027-01-01"])), 1);
    let incomplete = waiver.replace("approver: security, ", "");
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", FAULTY), ("w.yaml", &incomplete)]);
    assert_eq!(code(&leaver(files.path(), &["check"])), 1, "an incomplete waiver waives nothing");
}

#[test]
fn reports_are_written_completely_or_not_at_all() {
    let faulty = folder(&[("leaver.yaml", CONFIG), ("a.yaml", FAULTY)]);
    let output = leaver(faulty.path(), &["check", "-o", "sarif=r.sarif", "-o", "junit=r.xml", "-o", "concise"]);
    assert_eq!(code(&output), 1);
    for file in ["r.sarif", "r.xml"] {
        assert!(std::fs::read_to_string(faulty.path().join(file)).expect("a file").contains("no-update-owner"));
    }
    let output = leaver(faulty.path(), &["check", "-o", "json=missing/r.json"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("cannot write `missing/r.json`"), "{}", err(&output));
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error_and_a_link_is_not_followed() {
    let faulty = folder(&[("leaver.yaml", CONFIG), ("a.yaml", FAULTY), ("target", "kept")]);
    std::os::unix::fs::symlink("target", faulty.path().join("r.json")).expect("a link");
    assert_eq!(code(&leaver(faulty.path(), &["check", "-o", "json=r.json"])), 2);
    assert_eq!(std::fs::read_to_string(faulty.path().join("target")).expect("a file"), "kept");
    if let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") {
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_leaver"))
            .args(["check"])
            .current_dir(faulty.path())
            .stdout(full)
            .stderr(std::process::Stdio::null())
            .status()
            .expect("it starts");
        assert_eq!(status.code(), Some(2));
    }
}

#[cfg(unix)]
#[test]
fn special_files_and_links_out_of_the_catalogue_are_reported() {
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN)]);
    let outside = folder(&[("secret.yaml", "password: hunter2\n")]);
    std::os::unix::fs::symlink(outside.path().join("secret.yaml"), files.path().join("b.yaml")).expect("a link");
    let output = leaver(files.path(), &["check"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(out(&output).contains("`b.yaml` is a link that leads out of the catalogue"), "{}", out(&output));
    assert!(!out(&output).contains("hunter2"));
}

#[test]
fn a_secret_is_found_but_never_shown() {
    let secret = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
    let text = format!(
        "apiVersion: leaver/v1\nkind: App\nmetadata:\n  name: slack\nspec:\n  notes: {secret}\n  provisioning:\n    scim: {{endpoint: http://api.example.com}}\n"
    );
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", &text)]);
    for format in Format::ALL.map(Format::as_str) {
        let output = leaver(files.path(), &["check", "-o", format, "--verbose"]);
        let printed = format!("{}{}", out(&output), err(&output));
        assert!(printed.contains("secret-in-file"), "{format} does not name the rule");
        assert!(!printed.contains(&secret[..12]) && !printed.contains(&secret[8..20]), "{format} shows the secret");
    }
    assert!(out(&leaver(files.path(), &["check"])).contains("notes: ••••••"));
}
