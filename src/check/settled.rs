//! Which declarations the bundled rules on single declarations are not asked about. Rules on the whole catalogue see all of them.

use std::collections::BTreeSet;

use super::Gathered;
use crate::{
    finding::Finding,
    model::{Catalogue, Declaration, Waiver},
    policy::{PolicySet, looked_up_by},
    schema::KINDS,
};

/// What needs no judgement, or none any more. Declarations are told by their place in the catalogue.
#[derive(Default)]
pub(super) struct Settled {
    /// What rules are not asked about.
    pub(super) indexes: BTreeSet<usize>,
    /// What they say of those of which it is known.
    pub(super) findings: Vec<Finding>,
    /// Those of which it is not.
    pub(super) unknown: BTreeSet<usize>,
}

impl Settled {
    /// Sets aside what nobody asked about: what rules say of it alone would not be shown.
    pub(super) fn aside(policies: &PolicySet, gathered: &Gathered) -> Self {
        let Gathered { catalogue, focus, .. } = gathered;
        let is_asked = |declaration: &Declaration| focus.asks(declaration);
        let (asked, others): (Vec<_>, Vec<_>) =
            catalogue.own().iter().enumerate().partition(|(_, declaration)| is_asked(declaration));
        // Anything may name what is gone.
        if others.is_empty() || focus.has_lost() {
            return Self::default();
        }
        let kinds: BTreeSet<&str> = asked.iter().map(|(_, declaration)| declaration.kind.as_str()).collect();
        let (bundled, _) = policies.split();
        // What is found in a declaration may point to one that it looks up, and is shown with that one, too.
        let points = |kind: &&str| looked_up_by(&bundled, kind).into_iter().any(|other| kinds.contains(other));
        let pointing: BTreeSet<&str> = KINDS.into_iter().filter(points).collect();
        // The same goes for declarations of one name, which rules take for one.
        let mut names: BTreeSet<_> = asked.iter().map(|(_, declaration)| named(declaration)).collect();
        // Whether a waiver is of use is told by the findings in all that it names, and is shown there, too.
        let waivers = catalogue.waivers().filter_map(|declaration| {
            let apps = apps(declaration, catalogue);
            (is_asked(declaration) || apps.iter().any(|app| names.contains(app))).then_some(apps)
        });
        let waived: Vec<_> = waivers.flatten().collect();
        names.extend(waived);
        let aside = |declaration: &Declaration| {
            !pointing.contains(declaration.kind.as_str()) && !names.contains(&named(declaration))
        };
        let unknown: BTreeSet<usize> =
            others.into_iter().filter(|(_, declaration)| aside(declaration)).map(|(index, _)| index).collect();
        Self { indexes: unknown.clone(), findings: Vec::new(), unknown }
    }

    /// Leaves out of `past` what is not judged in `now` either: nothing that is found there can be the same as a finding of today.
    pub(super) fn leave(&mut self, aside: &Self, now: &Catalogue, past: &Catalogue) {
        if aside.unknown.is_empty() {
            return;
        }
        let judged = now.own().iter().enumerate().filter(|(index, _)| !aside.unknown.contains(index));
        let judged: BTreeSet<_> = judged.map(|(_, declaration)| named(declaration)).collect();
        // But a waiver that is of no use today was of none before only if all was judged that it named then.
        let concerns = |waiver: &Declaration, of: &Catalogue| apps(waiver, of).iter().any(|app| judged.contains(app));
        let today = now.waivers().filter(|waiver| concerns(waiver, now));
        let today: BTreeSet<&str> = today.map(|waiver| waiver.name.as_str()).collect();
        let before = past.waivers().filter(|waiver| today.contains(waiver.name.as_str()) || concerns(waiver, past));
        let waived: BTreeSet<_> =
            before.flat_map(|waiver| apps(waiver, past)).filter(|app| !judged.contains(app)).collect();
        for (index, declaration) in past.own().iter().enumerate() {
            let name = named(declaration);
            if waived.contains(&name) {
                self.indexes.remove(&index);
            } else if !judged.contains(&name) {
                self.indexes.insert(index);
                self.unknown.insert(index);
            }
        }
        let settled = |finding: &Finding| {
            let subject = finding.subject.as_ref().map(|subject| (subject.kind.clone(), subject.name.clone()));
            !subject.is_some_and(|subject| waived.contains(&subject))
        };
        self.findings.retain(settled);
    }
}

/// Kind and name of what a waiver is for.
fn apps(declaration: &Declaration, catalogue: &Catalogue) -> Vec<(String, String)> {
    let waiver = Waiver::read(declaration);
    let covered = waiver.iter().flat_map(|waiver| waiver.covered(catalogue.own()));
    covered.map(|app| ("App".to_owned(), app.to_owned())).collect()
}

fn named(declaration: &Declaration) -> (String, String) {
    (declaration.kind.clone(), declaration.name.clone())
}
