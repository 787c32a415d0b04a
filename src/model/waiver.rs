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

    /// The rule that it excepts from.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The names of the apps that it names.
    pub fn apps(&self) -> impl Iterator<Item = &str> {
        self.apps.iter().map(String::as_str)
    }

    /// Who waives, if the waiver is in force on `today` and covers the finding.
    pub fn covers(&self, finding: &Finding, today: &str) -> Option<&WaivedBy> {
        let subject = finding.subject.as_ref()?;
        let in_force = today <= self.by.expires.as_str() && self.from.as_deref().is_none_or(|from| from <= today);
        let named = subject.kind == "App" && self.apps.contains(&subject.name);
        let below = self.path.as_deref().is_none_or(|path| is_below(&finding.path, path));
        (in_force && named && below && self.rule == finding.rule.as_str()).then_some(&self.by)
    }
}

/// `spec.lifecycle` covers `spec.lifecycle.update.owner`.
fn is_below(path: &[Step], prefix: &str) -> bool {
    let mut steps = path.iter().map(Step::to_string);
    prefix.split('.').all(|part| steps.next().as_deref() == Some(part))
}
