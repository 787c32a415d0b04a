//! Omissions never improve a report: if a value is removed from a catalogue or replaced with a placeholder, no finding disappears unless a new
//! finding of at least equal severity replaces it. Each run checks an app together with its variants. A variant is the app after one omission.

mod declarations;
mod examples;
mod exceptions;

use std::collections::BTreeMap;

use leaver::{Request, check, config::Overrides, files::Workspace, report::Report, rule::Severity, ruleset};
use serde_json::Value;

use self::{examples::examples, exceptions::EXCEPTIONS};
use crate::{
    common::{TODAY, root},
    generated::make::{DEFAULT, STRICT, Systems, catalogue},
};

/// Generates clean apps that were not written for the rules, and the declarations to which these apps refer.
fn generated_catalogue(seed: u64, apps: usize, profile: &str) -> (Vec<Value>, Vec<Value>) {
    let limits = if profile == "strict" { &STRICT } else { &DEFAULT };
    catalogue(seed, apps, limits, &Systems::read())
        .into_iter()
        .filter(|one| one["kind"] != "Waiver")
        .partition(|one| one["kind"] == "App")
}

/// A place in a declaration: keys, and list indexes as text.
type Place = Vec<String>;

fn places(node: &Value, at: &Place, all: &mut Vec<Place>) {
    let children: Vec<(String, &Value)> = match node {
        Value::Object(map) => map.iter().map(|(key, child)| (key.clone(), child)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        let place = [at.clone(), vec![key]].concat();
        all.push(place.clone());
        places(child, &place, all);
    }
}

fn places_of(app: &Value) -> Vec<Place> {
    let mut all = Vec::new();
    for part in ["metadata", "spec"] {
        places(&app[part], &vec![part.into()], &mut all);
    }
    all.retain(|place| place.as_slice() != ["metadata", "name"]);
    all
}

/// The node at a place, if it still exists.
fn node<'a>(app: &'a mut Value, place: &[String]) -> Option<&'a mut Value> {
    place.iter().try_fold(app, |node, step| match node {
        Value::Array(list) => list.get_mut(step.parse::<usize>().ok()?),
        other => other.get_mut(step.as_str()),
    })
}

fn removed(app: &Value, place: &Place) -> Value {
    let mut app = app.clone();
    let (key, above) = place.split_last().expect("a place");
    match node(&mut app, above) {
        Some(Value::Array(list)) => drop(list.remove(key.parse().expect("an index"))),
        Some(Value::Object(map)) => drop(map.shift_remove(key)),
        _ => {}
    }
    app
}

fn replaced(app: &Value, place: &Place, text: &str) -> Value {
    let mut app = app.clone();
    *node(&mut app, place).expect("the place exists") = text.into();
    app
}

/// A modified app: the description of the change, its places, and the app.
struct Variant {
    what: &'static str,
    places: Vec<Place>,
    app: Value,
}

/// Removes each place in turn.
fn each_removed(app: &Value) -> Vec<Variant> {
    let one = |place: Place| Variant { what: "without", app: removed(app, &place), places: vec![place] };
    places_of(app).into_iter().map(one).collect()
}

const PLACEHOLDERS: [&str; 12] =
    ["TODO", "tbd", "?", "n/a", "none", "xxx", "@", " ", "<owner>", "unknown", "FIXME: ask", "changeme"];

/// The keys with free text. A placeholder in such a text is not an answer.
const ANSWERS: [&str; 17] = [
    "owner",
    "approver",
    "sponsor",
    "escalateTo",
    "to",
    "system",
    "sourceOfTruth",
    "queue",
    "runbook",
    "alert",
    "contract",
    "contact",
    "vendor",
    "vault",
    "credential",
    "offboarding",
    "purpose",
];

/// Replaces each answer in turn with a placeholder. Some owners and approvers are replaced with a person instead.
fn each_replaced(app: &Value) -> Vec<Variant> {
    let answers = places_of(app).into_iter().filter(|place| ANSWERS.contains(&place[place.len() - 1].as_str()));
    let text = |at: usize, place: &Place| match place[place.len() - 1].as_str() {
        "owner" | "approver" if at.is_multiple_of(3) => "ada@example.com",
        _ => PLACEHOLDERS[at % PLACEHOLDERS.len()],
    };
    answers
        .enumerate()
        .map(|(at, place)| Variant {
            what: "placeholder in",
            app: replaced(app, &place, text(at, &place)),
            places: vec![place],
        })
        .collect()
}

/// The parts of a finding that are equal in all variants: rule and message.
type RuleMessage = (String, String);

/// The findings of each app with their severities.
type Severities = BTreeMap<String, BTreeMap<RuleMessage, Severity>>;

fn report(apps: &[Value], others: &[Value], profile: &str) -> Report {
    let overrides = Overrides { profile: Some(profile.into()), ..Overrides::default() };
    let files = Workspace::of_disk(env!("CARGO_MANIFEST_DIR").into());
    let loaded = ruleset::load(&files, "tests/siege".into(), None, &overrides);
    let (mut config, ruleset) = loaded.expect("a profile");
    config.limits.file_bytes = 16 << 20;
    config.limits.yaml.documents = 100_000;
    config.limits.findings = 1_000_000;
    config.limits.total_seconds = 600;
    let text: String =
        others.iter().chain(apps).map(|one| format!("---\n{}\n", serde_json::to_string(one).expect("JSON"))).collect();
    let request = Request { text: Some(("apps.yaml".into(), text)), today: TODAY.into(), ..Request::default() };
    let report = check(&config, &ruleset, &request, &|_, _| {});
    assert!(report.failures.is_empty(), "{:?}", report.failures.iter().map(|one| &one.message).collect::<Vec<_>>());
    report
}

fn severities(apps: &[Value], others: &[Value], profile: &str) -> Severities {
    let mut evaluated = Severities::new();
    for finding in &report(apps, others, profile).findings {
        let Some(subject) = &finding.subject else { continue };
        let message = finding.message.replace(&subject.name, "APP");
        evaluated
            .entry(subject.name.clone())
            .or_default()
            .insert((finding.rule.to_string(), message), finding.severity);
    }
    evaluated
}

/// Gives a copy of an app its own name and its own id at the identity provider.
fn with_name(app: &Value, name: &str) -> Value {
    let mut app = app.clone();
    app["metadata"]["name"] = name.into();
    if let Some(id) = app.pointer_mut("/spec/signOn/appId").filter(|id| id.is_string()) {
        *id = name.into();
    }
    app
}

/// Severity as a number: higher is more severe.
fn weight(severity: Severity) -> usize {
    match severity {
        Severity::Error => 3,
        Severity::Warning => 2,
        Severity::Info => 1,
    }
}

/// A place with `*` for each index.
fn generic(place: &Place) -> String {
    let keys: Vec<&str> = place.iter().map(|key| if key.parse::<usize>().is_ok() { "*" } else { key }).collect();
    keys.join(".")
}

/// The number of lost findings for each rule and generic place, with an example.
type Losses = BTreeMap<(String, String), (usize, String)>;

/// Adds the findings that an omission removes without a replacement.
fn losses(app: &Value, others: &[Value], profile: &str, variants: &[Variant], lost: &mut Losses) {
    let copies: Vec<Value> = std::iter::once(with_name(app, "v-0"))
        .chain(variants.iter().enumerate().map(|(index, variant)| with_name(&variant.app, &format!("v-{}", index + 1))))
        .collect();
    let first = severities(&copies[..1], others, profile);
    if first.get("v-0").is_none_or(BTreeMap::is_empty) {
        return;
    }
    let evaluated = severities(&copies, others, profile);
    let none = BTreeMap::new();
    let base = evaluated.get("v-0").unwrap_or(&none);
    for (index, variant) in variants.iter().enumerate() {
        let now = evaluated.get(&format!("v-{}", index + 1)).unwrap_or(&none);
        let new =
            now.iter().filter(|(finding, _)| !base.contains_key(*finding)).map(|(_, severity)| weight(*severity)).max();
        let places: Vec<String> = variant.places.iter().map(generic).collect();
        for (finding, severity) in base.iter().filter(|(finding, _)| !now.contains_key(*finding)) {
            let is_replaced = new.is_some_and(|new| new >= weight(*severity));
            if !is_replaced && !places.iter().any(|place| is_exception(&finding.0, place)) {
                let entry =
                    lost.entry((finding.0.clone(), format!("{} {}", variant.what, places.join(" and ")))).or_default();
                entry.0 += 1;
                entry.1 = format!("{profile}: {severity:?} {}: {}", app["metadata"]["name"], finding.1);
            }
        }
    }
}

/// Whether a rule may report nothing if the value at this place is missing.
fn is_exception(rule: &str, place: &str) -> bool {
    EXCEPTIONS.iter().any(|(group, at, _)| rule.starts_with(group) && (at.is_empty() || is_at(place, at)))
}

/// Whether a place matches a pattern. In the pattern, `*` is any one key, and `**` at the end is everything below.
fn is_at(place: &str, pattern: &str) -> bool {
    if let Some(above) = pattern.strip_suffix("**") {
        return place.starts_with(above);
    }
    let (keys, expected): (Vec<&str>, Vec<&str>) = (place.split('.').collect(), pattern.split('.').collect());
    keys.len() == expected.len() && keys.iter().zip(expected).all(|(key, wanted)| wanted == "*" || *key == wanted)
}

#[test]
fn exceptions_match_only_the_stated_places() {
    assert!(is_at("spec.lifecycle.update.slaHours", "spec.lifecycle.*.slaHours"));
    assert!(!is_at("spec.lifecycle.update", "spec.lifecycle.*.slaHours"));
    assert!(!is_at("spec.lifecycle.update.owner", "spec.lifecycle.*"));
    assert!(is_at("spec.lifecycle.update.owner", "spec.lifecycle.**"));
    assert!(!is_exception("leaver/sla-too-long", "spec.lifecycle.deprovision.slaHours"));
}

fn assert_no_losses(lost: &Losses) {
    let ways: Vec<String> =
        lost.iter().map(|((rule, place), (count, example))| format!("{rule} {place}: {count} × {example}")).collect();
    assert!(ways.is_empty(), "{} omissions that improve the report:\n{}", ways.len(), ways.join("\n"));
}

/// All apps except planned ones, for which decisions may be missing.
fn in_use(apps: Vec<Value>) -> Vec<Value> {
    apps.into_iter().filter(|app| app["spec"]["status"] != "planned").collect()
}

/// All bundled profiles.
fn profiles() -> Vec<String> {
    let folder = std::fs::read_dir(root().join("data/profiles")).expect("a folder");
    let mut names: Vec<String> = folder
        .map(|entry| entry.expect("an entry").path().file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Every `step`-th variant, from an offset.
fn sample<T>(variants: Vec<T>, from: usize, step: usize) -> Vec<T> {
    variants.into_iter().skip(from % step).step_by(step).collect()
}

/// Tries every n-th variant. `steps` contains n for the default profile, for `strict`, and for all other profiles.
fn each_removed_in(steps: [usize; 3]) {
    let (apps, others) = examples();
    let apps = in_use(apps);
    let mut lost = Losses::new();
    for (nth, profile) in profiles().iter().enumerate() {
        let step = match profile.as_str() {
            "default" => steps[0],
            "strict" => steps[1],
            _ => steps[2],
        };
        let faulty = with_findings(&apps, &others, profile);
        for (at, app) in faulty.into_iter().enumerate() {
            losses(app, &others, profile, &sample(each_removed(app), at + nth, step), &mut lost);
        }
    }
    assert_no_losses(&lost);
}

/// The apps with findings. No other app can lose a finding.
fn with_findings<'a>(apps: &'a [Value], others: &[Value], profile: &str) -> Vec<&'a Value> {
    let copies: Vec<Value> = apps.iter().enumerate().map(|(at, app)| with_name(app, &format!("v-{at}"))).collect();
    let evaluated = severities(&copies, others, profile);
    apps.iter().enumerate().filter(|(at, _)| evaluated.contains_key(&format!("v-{at}"))).map(|(_, app)| app).collect()
}

#[test]
fn omitting_a_value_never_improves_the_report() {
    each_removed_in([1, 6, 40]);
}

/// Removes a second value from apps that already lack a value.
fn pairs_in(apps: &[Value], others: &[Value], step: usize, lost: &mut Losses) {
    for (at, app) in apps.iter().enumerate() {
        let firsts = each_removed(app);
        // An app without values has no variants.
        let Some(nth) = (at * 37 + 11).checked_rem(firsts.len()) else { continue };
        let first = &firsts[nth];
        losses(&first.app, others, "default", &sample(each_removed(&first.app), at, step), lost);
    }
}

#[test]
fn omitting_two_values_never_improves_the_report() {
    let mut lost = Losses::new();
    let (apps, others) = examples();
    let apps = in_use(apps);
    pairs_in(&apps.into_iter().step_by(6).collect::<Vec<_>>(), &others, 9, &mut lost);
    let (apps, others) = generated_catalogue(11, 12, "default");
    pairs_in(&in_use(apps), &others, 9, &mut lost);
    assert_no_losses(&lost);
}

#[test]
#[ignore = "takes many minutes: every value in every profile; run it after changes of rules"]
fn omitting_any_value_never_improves_the_report() {
    each_removed_in([1, 1, 1]);
    let mut lost = Losses::new();
    let (apps, others) = examples();
    pairs_in(&in_use(apps), &others, 1, &mut lost);
    let (apps, others) = generated_catalogue(12, 60, "default");
    pairs_in(&in_use(apps), &others, 1, &mut lost);
    assert_no_losses(&lost);
}

/// A placeholder hides no finding, and causes an error.
#[test]
fn a_placeholder_is_not_an_answer() {
    let mut lost = Losses::new();
    let (apps, others) = examples();
    let apps = in_use(apps);
    for (at, app) in with_findings(&apps, &others, "default").into_iter().enumerate() {
        losses(app, &others, "default", &sample(each_replaced(app), at, 6), &mut lost);
    }
    assert_no_losses(&lost);
    let clean = apps.iter().find(|app| app["metadata"]["name"] == "slack").expect("a clean app");
    let variants = each_replaced(clean);
    let copies: Vec<Value> =
        variants.iter().enumerate().map(|(at, variant)| with_name(&variant.app, &format!("v-{at}"))).collect();
    let evaluated = severities(&copies, &others, "default");
    for (at, variant) in variants.iter().enumerate() {
        let found = evaluated.get(&format!("v-{at}"));
        let worst = found.and_then(|found| found.values().map(|severity| weight(*severity)).max());
        assert_eq!(worst, Some(3), "{:?}: {found:?}", variant.places);
    }
}

/// Removing a Team or System from the catalogue hides no finding.
#[test]
fn removing_a_declaration_hides_no_finding() {
    let (apps, others) = examples();
    let findings_with = |others: &[Value]| -> BTreeMap<(String, String, String), Severity> {
        let report = report(&apps, others, "default");
        let findings = report.findings.iter();
        findings
            .map(|one| {
                let name = one.subject.as_ref().map(|subject| subject.name.clone()).unwrap_or_default();
                ((one.rule.to_string(), name, one.message.clone()), one.severity)
            })
            .collect()
    };
    let base = findings_with(&others);
    let text = serde_json::to_string(&apps).expect("JSON");
    for at in 0..others.len() {
        let name = others[at]["metadata"]["name"].as_str().expect("a name");
        // Observations are not removed: without an observation, its findings must disappear. The strict profile reports missing observations.
        let observed = ["Snapshot", "Observation"].contains(&others[at]["kind"].as_str().expect("a kind"));
        if observed || !text.contains(&format!("\"{name}\"")) {
            continue;
        }
        let mut fewer = others.clone();
        fewer.remove(at);
        let now = findings_with(&fewer);
        let new = now.iter().filter(|(one, _)| !base.contains_key(*one)).map(|(_, severity)| weight(*severity)).max();
        for ((rule, subject, message), severity) in base.iter().filter(|(one, _)| !now.contains_key(*one)) {
            assert!(new >= Some(weight(*severity)), "without {name}: {rule} of {subject}: {message}");
        }
    }
}
