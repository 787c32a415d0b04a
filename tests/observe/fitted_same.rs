//! Drafts with a pattern lose no value.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value as Json, json};

use super::fitted::{ALL, NO_DISABLE, named, patterns};
use crate::common::{code, err, folder, leaver, out};

/// The effective `spec` of an app.
fn effective(files: &Path, app: &str) -> Json {
    let output = leaver(files, &["show", app, "-o", "json"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let shown: Json = serde_json::from_str(&out(&output)).expect("JSON");
    if shown.get("spec").is_some() { shown["spec"].clone() } else { shown["declaration"]["spec"].clone() }
}

/// Whether `all` includes every value of `part`. The order of a list does not matter.
fn includes(all: &Json, part: &Json) -> bool {
    match part {
        Json::Object(part) => part.iter().all(|(key, value)| all.get(key).is_some_and(|all| includes(all, value))),
        Json::Array(part) => {
            let set = |list: &[Json]| list.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
            all.as_array().is_some_and(|all| set(all) == set(part))
        }
        part => all == part,
    }
}

/// Whichever patterns the catalogue has, the effective app has all values of a draft without patterns. A second import finds every app declared.
#[test]
fn a_draft_with_a_pattern_loses_no_value() {
    let ids = ["a", "b", "c", "d", "e", "f"];
    let protocols = ["SAML_2_0", "OPENID_CONNECT"];
    let features = [ALL, NO_DISABLE, r#""PUSH_NEW_USERS","SCIM_PROVISIONING""#, ""];
    let apps: Vec<Json> = ids
        .iter()
        .enumerate()
        .map(|(at, id)| {
            let features: Json = serde_json::from_str(&format!("[{}]", features[at % 4])).expect("JSON");
            json!({"id": format!("0oa{id}"), "label": format!("App {id}"), "name": format!("x{id}"), "status": "ACTIVE",
                "signOnMode": protocols[at % 2], "features": features, "settings": {"implicitAssignment": at % 3 == 0}})
        })
        .collect();
    let export = Json::from(apps).to_string();
    let plain = folder(&[("leaver.yaml", "version: 1\n"), ("e.json", &export)]);
    assert_eq!(code(&leaver(plain.path(), &["import", "okta", "e.json"])), 0);
    let sign_on = ["", "protocol: saml", "protocol: oidc, assignmentRequired: true", "protocol: saml, appId: 0oaz"];
    let scim = ["", "operations: [create]", "operations: [disable, update, create], syncMinutes: 40", "auth: basic"];
    let more = [
        "",
        "lifecycle: {deprovision: {via: scim, slaHours: 24}}",
        "status: retired",
        "populations: [{name: guests, provisioning: {mode: manual}}]",
    ];
    let alone: Vec<Json> = ids.iter().map(|id| effective(plain.path(), &format!("app-{id}"))).collect();
    let mut chosen = 0;
    for seed in 0..8_usize {
        let number = seed % 3 + 1;
        let all: Vec<(String, String)> = (0..number)
            .map(|at| {
                let pick = |list: &[&str; 4], prime: usize| list[(seed * prime + at * 3 + seed / 4) % 4].to_owned();
                let (sign_on, scim, more) = (pick(&sign_on, 1), pick(&scim, 3), pick(&more, 5));
                let comma = |text: &str| if text.is_empty() { String::new() } else { format!(", {text}") };
                (
                    format!("p{at}"),
                    format!(
                        "signOn: {{system: okta{}}}, provisioning: {{mode: scim, scim: {{{scim}}}}}{}",
                        comma(&sign_on),
                        comma(&more)
                    ),
                )
            })
            .collect();
        let all: Vec<(&str, &str)> = all.iter().map(|(name, spec)| (name.as_str(), spec.as_str())).collect();
        let files = folder(&[("leaver.yaml", "version: 1\n"), ("p.yaml", &patterns(&all)), ("e.json", &export)]);
        assert_eq!(code(&leaver(files.path(), &["import", "okta", "e.json"])), 0);
        assert_eq!(code(&leaver(files.path(), &["import", "okta", "e.json", "--into", "again"])), 0);
        for (id, part) in ids.iter().zip(&alone) {
            let name = format!("app-{id}");
            let text = fs::read_to_string(files.path().join(format!("apps/{name}.yaml"))).expect("text");
            chosen += usize::from(named(&text).is_some());
            let all = effective(files.path(), &name);
            assert!(includes(&all, part), "{all} lacks {part} of {text}");
        }
        assert_eq!(
            fs::read_dir(files.path().join("again")).map(Iterator::count).unwrap_or_default(),
            0,
            "all is declared"
        );
    }
    assert!(chosen > 10, "{chosen}");
}
