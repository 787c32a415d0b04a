//! `leaver show` and `leaver list`: effective values, and where they are written.

use leaver::schema::Shape;
use serde_json::Value as Json;

use super::{app, catalogue, in_one_piece};
use crate::common::{code, err, leaver, out, root};

fn cells(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()).collect()
}

#[test]
fn show_prints_each_value_with_its_place() {
    let files = catalogue(&["miro"], 24);
    let path = files.path().join("apps/miro.yaml");
    std::fs::write(&path, app("miro") + "  lifecycle: {deprovision: {slaHours: 4}}\n").expect("written");
    let text = out(&leaver(files.path(), &["show", "miro"]));
    let line = |start: &str| text.lines().find(|line| line.trim().starts_with(start)).unwrap_or_default().to_owned();
    assert!(line("slaHours: 4").ends_with("apps/miro.yaml:7"), "{text}");
    assert!(line("via: scim").ends_with("patterns/scim.yaml:8 (okta-scim)"), "{text}");
    assert!(line("tier: 3").ends_with("apps/miro.yaml:6"), "{text}");
    // The output for tools is the same as for an app without patterns.
    let alone = in_one_piece("alone", 4).replace("name: alone", "name: miro");
    std::fs::write(files.path().join("apps/alone.yaml"), in_one_piece("alone", 4)).expect("written");
    let json = |name: &str| -> Json {
        serde_json::from_str(&out(&leaver(files.path(), &["show", name, "-o", "json"]))).expect("JSON")
    };
    let (mut one, other) = (json("alone"), json("miro"));
    one["metadata"]["name"] = "miro".into();
    assert_eq!(one, other);
    let yaml: Json = serde_yaml::from_str(&out(&leaver(files.path(), &["show", "miro", "-o", "yaml"]))).expect("YAML");
    assert_eq!(yaml, other);
    // If the app states all values itself, it has equally many findings.
    std::fs::remove_file(files.path().join("apps/alone.yaml")).expect("removed");
    let before = out(&leaver(files.path(), &["check", "-o", "csv"]));
    let count = before.lines().filter(|line| line.contains(",miro,")).count();
    std::fs::write(&path, alone).expect("written");
    let after = out(&leaver(files.path(), &["check", "-o", "csv"]));
    assert_eq!(after.lines().filter(|line| line.contains(",miro,")).count(), count);
}

#[test]
fn show_reports_declarations_that_it_cannot_show() {
    let files = catalogue(&["miro"], 24);
    let refused = |name: &str, expected_text: &str| {
        let output = leaver(files.path(), &["show", name]);
        assert!(
            code(&output) == 2 && out(&output).is_empty() && err(&output).contains(expected_text),
            "{}",
            err(&output)
        );
    };
    refused("mira", "did you mean `miro`?");
    refused("t", "there is no app or pattern `t`");
    let path = files.path().join("apps/miro.yaml");
    std::fs::write(&path, app("miro").replace("okta-scim", "okta")).expect("written");
    refused("miro", "`okta` is not a declared Pattern");
    std::fs::write(&path, app("miro").replace("tier: 3", "tier: 9")).expect("written");
    refused("miro", "`tier` is 9");
    std::fs::write(files.path().join("patterns/scim.yaml"), super::pattern(99_999)).expect("written");
    std::fs::write(&path, app("miro")).expect("written");
    refused("miro", "`slaHours` is 99999");
}

#[test]
fn list_selects_sorts_and_shows_effective_values() {
    let files = catalogue(&["miro", "figma", "zoom"], 24);
    std::fs::write(
        files.path().join("apps/zoom.yaml"),
        app("zoom").replace("tier: 3", "tier: 1") + "  lifecycle: {deprovision: {owner: null}}\n",
    )
    .expect("written");
    std::fs::write(files.path().join("apps/plain.yaml"), "apiVersion: leaver/v1\nkind: App\nmetadata: {name: plain, owner: other}\nspec: {tier: 2, provisioning: {mode: none}, populations: [employees, guests]}\n")
        .expect("written");
    let list = |arguments: &[&str]| {
        let output = leaver(files.path(), &[&["list"], arguments].concat());
        assert_eq!(code(&output), 0, "{}", err(&output));
        out(&output)
    };
    let names = |arguments: &[&str]| -> Vec<String> {
        let text = list(&[arguments, &["--columns", "name", "-o", "csv"]].concat());
        text.lines().skip(1).map(str::to_owned).collect()
    };
    assert_eq!(names(&[]), ["figma", "miro", "plain", "zoom"]);
    assert_eq!(names(&["--mode", "scim"]), ["figma", "miro", "zoom"]);
    assert_eq!(names(&["--owner", "other"]), ["plain"]);
    assert_eq!(names(&["--where", "tier=3"]), ["figma", "miro"]);
    assert_eq!(names(&["--where", "tier=3", "--where", "name=miro"]), ["miro"]);
    assert_eq!(names(&["--where", "pattern=okta-scim", "--missing", "deprovision.owner"]), ["zoom"]);
    assert_eq!(names(&["--missing", "spec.lifecycle.deprovision.owner"]), ["plain", "zoom"]);
    assert_eq!(names(&["--where", "populations=guests"]), ["plain"]);
    assert_eq!(names(&["--sort", "tier"]), ["zoom", "plain", "figma", "miro"]);
    assert_eq!(names(&["--sort", "deprovision.slaHours"]), ["figma", "miro", "zoom", "plain"]);
    assert!(list(&["--owner", "nobody"]).starts_with("0 of 4 apps"));
    let text = list(&["--columns", "name,tier,deprovision.slaHours", "--mode", "scim"]);
    assert_eq!(cells(&text)[1], ["figma", "3", "24"], "{text}");
    let json: Json = serde_json::from_str(&list(&["-o", "json", "--columns", "tier,populations"])).expect("JSON");
    assert_eq!(json["apps"][2]["values"]["spec.populations"], serde_json::json!(["employees", "guests"]));
    let schema = std::fs::read_to_string(root().join("schemas/list.schema.json")).expect("a schema");
    let shape = Shape::compile("list", &schema).expect("a schema");
    let text = json.to_string();
    let file = leaver::source::SourceFile::new("list.json", text.as_str());
    let parsed = leaver::source::parse(&file, &leaver::source::YamlLimits::default());
    assert!(shape.check(&text, &parsed.documents[0].root).is_empty());
    for (argument, expected_text) in [
        ("--where=tier", "is not KEY=VALUE"),
        ("--columns=owner,shoe", "`shoe` is not a key of an App"),
        ("--sort=..", "not a key"),
        ("--missing=apiVersion", "not a key"),
    ] {
        let output = leaver(files.path(), &["list", argument]);
        assert!(code(&output) == 2 && err(&output).contains(expected_text), "{argument}: {}", err(&output));
    }
}

#[test]
fn list_hides_no_app_and_is_harmless_in_every_format() {
    let files = catalogue(&["miro"], 24);
    let hostile = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: evil, title: \"=cmd()|\\e[31m\\n<b>\", owner: t}\nspec: {tier: 9, signOn: {appId: ghp_abcdefghijklmnopqrstuvwxyz0123456789}}\n";
    std::fs::write(files.path().join("apps/evil.yaml"), hostile).expect("written");
    for format in ["text", "csv", "json", "markdown"] {
        let output = leaver(files.path(), &["list", "--columns", "name,title,signOn.appId", "-o", format]);
        let text = out(&output);
        assert_eq!(code(&output), 0);
        assert!(text.contains("evil") && text.contains("miro"), "{format}: {text}");
        assert!(!text.contains("ghp_abc") && !text.contains('\u{1b}'), "{format}: {text}");
        assert!(err(&output).contains("1 app with errors"), "{}", err(&output));
    }
    let long = app("miro").replace("owner: t", &format!("owner: t, title: {}", "long ".repeat(30)));
    std::fs::write(files.path().join("apps/miro.yaml"), long).expect("written");
    let text = out(&leaver(files.path(), &["list", "--columns", "name,title,owner,tier,mode,pattern"]));
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}
