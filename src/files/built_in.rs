//! Reads the files that are built into the binary: rules, schemas, facts. Commands that work on leaver's own rules (`test`, `new rule`, `docs`) read
//! these files from leaver's checkout instead, so that an edit needs no build. All other commands, such as `check`, use the built-in files, because a
//! catalogue that imitates a checkout must not supply rules.

use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};

use super::Workspace;
use crate::source::CONFIG_NAME;

/// Maximum size of a schema, a fact file or a manifest.
const BYTES: usize = 4 * 1024 * 1024;

static CHECKOUT: OnceLock<Checkout> = OnceLock::new();

/// A checkout of leaver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checkout {
    /// The folder of leaver's Cargo.toml.
    pub(crate) root: Utf8PathBuf,
    /// The version in Cargo.toml.
    pub(crate) version: String,
}

impl Checkout {
    /// The checkout that contains a folder: the nearest Cargo.toml is leaver's, and no leaver.yaml is nearer.
    pub(crate) fn find(from: &Utf8Path) -> Option<Self> {
        let start = from.canonicalize_utf8().ok()?;
        for folder in start.ancestors() {
            let manifest = folder.join("Cargo.toml");
            if folder.join(CONFIG_NAME).symlink_metadata().is_ok() {
                return None;
            }
            if manifest.symlink_metadata().is_ok() {
                return Self::of(folder, &manifest);
            }
        }
        None
    }

    fn of(root: &Utf8Path, manifest: &Utf8Path) -> Option<Self> {
        let text = Workspace::default().read(manifest, BYTES).ok()?;
        let package = text.text().split_once("[package]")?.1;
        let value = |key: &str| {
            let lines = package.lines().map(str::trim).take_while(|line| !line.starts_with('['));
            let value = lines.filter_map(|line| line.split_once('=')).find(|(name, _)| name.trim() == key)?.1;
            Some(value.trim().strip_prefix('"')?.split_once('"')?.0.to_owned())
        };
        let real = |folder: &str| root.join(folder).symlink_metadata().is_ok_and(|meta| meta.is_dir());
        let is_leaver =
            value("name")? == "leaver" && ["policies", "policies/lib", "schemas", "data"].iter().all(|f| real(f));
        is_leaver.then_some(())?;
        Some(Self { root: root.to_owned(), version: value("version")? })
    }

    /// From now on, this process reads rules, schemas and facts of the checkout. Only the first call counts.
    pub(crate) fn enter(self) -> &'static Self {
        CHECKOUT.get_or_init(|| self)
    }

    /// The checkout in use.
    pub(crate) fn entered() -> Option<&'static Self> {
        CHECKOUT.get()
    }
}

/// The text of a built-in file. If a checkout is in use, the text of the file on disk.
pub(crate) fn built_in_text(path: &str, built_in: &'static str) -> std::borrow::Cow<'static, str> {
    let now = Checkout::entered().and_then(|checkout| Workspace::default().read(&checkout.root.join(path), BYTES).ok());
    now.map_or(built_in.into(), |file| file.text().to_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_leavers_own_tree_is_a_checkout() {
        let here = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
        let mine = Checkout::find(here).expect("this is one");
        assert_eq!(
            (mine.root.as_path(), mine.version.as_str()),
            (&*here.canonicalize_utf8().expect("a path"), env!("CARGO_PKG_VERSION"))
        );
        assert_eq!(Checkout::find(&here.join("policies/lib")).as_ref(), Some(&mine));
        // A leaver.yaml or another Cargo.toml is nearer to each of these folders.
        for folder in ["examples", "examples/broken", "benches", "fuzz"] {
            assert_eq!(Checkout::find(&here.join(folder)), None, "{folder}");
        }
    }
}
