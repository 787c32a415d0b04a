//! A declared, approved, expiring exception to a rule, as triage needs it. Whether a waiver is complete or too long is for rules.

use super::Declaration;
use crate::{
    finding::{Finding, Step, WaivedBy},
    source::{Node, Yaml},
};

/// A waiver that can be in force: it names a rule, apps, a reason, an approver and an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    rule: String,
    apps: Vec<String>,
    path: Option<String>,
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
        Some(Self { rule: text("rule")?, apps, path: text("path"), from: text("from"), by })
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

    /// Whether `today` is one of its days.
    pub fn in_force(&self, today: &str) -> bool {
        today <= self.by.expires.as_str() && self.from.as_deref().is_none_or(|from| from <= today)
    }

    /// Who waives, if the waiver is in force on `today` and covers the finding.
    pub fn covers(&self, finding: &Finding, today: &str) -> Option<&WaivedBy> {
        let subject = finding.subject.as_ref()?;
        let named = subject.kind == "App" && self.apps.contains(&subject.name);
        let below = self.path.as_deref().is_none_or(|path| is_below(&finding.path, path));
        (self.in_force(today) && named && below && self.rule == finding.rule.as_str()).then_some(&self.by)
    }
}

/// `spec.lifecycle` covers `spec.lifecycle.update.owner`.
fn is_below(path: &[Step], prefix: &str) -> bool {
    let mut steps = path.iter().map(Step::to_string);
    prefix.split('.').all(|part| steps.next().as_deref() == Some(part))
}
