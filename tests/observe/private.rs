//! No personal name, address or secret is copied, from any field of any export.

use leaver::observe::{Export, collect, documents};
use proptest::prelude::*;
use serde_json::Value;

use super::{SETS, export, exports, options, read};

/// The values in an export: one for a JSON file, and one for each document of a YAML file.
fn values(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(exports().join(name)).expect("text");
    if std::path::Path::new(name).extension().is_some_and(|extension| extension == "yaml") {
        let file = leaver::source::SourceFile::new(name, text);
        let parsed = leaver::source::parse(&file, &leaver::source::YamlLimits::default());
        return parsed.documents.iter().map(|document| Value::from(&document.root)).collect();
    }
    vec![serde_json::from_str(&text).expect("JSON")]
}

/// Passes every string in a value to `put`, with its number. `at` is the number of the next string.
fn replace(value: &mut Value, at: &mut usize, put: &mut dyn FnMut(usize, &mut Value)) {
    match value {
        Value::String(_) => {
            put(*at, value);
            *at += 1;
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, at, put)),
        Value::Object(map) => map.values_mut().for_each(|item| replace(item, at, put)),
        _ => {}
    }
}

/// Adds a key to every mapping.
fn add(value: &mut Value, key: &str, planted: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| add(item, key, planted)),
        Value::Object(map) => {
            map.values_mut().for_each(|item| add(item, key, planted));
            map.insert(key.to_owned(), Value::from(planted));
        }
        _ => {}
    }
}

fn packed(name: &str, values: &[Value]) -> Export {
    export(name, values.iter().map(|value| format!("{value}\n")).collect::<String>())
}

/// Everything that leaver prints or writes about these files: observations, notes and errors.
fn all_output(files: &[Export]) -> String {
    match collect("auto", files, options()) {
        Ok(collected) => format!("{}{}", documents(&collected, ""), collected.notes.join("\n")),
        Err(failures) => failures.iter().map(|failure| format!("{} {:?}\n", failure.message, failure.help)).collect(),
    }
}

#[test]
fn nothing_private_in_the_exports_is_copied() {
    for (format, files) in SETS.iter() {
        let all = all_output(&files.iter().map(|file| read(file)).collect::<Vec<_>>());
        for planted in ["PLANTED", "lovelace", "Ada ", "Lovelace", "grace", "joan", "@example", "hint"] {
            assert!(!all.contains(planted), "{format}: {planted} in {all}");
        }
    }
}

/// Replaces one string of an export at a time with personal data or a secret.
#[test]
fn people_and_secrets_in_any_field_are_not_copied() {
    let plants = [
        ("Zoe Quux <zoe.quux@corp.example>", "zoe.quux"),
        ("zoe.quux@corp.example", "zoe.quux"),
        ("https://zoe.quux:pw@corp.example", "zoe.quux"),
        ("ghp_Zq7Rw2Lx9Vb4Nm6Kt1Hs8Df3Gj5Pc0YuAe", "Zq7Rw2Lx9"),
        ("xoxb-213489012345-4567890123456-Zq7Rw2Lx9Vb4Nm6Kt1Hs8Df3", "Zq7Rw2Lx9"),
    ];
    let mut fields = 0;
    for (format, files) in SETS.iter() {
        for (which, name) in files.iter().enumerate() {
            let original = values(name);
            let mut count = 0;
            original.clone().iter_mut().for_each(|value| replace(value, &mut count, &mut |_, _| {}));
            fields += count;
            for field in 0..count {
                for (text, mark) in plants {
                    let mut changed = original.clone();
                    let mut at = 0;
                    for value in &mut changed {
                        replace(value, &mut at, &mut |number, place| {
                            if number == field {
                                *place = Value::from(text);
                            }
                        });
                    }
                    let all: Vec<Export> = files
                        .iter()
                        .enumerate()
                        .map(|(at, name)| if at == which { packed(name, &changed) } else { read(name) })
                        .collect();
                    let shown = all_output(&all);
                    assert!(!shown.contains(mark), "{format} {name}, text {field}: {shown}");
                }
            }
        }
    }
    assert!(fields > 300, "{fields}");
}

#[test]
fn unknown_fields_are_not_copied() {
    for key in ["owner", "name_", "note", "displayName_", "secret", "Zyx Planted", "manager"] {
        for (format, files) in SETS.iter() {
            let all: Vec<Export> = files
                .iter()
                .map(|name| {
                    let mut values = values(name);
                    for value in &mut values {
                        add(value, &format!("{key}X"), "Zyx Planted");
                    }
                    packed(name, &values)
                })
                .collect();
            let shown = all_output(&all);
            assert!(!shown.contains("Zyx"), "{format} {key}: {shown}");
        }
    }
}

/// Puts each resource into a module, and appends the key to both parts of its address.
fn index(value: &mut Value, key: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| index(item, key)),
        Value::Object(map) => {
            // Addresses in the configuration have no keys.
            map.iter_mut().filter(|(name, _)| *name != "configuration").for_each(|(_, item)| index(item, key));
            let is_resource = map.contains_key("mode");
            if let Some(Value::String(address)) = map.get_mut("address").filter(|_| is_resource) {
                let address_of = address.strip_suffix("[\"eu\"]").unwrap_or(address);
                *address = format!("module.m[{key}].{address_of}[{key}]");
            }
        }
        _ => {}
    }
}

/// Removes the applications, so that only other resources refer to them.
fn without_applications(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.retain(|item| {
                let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
                !["okta_app_saml", "okta_app_oauth", "azuread_service_principal"].contains(&kind)
            });
            items.iter_mut().for_each(without_applications);
        }
        Value::Object(map) => map.values_mut().for_each(without_applications),
        _ => {}
    }
}

fn indexed(name: &str, key: &str, with_applications: bool) -> String {
    let mut values = values(name);
    for value in &mut values {
        if !with_applications {
            without_applications(value);
        }
        index(value, key);
    }
    all_output(&[packed(name, &values)])
}

/// If `for_each` iterates over people, the keys of any resource may contain the names of these people.
#[test]
fn people_in_resource_keys_are_not_copied() {
    let plan = |resources: &[(&str, &str, Value)]| {
        let change = |(address, kind, after): &(&str, &str, Value)| serde_json::json!({"address": address, "mode": "managed", "type": kind, "change": {"actions": ["create"], "before": null, "after": after}});
        let changes: Vec<Value> = resources.iter().map(change).collect();
        let value = serde_json::json!({"format_version": "1.2", "resource_changes": changes});
        all_output(&[export("plan.json", value.to_string())])
    };
    let of = |link: &str| serde_json::json!({link: "0oa1quill7Zk3TfXQ5d7", "principal_type": "User"});
    for key in ["zoe.quux", "Zoe Quux", "a]zoe", "x\\\"]zoe", "zoë.quux"] {
        for (kind, after) in [
            ("okta_app_user", of("app_id")),
            ("okta_app_group_assignment", of("app_id")),
            ("azuread_app_role_assignment", of("resource_object_id")),
            ("okta_app_bookmark", serde_json::json!({"label": "Notes"})),
            ("okta_app_saml", serde_json::json!({"label": "Notes"})),
            ("okta_idp_saml", serde_json::json!({"name": "Notes"})),
            ("azuread_service_principal", serde_json::json!({"display_name": "Notes"})),
        ] {
            let all = plan(&[(&format!("module.people[\"{key}\"].{kind}.quill[\"{key}\"]"), kind, after)]);
            assert!(all.contains(&format!("module.people.{kind}.quill")), "{all}");
            let lower = all.to_lowercase();
            assert!(!["zoe", "zoë", "quux"].iter().any(|name| lower.contains(name)), "{key}: {all}");
        }
    }
    // Without their keys, the three new applications have the same address, but they stay distinct.
    let label = |label: &str| serde_json::json!({"label": label, "status": "ACTIVE"});
    let all = plan(&[
        ("okta_app_saml.x[\"zoe a\"]", "okta_app_saml", label("One")),
        ("okta_app_saml.x[\"zoe b\"]", "okta_app_saml", label("Two")),
        ("okta_app_saml.x[\"zoe c\"]", "okta_app_saml", label("Three")),
    ]);
    for label in ["One", "Two", "Three"] {
        assert!(all.contains(&format!("label: {label}\n")), "{all}");
    }
    assert!(all.contains("apps: 3") && !all.contains("zoe"), "{all}");
}

proptest! {
    #![proptest_config(super::cases(64))]

    /// The key of a resource may be any text.
    #[test]
    fn resource_keys_are_not_copied(before in "[a-z.\\[\\] _-]{0,6}", after in "[a-z.\\[\\] _-]{0,6}", plan in any::<bool>(), with_applications in any::<bool>()) {
        let name = if plan { "terraform-plan.json" } else { "terraform-state.json" };
        let all = indexed(name, &format!("\"{before}zoe.quux{after}\""), with_applications);
        prop_assert!(!all.contains("zoe.quux"), "{}", all);
    }
}

proptest! {
    #![proptest_config(super::cases(64))]

    /// Mail addresses may have any form and occur at any position of a text.
    #[test]
    fn mail_addresses_of_any_form_are_not_copied(
        before in "[ A-Za-z(<,;:]{0,6}",
        local in "[a-z]{3,8}[.+_-]?[a-z0-9]{0,5}",
        domain in "[a-z]{3,10}\\.(com|org|example|co\\.uk)",
        after in "[ A-Za-z)>,;.]{0,6}",
        set in 0..SETS.len(),
        seed in 0..1000_usize,
    ) {
        let mark = format!("{local}@{domain}");
        let planted = format!("{before}{mark}{after}");
        let (_, files) = &SETS[set];
        let all: Vec<Export> = files.iter().map(|name| {
            let mut values = values(name);
            let mut at = seed;
            for value in &mut values {
                replace(value, &mut at, &mut |number, place| {
                if number % 3 == 0 {
                    *place = Value::from(planted.as_str());
                }
            });
            }
            packed(name, &values)
        }).collect();
        prop_assert!(!all_output(&all).contains(&mark), "{mark}");
    }
}
