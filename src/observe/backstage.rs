//! Backstage: the entries of the software catalogue, and the teams that own them.
//! <https://backstage.io/docs/features/software-catalog/descriptor-format>

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Adapter, Collected, Gap, Observed, Page, clean,
    collected::{entries, is_token, source},
};

/// Entities of Backstage, from its API or from `catalog-info.yaml`.
pub(super) struct Backstage;

/// Whether an entry has the shape of an entity. A catalogue may define additional kinds.
fn is_entity(entry: &Value) -> bool {
    let is_text = |key: &str| entry.get(key).is_some_and(Value::is_string);
    is_text("apiVersion") && is_text("kind")
}

/// Whether an entry is an entity with an `apiVersion` of Backstage, such as `backstage.io/v1alpha1` or `scaffolder.backstage.io/v1beta3`.
fn is_own(entry: &Value) -> bool {
    let version = entry.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
    let host = version.split('/').next().unwrap_or_default();
    is_entity(entry) && (host == "backstage.io" || host.ends_with(".backstage.io"))
}

impl Adapter for Backstage {
    fn name(&self) -> &'static str {
        "backstage"
    }

    fn system(&self) -> &'static str {
        "backstage"
    }

    fn recognise(&self, page: &Page) -> Option<&'static str> {
        entries(page, "items").iter().any(|(_, entry)| is_own(entry)).then_some("entities of Backstage")
    }

    fn read(&self, pages: &[Page], collected: &mut Collected) {
        for page in pages {
            collected.date(self, None, page, None);
        }
        let is_list = |page: &Page| page.value.is_array() || page.value.get("items").is_some_and(Value::is_array);
        if !pages.iter().any(is_list) {
            collected.system(self, None).gaps.insert(Gap::PartialFormat);
            collected.note("entities alone, without the list of the API: the export counts as incomplete");
        }
        if is_unfinished(pages) {
            collected.system(self, None).gaps.insert(Gap::MorePages);
            collected.note(
                "a list of entities is incomplete (`pageInfo.nextCursor`, `totalItems`): the export is incomplete",
            );
        }
        let all = || {
            pages
                .iter()
                .flat_map(|page| entries(page, "items").into_iter().map(move |(pointer, entry)| (page, pointer, entry)))
        };
        let groups: BTreeSet<String> = all()
            .filter(|(_, _, entry)| kind_of(entry) == "group")
            .filter_map(|(_, _, entry)| name_of(entry))
            .collect();
        let people = all().filter(|(_, _, entry)| kind_of(entry) == "user").count() as u64;
        let kinds = all().map(|(_, _, entry)| kind_of(entry)).collect();
        let shown = collected.system(self, None);
        shown.complete_kinds = Some(kinds);
        if people > 0 {
            shown.counts.insert("people", people);
        }
        if !groups.is_empty() {
            shown.counts.insert("groups", groups.len() as u64);
        }
        for (page, pointer, entry) in all() {
            if !is_entity(entry) {
                collected.unreadable(self, None, page, &pointer, "it is not an entity");
                continue;
            }
            let kind = kind_of(entry);
            if !matches!(kind.as_str(), "component" | "resource" | "system") {
                continue;
            }
            let Some(name) = name_of(entry) else {
                collected.unreadable(self, None, page, &pointer, "it has no usable `metadata.name`");
                continue;
            };
            let space = entry.pointer("/metadata/namespace").and_then(Value::as_str).and_then(clean::word);
            let id = format!("{kind}:{}/{name}", space.as_deref().unwrap_or("default"));
            let mut observed = Observed::at(source(page, pointer));
            observed.set("kind", "component");
            observed.set_first("label", [entry.pointer("/metadata/title"), entry.pointer("/metadata/name")]);
            if let Some(owner) = owner_of(entry).filter(|owner| groups.is_empty() || groups.contains(owner)) {
                observed.set("owner", owner);
            }
            if entry.pointer("/spec/lifecycle").and_then(Value::as_str) == Some("production") {
                observed.set("status", "active");
            }
            collected.add(self, None, id, observed);
        }
    }
}

/// Whether a list lacks pages: no page is the last page, or the list has fewer entries than `totalItems`. Pages with different `totalItems` come from
/// different queries.
fn is_unfinished(pages: &[Page]) -> bool {
    let mut lists: BTreeMap<Option<u64>, (bool, u64)> = BTreeMap::new();
    for page in pages {
        let Some(items) = page.value.get("items").and_then(Value::as_array) else { continue };
        let total = page.value.get("totalItems").and_then(Value::as_u64);
        let (has_last, count) = lists.entry(total).or_default();
        *has_last |= !page.value.pointer("/pageInfo/nextCursor").is_some_and(is_token);
        *count += items.len() as u64;
    }
    lists.into_iter().any(|(total, (has_last, count))| !has_last || total.is_some_and(|total| count < total))
}

fn kind_of(entry: &Value) -> String {
    entry.get("kind").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase()
}

fn name_of(entry: &Value) -> Option<String> {
    clean::word(entry.pointer("/metadata/name")?.as_str()?)
}

/// Returns the team that owns an entity. A person is not a team. A reference without a kind means a Group.
fn owner_of(entry: &Value) -> Option<String> {
    let relations = entry.get("relations").and_then(Value::as_array).into_iter().flatten();
    let related = relations
        .filter(|relation| relation.get("type").and_then(Value::as_str) == Some("ownedBy"))
        .find_map(|relation| relation.get("targetRef")?.as_str());
    let reference = related.or_else(|| entry.pointer("/spec/owner")?.as_str())?;
    let (kind, name) = reference.split_once(':').unwrap_or(("group", reference));
    let name = name.rsplit('/').next()?;
    kind.eq_ignore_ascii_case("group").then(|| clean::word(name)).flatten()
}
