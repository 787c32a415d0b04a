//! Everything that evaluates an app also evaluates its populations: users' rules, the bundle, rules on secrets, and rules on the whole
//! catalogue.

use std::path::Path;

use serde_json::Value as Json;

use super::{TEAM, findings, report};
use crate::common::{code, folder, leaver, out};

const SLOW: [&str; 2] = ["--select", "leaver/sla-too-long"];

fn head(kind: &str, name: &str) -> String {
    format!("apiVersion: leaver/v1\nkind: {kind}\nmetadata: {{name: {name}, owner: t}}\nspec:\n")
}

/// An app that must close accounts within this many hours.
fn app(name: &str, sla: u32) -> String {
    format!(
        "{}  tier: 3\n  sourceOfTruth: workday\n  provisioning: {{mode: scim}}\n  lifecycle: {{deprovision: {{owner: t, via: scim, slaHours: {sla}}}}}\n",
        head("App", name)
    )
}

fn catalogue_folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let has_rules = files.iter().any(|(name, _)| name.starts_with("policies/"));
    let config = if has_rules { "version: 1\npolicies: [policies]\n" } else { "version: 1\n" };
    folder(&[&[("leaver.yaml", config), ("teams.yaml", TEAM)], files].concat())
}

/// The populations with findings, in order; `null` is the app.
fn populations(all: &[Json]) -> Vec<String> {
    let mut names: Vec<String> = all.iter().map(|one| one["population"].to_string().replace('"', "")).collect();
    names.sort();
    names
}

#[test]
fn populations_may_come_from_a_pattern() {
    let slow = "lifecycle: {deprovision: {slaHours: 900}}";
    let with = |populations: &str| format!("{}  populations: {populations}\n", head("Pattern", "p"));
    for (populations_of_pattern, of) in [
        (format!("[employees, {{name: guests, {slow}}}]"), &["guests", "null"][..]),
        (format!("[{{name: guests, {slow}}}, employees]"), &["guests", "null"]),
        (format!("[{{name: employees, tier: 2}}, {{name: guests, {slow}}}]"), &["employees", "guests"]),
        ("[employees, guests]".to_owned(), &["null"]),
    ] {
        let near = head("Pattern", "near") + "  pattern: p\n";
        for name in ["p", "near"] {
            let app = app("miro", 800).replace("spec:\n", &format!("spec:\n  pattern: {name}\n"));
            let files = catalogue_folder(&[
                ("p.yaml", &with(&populations_of_pattern)),
                ("near.yaml", &near),
                ("miro.yaml", &app),
            ]);
            let all = findings(files.path(), &SLOW);
            assert_eq!(populations(&all), of, "{populations_of_pattern} through {name}");
            assert_eq!(report(files.path(), &[])["summary"]["apps"], 1);
        }
    }
}

const GUESTS: &str =
    "  populations: [employees, {name: guests, lifecycle: {deprovision: {slaHours: 900}}, external: {sponsor: t}}]\n";
const BOTH: &str = "  populations: [{name: employees}, {name: guests, lifecycle: {deprovision: {slaHours: 900}}}]\n";

fn rule(name: &str, more: &str, body: &str) -> (String, String) {
    let text = format!(
        "# METADATA\n# title: A rule\n# description: What it looks for.\n# custom:\n#   severity: error\n#   precision: high\n#   status: stable\n#   since: 0.1.0\n{more}#   fix: Repair what it finds.\npackage policies.acme.{name}\n\n{body}\n"
    );
    (format!("policies/acme/{name}/rule.rego"), text)
}

#[test]
fn rules_of_users_evaluate_populations() {
    let hours = rule(
        "hours",
        "#   scope: App\n",
        "findings contains {\"path\": [\"spec\", \"lifecycle\", \"deprovision\", \"slaHours\"], \"message\": sprintf(\"%s: %d\", [input.metadata.name, input.spec.lifecycle.deprovision.slaHours])} if input.spec.lifecycle.deprovision.slaHours > 100",
    );
    let count = rule(
        "counted",
        "#   scope: catalogue\n",
        "findings contains {\"declaration\": 0, \"path\": [], \"message\": sprintf(\"there are %d\", [count(input.declarations)])}",
    );
    for (more, of) in [(GUESTS, &["guests", "null"][..]), (BOTH, &["employees", "guests"])] {
        let app = app("miro", 800) + more;
        let files = catalogue_folder(&[("miro.yaml", &app), (&hours.0, &hours.1), (&count.0, &count.1)]);
        let all = findings(files.path(), &["--select", "acme"]);
        let (counted, slow): (Vec<Json>, Vec<Json>) = all.into_iter().partition(|one| one["rule"] == "acme/counted");
        assert_eq!(populations(&slow), of, "{slow:#?}");
        assert!(slow.iter().any(|one| one["message"] == "miro (guests): 900"), "{slow:#?}");
        // The two declarations are the Team and the App; a population does not count as a declaration.
        assert_eq!(counted.len(), 1);
        assert_eq!(counted[0]["message"], "there are 2");
    }
    // A rule on the whole catalogue cannot report a finding in a population.
    let beyond = rule(
        "beyond",
        "#   scope: catalogue\n",
        "findings contains {\"declaration\": count(input.declarations), \"path\": [], \"message\": \"m\"}",
    );
    let files = catalogue_folder(&[("miro.yaml", &(app("miro", 24) + GUESTS)), (&beyond.0, &beyond.1)]);
    let text = out(&leaver(files.path(), &["check", "-o", "concise", "--select", "acme"]));
    assert!(text.contains("names declaration 2, which does not exist"), "{text}");
}

/// Rule, app, population and path of a finding.
type Row = (String, String, String, String);

fn row(rule: &Json, name: &Json, population: &Json, path: &Json) -> Row {
    (rule.to_string(), name.to_string(), population.to_string(), path.to_string())
}

/// Evaluates a bundle and returns its findings.
fn found_by_bundle(files: &Path) -> Vec<Row> {
    assert_eq!(code(&leaver(files, &["bundle", "-o", "b.tar.gz"])), 0);
    let bytes = std::fs::File::open(files.join("b.tar.gz")).expect("a file");
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes));
    let mut engine = regorus::Engine::new();
    engine.set_rego_v0(false);
    let mut declarations = Json::Null;
    for entry in archive.entries().expect("entries") {
        let mut entry = entry.expect("an entry");
        let name = entry.path().expect("a path").to_string_lossy().into_owned();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut entry, &mut text).expect("text");
        if name == "data.json" {
            let data: Json = serde_json::from_str(&text).expect("JSON");
            declarations = data["leaver"]["declarations"].clone();
            engine.add_data(regorus::Value::from(data)).expect("data");
        } else if std::path::Path::new(&name).extension().is_some_and(|extension| extension == "rego") {
            engine.add_policy(name, text).expect("a policy");
        }
    }
    let found = engine.eval_rule("data.leaver_report.findings".into()).expect("findings");
    let found: Vec<Json> = serde_json::from_str(&found.to_json_str().expect("JSON")).expect("a list");
    let name = |one: &Json| {
        let at = one["declaration"].as_u64().and_then(|at| usize::try_from(at).ok()).expect("an index");
        declarations[at]["metadata"]["name"].clone()
    };
    let mut rows: Vec<Row> =
        found.iter().map(|one| row(&one["rule"], &name(one), &one["population"], &one["path"])).collect();
    rows.sort();
    rows
}

#[test]
fn a_bundle_and_a_check_have_the_same_findings_in_populations() {
    for more in [GUESTS, BOTH] {
        let secret = format!("  notes: the password is {}\n", token());
        let files =
            catalogue_folder(&[("miro.yaml", &(app("miro", 800) + more + &secret)), ("figma.yaml", &app("figma", 24))]);
        let all = findings(files.path(), &[]);
        let own: Vec<Row> = all
            .iter()
            .filter(|one| !one["rule"].to_string().contains("schema/"))
            .map(|one| row(&one["rule"], &one["name"], &one["population"], &one["path"]))
            .collect();
        assert!(
            own.iter().any(|(rule, _, population, _)| rule.contains("sla-too-long") && population.contains("guests"))
        );
        let found = found_by_bundle(files.path());
        let missing: Vec<&Row> = own.iter().filter(|row| !found.contains(row)).collect();
        assert!(missing.is_empty(), "{missing:#?}");
        // If the check omits a finding on a population, it must report the same finding on the app.
        let of_app = |(rule, name, _, path): &Row| (rule.clone(), name.clone(), "null".to_owned(), path.clone());
        let more: Vec<&Row> = found.iter().filter(|row| !own.contains(row) && !own.contains(&of_app(row))).collect();
        assert!(more.is_empty(), "{more:#?}");
    }
}

/// An invented secret, split so that scanners ignore it.
fn token() -> String {
    ["ghp", "_0123456789abcdefghij", "ABCDEFGHIJ012345"].concat()
}

#[test]
fn a_secret_that_populations_remove_is_found() {
    let secret = |all: &[Json]| -> Vec<Json> {
        all.iter().filter(|one| one["rule"].to_string().contains("secret")).cloned().collect()
    };
    for (more, of) in [
        ("  populations: [{name: employees, notes: null}]\n", &["null"][..]),
        ("  populations: [{name: employees, notes: null}, {name: guests, notes: none}]\n", &["null"]),
        ("  populations: [{name: employees}, {name: guests, notes: null}]\n", &["null"]),
        ("  populations: [employees, {name: guests, notes: null}]\n", &["null"]),
    ] {
        let app = format!("{}  notes: the password is {}\n", app("miro", 24) + more, token());
        let files = catalogue_folder(&[("miro.yaml", &app), ("figma.yaml", &self::app("figma", 24))]);
        for paths in [&[][..], &["miro.yaml"]] {
            let found = secret(&findings(files.path(), paths));
            assert_eq!(populations(&found), of, "{more} {paths:?}: {found:#?}");
        }
        let text = out(&leaver(files.path(), &["check"]));
        assert!(text.contains("secret") && !text.contains(&token()), "{text}");
        assert_eq!(secret(&findings(files.path(), &["figma.yaml"])), Vec::<Json>::new());
    }
    // A secret written in a population has one place, so it is one finding.
    for more in ["employees, ", ""] {
        let item = format!("  populations: [{more}{{name: guests, notes: the password is {}}}]\n", token());
        let files = catalogue_folder(&[("miro.yaml", &(app("miro", 24) + &item))]);
        assert_eq!(secret(&findings(files.path(), &[])).len(), 1, "{more}");
    }
    // If a user's rule looks for secrets, it also finds a secret that a population removes.
    let own = rule(
        "notes",
        "#   scope: App\n#   secret: true\n",
        "findings contains {\"path\": [\"spec\", \"notes\"], \"message\": \"a password\"} if contains(input.spec.notes, \"hunter2\")",
    );
    let app = app("miro", 24) + "  notes: hunter2 it is\n  populations: [{name: guests, notes: null}]\n";
    let files = catalogue_folder(&[("miro.yaml", &app), (&own.0, &own.1)]);
    assert_eq!(populations(&findings(files.path(), &["--select", "acme"])), ["null"]);
    assert!(!out(&leaver(files.path(), &["check", "--select", "acme"])).contains("hunter2"));
}

#[test]
fn values_that_a_population_shares_with_another_app_are_found() {
    let sign_on = "  signOn: {system: okta, appId: 0oa7figma}\n";
    let credential = "{name: sync, kind: api-key, id: key-0123456789, vault: \"vault://kv/sync/one\"}";
    for (mine, theirs, rule) in [
        (sign_on.to_owned(), "signOn: {appId: 0oa7figma}".to_owned(), "catalogue/duplicate-name"),
        (format!("  nonHuman: [{credential}]\n"), format!("nonHuman: [{credential}]"), "credential/reused"),
    ] {
        let pattern = format!("{}  {theirs}\n", head("Pattern", "portal"));
        for (first, theirs) in [("employees, ", &*theirs), ("", &theirs), ("employees, ", "pattern: portal")] {
            let other = format!(
                "{}  signOn: {{system: okta, appId: 0oa7miro}}\n  populations: [{first}{{name: customers, {theirs}}}]\n",
                app("miro", 24)
            );
            let figma = app("figma", 24) + &mine;
            let files = catalogue_folder(&[("figma.yaml", &figma), ("miro.yaml", &other), ("portal.yaml", &pattern)]);
            let all = findings(files.path(), &["--select", rule]);
            assert_eq!(all.len(), 1, "{rule} {first}: {all:#?}");
            assert!(all[0]["address"].to_string().contains("populations"), "{all:#?}");
            assert!((&all[0]["file"], &all[0]["related"][0]["file"]) == (&"miro.yaml".into(), &"figma.yaml".into()));
        }
    }
}

#[test]
fn values_that_a_population_removes_are_not_shared() {
    for removed in ["signOn: null, nonHuman: null", "signOn: {appId: null}", "signOn: {system: null, appId: 0oa7figma}"]
    {
        let with = |name: &str| {
            format!(
                "{}  signOn: {{system: okta, appId: 0oa7{name}}}\n  nonHuman: []\n  populations: [employees, {{name: guests, {removed}}}]\n",
                app(name, 24)
            )
        };
        let files = catalogue_folder(&[("figma.yaml", &with("figma")), ("miro.yaml", &with("miro"))]);
        let all = findings(files.path(), &["--select", "catalogue/duplicate-name,credential/reused"]);
        assert_eq!(all, Vec::<Json>::new(), "{removed}");
    }
}

#[test]
fn an_app_counts_for_a_system_that_provisions_one_of_its_populations() {
    let system =
        "apiVersion: leaver/v1\nkind: System\nmetadata: {name: small, owner: t}\nspec: {kind: idp, maxApps: 1}\n";
    let sign_on = "signOn: {protocol: saml, system: small}";
    let scim = app("board", 24) + &format!("  {sign_on}\n");
    let by_hand = app("chat", 24).replace("mode: scim", "mode: manual");
    let pattern = format!("{}  {sign_on}\n  provisioning: {{mode: scim}}\n", head("Pattern", "pushed"));
    for (more, found) in [
        (format!("{{name: guests, {sign_on}, provisioning: {{mode: scim}}}}"), 1),
        ("{name: guests, pattern: pushed}".to_owned(), 1),
        (format!("{{name: guests, {sign_on}, provisioning: {{mode: connector, connector: {{system: small}}}}}}"), 1),
        (format!("{{name: guests, {sign_on}}}"), 0),
        ("{name: guests, provisioning: {mode: scim}}".to_owned(), 0),
        ("{name: guests, provisioning: null, signOn: null}".to_owned(), 0),
        (format!("{{name: guests, {sign_on}, provisioning: {{connector: null}}}}"), 0),
    ] {
        let chat = format!("{by_hand}  populations: [employees, {more}]\n");
        let files = [("s.yaml", system), ("p.yaml", &pattern), ("board.yaml", &scim), ("chat.yaml", &chat)];
        let all = findings(catalogue_folder(&files).path(), &["--select", "scim/too-many-apps"]);
        assert_eq!(all.len(), found, "{more}: {all:#?}");
        // Several populations of one app with the same mechanism count as one app.
        let board = scim.clone() + "  populations: [employees, {name: guests, tier: 2}]\n";
        let all = findings(
            catalogue_folder(&[("s.yaml", system), ("board.yaml", &board)]).path(),
            &["--select", "scim/too-many-apps"],
        );
        assert_eq!(all, Vec::<Json>::new());
    }
}
