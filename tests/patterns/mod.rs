//! Patterns end to end: findings in an app do not depend on where its values are written, and the place of each finding is where the value is
//! written.

mod derived;
mod faulty;
mod listed;
mod pages;
mod populations;
mod shown;
mod sign_ons;

use std::{collections::BTreeMap, path::Path};

use serde_json::Value as Json;
use serde_yaml::{Mapping, Value};

use crate::common::{code, err, folder, git, leaver, out, root, with_git};

const TEAM: &str =
    "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: t}\nspec: {members: [ada@example.com, grace@example.com]}\n";

fn report(folder: &Path, arguments: &[&str]) -> Json {
    let output = with_git(folder, &[&["check", "-o", "json", "--exit-zero"], arguments].concat());
    serde_json::from_str(&out(&output)).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn findings(folder: &Path, arguments: &[&str]) -> Vec<Json> {
    let mut report = report(folder, arguments);
    assert_eq!(report["summary"]["failures"], 0, "{report:#}");
    serde_json::from_value(report["findings"].take()).expect("a list")
}

/// A small random number generator, so that the cases are the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Distributes the keys of a mapping at random to an app and its pattern. If both get a key, the app overrides the value of the pattern.
fn split(whole: &Mapping, numbers: &mut Numbers) -> (Mapping, Mapping) {
    let (mut own, mut pattern) = (Mapping::new(), Mapping::new());
    for (key, value) in whole {
        match (numbers.below(5), value) {
            (0, _) => drop(own.insert(key.clone(), value.clone())),
            (1, _) => drop(pattern.insert(key.clone(), value.clone())),
            (_, Value::Mapping(inner)) if !inner.is_empty() => {
                let (mine, theirs) = split(inner, numbers);
                // An app gets no empty mapping, because findings about missing keys would be placed there.
                if !mine.is_empty() || theirs.is_empty() {
                    own.insert(key.clone(), Value::Mapping(mine));
                }
                pattern.insert(key.clone(), Value::Mapping(theirs));
            }
            (2, Value::Bool(flag)) => {
                own.insert(key.clone(), value.clone());
                pattern.insert(key.clone(), Value::Bool(!flag));
            }
            (2, Value::Sequence(items)) => {
                own.insert(key.clone(), value.clone());
                // A list of sign-ons must have at least one item.
                let least = usize::from(key == "signOn");
                pattern.insert(key.clone(), Value::Sequence(items.iter().take(least).cloned().collect()));
            }
            (3, _) => drop(own.insert(key.clone(), value.clone())),
            _ => drop(pattern.insert(key.clone(), value.clone())),
        }
    }
    (own, pattern)
}

fn map(entries: [(&str, Value); 4]) -> Value {
    Value::Mapping(entries.into_iter().map(|(key, value)| (Value::from(key), value)).collect())
}

/// The findings except those about patterns, each as one line with the values that must be equal.
fn rows(all: &[Json]) -> Vec<String> {
    let mut rows: Vec<String> = all
        .iter()
        .filter(|one| one["kind"] != "Pattern" && !one["rule"].as_str().expect("a rule").starts_with("pattern/"))
        .map(|one| {
            let keys = ["rule", "kind", "name", "address", "message", "severity", "fix", "exists", "fingerprint"];
            keys.map(|key| one[key].to_string()).join(" ")
        })
        .collect();
    rows.sort();
    rows
}

#[test]
fn an_app_with_a_pattern_has_the_same_findings_as_in_one_piece() {
    let files = |part: &str| -> BTreeMap<String, String> {
        let entries = std::fs::read_dir(root().join("examples").join(part)).expect("a folder");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let yaml = paths.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
        yaml.map(|path| {
            let name = format!("{part}/{}", path.file_name().expect("a name").to_string_lossy());
            (name, std::fs::read_to_string(path).expect("text"))
        })
        .collect()
    };
    let mut all: BTreeMap<String, String> = files("clean").into_iter().chain(files("broken")).collect();
    all.retain(|name, _| !name.ends_with("leaver.yaml"));
    let own = std::fs::read_to_string(root().join("examples/patterns.yaml")).expect("text");
    all.insert("examples.yaml".into(), own);
    let lay = |all: &BTreeMap<String, String>| {
        let mut files: Vec<(&str, &str)> = all.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        files.push(("leaver.yaml", "version: 1\n"));
        folder(&files)
    };
    let found = findings(lay(&all).path(), &[]);
    // An invalid declaration stays in one piece, since its findings are about its text.
    let misshapen = |name: &String| {
        let of = |one: &&Json| one["file"] == name.as_str();
        found.iter().filter(of).any(|one| one["rule"].as_str().is_some_and(|rule| rule.starts_with("schema/")))
    };
    let misshapen: Vec<String> = all.keys().filter(|name| misshapen(name)).cloned().collect();
    let whole = rows(&found);
    assert!(whole.len() > 100, "{}", whole.len());
    for seed in 1..4 {
        let mut numbers = Numbers(seed);
        let (mut parts, mut patterns, mut split_apps) = (BTreeMap::new(), String::new(), 0);
        for (name, text) in &all {
            if misshapen.contains(name) {
                parts.insert(name.clone(), text.clone());
                continue;
            }
            let mut page = String::new();
            for document in serde_yaml::Deserializer::from_str(text) {
                let mut value: Value = serde::Deserialize::deserialize(document).unwrap_or(Value::Null);
                value.apply_merge().expect("merge keys");
                let spec = value.get("spec").and_then(Value::as_mapping).cloned().filter(|spec| !spec.is_empty());
                if let Some(mut spec) = spec.filter(|_| value["kind"] == "App") {
                    let named = spec.remove("pattern");
                    let (mut own, theirs) = split(&spec, &mut numbers);
                    let (near, mut far) = split(&theirs, &mut numbers);
                    far.extend(named.map(|pattern| ("pattern".into(), pattern)));
                    let id = format!("p{split_apps}");
                    own.insert("pattern".into(), id.as_str().into());
                    value["spec"] = Value::Mapping(own);
                    let named = |name: &str| Value::Mapping([("name".into(), name.into())].into_iter().collect());
                    let base = format!("{id}-base");
                    let mut near = near;
                    near.insert("pattern".into(), base.as_str().into());
                    for (name, spec) in [(&id, near), (&base, far)] {
                        let pattern = map([
                            ("apiVersion", "leaver/v1".into()),
                            ("kind", "Pattern".into()),
                            ("metadata", named(name)),
                            ("spec", Value::Mapping(spec)),
                        ]);
                        patterns.push_str(&format!("---\n{}", serde_yaml::to_string(&pattern).expect("YAML")));
                    }
                    split_apps += 1;
                }
                page.push_str(&format!("---\n{}", serde_yaml::to_string(&value).expect("YAML")));
            }
            parts.insert(name.clone(), if page.contains("pattern: p") { page } else { text.clone() });
        }
        assert!(split_apps > 20, "{split_apps}");
        parts.insert("patterns.yaml".into(), patterns);
        let found = rows(&findings(lay(&parts).path(), &[]));
        let (missing, more): (Vec<_>, Vec<_>) = (
            whole.iter().filter(|line| !found.contains(line)).collect(),
            found.iter().filter(|line| !whole.contains(line)).collect(),
        );
        assert!(missing.is_empty() && more.is_empty(), "seed {seed}: {missing:#?} {more:#?}");
    }
}

/// A catalogue with a pattern in its own file and a few apps that use it.
fn catalogue(apps: &[&str], sla: u32) -> tempfile::TempDir {
    let pattern = pattern(sla);
    let mut files = vec![("leaver.yaml".to_owned(), "version: 1\n".to_owned()), ("teams.yaml".into(), TEAM.into())];
    files.push(("patterns/scim.yaml".into(), pattern));
    files.extend(apps.iter().map(|name| (format!("apps/{name}.yaml"), app(name))));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    folder(&files)
}

fn pattern(sla: u32) -> String {
    format!(
        "apiVersion: leaver/v1\r\nkind: Pattern\r\nmetadata: {{name: okta-scim, owner: t}}\r\nspec:\r\n  sourceOfTruth: workday\r\n  provisioning: {{mode: scim}}\r\n  lifecycle:\r\n    deprovision: {{owner: t, via: scim, slaHours: {sla}}}\r\n"
    )
}

fn app(name: &str) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: {name}, owner: t}}\nspec:\n  pattern: okta-scim\n  tier: 3\n"
    )
}

/// The same app without a pattern.
fn in_one_piece(name: &str, sla: u32) -> String {
    let pattern = pattern(sla).replace("\r\n", "\n");
    app(name).replace("  pattern: okta-scim\n", "") + pattern.split_once("spec:\n").expect("a spec").1
}

#[test]
fn a_declaration_that_cannot_be_merged_is_an_error_with_a_place() {
    let cases = [
        (
            "pattern: okta-scmi",
            "apps/miro.yaml:5:12: error[schema/unknown-pattern] miro: `okta-scmi` is not a declared Pattern",
        ),
        ("pattern: [okta-scim]", "apps/miro.yaml:5:3: error[schema/invalid-value] `pattern` is a list"),
        ("pattern: null", "apps/miro.yaml:5:12: error[schema/invalid-value] `pattern` is empty"),
        ("pattern: ''", "apps/miro.yaml:5:12: error[schema/invalid-value]"),
        ("pattern: t", "apps/miro.yaml:5:12: error[schema/unknown-pattern] miro: `t` is not a declared Pattern"),
    ];
    for (line, expected_text) in cases {
        let files = catalogue(&["miro"], 24);
        std::fs::write(files.path().join("apps/miro.yaml"), app("miro").replace("pattern: okta-scim", line))
            .expect("written");
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        assert_eq!(code(&output), 1, "{line}: {}", out(&output));
        assert!(out(&output).contains(expected_text), "{line}: {}", out(&output));
        // The app is incomplete and not evaluated, so it has no other finding.
        assert_eq!(out(&output).matches("apps/miro.yaml").count(), 1, "{line}: {}", out(&output));
    }
    let files = catalogue(&["miro"], 24);
    std::fs::write(files.path().join("apps/miro.yaml"), app("miro").replace("okta-scim", "okta-scmi"))
        .expect("written");
    assert!(out(&leaver(files.path(), &["check"])).contains("did you mean `okta-scim`?"));
    let endless = pattern(24).replace("spec:\r\n", "spec:\r\n  pattern: okta-scim\r\n");
    let files = catalogue(&["miro"], 24);
    std::fs::write(files.path().join("patterns/scim.yaml"), endless).expect("written");
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    assert!(
        code(&output) == 1 && out(&output).contains("patterns/scim.yaml:5:12: error[schema/endless-pattern]"),
        "{}",
        out(&output)
    );
    assert!(!out(&output).contains("apps/miro.yaml"), "{}", out(&output));
}

#[test]
fn an_invalid_pattern_is_reported_once_with_the_apps_that_are_skipped() {
    let files = catalogue(&["miro", "figma"], 9999);
    let output = leaver(files.path(), &["check"]);
    assert_eq!(code(&output), 1);
    assert_eq!(out(&output).matches("error[").count(), 1, "{}", out(&output));
    assert!(out(&output).contains("2 apps that use it are not evaluated until this is fixed"), "{}", out(&output));
}

#[test]
fn null_removes_inherited_values_only() {
    let files = catalogue(&["miro"], 900);
    let path = files.path().join("apps/miro.yaml");
    let slow = |files: &Path| findings(files, &["--select", "leaver/sla-too-long"]).len();
    assert_eq!(slow(files.path()), 1);
    std::fs::write(&path, app("miro") + "  lifecycle: {deprovision: {slaHours: null}}\n").expect("written");
    assert_eq!(slow(files.path()), 0);
    std::fs::write(&path, app("miro") + "  lifecycle: null\n").expect("written");
    assert_eq!(slow(files.path()), 0);
    let alone = app("miro").replace("  pattern: okta-scim\n", "") + "  lifecycle: {deprovision: {slaHours: null}}\n";
    std::fs::write(&path, alone).expect("written");
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    assert!(code(&output) == 1 && out(&output).contains("schema/invalid-value"), "{}", out(&output));
    // List items are never merged, so an item must be complete.
    std::fs::write(&path, app("miro") + "  roles: [{name: null}]\n").expect("written");
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    assert!(code(&output) == 1 && out(&output).contains("schema/invalid-value"), "{}", out(&output));
}

#[test]
fn a_finding_on_an_inherited_value_shows_the_pattern_and_the_app() {
    let files = catalogue(&["miro", "figma"], 900);
    let all = findings(files.path(), &[]);
    let slow: Vec<&Json> = all.iter().filter(|one| one["rule"] == "leaver/sla-too-long").collect();
    assert_eq!(slow.len(), 2);
    for (one, name) in slow.iter().zip(["figma", "miro"]) {
        assert_eq!((&one["file"], &one["region"]["startLine"]), (&"patterns/scim.yaml".into(), &8.into()));
        assert_eq!(one["name"], name);
        assert_eq!(one["related"][0]["file"], format!("apps/{name}.yaml"));
        assert_eq!(one["related"][0]["region"]["startLine"], 5);
    }
    let review: Vec<&Json> = all.iter().filter(|one| one["rule"] == "review/no-owner").collect();
    assert_eq!(review.len(), 2);
    for (one, name) in review.iter().zip(["figma", "miro"]) {
        assert_eq!((&one["file"], &one["region"]["startLine"]), (&format!("apps/{name}.yaml").into(), &5.into()));
        assert_eq!(one["exists"], false);
        assert_eq!(
            (&one["related"][0]["file"], &one["related"][0]["region"]["startLine"]),
            (&"patterns/scim.yaml".into(), &7.into())
        );
    }
}

#[test]
fn a_path_to_a_pattern_reports_on_its_apps() {
    let files = catalogue(&["miro", "figma"], 900);
    std::fs::write(files.path().join("apps/alone.yaml"), in_one_piece("alone", 900)).expect("written");
    let all = findings(files.path(), &[]);
    let of = |name: &str| all.iter().filter(|one| one["name"] == name).cloned().collect::<Vec<_>>();
    assert!(!of("alone").is_empty());
    assert_eq!(findings(files.path(), &["patterns/scim.yaml"]).len(), of("miro").len() + of("figma").len());
    assert_eq!(findings(files.path(), &["patterns"]).len(), of("miro").len() + of("figma").len());
    assert_eq!(findings(files.path(), &["apps/miro.yaml"]), of("miro"));
    assert_eq!(findings(files.path(), &["teams.yaml"]), Vec::<Json>::new());
}

#[test]
fn since_reports_findings_that_a_changed_pattern_adds() {
    const RULE: [&str; 2] = ["--select", "leaver/sla-too-long"];
    let files = catalogue(&["miro", "figma"], 24);
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    assert_eq!(findings(files.path(), &["--since", "HEAD"]).len(), 0);
    std::fs::write(files.path().join("patterns/scim.yaml"), pattern(900)).expect("written");
    for arguments in
        [&["--since", "HEAD"][..], &["--since", "HEAD", "patterns"], &["--since", "HEAD", "apps/miro.yaml"]]
    {
        let new = findings(files.path(), &[&RULE[..], arguments].concat());
        assert!(new.iter().all(|one| one["rule"] == "leaver/sla-too-long"), "{new:#?}");
        assert_eq!(new.len(), if arguments.last() == Some(&"apps/miro.yaml") { 1 } else { 2 });
    }
    git(files.path(), &["add", "-A"]);
    assert_eq!(findings(files.path(), &[&RULE[..], &["--staged", "--since", "HEAD"]].concat()).len(), 2);
    git(files.path(), &["commit", "-qm", "slow"]);
    // The app now states the pattern's values itself, but its findings are not new.
    std::fs::write(files.path().join("apps/miro.yaml"), in_one_piece("miro", 900)).expect("written");
    let new = findings(files.path(), &["--since", "HEAD"]);
    assert!(new.is_empty(), "{new:#?}");
    assert!(err(&with_git(files.path(), &["check", "--since", "HEAD"])).is_empty());
}

#[test]
fn a_large_pattern_below_many_apps_is_refused_and_the_rest_is_checked() {
    let many: String = (0..450).map(|at| format!("{{name: k{at}, kind: api-key}}, ")).collect();
    let mut text = format!(
        "apiVersion: leaver/v1\nkind: Pattern\nmetadata: {{name: large, owner: t}}\nspec: {{nonHuman: [{many}]}}\n"
    );
    for at in 0..3_000 {
        text.push_str(&format!(
            "---\napiVersion: leaver/v1\nkind: App\nmetadata: {{name: a{at}}}\nspec: {{pattern: large}}\n"
        ));
    }
    let files = folder(&[
        ("leaver.yaml", "version: 1\n"),
        ("large.yaml", &text),
        ("alone.yaml", &in_one_piece("alone", 900)),
        ("teams.yaml", TEAM),
    ]);
    let output = leaver(files.path(), &["check", "-o", "concise", "--select", "leaver/sla-too-long"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(out(&output).contains("failure[limit] inherited values exceed the limit"), "{}", out(&output));
    assert!(out(&output).contains("alone: `deprovision` may take 900 h"), "{}", out(&output));
    // Skipped apps are not counted as checked.
    std::fs::write(files.path().join("alone.yaml"), in_one_piece("alone", 24)).expect("written");
    let text = out(&leaver(files.path(), &["check", "--select", "leaver/sla-too-long"]));
    let before = |end: &str| {
        let start = text.split(end).next().unwrap_or_default();
        let number = start.rsplit(' ').next().unwrap_or_default().replace(',', "");
        number.parse::<usize>().unwrap_or_else(|_| panic!("{end}: {text}"))
    };
    assert!(text.contains("nothing found in the rest"), "{text}");
    assert_eq!(before(" declarations not checked") + before(" apps and 2 other declarations"), 3_001, "{text}");
}
