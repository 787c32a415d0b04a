//! The people and groups of an application. Only their counts are written.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{super::Observed, PageKind};
use crate::observe::{Page, collected::may_be_full};

/// The people and groups on the pages of one application.
#[derive(Debug, Default)]
pub(super) struct Assignments<'a> {
    /// Id of a person → whether the person is assigned individually. Pages may overlap or be repeated, but a person counts once.
    people: BTreeMap<&'a str, bool>,
    groups: BTreeSet<&'a str>,
    /// The number of entries without an id: people, individually assigned people, groups.
    nameless: [u64; 3],
    /// The number of entries of each page.
    pages: BTreeMap<PageKey<'a>, u64>,
}

/// The file, document and pointer of a page, and whether the page lists people.
type PageKey<'a> = (&'a str, Option<usize>, &'a str, bool);

fn page_key(page: &Page, what: PageKind) -> PageKey<'_> {
    (&page.shown, page.document, &page.within, what == PageKind::People)
}

impl<'a> Assignments<'a> {
    /// Records a page. A page without entries shows that the list is complete.
    pub(super) fn count_none(&mut self, page: &'a Page, what: PageKind) {
        self.pages.entry(page_key(page, what)).or_default();
    }

    /// Counts an entry of a page.
    pub(super) fn count(&mut self, page: &'a Page, entry: &'a Value, what: PageKind) {
        let people = what == PageKind::People;
        *self.pages.entry(page_key(page, what)).or_default() += 1;
        let is_individual = entry.get("scope").and_then(Value::as_str) == Some("USER");
        let [nameless, nameless_individuals, nameless_groups] = &mut self.nameless;
        match (entry.get("id").and_then(Value::as_str), people) {
            (Some(id), true) => *self.people.entry(id).or_default() |= is_individual,
            (Some(id), false) => drop(self.groups.insert(id)),
            (None, true) => {
                *nameless += 1;
                *nameless_individuals += u64::from(is_individual);
            }
            (None, false) => *nameless_groups += 1,
        }
    }

    /// Sets the counts, except if every page is full: the list may then have more pages.
    pub(super) fn set_counts(&self, observed: &mut Observed) {
        // Without a parameter, the API returns at most 20 groups.
        let full = |people: bool, count: u64| may_be_full(count) || (!people && count == 20);
        let is_complete = |people: bool| {
            let mut pages = self.pages.iter().filter(|((.., of), _)| *of == people).map(|(_, count)| *count).peekable();
            pages.peek().is_some() && !pages.all(|count| full(people, count))
        };
        let [nameless, nameless_individuals, nameless_groups] = self.nameless;
        if is_complete(true) {
            let alone = self.people.values().filter(|alone| **alone).count() as u64;
            observed.set("assigned.people", self.people.len() as u64 + nameless);
            observed.set("assigned.individuals", alone + nameless_individuals);
        }
        if is_complete(false) {
            observed.set("assigned.groups", self.groups.len() as u64 + nameless_groups);
        }
    }
}
