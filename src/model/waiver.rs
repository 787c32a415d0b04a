//! A declared, approved, expiring exception to a rule, as triage needs it. Whether a waiver is complete or too long is for rules.

use std::collections::BTreeMap;

use super::Declaration;
use crate::{
    finding::{Finding, WaivedBy},
    source::{Address, Node, Yaml},
};

/// A waiver that can be in force: it names a rule, apps, a reason, an approver and an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    rule: String,
    apps: Vec<String>,
    populations: Vec<String>,
    path: Option<String>,
    /// The path, read; none if it is no path, so that nothing is at or below it.
    address: Option<Address>,
    identities: BTreeMap<String, String>,
    from: Option<String>,
    by: WaivedBy,
}

impl Waiver {
    /// Reads a Waiver declaration. An incomplete one waives nothing.
    pub fn read(declaration: &Declaration) -> Option<Self> {
        let spec = declaration.root.get("spec")?;
        let text =
            |key: &str| spec.get(key).and_then(Node::text).map(str::to_owned).filter(|text| !text.trim().is_empty());
        let apps = match &spec.get("apps")?.value {
            Yaml::List(items) => items.iter().filter_map(Node::text).map(str::to_owned).collect(),
            _ => return None,
        };
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
            apps,
            populations: match spec.get("populations").map(|node| &node.value) {
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

    /// Its own name.
    pub fn name(&self) -> &str {
        &self.by.name
    }

    /// The id of the rule, as it is written.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The names of apps, as they are written.
    pub fn apps(&self) -> &[String] {
        &self.apps
    }

    /// The place that it is limited to.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The same place, read; none where the text is no path.
    pub const fn address(&self) -> Option<&Address> {
        self.address.as_ref()
    }

    /// Which thing an app was when the waiver was given, if the waiver records it.
    pub fn identity(&self, app: &str) -> Option<&str> {
        self.identities.get(app).map(String::as_str)
    }

    /// Whether `today` is one of its days.
    pub fn in_force(&self, today: &str) -> bool {
        today <= self.by.expires.as_str() && self.from.as_deref().is_none_or(|from| from <= today)
    }

    /// Whether it is in force on `today`, for the rule and the app of a finding.
    pub fn names(&self, finding: &Finding, today: &str) -> bool {
        let app = finding.subject.as_ref().filter(|subject| subject.kind == "App");
        self.in_force(today)
            && self.rule == finding.rule.as_str()
            && app.is_some_and(|app| self.apps.contains(&app.name))
            && match &finding.population {
                Some(population) => self.populations.contains(population),
                None => self.populations.is_empty(),
            }
    }

    /// Whether a finding lies at or below its place. `app` is the app for which the waiver was given: positions count in it.
    pub fn reaches(&self, finding: &Finding, app: Option<&Declaration>) -> bool {
        match (&self.path, &self.address) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(_), Some(address)) if !address.has_index() => finding.address.is_below(address),
            (Some(_), Some(address)) => app.is_some_and(|app| finding.address.is_below(&address.named(&app.root))),
        }
    }

    /// Who waives.
    pub const fn by(&self) -> &WaivedBy {
        &self.by
    }
}
