//! The nightly job of `docs/observe.md` in a git repository: `leaver observe`, commit, and a pull request that is checked against the trusted
//! branch.

use std::{fs, path::Path, process::Command};

use super::drift::TEAM;
use crate::common::{code, err, folder, git, leaver, out, with_git};

/// A page of Okta's list with these applications, in this order.
fn apps(labels: &[&str]) -> String {
    let app = |label: &&str| {
        format!(
            r#"{{"id":"0oa{label}00000000","label":"{label}","name":"{label}","status":"ACTIVE","signOnMode":"SAML_2_0","features":["PUSH_NEW_USERS"],"settings":{{"notes":{{"admin":"ask ada.lovelace@example.com"}}}}}}"#
        )
    };
    format!("[{}]", labels.iter().map(app).collect::<Vec<_>>().join(","))
}

/// The people of an application.
fn people(app: &str, count: usize) -> String {
    let person = |at: usize| {
        format!(
            r#"{{"id":"00u{at}","scope":"USER","syncState":"SYNCHRONIZED","credentials":{{"userName":"ada.lovelace{at}@example.com"}},"profile":{{"name":"Ada Lovelace"}},"_links":{{"app":{{"href":"https://acme.okta.example/api/v1/apps/0oa{app}00000000"}}}}}}"#
        )
    };
    format!("[{}]", (0..count).map(person).collect::<Vec<_>>().join(","))
}

const APP: &str = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box, owner: it}\nspec:\n  tier: 3\n  signOn: {protocol: saml, system: okta, appId: 0oaBox00000000}\n  provisioning: {mode: manual}\n  lifecycle: {deprovision: {via: ticket, queue: IT, owner: it, slaHours: 24}}\n";

fn repository() -> tempfile::TempDir {
    let there =
        folder(&[("leaver.yaml", "version: 1\n"), ("t.yaml", TEAM), ("box.yaml", APP), (".gitignore", "exports/\n")]);
    git(there.path(), &["init", "-q"]);
    git(there.path(), &["add", "-A"]);
    git(there.path(), &["commit", "-qm", "base"]);
    git(there.path(), &["checkout", "-qb", "nightly"]);
    there
}

fn git_text(there: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").args(arguments).current_dir(there).output().expect("git runs");
    String::from_utf8(output.stdout).expect("text")
}

/// Runs the nightly job with an export of Okta; returns the changed lines.
fn night(there: &Path, day: &str, files: &[(&str, String)]) -> Vec<String> {
    night_of(there, "okta", day, files)
}

/// Runs the nightly job with an export; returns the changed lines by file. The change is committed. The check against the trusted branch has no error
/// about the edit, and the same exit status as a check without a trusted branch.
fn night_of(there: &Path, format: &str, day: &str, files: &[(&str, String)]) -> Vec<String> {
    let exports = there.join("exports");
    let _ = fs::remove_dir_all(&exports);
    fs::create_dir(&exports).expect("a folder");
    for (name, text) in files {
        fs::write(exports.join(name), text).expect("it is written");
    }
    let output = leaver(there, &["observe", format, "exports", "--taken-on", day, "--today", day]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    git(there, &["add", "-A"]);
    let diff = git_text(there, &["diff", "--cached", "--no-color", "-U0"]);
    assert!(!diff.to_lowercase().contains("lovelace") && !diff.contains("@example.com"), "{diff}");
    let mut file = "";
    let mut changed = Vec::new();
    for line in diff.lines() {
        match line.strip_prefix("+++ b/").or(line.strip_prefix("--- a/")) {
            Some(name) => file = name,
            None if line.starts_with("+++") || line.starts_with("---") => {}
            None if line.starts_with(['+', '-']) => changed.push(format!("{file} {line}")),
            None => {}
        }
    }
    let check = |more: &[&str]| with_git(there, &[&["check", "-o", "concise", "--today", day], more].concat());
    let trusting = check(&["--trust-ref", "main"]);
    let text = format!("{}{}", out(&trusting), err(&trusting));
    // The change edits only observations, so the edit is a warning. If the change edited other files, too, the edit would be an error.
    assert!(!text.contains("error[trust/") && !text.contains("schema/"), "{text}");
    assert_eq!(code(&trusting), code(&check(&[])), "{text}");
    git(there, &["commit", "-qm", "observed: okta", "--allow-empty"]);
    changed
}

#[test]
fn each_night_changes_only_what_the_system_changed() {
    let there = repository();
    let there = there.path();
    let night = |day: &str, names: &[&str], count: usize| {
        let files = [("apps.1.json", apps(names)), ("users.0oaBox00000000.1.json", people("Box", count))];
        night(there, day, &files)
    };
    let first = night("2026-11-20", &["Box", "Miro"], 2);
    assert!(first.iter().all(|line| line.starts_with("observed/okta/")), "{first:?}");
    // The system is unchanged, so only the date changes.
    let date = |old: &str, new: &str| {
        vec![
            format!("observed/okta/snapshot.yaml -  takenOn: 2026-11-{old}"),
            format!("observed/okta/snapshot.yaml +  takenOn: 2026-11-{new}"),
        ]
    };
    assert_eq!(night("2026-11-21", &["Box", "Miro"], 2), date("20", "21"));
    // If the applications are in another order, again only the date changes.
    assert_eq!(night("2026-11-22", &["Miro", "Box"], 2), date("21", "22"));
    // The export begins with a new application, and one more person is assigned.
    let third = night("2026-11-23", &["Asana", "Miro", "Box"], 3);
    let of = |file: &str| third.iter().filter(|line| line.starts_with(file)).cloned().collect::<Vec<_>>();
    assert_eq!(of("observed/okta/miro.yaml"), Vec::<String>::new());
    let of_box = of("observed/okta/box.yaml");
    let changed: Vec<&str> = of_box.iter().filter_map(|line| line.split_once(' ').map(|(_, line)| line)).collect();
    assert!(changed.contains(&"-    people: 2") && changed.contains(&"+    people: 3"), "{changed:?}");
    assert!(of("observed/okta/asana.yaml").iter().all(|line| line.contains(" +")), "{third:?}");
    // The first run without an application marks its file; the next run changes only the date.
    let fourth = night("2026-11-24", &["Asana", "Box"], 3);
    let marked: Vec<&String> = fourth.iter().filter(|line| line.starts_with("observed/okta/miro.yaml")).collect();
    assert_eq!(
        marked,
        [
            "observed/okta/miro.yaml -  status: active",
            "observed/okta/miro.yaml +  status: absent",
            "observed/okta/miro.yaml +  missingSince: 2026-11-24",
        ]
    );
    assert_eq!(night("2026-11-25", &["Asana", "Box"], 3), date("24", "25"));
}

#[test]
fn an_edited_observation_is_restored() {
    let there = repository();
    let files = [("apps.1.json", apps(&["Box", "Miro"]))];
    night(there.path(), "2026-11-20", &files);
    let path = there.path().join("observed/okta/miro.yaml");
    let text = fs::read_to_string(&path).expect("text");
    for edited in [
        text.replace("status: active", "status: inactive"),
        text.replace("    file: apps.1.json", "    file: apps.1.json # mine"),
        format!("{text}# leaver: mine\n"),
    ] {
        assert_ne!(edited, text);
        fs::write(&path, edited).expect("it is written");
        night(there.path(), "2026-11-20", &[("apps.1.json", apps(&["Miro", "Box"]))]);
        let now = fs::read_to_string(&path).expect("text");
        assert!(now.contains("status: active") && !now.contains("mine"), "{now}");
        night(there.path(), "2026-11-20", &files);
        fs::write(&path, &text).expect("it is written");
    }
}

/// A job runs many times a day, so the time of its last success is recorded only while the job is stopped or failing.
#[test]
fn successful_runs_change_nothing() {
    let id = "11aa22bb-0000-4000-8000-00000000000f";
    let there = repository();
    let night = |day: &str, status: &str| {
        let principals = format!(
            r#"{{"value":[{{"id":"{id}","appId":"a","displayName":"Harbour","servicePrincipalType":"Application","accountEnabled":true}}]}}"#
        );
        let jobs = format!(
            r#"{{"value":[{{"id":"scim.1","templateId":"scim","schedule":{{"state":"Active"}},"status":{{{status}}}}}]}}"#
        );
        let changed = night_of(
            there.path(),
            "entra",
            day,
            &[("principals.json", principals), (&format!("jobs.{id}.json"), jobs)],
        );
        let changed = changed.into_iter().filter(|line| !line.contains("takenOn:"));
        changed.filter_map(|line| line.split_once(' ').map(|(_, line)| line.to_owned())).collect::<Vec<_>>()
    };
    let run = |state: &str, ended: &str| {
        format!(
            r#""code":"Active","lastExecution":{{"state":"{state}"}},"lastSuccessfulExecution":{{"timeEnded":"{ended}"}}"#
        )
    };
    let none = Vec::<String>::new();
    night("2026-11-20", &run("Succeeded", "2026-11-20T02:50:00Z"));
    assert_eq!(night("2026-11-21", &run("Succeeded", "2026-11-21T02:51:07Z")), none);
    let stopped = run("Succeeded", "2026-11-21T02:51:07Z");
    assert_eq!(night("2026-11-22", &stopped), ["+    lastSuccess: \"2026-11-21T02:51:07Z\""]);
    assert_eq!(night("2026-11-23", &stopped), none);
    assert_eq!(
        night("2026-11-24", &run("Succeeded", "2026-11-24T03:00:00Z")),
        ["-    lastSuccess: \"2026-11-21T02:51:07Z\""]
    );
    // For a failing job, the time of the last success is recorded.
    let failing = night("2026-11-25", &run("Failed", "2026-11-25T01:00:00Z"));
    assert_eq!(failing, ["-    state: healthy", "+    state: failing", "+    lastSuccess: \"2026-11-25T01:00:00Z\""]);
}
