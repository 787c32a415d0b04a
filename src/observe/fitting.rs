//! Selects the Pattern for a draft: the one that agrees with most of the proven values. Values are compared without regard to their meaning.

use serde_json::{Map, Value};

use crate::{model::Declaration, source::Node};

/// Paths below `spec` whose values the export must prove; a pattern fits only if it has the same values.
const DECISIVE: [&[&str]; 2] = [&["signOn", "system"], &["provisioning", "mode"]];

/// A Pattern with its inherited values.
pub(super) struct Candidate {
    name: String,
    spec: Value,
    /// The number of apps that use it.
    uses: usize,
}

/// The result of the selection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fit<'c> {
    /// Its name, and the number of proven values that it states.
    One { name: &'c str, agreed: usize },
    /// Several fit equally well.
    Several(Vec<&'c str>),
    /// No pattern fits.
    None,
}

/// The valid Patterns of a catalogue.
pub(super) fn candidates(declarations: &[Declaration]) -> Vec<Candidate> {
    let patterns = declarations.iter().filter(|one| one.kind == "Pattern" && one.well_formed);
    let mut candidates: Vec<Candidate> = patterns
        .map(|pattern| Candidate {
            name: pattern.name.clone(),
            spec: pattern.root.get("spec").map(|spec: &Node| Value::from(spec)).unwrap_or_default(),
            uses: uses(&pattern.name, declarations),
        })
        .collect();
    candidates.sort_by(|one, other| one.name.cmp(&other.name));
    // Two patterns with one name are reported elsewhere.
    candidates.dedup_by(|one, other| one.name == other.name);
    candidates
}

fn uses(pattern: &str, declarations: &[Declaration]) -> usize {
    let uses = |app: &&Declaration| app.layers().iter().any(|layer| layer.name == pattern);
    declarations.iter().filter(|one| one.kind == "App").filter(uses).count()
}

/// The pattern for a draft's `spec`: of those with the same decisive values, the one that differs least, agrees most, and is used by
/// most apps.
pub(super) fn fit<'c>(proven: &Map<String, Value>, candidates: &'c [Candidate]) -> Fit<'c> {
    let proven = Value::Object(proven.clone());
    let at = |value: &Value, path: &[&str]| path.iter().try_fold(value.clone(), |value, key| value.get(key).cloned());
    let scored = candidates.iter().filter_map(|candidate| {
        let decisive =
            DECISIVE.iter().all(|path| at(&proven, path).is_some_and(|value| at(&candidate.spec, path) == Some(value)));
        let (agreed, differing) = compare(&proven, &candidate.spec);
        decisive.then_some(((std::cmp::Reverse(differing), agreed, candidate.uses), candidate))
    });
    let scored: Vec<_> = scored.collect();
    let Some(best) = scored.iter().map(|(score, _)| *score).max() else { return Fit::None };
    let names: Vec<&str> =
        scored.iter().filter(|(score, _)| *score == best).map(|(_, one)| one.name.as_str()).collect();
    match names[..] {
        [name] => Fit::One { name, agreed: best.1 },
        _ => Fit::Several(names),
    }
}

/// The numbers of equal and different values. Values that the pattern does not state are not counted.
fn compare(proven: &Value, stated: &Value) -> (usize, usize) {
    match (proven, stated) {
        (Value::Object(proven), Value::Object(stated)) => {
            let both = proven.iter().filter_map(|(key, value)| Some((value, stated.get(key)?)));
            both.map(|(value, other)| compare(value, other)).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
        }
        _ if proven == stated => (1, 0),
        _ => (0, 1),
    }
}

/// The rest of a draft's `spec` when it uses a pattern (RFC 7396): values that differ or that the pattern does not state.
pub(super) fn without(proven: &Map<String, Value>, candidates: &[Candidate], name: &str) -> Map<String, Value> {
    let stated = candidates.iter().find(|one| one.name == name).map(|one| &one.spec);
    match stated {
        Some(Value::Object(stated)) => rest(proven, stated),
        _ => proven.clone(),
    }
}

fn rest(proven: &Map<String, Value>, stated: &Map<String, Value>) -> Map<String, Value> {
    let mut left = Map::new();
    for (key, value) in proven {
        match (value, stated.get(key)) {
            (value, Some(other)) if value == other => {}
            (Value::Object(value), Some(Value::Object(other))) => {
                let value = rest(value, other);
                if !value.is_empty() {
                    left.insert(key.clone(), Value::Object(value));
                }
            }
            (value, _) => drop(left.insert(key.clone(), value.clone())),
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn candidate(name: &str, spec: Value, uses: usize) -> Candidate {
        Candidate { name: name.into(), spec, uses }
    }

    fn spec(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    fn okta_scim(operations: &[&str]) -> Value {
        json!({"signOn": {"system": "okta", "protocol": "saml"}, "provisioning": {"mode": "scim", "scim": {"operations": operations}}})
    }

    #[test]
    fn the_pattern_with_the_fewest_differences_fits_and_a_tie_does_not() {
        let all = ["create", "update", "disable"];
        let proven = spec(&okta_scim(&all));
        let entra = json!({"signOn": {"system": "entra-id", "protocol": "saml"}, "provisioning": {"mode": "scim"}});
        let jit = json!({"signOn": {"system": "okta", "protocol": "saml"}, "provisioning": {"mode": "jit"}});
        for (candidates, want) in [
            (vec![], Fit::None),
            (vec![candidate("entra", entra.clone(), 9), candidate("jit", jit, 9)], Fit::None),
            (vec![candidate("a", okta_scim(&all), 0), candidate("entra", entra, 9)], Fit::One { name: "a", agreed: 4 }),
            (
                vec![candidate("a", okta_scim(&["create"]), 9), candidate("b", okta_scim(&all), 0)],
                Fit::One { name: "b", agreed: 4 },
            ),
            (
                vec![candidate("a", okta_scim(&all), 2), candidate("b", okta_scim(&all), 3)],
                Fit::One { name: "b", agreed: 4 },
            ),
            (
                vec![candidate("a", okta_scim(&all), 2), candidate("b", okta_scim(&all), 2)],
                Fit::Several(vec!["a", "b"]),
            ),
        ] {
            assert_eq!(fit(&proven, &candidates), want);
        }
        // A pattern must not fit if the export does not prove a decisive value.
        let unproven = spec(&json!({"signOn": {"system": "okta"}}));
        assert_eq!(fit(&unproven, &[candidate("a", okta_scim(&all), 1)]), Fit::None);
    }

    /// RFC 7396, for objects without `null`.
    fn merged(under: &Value, over: &Value) -> Value {
        match (under, over) {
            (Value::Object(under), Value::Object(over)) => {
                let mut all = under.clone();
                for (key, value) in over {
                    let value = all.get(key).map_or_else(|| value.clone(), |known| merged(known, value));
                    all.insert(key.clone(), value);
                }
                Value::Object(all)
            }
            _ => over.clone(),
        }
    }

    fn contains(whole: &Value, part: &Value) -> bool {
        match (whole, part) {
            (Value::Object(whole), Value::Object(part)) => {
                part.iter().all(|(key, value)| whole.get(key).is_some_and(|whole| contains(whole, value)))
            }
            _ => whole == part,
        }
    }

    fn tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![(0..3).prop_map(|n| json!(n)), "[ab]".prop_map(Value::from), Just(json!(["x"]))];
        leaf.prop_recursive(3, 24, 3, |inner| {
            prop::collection::btree_map("[a-d]", inner, 1..4).prop_map(|map| Value::Object(map.into_iter().collect()))
        })
    }

    proptest! {
        #[test]
        fn pattern_and_rest_prove_the_same_as_the_whole_draft(proven in tree(), stated in tree()) {
            let (proven, stated) = (json!({"k": proven}), json!({"k": stated}));
            let candidates = [candidate("p", stated.clone(), 0)];
            let left = without(proven.as_object().expect("an object"), &candidates, "p");
            prop_assert!(contains(&merged(&stated, &Value::Object(left.clone())), &proven), "{left:?}");
        }
    }
}
