//! An app may have several sign-ons: a list in `spec.signOn`, or further sign-ons in `also`.

use serde_json::Value as Json;

use super::findings;
use crate::common::{TODAY, code, err, folder, git, leaver, out, with_git};

const TEAM: &str =
    "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: t}\nspec: {members: [ada@example.com, grace@example.com]}\n";

fn app(name: &str, spec: &str) -> String {
    format!("apiVersion: leaver/v1\nkind: App\nmetadata: {{name: {name}, owner: t}}\nspec:\n  tier: 2\n{spec}")
}

fn catalogue(files: &[(&str, String)]) -> tempfile::TempDir {
    let mut all: Vec<(&str, &str)> = vec![("leaver.yaml", "version: 1\n"), ("teams.yaml", TEAM)];
    all.extend(files.iter().map(|(name, text)| (*name, text.as_str())));
    folder(&all)
}

/// Returns the rule and the address of each finding in one sign-on of an app. `…` replaces `at`, the address of the sign-on.
fn findings_in_second_sign_on(spec: &str, others: &[(&str, String)], at: &str) -> Vec<(String, String)> {
    let files = catalogue(&[&[("apps/miro.yaml", app("miro", spec))], others].concat());
    let all = findings(files.path(), &["--today", TODAY]);
    let mut rows: Vec<(String, String)> = all
        .iter()
        .filter(|one| one["name"] == "miro")
        .filter_map(|one| {
            let path = one["address"].as_str()?.strip_prefix(at)?;
            Some((one["rule"].as_str()?.to_owned(), format!("…{path}")))
        })
        .collect();
    rows.sort();
    rows
}

/// Variants of the second sign-on, and the rules that report each.
const CASES: &[(&str, &str, &[&str])] = &[
    ("protocol: saml, enforced: false", "manual", &["signon/not-enforced"]),
    ("protocol: saml, enforced: true, passwordReset: true", "manual", &["signon/not-enforced"]),
    ("protocol: saml, enforced: true", "jit", &["jit/unbounded-scope"]),
    ("protocol: saml, enforced: true, assignmentRequired: false", "scim", &["scim/unbounded-scope"]),
    ("protocol: oidc, enforced: true, appId: b", "manual", &["drift/sign-on-differs"]),
    ("protocol: saml, enforced: true, appId: b, assignmentRequired: true", "manual", &["drift/assignment-open"]),
    ("protocol: saml, enforced: true, appId: gone", "manual", &["drift/absent-app"]),
    ("protocol: saml, enforced: true, appId: taken", "manual", &["catalogue/duplicate-name"]),
    ("protocol: saml, enforced: true, appId: b", "scim", &["external/unreached-population"]),
    ("protocol: saml, enforced: true, closedBy: {owner: nobody, via: ticket}", "manual", &["catalogue/unknown-owner"]),
    ("protocol: saml, enforced: true, populations: [guests]", "manual", &["catalogue/unknown-population"]),
];

fn surrounding_files() -> Vec<(&'static str, String)> {
    let observation = |id: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: Observation\nmetadata: {{name: corp-{id}}}\nspec: {{system: corp, appId: {id}, label: {id}, status: active, signOn: {{protocol: saml, assignmentRequired: false}}}}\n"
        )
    };
    vec![
        (
            "corp.yaml",
            "apiVersion: leaver/v1\nkind: System\nmetadata: {name: corp, owner: t}\nspec: {kind: idp}\n".into(),
        ),
        ("observed/b.yaml", observation("b")),
        ("observed/taken.yaml", observation("taken")),
        (
            "observed/corp.yaml",
            format!(
                "apiVersion: leaver/v1\nkind: Snapshot\nmetadata: {{name: corp}}\nspec: {{system: corp, takenOn: {TODAY}, complete: true}}\n"
            ),
        ),
        ("apps/aaa.yaml", app("aaa", "  signOn: {protocol: saml, system: corp, appId: taken}\n")),
    ]
}

#[test]
fn each_of_several_sign_ons_is_checked_like_a_single_one() {
    for (keys, mode, rules) in CASES {
        let rest = format!(
            "  populations: [employees]\n  provisioning: {{mode: {mode}}}\n  lifecycle: {{deprovision: {{via: {}, owner: t, slaHours: 24}}}}\n",
            if *mode == "scim" { "scim" } else { "ticket" }
        );
        let first = "{protocol: saml, system: okta, appId: a, assignmentRequired: true, enforced: true}";
        let (open, close) = (first.trim_end_matches('}'), "}");
        let list = format!("  signOn:\n    - {first}\n    - {{system: corp, {keys}}}\n{rest}");
        let also = format!("  signOn: {open}, also: [{{system: corp, {keys}}}]{close}\n{rest}");
        let of_list = findings_in_second_sign_on(&list, &surrounding_files(), "spec.signOn[system=corp]");
        let of_also = findings_in_second_sign_on(&also, &surrounding_files(), "spec.signOn.also[system=corp]");
        assert_eq!(of_list, of_also, "{keys}");
        for rule in *rules {
            assert!(of_list.iter().any(|(found, _)| found == rule), "{keys}: {rule} is not in {of_list:?}");
        }
        // If the second sign-on is the only one, the findings are the same, except those that depend on another sign-on.
        let single = format!("  signOn: {{system: corp, {keys}}}\n{rest}");
        let of_single = findings_in_second_sign_on(&single, &surrounding_files(), "spec.signOn");
        let of_another = ["external/unreached-population", "signon/uncovered-population"];
        let alike = |rows: &[(String, String)]| -> Vec<(String, String)> {
            rows.iter().filter(|(rule, _)| !of_another.contains(&rule.as_str())).cloned().collect()
        };
        assert_eq!(alike(&of_list), alike(&of_single), "{keys}");
    }
}

#[test]
fn order_and_notation_of_sign_ons_do_not_change_the_comparison() {
    let rest = "  provisioning: {mode: manual}\n";
    let one = "{system: okta, appId: a}";
    let two = "{system: corp, appId: b}";
    let ways = [
        format!("  signOn: [{one}, {two}]\n{rest}"),
        format!("  signOn: [{two}, {one}]\n{rest}"),
        format!("  signOn: {{system: okta, appId: a, also: [{two}]}}\n{rest}"),
        format!("  signOn: {one}\n  populations: [employees, {{name: guests, signOn: {two}}}]\n{rest}"),
        format!("  signOn: {one}\n  populations: [employees, {{name: guests, signOn: [{two}]}}]\n{rest}"),
        format!("  populations: [{{name: employees, signOn: {one}}}, {{name: guests, signOn: {two}}}]\n{rest}"),
    ];
    for spec in ways {
        let mut files = surrounding_files();
        files.retain(|(name, _)| *name != "apps/aaa.yaml" && *name != "observed/taken.yaml");
        files.push(("apps/miro.yaml", app("miro", &spec)));
        let all = findings(catalogue(&files).path(), &["--today", TODAY]);
        let drift: Vec<&Json> = all.iter().filter(|one| one["rule"] == "drift/undeclared-app").collect();
        assert!(drift.is_empty(), "{spec}: {drift:#?}");
    }
    let mut files = surrounding_files();
    files.retain(|(name, _)| *name != "apps/aaa.yaml" && *name != "observed/taken.yaml");
    files.push(("apps/miro.yaml", app("miro", &format!("  signOn: [{one}]\n{rest}"))));
    let all = findings(catalogue(&files).path(), &["--today", TODAY]);
    assert!(
        all.iter().any(|one| one["rule"] == "drift/undeclared-app"),
        "an application that no app names is reported"
    );
}

#[test]
fn a_population_has_the_sign_ons_that_name_it() {
    let spec = |guests: &str| {
        format!(
            "  populations: [employees, {{name: guests, {guests}}}]\n  signOn:\n    - {{system: okta, protocol: saml, enforced: true, populations: [employees]}}\n    - {{system: corp, protocol: saml, enforced: false, populations: [guests]}}\n  provisioning: {{mode: manual}}\n"
        )
    };
    let of = |spec: &str, rule: &str| -> Vec<(Json, String)> {
        let files = [surrounding_files(), vec![("apps/miro.yaml", app("miro", spec))]].concat();
        let all = findings(catalogue(&files).path(), &["--today", TODAY]);
        let own = all.iter().filter(|one| one["name"] == "miro" && one["rule"] == rule);
        own.map(|one| (one["population"].clone(), one["address"].as_str().unwrap_or_default().to_owned())).collect()
    };
    let rule = "signon/not-enforced";
    let place = "spec.signOn[system=corp].enforced".to_owned();
    assert_eq!(of(&spec("tier: 4"), rule), [("guests".into(), place.clone())]);
    let plain = spec("tier: 4").replace("{name: guests, tier: 4}", "guests");
    assert_eq!(of(&plain, rule), [(Json::Null, place)]);
    // The guests' own sign-on replaces the sign-ons of the app.
    assert_eq!(of(&spec("signOn: [{system: corp, protocol: saml, enforced: true}]"), rule), []);
    let left_out = spec("tier: 4").replace("populations: [guests]", "populations: [employees]");
    assert_eq!(of(&left_out, "signon/uncovered-population"), [("guests".into(), "spec.signOn".into())]);
}

#[test]
fn a_list_replaces_the_sign_ons_of_a_pattern_and_a_mapping_keeps_them() {
    let pattern = "apiVersion: leaver/v1\nkind: Pattern\nmetadata: {name: p, owner: t}\nspec:\n  signOn: {protocol: saml, system: okta, assignmentRequired: true}\n";
    let of_list = pattern.replace(
        "{protocol: saml, system: okta, assignmentRequired: true}",
        "[{system: okta, appId: a}, {system: corp}]",
    );
    let shown = |pattern: &str, spec: &str| -> Json {
        let files =
            [surrounding_files(), vec![("p.yaml", pattern.to_owned()), ("apps/miro.yaml", app("miro", spec))]].concat();
        let output = leaver(catalogue(&files).path(), &["show", "miro", "-o", "json"]);
        assert_eq!(code(&output), 0, "{}", err(&output));
        let shown: Json = serde_json::from_str(&out(&output)).expect("JSON");
        shown["spec"]["signOn"].clone()
    };
    let is = |pattern: &str, spec: &str, want: Json| assert_eq!(shown(pattern, spec), want, "{spec}");
    is(pattern, "  pattern: p\n  signOn: [{system: corp}]\n", serde_json::json!([{"system": "corp"}]));
    is(
        pattern,
        "  pattern: p\n  signOn: {appId: a, also: [{system: corp}]}\n",
        serde_json::json!({"appId": "a", "also": [{"system": "corp"}], "protocol": "saml", "system": "okta", "assignmentRequired": true}),
    );
    is(&of_list, "  pattern: p\n", serde_json::json!([{"system": "okta", "appId": "a"}, {"system": "corp"}]));
    is(&of_list, "  pattern: p\n  signOn: {system: corp}\n", serde_json::json!({"system": "corp"}));
    is(&of_list, "  pattern: p\n  signOn: null\n", Json::Null);
}

#[test]
fn list_and_explain_look_into_each_entry() {
    let files = catalogue(&[
        ("apps/miro.yaml", app("miro", "  signOn: [{system: okta, appId: a}, {system: corp}]\n")),
        ("apps/figma.yaml", app("figma", "  signOn: {system: okta, appId: c}\n")),
        ("apps/wiki.yaml", app("wiki", "  signOn: {protocol: local}\n")),
        surrounding_files().remove(0),
    ]);
    let listed = |arguments: &[&str]| -> Json {
        let output = leaver(
            files.path(),
            &[&["list", "-o", "json", "--columns", "signOn.system,signOn.appId"], arguments].concat(),
        );
        assert_eq!(code(&output), 0, "{}", err(&output));
        serde_json::from_str(&out(&output)).expect("JSON")
    };
    let names = |listed: &Json| -> Vec<String> {
        listed["apps"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|app| app["name"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    let miro = &listed(&["--where", "signOn.system=corp"])["apps"][0]["values"];
    assert_eq!(*miro, serde_json::json!({"spec.signOn.system": ["okta", "corp"], "spec.signOn.appId": ["a"]}));
    assert_eq!(names(&listed(&["--where", "signOn.system=okta"])), ["figma", "miro"]);
    assert_eq!(names(&listed(&["--missing", "signOn.system"])), ["wiki"]);
    let text = out(&leaver(files.path(), &["list", "--columns", "name,signOn.system", "--where", "name=miro"]));
    assert!(text.contains("okta, corp"), "{text}");
    for key in ["spec.signOn", "spec.signOn.system", "spec.signOn.also"] {
        let output = leaver(files.path(), &["explain", key]);
        assert!(code(&output) == 0 && out(&output).contains("sign"), "{key}: {}", err(&output));
    }
}

#[test]
fn a_wrong_list_is_refused_with_a_place() {
    for (written, expected_text) in [
        ("[]", "fewer than 1 item"),
        ("[{protocol: saml}]", "has no `system`"),
        ("[okta]", "item 1 of `signOn` is text, expected a mapping"),
        ("okta", "`signOn` is text, expected a mapping"),
        ("[{system: okta}, {system: okta}]", "has an item twice"),
        ("[{system: okta, also: []}]", "`also` is not a key"),
        ("[{system: okta, appID: a}]", "did you mean `appId`?"),
        ("{system: okta, populatons: [guests]}", "did you mean `populations`?"),
    ] {
        let files = catalogue(&[("apps/miro.yaml", app("miro", &format!("  signOn: {written}\n")))]);
        let output = leaver(files.path(), &["check", "--today", TODAY]);
        assert!(code(&output) == 1 && out(&output).contains(expected_text), "{written}: {}", out(&output));
    }
}

#[test]
fn a_review_shows_each_sign_on_that_changes() {
    let before = app(
        "miro",
        "  signOn: [{system: okta, protocol: saml, assignmentRequired: true}, {system: corp, protocol: saml}]\n",
    );
    let after =
        app("miro", "  signOn: [{system: entra-id}, {system: okta, protocol: saml, assignmentRequired: false}]\n");
    let files = catalogue(&[("apps/miro.yaml", before)]);
    git(files.path(), &["init", "-q", "-b", "main"]);
    git(files.path(), &["add", "."]);
    git(files.path(), &["commit", "-q", "-m", "before"]);
    std::fs::write(files.path().join("apps/miro.yaml"), after).expect("written");
    let output = with_git(files.path(), &["diff", "HEAD"]);
    let text = out(&output) + &err(&output);
    for expected_text in ["assignment required for sign-on by okta", "sign-on by corp", "sign-on by entra-id"] {
        assert!(text.contains(expected_text), "{expected_text}: {text}");
    }
}
