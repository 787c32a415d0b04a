//! Drafts declarations for undeclared applications. A draft has only the facts that the export proves; people add the owners, the stages and their
//! limits.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Collected, Observed, clean::slug, emit::yaml, fit::without_empty_lists};
use crate::{
    facts::{vendor, without_separators},
    model::Declaration,
    output::summary::counted,
    schema::API_VERSION,
    source::{Node, compared_id},
};

/// A draft of an App.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// `metadata.name`.
    pub(crate) name: String,
    /// The text of the file.
    pub(crate) text: String,
    /// The Pattern that the draft names.
    pub(crate) pattern: Option<String>,
}

/// The facts about an undeclared application that the export proves.
#[derive(Debug, Clone)]
pub(crate) struct ProvenFacts {
    /// `metadata.name` of the draft.
    pub(super) name: String,
    /// The rest of `metadata`.
    metadata: Map<String, Value>,
    /// `spec`. An empty list is a proven value too, because it proves that everything the list could name is off.
    pub(super) spec: Map<String, Value>,
    /// First lines of the file.
    head: String,
    /// Whether the id is only an address in a plan. leaver uses such an id to compare a draft with the export, but does not write it into the draft.
    is_yet_to_be_created: bool,
}

impl ProvenFacts {
    /// Makes the draft without a pattern.
    pub(super) fn draft(&self, note: &str) -> Draft {
        Draft { name: self.name.clone(), text: self.final_text(without_empty_lists(&self.spec), note), pattern: None }
    }

    /// Returns the text of the draft with this `spec`.
    pub(super) fn final_text(&self, mut spec: Map<String, Value>, note: &str) -> String {
        if self.is_yet_to_be_created
            && let Some(Value::Object(sign_on)) = spec.get_mut("signOn")
        {
            sign_on.remove("appId");
            if sign_on.is_empty() {
                spec.remove("signOn");
            }
            let note =
                format!("# The plan creates the application: add its `signOn.appId` once it is applied.\n{note}");
            return self.text(&self.name, spec, &note);
        }
        self.text(&self.name, spec, note)
    }

    /// Returns the text of a file with this `spec`.
    pub(super) fn text(&self, name: &str, spec: Map<String, Value>, note: &str) -> String {
        let mut metadata = Map::new();
        metadata.insert("name".into(), json!(name));
        metadata.extend(self.metadata.clone());
        let mut root = Map::new();
        root.insert("apiVersion".into(), json!(API_VERSION));
        root.insert("kind".into(), json!("App"));
        root.insert("metadata".into(), Value::Object(metadata));
        root.insert("spec".into(), Value::Object(spec));
        format!("{}{note}{}", self.head, yaml(&root))
    }
}

/// The names and applications that Apps already declare.
#[derive(Default)]
struct Declared {
    names: BTreeSet<String>,
    /// The last number that was tried for a name.
    numbers: BTreeMap<String, u32>,
    /// The system and id of each application. The system is empty if an invalid App names no system.
    ids: BTreeSet<(String, String)>,
    /// The Apps that do not state the id of an application, by name, title and alias. The keys have no separators.
    words: BTreeMap<String, AppWithoutId>,
}

/// An App with at least one sign-on that does not state the id of its application.
#[derive(Clone)]
struct AppWithoutId {
    app: String,
    /// The Systems of the sign-ons without an id. `None` if no sign-on has an id, so that any system is possible.
    systems: Option<BTreeSet<String>>,
}

impl AppWithoutId {
    fn of(app: &Declaration) -> Self {
        let sign_ons = app.sign_ons();
        let is_linked = sign_ons.iter().any(|sign_on| sign_on.text("appId").is_some());
        let open = sign_ons
            .iter()
            .filter(|sign_on| sign_on.text("appId").is_none())
            .filter_map(|sign_on| sign_on.text("system"));
        Self { app: app.name.clone(), systems: is_linked.then(|| open.map(str::to_owned).collect()) }
    }

    fn may_mean_application_of(&self, system: &str) -> bool {
        self.systems.as_ref().is_none_or(|systems| systems.contains(system))
    }

    fn note(&self, system: &str, label: &str, id: Option<&str>) -> String {
        let Self { app, systems } = self;
        let Some(id) = id else {
            return format!(
                "{system}: `{label}` may be the app `{app}`: if it is, add its `appId` once the plan is applied"
            );
        };
        let edit = match systems {
            None => format!("add `signOn: {{system: {system}, appId: {id}}}` there"),
            Some(_) => format!("add `appId: {id}` to its sign-on by {system}"),
        };
        format!("{system}: `{label}` may be the app `{app}`: if it is, {edit}")
    }
}

impl Declared {
    fn of(declarations: &[Declaration]) -> Self {
        let mut declared = Self::default();
        for app in declarations.iter().filter(|declaration| declaration.kind == "App") {
            declared.names.insert(app.name.clone());
            let named = app.applications().into_iter();
            declared.ids.extend(named.map(|(system, id)| (system.to_owned(), compared_id(&id).into_owned())));
            let open = AppWithoutId::of(app);
            if open.systems.as_ref().is_some_and(BTreeSet::is_empty) {
                continue;
            }
            let metadata = app.root.get("metadata");
            let title = metadata.and_then(|metadata| metadata.get("title")?.text());
            let aliases = metadata.and_then(|metadata| metadata.get("aliases")).map_or(&[][..], Node::items);
            for word in aliases.iter().filter_map(Node::text).chain(title).chain([app.name.as_str()]) {
                declared.words.entry(without_separators(word)).or_insert_with(|| open.clone());
            }
        }
        declared
    }

    /// Returns a name that no App has yet, such as `box` or `box-2`.
    fn free_name(&mut self, base: &str) -> String {
        let last = self.numbers.entry(base.to_owned()).or_default();
        loop {
            *last += 1;
            let name = if *last == 1 { base.to_owned() } else { format!("{base}-{last}") };
            if self.names.insert(name.clone()) {
                return name;
            }
        }
    }

    /// Whether an App names an application by one of its ids.
    fn has(&self, system: &str, ids: &[&String]) -> bool {
        let named = |system: &str| ids.iter().any(|id| self.ids.contains(&(system.to_owned(), (*id).clone())));
        named(system) || named("")
    }
}

/// Applications without a draft, by reason.
#[derive(Default)]
struct Skipped {
    /// The number of entries that are not applications of the company.
    others: usize,
    /// The labels of applications that are switched off.
    inactive: Vec<String>,
}

impl Skipped {
    /// Whether an entry is not an application of the company. `policies/lib/undeclared.rego` skips the same entries.
    fn is_other(&mut self, observed: &Observed) -> bool {
        let is = |path: &str, word: &str| observed.text(path) == Some(word);
        let is_app = matches!(observed.text("kind"), None | Some("app"))
            || (is("kind", "component") && observed.text("owner").is_some());
        let is_other = observed.get("builtIn") == Some(&Value::Bool(true))
            || is("status", "absent")
            || is("signOn.protocol", "none")
            || !is_app;
        self.others += usize::from(is_other);
        is_other
    }

    /// Whether an application is switched off.
    fn is_inactive(&mut self, label: &str, observed: &Observed) -> bool {
        let is_inactive = observed.text("status") == Some("inactive");
        self.inactive.extend(is_inactive.then(|| label.to_owned()));
        is_inactive
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some((first, more)) = self.inactive.split_first() {
            let what = match more.len() {
                0 => format!("`{first}` is switched off"),
                more => format!("`{first}` and {} are switched off", counted(more, "other application")),
            };
            notes.push(format!(
                "{what}: no draft, since `leaver check` does not require declarations of disabled applications"
            ));
        }
        if self.others > 0 {
            let are = match self.others {
                1 => "1 entry is not an application".to_owned(),
                others => format!("{others} entries are not applications"),
            };
            notes.push(format!("{are} of yours (built in, removed, links, grants, directories, service clients, identity providers): no draft"));
        }
        notes
    }
}

/// Returns the proven facts about each undeclared application, and notes on applications that get no draft. Discovered apps must be declared by the
/// day `declare_by` (`YYYY-MM-DD`).
pub(crate) fn undeclared(
    collected: &Collected,
    declarations: &[Declaration],
    vendors: &Value,
    format: &str,
    declare_by: &str,
) -> (Vec<ProvenFacts>, Vec<String>) {
    let mut declared = Declared::of(declarations);
    let (mut drafts, mut notes) = (Vec::new(), Vec::new());
    let mut skipped = Skipped::default();
    for ((system, _), shown) in &collected.systems {
        for (id, observed) in &shown.apps {
            let ids: Vec<&String> = observed.other_ids.iter().chain([id]).collect();
            if declared.has(system, &ids) {
                continue;
            }
            // Another format may describe the same application.
            declared.ids.insert((system.clone(), id.clone()));
            if skipped.is_other(observed) {
                continue;
            }
            let label = observed.text("label").unwrap_or(id);
            if let Some(app) =
                declared.words.get(&without_separators(label)).filter(|app| app.may_mean_application_of(system))
            {
                let id = (!observed.is_yet_to_be_created(id)).then_some(id.as_str());
                notes.push(app.note(system, label, id));
                continue;
            }
            if skipped.is_inactive(label, observed) {
                continue;
            }
            let base: String = match slug(label).chars().take(50).collect::<String>().trim_end_matches('-') {
                "" => "app".to_owned(),
                slug => slug.to_owned(),
            };
            let name = declared.free_name(&base);
            drafts.push(proven(&name, system, id, observed, vendors, format, declare_by));
        }
    }
    notes.extend(skipped.notes());
    (drafts, notes)
}

fn proven(
    name: &str,
    system: &str,
    id: &str,
    observed: &Observed,
    vendors: &Value,
    format: &str,
    declare_by: &str,
) -> ProvenFacts {
    let mut metadata = Map::new();
    let label = observed.text("label");
    if let Some(label) = label.filter(|label| *label != name) {
        metadata.insert("title".into(), json!(label));
    }
    if let Some(owner) = observed.text("owner") {
        metadata.insert("owner".into(), json!(owner));
    }
    let known = [label, observed.text("template")].into_iter().flatten().find_map(|name| vendor(vendors, name));
    if let Some(vendor) = known {
        metadata.insert("vendor".into(), json!(vendor.key));
    }
    let (mode, block) = mechanism(system, observed);
    let mut spec = Map::new();
    let active = observed.text("status") == Some("active");
    if mode.is_some() && active {
        spec.insert("status".into(), json!("live"));
    } else {
        spec.insert("status".into(), json!("discovered"));
        spec.insert("declareBy".into(), json!(declare_by));
    }
    let is_identity = observed.text("kind") != Some("component");
    if is_identity {
        let mut sign_on = Map::new();
        if let Some(protocol) = observed.get("signOn.protocol") {
            sign_on.insert("protocol".into(), protocol.clone());
        }
        sign_on.insert("system".into(), json!(system));
        sign_on.insert("appId".into(), json!(id));
        if let Some(required) = observed.get("signOn.assignmentRequired") {
            sign_on.insert("assignmentRequired".into(), required.clone());
        }
        spec.insert("signOn".into(), Value::Object(sign_on));
    }
    if let Some(mode) = mode {
        let mut provisioning = Map::new();
        provisioning.insert("mode".into(), json!(mode));
        provisioning.insert(mode.into(), Value::Object(block));
        spec.insert("provisioning".into(), Value::Object(provisioning));
    }
    let source = &observed.source;
    let document = source.document.map(|at| format!(" document {at}")).unwrap_or_default();
    let head = format!(
        "# Draft of `leaver import {format}` from {}{document} {}. It has the values that the export proves;\n# `leaver check` reports the missing values, such as the owner.\n",
        source.file, source.pointer,
    );
    ProvenFacts { name: name.to_owned(), metadata, spec, head, is_yet_to_be_created: observed.is_yet_to_be_created(id) }
}

/// Returns the proven mode and the block of this mode. A missing push connection proves no mode, because the application may create accounts itself.
fn mechanism(system: &str, observed: &Observed) -> (Option<&'static str>, Map<String, Value>) {
    let mut block = Map::new();
    let mode = match observed.text("provisioning.mechanism") {
        Some("scim") => "scim",
        Some("connector") => "connector",
        _ => return (None, block),
    };
    if observed.get("provisioning.enabled") == Some(&Value::Bool(false)) {
        return (None, block);
    }
    if mode == "connector" {
        block.insert("system".into(), json!(system));
    } else if let Some(auth) = observed.get("provisioning.auth") {
        block.insert("auth".into(), auth.clone());
    }
    let shown: Vec<(&str, &Value)> = ["create", "update", "disable", "reactivate", "delete", "groups", "entitlements"]
        .into_iter()
        .filter_map(|operation| Some((operation, observed.get(&format!("provisioning.operations.{operation}"))?)))
        .collect();
    if !shown.is_empty() {
        let on = shown.iter().filter(|(_, is_on)| **is_on == Value::Bool(true)).map(|(operation, _)| *operation);
        block.insert("operations".into(), json!(on.collect::<Vec<_>>()));
    }
    if let Some(minutes) = observed.get("provisioning.syncMinutes") {
        block.insert("syncMinutes".into(), minutes.clone());
    }
    (Some(mode), block)
}
