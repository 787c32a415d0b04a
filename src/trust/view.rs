//! Converts the resolved configuration to one value, so that two sides can be compared. leaver does not detect edits of a key that is missing here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::{
    config::{Config, ConfigFile},
    facts::vendors,
    rule::Severity,
    ruleset::Ruleset,
    signoff::TrustRoot,
};

/// A side of the comparison.
#[derive(Debug, Clone)]
pub struct Side {
    /// The keys of `leaver.yaml` as written.
    pub entries: ConfigFile,
    /// The resolved settings, without command-line options.
    pub config: Config,
    /// The rules that the settings select.
    pub ruleset: Ruleset,
    /// The text of `allowed_signers` and the trust root, if sign-offs are required.
    pub trust: Option<(String, TrustRoot)>,
    /// The baseline.
    pub baseline: Option<String>,
}

impl Side {
    /// Returns the configuration in force as a value. Includes the trust root only if both sides require sign-offs, and vendor facts only if either
    /// side declares some.
    pub(super) fn view(&self, other: &Self) -> Value {
        let Self { entries, config, ruleset, trust, baseline } = self;
        let names = vendor_names(&config.vendors).chain(vendor_names(&other.config.vendors)).collect::<BTreeSet<_>>();
        let vendors =
            if names.is_empty() { Value::Object(Map::new()) } else { vendors(&config.vendors, &names, false) };
        let limits = &config.limits;
        let mut view = json!({
            "failOn": config.fail_on.as_str(),
            "include": entries.include,
            "exclude": entries.exclude,
            "docsUrl": config.docs_url,
            "frameworks": entries.frameworks,
            "limits": {
                "fileBytes": limits.file_bytes, "documents": limits.yaml.documents, "depth": limits.yaml.depth,
                "nodes": limits.yaml.nodes, "aliases": limits.yaml.aliases, "findings": limits.findings,
                "ruleMillis": limits.rule_millis, "totalSeconds": limits.total_seconds, "memoryMiB": limits.memory_mib,
            },
            "rules": rules(ruleset),
            "signoff": {
                "catalogue": config.signoff.catalogue,
                "folder": config.signoff.folder,
                "trust": config.signoff.trust,
                "required": keyed_by(&config.signoff.required, "name"),
                "immaterial": config.signoff.immaterial,
                "material": config.signoff.material,
            },
            "vendors": vendors,
            "baseline": baseline.as_deref().map_or_else(|| json!({}), baseline_counts),
        });
        // Compare the trust root only if both sides require sign-offs, because a change with the first requirement also adds the trust root.
        let both = trust.as_ref().filter(|_| other.trust.is_some());
        if let (Some((signers, trust)), Some(view)) = (both, view.as_object_mut()) {
            view.insert("signers".into(), lines(signers).into());
            view.insert("revoked".into(), trust.revoked.iter().map(|row| row.what.clone()).collect());
            let approvers = trust.approvers.iter().map(|person| {
                let facts = json!({
                    "roles": person.roles, "highestTier": person.highest_tier, "from": person.from, "until": person.until,
                });
                (person.principal.clone(), facts)
            });
            view.insert("approvers".into(), Value::Object(approvers.collect()));
        }
        view
    }
}

fn rules(ruleset: &Ruleset) -> Value {
    let rule = |id| {
        let severity = ruleset.configured.get(id).copied().map_or("off", Severity::as_str);
        json!({"severity": severity, "params": ruleset.params.get(id).cloned().unwrap_or_default()})
    };
    Value::Object(ruleset.ids().map(|id| (id.to_string(), rule(id))).collect())
}

/// Converts a list of mappings to a mapping by the given key.
fn keyed_by(list: &[Value], key: &str) -> Value {
    let name = |item: &Value| item.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Value::Object(list.iter().map(|item| (name(item), item.clone())).collect())
}

/// Returns every name by which a user's vendor facts can be found.
fn vendor_names(facts: &Value) -> impl Iterator<Item = String> {
    let facts = facts.as_object().into_iter().flatten();
    facts.flat_map(|(key, facts)| {
        let aliases = facts.get("aliases").and_then(Value::as_array).into_iter().flatten();
        let more = aliases.chain(facts.get("title")).filter_map(Value::as_str);
        more.chain([key.as_str()]).map(str::to_lowercase).collect::<Vec<_>>()
    })
}

/// Splits a text into lines, without comments and blank lines.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// Counts the findings of a baseline. Returns no findings if the baseline cannot be read.
fn baseline_counts(text: &str) -> Value {
    let rows: Value = serde_json::from_str(text).unwrap_or_default();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows.get("findings").and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
        // The path of a finding has the key `pointer` in version 1 and `path` in version 2.
        let keys = ["rule", "kind", "name", "pointer", "path", "identity"];
        // Quote texts with a space; otherwise, two different findings could have the same name.
        let name =
            keys.map(|key| if text(key).contains(' ') { format!("{:?}", text(key)) } else { text(key).to_owned() });
        let name = name.join(" ");
        *counts.entry(name).or_default() += row.get("count").and_then(Value::as_u64).unwrap_or(1);
    }
    json!(counts)
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;
    use crate::{
        config::{Overrides, discover},
        files::Workspace,
        ruleset::resolve,
    };

    #[test]
    fn every_key_of_the_configuration_is_compared() {
        let loaded = discover(&Workspace::of_disk(env!("CARGO_MANIFEST_DIR").into()), Utf8Path::new("examples"), None)
            .expect("a configuration");
        let (config, ruleset) = resolve(&loaded, &Overrides::default()).expect("a resolved configuration");
        let side = Side { entries: loaded.entries, config, ruleset, trust: None, baseline: None };
        let view = side.view(&side);
        let schema: Value = serde_json::from_str(include_str!("../../schemas/config.schema.json")).expect("JSON");
        let keys = |at: &Value| at["properties"].as_object().expect("keys").keys().cloned().collect::<Vec<_>>();
        // A profile and policy folders have an effect only on the rules, which are compared.
        for key in keys(&schema).iter().filter(|key| !["version", "profile", "policies"].contains(&key.as_str())) {
            assert!(view.get(key).is_some(), "{key}");
        }
        for (part, name) in [("limits", "Limits"), ("signoff", "Signoff")] {
            for key in keys(&schema["$defs"][name]) {
                assert!(view[part].get(&key).is_some(), "{part}.{key}");
            }
        }
    }
}
