//! `--trust-ref`: a change that edits its own checks still fails, and the edit is reported. Each test is one attack.

use std::path::Path;

use crate::common::{CLEAN, FAULTY, code, err, folder, git, out, rule, with_git};

const STRICT: &str = "version: 1\npolicies: [policies]\nprofile: ours.yaml\nvendors: [vendors.yaml]\n";
const PROFILE: &str =
    "name: ours\ntitle: Ours\nrules: {jit/no-inactivity-limit: {severity: error, params: {maxDays: 45}}}\n";
const VENDORS: &str =
    "version: 1\nvendors:\n  homemade: {title: Homemade, scim: offered, asOf: \"2026\", source: ours, quality: high}\n";

fn check(folder: &Path, more: &[&str]) -> (i32, String) {
    let output = with_git(folder, &[&["check", "-o", "concise"], more].concat());
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

/// A trusted commit with a local rule, a profile and vendors; each test changes the working tree.
fn repository() -> tempfile::TempDir {
    let files = folder(&[
        ("leaver.yaml", STRICT),
        ("ours.yaml", PROFILE),
        ("vendors.yaml", VENDORS),
        ("a.yaml", CLEAN),
        ("policies/acme/no-title/rule.rego", &rule("no-title", "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"no title\"} if {\n\tinput.metadata.labels.strict\n\tnot input.metadata.title\n}").replace("policies.acme.no-title", "policies.acme[\"no-title\"]")),
    ]);
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    files
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent folder")).expect("a folder");
    std::fs::write(path, text).expect("written");
    git(folder, &["add", "-A", "--force"]);
}

/// Checks that the change passes with its own configuration, but not with the trusted configuration, and that the reason is reported.
fn assert_reported(folder: &Path, more: &[&str], expected_text: &[&str]) {
    let (alone, text) = check(folder, more);
    assert_eq!(alone, 0, "the change would pass by itself: {text}");
    let arguments: Vec<&str> = ["--trust-ref", "main"].into_iter().chain(more.iter().copied()).collect();
    let (status, text) = check(folder, &arguments);
    assert_eq!(status, 1, "{text}");
    for word in expected_text {
        assert!(text.contains(word), "{word} in {text}");
    }
}

#[test]
fn a_harmless_change_passes() {
    let files = repository();
    write(files.path(), "b.yaml", &CLEAN.replace("slack", "zoom").replace("it-apps", "more-apps"));
    let (status, text) = check(files.path(), &["--trust-ref", "main"]);
    assert_eq!(status, 0, "{text}");
    assert!(!text.contains("trust/changed"), "{text}");
}

#[test]
fn reports_a_rule_that_is_switched_off() {
    let files = repository();
    write(files.path(), "b.yaml", FAULTY);
    write(files.path(), "leaver.yaml", &format!("{STRICT}rules: {{jit/no-update-owner: {{severity: off}}}}\n"));
    assert_reported(
        files.path(),
        &[],
        &["error[jit/no-update-owner]", "leaver.yaml:5:1: error[trust/changed] `leaver.yaml` is edited"],
    );
}

#[test]
fn reports_an_exclusion_for_the_new_app() {
    let files = repository();
    write(files.path(), "b.yaml", FAULTY);
    write(files.path(), "leaver.yaml", &format!("{STRICT}exclude: [b.yaml]\n"));
    assert_reported(files.path(), &[], &["error[jit/no-update-owner]", "`leaver.yaml` is edited"]);
}

#[test]
fn reports_an_ignore_file_that_hides_the_new_app() {
    let files = repository();
    write(files.path(), "b.yaml", FAULTY);
    write(files.path(), ".gitignore", "b.yaml\n");
    assert_reported(files.path(), &[], &["error[jit/no-update-owner]"]);
}

#[test]
fn reports_a_hidden_folder_for_the_new_app() {
    let files = repository();
    write(files.path(), ".apps/b.yaml", FAULTY);
    assert_reported(files.path(), &[], &["error[jit/no-update-owner]"]);
}

#[test]
fn reports_a_rule_that_no_longer_finds_anything() {
    let files = repository();
    let app = CLEAN.replace("{name: slack,", "{name: slack, labels: {strict: \"yes\"},");
    write(files.path(), "a.yaml", &app);
    let path = "policies/acme/no-title/rule.rego";
    let text = std::fs::read_to_string(files.path().join(path)).expect("text");
    write(files.path(), path, &text.replace("input.metadata.labels.strict", "input.metadata.labels.never"));
    assert_reported(files.path(), &[], &["error[acme/no-title]", "`policies/acme/no-title/rule.rego` is edited"]);
}

#[test]
fn reports_a_removed_rule() {
    let files = repository();
    write(files.path(), "a.yaml", &CLEAN.replace("{name: slack,", "{name: slack, labels: {strict: \"yes\"},"));
    std::fs::remove_dir_all(files.path().join("policies")).expect("removed");
    write(files.path(), "leaver.yaml", &STRICT.replace("policies: [policies]\n", ""));
    assert_reported(files.path(), &[], &["error[acme/no-title]", "`policies/acme/no-title/rule.rego` is gone"]);
}

#[test]
fn reports_a_profile_with_a_wider_limit() {
    let files = repository();
    write(
        files.path(),
        "b.yaml",
        &FAULTY.replace("expiresAfterDays: 30", "expiresAfterDays: 80").replace(
            "    deprovision:",
            "    update: {via: ticket, queue: Q, owner: t, slaHours: 24, evidence: ticket}\n    deprovision:",
        ),
    );
    write(files.path(), "ours.yaml", &PROFILE.replace("45", "365"));
    assert_reported(files.path(), &[], &["error[jit/no-inactivity-limit]", "limit 45 days", "`ours.yaml` is edited"]);
}

#[test]
fn reports_removed_vendor_facts() {
    let files = repository();
    let app = FAULTY
        .replace("{name: box, owner: t, vendor: in-house}", "{name: home, owner: t, vendor: homemade}")
        .replace("roleChurn: low", "roleChurn: high")
        .replace(
            "    deprovision:",
            "    update: {via: ticket, queue: Q, owner: t, slaHours: 24, evidence: ticket}\n    deprovision:",
        );
    write(files.path(), "b.yaml", &app);
    write(files.path(), "vendors.yaml", &VENDORS.replace("scim: offered", "scim: unknown"));
    assert_reported(
        files.path(),
        &["--fail-on", "warning"],
        &["warning[jit/scim-available]", "`vendors.yaml` is edited"],
    );
}

#[test]
fn ignores_a_waiver_that_the_change_adds() {
    let files = repository();
    write(files.path(), "b.yaml", FAULTY);
    write(
        files.path(),
        "w.yaml",
        "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w-1}\nspec: {rule: jit/no-update-owner, apps: [box], reason: r, approver: security, owner: t, expires: 2026-12-31}\n",
    );
    assert_reported(
        files.path(),
        &[],
        &["error[jit/no-update-owner]", "the waiver `w-1` is new; it takes effect after the merge"],
    );
}

#[test]
fn ignores_a_baseline_that_the_change_adds() {
    let files = repository();
    write(files.path(), "b.yaml", FAULTY);
    let (_, text) = check(files.path(), &["--baseline", "base.json", "--update-baseline", "--add-to-baseline"]);
    assert!(text.contains("lists 1 finding"), "{text}");
    git(files.path(), &["add", "-A"]);
    assert_reported(files.path(), &["--baseline", "base.json"], &["error[jit/no-update-owner]"]);
}

#[test]
fn ignores_a_configuration_that_the_change_adds() {
    let files = folder(&[("a.yaml", CLEAN)]);
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    write(files.path(), "b.yaml", FAULTY);
    write(files.path(), "leaver.yaml", "version: 1\nrules: {jit/no-update-owner: {severity: off}}\n");
    assert_reported(files.path(), &["."], &["error[jit/no-update-owner]", "`leaver.yaml` is new"]);
}

#[test]
fn ignores_a_configuration_nearer_to_the_new_app() {
    let files = repository();
    write(files.path(), "sub/b.yaml", FAULTY);
    write(files.path(), "sub/leaver.yaml", "version: 1\nrules: {jit/no-update-owner: {severity: off}}\n");
    assert_reported(files.path(), &["sub"], &["error[jit/no-update-owner]"]);
}

#[test]
fn a_missing_trusted_commit_is_an_error() {
    let files = repository();
    let (status, text) = check(files.path(), &["--trust-ref", "origin/main"]);
    assert!(status == 2 && text.contains("there is no commit `origin/main`"), "{text}");
    let plain = folder(&[("a.yaml", CLEAN)]);
    assert_eq!(check(plain.path(), &["--trust-ref", "main"]).0, 2);
}

/// Without leaver.yaml, the catalogue is the working directory, in the change and in the trusted commit.
#[test]
fn without_a_configuration_the_catalogue_is_the_working_directory() {
    let faulty = FAULTY.replace("{name: box,", "{name: elsewhere,");
    let files = folder(&[("apps/a.yaml", FAULTY), ("other/b.yaml", &faulty)]);
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    let output = with_git(&files.path().join("apps"), &["check", "--trust-ref", "HEAD", "-o", "concise"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert!(out(&output).contains("box") && !out(&output).contains("elsewhere"), "{}", out(&output));
}

const WAIVERS: &str = "# ours\napiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w-1}\nspec: {rule: jit/no-update-owner, apps: [box], reason: r, approver: security, owner: t, expires: 2026-12-31}\n---\napiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w-2}\nspec: {rule: jit/no-update-owner, apps: [crate], reason: r, approver: security, owner: t, expires: 2026-12-31}\n";

/// A trusted commit with two faulty apps and a waiver for each.
fn waived() -> tempfile::TempDir {
    let files = repository();
    write(files.path(), "b.yaml", FAULTY);
    write(
        files.path(),
        "c.yaml",
        FAULTY.split("---").next().map(|app| app.replace("box", "crate")).as_deref().expect("an app"),
    );
    write(files.path(), "w.yaml", WAIVERS);
    git(files.path(), &["commit", "-qm", "waived"]);
    files
}

#[test]
fn waivers_apply_as_written_in_the_trusted_commit() {
    let files = waived();
    let (status, text) = check(files.path(), &["--trust-ref", "main"]);
    assert!(status == 0 && !text.contains("trust/changed"), "{text}");
    // The change moves the first waiver to another app. The edited waiver is not in force before the merge.
    write(files.path(), "b.yaml", &FAULTY.replace("name: box", "name: barrel"));
    write(files.path(), "w.yaml", &WAIVERS.replace("apps: [box]", "apps: [barrel]"));
    let (status, text) = check(files.path(), &["--trust-ref", "main"]);
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("w.yaml:4:18: warning[trust/changed] the waiver `w-1` is edited"), "{text}");
    assert!(text.contains("error[jit/no-update-owner]") && text.matches("trust/changed").count() == 1, "{text}");
}

#[test]
fn a_path_that_only_the_trusted_commit_has_is_accepted() {
    let files = waived();
    git(files.path(), &["checkout", "-qb", "change"]);
    git(files.path(), &["rm", "-q", "a.yaml"]);
    git(files.path(), &["commit", "-qm", "gone"]);
    let (status, text) = check(files.path(), &["--trust-ref", "main", "a.yaml"]);
    assert_eq!(status, 0, "{text}");
    let (status, text) = check(files.path(), &["--trust-ref", "main", "mistyped.yaml"]);
    assert!(status == 2 && text.contains("mistyped.yaml"), "{text}");
}

#[test]
fn a_baseline_of_the_trusted_commit_counts() {
    let files = repository();
    write(files.path(), "b.yaml", FAULTY);
    check(files.path(), &["--baseline", "base.json", "--update-baseline", "--add-to-baseline"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "baseline"]);
    std::fs::remove_file(files.path().join("base.json")).expect("removed");
    let (status, text) = check(files.path(), &["--trust-ref", "main", "--baseline", "base.json"]);
    assert_eq!(status, 0, "{text}");
    let (status, text) = check(files.path(), &["--trust-ref", "main", "--baseline", "/elsewhere/base.json"]);
    assert!(status == 2 && text.contains("it is outside the repository"), "{text}");
}

/// A configuration is never treated as a declaration, whatever its content. Otherwise, no configuration would be in force.
#[test]
fn an_invalid_configuration_of_the_trusted_commit_is_reported() {
    let files = repository();
    write(files.path(), "leaver.yaml", &format!("apiVersion: leaver/v1\n{STRICT}"));
    git(files.path(), &["commit", "-qm", "broken"]);
    write(files.path(), "leaver.yaml", STRICT);
    let (status, text) = check(files.path(), &["--trust-ref", "main"]);
    assert!(status == 2 && text.contains("`apiVersion` is not a key"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_link_of_the_change_does_not_choose_another_baseline() {
    let files = repository();
    let root = files.path();
    write(root, "b.yaml", FAULTY);
    write(root, "lists/base.json", "{\"version\": 2, \"findings\": []}\n");
    write(root, "other/base.json", "{\"version\": 2, \"findings\": []}\n");
    let known = ["--baseline", "other/base.json", "--update-baseline", "--add-to-baseline"];
    assert_eq!(check(root, &known).0, 0, "all findings are in this baseline");
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "two baselines"]);
    std::fs::remove_dir_all(root.join("lists")).expect("removed");
    std::os::unix::fs::symlink("other", root.join("lists")).expect("a link");
    let (status, text) = check(root, &["--trust-ref", "refs/heads/main", "--baseline", "lists/base.json"]);
    assert!(status == 1 && text.contains("error[jit/no-update-owner]"), "{text}");
}
