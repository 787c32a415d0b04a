//! Detects missing pages of Graph's lists.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{PageKind, TAG, principal_of};
use crate::observe::{
    Gap, Page,
    collected::{entries, id_at, is_list, is_token, may_be_full},
};

/// Finds the lists whose last page is missing, and the affected chains of pages. Jobs and assignments have one chain for each application.
pub(super) fn unfinished(pages: &[Page]) -> BTreeMap<PageKind, BTreeSet<String>> {
    let mut chains: BTreeMap<(PageKind, String), [usize; 2]> = BTreeMap::new();
    for page in pages {
        let Some(what) = PageKind::of(page) else { continue };
        // Jobs and assignments have a chain for each application. All lists of assignments have the same context, so the entries identify the
        // application.
        let context = || page.value.get("@odata.context").and_then(Value::as_str).unwrap_or_default().to_owned();
        let resource = || entries(page, "value").into_iter().find_map(|(_, entry)| id_at(entry, "resourceId"));
        // A page without entries is identified only by its file name.
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

/// Returns the reason why the list of service principals may be incomplete, and a message if people can do something about it.
pub(super) fn gap(pages: &[Page], has_next: bool) -> Option<(Gap, Option<&'static str>)> {
    let of: Vec<&Page> = pages.iter().filter(|page| PageKind::of(page) == Some(PageKind::Principals)).collect();
    let sizes = || {
        let lists = of.iter().filter_map(|page| page.value.as_array().map(Vec::len));
        let lines = of.iter().filter(|page| page.value.is_object() && !is_list(page, "value")).count();
        lists.chain(Some(lines).filter(|lines| *lines > 0))
    };
    let is_one_answer = of.iter().any(|page| page.value.get("value").is_some_and(Value::is_array) || is_table(page));
    let (gap, note) = match () {
        () if has_next => (
            Gap::MorePages,
            "the last page of service principals links to another page (`@odata.nextLink`): the export is incomplete",
        ),
        () if has_fewer_than_stated(&of) => {
            (Gap::MorePages, "there are fewer service principals than `@odata.count` states: the export is incomplete")
        }
        () if of.iter().any(|page| is_filtered(page)) => {
            (Gap::Filtered, "a filter restricts the list of service principals: the export counts as incomplete")
        }
        () if of.is_empty() => return Some((Gap::PartialFormat, None)),
        () if !of.iter().any(|page| is_list(page, "value")) => (
            Gap::PartialFormat,
            "the export has single service principals, not the list of all: it counts as incomplete",
        ),
        // A list without Graph's envelope has no link to its next page.
        () if !is_one_answer && sizes().all(|size| size == 999 || may_be_full(size as u64)) => (
            Gap::MaybeMorePages,
            "the list of service principals looks like a full page, so another may follow: export it with `az ad sp list --all` or `Get-MgServicePrincipal -All`, or add `--complete` if it has all of them",
        ),
        () => return None,
    };
    Some((gap, Some(note)))
}

/// Whether a page is a table: all its values are texts.
fn is_table(page: &Page) -> bool {
    let all_texts = |entry: &Value| entry.as_object().is_some_and(|map| map.values().all(Value::is_string));
    page.value.as_array().is_some_and(|rows| rows.iter().all(all_texts))
}

/// Filters that never remove an application that people sign in to.
const FILTERS: &[&str] = &[TAG, "servicePrincipalType eq 'Application'"];

/// Whether the list may lack applications: the address of the next page has `$search`, or a `$filter` that is not one of [`FILTERS`].
fn is_filtered(page: &Page) -> bool {
    let next = page.value.get("@odata.nextLink").and_then(Value::as_str).unwrap_or_default();
    let query = next.split_once('?').map(|(_, query)| query).unwrap_or_default();
    query.split('&').filter_map(|parameter| parameter.split_once('=')).any(|(name, value)| {
        let value = value.replace("%20", " ").replace('+', " ").replace("%27", "'");
        match name.replace("%24", "$").as_str() {
            "$filter" => !FILTERS.iter().any(|known| value.contains(known)) || value.contains(" and "),
            "$search" => true,
            _ => false,
        }
    })
}

/// Whether a page states more service principals (`$count=true`) than the export has.
fn has_fewer_than_stated(pages: &[&Page]) -> bool {
    let stated = pages.iter().filter_map(|page| page.value.get("@odata.count")?.as_u64()).max().unwrap_or_default();
    stated > pages.iter().map(|page| entries(page, "value").len() as u64).sum()
}
