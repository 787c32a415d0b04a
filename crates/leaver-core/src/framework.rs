//! Control frameworks as data: the rules that support each control. Adding a framework changes no rule.

use globset::{Glob, GlobMatcher};
use serde::Deserialize;

use crate::rule::{RuleId, RuleMeta};

/// A control framework.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct Framework {
    /// The id, as on the command line (`--framework`).
    pub id: String,
    /// The name of the framework, with the version.
    pub title: String,
    /// URL of the text.
    pub source: String,
    /// A note for readers.
    #[serde(default)]
    pub note: Option<String>,
    /// The controls in the order of display.
    #[serde(default)]
    pub controls: Vec<Control>,
}

/// A control and the rules that support it.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct Control {
    /// The id in the framework.
    pub id: String,
    /// What the control requires.
    #[serde(default)]
    pub title: Option<String>,
    /// Whether a person has compared the id with the text of the framework.
    #[serde(default = "default_true")]
    pub verified: bool,
    /// Rule ids, or patterns with `*`.
    #[serde(default)]
    pub rules: Vec<String>,
}

const fn default_true() -> bool {
    true
}

impl Control {
    fn patterns(&self) -> impl Iterator<Item = GlobMatcher> {
        self.rules.iter().filter_map(|pattern| Some(Glob::new(pattern).ok()?.compile_matcher()))
    }

    /// Whether a rule supports the control.
    pub fn is_supported_by(&self, id: &RuleId) -> bool {
        self.patterns().any(|pattern| pattern.is_match(id.as_str()))
    }

    /// Returns the id, with a mark if it is unverified.
    pub fn label(&self) -> String {
        if self.verified { self.id.clone() } else { format!("{} (id not verified)", self.id) }
    }
}

impl Framework {
    /// Returns the controls with their rules, in the order of the file, and then the controls that only rules name. Omits controls without rules.
    pub fn controls_with_rules<'a>(
        &self,
        rules: &(impl Iterator<Item = &'a RuleMeta> + Clone),
    ) -> Vec<(Control, Vec<&'a RuleMeta>)> {
        let mut all = self.controls.clone();
        let mut named: Vec<&str> =
            rules.clone().filter_map(|meta| meta.controls.get(&self.id)).flatten().map(String::as_str).collect();
        named.sort_by_cached_key(|id| sort_key(id));
        for id in named {
            if !all.iter().any(|control| control.id == id) {
                all.push(Control { id: id.to_owned(), title: None, verified: true, rules: Vec::new() });
            }
        }
        all.into_iter()
            .map(|control| {
                let patterns: Vec<GlobMatcher> = control.patterns().collect();
                let names_control =
                    |meta: &RuleMeta| meta.controls.get(&self.id).is_some_and(|ids| ids.contains(&control.id));
                let matches = |meta: &RuleMeta| patterns.iter().any(|pattern| pattern.is_match(meta.id.as_str()));
                let of = rules.clone().filter(|meta| names_control(meta) || matches(meta)).collect();
                (control, of)
            })
            .filter(|(_, of): &(Control, Vec<&RuleMeta>)| !of.is_empty())
            .collect()
    }

    /// Returns the ids of the controls that a rule supports. Unverified ids have a mark.
    pub fn controls_of(&self, meta: &RuleMeta) -> Vec<String> {
        self.controls_with_rules(&std::iter::once(meta)).into_iter().map(|(control, _)| control.label()).collect()
    }
}

/// Compares numbers in ids by value, so that `8.2.5` comes before `12.8.2`.
fn sort_key(id: &str) -> Vec<(bool, u32, String)> {
    let parts = id.split_inclusive(|c: char| !c.is_ascii_digit());
    parts
        .map(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            let rest = part.get(digits.len()..).unwrap_or_default().to_owned();
            (digits.is_empty(), digits.parse().unwrap_or_default(), rest)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sorted_by_numeric_value() {
        let mut ids = ["12.8.2", "8.2.5", "8.10", "A.5.18", "AC-2(13)", "AC-2(3)"];
        ids.sort_by_cached_key(|id| sort_key(id));
        assert_eq!(ids, ["8.2.5", "8.10", "12.8.2", "A.5.18", "AC-2(3)", "AC-2(13)"]);
    }
}
