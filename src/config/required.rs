//! `signoff:` of leaver.yaml: the folders and the requirements. Checks what the schema cannot express.

use serde_json::Value;

use super::{
    ConfigError,
    file::{SIGNOFF_FOLDER, Signoff, TRUST_FOLDER},
    load::inside,
    settle::Settling,
};

/// Resolves the requirements.
pub(super) fn signoff(at: &mut Settling<'_>) -> Signoff {
    let typed = at.loaded.entries.signoff.clone();
    let mut folder = |key: &str, typed: Option<String>, default: &str| {
        let path = ["signoff", key];
        let origin = if typed.is_some() { at.typed_at(&path) } else { "default".into() };
        let name = typed.unwrap_or_else(|| default.to_owned());
        if let Err(error) = inside(&at.loaded.root, &name) {
            let place = at.loaded.place(&path);
            at.fail(error.at(place));
        }
        at.set(path.join("."), name.as_str(), origin);
        name.trim_end_matches('/').to_owned()
    };
    let (folder, trust) = (folder("folder", typed.folder, SIGNOFF_FOLDER), folder("trust", typed.trust, TRUST_FOLDER));
    if let Some(name) = &typed.catalogue {
        let origin = at.typed_at(&["signoff", "catalogue"]);
        at.set("signoff.catalogue", name.as_str(), origin);
    }
    for (key, list) in [("immaterial", &typed.immaterial), ("material", &typed.material)] {
        if !list.is_empty() {
            let origin = at.typed_at(&["signoff", key]);
            at.set(format!("signoff.{key}"), list.clone(), origin);
        }
    }
    if !typed.required.is_empty() {
        let origin = at.typed_at(&["signoff", "required"]);
        at.set("signoff.required", typed.required.clone(), origin);
    }
    let name = |required: &Value| required.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (index, required) in typed.required.iter().enumerate() {
        if typed.required.iter().take(index).any(|other| name(other) == name(required)) {
            let place = at.loaded.place(&["signoff", "required"]);
            let error =
                ConfigError::new(format!("two requirements of `signoff.required` are called `{}`", name(required)));
            at.fail(error.help("give each its own name: findings go by it").at(place));
        }
    }
    Signoff {
        catalogue: typed.catalogue,
        folder,
        trust,
        required: typed.required,
        immaterial: typed.immaterial,
        material: typed.material,
    }
}
