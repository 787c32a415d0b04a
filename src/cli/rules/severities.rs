//! Finds rules that report different severities. `# METADATA` has a single severity, but the Rego may set `"severity"` in a finding, so the rule's
//! text is searched.

use std::collections::BTreeSet;

use crate::{
    rule::{RuleMeta, Severity},
    ruleset::Ruleset,
};

/// The severities of a rule whose findings have different severities.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) struct VaryingSeverity {
    /// The severities, worst first.
    pub(in crate::cli) severities: Vec<Severity>,
    /// The criterion that determines the severity: `tier` or `case`.
    pub(in crate::cli) by: &'static str,
}

impl VaryingSeverity {
    /// Finds the severities of a rule. `None` if all findings have the same severity, for example because the user has set it.
    pub(in crate::cli) fn of(ruleset: &Ruleset, meta: &RuleMeta) -> Option<Self> {
        if ruleset.pinned.contains_key(&meta.id) {
            return None;
        }
        let severity = ruleset.severity(&meta.id)?;
        let libraries: Vec<&str> = ruleset.all.libraries.iter().map(|library| library.file.text()).collect();
        Self::read(severity, ruleset.all.rules.get(&meta.id)?.module.file.text(), &libraries)
    }

    /// Reads the severities from the text of the rule and of the libraries that compute its severities. `own` is the severity of findings that set no
    /// severity.
    fn read(own: Severity, text: &str, libraries: &[&str]) -> Option<Self> {
        let rule = code_of(text);
        if !rule.contains("\"severity\"") {
            return None;
        }
        let is_used = |library: &&&str| {
            let calls = |name: &str| ["severity :=", "\"severity\":"].map(|start| format!("{start} {name}."));
            package_of(library).is_some_and(|name| calls(name).iter().any(|call| rule.contains(call)))
        };
        let used = libraries.iter().filter(is_used).map(|library| code_of(library));
        let code = std::iter::once(rule.clone()).chain(used).collect::<Vec<_>>().join("\n\n");
        let stated = |text: &str| {
            let all = Severity::ALL.into_iter();
            all.filter(|severity| text.contains(&format!("\"{severity}\""))).collect::<BTreeSet<_>>()
        };
        let mut severities = stated(&code);
        let heads = rule.matches("findings contains").count();
        if rule.matches("\"severity\":").count() < heads {
            severities.insert(own);
        }
        if severities.len() < 2 {
            return None;
        }
        // Rego rules are separated by empty lines.
        let by_tier = code.split("\n\n").any(|rule| !stated(rule).is_empty() && rule.contains("tier"));
        let by = if by_tier { "tier" } else { "case" };
        Some(Self { severities: severities.into_iter().rev().collect(), by })
    }

    /// Returns a text such as `error or warning, by tier`.
    pub(in crate::cli) fn summary(&self) -> String {
        let words: Vec<&str> = self.severities.iter().map(|severity| severity.as_str()).collect();
        format!("{}, by {}", words.join(" or "), self.by)
    }
}

/// The text without comment lines.
fn code_of(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n")
}

/// The last part of the name of a library's package, which is the name in rules that import the library.
fn package_of(library: &str) -> Option<&str> {
    library.lines().find_map(|line| line.strip_prefix("package "))?.rsplit('.').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_read_from_the_rego() {
        let tier = "# custom: \"severity\"\nfindings contains {\"path\": [], \"severity\": _severity} if true\n\ndefault _severity := \"warning\"\n\n_severity := \"error\" if apps.tier == 1\n";
        let read = |text: &str| VaryingSeverity::read(Severity::Warning, text, &[]).map(|varies| varies.summary());
        assert_eq!(read(tier).as_deref(), Some("error or warning, by tier"));
        let late = "findings contains {\"severity\": _severity(late)} if true\n\n_severity(late) := \"error\" if late > 3\n\n_severity(late) := \"info\" if late <= 3\n";
        assert_eq!(read(late).as_deref(), Some("error or info, by case"));
        // One finding sets a severity, the other has the severity of the rule.
        let one = "findings contains {\"path\": []} if true\n\nfindings contains {\"severity\": \"info\"} if input.spec.tier == 3\n";
        assert_eq!(read(one).as_deref(), Some("warning or info, by tier"));
        for same in [
            "findings contains {\"path\": []} if input.spec.tier == 1\n",
            "findings contains {\"severity\": \"error\"} if true\n",
        ] {
            assert_eq!(read(same), None, "{same}");
        }
        let rule = "findings contains {\"severity\": severity} if {\n\tseverity := of_case.of(input)\n}\n";
        let libraries = [
            "package lib.other\n\nx := \"warning\"\n",
            "package lib.of_case\n\nof(_) := \"error\" if x\n\nof(_) := \"info\" if y\n",
        ];
        let varies = VaryingSeverity::read(Severity::Info, rule, &libraries).map(|varies| varies.summary());
        assert_eq!(varies.as_deref(), Some("error or info, by case"));
    }
}
