//! Resolves `signoff` of leaver.yaml: the folders and the requirements. Also checks constraints that the schema cannot express.

use serde_json::Value;

use super::{
    ConfigError,
    file::{SIGNOFF_FOLDER, Signoff, TRUST_FOLDER},
    load::path_in_catalogue,
    resolver::Resolver,
};

/// Resolves the folders and the requirements.
pub(super) fn resolve_signoff(resolver: &mut Resolver<'_>) -> Signoff {
    let given = resolver.loaded.entries.signoff.clone();
    let mut folder = |key: &str, given: Option<String>, default: &str| {
        let path = ["signoff", key];
        let name = resolver.value_or_default(&path, given, default.to_owned());
        if let Err(error) = path_in_catalogue(&resolver.loaded.root, &name) {
            resolver.fail_at(&path, error);
        }
        name.trim_end_matches('/').to_owned()
    };
    let (folder, trust) = (folder("folder", given.folder, SIGNOFF_FOLDER), folder("trust", given.trust, TRUST_FOLDER));
    let mut record = |key: &str, value: Value| {
        resolver.record(format!("signoff.{key}"), value, resolver.origin_of(&["signoff", key]));
    };
    if let Some(name) = &given.catalogue {
        record("catalogue", name.as_str().into());
    }
    for (key, list) in [("immaterial", &given.immaterial), ("material", &given.material)] {
        if !list.is_empty() {
            record(key, list.clone().into());
        }
    }
    if !given.required.is_empty() {
        record("required", given.required.clone().into());
    }
    let name = |required: &Value| required.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (index, required) in given.required.iter().enumerate() {
        if given.required.iter().take(index).any(|other| name(other) == name(required)) {
            let error =
                ConfigError::new(format!("two requirements of `signoff.required` are called `{}`", name(required)))
                    .help("give each requirement its own name: findings show it");
            resolver.fail_at(&["signoff", "required"], error);
        }
    }
    Signoff {
        catalogue: given.catalogue,
        folder,
        trust,
        required: given.required,
        immaterial: given.immaterial,
        material: given.material,
    }
}
