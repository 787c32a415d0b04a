//! Groups findings that several apps inherit from one pattern. Formats for people show one block with the names of the apps; formats for tools list
//! each finding.

use std::collections::{BTreeMap, BTreeSet};

use super::{Style, summary::counted};
use crate::{finding::Finding, source::Place};

/// Maximum number of names without `--verbose`.
const NAMES: usize = 5;

/// Findings that are shown as one block.
pub(crate) struct Block<'r> {
    /// The first finding, or the only finding.
    pub(crate) first: &'r Finding,
    others: Vec<&'r Finding>,
}

/// Groups findings. A block has the position of its first finding.
pub(crate) fn blocks<'r>(findings: impl IntoIterator<Item = &'r Finding>) -> Vec<Block<'r>> {
    let mut blocks: Vec<Block<'r>> = Vec::new();
    let mut known = BTreeMap::new();
    for finding in findings {
        if let Some((pattern, reason)) = finding.pattern.as_deref().filter(|_| finding.is_open()).zip(reason(finding)) {
            let key = (&finding.rule, finding.severity, pattern, finding.exists, finding.address.to_string(), reason);
            let at = *known.entry(key).or_insert(blocks.len());
            if let Some(block) = blocks.get_mut(at) {
                block.others.push(finding);
                continue;
            }
        }
        blocks.push(Block { first: finding, others: Vec::new() });
    }
    blocks
}

/// Returns the message without the name of the app, or `None` if the finding is not about an app.
fn reason(finding: &Finding) -> Option<&str> {
    let subject = finding.subject.as_ref().filter(|subject| subject.kind == "App")?;
    let rest = finding.message.strip_prefix(subject.name.as_str())?;
    let rest = match &finding.population {
        Some(population) => rest.strip_prefix(&*format!(" ({population})"))?,
        None => rest,
    };
    rest.strip_prefix(": ")
}

impl Block<'_> {
    /// Whether the block has several findings.
    pub(crate) fn is_shared(&self) -> bool {
        !self.others.is_empty()
    }

    /// Returns the number of findings.
    pub(crate) const fn len(&self) -> usize {
        self.others.len() + 1
    }

    /// Whether one team owns all findings.
    pub(crate) fn has_one_owner(&self) -> bool {
        self.others.iter().all(|other| other.owner == self.first.owner)
    }

    fn all(&self) -> impl Iterator<Item = &Finding> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    /// Returns the message, with the number of apps in a shared block. Several populations of one app count as one app.
    pub(crate) fn message(&self) -> String {
        let apps: BTreeSet<&str> =
            self.all().filter_map(|finding| Some(finding.subject.as_ref()?.name.as_str())).collect();
        match (&self.first.pattern, reason(self.first), apps.first()) {
            (Some(_), Some(reason), Some(app)) if self.is_shared() && apps.len() == 1 => format!("{app}: {reason}"),
            (Some(pattern), Some(reason), _) if self.is_shared() => {
                format!("{} use pattern {pattern}: {reason}", counted(apps.len(), "app"))
            }
            _ => self.first.message.clone(),
        }
    }

    /// Returns the place to show. If several apps use a pattern that lacks the value, it is the place in the pattern, otherwise the place of the
    /// first finding.
    pub(crate) fn place(&self) -> &Place {
        let first = self.first;
        let there = first.related.first().filter(|_| self.is_shared() && !first.exists);
        let there = there.filter(|related| related.subject.as_ref().is_some_and(|subject| subject.kind == "Pattern"));
        there.map_or(&first.place, |related| &related.place)
    }

    /// Returns the names of the apps, with the population if the finding is about a population. Without `--verbose`, the text has only the first few
    /// names.
    pub(crate) fn names(&self, style: &Style) -> Option<String> {
        let name = |finding: &Finding| {
            let app = &finding.subject.as_ref()?.name;
            Some(finding.population.as_ref().map_or_else(|| app.clone(), |population| format!("{app} ({population})")))
        };
        let names: Vec<String> = self.all().filter_map(name).collect();
        let shown = if style.verbose { names.len() } else { NAMES.min(names.len()) };
        let more = names.len() - shown;
        let mut text = names.get(..shown).unwrap_or_default().join(", ");
        if more > 0 {
            text.push_str(&format!(" and {more} more"));
        }
        self.is_shared().then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        finding::Subject,
        rule::{RuleId, Severity},
        source::{SourceFile, Span},
    };

    fn finding(app: &str, pattern: Option<&str>, reason: &str) -> Finding {
        let rule: RuleId = "jit/no-update-owner".parse().expect("an id");
        let file = Arc::new(SourceFile::new("a.yaml", "a: b"));
        let place = Place { file, span: Span::new(0, 1) };
        Finding {
            subject: Some(Subject { kind: "App".into(), name: app.into() }),
            pattern: pattern.map(str::to_owned),
            ..Finding::new(rule, Severity::Error, format!("{app}: {reason}"), place)
        }
    }

    #[test]
    fn apps_with_one_reason_and_pattern_form_one_block() {
        let all = [
            finding("a", Some("p"), "x"),
            finding("b", None, "x"),
            finding("c", Some("p"), "x"),
            finding("d", Some("q"), "x"),
            finding("e", Some("p"), "y"),
        ];
        let messages: Vec<String> = blocks(&all).iter().map(Block::message).collect();
        assert_eq!(messages, ["2 apps use pattern p: x", "b: x", "d: x", "e: y"]);
    }

    #[test]
    fn all_names_are_shown_on_demand() {
        let all: Vec<Finding> = (0..9).map(|at| finding(&format!("app{at}"), Some("p"), "x")).collect();
        let blocks = blocks(&all);
        let names = |verbose| blocks[0].names(&Style { verbose, ..Style::default() }).expect("several");
        assert_eq!(names(false), "app0, app1, app2, app3, app4 and 4 more");
        assert_eq!(names(true).matches("app").count(), 9);
    }

    fn of_population(app: &str, population: &str, reason: &str) -> Finding {
        let found = finding(app, Some("p"), reason);
        Finding { message: format!("{app} ({population}): {reason}"), population: Some(population.into()), ..found }
    }

    #[test]
    fn populations_of_one_app_count_once() {
        let shown = |all: &[Finding]| -> Vec<(String, Option<String>)> {
            let style = Style::default();
            blocks(all).iter().map(|block| (block.message(), block.names(&style))).collect()
        };
        let guests = |app| of_population(app, "guests", "x");
        let contractors = |app| of_population(app, "contractors", "x");
        let block = |message: &str, names: &str| vec![(message.to_owned(), Some(names.to_owned()))];
        assert_eq!(
            shown(&[guests("asana"), contractors("asana")]),
            block("asana: x", "asana (guests), asana (contractors)")
        );
        assert_eq!(
            shown(&[finding("asana", Some("p"), "x"), guests("asana")]),
            block("asana: x", "asana, asana (guests)")
        );
        assert_eq!(
            shown(&[guests("asana"), guests("miro")]),
            block("2 apps use pattern p: x", "asana (guests), miro (guests)")
        );
        assert_eq!(
            shown(&[guests("asana"), contractors("asana"), finding("miro", Some("p"), "x")]),
            block("2 apps use pattern p: x", "asana (guests), asana (contractors), miro")
        );
        // The message of a single finding names the app.
        assert_eq!(shown(&[guests("asana")]), [("asana (guests): x".to_owned(), None)]);
    }
}
