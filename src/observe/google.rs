//! Google Workspace: products to which people granted access, applications with SAML sign-in, and numbers of people. There is no API for
//! the applications themselves. <https://developers.google.com/workspace/admin/directory/reference/rest/v1/tokens>

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Adapter, Collected, Gap, Observed, Page, Source, clean,
    collected::{entries, source},
};

/// Exports of the Directory and Reports APIs, and tables of GAM.
pub(super) struct GoogleWorkspace;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    People,
    Tokens,
    SignIns,
    Groups,
}

impl What {
    fn of(page: &Page) -> Option<Self> {
        let kind = page.value.get("kind").and_then(Value::as_str).unwrap_or_default();
        let first = |key: &str| entries(page, key).into_iter().map(|(_, entry)| entry).find(|entry| entry.is_object());
        match kind {
            "admin#directory#users" | "admin#directory#user" => return Some(Self::People),
            "admin#directory#tokenList" | "admin#directory#tokens" | "admin#directory#token" => {
                return Some(Self::Tokens);
            }
            "admin#directory#groups" | "admin#directory#group" => return Some(Self::Groups),
            "admin#reports#activities" | "reports#activities" | "admin#reports#activity" => return Some(Self::SignIns),
            _ => {}
        }
        let entry = ["items", "users", "groups"].into_iter().find_map(first)?;
        let has = |key: &str| entry.get(key).is_some();
        match () {
            () if has("clientId") && (has("displayText") || has("scopes")) => Some(Self::Tokens),
            () if has("primaryEmail") && has("suspended") => Some(Self::People),
            () if has("events") && has("actor") => Some(Self::SignIns),
            () if has("directMembersCount") && has("email") => Some(Self::Groups),
            () => None,
        }
    }
}

/// `true`, or `True` in a table of GAM.
fn is_true(entry: &Value, key: &str) -> bool {
    match entry.get(key) {
        Some(Value::Bool(on)) => *on,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// One product. Of the people who use it, only the number is kept.
#[derive(Default)]
struct Product<'a> {
    label: Option<&'a Value>,
    people: BTreeSet<&'a str>,
    /// Entries that name nobody.
    nameless: u64,
    source: Source,
}

impl Adapter for GoogleWorkspace {
    fn name(&self) -> &'static str {
        "google-workspace"
    }

    fn system(&self) -> &'static str {
        "google-workspace"
    }

    fn recognise(&self, page: &Page) -> Option<&'static str> {
        What::of(page).map(|what| match what {
            What::People => "people of Google Workspace",
            What::Tokens => "grants to other products in Google Workspace",
            What::SignIns => "sign-ins of Google Workspace",
            What::Groups => "groups of Google Workspace",
        })
    }

    fn read(&self, pages: &[Page], collected: &mut Collected) {
        for page in pages {
            collected.date(self, None, page, None);
        }
        let next = |page: &&Page| page.value.get("nextPageToken").is_some_and(Value::is_string);
        let unfinished = [What::People, What::Tokens, What::SignIns].into_iter().any(|what| {
            let mut of = pages.iter().filter(|page| What::of(page) == Some(what)).peekable();
            of.peek().is_some() && of.all(|page| next(&page))
        });
        let mut tokens: BTreeMap<String, Product<'_>> = BTreeMap::new();
        let mut logins: BTreeMap<String, Product<'_>> = BTreeMap::new();
        let mut people: BTreeMap<&'static str, u64> = BTreeMap::new();
        for page in pages {
            match What::of(page) {
                Some(What::People) => {
                    for (_, entry) in entries(page, "users") {
                        count(entry, &mut people);
                    }
                    let by_person = page.value.get("x-oauthTokensByUser").and_then(Value::as_object);
                    for (person, list) in by_person.into_iter().flatten() {
                        for (at, token) in list.as_array().into_iter().flatten().enumerate() {
                            grant(
                                page,
                                format!("/x-oauthTokensByUser/*/{at}"),
                                token,
                                Some(person.as_str()),
                                &mut tokens,
                            );
                        }
                    }
                }
                Some(What::Tokens) => {
                    for (pointer, entry) in entries(page, "items") {
                        let person =
                            ["userKey", "user", "primaryEmail"].into_iter().find_map(|key| entry.get(key)?.as_str());
                        if !grant(page, pointer.clone(), entry, person, &mut tokens) {
                            collected.unreadable(self, page, &pointer, "it has no usable `clientId`");
                        }
                    }
                }
                Some(What::SignIns) => sign_ins(page, &mut logins),
                Some(What::Groups) => *people.entry("groups").or_default() += entries(page, "groups").len() as u64,
                None => {}
            }
        }
        let shown = collected.system(self, None);
        shown.gaps.insert(Gap::PartialFormat);
        if unfinished {
            shown.gaps.insert(Gap::MorePages);
        }
        shown.counts.extend(people);
        for (id, product) in tokens {
            let mut observed = product.observed(unfinished);
            observed.set("kind", "grant");
            observed.set("signOn.protocol", "oidc");
            shown.apps.insert(id, observed);
        }
        for (id, product) in logins {
            let mut observed = product.observed(unfinished);
            observed.set("signOn.protocol", "saml");
            shown.apps.insert(id, observed);
        }
        if unfinished {
            collected.note("the last page names a next one (`nextPageToken`): the export is incomplete, and numbers of people are left out");
        }
    }
}

impl Product<'_> {
    fn observed(self, unfinished: bool) -> Observed {
        let mut observed = Observed::at(self.source);
        observed.set_from("label", self.label);
        observed.set("status", "active");
        if !unfinished {
            observed.set("assigned.people", self.people.len() as u64 + self.nameless);
        }
        observed
    }
}

fn count(entry: &Value, people: &mut BTreeMap<&'static str, u64>) {
    if !entry.is_object() {
        return;
    }
    *people.entry("people").or_default() += 1;
    for (key, name) in [
        ("suspended", "suspended"),
        ("archived", "archived"),
        ("isAdmin", "admins"),
        ("isDelegatedAdmin", "delegatedAdmins"),
    ] {
        *people.entry(name).or_default() += u64::from(is_true(entry, key));
    }
}

/// A grant of one person to one product. Returns false if it names no product.
fn grant<'a>(
    page: &Page,
    pointer: String,
    token: &'a Value,
    person: Option<&'a str>,
    tokens: &mut BTreeMap<String, Product<'a>>,
) -> bool {
    let Some(id) = token.get("clientId").and_then(Value::as_str).and_then(clean::id) else { return false };
    let product = tokens.entry(id).or_insert_with(|| Product { source: source(page, pointer), ..Product::default() });
    product.label = product.label.or(token.get("displayText"));
    match person {
        Some(person) => drop(product.people.insert(person)),
        None => product.nameless += 1,
    }
    true
}

/// Successful SAML sign-ins, each to an application that only has a name.
fn sign_ins<'a>(page: &'a Page, logins: &mut BTreeMap<String, Product<'a>>) {
    for (pointer, entry) in entries(page, "items") {
        let person = entry.pointer("/actor/email").or(entry.pointer("/actor/profileId")).and_then(Value::as_str);
        for event in entry.get("events").and_then(Value::as_array).into_iter().flatten() {
            if event.get("name").and_then(Value::as_str) != Some("login_success") {
                continue;
            }
            let parameters = event.get("parameters").and_then(Value::as_array).into_iter().flatten();
            let name = parameters
                .filter(|one| one.get("name").and_then(Value::as_str) == Some("application_name"))
                .find_map(|one| one.get("value"));
            let Some(id) = name
                .and_then(Value::as_str)
                .and_then(clean::label)
                .map(|label| clean::slug(&label))
                .filter(|slug| !slug.is_empty())
            else {
                continue;
            };
            let product = logins
                .entry(format!("saml:{id}"))
                .or_insert_with(|| Product { source: source(page, pointer.clone()), ..Product::default() });
            product.label = product.label.or(name);
            product.people.extend(person);
        }
    }
}
