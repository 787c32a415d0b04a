//! The facts about products agree with the tables in `data/sources`, and products are found by their common names. Corrected facts stay corrected.

use std::collections::BTreeSet;

use leaver::{
    facts::{generate, keys, vendor},
    schema::VENDORS,
    source::{SourceFile, YamlLimits, parse},
};
use serde_json::{Value, json};

use crate::{
    common::{code, err, folder, leaver, out, root},
    fact_sources::sources,
};

#[test]
fn vendor_files_are_up_to_date() {
    let fresh = generate(&sources()).unwrap_or_else(|faults| panic!("{}", faults[0]));
    let have: BTreeSet<String> = std::fs::read_dir(root().join("data/vendors"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    let want: BTreeSet<String> = fresh.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(have, want, "run `just bless`");
    for (name, text) in fresh {
        let path = root().join("data/vendors").join(&name);
        let found = std::fs::read_to_string(path).expect("text").replace("\r\n", "\n");
        assert!(found == text, "data/vendors/{name}: run `just bless`");
    }
}

#[test]
fn vendor_files_fit_the_schema_of_user_files() {
    for key in keys() {
        let text = std::fs::read_to_string(root().join(format!("data/vendors/{key}.json"))).expect("text");
        let file = SourceFile::new("v.json", text.as_str());
        let parsed = parse(&file, &YamlLimits::default());
        assert!(parsed.problems.is_empty(), "{key}");
        let breaches = VENDORS.check(&text, &parsed.documents[0].root);
        assert!(breaches.is_empty(), "{key}: {}", breaches[0].message);
    }
}

/// The most common products, as people write them.
const BEST_KNOWN: &str = include_str!("best_known.txt");

#[test]
fn the_best_known_products_are_found() {
    let names: Vec<&str> = BEST_KNOWN.lines().filter(|line| !line.is_empty()).collect();
    assert!(names.len() >= 150, "{}", names.len());
    for name in names {
        for written in [name.to_owned(), name.to_uppercase(), name.replace(' ', "-"), name.replace(' ', "")] {
            assert!(vendor(&Value::Null, &written).is_some(), "{written}");
        }
    }
}

#[test]
fn many_products_have_more_than_three_facts() {
    let rich = keys().into_iter().filter(|key| {
        let own = std::fs::read_to_string(root().join(format!("data/vendors/{key}.json"))).expect("text");
        let own: Value = serde_json::from_str(&own).expect("JSON");
        own["vendors"][*key]["facts"].as_object().is_some_and(|facts| facts.len() > 3)
    });
    let count = rich.count();
    assert!(count >= 130, "{count}");
}

#[test]
fn corrected_facts_stay_corrected() {
    let wrong: &[(&str, &str, Value)] = &[
        ("openai", "scim", json!("offered")),
        ("cursor", "scim", json!("offered")),
        ("claude-enterprise", "scim", json!("offered")),
        ("perplexity", "scim", json!("offered")),
        ("stripe", "scim", json!("offered")),
        ("keeper", "scim", json!("offered")),
        ("fullstory", "scim", json!("offered")),
        ("forma", "scim", json!("offered")),
        ("firehydrant", "scim", json!("offered")),
        ("rudderstack", "scim", json!("offered")),
        ("zuora", "scim", json!("offered")),
        ("valimail", "scim", json!("offered")),
        ("deel", "scim", json!("offered")),
        ("langfuse", "scim", json!("offered")),
        ("sap-ariba", "scim", json!("offered")),
        ("sap-cloud-identity", "scim", json!("offered")),
        ("sap-successfactors-scim", "scim", json!("offered")),
        ("oracle-identity-cloud-service", "scim", json!("offered")),
        ("atlassian", "scim", json!("offered")),
        ("slack-enterprise-grid", "scim", json!("offered")),
        ("launchdarkly", "scim", json!("offered")),
        ("grafana", "scim", json!("offered")),
        ("aws", "scim", json!("offered")),
        ("databricks", "scim", json!("offered")),
        ("1password", "scim", json!("offered")),
        ("bitwarden", "scim", json!("offered")),
        ("hubspot", "scim", json!("offered")),
        ("dbt-cloud", "scim", json!("offered")),
        ("google-workspace", "scim", json!("offered")),
        ("github-enterprise", "scim", json!("offered")),
        ("github-enterprise-cloud", "scim", json!("offered")),
        ("dropbox", "scim", json!("offered")),
        ("tableau", "scim", json!("offered")),
        ("knowbe4", "scim", json!("offered")),
        ("adobe", "scim", json!("offered")),
        ("adobe-creative-cloud", "scim", json!("offered")),
        ("new-relic", "scim", json!("offered")),
        ("n8n", "scim", json!("none")),
        ("cloudflare-zero-trust", "creates", json!("no")),
        ("sap-concur", "protocol", json!("indirect")),
        ("salesforce", "protocol", json!("soap")),
        ("servicenow", "protocol", json!("soap")),
        ("google-workspace", "protocol", json!("vendor-api")),
        ("docusign", "auth", json!("basic")),
        ("slack", "connectorEntitlements", json!(true)),
        ("launchdarkly", "connectorDeprovisions", json!(true)),
        ("launchdarkly", "deactivation", json!("delete")),
        ("datadog", "jit", json!("offered")),
        ("databricks", "jit", json!("offered")),
        ("zoom", "jitDefault", json!("on")),
        ("miro", "groups", json!("yes")),
        ("smartsheet", "deactivation", json!("delete")),
        ("smartsheet", "tokenOwner", json!("person")),
        ("github-enterprise-managed-user", "deletion", json!("suspend")),
        ("github-enterprise-managed-user", "operations", json!(["create", "update", "disable", "groups"])),
        ("pagerduty", "deactivation", json!("delete")),
        ("pagerduty", "reactivation", json!("no")),
        ("snowflake", "tokenDays", json!(180)),
        ("snowflake", "tokenOverlapHours", json!("until-expiry")),
        ("gitlab", "deactivation", json!("remove-membership")),
        ("openai", "subWorkspaces", json!("separate")),
        // These corrections come from a second audit, of pages from 2026-11.
        ("sentry", "deactivation", json!("remove-membership")),
        ("sentry", "operations", json!(["create", "update", "remove-membership", "groups"])),
        ("notion", "operations", json!(["create", "update", "remove-membership", "groups"])),
        ("notion", "tokenOwner", json!("person")),
        ("cursor", "deactivation", json!("remove-membership")),
        ("openai", "deactivation", json!("remove-membership")),
        ("zoom", "groups", json!("yes")),
        ("salesforce", "auth", json!("oauth2")),
        ("databricks", "jitDefault", json!("on")),
        ("atlassian", "jit", json!("offered")),
        ("slack", "keys", json!("revoked")),
        // These corrections come from a third audit, of a random sample.
        ("zendesk", "roles", json!("yes")),
        ("datadog", "creates", json!("yes")),
        ("datadog", "roles", json!("yes")),
        ("servicenow", "auth", json!("oauth2")),
        ("auth0", "groups", json!("yes")),
        ("auth0", "sessions", json!("ended")),
        ("postman", "tokenOwner", json!("person")),
        ("vercel", "deactivation", json!("remove-membership")),
        ("gitlab", "operations", json!(["create", "remove-membership"])),
        ("launchdarkly", "auth", json!("oauth2")),
    ];
    for (name, fact, want) in wrong {
        let known = vendor(&Value::Null, name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(&known.facts["facts"][*fact]["value"], want, "{name}: {fact}");
    }
    // A sentence of a template was once misread as the operation `delete`. Facts from this sentence must not list `delete`.
    let template = "a sentence of the template";
    let mut seen = 0;
    for key in keys() {
        let facts = vendor(&Value::Null, key).expect("a vendor").facts;
        let operations = &facts["facts"]["operations"];
        if operations["note"].as_str().is_some_and(|note| note.contains(template)) {
            seen += 1;
            assert!(!operations["value"].as_array().expect("a list").contains(&json!("delete")), "{key}");
        }
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn vendors_shows_facts_with_sources_ages_and_how_to_correct_them() {
    let empty = folder(&[]);
    let text = out(&leaver(empty.path(), &["vendors", "Office 365"]));
    assert!(text.starts_with("Microsoft 365 (microsoft-365)"), "{text}");
    let text = out(&leaver(empty.path(), &["vendors", "PagerDuty"]));
    for part in
        ["deactivation", "https://support.pagerduty.com/", "2018-09, older than 2 years", "leaver.yaml", "just bless"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let output = leaver(empty.path(), &["vendors", "smartshet"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("`smartsheet`"), "{}", err(&output));
    let output = leaver(empty.path(), &["vendors", "zzzzqqq"]);
    assert!(code(&output) == 2 && err(&output).contains("leaver vendors"), "{}", err(&output));
}

#[test]
fn vendors_as_json_can_be_corrected_and_used() {
    let empty = folder(&[]);
    let json = out(&leaver(empty.path(), &["vendors", "jira", "-o", "json"]));
    let mut facts: Value = serde_json::from_str(&json).expect("JSON");
    facts["vendors"]["atlassian-jira-cloud"]["facts"]["scim"]["value"] = json!("none");
    let text = facts.to_string();
    let files = folder(&[("leaver.yaml", "version: 1\nvendors: [jira.json]\n"), ("jira.json", &text)]);
    let output = leaver(files.path(), &["vendors", "Jira Software"]);
    assert!(code(&output) == 0 && out(&output).contains("none"), "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("come from `vendors` in leaver.yaml"), "{}", out(&output));
}
