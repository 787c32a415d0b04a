//! A change edits leaver's own configuration. Only a code owner can accept an edit that relaxes a check, and invalid files lead to exit status 2.

use std::path::Path;

use crate::{
    common::{TODAY, code, err, out, with_git},
    relaxed::{RULE, apply, changed, check, commit, own_rule, repository, write},
};

/// The digest in the message of `trust/changed`.
fn digest(text: &str) -> String {
    let at = text.find("--accept-policy-change sha256:").unwrap_or_else(|| panic!("a digest in {text}"));
    text[at..].split_whitespace().nth(1).expect("a word").trim_end_matches(['`', '"']).to_owned()
}

fn check_in_full(folder: &Path, more: &[&str]) -> (i32, String) {
    let output = with_git(folder, &[&["check", "-o", "json", "--trust-ref", "main"], more].concat());
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

#[test]
fn a_code_owner_accepts_exactly_one_change() {
    let files = repository();
    apply(files.path(), &[("leaver.yaml", "failOn: warning\n", "failOn: error\n")]);
    let (status, text) = check_in_full(files.path(), &[]);
    assert_eq!(status, 1, "{text}");
    let digest = digest(&text);
    let (status, text) = check(files.path(), &["--accept-policy-change", &digest]);
    assert!(status == 0 && text.contains("warning[trust/changed]") && text.contains("(accepted)"), "{text}");
    let other = digest.replace(|c: char| c.is_ascii_digit(), "0");
    for not in ["", "*", "sha256:", "true", other.as_str(), &digest[..20]] {
        let (status, text) = check(files.path(), &["--accept-policy-change", not]);
        assert!(status == 1 && text.contains("error[trust/changed]"), "{not}: {text}");
    }
    // The digest may also come from the environment of the pipeline.
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_leaver"))
        .args(["check", "--trust-ref", "main", "--fail-on", "error"])
        .current_dir(files.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LEAVER_TODAY", TODAY)
        .env("LEAVER_ACCEPT_POLICY_CHANGE", format!("sha256:00,{digest}"))
        .output()
        .expect("leaver starts");
    assert_eq!(code(&output), 0, "{}", out(&output));
    // A further edit changes the digest, so the acceptance no longer counts.
    for edit in [
        ("leaver.yaml", "minDays: 20", "minDays: 1"),
        (RULE, "labels.strict", "labels.never"),
        ("s.yaml", "", "apiVersion: leaver/v1\nkind: System\nmetadata: {name: okta}\nspec: {alertsByDefault: true}\n"),
    ] {
        let files = repository();
        apply(files.path(), &[("leaver.yaml", "failOn: warning\n", "failOn: error\n"), edit]);
        let (status, text) = check(files.path(), &["--accept-policy-change", &digest]);
        assert!(status == 1 && text.contains("error[trust/changed]"), "{edit:?}: {text}");
    }
}

/// A change cannot accept itself with a waiver or a setting.
#[test]
fn a_change_does_not_accept_itself() {
    let off = ("leaver.yaml", "rules:\n", "rules:\n  trust/changed: {severity: off}\n");
    let info = ("leaver.yaml", "rules:\n", "rules:\n  trust/changed: {severity: info}\n");
    let waiver = "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: trust/changed, apps: [slack], reason: r, approver: ada, owner: it-apps, expires: 2026-12-31}\n";
    for (edits, status) in [(vec![off], 2), (vec![info], 2), (vec![("w.yaml", "", waiver)], 1)] {
        let files = repository();
        apply(files.path(), &[("leaver.yaml", "failOn: warning\n", "failOn: error\n")]);
        apply(files.path(), &edits);
        let (found, text) = check(files.path(), &[]);
        assert!(found == status && text.contains("error[trust/changed]"), "{edits:?}: {text}");
    }
    // A waiver that was merged before cannot accept the edit either.
    let files = repository();
    write(files.path(), "w.yaml", waiver);
    commit(files.path());
    apply(files.path(), &[("leaver.yaml", "failOn: warning\n", "failOn: error\n")]);
    let (found, text) = check(files.path(), &[]);
    assert!(found == 1 && text.contains("error[trust/changed]"), "{text}");
}

#[test]
fn invalid_files_in_the_change_are_status_2() {
    let faulty =
        "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box, owner: nobody}\nspec: {provisioning: {mode: none}}\n";
    for (edit, expected_text) in [
        (("leaver.yaml", "version: 1\n", "version: 2\n"), "leaver.yaml:1:"),
        (("leaver.yaml", "version: 1\n", "version: 1\nunknown: 1\n"), "leaver.yaml:2:"),
        (("leaver.yaml", "version: 1\n", "version: [1\n"), "leaver.yaml:"),
        (("leaver.yaml", "", "\u{0}"), "leaver.yaml"),
        (("leaver.yaml", "", ""), "leaver.yaml"),
        (("leaver.yaml", "jit/no-update-owner", "jit/no-update-ownr"), "there is no rule `jit/no-update-ownr`"),
        (("leaver.yaml", "minDays: 20", "minDays: soon"), "minDays"),
        (("leaver.yaml", "'apps/**'", "'apps/[**'"), "is not a glob"),
        (("leaver.yaml", "ours.yaml", "other.yaml"), "other.yaml"),
        (("leaver.yaml", "[vendors.yaml]", "[../vendors.yaml]"), "leads out of the catalogue"),
        (("ours.yaml", "title: Ours", "tilte: Ours"), "ours.yaml:2:"),
        (("more.yaml", "extends: default", "extends: ours.yaml"), "extends itself"),
        (("vendors.yaml", "scim: offered", "scim: maybe"), "vendors.yaml:3:"),
        ((RULE, "package policies.acme.titled", "package policies.acme.other"), "rule.rego:"),
        ((RULE, "# title: A rule of a test\n", ""), "rule.rego"),
        ((RULE, "findings contains {", "findings contains {{"), "in the change"),
        ((RULE, "if input.metadata.labels.strict", "if nothing_like_this(input)"), "in the change"),
        ((RULE, "if input.metadata.labels.strict", "if to_number(input.metadata.name) > 1"), "in the change"),
        (
            (
                RULE,
                "{\"path\": [\"metadata\"], \"message\": \"no title\"} if input.metadata.labels.strict",
                "\"nothing\" if input.kind",
            ),
            "a finding must be an object",
        ),
        (("policies/lib/ours.rego", "package policies.lib.ours", "package policies.lib.other"), "ours.rego"),
        (("policies/acme/stray.rego", "", "package stray\n"), "stray.rego"),
        (
            (
                "leaver.yaml",
                "limits:",
                "signoff: {required: [{name: all, roles: [security], maxAgeDays: 365}]}\nlimits:",
            ),
            "the trust root is incomplete",
        ),
    ] {
        let files = repository();
        write(files.path(), "b.yaml", faulty);
        apply(files.path(), &[edit]);
        let (status, text) = check(files.path(), &[]);
        assert_eq!(status, 2, "{edit:?}: {text}");
        assert!(text.contains(expected_text), "{expected_text} for {edit:?}: {text}");
        // The rest of the catalogue is still checked.
        assert!(text.contains("error[catalogue/unknown-owner] box"), "{edit:?}: {text}");
        assert!(text.contains("[trust/changed]"), "{edit:?}: {text}");
    }
}

/// If a change adds a rule, leaver only tests whether the rule works. The findings of the rule are reported after the merge.
#[test]
fn rules_added_by_the_change_are_not_evaluated() {
    let everything = own_rule().replace("titled", "other").replace("if input.metadata.labels.strict", "if input.kind");
    let (status, text) = changed(&[("policies/acme/other/rule.rego", "", &everything)]);
    assert!(status == 0 && !text.contains("[acme/other]"), "{text}");
}
