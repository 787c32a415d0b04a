//! `--trust-ref`: configuration, rules, profiles, vendor facts, baseline and waivers from a commit that the change cannot edit.

use std::{collections::BTreeMap, fs, sync::Arc};

use camino::{Utf8Path, Utf8PathBuf};

use super::common::git_failure;
use crate::{
    Request,
    config::{Config, ConfigFile, FILE_NAME, Limits, Overrides, discover_below, inside, settle},
    declarations,
    model::Declaration,
    report::Failure,
    signoff::{FILES, SUMS, Trust, artefacts},
    source::{SourceFile, absolute, display_path, read},
    trust::Trusted,
    vcs::{Commit, Repo, Tree},
};

/// A trusted commit and what is in force by it.
pub(super) struct Base {
    tree: Tree,
    /// The configuration of the commit, for the catalogue of the change.
    pub(super) config: Config,
    /// The rest that comes from it.
    pub(super) trusted: Trusted,
}

impl Base {
    pub(super) fn of(
        repo: &Repo,
        reference: &str,
        start: &Utf8Path,
        overrides: &Overrides,
    ) -> Result<Self, Vec<Failure>> {
        let one = |error| vec![git_failure(error)];
        let commit = Commit::of(repo, reference, start).map_err(one)?;
        // Thousands of files that only hold declarations are not laid out: their text will do.
        let yaml = |path: &Utf8Path| matches!(path.extension(), Some("yaml" | "yml"));
        let mut texts = commit.texts(yaml, Limits::default().file_bytes).map_err(one)?;
        texts.retain(|(path, text)| path.file_name() != Some(FILE_NAME) && declares(text));
        let tree = Tree::of(commit, &texts.iter().map(|(path, _)| path.clone()).collect()).map_err(one)?;
        let inside = tree.nearest();
        let loaded = discover_below(&inside, tree.folder())?;
        let base = settle(&loaded, overrides)?;
        let relative = loaded.root.strip_prefix(tree.folder()).unwrap_or(Utf8Path::new(""));
        let root = tree.top().join(relative);
        let head = discover_below(&root, &root).map_or_else(|_| ConfigFile::default(), |head| head.entries);
        let texts: Vec<(Utf8PathBuf, String)> = texts
            .into_iter()
            .map(|(path, text)| (tree.folder().join(path), text))
            .filter(|(path, _)| base.chooses(path))
            .collect();
        // The commit is laid out where nobody would look for it.
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
        let trusted = Trusted {
            signers: Some(Trust::load(&base.root.join(&base.signoff.trust)).map_err(named)),
            signoffs,
            waivers: declared.iter().filter(|declaration| declaration.kind == "Waiver").cloned().collect(),
            apps: declared.iter().filter(|declaration| declaration.kind == "App").cloned().collect(),
            declarations: declared
                .into_iter()
                .map(|declaration| placed(declaration, tree.folder(), tree.top()))
                .collect(),
            tracked: repo.tracked(&root).map_err(one)?,
            base: contents(&loaded.root, &[&loaded.entries, &head]),
            head: contents(&root, &[&loaded.entries, &head]),
        };
        Ok(Self { config: Config { root, ..base }, trusted, tree })
    }

    /// Whether the commit has a file of the working directory, which may be gone by now.
    pub(super) fn has(&self, path: &Utf8Path) -> bool {
        self.tree.commit().has(path)
    }

    /// Where a file of the working directory lies in the commit.
    pub(super) fn path(&self, path: &Utf8Path) -> Option<Utf8PathBuf> {
        self.tree.path(path)
    }
}

/// A declaration with the path that its file has, or had, in the working directory.
fn placed(declaration: Declaration, folder: &Utf8Path, top: &Utf8Path) -> Declaration {
    let path = absolute(declaration.file.path());
    let Ok(path) = path.strip_prefix(folder) else { return declaration };
    let file = SourceFile::new(display_path(&top.join(path)), declaration.file.text());
    Declaration { file: Arc::new(file), ..declaration }
}

/// Whether a file is written as declarations are: then it is no configuration.
fn declares(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#') && *line != "---");
    lines.next().is_some_and(|line| line.starts_with("apiVersion: leaver/"))
}

/// The trusted files below a root, by their path in it: what the configuration of either side names.
pub(super) fn contents(root: &Utf8Path, entries: &[&ConfigFile]) -> BTreeMap<String, String> {
    let mut names = vec![FILE_NAME.to_owned()];
    for entries in entries {
        names.extend(entries.vendors.iter().cloned());
        if entries.requires_signoff() {
            let folder = entries.trust_folder();
            names.extend(FILES.into_iter().chain([SUMS]).map(|name| format!("{folder}/{name}")));
        }
        names.extend(entries.profile.iter().filter(|profile| profile.contains(['/', '.'])).cloned());
        for folder in entries.policies.iter().filter(|folder| inside(root, folder).is_ok()) {
            let files = walkdir::WalkDir::new(root.join(folder)).follow_links(false).into_iter().flatten();
            let files = files
                .filter(|entry| entry.file_type().is_file())
                .filter_map(|entry| Utf8PathBuf::from_path_buf(entry.into_path()).ok());
            names.extend(files.filter_map(|path| path.strip_prefix(root).ok().map(Utf8Path::to_string)));
        }
    }
    // What a hostile configuration names outside the catalogue, links and devices are not looked at.
    let limit = Limits::default().file_bytes;
    let read = |name: String| {
        let path = inside(root, &name).ok()?;
        if fs::symlink_metadata(&path).ok()?.file_type().is_symlink() {
            return None;
        }
        Some((name, read(&path, limit).ok()?.text().to_owned()))
    };
    names.into_iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::declares;

    #[test]
    fn what_is_written_as_declarations_is_told_from_configuration() {
        for text in ["apiVersion: leaver/v1\n", "# ours\n\n---\n# more\napiVersion: leaver/v1\nkind: App\n"] {
            assert!(declares(text), "{text}");
        }
        let others = ["", "# ours\n---\n", "version: 1\n", "apiVersion: v1\n", "name: ours\napiVersion: leaver/v1\n"];
        for text in others {
            assert!(!declares(text), "{text}");
        }
    }
}
