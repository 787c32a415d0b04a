//! The user's own control frameworks: one YAML file each, in the folders that `frameworks` of `leaver.yaml` lists.

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    ConfigError,
    load::{inside, typed},
    settle::Settling,
};
use crate::{
    facts::framework,
    finding::Step,
    framework::{Control, Framework},
    policy::PolicySet,
    schema::FRAMEWORK,
    source::{FileKind, Place},
};

/// Reads all of them. A pattern that matches no rule is an error.
pub(super) fn frameworks(at: &mut Settling<'_>, all: &PolicySet) -> Vec<Framework> {
    let mut found: Vec<Framework> = Vec::new();
    for folder in &at.loaded.entries.frameworks {
        let place = at.loaded.place(&["frameworks"]);
        let path = match inside(&at.loaded.root, folder) {
            Ok(path) => path,
            Err(error) => {
                at.fail(error.at(place));
                continue;
            }
        };
        let before = found.len();
        match at.loaded.files.entries(&path) {
            Ok(entries) => {
                let is_one = |path: &Utf8PathBuf| matches!(path.extension(), Some("yaml" | "yml"));
                let files = entries.iter().filter(|entry| entry.is_utf8 && entry.kind == FileKind::File);
                for file in files.map(|entry| path.join(&entry.name)).filter(is_one) {
                    found.extend(load_framework(at, all, &file, &found));
                }
            }
            Err(reason) => {
                let message = format!("cannot read the folder `{}`: {reason}", at.loaded.files.show(&path));
                at.fail(ConfigError::new(message).help("check `frameworks` in leaver.yaml").at(place.clone()));
            }
        }
        if found.len() == before && at.failures.is_empty() {
            let message = format!("the folder `{folder}` has no catalogue of controls");
            at.fail(ConfigError::new(message).help("`leaver schema framework` describes one").at(place));
        }
        let origin = at.typed_at(&["frameworks"]);
        at.set("frameworks", folder.as_str(), origin);
    }
    found
}

fn load_framework(at: &mut Settling<'_>, all: &PolicySet, path: &Utf8Path, before: &[Framework]) -> Option<Framework> {
    let (mine, file, node) = match typed::<Framework>(&at.loaded.files, path, &FRAMEWORK) {
        Ok(read) => read,
        Err(errors) => {
            for error in errors {
                at.fail(error);
            }
            return None;
        }
    };
    let place = |steps: &[Step]| Some(Place { file: file.clone(), span: node.locate(steps).span });
    let key = |key: &str| Step::Key(key.to_owned());
    if framework(&mine.id).is_some() || before.iter().any(|other| other.id == mine.id) {
        let message = format!("there is a framework `{}` already", mine.id);
        at.fail(ConfigError::new(message).help("give yours another id").at(place(&[key("id")])));
    }
    for (index, control) in mine.controls.iter().enumerate() {
        for (nth, pattern) in control.rules.iter().enumerate() {
            let only = Control { rules: vec![pattern.clone()], ..control.clone() };
            if !all.rules.keys().any(|id| only.has(id)) {
                let steps = [key("controls"), Step::Index(index), key("rules"), Step::Index(nth)];
                let error = ConfigError::new(format!("there is no rule `{pattern}`"));
                at.fail(error.help("`leaver rules` lists them").at(place(&steps)));
            }
        }
    }
    Some(mine)
}
