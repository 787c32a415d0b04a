//! Google Workspace: products to which people granted access, applications with SAML sign-in, and numbers of people. Google has no API that lists the
//! applications themselves. <https://developers.google.com/workspace/admin/directory/reference/rest/v1/tokens>

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Adapter, Collected, Gap, Observed, Page, Source, clean,
    collected::{entries, is_token, source},
    table::{column, switch},
};

/// Exports of the Directory and Reports APIs, and tables of GAM.
pub(super) struct GoogleWorkspace;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PageKind {
    People,
    Tokens,
    SignIns,
    Groups,
}

impl PageKind {
    /// Reads the `kind` that Google writes into responses and entries.
    fn of_kind(value: &Value) -> Option<Self> {
        match value.get("kind").and_then(Value::as_str)? {
            "admin#directory#users" | "admin#directory#user" => Some(Self::People),
            "admin#directory#tokenList" | "admin#directory#tokens" | "admin#directory#token" => Some(Self::Tokens),
            "admin#directory#groups" | "admin#directory#group" => Some(Self::Groups),
            "admin#reports#activities" | "reports#activities" | "admin#reports#activity" => Some(Self::SignIns),
            _ => None,
        }
    }

    fn of(page: &Page) -> Option<Self> {
        if let Some(what) = Self::of_kind(&page.value) {
            return Some(what);
        }
        let lists = ["items", "users", "groups"].into_iter().filter_map(|key| page.value.get(key));
        let entry = lists.chain([&page.value]).find_map(|value| match value {
            Value::Array(items) => items.iter().find(|entry| entry.is_object()),
            value => Some(value).filter(|value| value.is_object()),
        })?;
        let has = |key: &str| column(entry, key).is_some();
        let has_one = |keys: &[&str]| keys.iter().any(|key| has(key));
        match () {
            () if Self::of_kind(entry).is_some() => Self::of_kind(entry),
            // Other systems have lists with `clientId` and `scopes`, too.
            () if has("clientId") && (has("displayText") || (has("scopes") && has_one(&["userKey", "user"]))) => {
                Some(Self::Tokens)
            }
            () if has("primaryEmail") && has_one(&["suspended", "archived", "isAdmin"]) => Some(Self::People),
            () if has("events") && has("actor") => Some(Self::SignIns),
            () if has("directMembersCount") && has("email") => Some(Self::Groups),
            () => None,
        }
    }
}

/// The people of the export. Only their counts are written.
#[derive(Default)]
struct People<'a> {
    /// The people who are already counted. Pages may overlap or be repeated, but a person counts once.
    seen: BTreeSet<&'a str>,
    counts: BTreeMap<&'static str, u64>,
    /// The counts that are unknown because some value is neither true nor false.
    unclear: BTreeSet<&'static str>,
}

/// The counted properties of people, and the names of the counts.
const SWITCHES: &[(&str, &str)] = &[
    ("suspended", "suspended"),
    ("archived", "archived"),
    ("isAdmin", "admins"),
    ("isDelegatedAdmin", "delegatedAdmins"),
];

impl<'a> People<'a> {
    fn count(&mut self, entry: &'a Value) {
        let person = ["primaryEmail", "id"].into_iter().find_map(|key| column(entry, key)?.as_str());
        if person.is_some_and(|person| !self.seen.insert(person)) {
            return;
        }
        *self.counts.entry("people").or_default() += 1;
        for (key, name) in SWITCHES {
            // If an export lacks this property, the count is unknown.
            let Some(value) = column(entry, key) else { continue };
            match switch(value) {
                Some(on) => *self.counts.entry(name).or_default() += u64::from(on),
                None => drop(self.unclear.insert(name)),
            }
        }
    }

    /// Returns the counts that are certain, and adds a note on each of the others.
    fn certain_counts(mut self, collected: &mut Collected) -> BTreeMap<&'static str, u64> {
        for name in &self.unclear {
            self.counts.remove(name);
            collected.note(format!("values of people are neither true nor false: the number `{name}` is left out"));
        }
        self.counts
    }
}

/// One product. Only the number of its users is written.
#[derive(Default)]
struct Product<'a> {
    label: Option<&'a Value>,
    people: BTreeSet<&'a str>,
    /// The number of entries without a person.
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
        PageKind::of(page).map(|what| match what {
            PageKind::People => "people of Google Workspace",
            PageKind::Tokens => "grants to other products in Google Workspace",
            PageKind::SignIns => "sign-ins of Google Workspace",
            PageKind::Groups => "groups of Google Workspace",
        })
    }

    fn read(&self, pages: &[Page], collected: &mut Collected) {
        for page in pages {
            collected.date(self, None, page, None);
        }
        let next = |page: &Page| page.value.get("nextPageToken").is_some_and(is_token);
        let is_open = |what: PageKind| {
            let mut of = pages.iter().filter(|page| PageKind::of(page) == Some(what)).peekable();
            of.peek().is_some() && of.all(next)
        };
        let unfinished =
            [PageKind::People, PageKind::Tokens, PageKind::SignIns, PageKind::Groups].into_iter().any(is_open);
        let mut tokens: BTreeMap<String, Product<'_>> = BTreeMap::new();
        let mut logins: BTreeMap<String, Product<'_>> = BTreeMap::new();
        let mut people = People::default();
        let mut groups: Option<BTreeSet<&str>> = None;
        for page in pages {
            match PageKind::of(page) {
                Some(PageKind::People) => {
                    for (pointer, entry) in entries(page, "users") {
                        if entry.is_object() {
                            people.count(entry);
                        } else {
                            collected.unreadable(self, None, page, &pointer, "it is not an object");
                        }
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
                Some(PageKind::Tokens) => {
                    for (pointer, entry) in entries(page, "items") {
                        let person = ["userKey", "user", "primaryEmail"]
                            .into_iter()
                            .find_map(|key| column(entry, key)?.as_str());
                        if !grant(page, pointer.clone(), entry, person, &mut tokens) {
                            collected.unreadable(self, None, page, &pointer, "it has no usable `clientId`");
                        }
                    }
                }
                Some(PageKind::SignIns) => sign_ins(page, &mut logins),
                Some(PageKind::Groups) => {
                    let mails =
                        entries(page, "groups").into_iter().filter_map(|(_, entry)| column(entry, "email")?.as_str());
                    groups.get_or_insert_default().extend(mails);
                }
                None => {}
            }
        }
        let people = people.certain_counts(collected);
        let shown = collected.system(self, None);
        shown.gaps.insert(Gap::PartialFormat);
        if unfinished {
            shown.gaps.insert(Gap::MorePages);
        }
        if !is_open(PageKind::People) {
            shown.counts.extend(people);
        }
        if let Some(groups) = groups.filter(|_| !is_open(PageKind::Groups)) {
            shown.counts.insert("groups", groups.len() as u64);
        }
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
            collected.note("the last page links to another page (`nextPageToken`): the export is incomplete, and numbers of people are left out");
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

/// Records that one person granted access to a product. Returns false if the grant names no product.
fn grant<'a>(
    page: &Page,
    pointer: String,
    token: &'a Value,
    person: Option<&'a str>,
    tokens: &mut BTreeMap<String, Product<'a>>,
) -> bool {
    let Some(id) = column(token, "clientId").and_then(Value::as_str).and_then(clean::id) else { return false };
    let product = tokens.entry(id).or_insert_with(|| Product { source: source(page, pointer), ..Product::default() });
    product.label = product.label.or(column(token, "displayText"));
    match person {
        Some(person) => drop(product.people.insert(person)),
        None => product.nameless += 1,
    }
    true
}

/// Collects successful SAML sign-ins by application. A sign-in states only the name of the application.
fn sign_ins<'a>(page: &'a Page, logins: &mut BTreeMap<String, Product<'a>>) {
    for (pointer, entry) in entries(page, "items") {
        let person =
            ["/actor/email", "/actor/profileId"].into_iter().find_map(|pointer| entry.pointer(pointer)?.as_str());
        for event in entry.get("events").and_then(Value::as_array).into_iter().flatten() {
            if event.get("name").and_then(Value::as_str) != Some("login_success") {
                continue;
            }
            let parameters = event.get("parameters").and_then(Value::as_array).into_iter().flatten();
            let name = parameters
                .filter(|parameter| parameter.get("name").and_then(Value::as_str) == Some("application_name"))
                .find_map(|parameter| parameter.get("value"));
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
