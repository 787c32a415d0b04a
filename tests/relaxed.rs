//! `trust/changed`: an edit of leaver's own configuration is an error if it relaxes the check, otherwise a warning.

use std::path::Path;

use crate::common::{CLEAN, code, err, folder, git, out, rule, with_git};

const CONFIG: &str = "version: 1\npolicies: [policies]\nprofile: ours.yaml\nvendors: [vendors.yaml]\nfailOn: warning\ninclude: ['*.yaml', 'apps/**']\nexclude: [charts/**]\nrules:\n  jit/no-update-owner: {severity: error}\n  review/too-rare: {params: {maxDays: {restricted: 30}}}\n  waiver/expires-soon: {params: {minDays: 20}}\n  manual/critical-deprovision: {params: {maxTier: 2, dataClasses: [restricted, confidential]}}\n  jit/scim-available: {severity: warning}\nlimits: {fileBytes: 2000000}\n";
const PROFILE: &str = "name: ours\ntitle: Ours\nextends: more.yaml\nrules: {jit/no-inactivity-limit: {severity: error, params: {maxDays: 45}}}\n";
const MORE: &str =
    "name: more\ntitle: More\nextends: default\nrules: {leaver/sla-too-long: {params: {maxHours: {'1': 1}}}}\n";
const VENDORS: &str =
    "version: 1\nvendors:\n  homemade: {title: Homemade, scim: offered, asOf: \"2026\", source: ours, quality: high}\n";
pub const RULE: &str = "policies/acme/titled/rule.rego";
const LIBRARY: &str = "package policies.lib.ours\n\nlong(text) if count(text) > 3\n";
const SYSTEM: &str = "apiVersion: leaver/v1\nkind: System\nmetadata: {name: hub}\nspec: {kind: iga, deletes: false, syncMinutes: 60, notes: ours}\n";

pub fn own_rule() -> String {
    rule(
        "titled",
        "findings contains {\"path\": [\"metadata\"], \"message\": \"no title\"} if input.metadata.labels.strict",
    )
}

pub fn repository() -> tempfile::TempDir {
    let files = folder(&[
        ("leaver.yaml", CONFIG),
        ("ours.yaml", PROFILE),
        ("more.yaml", MORE),
        ("vendors.yaml", VENDORS),
        ("a.yaml", CLEAN),
        ("system.yaml", SYSTEM),
        (RULE, &own_rule()),
        ("policies/lib/ours.rego", LIBRARY),
    ]);
    git(files.path(), &["init", "-q"]);
    commit(files.path());
    files
}

pub fn commit(folder: &Path) {
    git(folder, &["add", "-A", "--force"]);
    git(folder, &["commit", "-qm", "state"]);
}

pub fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent folder")).expect("a folder");
    std::fs::write(path, text).expect("written");
    git(folder, &["add", "-A", "--force"]);
}

pub fn check(folder: &Path, more: &[&str]) -> (i32, String) {
    let output =
        with_git(folder, &[&["check", "-o", "concise", "--trust-ref", "main", "--fail-on", "error"], more].concat());
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

/// An edit: the file, the text to replace (the whole file if empty), and the replacement.
pub type Edit<'a> = (&'a str, &'a str, &'a str);

pub fn apply(folder: &Path, edits: &[Edit<'_>]) {
    for (name, from, to) in edits {
        let old = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(old.contains(from), "{from} in {name}: {old}");
        write(folder, name, &if from.is_empty() { (*to).to_owned() } else { old.replace(from, to) });
    }
}

pub fn changed(edits: &[Edit<'_>]) -> (i32, String) {
    let files = repository();
    apply(files.path(), edits);
    check(files.path(), &[])
}

#[test]
fn relaxing_edits_are_errors() {
    for (edit, expected_text) in [
        // leaver.yaml
        (
            ("leaver.yaml", "severity: error}", "severity: off}"),
            "`rules.jit/no-update-owner.severity` changes from `error` to `off`",
        ),
        (("leaver.yaml", "severity: error}", "severity: info}"), "changes from `error` to `info`"),
        (("leaver.yaml", "severity: warning}", "severity: off}"), "`rules.jit/scim-available.severity`"),
        (("leaver.yaml", "restricted: 30", "restricted: 300"), "changes from `30` to `300`"),
        (
            ("leaver.yaml", "  review/too-rare: {params: {maxDays: {restricted: 30}}}\n", ""),
            "`rules.review/too-rare.params.maxDays.restricted`",
        ),
        (("leaver.yaml", "minDays: 20", "minDays: 1"), "changes from `20` to `1`"),
        (("leaver.yaml", "maxTier: 2", "maxTier: 1"), "changes from `2` to `1`"),
        (("leaver.yaml", "[restricted, confidential]", "[restricted]"), "loses `confidential`"),
        (("leaver.yaml", "failOn: warning\n", "failOn: error\n"), "`failOn` changes from `warning` to `error`"),
        (("leaver.yaml", "failOn: warning\n", ""), "`failOn` changes from `warning` to `error`"),
        (("leaver.yaml", ", 'apps/**']", "]"), "`include` loses `apps/**`"),
        (("leaver.yaml", "'apps/**'", "'apps/*.yaml'"), "`include` loses `apps/**`"),
        (("leaver.yaml", "charts/**", "charts/**, b.yaml"), "`exclude` gains `b.yaml`"),
        (("leaver.yaml", "2000000", "9000000"), "`limits.fileBytes` changes"),
        (("leaver.yaml", "policies: [policies]\n", ""), "`rules.acme/titled` is removed"),
        (("leaver.yaml", "vendors: [vendors.yaml]\n", ""), "`vendors.homemade` is removed"),
        (("leaver.yaml", "profile: ours.yaml\n", ""), "`rules.jit/no-inactivity-limit"),
        // A profile, and the profile that it extends.
        (
            ("ours.yaml", "45", "365"),
            "`ours.yaml` is edited and relaxes the check: `rules.jit/no-inactivity-limit.params.maxDays` changes from `45` to `365`",
        ),
        (("ours.yaml", "severity: error, ", ""), "`rules.jit/no-inactivity-limit.severity`"),
        (
            ("more.yaml", "'1': 1", "'1': 1000"),
            "`rules.leaver/sla-too-long.params.maxHours.1` changes from `1` to `1000`",
        ),
        // Rules
        ((RULE, "labels.strict", "labels.never"), "its rules may have fewer findings"),
        ((RULE, "severity: error", "severity: info"), "relaxes the check"),
        (("policies/lib/ours.rego", "> 3", "> 300"), "`policies/lib/ours.rego` is edited and relaxes the check"),
        // Facts
        (
            ("vendors.yaml", "scim: offered", "scim: unknown"),
            "`vendors.homemade.facts.scim.value` changes from `offered` to `unknown`",
        ),
        (
            (
                "vendors.yaml",
                "  homemade:",
                "  slack: {title: Slack, scim: unknown, asOf: \"2026\", source: ours, quality: high}\n  homemade:",
            ),
            "`vendors.slack",
        ),
        (("vendors.yaml", "title: Homemade", "title: Homemade, aliases: [slack]"), "`vendors.slack"),
        (
            ("system.yaml", "deletes: false", "deletes: true"),
            "the System `hub` overrides facts and relaxes the check: `systems.hub.deletes` changes from `false` to `true`",
        ),
        (("system.yaml", "deletes: false, ", ""), "`systems.hub.deletes` is removed"),
        (("system.yaml", "syncMinutes: 60", "syncMinutes: 5"), "`systems.hub.syncMinutes`"),
        (
            ("system.yaml", "kind: iga", "kind: iga, alertsByDefault: true"),
            "`systems.hub.alertsByDefault` is set to `true`",
        ),
        (
            (
                "s.yaml",
                "",
                "apiVersion: leaver/v1\nkind: System\nmetadata: {name: okta}\nspec: {alertsByDefault: true}\n",
            ),
            "the System `okta` overrides facts",
        ),
        (
            (
                "s.yaml",
                "",
                "apiVersion: leaver/v1\nkind: System\nmetadata: {name: azure-ad}\nspec: {outOfScope: skip}\n",
            ),
            "the System `azure-ad` overrides facts",
        ),
        (
            (
                "s.yaml",
                "",
                "apiVersion: leaver/v1\nkind: System\nmetadata: {name: ours, aliases: [okta]}\nspec: {alertsByDefault: true}\n",
            ),
            "the System `ours` overrides facts",
        ),
    ] {
        let (status, text) = changed(&[edit]);
        assert_eq!(status, 1, "{edit:?}: {text}");
        assert!(text.contains("error[trust/changed]"), "{edit:?}: {text}");
        assert!(text.contains(expected_text), "{expected_text} for {edit:?}: {text}");
        assert!(text.contains("relaxes the check"), "{edit:?}: {text}");
    }
}

#[test]
fn other_edits_are_at_most_warnings() {
    for edit in [
        ("leaver.yaml", "severity: warning}", "severity: error}"),
        ("leaver.yaml", "restricted: 30", "restricted: 20"),
        ("leaver.yaml", "minDays: 20", "minDays: 60"),
        ("leaver.yaml", "maxTier: 2", "maxTier: 3"),
        ("leaver.yaml", "failOn: warning", "failOn: info"),
        ("leaver.yaml", "'*.yaml', ", "'*.yaml', 'more/**', "),
        ("leaver.yaml", "exclude: [charts/**]\n", ""),
        ("leaver.yaml", "include: ['*.yaml', 'apps/**']\n", ""),
        ("leaver.yaml", "version: 1\n", "# A comment.\nversion: 1\n"),
        ("leaver.yaml", "version: 1\n", "version: 1\ndocsUrl: https://example.com/rules\n"),
        ("leaver.yaml", "2000000", "1000000"),
        ("ours.yaml", "45", "30"),
        ("more.yaml", "title: More", "title: Much more"),
        ("vendors.yaml", "source: ours", "source: theirs"),
        (
            "vendors.yaml",
            "  homemade:",
            "  handmade: {title: Handmade, scim: offered, asOf: \"2026\", source: ours, quality: high}\n  homemade:",
        ),
        ("policies/acme/titled/rule.md", "", "A page.\n"),
        ("policies/acme/other/rule.rego", "", &own_rule().replace("titled", "other")),
        ("policies/lib/more.rego", "", "package policies.lib.more\n\nshort(text) if count(text) < 3\n"),
    ] {
        let (status, text) = changed(&[edit]);
        assert_eq!(status, 0, "{edit:?}: {text}");
        assert!(text.contains("warning[trust/changed]") && !text.contains("error["), "{edit:?}: {text}");
    }
    for edit in [
        ("system.yaml", "notes: ours", "notes: theirs"),
        ("system.yaml", "syncMinutes: 60", "syncMinutes: 120"),
        ("system.yaml", "name: hub", "name: hub, title: Hub"),
        (
            "s.yaml",
            "",
            "apiVersion: leaver/v1\nkind: System\nmetadata: {name: spoke}\nspec: {kind: iga, deletes: true}\n",
        ),
        (
            "s.yaml",
            "",
            "apiVersion: leaver/v1\nkind: System\nmetadata: {name: okta, title: Ours}\nspec: {deletes: false}\n",
        ),
        (".gitignore", "", "nothing\n"),
        (".github/workflows/ci.yaml", "", "on: push\n"),
    ] {
        let (status, text) = changed(&[edit]);
        assert!(status == 0 && !text.contains("trust/changed"), "{edit:?}: {text}");
    }
}

#[test]
fn removals_are_errors() {
    for (name, also) in [
        (RULE, vec![]),
        ("policies/lib/ours.rego", vec![]),
        ("ours.yaml", vec![("leaver.yaml", "profile: ours.yaml\n", "")]),
        ("vendors.yaml", vec![("leaver.yaml", "vendors: [vendors.yaml]\n", "")]),
        ("leaver.yaml", vec![]),
    ] {
        let files = repository();
        write(files.path(), "policies/acme/other/rule.rego", &own_rule().replace("titled", "other"));
        commit(files.path());
        apply(files.path(), &also);
        std::fs::remove_file(files.path().join(name)).expect("removed");
        let (status, text) = check(files.path(), &[]);
        assert_eq!(status, 1, "{name}: {text}");
        assert!(text.contains("error[trust/changed]") && text.contains(&format!("`{name}` is gone")), "{name}: {text}");
    }
    // The removed System overrode a fact with a stricter value.
    let files = repository();
    let strict = "apiVersion: leaver/v1\nkind: System\nmetadata: {name: ping-identity}\nspec: {deletes: false}\n";
    write(files.path(), "strict.yaml", strict);
    commit(files.path());
    std::fs::remove_file(files.path().join("strict.yaml")).expect("removed");
    let (status, text) = check(files.path(), &[]);
    assert!(status == 1 && text.contains("the System `ping-identity` is gone"), "{text}");
}

#[test]
fn a_configuration_elsewhere_is_compared_too() {
    let files = repository();
    write(files.path(), "sub/a.yaml", &CLEAN.replace("slack", "zoom").replace("it-apps", "zoom-team"));
    commit(files.path());
    write(files.path(), "sub/leaver.yaml", "version: 1\nrules: {jit/no-update-owner: {severity: off}}\n");
    let (status, text) = check(files.path(), &["sub"]);
    assert!(
        status == 1 && text.contains("sub/leaver.yaml:1:1: error[trust/changed] `sub/leaver.yaml` is new"),
        "{text}"
    );
    // The file at the root is still compared.
    write(files.path(), "sub/leaver.yaml", "version: 1\n");
    apply(files.path(), &[("leaver.yaml", "severity: error}", "severity: off}")]);
    let (status, text) = check(files.path(), &["sub"]);
    assert!(status == 1 && text.contains("`leaver.yaml` is edited and relaxes"), "{text}");
}

#[test]
fn a_baseline_that_grows_is_an_error_and_one_that_shrinks_is_not() {
    let row = |name: &str, count: u32| {
        format!(
            "{{\"rule\": \"jit/no-update-owner\", \"kind\": \"App\", \"name\": \"{name}\", \"pointer\": \"/spec\", \"count\": {count}}}"
        )
    };
    let list = |rows: &[String]| format!("{{\"version\": 1, \"findings\": [{}]}}\n", rows.join(", "));
    for (base, head, status) in [
        (vec![row("box", 2)], vec![row("box", 2), row("zoom", 1)], 1),
        (vec![row("box", 2)], vec![row("box", 3)], 1),
        (vec![row("box", 2)], vec![row("box", 1)], 0),
        (vec![row("box", 2), row("zoom", 1)], vec![row("box", 2)], 0),
        (vec![row("box", 2)], vec![], 0),
    ] {
        let files = repository();
        write(files.path(), "base.json", &list(&base));
        commit(files.path());
        write(files.path(), "base.json", &list(&head));
        let (found, text) = check(files.path(), &["--baseline", "base.json"]);
        assert_eq!(found, status, "{base:?} {head:?}: {text}");
        assert!(text.contains("[trust/changed] `base.json` is edited"), "{text}");
    }
}

/// Version 2 of a baseline identifies entries by path and identity, so an entry with another path or identity is new.
#[test]
fn a_baseline_whose_entry_moves_to_another_place_is_an_error() {
    let list = |path: &str, identity: &str| {
        format!(
            "{{\"version\": 2, \"findings\": [{{\"rule\": \"jit/no-update-owner\", \"kind\": \"App\", \"name\": \"box\", \"path\": \"{path}\", \"identity\": \"{identity}\", \"count\": 1}}]}}\n"
        )
    };
    for (path, identity) in [("spec.nonHuman[b].owner", "x"), ("spec.nonHuman[a].owner", "y")] {
        let files = repository();
        write(files.path(), "base.json", &list("spec.nonHuman[a].owner", "x"));
        commit(files.path());
        write(files.path(), "base.json", &list(path, identity));
        let (found, text) = check(files.path(), &["--baseline", "base.json"]);
        assert!(found == 1 && text.contains("error[trust/changed] `base.json` is edited"), "{text}");
    }
}
