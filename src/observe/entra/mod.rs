//! Microsoft Entra ID: service principals, synchronization jobs and assignments from Microsoft Graph.
//! <https://learn.microsoft.com/graph/api/resources/serviceprincipal>, <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob>

mod jobs;
mod pages;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Adapter, Collected, Gap, Observed, Page, clean,
    collected::{entries, id_at, source},
    table::switch,
};
use crate::{output::summary::counted, source::is_uuid};
use jobs::{job, severity};
use pages::unfinished;

/// Exports of Microsoft Graph.
pub(super) struct Entra;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum PageKind {
    Principals,
    Jobs,
    Assignments,
}

/// The tenant of Microsoft's own applications.
const MICROSOFT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";
/// The tag of applications that people sign in to.
const TAG: &str = "WindowsAzureActiveDirectoryIntegratedApp";
/// Pointers to objects and lists in a job.
const OBJECTS: &[&str] = &[
    "schedule",
    "status",
    "status/quarantine",
    "status/lastExecution",
    "status/lastSuccessfulExecution",
    "status/lastSuccessfulExecutionWithExports",
    "synchronizationJobSettings",
];

impl PageKind {
    fn of_entry(entry: &Value) -> Option<Self> {
        let has = |key: &str| entry.get(key).is_some();
        match entry {
            _ if has("templateId") && (has("schedule") || has("status")) => Some(Self::Jobs),
            _ if has("principalType") && has("resourceId") => Some(Self::Assignments),
            _ if has("appId")
                && has("id")
                && (has("servicePrincipalType")
                    || has("applicationType")
                    || has("appRoleAssignmentRequired")
                    || has("preferredSingleSignOnMode")
                    || has("accountEnabled")) =>
            {
                Some(Self::Principals)
            }
            _ => None,
        }
    }

    fn of(page: &Page) -> Option<Self> {
        let context = page.value.get("@odata.context").and_then(Value::as_str).unwrap_or_default();
        if context.contains("/appRoleAssignments") {
            return None;
        }
        // An empty list has no entry, so only `@odata.context` identifies the list.
        let stated = match context {
            _ if context.contains("/synchronization/jobs") => Some(Self::Jobs),
            _ if context.contains("#appRoleAssignments") || context.contains("/appRoleAssignedTo") => {
                Some(Self::Assignments)
            }
            _ if context.contains("#servicePrincipals") && !context.contains("servicePrincipals('") => {
                Some(Self::Principals)
            }
            _ => None,
        };
        let list = page.value.get("value").and_then(Value::as_array).or(page.value.as_array());
        match list {
            Some(items) if are_of_one_principal(items) => None,
            Some(items) => items.iter().find_map(Self::of_entry).or(stated),
            None => Self::of_entry(&page.value),
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Principals => "service principals of Entra ID",
            Self::Jobs => "synchronization jobs of Entra ID",
            Self::Assignments => "assignments to applications of Entra ID",
        }
    }
}

/// Whether a list has the applications of one person or group, instead of the people and groups of one application.
fn are_of_one_principal(items: &[Value]) -> bool {
    let all = |key: &str| items.iter().map(|item| item.get(key).and_then(Value::as_str)).collect::<BTreeSet<_>>();
    let is_known = |ids: &BTreeSet<Option<&str>>| !ids.contains(&None);
    let [principals, resources] = ["principalId", "resourceId"].map(all);
    is_known(&principals) && is_known(&resources) && principals.len() == 1 && resources.len() > 1
}

impl Adapter for Entra {
    fn name(&self) -> &'static str {
        "entra"
    }

    fn system(&self) -> &'static str {
        "entra-id"
    }

    fn recognise(&self, page: &Page) -> Option<&'static str> {
        PageKind::of(page).map(PageKind::description)
    }

    fn read(&self, pages: &[Page], collected: &mut Collected) {
        for page in pages {
            collected.date(self, None, page, None);
        }
        let unfinished = unfinished(pages);
        if let Some(jobs) = unfinished.get(&PageKind::Jobs) {
            collected.system(self, None).gaps.insert(Gap::MorePages);
            collected.note(format!(
                "for {}, the last page of jobs links to another page: the export is incomplete",
                counted(jobs.len(), "application")
            ));
        }
        if let Some((gap, note)) = pages::gap(pages, unfinished.contains_key(&PageKind::Principals)) {
            collected.system(self, None).gaps.insert(gap);
            if let Some(note) = note {
                collected.note(note);
            }
        }
        let mut assigned: BTreeMap<String, [u64; 2]> = BTreeMap::new();
        // Pages may overlap or be repeated, but an assignment counts once.
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut jobs: Vec<(String, Observed)> = Vec::new();
        for page in pages {
            let Some(what) = PageKind::of(page) else { continue };
            // If the file name contains the id of an application, an empty list means that nobody is assigned to the application.
            if let Some(app) = principal_of(page).filter(|_| what == PageKind::Assignments) {
                assigned.entry(app).or_default();
            }
            for (pointer, entry) in entries(page, "value") {
                let id = entry.get("id").and_then(Value::as_str);
                if what == PageKind::Assignments && id.is_some_and(|id| !seen.insert(id)) {
                    continue;
                }
                match what {
                    PageKind::Principals => self.principal(page, pointer, entry, collected),
                    PageKind::Assignments => match id_at(entry, "resourceId") {
                        Some(app) => count(entry, assigned.entry(app).or_default()),
                        None => collected.unreadable(self, None, page, &pointer, "it has no usable `resourceId`"),
                    },
                    PageKind::Jobs => match id_at(entry, "id").filter(|_| entry.is_object()) {
                        Some(id) => {
                            collected.refuse_flattened(page, &pointer, entry, OBJECTS);
                            let mut observed = job(entry);
                            observed.source = source(page, pointer);
                            let principal = principal_of(page);
                            // Without a service principal, the entry has the id of the job. Declarations cannot refer to this id.
                            if principal.is_none() {
                                observed.set("kind", "component");
                            }
                            jobs.push((principal.unwrap_or(id), observed));
                        }
                        None => collected.unreadable(self, None, page, &pointer, "it has no usable `id`"),
                    },
                }
            }
        }
        let shown = collected.system(self, None);
        let mut unmatched_jobs = 0;
        // If an application has several jobs, the job in the worst state determines its state.
        jobs.sort_by_key(|(_, job)| std::cmp::Reverse(severity(job)));
        for (app, mut job) in jobs {
            if let Some(observed) = shown.apps.get_mut(&app) {
                observed.add(job);
                continue;
            }
            unmatched_jobs += 1;
            let template = job.text("template").map(str::to_owned);
            job.set("label", template.unwrap_or_else(|| "synchronization job".to_owned()));
            shown.apps.insert(app, job);
        }
        let mut unmatched = 0;
        let open = unfinished.get(&PageKind::Assignments).cloned().unwrap_or_default();
        for (app, [people, groups]) in assigned {
            match shown.apps.get_mut(&app) {
                Some(_) if open.contains(&app) => {}
                Some(observed) => {
                    observed.set("assigned.individuals", people);
                    observed.set("assigned.groups", groups);
                    if groups == 0 {
                        observed.set("assigned.people", people);
                    }
                }
                None => unmatched += usize::from(people + groups > 0),
            }
        }
        if !open.is_empty() {
            collected.note(format!(
                "for {}, the last page of assignments links to another page: the numbers of people and groups are left out",
                counted(open.len(), "application")
            ));
        }
        if unmatched > 0 {
            collected.note(format!(
                "assignments to {unmatched} applications that are not in the export: add the service principals"
            ));
        }
        if unmatched_jobs > 0 {
            collected.note(format!(
                "{unmatched_jobs} jobs belong to no service principal of the export: add the service principals, and name the file of the jobs `jobs.ID.json`, with the id of the service principal"
            ));
        }
    }
}

/// Finds the service principal of a page of jobs: in the context of the page, otherwise in the file name.
fn principal_of(page: &Page) -> Option<String> {
    let context = page.value.get("@odata.context").and_then(Value::as_str).unwrap_or_default();
    let inside = |open: &str| {
        context.split_once(open).and_then(|(_, rest)| rest.split(['\'', '/', ')']).next()).and_then(clean::id)
    };
    let named = || page.shown.split(['/', '\\', '.', '_']).filter(|part| is_uuid(part)).find_map(clean::id);
    inside("servicePrincipals('").or_else(|| inside("servicePrincipals/")).or_else(named)
}

fn count(entry: &Value, [people, groups]: &mut [u64; 2]) {
    match entry.get("principalType").and_then(Value::as_str) {
        Some("User") => *people += 1,
        Some("Group") => *groups += 1,
        _ => {}
    }
}

/// Reads a boolean, or its text in a table cell. An empty cell is unknown.
fn is_on(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::Bool(on) => Some(*on),
        text @ Value::String(cell) if !cell.trim().is_empty() => switch(text),
        _ => None,
    }
}

impl Entra {
    fn principal(&self, page: &Page, pointer: String, entry: &Value, collected: &mut Collected) {
        let Some(id) = id_at(entry, "id").filter(|_| entry.is_object()) else {
            return collected.unreadable(self, None, page, &pointer, "it has no usable `id`");
        };
        collected.refuse_flattened(page, &pointer, entry, &["passwordCredentials", "keyCredentials"]);
        let mut observed = Observed::at(source(page, pointer));
        observed.other_ids.extend(id_at(entry, "appId"));
        observed.set_first("label", [entry.get("displayName"), entry.get("appDisplayName")]);
        observed.set_from("template", entry.get("applicationTemplateId"));
        let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
        let is_system_object = matches!(text("servicePrincipalType"), "ManagedIdentity" | "SocialIdp");
        // The table that the admin center exports has these words.
        let is_other =
            ["Microsoft Application", "Managed Identity"].iter().any(|word| text("applicationType").contains(word));
        if is_system_object || is_other || text("appOwnerOrganizationId") == MICROSOFT {
            observed.set("builtIn", true);
        }
        if let Some(enabled) = is_on(entry.get("accountEnabled")) {
            observed.set("status", if enabled { "active" } else { "inactive" });
        }
        // Deleted applications are kept for 30 days.
        if entry.get("deletedDateTime").is_some_and(Value::is_string) {
            observed.set("status", "absent");
        }
        // The table of the admin center uses a shorter name.
        let required =
            ["appRoleAssignmentRequired", "assignmentRequired"].into_iter().find_map(|key| is_on(entry.get(key)));
        if let Some(required) = required {
            observed.set("signOn.assignmentRequired", required);
        }
        match entry.get("preferredSingleSignOnMode").and_then(Value::as_str) {
            Some("saml") => observed.set("signOn.protocol", "saml"),
            Some("oidc") => observed.set("signOn.protocol", "oidc"),
            Some("password") => observed.set("signOn.protocol", "password-vault"),
            _ => {}
        }
        for (path, list) in
            [("credentials.oauth-client", "passwordCredentials"), ("credentials.certificate", "keyCredentials")]
        {
            let days = entry.get(list).and_then(Value::as_array).into_iter().flatten();
            let ends = days.filter_map(|credential| clean::day(credential.get("endDateTime")?.as_str()?)).max();
            observed.set_latest(path, ends);
        }
        collected.add(self, None, id, observed);
    }
}
