//! No declaration passes unchecked. Each test tries one way around the check.

use std::process::Command;

use crate::common::{CLEAN, FAULTY, code, folder, leaver, out, rule};

const CONFIG: &str = "version: 1\n";
const OWN: &str = "version: 1\npolicies: [policies]\n";

#[test]
fn a_path_above_the_working_directory_includes_everything_below_it() {
    let files = folder(&[
        ("leaver.yaml", CONFIG),
        ("apps/b.yaml", FAULTY),
        ("c.yaml", &FAULTY.replace("box", "other").replace("name: t}", "name: u}").replace("owner: t", "owner: u")),
    ]);
    let inner = files.path().join("apps");
    let up = leaver(&inner, &["check", "..", "-o", "concise"]);
    assert!(code(&up) == 1 && out(&up).contains("box:") && out(&up).contains("other:"), "{}", out(&up));
    let here = leaver(&inner, &["check", ".", "-o", "concise"]);
    assert!(out(&here).contains("box:") && !out(&here).contains("other:"), "only this catalogue: {}", out(&here));
}

#[test]
fn out_of_range_dates_are_refused() {
    for day in ["9999-12-31", "1600-01-01", "2300-01-01"] {
        let app = CLEAN.replace("mode: none}", &format!("mode: none}}, lifecycle: {{review: {{last: {day}}}}}"));
        let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", &app)]);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        assert!(out(&output).contains("schema/invalid-value"), "{day}: {}", out(&output));
    }
}

#[test]
fn user_libraries_run_in_the_worker_and_must_match_their_name() {
    let good = rule(
        "x",
        "import data.policies.lib.ours\n\nfindings contains {\"path\": [\"kind\"], \"message\": \"seen\"} if ours.yes",
    );
    let endless = "package policies.lib.ours\n\nf(n) := f(n + 1)\n\nyes if f(0)\n";
    let files = folder(&[
        ("leaver.yaml", OWN),
        ("a.yaml", FAULTY),
        ("policies/acme/x/rule.rego", &good),
        ("policies/lib/ours.rego", endless),
    ]);
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(out(&output).contains("error[jit/no-update-owner]"), "the bundled rules do not see it: {}", out(&output));
    for (name, text, expected_text) in [
        (
            "ours",
            "package policies.jit[\"no-update-owner\"]\n\nfindings contains {\"path\": [], \"message\": \"forged\"} if true\n",
            "does not match its name",
        ),
        ("apps", "package policies.lib.apps\n\nowned(stage) if true\n", "the library `apps.rego` already exists"),
    ] {
        let path = format!("policies/lib/{name}.rego");
        let plain =
            rule("x", "findings contains {\"path\": [\"kind\"], \"message\": \"seen\"} if input.kind == \"App\"");
        let files =
            folder(&[("leaver.yaml", OWN), ("a.yaml", FAULTY), ("policies/acme/x/rule.rego", &plain), (&path, text)]);
        let output = leaver(files.path(), &["check"]);
        assert!(code(&output) == 2 && out(&output).contains(expected_text), "{}", out(&output));
    }
}

#[test]
fn brackets_after_comments_and_texts_are_counted() {
    let deep = format!("{}1{}", "[ # ]\n".repeat(26), "]".repeat(26));
    let files = folder(&[
        ("leaver.yaml", OWN),
        ("a.yaml", CLEAN),
        ("policies/acme/x/rule.rego", &rule("x", &format!("x := {deep}"))),
    ]);
    let output = leaver(files.path(), &["check"]);
    assert!(code(&output) == 2 && out(&output).contains("nested more than 12 deep"), "{}", out(&output));
}

#[test]
fn a_user_rule_reads_the_catalogue_and_the_vendors_in_any_notation() {
    for condition in [
        "data.leaver[\"catalogue\"].Team.t",
        "data[\"leaver\"].catalogue.Team.t",
        "data.leaver.vendors.slack",
        "data.leaver.catalogue.Team.t",
    ] {
        let text =
            rule("x", &format!("findings contains {{\"path\": [\"kind\"], \"message\": \"seen\"}} if {condition}"));
        let files = folder(&[("leaver.yaml", OWN), ("a.yaml", FAULTY), ("policies/acme/x/rule.rego", &text)]);
        let output = leaver(files.path(), &["check", "--select", "acme", "-o", "concise"]);
        assert!(out(&output).contains("error[acme/x] seen"), "{condition}: {}", out(&output));
    }
}

#[test]
fn a_rule_on_the_catalogue_cannot_be_skipped_by_a_field() {
    let text =
        rule("x", "findings contains {\"declaration\": 0, \"path\": [], \"message\": \"m\"} if input.declarations")
            .replace("scope: App", "scope: catalogue\n#   when: {\"spec.tier\": [1]}");
    let files = folder(&[("leaver.yaml", OWN), ("a.yaml", CLEAN), ("policies/acme/x/rule.rego", &text)]);
    let output = leaver(files.path(), &["check"]);
    assert!(code(&output) == 2 && out(&output).contains("`when` needs a scope of kinds"), "{}", out(&output));
}

#[test]
fn a_broken_declaration_does_not_shift_the_places_of_findings() {
    let text = rule("x", "findings contains {\"declaration\": at, \"path\": [\"kind\"], \"message\": \"m\", \"related\": [{\"declaration\": at, \"path\": [\"kind\"], \"message\": \"itself\"}]} if {\n\tsome at, declaration in input.declarations\n\tdeclaration.metadata.name == \"box\"\n}").replace("scope: App", "scope: catalogue");
    let broken = "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: x}\nspec: {wrong: 1}\n";
    let files =
        folder(&[("leaver.yaml", OWN), ("00.yaml", broken), ("a.yaml", FAULTY), ("policies/acme/x/rule.rego", &text)]);
    let output = leaver(files.path(), &["check", "--select", "acme", "-o", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    let finding = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|finding| finding["rule"] == "acme/x")
        .expect("a finding");
    assert_eq!((&finding["file"], &finding["related"][0]["file"]), (&"a.yaml".into(), &"a.yaml".into()));
}

#[test]
fn documents_for_leaver_are_never_skipped() {
    for (text, expected_text) in [
        (
            "apiVersion: \"leaver\\u002fv1\"\n\"kind\": \"App\"\nmetadata: {name: a}\nspec: {\"provisioning\": {mode: manual}, \"provisioning\": {mode: jit}}\n",
            "schema/syntax",
        ),
        ("- apiVersion: leaver/v1\n  kind: App\n  metadata: {name: a}\n  spec: {}\n", "schema/api-version"),
        ("apiVerson: leaver/v1\nkind: Waiver\nmetadata: {name: a}\nspec: {}\n", "schema/api-version"),
        ("kind: Team\nmetadata: {name: a}\nspec: {}\n", "schema/api-version"),
    ] {
        let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN), ("b.yaml", text)]);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        assert!(code(&output) == 1 && out(&output).contains(expected_text), "{text}: {}", out(&output));
    }
}

#[test]
fn a_requested_path_that_is_not_read_is_an_error() {
    let files = folder(&[
        ("leaver.yaml", "version: 1\nexclude: [\"charts/**\"]\n"),
        ("a.yaml", CLEAN),
        ("b.txt", FAULTY),
        ("c.YAML", FAULTY),
        ("charts/d.yaml", FAULTY),
    ]);
    let text = leaver(files.path(), &["check", "b.txt"]);
    assert!(code(&text) == 2 && out(&text).contains("`b.txt` is not a file of the catalogue"), "{}", out(&text));
    assert_eq!(code(&leaver(files.path(), &["check", "c.YAML"])), 1, "capital letters make no difference");
    assert_eq!(
        code(&leaver(files.path(), &["check", "charts/d.yaml"])),
        0,
        "excluded on purpose: a hook passes every changed file"
    );
}

#[cfg(unix)]
#[test]
fn links_to_folders_are_reported() {
    let outside = folder(&[("d.yaml", FAULTY), ("plain/rule.rego", &rule("plain", "findings := set()"))]);
    let files = folder(&[
        ("leaver.yaml", OWN),
        ("a.yaml", CLEAN),
        ("policies/acme/x/rule.rego", &rule("x", "findings contains {\"path\": [], \"message\": \"m\"} if false")),
    ]);
    std::os::unix::fs::symlink(outside.path(), files.path().join("linked")).expect("a link");
    let output = leaver(files.path(), &["check"]);
    assert!(code(&output) == 2 && out(&output).contains("`linked` is a link that leads out"), "{}", out(&output));
    std::fs::remove_file(files.path().join("linked")).expect("removed");
    std::os::unix::fs::symlink(outside.path().join("plain"), files.path().join("policies/acme/plain")).expect("a link");
    let output = leaver(files.path(), &["check"]);
    assert!(code(&output) == 2 && out(&output).contains("is a link"), "{}", out(&output));
}

#[test]
fn a_configured_severity_ends_the_preview() {
    let text = rule("x", "findings contains {\"path\": [\"kind\"], \"message\": \"m\"} if input.kind == \"App\"")
        .replace("status: stable", "status: preview");
    let files = folder(&[("leaver.yaml", OWN), ("a.yaml", CLEAN), ("policies/acme/x/rule.rego", &text)]);
    assert_eq!(code(&leaver(files.path(), &["check"])), 0);
    std::fs::write(files.path().join("leaver.yaml"), format!("{OWN}rules: {{acme/x: {{severity: error}}}}\n"))
        .expect("written");
    assert_eq!(code(&leaver(files.path(), &["check"])), 1);
}

#[test]
fn attributes_of_the_repository_hide_nothing_from_the_trusted_commit() {
    let strict = "version: 1\nrules: {jit/no-inactivity-limit: {severity: error, params: {maxDays: 7}}}\n";
    let app = FAULTY.replace("    deprovision:", "    update: {via: script, owner: t}\n    deprovision:");
    let files = folder(&[("leaver.yaml", strict), ("a.yaml", &app), (".gitattributes", "leaver.yaml export-ignore\n")]);
    for arguments in [
        &["init", "-q", "-b", "main"][..],
        &["add", "-A"],
        &["-c", "user.name=t", "-c", "user.email=t@e.x", "commit", "-qm", "base"],
    ] {
        assert!(Command::new("git").args(arguments).current_dir(files.path()).status().expect("git").success());
    }
    let output = Command::new(env!("CARGO_BIN_EXE_leaver"))
        .args(["check", "--trust-ref", "main", "-o", "concise"])
        .current_dir(files.path())
        .env("LEAVER_TODAY", crate::common::TODAY)
        .output()
        .expect("it starts");
    assert!(code(&output) == 1 && out(&output).contains("limit 7 days"), "{}", out(&output));
}

#[test]
fn a_baseline_with_absurd_counts_is_refused() {
    let files = folder(&[
        ("leaver.yaml", CONFIG),
        ("a.yaml", FAULTY),
        (
            "b.json",
            "{\"version\": 1, \"findings\": [{\"rule\": \"a/b\", \"kind\": \"App\", \"name\": \"x\", \"pointer\": \"\", \"count\": 18446744073709551615}]}",
        ),
    ]);
    assert_eq!(code(&leaver(files.path(), &["check", "--baseline", "b.json", "--update-baseline"])), 2);
}
