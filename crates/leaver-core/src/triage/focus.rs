//! Paths on the command line limit the reported findings and the input of rules on single declarations. All files are loaded nevertheless: otherwise,
//! rules on the whole catalogue would have wrong results when a hook names a single file.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    finding::{Finding, Step, Subject},
    model::{Declaration, PATTERN},
    source::Place,
};

/// The requested files and folders.
#[derive(Debug, Clone, Default)]
pub struct Focus {
    /// The folder that displayed paths are relative to.
    working: Utf8PathBuf,
    paths: BTreeSet<Utf8PathBuf>,
    folders: bool,
    /// Declarations in other files that inherit from a pattern in the requested files.
    dependents: BTreeSet<Subject>,
    /// Requested apps that are not well-formed, and their patterns. A fault in such an app or pattern explains why the app is not evaluated.
    faulty: BTreeSet<Subject>,
    /// Names that the requested files no longer declare.
    removed: BTreeSet<String>,
}

impl Focus {
    /// Limits the report to these paths. Each path has a flag that is true for a folder. The paths are absolute, or relative to `working` like the
    /// paths of source files. Without paths, everything is reported.
    pub fn new(working: Utf8PathBuf, paths: impl IntoIterator<Item = (String, bool)>) -> Self {
        let (paths, folders): (BTreeSet<Utf8PathBuf>, Vec<bool>) =
            paths.into_iter().map(|(path, folder)| (absolute(&working, &path), folder)).unzip();
        Self { working, paths, folders: folders.contains(&true), ..Self::default() }
    }

    /// Whether only single files were requested.
    pub fn only_files(&self) -> bool {
        !self.paths.is_empty() && !self.folders
    }

    /// Whether a file was requested.
    pub fn has(&self, path: &str) -> bool {
        self.paths.is_empty() || absolute(&self.working, path).ancestors().any(|folder| self.paths.contains(folder))
    }

    /// Also requests the declarations that inherit from patterns in the requested files, and the faults in patterns of requested apps.
    pub fn add_dependents(&mut self, declarations: &[Declaration]) {
        if self.is_all() {
            return;
        }
        let inherits = |declaration: &Declaration| declaration.layers().iter().any(|layer| self.has(layer.file.path()));
        let is_dependent =
            |declaration: &&Declaration| inherits(declaration) || declaration.populations().iter().any(inherits);
        self.dependents = declarations.iter().filter(is_dependent).map(Declaration::subject).collect();
        let faulty = declarations.iter().filter(|declaration| {
            !declaration.well_formed && declaration.inherited.is_some() && self.includes(declaration)
        });
        let patterns = |declaration: &Declaration| -> Vec<Subject> {
            let pattern = |name: &str| Subject { kind: PATTERN.into(), name: name.to_owned() };
            declaration.patterns().into_iter().map(pattern).chain([declaration.subject()]).collect()
        };
        self.faulty = faulty.flat_map(patterns).collect();
    }

    /// Whether a declaration was requested.
    pub fn includes(&self, declaration: &Declaration) -> bool {
        self.has(declaration.file.path())
            || (!self.dependents.is_empty() && self.dependents.contains(&declaration.subject()))
    }

    /// Whether everything was requested.
    pub fn is_all(&self) -> bool {
        self.paths.is_empty()
    }

    /// Adds names that the files no longer declare.
    pub fn add_removed_names(&mut self, names: impl IntoIterator<Item = String>) {
        self.removed.extend(names);
    }

    /// Whether there are names that the requested files no longer declare.
    pub fn has_removed_names(&self) -> bool {
        !self.removed.is_empty()
    }

    /// Whether a place of a finding was requested, or names something that the requested files no longer declare.
    pub fn includes_finding(&self, finding: &Finding) -> bool {
        // Edits of trusted files are always reported.
        finding.rule.group() == "trust"
            || finding.places().any(|place| self.has(place.file.path()))
            || finding.subject.as_ref().is_some_and(|subject| {
                self.dependents.contains(subject) || (finding.rule.group() == "schema" && self.faulty.contains(subject))
            })
            || self.names_removed(finding)
    }

    /// Whether the text at a place of a finding is a removed name. The name of the declaration with the finding does not count.
    fn names_removed(&self, finding: &Finding) -> bool {
        let own = finding.path.last() == Some(&Step::Key("name".into()));
        let named =
            |place: &Place| self.removed.contains(place.span.slice(place.file.text()).trim_matches(['"', '\'']));
        self.has_removed_names() && !own && finding.places().any(named)
    }
}

/// Converts a display path to an absolute path, for comparison.
fn absolute(working: &Utf8Path, shown: &str) -> Utf8PathBuf {
    if shown == "." { working.to_owned() } else { working.join(shown) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_includes_everything_below_it() {
        let focus = |paths: &[(&str, bool)]| {
            Focus::new("/here".into(), paths.iter().map(|(path, folder)| ((*path).to_owned(), *folder)))
        };
        let some = focus(&[("apps", true), ("x/y.yaml", false)]);
        assert!(some.has("apps/slack.yaml") && some.has("apps/a/b.yaml") && some.has("x/y.yaml"));
        assert!(some.has("/here/apps/slack.yaml") && !some.has("/apps/slack.yaml"));
        assert!(!some.has("apps2/slack.yaml") && !some.has("x/z.yaml"));
        assert!(Focus::default().has("anything") && focus(&[(".", true)]).has("anything"));
    }
}
