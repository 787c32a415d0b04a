//! Translates Okta's vocabulary, which its API and its Terraform provider share.

use serde_json::Value;

use super::super::Observed;

/// Reads the list of features. If no feature is a push (the list is empty or has only imports), Okta pushes nothing, but the application may create
/// accounts itself.
pub(in crate::observe) fn features(list: Option<&Value>, observed: &mut Observed) {
    let Some(features) = list.and_then(Value::as_array) else { return };
    let has = |name: &str| features.iter().any(|feature| feature.as_str() == Some(name));
    let is_push = |name: &str| {
        name.starts_with("PUSH_") || matches!(name, "GROUP_PUSH" | "REACTIVATE_USERS" | "ENTITLEMENT_MANAGEMENT")
    };
    if !features.iter().filter_map(Value::as_str).any(is_push) {
        // A value of another type is not a feature, so the list proves nothing.
        if features.iter().all(Value::is_string) {
            observed.set("provisioning.enabled", false);
        }
        return;
    }
    observed.set("provisioning.mechanism", if has("SCIM_PROVISIONING") { "scim" } else { "connector" });
    observed.set("provisioning.enabled", true);
    observed.set("provisioning.operations.create", has("PUSH_NEW_USERS"));
    observed.set("provisioning.operations.update", has("PUSH_PROFILE_UPDATES"));
    observed.set("provisioning.operations.disable", has("PUSH_USER_DEACTIVATION"));
    observed.set("provisioning.operations.reactivate", has("REACTIVATE_USERS"));
    observed.set("provisioning.operations.groups", has("GROUP_PUSH"));
    observed.set("provisioning.operations.entitlements", has("ENTITLEMENT_MANAGEMENT"));
}

/// Reads the authentication scheme.
pub(in crate::observe) fn auth(scheme: Option<&Value>, observed: &mut Observed) {
    match scheme.and_then(Value::as_str) {
        Some("TOKEN" | "BEARER") => observed.set("provisioning.auth", "bearer"),
        Some("OAUTH2" | "OAUTH") => observed.set("provisioning.auth", "oauth2"),
        Some("BASIC") => observed.set("provisioning.auth", "basic"),
        _ => {}
    }
}

/// Merges `part` into the observation of an application. `part` comes from one of two endpoints: features or connection. The values of `part`
/// override values that [`features`] read from the application itself. If either endpoint shows that provisioning is disabled, so does the merged
/// observation.
pub(in crate::observe) fn merge(observed: &mut Observed, mut part: Observed) {
    let off = |observed: &Observed| observed.get("provisioning.enabled") == Some(&Value::from(false));
    // Without a mechanism, `provisioning.enabled: false` only means that the list of features has no pushes, so a value of `part` overrides it.
    let pushes = observed.get("provisioning.mechanism").is_some();
    let is_off = off(&part) || (off(observed) && pushes);
    part.add(std::mem::take(observed));
    *observed = part;
    if is_off {
        observed.set("provisioning.enabled", false);
    }
}

/// Reads from an identity provider's policy how a sign-in changes accounts.
pub(in crate::observe) fn jit(
    observed: &mut Observed,
    action: Option<&str>,
    deprovisioned: Option<&str>,
    suspended: Option<&str>,
    groups: Option<&str>,
) {
    match action {
        Some("AUTO") => observed.set("jit.creates", true),
        Some("DISABLED" | "CALLOUT") => observed.set("jit.creates", false),
        _ => {}
    }
    let again =
        [deprovisioned, suspended].into_iter().flatten().any(|action| matches!(action, "REACTIVATE" | "UNSUSPEND"));
    if again || deprovisioned.or(suspended).is_some() {
        observed.set("jit.reactivates", again);
    }
    match groups {
        Some("NONE") => observed.set("jit.roleSync", "none"),
        Some("ASSIGN") => observed.set("jit.roleSync", "assign"),
        Some("APPEND") => observed.set("jit.roleSync", "append"),
        Some("SYNC") => observed.set("jit.roleSync", "sync"),
        _ => {}
    }
}
