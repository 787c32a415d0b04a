//! Computes the digest of the rules in force, which a manifest records.

use serde_json::{Value, json};

use super::digest::{digest, sha256};
use crate::ruleset::Ruleset;

/// Domain tag of this digest.
const POLICY_TAG: &str = "leaver-policy/v1\n";

/// Computes SHA-256 over the shared libraries and over every rule that `leaver.yaml` and the profile enable (text, severity, parameters). `--select`
/// and `--ignore` do not change the digest.
pub fn policy_digest(ruleset: &Ruleset) -> String {
    let rules: Vec<Value> = ruleset
        .configured
        .iter()
        .filter_map(|(id, severity)| {
            let rule = ruleset.all.rules.get(id)?;
            let params = ruleset.params.get(id).map(|params| json!(params));
            Some(json!([id.as_str(), severity.as_str(), params, sha256(rule.module.file.text().as_bytes())]))
        })
        .collect();
    let mut libraries: Vec<String> =
        ruleset.all.libraries.iter().map(|library| sha256(library.file.text().as_bytes())).collect();
    libraries.sort();
    // The digest fails only for numbers above 2^53, which parameters and limits do not allow.
    digest(POLICY_TAG, &json!([rules, libraries])).unwrap_or_else(|error| error.to_string())
}
