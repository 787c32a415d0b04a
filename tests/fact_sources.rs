//! The generator and the build refuse invalid tables in `data/sources`.

use std::collections::BTreeMap;

use leaver::facts::generate;
use serde_json::Value;

use crate::common::{code, err, folder, leaver, root};

/// The tables, by name.
pub(crate) fn sources() -> BTreeMap<String, String> {
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

/// Today as `YYYY-MM-DD`, computed with Howard Hinnant's algorithm `civil_from_days`.
#[expect(clippy::disallowed_methods, reason = "sources are compared with the real day")]
pub(crate) fn today() -> String {
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
fn no_fact_has_a_future_date() {
    let today = today();
    for (file, text) in sources().iter().filter(|(file, _)| !["names.csv", "hosts.csv"].contains(&file.as_str())) {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for row in reader.deserialize::<BTreeMap<String, String>>() {
            let row = row.expect("a row");
            for column in ["as_of", "read_on"] {
                assert!(row[column].as_str() <= today.as_str(), "{file}: {row:?}");
            }
        }
    }
}

pub(crate) const NAMES: &str = "vendor_key,title,aliases,merges,part_of\n";
pub(crate) const FACTS: &str = "vendor_key,fact,value,words,note,source_url,as_of,read_on\n";

fn faults(names: &str, facts: &str) -> String {
    let sources = BTreeMap::from([
        ("names.csv".to_owned(), format!("{NAMES}{names}")),
        ("facts.csv".to_owned(), format!("{FACTS}{facts}")),
    ]);
    generate(&sources).err().unwrap_or_default().iter().map(|fault| format!("{fault}\n")).collect()
}

#[test]
fn implausible_sources_are_refused() {
    let fact = |fact: &str, value: &str| format!("a,{fact},{value},,,https://a.example,2026-01-01,2026-01-01\n");
    let pair = |one: (&str, &str), two: (&str, &str)| fact(one.0, one.1) + &fact(two.0, two.1);
    assert_eq!(faults("a,A,,,\n", &pair(("scim", "offered"), ("operations", "create; groups"))), "");
    for (facts, expected_text) in [
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
        (pair(("tokenDays", "never"), ("tokenOverlapHours", "until-expiry")), "`tokenOverlapHours: until-expiry`"),
        (pair(("tokenDays", "never"), ("tokenNotice", "true")), "`tokenNotice` beside"),
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
        ("a,scim,offered,,,https://a.example,2026-01-02,2026-01-01\n".to_owned(), "the page has the date 2026-01-02"),
        ("a,scim,offered,,,https://a.example,2027,2026-01\n".to_owned(), "the page has the date 2027"),
        ("b,scim,offered,,,https://a.example,2026,2026\n".to_owned(), "`b` is not a key"),
        (fact("endpoint", "a.example/scim"), "is not a value of `endpoint`"),
        (fact("endpoint", "http://a.example/scim"), "is not a value of `endpoint`"),
        (fact("operations", "create; create"), "is not a value of `operations`"),
        (fact("tokenDays", "0"), "is not a value of `tokenDays`"),
        (fact("tokenDays", "-1"), "is not a value of `tokenDays`"),
        (fact("scimPlan", &"long ".repeat(101)), "is not a value of `scimPlan`"),
        (fact("scimPlan", " "), "is not a value of `scimPlan`"),
        (format!("a,scim,offered,{},,https://a.example,2026,2026\n", "w".repeat(501)), "is longer than 500"),
    ] {
        let found = faults("a,A,,,\n", &facts);
        assert!(found.contains(expected_text), "{facts}: {found}");
    }
}

/// A row with this source and these dates.
pub(crate) fn dated(source: &str, as_of: &str, read_on: &str) -> String {
    format!("a,scim,offered,,,{source},{as_of},{read_on}\n")
}

#[test]
fn refuses_invalid_and_future_dates() {
    for date in [
        "2026-02-30",
        "2026-06-31",
        "2025-02-29",
        "2026-00",
        "2026-00-10",
        "2026-1-1",
        "26",
        "0226",
        "1026-01",
        "2026/01/01",
        "2026-01-01T00",
        " 2026",
    ] {
        assert!(faults("a,A,,,\n", &dated("https://a.example", date, "2026-06-01")).contains("`as_of` is"), "{date}");
        assert!(faults("a,A,,,\n", &dated("https://a.example", "2020", date)).contains("`read_on` is"), "{date}");
    }
    let today = today();
    let next_year = today[..4].parse::<u16>().expect("a year") + 1;
    for date in [format!("{next_year}"), format!("{next_year}-01"), format!("{next_year}-12-31"), "9999".to_owned()] {
        let found = faults("a,A,,,\n", &dated("https://a.example", &date, &date));
        assert!(found.contains("`as_of`") && found.contains("`read_on`") && found.contains("in the future"), "{found}");
        let found = faults("a,A,,,\n", &dated("https://a.example", "2024", &date));
        assert!(found.contains("`read_on`") && found.contains("in the future"), "{found}");
    }
    for date in ["2024-02-29", "2018", "2018-09", &today, &today[..7], &today[..4]] {
        assert_eq!(faults("a,A,,,\n", &dated("https://a.example", date, &today)), "", "{date}");
    }
}

#[test]
fn a_source_without_an_address_is_refused() {
    for source in [
        "a.example",
        "www.a.example/docs",
        "//a.example",
        "https:/a.example",
        "https:a.example",
        "https://",
        "https:///docs",
        "https://docs",
        "https://a..example",
        "https://.example",
        "https://a.example.",
        "https://?a.example",
        "https://ada:pw@a.example",
        "ftp://a.example",
        "file:///a.example",
        "HTTPS",
        "see https://a.example",
        "support.a.example, users",
    ] {
        let found = faults("a,A,,,\n", &format!("a,scim,offered,,,\"{source}\",2026,2026\n"));
        assert!(found.contains("is not the address of a page"), "{source}: {found}");
    }
    for source in ["https://a.example", "https://a-b.example/c?d=e&f#g", "https://1.a.example/%7Bx%7D"] {
        assert_eq!(faults("a,A,,,\n", &dated(source, "2026", "2026")), "", "{source}");
    }
}

#[test]
fn facts_that_contradict_each_other_are_refused_in_both_directions() {
    let row = |key: &str, fact: &str, value: &str| {
        format!("{key},{fact},{value},,,https://a.example,2026-01-01,2026-01-01\n")
    };
    // A product without SCIM has no SCIM settings.
    for (fact, value) in [
        ("operations", "create"),
        ("protocol", "scim-2.0"),
        ("creates", "yes"),
        ("deactivation", "suspend"),
        ("deletion", "delete"),
        ("deletionBlocked", "it owns something"),
        ("activeMapped", "true"),
        ("groups", "yes"),
        ("roles", "partly"),
        ("administrators", "accounts"),
        ("scimPlan", "Enterprise"),
        ("auth", "oauth2"),
        ("endpoint", "https://a.example/scim"),
        ("endpointShown", "Settings"),
        ("tokenDays", "365"),
        ("tokenOverlapHours", "1"),
        ("tokenNotice", "true"),
        ("tokenOwner", "person"),
        ("matchKey", "mail"),
        ("reaches", "members"),
        ("scope", "all"),
        ("subWorkspaces", "shared"),
        ("prerequisite", "single sign-on"),
        ("rateLimit", "10 a second"),
        ("jitBesideScim", "either"),
        ("rename", "confirm"),
    ] {
        for scim in ["none", "not-listed", "unknown"] {
            let found = faults("a,A,,,\n", &(row("a", "scim", scim) + &row("a", fact, value)));
            assert!(found.contains("contradict each other"), "scim {scim}, {fact}: {found}");
        }
        assert_eq!(faults("a,A,,,\n", &(row("a", "scim", "offered") + &row("a", fact, value))), "", "{fact}");
    }
    for (fact, value) in [("groups", "no"), ("roles", "no"), ("creates", "no"), ("ssoPlan", "Business")] {
        assert_eq!(faults("a,A,,,\n", &(row("a", "scim", "none") + &row("a", fact, value))), "", "{fact}");
    }
    for (one, two) in [
        (("jit", "none"), ("jitDefault", "on")),
        (("jit", "none"), ("jitDefault", "off")),
        (("jit", "unknown"), ("jitDefault", "on")),
        (("jit", "none"), ("jitBesideScim", "either")),
        (("jit", "none"), ("jitRoles", "sync")),
        (("groups", "yes"), ("operations", "create; disable")),
        (("groups", "update-only"), ("operations", "create")),
        (("creates", "invitation"), ("operations", "disable")),
        (("deactivation", "suspend"), ("operations", "create; delete")),
        (("deactivation", "remove-membership"), ("operations", "create; disable")),
        (("deactivation", "delete"), ("operations", "disable; delete")),
        (("deactivation", "nothing"), ("operations", "create; disable")),
        (("deactivation", "refused"), ("operations", "disable")),
        (("deletion", "delete"), ("operations", "create; disable")),
        (("deletion", "suspend"), ("operations", "create; delete")),
        (("deletion", "nothing"), ("operations", "delete")),
        (("tokenDays", "30"), ("tokenOverlapHours", "721")),
        (("reactivation", "no"), ("rolesOnReturn", "previous")),
        (("reactivation", "no"), ("keysOnReturn", "restored")),
        (("keys", "survive"), ("keysOnReturn", "restored")),
    ] {
        let found = faults("a,A,,,\n", &(row("a", one.0, one.1) + &row("a", two.0, two.1)));
        assert!(found.contains("contradict each other"), "{one:?} {two:?}: {found}");
        // A product that is part of another product inherits the facts of that product.
        let found = faults("a,A,,,b\nb,B,,,\n", &(row("a", one.0, one.1) + &row("b", two.0, two.1)));
        assert!(found.contains("contradict each other"), "inherited, {one:?} {two:?}: {found}");
    }
    // A product that is missing from a vendor's list (`not-listed`) inherits the facts of its parent product.
    let above = row("b", "scim", "offered") + &row("b", "operations", "create");
    assert_eq!(faults("a,A,,,b\nb,B,,,\n", &(row("a", "scim", "not-listed") + &above)), "");
}

#[test]
fn shared_names_and_broken_families_of_products_are_refused() {
    for (names, expected_text) in [
        ("a,A,Same,,\nb,B,same,,\n", "is a name of `a` and of `b`"),
        ("a,A,One-Two,,\nb,One two,,,\n", "is a name of `a` and of `b`"),
        ("a,A,,,\nb,B,a,,\n", "is a name of `a` and of `b`"),
        ("a,A,,old,\nb,B,Old,,\n", "is a name of `b` and of `a`"),
        ("a,A,,old,\nb,B,,old,\n", "merged into two"),
        ("a,A,,,\na,B,,,\n", "appears twice"),
        ("a,,,,\n", "no title"),
        ("a,A,,,b\n", "which is not a key"),
        ("a,A,,,b\nb,B,,,a\n", "is part of itself"),
        ("a,A,,,a\n", "is part of itself"),
        ("a,A,,,b\nb,B,,,c\nc,C,,,a\n", "is part of itself"),
        ("a,A,,,B\nb,B,,,\n", "which is not a key"),
        ("a,A,,,old\nb,B,,old,\n", "which is not a key"),
        ("a,A,Bee,,\nb,BEE,,,\n", "is a name of `a` and of `b`"),
        ("a,A,bee-hive,,\nbee-hive,Other,,,\n", "is a name of `a` and of `bee-hive`"),
        ("a,Same,,,\nb,SAME!,,,\n", "is a name of `a` and of `b`"),
        ("a,A,Bee; bee,,\n", "are the same name"),
        ("a,A,Bee Hive; Bee-Hive,,\n", "are the same name"),
        ("a,Bee,BEE,,\n", "are the same name"),
        ("a,A,!,,\n", "no letter or digit"),
        ("A b,A,,,\n", "`A b` is not a key"),
        ("../a,A,,,\n", "`../a` is not a key"),
        (",A,,,\n", "`` is not a key"),
    ] {
        let found = faults(names, "");
        assert!(found.contains(expected_text), "{names}: {found}");
    }
}

#[test]
fn later_dates_take_precedence_and_people_take_precedence_over_machines() {
    let row = |file: &str, value: &str, date: &str| {
        (file.to_owned(), format!("{FACTS}old,scim,{value},,,https://a.example,{date},2026-06-01\n"))
    };
    let names = ("names.csv".to_owned(), format!("{NAMES}a,A,,old,\n"));
    let value = |rows: [(String, String); 2]| {
        let [one, two] = rows;
        let files = generate(&BTreeMap::from([names.clone(), one, two])).expect("the tables are valid");
        let file: Value = serde_json::from_str(&files[0].1).expect("JSON");
        file["vendors"]["a"]["facts"]["scim"]["value"].clone()
    };
    let machine = "conductorone-connectors.csv";
    assert_eq!(value([row("one.csv", "none", "2026-01-01"), row("two.csv", "offered", "2025")]), "none");
    assert_eq!(value([row("one.csv", "none", "2025"), row("two.csv", "offered", "2026-01-01")]), "offered");
    assert_eq!(value([row("one.csv", "none", "2026-01-01"), row(machine, "offered", "2026-01-01")]), "none");
    assert_eq!(value([row("one.csv", "none", "2025"), row(machine, "offered", "2026-01-01")]), "none");
}

/// `leaver facts` and `build.rs` call the same generator, so no binary contains facts that the generator refuses.
#[test]
fn one_wrong_row_in_the_tables_stops_the_generator() {
    let row = |fact: &str| format!("slack,{fact}\n");
    for (table, line, expected_text) in [
        (
            "vendors-verified.csv",
            row("creates,no,,,https://a.example,2026-11-01,2026-11-01"),
            "slack: the facts contradict",
        ),
        ("vendors-verified.csv", row("jitDefault,on,,,https://a.example,2031-01-01,2031-01-01"), "in the future"),
        (
            "vendors-verified.csv",
            row("jitDefault,on,,,the handbook,2026-11-01,2026-11-01"),
            "not the address of a page",
        ),
        ("names.csv", "slak,Slak,SLACK,,\n".to_owned(), "is a name of"),
        ("names.csv", "slak,Slak,,,nobody\n".to_owned(), "is part of `nobody`"),
    ] {
        let mut tables = sources();
        tables.entry(table.to_owned()).or_default().push_str(&line);
        let files: Vec<(String, &str)> =
            tables.iter().map(|(name, text)| (format!("in/{name}"), text.as_str())).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        let folder = folder(&files);
        let output = leaver(folder.path(), &["facts", "in", "out"]);
        assert!(code(&output) == 2 && err(&output).contains(expected_text), "{expected_text}: {}", err(&output));
        assert!(!folder.path().join("out").exists(), "nothing is written");
    }
}

#[test]
fn the_schema_names_the_facts_that_only_a_product_with_scim_has() {
    let schema = std::fs::read_to_string(root().join("schemas/vendors.schema.json")).expect("text");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let facts = schema["$defs"]["Vendor"]["properties"]["facts"]["properties"].as_object().expect("facts");
    // The first allowed value of a fact, as a cell of the table.
    let example = |name: &str| -> String {
        let value = &facts[name]["properties"]["value"];
        let allowed = value["enum"].get(0).or_else(|| value["items"]["enum"].get(0)).and_then(Value::as_str);
        match (name, value["type"].as_str()) {
            ("endpoint", _) => "https://a.example/scim".into(),
            ("operations", _) => "create".into(),
            ("deactivation" | "deletion", _) => "suspend".into(),
            ("tokenDays" | "tokenOverlapHours", _) => "30".into(),
            (_, Some("boolean")) => "true".into(),
            _ => allowed.unwrap_or("a text").into(),
        }
    };
    let row = |fact: &str, value: &str| format!("a,{fact},{value},,,https://a.example,2026-01-01,2026-01-01\n");
    let mut needing = 0;
    for (name, fact) in facts.iter().filter(|(name, _)| *name != "scim") {
        let needs = fact.get("needs").is_some();
        assert!(!needs || fact["needs"] == "scim", "{name}");
        needing += u32::from(needs);
        for scim in ["none", "offered"] {
            let with_jit = if name == "jitDefault" { row("jit", "offered") } else { String::new() };
            let found = faults("a,A,,,\n", &(row("scim", scim) + &row(name, &example(name)) + &with_jit));
            assert_eq!(found.contains("facts on SCIM beside `scim: none`"), needs && scim == "none", "{name}: {found}");
        }
    }
    assert!(needing >= 20, "{needing}");
}
