//! Terraform and `OpenTofu`: `show -json` of a state, or of a plan, which describes the future state.
//! <https://developer.hashicorp.com/terraform/internals/json-format>
//!
//! Sensitivity marks do not cover all secrets, so only the attributes listed in `resources` are read.

mod changes;
mod links;
mod resources;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Adapter, Collected, Gap, Observed, Page, clean, collected::source, okta::vocabulary as okta_vocabulary};
use crate::{
    output::summary::counted,
    report::{Code, Failure},
};
use changes::{LEVELS, PlannedAction, Resource};
use links::Links;
use resources::{Part, Role};

/// States and plans.
pub(super) struct Terraform;

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
        self.rename(pages, collected);
    }
}

/// Returns a failure if a page cannot be read.
fn refusal(page: &Page) -> Option<Failure> {
    let version = page.value.get("format_version").and_then(Value::as_str).unwrap_or_default();
    let fail = |message: String, help: &str| Some(Failure::new(Code::Read, message).help(help).file(&page.shown));
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
    /// If `--system` is given, renames the system of the export. Refuses an export with several systems.
    fn rename(&self, pages: &[Page], collected: &mut Collected) {
        let Some(name) = collected.options.system.clone() else { return };
        let keys: Vec<_> = collected.systems.keys().filter(|(_, format)| *format == self.name()).cloned().collect();
        if let [key] = keys.as_slice() {
            if let Some(shown) = collected.systems.remove(key) {
                collected.systems.insert((name, self.name()), shown);
            }
        } else if let (Some(page), [_, _, ..]) = (pages.first(), keys.as_slice()) {
            let names: Vec<&str> = keys.iter().map(|(system, _)| system.as_str()).collect();
            let message = format!("`{}` has applications of several systems: {}", page.shown, names.join(", "));
            let help = format!("read it without `--system {name}`, or export the state of one system");
            collected.refused.push(Failure::new(Code::Read, message).help(help).file(&page.shown));
        }
    }

    fn page(&self, page: &Page, collected: &mut Collected) {
        let moment = page.value.get("timestamp").and_then(Value::as_str).and_then(clean::day);
        let resources = changes::resources(&page.value);
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
        rest.add_notes(page, collected);
        let deferred = page.value.get("deferred_changes").and_then(Value::as_array).map_or(0, Vec::len);
        if deferred > 0 {
            collected.note(format!(
                "{}: {} deferred to a later plan: not compared",
                page.shown,
                match deferred {
                    1 => "1 resource is".to_owned(),
                    many => format!("{many} resources are"),
                }
            ));
        }
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
        observed.source.address = Some(links::displayed_address(resource.address));
        if resource.is_removed() {
            observed.set("status", "absent");
        }
        if resource.changes() {
            observed.set("planned", true);
        }
        if let Some(id) = links.replaced(resource) {
            observed.set("replaces", id);
        }
        collected.add(self, Some(part.system), id, observed);
    }

    fn part(&self, page: &Page, id: String, part: Part, collected: &mut Collected) {
        let system = part.system;
        let shown = collected.system(self, Some(system));
        let observed = shown.apps.entry(id).or_insert_with(|| {
            // The application is managed elsewhere, so only this resource of it is known.
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
                okta_vocabulary::merge(observed, part.observed);
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

    fn add_notes(&self, page: &Page, collected: &mut Collected) {
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
