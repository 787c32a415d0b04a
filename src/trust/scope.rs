//! Apps to which fewer rules apply after a change than before it: apps that are gone, and values that decide which rules apply. `data/trust.yaml`
//! lists these values.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Change, Changed, first_few, named_at,
    table::{AppRow, Edit, Table, shown, shown_list},
};
use crate::{
    finding::Step,
    model::Declaration,
    source::{Node, Yaml},
};

/// The kind that is compared.
const APP: &str = "App";

/// One finding for each app of `base` to which fewer rules apply.
pub(super) fn exempted(table: &Table, base: &[Declaration], change: &Change<'_>) -> Vec<Changed> {
    let apps = base.iter().filter(|app| app.kind == APP && app.well_formed && !is_unused(table, app));
    apps.filter_map(|app| exemption(table, base, app, change)).collect()
}

fn exemption(table: &Table, base: &[Declaration], app: &Declaration, change: &Change<'_>) -> Option<Changed> {
    let mut here = change.catalogue.own().iter().filter(|other| other.kind == APP && other.name == app.name).peekable();
    let is_here = here.peek().is_some();
    // Of several with one name, which is an error, the unchanged one counts.
    let mut here: Vec<&Declaration> = here.filter(|other| other.well_formed).collect();
    if here.iter().any(|other| other.root.same_value(&app.root)) {
        return None;
    }
    if !is_here {
        here.extend(change.catalogue.own().iter().find(|other| is_renamed(base, app, other)));
    }
    let Some(now) = here.first() else {
        // The errors of an invalid app, or of a file that cannot be read, are reported.
        if is_here || !(change.is_read)(app.file.path()) {
            return None;
        }
        let (path, place) = named_at(app, false);
        let message = format!("the app `{}` is gone, so no rule checks it any more", app.name);
        return Some(Changed { message, edits: Vec::new(), subject: Some(app.subject()), path, place });
    };
    let edits = weakened(table, app, now);
    let first = edits.iter().find(|edit| edit.relaxes).or_else(|| edits.first())?;
    let (mut path, mut place) = named_at(now, true);
    let at: Vec<Step> = first.path.iter().map(|key| Step::Key(key.clone())).collect();
    let spot = now.spot(&at);
    if spot.exists {
        (path, place) = (at, spot.place);
    }
    let others = edits.iter().filter(|edit| !edit.relaxes).map(|edit| edit.text.as_str()).collect::<Vec<_>>();
    let others = if others.is_empty() { String::new() } else { format!(" ({})", first_few(&others)) };
    let message = format!("the change makes fewer rules apply to the app `{}`{others}", now.name);
    Some(Changed { message, edits, subject: Some(now.subject()), path, place })
}

/// Whether no rule for apps in use applied to an app.
fn is_unused(table: &Table, app: &Declaration) -> bool {
    let Some(spec) = app.root.get("spec") else { return false };
    table
        .apps
        .iter()
        .any(|row| row.paths.iter().any(|path| values(spec, path, row).iter().any(|value| row.unused.contains(value))))
}

/// Whether an app of the change is an app of the base under a new name: it names the same application, or has the same content.
fn is_renamed(base: &[Declaration], app: &Declaration, other: &Declaration) -> bool {
    if other.kind != APP || !other.well_formed || base.iter().any(|one| one.kind == APP && one.name == other.name) {
        return false;
    }
    let spec = |one: &Declaration| one.root.get("spec").cloned();
    let named = app.applications();
    other.applications().iter().any(|application| named.contains(application))
        || spec(app).zip(spec(other)).is_some_and(|(before, after)| before.same_value(&after))
}

/// The values that decide which rules apply and that apply fewer of them now, in the app and in each of its populations.
fn weakened(table: &Table, base: &Declaration, head: &Declaration) -> Vec<Edit> {
    let (Some(before), Some(now)) = (base.root.get("spec"), head.root.get("spec")) else { return Vec::new() };
    let mut edits = Vec::new();
    for row in &table.apps {
        edits.extend(row.edit(values_of(before, None, row), values_of(now, None, row), &row.shown("")));
    }
    let names: BTreeSet<&str> = [before, now].into_iter().flat_map(populations).filter_map(name).collect();
    for population in names {
        let [old, new] = [before, now].map(|spec| populations(spec).find(|item| name(item) == Some(population)));
        for row in &table.apps {
            // Values that both inherit from the app are compared there.
            if [old, new].into_iter().flatten().all(|item| stated(item, row).is_empty()) {
                continue;
            }
            let path = row.shown(&format!("populations[{population}]."));
            edits.extend(row.edit(values_of(before, old, row), values_of(now, new, row), &path));
        }
    }
    edits
}

/// The populations that are described on their own.
fn populations(spec: &Node) -> impl Iterator<Item = &Node> {
    let items = spec.get("populations").map_or(&[][..], |list| match &list.value {
        Yaml::List(items) => items,
        _ => &[],
    });
    items.iter().filter(|item| matches!(item.value, Yaml::Map(_)))
}

fn name(population: &Node) -> Option<&str> {
    population.get("name")?.text()
}

/// The values of a row in a population, or those that it inherits from the app.
fn values_of(spec: &Node, population: Option<&Node>, row: &AppRow) -> Vec<Value> {
    let own = population.map(|item| stated(item, row)).unwrap_or_default();
    if own.is_empty() { stated(spec, row) } else { own }
}

fn stated(node: &Node, row: &AppRow) -> Vec<Value> {
    row.paths.iter().flat_map(|path| values(node, path, row)).collect()
}

/// The values at a path; in a list, those of each entry.
fn values(node: &Node, path: &str, row: &AppRow) -> Vec<Value> {
    let is_open = |node: &&Node| !row.closed.as_deref().is_some_and(|key| node.get(key).is_some());
    let mut found = vec![node];
    for key in path.split('.') {
        found = found.into_iter().flat_map(entries).filter(is_open).filter_map(|node| node.get(key)).collect();
    }
    let found = found.into_iter().flat_map(entries);
    found.filter(|node| !matches!(node.value, Yaml::Map(_) | Yaml::List(_) | Yaml::Null)).map(Value::from).collect()
}

fn entries(node: &Node) -> Vec<&Node> {
    match &node.value {
        Yaml::List(items) => items.iter().collect(),
        _ => vec![node],
    }
}

impl AppRow {
    /// The path for display, below a part of the app.
    fn shown(&self, part: &str) -> String {
        let path = self.paths.first().map_or("", String::as_str);
        format!("spec.{part}{}", path.strip_suffix(".name").unwrap_or(path))
    }

    /// The edit from some values to others, if fewer rules apply afterwards.
    fn edit(&self, mut base: Vec<Value>, mut head: Vec<Value>, path: &str) -> Option<Edit> {
        let edit = |text: String, relaxes: bool| {
            let path = path.split('.').map(str::to_owned).collect();
            Some(Edit { path, text, relaxes })
        };
        if self.order.is_empty() {
            base.retain(|value| !head.contains(value));
            base.dedup();
            return if base.is_empty() { None } else { edit(format!("`{path}` loses {}", shown_list(&base)), false) };
        }
        let was = base.first().cloned();
        for side in [&mut base, &mut head] {
            if side.is_empty() {
                side.extend(self.default.clone());
            }
        }
        // A value that the order does not have is above all others.
        let rank = |value: &Value| self.order.iter().position(|known| known == value).unwrap_or(self.order.len());
        let (base, head) = (base.first()?, head.first()?);
        if rank(head) >= rank(base) {
            return None;
        }
        let text = match was {
            Some(was) => format!("`{path}` changes from {} to {}", shown(&was), shown(head)),
            None => format!("`{path}` is set to {}", shown(head)),
        };
        edit(text, self.errors.contains(head))
    }
}
