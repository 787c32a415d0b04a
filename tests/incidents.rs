//! Each public incident is a declaration that a careful engineer would have written before the incident. The rules find at least nine in ten
//! incidents. For three files, a test lists the missed incidents instead. The corrected declarations have no errors, and only those of
//! `accounts.yaml` and `access.yaml` may have warnings. The `unseen` files measure the rules, because their incidents were collected without looking
//! at the rules. The data is in `tests/incidents/`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::common::{folder, leaver, out, root};

fn read(name: &str) -> Value {
    let path = root().join("tests/incidents").join(name);
    let text = std::fs::read_to_string(&path).expect("a file");
    let mut value: serde_yaml::Value = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    value.apply_merge().expect("merge keys of mappings");
    serde_json::to_value(value).expect("keys are text")
}

/// RFC 7396: mappings are merged, `null` removes a key, other values replace.
fn merge(target: &mut Value, patch: &Value) {
    let Some(patch) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let object = target.as_object_mut().expect("an object");
    for (key, value) in patch {
        if value.is_null() {
            object.remove(key);
        } else {
            merge(object.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Severity, rule and message of the findings in one app and its teams.
fn findings_of(base: &Value, metadata: &Value, name: &str, spec: &Value) -> Vec<(String, String, String)> {
    let mut identity = base["metadata"].clone();
    if !metadata.is_null() {
        merge(&mut identity, metadata);
    }
    merge(&mut identity, &json!({"name": name}));
    let app = json!({"apiVersion": "leaver/v1", "kind": "App", "metadata": identity, "spec": spec});
    let teams = base["teams"].as_array().expect("a list").iter().map(|team| {
        json!({"apiVersion": "leaver/v1", "kind": "Team", "metadata": {"name": team}, "spec": {"members": ["ada@example.com", "sam@example.com"]}})
    });
    let text: Vec<String> = std::iter::once(app).chain(teams).map(|one| one.to_string()).collect();
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("app.yaml", &text.join("\n---\n"))]);
    let report: Value = serde_json::from_str(&out(&leaver(files.path(), &["check", "-o", "json"]))).expect("JSON");
    assert_eq!(report["failures"], json!([]), "{name}");
    let text = |finding: &Value, key: &str| finding[key].as_str().expect("text").to_owned();
    let findings = report["findings"].as_array().expect("a list").iter();
    findings.map(|finding| (text(finding, "severity"), text(finding, "rule"), text(finding, "message"))).collect()
}

/// Makes the vaults and the application id of an app unique, so that one catalogue can contain many apps.
fn with_own_names(value: &mut Value, name: &str) {
    match value {
        Value::Object(map) => {
            for (key, child) in map.iter_mut() {
                match child {
                    Value::String(text) if key == "vault" || key == "appId" => *text = format!("{text}/{name}"),
                    other => with_own_names(other, name),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|child| with_own_names(child, name)),
        _ => {}
    }
}

/// For each incident, the findings in its app and in its other declarations: severity, rule and message.
fn findings_in_all(
    base: &Value,
    incidents: &[Value],
    corrected: bool,
) -> BTreeMap<String, Vec<(String, String, String)>> {
    let mut all: Vec<Value> = base["teams"].as_array().expect("a list").iter().map(team).collect();
    all.extend(base["systems"].as_array().expect("a list").iter().map(system));
    let mut names = BTreeMap::new();
    for incident in incidents {
        let name = incident["name"].as_str().expect("a name");
        let mut spec = base["spec"].clone();
        merge(&mut spec, &incident["before"]);
        if corrected {
            merge(&mut spec, &incident["after"]);
        }
        // If a job performs stages of an app, the credential of the job must be declared.
        if spec.to_string().contains("closedown") {
            spec["nonHuman"].as_array_mut().expect("a list").push(base["closer"].clone());
        }
        with_own_names(&mut spec, name);
        let mut metadata = base["metadata"].clone();
        merge(&mut metadata, incident.get("metadata").unwrap_or(&json!({})));
        merge(&mut metadata, &json!({"name": name}));
        all.push(json!({"apiVersion": "leaver/v1", "kind": "App", "metadata": metadata, "spec": spec}));
        for (kind, list, list_after) in [
            ("System", "systems", "systemsAfter"),
            ("Team", "teams", "teamsAfter"),
            ("Waiver", "waivers", "waiversAfter"),
        ] {
            let mut brought = &incident[list];
            if corrected {
                brought = incident.get(list_after).unwrap_or(brought);
            }
            for one in brought.as_array().into_iter().flatten() {
                names.insert(one["name"].as_str().expect("a name").to_owned(), name.to_owned());
                all.push(declaration(kind, one));
            }
        }
    }
    let text: Vec<String> = all.iter().map(Value::to_string).collect();
    // A few teams own all apps in this catalogue. The rule below would report these teams.
    let config = "version: 1\nrules: {owner/concentration: {severity: off}}\n";
    let files = folder(&[("leaver.yaml", config), ("apps.yaml", &text.join("\n---\n"))]);
    let report: Value = serde_json::from_str(&out(&leaver(files.path(), &["check", "-o", "json"]))).expect("JSON");
    assert_eq!(report["failures"], json!([]));
    let mut found = BTreeMap::new();
    for finding in report["findings"].as_array().expect("a list") {
        let text = |key: &str| finding[key].as_str().expect("text").to_owned();
        let subject = finding["name"].as_str().expect("a name").to_owned();
        let name = names.get(&subject).cloned().unwrap_or(subject);
        let findings: &mut Vec<_> = found.entry(name).or_default();
        findings.push((text("severity"), text("rule"), text("message")));
    }
    found
}

fn team(name: &Value) -> Value {
    let spec = json!({"members": ["ada@example.com", "sam@example.com"]});
    json!({"apiVersion": "leaver/v1", "kind": "Team", "metadata": {"name": name}, "spec": spec})
}

fn system(one: &Value) -> Value {
    declaration("System", one)
}

fn declaration(kind: &str, one: &Value) -> Value {
    let mut metadata = json!({"name": one["name"]});
    if let Some(owner) = one.get("owner") {
        metadata["owner"] = owner.clone();
    }
    json!({"apiVersion": "leaver/v1", "kind": kind, "metadata": metadata, "spec": one["spec"]})
}

/// The number of incidents in a file, and the names of the incidents without the expected error or warning. Corrected declarations must have no error
/// or warning.
fn found_as_warnings(file: &str) -> (usize, Vec<String>) {
    let (base, rules) = (read("base.yaml"), rules());
    let incidents = read(file)["incidents"].as_array().cloned().expect("a list");
    let (before, after) = (findings_in_all(&base, &incidents, false), findings_in_all(&base, &incidents, true));
    let wrong: Vec<_> = after.into_values().flatten().filter(|(severity, _, _)| severity != "info").collect();
    assert!(wrong.is_empty(), "{file}: findings in corrected declarations: {wrong:#?}");
    let mut missed = Vec::new();
    for incident in &incidents {
        let text = |key: &str| incident[key].as_str().expect("text");
        let name = text("name");
        assert!(text("source").starts_with("http"), "{name}");
        assert!(!text("should").is_empty(), "{name}");
        let expected: Vec<&str> =
            incident["expect"].as_array().expect("rules").iter().filter_map(Value::as_str).collect();
        assert!(expected.iter().all(|rule| rules.contains(*rule)), "{name}: {expected:?}");
        let mut found = before.get(name).into_iter().flatten();
        if !found.any(|(severity, rule, _)| severity != "info" && expected.contains(&rule.as_str())) {
            missed.push(name.to_owned());
        }
    }
    (incidents.len(), missed)
}

#[test]
fn nine_in_ten_of_the_unseen_incidents_are_found_as_warnings() {
    let files = [("unseen.yaml", 36), ("unseen-more.yaml", 25), ("unseen-fourth.yaml", 25), ("unseen-sixth.yaml", 20)];
    for (file, least) in files {
        let (looked, missed) = found_as_warnings(file);
        assert!(looked >= least, "{file}: {looked}");
        assert!((looked - missed.len()) * 10 >= looked * 9, "{file}: {} of {looked} missed: {missed:?}", missed.len());
    }
}

/// Neither a fact about the product nor a key of the declaration shows these incidents. The lists below may become shorter, but not longer.
#[test]
fn missed_incidents_of_the_other_unseen_files_are_listed() {
    let known: [(&str, usize, &[&str]); 3] = [
        ("unseen-vendors.yaml", 18, &["collaborators-outside-the-push", "unlicensed-and-not-deleted"]),
        (
            "unseen-fifth.yaml",
            30,
            &[
                "inactive-record-causes-a-conflict",
                "unneeded-service-accounts",
                "reactivated-with-old-keys",
                "application-set-up-by-a-leaver",
                "contractor-becomes-employee",
            ],
        ),
        ("unseen-limits.yaml", 25, &["half-a-year-by-default", "token-of-its-creator"]),
    ];
    for (file, least, names) in known {
        let (looked, missed) = found_as_warnings(file);
        assert!(looked >= least, "{file}: {looked}");
        assert_eq!(missed, names, "{file}");
    }
}

#[test]
fn nine_in_ten_of_the_further_incidents_are_found_without_a_false_alarm() {
    let (base, rules) = (read("base.yaml"), rules());
    let files = ["further.yaml", "more.yaml", "last.yaml"];
    let incidents: Vec<Value> =
        files.iter().flat_map(|name| read(name)["incidents"].as_array().cloned().expect("a list")).collect();
    let (before, after) = (findings_in_all(&base, &incidents, false), findings_in_all(&base, &incidents, true));
    let mut missed = Vec::new();
    for incident in &incidents {
        let name = incident["name"].as_str().expect("a name");
        assert!(incident["source"].as_str().expect("a source").starts_with("http"), "{name}");
        assert_eq!(incident["date"].as_str().expect("a month").len(), 7, "{name}");
        let expected: Vec<&str> =
            incident["expect"].as_array().expect("rules").iter().filter_map(Value::as_str).collect();
        assert!(expected.iter().all(|rule| rules.contains(*rule)), "{name}: {expected:?}");
        let found = before.get(name).into_iter().flatten();
        if !found.map(|(_, rule, _)| rule.as_str()).any(|rule| expected.contains(&rule)) {
            missed.push(name);
        }
    }
    let wrong: Vec<_> = after.into_values().flatten().filter(|(severity, _, _)| severity != "info").collect();
    let looked = incidents.len();
    assert!(looked >= 80, "{looked}");
    assert!(wrong.is_empty(), "findings in corrected declarations: {wrong:#?}");
    assert!((looked - missed.len()) * 10 >= looked * 9, "{} of {looked} missed: {missed:?}", missed.len());
}

fn rules() -> BTreeSet<String> {
    let text = out(&leaver(&root(), &["rules", "--format", "json"]));
    let rules: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    rules.iter().map(|rule| rule["id"].as_str().expect("text").to_owned()).collect()
}

#[test]
fn nine_in_ten_incidents_are_found_and_corrected_declarations_are_clean() {
    let (base, rules) = (read("base.yaml"), rules());
    let (mut looked, mut missed, mut wrong, mut waiting) = (0, Vec::new(), Vec::new(), Vec::new());
    for file in ["accounts.yaml", "access.yaml"] {
        for incident in read(file)["incidents"].as_array().expect("a list") {
            let name = incident["name"].as_str().expect("a name");
            let expected: Vec<&str> =
                incident["expect"].as_array().expect("rules").iter().filter_map(Value::as_str).collect();
            let mut spec = base["spec"].clone();
            merge(&mut spec, &incident["before"]);
            // An incident that only a future rule can find is not counted, and its correction is not checked.
            if !expected.iter().any(|rule| rules.contains(*rule)) {
                waiting.push(name.to_owned());
                continue;
            }
            looked += 1;
            let before = findings_of(&base, &incident["metadata"], name, &spec);
            if !before.iter().any(|(_, rule, _)| expected.contains(&rule.as_str())) {
                missed.push(format!("{name}: {expected:?}, found {before:#?}"));
            }
            merge(&mut spec, &incident["after"]);
            let after = findings_of(&base, &incident["metadata"], name, &spec);
            wrong.extend(
                after
                    .into_iter()
                    .filter(|(severity, rule, _)| severity == "error" || expected.contains(&rule.as_str()))
                    .map(|finding| format!("{name}: {finding:?}")),
            );
        }
    }
    assert!(looked >= 25, "{looked}, waiting for rules: {waiting:?}");
    assert!(wrong.is_empty(), "findings in corrected declarations:\n{}", wrong.join("\n"));
    assert!((looked - missed.len()) * 10 >= looked * 9, "{} of {looked} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn corrected_declarations_have_no_findings() {
    let base = read("base.yaml");
    let mut unexpected = Vec::new();
    for right in read("access.yaml")["right"].as_array().expect("a list") {
        let name = right["name"].as_str().expect("a name");
        let mut spec = base["spec"].clone();
        merge(&mut spec, &right["before"]);
        unexpected.extend(
            findings_of(&base, &right["metadata"], name, &spec)
                .into_iter()
                .map(|finding| format!("{name}: {finding:?}")),
        );
    }
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
}
