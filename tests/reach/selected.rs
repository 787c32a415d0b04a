//! Waivers by label, vendor and pattern: the apps that they select, and when they are void.

use crate::common::{folder, git, leaver, out, with_git};

/// An app whose update stage has no owner, so `jit/no-update-owner` reports it.
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
            "too-many-apps: w: `maxApps` is 1, but 2 apps match, so the waiver is not applied",
        ),
        (
            "apps: [asana, plain], maxApps: 1, ",
            "too-many-apps: w: `maxApps` is 1, but 2 apps match, so the waiver is not applied",
        ),
        ("labels: {wave: \"9\"}, maxApps: 5, ", "unknown-app: w: no valid App has this label"),
        ("vendor: slack, maxApps: 5, ", "unknown-app: w: no valid App has this vendor"),
        ("labels: {wave: \"2\"}, ", "incomplete: w: the waiver has no `maxApps`, so it is not applied"),
        ("vendor: miro, ", "incomplete: w: the waiver has no `maxApps`, so it is not applied"),
        ("", "incomplete: w: the waiver has no `apps`, so it is not applied"),
    ] {
        let (waived, about) = run(selector, &APPS, &[]);
        assert_eq!((waived, about), (vec![], vec![want.to_owned()]), "{selector}");
    }
}

/// Path arguments do not change the scope of a waiver: matching apps in other files count, too.
#[test]
fn path_arguments_do_not_change_the_scope_of_a_waiver() {
    let (waived, about) = run("labels: {wave: \"2\"}, maxApps: 1, ", &APPS, &["asana.yaml"]);
    assert_eq!(waived, Vec::<String>::new(), "{about:?}");
    let (waived, about) = run("labels: {wave: \"2\"}, maxApps: 2, ", &APPS, &["asana.yaml"]);
    assert_eq!((waived, about), (vec!["asana".to_owned()], vec![]));
    let (waived, about) = run("labels: {wave: \"2\"}, maxApps: 2, ", &APPS, &["plain.yaml"]);
    assert_eq!((waived, about), (vec![], vec![]), "apps that were not evaluated are not reported");
}

/// If a change adds the label of an existing waiver to an app, the waiver does not cover the app. The app still counts against the limit of the
/// waiver.
#[test]
fn a_change_cannot_bring_an_app_under_a_waiver_by_its_label() {
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
    // An existing app and a new one get the label.
    std::fs::write(root.join("plain.yaml"), app("plain", ", labels: {wave: \"2\"}")).expect("written");
    std::fs::write(root.join("new.yaml"), app("new", ", labels: {wave: \"2\"}")).expect("written");
    assert_eq!(read(&run()).0, ["asana"], "{}", run());
    assert!(!run().contains("reused-name"), "{}", run());
    // With a fourth app, the waiver exceeds its limit and is void for all apps.
    std::fs::write(root.join("more.yaml"), app("more", ", labels: {wave: \"2\"}")).expect("written");
    assert_eq!(read(&run()).0, Vec::<String>::new(), "{}", run());
    assert!(run().contains("waiver/too-many-apps"), "{}", run());
    std::fs::remove_file(root.join("more.yaml")).expect("removed");
    // An app that loses the label is no longer covered.
    std::fs::write(root.join("asana.yaml"), app("asana", "")).expect("written");
    assert_eq!(read(&run()).0, Vec::<String>::new(), "{}", run());
}

/// A blank selector selects no app. If it counted as missing, the waiver would cover more apps than its approver saw.
#[test]
fn a_blank_selector_covers_no_app() {
    let blanks = [" ", "\u{a0}", "\u{2003}", "\u{3000}", " \u{3000} ", "\t", "\u{85}", "\u{2028}"];
    for blank in blanks {
        let quoted = serde_json::to_string(blank).expect("a string");
        for (selector, message) in [
            (format!("apps: [asana, plain], vendor: {quoted}, "), "schema/"),
            (format!("labels: {{wave: \"2\"}}, vendor: {quoted}, maxApps: 5, "), "schema/"),
            (format!("vendor: {quoted}, maxApps: 5, "), "schema/"),
            (format!("labels: {{wave: {quoted}}}, maxApps: 5, "), "waiver/unknown-app"),
            (format!("apps: [asana, miro], labels: {{wave: {quoted}}}, "), ""),
        ] {
            let waiver = waiver(&selector);
            let mut files = vec![("leaver.yaml".to_owned(), "version: 1\n".to_owned())];
            files.extend([("t.yaml".to_owned(), TEAM.to_owned()), ("w.yaml".to_owned(), waiver)]);
            files.extend(APPS.map(|(name, metadata)| (format!("{name}.yaml"), app(name, metadata))));
            let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            let files = folder(&files);
            let text = out(&leaver(files.path(), &["check", "-o", "concise"]));
            assert_eq!(read(&text).0, Vec::<String>::new(), "{selector}: {text}");
            assert!(
                message.is_empty() || text.lines().any(|line| line.starts_with("w.yaml") && line.contains(message)),
                "{selector}: {text}"
            );
        }
    }
}

/// Only valid Apps count, both in the rule `waiver/too-many-apps` and in the code that applies waivers.
#[test]
fn max_apps_counts_valid_apps_only() {
    const BROKEN: &str = ", labels: {wave: \"2\"}, nonsense: true";
    const WAVE: &str = ", labels: {wave: \"2\"}";
    for (selector, apps, is_void) in [
        // A name without an App is not counted.
        ("apps: [asana, gone], maxApps: 1, ", &[("asana", "")][..], false),
        ("apps: [asana, gone, away], maxApps: 1, ", &[("asana", ""), ("miro", "")], false),
        ("apps: [asana, miro, gone], maxApps: 1, ", &[("asana", ""), ("miro", "")], true),
        // An invalid App is not counted.
        ("labels: {wave: \"2\"}, maxApps: 1, ", &[("asana", WAVE), ("miro", BROKEN)], false),
        ("apps: [asana, miro], maxApps: 1, ", &[("asana", WAVE), ("miro", BROKEN)], false),
        ("labels: {wave: \"2\"}, maxApps: 1, ", &[("asana", WAVE), ("miro", WAVE), ("figma", BROKEN)], true),
    ] {
        let (waived, about) = run(selector, apps, &[]);
        let is_reported = about.iter().any(|line| line.starts_with("too-many-apps"));
        assert_eq!((waived.is_empty(), is_reported), (is_void, is_void), "{selector}: {waived:?} {about:?}");
    }
    // Two Apps with the same name count as two.
    let twice = format!("{}---\n{}", app("asana", ""), app("asana", ""));
    let text = waiver("apps: [asana], maxApps: 1, ");
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("t.yaml", TEAM), ("w.yaml", &text), ("asana.yaml", &twice)]);
    let (waived, about) = read(&out(&leaver(files.path(), &["check", "-o", "concise"])));
    assert!(waived.is_empty() && about.iter().any(|line| line.starts_with("too-many-apps")), "{waived:?} {about:?}");
}

/// A path with a list position is reported, however the waiver selects its apps.
#[test]
fn a_position_is_explained_however_apps_are_selected() {
    let explained = "write `spec.nonHuman[terraform]` instead";
    let none = "no app of the waiver has such an entry";
    for (selector, expected_text) in [
        ("apps: [asana], ", explained),
        ("apps: [gone, asana], ", explained),
        ("labels: {wave: \"2\"}, maxApps: 1, ", explained),
        ("vendor: Asana, maxApps: 1, ", explained),
        ("apps: [asana, miro], labels: {wave: \"2\"}, ", explained),
        ("apps: [miro], ", none),
        // The position is not resolved in an app that the label does not select.
        ("apps: [asana, miro], labels: {wave: \"3\"}, ", none),
        ("labels: {wave: \"3\"}, maxApps: 1, ", none),
    ] {
        let waiver = waiver(&format!("{selector}path: \"spec.nonHuman[0]\", "));
        let asana =
            format!("{}  nonHuman: [{{name: terraform}}]\n", app("asana", ", vendor: asana, labels: {wave: \"2\"}"));
        let miro = app("miro", "");
        let files = folder(&[
            ("leaver.yaml", "version: 1\n"),
            ("t.yaml", TEAM),
            ("w.yaml", &waiver),
            ("asana.yaml", &asana),
            ("miro.yaml", &miro),
        ]);
        let (_, about) = read(&out(&leaver(files.path(), &["check", "-o", "concise"])));
        let about: Vec<&String> = about.iter().filter(|line| line.starts_with("index-path")).collect();
        assert!(about.len() == 1 && about[0].contains(expected_text), "{selector}: {about:?}");
    }
}

/// An app that inherits all its values from a pattern.
fn app_with_pattern(name: &str, pattern: &str) -> (String, String) {
    let text = format!(
        "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: {name}, owner: t}}\nspec: {{pattern: {pattern}}}\n"
    );
    (format!("{name}.yaml"), text)
}

/// Apps with three patterns: `slow` is based on `tickets`, and `other` is unrelated. One app has the same name as the pattern `tickets`.
fn patterned(more: &[(&str, String)]) -> tempfile::TempDir {
    let body = app("x", "").split_once("spec:\n").map(|(_, spec)| spec.to_owned()).unwrap_or_default();
    let pattern = |name: &str, spec: &str| {
        format!("apiVersion: leaver/v1\nkind: Pattern\nmetadata: {{name: {name}, owner: t}}\nspec:\n{spec}")
    };
    let patterns = [
        pattern("tickets", &body),
        pattern("slow", "  pattern: tickets\n  lifecycle: {deprovision: {slaHours: 20}}\n"),
        pattern("other", &body),
    ];
    let mut files = vec![
        ("leaver.yaml".to_owned(), "version: 1\n".to_owned()),
        ("t.yaml".to_owned(), TEAM.to_owned()),
        ("patterns.yaml".to_owned(), patterns.join("---\n")),
    ];
    files.extend([
        app_with_pattern("direct", "tickets"),
        app_with_pattern("chain", "slow"),
        app_with_pattern("elsewhere", "other"),
    ]);
    files.push(("tickets.yaml".to_owned(), app("tickets", "")));
    files.extend(more.iter().map(|(name, text)| ((*name).to_owned(), text.clone())));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    folder(&files)
}

/// The apps whose finding is waived, and the findings on waivers.
fn by_pattern(selector: &str) -> (Vec<String>, Vec<String>) {
    waived_in(&patterned(&[("w.yaml", waiver(selector))]))
}

fn waived_in(here: &tempfile::TempDir) -> (Vec<String>, Vec<String>) {
    // Formats for people would group findings that several apps inherit from one pattern.
    let output = leaver(here.path(), &["check", "-o", "csv"]);
    let text = out(&output);
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let heads = rows.headers().expect("a header").clone();
    let at = |row: &csv::StringRecord, head: &str| {
        heads.iter().position(|one| one == head).and_then(|nth| row.get(nth)).unwrap_or_default().to_owned()
    };
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    let of = |rule: &'static str| rows.iter().filter(move |row| row.iter().any(|cell| cell == rule));
    let mut waived: Vec<String> =
        of("jit/no-update-owner").filter(|row| at(row, "status") == "waived").map(|row| at(row, "name")).collect();
    waived.sort();
    let about =
        rows.iter().filter(|row| row.iter().any(|cell| cell.starts_with("waiver/"))).map(|row| at(row, "message"));
    (waived, about.collect())
}

#[test]
fn a_pattern_selects_the_apps_that_use_it_directly_or_through_others() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    for (selector, want) in [
        ("pattern: tickets, maxApps: 5, ", &["chain", "direct"][..]),
        ("pattern: tickets, maxApps: 2, ", &["chain", "direct"]),
        ("pattern: slow, maxApps: 5, ", &["chain"]),
        ("pattern: other, maxApps: 5, ", &["elsewhere"]),
        ("apps: [direct, elsewhere], pattern: tickets, ", &["direct"]),
    ] {
        assert_eq!(by_pattern(selector), (names(want), vec![]), "{selector}");
    }
    for (selector, message) in [
        ("pattern: tickets, maxApps: 1, ", "w: `maxApps` is 1, but 2 apps match, so the waiver is not applied"),
        ("pattern: tickets, ", "w: the waiver has no `maxApps`, so it is not applied"),
        ("pattern: Tickets, maxApps: 5, ", "w: no valid App has this pattern"),
    ] {
        let (waived, about) = by_pattern(selector);
        assert!(waived.is_empty() && about.iter().any(|text| text == message), "{selector}: {waived:?} {about:?}");
    }
    for blank in ["''", "' '", "[]", "null"] {
        let (waived, _) = by_pattern(&format!("apps: [direct], pattern: {blank}, "));
        assert!(waived.is_empty(), "{blank}: {waived:?}");
    }
}

#[test]
fn a_waiver_by_pattern_is_written() {
    for (selector, want) in [
        (&["--pattern", "tickets"][..], &["chain", "direct"][..]),
        (&["direct", "elsewhere", "--pattern", "other"], &["elsewhere"]),
    ] {
        let here = patterned(&[]);
        let rest = ["--reason", "it is so", "--approver", "ciso", "--owner", "t", "--expires", "2027-01-31"];
        let output = leaver(here.path(), &[&["waive", "jit/no-update-owner"], selector, &rest[..]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(waived_in(&here), (want.iter().map(|name| (*name).to_owned()).collect(), vec![]));
    }
    let here = patterned(&[]);
    let args = [
        "waive",
        "jit/no-update-owner",
        "--pattern",
        "nobody",
        "--reason",
        "x y",
        "--approver",
        "ciso",
        "--expires",
        "2027-01-31",
    ];
    let output = leaver(here.path(), &args);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && text.contains("no app has the pattern `nobody`"), "{text}");
}
