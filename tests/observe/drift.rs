//! leaver compares declarations with observations in the catalogue and from `--evidence`. The findings suggest corrections.

use serde_json::Value;

use super::exports;
use crate::common::{TODAY, code, err, folder, leaver, leaver_with, out, root};

pub const TEAM: &str = "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: it}\nspec: {members: [ada@example.com, grace@example.com], contact: it@example.com}\n";

pub fn app(spec: &str) -> String {
    format!("apiVersion: leaver/v1\nkind: App\nmetadata: {{name: quill, owner: it}}\nspec:\n  tier: 3\n{spec}")
}

pub const SCIM: &str = "  signOn: {protocol: saml, system: okta, appId: 0oa1quill7Zk3TfXQ5d7}\n  provisioning: {mode: scim, scim: {endpoint: 'https://scim.quill.example/v2'}}\n  lifecycle: {deprovision: {via: scim, owner: it, slaHours: 24}}\n";

pub fn drift(output: &std::process::Output) -> Vec<(String, String)> {
    let report: Value = serde_json::from_str(&out(output)).unwrap_or_else(|error| panic!("{error}: {}", err(output)));
    let findings = report["findings"].as_array().expect("a list").iter();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let mut all: Vec<_> = findings
        .map(|finding| (text(finding, "rule"), text(finding, "file")))
        .filter(|(rule, _)| rule.starts_with("drift/"))
        .collect();
    all.sort();
    all
}

pub fn rules(output: &std::process::Output) -> Vec<String> {
    drift(output).into_iter().map(|(rule, _)| rule).collect()
}

#[test]
fn a_plan_that_switches_deactivation_off_is_caught_by_one_command() {
    let check = |more: &[&str]| leaver(&root(), &[&["check", "examples/terraform", "-o", "json"], more].concat());
    assert_eq!(rules(&check(&[])), Vec::<String>::new());
    let output = check(&["--evidence", "examples/terraform/plan.json"]);
    assert_eq!(code(&output), 1);
    assert_eq!(drift(&output), [("drift/deactivation-off".to_owned(), "examples/terraform/quill.yaml".to_owned())]);
    let report: Value = serde_json::from_str(&out(&output)).expect("JSON");
    let finding = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|finding| finding["rule"] == "drift/deactivation-off")
        .expect("a finding");
    assert!(finding["message"].as_str().expect("text").ends_with("in okta once the plan is applied"), "{finding}");
    assert_eq!(finding["related"][0]["file"], "examples/terraform/plan.json (observed)", "{finding}");
    let plan = std::fs::read_to_string(root().join("examples/terraform/plan.json")).expect("text");
    for format in ["full", "json", "sarif", "markdown", "github"] {
        let output = leaver(
            &root(),
            &["check", "examples/terraform", "-o", format, "--evidence", "examples/terraform/plan.json"],
        );
        assert!(!out(&output).contains("shows in clear"), "{format}");
    }
    // Standard input provides the plan; in the second plan, deactivation stays on.
    let output = leaver_with(&root(), &["check", "examples/terraform", "-o", "json", "--evidence", "-"], &plan);
    assert_eq!(rules(&output), ["drift/deactivation-off"]);
    let output = leaver_with(
        &root(),
        &["check", "examples/terraform", "-o", "json", "--evidence", "-"],
        &plan.replace("\"DISABLED\"", "\"ENABLED\""),
    );
    assert_eq!(rules(&output), Vec::<String>::new());
}

#[test]
fn observations_of_the_catalogue_are_compared_and_others_are_not() {
    let okta = std::fs::read_to_string(exports().join("okta-apps.json")).expect("text");
    let there =
        folder(&[("t.yaml", TEAM), ("leaver.yaml", "version: 1\n"), ("a.yaml", &app(SCIM)), ("apps.json", &okta)]);
    assert_eq!(
        rules(&leaver(there.path(), &["check", "-o", "json"])),
        Vec::<String>::new(),
        "missing evidence is not a finding"
    );
    assert_eq!(code(&leaver(there.path(), &["observe", "okta", "apps.json", "--taken-on", TODAY])), 0);
    let found = drift(&leaver(there.path(), &["check", "-o", "json"]));
    let of_app: Vec<&str> = found.iter().filter(|(_, file)| file == "a.yaml").map(|(rule, _)| rule.as_str()).collect();
    assert_eq!(of_app, ["drift/deactivation-off"], "{found:?}");
    let others: Vec<&str> = found.iter().filter(|(_, file)| file != "a.yaml").map(|(rule, _)| rule.as_str()).collect();
    assert_eq!(others, ["drift/undeclared-app"; 2], "{found:?}");
    // The path argument is an observation. The finding in the app is shown, since its related place is in this observation.
    let asked = rules(&leaver(there.path(), &["check", "observed/okta/quill.yaml", "-o", "json"]));
    assert!(asked.contains(&"drift/deactivation-off".to_owned()), "{asked:?}");
    let asked = rules(&leaver(there.path(), &["check", "a.yaml", "-o", "json"]));
    assert_eq!(asked, ["drift/deactivation-off"]);
}

#[test]
fn a_shared_name_alone_only_suggests_a_fix() {
    let okta = std::fs::read_to_string(exports().join("okta-apps.json")).expect("text");
    let there = folder(&[("t.yaml", TEAM), ("leaver.yaml", "version: 1\n"), ("apps.json", &okta)]);
    leaver(there.path(), &["observe", "okta", "apps.json", "--taken-on", TODAY]);
    for (spec, op) in [
        ("  signOn: {system: okta}\n", r#"[{"op":"add","path":"/spec/signOn/appId","value":"0oa1quill7Zk3TfXQ5d7"}]"#),
        (
            "  status: live\n",
            r#"[{"op":"add","path":"/spec/signOn","value":{"appId":"0oa1quill7Zk3TfXQ5d7","system":"okta"}}]"#,
        ),
    ] {
        let all = format!(
            "{spec}  provisioning: {{mode: scim}}\n  lifecycle: {{deprovision: {{via: scim, owner: it, slaHours: 24}}}}\n"
        );
        std::fs::write(there.path().join("a.yaml"), app(&all)).expect("it is written");
        let output = leaver(there.path(), &["check", "-o", "json"]);
        let report: Value = serde_json::from_str(&out(&output)).expect("JSON");
        let of_app: Vec<&Value> = report["findings"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|finding| {
                finding["file"] == "a.yaml" && finding["rule"].as_str().is_some_and(|rule| rule.starts_with("drift/"))
            })
            .collect();
        let [finding] = of_app[..] else { panic!("{of_app:?}") };
        assert_eq!(
            (finding["rule"].as_str(), finding["severity"].as_str()),
            (Some("drift/unlinked-app"), Some("info")),
            "{finding}"
        );
        let fix: Value = serde_json::from_str(op).expect("JSON");
        assert_eq!(finding["fix"], fix, "{finding}");
    }
}

#[test]
fn strict_requires_evidence_and_default_does_not() {
    let there = folder(&[("t.yaml", TEAM), ("leaver.yaml", "version: 1\n"), ("a.yaml", &app(SCIM))]);
    assert_eq!(rules(&leaver(there.path(), &["check", "-o", "json"])), Vec::<String>::new());
    assert_eq!(rules(&leaver(there.path(), &["check", "-o", "json", "--profile", "strict"])), ["drift/no-evidence"]);
}

#[test]
fn findings_on_evidence_are_never_known() {
    let there = folder(&[("t.yaml", TEAM), ("leaver.yaml", "version: 1\n"), ("a.yaml", &app(SCIM))]);
    crate::common::git(there.path(), &["init", "-q"]);
    crate::common::git(there.path(), &["add", "."]);
    crate::common::git(there.path(), &["commit", "-qm", "all"]);
    let apps = exports().join("okta-apps.json");
    let output = crate::common::with_git(
        there.path(),
        &["check", "-o", "json", "--since", "HEAD", "--evidence", apps.to_str().expect("text")],
    );
    assert!(rules(&output).contains(&"drift/deactivation-off".to_owned()), "{}", out(&output));
}

/// An app is compared with an export and with a plan of the same system separately.
#[test]
fn evidence_in_two_formats_is_compared_separately() {
    let there =
        folder(&[("t.yaml", TEAM), ("leaver.yaml", "version: 1\n"), ("a.yaml", &app(&SCIM.replace("saml", "oidc")))]);
    let (apps, plan) = (exports().join("okta-apps.json"), exports().join("terraform-plan.json"));
    let [apps, plan] = [&apps, &plan].map(|path| path.to_str().expect("text"));
    let output = leaver(there.path(), &["check", "a.yaml", "-o", "json", "--evidence", apps, plan]);
    let found = rules(&output);
    assert_eq!(found.iter().filter(|rule| *rule == "drift/deactivation-off").count(), 2, "{}", out(&output));
    let report: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert!(
        report["findings"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|finding| finding["rule"] != "catalogue/duplicate-name"),
        "{report}"
    );
    let output = leaver(there.path(), &["observe", "auto", apps, plan]);
    assert!(code(&output) == 2 && err(&output).contains("in two formats"), "{}", err(&output));
    let output = leaver(there.path(), &["check", "-", "--evidence", "-"]);
    assert!(code(&output) == 2 && out(&output).contains("`-` is given twice"), "{}{}", out(&output), err(&output));
}

/// Evidence is usually not staged, so leaver reads it from disk.
#[test]
fn evidence_is_read_from_disk_even_with_staged() {
    let there = folder(&[("t.yaml", TEAM), ("leaver.yaml", "version: 1\n"), ("a.yaml", &app(SCIM))]);
    crate::common::git(there.path(), &["init", "-q"]);
    crate::common::git(there.path(), &["add", "."]);
    std::fs::copy(exports().join("okta-apps.json"), there.path().join("apps.json")).expect("it is copied");
    let output = crate::common::with_git(there.path(), &["check", "-o", "json", "--staged", "--evidence", "apps.json"]);
    assert!(rules(&output).contains(&"drift/deactivation-off".to_owned()), "{}{}", out(&output), err(&output));
}
