//! The files that `leaver observe` writes, and those that it never touches.

use std::{collections::BTreeMap, fs, path::Path, time::SystemTime};

use super::exports;
use crate::common::{code, err, folder, leaver, out};

fn copy(to: &Path) {
    for entry in fs::read_dir(exports()).expect("a folder") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("it is copied");
    }
}

fn catalogue() -> tempfile::TempDir {
    let there = folder(&[("leaver.yaml", "version: 1\n")]);
    fs::create_dir(there.path().join("exports")).expect("a folder");
    copy(&there.path().join("exports"));
    there
}

fn files(folder: &Path) -> BTreeMap<String, (String, SystemTime)> {
    let mut all = BTreeMap::new();
    let Ok(entries) = fs::read_dir(folder) else { return all };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            let time = path.metadata().and_then(|meta| meta.modified()).expect("a time");
            all.insert(path.display().to_string(), (fs::read_to_string(&path).expect("text"), time));
        }
    }
    all
}

const OKTA: [&str; 5] = ["observe", "okta", "exports/okta-apps.json", "--taken-on", "2026-11-24"];

#[test]
fn a_second_run_changes_no_file() {
    let there = catalogue();
    let output = leaver(there.path(), &OKTA);
    assert_eq!((code(&output), err(&output).as_str()), (0, ""), "{}", out(&output));
    assert_eq!(out(&output), "okta: 5 applications\nobserved: 6 files written, 0 unchanged\n");
    let first = files(&there.path().join("observed"));
    let output = leaver(there.path(), &OKTA);
    assert_eq!(out(&output), "okta: 5 applications\nobserved: 0 files written, 6 unchanged\n");
    assert_eq!(files(&there.path().join("observed")), first);
    let output = leaver(there.path(), &["check", "-o", "concise"]);
    assert!(out(&output).contains("the application `Quill`"), "{}", out(&output));
    assert!(!out(&output).contains("schema/"), "{}", out(&output));
}

#[test]
fn auto_reads_a_folder_with_exports_of_all_formats() {
    let there = catalogue();
    fs::remove_file(there.path().join("exports/terraform-plan.json")).expect("removed");
    fs::remove_file(there.path().join("exports/terraform-state.json")).expect("removed");
    let output = leaver(there.path(), &["observe", "auto", "exports"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    for system in ["backstage", "entra-id", "google-workspace", "keycloak", "okta", "scim"] {
        assert!(there.path().join("observed").join(system).join("snapshot.yaml").is_file(), "{system}");
    }
    let output = leaver(there.path(), &["check", "-o", "concise"]);
    assert!(!out(&output).contains("schema/") && !out(&output).contains("duplicate-name"), "{}", out(&output));
}

#[test]
fn a_missing_application_is_marked_only_by_a_complete_export() {
    let there = catalogue();
    leaver(there.path(), &OKTA);
    let path = there.path().join("exports/okta-apps.json");
    let apps: Vec<serde_json::Value> = serde_json::from_slice(&fs::read(&path).expect("bytes")).expect("JSON");
    fs::write(&path, serde_json::json!(&apps[1..]).to_string()).expect("it is written");
    let quill = there.path().join("observed/okta/quill.yaml");
    let before = fs::read_to_string(&quill).expect("text");
    let output = leaver(there.path(), &[&OKTA[..], &["--incomplete"]].concat());
    assert!(code(&output) == 0 && fs::read_to_string(&quill).expect("text") == before, "{}", out(&output));
    let output = leaver(there.path(), &OKTA);
    assert!(out(&output).contains("missing: okta/quill.yaml"), "{}", out(&output));
    let marked = fs::read_to_string(&quill).expect("text");
    assert!(
        marked.contains("status: absent\n  missingSince: 2026-11-24\n") && marked.contains("label: Quill"),
        "{marked}"
    );
    let snapshot = fs::read_to_string(there.path().join("observed/okta/snapshot.yaml")).expect("text");
    assert!(snapshot.contains("missing: 1"), "{snapshot}");
    // The marked file does not change on the next day, and regains its old content when the application comes back.
    leaver(there.path(), &["observe", "okta", "exports/okta-apps.json", "--taken-on", "2026-11-25"]);
    assert_eq!(fs::read_to_string(&quill).expect("text"), marked);
    fs::write(&path, serde_json::json!(&apps).to_string()).expect("it is written");
    leaver(there.path(), &OKTA);
    assert_eq!(fs::read_to_string(&quill).expect("text"), before);
}

#[test]
fn foreign_files_are_never_replaced() {
    let there = catalogue();
    let foreign = there.path().join("observed/okta");
    fs::create_dir_all(&foreign).expect("a folder");
    fs::write(foreign.join("quill.yaml"), "mine: true\n").expect("it is written");
    let output = leaver(there.path(), &OKTA);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert_eq!(fs::read_to_string(foreign.join("quill.yaml")).expect("text"), "mine: true\n");
    assert!(
        foreign.join("quill-xq5d7.yaml").is_file() || files(&foreign).keys().any(|name| name.contains("quill-")),
        "{:?}",
        files(&foreign).keys()
    );
    fs::write(foreign.join("snapshot.yaml"), "mine: true\n").expect("it is written");
    let output = leaver(there.path(), &OKTA);
    assert!(code(&output) == 2 && err(&output).contains("was not written by `leaver observe`"), "{}", err(&output));
    assert_eq!(fs::read_to_string(foreign.join("snapshot.yaml")).expect("text"), "mine: true\n");
}

#[test]
fn observations_of_another_format_are_not_mixed() {
    let there = catalogue();
    leaver(there.path(), &OKTA);
    let output = leaver(there.path(), &["observe", "terraform", "exports/terraform-state.json"]);
    assert!(
        code(&output) == 2 && err(&output).contains("contains observations in the format `okta`"),
        "{}",
        err(&output)
    );
    let output = leaver(there.path(), &["observe", "terraform", "exports/terraform-state.json", "-o", "terraform"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("target.yaml", "# Written by `leaver observe`. Do not edit: the next run replaces it.\n")]);
    let there = catalogue();
    let okta = there.path().join("observed/okta");
    fs::create_dir_all(&okta).expect("a folder");
    symlink(outside.path().join("target.yaml"), okta.join("snapshot.yaml")).expect("a link");
    let output = leaver(there.path(), &OKTA);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(fs::read_to_string(outside.path().join("target.yaml")).expect("text").lines().count() == 1);
    fs::remove_dir_all(there.path().join("observed")).expect("removed");
    symlink(outside.path(), there.path().join("observed")).expect("a link");
    let output = leaver(there.path(), &OKTA);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert_eq!(fs::read_dir(outside.path()).expect("a folder").count(), 1);
}

#[test]
fn observe_reads_standard_input_and_writes_standard_output() {
    let there = catalogue();
    let apps = fs::read_to_string(exports().join("okta-apps.json")).expect("text");
    let output =
        crate::common::leaver_with(there.path(), &["observe", "okta", "-", "-o", "-", "--system", "okta-emea"], &apps);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(
        out(&output).contains("system: okta-emea") && out(&output).contains("takenOn: 2026-11-25"),
        "{}",
        out(&output)
    );
    assert!(!there.path().join("observed").exists());
}

/// A release build must read 2,000 applications in one second. A debug build on a busy machine may take twenty seconds.
#[test]
fn two_thousand_applications_are_quick() {
    let app = |at: usize| {
        format!(
            r#"{{"id":"0oa{at:05}","label":"App {at}","name":"x{at}","status":"ACTIVE","signOnMode":"SAML_2_0","features":["PUSH_NEW_USERS"],"settings":{{"implicitAssignment":false}}}}"#
        )
    };
    let apps = format!("[{}]", (0..2_000).map(app).collect::<Vec<_>>().join(","));
    let there = folder(&[("apps.json", &apps), ("leaver.yaml", "version: 1\n")]);
    let started = std::time::Instant::now();
    let output = leaver(there.path(), &["observe", "okta", "apps.json", "--complete"]);
    assert!(code(&output) == 0 && started.elapsed().as_secs() < 20, "{:?} {}", started.elapsed(), err(&output));
    assert_eq!(fs::read_dir(there.path().join("observed/okta")).expect("a folder").count(), 2_001);
}
