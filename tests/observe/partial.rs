//! Partial exports: an application that a partial export lacks is not absent.

use super::{export, observed, of, read};
use crate::common::{code, err, folder, leaver, out};

fn app(id: &str) -> String {
    format!(r#"{{"id":"{id}","label":"App {id}","name":"x","status":"ACTIVE","signOnMode":"SAML_2_0"}}"#)
}

fn is_complete(files: &[(&str, String)]) -> bool {
    let files: Vec<_> = files.iter().map(|(name, text)| export(name, text.clone())).collect();
    let all = observed("auto", &files).expect("it is read");
    all.contains("complete: true\n")
}

#[test]
fn one_object_is_not_a_list() {
    let principal = |id: &str| format!(r#"{{"id":"{id}","appId":"c{id}","displayName":"x","accountEnabled":true}}"#);
    let entity = |name: &str| {
        format!(r#"{{"apiVersion":"backstage.io/v1alpha1","kind":"Component","metadata":{{"name":"{name}"}}}}"#)
    };
    let yaml = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\n";
    for (files, complete) in [
        (vec![("a.json", app("1"))], false),
        (vec![("a.json", app("1")), ("b.json", app("2"))], false),
        (vec![("a.json", format!("[{}]", app("1")))], true),
        (vec![("a.json", format!("[{}]", app("1"))), ("b.json", app("2"))], true),
        (vec![("a.json", format!("{}\n{}", app("1"), app("2")))], true),
        (vec![("a.json", (0..200).map(|at| app(&at.to_string()) + "\n").collect::<String>())], false),
        (vec![("a.json", principal("1"))], false),
        (vec![("a.json", format!(r#"{{"value":[{}]}}"#, principal("1")))], true),
        (vec![("a.json", format!("[{}]", principal("1")))], true),
        (vec![("a.json", entity("a"))], false),
        (vec![("a.json", format!("{}\n{}", entity("a"), entity("b")))], false),
        (vec![("a.yaml", yaml.to_owned())], false),
        (vec![("a.yaml", format!("{yaml}---\n{}", yaml.replace("name: a", "name: b")))], false),
        (vec![("a.json", format!("[{}]", entity("a")))], true),
        (vec![("a.json", format!(r#"{{"items":[{}],"pageInfo":{{}}}}"#, entity("a")))], true),
    ] {
        assert_eq!(is_complete(&files), complete, "{files:?}");
    }
}

#[test]
fn headers_of_another_list_are_ignored() {
    let page = |from: usize, to: usize| {
        format!("[{}]", (from..to).map(|at| app(&at.to_string())).collect::<Vec<_>>().join(","))
    };
    let headers = |path: &str, rel: &str| {
        format!("HTTP/2 200\nlink: <https://acme.okta.example/api/v1/{path}?limit=200>; rel=\"{rel}\"\n\n")
    };
    for (path, rel, size, complete) in [
        ("apps", "self", 200, true),
        ("apps", "next", 20, false),
        ("apps/0oa1/users", "self", 200, false),
        ("apps/0oa1/users", "next", 20, true),
        ("idps", "self", 200, false),
        ("idps", "next", 20, true),
        ("groups", "self", 200, false),
    ] {
        let files = [("a.json", page(0, size)), ("h", headers(path, rel))];
        assert_eq!(is_complete(&files), complete, "{path} {rel} {size}");
    }
}

#[test]
fn a_page_that_is_missing_in_the_middle_is_noticed() {
    let page = |id: &str| format!("[{}]", app(id));
    let headers = |own: &str, next: &str| {
        let link = |query: &str, rel: &str| {
            format!("link: <https://acme.okta.example/api/v1/apps?limit=1{query}>; rel=\"{rel}\"\n")
        };
        let next = if next.is_empty() { String::new() } else { link(next, "next") };
        format!("HTTP/2 200\n{}{next}\n", link(own, "self"))
    };
    let [first, second, third] = [("", "&after=1"), ("&after=1", "&after=2"), ("&after=2", "")];
    let all = [("1", first), ("2", second), ("3", third)];
    for (kept, complete) in [(&all[..], true), (&all[..2], false), (&all[..1], false), (&[all[0], all[2]], false)] {
        let files: Vec<(String, String)> = kept
            .iter()
            .flat_map(|(id, (own, next))| {
                [(format!("{id}.json"), page(id)), (format!("{id}.headers"), headers(own, next))]
            })
            .collect();
        let files: Vec<(&str, String)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
        assert_eq!(is_complete(&files), complete, "{files:?}");
    }
}

/// A complete list of groups does not make a partial list of components complete.
#[test]
fn each_list_of_an_inventory_is_checked_for_missing_pages() {
    let list = |kind: &str, names: &[&str], total: Option<usize>, next: bool| {
        let entity = |name: &&str| serde_json::json!({"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": {"name": name}});
        let mut list = serde_json::json!({"items": names.iter().map(entity).collect::<Vec<_>>(), "pageInfo": {}});
        if let Some(total) = total {
            list["totalItems"] = total.into();
        }
        if next {
            list["pageInfo"]["nextCursor"] = "x".into();
        }
        list.to_string()
    };
    let groups = || list("Group", &["it"], Some(1), false);
    for (files, complete) in [
        (vec![list("Component", &["a", "b"], Some(2), false), groups()], true),
        (vec![list("Component", &["a"], Some(2), true), list("Component", &["b"], Some(2), false), groups()], true),
        (vec![list("Component", &["a"], Some(2), true), groups()], false),
        (vec![list("Component", &["a"], Some(3), true), list("Component", &["c"], Some(3), false), groups()], false),
        (vec![list("Component", &["a"], None, true), list("Component", &["b"], None, false)], true),
        (vec![list("Component", &["a"], None, true)], false),
    ] {
        let files: Vec<_> =
            files.iter().zip(["1.json", "2.json", "3.json"]).map(|(text, name)| (name, text.clone())).collect();
        assert_eq!(is_complete(&files), complete, "{files:?}");
    }
}

const TAKEN: [&str; 2] = ["--taken-on", "2026-11-24"];

/// Runs `leaver observe` in a folder with these exports, and returns the applications that are marked as absent.
fn missing(there: &std::path::Path, format: &str, exports: &[(&str, String)]) -> Vec<String> {
    let folder = there.join("exports");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).expect("a folder");
    for (name, text) in exports {
        std::fs::write(folder.join(name), text).expect("it is written");
    }
    let output = leaver(there, &[&["observe", format, "exports"][..], &TAKEN].concat());
    assert_eq!(code(&output), 0, "{}", err(&output));
    out(&output).lines().filter_map(|line| line.strip_prefix("missing: ")).map(str::to_owned).collect()
}

#[test]
fn entries_of_a_kind_that_was_not_exported_are_not_absent() {
    let there = folder(&[("leaver.yaml", "version: 1\n")]);
    let apps =
        |ids: &[&str]| ("apps.json", format!("[{}]", ids.iter().map(|id| app(id)).collect::<Vec<_>>().join(",")));
    let idp = |id: &str| {
        format!(
            r#"{{"id":"{id}","name":"Partner {id}","type":"SAML2","policy":{{}},"protocol":{{"type":"SAML2"}},"status":"ACTIVE"}}"#
        )
    };
    let idps =
        |ids: &[&str]| ("idps.json", format!("[{}]", ids.iter().map(|id| idp(id)).collect::<Vec<_>>().join(",")));
    let all = [apps(&["0oaA", "0oaB"]), idps(&["0oaP", "0oaQ"])];
    assert_eq!(missing(there.path(), "okta", &all), Vec::<String>::new());
    // If an export lacks a kind of entries, or has only a single object of it, no entry of this kind is absent.
    assert_eq!(missing(there.path(), "okta", &[apps(&["0oaA", "0oaB"])]), Vec::<String>::new());
    assert_eq!(missing(there.path(), "okta", &[idps(&["0oaP", "0oaQ"])]), Vec::<String>::new());
    assert_eq!(
        missing(there.path(), "okta", &[apps(&["0oaA", "0oaB"]), ("i.json", idp("0oaP"))]),
        Vec::<String>::new()
    );
    let next = "HTTP/2 200\nlink: <https://a.example/api/v1/idps?after=x>; rel=\"next\"\n\n".to_owned();
    assert_eq!(missing(there.path(), "okta", &[all[0].clone(), idps(&["0oaP"]), ("h", next)]), Vec::<String>::new());
    // An entry that a complete list of its kind lacks is absent.
    assert_eq!(missing(there.path(), "okta", &[apps(&["0oaA"])]), ["okta/app-0oab.yaml"]);
    assert_eq!(missing(there.path(), "okta", &[apps(&["0oaA"]), idps(&["0oaP"])]), ["okta/partner-0oaq.yaml"]);
    // In an inventory, too, an entry is absent only if the export has other entries of its kind.
    let entity = |kind: &str, name: &str| {
        format!(r#"{{"apiVersion":"backstage.io/v1alpha1","kind":"{kind}","metadata":{{"name":"{name}"}}}}"#)
    };
    let list = |of: &[(&str, &str)]| {
        ("b.json", format!("[{}]", of.iter().map(|(kind, name)| entity(kind, name)).collect::<Vec<_>>().join(",")))
    };
    missing(there.path(), "backstage", &[list(&[("Component", "a"), ("Component", "b"), ("Resource", "c")])]);
    assert_eq!(missing(there.path(), "backstage", &[list(&[("Component", "a")])]), ["backstage/b.yaml"]);
}

#[test]
fn assignments_of_each_application_are_checked_for_missing_pages() {
    let principal = |id: &str| format!(r#"{{"id":"{id}","appId":"c{id}","displayName":"{id}","accountEnabled":true}}"#);
    let principals = format!(r#"{{"value":[{},{}]}}"#, principal("p1"), principal("p2"));
    let page = |app: &str, more: &str| {
        format!(
            r#"{{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#appRoleAssignments",{more}"value":[{{"principalType":"User","resourceId":"{app}"}}]}}"#
        )
    };
    let next = r#""@odata.nextLink":"https://graph.microsoft.com/x","#;
    let files = [
        export("p.json", principals),
        export("1.json", page("p1", next)),
        export("2.json", page("p2", next)),
        export("3.json", page("p2", "")),
    ];
    let all = observed("entra", &files).expect("it is read");
    assert!(!super::of(&all, "p1").contains("individuals"), "{all}");
    assert!(super::of(&all, "p2").contains("individuals: 2"), "{all}");
}

#[test]
fn nothing_is_written_if_nothing_was_read() {
    let user = r#"[{"scope":"USER","syncState":"X"}]"#;
    let error = r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided"}"#;
    let apps = String::from_utf8(read("okta-apps.json").bytes).expect("text");
    for text in [user, error, r#"[{"label":"x","signOnMode":"SAML_2_0","id":"a b"}]"#] {
        let there = folder(&[("leaver.yaml", "version: 1\n"), ("apps.json", &apps), ("x.json", text)]);
        let run = |file: &str| leaver(there.path(), &[&["observe", "okta", file][..], &TAKEN].concat());
        let output = run("x.json");
        assert_eq!(code(&output), 2, "{text}: {}", out(&output));
        assert!(!there.path().join("observed").exists(), "{text}");
        // `x.json` does not replace existing observations, either.
        assert_eq!(code(&run("apps.json")), 0);
        let path = there.path().join("observed/okta/snapshot.yaml");
        let before = std::fs::read_to_string(&path).expect("text");
        assert_eq!(code(&run("x.json")), 2, "{text}");
        assert_eq!(std::fs::read_to_string(&path).expect("text"), before, "{text}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn exports_with_invalid_names_or_in_too_deep_folders_are_errors() {
    use std::os::unix::ffi::OsStrExt;
    let apps = String::from_utf8(read("okta-apps.json").bytes).expect("text");
    let there = folder(&[("leaver.yaml", "version: 1\n"), ("e/a.json", &apps)]);
    std::fs::write(there.path().join("e").join(std::ffi::OsStr::from_bytes(b"b\xff.json")), &apps)
        .expect("it is written");
    let output = leaver(there.path(), &["observe", "okta", "e"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    let deep = "d/".repeat(12);
    let there = folder(&[("leaver.yaml", "version: 1\n"), ("e/a.json", &apps), (&format!("e/{deep}b.json"), &apps)]);
    let output = leaver(there.path(), &["observe", "okta", "e"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
}

#[test]
fn an_empty_list_of_people_or_groups_shows_that_nobody_is_assigned() {
    let id = "0oa1quill7Zk3TfXQ5d7";
    let assigned = |files: &[(String, String)]| {
        let mut all = vec![read("okta-apps.json")];
        all.extend(files.iter().map(|(name, text)| export(name, text.as_str())));
        let quill = of(&observed("okta", &all).expect("it is read"), id);
        let lines = quill.lines().skip_while(|line| !line.contains("assigned:")).skip(1).map(str::trim);
        lines.take_while(|line| line.chars().last().is_some_and(|c| c.is_ascii_digit())).collect::<Vec<_>>().join(" ")
    };
    let full = |count: usize| {
        let person = |at: usize| format!(r#"{{"id":"00u{at}","scope":"GROUP","syncState":"DISABLED"}}"#);
        format!("[{}]", (0..count).map(person).collect::<Vec<_>>().join(","))
    };
    let none = || "[]".to_owned();
    for (files, expected) in [
        (vec![(format!("users.{id}.json"), none())], "people: 0 individuals: 0"),
        (vec![(format!("exports/okta/users.{id}.1.json"), "[ ]\n".to_owned())], "people: 0 individuals: 0"),
        (vec![(format!("{id}/users.json"), none())], "people: 0 individuals: 0"),
        (vec![(format!("groups.{id}.json"), none())], "groups: 0"),
        (
            vec![(format!("okta-groups_{id}.json"), none()), (format!("okta-users_{id}.json"), none())],
            "people: 0 individuals: 0 groups: 0",
        ),
        // More pages may follow a full page, unless the next page is empty.
        (vec![(format!("users.{id}.1.json"), full(50))], ""),
        (
            vec![(format!("users.{id}.1.json"), full(50)), (format!("users.{id}.2.json"), none())],
            "people: 50 individuals: 0",
        ),
        // These file names do not show whose people or groups the list contains.
        (vec![("users.json".to_owned(), none())], ""),
        (vec![(format!("features.{id}.json"), none())], ""),
        (vec![(format!("users/{id}.json"), none())], ""),
    ] {
        assert_eq!(assigned(&files), expected, "{files:?}");
    }
}
