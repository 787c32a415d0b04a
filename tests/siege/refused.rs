//! Ambiguous or unsupported input (limits, links, line endings, merge keys) is reported with a place, and takes precedence over findings.

use std::path::Path;

use crate::common::{CLEAN, FAULTY, code, folder, leaver, out};

const CONFIG: &str = "version: 1\n";

fn json(folder: &Path, arguments: &[&str]) -> (i32, serde_json::Value) {
    let output = leaver(folder, &[&["check", "-o", "json"], arguments].concat());
    let mut report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    // The list of all rules is irrelevant here.
    report["rules"] = serde_json::Value::Null;
    (code(&output), report)
}

/// `file:line:column message` of every failure.
fn failures(report: &serde_json::Value) -> Vec<String> {
    let line = |failure: &serde_json::Value| {
        let region = &failure["region"];
        let (file, line) = (failure["file"].as_str().unwrap_or("?"), &region["startLine"]);
        format!("{file}:{line}:{} {}", region["startColumn"], failure["message"].as_str().unwrap_or_default())
    };
    report["failures"].as_array().expect("a list").iter().map(line).collect()
}

#[test]
fn an_exceeded_limit_is_status_2_with_a_place_and_the_rest_is_checked() {
    let deep = format!("a: {}1{}\n", "[".repeat(40), "]".repeat(40));
    let aliases = format!("a: &a 1\nb: [{}1]\n", "*a, ".repeat(1_001));
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", ")));
    }
    let documents = "---\na: 1\n".repeat(5_001);
    let large = format!("# {}\n{CLEAN}", "x".repeat(1024 * 1024));
    for (text, expected_text) in [
        (deep.as_str(), "nested more than 32 levels deep"),
        (&aliases, "more than 1000 aliases in one document"),
        (&bomb, "the document has more than 50000 values once its aliases are expanded"),
        (&documents, "more than 5000 documents in one file"),
        (&large, "`b.yaml` is larger than 1048576 bytes"),
    ] {
        // Without the comment at its end, the file counts as a file of another tool.
        for marked in ["", "# leaver/v1\n"] {
            let text = format!("{text}{marked}");
            let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", FAULTY), ("b.yaml", &text)]);
            let (status, report) = json(files.path(), &[]);
            let found = failures(&report);
            assert_eq!((status, found.len()), (2, 1), "{expected_text}: {found:?}");
            assert!(found.iter().all(|failure| failure.contains(expected_text)), "{expected_text}: {found:?}");
            assert!(report["failures"][0]["help"].as_str().is_some_and(|help| help.contains("limits.")), "{report}");
            assert!(report["findings"].to_string().contains("jit/no-update-owner"), "the rest is checked: {report}");
        }
    }
}

#[test]
fn documents_before_a_limit_in_the_same_file_are_checked() {
    let text = format!("{FAULTY}---\na: {}1{}\n", "[".repeat(40), "]".repeat(40));
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", &text)]);
    let (status, report) = json(files.path(), &[]);
    assert_eq!((status, failures(&report).len()), (2, 1), "{report}");
    assert!(report["findings"].to_string().contains("jit/no-update-owner"), "{report}");
}

#[test]
fn more_findings_than_the_limit_are_status_2() {
    let many: String = (0..30).map(|nth| format!("{}---\n", FAULTY.replace("box", &format!("box-{nth}")))).collect();
    let files = folder(&[("leaver.yaml", "version: 1\nlimits: {findings: 7}\n"), ("a.yaml", &many)]);
    let (status, report) = json(files.path(), &[]);
    assert_eq!((status, report["findings"].as_array().map(Vec::len)), (2, Some(7)));
    assert!(failures(&report).iter().any(|failure| failure.contains("more than 7 findings")), "{report}");
    // The limits are the number of findings minus one, this number, and this number plus one.
    let faults = report_size(&many);
    for (limit, status) in [(faults - 1, 2), (faults, 1), (faults + 1, 1)] {
        let config = format!("version: 1\nlimits: {{findings: {limit}}}\n");
        let files = folder(&[("leaver.yaml", &config), ("a.yaml", &many)]);
        assert_eq!(json(files.path(), &[]).0, status, "{limit} of {faults}");
    }
}

fn report_size(text: &str) -> usize {
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", text)]);
    json(files.path(), &[]).1["findings"].as_array().map_or(0, Vec::len)
}

#[test]
fn every_line_end_gives_the_same_findings_at_the_same_places() {
    let places = |text: &str| {
        let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", text)]);
        let (status, report) = json(files.path(), &[]);
        let list = report["findings"].as_array().expect("a list").clone();
        let place = |finding: &serde_json::Value| {
            (
                finding["rule"].to_string(),
                finding["region"]["startLine"].to_string(),
                finding["region"]["startColumn"].to_string(),
            )
        };
        (status, list.iter().map(place).collect::<Vec<_>>())
    };
    let plain = places(FAULTY);
    assert_eq!(plain.0, 1);
    assert_eq!(places(&FAULTY.replace('\n', "\r\n")), plain, "CR LF");
    assert_eq!(places(&FAULTY.replace('\n', "\r")), plain, "CR alone");
    assert_eq!(places(&format!("\u{feff}{FAULTY}")), plain, "a byte order mark");
    assert_eq!(places(FAULTY.trim_end()), plain, "no last line end");
}

#[test]
fn a_byte_order_mark_moves_no_column() {
    let text = "{apiVersion: leaver/v1, kind: App, metadata: {name: a}, spec: {}, wrong: 1}\n";
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", &format!("\u{feff}{text}"))]);
    let (_, report) = json(files.path(), &[]);
    let column = text.find("wrong").map(|at| at + 1);
    assert_eq!(report["findings"][0]["region"]["startColumn"].as_u64(), column.map(|at| at as u64), "{report}");
}

#[test]
fn two_merge_keys_in_one_mapping_are_an_error() {
    let text = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: a}\nspec:\n  a: &a {tier: 1}\n  b: &b {status: live}\n  lifecycle:\n    <<: *a\n    <<: *b\n";
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", text)]);
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    assert!(out(&output).contains("a.yaml:9:5: error[schema/syntax] key `<<` is written twice"), "{}", out(&output));
}

#[cfg(unix)]
#[test]
fn a_link_whose_target_is_not_read_is_reported() {
    use std::os::unix::fs::symlink;
    let make = || {
        folder(&[
            ("leaver.yaml", CONFIG),
            ("a.yaml", CLEAN),
            ("b.txt", FAULTY),
            (".hidden/c.yaml", FAULTY),
            (".gitignore", "ignored/\n"),
            ("ignored/d.yaml", FAULTY),
        ])
    };
    for (link, target, expected_text) in [
        ("x.yaml", "b.txt", "`x.yaml` is a link to `b.txt`, which is not read"),
        ("x.yaml", ".hidden/c.yaml", "`x.yaml` is a link to `.hidden/c.yaml`, which is not read"),
        ("x.yaml", "ignored/d.yaml", "`x.yaml` is a link to `ignored/d.yaml`, which is not read"),
        ("folder", "ignored", "`folder` is a link to `ignored`, which is not read"),
        ("folder", ".hidden", "`folder` is a link to `.hidden`, which is not read"),
        ("x.yaml", "nothing.yaml", "`x.yaml` is a link that leads nowhere"),
        ("x.yaml", "x.yaml", "`x.yaml` is a link that leads nowhere"),
        ("x.yaml", "/etc/hostname", "`x.yaml` is a link that leads out of the catalogue"),
    ] {
        let files = make();
        symlink(target, files.path().join(link)).expect("a link");
        let (status, report) = json(files.path(), &[]);
        assert!(
            status == 2 && failures(&report).iter().any(|failure| failure.contains(expected_text)),
            "{expected_text}: {report}"
        );
    }
    // A link to a file that is also read under its own name is not reported.
    let files = make();
    std::fs::create_dir(files.path().join("apps")).expect("a folder");
    symlink("a.yaml", files.path().join("x.yaml")).expect("a link");
    symlink("..", files.path().join("apps/loop")).expect("a link");
    let (status, report) = json(files.path(), &[]);
    assert_eq!((status, failures(&report)), (0, Vec::new()), "{report}");
}

#[cfg(unix)]
#[test]
fn a_link_that_is_named_may_not_lead_out_of_the_working_directory() {
    let outside = folder(&[("secret.yaml", "apiVersion: leaver/v1\npassword: hunter2\n")]);
    let files = folder(&[("a.yaml", CLEAN)]);
    std::os::unix::fs::symlink(outside.path().join("secret.yaml"), files.path().join("x.yaml")).expect("a link");
    let output = leaver(files.path(), &["check", "x.yaml"]);
    assert!(code(&output) == 2 && out(&output).contains("leads out"), "{}", out(&output));
    assert!(!out(&output).contains("hunter2"));
    std::os::unix::fs::symlink("a.yaml", files.path().join("y.yaml")).expect("a link");
    assert_eq!(code(&leaver(files.path(), &["check", "y.yaml"])), 0);
}

#[test]
fn a_file_under_two_names_is_read_once() {
    let files = folder(&[("apps/a.yaml", FAULTY)]);
    let whole = files.path().join("apps/a.yaml");
    let whole = whole.to_str().expect("text");
    let once = json(files.path(), &["apps/a.yaml"]);
    for paths in [
        &["apps/a.yaml", "./apps/a.yaml"][..],
        &["apps", "apps/../apps/a.yaml"],
        &["apps/a.yaml", whole],
        &["apps/a.yaml", "apps/a.yaml"],
        &["apps", "apps/../apps/a.yaml", whole],
    ] {
        let twice = json(files.path(), paths);
        let count = |report: &serde_json::Value| report["findings"].as_array().map(Vec::len);
        assert_eq!((twice.0, count(&twice.1)), (once.0, count(&once.1)), "{paths:?}: {}", twice.1);
        assert!(!twice.1.to_string().contains("catalogue/"), "no file is reported twice: {}", twice.1);
    }
}

#[test]
fn a_broken_file_of_thousands_of_parts_takes_linear_time() {
    let keys: String = (0..45_000).map(|nth| format!("k{nth}: 1\n")).collect();
    let broken = "---\na: [1\n".repeat(4_900);
    for text in [keys, broken] {
        let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN), ("b.yaml", &text)]);
        let started = std::time::Instant::now();
        assert!(code(&leaver(files.path(), &["check"])) < 3);
        // The limit allows for a debug build on a busy machine. Quadratic work would take minutes.
        assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
    }
}
