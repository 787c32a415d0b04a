//! Waivers by label and vendor: which apps they are for, and what makes them void.

use crate::common::{folder, git, leaver, out, with_git};

/// An app without an owner of its update, which is a finding of `jit/no-update-owner`.
fn app(name: &str, metadata: &str) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: {name}, owner: t{metadata}}}\nspec:\n  tier: 3\n  signOn: {{assignmentRequired: true}}\n  provisioning: {{mode: jit, jit: {{expiresAfterDays: 30}}}}\n  lifecycle:\n    deprovision: {{via: ticket, queue: IT, owner: t, slaHours: 24, effect: delete, evidence: ticket}}\n    revokeSessions: {{via: script}}\n    review: {{owner: t, everyDays: 90}}\n    transfer: {{owner: t, toManager: true}}\n  sourceOfTruth: workday\n  localAccounts: {{none: true, checkedOn: 2026-09-01}}\n"
    )
}

const TEAM: &str =
    "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: t}\nspec: {members: [ada@example.com, grace@example.com]}\n";

fn waiver(selector: &str) -> String {
    format!(
        "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {{name: w}}\nspec: {{rule: jit/no-update-owner, {selector}reason: it is so, owner: t, approver: ciso, from: 2026-11-01, expires: 2027-01-31}}\n"
    )
}

/// The apps whose finding is waived, and the findings on waivers.
fn run(selector: &str, apps: &[(&str, &str)], arguments: &[&str]) -> (Vec<String>, Vec<String>) {
    let apps: Vec<(String, String)> =
        apps.iter().map(|(name, metadata)| (format!("{name}.yaml"), app(name, metadata))).collect();
    let waiver = waiver(selector);
    let mut files = vec![("leaver.yaml", "version: 1\n"), ("t.yaml", TEAM), ("w.yaml", waiver.as_str())];
    files.extend(apps.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let files = folder(&files);
    let output = leaver(files.path(), &[&["check", "-o", "concise"], arguments].concat());
    read(&out(&output))
}

fn read(text: &str) -> (Vec<String>, Vec<String>) {
    let waived = text.lines().filter(|line| line.contains(": waived "));
    let name = |line: &str| line.split(".yaml").next().unwrap_or_default().to_owned();
    let about = text.lines().filter_map(|line| {
        let (rule, message) = line.split_once("[waiver/")?.1.split_once("] ")?;
        Some(format!("{rule}: {message}"))
    });
    (waived.map(name).collect(), about.collect())
}

const APPS: [(&str, &str); 4] = [
    ("asana", ", vendor: asana, labels: {wave: \"2\", site: bern}"),
    ("miro", ", vendor: Miro, labels: {wave: \"2\"}"),
    ("figma", ", labels: {wave: \"3\"}"),
    ("plain", ""),
];

#[test]
fn labels_and_vendor_select_apps() {
    for (selector, want) in [
        ("labels: {wave: \"2\"}, maxApps: 5, ", &["asana", "miro"][..]),
        ("labels: {wave: \"2\", site: bern}, maxApps: 5, ", &["asana"]),
        ("vendor: miro, maxApps: 5, ", &["miro"]),
        ("vendor: Asana, labels: {wave: \"2\"}, maxApps: 5, ", &["asana"]),
        ("apps: [asana, figma], labels: {wave: \"2\"}, ", &["asana"]),
        ("apps: [asana, plain], ", &["asana", "plain"]),
        ("apps: [asana, plain], maxApps: 2, ", &["asana", "plain"]),
        ("labels: {wave: \"2\"}, maxApps: 2, ", &["asana", "miro"]),
    ] {
        assert_eq!(
            run(selector, &APPS, &[]),
            (want.iter().map(|name| (*name).to_owned()).collect(), vec![]),
            "{selector}"
        );
    }
}

#[test]
fn a_waiver_for_too_many_apps_or_none_waives_nothing() {
    for (selector, want) in [
        (
            "labels: {wave: \"2\"}, maxApps: 1, ",
            "too-many-apps: w: `maxApps` is 1, but 2 apps match, so it waives nothing",
        ),
        (
            "apps: [asana, plain], maxApps: 1, ",
            "too-many-apps: w: `maxApps` is 1, but 2 apps match, so it waives nothing",
        ),
        ("labels: {wave: \"9\"}, maxApps: 5, ", "unknown-app: w: no valid App has this label"),
        ("vendor: slack, maxApps: 5, ", "unknown-app: w: no valid App has this vendor"),
        ("labels: {wave: \"2\"}, ", "incomplete: w: the waiver does not say `maxApps`, so it waives nothing"),
        ("vendor: miro, ", "incomplete: w: the waiver does not say `maxApps`, so it waives nothing"),
        ("", "incomplete: w: the waiver does not say `apps`, so it waives nothing"),
    ] {
        let (waived, about) = run(selector, &APPS, &[]);
        assert_eq!((waived, about), (vec![], vec![want.to_owned()]), "{selector}");
    }
}

/// Paths do not change what a waiver is for: the apps that match elsewhere count.
#[test]
fn paths_change_nothing() {
    let (waived, about) = run("labels: {wave: \"2\"}, maxApps: 1, ", &APPS, &["asana.yaml"]);
    assert_eq!(waived, Vec::<String>::new(), "{about:?}");
    let (waived, about) = run("labels: {wave: \"2\"}, maxApps: 2, ", &APPS, &["asana.yaml"]);
    assert_eq!((waived, about), (vec!["asana".to_owned()], vec![]));
    let (waived, about) = run("labels: {wave: \"2\"}, maxApps: 2, ", &APPS, &["plain.yaml"]);
    assert_eq!((waived, about), (vec![], vec![]), "of apps that were not judged nothing is known");
}

/// An app cannot be labelled into a waiver that a commit has, and what grows past the limit voids it.
#[test]
fn a_change_does_not_label_itself_into_a_waiver() {
    let selector = "labels: {wave: \"2\"}, maxApps: 3, ";
    let asana = app("asana", ", labels: {wave: \"2\"}");
    let (plain, waiver) = (app("plain", ""), waiver(selector));
    let files = folder(&[
        ("leaver.yaml", "version: 1\n"),
        ("t.yaml", TEAM),
        ("w.yaml", &waiver),
        ("asana.yaml", &asana),
        ("plain.yaml", &plain),
    ]);
    let root = files.path();
    git(root, &["init", "-q"]);
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "base"]);
    let run = || out(&with_git(root, &["check", "-o", "concise", "--trust-ref", "main"]));
    assert_eq!(read(&run()).0, ["asana"], "{}", run());
    // An old app and a new one take the label.
    std::fs::write(root.join("plain.yaml"), app("plain", ", labels: {wave: \"2\"}")).expect("written");
    std::fs::write(root.join("new.yaml"), app("new", ", labels: {wave: \"2\"}")).expect("written");
    assert_eq!(read(&run()).0, ["asana"], "{}", run());
    assert!(!run().contains("reused-name"), "{}", run());
    // One more, and it is void for those that it was given for, too.
    std::fs::write(root.join("more.yaml"), app("more", ", labels: {wave: \"2\"}")).expect("written");
    assert_eq!(read(&run()).0, Vec::<String>::new(), "{}", run());
    assert!(run().contains("waiver/too-many-apps"), "{}", run());
    std::fs::remove_file(root.join("more.yaml")).expect("removed");
    // An app that loses the label is no longer covered.
    std::fs::write(root.join("asana.yaml"), app("asana", "")).expect("written");
    assert_eq!(read(&run()).0, Vec::<String>::new(), "{}", run());
}
