//! Exports as administrators have them: saved again by a spreadsheet, joined by jq, with headers in front, packed in other ways, empty, cut off, or
//! with pages missing. leaver reads each as intended or refuses it with a message, and loses nothing silently.

use super::{export, notes, observed, of, read};

const PEOPLE: &[[&str; 5]] = &[
    ["primaryEmail", "suspended", "archived", "isAdmin", "isDelegatedAdmin"],
    ["ada@example.com", "False", "False", "True", "False"],
    ["bob@example.com", "True", "False", "False", "False"],
    ["eve@example.com", "False", "True", "False", "False"],
];

fn saved_table(between: &str, end: &str, cell: impl Fn(&str) -> String) -> String {
    let line = |cells: &[&str; 5]| cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(between) + end;
    PEOPLE.iter().map(line).collect()
}

fn plain(text: &str) -> String {
    text.to_owned()
}

/// The numbers of a snapshot, without the numbers that leaver counts itself.
fn counts(text: &[u8]) -> String {
    let all = observed("google-workspace", &[export("people.csv", text)]).expect("it is read");
    assert!(!all.contains("@example"), "{all}");
    let own = ["active:", "apps:", "inactive:", "missing:"];
    let lines = all.lines().skip_while(|line| !line.contains("counts:")).skip(1).map(str::trim);
    lines.filter(|line| !own.iter().any(|key| line.starts_with(key))).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_table_that_a_spreadsheet_saved_again_has_the_same_numbers() {
    let expected = "admins: 1 archived: 1 delegatedAdmins: 0 people: 3 suspended: 1";
    let quoted = |text: &str| format!("\"{text}\"");
    let words = |on: &'static str, off: &'static str| move |text: &str| text.replace("True", on).replace("False", off);
    let wide = |text: String| -> Vec<u8> {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    for text in [
        saved_table(",", "\n", plain),
        saved_table(";", "\r\n", plain),
        saved_table("\t", "\n", plain),
        saved_table(",", "\r", plain),
        saved_table(";", "\n", quoted),
        format!("\u{feff}{}", saved_table(";", "\r\n", plain)),
        format!("sep=;\r\n{}", saved_table(";", "\r\n", plain)),
        format!("\u{feff}\"sep=,\"\n{}", saved_table(",", "\n", quoted)),
        saved_table(",", "\n", plain) + "\n\n\r\n",
        saved_table(";", "\n", plain) + ";;;;\n;;;;\n",
        saved_table(",", ",,\n", plain),
        saved_table(",", "\n", plain)
            + &saved_table(",", "\n", plain).lines().skip(1).map(|line| format!("{line}\n")).collect::<String>(),
        saved_table(";", "\n", words("WAHR", "FALSCH")),
        saved_table(";", "\n", words("VRAI", "FAUX")),
        saved_table(",", "\n", words("1", "0")),
        saved_table(",", "\n", words("TRUE", "")),
        saved_table(",", "\n", str::to_lowercase),
        saved_table(",", "\n", str::to_uppercase),
    ] {
        assert_eq!(counts(text.as_bytes()), expected, "{text}");
    }
    for text in [saved_table("\t", "\r\n", plain), saved_table(",", "\n", quoted)] {
        assert_eq!(counts(&wide(text.clone())), expected, "{text}");
    }
    let lines =
        "primaryEmail,suspended,orgUnitPath\n\"ada@example.com\",False,\"a\nb; \"\"c\"\"\"\nbob@example.com,True,/\n";
    assert_eq!(counts(lines.as_bytes()), "people: 2 suspended: 1");
}

#[test]
fn numbers_missing_from_an_export_are_omitted() {
    assert_eq!(counts(b"primaryEmail,suspended\nada@example.com,True\n"), "people: 1 suspended: 1");
    let odd = "primaryEmail,suspended,archived\nada@example.com,True,maybe\nbob@example.com,False,False\n";
    assert_eq!(counts(odd.as_bytes()), "people: 2 suspended: 1");
    let printed = notes("google-workspace", &[export("people.csv", odd)]);
    assert!(printed.contains("`archived` is left out"), "{printed}");
    let person =
        r#"{"kind":"admin#directory#users","users":[{"primaryEmail":"ada@example.com","suspended":true}]TOKEN}"#;
    let page = |token: &str| person.replace("TOKEN", token);
    for (token, open) in [
        ("", false),
        (r#","nextPageToken":null"#, false),
        (r#","nextPageToken":"""#, false),
        (r#","nextPageToken":"x""#, true),
    ] {
        let all = observed("google-workspace", &[export("people.json", page(token))]).expect("it is read");
        assert_eq!(all.contains("gaps: [more-pages, partial-format]"), open, "{token}: {all}");
        assert_eq!(all.contains("people:"), !open, "{token}: {all}");
    }
}

#[test]
fn a_broken_table_is_refused_in_words() {
    for (text, expected) in [
        ("primaryEmail,suspended,isAdmin\nada@example.com,False,False\nbob@exam", "line 3 has 1 cell and the header 3"),
        ("primaryEmail;suspended\nada@example.com;False;x\n", "line 2 has 3 cells and the header 2"),
        ("primaryEmail,suspended\n\"ada@example.com\",\"Fal", "a quote is not closed"),
        ("primaryEmail,suspended,Suspended\nada@example.com,False,True\n", "`Suspended` twice"),
        ("primaryEmail,suspended\n", "is an empty list"),
        ("Name,Mail\nAda,ada@example.com\n", "it looks like a list of 1 objects with `Name`, `Mail`"),
        ("E-Mail;gesperrt\nada@example.com;WAHR\n", "it looks like a list of 1 objects with `E-Mail`, `gesperrt`"),
        ("First Name [Required],Status [READ ONLY]\nAda,Active\n", "it looks like a list of 1 objects"),
    ] {
        let error = observed("google-workspace", &[export("people.csv", text)]).expect_err(text);
        assert!(error.contains(expected) && !error.contains("ada@"), "{text}: {error}");
    }
}

#[test]
fn files_of_other_kinds_are_named() {
    let tar = [vec![0x61; 257], b"ustar\0".to_vec(), vec![0; 300]].concat();
    for (bytes, expected) in [
        (b"PK\x03\x04rest".to_vec(), "a ZIP archive or an Excel workbook"),
        (b"BZh91AY".to_vec(), "packed with bzip2"),
        (b"\xfd7zXZ\0\0".to_vec(), "packed with xz"),
        (b"\x28\xb5\x2f\xfd..".to_vec(), "packed with zstd"),
        (b"%PDF-1.7".to_vec(), "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1".to_vec(), "an Excel workbook"),
        (tar, "a tar archive"),
        (b"<!DOCTYPE html>\n<title>Sign in</title>".to_vec(), "a web page"),
        (b"<?xml version=\"1.0\"?><EntityDescriptor/>".to_vec(), "an XML document"),
    ] {
        let error = observed("auto", &[export("x.json", bytes)]).expect_err(expected);
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

fn app(id: &str, more: &str) -> String {
    format!(r#"{{"id":"{id}","label":"App {id}","name":"x","status":"ACTIVE","signOnMode":"SAML_2_0"{more}}}"#)
}

fn ids(format: &str, text: impl Into<Vec<u8>>) -> (Vec<String>, bool) {
    let all = observed(format, &[export("x.json", text)]).expect("it is read");
    let ids =
        all.lines().filter_map(|line| line.trim().strip_prefix("appId: ")).map(|id| id.trim_matches('"').to_owned());
    (ids.collect(), all.contains("complete: true"))
}

#[test]
fn headers_in_front_of_an_answer_do_not_hide_it() {
    let link = |rel: &str| format!("link: <https://o.example/api/v1/apps?after=a>; rel=\"{rel}\"");
    for end in ["\n", "\r\n"] {
        let answer = |rel: &str| {
            let proxy = format!("HTTP/1.1 200 Connection established{end}{end}");
            format!(
                "{proxy}HTTP/2 200{end}content-type: application/json{end}{}{end}{end}[{}]",
                link(rel),
                app("0oa1", "")
            )
        };
        assert_eq!(ids("okta", answer("self")), (vec!["0oa1".into()], true));
        assert_eq!(ids("okta", answer("next")), (vec!["0oa1".into()], false));
        let error = observed("okta", &[export("x", answer("self") + "]")]).expect_err("broken");
        assert!(error.contains("not valid JSON"), "{error}");
    }
}

#[test]
fn pages_joined_by_jq_are_read_like_separate_pages() {
    let one = format!("[[{},{}],[{}]]", app("0oa1", ""), app("0oa2", ""), app("0oa3", ""));
    assert_eq!(ids("okta", one.clone()), (vec!["0oa1".into(), "0oa2".into(), "0oa3".into()], true));
    let all = observed("okta", &[export("x.json", one)]).expect("it is read");
    assert!(of(&all, "0oa3").contains("pointer: \"/1/0\""), "{all}");
    let principal = |id: &str| format!(r#"{{"id":"{id}","appId":"c{id}","displayName":"x","accountEnabled":true}}"#);
    for (link, complete) in
        [("", true), (r#","@odata.nextLink":null"#, true), (r#","@odata.nextLink":"https://g""#, false)]
    {
        let pages = format!(
            r#"[{{"value":[{}],"@odata.nextLink":"https://g"}},{{"value":[{}]{link}}}]"#,
            principal("p1"),
            principal("p2")
        );
        assert_eq!(ids("entra", pages), (vec!["p1".into(), "p2".into()], complete), "{link}");
    }
    let own =
        |id: &str| format!(r#"{{"observation":"leaver/v1","system":"k","complete":true,"apps":[{{"appId":"{id}"}}]}}"#);
    assert_eq!(ids("auto", format!("[{},{}]", own("a"), own("b"))), (vec!["a".into(), "b".into()], true));
}

#[test]
fn an_empty_export_proves_nothing() {
    for (format, text) in [("okta", "[]"), ("auto", " [ ] "), ("entra", "[]\n[]"), ("auto", "[[],[]]")] {
        let error = observed(format, &[export("x.json", text)]).expect_err(text);
        assert!(error.contains("`x.json` is an empty list"), "{error}");
    }
    let principals = r#"{"@odata.context":"https://g/$metadata#servicePrincipals","value":[]}"#;
    let own = r#"{"observation":"leaver/v1","system":"k","complete":true,"apps":[]}"#;
    for text in [principals, own] {
        let all = observed("auto", &[export("x.json", text)]).expect("it is read");
        assert!(all.contains("complete: false\n  gaps: [no-entries]"), "{all}");
        assert!(notes("auto", &[export("x.json", text)]).contains("the list of applications is empty"));
    }
}

#[test]
fn a_round_number_of_entries_may_be_an_incomplete_page() {
    let list =
        |size: usize| format!("[{}]", (0..size).map(|at| app(&format!("0oa{at}"), "")).collect::<Vec<_>>().join(","));
    for (size, complete) in [
        (1, true),
        (49, true),
        (50, false),
        (51, true),
        (100, false),
        (199, true),
        (200, false),
        (201, true),
        (500, false),
    ] {
        assert_eq!(ids("okta", list(size)).1, complete, "{size}");
    }
    let users = |from: usize, to: usize| {
        let user = |at| {
            format!(
                r#"{{"id":"00u{at}","scope":"USER","syncState":"X","_links":{{"app":{{"href":"https://o/api/v1/apps/0oa1"}}}}}}"#
            )
        };
        format!("[{}]", (from..to).map(user).collect::<Vec<_>>().join(","))
    };
    for (pages, people) in [
        (vec![users(0, 3)], Some(3)),
        (vec![users(0, 50)], None),
        (vec![users(0, 100)], None),
        (vec![users(0, 200)], None),
        (vec![users(0, 200), users(200, 203)], Some(203)),
        // A person who occurs on two pages is counted once.
        (vec![users(0, 3), users(0, 3)], Some(3)),
        (vec![users(0, 30), users(20, 41)], Some(41)),
    ] {
        let mut files = vec![export("apps.json", format!("[{}]", app("0oa1", "")))];
        files.extend(pages.iter().enumerate().map(|(at, page)| export(&format!("users.{at}.json"), page.as_str())));
        let all = observed("okta", &files).expect("it is read");
        let line = people.map(|people| format!("people: {people}\n"));
        assert_eq!(all.contains("people:"), line.is_some(), "{all}");
        assert!(line.is_none_or(|line| all.contains(&line)), "{people:?}: {all}");
    }
}

const PRINCIPAL: &str = "00000000-0000-0000-0000-000000000001";

fn principals(more: &str, top: &str) -> String {
    format!(r#"{{"value":[{{"id":"{PRINCIPAL}","appId":"c","accountEnabled":true{more}}}]{top}}}"#)
}

#[test]
fn pages_of_graph_are_distinguished_by_file() {
    let context = "https://graph.microsoft.com/v1.0/$metadata#appRoleAssignments";
    let page = |people: &[u32], next: &str| {
        let one = |id: &u32| format!(r#"{{"id":"a{id}","principalType":"User","resourceId":"{PRINCIPAL}"}}"#);
        let list = people.iter().map(one).collect::<Vec<_>>().join(",");
        format!(r#"{{"@odata.context":"{context}","value":[{list}]{next}}}"#)
    };
    let next = r#","@odata.nextLink":"https://g""#;
    for (pages, people) in [
        (vec![page(&[1, 2], "")], Some(2)),
        (vec![page(&[1, 2], next)], None),
        (vec![page(&[1, 2], next), page(&[], "")], Some(2)),
        (vec![page(&[], next), page(&[1], "")], Some(1)),
        (vec![page(&[], next)], None),
        (vec![page(&[], "")], Some(0)),
        (vec![page(&[1, 2], ""), page(&[1, 2], "")], Some(2)),
    ] {
        let mut files = vec![export("principals.json", principals("", ""))];
        let name = |at| format!("assigned.{PRINCIPAL}.{at}.json");
        files.extend(pages.iter().enumerate().map(|(at, page)| export(&name(at), page.as_str())));
        let all = observed("entra", &files).expect("it is read");
        let line = people.map(|people| format!("people: {people}\n"));
        assert_eq!(all.contains("people:"), line.is_some(), "{pages:?}: {all}");
        assert!(line.is_none_or(|line| all.contains(&line)), "{people:?}: {all}");
    }
    for (count, complete) in [(1, true), (0, true), (2, false), (57, false)] {
        let text = principals("", &format!(r#","@odata.count":{count}"#));
        assert_eq!(ids("entra", text).1, complete, "{count}");
    }
    let jobs = |next: &str| {
        format!(
            r#"{{"@odata.context":"https://g/$metadata#servicePrincipals('{PRINCIPAL}')/synchronization/jobs","value":[{{"id":"j","templateId":"scim","status":{{}}}}]{next}}}"#
        )
    };
    for (next, complete) in [("", true), (next, false)] {
        let files = [export("p.json", principals("", "")), export("j.json", jobs(next))];
        assert_eq!(observed("entra", &files).expect("it is read").contains("complete: true"), complete, "{next}");
    }
}

/// Exports state a missing value as null or as an empty text. leaver then reads the value from another key.
#[test]
fn a_null_or_empty_value_falls_back_to_another_key() {
    let okta =
        |more: &str| format!(r#"[{{"id":"0oa1","name":"box_net","status":"ACTIVE","signOnMode":"SAML_2_0"{more}}}]"#);
    let entity = |title: &str| {
        format!(
            r#"[{{"apiVersion":"backstage.io/v1alpha1","kind":"Component","metadata":{{"name":"box","title":{title}}}}}]"#
        )
    };
    for (format, text, label) in [
        ("okta", okta(r#","label":null"#), "label: box_net\n"),
        ("okta", okta(r#","label":"""#), "label: box_net\n"),
        ("entra", principals(r#","displayName":null,"appDisplayName":"Box""#, ""), "label: Box\n"),
        ("entra", principals(r#","displayName":" ","appDisplayName":"Box""#, ""), "label: Box\n"),
        ("backstage", entity("null"), "label: box\n"),
        ("backstage", entity("\"\""), "label: box\n"),
    ] {
        let all = observed(format, &[export("x.json", text.clone())]).expect("it is read");
        assert!(all.contains(label), "{text}: {all}");
    }
    let saml = r#"{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{"resources":[{"address":"okta_app_saml.box","mode":"managed","type":"okta_app_saml","name":"box","values":{"id":"0oa1","label":"Box","preconfigured_app":null,"name":"box_net"}}]}}}"#;
    let all = observed("terraform", &[export("s.json", saml)]).expect("it is read");
    assert!(all.contains("template: box_net\n"), "{all}");
}

#[test]
fn deleted_applications_are_absent_and_future_dates_are_dropped() {
    let all = observed("entra", &[export("p.json", principals(r#","deletedDateTime":"2026-11-01T00:00:00Z""#, ""))])
        .expect("it is read");
    assert!(all.contains("status: absent"), "{all}");
    let all = observed("entra", &[export("p.json", principals(r#","deletedDateTime":null"#, ""))]).expect("it is read");
    assert!(all.contains("status: active"), "{all}");
    let own = |moment: &str| {
        format!(
            r#"{{"observation":"leaver/v1","system":"k","complete":true,"apps":[{{"appId":"a","health":{{"state":"healthy","lastSuccess":"{moment}"}}}}]}}"#
        )
    };
    for (moment, kept) in
        [("2026-11-25T23:59:59Z", true), ("2026-11-26T00:00:00Z", false), ("2031-01-01T00:00:00Z", false)]
    {
        let file = [export("x.json", own(moment))];
        assert_eq!(observed("auto", &file).expect("it is read").contains("lastSuccess"), kept, "{moment}");
        assert_eq!(notes("auto", &file).contains("the last success is after today"), !kept, "{moment}");
    }
}

#[test]
fn keys_of_the_published_format_must_have_their_shapes() {
    let own = |top: &str| format!(r#"{{"observation":"leaver/v1","system":"k","apps":[{{"appId":"a"}}]{top}}}"#);
    for day in [r#""31.12.2025 08:00""#, "45992", r#""2026-13-01""#, r#""""#, "true"] {
        let text = own(&format!(r#","takenOn":{day}"#));
        let error = observed("auto", &[export("x.json", text.as_str())]).expect_err(day);
        assert!(error.contains("`takenOn` is not a date such as"), "{error}");
    }
    for (top, expected) in [
        (r#","completed":true"#, "no field `completed`"),
        (r#","complete":"true""#, "`complete` has a value"),
        (r#","takenOn":"2026-11-01T08:00:00Z","complete":true"#, ""),
        (r#","takenOn":null"#, ""),
    ] {
        let printed = notes("auto", &[export("x.json", own(top))]);
        assert!(printed.contains(expected) && printed.is_empty() == expected.is_empty(), "{top}: {printed}");
    }
    for ids in [r#""b""#, "[3]", r#"["a b"]"#, "null"] {
        let text = own("").replace(r#""appId":"a""#, &format!(r#""appId":"a","otherIds":{ids}"#));
        assert!(notes("auto", &[export("x.json", text)]).contains("`otherIds` has a value"), "{ids}");
    }
}

/// The id of a job is not the id of an application. If a draft stated the id of a job as its `appId`, leaver would report the application as absent
/// after the next complete export, which lacks this id.
#[test]
fn jobs_without_their_application_are_not_applications() {
    let job = r#"{"value":[{"id":"BoxOutDelta.e4bbf445","templateId":"BoxOutDelta","status":{"code":"Active"}}]}"#;
    let all = observed("entra", &[export("jobs.json", job)]).expect("it is read");
    assert!(all.contains("kind: component"), "{all}");
    let all = observed("entra", &[export(&format!("jobs.{PRINCIPAL}.json"), job)]).expect("it is read");
    assert!(!all.contains("kind: component") && all.contains(PRINCIPAL), "{all}");
}

/// Notes on the whole export are shown even if there are many notes on entries.
#[test]
fn the_note_on_missing_pages_is_always_shown() {
    let broken = (0..60)
        .map(|at| format!(r#"{{"id":"a {at}","appId":"c","accountEnabled":true}}"#))
        .collect::<Vec<_>>()
        .join(",");
    let good = r#"{"id":"p","appId":"c","accountEnabled":true}"#;
    let text = format!(r#"{{"value":[{good},{broken}],"@odata.nextLink":"https://g"}}"#);
    let printed = notes("entra", &[export("x.json", text)]);
    assert!(printed.contains("40 more like these") && printed.contains("links to another page"), "{printed}");
}

/// Headers before an export and the encoding UTF-16 do not change the result.
#[test]
fn headers_and_utf16_do_not_change_the_result() {
    let plain = observed("okta", &[read("okta-apps.json")]).expect("it is read");
    let text = String::from_utf8(read("okta-apps.json").bytes).expect("text");
    let with = observed("okta", &[export("okta-apps.json", format!("HTTP/2 200\r\ndate: today\r\n\r\n{text}"))]);
    assert_eq!(with.expect("it is read"), plain);
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(observed("okta", &[export("okta-apps.json", wide)]).expect("it is read"), plain);
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(observed("okta", &[export("okta-apps.json", wide)]).expect("it is read"), plain);
}
