//! Okta: applications (features, connections, numbers of people and groups) and identity providers.
//! <https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/>

mod assigned;
mod pages;
pub(super) mod vocabulary;

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Adapter, Collected, Gap, Observed, Page, clean,
    collected::{entries, id_at, source},
};
use crate::report::{Code, Failure};
use assigned::Assignments;
use vocabulary::{auth, features, jit, merge};

/// Exports of Okta's management API.
pub(super) struct Okta;

/// The objects that an API response describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PageKind {
    Apps,
    People,
    Groups,
    Features,
    Connection,
    Providers,
    /// An error response. It never proves that provisioning is off, because the API exposes only a few of the apps that Okta provisions.
    Error,
}

/// Applications that are part of Okta, in addition to all applications whose names begin with `okta_`.
const BUILT_IN: &[&str] = &["saasure", "flow", "ldap_interface"];

/// Whether an application is part of Okta. An integration with another Okta organisation does not count.
fn is_built_in(name: &str) -> bool {
    BUILT_IN.contains(&name) || (name.starts_with("okta_") && name != "okta_org2org")
}

/// Whether an integration is not an application, but a directory from which Okta imports people.
fn is_directory(name: &str) -> bool {
    matches!(name, "active_directory" | "custom_identity_source")
        || ["csv_directory", "ldap_"].iter().any(|start| name.starts_with(start))
}

/// Pointers to objects and lists that are read.
const OBJECTS: &[&str] = &[
    "_links",
    "features",
    "credentials",
    "credentials/oauthClient",
    "settings",
    "universalLogout",
    "protocol",
    "policy",
    "policy/provisioning",
    "policy/provisioning/groups",
    "policy/provisioning/conditions",
    "policy/provisioning/conditions/deprovisioned",
    "policy/provisioning/conditions/suspended",
];

/// Errors about a missing part of an app: provisioning is not enabled for the app, or the API does not expose its features and connection.
/// <https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationFeatures/>
const NO_SUCH_PART: &[&str] = &["E0000001", "E0000007"];

impl PageKind {
    fn of_entry(entry: &Value) -> Option<Self> {
        let has = |key: &str| entry.get(key).is_some();
        let links = |key: &str| entry.pointer(&format!("/_links/{key}")).is_some();
        match entry {
            _ if has("signOnMode") && has("id") && (has("label") || has("name")) => Some(Self::Apps),
            _ if has("policy") && has("protocol") && has("type") => Some(Self::Providers),
            _ if has("capabilities")
                && matches!(
                    entry.get("name").and_then(Value::as_str),
                    Some("USER_PROVISIONING" | "INBOUND_PROVISIONING")
                ) =>
            {
                Some(Self::Features)
            }
            _ if has("scope") && (has("syncState") || links("app")) => Some(Self::People),
            _ if has("priority") && (links("group") || links("app")) => Some(Self::Groups),
            _ if has("status") && (has("authScheme") || entry.pointer("/profile/authScheme").is_some()) => {
                Some(Self::Connection)
            }
            _ if has("errorCode") && has("errorSummary") => Some(Self::Error),
            _ => None,
        }
    }

    /// The first entry of a known kind decides, so that a broken entry does not hide the other entries. An empty list is identified by its file name:
    /// `users.0oa1abc.json`, `0oa1abc/groups.json`.
    fn of(page: &Page) -> Option<Self> {
        match &page.value {
            Value::Array(items) if items.is_empty() => {
                let name = page.shown.rsplit(['/', '\\']).next().unwrap_or_default();
                let has = |word: &str| name.split(['.', '-', '_']).any(|part| part == word);
                let what = [("users", Self::People), ("groups", Self::Groups)].into_iter().find(|(word, _)| has(word));
                what.filter(|_| app_named(page).is_some()).map(|(_, what)| what)
            }
            Value::Array(items) => items.iter().find_map(Self::of_entry),
            value => Self::of_entry(value),
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Apps => "applications of Okta",
            Self::People => "people of an application of Okta",
            Self::Groups => "groups of an application of Okta",
            Self::Features => "features of an application of Okta",
            Self::Connection => "the provisioning connection of an application of Okta",
            Self::Providers => "identity providers of Okta",
            Self::Error => "an error response of Okta",
        }
    }
}

impl Adapter for Okta {
    fn name(&self) -> &'static str {
        "okta"
    }

    fn system(&self) -> &'static str {
        "okta"
    }

    fn recognise(&self, page: &Page) -> Option<&'static str> {
        PageKind::of(page).map(PageKind::description)
    }

    fn read(&self, pages: &[Page], collected: &mut Collected) {
        for page in pages {
            collected.date(self, None, page, None);
        }
        self.system_gaps(pages, collected);
        let mut assigned: BTreeMap<String, Assignments<'_>> = BTreeMap::new();
        let mut more: Vec<(String, Observed)> = Vec::new();
        for page in pages {
            let Some(what) = PageKind::of(page) else { continue };
            if let Some(app) = app_named(page).filter(|_| page.value.as_array().is_some_and(Vec::is_empty)) {
                assigned.entry(app).or_default().count_none(page, what);
            }
            for (pointer, entry) in entries(page, "") {
                // A list of concatenated responses may contain errors, too.
                if PageKind::of_entry(entry) == Some(PageKind::Error) {
                    self.error(page, entry, collected);
                    continue;
                }
                match what {
                    PageKind::Apps | PageKind::Providers => self.app(page, pointer, entry, what, collected),
                    PageKind::People | PageKind::Groups => match app_of(page, entry) {
                        Some(app) => assigned.entry(app).or_default().count(page, entry, what),
                        None => {
                            collected.unreadable(self, None, page, &pointer, "it names no application (`_links.app`)");
                        }
                    },
                    PageKind::Features | PageKind::Connection | PageKind::Error => match app_of(page, entry) {
                        Some(app) => more.push((app, part(entry, what))),
                        None => {
                            collected.unreadable(self, None, page, &pointer, "it names no application (`_links.self`)");
                        }
                    },
                }
            }
        }
        let shown = collected.system(self, None);
        let mut unmatched = 0;
        for (app, part) in more {
            match shown.apps.get_mut(&app) {
                Some(observed) => merge(observed, part),
                None => unmatched += 1,
            }
        }
        for (app, assigned) in assigned {
            match shown.apps.get_mut(&app) {
                Some(observed) => assigned.set_counts(observed),
                None => unmatched += 1,
            }
        }
        if unmatched > 0 {
            collected.note(format!(
                "{unmatched} parts belong to applications that are not in the export: add the list of applications"
            ));
        }
    }
}

impl Okta {
    /// Records missing pages, and the kinds of entries that the export lists completely.
    fn system_gaps(&self, pages: &[Page], collected: &mut Collected) {
        let of = |what: PageKind| pages.iter().filter(|page| PageKind::of(page) == Some(what)).collect::<Vec<_>>();
        let apps = of(PageKind::Apps);
        let gap = pages::gap(&apps, &collected.headers, "/api/v1/apps");
        let providers = pages::gap(&of(PageKind::Providers), &collected.headers, "/api/v1/idps");
        let kinds = [("app", gap), ("identity-provider", providers)];
        let shown = collected.system(self, None);
        shown.gaps.extend(gap);
        shown.complete_kinds = Some(
            kinds
                .into_iter()
                .filter(|(kind, gap)| *kind == "app" || gap.is_none())
                .map(|(kind, _)| kind.into())
                .collect(),
        );
        match gap {
            Some(Gap::MaybeMorePages) => collected.note("each page looks full, so another may follow: add the header files of `curl -D`, or `--complete` if none does"),
            Some(Gap::Filtered) => {
                collected.note("a filter restricts the list of applications: the export counts as incomplete");
            }
            Some(Gap::PartialFormat) if !apps.is_empty() => {
                collected.note("the export has single applications, not the list of all: it counts as incomplete");
            }
            _ => {}
        }
    }

    /// Handles an error response. If the error only means that an app lacks the requested part, adds a note. Any other error is a failure.
    fn error(&self, page: &Page, entry: &Value, collected: &mut Collected) {
        let code = entry.get("errorCode").and_then(Value::as_str).and_then(clean::word);
        let shown = code.as_deref().unwrap_or("(no code)");
        let is_part = page.value.is_object() && page.document.is_none() && app_of(page, entry).is_some();
        if is_part && NO_SUCH_PART.contains(&shown) {
            collected.system(self, None).unanswered = true;
            return collected.note_entry(format!(
                "{}: Okta answered with {shown}, so the file has no data about the app",
                page.shown
            ));
        }
        let message = format!("`{}`: Okta answered with the error {shown}", page.shown);
        let help = "export it again, with a token that may read it";
        collected.refused.push(Failure::new(Code::Read, message).help(help).file(&page.shown));
    }

    fn app(&self, page: &Page, pointer: String, entry: &Value, what: PageKind, collected: &mut Collected) {
        if !entry.is_object() {
            return collected.unreadable(self, None, page, &pointer, "it is not an object");
        }
        let Some(id) = id_at(entry, "id") else {
            return collected.unreadable(self, None, page, &pointer, "it has no usable `id`");
        };
        collected.refuse_flattened(page, &pointer, entry, OBJECTS);
        let mut observed = Observed::at(source(page, pointer));
        match what {
            PageKind::Providers => provider(entry, &mut observed),
            _ => app(entry, &id, &mut observed),
        }
        collected.add(self, None, id, observed);
    }
}

/// Finds the application of an entry in the links of the entry, otherwise in the file name.
fn app_of(page: &Page, entry: &Value) -> Option<String> {
    let links = entry.get("_links").and_then(Value::as_object);
    let hrefs = links.into_iter().flat_map(|links| links.values()).filter_map(|link| link.get("href")?.as_str());
    let linked =
        hrefs.filter_map(|href| href.split_once("/apps/")?.1.split(['/', '?', '#']).next()).find_map(clean::id);
    linked.or_else(|| app_named(page))
}

/// Finds the application whose id is in the name of the file or folder.
fn app_named(page: &Page) -> Option<String> {
    let mut parts = page.shown.split(['/', '\\', '.', '-', '_']);
    parts.find(|part| part.starts_with("0oa") && part.len() >= 12).and_then(clean::id)
}

fn is_enabled(value: Option<&Value>) -> Option<bool> {
    match value.and_then(Value::as_str)? {
        "ENABLED" | "ACTIVE" => Some(true),
        "DISABLED" | "INACTIVE" => Some(false),
        _ => None,
    }
}

fn app(entry: &Value, id: &str, observed: &mut Observed) {
    observed.set_first("label", [entry.get("label"), entry.get("name")]);
    let template = entry.get("name").and_then(Value::as_str);
    if let Some(name) = template {
        observed.set("template", name);
        if is_built_in(name) {
            observed.set("builtIn", true);
        }
    }
    match entry.get("status").and_then(Value::as_str) {
        Some("ACTIVE") => observed.set("status", "active"),
        Some("INACTIVE") => observed.set("status", "inactive"),
        Some("DELETED") => observed.set("status", "absent"),
        _ => {}
    }
    let client = entry.pointer("/credentials/oauthClient/client_id").and_then(Value::as_str);
    observed.other_ids.extend(client.and_then(clean::id).filter(|client| client != id));
    let protocol = match entry.get("signOnMode").and_then(Value::as_str) {
        Some("SAML_2_0" | "SAML_1_1") => Some("saml"),
        Some("OPENID_CONNECT") => Some("oidc"),
        Some("WS_FEDERATION") => Some("ws-federation"),
        Some("AUTO_LOGIN" | "BROWSER_PLUGIN" | "SECURE_PASSWORD_STORE" | "BASIC_AUTH") => Some("password-vault"),
        Some("BOOKMARK") => Some("none"),
        _ => None,
    };
    if let Some(protocol) = protocol {
        observed.set("signOn.protocol", protocol);
    }
    if let Some(everyone) = entry.pointer("/settings/implicitAssignment").and_then(Value::as_bool) {
        observed.set("signOn.assignmentRequired", !everyone);
    }
    observed.set_from("signOn.selfService", entry.pointer("/accessibility/selfService"));
    match entry.pointer("/universalLogout/status").and_then(Value::as_str) {
        Some("ENABLED") => observed.set("sessions.universalLogout", true),
        Some("DISABLED" | "UNSUPPORTED") => observed.set("sessions.universalLogout", false),
        _ => {}
    }
    features(entry.get("features"), observed);
    // No person signs in to such an application, only a program with its own credentials.
    let is_program = entry.pointer("/settings/oauthClient/application_type").and_then(Value::as_str) == Some("service");
    if is_program || template.is_some_and(is_directory) {
        observed.set("kind", "component");
    }
}

fn part(entry: &Value, what: PageKind) -> Observed {
    let mut part = Observed::default();
    match what {
        PageKind::Features if entry.get("name").and_then(Value::as_str) == Some("USER_PROVISIONING") => {
            if let Some(enabled) = is_enabled(entry.get("status")) {
                part.set("provisioning.enabled", enabled);
            }
            for (path, pointer) in [
                ("provisioning.operations.create", "/capabilities/create/lifecycleCreate/status"),
                ("provisioning.operations.update", "/capabilities/update/profile/status"),
                ("provisioning.operations.disable", "/capabilities/update/lifecycleDeactivate/status"),
            ] {
                if let Some(on) = is_enabled(entry.pointer(pointer)) {
                    part.set(path, on);
                }
            }
        }
        PageKind::Connection => {
            let status = match entry.get("status").and_then(Value::as_str) {
                Some("UNKNOWN") => None,
                _ => is_enabled(entry.get("status")),
            };
            if let Some(enabled) = status {
                part.set("provisioning.enabled", enabled);
            }
            part.set_first(
                "provisioning.endpointHost",
                [entry.get("baseUrl"), entry.pointer("/profile/settings/baseUrl")],
            );
            if part.get("provisioning.endpointHost").is_some() {
                part.set("provisioning.mechanism", "scim");
            }
            let scheme = entry.get("authScheme").filter(|scheme| !scheme.is_null());
            auth(scheme.or(entry.pointer("/profile/authScheme")), &mut part);
        }
        _ => {}
    }
    part
}

/// Reads an identity provider that Okta trusts, and how a sign-in through it changes accounts in Okta.
fn provider(entry: &Value, observed: &mut Observed) {
    observed.set("kind", "identity-provider");
    observed.set_from("label", entry.get("name"));
    if let Some(active) = is_enabled(entry.get("status")) {
        observed.set("status", if active { "active" } else { "inactive" });
    }
    match entry.pointer("/protocol/type").and_then(Value::as_str) {
        Some("SAML2") => observed.set("signOn.protocol", "saml"),
        Some("OIDC" | "OAUTH2") => observed.set("signOn.protocol", "oidc"),
        _ => {}
    }
    let policy = |pointer: &str| entry.pointer(&format!("/policy/provisioning/{pointer}")).and_then(Value::as_str);
    jit(
        observed,
        policy("action"),
        policy("conditions/deprovisioned/action"),
        policy("conditions/suspended/action"),
        policy("groups/action"),
    );
    observed.set_from("jit.updatesAtSignIn", entry.pointer("/policy/provisioning/profileMaster"));
}
