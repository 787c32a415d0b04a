//! Omissions in Systems, Teams, Waivers and Patterns, and in populations of an app. An omission in one of these declarations may remove
//! findings from any declaration, so each omission is a separate run on the whole catalogue.

use std::collections::BTreeMap;

use leaver::rule::Severity;
use serde_json::Value;

use super::{
    Losses, Place, RuleMessage, assert_no_losses, each_removed, examples::written, generic, is_exception, removed,
    report, sample, weight,
};

/// Findings and their severities. A finding is the name of a declaration, a rule and a message.
type Findings = BTreeMap<(String, RuleMessage), Severity>;

fn findings_of(all: &[Value], profile: &str) -> Findings {
    let report = report(all, &[], profile);
    let findings = report.findings.iter();
    findings
        .map(|one| {
            let name = one.subject.as_ref().map(|subject| subject.name.clone()).unwrap_or_default();
            ((name, (one.rule.to_string(), one.message.clone())), one.severity)
        })
        .collect()
}

/// Adds the findings that disappear if one declaration is replaced.
fn losses_of(all: &[Value], base: &Findings, at: usize, one: Value, place: &str, profile: &str, lost: &mut Losses) {
    let mut fewer = all.to_vec();
    fewer[at] = one;
    let now = findings_of(&fewer, profile);
    let new = now.iter().filter(|(one, _)| !base.contains_key(*one)).map(|(_, severity)| weight(*severity)).max();
    for ((name, finding), severity) in base.iter().filter(|(one, _)| !now.contains_key(*one)) {
        if new < Some(weight(*severity)) && !is_exception(&finding.0, place) {
            let what = format!("without {place} of {}", all[at]["metadata"]["name"]);
            let entry = lost.entry((finding.0.clone(), what)).or_default();
            entry.0 += 1;
            entry.1 = format!("{profile}: {severity:?} {name}: {}", finding.1);
        }
    }
}

/// The places in the declarations of these kinds, each list with the index of the declaration.
fn places_in(all: &[Value], kinds: &[&str]) -> Vec<(usize, Vec<Place>)> {
    let wanted = all.iter().enumerate().filter(|(_, one)| kinds.iter().any(|kind| one["kind"] == *kind));
    wanted.map(|(at, one)| (at, each_removed(one).into_iter().flat_map(|variant| variant.places).collect())).collect()
}

/// The place as `EXCEPTIONS` states it. A place in a pattern or population is like a place in an app. Places in other kinds begin with the kind:
/// `System.spec.fedBy.*.syncMinutes`.
fn displayed_place(kind: &str, place: &Place) -> String {
    let place = generic(place);
    match kind {
        "App" | "Pattern" => match place.strip_prefix("spec.populations.*.") {
            Some(below) => format!("spec.{below}"),
            None => place,
        },
        _ => format!("{kind}.{place}"),
    }
}

/// Removes every n-th place in the declarations of these kinds.
fn each_without(all: &[Value], kinds: &[&str], profile: &str, step: usize, lost: &mut Losses) {
    let base = findings_of(all, profile);
    let places =
        places_in(all, kinds).into_iter().flat_map(|(at, places)| places.into_iter().map(move |place| (at, place)));
    for (at, place) in sample(places.collect(), 0, step) {
        let shown = displayed_place(all[at]["kind"].as_str().expect("a kind"), &place);
        losses_of(all, &base, at, removed(&all[at], &place), &shown, profile, lost);
    }
}

/// Removes a second place from a declaration that already lacks a place.
fn pairs_without(all: &[Value], kinds: &[&str], step: usize, lost: &mut Losses) {
    for (at, places) in places_in(all, kinds) {
        for first in sample(places, at, step) {
            let mut fewer = all.to_vec();
            fewer[at] = removed(&all[at], &first);
            let base = findings_of(&fewer, "default");
            let kind = all[at]["kind"].as_str().expect("a kind");
            let seconds = each_removed(&fewer[at]).into_iter().flat_map(|variant| variant.places).collect();
            for second in sample(seconds, at, step) {
                let one = removed(&fewer[at], &second);
                losses_of(&fewer, &base, at, one, &displayed_place(kind, &second), "default", lost);
            }
        }
    }
}

/// The declarations of `dependent.yaml`.
fn dependent() -> Vec<Value> {
    let text = include_str!("dependent.yaml");
    let documents = serde_yaml::Deserializer::from_str(text);
    documents.map(|document| <Value as serde::Deserialize>::deserialize(document).expect("YAML")).collect()
}

#[test]
fn omitting_a_value_of_a_system_team_or_waiver_never_improves_the_report() {
    let mut lost = Losses::new();
    each_without(&dependent(), &["System", "Team", "Waiver"], "default", 1, &mut lost);
    each_without(&written(), &["System", "Team", "Waiver"], "default", 16, &mut lost);
    pairs_without(&dependent(), &["System", "Waiver"], 5, &mut lost);
    assert_no_losses(&lost);
}

#[test]
fn omitting_a_value_of_a_pattern_or_population_never_improves_the_report() {
    let mut lost = Losses::new();
    each_without(&dependent(), &["Pattern", "App"], "default", 1, &mut lost);
    each_without(&written(), &["Pattern"], "default", 150, &mut lost);
    assert_no_losses(&lost);
}

#[test]
#[ignore = "takes many minutes: every key; run it after changes of rules"]
fn omitting_any_value_of_any_declaration_never_improves_the_report() {
    let mut lost = Losses::new();
    for profile in super::profiles() {
        each_without(&dependent(), &["System", "Team", "Waiver", "Pattern", "App"], &profile, 1, &mut lost);
    }
    each_without(&written(), &["System", "Team", "Waiver", "Pattern"], "default", 1, &mut lost);
    pairs_without(&dependent(), &["System", "Team", "Waiver", "App"], 1, &mut lost);
    assert_no_losses(&lost);
}
