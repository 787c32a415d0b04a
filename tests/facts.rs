//! Facts about products: generated from their sources, consistent, found by common names, and corrected where the sources were wrong.

use std::collections::{BTreeMap, BTreeSet};

use leaver::{
    facts::{generate, keys, vendor},
    schema::VENDORS,
    source::{SourceFile, YamlLimits, parse},
};
use serde_json::{Value, json};

use crate::common::{code, err, folder, leaver, out, root};

fn sources() -> BTreeMap<String, String> {
    std::fs::read_dir(root().join("data/sources"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).expect("text"))
        })
        .collect()
}

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
fn vendor_files_have_the_form_of_a_users_own() {
    for key in keys() {
        let text = std::fs::read_to_string(root().join(format!("data/vendors/{key}.json"))).expect("text");
        let file = SourceFile::new("v.json", text.as_str());
        let parsed = parse(&file, &YamlLimits::default());
        assert!(parsed.problems.is_empty(), "{key}");
        let breaches = VENDORS.check(&text, &parsed.documents[0].root);
        assert!(breaches.is_empty(), "{key}: {}", breaches[0].message);
    }
}

/// Today as `YYYY-MM-DD` (Howard Hinnant's days to civil).
#[expect(clippy::disallowed_methods, reason = "sources are compared with the real day")]
fn today() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let days = i64::try_from(now.as_secs() / 86_400).expect("a day") + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let rest = day - (365 * year + year / 4 - year / 100);
    let month = (5 * rest + 2) / 153;
    let (month, day) = (if month < 10 { month + 3 } else { month - 9 }, rest - (153 * month + 2) / 5 + 1);
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + i64::from(month <= 2))
}

#[test]
fn no_fact_is_of_the_future() {
    let today = today();
    for (file, text) in sources().iter().filter(|(file, _)| *file != "names.csv") {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for row in reader.deserialize::<BTreeMap<String, String>>() {
            let row = row.expect("a row");
            for column in ["as_of", "read_on"] {
                assert!(row[column].as_str() <= today.as_str(), "{file}: {row:?}");
            }
        }
    }
}

const NAMES: &str = "vendor_key,title,aliases,merges,part_of\n";
const FACTS: &str = "vendor_key,fact,value,words,note,source_url,as_of,read_on\n";

fn faults(names: &str, facts: &str) -> String {
    let sources = BTreeMap::from([
        ("names.csv".to_owned(), format!("{NAMES}{names}")),
        ("facts.csv".to_owned(), format!("{FACTS}{facts}")),
    ]);
    generate(&sources).err().unwrap_or_default().iter().map(|fault| format!("{fault}\n")).collect()
}

#[test]
fn sources_that_cannot_be_right_are_refused() {
    let fact = |fact: &str, value: &str| format!("a,{fact},{value},,,https://a.example,2026-01-01,2026-01-01\n");
    let pair = |one: (&str, &str), two: (&str, &str)| fact(one.0, one.1) + &fact(two.0, two.1);
    assert_eq!(faults("a,A,,,\n", &pair(("scim", "offered"), ("operations", "create; groups"))), "");
    for (facts, says) in [
        (pair(("scim", "offered"), ("scim", "none")), "facts.csv:3: `scim` is"),
        (fact("jitDefault", "on"), "`jitDefault` without"),
        (pair(("scim", "none"), ("auth", "bearer")), "beside `scim: none`"),
        (pair(("scim", "none"), ("deactivation", "suspend")), "beside `scim: none`"),
        (pair(("creates", "no"), ("operations", "create; update")), "`creates: no`"),
        (pair(("creates", "yes"), ("operations", "update")), "`creates: yes`"),
        (pair(("groups", "no"), ("operations", "create; groups")), "`groups: no`"),
        (pair(("deactivation", "delete"), ("operations", "create; disable")), "`deactivation: delete`"),
        (pair(("deactivation", "delete"), ("reactivation", "yes")), "`deactivation: delete`"),
        (pair(("deletion", "refused"), ("operations", "delete")), "`deletion: refused`"),
        (pair(("deactivation", "suspend"), ("activeMapped", "false")), "`active` is not mapped"),
        (pair(("tokenDays", "never"), ("tokenOverlapHours", "until-expiry")), "token without an end"),
        (pair(("tokenDays", "never"), ("tokenNotice", "true")), "token without an end"),
        (fact("scim", "maybe"), "`maybe` is not a value of `scim`"),
        (fact("scimm", "offered"), "is not a value of `scimm`"),
        (fact("tokenDays", "a year"), "is not a value of `tokenDays`"),
        (fact("operations", "create; fly"), "is not a value of `operations`"),
        (fact("remark", ""), "is not a value of `remark`"),
        ("a,scim,offered,,,,2026-01-01,2026-01-01\n".to_owned(), "is not the address of a page"),
        ("a,scim,offered,,,the handbook,2026-01-01,2026-01-01\n".to_owned(), "is not the address of a page"),
        ("a,scim,offered,,,http://a.example,2026-01-01,2026-01-01\n".to_owned(), "is not the address of a page"),
        ("a,scim,offered,,,https://a.example,2026-13,2026-01-01\n".to_owned(), "`as_of` is `2026-13`"),
        ("a,scim,offered,,,https://a.example,last week,2026-01-01\n".to_owned(), "`as_of` is `last week`"),
        ("a,scim,offered,,,https://a.example,,2026-01-01\n".to_owned(), "`as_of` is ``"),
        ("a,scim,offered,,,https://a.example,2026-01-02,2026-01-01\n".to_owned(), "the page is of 2026-01-02"),
        ("a,scim,offered,,,https://a.example,2027,2026-01\n".to_owned(), "the page is of 2027"),
        ("b,scim,offered,,,https://a.example,2026,2026\n".to_owned(), "`b` is not a key"),
    ] {
        let found = faults("a,A,,,\n", &facts);
        assert!(found.contains(says), "{facts}: {found}");
    }
}

#[test]
fn names_of_two_products_and_broken_families_are_refused() {
    for (names, says) in [
        ("a,A,Same,,\nb,B,same,,\n", "is a name of `a` and of `b`"),
        ("a,A,One-Two,,\nb,One two,,,\n", "is a name of `a` and of `b`"),
        ("a,A,,,\nb,B,a,,\n", "is a name of `a` and of `b`"),
        ("a,A,,old,\nb,B,Old,,\n", "is a name of `b` and of `a`"),
        ("a,A,,old,\nb,B,,old,\n", "merged into two"),
        ("a,A,,,\na,B,,,\n", "is there twice"),
        ("a,,,,\n", "no title"),
        ("a,A,,,b\n", "which is not a key"),
        ("a,A,,,b\nb,B,,,a\n", "is part of itself"),
        ("a,A,,,a\n", "is part of itself"),
    ] {
        let found = faults(names, "");
        assert!(found.contains(says), "{names}: {found}");
    }
}

#[test]
fn of_two_dates_the_later_counts_and_a_person_before_a_machine() {
    let row = |file: &str, value: &str, date: &str| {
        (file.to_owned(), format!("{FACTS}old,scim,{value},,,https://a.example,{date},2026-06-01\n"))
    };
    let names = ("names.csv".to_owned(), format!("{NAMES}a,A,,old,\n"));
    let value = |rows: [(String, String); 2]| {
        let [one, two] = rows;
        let files = generate(&BTreeMap::from([names.clone(), one, two])).expect("no fault");
        let file: Value = serde_json::from_str(&files[0].1).expect("JSON");
        file["vendors"]["a"]["facts"]["scim"]["value"].clone()
    };
    let machine = "conductorone-connectors.csv";
    assert_eq!(value([row("one.csv", "none", "2026-01-01"), row("two.csv", "offered", "2025")]), "none");
    assert_eq!(value([row("one.csv", "none", "2025"), row("two.csv", "offered", "2026-01-01")]), "offered");
    assert_eq!(value([row("one.csv", "none", "2026-01-01"), row(machine, "offered", "2026-01-01")]), "none");
    assert_eq!(value([row("one.csv", "none", "2025"), row(machine, "offered", "2026-01-01")]), "none");
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
fn facts_that_an_audit_found_wrong_are_corrected() {
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
    ];
    for (name, fact, want) in wrong {
        let known = vendor(&Value::Null, name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(&known.facts["facts"][*fact]["value"], want, "{name}: {fact}");
    }
    // A sentence of a template was misread as "deletes".
    let template = "a sentence of the template";
    let mut seen = 0;
    for key in keys() {
        let facts = vendor(&Value::Null, key).expect("it is there").facts;
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
