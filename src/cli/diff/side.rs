//! One side of `leaver diff`: a commit or the working tree, checked with its own configuration.

use std::{collections::BTreeMap, sync::Arc};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::super::{
    common::{git_failure, own_binary, usage},
    trust::texts_of_named_files,
};
use crate::{
    Request, check_with_catalogue,
    config::{Config, ConfigFile, FILE_NAME, Loaded, Overrides, discover, discover_below},
    diff::Side,
    engine::Memo,
    files::Workspace,
    model::Catalogue,
    report::{Failure, Report},
    ruleset::{Ruleset, resolve},
    source::SubmoduleFault,
    vcs::{Commit, HeadSource, Repo, Tracked, Tree, compare_submodules},
};

/// The location of both sides. A file of a commit has the path that it would have in the working tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Location<'a> {
    /// The working tree.
    pub(super) files: &'a Workspace,
    /// The top of the repository.
    pub(super) top: &'a Utf8Path,
    /// Where the search for the configuration starts.
    pub(super) start: &'a Utf8Path,
    /// `--config`.
    pub(super) explicit: Option<&'a Utf8Path>,
}

/// A side with its configuration, before its check.
pub(super) struct ConfiguredSide {
    label: String,
    /// The commit and its files; `None` for the working tree.
    commit: Option<(Commit, Arc<Tree>)>,
    files: Workspace,
    /// The top of the repository.
    top: Utf8PathBuf,
    /// The root of the catalogue.
    root: Utf8PathBuf,
    loaded: Loaded,
    /// Whether `--config` names the configuration. If it does, the configuration is not part of the change.
    is_explicit: bool,
}

/// A side with the report of its check.
pub(super) struct CheckedSide {
    found: ConfiguredSide,
    catalogue: Catalogue,
    report: Report,
    config: Value,
}

impl ConfiguredSide {
    pub(super) fn of_commit(label: String, commit: Commit, place: &Location<'_>) -> Result<Self, Vec<Failure>> {
        let Location { top, explicit, .. } = *place;
        let tree = commit.tree().map_err(|error| vec![git_failure(error)])?;
        let files = tree.workspace(place.files);
        let start = place.files.canonical(place.start).unwrap_or_else(|_| place.files.absolute(place.start));
        let loaded = match explicit {
            Some(_) => discovered(place)?,
            None => discover_below(&files, files.nearest_folder(&start), top).map_err(|failures| {
                failures.into_iter().map(|failure| label_failure(failure, &label)).collect::<Vec<_>>()
            })?,
        };
        let root = if explicit.is_some() || loaded.source.is_none() { start } else { loaded.root.clone() };
        let is_explicit = explicit.is_some();
        Ok(Self { label, commit: Some((commit, tree)), files, top: top.to_owned(), root, loaded, is_explicit })
    }

    pub(super) fn of_working_tree(place: &Location<'_>) -> Result<Self, Vec<Failure>> {
        let Location { files, top, .. } = *place;
        let loaded = discovered(place)?;
        let root = files.canonical(&loaded.root).unwrap_or_else(|_| loaded.root.clone());
        if !root.starts_with(top) {
            return Err(vec![usage(
                format!("the catalogue at `{root}` is outside the repository at `{top}`"),
                "run it in the repository of the catalogue",
            )]);
        }
        let (label, files, is_explicit) = ("working tree".to_owned(), files.clone(), place.explicit.is_some());
        Ok(Self { label, commit: None, files, top: top.to_owned(), root, loaded, is_explicit })
    }

    /// Returns the entries of the configuration that name files.
    pub(super) fn named_files(&self) -> Vec<ConfigFile> {
        if self.is_explicit { Vec::new() } else { vec![self.loaded.entries.clone()] }
    }

    /// Reads and checks the side. The settings of the side include a digest of each file that a configuration in `named` refers to. Both sides share
    /// the `memo`.
    pub(super) fn read(
        mut self,
        overrides: &Overrides,
        today: &str,
        named: &[ConfigFile],
        tracked: TrackedFiles,
        memo: &Memo,
    ) -> Result<CheckedSide, Vec<Failure>> {
        let root = self.root.clone();
        if !self.is_explicit {
            self.loaded.root.clone_from(&root);
        }
        let (config, ruleset) = resolve(&self.loaded, overrides)
            .map_err(|failures| failures.into_iter().map(|failure| self.labelled(failure)).collect::<Vec<_>>())?;
        let config = Config { files: self.files.clone(), root: root.clone(), ..config };
        let paths = config.whole_catalogue();
        let TrackedFiles { files: tracked, submodules } = tracked;
        let (today, worker) = (today.to_owned(), own_binary());
        let request = Request { paths, today, tracked, submodules, worker, ..Request::default() };
        let (report, catalogue) = check_with_catalogue(&config, &ruleset, &request, Some(memo), &|_, _| {});
        let entries: Vec<&ConfigFile> = named.iter().collect();
        let settings = if self.is_explicit {
            Value::Null
        } else {
            settings(&config, &ruleset, texts_of_named_files(&self.files, &root, &entries))
        };
        if let Some(error) = self.commit.as_ref().and_then(|(_, tree)| tree.failure()) {
            return Err(vec![git_failure(error)]);
        }
        Ok(CheckedSide { found: self, catalogue, report, config: settings })
    }

    /// The files and submodules of the catalogue that git tracks.
    fn tracked(&self) -> Result<Tracked, Vec<Failure>> {
        let tracked = match &self.commit {
            Some((_, tree)) => Ok(tree.tracked(&self.root)),
            None => Repo::of_working_directory(&self.files).and_then(|repo| repo.tracked(&self.root, &self.files)),
        };
        tracked.map_err(|error| vec![git_failure(error)])
    }

    /// Adds the name of the commit to a failure. A path alone does not identify the side, because both sides have the paths of the working tree.
    fn labelled(&self, failure: Failure) -> Failure {
        if self.commit.is_some() { label_failure(failure, &self.label) } else { failure }
    }
}

/// The files of a side that git tracks, including files that an ignore file of the change hides.
pub(super) struct TrackedFiles {
    files: Vec<Utf8PathBuf>,
    /// Submodules whose declarations cannot be read, and why.
    submodules: Vec<(Utf8PathBuf, SubmoduleFault)>,
}

/// Returns the tracked files of both sides. If the head is the working tree, the base gets the files of unchanged submodules from the working tree.
pub(super) fn tracked(
    working_tree: &Workspace,
    base: &mut ConfiguredSide,
    head: &ConfiguredSide,
) -> Result<[TrackedFiles; 2], Vec<Failure>> {
    let (before, after) = (base.tracked()?, head.tracked()?);
    let files = if head.commit.is_some() { HeadSource::Git } else { HeadSource::Disk(working_tree) };
    let compared = compare_submodules(&before.submodules, &after.submodules, &files);
    if let Some((_, tree)) = base.commit.as_ref().filter(|_| !compared.unchanged.is_empty()) {
        base.files = tree.workspace_with_folders_of_disk(working_tree, &compared.unchanged);
    }
    let (mut old, mut new) = (compared.unread.clone(), compared.unread);
    old.retain(|(_, fault)| *fault == SubmoduleFault::Differs);
    new.retain(|(_, fault)| head.commit.is_some() || *fault != SubmoduleFault::Differs);
    Ok([TrackedFiles { files: before.files, submodules: old }, TrackedFiles { files: after.files, submodules: new }])
}

fn discovered(place: &Location<'_>) -> Result<Loaded, Vec<Failure>> {
    discover(place.files, Utf8Path::new("."), place.explicit)
}

fn label_failure(failure: Failure, label: &str) -> Failure {
    let place = failure.place.as_ref().map(|place| {
        let start = place.start();
        format!("{}:{}:{}: ", place.file.path(), start.line, start.column)
    });
    let message = format!("in {label}: {}{}", place.unwrap_or_default(), failure.message);
    Failure { message, place: None, ..failure }
}

/// If only one side has a `leaver.yaml`, makes both sides use its folder. A commit without that folder gets an empty folder.
pub(super) fn use_same_folder(base: &mut ConfiguredSide, head: &mut ConfiguredSide) -> Result<(), Failure> {
    match (base.loaded.source.is_some(), head.loaded.source.is_some()) {
        (true, false) => head.root.clone_from(&base.root),
        (false, _) => base.root.clone_from(&head.root),
        (true, true) => {}
    }
    for side in [base, head] {
        if side.commit.is_none() || side.files.is_folder(&side.root) {
            continue;
        }
        if side.root.ancestors().any(|folder| side.files.is_file(folder)) {
            return Err(usage(
                format!("the catalogue's folder `{}` is a file in `{}`", side.files.show(&side.root), side.label),
                "name another commit",
            ));
        }
        side.files = side.files.with_folder(&side.root);
        side.loaded.files = side.files.clone();
    }
    Ok(())
}

/// Returns all settings as one tree. The keys are those of `leaver config show`; the key `files` has a digest of each file that the configuration
/// names.
fn settings(config: &Config, ruleset: &Ruleset, files: BTreeMap<String, String>) -> Value {
    let mut all = Map::new();
    for setting in config.settings.iter().chain(&ruleset.settings) {
        insert_at(&mut all, &setting.key.split('.').collect::<Vec<_>>(), &setting.value);
    }
    let digest = |text: String| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let files = files.into_iter().filter(|(name, _)| name != FILE_NAME);
    all.insert("files".into(), Value::Object(files.map(|(name, text)| (name, digest(text).into())).collect()));
    Value::Object(all)
}

/// Inserts a value at the path `keys`. If the path already has a value, both values become a list.
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

impl CheckedSide {
    /// Converts the side to the form that the comparison needs.
    pub(super) fn side(&self) -> Side<'_> {
        let found = &self.found;
        let below = |shown: &str| {
            let path = found.files.absolute(shown);
            let path = path.strip_prefix(&found.top).map_or_else(|_| shown.to_owned(), Utf8Path::to_string);
            path.replace(std::path::MAIN_SEPARATOR, "/")
        };
        let declared = self.catalogue.own().iter().map(|declaration| declaration.file.path());
        let places = self.report.findings.iter().map(|finding| finding.place.file.path());
        let failure = |failure: &Failure| {
            let place = failure.place.as_ref().map(|place| place.file.path());
            Failure { file: place.or(failure.file.as_deref()).map(below), ..found.labelled(failure.clone()) }
        };
        Side {
            label: found.label.clone(),
            commit: found.commit.as_ref().map(|(commit, _)| commit.id().to_owned()),
            declarations: self.catalogue.own(),
            report: &self.report,
            config: self.config.clone(),
            files: declared.chain(places).map(|shown| (shown.to_owned(), below(shown))).collect(),
            failures: self.report.failures.iter().map(failure).collect(),
        }
    }
}
