//! Every summary counts the apps with the status `discovered` separately. A discovered app is reported after its deadline.

use serde_json::Value;

use crate::common::{code, folder, leaver, out};

const TEAM: &str =
    "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: it-apps}\nspec: {members: [a@example.com, b@example.com]}\n";

/// Two discovered apps, one of which inherits its status from a pattern, and a planned app.
fn catalogue(declare_by: &str) -> tempfile::TempDir {
    let app = |name: &str, spec: &str| {
        format!("apiVersion: leaver/v1\nkind: App\nmetadata: {{name: {name}, owner: it-apps}}\nspec: {{{spec}}}\n")
    };
    let pattern = format!(
        "apiVersion: leaver/v1\nkind: Pattern\nmetadata: {{name: found, owner: it-apps}}\nspec: {{status: discovered, declareBy: {declare_by}}}\n"
    );
    folder(&[
        ("leaver.yaml", "version: 1\n"),
        ("teams.yaml", TEAM),
        ("found.yaml", &pattern),
        ("apps/loom.yaml", &app("loom", &format!("status: discovered, declareBy: {declare_by}"))),
        ("apps/miro.yaml", &app("miro", "pattern: found")),
        ("apps/idea.yaml", &app("idea", "status: planned")),
    ])
}

fn check(files: &tempfile::TempDir, format: &str) -> (i32, String) {
    let output = leaver(files.path(), &["check", "--today", "2026-11-25", "-o", format]);
    (code(&output), out(&output))
}

#[test]
fn every_summary_counts_discovered_apps_separately() {
    let files = catalogue("2026-12-24");
    for format in ["full", "concise", "markdown", "github"] {
        let (status, text) = check(&files, format);
        assert_eq!(status, 0, "{text}");
        assert!(text.contains("2 apps only discovered"), "{format}: {text}");
    }
    let json = |format: &str| -> Value { serde_json::from_str(&check(&files, format).1).expect("JSON") };
    let summary = &json("json")["summary"];
    assert_eq!((summary["apps"].as_u64(), summary["discovered"].as_u64()), (Some(3), Some(2)), "{summary}");
    assert_eq!(json("sarif")["runs"][0]["properties"]["discovered"], 2);
    let list = out(&leaver(files.path(), &["list"]));
    assert!(list.ends_with("3 apps, 2 only discovered\n"), "{list}");
}

#[test]
fn an_app_is_overdue_on_the_day_after_its_deadline() {
    for (day, found) in [("2026-11-25", 0), ("2026-11-24", 2), ("2020-02-29", 2), ("2027-02-24", 2), ("2027-02-23", 0)]
    {
        let (_, text) = check(&catalogue(day), "json");
        let report: Value = serde_json::from_str(&text).expect("JSON");
        let findings = report["findings"].as_array().expect("findings");
        let overdue = findings.iter().filter(|one| one["rule"] == "catalogue/declaration-overdue").count();
        assert_eq!(overdue, found, "{day}: {text}");
    }
}
