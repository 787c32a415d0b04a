//! The allow-list of resources that describe applications, and of the attributes that are read.

use serde_json::Value;

use super::{Resource, links};
use crate::observe::{Observed, clean, okta::vocabulary as okta_vocabulary};

/// The role of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The application itself.
    Application,
    /// A part of an application.
    Part,
    /// An assigned person.
    Individual,
    /// Assigned groups, with their number.
    Group(u64),
}

/// The attributes read from a resource.
pub(super) struct Part {
    pub(super) system: &'static str,
    pub(super) role: Role,
    /// The attribute that identifies the application.
    pub(super) link: &'static str,
    pub(super) observed: Observed,
    pub(super) changes: bool,
    pub(super) pointer: String,
    pub(super) address: String,
}

/// Resources that are applications or identity providers, with their sign-in protocol.
const APPLICATIONS: &[(&str, &str)] = &[
    ("okta_app_saml", "saml"),
    ("okta_app_oauth", "oidc"),
    ("okta_app_ws_federation", "ws-federation"),
    ("okta_app_swa", "password-vault"),
    ("okta_app_auto_login", "password-vault"),
    ("okta_app_secure_password_store", "password-vault"),
    ("okta_app_shared_credentials", "password-vault"),
    ("okta_app_basic_auth", "password-vault"),
    ("okta_app_three_field", "password-vault"),
    ("okta_app_bookmark", "none"),
    ("okta_idp_saml", "saml"),
    ("okta_idp_oidc", "oidc"),
    ("okta_idp_social", "oidc"),
    ("azuread_service_principal", ""),
];

pub(super) fn is_application(kind: &str) -> bool {
    APPLICATIONS.iter().any(|(known, _)| *known == kind)
}

/// Returns a value in nested blocks. Terraform writes a block as a mapping or as a list with one element.
fn block<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |at, key| {
        let at = at.as_array().map_or(Some(at), |items| items.first())?;
        at.get(key)
    })
}

/// Reads a resource. Returns `None` if its type does not describe applications.
pub(super) fn read(resource: &Resource<'_>) -> Option<Part> {
    let values = resource.values;
    let text = |key: &str| values.get(key).and_then(Value::as_str);
    let mut observed = Observed::default();
    let part = |system: &'static str, role: Role, link: &'static str, observed: Observed| {
        Some(Part {
            system,
            role,
            link,
            observed,
            changes: resource.changes(),
            pointer: resource.pointer.clone(),
            address: links::displayed_address(resource.address),
        })
    };
    if let Some((_, protocol)) = APPLICATIONS.iter().find(|(kind, _)| *kind == resource.kind) {
        return match resource.kind {
            "azuread_service_principal" => {
                principal(values, &mut observed);
                part("entra-id", Role::Application, "object_id", observed)
            }
            kind if kind.starts_with("okta_idp_") => {
                provider(resource, &mut observed);
                observed.set("signOn.protocol", *protocol);
                part("okta", Role::Application, "id", observed)
            }
            _ => {
                application(values, &mut observed);
                observed.set("signOn.protocol", *protocol);
                part("okta", Role::Application, "id", observed)
            }
        };
    }
    // A removed part no longer has any effect.
    let gone = resource.is_removed();
    match resource.kind {
        // Terraform cannot remove features: if the resource is removed, the features stay as they are.
        "okta_app_features" if gone => part("okta", Role::Part, "app_id", observed),
        "okta_app_features" => {
            features(values, &mut observed);
            part("okta", Role::Part, "app_id", observed)
        }
        "okta_app_connection" => {
            connection(values, &mut observed);
            if gone {
                observed.set("provisioning.enabled", false);
            }
            part("okta", Role::Part, "id", observed)
        }
        "okta_app_user"
        | "okta_app_group_assignment"
        | "okta_app_group_assignments"
        | "azuread_app_role_assignment"
            if gone =>
        {
            part(if resource.kind.starts_with("okta") { "okta" } else { "entra-id" }, Role::Part, "app_id", observed)
        }
        "okta_app_user" => part("okta", Role::Individual, "app_id", observed),
        "okta_app_group_assignment" => part("okta", Role::Group(1), "app_id", observed),
        "okta_app_group_assignments" => {
            let count = values.get("group").and_then(Value::as_array).map_or(0, Vec::len);
            part("okta", Role::Group(count as u64), "app_id", observed)
        }
        "azuread_synchronization_job" => {
            job(resource, gone, &mut observed);
            part("entra-id", Role::Part, "service_principal_id", observed)
        }
        "azuread_synchronization_secret" => {
            let credentials = values.get("credential").and_then(Value::as_array).into_iter().flatten();
            let base =
                credentials.filter(|credential| credential.get("key").and_then(Value::as_str) == Some("BaseAddress"));
            base.for_each(|credential| observed.set_from("provisioning.endpointHost", credential.get("value")));
            part("entra-id", Role::Part, "service_principal_id", observed)
        }
        "azuread_service_principal_password"
        | "azuread_service_principal_token_signing_certificate"
        | "azuread_service_principal_certificate"
            if !gone =>
        {
            let path = if resource.kind.ends_with("password") {
                "credentials.oauth-client"
            } else {
                "credentials.certificate"
            };
            observed.set_latest(path, text("end_date").and_then(clean::day));
            part("entra-id", Role::Part, "service_principal_id", observed)
        }
        "azuread_app_role_assignment" => match text("principal_type") {
            Some("User") => part("entra-id", Role::Individual, "resource_object_id", observed),
            Some("Group") => part("entra-id", Role::Group(1), "resource_object_id", observed),
            _ => part("entra-id", Role::Part, "resource_object_id", observed),
        },
        _ => None,
    }
}

fn is_on(value: Option<&Value>) -> Option<bool> {
    match value?.as_str()? {
        "ENABLED" | "ACTIVE" => Some(true),
        "DISABLED" | "INACTIVE" => Some(false),
        _ => None,
    }
}

fn application(values: &Value, observed: &mut Observed) {
    observed.set_from("label", values.get("label"));
    observed.set_first("template", [values.get("preconfigured_app"), values.get("name")]);
    if let Some(active) = is_on(values.get("status")) {
        observed.set("status", if active { "active" } else { "inactive" });
    }
    if let Some(everyone) = values.get("implicit_assignment").and_then(Value::as_bool) {
        observed.set("signOn.assignmentRequired", !everyone);
    }
    observed.set_from("signOn.selfService", values.get("accessibility_self_service"));
    // No person signs in to such an application, only a program with its own credentials.
    if values.get("type").and_then(Value::as_str) == Some("service") {
        observed.set("kind", "component");
    }
    observed.other_ids.extend(values.get("client_id").and_then(Value::as_str).and_then(clean::id));
    // The attribute is computed: it has the present value, not the value that the plan requests.
    let features =
        values.get("features").filter(|features| features.as_array().is_some_and(|features| !features.is_empty()));
    okta_vocabulary::features(features, observed);
}

fn features(values: &Value, observed: &mut Observed) {
    if values.get("name").and_then(Value::as_str).is_some_and(|name| name != "USER_PROVISIONING") {
        return;
    }
    if let Some(on) = is_on(values.get("status")) {
        observed.set("provisioning.enabled", on);
    }
    for (path, keys) in [
        ("provisioning.operations.create", ["create", "lifecycle_create"]),
        ("provisioning.operations.update", ["update", "profile"]),
        ("provisioning.operations.disable", ["update", "lifecycle_deactivate"]),
    ] {
        let [side, capability] = keys;
        if let Some(on) = is_on(block(values, &["capabilities", side, capability, "status"])) {
            observed.set(path, on);
        }
    }
}

fn connection(values: &Value, observed: &mut Observed) {
    match values.get("action").and_then(Value::as_str) {
        Some("activate") => observed.set("provisioning.enabled", true),
        Some("deactivate") => observed.set("provisioning.enabled", false),
        _ => {
            if let Some(on) = is_on(values.get("status")) {
                observed.set("provisioning.enabled", on);
            }
        }
    }
    observed.set_from("provisioning.endpointHost", values.get("base_url"));
    if observed.get("provisioning.endpointHost").is_some() {
        observed.set("provisioning.mechanism", "scim");
    }
    okta_vocabulary::auth(block(values, &["profile", "auth_scheme"]), observed);
}

fn provider(resource: &Resource<'_>, observed: &mut Observed) {
    let values = resource.values;
    let text = |key: &str| values.get(key).and_then(Value::as_str);
    observed.set("kind", "identity-provider");
    observed.set_from("label", values.get("name"));
    if let Some(active) = is_on(values.get("status")) {
        observed.set("status", if active { "active" } else { "inactive" });
    }
    // The Terraform provider's defaults for missing attributes.
    let action = |key: &str, usual| text(key).or((!resource.is_unknown(key)).then_some(usual));
    okta_vocabulary::jit(
        observed,
        action("provisioning_action", "AUTO"),
        action("deprovisioned_action", "NONE"),
        action("suspended_action", "NONE"),
        action("groups_action", "NONE"),
    );
    observed.set_from("jit.updatesAtSignIn", values.get("profile_master"));
}

fn principal(values: &Value, observed: &mut Observed) {
    observed.set_from("label", values.get("display_name"));
    if let Some(on) = values.get("account_enabled").and_then(Value::as_bool) {
        observed.set("status", if on { "active" } else { "inactive" });
    }
    observed.set_from("signOn.assignmentRequired", values.get("app_role_assignment_required"));
    match values.get("preferred_single_sign_on_mode").and_then(Value::as_str) {
        Some("saml") => observed.set("signOn.protocol", "saml"),
        Some("oidc") => observed.set("signOn.protocol", "oidc"),
        Some("password") => observed.set("signOn.protocol", "password-vault"),
        _ => {}
    }
    let client = ["client_id", "application_id"].into_iter().find_map(|key| values.get(key)?.as_str());
    observed.other_ids.extend(client.and_then(clean::id));
}

fn job(resource: &Resource<'_>, gone: bool, observed: &mut Observed) {
    let values = resource.values;
    let stated = values.get("enabled").and_then(Value::as_bool);
    let on = match stated {
        _ if gone => Some(false),
        // The Terraform provider's default.
        None => (!resource.is_unknown("enabled")).then_some(true),
        stated => stated,
    };
    if let Some(on) = on {
        observed.set("provisioning.enabled", on);
    }
    if on == Some(false) {
        observed.set("health.state", "paused");
    }
    let template = values.get("template_id").and_then(Value::as_str).unwrap_or_default();
    if matches!(template, "scim" | "customappsso" | "dataBricks") {
        observed.set("provisioning.mechanism", "scim");
    } else if !template.is_empty() {
        observed.set("provisioning.mechanism", "connector");
    }
    let interval = block(values, &["schedule", "interval"]).and_then(Value::as_str);
    if let Some(minutes) = interval.and_then(clean::minutes).filter(|_| on != Some(false)) {
        observed.set("provisioning.syncMinutes", minutes);
    }
}
