//! Public incidents as the declaration that an honest engineer would have written before: at least nine in ten are found, and the corrected
//! declaration has no errors, those of `further.yaml` no warnings either. The data is in `tests/incidents/`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::common::{folder, leaver, out, root};

fn read(name: &str) -> Value {
    let path = root().join("tests/incidents").join(name);
    let text = std::fs::read_to_string(&path).expect("it is there");
    let mut value: serde_yaml::Value = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    value.apply_merge().expect("merge keys of mappings");
    serde_json::to_value(value).expect("text as keys")
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

/// Severity, rule and message of the findings in one app, its teams and its systems.
fn found(base: &Value, metadata: &Value, name: &str, spec: &Value) -> Vec<(String, String, String)> {
    found_with(base, metadata, &Value::Null, name, spec)
}

fn found_with(
    base: &Value,
    metadata: &Value,
    systems: &Value,
    name: &str,
    spec: &Value,
) -> Vec<(String, String, String)> {
    let mut identity = base["metadata"].clone();
    if !metadata.is_null() {
        merge(&mut identity, metadata);
    }
    merge(&mut identity, &json!({"name": name}));
    let app = json!({"apiVersion": "leaver/v1", "kind": "App", "metadata": identity, "spec": spec});
    let teams = base["teams"].as_array().expect("a list").iter().map(|team| {
        json!({"apiVersion": "leaver/v1", "kind": "Team", "metadata": {"name": team}, "spec": {"members": ["ada@example.com", "sam@example.com"]}})
    });
    let systems = systems.as_array().into_iter().flatten().map(|system| {
        json!({"apiVersion": "leaver/v1", "kind": "System", "metadata": {"name": system["name"], "owner": system["owner"]}, "spec": system["spec"]})
    });
    let text: Vec<String> = std::iter::once(app).chain(teams).chain(systems).map(|one| one.to_string()).collect();
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("app.yaml", &text.join("\n---\n"))]);
    let report: Value = serde_json::from_str(&out(&leaver(files.path(), &["check", "-o", "json"]))).expect("JSON");
    assert_eq!(report["failures"], json!([]), "{name}");
    let text = |finding: &Value, key: &str| finding[key].as_str().expect("text").to_owned();
    let findings = report["findings"].as_array().expect("a list").iter();
    findings.map(|finding| (text(finding, "severity"), text(finding, "rule"), text(finding, "message"))).collect()
}

/// The findings in a declaration of `further.yaml`, of which a job may do some stages, with the credential of that job.
fn found_with_job(base: &Value, incident: &Value, systems: &Value, spec: &Value) -> Vec<(String, String, String)> {
    let (mut spec, mut systems) = (spec.clone(), systems.as_array().cloned().unwrap_or_default());
    if spec.to_string().contains("closedown") {
        systems.extend(base["systems"].as_array().cloned().expect("a list"));
        spec["nonHuman"].as_array_mut().expect("a list").push(base["closer"].clone());
    }
    let name = incident["name"].as_str().expect("a name");
    found_with(base, &incident["metadata"], &Value::Array(systems), name, &spec)
}

#[test]
fn nine_in_ten_of_the_further_incidents_are_found_without_a_false_alarm() {
    let (base, rules) = (read("base.yaml"), rules());
    let (mut looked, mut missed, mut wrong) = (0, Vec::new(), Vec::new());
    for incident in read("further.yaml")["incidents"].as_array().expect("a list") {
        let name = incident["name"].as_str().expect("a name");
        assert!(incident["source"].as_str().expect("a source").starts_with("http"), "{name}");
        assert_eq!(incident["date"].as_str().expect("a month").len(), 7, "{name}");
        let expected: Vec<&str> =
            incident["expect"].as_array().expect("rules").iter().filter_map(Value::as_str).collect();
        assert!(expected.iter().all(|rule| rules.contains(*rule)), "{name}: {expected:?}");
        looked += 1;
        let mut spec = base["spec"].clone();
        merge(&mut spec, &incident["before"]);
        let before = found_with_job(&base, incident, &incident["systems"], &spec);
        if !before.iter().any(|(_, rule, _)| expected.contains(&rule.as_str())) {
            missed.push(name.to_owned());
        }
        merge(&mut spec, &incident["after"]);
        let systems = incident.get("systemsAfter").unwrap_or(&incident["systems"]);
        let after = found_with_job(&base, incident, systems, &spec);
        wrong.extend(
            after
                .into_iter()
                .filter(|(severity, _, _)| severity != "info")
                .map(|finding| format!("{name}: {finding:?}")),
        );
    }
    assert!(looked >= 80, "{looked}");
    assert!(wrong.is_empty(), "corrected, and still wrong:\n{}", wrong.join("\n"));
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
            // Incidents that only a future rule can find are not counted, nor are their corrections.
            if !expected.iter().any(|rule| rules.contains(*rule)) {
                waiting.push(name.to_owned());
                continue;
            }
            looked += 1;
            let before = found(&base, &incident["metadata"], name, &spec);
            if !before.iter().any(|(_, rule, _)| expected.contains(&rule.as_str())) {
                missed.push(format!("{name}: {expected:?}, found {before:#?}"));
            }
            merge(&mut spec, &incident["after"]);
            let after = found(&base, &incident["metadata"], name, &spec);
            wrong.extend(
                after
                    .into_iter()
                    .filter(|(severity, rule, _)| severity == "error" || expected.contains(&rule.as_str()))
                    .map(|finding| format!("{name}: {finding:?}")),
            );
        }
    }
    assert!(looked >= 25, "{looked}, waiting for rules: {waiting:?}");
    assert!(wrong.is_empty(), "corrected, and still wrong:\n{}", wrong.join("\n"));
    assert!((looked - missed.len()) * 10 >= looked * 9, "{} of {looked} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn corrected_declarations_have_no_findings() {
    let base = read("base.yaml");
    let mut told = Vec::new();
    for right in read("access.yaml")["right"].as_array().expect("a list") {
        let name = right["name"].as_str().expect("a name");
        let mut spec = base["spec"].clone();
        merge(&mut spec, &right["before"]);
        told.extend(
            found(&base, &right["metadata"], name, &spec).into_iter().map(|finding| format!("{name}: {finding:?}")),
        );
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}
