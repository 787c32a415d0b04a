//! Finds apps to which fewer rules apply after a change: the app is gone, or the change edits a value that decides which rules apply to the app.
//! `data/trust.yaml` lists these values.

use std::{
    borrow::Cow,
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

use camino::Utf8PathBuf;
use serde_json::Value;

use super::{
    Change, Changed, Trusted, first_few, name_place,
    table::{AppRow, Edit, Table, display_value, shown_list},
};
use crate::{
    config::Limits,
    files::Workspace,
    finding::Step,
    model::Declaration,
    source::{Node, Yaml, parse},
};

/// The kind that is compared.
const APP: &str = "App";

/// The system and id of an application.
type Application<'a> = (&'a str, Cow<'a, str>);

/// The apps of both sides.
struct Apps<'a> {
    base: &'a Trusted,
    /// The apps of the change by name. Several may have the same name.
    head: BTreeMap<&'a str, Vec<&'a Declaration>>,
    /// The apps of the change that have new names, each with the applications that it names.
    new: Vec<(&'a Declaration, Vec<Application<'a>>)>,
    /// The apps that files outside the catalogue declare, each with its file. These files are read only if an app is gone.
    unread: OnceCell<BTreeMap<String, String>>,
}

/// Returns a finding for each app of the trusted commit to which fewer rules apply.
pub(super) fn apps_with_fewer_rules(table: &Table, base: &Trusted, change: &Change<'_>) -> Vec<Changed> {
    let known: BTreeSet<&str> = base.apps.iter().map(|app| app.name.as_str()).collect();
    let mut apps = Apps { base, head: BTreeMap::new(), new: Vec::new(), unread: OnceCell::new() };
    for app in change.catalogue.own().iter().filter(|app| app.kind == APP) {
        apps.head.entry(&app.name).or_default().push(app);
        if app.well_formed && !known.contains(app.name.as_str()) {
            apps.new.push((app, app.applications()));
        }
    }
    let in_use = base.apps.iter().filter(|app| app.well_formed && !is_unused(table, app));
    in_use.filter_map(|app| finding_if_fewer_rules_apply(table, &apps, app, change)).collect()
}

fn finding_if_fewer_rules_apply(
    table: &Table,
    apps: &Apps<'_>,
    app: &Declaration,
    change: &Change<'_>,
) -> Option<Changed> {
    let named = apps.head.get(app.name.as_str());
    // There may be several apps with this name, which is an error that is reported elsewhere. If one of them is unchanged, there is no finding.
    let mut here: Vec<&Declaration> = named.into_iter().flatten().copied().filter(|other| other.well_formed).collect();
    let parts = apps.base.populations.get(&app.name).map_or(&[][..], Vec::as_slice);
    if here.iter().any(|other| other.root.same_value(&app.root) && have_same_values(parts, other.populations())) {
        return None;
    }
    if named.is_none() {
        let named = app.applications();
        // A new app is the renamed app if it names the same application or has the same `spec`.
        let is_renamed = |(other, applications): &&(&Declaration, Vec<_>)| {
            applications.iter().any(|application| named.contains(application))
                || app.root.get("spec").zip(other.root.get("spec")).is_some_and(|(old, new)| old.same_value(new))
        };
        here.extend(apps.new.iter().find(is_renamed).map(|(other, _)| *other));
    }
    let Some(now) = here.first() else {
        // Invalid apps and unreadable files are reported elsewhere.
        if named.is_some() || !(change.is_read)(app.file.path()) {
            return None;
        }
        let (path, place) = name_place(app, false);
        let mut changed =
            Changed { message: String::new(), edits: Vec::new(), subject: Some(app.subject()), path, place };
        changed.message = format!("the app `{}` is gone, so no rule checks it any more", app.name);
        if let Some(file) = apps.unread.get_or_init(|| declared_in(change.files, &apps.base.unread)).get(&app.name) {
            changed.message = format!("the app `{}` leaves the catalogue", app.name);
            let text = format!("its declaration moves to `{file}`, which is not read");
            changed.edits.push(Edit { path: Vec::new(), text, relaxes: true });
        }
        return Some(changed);
    };
    let edits = weakened(table, app, parts, now);
    let first = edits.iter().find(|edit| edit.relaxes).or_else(|| edits.first())?;
    let (mut path, mut place) = name_place(now, true);
    let at: Vec<Step> = first.path.iter().map(|key| Step::Key(key.clone())).collect();
    let resolved = now.resolve(&at);
    if resolved.exists {
        (path, place) = (at, resolved.place);
    }
    let others = edits.iter().filter(|edit| !edit.relaxes).map(|edit| edit.text.as_str()).collect::<Vec<_>>();
    let others = if others.is_empty() { String::new() } else { format!(" ({})", first_few(&others)) };
    let message = format!("the change makes fewer rules apply to the app `{}`{others}", now.name);
    Some(Changed { message, edits, subject: Some(now.subject()), path, place })
}

/// Finds the apps that files outside the catalogue declare. Returns the file of each app by name. Reads every file whose name contains an extension
/// of YAML or JSON, such as `box.yaml.old`.
fn declared_in(workspace: &Workspace, files: &[Utf8PathBuf]) -> BTreeMap<String, String> {
    let ends = ["yaml", "yml", "json"];
    let seems = |path: &&Utf8PathBuf| {
        let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
        ends.iter().any(|end| name.contains(end))
    };
    let limits = Limits::default();
    let mut declared = BTreeMap::new();
    for file in files.iter().filter(seems).filter_map(|path| workspace.read(path, limits.file_bytes).ok()) {
        if !file.text().contains(APP) || !file.text().contains("leaver/") {
            continue;
        }
        for document in parse(&file, &limits.yaml).documents {
            let root = &document.root;
            let name = root.get("metadata").and_then(|metadata| metadata.get("name")).and_then(Node::text);
            if let Some(name) = name.filter(|_| root.get("kind").and_then(Node::text) == Some(APP)) {
                declared.entry(name.to_owned()).or_insert_with(|| file.path().to_owned());
            }
        }
    }
    declared
}

/// Whether an app was not in use. The rules for apps in use did not apply to such an app.
fn is_unused(table: &Table, app: &Declaration) -> bool {
    table.apps.iter().any(|row| values(app, row).iter().any(|value| row.unused.contains(value)))
}

fn have_same_values(left: &[Declaration], right: &[Declaration]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.root.same_value(&right.root))
}

/// Returns the edits after which fewer rules apply, in the app and in each of its populations.
fn weakened(table: &Table, base: &Declaration, parts: &[Declaration], head: &Declaration) -> Vec<Edit> {
    let mut edits = Vec::new();
    for row in &table.apps {
        edits.extend(row.weakening_edit(values(base, row), values(head, row), &row.path_below("")));
    }
    // A population without its own keys has the values of the app.
    let part = |name: &str| parts.iter().find(|part| part.population() == Some(name)).unwrap_or(base);
    let now = |name: &str| head.populations().iter().find(|part| part.population() == Some(name)).unwrap_or(head);
    let names: BTreeSet<&str> = parts.iter().chain(head.populations()).filter_map(Declaration::population).collect();
    for name in names {
        let (old, new) = (part(name), now(name));
        for row in table.apps.iter().filter(|row| !row.whole) {
            let (before, after) = (values(old, row), values(new, row));
            // Edits of inherited values are reported for the app.
            if before != values(base, row) || after != values(head, row) {
                edits.extend(row.weakening_edit(before, after, &row.path_below(&format!("populations[{name}]."))));
            }
        }
    }
    edits
}

fn values(declaration: &Declaration, row: &AppRow) -> Vec<Value> {
    let Some(spec) = declaration.root.get("spec") else { return Vec::new() };
    row.paths.iter().flat_map(|path| values_at(spec, path, row)).collect()
}

/// Returns the values at a path. For a list on the path, returns the values in each of its entries.
fn values_at(node: &Node, path: &str, row: &AppRow) -> Vec<Value> {
    let is_open = |node: &&Node| row.closed.as_deref().is_none_or(|key| node.get(key).is_none());
    let mut found = vec![node];
    for key in path.split('.') {
        found = found.into_iter().flat_map(entries).filter(is_open).filter_map(|node| node.get(key)).collect();
    }
    let found = found.into_iter().flat_map(entries);
    found.filter(|node| !matches!(node.value(), Yaml::Map(_) | Yaml::List(_) | Yaml::Null)).map(Value::from).collect()
}

fn entries(node: &Node) -> Vec<&Node> {
    match node.value() {
        Yaml::List(items) => items.iter().collect(),
        _ => vec![node],
    }
}

impl AppRow {
    /// Returns the path for display, below a part of the app.
    fn path_below(&self, part: &str) -> String {
        let path = self.paths.first().map_or("", String::as_str);
        format!("spec.{part}{}", path.strip_suffix(".name").unwrap_or(path))
    }

    /// Returns the edit from the values `base` to the values `head`, if fewer rules apply afterwards.
    fn weakening_edit(&self, mut base: Vec<Value>, mut head: Vec<Value>, path: &str) -> Option<Edit> {
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
        // Unknown values rank above all others.
        let rank = |value: &Value| self.order.iter().position(|known| known == value).unwrap_or(self.order.len());
        let (base, head) = (base.first()?, head.first()?);
        if rank(head) >= rank(base) {
            return None;
        }
        let text = match was {
            Some(was) => format!("`{path}` changes from {} to {}", display_value(&was), display_value(head)),
            None => format!("`{path}` is set to {}", display_value(head)),
        };
        edit(text, self.errors.contains(head))
    }
}
