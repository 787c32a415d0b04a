//! Comparisons of proven values with patterns.

use proptest::prelude::*;

use super::*;

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().expect("a mapping")
}

/// Merges two values as RFC 7396 defines.
fn merged(base: &Value, own: &Value) -> Value {
    let Value::Object(own) = own else { return own.clone() };
    let mut out = base.as_object().cloned().unwrap_or_default();
    for (key, value) in own {
        if value.is_null() {
            out.remove(key);
        } else {
            let below = out.get(key).cloned().unwrap_or(Value::Null);
            out.insert(key.clone(), merged(&below, value));
        }
    }
    Value::Object(out)
}

#[test]
fn a_draft_states_values_that_the_pattern_lacks_or_contradicts() {
    let proven = map(&json!({
        "status": "live",
        "signOn": {"protocol": "saml", "system": "okta", "appId": "0oa1", "assignmentRequired": true},
        "provisioning": {"mode": "scim", "scim": {"operations": ["create", "update"], "syncMinutes": 40}},
    }));
    let pattern = json!({
        "signOn": {"protocol": "saml", "system": "okta", "appId": "0oa1", "assignmentRequired": false, "enforced": true},
        "provisioning": {"mode": "scim", "scim": {"operations": ["update", "create"], "syncMinutes": null}},
        "lifecycle": {"create": {"via": "scim"}},
    });
    let found = compare(&proven, &pattern);
    let rest = json!({
        "status": "live",
        "signOn": {"appId": "0oa1", "assignmentRequired": true},
        "provisioning": {"scim": {"syncMinutes": 40}},
    });
    assert_eq!(Value::Object(found.rest), rest);
    assert_eq!((found.agreed, found.overridden), (5, vec!["signOn.assignmentRequired".to_owned()]));
}

#[test]
fn an_empty_list_is_written_only_if_the_pattern_contradicts_it() {
    let proven = map(&json!({"provisioning": {"mode": "scim", "scim": {"operations": []}}}));
    assert_eq!(Value::Object(without_empty_lists(&proven)), json!({"provisioning": {"mode": "scim", "scim": {}}}));
    let agreeing = compare(&proven, &json!({"provisioning": {"mode": "scim", "scim": {}}}));
    assert_eq!((agreeing.rest, agreeing.agreed), (Map::new(), 1));
    let contradicting =
        compare(&proven, &json!({"provisioning": {"mode": "scim", "scim": {"operations": ["disable"]}}}));
    assert_eq!(Value::Object(contradicting.rest), json!({"provisioning": {"scim": {"operations": []}}}));
}

#[test]
fn a_pattern_for_another_system_or_mechanism_is_not_applicable() {
    let proven = map(&json!({
        "signOn": {"system": "okta", "appId": "0oa1"},
        "provisioning": {"mode": "connector", "connector": {"system": "okta"}},
    }));
    let applicable = |pattern: Value| is_applicable(&proven, &pattern, &compare(&proven, &pattern));
    let with = |provisioning: Value| json!({"signOn": {"system": "okta"}, "provisioning": provisioning});
    assert!(applicable(with(json!({"mode": "connector"}))));
    assert!(applicable(with(json!({"mode": "connector", "connector": {"system": "okta"}, "scim": {}}))));
    assert!(applicable(with(json!({"connector": {"syncMinutes": 40}, "precedence": "connector"}))));
    for other in [
        json!({}),
        json!({"signOn": {"system": "okta"}}),
        json!({"provisioning": {"mode": "connector"}}),
        json!({"signOn": {"system": "entra-id"}, "provisioning": {"mode": "connector"}}),
        with(json!({"mode": "hybrid", "connector": {}})),
        with(json!({"mode": null})),
        with(json!({"connector": {}, "jit": {}})),
        with(json!({"mode": "connector", "connector": {"system": "sailpoint"}})),
        Value::Null,
    ] {
        assert!(!applicable(other.clone()), "{other}");
    }
}

#[test]
fn long_lists_are_shortened() {
    let words: Vec<String> = (0..7).map(|at| format!("p{at}")).collect();
    assert_eq!(first_few(&words, ", "), "p0, p1, p2, p3, p4 and 2 more");
    assert_eq!(first_few(words.get(..2).expect("two"), "; "), "p0; p1");
    assert_eq!(first_few(&[], "; "), "");
}

/// Trees with few keys, so that two trees usually share keys. As in the schema, the value of a key is a mapping in both trees or in neither.
fn tree() -> impl Strategy<Value = Value> {
    let leaf = || {
        prop_oneof![
            Just(json!(true)),
            Just(json!(40)),
            Just(json!(40.0)),
            Just(json!("scim")),
            Just(json!([])),
            Just(json!(["a", "b"])),
            Just(json!(["b", "a"])),
            Just(Value::Null),
        ]
    };
    let inner = prop::collection::btree_map(prop::sample::select(vec!["x", "y", "z"]), leaf(), 0..3);
    let outer = prop::collection::btree_map(prop::sample::select(vec!["p", "q", "r"]), inner, 0..3);
    (outer, prop::collection::btree_map(prop::sample::select(vec!["a", "b"]), leaf(), 0..3)).prop_map(
        |(maps, leaves)| {
            let mut out = map(&json!(maps));
            out.extend(map(&json!(leaves)));
            Value::Object(out)
        },
    )
}

/// Removes `null`, since no export proves it.
fn proven_of(value: &Value) -> Map<String, Value> {
    map(&merged(&json!({}), value))
}

proptest! {
    #[test]
    fn a_draft_merged_into_its_pattern_contains_all_proven_values(own in tree(), pattern in tree()) {
        let proven = proven_of(&own);
        let comparison = compare(&proven, &pattern);
        // A `null` in a pattern is not inherited.
        let base = Value::Object(proven_of(&pattern));
        let effective = merged(&base, &Value::Object(comparison.rest.clone()));
        prop_assert!(contains_all(&effective, &proven), "{effective}");
        // The draft repeats no value of the pattern.
        prop_assert_eq!(compare(&comparison.rest, &pattern).agreed, 0);
        // A draft without a pattern contains all proven values, too.
        prop_assert!(contains_all(&Value::Object(without_empty_lists(&proven)), &proven));
    }
}
