//! The date of an export.

use leaver::observe::{Export, collect, documents};

use super::{options, read};
use crate::common::{TODAY, code, err, folder, leaver, out};

fn written(name: &str, text: &str, day: &str) -> Export {
    Export { shown: name.to_owned(), bytes: text.as_bytes().to_vec(), written: Some(day.to_owned()) }
}

/// Returns the system and the date of each snapshot.
fn days(exports: &[Export]) -> Vec<(String, String)> {
    let all = documents(&collect("auto", exports, options()).expect("it is read"), "");
    let snapshots = all.split("---\n").filter(|document| document.contains("kind: Snapshot"));
    let value = |document: &str, key: &str| {
        let line = document.lines().find_map(|line| line.trim().strip_prefix(key));
        line.unwrap_or_default().trim_start_matches(": ").to_owned()
    };
    snapshots.map(|document| (value(document, "system"), value(document, "takenOn"))).collect()
}

#[test]
fn each_system_has_its_own_date_from_the_earliest_page() {
    let own = |system: &str, day: &str| {
        format!(
            r#"{{"observation":"leaver/v1","system":"{system}","complete":true,"takenOn":"{day}","apps":[{{"appId":"a"}}]}}"#
        )
    };
    let app = |id: &str| format!(r#"[{{"id":"{id}","label":"x","status":"ACTIVE","signOnMode":"SAML_2_0"}}]"#);
    let plan = |kind: &str, at: &str| {
        format!(
            r#"{{"format_version":"1.2","timestamp":"{at}T08:00:00Z","resource_changes":[{{"address":"{kind}.x","mode":"managed","type":"{kind}","change":{{"actions":["no-op"],"before":{{"id":"i","object_id":"i"}},"after":{{"id":"i","object_id":"i"}}}}}}]}}"#
        )
    };
    let pair = |system: &str, day: &str| (system.to_owned(), day.to_owned());
    for backwards in [false, true] {
        let of = |mut exports: Vec<Export>| {
            if backwards {
                exports.reverse();
            }
            days(&exports)
        };
        assert_eq!(
            of(vec![
                written("k.json", &own("keycloak", "2026-11-20"), "2026-11-25"),
                written("j.json", &own("jumpcloud", "2026-11-02"), "2026-11-25"),
                written("o.json", &app("0oa1"), "2026-11-24"),
                written("p.json", &app("0oa2"), "2026-11-22"),
            ]),
            [pair("jumpcloud", "2026-11-02"), pair("keycloak", "2026-11-20"), pair("okta", "2026-11-22")]
        );
        assert_eq!(
            of(vec![
                written("1.json", &own("keycloak", "2026-11-20"), "2026-11-25"),
                written("2.json", &own("keycloak", "2026-11-11"), "2026-11-25"),
            ]),
            [pair("keycloak", "2026-11-11")]
        );
        assert_eq!(
            of(vec![
                written("1.json", &plan("okta_app_saml", "2026-11-20"), "2026-11-25"),
                written("2.json", &plan("okta_app_saml", "2026-11-13"), "2026-11-25"),
                written("3.json", &plan("azuread_service_principal", "2026-11-17"), "2026-11-25"),
            ]),
            [pair("entra-id", "2026-11-17"), pair("okta", "2026-11-13")]
        );
        // The file was modified after the day of the run, so its snapshot gets the day of the run.
        assert_eq!(of(vec![written("o.json", &app("0oa1"), "2026-12-24")]), [pair("okta", TODAY)]);
    }
}

#[test]
fn a_future_day_is_refused_or_reported() {
    let apps = String::from_utf8(read("okta-apps.json").bytes).expect("text");
    let own = r#"{"observation":"leaver/v1","system":"keycloak","complete":true,"takenOn":"2027-11-20","apps":[]}"#;
    let there = folder(&[("leaver.yaml", "version: 1\n"), ("apps.json", &apps), ("own.json", own)]);
    for command in ["observe", "import"] {
        let run = |more: &[&str]| leaver(there.path(), &[&[command, "okta", "apps.json"][..], more].concat());
        for more in [&["--taken-on", "2026-11-26"][..], &["--taken-on", "2026-11-20", "--today", "2026-11-19"]] {
            let output = run(more);
            let printed = format!("{}{}", out(&output), err(&output));
            assert!(code(&output) == 2 && printed.contains("is after today"), "{command} {more:?}: {printed}");
        }
        for more in [&["--taken-on", TODAY][..], &["--taken-on", "2026-11-28", "--today", "2026-11-28"]] {
            assert_eq!(code(&run(more)), 0, "{command} {more:?}");
        }
    }
    std::fs::remove_dir_all(there.path().join("observed")).expect("removed");
    assert_eq!(code(&leaver(there.path(), &["observe", "observation", "own.json"])), 0);
    let output = leaver(there.path(), &["check", "observed", "-o", "concise"]);
    assert!(out(&output).contains("drift/stale-snapshot"), "{}", out(&output));
}
