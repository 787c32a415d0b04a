//! Groups findings that several apps have for the same reason through one pattern. People see one block with the names of the apps; formats for
//! tools list each finding.

use std::collections::BTreeMap;

use super::{Style, summary::counted};
use crate::{finding::Finding, source::Place};

/// Names that are shown without `--verbose`.
const NAMES: usize = 5;

/// Findings that are shown as one.
pub(crate) struct Block<'r> {
    /// The first of them, or the only one.
    pub(crate) first: &'r Finding,
    others: Vec<&'r Finding>,
}

/// Gathers findings. Each block stands where the first of its findings stood.
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

/// The message without the name of the app; none for what is not about an app.
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
    /// Whether it stands for several findings.
    pub(crate) fn is_shared(&self) -> bool {
        !self.others.is_empty()
    }

    /// Whether one team gets all of them.
    pub(crate) fn has_one_owner(&self) -> bool {
        self.others.iter().all(|other| other.owner == self.first.owner)
    }

    /// What is wrong, with the number of apps.
    pub(crate) fn message(&self) -> String {
        match (&self.first.pattern, reason(self.first)) {
            (Some(pattern), Some(reason)) if self.is_shared() => {
                format!("{} use pattern {pattern}: {reason}", counted(self.others.len() + 1, "app"))
            }
            _ => self.first.message.clone(),
        }
    }

    /// Where it is: in the pattern, if the pattern says anything there.
    pub(crate) fn place(&self) -> &Place {
        let first = self.first;
        let there = first.related.first().filter(|_| self.is_shared() && !first.exists);
        let there = there.filter(|related| related.subject.as_ref().is_some_and(|subject| subject.kind == "Pattern"));
        there.map_or(&first.place, |related| &related.place)
    }

    /// The names of the apps; the first ones only, unless the user wants all.
    pub(crate) fn names(&self, style: &Style) -> Option<String> {
        let all = std::iter::once(self.first).chain(self.others.iter().copied());
        let names: Vec<&str> = all.filter_map(|one| Some(one.subject.as_ref()?.name.as_str())).collect();
        let shown = if style.verbose { names.len() } else { NAMES.min(names.len()) };
        let more = names.len() - shown;
        let mut text = names.iter().take(shown).copied().collect::<Vec<_>>().join(", ");
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
    fn apps_that_fail_for_one_reason_through_one_pattern_are_one_block() {
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
}
