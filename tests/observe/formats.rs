//! The values read from every format.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::{SETS, export, has_lines, notes, observed, of, read};

/// The observations of the export that includes this file.
fn observed_set(name: &str) -> String {
    let (format, files) = SETS.iter().find(|(_, files)| files.iter().any(|file| file == name)).expect("an export");
    observed(format, &files.iter().map(|file| read(file)).collect::<Vec<_>>()).expect("it is read")
}

#[test]
fn okta_joins_apps_with_their_features_connection_people_and_groups() {
    let all = observed_set("okta-apps.json");
    let quill = of(&all, "0oa1quill7Zk3TfXQ5d7");
    let lines = [
        "label: Quill",
        "template: quill",
        "status: active",
        "protocol: saml",
        "assignmentRequired: true",
        "people: 3",
        "individuals: 1",
        "groups: 1",
        "mechanism: scim",
        "enabled: true",
        "create: true",
        "update: true",
        "disable: false",
        "groups: true",
        "endpointHost: scim.quill.example",
        "auth: bearer",
        "universalLogout: false",
        "file: okta-apps.json",
        "pointer: \"/0\"",
    ];
    assert!(has_lines(&quill, &lines), "{quill}");
    let ferry = of(&all, "0oa2ferry8Zk3TfXQ5d7");
    assert!(
        has_lines(&ferry, &["status: inactive", "protocol: oidc", "assignmentRequired: false", "enabled: false"]),
        "{ferry}"
    );
    let vault = of(&all, "0oa3vault9Zk3TfXQ5d7");
    assert!(
        has_lines(&vault, &["label: \"Old <b>vault</b> [31m of (address)\"", "protocol: password-vault"]),
        "{vault}"
    );
    let source = of(&all, "0oa4hrsource8Zk3TfX7");
    assert!(!source.contains("signOn") && !source.contains("mechanism"), "{source}");
    assert!(of(&all, "0oa5console8Zk3TfXQ7").contains("builtIn: true"));
    let partner = of(&all, "0oa6partner8Zk3TfXQ7");
    let lines =
        ["kind: identity-provider", "creates: true", "updatesAtSignIn: true", "reactivates: true", "roleSync: append"];
    assert!(has_lines(&partner, &lines), "{partner}");
    assert!(has_lines(&all, &["kind: Snapshot", "system: okta", "complete: true"]), "{all}");
}

fn okta_error(code: &str) -> String {
    format!(r#"{{"errorCode":"{code}","errorSummary":"Ada Lovelace may not","errorLink":"x","errorId":"y"}}"#)
}

/// An expired token, a missing permission, a rate limit or a server error does not mean that nothing is provisioned.
#[test]
fn okta_is_refused_where_it_answers_with_an_error() {
    for code in ["E0000004", "E0000005", "E0000006", "E0000009", "E0000011", "E0000015", "E0000047", "Ada Lovelace"] {
        let error = okta_error(code);
        for (name, text) in [
            ("connection.0oa1quill7Zk3TfXQ5d7.json", error.clone()),
            ("features/0oa1quill7Zk3TfXQ5d7.json", error.clone()),
            ("users.json", error.clone()),
            ("all.json", format!("[{error}]")),
        ] {
            for files in [vec![read("okta-apps.json"), export(name, text.clone())], vec![export(name, text.clone())]] {
                let refused = observed("okta", &files).expect_err("an error");
                assert!(refused.contains(name) && !refused.contains("Lovelace"), "{refused}");
                assert!(refused.contains(code) || code.contains(' '), "{refused}");
            }
        }
        let features = String::from_utf8(read("okta-features.json").bytes).expect("text");
        let mixed = features.replacen('[', &format!("[{error},"), 1);
        observed("auto", &[read("okta-apps.json"), export("f.json", mixed)]).expect_err("an error");
        let mixed = format!("{features} {error}");
        observed("auto", &[read("okta-apps.json"), export("f.json", mixed)]).expect_err("an error");
    }
}

/// If the API does not expose the provisioning of an app, Okta answers with the error E0000001 or E0000007, whether provisioning is on or off. Data
/// from the list of apps is kept.
#[test]
fn okta_proves_nothing_about_provisioning_that_the_api_does_not_expose() {
    let apps = observed("okta", &[read("okta-apps.json")]).expect("it is read");
    for code in ["E0000001", "E0000007"] {
        for name in ["connection.0oa1quill7Zk3TfXQ5d7.json", "features/0oa1quill7Zk3TfXQ5d7.json"] {
            let files = [read("okta-apps.json"), export(name, okta_error(code))];
            assert_eq!(observed("okta", &files).expect("it is read"), apps);
            let printed = notes("okta", &files);
            assert!(printed.contains(name) && printed.contains(code) && !printed.contains("Lovelace"), "{printed}");
            observed("okta", &files[1..]).expect_err("no list of applications");
        }
        // Okta never answers the request for the list of apps with these errors, so leaver refuses such a file.
        for name in ["apps.json", "apps.0oa.json"] {
            let refused =
                observed("okta", &[read("okta-idps.json"), export(name, okta_error(code))]).expect_err("an error");
            assert!(refused.contains(name), "{refused}");
        }
    }
}

#[test]
fn okta_detects_an_incomplete_export_by_its_headers_or_a_full_page() {
    let app = |at: usize| {
        format!(r#"{{"id":"0oa{at}","label":"App {at}","name":"x","status":"ACTIVE","signOnMode":"SAML_2_0"}}"#)
    };
    let page = |from: usize, to: usize| format!("[{}]", (from..to).map(app).collect::<Vec<_>>().join(","));
    let next = "HTTP/2 200\nlink: <https://acme.okta.example/api/v1/apps?after=x>; rel=\"next\"\n\n";
    let last = "HTTP/2 200\nlink: <https://acme.okta.example/api/v1/apps>; rel=\"self\"\n\n";
    for (files, complete) in [
        (vec![page(0, 20)], true),
        (vec![page(0, 200)], false),
        (vec![page(0, 200), page(200, 220)], true),
        (vec![page(0, 200), last.to_owned()], true),
        (vec![page(0, 20), next.to_owned()], false),
        (vec![page(0, 200), next.to_owned(), page(200, 220), last.to_owned()], true),
    ] {
        let files: Vec<_> = files.into_iter().enumerate().map(|(at, text)| export(&format!("{at}"), text)).collect();
        let all = observed("okta", &files).expect("it is read");
        assert!(
            all.contains(&format!("complete: {complete}\n")),
            "{complete}: {}",
            all.split("---").next().unwrap_or_default()
        );
    }
}

#[test]
fn okta_leaves_out_numbers_of_a_page_that_may_not_be_the_last() {
    let user = |_| r#"{"scope":"GROUP","syncState":"X","_links":{"app":{"href":"https://a.example/api/v1/apps/0oa1quill7Zk3TfXQ5d7"}}}"#;
    for (count, is_complete) in [(3, true), (49, true), (50, false), (500, false)] {
        let page = format!("[{}]", (0..count).map(user).collect::<Vec<_>>().join(","));
        let all = observed("okta", &[read("okta-apps.json"), export("u.json", page)]).expect("it is read");
        assert_eq!(all.contains(&format!("people: {count}\n")), is_complete, "{count}");
    }
}

#[test]
fn entra_joins_principals_with_jobs_and_assignments() {
    let all = observed_set("entra-service-principals.json");
    let lines = [
        "- none -",
        "label: Harbour",
        "status: active",
        "protocol: saml",
        "assignmentRequired: false",
        "individuals: 1",
        "groups: 1",
        "mechanism: scim",
        "enabled: true",
        "syncMinutes: 40",
        "state: quarantined",
        "reason: TooManyDeletes",
        "since: \"2026-11-21T06:56:58Z\"",
        "lastSuccess: \"2026-11-20T14:09:46Z\"",
        "escrowed: 12",
        "deleteThreshold: 500",
        "certificate: 2028-02-01",
        "oauth-client: 2027-04-11",
    ];
    let harbour = of(&all, "11aa22bb-0000-4000-8000-000000000001");
    assert!(has_lines(&harbour, &lines[1..]), "{harbour}");
    assert!(harbour.contains("otherIds: [aa000000-0000-4000-8000-000000000001]"), "{harbour}");
    assert!(of(&all, "11aa22bb-0000-4000-8000-000000000002").contains("builtIn: true"));
    assert!(all.contains("complete: true"), "{all}");
}

#[test]
fn entra_detects_an_incomplete_export_and_drops_its_numbers() {
    let principals = String::from_utf8(read("entra-service-principals.json").bytes).expect("text");
    let open = principals.replacen("\"value\"", "\"@odata.nextLink\": \"https://graph.microsoft.com/x\", \"value\"", 1);
    let all = observed("entra", &[export("a.json", open.clone())]).expect("it is read");
    assert!(has_lines(&all, &["complete: false", "gaps: [more-pages]"]), "{all}");
    let last = principals.replace("0001\"", "0003\"").replace("0002\"", "0004\"");
    let all = observed("entra", &[export("a.json", open), export("b.json", last)]).expect("it is read");
    assert!(all.contains("complete: true") && all.contains("0003"), "{all}");
    let assigned = String::from_utf8(read("entra-assigned.json").bytes).expect("text");
    let open = assigned.replacen("\"value\"", "\"@odata.nextLink\": \"x\", \"value\"", 1);
    let all = observed("entra", &[export("a.json", principals), export("b.json", open)]).expect("it is read");
    assert!(!all.contains("individuals"), "{all}");
}

#[test]
fn entra_has_every_state_of_a_job() {
    let job = |state: &str, code: &str, last: &str| {
        let text = format!(
            r#"{{"value":[{{"id":"Box.1","templateId":"BoxOutDelta","schedule":{{"interval":"PT40M","state":"{state}"}},"status":{{"code":"{code}","quarantine":null,"lastExecution":{last}}}}}]}}"#
        );
        observed("entra", &[export("jobs.json", text)]).expect("it is read")
    };
    for (state, code, last, health, enabled) in [
        ("Active", "Active", r#"{"state":"Succeeded","timeEnded":"2026-11-20T16:17:24Z"}"#, "healthy", true),
        ("Active", "Active", r#"{"state":"Failed"}"#, "failing", true),
        ("Disabled", "Paused", "null", "paused", false),
        ("Paused", "Paused", "null", "paused", false),
        ("Active", "Quarantine", r#"{"state":"Failed"}"#, "quarantined", true),
        ("Active", "NotRun", "null", "not-run", true),
    ] {
        let all = job(state, code, last);
        assert!(
            all.contains(&format!("state: {health}\n")) && all.contains(&format!("enabled: {enabled}\n")),
            "{code}: {all}"
        );
    }
    assert!(job("Disabled", "Paused", "null").contains("mechanism: connector"));
}

#[test]
fn google_counts_people_of_products_and_sign_ins() {
    let all = observed_set("google-users.json");
    assert!(
        has_lines(
            &of(&all, "4411.apps.googleusercontent.com"),
            &["kind: grant", "label: Kite", "protocol: oidc", "people: 2"]
        ),
        "{all}"
    );
    assert!(has_lines(&of(&all, "saml:anchor"), &["label: Anchor", "protocol: saml", "people: 1"]), "{all}");
    assert!(has_lines(&all, &["admins: 1", "people: 2", "suspended: 1"]), "{all}");
}

#[test]
fn google_reads_the_tables_of_gam() {
    let table = "user,clientId,displayText,anonymous,nativeApp,scopes\nada.lovelace@example.com,77.apps,\"Kite, Inc\",False,False,a\ngrace@example.com,77.apps,\"Kite, Inc\",False,False,a\n";
    let all = observed("google-workspace", &[export("tokens.csv", table)]).expect("it is read");
    assert!(
        has_lines(&of(&all, "77.apps"), &["label: \"Kite, Inc\"", "people: 2"]) && !all.contains("lovelace"),
        "{all}"
    );
    let people =
        "primaryEmail,suspended,archived,isAdmin\na@example.com,True,False,False\nb@example.com,False,False,True\n";
    let all = observed("auto", &[export("people.csv", people)]).expect("it is read");
    assert!(has_lines(&all, &["admins: 1", "people: 2", "suspended: 1"]), "{all}");
}

#[test]
fn scim_reads_the_features_of_a_server() {
    let all = observed_set("scim-config.json");
    let server = of(&all, "scim.quill.example");
    let lines = [
        "kind: service",
        "endpointHost: scim.quill.example",
        "patch: true",
        "bulk: false",
        "filter: true",
        "active: false",
        "auth: [basic]",
        "resources: [User]",
    ];
    assert!(has_lines(&server, &lines), "{server}");
}

#[test]
fn backstage_accepts_only_teams_as_owners() {
    let all = observed_set("backstage.yaml");
    assert!(
        has_lines(
            &of(&all, "component:default/quill"),
            &["kind: component", "label: Quill", "status: active", "owner: design-ops"]
        ),
        "{all}"
    );
    assert!(!of(&all, "component:default/ferry").contains("owner"), "{all}");
    assert!(has_lines(&all, &["groups: 1", "people: 1"]), "{all}");
}

#[test]
fn the_published_format_accepts_only_its_fields() {
    let all = observed_set("observation.json");
    let quill = of(&all, "quill-web");
    assert!(
        has_lines(&quill, &["system: keycloak", "status: active", "protocol: oidc", "people: 4"])
            && !quill.contains("health"),
        "{all}"
    );
    assert!(has_lines(&all, &["takenOn: 2026-11-24", "complete: true"]), "{all}");
    let printed = notes("observation", &[read("observation.json")]);
    assert!(printed.contains("no field `contact`") && printed.contains("`health.state` has a value"), "{printed}");
    let schema: serde_json::Value = serde_json::from_str(
        &std::fs::read_to_string(crate::common::root().join("schemas/observation.schema.json")).expect("text"),
    )
    .expect("JSON");
    let keys = app_keys(&schema);
    assert!(keys.contains(&"appId".to_owned()), "{keys:?}");
}

/// The keys of an application in the published schema.
fn app_keys(schema: &serde_json::Value) -> Vec<String> {
    schema["$defs"]["App"]["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
}

#[test]
fn a_terraform_state_shows_managed_resources() {
    let all = observed_set("terraform-state.json");
    let quill = of(&all, "0oa1quill7Zk3TfXQ5d7");
    assert!(
        has_lines(&quill, &["label: Quill", "protocol: saml", "groups: 2", "disable: true"])
            && !quill.contains("planned"),
        "{quill}"
    );
    let harbour = of(&all, "11aa22bb-0000-4000-8000-000000000001");
    assert!(
        has_lines(&harbour, &["label: Harbour", "assignmentRequired: true", "enabled: true", "syncMinutes: 40"]),
        "{harbour}"
    );
    assert!(harbour.contains("endpointHost: scim.harbour.example"), "{harbour}");
    assert!(has_lines(&all, &["complete: false", "gaps: [managed-only]"]), "{all}");
    let partner = of(&all, "0oa6partner8Zk3TfXQ7");
    // The attribute is missing, so the provider's default applies: Okta creates accounts.
    assert!(has_lines(&partner, &["creates: true", "reactivates: true"]), "{partner}");
}

#[test]
fn a_terraform_plan_shows_the_future_state() {
    let all = observed_set("terraform-plan.json");
    let quill = of(&all, "0oa1quill7Zk3TfXQ5d7");
    assert!(has_lines(&quill, &["planned: true", "disable: false"]), "{quill}");
    assert!(has_lines(&of(&all, "0oa9goes8Zk3TfXQ5d7"), &["status: absent", "planned: true"]), "{all}");
    // Before the id exists, the application and its features are identified by the address.
    let fresh = of(&all, "module.new.okta_app_saml.fresh");
    assert!(has_lines(&fresh, &["label: Fresh", "planned: true", "create: true", "disable: false"]), "{fresh}");
    let harbour = of(&all, "11aa22bb-0000-4000-8000-000000000001");
    assert!(has_lines(&harbour, &["planned: true", "enabled: false", "state: paused"]), "{harbour}");
    assert!(has_lines(&all, &["takenOn: 2026-11-24"]), "{all}");
    let printed = notes("terraform", &[read("terraform-plan.json")]);
    assert!(printed.contains("ignored 1 resource unrelated") && printed.contains("null_resource"), "{printed}");
}

#[test]
fn a_plan_that_failed_or_is_of_another_version_is_refused() {
    let plan = String::from_utf8(read("terraform-plan.json").bytes).expect("text");
    let error = observed("auto", &[export("p.json", plan.replace("\"errored\": false", "\"errored\": true"))])
        .expect_err("refused");
    assert!(error.contains("the plan failed"), "{error}");
    let error = observed("auto", &[export("p.json", plan.replace("\"1.2\"", "\"2.0\""))]).expect_err("refused");
    assert!(error.contains("version 2.0"), "{error}");
}

/// The result is the same if pages are concatenated, in several files, compressed, written with one object per line, or written by PowerShell.
#[test]
fn compressed_and_joined_exports_are_equivalent() {
    let text = String::from_utf8(read("okta-apps.json").bytes).expect("text");
    let apps: Vec<serde_json::Value> = serde_json::from_str(&text).expect("a list");
    let without_source = |files: &[leaver::observe::Export]| {
        let all = observed("auto", files).expect("it is read");
        all.lines()
            .filter(|line| !["file:", "pointer:", "document:"].iter().any(|key| line.trim().starts_with(key)))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let expected = without_source(&[export("a.json", text.clone())]);
    let lines = apps.iter().map(|app| format!("{app}\n")).collect::<String>();
    assert_eq!(without_source(&[export("a.ndjson", lines.clone())]), expected);
    assert_eq!(without_source(&[export("a.ndjson", lines.replace('\n', "\r\n"))]), expected);
    let (one, two) = apps.split_at(2);
    let pages = [serde_json::json!(one).to_string(), serde_json::json!(two).to_string()];
    assert_eq!(without_source(&[export("a.json", pages.concat())]), expected);
    assert_eq!(without_source(&[export("1.json", pages[0].clone()), export("2.json", pages[1].clone())]), expected);
    assert_eq!(without_source(&[export("2.json", pages[1].clone()), export("1.json", pages[0].clone())]), expected);
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text.as_bytes()).expect("it is packed");
    assert_eq!(without_source(&[export("a.json.gz", packed.finish().expect("it is packed"))]), expected);
    assert_eq!(without_source(&[export("a.json", format!("\u{feff}{text}"))]), expected);
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(without_source(&[export("a.json", wide)]), expected);
}

#[test]
fn an_unknown_format_is_described() {
    for (text, expected) in [
        (r#"{"members": [], "ok": true}"#, "a JSON object with `members`, `ok`"),
        (r#"[{"a": 1}]"#, "a list of 1 objects with `a`"),
        ("[1, 2]", "a list of 2 values"),
        (r#"{"error": {"code": "x"}}"#, "the error response of an API"),
        (r#"{"version": 4, "serial": 1, "lineage": "x", "resources": []}"#, "`terraform show -json`"),
        (r#"{"ada@example.com": 1}"#, "no keys"),
    ] {
        let error = observed("auto", &[export("x.json", text)]).expect_err(text);
        assert!(error.contains("not an export that leaver can read") && error.contains(expected), "{error}");
        assert!(!error.contains("ada@"), "{error}");
    }
    let error = observed("entra", &[read("okta-apps.json")]).expect_err("an export of another format");
    assert!(error.contains("not an export for `entra`: it looks like applications of Okta"), "{error}");
}
