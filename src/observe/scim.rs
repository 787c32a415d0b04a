//! The self-description of a SCIM server: `ServiceProviderConfig`, `ResourceTypes` and `Schemas` (RFC 7643, sections 5 to 7; RFC 7644,
//! section 4).

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Adapter, Collected, Gap, Observed, Page, clean,
    collected::{entries, source},
};

/// Service documents of a SCIM server.
pub(super) struct Scim;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PageKind {
    Config,
    ResourceType,
    Schema,
}

const RESOURCES: &[&str] = &["User", "Group", "Role", "Entitlement", "Agent"];

impl PageKind {
    fn of_entry(entry: &Value) -> Option<Self> {
        let schemas = entry.get("schemas").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let id = entry.get("id").and_then(Value::as_str).unwrap_or_default();
        let has = |key: &str| entry.get(key).is_some_and(Value::is_object);
        for schema in schemas {
            match schema.rsplit(':').next().unwrap_or_default() {
                "ServiceProviderConfig" => return Some(Self::Config),
                "ResourceType" => return Some(Self::ResourceType),
                "Schema" => return Some(Self::Schema),
                _ => {}
            }
        }
        match () {
            // SCIM 1.1 does not name the kind of a document in `schemas`, and some servers omit `schemas`.
            () if has("patch") && (has("bulk") || has("filter")) => Some(Self::Config),
            () if id.starts_with("urn:") && entry.get("attributes").is_some_and(Value::is_array) => Some(Self::Schema),
            () if entry.get("endpoint").is_some_and(Value::is_string)
                && entry.get("schema").is_some_and(Value::is_string) =>
            {
                Some(Self::ResourceType)
            }
            () => None,
        }
    }

    fn of(page: &Page) -> Option<Self> {
        match page.value.get("Resources").and_then(Value::as_array).or(page.value.as_array()) {
            Some(items) => items.iter().find_map(Self::of_entry),
            None => Self::of_entry(&page.value),
        }
    }
}

impl Adapter for Scim {
    fn name(&self) -> &'static str {
        "scim"
    }

    fn system(&self) -> &'static str {
        "scim"
    }

    fn recognise(&self, page: &Page) -> Option<&'static str> {
        PageKind::of(page).map(|what| match what {
            PageKind::Config => "the ServiceProviderConfig of a SCIM server",
            PageKind::ResourceType => "the resource types of a SCIM server",
            PageKind::Schema => "the schemas of a SCIM server",
        })
    }

    fn read(&self, pages: &[Page], collected: &mut Collected) {
        let hosts: BTreeSet<String> = pages.iter().filter_map(host_of).collect();
        let only = hosts.first().filter(|_| hosts.len() == 1).cloned();
        let named = collected.options.app_id.clone().and_then(|id| clean::id(&id));
        for page in pages {
            let Some(what) = PageKind::of(page) else { continue };
            let Some(id) = named.clone().or_else(|| host_of(page)).or_else(|| only.clone()) else {
                collected.note(format!(
                    "{}: it does not identify its server (`meta.location`): set the host with --app-id",
                    page.shown
                ));
                collected.system(self, None).gaps.insert(Gap::UnreadableEntries);
                continue;
            };
            let mut part = Observed::at(source(page, ""));
            part.set("kind", "service");
            if let Some(host) = host_of(page).or_else(|| only.clone()) {
                part.set("label", host.as_str());
                part.set("provisioning.endpointHost", host);
            } else {
                part.set("label", id.as_str());
            }
            read(&entries(page, "Resources"), what, &mut part);
            collected.date(self, None, page, None);
            let shown = collected.system(self, None);
            // A document describes only one server, so the export does not list all servers.
            shown.gaps.insert(Gap::PartialFormat);
            shown.apps.entry(id).or_default().add(part);
        }
    }
}

/// Returns the host of the server, according to the document itself.
fn host_of(page: &Page) -> Option<String> {
    entries(page, "Resources")
        .into_iter()
        .find_map(|(_, entry)| clean::host(entry.pointer("/meta/location")?.as_str()?))
}

fn read(entries: &[(String, &Value)], what: PageKind, part: &mut Observed) {
    match what {
        PageKind::Config => {
            for (_, entry) in entries {
                for (path, pointer) in [
                    ("service.patch", "/patch/supported"),
                    ("service.bulk", "/bulk/supported"),
                    ("service.filter", "/filter/supported"),
                ] {
                    part.set_from(path, entry.pointer(pointer));
                }
                let schemes = entry.get("authenticationSchemes").and_then(Value::as_array);
                let mut accepted: Vec<&str> = Vec::new();
                for kind in schemes.into_iter().flatten().filter_map(|scheme| scheme.get("type")?.as_str()) {
                    match kind.to_ascii_lowercase().as_str() {
                        // RFC 7643 uses this word both for tokens of an authorization server and for static tokens.
                        "oauthbearertoken" => accepted.extend(["oauth2", "bearer"]),
                        "oauth2" => accepted.push("oauth2"),
                        "httpbasic" => accepted.push("basic"),
                        "tls" | "mtls" | "clientcertificate" => accepted.push("mtls"),
                        _ => {}
                    }
                }
                if !accepted.is_empty() {
                    part.set("service.auth", accepted);
                }
            }
        }
        PageKind::ResourceType => {
            let names = entries.iter().filter_map(|(_, entry)| entry.get("name").or(entry.get("id"))?.as_str());
            part.set("service.resources", names.filter(|name| RESOURCES.contains(name)).collect::<Vec<_>>());
        }
        PageKind::Schema => {
            let core = entries.iter().find(|(_, entry)| {
                let id = entry.get("id").and_then(Value::as_str).unwrap_or_default();
                id.starts_with("urn:ietf:params:scim:schemas:core:") && id.ends_with(":User")
            });
            if let Some(attributes) = core.and_then(|(_, entry)| entry.get("attributes")?.as_array()) {
                let active =
                    attributes.iter().any(|attribute| attribute.get("name").and_then(Value::as_str) == Some("active"));
                part.set("service.active", active);
            }
        }
    }
}
