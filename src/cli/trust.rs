//! `--trust-ref`: configuration, rules, profiles, vendor facts, baseline and waivers from a commit that the change cannot edit.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::Arc,
};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::common::{git_failure, usage};
use crate::{
    Request,
    config::{
        Config, ConfigFile, FILE_NAME, Limits, Loaded, Overrides, discover, discover_below, load_profile,
        path_in_catalogue,
    },
    declarations,
    files::Workspace,
    model::{Declaration, Inherited},
    report::Failure,
    ruleset::{Ruleset, resolve},
    signoff::{FILES, SUMS, TrustRoot, artefacts},
    source::{FileKind, SourceError, SubmoduleFault},
    triage::Known,
    trust::{HeadConfig, Side, Trusted, of_the_change, trust_root},
    vcs::{Commit, Repo, Tracked, Tree, VcsError},
};

/// The change that is compared with the commit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change<'a> {
    /// The repository of the change.
    pub(super) repo: &'a Repo,
    /// The files of the change.
    pub(super) files: &'a Workspace,
    /// The index, if the staged files are the change.
    pub(super) staged: Option<&'a Tree>,
}

/// A trusted commit and everything that comes from it.
pub(super) struct TrustedCommit {
    repo: Repo,
    commit: Commit,
    /// The files of the commit, by their paths in the working tree.
    pub(super) files: Workspace,
    /// The files of the change.
    head: Workspace,
    /// The configuration of the commit, for the catalogue of the change.
    pub(super) config: Config,
    /// The rules of the commit.
    pub(super) ruleset: Ruleset,
    /// Everything else that comes from the commit.
    pub(super) trusted: Trusted,
}

impl TrustedCommit {
    /// Reads the commit, with the configuration `explicit` or the configuration that applies to `start`.
    pub(super) fn of(
        change: &Change<'_>,
        reference: &str,
        start: &Utf8Path,
        explicit: Option<&Utf8Path>,
        overrides: &Overrides,
    ) -> Result<Self, Vec<Failure>> {
        let Change { repo, files: head, staged } = *change;
        // If `start` is a file, only its folder counts, because the change may have replaced the file with a link.
        let start = match start.parent() {
            Some(folder) if head.is_file(start) => {
                if folder.as_str().is_empty() {
                    Utf8Path::new(".")
                } else {
                    folder
                }
            }
            _ => start,
        };
        if let Some(link) = repo.link_on_the_way(start, head) {
            return Err(git_failures(VcsError::Linked(head.show(&link).into())));
        }
        let commit = Commit::of(repo, reference, start, head).map_err(git_failures)?;
        let tree = commit.tree().map_err(git_failures)?;
        let files = tree.workspace(head);
        let explicit = explicit
            .map(|path| explicit_file((repo, head), &files, path, reference))
            .transpose()
            .map_err(|failure| vec![failure])?;
        let named = |failures: Vec<Failure>| label_with_commit(reference, failures);
        let loaded = if let Some(path) = &explicit {
            discover(&files, path, Some(path))
        } else {
            let start = head.canonical(start).unwrap_or_else(|_| head.absolute(start));
            discover_below(&files, files.nearest_folder(&start), repo.top())
        };
        let loaded = loaded.map_err(named)?;
        let (base, ruleset) = resolve(&loaded, overrides).map_err(named)?;
        let root = loaded.root.clone();
        let name = explicit.as_deref().and_then(Utf8Path::file_name).unwrap_or(FILE_NAME);
        let mut heads = match explicit {
            Some(_) => vec![HeadConfig::named(head, name, &root)],
            None => HeadConfig::all(head, start, &root, repo.top()),
        };
        let profile = overrides.profile.as_deref();
        if let Some(profile) = profile {
            heads.push(HeadConfig::with_profile(head, name, &root, profile, load_side(&loaded, Some(profile))?));
        }
        let side = load_side(&loaded, None)?;
        let (signoffs, unreadable) = artefacts(&files, &root, &base.signoff.folder);
        if !unreadable.is_empty() && !base.signoff.required.is_empty() {
            return Err(named(unreadable));
        }
        // Files that the commit tracks count even if its ignore files hide them.
        let everything = Trusted { tracked: tree.tracked(&root).files, ..Trusted::default() };
        let declared = declarations(&base, &ruleset, &Request { trusted: Some(everything), ..Request::default() });
        let divided = declared.iter().filter(|app| !app.populations().is_empty());
        let populations = divided.map(|app| (app.name.clone(), app.populations().to_vec())).collect();
        let declared: Vec<Declaration> = declared.into_iter().map(without_populations).collect();
        let of_kind = |kind: &str| declared.iter().filter(|declaration| declaration.kind == kind).cloned().collect();
        let own = heads.iter().filter(|head| head.path == name).map(|head| &head.entries);
        let entries: Vec<&ConfigFile> = [&loaded.entries].into_iter().chain(own).collect();
        let (tracked, absent, submodules) = tracked(change, &tree, &root)?;
        let mut unread = repo.differing(&tree, staged).map_err(git_failures)?;
        let is_chosen = |path: &Utf8Path| path.strip_prefix(&root).is_ok_and(|path| base.selection.selects(path));
        unread.retain(|path| !is_chosen(path));
        let mut trusted = Trusted {
            signers: Some(TrustRoot::load(&files, &root.join(&base.signoff.trust)).map_err(named)),
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
            base: texts_of_named_files_with(&files, name, &root, &entries, profile),
            head: texts_of_named_files_with(head, name, &root, &entries, profile),
            side: Some(side),
            accepted: Vec::new(),
            heads: Vec::new(),
        };
        // Also compare the other configurations that could apply to the requested path (nearer to the path, or above the root), and the files that
        // they name.
        for nearer in heads.iter().filter(|head| head.path != name) {
            let folder = Utf8Path::new(&nearer.path).parent().unwrap_or(Utf8Path::new(""));
            let place = lexical(&root.join(folder));
            let named = |(path, text): (String, String)| (folder.join(path).into_string(), text);
            let before = discover(&files, &place, Some(&place.join(FILE_NAME))).ok();
            let entries: Vec<&ConfigFile> =
                [&nearer.entries].into_iter().chain(before.iter().map(|loaded| &loaded.entries)).collect();
            trusted.head.extend(texts_of_named_files(head, &place, &entries).into_iter().map(named));
            trusted.base.extend(texts_of_named_files(&files, &place, &entries).into_iter().map(named));
        }
        trusted.heads = heads;
        if let Some(error) = tree.failure() {
            return Err(git_failures(error));
        }
        let config = Config { files: head.clone(), ..base };
        Ok(Self { repo: repo.clone(), commit, files, head: head.clone(), config, ruleset, trusted })
    }

    /// Also compares the baselines of both sides: the file on the command line, or the file that the configuration of each side names.
    pub(super) fn compare_baseline(&mut self, named: Option<&Utf8Path>, limit: usize) {
        let text = |files: &Workspace, path: &Utf8Path| Some(files.read(path, limit).ok()?.text().to_owned());
        let head = self.head.clone();
        let root = self.config.root.clone();
        let shown = |path: &Utf8Path, root: &Utf8Path| {
            let path = head.absolute(path);
            path.strip_prefix(root).unwrap_or(&path).to_string()
        };
        let old = match (named, &self.trusted.side) {
            (Some(path), _) => self.path(path).map(|place| (shown(path, &root), place)),
            (None, Some(side)) => configured_baseline(side).map(|place| (shown(&place, &side.config.root), place)),
            (None, None) => None,
        };
        let old = old.and_then(|(name, place)| Some((name, text(&self.files, &place)?)));
        if let Some(side) = &mut self.trusted.side {
            side.baseline = old.as_ref().map(|(_, text)| text.clone());
        }
        self.trusted.base.extend(old);
        for head in self.trusted.heads.iter_mut().filter(|head| head.against.is_none()) {
            let Some(side) = head.side.as_mut() else { continue };
            let Some(place) = named.map(Utf8Path::to_owned).or_else(|| configured_baseline(side)) else { continue };
            if let Some(reason) = broken_baseline(&self.head, &place, limit) {
                let message = format!("cannot read the baseline `{}`: {reason}", self.head.show(&place));
                let help = "`leaver check --update-baseline --add-to-baseline` writes one";
                head.failures.extend(of_the_change(vec![usage(message, help)]));
                continue;
            }
            let new = text(&self.head, &place).map(|text| (shown(&place, &root), text));
            side.baseline = new.as_ref().map(|(_, text)| text.clone());
            self.trusted.head.extend(new);
        }
    }

    /// Whether the commit contains a file of the working directory, even if the change deleted the file.
    pub(super) fn has(&self, path: &Utf8Path) -> bool {
        self.commit.has(path, &self.head)
    }

    /// Returns the path of a file of the working directory. Does not follow links of the working tree, because a change chooses their targets.
    pub(super) fn path(&self, path: &Utf8Path) -> Option<Utf8PathBuf> {
        Some(self.repo.top().join(self.repo.lexical_path(path, &self.head)?))
    }
}

/// Adds the name of the commit to failures, because files of the commit have the same paths as files of the change.
fn label_with_commit(reference: &str, failures: Vec<Failure>) -> Vec<Failure> {
    let named = |failure: Failure| Failure { message: format!("in {reference}: {}", failure.message), ..failure };
    failures.into_iter().map(named).collect()
}

/// Resolves each `..` in a path. The path may be missing on disk.
fn lexical(path: &Utf8Path) -> Utf8PathBuf {
    let mut full = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            Utf8Component::ParentDir => drop(full.pop()),
            part => full.push(part),
        }
    }
    full
}

/// Returns the path of the baseline that the configuration of a side names.
fn configured_baseline(side: &Side) -> Option<Utf8PathBuf> {
    side.config.baseline.as_ref().map(|baseline| side.config.root.join(baseline))
}

/// Returns the reason why the baseline of the change is unreadable, which would make leaver fail after the merge. A missing baseline counts as empty.
fn broken_baseline(files: &Workspace, path: &Utf8Path, limit: usize) -> Option<String> {
    match files.read(path, limit) {
        Ok(file) => Known::parse(file.text()).err(),
        Err(SourceError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(error.to_string()),
    }
}

fn git_failures(error: VcsError) -> Vec<Failure> {
    vec![git_failure(error)]
}

/// The tracked files below a folder, the tracked files that are not checked out, and the new or changed submodules that are not checked out.
/// The files of other submodules count as tracked.
type TrackedFiles = (Vec<Utf8PathBuf>, Vec<Utf8PathBuf>, Vec<(Utf8PathBuf, SubmoduleFault)>);

fn tracked(change: &Change<'_>, base: &Tree, root: &Utf8Path) -> Result<TrackedFiles, Vec<Failure>> {
    let Tracked { mut files, absent, submodules } = match change.staged {
        Some(staged) => staged.tracked(root),
        None => change.repo.tracked(root, change.files).map_err(git_failures)?,
    };
    let mut missing = Vec::new();
    for submodule in submodules {
        let before = files.len();
        if change.files.is_folder(&submodule.path) {
            let (all, errors) = change.files.all_below(&submodule.path);
            if !errors.is_empty() {
                return Err(errors.iter().map(Failure::from).collect());
            }
            // Keep files whose names are not UTF-8, so that they are reported like tracked files with such names.
            let is_content = |path: &Utf8PathBuf| !path.components().any(|part| part.as_str() == ".git");
            files.extend(all.into_iter().map(|(path, _)| path).filter(is_content));
        }
        if files.len() > before {
            continue;
        }
        match base.submodule(&submodule.path) {
            None => missing.push((submodule.path, SubmoduleFault::New)),
            Some(commit) if commit != submodule.commit => missing.push((submodule.path, SubmoduleFault::Changed)),
            Some(_) => {}
        }
    }
    Ok((files, absent, missing))
}

/// Removes the populations from a declaration of the commit, because they are compared separately.
fn without_populations(declaration: Declaration) -> Declaration {
    let inherited = declaration.inherited.as_ref().map(|inherited| {
        Arc::new(Inherited {
            population_patterns: BTreeSet::new(),
            populations: Vec::new(),
            ..Inherited::clone(inherited)
        })
    });
    Declaration { inherited, ..declaration }
}

/// Loads the configuration and the trust root of a side. `--profile` is the only option of the command line that applies.
fn load_side(loaded: &Loaded, profile: Option<&str>) -> Result<Side, Vec<Failure>> {
    let overrides = Overrides { profile: profile.map(str::to_owned), ..Overrides::default() };
    let (config, ruleset) = resolve(loaded, &overrides)?;
    // If the trust root is invalid, there are no signers to compare. The check reports it.
    let trust = trust_root(&loaded.files, &loaded.root, &loaded.entries).unwrap_or_default();
    Ok(Side { entries: loaded.entries.clone(), config, ruleset, trust, baseline: None })
}

/// Returns the path, in the commit, of the file that `--config` names. Links of the working tree are not followed, because a change chooses their
/// targets.
fn explicit_file(
    (repo, head): (&Repo, &Workspace),
    files: &Workspace,
    path: &Utf8Path,
    reference: &str,
) -> Result<Utf8PathBuf, Failure> {
    let inner = repo.lexical_path(path, head).ok_or_else(|| {
        usage(
            format!("`{path}` is outside the repository, but `--trust-ref` takes the configuration from `{reference}`"),
            "put the file into the repository, or check without `--trust-ref`",
        )
    })?;
    let file = repo.top().join(&inner);
    if files.kind(&file).is_err() {
        return Err(usage(
            format!("`{reference}` has no file `{inner}`, and `--trust-ref` takes the configuration from there"),
            "merge the configuration first, or check without `--trust-ref`",
        ));
    }
    Ok(file)
}

/// Reads the files that the configurations of both sides name. Returns their texts by path below `root`.
pub(super) fn texts_of_named_files(
    files: &Workspace,
    root: &Utf8Path,
    entries: &[&ConfigFile],
) -> BTreeMap<String, String> {
    texts_of_named_files_with(files, FILE_NAME, root, entries, None)
}

/// Like [`texts_of_named_files`], but for the configuration file `config` and the profile of the command line.
fn texts_of_named_files_with(
    files: &Workspace,
    config: &str,
    root: &Utf8Path,
    entries: &[&ConfigFile],
    profile: Option<&str>,
) -> BTreeMap<String, String> {
    let mut names = vec![config.to_owned()];
    let profiles = entries.iter().filter_map(|entries| entries.profile.as_deref()).chain(profile);
    for profile in profiles {
        // If a profile cannot be read, only its own name is known, not the profiles that it extends.
        let chain = load_profile(files, profile, root).unwrap_or_default().into_iter();
        let chain = chain.filter_map(|profile| profile.extends).chain([profile.to_owned()]);
        names.extend(chain.filter(|profile| profile.contains(['/', '.'])));
    }
    for entries in entries {
        names.extend(entries.vendors.iter().cloned());
        if entries.requires_signoff() {
            let folder = entries.trust_folder();
            names.extend(FILES.into_iter().chain([SUMS]).map(|name| format!("{folder}/{name}")));
        }
        for folder in entries.policies.iter().filter(|folder| path_in_catalogue(root, folder).is_ok()) {
            let (all, _) = files.all_below(&root.join(folder));
            let all = all.iter().filter(|(_, entry)| entry.is_utf8 && entry.kind == FileKind::File);
            names.extend(all.filter_map(|(path, _)| path.strip_prefix(root).ok().map(Utf8Path::to_string)));
        }
    }
    // Skip devices and files outside the catalogue, which a hostile configuration may name. A link inside the catalogue counts as its target, because
    // leaver would read the target.
    let limit = Limits::default().file_bytes;
    let read = |name: String| {
        let path = path_in_catalogue(root, &name).ok()?;
        Some((name, files.read(&path, limit).ok()?.text().to_owned()))
    };
    names.into_iter().filter_map(read).collect()
}
