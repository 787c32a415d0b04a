//! Reads the bundled control frameworks. Each framework is one file of `data/frameworks`.

use std::{collections::BTreeMap, sync::LazyLock};

use include_dir::{Dir, include_dir};

use crate::{
    framework::Framework,
    source::{SourceFile, YamlLimits, parse},
};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/frameworks");

/// The bundled frameworks, by id.
pub fn frameworks() -> Vec<Framework> {
    let mut all: Vec<Framework> = FILES.files().filter_map(|file| read(file.contents_utf8()?)).collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

/// A bundled framework.
pub fn framework(id: &str) -> Option<Framework> {
    read(FILES.get_file(format!("{id}.yaml"))?.contents_utf8()?)
}

/// The title of a bundled framework. Titles are cached, because reports need them for each rule.
pub fn framework_title(id: &str) -> Option<String> {
    static TITLES: LazyLock<BTreeMap<String, String>> =
        LazyLock::new(|| frameworks().into_iter().map(|framework| (framework.id, framework.title)).collect());
    TITLES.get(id).cloned()
}

fn read(text: &str) -> Option<Framework> {
    let file = SourceFile::new("built-in/framework.yaml", text);
    let document = parse(&file, &YamlLimits::default()).documents.into_iter().next()?;
    serde_json::from_value(serde_json::Value::from(&document.root)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_framework_is_valid_and_named_after_its_id() {
        let all = frameworks();
        assert_eq!(all.len(), FILES.files().count());
        for bundled in all {
            assert_eq!(framework(&bundled.id).as_ref(), Some(&bundled), "{}", bundled.id);
        }
    }
}
