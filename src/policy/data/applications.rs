//! Collects the observations of applications, and the applications that invalid Apps name.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use regorus::Value;

use super::{Values, object, well_formed_of_kind};
use crate::{
    model::{Catalogue, Declaration},
    source::{Node, compared_id},
};

/// `{system: {appId: [Observation]}}`: the observations of each application, so that rules need not search for them. If an application has several
/// ids, each id is a key. If an App spells an id differently, this spelling is a key, too.
pub(super) fn observations(catalogue: &Catalogue, values: &Values) -> Value {
    let mut systems: BTreeMap<&str, BTreeMap<Cow<'_, str>, Vec<Value>>> = BTreeMap::new();
    for declaration in well_formed_of_kind(catalogue, "Observation") {
        let Some(spec) = declaration.root.get("spec") else { continue };
        let Some((system, id)) = spec.get("system").and_then(Node::text).zip(spec.get("appId").and_then(Node::text))
        else {
            continue;
        };
        let value = values.of(declaration);
        let ids: BTreeSet<Cow<'_, str>> = texts(spec.get("otherIds")).chain([id]).map(compared_id).collect();
        for id in ids {
            systems.entry(system).or_default().entry(id).or_default().push(value.clone());
        }
    }
    if !systems.is_empty() {
        for (system, id) in well_formed_of_kind(catalogue, "App").flat_map(Declaration::applications) {
            let Some(ids) = systems.get_mut(system) else { continue };
            if let Some(found) = ids.get(&*compared_id(&id)).filter(|_| !ids.contains_key(&*id)).cloned() {
                ids.insert(id, found);
            }
        }
    }
    object(systems.into_iter().map(|(system, ids)| {
        (Value::from(system), object(ids.into_iter().map(|(id, all)| (Value::from(&*id), Value::from(all)))))
    }))
}

/// `{ids: {system: [appId]}, names: {name: [system]}}`: the applications and names of Apps with schema errors. No rule sees these Apps, but their
/// applications count as declared. `names` maps the name, title and aliases of an App to the systems in which the App names an application. The
/// system `""` means any system, because an invalid App does not inherit the system from its pattern.
pub(super) fn invalid(catalogue: &Catalogue) -> Value {
    let mut ids: BTreeMap<&str, BTreeSet<Value>> = BTreeMap::new();
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for app in catalogue.own().iter().filter(|app| app.kind == "App" && !app.well_formed) {
        let applications = app.applications();
        for (system, id) in &applications {
            ids.entry(system).or_default().insert(Value::from(&*compared_id(id)));
        }
        let metadata = |key: &str| app.root.get("metadata").and_then(|metadata| metadata.get(key));
        let title = metadata("title").and_then(Node::text);
        for name in texts(metadata("aliases")).chain(title).chain([app.name.as_str()]) {
            names.entry(name).or_default().extend(applications.iter().map(|(system, _)| *system));
        }
    }
    let ids = ids.into_iter().map(|(system, ids)| (Value::from(system), Value::from(ids)));
    let names = names.into_iter().map(|(name, systems)| {
        let systems: BTreeSet<Value> = systems.into_iter().map(Value::from).collect();
        (Value::from(name), Value::from(systems))
    });
    object([(Value::from("ids"), object(ids)), (Value::from("names"), object(names))])
}

/// The texts in a list.
fn texts(list: Option<&Node>) -> impl Iterator<Item = &str> {
    list.map_or(&[][..], Node::items).iter().filter_map(Node::text)
}
