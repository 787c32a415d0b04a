//! Reads the user's own control frameworks. Each framework is one YAML file in a folder that `frameworks` of `leaver.yaml` lists.

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    config::{Config, ConfigError, Resolver, read_as},
    facts::framework,
    finding::Step,
    framework::{Control, Framework},
    policy::PolicySet,
    schema::FRAMEWORK,
    source::{FileKind, Place},
};

/// Reads all frameworks of the user. A pattern that matches no rule is an error.
pub(super) fn load_frameworks(resolver: &mut Resolver<'_>, config: &Config, all: &PolicySet) -> Vec<Framework> {
    let key = "frameworks";
    let mut loaded: Vec<Framework> = Vec::new();
    for folder in &config.frameworks {
        let path = config.root.join(folder);
        let (before, failures) = (loaded.len(), resolver.failures.len());
        match config.files.entries(&path) {
            Ok(entries) => {
                let is_yaml = |path: &Utf8PathBuf| matches!(path.extension(), Some("yaml" | "yml"));
                let files = entries.iter().filter(|entry| entry.is_utf8 && entry.kind == FileKind::File);
                for file in files.map(|entry| path.join(&entry.name)).filter(is_yaml) {
                    loaded.extend(load_framework(resolver, all, &file, &loaded));
                }
            }
            Err(reason) => {
                let message = format!("cannot read the folder `{}`: {reason}", config.files.show(&path));
                resolver.fail_at(&[key], ConfigError::new(message).help("check `frameworks` in leaver.yaml"));
            }
        }
        if loaded.len() == before && resolver.failures.len() == failures {
            let message = format!("the folder `{folder}` has no control framework");
            resolver.fail_at(&[key], ConfigError::new(message).help("`leaver schema framework` describes one"));
        }
    }
    loaded
}

fn load_framework(
    resolver: &mut Resolver<'_>,
    all: &PolicySet,
    path: &Utf8Path,
    before: &[Framework],
) -> Option<Framework> {
    let (mine, file, node) = match read_as::<Framework>(&resolver.loaded.files, path, &FRAMEWORK) {
        Ok(read) => read,
        Err(errors) => {
            for error in errors {
                resolver.fail(error);
            }
            return None;
        }
    };
    let place = |steps: &[Step]| Some(Place { file: file.clone(), span: node.locate(steps).span });
    let key = |key: &str| Step::Key(key.to_owned());
    if framework(&mine.id).is_some() || before.iter().any(|other| other.id == mine.id) {
        let message = format!("there is a framework `{}` already", mine.id);
        resolver.fail(ConfigError::new(message).help("give your framework another id").at(place(&[key("id")])));
    }
    for (index, control) in mine.controls.iter().enumerate() {
        for (nth, pattern) in control.rules.iter().enumerate() {
            let only = Control { rules: vec![pattern.clone()], ..control.clone() };
            if !all.rules.keys().any(|id| only.is_supported_by(id)) {
                let steps = [key("controls"), Step::Index(index), key("rules"), Step::Index(nth)];
                let error = ConfigError::new(format!("there is no rule `{pattern}`"));
                resolver.fail(error.help("`leaver rules` lists them").at(place(&steps)));
            }
        }
    }
    Some(mine)
}
