//! Tests that the index excludes most rules without findings. If the index does not understand a condition, it keeps the rule, which costs time but
//! hides nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{
    Request, check_with_catalogue,
    engine::{facts, vendors_named},
    facts::vendors,
    policy::{compiled::members, data_document, looked_up},
    ruleset::of_examples,
};

/// Maximum average number of rules that the index keeps for an app although they find nothing. In the examples, a third of these rules look up names
/// in long lists of queues.
const MAX_NEEDLESS: usize = 4;

#[test]
fn few_rules_without_findings_are_evaluated() {
    let (config, ruleset) = of_examples();
    let today = "2026-11-25";
    let request = Request { today: today.into(), ..Request::default() };
    let (report, catalogue) = check_with_catalogue(&config, &ruleset, &request, None, &|_, _| {});
    let known = vendors(&config.vendors, &vendors_named(&catalogue), false);
    let facts = facts(&ruleset, today, known, serde_json::Value::Null);
    let data = data_document(&catalogue, &facts, &looked_up(&ruleset.all));
    let rules = members(&ruleset.all, "App");
    let index = derive_sorted_index(&ruleset.all, &rules);
    let roots: Vec<Option<usize>> = rules.iter().map(|rule| index.roots.get(rule.meta.id.as_str()).copied()).collect();
    let applicable = Applicable::new(&index, &data, false);
    let found: BTreeSet<(&str, &str)> = report
        .findings
        .iter()
        .filter_map(|finding| Some((finding.rule.as_str(), finding.subject.as_ref()?.name.as_str())))
        .collect();
    let mut needless: BTreeMap<&str, usize> = BTreeMap::new();
    let mut apps = 0;
    for (_, app) in catalogue.evaluated().filter(|(_, declaration)| declaration.kind == "App") {
        apps += 1;
        for (rule, may) in rules.iter().zip(applicable.may_apply(&app.root, roots.iter().copied())) {
            let id = rule.meta.id.as_str();
            if may && !found.contains(&(id, app.name.as_str())) {
                *needless.entry(id).or_default() += 1;
            }
        }
    }
    let mut most: Vec<(usize, &str)> = needless.iter().map(|(id, count)| (*count, *id)).collect();
    most.sort_unstable_by(|one, other| other.cmp(one));
    let all: usize = needless.values().sum();
    assert!(apps > 50);
    assert!(all <= MAX_NEEDLESS * apps, "{all} in {apps} apps: {most:?}");
}
