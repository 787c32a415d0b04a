//! `leaver explain KEY` and `leaver query`.

use crate::common::{code, err, folder, leaver, out, root};

/// An argument, the texts that must be printed, and the texts that must not be printed.
const KEYS: [(&str, &[&str], &[&str]); 7] = [
    ("spec.lifecycle.deprovision", &["Stage deprovision", "slaHours", "Rules that read it"], &["Values"]),
    (
        "deprovision.owner",
        &["spec.lifecycle.deprovision.owner", "text; in App, Pattern", "jit/no-deprovision-owner"],
        &["jit/no-update-owner"],
    ),
    ("mode", &["spec.provisioning.mode", "jit", "Just in time"], &["Keys"]),
    ("System.spec.kind", &["idp", "in System"], &["in App"]),
    ("waiver.spec.expires", &["spec.expires\n", "in Waiver", "waiver/expired"], &["in App"]),
    ("spec.nonHuman[0].expires", &["spec.nonHuman.[].expires", "credential/"], &[]),
    ("team.spec.members", &["owner/person-not-team"], &[]),
];

#[test]
fn a_key_is_explained_by_any_of_its_names() {
    for (word, wanted, unwanted) in KEYS {
        let output = leaver(&root(), &["explain", word]);
        assert_eq!(code(&output), 0, "{word}: {}", err(&output));
        let text = out(&output);
        for part in wanted {
            assert!(text.contains(part), "{word}: {part} in\n{text}");
        }
        for part in unwanted {
            assert!(!text.contains(part), "{word}: no {part} in\n{text}");
        }
    }
}

#[test]
fn an_unknown_key_gets_a_suggestion() {
    for (word, near) in [
        ("deprovision.ownr", "spec.lifecycle.deprovision.owner"),
        ("spec.lifecycl.update", "spec.lifecycle.update"),
        ("metadata.ownr", "metadata.owner"),
    ] {
        let output = leaver(&root(), &["explain", word]);
        assert_eq!(code(&output), 2);
        assert!(err(&output).contains(&format!("did you mean `{near}`?")), "{}", err(&output));
    }
    // Rules and groups have their own errors.
    assert!(err(&leaver(&root(), &["explain", "jit/no-updat-owner"])).contains("did you mean `jit/no-update-owner`?"));
    assert!(err(&leaver(&root(), &["explain", "jit"])).contains("is a group of rules"));
}

/// Two apps, one of which uses a pattern.
const CATALOGUE: &str = "apiVersion: leaver/v1\nkind: Pattern\nmetadata: {name: tickets, owner: identity}\nspec:\n  tier: 2\n  lifecycle: {deprovision: {via: ticket, owner: identity, slaHours: 48}}\n---\napiVersion: leaver/v1\nkind: App\nmetadata: {name: crm, owner: sales-ops}\nspec: {pattern: tickets}\n---\napiVersion: leaver/v1\nkind: App\nmetadata: {name: wiki, owner: it-ops}\nspec: {tier: 3, lifecycle: {deprovision: {slaHours: 4}}}\n";

#[test]
fn a_query_evaluates_effective_declarations() {
    let here = folder(&[("apps/all.yaml", CATALOGUE)]);
    let slow = "some app, it in data.leaver.catalogue.App; it.spec.lifecycle.deprovision.slaHours > 24";
    let ask = |args: &[&str]| {
        let output = leaver(here.path(), &[&["query"], args].concat());
        (code(&output), out(&output), err(&output))
    };
    let (status, text, _) = ask(&[slow, "-o", "json"]);
    assert_eq!(status, 0);
    let found: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(found["results"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["results"][0]["bindings"]["app"], "crm");
    let schema = std::fs::read_to_string(root().join("schemas/query.schema.json")).expect("text");
    let schema: serde_json::Value = serde_json::from_str(&schema).expect("JSON");
    assert!(jsonschema::is_valid(&schema, &found), "{text}");

    // The columns of the answer do not depend on the entries that match.
    for (query, apps) in [
        ("some app, it in data.leaver.catalogue.App; it.spec.tier > 2", "app\r\nwiki\r\n"),
        ("some app, it in data.leaver.catalogue.App; it.spec.tier < 3", "app\r\ncrm\r\n"),
        ("some app, _ in data.leaver.catalogue.App; data.leaver.catalogue.App[app].spec.tier > 2", "app\r\nwiki\r\n"),
        ("data.leaver.catalogue.App[app].spec.tier > 2", "app\r\nwiki\r\n"),
        (
            "tier := data.leaver.catalogue.App[app].spec.tier; tier > 2; some pattern, _ in data.leaver.catalogue.Pattern",
            "app,pattern,tier\r\nwiki,tickets,3\r\n",
        ),
    ] {
        let (_, csv, _) = ask(&[&query.replace("some app, it", "some app, _it").replace(" it.", " _it."), "-o", "csv"]);
        assert_eq!(csv, apps, "{query}");
    }
    assert_eq!(ask(&["count(data.leaver.catalogue.App)"]), (0, "2\n".to_owned(), String::new()));
    assert_eq!(ask(&["data.leaver.catalogue.App.nope"]).1, "no result\n");
    let (_, csv, _) = ask(&["tier := data.leaver.catalogue.App[app].spec.tier", "-o", "csv"]);
    assert_eq!(csv, "app,tier\r\ncrm,2\r\nwiki,3\r\n");
    // Queries can use rules, and the output is escaped.
    let (_, text, _) = ask(&[
        "some app, it in data.leaver.catalogue.App; count(data.policies.catalogue[\"no-mode\"].findings) > 0 with input as it; owner := it.metadata.owner",
    ]);
    assert!(text.contains("crm") && text.contains("wiki") && text.contains("2 results"), "{text}");
    let (_, text, _) = ask(&["x := \"a\\u202eb\\u001b[31m\"; y := 1"]);
    assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text}");
}

#[test]
fn a_failed_query_reports_the_reason() {
    let here = folder(&[("apps/all.yaml", CATALOGUE)]);
    for (query, reason) in [
        ("some bar", ""),
        ("foo(", "cannot answer the query"),
        ("x := 1 / 0", "cannot answer the query"),
        (
            "count([1 | some i in numbers.range(1, 9000); some j in numbers.range(1, 9000); i * j < 0])",
            "took longer than 1",
        ),
    ] {
        let output = leaver(here.path(), &["query", "--timeout", "1", query]);
        let text = err(&output);
        if !reason.is_empty() {
            assert_eq!(code(&output), 2, "{query}: {}", out(&output));
            assert!(text.contains(reason) && text.contains("help: "), "{query}: {text}");
        }
        assert!(!text.contains("Error(") && !text.contains("panicked"), "{text}");
    }
    // The answer would be wrong if leaver could read only a part of the catalogue.
    let broken =
        folder(&[("apps/all.yaml", CATALOGUE), ("apps/b.yaml", "apiVersion: leaver/v1\nkind: App\nmetadata: [")]);
    let output = leaver(broken.path(), &["query", "count(data.leaver.catalogue.App)"]);
    assert_ne!(code(&output), 0, "{}", out(&output));
}
