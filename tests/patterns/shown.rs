//! How patterns are shown: one block for people, each app for tools, one entry in a diff, and the effective app in a bundle.

use serde_json::Value as Json;

use super::{TEAM, app, catalogue, in_one_piece, pattern};
use crate::common::{code, err, folder, git, leaver, out, with_git};

#[test]
fn people_see_one_block_per_pattern_and_tools_see_each_app() {
    let files = catalogue(&["a1", "a2", "a3", "a4", "a5", "a6", "a7"], 900);
    let shown = |arguments: &[&str]| {
        out(&leaver(files.path(), &[&["check", "--select", "leaver/sla-too-long"], arguments].concat()))
    };
    let expected_text = "7 apps use pattern okta-scim: `deprovision` may take 900 h (limit for tier 3: 72 h)";
    for format in ["full", "concise", "markdown"] {
        let text = shown(&["-o", format]);
        assert_eq!(text.matches(expected_text).count(), 1, "{format}: {text}");
        assert!(text.contains("a1, a2, a3, a4, a5 and 2 more") && text.contains("7 errors in 7"), "{format}: {text}");
        assert!(text.contains("patterns/scim.yaml:8:"), "{format}: {text}");
        let all = shown(&["-o", format, "--verbose"]);
        assert!(all.contains("a1, a2, a3, a4, a5, a6, a7"), "{format}: {all}");
    }
    for format in ["json", "jsonl", "sarif", "junit", "github", "gitlab", "azure", "rdjson", "csv"] {
        let text = shown(&["-o", format]);
        for name in ["a1", "a4", "a7"] {
            assert!(text.contains(&format!("{name}: `deprovision` may take 900 h")), "{format} {name}: {text}");
        }
        assert!(!text.contains("use pattern"), "{format}: {text}");
    }
    // A single app is not grouped.
    let alone = shown(&["-o", "concise", "apps/a1.yaml"]);
    assert!(alone.contains("] a1: `deprovision` may take 900 h"), "{alone}");
}

#[test]
fn diff_shows_a_changed_pattern_once_with_the_affected_apps() {
    let files = catalogue(&["miro", "figma", "zoom"], 24);
    let zoom = files.path().join("apps/zoom.yaml");
    std::fs::write(&zoom, app("zoom") + "  lifecycle: {deprovision: {slaHours: 48}}\n").expect("written");
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    std::fs::write(files.path().join("patterns/scim.yaml"), pattern(900)).expect("written");
    let diff = |arguments: &[&str]| {
        let output = with_git(files.path(), &[&["diff", "HEAD"], arguments].concat());
        assert_eq!(code(&output), 0, "{}", err(&output));
        out(&output)
    };
    let text = diff(&[]);
    // The third app overrides the SLA.
    assert!(text.contains("pattern okta-scim") && text.contains("affects 2 apps"), "{text}");
    assert_eq!(text.matches("24 → 900 h").count(), 1, "{text}");
    assert!(text.contains("new: 2 apps use pattern okta-scim") && !text.contains("~ miro"), "{text}");
    let page = diff(&["-o", "markdown"]);
    assert!(page.contains("affects 2 apps") && page.contains("4 findings new (2 errors)"), "{page}");
    let json: Json = serde_json::from_str(&diff(&["-o", "json"])).expect("JSON");
    let entries = json["entries"].as_array().expect("a list");
    let of = |kind: &str, name: &str| entries.iter().find(|one| one["kind"] == kind && one["name"] == name).cloned();
    assert_eq!(of("Pattern", "okta-scim").expect("the pattern changed")["apps"], 2);
    let miro = of("App", "miro").expect("it has a finding");
    assert_eq!((&miro["fate"], miro["gained"].as_array().map(Vec::len)), (&"same".into(), Some(2)));
    assert_eq!(of("App", "zoom"), None);
    // Changes in an app itself are shown with the app. It overrides a value, removes a value, or no longer uses the pattern.
    for (text, expected_text) in [
        (app("miro") + "  lifecycle: {deprovision: {slaHours: 30}}\n", "24 → 30 h"),
        (app("miro") + "  lifecycle: {deprovision: null}\n", "loses deprovision"),
        (in_one_piece("miro", 900), "24 → 900 h"),
    ] {
        std::fs::write(files.path().join("apps/miro.yaml"), text).expect("written");
        let text = diff(&[]);
        let miro = text.split("~ miro").nth(1).unwrap_or_default();
        assert!(miro.contains(expected_text) && text.contains("affects 1 app\n"), "{expected_text}: {text}");
    }
}

#[test]
fn diff_counts_an_app_once_if_its_populations_use_the_pattern() {
    let by_hand =
        |sla: u32| pattern(sla).replace("name: okta-scim", "name: by-hand").replace("mode: scim", "mode: manual");
    let base = "apiVersion: leaver/v1\nkind: Pattern\nmetadata: {name: far, owner: t}\nspec: {notes: a}\n";
    let own = "  populations: [employees, {name: guests, pattern: by-hand}]\n";
    let lifecycle = "  lifecycle: {deprovision: {slaHours: 48}}\n";
    let hides = "  populations: [{name: guests, pattern: by-hand, lifecycle: {deprovision: {slaHours: 9}}}]\n";
    let with = |name: &str, text: &str| app(name) + text;
    let files = catalogue(&["plain"], 24);
    let write = |name: &str, text: &str| std::fs::write(files.path().join(name), text).expect("written");
    write("patterns/by-hand.yaml", &by_hand(24));
    write("patterns/far.yaml", base);
    write("apps/one.yaml", &with("one", own));
    write("apps/two.yaml", &with("two", &(lifecycle.to_owned() + own)));
    write(
        "apps/both.yaml",
        &with("both", "  populations: [{name: employees, pattern: by-hand}, {name: guests, pattern: by-hand}]\n"),
    );
    write("apps/hides.yaml", &with("hides", hides));
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    let affected = |name: &str| {
        let output = with_git(files.path(), &["diff", "HEAD", "-o", "json"]);
        assert_eq!(code(&output), 0, "{}", err(&output));
        let json: Json = serde_json::from_str(&out(&output)).expect("JSON");
        let mut entries = json["entries"].as_array().expect("a list").iter();
        entries
            .find(|one| one["kind"] == "Pattern" && one["name"] == name)
            .map_or(Json::Null, |one| one["apps"].clone())
    };
    // The pattern changes a value, adds a value, or removes a value.
    for text in [
        by_hand(900),
        by_hand(24).replace("mode: manual}\r\n", "mode: manual}\r\n  notes: by hand\r\n"),
        by_hand(24).replace("mode: manual}\r\n", "mode: manual}\r\n  tier: null\r\n"),
    ] {
        write("patterns/by-hand.yaml", &text);
        // One of the four apps overrides the SLA, so a change of the SLA does not affect it.
        assert_eq!(affected("by-hand"), if text.contains("900") { 3 } else { 4 }, "{text}");
        assert_eq!(affected("okta-scim"), Json::Null);
    }
    // A change of a base pattern affects the apps that use a pattern based on it.
    let above = by_hand(24).replace("spec:\r\n", "spec:\r\n  pattern: far\r\n");
    write("patterns/by-hand.yaml", &above);
    git(files.path(), &["commit", "-qam", "above"]);
    write("patterns/far.yaml", &base.replace("notes: a", "notes: b"));
    assert_eq!(affected("far"), 4);
    write("patterns/far.yaml", base);
    // Changes in an app itself are not attributed to the pattern.
    write("patterns/by-hand.yaml", &above.replace("slaHours: 24", "slaHours: 900"));
    write("apps/one.yaml", &with("one", own).replace("tier: 3", "tier: 2"));
    write("apps/both.yaml", &app("both"));
    assert_eq!(affected("by-hand"), 2);
}

#[test]
fn a_pattern_is_content_under_a_trusted_commit_and_cannot_take_over_a_waiver() {
    let waiver = "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: leaver/sla-too-long, apps: [miro], identities: {miro: tier=3}, reason: a long enough reason, approver: ciso, owner: t, from: 2026-11-01, expires: 2026-12-20, compensatingControl: a weekly look, ticket: T-1}\n";
    let pattern = pattern(900).replace("spec:\r\n", "spec:\r\n  tier: 3\r\n");
    let app = app("miro").replace("  tier: 3\n", "");
    let files = folder(&[
        ("leaver.yaml", "version: 1\n"),
        ("teams.yaml", TEAM),
        ("patterns/scim.yaml", &pattern),
        ("apps/miro.yaml", &app),
        ("w.yaml", waiver),
    ]);
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    let check = || {
        let output = with_git(
            files.path(),
            &[
                "check",
                "-o",
                "concise",
                "--trust-ref",
                "HEAD",
                "--select",
                "leaver/sla-too-long,catalogue/reused-name,trust",
            ],
        );
        (code(&output), out(&output) + &err(&output))
    };
    let (status, text) = check();
    assert!(status == 0 && text.contains("waived error[leaver/sla-too-long]"), "{text}");
    // The waiver is for an app of tier 3. The app keeps its name and file, but its pattern now sets another tier.
    std::fs::write(files.path().join("patterns/scim.yaml"), pattern.replace("tier: 3", "tier: 1")).expect("written");
    let (status, text) = check();
    assert!(status == 1 && text.contains(" error[leaver/sla-too-long]") && !text.contains("waived"), "{text}");
    // A pattern is not policy: a waiver in its file is not in force before the merge.
    let smuggled = format!(
        "{}---\n{}",
        pattern.replace("slaHours: 900", "slaHours: 901").replace("tier: 3", "tier: 1"),
        waiver.replace("{name: w}", "{name: v}").replace("tier=3", "tier=1")
    );
    std::fs::write(files.path().join("patterns/scim.yaml"), smuggled).expect("written");
    let (status, text) = check();
    assert!(status == 1 && text.contains(" error[leaver/sla-too-long]"), "{text}");
}

#[test]
fn a_bundle_has_effective_declarations() {
    let files = catalogue(&["miro"], 900);
    assert_eq!(code(&leaver(files.path(), &["bundle", "-o", "b.tar.gz"])), 0);
    let bytes = std::fs::File::open(files.path().join("b.tar.gz")).expect("a file");
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes));
    let mut entries = archive.entries().expect("entries").map(|entry| entry.expect("an entry"));
    let data = entries.find(|entry| entry.path().is_ok_and(|path| path.ends_with("data.json"))).expect("the data");
    let data: Json = serde_json::from_reader(data).expect("JSON");
    let app = data["leaver"]["declarations"].as_array().expect("a list").iter().find(|one| one["kind"] == "App");
    assert_eq!(app.expect("the app")["spec"]["lifecycle"]["deprovision"]["slaHours"], 900);
}
