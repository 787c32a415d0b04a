//! Limits the findings of rules. The worker that runs users' rules has a memory limit, but its parent has none. Therefore, leaver counts the findings
//! of each rule as they arrive. It drops findings above the limit and reports a failure of the rule.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Budget, RuleResults, failure};
use crate::{
    finding::{Step, Target, Verdict},
    report::Failure,
    rule::RuleId,
};

/// Maximum number of failures of one rule that are reported separately.
const MAX_FAILURES: usize = 100;
/// The limit of findings per rule is never lower than this number, because a baseline may contain more findings than a report may show.
const MIN_FINDINGS: usize = 100_000;
/// Assumed average size of a finding with all its texts, in bytes. In the examples, the average is 600 bytes.
const AVERAGE_BYTES: usize = 1_024;
/// Limit for the findings of one rule in the worker, in bytes. A high `limits.findings` raises it.
const MAX_ISOLATED_BYTES: usize = 32 * 1024 * 1024;
/// Maximum size of one finding in bytes.
pub(in crate::policy) const MAX_FINDING_BYTES: usize = 1024 * 1024;
/// Size of a finding or related place without its texts, in bytes.
const PART_BYTES: usize = 128;
/// Size of a path step without its text, in bytes.
const STEP_BYTES: usize = 48;

/// Limits on the findings of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::policy) struct Bounds {
    /// Maximum number of findings per rule.
    pub(in crate::policy) findings: usize,
    /// Maximum size of the findings of one rule, in bytes.
    pub(in crate::policy) rule_bytes: usize,
    /// Maximum size of the findings of all rules together, in bytes.
    pub(in crate::policy) all_bytes: usize,
}

impl Bounds {
    /// The limits for rules in this process.
    pub(in crate::policy) fn in_process(budget: Budget) -> Self {
        let findings = budget.findings.max(MIN_FINDINGS);
        let bytes = findings.saturating_mul(AVERAGE_BYTES);
        Self { findings, rule_bytes: bytes, all_bytes: bytes }
    }

    /// The limits for rules in the worker.
    pub(in crate::policy) fn isolated(budget: Budget) -> Self {
        let here = Self::in_process(budget);
        Self {
            rule_bytes: here.rule_bytes.min(MAX_ISOLATED_BYTES.max(budget.findings.saturating_mul(AVERAGE_BYTES) / 4)),
            ..here
        }
    }
}

/// The findings that were counted so far.
#[derive(Debug)]
pub(in crate::policy) struct Tally {
    bounds: Bounds,
    bytes: usize,
    rules: BTreeMap<RuleId, Count>,
}

#[derive(Debug, Default)]
struct Count {
    findings: usize,
    bytes: usize,
    failures: usize,
    full: bool,
}

impl Tally {
    pub(in crate::policy) fn new(bounds: Bounds) -> Self {
        Self { bounds, bytes: 0, rules: BTreeMap::new() }
    }

    /// Adds a verdict to the results. If the verdict is too large or exceeds a limit, adds a failure of the rule instead. After an exceeded limit,
    /// all later verdicts of the rule are dropped.
    pub(in crate::policy) fn add(&mut self, verdict: Verdict, results: &mut RuleResults) {
        let count = self.rules.entry(verdict.rule.clone()).or_default();
        if count.full {
            return;
        }
        let cost = cost(&verdict);
        if cost > MAX_FINDING_BYTES {
            let message = format!("rule `{}` {}", verdict.rule, too_large(cost));
            return self.fail(failure(&verdict.rule, message), results);
        }
        let Bounds { findings, rule_bytes, all_bytes } = self.bounds;
        if count.findings >= findings || count.bytes + cost > rule_bytes || self.bytes + cost > all_bytes {
            return self.mark_full(&verdict.rule, results);
        }
        count.findings += 1;
        count.bytes += cost;
        self.bytes += cost;
        results.verdicts.push(verdict);
    }

    /// Records that the rule exceeded its limit of findings.
    pub(in crate::policy) fn mark_full(&mut self, rule: &RuleId, results: &mut RuleResults) {
        let count = self.rules.entry(rule.clone()).or_default();
        if count.full {
            return;
        }
        count.full = true;
        let message = format!(
            "rule `{rule}` has too many findings, or findings that are too long: only the first {} are kept ({} KiB of text)",
            count.findings,
            count.bytes / 1024
        );
        results.failures.push(Failure {
            help: Some("fix the most frequent ones first, make the rule report less, or raise `limits.findings` in leaver.yaml".into()),
            ..failure(rule, message)
        });
    }

    /// Adds a failure of a rule. The first failure above the maximum states that the rest is not shown; later failures are dropped.
    pub(in crate::policy) fn fail(&mut self, mut failure: Failure, results: &mut RuleResults) {
        if let Some(rule) = failure.rule.clone() {
            let count = self.rules.entry(rule.clone()).or_default();
            count.failures += 1;
            if count.failures > MAX_FAILURES + 1 {
                return;
            }
            if count.failures > MAX_FAILURES {
                failure.message = format!("rule `{rule}` failed more than {MAX_FAILURES} times: the rest is not shown");
            }
        }
        failure.message = cut(failure.message);
        results.failures.push(failure);
    }

    /// Adds all verdicts and failures of other results in their order.
    pub(in crate::policy) fn append(&mut self, part: RuleResults, results: &mut RuleResults) {
        part.verdicts.into_iter().for_each(|verdict| self.add(verdict, results));
        part.failures.into_iter().for_each(|failure| self.fail(failure, results));
    }

    /// Whether further findings of a rule are dropped.
    pub(in crate::policy) fn is_full(&self, rule: &RuleId) -> bool {
        self.rules.get(rule).is_some_and(|count| count.full)
    }
}

/// The message for a single finding that is too large.
pub(in crate::policy) fn too_large(bytes: usize) -> String {
    format!("reports a finding of {bytes} bytes; the limit is {MAX_FINDING_BYTES}")
}

/// The approximate memory size of a verdict.
fn cost(verdict: &Verdict) -> usize {
    let steps = |path: &[Step]| -> usize {
        let text = |step: &Step| if let Step::Key(key) = step { key.len() } else { 0 };
        path.iter().map(|step| STEP_BYTES + text(step)).sum()
    };
    let named = |target: &Target| match target {
        Target::Named(subject) => subject.kind.len() + subject.name.len(),
        Target::Index(_) => 0,
    };
    let related = verdict.related.iter();
    let related =
        related.map(|one| PART_BYTES + steps(&one.path) + one.message.len() + named(&one.target)).sum::<usize>();
    let fix = verdict.fix.iter().map(json_cost).sum::<usize>();
    PART_BYTES + steps(&verdict.path) + verdict.message.len() + related + fix
}

fn json_cost(value: &serde_json::Value) -> usize {
    use serde_json::Value;
    STEP_BYTES
        + match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(json_cost).sum(),
            Value::Object(fields) => fields.iter().map(|(key, value)| PART_BYTES + key.len() + json_cost(value)).sum(),
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        }
}

/// Maximum length of a message in characters: four times the length that a report shows, so that the cut never splits a secret in the part that is
/// shown.
const MAX_TEXT: usize = 16_000;

/// Cuts a text after `MAX_TEXT` characters.
pub(in crate::policy) fn cut(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(MAX_TEXT) {
        text.truncate(at);
        text.shrink_to_fit();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::RelatedVerdict;

    fn verdict(rule: &str, message: &str) -> Verdict {
        let rule = rule.parse().expect("an id");
        let (path, related, fix) = (vec![Step::Key("spec".into())], Vec::new(), Vec::new());
        Verdict { rule, declaration: 0, path, message: message.into(), severity: None, related, fix }
    }

    fn count_findings(bounds: Bounds, verdicts: impl IntoIterator<Item = Verdict>) -> (usize, Vec<String>) {
        let (mut tally, mut results) = (Tally::new(bounds), RuleResults::default());
        verdicts.into_iter().for_each(|verdict| tally.add(verdict, &mut results));
        let failures = results.failures.iter().map(|failure| {
            assert!(failure.rule.is_some() && failure.code == crate::report::Code::Policy);
            failure.message.clone()
        });
        (results.verdicts.len(), failures.collect())
    }

    #[test]
    fn each_limit_is_enforced_and_reported_once_per_rule() {
        let bounds = Bounds { findings: 3, rule_bytes: 10_000, all_bytes: 15_000 };
        let short = |rule: &'static str, many: usize| (0..many).map(move |_| verdict(rule, "m"));
        assert_eq!(count_findings(bounds, short("a/b", 3)), (3, vec![]));
        let (kept, failures) = count_findings(bounds, short("a/b", 50).chain(short("a/c", 2)));
        assert!(kept == 5 && failures.len() == 1 && failures[0].contains("rule `a/b` has too many"), "{failures:?}");
        let long = |rule: &'static str| (0..3).map(move |_| verdict(rule, &"x".repeat(4_000)));
        let (kept, failures) = count_findings(bounds, long("a/b"));
        assert!(kept == 2 && failures.len() == 1, "{failures:?}");
        let (kept, failures) = count_findings(bounds, long("a/b").chain(long("a/c")).chain(short("a/d", 1)));
        assert!(kept == 4 && failures.len() == 2 && failures[1].contains("`a/c`"), "{kept} {failures:?}");
    }

    #[test]
    fn all_parts_of_a_finding_count_towards_the_limits() {
        let bounds = Bounds { findings: 9, rule_bytes: 10_000, all_bytes: 10_000 };
        let long = "x".repeat(20_000);
        let plain = || verdict("a/b", "m");
        let related = |path: Vec<Step>, message: &str, name: &str| RelatedVerdict {
            target: Target::Named(crate::finding::Subject { kind: "App".into(), name: name.into() }),
            path,
            message: message.into(),
        };
        for large in [
            verdict("a/b", &long),
            Verdict { path: vec![Step::Key(long.clone())], ..plain() },
            Verdict { path: vec![Step::Index(1); 1_000], ..plain() },
            Verdict { related: vec![related(Vec::new(), &long, "n")], ..plain() },
            Verdict { related: vec![related(Vec::new(), "m", &long)], ..plain() },
            Verdict { related: vec![related(vec![Step::Key(long.clone())], "m", "n")], ..plain() },
            Verdict { related: (0..200).map(|_| related(Vec::new(), "", "")).collect(), ..plain() },
            Verdict { fix: vec![serde_json::json!({"op": "add", "value": long})], ..plain() },
            Verdict { fix: vec![serde_json::json!(vec![0; 1_000])], ..plain() },
            Verdict { fix: vec![serde_json::json!({ long.as_str(): 0 })], ..plain() },
        ] {
            let (kept, failures) = count_findings(bounds, [plain(), large.clone(), plain()]);
            assert!(kept == 1 && failures.len() == 1, "{kept} {failures:?}");
        }
        let huge = Verdict { fix: vec![serde_json::json!("x".repeat(MAX_FINDING_BYTES))], ..plain() };
        let roomy = Bounds { rule_bytes: usize::MAX, all_bytes: usize::MAX, ..bounds };
        let (kept, failures) = count_findings(roomy, [plain(), huge, plain()]);
        assert!(kept == 2 && failures.len() == 1 && failures[0].contains("a finding of"), "{failures:?}");
    }

    #[test]
    fn failures_of_a_rule_are_limited() {
        let (mut tally, mut results) = (Tally::new(Bounds::in_process(Budget::default())), RuleResults::default());
        let rule: RuleId = "a/b".parse().expect("an id");
        for _ in 0..10_000 {
            tally.fail(failure(&rule, "x".repeat(100_000)), &mut results);
        }
        assert_eq!(results.failures.len(), MAX_FAILURES + 1);
        assert!(results.failures.iter().all(|failure| failure.message.len() <= MAX_TEXT));
    }
}
