//! Detects the format of a value, and describes values of unknown formats.

use serde_json::Value;

use super::{ADAPTERS, Page, clean};
use crate::report::{Code, Failure};

/// Finds the adapter that reads a value. Returns `None` for an empty list that no adapter recognises by its file name, because such a list could be
/// in any format.
pub(super) fn adapter_of(page: &Page, chosen: Option<usize>) -> Result<Option<usize>, Failure> {
    let found = ADAPTERS.iter().position(|adapter| adapter.recognise(page).is_some());
    if page.value.as_array().is_some_and(Vec::is_empty) {
        return Ok(found.filter(|found| chosen.is_none_or(|chosen| chosen == *found)));
    }
    let named = |at: usize| ADAPTERS.get(at).map_or("", |adapter| adapter.name());
    if let Some(chosen) = chosen {
        let fits = ADAPTERS.get(chosen).is_some_and(|adapter| adapter.recognise(page).is_some());
        if fits {
            return Ok(Some(chosen));
        }
    } else if found.is_some() {
        return Ok(found);
    }
    let what = found.and_then(|at| ADAPTERS.get(at)?.recognise(page).map(|what| (named(at), what)));
    let (looks, help) = match what {
        Some((format, what)) => (what.to_owned(), format!("read it with the format `{format}`, or with `auto`")),
        None => (
            looks_like(&page.value),
            format!(
                "the formats are {}; docs/observe.md lists the commands that create such exports",
                super::formats().join(", ")
            ),
        ),
    };
    let message = match chosen {
        Some(chosen) => format!("`{}` is not an export for `{}`: it looks like {looks}", page.shown, named(chosen)),
        None => format!("`{}` is not an export that leaver can read: it looks like {looks}", page.shown),
    };
    Err(Failure::new(Code::Read, message).help(help).file(&page.shown))
}

/// Values that leaver does not read: the keys that identify the value, and its description. `a/b` means the key `b` of the object at the key `a`.
const OTHERS: &[(&[&str], &str)] = &[
    (
        &["lineage", "serial"],
        "the state file of Terraform itself (`terraform show -json` writes the format that leaver reads)",
    ),
    (
        &["@level", "@message"],
        "the log of `terraform plan -json` (`terraform show -json` on a saved plan writes the format that leaver reads)",
    ),
    (&["errorCode"], "the error response of an API, so export it again with a token that may read it"),
    (&["error"], "the error response of an API, so export it again with a token that may read it"),
    (&["profile/login", "status"], "people of Okta (leaver reads `/api/v1/apps` and `/api/v1/apps/ID/users`)"),
    (&["objectClass", "profile/name"], "groups of Okta (leaver reads `/api/v1/apps` and `/api/v1/apps/ID/groups`)"),
    (&["eventType", "actor", "outcome"], "the system log of Okta (leaver reads `/api/v1/apps`)"),
    (&["sourceGroupId", "targetGroupId"], "group pushes of Okta (leaver reads `features` in `/api/v1/apps`)"),
    (&["clientId", "scopes", "issuer"], "tokens of an application of Okta (leaver reads `/api/v1/apps`)"),
    (&["scopeId", "issuer"], "grants of an application of Okta (leaver reads `/api/v1/apps`)"),
    (
        &["principalType", "resourceId"],
        "the applications of one person or group of Entra ID (leaver reads `/servicePrincipals/ID/appRoleAssignedTo`)",
    ),
    (&["userPrincipalName"], "people of Entra ID (leaver reads `/servicePrincipals`)"),
    (&["appId", "signInAudience"], "app registrations of Entra ID (leaver reads `/servicePrincipals`)"),
    (
        &["objectId", "appId"],
        "an answer of the retired Azure AD Graph (leaver reads `/servicePrincipals` of Microsoft Graph)",
    ),
    (&["clientId", "surrogateAuthRequired"], "clients of Keycloak (docs/observe.md has a jq program for them)"),
    (
        &["userName", "schemas"],
        "people of a SCIM server (leaver reads its ServiceProviderConfig, ResourceTypes and Schemas)",
    ),
];

/// Returns the description of a value in `OTHERS`.
fn other_format(value: &Value) -> Option<&'static str> {
    let has = |key: &&str| value.pointer(&format!("/{key}")).is_some();
    OTHERS.iter().find(|(keys, _)| value.is_object() && keys.iter().all(has)).map(|(_, what)| *what)
}

/// Describes a value that no adapter recognises. Keys are shown only if they are plain words.
fn looks_like(value: &Value) -> String {
    let lists = ["value", "Resources", "items"].into_iter().filter_map(|key| value.get(key)).chain([value]);
    let entries = lists.filter_map(Value::as_array).flatten().take(100);
    if let Some(what) = other_format(value).or_else(|| entries.into_iter().find_map(other_format)) {
        return what.to_owned();
    }
    let keys = |value: &Value| {
        let keys: Vec<String> =
            value.as_object().into_iter().flatten().filter_map(|(key, _)| clean::word(key)).take(6).collect();
        let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        if quoted.is_empty() { "no keys".to_owned() } else { quoted.join(", ") }
    };
    match value {
        Value::Object(map) => {
            let list = map
                .iter()
                .find_map(|(key, list)| list.as_array()?.iter().find(|item| item.is_object()).zip(clean::word(key)));
            match list {
                Some((first, key)) => format!("a JSON object whose list `{key}` has objects with {}", keys(first)),
                None => format!("a JSON object with {}", keys(value)),
            }
        }
        Value::Array(items) => match items.iter().find(|item| item.is_object()) {
            Some(item) => format!("a list of {} objects with {}", items.len(), keys(item)),
            None => format!("a list of {} values", items.len()),
        },
        Value::String(_) => "a text".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::Bool(_) | Value::Null => "a single value".to_owned(),
    }
}
