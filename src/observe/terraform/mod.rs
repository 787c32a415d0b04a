//! Terraform and `OpenTofu`: `show -json` of a state, or of a plan, which describes the future state.
//! <https://developer.hashicorp.com/terraform/internals/json-format>
//!
//! Sensitivity marks do not cover all secrets, so only the attributes listed in `resources` are read.

mod links;
mod resources;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Adapter, Collected, Gap, Observed, Page, clean, collected::source, okta::words as okta_words};
use crate::{
    output::summary::counted,
    report::{Code, Failure},
};
use links::Links;
use resources::{Part, Role};

/// States and plans.
pub(super) struct Terraform;

/// One resource, in its present or planned state.
pub(super) struct Resource<'a> {
    address: &'a str,
    kind: &'a str,
    values: &'a Value,
    action: PlannedAction,
    pointer: String,
}

/// What a plan does with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PlannedAction {
    /// Unchanged.
    Unchanged,
    /// A plan changes it.
    Updated,
    /// A plan creates it, with an id that is not known yet.
    Created,
    /// A plan removes it.
    Removed,
    /// A plan replaces it with another one at the same address.
    Replaced,
    /// It was removed outside of Terraform.
    RemovedElsewhere,
}

impl PlannedAction {
    fn of(actions: &[&str]) -> Self {
        let has = |action: &str| actions.contains(&action);
        match () {
            () if has("create") => Self::Created,
            () if has("delete") => Self::Removed,
            () if has("update") => Self::Updated,
            () => Self::Unchanged,
        }
    }
}

impl Resource<'_> {
    fn changes(&self) -> bool {
        matches!(
            self.action,
            PlannedAction::Updated | PlannedAction::Created | PlannedAction::Removed | PlannedAction::Replaced
        )
    }

    /// Removed, now or by the plan; identified by its id.
    fn is_removed(&self) -> bool {
        matches!(self.action, PlannedAction::Removed) || self.is_former()
    }

    /// Removed from its address, where there may be another one.
    fn is_former(&self) -> bool {
        matches!(self.action, PlannedAction::Replaced | PlannedAction::RemovedElsewhere)
    }
}

/// Resources of a system that are not part of an application.
#[derive(Default)]
struct OtherResources {
    unknown: BTreeMap<String, u64>,
    people: u64,
    groups: u64,
}

impl Adapter for Terraform {
    fn name(&self) -> &'static str {
        "terraform"
    }

    fn system(&self) -> &'static str {
        "terraform"
    }

    fn recognise(&self, page: &Page) -> Option<&'static str> {
        let has = |key: &str| page.value.get(key).is_some();
        if !has("format_version") {
            return None;
        }
        match () {
            () if has("resource_changes") || has("planned_values") => Some("a plan of Terraform"),
            () if has("values") || has("terraform_version") => Some("a state of Terraform"),
            () => None,
        }
    }

    fn read(&self, pages: &[Page], collected: &mut Collected) {
        for page in pages {
            match refusal(page) {
                Some(failure) => collected.refused.push(failure),
                None => self.page(page, collected),
            }
        }
    }
}

/// Why a page cannot be read.
fn refusal(page: &Page) -> Option<Failure> {
    let version = page.value.get("format_version").and_then(Value::as_str).unwrap_or_default();
    let fail = |message: String, help: &str| Some(Failure::new(Code::Read, message).help(help).about(&page.shown));
    if !matches!(version.split('.').next(), Some("0" | "1")) {
        let version = clean::word(version).unwrap_or_else(|| "unknown".to_owned());
        return fail(
            format!(
                "`{}`: the JSON format of Terraform has the version {version}, but leaver supports only 0 and 1",
                page.shown
            ),
            "use a newer version of leaver",
        );
    }
    if page.value.get("errored") == Some(&Value::Bool(true)) {
        return fail(format!("`{}`: the plan failed, so it is incomplete", page.shown), "run `terraform plan` again");
    }
    None
}

impl Terraform {
    fn page(&self, page: &Page, collected: &mut Collected) {
        let moment = page.value.get("timestamp").and_then(Value::as_str).and_then(clean::day);
        let resources = resources(&page.value);
        let links = Links::of(&page.value, &resources);
        let mut rest = OtherResources::default();
        let mut parts: Vec<(Option<String>, Part)> = Vec::new();
        let mut systems: BTreeSet<&'static str> = BTreeSet::new();
        for resource in &resources {
            let Some(part) = resources::read(resource) else {
                rest.count(resource);
                continue;
            };
            systems.insert(part.system);
            if part.role == Role::Application {
                self.application(page, resource, part, &links, collected);
            } else {
                parts.push((links.application(resource, &part), part));
            }
        }
        let mut unmatched = 0;
        for (id, part) in parts {
            match id {
                Some(id) => self.part(page, id, part, collected),
                None => unmatched += 1,
            }
        }
        for system in systems {
            collected.date(self, Some(system), page, moment.clone());
            let shown = collected.system(self, Some(system));
            shown.gaps.insert(Gap::ManagedOnly);
            if page.value.get("complete") == Some(&Value::Bool(false)) {
                shown.gaps.insert(Gap::Stated);
            }
        }
        rest.add_notes(self, page, collected);
        if unmatched > 0 {
            collected.note(format!(
                "{}: {unmatched} resources belong to applications whose ids are unknown before the plan is applied",
                page.shown
            ));
        }
    }

    fn application(
        &self,
        page: &Page,
        resource: &Resource<'_>,
        part: Part,
        links: &Links<'_>,
        collected: &mut Collected,
    ) {
        let id = if resource.is_former() { links::own_id(resource) } else { links.id(resource) };
        let Some(id) = id else {
            return collected.note_entry(format!(
                "{}: {}: it has no usable id; the entry is left out",
                page.shown, resource.pointer
            ));
        };
        let mut observed = part.observed;
        observed.source = source(page, resource.pointer.clone());
        observed.source.address = Some(links::shown(resource.address));
        if resource.is_removed() {
            observed.set("status", "absent");
        }
        if resource.changes() {
            observed.set("planned", true);
        }
        collected.add(self, Some(part.system), id, observed);
    }

    fn part(&self, page: &Page, id: String, part: Part, collected: &mut Collected) {
        let system = part.system;
        let shown = collected.system(self, Some(system));
        let observed = shown.apps.entry(id).or_insert_with(|| {
            // An application that is managed elsewhere: only this resource is known.
            let mut observed = Observed::at(source(page, part.pointer.clone()));
            observed.source.address = Some(part.address.clone());
            observed.set("label", part.address.clone());
            observed
        });
        if part.changes {
            observed.set("planned", true);
        }
        match part.role {
            Role::Individual | Role::Group(_) => {
                let (path, more) = match part.role {
                    Role::Group(count) => ("assigned.groups", count),
                    _ => ("assigned.individuals", 1),
                };
                let before = observed.get(path).and_then(Value::as_u64).unwrap_or_default();
                observed.set(path, before + more);
            }
            Role::Application | Role::Part => {
                for path in ["credentials.oauth-client", "credentials.certificate"] {
                    let day = part.observed.text(path).map(str::to_owned);
                    observed.set_latest(path, day);
                }
                okta_words::merge(observed, part.observed);
            }
        }
    }
}

impl OtherResources {
    fn count(&mut self, resource: &Resource<'_>) {
        match resource.kind {
            "googleworkspace_user" | "okta_user" | "azuread_user" => self.people += 1,
            "googleworkspace_group" | "okta_group" | "azuread_group" => self.groups += 1,
            kind => {
                let kind = clean::word(kind).unwrap_or_else(|| "an unknown type".to_owned());
                *self.unknown.entry(kind).or_default() += 1;
            }
        }
    }

    fn add_notes(&self, _adapter: &Terraform, page: &Page, collected: &mut Collected) {
        if self.people + self.groups > 0 {
            collected.note(format!(
                "{}: {} people and {} groups are managed there; they are not applications",
                page.shown, self.people, self.groups
            ));
        }
        if !self.unknown.is_empty() {
            let all: u64 = self.unknown.values().sum();
            let mut kinds: Vec<&str> = self.unknown.keys().map(String::as_str).collect();
            let more = kinds.len().saturating_sub(8);
            kinds.truncate(8);
            let more = if more > 0 { format!(" and {more} more types") } else { String::new() };
            collected.note(format!(
                "{}: ignored {} unrelated to applications: {}{more}",
                page.shown,
                counted(usize::try_from(all).unwrap_or(usize::MAX), "resource"),
                kinds.join(", ")
            ));
        }
    }
}

/// The resources of a plan or a state.
fn resources(root: &Value) -> Vec<Resource<'_>> {
    let mut resources = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    // Changes outside of Terraform that the plan does not revert are listed only here.
    for list in ["resource_changes", "resource_drift"] {
        let changes = root.get(list).and_then(Value::as_array).into_iter().flatten().enumerate();
        for (at, change) in changes {
            let text = |key: &str| change.get(key).and_then(Value::as_str);
            let (Some(address), Some(kind)) = (text("address"), text("type")) else { continue };
            // Data sources are not managed; a deposed object is the rest of a replaced one.
            if text("mode") == Some("data") || change.get("deposed").is_some() {
                continue;
            }
            let is_new = seen.insert(address);
            let side = |key: &str| change.pointer(&format!("/change/{key}")).filter(|value| value.is_object());
            let actions = change.pointer("/change/actions").and_then(Value::as_array).into_iter().flatten();
            let actions: Vec<&str> = actions.filter_map(Value::as_str).collect();
            let is_application = resources::is_application(kind);
            let mut push = |values, action, key: &str| {
                resources.push(Resource {
                    address,
                    kind,
                    values,
                    action,
                    pointer: format!("/{list}/{at}/change/{key}"),
                });
            };
            match (list, side("before"), side("after")) {
                // The plan creates another one at the address, so the removed one is listed separately.
                ("resource_drift", Some(before), None) if is_new || is_application => {
                    push(before, PlannedAction::RemovedElsewhere, "before");
                }
                _ if !is_new => {}
                ("resource_drift", before, after) => {
                    let key = if after.is_some() { "after" } else { "before" };
                    after.or(before).into_iter().for_each(|values| push(values, PlannedAction::Unchanged, key));
                }
                (_, before, after) => {
                    let key = if after.is_some() { "after" } else { "before" };
                    after.or(before).into_iter().for_each(|values| push(values, PlannedAction::of(&actions), key));
                    let is_replaced = is_application && actions.contains(&"create") && actions.contains(&"delete");
                    before
                        .filter(|_| is_replaced)
                        .into_iter()
                        .for_each(|old| push(old, PlannedAction::Replaced, "before"));
                }
            }
        }
    }
    let has_changes = !resources.is_empty();
    for top in ["values", "planned_values"] {
        if !has_changes && let Some(module) = root.pointer(&format!("/{top}/root_module")) {
            collect_resources(module, &format!("/{top}/root_module"), 0, &mut resources);
        }
    }
    resources
}

/// Maximum depth of modules; Terraform itself allows far fewer levels.
const LEVELS: usize = 60;

fn collect_resources<'a>(module: &'a Value, pointer: &str, level: usize, resources: &mut Vec<Resource<'a>>) {
    for (at, resource) in module.get("resources").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let text = |key: &str| resource.get(key).and_then(Value::as_str);
        let (Some(address), Some(kind)) = (text("address"), text("type")) else { continue };
        if text("mode") == Some("data") {
            continue;
        }
        let Some(values) = resource.get("values").filter(|values| values.is_object()) else { continue };
        resources.push(Resource {
            address,
            kind,
            values,
            action: PlannedAction::Unchanged,
            pointer: format!("{pointer}/resources/{at}/values"),
        });
    }
    for (at, child) in module
        .get("child_modules")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
        .take_while(|_| level < LEVELS)
    {
        collect_resources(child, &format!("{pointer}/child_modules/{at}"), level + 1, resources);
    }
}
