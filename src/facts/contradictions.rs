//! Finds facts of one product that contradict each other.

use std::{collections::BTreeMap, sync::OnceLock};

use serde_json::Value;

use super::rows::{Row, schema};

/// Name → the fact that was chosen for it.
pub(super) type Facts<'a> = BTreeMap<&'a str, &'a Row>;

/// The names of facts that only a product with SCIM can have, unless the value is `no` or `false`. The schema marks these facts with `needs: scim`.
fn scim_facts() -> &'static [&'static str] {
    static NAMES: OnceLock<Vec<&str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let facts = schema().pointer("/$defs/Vendor/properties/facts/properties").and_then(Value::as_object);
        let needs_scim = |fact: &Value| fact.get("needs").and_then(Value::as_str) == Some("scim");
        facts.into_iter().flatten().filter(|(_, fact)| needs_scim(fact)).map(|(name, _)| name.as_str()).collect()
    })
}

/// Whether the value says that the source does not mention the feature. Such a fact proves nothing and contradicts nothing.
pub(super) fn is_inconclusive(value: &Value) -> bool {
    matches!(value.as_str(), Some("not-listed" | "unknown"))
}

/// The contradictions between the facts of a product, including inherited facts.
pub(super) fn contradictions(facts: &Facts<'_>) -> Vec<String> {
    let value = |name: &str| facts.get(name).map(|row| &row.value);
    let is = |name: &str, wanted: &str| {
        value(name).is_some_and(|value| match value {
            Value::Bool(yes) => wanted == if *yes { "true" } else { "false" },
            other => other == wanted,
        })
    };
    let any = |name: &str, wanted: &[&str]| wanted.iter().any(|wanted| is(name, wanted));
    let has = |name: &str| value(name).is_some();
    let operations = value("operations").and_then(Value::as_array);
    let does = |word: &str| operations.is_some_and(|words| words.iter().any(|other| other == word));
    let lacks = |word: &str| operations.is_some() && !does(word);
    let claims_scim = || scim_facts().iter().any(|name| has(name) && !any(name, &["no", "false"]));
    let number = |name: &str| value(name).and_then(Value::as_u64);
    let overlaps_longer = || {
        number("tokenDays")
            .zip(number("tokenOverlapHours"))
            .is_some_and(|(days, hours)| hours > days.saturating_mul(24))
    };
    let checks = [
        (has("jitDefault") && !is("jit", "offered"), "`jitDefault` without `jit: offered`"),
        (has("jitBesideScim") && is("jit", "none"), "`jitBesideScim` beside `jit: none`"),
        (has("jitRoles") && is("jit", "none"), "`jitRoles` beside `jit: none`"),
        (is("scim", "none") && claims_scim(), "facts on SCIM beside `scim: none`"),
        (value("scim").is_some_and(is_inconclusive) && claims_scim(), "facts on SCIM, but `scim` has no known value"),
        (is("creates", "no") && does("create"), "`creates: no`, but `operations` has `create`"),
        (is("creates", "yes") && lacks("create"), "`creates: yes`, but `operations` lacks `create`"),
        (is("creates", "invitation") && lacks("create"), "`creates: invitation`, but `operations` lacks `create`"),
        (is("groups", "no") && does("groups"), "`groups: no`, but `operations` has `groups`"),
        (
            any("groups", &["yes", "update-only"]) && lacks("groups"),
            "groups are pushed, but `operations` lacks `groups`",
        ),
        (
            is("deactivation", "suspend") && lacks("disable"),
            "`deactivation: suspend`, but `operations` lacks `disable`",
        ),
        (is("deactivation", "delete") && lacks("delete"), "`deactivation: delete`, but `operations` lacks `delete`"),
        (
            is("deactivation", "remove-membership") && lacks("remove-membership"),
            "`deactivation: remove-membership`, but `operations` lacks it",
        ),
        (
            any("deactivation", &["delete", "nothing", "refused"]) && does("disable"),
            "`deactivation` does not suspend, but `operations` has `disable`",
        ),
        (is("deletion", "delete") && lacks("delete"), "`deletion: delete`, but `operations` lacks `delete`"),
        (is("deletion", "refused") && does("delete"), "`deletion: refused`, but `operations` has `delete`"),
        (
            any("deletion", &["suspend", "remove-membership", "nothing"]) && does("delete"),
            "`deletion` does not delete, but `operations` has `delete`",
        ),
        (is("deactivation", "delete") && is("reactivation", "yes"), "`deactivation: delete`, but `reactivation: yes`"),
        (is("reactivation", "no") && is("rolesOnReturn", "previous"), "`reactivation: no`, but roles come back"),
        (is("reactivation", "no") && is("keysOnReturn", "restored"), "`reactivation: no`, but keys come back"),
        (is("keys", "survive") && is("keysOnReturn", "restored"), "`keys: survive`, but they come back"),
        (
            is("deactivation", "suspend") && is("activeMapped", "false"),
            "`deactivation: suspend`, but `active` is not mapped",
        ),
        (
            is("tokenDays", "never") && is("tokenOverlapHours", "until-expiry"),
            "`tokenDays: never`, but `tokenOverlapHours: until-expiry`",
        ),
        (is("tokenDays", "never") && has("tokenNotice"), "`tokenNotice` beside `tokenDays: never`"),
        (overlaps_longer(), "`tokenOverlapHours` is longer than `tokenDays`"),
    ];
    checks
        .into_iter()
        .filter(|(broken, _)| *broken)
        .map(|(_, message)| format!("the facts contradict each other: {message}"))
        .collect()
}
