//! `leaver diff` shows the effect of a change on governance. The tests create temporary repositories.

mod base;
mod unread;
use std::path::Path;

use crate::common::{CLEAN, FAULTY, code, err, folder, git, out, rule, with_git};
use serde_json::Value;

const APP: &str = "\
apiVersion: leaver/v1
kind: App
metadata: {name: slack, owner: it-apps}
spec:
  tier: 2
  dataClass: internal
  sourceOfTruth: workday
  provisioning: {mode: scim}
  lifecycle:
    create: {via: scim, owner: it-apps}
    update: {via: scim, owner: it-apps, slaHours: 24}
    deprovision: {via: scim, owner: it-apps, slaHours: 24, effect: delete}
    review: {owner: security, everyDays: 90}
";
const TEAMS: &str = "\
apiVersion: leaver/v1
kind: Team
metadata: {name: it-apps}
spec: {}
---
apiVersion: leaver/v1
kind: Team
metadata: {name: security}
spec: {}
";

fn commit(root: &Path, what: &str) {
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", what]);
}

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent folder")).expect("a folder");
    std::fs::write(path, text).expect("written");
}

/// A repository on `main`.
fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let files = folder(files);
    git(files.path(), &["init", "-q"]);
    commit(files.path(), "base");
    files
}

fn slack() -> tempfile::TempDir {
    repository(&[("leaver.yaml", "version: 1\n"), ("apps/slack.yaml", APP), ("teams.yaml", TEAMS)])
}

/// The output of `leaver diff`, which must succeed.
fn diff(root: &Path, more: &[&str]) -> String {
    let output = with_git(root, &[&["diff"], more].concat());
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    assert_eq!(err(&output), "");
    out(&output)
}

fn schema() -> jsonschema::Validator {
    let text = std::fs::read_to_string(crate::common::root().join("schemas/diff.schema.json")).expect("a schema");
    jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("a valid schema")
}

/// Checks the exit status and the schema, and returns the output as JSON.
fn json(root: &Path, more: &[&str], status: i32) -> Value {
    let output = with_git(root, &[&["diff", "-o", "json"], more].concat());
    assert_eq!(code(&output), status, "{}{}", out(&output), err(&output));
    let value: Value = serde_json::from_str(&out(&output)).expect("JSON");
    let faults: Vec<String> =
        schema().iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:?} in {value:#}");
    value
}

fn entry<'v>(value: &'v Value, name: &str) -> &'v Value {
    let entries = value["entries"].as_array().expect("entries");
    entries.iter().find(|entry| entry["name"] == name).unwrap_or_else(|| panic!("{name} in {value:#}"))
}

fn texts(entry: &Value) -> Vec<&str> {
    let changes = entry["changes"].as_array().expect("changes");
    changes.iter().map(|change| change["text"].as_str().expect("text")).collect()
}

/// The rule and the cause of each entry in a list of added or removed findings.
fn rules_and_causes<'v>(entry: &'v Value, which: &str) -> Vec<(&'v str, &'v str)> {
    let all = entry[which].as_array().expect("findings");
    all.iter().map(|one| (one["rule"].as_str().expect("a rule"), one["because"].as_str().expect("a cause"))).collect()
}

#[test]
fn no_change_is_one_sentence() {
    let files = slack();
    assert!(diff(files.path(), &[]).ends_with("\nno change in 3 declarations\n"));
    let page = diff(files.path(), &["-o", "markdown"]);
    assert!(page.contains("no change in 3 declarations") && !page.contains("<details>"), "{page}");
    // Comments, order and layout are not changes.
    write(
        files.path(),
        "apps/slack.yaml",
        &format!(
            "# moved\n\n{}",
            APP.replace("  tier: 2\n  dataClass: internal\n", "  dataClass: internal\n  tier: 2\n")
        ),
    );
    assert_eq!(json(files.path(), &["main"], 0)["entries"], serde_json::json!([]));
}

#[test]
fn a_mode_change_shows_losses_and_findings() {
    let files = slack();
    let text = APP
        .replace("mode: scim", "mode: jit")
        .replace("    deprovision: {via: scim, owner: it-apps, slaHours: 24, effect: delete}\n", "");
    write(files.path(), "apps/slack.yaml", &text);
    let value = json(files.path(), &[], 0);
    let slack = entry(&value, "slack");
    assert_eq!(texts(slack), ["mode scim → jit", "loses deprovision (it-apps, via scim, within 24 h)"]);
    assert!(rules_and_causes(slack, "gained").contains(&("jit/no-deprovision-owner", "declared")), "{slack:#}");
    assert_eq!(slack["changes"][0]["weaker"], false, "rules decide whether a mode is weaker");
    assert_eq!(slack["changes"][1]["weaker"], true);
    let page = diff(files.path(), &["-o", "markdown"]);
    assert!(
        page.contains("- **slack**: mode scim → jit; ⚠️ loses deprovision (it-apps, via scim, within 24 h); **"),
        "{page}"
    );
}

#[test]
fn each_governance_value_has_its_wording() {
    let files = slack();
    let cases = [
        ("update: {via: scim, owner: it-apps,", "update: {via: scim,", "loses update owner it-apps", true),
        ("review: {owner: security", "review: {owner: it-apps", "review owner security → it-apps", false),
        ("effect: delete", "effect: suspend", "deprovision effect delete → suspend", false),
        (
            "owner: it-apps, slaHours: 24, effect",
            "owner: it-apps, slaHours: 72, effect",
            "deprovision within 24 → 72 h",
            true,
        ),
        (
            "owner: it-apps, slaHours: 24, effect",
            "owner: it-apps, slaHours: 4, effect",
            "deprovision within 24 → 4 h",
            false,
        ),
        ("everyDays: 90", "everyDays: 365", "review every 90 → 365 d", true),
        ("tier: 2", "tier: 1", "tier 2 → 1", false),
        ("dataClass: internal", "dataClass: restricted", "data class internal → restricted", false),
        ("  lifecycle:", "  status: retired\n  lifecycle:", "sets status retired", false),
        (
            "  lifecycle:",
            "  nonHuman: [{name: bot, kind: agent, owner: security, expires: 2027-01-31}]\n  lifecycle:",
            "adds credential bot (agent, owner security, until 2027-01-31)",
            true,
        ),
        (
            "  lifecycle:",
            "  breakGlass: [{name: bg, owner: security}]\n  lifecycle:",
            "adds break-glass account bg (security)",
            true,
        ),
        (
            "  lifecycle:",
            "  roles: [{name: root, privileged: true}]\n  lifecycle:",
            "adds role root (privileged)",
            false,
        ),
    ];
    for (from, to, expected_text, weaker) in cases {
        let text = APP.replace(from, to);
        assert_ne!(text, APP, "{from}");
        write(files.path(), "apps/slack.yaml", &text);
        let value = json(files.path(), &[], 0);
        let slack = entry(&value, "slack");
        assert_eq!(texts(slack), [expected_text]);
        assert_eq!(slack["changes"][0]["weaker"], weaker, "{expected_text}");
    }
    write(
        files.path(),
        "apps/slack.yaml",
        &APP.replace("owner: it-apps}\nspec", "owner: it-apps, title: T, description: D}\nspec"),
    );
    let value = json(files.path(), &[], 0);
    assert_eq!(entry(&value, "slack")["otherPaths"], serde_json::json!(["metadata.description", "metadata.title"]));
    assert!(diff(files.path(), &[]).contains("    2 fields changed\n"));
}

#[test]
fn apps_are_added_removed_moved_and_renamed() {
    let files = slack();
    let root = files.path();
    let app = |name: &str| APP.replace("name: slack", &format!("name: {name}"));
    for name in ["zoom", "miro", "box"] {
        write(
            root,
            &format!("apps/{name}.yaml"),
            &app(name).replace("tier: 2", &format!("tier: 2\n  notes: all of {name}")),
        );
    }
    commit(root, "more");
    git(root, &["mv", "apps/zoom.yaml", "moved.yaml"]);
    let miro = std::fs::read_to_string(root.join("apps/miro.yaml")).expect("text");
    write(
        root,
        "apps/miro.yaml",
        &miro
            .replace("name: miro", "name: miro-eu")
            .replace("update: {via: scim, owner: it-apps,", "update: {via: scim,"),
    );
    std::fs::remove_file(root.join("apps/box.yaml")).expect("removed");
    write(
        root,
        "apps/new.yaml",
        CLEAN.split("---").next().expect("an app").replace("name: slack", "name: fresh").as_str(),
    );
    let value = json(root, &["main"], 0);
    let fates: Vec<(&str, &str)> = value["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| (entry["name"].as_str().expect("a name"), entry["fate"].as_str().expect("the change of the app")))
        .collect();
    let mut sorted = fates.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        [("box", "removed"), ("fresh", "added"), ("miro-eu", "changed"), ("zoom", "moved")],
        "{value:#}"
    );
    let (zoom, miro) = (entry(&value, "zoom"), entry(&value, "miro-eu"));
    assert_eq!((&zoom["oldFile"], &zoom["file"]), (&Value::from("apps/zoom.yaml"), &Value::from("moved.yaml")));
    assert_eq!((miro["oldName"].as_str(), texts(miro)), (Some("miro"), vec!["loses update owner it-apps"]));
    assert_eq!(rules_and_causes(miro, "lost"), [], "its findings are the same under the new name");
    assert_eq!(texts(entry(&value, "box")), ["app removed (mode scim, owner it-apps, tier 2, internal data)"]);
    let text = diff(root, &["main"]);
    assert!(text.contains("moved, was in apps/zoom.yaml") && text.contains("renamed, was miro"), "{text}");
    assert!(text.contains("1 app changed, 1 app new, 1 app removed, 1 app moved"), "{text}");
}

#[test]
fn a_new_waiver_is_shown_with_the_covered_findings() {
    let files = repository(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY)]);
    let waiver = "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: box-update}\nspec: {rule: jit/no-update-owner, apps: [box], reason: soon, approver: ciso, owner: t, from: 2026-11-01, expires: 2026-12-31}\n";
    write(files.path(), "w.yaml", waiver);
    let value = json(files.path(), &[], 0);
    assert_eq!(
        texts(entry(&value, "box-update")),
        ["new waiver (jit/no-update-owner, for box, until 2026-12-31, approved by ciso)"]
    );
    assert_eq!(rules_and_causes(entry(&value, "box"), "lost"), [("jit/no-update-owner", "waiver")]);
    assert_eq!(value["entries"][0]["name"], "box-update", "edits come before their consequences");
    commit(files.path(), "waived");
    write(files.path(), "w.yaml", &waiver.replace("2026-12-31", "2027-06-30").replace("[box]", "[box, slack]"));
    let value = json(files.path(), &["HEAD"], 0);
    let waiver = entry(&value, "box-update");
    assert_eq!(texts(waiver), ["apps +slack", "until 2026-12-31 → 2027-06-30"]);
    assert!(waiver["changes"].as_array().expect("changes").iter().all(|change| change["weaker"] == true));
}

#[test]
fn a_relaxed_configuration_is_shown_first_and_nothing_counts_as_fixed() {
    let mine = rule(
        "title",
        "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"no title\"} if not input.metadata.title",
    );
    let files =
        repository(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY), ("policies/acme/title/rule.rego", &mine)]);
    let root = files.path();
    write(root, "leaver.yaml", "version: 1\npolicies: [policies]\nrules: {jit/no-update-owner: {severity: off}}\n");
    let value = json(root, &[], 0);
    let first = &value["entries"][0];
    assert_eq!(first["kind"], "Config", "{value:#}");
    let printed = texts(first);
    assert!(
        printed[0] == "rule jit/no-update-owner error → off" && first["changes"][0]["weaker"] == true,
        "{printed:?}"
    );
    assert!(
        printed.contains(&"sets policies policies") && printed.contains(&"sets rule acme/title error"),
        "{printed:?}"
    );
    let app = entry(&value, "box");
    assert_eq!(rules_and_causes(app, "lost"), [("jit/no-update-owner", "rule")]);
    assert_eq!(rules_and_causes(app, "gained"), [("acme/title", "rule")]);
    assert!(diff(root, &[]).contains("1 finding from newly enabled rules (1 error), 1 dropped with disabled rules"));
    commit(root, "relaxed");
    write(root, "policies/acme/title/rule.rego", &mine.replace("not input.metadata.title", "input.metadata.title"));
    let value = json(root, &["HEAD"], 0);
    assert_eq!(texts(&value["entries"][0]), ["edits file policies/acme/title/rule.rego"]);
    assert_eq!(rules_and_causes(entry(&value, "box"), "lost"), [("acme/title", "declared")]);
    // The options `--profile` and `--config` apply to base and head.
    write(root, "strict.yaml", "version: 1\nprofile: strict\nexclude: [strict.yaml]\n");
    for more in [&["HEAD", "--profile", "strict"][..], &["HEAD", "--config", "strict.yaml"]] {
        let value = json(root, more, 0);
        assert_eq!(
            (&value["base"]["profile"], &value["head"]["profile"]),
            (&Value::from("strict"), &Value::from("strict"))
        );
    }
}

#[test]
fn broken_yaml_on_one_side_is_not_a_removal_but_exit_status_2() {
    let files = slack();
    let root = files.path();
    write(root, "apps/slack.yaml", &format!("{APP}  tags: [a\n"));
    let value = json(root, &[], 2);
    assert_eq!((&value["complete"], &entry(&value, "slack")["fate"]), (&Value::from(false), &Value::from("unread")));
    assert_eq!(rules_and_causes(entry(&value, "apps/slack.yaml"), "gained"), [("schema/syntax", "declared")]);
    let page = out(&with_git(root, &["diff", "-o", "markdown"]));
    assert!(
        page.contains("Not everything could be read")
            && page.contains("- **slack**: cannot be compared, because the file could not be read"),
        "{page}"
    );
    commit(root, "broken");
    let same = json(root, &["HEAD"], 0);
    assert_eq!(same["entries"], serde_json::json!([]), "a broken file that nobody touched did not change");
    write(root, "apps/slack.yaml", APP);
    let fixed = json(root, &["HEAD"], 2);
    assert_eq!(entry(&fixed, "slack")["fate"], "unread", "its former content is unknown");
}

#[test]
fn messages_about_unreadable_files_name_the_side_and_no_temporary_folder() {
    let files = slack();
    let root = files.path();
    write(root, "leaver.yaml", "version: 1\nprofil: strict\n");
    commit(root, "broken");
    let head = with_git(root, &["diff", "HEAD~1"]);
    assert!(code(&head) == 2 && err(&head).contains("leaver.yaml:2:1"), "{}", err(&head));
    write(root, "leaver.yaml", "version: 1\n");
    let base = with_git(root, &["diff", "HEAD"]);
    assert!(code(&base) == 2 && err(&base).contains("in HEAD: leaver.yaml:2:1: "), "{}", err(&base));
    assert!(!err(&base).contains(std::env::temp_dir().to_str().expect("text")), "{}", err(&base));
    commit(root, "fixed");
    std::fs::write(root.join("latin.yaml"), b"apiVersion: leaver/v1\n# \xe9\n").expect("written");
    commit(root, "latin");
    let here = json(root, &["HEAD~1"], 2);
    assert_eq!(here["failures"][0]["side"], "head");
    std::fs::remove_file(root.join("latin.yaml")).expect("removed");
    let value = json(root, &["HEAD"], 2);
    assert_eq!((&value["failures"][0]["side"], &value["complete"]), (&Value::from("base"), &Value::from(false)));
    let printed = value["failures"][0]["message"].as_str().expect("text");
    assert!(printed.starts_with("in HEAD: `latin.yaml` is not UTF-8 text"), "{printed}");
    std::fs::write(root.join("apps/slack.yaml"), b"\xff").expect("written");
    let value = json(root, &["HEAD~1"], 2);
    assert_eq!(entry(&value, "slack")["fate"], "unread", "a file that cannot be read is not reported as removed");
}

#[test]
fn three_hundred_changed_apps_fit_on_a_page() {
    let app = |at: usize, hours: usize| {
        APP.replace("name: slack", &format!("name: app-{at}")).replace("slaHours: 24", &format!("slaHours: {hours}"))
    };
    let all = |hours: usize| (0..300).map(|at| app(at, hours)).collect::<Vec<_>>().join("---\n");
    let files = repository(&[("leaver.yaml", "version: 1\n"), ("apps.yaml", &all(24)), ("teams.yaml", TEAMS)]);
    write(files.path(), "apps.yaml", &all(240));
    let page = diff(files.path(), &["-o", "markdown"]);
    assert!(page.len() < 65_536, "GitHub accepts comments of at most 65,536 characters: {}", page.len());
    let above = page.split("<details>").next().expect("a first part");
    assert!(above.lines().filter(|line| !line.is_empty()).count() <= 10, "{above}");
    assert!(above.contains("300 apps changed") && above.contains("- and 294 more declarations"), "{above}");
    assert!(
        page.contains("declarations omitted, because this page would be too long") && page.ends_with("</details>\n"),
        "{page}"
    );
    let text = diff(files.path(), &[]);
    assert!(text.contains("and 250 more declarations") && text.lines().count() < 600, "{}", text.lines().count());
    assert_eq!(json(files.path(), &[], 0)["entries"].as_array().map(Vec::len), Some(300));
}

#[test]
fn outputs_are_written_to_the_requested_files() {
    let files = slack();
    write(files.path(), "apps/slack.yaml", &APP.replace("tier: 2", "tier: 1"));
    let text = diff(files.path(), &["-o", "markdown=page.md", "-o", "json=diff.json", "-o", "text"]);
    assert!(text.contains("tier 2 → 1") && !text.contains('\u{1b}'), "{text}");
    assert!(diff(files.path(), &["--color", "always"]).contains("\u{1b}[1;33m~"));
    for (name, expected_text) in [("page.md", "- **slack**: tier 2 → 1"), ("diff.json", "\"tier 2 → 1\"")] {
        let written = std::fs::read_to_string(files.path().join(name)).expect("written");
        assert!(written.contains(expected_text), "{written}");
    }
    let wrong = with_git(files.path(), &["diff", "-o", "markdwn"]);
    assert!(code(&wrong) == 2 && err(&wrong).contains("did you mean `markdown`"), "{}", err(&wrong));
    let nowhere = with_git(files.path(), &["diff", "-o", "text=none/x.txt"]);
    assert!(code(&nowhere) == 2 && err(&nowhere).contains("cannot write `none/x.txt`"), "{}", err(&nowhere));
}

#[test]
fn a_secret_is_never_shown() {
    let files = slack();
    let secret = "AKIAIOSFODNN7EXAMPLQ";
    let text = APP.replace(
        "  lifecycle:",
        &format!("  nonHuman: [{{name: bot, kind: api-key, owner: it-apps, vault: {secret}}}]\n  lifecycle:"),
    );
    write(files.path(), "apps/slack.yaml", &text);
    commit(files.path(), "leaked");
    write(files.path(), "apps/slack.yaml", &text.replace(secret, "vault://kv/slack"));
    for format in ["text", "markdown", "json"] {
        let printed = diff(files.path(), &["HEAD", "-o", format]);
        assert!(
            printed.contains("credential bot vault •••• → vault:")
                || format == "markdown" && printed.contains("vault ••••"),
            "{printed}"
        );
        assert!(printed.contains("credential/secret-in-file") && !printed.contains(secret), "{printed}");
    }
    assert!(entry(&json(files.path(), &["HEAD"], 0), "slack")["changes"][0].get("old").is_none());
}
