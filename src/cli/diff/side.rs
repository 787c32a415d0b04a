//! One side of `leaver diff`: a commit or the working tree, checked with its own configuration.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::super::{
    common::{git_failure, own_binary, usage},
    trust::texts_of_named_files,
};
use crate::{
    Request,
    config::{Config, ConfigFile, FILE_NAME, Loaded, Overrides, discover, discover_below, settle},
    diff::Side,
    engine::Memo,
    examine,
    files::absolute,
    model::Catalogue,
    report::{Failure, Report},
    vcs::{Repo, Tree},
};

/// A side and its configuration.
pub(super) struct Discovered {
    label: String,
    /// The commit; `None` for the working tree.
    tree: Option<Tree>,
    /// The top of the repository on this side.
    top: Utf8PathBuf,
    /// The root of the catalogue, relative to the top.
    inner: Utf8PathBuf,
    loaded: Loaded,
    /// Whether `--config` gives the configuration, so that it is not part of the change.
    given: bool,
}

/// A checked side.
pub(super) struct Checked {
    found: Discovered,
    catalogue: Catalogue,
    report: Report,
    config: Value,
}

impl Discovered {
    pub(super) fn of_commit(label: String, tree: Tree, explicit: Option<&Utf8Path>) -> Result<Self, Vec<Failure>> {
        let top = tree.folder().to_owned();
        let found = match explicit {
            Some(_) => discovered(explicit)?,
            None => discover_below(&tree.nearest_folder(), &top).map_err(|failures| {
                failures.into_iter().map(|failure| relocate(failure, &label, &top)).collect::<Vec<_>>()
            })?,
        };
        let root =
            if explicit.is_some() || found.source.is_none() { tree.catalogue_path() } else { found.root.clone() };
        let inner = root.strip_prefix(&top).unwrap_or(Utf8Path::new("")).to_owned();
        Ok(Self { label, tree: Some(tree), top, inner, loaded: found, given: explicit.is_some() })
    }

    pub(super) fn of_working_tree(top: Utf8PathBuf, explicit: Option<&Utf8Path>) -> Result<Self, Vec<Failure>> {
        let loaded = discovered(explicit)?;
        let root = loaded.root.canonicalize_utf8().unwrap_or_else(|_| loaded.root.clone());
        let Ok(inner) = root.strip_prefix(&top).map(Utf8Path::to_owned) else {
            return Err(vec![usage(
                format!("the catalogue at `{root}` is outside the repository at `{top}`"),
                "run it in the repository of the catalogue",
            )]);
        };
        Ok(Self { label: "working tree".into(), tree: None, top, inner, loaded, given: explicit.is_some() })
    }

    fn root(&self) -> Utf8PathBuf {
        if self.inner.as_str().is_empty() { self.top.clone() } else { self.top.join(&self.inner) }
    }

    /// The files that its configuration names.
    pub(super) fn named_files(&self) -> Vec<ConfigFile> {
        if self.given { Vec::new() } else { vec![self.loaded.entries.clone()] }
    }

    /// Checks the side. Files that any of the configurations `named` refers to are compared. Both sides share the `memo`.
    pub(super) fn read(
        mut self,
        overrides: &Overrides,
        today: &str,
        named: &[ConfigFile],
        memo: &Memo,
    ) -> Result<Checked, Vec<Failure>> {
        let root = self.root();
        if !self.given {
            self.loaded.root.clone_from(&root);
        }
        let settled = settle(&self.loaded, overrides)
            .map_err(|failures| failures.into_iter().map(|failure| self.relocated(failure)).collect::<Vec<_>>())?;
        let config = Config { root: root.clone(), ..settled };
        let paths = if config.has_file { Vec::new() } else { vec![root.clone()] };
        // An ignore file of the change does not hide what git tracks.
        let tracked = match &self.tree {
            Some(tree) => tree.commit().paths().map(|paths| paths.iter().map(|path| self.top.join(path)).collect()),
            None => Repo::here().and_then(|repo| repo.tracked(&root)).map(|tracked| tracked.files),
        };
        let mut tracked: Vec<Utf8PathBuf> = tracked.map_err(|error| vec![git_failure(error)])?;
        tracked.retain(|path| path.starts_with(&root));
        let request = Request { paths, tracked, today: today.to_owned(), worker: own_binary(), ..Request::default() };
        let (report, catalogue) = examine(&config, &request, Some(memo), &|_, _| {});
        let entries: Vec<&ConfigFile> = named.iter().collect();
        let settings = if self.given { Value::Null } else { settings(&config, texts_of_named_files(&root, &entries)) };
        Ok(Checked { found: self, catalogue, report, config: settings })
    }

    /// A failure with paths of the repository instead of the temporary folder.
    fn relocated(&self, failure: Failure) -> Failure {
        if self.tree.is_some() { relocate(failure, &self.label, &self.top) } else { failure }
    }
}

fn discovered(explicit: Option<&Utf8Path>) -> Result<Loaded, Vec<Failure>> {
    discover(Utf8Path::new("."), explicit).map_err(|errors| errors.into_iter().map(Failure::from).collect())
}

fn relocate(failure: Failure, label: &str, top: &Utf8Path) -> Failure {
    let inside = |text: &str| text.replace(&format!("{top}/"), "").replace(top.as_str(), ".");
    let place = failure.place.as_ref().map(|place| {
        let start = place.start();
        format!("{}:{}:{}: ", inside(place.file.path()), start.line, start.column)
    });
    let message = format!("in {label}: {}{}", place.unwrap_or_default(), inside(&failure.message));
    let file = failure.file.map(|file| inside(&file));
    Failure { message, place: None, file, help: failure.help.map(|help| inside(&help)), ..failure }
}

/// Makes both sides use the same folder if only one has a `leaver.yaml`. If a commit lacks the folder, it is created empty.
pub(super) fn use_same_folder(base: &mut Discovered, head: &mut Discovered) -> Result<(), Failure> {
    match (base.loaded.source.is_some(), head.loaded.source.is_some()) {
        (true, false) => head.inner.clone_from(&base.inner),
        (false, _) => base.inner.clone_from(&head.inner),
        (true, true) => {}
    }
    for side in [base, head] {
        if side.tree.is_some() {
            std::fs::create_dir_all(side.root()).map_err(|error| {
                usage(
                    format!("cannot lay out the files of `{}`: {error}", side.label),
                    "if the catalogue's folder is a file in that commit, name another commit",
                )
            })?;
        }
    }
    Ok(())
}

/// All settings as one tree, with the keys of `leaver config show`, and the digests of the files that the configuration names.
fn settings(config: &Config, files: BTreeMap<String, String>) -> Value {
    let mut all = Map::new();
    for setting in &config.settings {
        insert_at(&mut all, &setting.key.split('.').collect::<Vec<_>>(), &setting.value);
    }
    let digest = |text: String| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let files = files.into_iter().filter(|(name, _)| name != FILE_NAME);
    all.insert("files".into(), Value::Object(files.map(|(name, text)| (name, digest(text).into())).collect()));
    Value::Object(all)
}

/// Inserts a value at its keys. A second value for the same keys makes a list.
fn insert_at(level: &mut Map<String, Value>, keys: &[&str], value: &Value) {
    match keys {
        [] => {}
        [last] => match level.get_mut(*last) {
            Some(Value::Array(items)) => items.push(value.clone()),
            Some(one) => *one = Value::Array(vec![one.take(), value.clone()]),
            None => {
                level.insert((*last).to_owned(), value.clone());
            }
        },
        [first, rest @ ..] => {
            let next = level.entry(*first).or_insert_with(|| Value::Object(Map::new()));
            if let Some(next) = next.as_object_mut() {
                insert_at(next, rest, value);
            }
        }
    }
}

impl Checked {
    /// The side in the form that the comparison needs.
    pub(super) fn side(&self) -> Side<'_> {
        let found = &self.found;
        let below = |shown: &str| {
            let path = absolute(shown);
            let path = path.strip_prefix(&found.top).map_or_else(|_| shown.to_owned(), Utf8Path::to_string);
            path.replace(std::path::MAIN_SEPARATOR, "/")
        };
        let declared = self.catalogue.own().iter().map(|declaration| declaration.file.path());
        let places = self.report.findings.iter().map(|finding| finding.place.file.path());
        let failure = |failure: &Failure| {
            let place = failure.place.as_ref().map(|place| place.file.path());
            Failure { file: place.or(failure.file.as_deref()).map(below), ..found.relocated(failure.clone()) }
        };
        Side {
            label: found.label.clone(),
            commit: found.tree.as_ref().map(|tree| tree.commit().id().to_owned()),
            declarations: self.catalogue.own(),
            report: &self.report,
            config: self.config.clone(),
            files: declared.chain(places).map(|shown| (shown.to_owned(), below(shown))).collect(),
            failures: self.report.failures.iter().map(failure).collect(),
        }
    }
}
