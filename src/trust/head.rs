//! Reads the configuration of the change. This configuration takes effect after the merge, but leaver reads it now, so that a broken configuration
//! fails before the merge.

use camino::Utf8Path;

use super::Side;
use crate::{
    config::{ConfigFile, FILE_NAME, Loaded, Overrides, discover, discover_below},
    files::Workspace,
    report::Failure,
    ruleset::resolve,
    signoff::{FILES, TrustRoot},
};

/// The change's own configuration.
#[derive(Debug, Clone, Default)]
pub struct HeadConfig {
    /// The path of the change's `leaver.yaml`, relative to the root of the catalogue. The file may be missing.
    pub path: String,
    /// The keys of the file as written; empty if the file cannot be read.
    pub entries: ConfigFile,
    /// The resolved configuration, or `None` if something in it is broken.
    pub side: Option<Side>,
    /// The errors in the configuration.
    pub failures: Vec<Failure>,
    /// The side of the trusted commit, resolved with `--profile`. Only present if `side` was also resolved with `--profile`; `side` is then compared
    /// with this field instead of [`super::Trusted::side`].
    pub against: Option<Side>,
}

impl HeadConfig {
    /// Reads the configuration at the `root` of the catalogue. If a run in `start` would use a nearer configuration, reads this configuration too.
    /// Never searches above `top`.
    pub fn all(files: &Workspace, start: &Utf8Path, root: &Utf8Path, top: &Utf8Path) -> Vec<Self> {
        let mut heads = vec![Self::read(files, FILE_NAME.to_owned(), root, root)];
        let folder = files.canonical(files.nearest_folder(start)).ok();
        let nearest = folder.as_deref().and_then(|folder| files.find_upwards(folder, FILE_NAME));
        if let Some((folder, nearest)) = folder.as_deref().zip(nearest)
            && nearest.starts_with(top)
            && nearest.parent() != Some(root)
        {
            heads.push(Self::read(files, relative(&nearest, root), folder, top));
        }
        heads
    }

    /// Reads the configuration with this name at the `root` of the catalogue, for a run with `--config`.
    pub fn named(files: &Workspace, name: &str, root: &Utf8Path) -> Self {
        let loaded = discover(files, root, Some(&root.join(name)));
        Self::of(name.to_owned(), loaded, &Overrides::default())
    }

    /// Reads the configuration `name` like [`Self::named`], but with the profile of `--profile`, because a change may edit the file of this profile.
    pub fn with_profile(files: &Workspace, name: &str, root: &Utf8Path, profile: &str, against: Side) -> Self {
        let path = root.join(name);
        let explicit = Some(path.as_path()).filter(|path| files.kind(path).is_ok());
        let loaded = match explicit {
            Some(path) => discover(files, root, Some(path)),
            None => Ok(Loaded::without_file(files, root)),
        };
        let overrides = Overrides { profile: Some(profile.to_owned()), ..Overrides::default() };
        Self { against: Some(against), ..Self::of(name.to_owned(), loaded, &overrides) }
    }

    fn read(files: &Workspace, path: String, folder: &Utf8Path, top: &Utf8Path) -> Self {
        Self::of(path, discover_below(files, folder, top), &Overrides::default())
    }

    fn of(path: String, loaded: Result<Loaded, Vec<Failure>>, overrides: &Overrides) -> Self {
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(failures) => return Self { path, failures: of_the_change(failures), ..Self::default() },
        };
        let entries = loaded.entries.clone();
        let trust = trust_root(&loaded.files, &loaded.root, &entries);
        match (resolve(&loaded, overrides), trust) {
            (Ok((config, ruleset)), Ok(trust)) => {
                let side = Side { entries: entries.clone(), config, ruleset, trust, baseline: None };
                Self { path, entries, side: Some(side), ..Self::default() }
            }
            (resolved, trust) => {
                let failures = resolved.err().into_iter().chain(trust.err()).flatten().collect();
                Self { path, entries, failures: of_the_change(failures), ..Self::default() }
            }
        }
    }
}

/// Makes a path relative to `root`, with `..` if the path is not below `root`.
fn relative(path: &Utf8Path, root: &Utf8Path) -> String {
    let common = root.ancestors().find(|folder| path.starts_with(folder)).unwrap_or(root);
    let up = root.strip_prefix(common).map_or(0, |rest| rest.components().count());
    let down = path.strip_prefix(common).unwrap_or(path);
    format!("{}{down}", "../".repeat(up))
}

/// Reads the trust root and the text of `allowed_signers`, if the configuration requires sign-offs.
pub fn trust_root(
    files: &Workspace,
    root: &Utf8Path,
    entries: &ConfigFile,
) -> Result<Option<(String, TrustRoot)>, Vec<Failure>> {
    if !entries.requires_signoff() {
        return Ok(None);
    }
    let folder = root.join(entries.trust_folder());
    let trust = TrustRoot::load(files, &folder)?;
    let [signers, ..] = FILES;
    let text = files.read(&folder.join(signers), crate::signoff::TRUST_BYTES).map(|file| file.text().to_owned());
    Ok(Some((text.unwrap_or_default(), trust)))
}

/// Adds `in the change` to the messages of failures.
pub fn of_the_change(failures: Vec<Failure>) -> Vec<Failure> {
    let named = |failure: Failure| Failure { message: format!("in the change: {}", failure.message), ..failure };
    failures.into_iter().map(named).collect()
}
