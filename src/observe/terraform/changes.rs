//! Reads the resources of a state or a plan, each with its present or planned values.

use std::collections::BTreeSet;

use serde_json::Value;

use super::resources::is_application;

/// One resource, with its present or planned values.
pub(super) struct Resource<'a> {
    pub(super) address: &'a str,
    pub(super) kind: &'a str,
    pub(super) values: &'a Value,
    /// The values that are unknown until the plan is applied.
    unknown: Option<&'a Value>,
    pub(super) action: PlannedAction,
    pub(super) pointer: String,
}

/// The action of a plan on a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlannedAction {
    /// The plan does not change the resource.
    Unchanged,
    /// The plan changes the resource.
    Updated,
    /// The plan creates the resource. Its id is not known yet.
    Created,
    /// The plan removes the resource.
    Removed,
    /// The plan replaces the resource with another resource at the same address.
    Replaced,
    /// The resource was removed outside of Terraform.
    RemovedElsewhere,
}

impl PlannedAction {
    fn of(actions: &[&str]) -> Self {
        let has = |action: &str| actions.contains(&action);
        match () {
            () if has("create") => Self::Created,
            () if has("delete") => Self::Removed,
            () if has("update") => Self::Updated,
            () => Self::Unchanged,
        }
    }
}

impl Resource<'_> {
    /// Whether a value is unknown until the plan is applied. An unknown value is missing in `values`, like a value that is not set.
    pub(super) fn is_unknown(&self, key: &str) -> bool {
        self.unknown.and_then(|unknown| unknown.get(key)) == Some(&Value::Bool(true))
    }

    pub(super) fn changes(&self) -> bool {
        matches!(
            self.action,
            PlannedAction::Updated | PlannedAction::Created | PlannedAction::Removed | PlannedAction::Replaced
        )
    }

    /// Whether the resource is already removed, or the plan removes it. The id of such a resource is known.
    pub(super) fn is_removed(&self) -> bool {
        matches!(self.action, PlannedAction::Removed) || self.is_former()
    }

    /// Whether the resource is removed from its address, where the plan may create another resource.
    pub(super) fn is_former(&self) -> bool {
        matches!(self.action, PlannedAction::Replaced | PlannedAction::RemovedElsewhere)
    }
}

/// Reads the resources of a plan or a state.
pub(super) fn resources(root: &Value) -> Vec<Resource<'_>> {
    let mut resources = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    // `resource_drift` also lists changes outside of Terraform that the plan does not revert.
    for list in ["resource_changes", "resource_drift"] {
        let changes = root.get(list).and_then(Value::as_array).into_iter().flatten().enumerate();
        for (at, change) in changes {
            let text = |key: &str| change.get(key).and_then(Value::as_str);
            let (Some(address), Some(kind)) = (text("address"), text("type")) else { continue };
            // Skip data sources, which Terraform does not manage, and deposed objects, which are remainders of replaced resources.
            if text("mode") == Some("data") || change.get("deposed").is_some() {
                continue;
            }
            let is_new = seen.insert(address);
            let side = |key: &str| change.pointer(&format!("/change/{key}")).filter(|value| value.is_object());
            let actions = change.pointer("/change/actions").and_then(Value::as_array).into_iter().flatten();
            let actions: Vec<&str> = actions.filter_map(Value::as_str).collect();
            let is_application = is_application(kind);
            let unknown = change.pointer("/change/after_unknown");
            let mut push = |values, action, key: &str| {
                let unknown = unknown.filter(|_| key == "after");
                let pointer = format!("/{list}/{at}/change/{key}");
                resources.push(Resource { address, kind, values, unknown, action, pointer });
            };
            match (list, side("before"), side("after")) {
                // The plan may create another resource at the address, so list the removed resource separately.
                ("resource_drift", Some(before), None) if is_new || is_application => {
                    push(before, PlannedAction::RemovedElsewhere, "before");
                }
                _ if !is_new => {}
                ("resource_drift", before, after) => {
                    let key = if after.is_some() { "after" } else { "before" };
                    after.or(before).into_iter().for_each(|values| push(values, PlannedAction::Unchanged, key));
                }
                (_, before, after) => {
                    let key = if after.is_some() { "after" } else { "before" };
                    after.or(before).into_iter().for_each(|values| push(values, PlannedAction::of(&actions), key));
                    let is_replaced = is_application && actions.contains(&"create") && actions.contains(&"delete");
                    before
                        .filter(|_| is_replaced)
                        .into_iter()
                        .for_each(|old| push(old, PlannedAction::Replaced, "before"));
                }
            }
        }
    }
    // A plan lists each resource in `resource_changes`, unless the plan only refreshes the state.
    if root.get("resource_changes").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        for top in ["values", "planned_values"] {
            if let Some(module) = root.pointer(&format!("/{top}/root_module")) {
                let mut all = Vec::new();
                collect_resources(module, &format!("/{top}/root_module"), 0, &mut all);
                resources.extend(all.into_iter().filter(|resource| !seen.contains(resource.address)));
            }
        }
    }
    resources
}

/// Maximum depth of nested modules. Terraform itself allows far fewer levels.
pub(super) const LEVELS: usize = 60;

fn collect_resources<'a>(module: &'a Value, pointer: &str, level: usize, resources: &mut Vec<Resource<'a>>) {
    for (at, resource) in module.get("resources").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let text = |key: &str| resource.get(key).and_then(Value::as_str);
        let (Some(address), Some(kind)) = (text("address"), text("type")) else { continue };
        if text("mode") == Some("data") {
            continue;
        }
        let Some(values) = resource.get("values").filter(|values| values.is_object()) else { continue };
        resources.push(Resource {
            address,
            kind,
            values,
            unknown: None,
            action: PlannedAction::Unchanged,
            pointer: format!("{pointer}/resources/{at}/values"),
        });
    }
    for (at, child) in module
        .get("child_modules")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
        .take_while(|_| level < LEVELS)
    {
        collect_resources(child, &format!("{pointer}/child_modules/{at}"), level + 1, resources);
    }
}
