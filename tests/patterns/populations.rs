//! If a population is a mapping, leaver evaluates it with its own values and names it in its findings.

use serde_json::Value as Json;

use super::{TEAM, findings, report};
use crate::common::{code, err, folder, git, leaver, out, with_git};

const PATTERN: &str = "apiVersion: leaver/v1\nkind: Pattern\nmetadata: {name: manual-guests, owner: t}\nspec:\n  provisioning: {mode: manual, scim: null}\n  lifecycle:\n    deprovision: {via: ticket, queue: IT, slaHours: 900}\n";

fn app(populations: &str) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: miro, owner: t}}\nspec:\n  tier: 3\n  sourceOfTruth: workday\n  provisioning: {{mode: scim, scim: {{syncMinutes: 40}}}}\n  lifecycle:\n    create: {{owner: t, via: scim}}\n    deprovision: {{owner: t, via: scim, slaHours: 24, effect: delete}}\n  populations:\n{populations}"
    )
}

const GUESTS: &str = "    - employees\n    - name: guests\n      pattern: manual-guests\n      lifecycle: {deprovision: {evidence: ticket}}\n";

fn catalogue(populations: &str) -> tempfile::TempDir {
    folder(&[
        ("leaver.yaml", "version: 1\n"),
        ("teams.yaml", TEAM),
        ("p.yaml", PATTERN),
        ("apps/miro.yaml", &app(populations)),
    ])
}

fn of<'a>(all: &'a [Json], rule: &str) -> Vec<&'a Json> {
    all.iter().filter(|one| one["rule"] == rule).collect()
}

/// The populations of open findings.
fn open_populations(all: &[Json]) -> Vec<String> {
    let open = all.iter().filter(|one| one["status"] == "open");
    open.map(|one| one["population"].to_string().replace('"', "")).collect()
}

#[test]
fn a_population_combines_the_app_its_pattern_and_its_own_keys() {
    let files = catalogue(GUESTS);
    let show = |population: &[&str]| -> Json {
        let output = leaver(files.path(), &[&["show", "miro", "-o", "json"], population].concat());
        serde_json::from_str(&out(&output)).unwrap_or_else(|_| panic!("{}", err(&output)))
    };
    let guests = show(&["--population", "guests"]);
    assert_eq!(guests["metadata"]["population"], "guests");
    assert_eq!(guests["spec"]["populations"], serde_json::json!(["guests"]));
    assert_eq!(guests["spec"]["provisioning"], serde_json::json!({"mode": "manual"}));
    assert_eq!(
        guests["spec"]["lifecycle"]["deprovision"],
        serde_json::json!({"owner": "t", "via": "ticket", "queue": "IT", "slaHours": 900, "effect": "delete", "evidence": "ticket"})
    );
    // Without `--population`, `show` writes the effective values of guests into `populations`.
    let whole = show(&[]);
    assert_eq!(whole["spec"]["populations"][0], "employees");
    assert_eq!(whole["spec"]["populations"][1]["lifecycle"], guests["spec"]["lifecycle"]);
    let text = out(&leaver(files.path(), &["show", "miro", "--population", "guests"]));
    let line = |start: &str| text.lines().find(|line| line.trim().starts_with(start)).unwrap_or_default().to_owned();
    assert!(text.starts_with("miro (guests)") && line("slaHours: 900").ends_with("p.yaml:7 (manual-guests)"), "{text}");
    assert!(line("evidence").ends_with("apps/miro.yaml:15") && line("effect").ends_with("apps/miro.yaml:10"), "{text}");
    let refused = leaver(files.path(), &["show", "miro", "--population", "employees"]);
    assert!(code(&refused) == 2 && err(&refused).contains("they are guests"), "{}", err(&refused));
}

#[test]
fn findings_of_a_population_name_it_in_every_format() {
    let files = catalogue(GUESTS);
    let all = findings(files.path(), &[]);
    let [slow] = of(&all, "leaver/sla-too-long")[..] else { panic!("{all:#?}") };
    assert_eq!((&slow["name"], &slow["population"]), (&"miro".into(), &"guests".into()));
    assert!(slow["message"].as_str().is_some_and(|text| text.starts_with("miro (guests): ")), "{slow:#}");
    assert_eq!((&slow["file"], &slow["region"]["startLine"]), (&"p.yaml".into(), &7.into()));
    assert_eq!(slow["related"][0]["file"], "apps/miro.yaml");
    // A finding that guests share with the app is reported once, on the app.
    let review = of(&all, "review/no-owner");
    assert!(review.len() == 1 && review[0]["population"].is_null(), "{review:#?}");
    // The pattern of the guests has no SCIM, so the guests have no findings about SCIM.
    assert!(
        all.iter().filter(|one| one["population"] == "guests").all(|one| !one["rule"].to_string().contains("scim/")),
        "{all:#?}"
    );
    for format in
        ["full", "concise", "markdown", "jsonl", "sarif", "junit", "github", "gitlab", "azure", "rdjson", "csv"]
    {
        let text = out(&leaver(files.path(), &["check", "--select", "leaver/sla-too-long", "-o", format]));
        assert!(text.contains("guests"), "{format}: {text}");
    }
}

/// Programs read the population and the pattern from fields, so they need not parse messages.
#[test]
fn formats_with_fields_have_one_for_the_population_and_one_for_the_pattern() {
    let files = catalogue(GUESTS);
    let print = |format: &str| out(&leaver(files.path(), &["check", "-o", format]));
    let csv = print("csv");
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let heads = rows.headers().expect("a header").clone();
    let at = |head: &str| heads.iter().position(|one| one == head).expect("a column");
    let (population, pattern, message) = (at("population"), at("pattern"), at("message"));
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    assert!(rows.iter().any(|row| &row[population] == "guests" && &row[pattern] == "manual-guests"), "{csv}");
    for row in &rows {
        assert_eq!(&row[population] == "guests", row[message].contains("(guests)"), "{row:?}");
    }
    let sarif: Json = serde_json::from_str(&print("sarif")).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    assert!(
        results
            .iter()
            .any(|one| one["properties"]["population"] == "guests" && one["properties"]["pattern"] == "manual-guests")
    );
    for one in results {
        let named = one["message"]["text"].as_str().expect("text").contains("(guests)");
        assert_eq!(one["properties"]["population"] == "guests", named, "{one}");
    }
    assert!(print("junit").contains("classname=\"App/miro (guests)\""), "{}", print("junit"));
}

#[test]
fn an_app_with_mappings_for_all_populations_is_evaluated_by_population() {
    let both = "    - name: employees\n      lifecycle: {deprovision: {slaHours: 48}}\n    - name: guests\n      lifecycle: {deprovision: {slaHours: 900}}\n";
    let files = catalogue(both);
    let all = findings(files.path(), &["--select", "leaver/sla-too-long,review/no-owner"]);
    let named: Vec<(String, String)> =
        all.iter().map(|one| (one["rule"].to_string(), one["population"].to_string())).collect();
    assert!(all.iter().all(|one| one["population"].is_string()), "{named:?}");
    assert_eq!(of(&all, "leaver/sla-too-long").len(), 1, "{named:?}");
    assert_eq!(of(&all, "review/no-owner").len(), 2, "{named:?}");
    // The populations still count as one app.
    assert_eq!(report(files.path(), &[])["summary"]["apps"], report(catalogue(GUESTS).path(), &[])["summary"]["apps"]);
}

#[test]
fn faults_of_populations_have_a_place() {
    for (populations, expected_text) in [
        (
            "    - name: guests\n      pattern: manual-gusts\n",
            "apps/miro.yaml:13:16: error[schema/unknown-pattern] miro: `manual-gusts` is not a declared Pattern",
        ),
        (
            "    - guests\n    - name: guests\n",
            "apps/miro.yaml:13:7: error[schema/invalid-value] miro: the population `guests` is listed twice",
        ),
        (
            "    - name: guests\n      tier: 2\n    - name: guests\n",
            "error[schema/invalid-value] miro: the population `guests` is listed twice",
        ),
        ("    - name: robots\n", "`robots` is not a value of `name`"),
        ("    - tier: 3\n", "error[schema/missing-key]"),
        ("    - name: guests\n      lifecyle: {}\n", "did you mean `lifecycle`?"),
        ("    - name: guests\n      populations: [guests]\n", "error[schema/unknown-key]"),
        ("    - robots\n", "error[schema/invalid-value] `robots`"),
    ] {
        let files = catalogue(populations);
        let output = leaver(files.path(), &["check"]);
        let concise = out(&leaver(files.path(), &["check", "-o", "concise"]));
        assert!(
            code(&output) == 1 && (out(&output) + &concise).contains(expected_text),
            "{populations}: {}",
            out(&output)
        );
        assert_eq!(concise.matches("error[").count(), 1, "{populations}: {concise}");
    }
    // In an app without a pattern, `null` is valid only in populations. There, it removes a value.
    let null = "    - employees\n    - name: guests\n      lifecycle: {deprovision: {slaHours: null}}\n";
    assert!(of(&findings(catalogue(null).path(), &[]), "schema/invalid-value").is_empty());
    let files = catalogue(null);
    std::fs::write(files.path().join("apps/miro.yaml"), app(null).replace("slaHours: 24", "slaHours: null"))
        .expect("written");
    assert_eq!(of(&findings(files.path(), &[]), "schema/invalid-value").len(), 1);
}

#[test]
fn baselines_bases_and_waivers_distinguish_populations() {
    let files = catalogue(GUESTS);
    let only = ["--select", "leaver/sla-too-long"];
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    assert_eq!(findings(files.path(), &[&only[..], &["--since", "HEAD"]].concat()).len(), 0);
    // The app itself now has the fault that its guests already had. Its finding is new.
    let worse = app(GUESTS).replace("slaHours: 24", "slaHours: 800");
    std::fs::write(files.path().join("apps/miro.yaml"), &worse).expect("written");
    let new = findings(files.path(), &[&only[..], &["--since", "HEAD"]].concat());
    assert!(new.len() == 1 && new[0]["population"].is_null(), "{new:#?}");
    // A change of the guests' pattern leads to a new finding, too.
    std::fs::write(files.path().join("apps/miro.yaml"), app(GUESTS)).expect("written");
    std::fs::write(files.path().join("p.yaml"), PATTERN.replace("queue: IT, ", "")).expect("written");
    let new = findings(files.path(), &["--since", "HEAD", "--select", "manual,leaver"]);
    assert!(!new.is_empty() && new.iter().all(|one| one["population"] == "guests"), "{new:#?}");
    std::fs::write(files.path().join("p.yaml"), PATTERN).expect("written");
    std::fs::write(files.path().join("apps/miro.yaml"), &worse).expect("written");
    let waiver = |more: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {{name: w}}\nspec: {{rule: leaver/sla-too-long, apps: [miro], {more}reason: a long enough reason, approver: ciso, owner: t, from: 2026-11-01, expires: 2026-12-20, compensatingControl: a weekly look, ticket: T-1}}\n"
        )
    };
    for (more, open) in [("", "guests"), ("populations: [guests], ", "null")] {
        std::fs::write(files.path().join("w.yaml"), waiver(more)).expect("written");
        let all = findings(files.path(), &only);
        assert_eq!(open_populations(&all), [open], "{more}");
    }
    // The app and the guests each state 800 hours, so each finding needs its own waiver.
    for worse in [
        app(&GUESTS.replace("evidence: ticket", "evidence: ticket, slaHours: 800")),
        app(&GUESTS.replace("pattern: manual-guests\n      ", "").replace("evidence: ticket", "slaHours: 800")),
    ] {
        std::fs::write(files.path().join("apps/miro.yaml"), worse.replace("slaHours: 24", "slaHours: 800"))
            .expect("written");
        for (more, open) in [("", "guests"), ("populations: [guests], ", "null")] {
            std::fs::write(files.path().join("w.yaml"), waiver(more)).expect("written");
            assert_eq!(open_populations(&findings(files.path(), &only)), [open], "{more}: {worse}");
        }
        std::fs::remove_file(files.path().join("w.yaml")).expect("removed");
        assert_eq!(open_populations(&findings(files.path(), &only)), ["null", "guests"], "{worse}");
        // After a fix in the app, the finding in the population is not new.
        git(files.path(), &["commit", "-qam", "both"]);
        std::fs::write(files.path().join("apps/miro.yaml"), &worse).expect("written");
        assert_eq!(findings(files.path(), &[&only[..], &["--since", "HEAD"]].concat()), Vec::<Json>::new());
        assert_eq!(open_populations(&findings(files.path(), &only)), ["guests"], "{worse}");
    }
    // A finding that guests inherit from the app is reported once, but a waiver for the app does not cover the guests.
    let shared = app("    - employees\n    - name: guests\n      lifecycle: {deprovision: {evidence: ticket}}\n");
    std::fs::write(files.path().join("apps/miro.yaml"), shared.replace("slaHours: 24", "slaHours: 800"))
        .expect("written");
    assert_eq!(open_populations(&findings(files.path(), &only)), ["null"]);
    std::fs::write(files.path().join("w.yaml"), waiver("")).expect("written");
    assert_eq!(open_populations(&findings(files.path(), &only)), ["guests"]);
    std::fs::remove_file(files.path().join("w.yaml")).expect("removed");
    std::fs::write(files.path().join("apps/miro.yaml"), &worse).expect("written");
    assert_eq!(
        code(&with_git(
            files.path(),
            &[&["check", "--baseline", "b.json", "--update-baseline", "--add-to-baseline"], &only[..]].concat()
        )),
        0
    );
    let baseline = std::fs::read_to_string(files.path().join("b.json")).expect("text");
    assert!(baseline.contains("miro (guests)") && baseline.contains("\"miro\""), "{baseline}");
    assert_eq!(findings(files.path(), &[&only[..], &["--baseline", "b.json"]].concat()).len(), 0);
}
