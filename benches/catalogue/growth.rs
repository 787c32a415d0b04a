//! Measures the rules that read the whole catalogue or look up other declarations, on growing catalogues with as many teams, systems, waivers,
//! vendors and aliases as apps. The declarations refer to each other. Half of the references are wrong in the way that is slowest to detect: they
//! name a person instead of a team, or an alias of a system.

use std::{collections::BTreeSet, hint::black_box, sync::Arc, time::Instant};

use camino::Utf8Path;
use leaver::{
    config::Overrides,
    files::Workspace,
    model::{Catalogue, Declaration},
    policy::{Budget, Facts, PolicySet, data_document, looked_up, run_rules},
    rule::Scope,
    ruleset,
    source::{SourceFile, YamlLimits, parse},
};
use serde_json::{Map, Value, json};

use super::make::TODAY;

const SIZES: [usize; 3] = [5_000, 10_000, 20_000];
/// Rules on single declarations that look up other declarations.
const RULES_WITH_LOOKUPS: [&str; 5] = [
    "catalogue/unknown-owner",
    "catalogue/unknown-system",
    "credential/long-lived",
    "owner/empty-team",
    "owner/person-not-team",
];

fn declare(text: &str, all: &mut Vec<Declaration>) {
    let file = Arc::new(SourceFile::new("a.yaml", text));
    for document in parse(&file, &YamlLimits::default()).documents {
        let word = |path: [&str; 2]| {
            document.root.get(path[0]).and_then(|node| if path[1].is_empty() { Some(node) } else { node.get(path[1]) })
        };
        let text = |path| word(path).and_then(|node| node.text()).expect("text").to_owned();
        all.push(Declaration {
            kind: text(["kind", ""]),
            name: text(["metadata", "name"]),
            file: Arc::clone(&file),
            document: document.index,
            well_formed: true,
            root: Arc::new(document.root),
            inherited: None,
        });
    }
}

fn catalogue(size: usize) -> (Catalogue, Value) {
    let mut all = Vec::new();
    let mut vendors = Map::new();
    for n in 0..size {
        let owner = if n % 2 == 0 { format!("team-{n}") } else { format!("person-{n}") };
        let system = if n % 2 == 0 { format!("system-{n}") } else { format!("alias-{n}") };
        let life = format!(
            "{{create: {{via: scim, owner: {owner}, system: {system}}}, update: {{via: scim, owner: everybody}}}}"
        );
        declare(
            &format!(
                "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: app-{n}, owner: {owner}, vendor: vendor-{n}, aliases: [other-{n}]}}\nspec: {{tier: 1, sourceOfTruth: {system}, signOn: {{system: {system}, appId: id-{n}}}, lifecycle: {life}, nonHuman: [{{name: c, kind: api-key, owner: {owner}, vault: 'arn:{n}', id: key-{n}-00000, rotateEveryDays: 400}}]}}\n---\n\
                 apiVersion: leaver/v1\nkind: Team\nmetadata: {{name: team-{n}}}\nspec: {{members: [person-{n}, everybody]}}\n---\n\
                 apiVersion: leaver/v1\nkind: System\nmetadata: {{name: system-{n}, aliases: [alias-{n}]}}\nspec: {{kind: idp}}\n---\n\
                 apiVersion: leaver/v1\nkind: Waiver\nmetadata: {{name: waiver-{n}}}\nspec: {{rule: jit/no-update-owner, apps: [app-{n}, app-0], reason: r, approver: everybody, owner: {owner}, expires: 2026-12-31}}\n"
            ),
            &mut all,
        );
        vendors.insert(format!("vendor-{n}"), json!({"title": format!("Vendor {n}"), "facts": {}}));
    }
    (Catalogue::new(all, Vec::new()), Value::Object(vendors))
}

/// Measures each of these rules alone. Prints a table of the times in seconds, and the factor by which a time grew when the size doubled last.
pub(crate) fn table() {
    let root = Utf8Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clean"));
    let (_, ruleset) = ruleset::load(&Workspace::default(), root, None, &Overrides::default()).expect("good");
    let wanted = |id: &str, scope: &Scope| *scope == Scope::Catalogue || RULES_WITH_LOOKUPS.contains(&id);
    let rules: Vec<_> = ruleset.all.rules.iter().filter(|(id, rule)| wanted(id.as_str(), &rule.meta.scope)).collect();
    let mut rows: Vec<(String, Vec<f64>)> = rules.iter().map(|(id, _)| (id.to_string(), Vec::new())).collect();
    for size in SIZES {
        let (all, vendors) = catalogue(size);
        let facts = Facts {
            today: TODAY.into(),
            params: ruleset.params.clone(),
            vendors,
            signoffs: json!({}),
            rules: ruleset.ids().cloned().collect(),
        };
        let data = data_document(&all, &facts, &looked_up(&ruleset.all));
        for ((id, rule), (_, times)) in rules.iter().zip(&mut rows) {
            let alone = PolicySet { rules: [((*id).clone(), (*rule).clone())].into(), ..ruleset.all.clone() };
            let started = Instant::now();
            black_box(run_rules(&alone, &all, &BTreeSet::new(), &data, Budget::default(), &|| {}).verdicts.len());
            times.push(started.elapsed().as_secs_f64());
        }
    }
    let head: Vec<String> = SIZES.iter().map(|size| format!("{size}, s")).collect();
    println!("| rule | {} | last doubling |\n| --- | {} --- |", head.join(" | "), "--- | ".repeat(SIZES.len()));
    for (id, times) in rows {
        let last = times[times.len() - 1] / times[times.len() - 2];
        let times: Vec<String> = times.iter().map(|time| format!("{time:.2}")).collect();
        println!("| `{id}` | {} | {last:.1} |", times.join(" | "));
    }
}
