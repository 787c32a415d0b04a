//! Reads waivers for triage. Rules check whether a waiver is complete and whether it lasts too long.

use std::collections::{BTreeMap, BTreeSet};

use super::Declaration;
use crate::{
    finding::{Finding, WaivedBy},
    source::{Address, Node, Yaml},
};

/// The kind that waivers apply to.
const APP: &str = "App";

/// The apps that a waiver applies to. Each criterion narrows the selection.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Selector {
    /// Names of apps.
    apps: Option<Vec<String>>,
    /// Labels that an app must have, with these values.
    labels: BTreeMap<String, String>,
    /// The vendor of the apps, in any letter case.
    vendor: Option<String>,
    /// A pattern that apps use, directly or through other patterns.
    pattern: Option<String>,
}

impl Selector {
    /// Whether the selector lists no apps.
    const fn lists_no_apps(&self) -> bool {
        self.apps.is_none()
    }

    /// Whether apps are selected by name only.
    fn selects_by_name_only(&self) -> bool {
        self.labels.is_empty() && self.vendor.is_none() && self.pattern.is_none()
    }

    fn selects(&self, app: &Declaration) -> bool {
        let metadata = app.root.get("metadata");
        let text = |key: &str| metadata.and_then(|metadata| metadata.get(key)?.text());
        let label = |key: &str| metadata.and_then(|metadata| metadata.get("labels")?.get(key)?.text());
        self.apps.as_ref().is_none_or(|apps| apps.contains(&app.name))
            && self.labels.iter().all(|(key, value)| label(key) == Some(value))
            && self.vendor.as_ref().is_none_or(|vendor| {
                !vendor.trim().is_empty()
                    && text("vendor").is_some_and(|own| own.to_lowercase() == vendor.to_lowercase())
            })
            && self.pattern.as_ref().is_none_or(|pattern| app.layers().iter().any(|layer| layer.name == *pattern))
    }
}

/// A waiver that can be in force, because it has a rule, apps, a reason, an approver and an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    rule: String,
    selector: Selector,
    max_apps: Option<usize>,
    populations: Vec<String>,
    path: Option<String>,
    /// The parsed path; `None` if the path is missing or invalid. An invalid path covers nothing.
    address: Option<Address>,
    identities: BTreeMap<String, String>,
    from: Option<String>,
    by: WaivedBy,
}

impl Waiver {
    /// Parses a Waiver declaration. Returns `None` if the waiver is incomplete. An incomplete waiver covers nothing.
    pub fn read(declaration: &Declaration) -> Option<Self> {
        let spec = declaration.root.get("spec")?;
        let text =
            |key: &str| spec.get(key).and_then(Node::text).map(str::to_owned).filter(|text| !text.trim().is_empty());
        let apps = spec.get("apps").map(|apps| match apps.value() {
            Yaml::List(items) => items.iter().filter_map(Node::text).map(str::to_owned).collect(),
            _ => Vec::new(),
        });
        let labels = spec.get("labels").map(Node::entries).unwrap_or_default().iter();
        // If a label is not a string, the waiver covers nothing.
        let labels = labels.map(|entry| Some((entry.key.to_string(), entry.value.text()?.to_owned())));
        // The same applies to a vendor or pattern that is not a string: if the key were ignored, the waiver would apply to more apps.
        let text_of = |key: &str| spec.get(key).map(|value| value.text().map(str::to_owned).ok_or(())).transpose();
        let (vendor, pattern) = (text_of("vendor").ok()?, text_of("pattern").ok()?);
        let selector = Selector { apps, labels: labels.collect::<Option<_>>()?, vendor, pattern };
        let max_apps = match spec.get("maxApps").map(Node::value) {
            None => None,
            Some(Yaml::Int(max)) => Some(usize::try_from(*max).ok()?),
            Some(_) => return None,
        };
        // A waiver that does not name apps must limit their number.
        let selects = !selector.lists_no_apps() || !selector.selects_by_name_only();
        if !selects || (selector.lists_no_apps() && max_apps.is_none()) {
            return None;
        }
        let by = WaivedBy {
            name: declaration.name.clone(),
            reason: text("reason")?,
            approver: text("approver")?,
            expires: text("expires")?,
        };
        let path = text("path");
        let address = path.as_deref().and_then(|path| Address::parse(path).ok());
        let identities = spec.get("identities").map(Node::entries).unwrap_or_default().iter();
        let identities = identities.filter_map(|entry| Some((entry.key.to_string(), entry.value.text()?.to_owned())));
        Some(Self {
            rule: text("rule")?,
            selector,
            max_apps,
            populations: match spec.get("populations").map(Node::value) {
                Some(Yaml::List(items)) => items.iter().filter_map(Node::text).map(str::to_owned).collect(),
                _ => Vec::new(),
            },
            path,
            address,
            identities: identities.collect(),
            from: text("from"),
            by,
        })
    }

    /// Returns the name of the waiver.
    pub fn name(&self) -> &str {
        &self.by.name
    }

    /// Returns the id of the rule, as written.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// Returns the names of apps, as written. The list is empty if the waiver selects apps only by label, vendor or pattern.
    pub fn apps(&self) -> &[String] {
        self.selector.apps.as_deref().unwrap_or_default()
    }

    /// Whether the waiver lists no apps, but selects apps by label, vendor or pattern.
    pub const fn lists_no_apps(&self) -> bool {
        self.selector.lists_no_apps()
    }

    /// Whether the waiver applies to an app.
    pub fn selects(&self, app: &Declaration) -> bool {
        app.kind == APP && self.selector.selects(app)
    }

    /// Returns the names of the declarations that the waiver applies to. If the waiver selects apps by name only, the result also has listed names
    /// without a declaration.
    pub fn covered_apps<'a>(&'a self, declarations: &'a [Declaration]) -> BTreeSet<&'a str> {
        let selected = declarations.iter().filter(|app| self.selects(app)).map(|app| app.name.as_str());
        let named = self.apps().iter().map(String::as_str).filter(|_| self.selects_by_name_only());
        selected.chain(named).collect()
    }

    /// Whether this number of apps exceeds the waiver's limit. A waiver with too many apps covers nothing.
    pub fn exceeds_limit(&self, apps: usize) -> bool {
        self.max_apps.is_some_and(|max| apps > max)
    }

    /// Whether the waiver limits the number of apps.
    pub const fn is_limited(&self) -> bool {
        self.max_apps.is_some()
    }

    /// Returns the labels, vendor and pattern as text.
    pub fn described_selector(&self) -> String {
        let labels = self.selector.labels.iter().map(|(key, value)| format!("the label `{key}: {value}`"));
        let vendor = self.selector.vendor.iter().map(|vendor| format!("the vendor `{vendor}`"));
        let pattern = self.selector.pattern.iter().map(|pattern| format!("the pattern `{pattern}`"));
        labels.chain(vendor).chain(pattern).collect::<Vec<_>>().join(" and ")
    }

    /// Returns a text that describes the apps of the waiver.
    pub fn described_apps(&self) -> String {
        let apps = self.apps().iter().map(|app| format!("`{app}`")).collect::<Vec<_>>().join(", ");
        let traits = self.described_selector();
        let described = match (apps.is_empty(), traits.is_empty()) {
            (_, true) => apps,
            (true, false) => format!("apps with {traits}"),
            (false, false) => format!("{apps} with {traits}"),
        };
        if self.populations.is_empty() { described } else { format!("{described} ({})", self.populations.join(", ")) }
    }

    /// Returns the path that the waiver is limited to.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Returns the parsed path, or `None` if the path is missing or invalid.
    pub const fn address(&self) -> Option<&Address> {
        self.address.as_ref()
    }

    /// Returns the identity that the app had when the waiver was given, if the waiver records it.
    pub fn identity(&self, app: &str) -> Option<&str> {
        self.identities.get(app).map(String::as_str)
    }

    /// Whether the waiver is in force on `today`.
    pub fn in_force(&self, today: &str) -> bool {
        today <= self.by.expires.as_str() && self.from.as_deref().is_none_or(|from| from <= today)
    }

    /// Whether the waiver is in force on `today`, is for the rule of the finding, and lists either the app of the finding or no apps. A waiver with
    /// populations matches only findings about these populations.
    pub fn matches(&self, finding: &Finding, today: &str) -> bool {
        let app = finding.subject.as_ref().filter(|subject| subject.kind == APP);
        self.in_force(today)
            && self.rule == finding.rule.as_str()
            && app.is_some_and(|app| self.lists_no_apps() || self.apps().contains(&app.name))
            && match &finding.population {
                Some(population) => self.populations.contains(population),
                None => self.populations.is_empty(),
            }
    }

    /// Whether apps are selected by name only.
    pub fn selects_by_name_only(&self) -> bool {
        self.selector.selects_by_name_only()
    }

    /// Whether a finding is at or below the path of the waiver. `app` is the app for which the waiver was given, because list positions in the path
    /// refer to this app.
    pub fn covers_path_of(&self, finding: &Finding, app: Option<&Declaration>) -> bool {
        match (&self.path, &self.address) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(_), Some(address)) if !address.has_index() => finding.address.is_below(address),
            (Some(_), Some(address)) => app.is_some_and(|app| finding.address.is_below(&address.with_names(&app.root))),
        }
    }

    /// Returns the waiver in the form that a finding records.
    pub const fn waived_by(&self) -> &WaivedBy {
        &self.by
    }
}
