//! With `--trust-ref`, leaver reports a change that makes fewer rules apply to an app, or hides an app.

use std::{fs, path::Path};

use crate::common::{FAULTY, code, err, git, out, repository, with_git};

const CONFIG: &str = "version: 1\nexclude: [old/**]\n";
const APP: &str = "apiVersion: leaver/v1
kind: App
metadata: {name: desk, owner: t, vendor: in-house}
spec:
  tier: 2
  dataClass: confidential
  roleChurn: high
  issuesTokens: true
  populations: [employees, {name: guests, tier: 2}]
  signOn: [{system: okta, appId: a1, protocol: saml}, {system: entra-id, appId: a2, protocol: oidc}]
  provisioning: {mode: jit, jit: {defaultRole: viewer}}
  instances: [{name: production, environment: production, host: desk.example.com}, {name: test, environment: test}]
  roles: [{name: admin, privileged: true}, {name: viewer}]
  breakGlass: [{name: bg-1, owner: t}]
  localAccounts: {accounts: [{name: root, owner: t}]}
  nonHuman: [{name: bot, kind: bot, owner: t}, {name: gone, kind: bot, owner: t, revokedOn: 2026-01-01}]
  thirdPartyGrants: [{name: sync, owner: t}]
";
const PATTERN: &str =
    "apiVersion: leaver/v1\nkind: Pattern\nmetadata: {name: plain, owner: t}\nspec: {tier: 2, dataClass: internal}\n";
const ERROR: &str = "error[trust/changed] the change makes fewer rules apply to the app";
const WARNING: &str = "warning[trust/changed] the change makes fewer rules apply to the app";

type Move<'a> = &'a dyn Fn(&Path);

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a parent folder")).expect("a folder");
    fs::write(path, text).expect("written");
    git(folder, &["add", "-A", "--force"]);
}

fn remove(folder: &Path, name: &str) {
    fs::remove_file(folder.join(name)).expect("removed");
}

/// Checks the change. Only one rule is evaluated besides `trust/changed`, since the app violates other rules.
fn check(folder: &Path, more: &[&str]) -> (i32, String) {
    let arguments =
        ["check", "-o", "concise", "--trust-ref", "refs/heads/main", "--select", "catalogue/duplicate-name"];
    let output = with_git(folder, &[&arguments[..], more].concat());
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

fn edited(from: &str, to: &str) -> tempfile::TempDir {
    let files = repository(&[("leaver.yaml", CONFIG), ("desk.yaml", APP)]);
    assert!(APP.contains(from), "{from}");
    write(files.path(), "desk.yaml", &APP.replace(from, to));
    files
}

#[test]
fn fewer_rules_for_an_app_are_reported() {
    for (from, to, expected_text) in [
        ("  tier: 2\n", "  tier: 3\n", "`spec.tier` changes from `2` to `3`"),
        ("confidential", "public", "`spec.dataClass` changes from `confidential` to `public`"),
        ("roleChurn: high", "roleChurn: low", "`spec.roleChurn` changes from `high` to `low`"),
        ("issuesTokens: true", "issuesTokens: false", "`spec.issuesTokens` changes from `true` to `false`"),
        ("{mode: jit, jit: {defaultRole: viewer}}", "{mode: none}", "`spec.provisioning.mode` changes from `jit` to"),
        ("{mode: jit, jit: {defaultRole: viewer}}", "{mode: shared}", "`spec.provisioning.mode` changes from `jit` to"),
        ("[employees, {", "[{", "`spec.populations` loses `employees`"),
        (", {name: guests, tier: 2}]", "]", "`spec.populations` loses `guests`"),
        (
            "{name: guests, tier: 2}",
            "{name: guests, tier: 4}",
            "`spec.populations[guests].tier` changes from `2` to `4`",
        ),
        (
            "[employees, {",
            "[{name: employees, tier: 4}, {",
            "`spec.populations[employees].tier` changes from `2` to `4`",
        ),
        (
            "[employees, {",
            "[{name: employees, provisioning: {mode: none}}, {",
            "`spec.populations[employees].provisioning.mode` changes from `jit` to `none`",
        ),
        (", {system: entra-id, appId: a2, protocol: oidc}]", "]", "`spec.signOn.system` loses `entra-id`"),
        ("[{system: okta, appId: a1, protocol: saml}, {", "[{", "`spec.signOn.system` loses `okta`"),
        ("system: okta", "system: google-workspace", "`spec.signOn.system` loses `okta`"),
        (", {name: test, environment: test}", "", "`spec.instances` loses `test`"),
        ("{name: admin, privileged: true}, ", "", "`spec.roles` loses `admin`"),
        ("[{name: bg-1, owner: t}]", "[]", "`spec.breakGlass` loses `bg-1`"),
        (
            "{accounts: [{name: root, owner: t}]}",
            "{none: true, checkedOn: 2026-11-01}",
            "`spec.localAccounts.accounts` loses `root`",
        ),
        ("{name: bot, kind: bot, owner: t}, ", "", "`spec.nonHuman` loses `bot`"),
        ("[{name: sync, owner: t}]", "[]", "`spec.thirdPartyGrants` loses `sync`"),
        ("  tier: 2\n", "  tier: 2\n  status: retiring\n", "`spec.status` is set to `retiring`"),
        ("  tier: 2\n", "  tier: 2\n  status: retired\n", "`spec.status` is set to `retired`"),
    ] {
        let files = edited(from, to);
        let (status, text) = check(files.path(), &[]);
        assert!(
            status == 0 && text.contains(&format!("{WARNING} `desk` ({expected_text}")),
            "{from} → {to}: {status} {text}"
        );
        // The edit is reported even if the path arguments do not include the file.
        write(files.path(), "other.yaml", "x: 1\n");
        let (_, text) = check(files.path(), &["--since", "refs/heads/main", "other.yaml"]);
        assert!(text.contains(WARNING), "{from} → {to}: {text}");
    }
    for to in ["planned", "discovered"] {
        let files = edited("  tier: 2\n", &format!("  status: {to}\n  tier: 2\n"));
        let (status, text) = check(files.path(), &[]);
        let expected_text =
            format!("desk.yaml:5:11: {ERROR} `desk` and relaxes the check: `spec.status` is set to `{to}`");
        assert!(status == 1 && text.contains(&expected_text), "{to}: {status} {text}");
    }
}

#[test]
fn other_edits_of_an_app_are_not_reported() {
    for (from, to) in [
        ("  tier: 2\n", "  tier: 1\n"),
        ("  tier: 2\n", ""),
        ("dataClass: confidential", "dataClass: restricted"),
        ("  roleChurn: high\n", ""),
        ("mode: jit", "mode: hybrid"),
        ("{mode: jit, jit", "{jit"),
        ("[employees, {name: guests, tier: 2}]", "[{name: employees}, guests, partners]"),
        ("appId: a1", "appId: a3"),
        (", {name: gone, kind: bot, owner: t, revokedOn: 2026-01-01}", ""),
        ("owner: t, vendor", "owner: t, title: Desk, vendor"),
        (
            "[{system: okta, appId: a1, protocol: saml}, {system: entra-id, appId: a2, protocol: oidc}]",
            "{system: entra-id, appId: a2, protocol: oidc, also: [{system: okta, appId: a1, protocol: saml}]}",
        ),
        ("metadata: {name: desk", "metadata: {name: front-desk"),
    ] {
        let (status, text) = check(edited(from, to).path(), &[]);
        assert!(status == 0 && !text.contains("trust/changed"), "{from} → {to}: {status} {text}");
    }
    // A change may state values that were missing, and remove apps that are not in use.
    for (base, head) in [
        ("  dataClass: internal\n", "  dataClass: internal\n  tier: 4\n  roleChurn: low\n"),
        ("  tier: 4\n", "  tier: 4\n  dataClass: public\n  issuesTokens: false\n"),
    ] {
        let app = |spec: &str| format!("{}spec:\n{spec}", APP.split_once("spec:").expect("a spec").0);
        let files = repository(&[("leaver.yaml", CONFIG), ("desk.yaml", &app(base))]);
        write(files.path(), "desk.yaml", &app(head));
        let (status, text) = check(files.path(), &[]);
        assert!(status == 0 && !text.contains("trust/changed"), "{head}: {status} {text}");
    }
    for unused in ["planned", "discovered", "retired"] {
        let text = APP.replace("  tier: 2\n", &format!("  tier: 2\n  status: {unused}\n"));
        let files = repository(&[("leaver.yaml", CONFIG), ("desk.yaml", &text), ("other.yaml", PATTERN)]);
        remove(files.path(), "desk.yaml");
        let (status, text) = check(files.path(), &[]);
        assert!(status == 0 && !text.contains("trust/changed"), "{unused}: {status} {text}");
    }
}

#[test]
fn an_app_that_leaves_the_catalogue_is_reported() {
    let moves: [(&str, Move<'_>); 4] = [
        ("removed", &|files| remove(files, "desk.yaml")),
        ("another kind", &|files| {
            write(
                files,
                "desk.yaml",
                "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: desk}\nspec: {members: [a, b]}\n",
            );
        }),
        ("a pattern", &|files| {
            let spec = APP.split_once("spec:").expect("a spec").1;
            write(files, "desk.yaml", &format!("{}spec:{spec}", PATTERN.split_once("spec:").expect("a spec").0));
        }),
        // The file now has another app, and nothing shows that both apps are the same product.
        ("replaced", &|files| {
            let text = APP.replace("name: desk", "name: chair").replace("a1", "b1").replace("a2", "b2");
            write(files, "desk.yaml", &text.replace("tier: 2", "tier: 4"));
        }),
    ];
    for (what, go) in moves {
        let files = repository(&[("leaver.yaml", CONFIG), ("desk.yaml", APP), ("other.yaml", PATTERN)]);
        go(files.path());
        let (_, text) = check(files.path(), &[]);
        let expected_text =
            "desk.yaml:1:1: warning[trust/changed] the app `desk` is gone, so no rule checks it any more";
        assert!(text.contains(expected_text), "{what}: {text}");
        // A finding about another declaration in the same file does not hide the removal.
        write(
            files.path(),
            "desk.yaml",
            "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: desk, title: no}\nspec: {}\n",
        );
        let (_, text) = check(files.path(), &[]);
        assert!(text.contains("`desk` is gone") || text.contains("error[schema/"), "{what}: {text}");
    }
    // An app is not gone if it is in another file, has another name, or is in a broken file.
    for (name, text) in [
        ("apps/desk.yaml", APP.to_owned()),
        ("desk.yaml", APP.replace("name: desk", "name: front-desk")),
        ("desk.yaml", APP.replace("spec:\n", "spec: [\n")),
        ("desk.yaml", APP.replace("tier: 2", "tier: high")),
    ] {
        let files = repository(&[("leaver.yaml", CONFIG), ("desk.yaml", APP), ("other.yaml", PATTERN)]);
        remove(files.path(), "desk.yaml");
        write(files.path(), name, &text);
        assert!(!check(files.path(), &[]).1.contains("is gone"), "{name}: {text}");
    }
    // A new name does not hide other changes.
    let files = edited(
        "name: desk, owner: t, vendor: in-house}\nspec:\n",
        "name: chair, owner: t}\nspec:\n  status: planned\n",
    );
    let (status, text) = check(files.path(), &[]);
    assert!(status == 1 && text.contains(&format!("{ERROR} `chair`")), "{status} {text}");
    // Without a configuration, only the requested files are known.
    let files = repository(&[("desk.yaml", APP), ("other.yaml", PATTERN)]);
    let (_, text) = check(files.path(), &["other.yaml"]);
    assert!(!text.contains("is gone"), "{text}");
}

/// People would still see the app, but leaver would no longer read it.
#[test]
fn an_app_does_not_move_to_a_file_that_is_not_read() {
    let config = "version: 1\nexclude: [old/**]\n";
    let base = |root: &str| {
        let desk = format!("{root}desk.yaml");
        let other = format!("{root}other.yaml");
        repository(&[
            (&format!("{root}leaver.yaml"), config),
            (&desk, APP),
            (&other, PATTERN),
            ("notes.yaml", "a: 1\n"),
        ])
    };
    let two = format!("x: 1\n---\n{APP}");
    let json = "{\"apiVersion\": \"leaver/v1\", \"kind\": \"App\", \"metadata\": {\"name\": \"desk\"}, \"spec\": {}}";
    for (root, to, text) in [
        ("", "old/desk.yaml", APP),
        ("", "old/another.yml", &two),
        ("", "desk.yaml.bak", APP),
        ("", "desk.yaml~", APP),
        ("", "desk.json", json),
        ("cat/", "elsewhere/desk.yaml", APP),
        ("cat/", "notes.yaml", APP),
    ] {
        let files = base(root);
        remove(files.path(), &format!("{root}desk.yaml"));
        write(files.path(), to, text);
        let (status, printed) = check(&files.path().join(root), &[]);
        let expected_text =
            "error[trust/changed] the app `desk` leaves the catalogue and relaxes the check: its declaration moves to";
        assert!(
            status == 1 && printed.contains(expected_text) && printed.contains("which is not read"),
            "{to}: {status} {printed}"
        );
    }
    // The app has not moved if the other file existed before or has another app, or if the app is not in use.
    for (text, before) in [(APP, true), (&APP.replace("desk", "chair").replace("a1", "b1").replace("a2", "b2"), false)]
    {
        let files = base("cat/");
        if before {
            write(files.path(), "elsewhere/desk.yaml", text);
            git(files.path(), &["commit", "-qm", "more"]);
        }
        remove(files.path(), "cat/desk.yaml");
        write(files.path(), "elsewhere/desk.yaml", text);
        let (status, printed) = check(&files.path().join("cat"), &[]);
        assert!(status == 0 && printed.contains("warning[trust/changed] the app `desk` is gone"), "{status} {printed}");
    }
    let retired = APP.replace("  tier: 2\n", "  tier: 2\n  status: retired\n");
    let files = repository(&[("leaver.yaml", config), ("desk.yaml", &retired), ("other.yaml", PATTERN)]);
    remove(files.path(), "desk.yaml");
    write(files.path(), "old/desk.yaml", &retired);
    let (status, printed) = check(files.path(), &[]);
    assert!(status == 0 && !printed.contains("trust/changed"), "{status} {printed}");
}

#[test]
fn an_edited_pattern_does_not_remove_an_app_from_the_check() {
    let app = |name: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: {name}, owner: t}}\nspec: {{pattern: plain, provisioning: {{mode: none}}}}\n"
        )
    };
    let base =
        || repository(&[("leaver.yaml", CONFIG), ("p.yaml", PATTERN), ("a.yaml", &app("a")), ("b.yaml", &app("b"))]);
    let files = base();
    write(files.path(), "p.yaml", &PATTERN.replace("tier: 2", "tier: 2, status: planned"));
    let (status, text) = check(files.path(), &[]);
    assert!(status == 1 && text.matches(ERROR).count() == 2 && text.contains("p.yaml:4:25: error"), "{status} {text}");
    let files = base();
    write(files.path(), "p.yaml", &PATTERN.replace("tier: 2", "tier: 4"));
    let (status, text) = check(files.path(), &[]);
    assert!(status == 0 && text.matches(WARNING).count() == 2, "{status} {text}");
    // A population may use the pattern, too.
    let files = repository(&[
        ("leaver.yaml", CONFIG),
        ("p.yaml", PATTERN),
        ("desk.yaml", &APP.replace("guests, tier: 2}", "guests, pattern: plain}")),
    ]);
    write(files.path(), "p.yaml", &PATTERN.replace("tier: 2", "tier: 4"));
    let (status, text) = check(files.path(), &[]);
    assert!(
        status == 0 && text.contains("(`spec.populations[guests].tier` changes from `2` to `4`)"),
        "{status} {text}"
    );
    write(files.path(), "p.yaml", &PATTERN.replace("tier: 2", "tier: 1"));
    write(files.path(), "desk.yaml", &APP.replace("guests, tier: 2}", "guests, pattern: plain, notes: x}"));
    let (status, text) = check(files.path(), &[]);
    assert!(status == 0 && !text.contains("trust/changed"), "{status} {text}");
    // If the app changes to another pattern, the effect is the same.
    let files = base();
    write(files.path(), "q.yaml", &PATTERN.replace("plain", "other").replace("tier: 2", "tier: 2, status: discovered"));
    write(files.path(), "a.yaml", &app("a").replace("plain", "other"));
    let (status, text) = check(files.path(), &[]);
    assert!(status == 1 && text.matches(ERROR).count() == 1 && text.contains("`a`"), "{status} {text}");
}

#[test]
fn a_code_owner_accepts_the_removal_of_one_app() {
    let digest = |text: &str| {
        let at = text.find("sha256:").unwrap_or_else(|| panic!("a digest in {text}"));
        text[at..].split(|c: char| c.is_whitespace() || "`\"".contains(c)).next().expect("a word").to_owned()
    };
    let files = edited("  tier: 2\n", "  status: planned\n  tier: 2\n");
    let accepted = digest(&check(files.path(), &["-o", "json"]).1);
    let (status, text) = check(files.path(), &["--accept-policy-change", &accepted]);
    assert!(status == 0 && text.contains("(accepted)"), "{status} {text}");
    write(files.path(), "desk.yaml", &APP.replace("  tier: 2\n", "  status: discovered\n  tier: 2\n"));
    let (status, text) = check(files.path(), &["--accept-policy-change", &accepted]);
    assert!(status == 1 && !text.contains("(accepted)"), "{status} {text}");
}

/// If a snapshot from the future counted, every later run would look older than this snapshot.
#[test]
fn a_future_snapshot_does_not_count_as_a_later_run() {
    let snapshot = |day: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: Snapshot\nmetadata: {{name: okta}}\nspec: {{system: okta, format: okta, takenOn: {day}, complete: true}}\n"
        )
    };
    for (day, status) in [("2026-11-25", 0), ("2026-11-26", 1), ("2036-01-01", 1)] {
        let files = repository(&[("leaver.yaml", CONFIG), ("s.yaml", &snapshot("2026-11-24"))]);
        write(files.path(), "s.yaml", &snapshot(day));
        let (found, text) = check(files.path(), &[]);
        assert!(
            found == status && text.contains("the change edits the observations of `okta`"),
            "{day}: {found} {text}"
        );
    }
}

/// A row with the same words in other columns is another finding.
#[test]
fn rows_of_a_baseline_are_not_confused() {
    let row = |name: &str, path: &str, identity: &str| {
        format!(
            "{{\"version\": 2, \"findings\": [{{\"rule\": \"credential/no-owner\", \"kind\": \"App\", \"name\": \"{name}\", \"path\": \"{path}\", \"identity\": \"{identity}\", \"count\": 1}}]}}\n"
        )
    };
    let base = row("desk", "spec.nonHuman[a].owner", "tier=1 x");
    let config = "version: 1\nbaseline: known.json\n";
    for head in [
        row("desk", "spec.nonHuman[a].owner tier=1", "x"),
        row("desk  spec.nonHuman[a].owner", "tier=1 x", ""),
        row("desk", "spec.nonHuman[a].owner tier=1 x", ""),
    ] {
        let files = repository(&[("leaver.yaml", config), ("known.json", &base), ("desk.yaml", APP)]);
        write(files.path(), "known.json", &head);
        let (status, text) = check(files.path(), &[]);
        assert!(status == 1 && text.contains("error[trust/changed] `known.json` is edited"), "{head}: {status} {text}");
    }
}

/// YAML 1.1 ends a comment at some characters that are not line breaks in YAML 1.2. leaver refuses comments with these characters.
#[test]
fn no_comment_hides_a_declaration() {
    let check = |files: &Path| {
        let output = with_git(files, &["check", "-o", "concise", "--trust-ref", "refs/heads/main"]);
        (code(&output), format!("{}{}", out(&output), err(&output)))
    };
    for mark in ["\u{85}", "\u{2028}", "\u{2029}"] {
        for text in [
            format!("# an app{mark}{}", APP.replace('\n', mark)),
            format!("x: 1\n#{mark}{}", APP.replace('\n', mark)),
            APP.replace("  tier: 2\n", &format!("  tier: 2 # critical{mark}  status: planned\n")),
        ] {
            let files = repository(&[("leaver.yaml", CONFIG), ("other.yaml", PATTERN)]);
            write(files.path(), "desk.yaml", &text);
            let (status, printed) = check(files.path());
            assert!(
                status == 1 && printed.contains("error[schema/syntax] a comment contains U+"),
                "{text:?}: {status} {printed}"
            );
        }
        // Strings may contain these characters, and files of other tools are not checked.
        for text in [
            FAULTY.replace("owner: t, vendor", &format!("owner: t, title: \"one{mark}two\", vendor")),
            format!("{FAULTY}# the end{mark}\n"),
            format!("x: 1 # one{mark}two: 2\n"),
        ] {
            let files = repository(&[("leaver.yaml", CONFIG), ("other.yaml", PATTERN)]);
            write(files.path(), "desk.yaml", &text);
            assert!(!check(files.path()).1.contains("a comment contains"), "{text:?}");
        }
    }
}
