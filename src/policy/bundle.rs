//! Writes an OPA bundle: the unchanged rules, the catalogue as data, and a module that collects the same findings as `leaver check`.

use std::io::{self, Write};

use flate2::{Compression, GzBuilder};

use super::{
    data::{Facts, data_document},
    load::{PolicySet, package},
};
use crate::{
    model::{Catalogue, KINDS},
    rule::Scope,
};

/// Builds the bundle. Equal inputs result in equal bytes.
pub fn bundle(set: &PolicySet, catalogue: &Catalogue, facts: &Facts) -> io::Result<Vec<u8>> {
    let mut data = serde_json::to_value(data_document(catalogue, facts, &KINDS.into_iter().collect()))?;
    let declarations: Vec<serde_json::Value> = catalogue
        .own()
        .iter()
        .filter(|declaration| declaration.well_formed)
        .map(|declaration| serde_json::Value::from(&*declaration.root))
        .collect();
    let own = || catalogue.own().iter().filter(|declaration| declaration.well_formed).enumerate();
    let populations: Vec<serde_json::Value> = own()
        .flat_map(|(at, app)| app.populations().iter().map(move |population| (at, population)))
        .filter(|(_, population)| population.well_formed)
        .map(|(at, population)| serde_json::json!({"of": at, "value": serde_json::Value::from(&*population.root)}))
        .collect();
    let replaced = own().filter(|(_, declaration)| declaration.is_replaced()).map(|(at, _)| at);
    let replaced: Vec<serde_json::Value> = replaced.map(serde_json::Value::from).collect();
    if let Some(leaver) = data.get_mut("leaver").and_then(serde_json::Value::as_object_mut) {
        leaver.insert("declarations".into(), declarations.into());
        leaver.insert("populations".into(), populations.into());
        leaver.insert("replaced".into(), replaced.into());
    }
    let manifest = serde_json::json!({"roots": ["leaver", "leaver_report", "policies"], "rego_version": 1});
    let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    let mut archive = tar::Builder::new(gzip);
    let mut add = |path: &str, content: &[u8]| -> io::Result<()> {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_cksum();
        archive.append_data(&mut header, path, content)
    };
    add(".manifest", manifest.to_string().as_bytes())?;
    add("data.json", serde_json::to_string(&data)?.as_bytes())?;
    for library in &set.libraries {
        add(
            &format!("lib/{}", library.file.path().rsplit('/').next().unwrap_or("lib.rego")),
            library.file.text().as_bytes(),
        )?;
    }
    for (id, rule) in set.rules.iter().filter(|(_, rule)| !rule.meta.native) {
        add(&format!("policies/{id}/rule.rego"), rule.module.file.text().as_bytes())?;
    }
    add("leaver_report.rego", report(set).as_bytes())?;
    let mut gzip = archive.into_inner()?;
    gzip.flush()?;
    gzip.finish()
}

/// Returns the module with `data.leaver_report.findings`. Each finding has its rule and the index of its declaration. A finding in a derived
/// population also has the name of the population.
fn report(set: &PolicySet) -> String {
    let mut text = String::from(
        "# All findings of `leaver check` on data.leaver.declarations: {rule, declaration, population, path, message, …}. A fault that a population\n# inherits is also a finding of the population.\npackage leaver_report\n\nimport rego.v1\n",
    );
    for (id, rule) in set.rules.iter().filter(|(_, rule)| !rule.meta.native) {
        let query = format!("data.{}.findings", package(id));
        match &rule.meta.scope {
            Scope::Catalogue => text.push_str(&format!(
                "\nfindings contains object.union(found, {{\"rule\": \"{id}\"}}) if {{\n\tsome found in {query} with input as {{\"declarations\": data.leaver.declarations}}\n}}\n"
            )),
            Scope::Kinds(kinds) => {
                // Rules on secrets also evaluate an App that is replaced by its populations, because a text that the populations override may
                // contain a secret.
                let replaced = if rule.meta.secret { "" } else { "\tnot at in data.leaver.replaced\n" };
                if kinds.iter().any(|kind| kind == "App") {
                    text.push_str(&format!(
                        "\nfindings contains object.union(found, {{\"rule\": \"{id}\", \"declaration\": one.of, \"population\": one.value.metadata.population}}) if {{\n\tsome one in data.leaver.populations\n\tsome found in {query} with input as one.value\n}}\n"
                    ));
                }
                let kinds = kinds.iter().map(|kind| format!("\"{kind}\"")).collect::<Vec<_>>().join(", ");
                text.push_str(&format!(
                    "\nfindings contains object.union(found, {{\"rule\": \"{id}\", \"declaration\": at}}) if {{\n\tsome at, declaration in data.leaver.declarations\n{replaced}\tdeclaration.kind in {{{kinds}}}\n\tsome found in {query} with input as declaration\n}}\n"
                ));
            }
            Scope::Document => {}
        }
    }
    text
}
