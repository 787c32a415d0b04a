//! Paths on the command line narrow what is reported, and what rules on single declarations are asked about, never what is loaded: a rule
//! that needs the whole catalogue stays right when a hook names a single file.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use crate::{
    finding::{Finding, Step, Subject},
    model::{Declaration, PATTERN},
    source::{Place, absolute},
};

/// The files and folders that were asked about.
#[derive(Debug, Clone, Default)]
pub struct Focus {
    paths: BTreeSet<Utf8PathBuf>,
    folders: bool,
    /// Declarations in other files that inherit from one in these.
    heirs: BTreeSet<Subject>,
    /// Requested apps that are not well-formed, and their patterns: whatever is wrong there is why the app is not evaluated.
    faulty: BTreeSet<Subject>,
    /// Names that these files no longer declare.
    lost: BTreeSet<String>,
}

impl Focus {
    /// Narrows to these paths, spelled as source files spell theirs, and whether each is a folder. None: everything.
    pub fn new(paths: impl IntoIterator<Item = (String, bool)>) -> Self {
        let (paths, folders): (BTreeSet<Utf8PathBuf>, Vec<bool>) =
            paths.into_iter().map(|(path, folder)| (absolute(&path), folder)).unzip();
        Self { paths, folders: folders.contains(&true), ..Self::default() }
    }

    /// Whether only single files were asked about.
    pub fn only_files(&self) -> bool {
        !self.paths.is_empty() && !self.folders
    }

    /// Whether a file was asked about.
    pub fn has(&self, path: &str) -> bool {
        self.paths.is_empty() || absolute(path).ancestors().any(|folder| self.paths.contains(folder))
    }

    /// Also requests the declarations that inherit from a pattern in the requested files, and what is wrong with the patterns of requested apps.
    pub fn follow(&mut self, declarations: &[Declaration]) {
        if self.is_all() {
            return;
        }
        let inherits = |one: &Declaration| one.layers().iter().any(|layer| self.has(layer.file.path()));
        let heir = |one: &&Declaration| inherits(one) || one.populations().iter().any(inherits);
        self.heirs = declarations.iter().filter(heir).map(Declaration::subject).collect();
        let faulty = declarations.iter().filter(|one| !one.well_formed && one.inherited.is_some() && self.asks(one));
        let patterns = |one: &Declaration| -> Vec<Subject> {
            let pattern = |name: &str| Subject { kind: PATTERN.into(), name: name.to_owned() };
            one.patterns().into_iter().map(pattern).chain([one.subject()]).collect()
        };
        self.faulty = faulty.flat_map(patterns).collect();
    }

    /// Whether a declaration was asked about.
    pub fn asks(&self, declaration: &Declaration) -> bool {
        self.has(declaration.file.path()) || (!self.heirs.is_empty() && self.heirs.contains(&declaration.subject()))
    }

    /// Whether everything was asked about.
    pub fn is_all(&self) -> bool {
        self.paths.is_empty()
    }

    /// Adds names that the files no longer declare.
    pub fn lose(&mut self, names: impl IntoIterator<Item = String>) {
        self.lost.extend(names);
    }

    /// Whether any name is gone from the files.
    pub fn has_lost(&self) -> bool {
        !self.lost.is_empty()
    }

    /// Whether any place of a finding was asked about, or names what is gone from there.
    pub fn concerns(&self, finding: &Finding) -> bool {
        // What edits the trusted files concerns every path.
        finding.rule.group() == "trust"
            || finding.places().any(|place| self.has(place.file.path()))
            || finding.subject.as_ref().is_some_and(|subject| {
                self.heirs.contains(subject) || (finding.rule.group() == "schema" && self.faulty.contains(subject))
            })
            || self.names_lost(finding)
    }

    /// Whether the text at a place of a finding is a name that is gone. Its own name is no such text.
    fn names_lost(&self, finding: &Finding) -> bool {
        let own = finding.path.last() == Some(&Step::Key("name".into()));
        let named = |place: &Place| self.lost.contains(place.span.slice(place.file.text()).trim_matches(['"', '\'']));
        self.has_lost() && !own && finding.places().any(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_for_all_below_it() {
        let focus = Focus::new([("apps".to_owned(), true), ("x/y.yaml".to_owned(), false)]);
        assert!(focus.has("apps/slack.yaml") && focus.has("apps/a/b.yaml") && focus.has("x/y.yaml"));
        assert!(!focus.has("apps2/slack.yaml") && !focus.has("x/z.yaml"));
        assert!(Focus::default().has("anything") && Focus::new([(".".to_owned(), true)]).has("anything"));
    }
}
