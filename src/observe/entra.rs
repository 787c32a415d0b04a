//! Microsoft Entra ID: service principals, synchronization jobs and assignments from Microsoft Graph.
//! <https://learn.microsoft.com/graph/api/resources/serviceprincipal>, <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob>

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Adapter, Collected, Gap, Observed, Page, clean,
    collected::{entries, id_at, is_list, is_token, source},
};
use crate::{output::summary::counted, source::is_uuid};

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
/// Job templates for any SCIM server; all others are connectors for one product.
const GENERIC: &[&str] = &["scim", "customappsso", "dataBricks"];
/// Quarantine reasons of Graph.
const REASONS: &[&str] = &[
    "EncounteredBaseEscrowThreshold",
    "EncounteredTotalEscrowThreshold",
    "EncounteredEscrowProportionThreshold",
    "EncounteredQuarantineException",
    "QuarantinedOnDemand",
    "TooManyDeletes",
    "Unknown",
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
        // Only the context identifies an empty list.
        let stated = match context {
            _ if context.ends_with("/synchronization/jobs") => Some(Self::Jobs),
            _ if context.contains("#appRoleAssignments") || context.ends_with("/appRoleAssignedTo") => {
                Some(Self::Assignments)
            }
            _ if context.contains("#servicePrincipals") && !context.contains("servicePrincipals('") => {
                Some(Self::Principals)
            }
            _ => None,
        };
        let list = page.value.get("value").and_then(Value::as_array).or(page.value.as_array());
        match list {
            Some(items) => items.iter().find_map(Self::of_entry).or(stated),
            None => Self::of_entry(&page.value),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Principals => "service principals of Entra ID",
            Self::Jobs => "synchronization jobs of Entra ID",
            Self::Assignments => "assignments to applications of Entra ID",
        }
    }
}

impl Adapter for Entra {
    fn name(&self) -> &'static str {
        "entra"
    }

    fn system(&self) -> &'static str {
        "entra-id"
    }

    fn recognise(&self, page: &Page) -> Option<&'static str> {
        PageKind::of(page).map(PageKind::words)
    }

    fn read(&self, pages: &[Page], collected: &mut Collected) {
        for page in pages {
            collected.date(self, None, page, None);
        }
        let unfinished = unfinished(pages);
        if let Some(jobs) = unfinished.get(&PageKind::Jobs) {
            collected.system(self, None).gaps.insert(Gap::MorePages);
            collected.note(format!(
                "the last page of jobs names a next one for {}: the export is incomplete",
                counted(jobs.len(), "application")
            ));
        }
        let has_principals = pages.iter().any(|page| PageKind::of(page) == Some(PageKind::Principals));
        let is_principal_list =
            |page: &&Page| is_list(page, "value") && PageKind::of(page) == Some(PageKind::Principals);
        if unfinished.contains_key(&PageKind::Principals) {
            collected.system(self, None).gaps.insert(Gap::MorePages);
            collected.note(
                "the last page of service principals names a next one (`@odata.nextLink`): the export is incomplete",
            );
        } else if has_fewer_than_stated(pages) {
            collected.system(self, None).gaps.insert(Gap::MorePages);
            collected.note("there are fewer service principals than `@odata.count` states: the export is incomplete");
        } else if !has_principals {
            collected.system(self, None).gaps.insert(Gap::PartialFormat);
        } else if !pages.iter().any(|page| is_principal_list(&page)) {
            collected.system(self, None).gaps.insert(Gap::PartialFormat);
            collected.note("one service principal alone, not a list of them: the export counts as incomplete");
        }
        let mut assigned: BTreeMap<String, [u64; 2]> = BTreeMap::new();
        // Overlapping pages and copies of a page count an assignment once.
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut jobs: Vec<(String, Observed)> = Vec::new();
        for page in pages {
            let Some(what) = PageKind::of(page) else { continue };
            // An empty list means that nobody is assigned, if its file name contains the application.
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
                            collected.refuse_flattened(page, &pointer, entry, &["schedule", "status"]);
                            let mut observed = job(entry);
                            observed.source = source(page, pointer);
                            let principal = principal_of(page);
                            // Declarations cannot refer to the id of a job.
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
        // The job in the worst state determines the state of an application.
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
                "the last page of assignments names a next one for {}: their numbers of people and groups are left out",
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

/// Lists whose last page is missing, with the affected chains; for assignments the chain is the application.
fn unfinished(pages: &[Page]) -> BTreeMap<PageKind, BTreeSet<String>> {
    let mut chains: BTreeMap<(PageKind, String), [usize; 2]> = BTreeMap::new();
    for page in pages {
        let Some(what) = PageKind::of(page) else { continue };
        // Jobs and assignments have a chain for each application. All assignments have the same context, so their entries identify the
        // application.
        let context = || page.value.get("@odata.context").and_then(Value::as_str).unwrap_or_default().to_owned();
        let resource = || entries(page, "value").into_iter().find_map(|(_, entry)| id_at(entry, "resourceId"));
        // Only its file name identifies a page without entries.
        let named = || resource().or_else(|| principal_of(page));
        let chain =
            Some(what).filter(|what| *what == PageKind::Assignments).and_then(|_| named()).unwrap_or_else(context);
        let [open, last] = chains.entry((what, chain)).or_default();
        *(if page.value.get("@odata.nextLink").is_some_and(is_token) { open } else { last }) += 1;
    }
    let mut unfinished: BTreeMap<PageKind, BTreeSet<String>> = BTreeMap::new();
    for ((what, chain), _) in chains.into_iter().filter(|(_, [open, last])| *open > 0 && *last == 0) {
        unfinished.entry(what).or_default().insert(chain);
    }
    unfinished
}

/// Whether a page states more service principals (`$count=true`) than the export has.
fn has_fewer_than_stated(pages: &[Page]) -> bool {
    let of: Vec<&Page> = pages.iter().filter(|page| PageKind::of(page) == Some(PageKind::Principals)).collect();
    let stated = of.iter().filter_map(|page| page.value.get("@odata.count")?.as_u64()).max().unwrap_or_default();
    stated > of.iter().map(|page| entries(page, "value").len() as u64).sum()
}

/// The service principal of a page of jobs: from its context, otherwise from the file name.
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
        let is_system_object =
            matches!(entry.get("servicePrincipalType").and_then(Value::as_str), Some("ManagedIdentity" | "SocialIdp"));
        if is_system_object || entry.get("appOwnerOrganizationId").and_then(Value::as_str) == Some(MICROSOFT) {
            observed.set("builtIn", true);
        }
        if let Some(enabled) = entry.get("accountEnabled").and_then(Value::as_bool) {
            observed.set("status", if enabled { "active" } else { "inactive" });
        }
        // Deleted applications are kept for 30 days.
        if entry.get("deletedDateTime").is_some_and(Value::is_string) {
            observed.set("status", "absent");
        }
        observed.set_from("signOn.assignmentRequired", entry.get("appRoleAssignmentRequired"));
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
            let ends = days.filter_map(|one| clean::day(one.get("endDateTime")?.as_str()?)).max();
            observed.set_latest(path, ends);
        }
        collected.add(self, None, id, observed);
    }
}

/// Orders the states of a job from good to bad.
fn severity(job: &Observed) -> u8 {
    match job.text("health.state") {
        Some("quarantined") => 4,
        Some("failing") => 3,
        Some("paused") => 2,
        Some("not-run") => 1,
        _ => 0,
    }
}

/// A synchronization job. Only error codes are read, since messages may name people.
fn job(entry: &Value) -> Observed {
    let mut job = Observed::default();
    let text = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str);
    job.set_from("template", entry.get("templateId"));
    let template = text("/templateId").unwrap_or_default();
    let inbound = template.contains("2AAD")
        || template.contains("2AD")
        || template.starts_with("Workday")
        || template.starts_with("SuccessFactors");
    if !template.is_empty() && !inbound {
        let generic = GENERIC.iter().any(|known| known.eq_ignore_ascii_case(template));
        job.set("provisioning.mechanism", if generic { "scim" } else { "connector" });
    } else if inbound {
        job.set("provisioning.mechanism", if template.contains("AD2AAD") { "directory" } else { "hr" });
    }
    let state = text("/schedule/state").unwrap_or_default();
    let code = text("/status/code").unwrap_or_default();
    let paused = matches!(state, "Disabled" | "Paused") || matches!(code, "Paused" | "NotConfigured");
    if !state.is_empty() || !code.is_empty() {
        job.set("provisioning.enabled", !paused);
    }
    if let Some(minutes) = text("/schedule/interval").and_then(clean::minutes).filter(|_| !paused) {
        job.set("provisioning.syncMinutes", minutes);
    }
    let quarantine = entry.pointer("/status/quarantine").filter(|quarantine| quarantine.is_object());
    let last = text("/status/lastExecution/state").unwrap_or_default();
    let successes = [
        "/status/lastSuccessfulExecution/timeEnded",
        "/status/lastSuccessfulExecution/timeBegan",
        "/status/lastSuccessfulExecutionWithExports/timeEnded",
    ];
    let mut success = successes.into_iter().filter_map(|pointer| clean::moment(text(pointer)?)).max();
    if last == "Succeeded" {
        success = success.max(text("/status/lastExecution/timeEnded").and_then(clean::moment));
    }
    let health = if quarantine.is_some() || code == "Quarantine" {
        Some("quarantined")
    } else if paused {
        Some("paused")
    } else if last == "Failed" || (last == "EntryLevelErrors" && success.is_none()) {
        Some("failing")
    } else if !last.is_empty() || success.is_some() {
        Some("healthy")
    } else if code == "NotRun" || entry.pointer("/status").is_some() {
        Some("not-run")
    } else {
        None
    };
    if let Some(health) = health {
        job.set("health.state", health);
    }
    if let Some(quarantine) = quarantine {
        let reason = quarantine
            .get("reason")
            .and_then(Value::as_str)
            .and_then(|reason| REASONS.iter().find(|known| **known == reason));
        job.set("health.reason", *reason.unwrap_or(&"other"));
        job.set_first("health.since", [quarantine.get("seriesBegan"), quarantine.get("currentBegan")]);
    }
    if let Some(success) = success {
        job.set("health.lastSuccess", success);
    }
    job.set_from("health.failures", entry.pointer("/status/countSuccessiveCompleteFailures"));
    job.set_from("health.escrowed", entry.pointer("/status/lastExecution/countEscrowed"));
    let settings = entry.get("synchronizationJobSettings").and_then(Value::as_array).into_iter().flatten();
    let threshold = settings
        .filter(|setting| setting.get("name").and_then(Value::as_str) == Some("QuarantineTooManyDeletesThreshold"))
        .find_map(|setting| setting.get("value")?.as_str()?.parse::<u64>().ok());
    if let Some(threshold) = threshold {
        job.set("health.deleteThreshold", threshold);
    }
    job
}
