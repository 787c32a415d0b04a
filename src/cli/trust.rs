//! `--trust-ref`: configuration, rules, profiles, vendor facts, baseline and waivers from a commit that the change cannot edit.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::Arc,
};

use camino::{Utf8Path, Utf8PathBuf};

use super::common::{git_failure, usage};
use crate::{
    Request,
    config::{
        Config, ConfigError, ConfigFile, FILE_NAME, Limits, Loaded, Overrides, discover, discover_below, inside,
        load_profile, settle,
    },
    declarations,
    files::{self, absolute, display_path, read},
    model::{Declaration, Inherited, Layer},
    report::Failure,
    signoff::{FILES, SUMS, Trust, artefacts},
    source::{SourceError, SourceFile},
    triage::Known,
    trust::{Head, Side, Trusted, of_the_change, trust_root},
    vcs::{Commit, Repo, Tracked, Tree, VcsError},
};

/// A trusted commit and everything that comes from it.
pub(super) struct Base {
    tree: Tree,
    /// The configuration of the commit, for the catalogue of the change.
    pub(super) config: Config,
    /// Everything else that comes from the commit.
    pub(super) trusted: Trusted,
}

impl Base {
    /// Reads the commit, with the configuration `explicit` or the one that applies to `start`.
    pub(super) fn of(
        repo: &Repo,
        reference: &str,
        start: &Utf8Path,
        explicit: Option<&Utf8Path>,
        overrides: &Overrides,
    ) -> Result<Self, Vec<Failure>> {
        if let Some(link) = repo.link_on_the_way(start) {
            return Err(git_failures(VcsError::Linked(display_path(&link).into())));
        }
        let commit = Commit::of(repo, reference, start).map_err(git_failures)?;
        // Keep files that only contain declarations in memory instead of writing them to disk, as there may be thousands.
        let yaml = |path: &Utf8Path| [".yaml", ".yml"].iter().any(|end| path.as_str().ends_with(end));
        let mut texts = commit.texts(yaml, Limits::default().file_bytes).map_err(git_failures)?;
        texts.retain(|(path, text)| path.file_name() != Some(FILE_NAME) && declares(text));
        let tree = Tree::of(commit, &texts.iter().map(|(path, _)| path.clone()).collect()).map_err(git_failures)?;
        let inside = tree.nearest_folder();
        let explicit =
            explicit.map(|path| explicit_file(&tree, path, reference)).transpose().map_err(|failure| vec![failure])?;
        let loaded = match &explicit {
            Some(path) => discover(path, Some(path)).map_err(to_failures)?,
            None => discover_below(&inside, tree.folder())?,
        };
        let base = settle(&loaded, overrides)?;
        let relative = loaded.root.strip_prefix(tree.folder()).unwrap_or(Utf8Path::new(""));
        let root = tree.top().join(relative);
        let name = explicit.as_deref().and_then(Utf8Path::file_name).unwrap_or(FILE_NAME);
        let mut heads = match explicit {
            Some(_) => vec![Head::named(name, &root)],
            None => Head::all(start, &root, tree.top()),
        };
        let profile = overrides.profile.as_deref();
        if let Some(profile) = profile {
            heads.push(Head::with_profile(name, &root, profile, load_side(&loaded, Some(profile))?));
        }
        let side = load_side(&loaded, None)?;
        let texts = texts.into_iter().map(|(path, text)| (tree.folder().join(path), text));
        let texts = files::texts(texts.filter(|(path, _)| base.chooses(path)));
        // The commit is in a temporary folder, so show `REF:path` instead.
        let named = |failures: Vec<Failure>| -> Vec<Failure> {
            let name = |text: String| text.replace(&format!("{}/", base.root), &format!("{reference}:"));
            failures
                .into_iter()
                .map(|failure| Failure { message: name(failure.message), file: failure.file.map(name), ..failure })
                .collect()
        };
        let (signoffs, unreadable) = artefacts(&base.root, &base.signoff.folder);
        if !unreadable.is_empty() && !base.signoff.required.is_empty() {
            return Err(named(unreadable));
        }
        let declared = declarations(&base, &Request::default(), &texts);
        let divided = declared.iter().filter(|app| !app.populations().is_empty());
        let populations = divided.map(|app| (app.name.clone(), app.populations().to_vec())).collect();
        let declared: Vec<Declaration> = declared
            .into_iter()
            .map(|declaration| with_original_path(declaration, tree.folder(), tree.top()))
            .collect();
        let of_kind = |kind: &str| declared.iter().filter(|declaration| declaration.kind == kind).cloned().collect();
        let own = heads.iter().filter(|head| head.path == name).map(|head| &head.entries);
        let entries: Vec<&ConfigFile> = [&loaded.entries].into_iter().chain(own).collect();
        let (tracked, absent, submodules) = tracked(repo, &tree, &root)?;
        let mut unread = repo.differing(tree.commit()).map_err(git_failures)?;
        let is_chosen = |path: &Utf8Path| path.strip_prefix(&root).is_ok_and(|path| base.selection.selects(path));
        unread.retain(|path| !is_chosen(path));
        let mut trusted = Trusted {
            signers: Some(Trust::load(&base.root.join(&base.signoff.trust)).map_err(named)),
            signoffs,
            waivers: of_kind("Waiver"),
            apps: of_kind("App"),
            systems: of_kind("System"),
            declarations: declared,
            populations,
            tracked,
            unread,
            absent,
            submodules,
            base: texts_of_named_files_with(name, &loaded.root, &entries, profile),
            head: texts_of_named_files_with(name, &root, &entries, profile),
            side: Some(side),
            accepted: Vec::new(),
            heads: Vec::new(),
        };
        // Also compare configurations nearer to the requested path, and above it, and the files that they name.
        for head in heads.iter().filter(|head| head.path != name) {
            let folder = Utf8Path::new(&head.path).parent().unwrap_or(Utf8Path::new(""));
            let place = root.join(folder);
            let named = |(path, text): (String, String)| (folder.join(path).into_string(), text);
            let old = tree.path(&place);
            let before = old.as_ref().and_then(|old| discover(old, Some(&old.join(FILE_NAME))).ok());
            let entries: Vec<&ConfigFile> =
                [&head.entries].into_iter().chain(before.iter().map(|loaded| &loaded.entries)).collect();
            trusted.head.extend(texts_of_named_files(&place, &entries).into_iter().map(named));
            let before = old.map(|old| texts_of_named_files(&old, &entries)).unwrap_or_default();
            trusted.base.extend(before.into_iter().map(named));
        }
        trusted.heads = heads;
        // The files of the commit have the same places in the change.
        let place =
            |path: &Utf8PathBuf| path.strip_prefix(&base.root).map_or_else(|_| path.clone(), |path| root.join(path));
        let own = base.own.iter().map(place).collect();
        Ok(Self { config: Config { root, own, ..base }, trusted, tree })
    }

    /// Also compares the baselines of both sides: the file on the command line, or the one that each side's configuration names.
    pub(super) fn compare_baseline(&mut self, named: Option<&Utf8Path>, limit: usize) {
        let text = |path: &Utf8Path| Some(read(path, limit).ok()?.text().to_owned());
        let root = self.config.root.clone();
        let shown = |path: &Utf8Path, root: &Utf8Path| {
            let path = absolute(path.as_str());
            path.strip_prefix(root).unwrap_or(&path).to_string()
        };
        let old = match (named, &self.trusted.side) {
            (Some(path), _) => self.path(path).map(|place| (shown(path, &root), place)),
            (None, Some(side)) => configured_baseline(side).map(|place| (shown(&place, &side.config.root), place)),
            (None, None) => None,
        };
        let old = old.and_then(|(name, place)| Some((name, text(&place)?)));
        if let Some(side) = &mut self.trusted.side {
            side.baseline = old.as_ref().map(|(_, text)| text.clone());
        }
        self.trusted.base.extend(old);
        for head in self.trusted.heads.iter_mut().filter(|head| head.against.is_none()) {
            let Some(side) = head.side.as_mut() else { continue };
            let Some(place) = named.map(Utf8Path::to_owned).or_else(|| configured_baseline(side)) else { continue };
            if let Some(reason) = broken_baseline(&place, limit) {
                let message = format!("cannot read the baseline `{}`: {reason}", display_path(&place));
                let help = "`leaver check --update-baseline` writes one";
                head.failures.extend(of_the_change(vec![usage(message, help)]));
                continue;
            }
            let new = text(&place).map(|text| (shown(&place, &root), text));
            side.baseline = new.as_ref().map(|(_, text)| text.clone());
            self.trusted.head.extend(new);
        }
    }

    /// Whether the commit contains a file of the working directory, which need not exist any more.
    pub(super) fn has(&self, path: &Utf8Path) -> bool {
        self.tree.commit().has(path)
    }

    /// The path in the commit of a file of the working directory.
    pub(super) fn path(&self, path: &Utf8Path) -> Option<Utf8PathBuf> {
        self.tree.path(path)
    }
}

/// The baseline that the configuration of a side names.
fn configured_baseline(side: &Side) -> Option<Utf8PathBuf> {
    side.config.baseline.as_ref().map(|baseline| side.config.root.join(baseline))
}

/// Why the baseline of the change could not be read after the merge. A missing one lists nothing.
fn broken_baseline(path: &Utf8Path, limit: usize) -> Option<String> {
    match read(path, limit) {
        Ok(file) => Known::parse(file.text()).err(),
        Err(SourceError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(error.to_string()),
    }
}

fn git_failures(error: VcsError) -> Vec<Failure> {
    vec![git_failure(error)]
}

/// What git tracks below a folder: files, files that are not checked out, and submodules that are new and not checked out. Files of other
/// submodules count as tracked.
type TrackedFiles = (Vec<Utf8PathBuf>, Vec<Utf8PathBuf>, Vec<Utf8PathBuf>);

fn tracked(repo: &Repo, tree: &Tree, root: &Utf8Path) -> Result<TrackedFiles, Vec<Failure>> {
    let Tracked { mut files, absent, submodules } = repo.tracked(root).map_err(git_failures)?;
    let mut missing = Vec::new();
    for submodule in submodules {
        let before = files.len();
        if submodule.is_dir() {
            let all = walkdir::WalkDir::new(&submodule).into_iter();
            for entry in all.filter_entry(|entry| entry.file_name() != ".git") {
                let entry = entry.map_err(|error| {
                    vec![Failure::from(&SourceError::Io { path: display_path(&submodule), error: error.into() })]
                })?;
                if !entry.file_type().is_dir() {
                    // A name that is not UTF-8 is reported like that of a tracked file.
                    files.push(entry.path().to_string_lossy().into_owned().into());
                }
            }
        }
        if files.len() == before && !tree.commit().has_submodule(&submodule).map_err(git_failures)? {
            missing.push(submodule);
        }
    }
    Ok((files, absent, missing))
}

/// A declaration whose file has its path in the working directory.
fn with_original_path(declaration: Declaration, folder: &Utf8Path, top: &Utf8Path) -> Declaration {
    let with_original_path = |file: &Arc<SourceFile>| {
        let path = absolute(file.path());
        let Ok(path) = path.strip_prefix(folder) else { return Arc::clone(file) };
        Arc::new(SourceFile::new(display_path(&top.join(path)), file.text()))
    };
    let inherited = declaration.inherited.as_ref().map(|inherited| {
        let layers = inherited.layers.iter();
        let layers =
            layers.map(|layer| Layer { name: layer.name.clone(), file: with_original_path(&layer.file) }).collect();
        Arc::new(Inherited {
            written: Arc::clone(&inherited.written),
            well_formed: inherited.well_formed,
            layers,
            beside: BTreeSet::new(),
            populations: Vec::new(),
        })
    });
    Declaration { file: with_original_path(&declaration.file), inherited, ..declaration }
}

/// The configuration and the trust root of a side, without options of the command line except `--profile`.
fn load_side(loaded: &Loaded, profile: Option<&str>) -> Result<Side, Vec<Failure>> {
    let overrides = Overrides { profile: profile.map(str::to_owned), ..Overrides::default() };
    let config = settle(loaded, &overrides)?;
    // If the trust root is invalid, there are no signers to compare. The check reports it.
    let trust = trust_root(&loaded.root, &loaded.entries).unwrap_or_default();
    Ok(Side { entries: loaded.entries.clone(), config, trust, baseline: None })
}

/// The path in the commit of the file that `--config` names. Links of the working tree are not followed, because a change chooses their targets.
fn explicit_file(tree: &Tree, path: &Utf8Path, reference: &str) -> Result<Utf8PathBuf, Failure> {
    let outside = || {
        usage(
            format!("`{path}` is outside the repository, but `--trust-ref` takes the configuration from `{reference}`"),
            "put the file into the repository, or check without `--trust-ref`",
        )
    };
    let file = tree.path(path).ok_or_else(outside)?;
    let inner = file.strip_prefix(tree.folder()).map_err(|_| outside())?;
    if file.symlink_metadata().is_err() {
        return Err(usage(
            format!("`{reference}` has no file `{inner}`, and `--trust-ref` takes the configuration from there"),
            "merge the configuration first, or check without `--trust-ref`",
        ));
    }
    Ok(file)
}

fn to_failures(errors: Vec<ConfigError>) -> Vec<Failure> {
    errors.into_iter().map(Failure::from).collect()
}

/// Whether a file contains declarations, so that it is not a configuration.
fn declares(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#') && *line != "---");
    lines.next().is_some_and(|line| line.starts_with("apiVersion: leaver/"))
}

/// The texts of the files that the configurations of both sides name, by their path below `root`.
pub(super) fn texts_of_named_files(root: &Utf8Path, entries: &[&ConfigFile]) -> BTreeMap<String, String> {
    texts_of_named_files_with(FILE_NAME, root, entries, None)
}

/// The same, for another name of the configuration file, and with the profile of the command line.
fn texts_of_named_files_with(
    config: &str,
    root: &Utf8Path,
    entries: &[&ConfigFile],
    profile: Option<&str>,
) -> BTreeMap<String, String> {
    let mut names = vec![config.to_owned()];
    let profiles = entries.iter().filter_map(|entries| entries.profile.as_deref()).chain(profile);
    for profile in profiles {
        // One that cannot be read is named by itself.
        let chain = load_profile(profile, root).unwrap_or_default().into_iter();
        let chain = chain.filter_map(|profile| profile.extends).chain([profile.to_owned()]);
        names.extend(chain.filter(|profile| profile.contains(['/', '.'])));
    }
    for entries in entries {
        names.extend(entries.vendors.iter().cloned());
        if entries.requires_signoff() {
            let folder = entries.trust_folder();
            names.extend(FILES.into_iter().chain([SUMS]).map(|name| format!("{folder}/{name}")));
        }
        for folder in entries.policies.iter().filter(|folder| inside(root, folder).is_ok()) {
            let files = walkdir::WalkDir::new(root.join(folder)).follow_links(false).into_iter().flatten();
            let files = files
                .filter(|entry| entry.file_type().is_file())
                .filter_map(|entry| Utf8PathBuf::from_path_buf(entry.into_path()).ok());
            names.extend(files.filter_map(|path| path.strip_prefix(root).ok().map(Utf8Path::to_string)));
        }
    }
    // A hostile configuration may name files outside the catalogue and devices. They are skipped. A link inside the catalogue counts as its
    // target, because leaver would read that.
    let limit = Limits::default().file_bytes;
    let read = |name: String| {
        let path = inside(root, &name).ok()?;
        Some((name, read(&path, limit).ok()?.text().to_owned()))
    };
    names.into_iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::declares;

    #[test]
    fn declarations_are_distinguished_from_configuration() {
        for text in ["apiVersion: leaver/v1\n", "# ours\n\n---\n# more\napiVersion: leaver/v1\nkind: App\n"] {
            assert!(declares(text), "{text}");
        }
        let others = ["", "# ours\n---\n", "version: 1\n", "apiVersion: v1\n", "name: ours\napiVersion: leaver/v1\n"];
        for text in others {
            assert!(!declares(text), "{text}");
        }
    }
}
