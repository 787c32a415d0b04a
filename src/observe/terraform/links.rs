//! Finds the application of a resource. The id of a new application is unknown before a plan is applied, so the address of the resource is used
//! instead.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Resource, resources::Part};
use crate::observe::clean;

/// Ids of applications by address, and the references in the configuration.
pub(super) struct Links<'a> {
    ids: BTreeMap<&'a str, String>,
    /// Ids of the applications that a plan replaces, by address.
    replaced: BTreeMap<&'a str, String>,
    /// Address of a resource → addresses that it references. The addresses have no indexes.
    references: BTreeMap<String, Vec<&'a str>>,
}

/// Returns an address as Observations show it: without the keys of `for_each`, which often name people.
pub(super) fn displayed_address(address: &str) -> String {
    clean::id(&without_indexes(address)).unwrap_or_else(|| "unknown".to_owned())
}

/// `module.a["x"].okta_app_saml.b[0]` → `module.a.okta_app_saml.b`. A key may contain any character.
fn without_indexes(address: &str) -> String {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut out = String::new();
    for c in address.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if depth > 0 => quoted = !quoted,
            _ if quoted => {}
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// Reads an id. The provider azuread writes paths such as `/servicePrincipals/ID`, whose last part is the id.
pub(super) fn id_of(value: Option<&Value>) -> Option<String> {
    let text = value?.as_str()?;
    clean::id(text.rsplit('/').next().unwrap_or(text))
}

/// Returns the current id of an application.
pub(super) fn own_id(resource: &Resource<'_>) -> Option<String> {
    id_of(resource.values.get("object_id")).or_else(|| id_of(resource.values.get("id")))
}

impl<'a> Links<'a> {
    pub(super) fn of(root: &'a Value, resources: &[Resource<'a>]) -> Self {
        let mut ids = BTreeMap::new();
        // The number of new applications for each address without keys.
        let mut alike: BTreeMap<String, usize> = BTreeMap::new();
        let applications = resources.iter().filter(|resource| super::resources::is_application(resource.kind));
        for resource in applications.filter(|resource| !resource.is_former()) {
            // A replaced application gets a new id.
            let known = if resource.action == super::PlannedAction::Created { None } else { own_id(resource) };
            let id = known.unwrap_or_else(|| {
                let address = displayed_address(resource.address);
                let nth = alike.entry(address.clone()).or_default();
                *nth += 1;
                if *nth == 1 { address } else { format!("{address}#{nth}") }
            });
            ids.insert(resource.address, id);
        }
        let former = resources.iter().filter(|resource| resource.is_former());
        let replaced = former.filter_map(|resource| Some((resource.address, own_id(resource)?))).collect();
        let mut references = BTreeMap::new();
        if let Some(module) = root.pointer("/configuration/root_module") {
            collect_references(module, "", 0, &mut references);
        }
        Self { ids, replaced, references }
    }

    /// Returns the id of an application.
    pub(super) fn id(&self, resource: &Resource<'_>) -> Option<String> {
        self.ids.get(resource.address).cloned()
    }

    /// If the plan replaces an application with the application of this resource, returns the id of the old application. Both applications have the
    /// same full address, including the key of `for_each`.
    pub(super) fn replaced(&self, resource: &Resource<'_>) -> Option<&str> {
        let is_new = resource.action == super::PlannedAction::Created;
        self.replaced.get(resource.address).filter(|_| is_new).map(String::as_str)
    }

    /// Returns the id of the application that a part belongs to.
    pub(super) fn application(&self, resource: &Resource<'_>, part: &Part) -> Option<String> {
        if let Some(id) = id_of(resource.values.get(part.link)) {
            return Some(id);
        }
        let refers = self.references.get(&without_indexes(resource.address))?;
        let module =
            resource.address.rfind(resource.kind).and_then(|at| resource.address.get(..at)).unwrap_or_default();
        let index = resource
            .address
            .strip_suffix(']')
            .and_then(|rest| rest.rfind('['))
            .and_then(|at| resource.address.get(at..));
        refers.iter().find_map(|target| {
            let full_address = format!("{module}{target}");
            let indexed = index.map(|index| format!("{full_address}{index}"));
            indexed
                .and_then(|address| self.ids.get(address.as_str()))
                .or_else(|| self.ids.get(full_address.as_str()))
                .cloned()
        })
    }
}

/// Collects the references of all resources in a module and its child modules. A reference is the `type.name` of another resource in the same module.
fn collect_references<'a>(
    module: &'a Value,
    prefix: &str,
    level: usize,
    references: &mut BTreeMap<String, Vec<&'a str>>,
) {
    if level > super::LEVELS {
        return;
    }
    for resource in module.get("resources").and_then(Value::as_array).into_iter().flatten() {
        let Some(address) = resource.get("address").and_then(Value::as_str) else { continue };
        let mut targets = Vec::new();
        for attribute in ["app_id", "id", "service_principal_id", "resource_object_id"] {
            let all = resource.pointer(&format!("/expressions/{attribute}/references")).and_then(Value::as_array);
            targets.extend(
                all.into_iter().flatten().filter_map(Value::as_str).filter(|target| target.matches('.').count() == 1),
            );
        }
        references.insert(format!("{prefix}{address}"), targets);
    }
    for (name, call) in module.get("module_calls").and_then(Value::as_object).into_iter().flatten() {
        if let Some(inner) = call.get("module") {
            collect_references(inner, &format!("{prefix}module.{name}."), level + 1, references);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_indexes;

    #[test]
    fn indexes_are_removed_from_addresses() {
        for index in [
            "0",
            "\"eu\"",
            "\"ada.lovelace\"",
            "\"a]ada\"",
            "\"[ada\"",
            "\"a\\\"]ada\"",
            "\"ada\\\\\"",
            "\"ada\"][\"b\"",
        ] {
            let address = format!("module.m[{index}].okta_app_user.quill[{index}]");
            assert_eq!(without_indexes(&address), "module.m.okta_app_user.quill", "{address}");
        }
    }
}
