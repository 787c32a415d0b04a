//! Selects the declarations that must be evaluated for the report.

use std::collections::BTreeSet;

use crate::{
    model::{Catalogue, Declaration, KINDS, Waiver},
    policy::{PolicySet, looked_up_by},
};

/// The declarations that rules on single declarations evaluate, by kind and name. Two declarations with the same kind and name are both evaluated,
/// because findings do not distinguish them. Rules on the whole catalogue and users' rules always see all declarations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Demand {
    /// Kinds and names; `None` for all declarations.
    subjects: Option<BTreeSet<(String, String)>>,
}

impl Demand {
    /// All declarations.
    pub(crate) const fn everything() -> Self {
        Self { subjects: None }
    }

    /// The shown declarations, and other declarations whose findings may refer to them: all declarations of a kind if rules on this kind look up the
    /// kind of a shown declaration. Also the declarations that [`Self::with_waivers`] adds.
    pub(crate) fn of_shown(
        catalogue: &Catalogue,
        policies: &PolicySet,
        is_shown: impl Fn(&Declaration) -> bool,
    ) -> Self {
        let (shown, others): (Vec<&Declaration>, Vec<_>) =
            catalogue.own().iter().partition(|declaration| is_shown(declaration));
        if others.is_empty() {
            return Self::everything();
        }
        let kinds: BTreeSet<&str> = shown.iter().map(|declaration| declaration.kind.as_str()).collect();
        let (bundled, _) = policies.split();
        let refers = |kind: &&str| looked_up_by(&bundled, kind).into_iter().any(|other| kinds.contains(other));
        let referring: BTreeSet<&str> = KINDS.into_iter().filter(refers).collect();
        let others = others.into_iter().filter(|declaration| referring.contains(declaration.kind.as_str()));
        let subjects = shown.into_iter().chain(others).map(subject).collect();
        Self { subjects: Some(subjects) }.with_waivers(catalogue)
    }

    /// Adds the waivers of `catalogue` for demanded apps, and all apps of demanded waivers, because a waiver can be reported as unused only after all
    /// its apps are evaluated.
    pub(crate) fn with_waivers(&self, catalogue: &Catalogue) -> Self {
        let Some(subjects) = &self.subjects else { return Self::everything() };
        let mut more = subjects.clone();
        for declaration in catalogue.waivers() {
            let waiver = subject(declaration);
            let Some(read) = Waiver::read(declaration) else { continue };
            let apps = read.covered_apps(catalogue.own()).into_iter();
            let apps: Vec<_> = apps.map(|app| ("App".to_owned(), app.to_owned())).collect();
            if subjects.contains(&waiver) || apps.iter().any(|app| subjects.contains(app)) {
                more.insert(waiver);
                more.extend(apps);
            }
        }
        Self { subjects: Some(more) }
    }

    /// The declarations for which `is_demanded` returns true, and other declarations with the same names.
    pub(crate) fn only(catalogue: &Catalogue, is_demanded: impl Fn(&Declaration) -> bool) -> Self {
        let demanded = catalogue.own().iter().filter(|declaration| is_demanded(declaration));
        Self { subjects: Some(demanded.map(subject).collect()) }
    }

    /// Whether a declaration is evaluated.
    pub(crate) fn contains(&self, declaration: &Declaration) -> bool {
        self.subjects.as_ref().is_none_or(|subjects| subjects.contains(&subject(declaration)))
    }

    /// Whether every declaration is evaluated.
    pub(crate) const fn is_everything(&self) -> bool {
        self.subjects.is_none()
    }
}

fn subject(declaration: &Declaration) -> (String, String) {
    (declaration.kind.clone(), declaration.name.clone())
}
