//! `leaver waive` writes a valid waiver, or nothing.

use std::path::Path;

use crate::common::{CLEAN, FAULTY, code, err, folder, leaver, out};

const REST: [&str; 6] = ["--reason", "moves", "--approver", "ciso", "--expires", "2027-01-31"];

fn waive(root: &Path, arguments: &[&str]) -> (i32, String) {
    let output = leaver(root, &[&["waive"], arguments].concat());
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

fn files() -> tempfile::TempDir {
    let box_ = FAULTY.replace("vendor: in-house", "vendor: Box").replace(
        "{name: box, owner: t",
        "{name: box, owner: t, title: Box Archive, aliases: [files], labels: {wave: '2'}",
    );
    assert!(box_.contains("Box Archive") && box_.contains("vendor: Box"), "{box_}");
    let boxed =
        box_.split("---\n").next().expect("the app").replace("name: box,", "name: box-eu,").replace("Archive", "EU");
    folder(&[
        ("leaver.yaml", "version: 1\n"),
        ("a.yaml", &box_),
        ("b.yaml", CLEAN),
        ("c.yaml", &boxed.replace("wave: '2'", "wave: '3'")),
    ])
}

fn written(root: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(root.join("waivers")) else { return Vec::new() };
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn waivers_that_match_nothing_are_refused() {
    let files = files();
    for (arguments, expected_text) in [
        (&["jit/no-review-owner", "box"][..], "`jit/no-review-owner` has no finding in `box`"),
        (&["jit/no-update-owner", "slack"], "`jit/no-update-owner` has no finding in `slack`"),
        (
            &["jit/no-update-owner", "box", "--path", "spec.provisioning"],
            "`jit/no-update-owner` has no finding in `box` at or below `spec.provisioning`",
        ),
        (&["jit/no-update-owner", "--vendor", "slack"], "no app has the vendor `slack`"),
        (&["jit/no-update-owner", "--label", "wave=9"], "no app has the label `wave: 9`"),
        (&["jit/no-update-owner", "box", "--vendor", "slack"], "no app has the vendor `slack`"),
        (&["jit/no-update-owner", "--label", "wave"], "write it as KEY=VALUE"),
        (&["jit/no-update-owner"], "required"),
        (&["jit/no-update-owner", "--vendor", "box", "--max-apps", "1"], "2 apps match, but --max-apps allows 1"),
    ] {
        let (status, text) = waive(files.path(), &[arguments, &REST].concat());
        assert!(status == 2 && text.contains(expected_text), "{arguments:?}: {status} {text}");
        assert_eq!(written(files.path()), Vec::<String>::new(), "{arguments:?}");
    }
    let off = "version: 1\nrules: {jit/no-update-owner: {severity: off}}\n";
    std::fs::write(files.path().join("leaver.yaml"), off).expect("written");
    let (status, text) = waive(files.path(), &[&["jit/no-update-owner", "box"], &REST[..]].concat());
    assert!(status == 2 && text.contains("the rule is off"), "{text}");
    // It is enough that one of several apps has the finding. A note names the others.
    std::fs::write(files.path().join("leaver.yaml"), "version: 1\n").expect("written");
    let (status, text) = waive(files.path(), &[&["jit/no-update-owner", "box", "slack"], &REST[..]].concat());
    assert!(status == 0 && text.contains("note: `jit/no-update-owner` has no finding in `slack`"), "{text}");
}

/// The limit is a parameter of `waiver/too-long`. It applies at every severity of the rule, but not if the rule is off.
#[test]
fn waivers_longer_than_the_profile_allows_are_refused() {
    for (config, expires, allowed) in [
        ("version: 1\n", "2027-05-24", true),
        ("version: 1\n", "2027-05-25", false),
        ("version: 1\nrules: {waiver/too-long: {params: {maxDays: 30}}}\n", "2027-05-24", false),
        ("version: 1\nrules: {waiver/too-long: {severity: info}}\n", "2027-05-25", false),
        ("version: 1\nrules: {waiver/too-long: {severity: off}}\n", "2028-05-25", true),
    ] {
        let files = files();
        std::fs::write(files.path().join("leaver.yaml"), config).expect("written");
        let rest = ["--reason", "moves", "--approver", "ciso", "--expires", expires];
        let (status, text) = waive(files.path(), &[&["jit/no-update-owner", "box"], &rest[..]].concat());
        assert_eq!(
            (status == 0, status == 2 && text.contains("[waiver/too-long]")),
            (allowed, !allowed),
            "{config}{expires}: {text}"
        );
        assert_eq!(written(files.path()).is_empty(), !allowed, "{text}");
    }
}

#[test]
fn unknown_apps_get_a_suggestion() {
    let files = files();
    for (word, near) in [
        ("bxo", "box"),
        ("slak", "slack"),
        ("Box Archive", "box"),
        ("files", "box"),
        ("sla", "slack"),
        ("slack-prod", "slack"),
        ("BOX-EU", "box-eu"),
    ] {
        let (status, text) = waive(files.path(), &[&["jit/no-update-owner", word], &REST[..]].concat());
        let expected_text = format!("did you mean `{near}`?");
        assert!(
            status == 2 && text.contains(&format!("there is no app `{word}`")) && text.contains(&expected_text),
            "{word}: {text}"
        );
    }
}

/// The waiver is in force at once, for exactly the apps that match now.
#[test]
fn waivers_by_label_and_vendor_are_written() {
    for (selector, waived) in [
        (&["--label", "wave=2"][..], &["a"][..]),
        (&["--vendor", "BOX"], &["a", "c"]),
        (&["--vendor", "box", "--label", "wave=3"], &["c"]),
        (&["box", "box-eu", "--label", "wave=3"], &["c"]),
    ] {
        let files = files();
        let (status, text) = waive(files.path(), &[&["jit/no-update-owner"], selector, &REST[..]].concat());
        assert_eq!(status, 0, "{selector:?}: {text}");
        let output = out(&leaver(files.path(), &["check", "-o", "concise"]));
        let found: Vec<&str> =
            output.lines().filter(|line| line.contains(": waived ")).map(|line| &line[..1]).collect();
        assert_eq!(found, waived, "{selector:?}: {output}");
        assert!(!output.contains("[waiver/"), "{selector:?}: {output}");
        let name = written(files.path()).pop().expect("a file");
        let text = std::fs::read_to_string(files.path().join("waivers").join(name)).expect("text");
        let max = format!("maxApps: {}\n", waived.len());
        assert_eq!(text.contains(&max), selector[0].starts_with("--"), "{text}");
    }
}

/// An app with employees, guests and contractors. The guests and the contractors violate the limit of a rule.
fn catalogue_with_populations() -> tempfile::TempDir {
    let app = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: miro, owner: it-apps}\nspec:\n  tier: 3\n  provisioning: {mode: manual}\n  lifecycle:\n    create: {via: ticket, queue: IT, owner: it-apps}\n    deprovision: {via: ticket, queue: IT, owner: it-apps, slaHours: 24, effect: delete, evidence: ticket}\n  populations:\n    - employees\n    - name: guests\n      lifecycle: {deprovision: {slaHours: 900}}\n    - name: contractors\n      lifecycle: {deprovision: {slaHours: 800}}\n";
    let team = CLEAN.split("---\n").nth(1).expect("the team");
    folder(&[("leaver.yaml", "version: 1\n"), ("team.yaml", team), ("miro.yaml", app)])
}

const SLA: &str = "leaver/sla-too-long";

#[test]
fn a_waiver_for_a_population_covers_that_population() {
    for (populations, waived, open) in
        [(&["guests"][..], 1, 1), (&["contractors"], 1, 1), (&["guests", "contractors"], 2, 0)]
    {
        let files = catalogue_with_populations();
        let options: Vec<&str> = populations.iter().flat_map(|name| ["--population", *name]).collect();
        let (status, text) = waive(files.path(), &[&[SLA, "miro"], &options[..], &REST[..]].concat());
        assert!(status == 0 && !text.contains("has no finding in"), "{populations:?}: {text}");
        let output = out(&leaver(files.path(), &["check", "--select", SLA, "-o", "concise"]));
        let count = |needle: &str| output.lines().filter(|line| line.contains(needle)).count();
        assert_eq!((count(": waived "), count(": error[")), (waived, open), "{populations:?}: {output}");
        for name in populations {
            assert!(output.lines().any(|line| line.contains(": waived ") && line.contains(name)), "{name}: {output}");
        }
    }
}

/// leaver refuses to write a waiver without effect, and suggests the populations that have the finding.
#[test]
fn a_waiver_for_the_wrong_population_is_refused() {
    let files = catalogue_with_populations();
    for (arguments, expected_text) in [
        (&[SLA, "miro"][..], "`leaver/sla-too-long` has no finding in `miro`"),
        (&[SLA, "miro"], "add --population contractors or --population guests"),
        (&[SLA, "miro", "--population", "employees"], "has no finding in `miro` (employees)"),
        (
            &[SLA, "miro", "--population", "guests", "--path", "spec.lifecycle.create"],
            "at or below `spec.lifecycle.create`",
        ),
        (&[SLA, "miro", "--population", "gusts"], "`gusts`"),
    ] {
        let (status, text) = waive(files.path(), &[arguments, &REST].concat());
        assert!(status == 2 && text.contains(expected_text), "{arguments:?}: {status} {text}");
        assert_eq!(written(files.path()), Vec::<String>::new(), "{arguments:?}");
    }
    // The app itself now has the fault, so its waiver is written. The waiver does not cover the populations.
    let app = std::fs::read_to_string(files.path().join("miro.yaml")).expect("text");
    let app = app.replace("slaHours: 24", "slaHours: 700");
    std::fs::write(files.path().join("miro.yaml"), app).expect("written");
    let (status, text) = waive(files.path(), &[&[SLA, "miro"], &REST[..]].concat());
    assert_eq!(status, 0, "{text}");
    let output = out(&leaver(files.path(), &["check", "--select", SLA, "-o", "concise"]));
    let waived: Vec<&str> = output.lines().filter(|line| line.contains(": waived ")).collect();
    assert!(waived.len() == 1 && !waived[0].contains("guests") && !waived[0].contains("contractors"), "{output}");
}

/// A waiver can be renewed while the old one is in force.
#[test]
fn a_waiver_is_renewed_before_it_ends() {
    let files = files();
    let rule = ["jit/no-update-owner", "box"];
    for name in ["first", "second"] {
        let (status, text) = waive(files.path(), &[&rule[..], &REST[..], &["--name", name]].concat());
        assert_eq!(status, 0, "{name}: {text}");
    }
}
