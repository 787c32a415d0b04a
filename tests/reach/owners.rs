//! The owner of each finding is determined from the declarations.

use serde_json::Value;

use crate::common::{folder, leaver, out};

const TEAMS: &str = "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: it-apps}\nspec: {contact: it-apps@example.com, members: [a@example.com, b@example.com]}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: security}\nspec: {contact: '#security', members: [a@example.com, b@example.com]}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: office}\nspec: {contact: gone@example.com, status: dissolved, successor: it-apps}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: round-1}\nspec: {status: dissolved, successor: round-2}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: round-2}\nspec: {status: dissolved, successor: round-1}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: silent}\nspec: {members: [a@example.com, b@example.com]}\n";

/// An app with findings in itself, in a stage and in a credential.
fn app(owner: &str, stage: &str) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: box, owner: {owner}}}\nspec:\n  tier: 1\n  provisioning: {{mode: jit}}\n  lifecycle:\n    create: {{via: jit}}\n    deprovision: {{via: ticket, queue: IT, owner: {stage}, slaHours: 900, effect: delete}}\n    review: {{owner: security, everyDays: 900}}\n  nonHuman:\n  - {{name: bot, kind: api-key, neverExpires: true, owner: {stage}}}\n"
    )
}

fn findings(files: &[(&str, &str)]) -> Vec<Value> {
    let folder = folder(files);
    let output = leaver(folder.path(), &["check", "-o", "json", "--exit-zero"]);
    let report: Value = serde_json::from_str(&out(&output)).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    report["findings"].as_array().expect("a list").clone()
}

/// The owners of the findings at or below a place, with their contacts.
fn owners(findings: &[Value], kind: &str, below: &str) -> Vec<(String, String)> {
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or("-").to_owned();
    let here = findings.iter().filter(|finding| {
        finding["kind"] == kind && finding["address"].as_str().is_some_and(|address| address.starts_with(below))
    });
    let mut all: Vec<(String, String)> = here.map(|one| (text(one, "owner"), text(one, "contact"))).collect();
    all.sort();
    all.dedup();
    assert!(!all.is_empty(), "nothing found in {kind} at {below}");
    all
}

fn owner_with_contact(team: &str, contact: &str) -> Vec<(String, String)> {
    vec![(team.to_owned(), contact.to_owned())]
}

#[test]
fn the_nearest_declared_team_gets_the_finding() {
    for (owner, stage, of_app, of_stage) in [
        ("it-apps", "security", ("it-apps", "it-apps@example.com"), ("security", "#security")),
        ("silent", "it-apps", ("silent", "-"), ("it-apps", "it-apps@example.com")),
        // An undeclared team has no contact, so the app's owner gets the finding.
        ("it-apps", "nobody", ("it-apps", "it-apps@example.com"), ("it-apps", "it-apps@example.com")),
        // The successor of a dissolved team gets the finding.
        ("office", "office", ("it-apps", "it-apps@example.com"), ("it-apps", "it-apps@example.com")),
        ("unknown", "nobody", ("unknown", "-"), ("unknown", "-")),
    ] {
        let found = findings(&[("a.yaml", &app(owner, stage)), ("t.yaml", TEAMS)]);
        assert_eq!(owners(&found, "App", "spec.provisioning"), owner_with_contact(of_app.0, of_app.1), "{owner}");
        assert_eq!(
            owners(&found, "App", "spec.lifecycle.deprovision"),
            owner_with_contact(of_stage.0, of_stage.1),
            "{owner}, {stage}"
        );
        assert_eq!(
            owners(&found, "App", "spec.nonHuman[bot]"),
            owner_with_contact(of_stage.0, of_stage.1),
            "{owner}, {stage}"
        );
    }
}

#[test]
fn teams_systems_and_waivers_have_owners_too() {
    let more = "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: lonely}\nspec: {contact: lonely@example.com, members: [a@example.com]}\n---\napiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: jit/no-such, apps: [box], owner: security, approver: it-apps, reason: r, expires: 2027-01-01}\n---\napiVersion: leaver/v1\nkind: System\nmetadata: {name: okta, owner: security}\nspec: {deletesUnassigned: true}\n";
    let found = findings(&[("a.yaml", &app("lonely", "lonely")), ("t.yaml", TEAMS), ("m.yaml", more)]);
    assert_eq!(owners(&found, "Team", "spec"), owner_with_contact("lonely", "lonely@example.com"));
    assert_eq!(owners(&found, "Waiver", "spec"), owner_with_contact("security", "#security"));
}

/// leaver stops at a cycle of successors. A finding in an app without an owner, or in invalid YAML, has no owner.
#[test]
fn findings_without_a_team_have_no_owner() {
    let found = findings(&[("a.yaml", &app("round-1", "round-2")), ("t.yaml", TEAMS)]);
    assert!(owners(&found, "App", "spec")[0].0.starts_with("round-"));
    let ownerless = app("x", "x").replace(", owner: x", "");
    let found = findings(&[("a.yaml", &ownerless), ("t.yaml", TEAMS)]);
    assert_eq!(owners(&found, "App", "spec.provisioning"), owner_with_contact("-", "-"));
    let found = findings(&[("a.yaml", "apiVersion: leaver/v1\nkind: App\nmetadata: [\n")]);
    assert!(found.iter().all(|finding| finding.get("owner").is_none()), "{found:#?}");
}

/// If two apps have the same name, each finding has the owner of its own app.
#[test]
fn apps_with_one_name_have_their_own_owners() {
    let both = format!("{}---\n{}", app("it-apps", "it-apps"), app("silent", "silent"));
    let found = findings(&[("a.yaml", &both), ("t.yaml", TEAMS)]);
    let owner_at = |line: u64| {
        let at = |finding: &&Value| finding["kind"] == "App" && finding["region"]["startLine"] == line;
        found.iter().find(at).map(|finding| finding["owner"].as_str().unwrap_or("-").to_owned())
    };
    assert_eq!((owner_at(9).as_deref(), owner_at(22).as_deref()), (Some("it-apps"), Some("silent")), "{found:#?}");
}
