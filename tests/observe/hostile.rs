//! Broken and hostile exports give an error that describes the problem, and nothing is written.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use super::{SETS, export, exports, notes, observed, options, read};
use crate::common::{code, err, folder, leaver};

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("it is packed");
    encoder.finish().expect("it is packed")
}

#[test]
fn incomplete_exports_are_errors() {
    let apps = read("okta-apps.json").bytes;
    let half = &apps[..apps.len() / 2];
    let deep = format!("[{}{}]", "[".repeat(5_000), "]".repeat(5_000));
    let deep_app = format!(
        r#"[{{"id":"0oa1","signOnMode":"SAML_2_0","label":"x","settings":{}1{}}}]"#,
        "[".repeat(400),
        "]".repeat(400)
    );
    let two = |first: &[u8]| [&b"[]\n"[..], first].concat();
    let cut = packed(&apps);
    for (bytes, expected) in [
        (half.to_vec(), "not valid JSON"),
        (two(half), "not valid JSON"),
        (Vec::new(), "it is empty"),
        (b" \n\t".to_vec(), "it is empty"),
        (deep.into_bytes(), "not valid JSON"),
        (deep_app.into_bytes(), "not valid JSON"),
        (b"{\"a\": 1,}".to_vec(), "not valid JSON"),
        (b"[{\"id\": NaN}]".to_vec(), "not valid JSON"),
        (b"<html>sign in</html>".to_vec(), "not JSON"),
        (b"\xff\xfe\x00".to_vec(), "neither UTF-8"),
        (b"[\"\xc3\x28\"]".to_vec(), "neither UTF-8"),
        (cut[..cut.len() - 20].to_vec(), "cannot unpack it"),
        (b"\x1f\x8bnothing".to_vec(), "cannot unpack it"),
        (packed(&vec![b' '; 80 * 1024 * 1024]), "larger than 64 MiB"),
        (vec![b' '; 64 * 1024 * 1024 + 1], "larger than 64 MiB"),
        (format!("[{}0]", "0,".repeat(6_100_000)).into_bytes(), "more than 6000000 values"),
    ] {
        let error = observed("auto", &[export("x.json", bytes)]).expect_err(expected);
        assert!(error.contains(expected), "{expected}: {error}");
        assert!(!error.contains("ada.lovelace"), "{error}");
    }
}

#[test]
fn a_duplicate_key_is_an_error() {
    for text in [
        r#"[{"id":"0oa1","label":"Box","signOnMode":"SAML_2_0","status":"INACTIVE","status":"ACTIVE"}]"#,
        r#"[{"id":"0oa1","label":"Box","signOnMode":"SAML_2_0","settings":{"status":1,"st\u0061tus":1}}]"#,
        r#"{"value":[{"id":"1","appId":"2","accountEnabled":true,"status":null,"status":null}]}"#,
        r#"{"observation":"leaver/v1","system":"x","apps":[],"status":1,"status":2}"#,
    ] {
        for bytes in [text.as_bytes().to_vec(), packed(text.as_bytes())] {
            let error = observed("auto", &[export("x.json", bytes)]).expect_err(text);
            assert!(error.starts_with("`x.json`: the key `status` occurs twice in one object at line 1"), "{error}");
        }
    }
    let yaml = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\nkind: System\n";
    let error = observed("backstage", &[export("x.yaml", yaml)]).expect_err("the key occurs twice");
    assert!(error.contains("line 4"), "{error}");
    let error = observed("auto", &[export("x.json", r#"[{"ada@example.com":1,"ada@example.com":2}]"#)]);
    assert!(error.is_err_and(|error| error.contains("the key occurs twice") && !error.contains("ada")));
}

#[test]
fn entries_of_a_wrong_type_are_skipped_and_reported() {
    let good = r#"{"id":"0oa1","label":"Box","name":"box","status":"ACTIVE","signOnMode":"SAML_2_0"}"#;
    for (bad, what) in [
        ("null", "not an object"),
        ("7", "not an object"),
        (r#"{"id":7,"label":"x","signOnMode":"SAML_2_0"}"#, "no usable `id`"),
        (r#"{"label":"x","signOnMode":"SAML_2_0"}"#, "no usable `id`"),
        (r#"{"id":"","label":"x","signOnMode":"SAML_2_0"}"#, "no usable `id`"),
        (r#"{"id":"a b","label":"x","signOnMode":"SAML_2_0"}"#, "no usable `id`"),
        (r#"{"id":"<script>","label":"x","signOnMode":"SAML_2_0"}"#, "no usable `id`"),
    ] {
        let files = [export("x.json", format!("[{bad},{good}]"))];
        let all = observed("okta", &files).expect("the other entries are read");
        assert!(
            all.contains("label: Box") && all.contains("complete: false") && all.contains("unreadable-entries"),
            "{bad}: {all}"
        );
        let printed = notes("okta", &files);
        assert!(printed.contains(what) && printed.contains("/0"), "{bad}: {printed}");
    }
    // A field with a wrong type is dropped; the application is kept.
    let odd = r#"[{"id":"0oa1","label":["x"],"name":{},"status":1,"signOnMode":"SAML_2_0","features":"PUSH","settings":[],"credentials":7,"_links":"x"}]"#;
    let all = observed("okta", &[export("x.json", odd)]).expect("it is read");
    assert!(all.contains("appId: \"0oa1\"") && !all.contains("label"), "{all}");
}

#[test]
fn a_duplicate_id_is_reported_unless_the_applications_are_equal() {
    let app = |label: &str| format!(r#"{{"id":"0oa1","label":"{label}","signOnMode":"SAML_2_0"}}"#);
    let twice = |one: &str, other: &str| [export("x.json", format!("[{},{}]", app(one), app(other)))];
    let all = observed("okta", &twice("Box", "Crate")).expect("it is read");
    assert!(
        all.contains("label: Box") && all.contains("gaps: [duplicate-ids]") && all.contains("complete: true"),
        "{all}"
    );
    assert!(notes("okta", &twice("Box", "Crate")).contains("`0oa1` occurs twice"));
    let all = observed("okta", &twice("Box", "Box")).expect("it is read");
    assert!(!all.contains("gaps"), "{all}");
}

#[test]
fn labels_with_markup_and_control_characters_are_harmless_everywhere() {
    for label in [
        "\\u001b[31mred\\u0007",
        "::error::x",
        "##vso[task.complete]",
        "a\\nkind: App\\n---\\napiVersion: leaver/v1",
        "\\u202eabc\\u2066",
        "<script>alert(1)</script>",
        "': {x: y}",
        "*alias &anchor !!tag",
        "../../etc/passwd",
        "con",
        "\\ud83d\\ude00",
        "# comment",
        "%41",
        "-",
        "",
    ] {
        let text = format!(r#"[{{"id":"0oa1","label":"{label}","signOnMode":"SAML_2_0","status":"ACTIVE"}}]"#);
        let all = observed("okta", &[export("x.json", text.clone())]).expect("it is read");
        assert_eq!(all.matches("\nkind: ").count() + usize::from(all.starts_with("kind: ")), 2, "{label}: {all}");
        assert!(all.chars().all(|c| c == '\n' || !c.is_control()), "{label}: {all:?}");
        let there = folder(&[("x.json", &text), ("leaver.yaml", "version: 1\n")]);
        let output = leaver(there.path(), &["observe", "okta", "x.json"]);
        assert_eq!(code(&output), 0, "{label}: {}", err(&output));
        let written: Vec<String> = std::fs::read_dir(there.path().join("observed/okta"))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
            .collect();
        let plain =
            |name: &String| name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.');
        assert!(written.len() == 2 && written.iter().all(plain), "{label}: {written:?}");
        let output = leaver(there.path(), &["check", "-o", "json"]);
        assert!([0, 1].contains(&code(&output)), "{label}: {}", err(&output));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let rules: Vec<&str> = report["findings"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|finding| finding["rule"].as_str())
            .collect();
        assert_eq!(rules, ["drift/undeclared-app"], "{label}");
    }
}

#[test]
fn nothing_is_written_if_one_of_the_files_is_broken() {
    let apps = std::fs::read_to_string(exports().join("okta-apps.json")).expect("text");
    let there = folder(&[("1.json", &apps), ("2.json", "[{\"id\": "), ("leaver.yaml", "version: 1\n")]);
    let output = leaver(there.path(), &["observe", "okta", "1.json", "2.json"]);
    assert!(code(&output) == 2 && err(&output).contains("2.json"), "{}", err(&output));
    assert!(!there.path().join("observed").exists());
    let output = leaver(there.path(), &["import", "okta", "1.json", "2.json"]);
    assert!(code(&output) == 2 && !there.path().join("apps").exists());
    for (arguments, expected) in [
        (&["observe", "octa", "1.json"][..], "did you mean `okta`?"),
        (&["observe", "okta", "3.json"], "3.json"),
        (&["observe", "okta", "1.json", "--system", "Our Okta"], "lower-case"),
        (&["observe", "okta", "1.json", "--taken-on", "yesterday"], "is not a date"),
        (&["check", "--evidence", "2.json"], "2.json"),
    ] {
        let output = leaver(there.path(), arguments);
        assert!(
            code(&output) == 2
                && format!("{}{}", err(&output), String::from_utf8_lossy(&output.stdout)).contains(expected),
            "{arguments:?}: {}",
            err(&output)
        );
    }
}

proptest! {
    #![proptest_config(super::cases(200))]

    /// If bytes of an export are changed, removed or repeated, leaver reads or refuses the export without a panic, and its output is valid.
    #[test]
    fn a_damaged_export_is_read_or_refused(set in 0..SETS.len(), which in 0..9_usize, at in 0.0..1.0_f64, byte in any::<u8>(), lost in 0..40_usize, twice in any::<bool>()) {
        let (_, files) = &SETS[set];
        let mut all: Vec<_> = files.iter().map(|name| read(name)).collect();
        let file = which % all.len();
        let bytes = &mut all[file].bytes;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a file")]
        let place = (bytes.len() as f64 * at) as usize;
        bytes[place] = byte;
        bytes.drain(place..(place + lost).min(bytes.len()));
        if twice {
            let again = bytes.clone();
            bytes.extend(again);
        }
        if let Ok(collected) = leaver::observe::collect("auto", &all, options()) {
            let text = leaver::observe::documents(&collected, "");
            let file = std::sync::Arc::new(leaver::source::SourceFile::new("o.yaml", text));
            let limits = leaver::source::YamlLimits::default();
            let parsed = leaver::source::parse(&file, &limits);
            prop_assert!(parsed.problems.is_empty(), "{}", file.text());
            for document in parsed.documents {
                match leaver::schema::declare(&file, document) {
                    leaver::schema::Declared::Declaration(_, breaches) => {
                        let printed: Vec<_> = breaches.iter().map(|breach| &breach.message).collect();
                        prop_assert!(printed.is_empty(), "{:?} in {}", printed, file.text());
                    }
                    _ => prop_assert!(false, "no declaration: {}", file.text()),
                }
            }
        }
    }
}

/// PowerShell writes some lists as objects, and values below `-Depth` as text.
#[test]
fn exports_of_powershell_are_read_or_refused() {
    let app = |more: &str| {
        format!(r#"{{"id":"0oa1","label":"Box","name":"box","status":"ACTIVE","signOnMode":"SAML_2_0"{more}}}"#)
    };
    let list = |app: &str| format!(r#"{{"value":[{app}],"Count":1}}"#);
    let all = observed("okta", &[export("x.json", list(&app("")))]).expect("it is read");
    assert!(
        all.contains("appId: \"0oa1\"") && all.contains("pointer: \"/value/0\"") && all.contains("complete: true"),
        "{all}"
    );
    let principal = r#"{"id":"p","appId":"c","accountEnabled":true"#;
    let job = r#"{"id":"j","templateId":"scim""#;
    for (format, text) in [
        ("okta", format!("[{}]", app(r#","settings":"@{app=; notes=}""#))),
        ("okta", list(&app(r#","_links":"@{self=https://x}""#))),
        ("okta", format!("[{}]", app(r#","credentials":"@{userNameTemplate=}""#))),
        ("entra", format!(r#"{{"value":[{principal},"keyCredentials":"System.Object[]"}}]}}"#)),
        ("entra", format!(r#"{{"value":[{job},"status":"@{{code=Active}}"}}]}}"#)),
        ("entra", format!(r#"{{"value":[{job},"schedule":"@{{interval=PT40M}}"}}]}}"#)),
    ] {
        let error = observed(format, &[export("x.json", text.as_str())]).expect_err(&text);
        assert!(error.contains("cut off below it"), "{text}: {error}");
    }
    // An object that does not contain a list is not unwrapped.
    for text in [r#"{"value":1,"Count":1}"#, r#"{"Count":1,"x":[]}"#] {
        let error = observed("auto", &[export("x.json", text)]).expect_err(text);
        assert!(error.contains("a JSON object with"), "{error}");
    }
}

/// An export with an empty name once led to a declaration without a name.
#[test]
fn a_system_needs_a_name() {
    for system in ["", "-", "-a", "a-", "A", "a b", &"a".repeat(64)] {
        let text = format!(r#"{{"observation":"leaver/v1","system":"{system}","apps":[{{"appId":"a"}}]}}"#);
        let error = observed("auto", &[export("x.json", text)]).expect_err(system);
        assert!(error.contains("it has no `system`"), "{error}");
    }
}

/// Cells of a table, some of which are hard to parse.
const CELLS: &str = "[a-z]{0,3}|primaryEmail|suspended|clientId|user|True|WAHR|\"[a-z,;\\n]{0,3}\"|\"|sep=|[,;\t{}:\\[#]{1,2}|\\PC{0,3}";

proptest! {
    #![proptest_config(super::cases(400))]

    /// A table of any shape is read, or refused with a message. The result names no person, and does not depend on the line endings.
    #[test]
    fn a_table_of_any_shape_is_read_or_refused(
        rows in proptest::collection::vec(proptest::collection::vec(CELLS, 1..5), 1..6),
        between in proptest::sample::select(vec![",", ";", "\t"]),
        head in any::<bool>(),
    ) {
        let mut lines: Vec<String> = rows.iter().map(|row| row.join(between)).collect();
        if head {
            lines.insert(0, ["primaryEmail", "suspended"].join(between));
            lines.push(["ada.lovelace@example.com", "true"].join(between));
        }
        let read = |end: &str| {
            let text = lines.join(end);
            leaver::observe::collect("auto", &[export("t.csv", text)], options())
        };
        match read("\n") {
            Ok(collected) => {
                let text = leaver::observe::documents(&collected, "");
                prop_assert!(!text.contains("lovelace"), "{}", text);
                // A line break in a quoted cell is part of the value, so only tables without such a cell are compared.
                if !lines.iter().any(|line| line.contains(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'])) {
                    let again = read("\r\n").map(|collected| leaver::observe::documents(&collected, ""));
                    prop_assert_eq!(again.ok(), Some(text));
                }
            }
            Err(failures) => prop_assert!(failures.iter().all(|failure| !failure.message.is_empty() && !failure.message.contains("lovelace"))),
        }
    }
}

/// A label comes from another system, so lookalike characters in it are not a fault of the catalogue.
#[test]
fn labels_in_any_script_are_not_a_finding() {
    for label in ["Сlack", "日本語アプリ", "Übung", "ｆｕｌｌ", "a\u{301}"] {
        let text = format!(r#"[{{"id":"0oa1","label":"{label}","signOnMode":"SAML_2_0","status":"INACTIVE"}}]"#);
        let there = folder(&[("x.json", &text), ("leaver.yaml", "version: 1\n")]);
        assert_eq!(code(&leaver(there.path(), &["observe", "okta", "x.json"])), 0, "{label}");
        let output = leaver(there.path(), &["check", "-o", "concise"]);
        assert_eq!(code(&output), 0, "{label}: {}", String::from_utf8_lossy(&output.stdout));
    }
}
