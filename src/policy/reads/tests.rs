//! Tests which keys of declarations the bundled rules read.

use super::*;

fn key(path: &str) -> Vec<String> {
    path.split('.').map(str::to_owned).collect()
}

/// Rules, a kind of declaration for each, some keys of this kind that the rule reads, and some that it does not read.
const KNOWN: [(&str, &str, &[&str], &[&str]); 8] = [
    (
        "jit/no-update-owner",
        "App",
        &["spec.lifecycle.update.owner", "spec.provisioning.mode", "spec.provisioning.jit.creates", "spec.status"],
        &["spec.lifecycle.deprovision.owner", "spec.tier", "spec.lifecycle.update.system"],
    ),
    ("jit/no-deprovision-owner", "App", &["spec.lifecycle.deprovision.owner"], &["spec.lifecycle.update.owner"]),
    ("credential/long-lived", "App", &["spec.nonHuman.[].expires"], &["spec.lifecycle.create.owner"]),
    (
        "review/overdue",
        "App",
        &["spec.lifecycle.review.last", "spec.lifecycle.review.firstBy"],
        &["spec.nonHuman.[].expires", "spec.tier"],
    ),
    ("waiver/approver-is-owner", "Waiver", &["spec.approver"], &[]),
    ("owner/person-not-team", "Team", &["spec.members"], &[]),
    ("owner/concentration", "App", &["metadata.owner", "spec.status"], &["spec.tier"]),
    ("mechanism/chain-too-slow", "System", &["spec.fedBy.[].syncMinutes"], &[]),
];

#[test]
fn keys_are_found_through_libraries_functions_and_lists() {
    let set = PolicySet::bundled_from_text().expect("the bundled rules load");
    let reads = reads(&set);
    for (rule, kind, read, others) in KNOWN {
        let found = &reads[&rule.parse::<RuleId>().expect("an id")];
        for path in read {
            assert!(found.has(kind, &key(path)), "{rule} reads {path}: {:#?}", found.paths);
        }
        for path in others {
            assert!(!found.has(kind, &key(path)), "{rule} does not read {path}");
        }
    }
}

#[test]
fn every_rule_reads_a_key() {
    let set = PolicySet::bundled_from_text().expect("the bundled rules load");
    for (id, found) in reads(&set) {
        assert!(!found.paths.is_empty() || set.rules[&id].meta.native, "{id}");
    }
}
