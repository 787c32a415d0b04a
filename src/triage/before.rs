//! The apps that waivers and baselines were written for. A name is not enough: an app that takes over the name of another one, or an entry that
//! takes over the position of another one, must not take over what was accepted for it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    finding::{Finding, Step, Subject, Verdict},
    model::{Catalogue, Declaration, Waiver},
    rule::RuleId,
};

/// A catalogue, and what it was before, as far as that is known.
pub struct Before<'a> {
    now: &'a Catalogue,
    base: Option<Base<'a>>,
}

struct Base<'a> {
    apps: BTreeMap<&'a str, &'a Declaration>,
    /// By name.
    waivers: BTreeMap<String, Vec<Waiver>>,
}

/// A name that another app had.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reused {
    /// The app that has it now.
    pub subject: Subject,
    /// Its identity.
    pub now: String,
    /// What is not taken over, as a clause.
    pub what: String,
}

impl<'a> Before<'a> {
    /// Only the catalogue: what was written for it is taken to be for what it holds now.
    pub const fn unknown(now: &'a Catalogue) -> Self {
        Self { now, base: None }
    }

    /// The catalogue, and the apps and waivers of a commit.
    pub fn of(
        now: &'a Catalogue,
        apps: impl Iterator<Item = &'a Declaration>,
        waivers: impl Iterator<Item = &'a Declaration>,
    ) -> Self {
        let mut named = BTreeMap::new();
        for app in apps.filter(|app| app.kind == "App") {
            named.entry(app.name.as_str()).or_insert(app);
        }
        let mut given: BTreeMap<String, Vec<Waiver>> = BTreeMap::new();
        for waiver in waivers.filter_map(Waiver::read) {
            given.entry(waiver.name().to_owned()).or_default().push(waiver);
        }
        Self { now, base: Some(Base { apps: named, waivers: given }) }
    }

    /// The commit, if it has the waiver as it is.
    fn base_of(&self, waiver: &Waiver) -> Option<&Base<'a>> {
        self.base.as_ref().filter(|base| base.waivers.get(waiver.name()).is_some_and(|known| known.contains(waiver)))
    }

    /// The declaration that a finding known before is about, by its kind and name.
    pub(super) fn declaration(&self, subject: &Subject) -> Option<&'a Declaration> {
        match &self.base {
            Some(base) if subject.kind == "App" => base.apps.get(subject.name.as_str()).copied(),
            _ => self.now.find(subject),
        }
    }

    /// Who waives a finding. An app that only has the name of the one that a waiver is for is noted in `reused`.
    pub(super) fn waived<'w>(&self, waiver: &'w Waiver, finding: &Finding, today: &str) -> Waived<'w> {
        let Some(subject) = finding.subject.as_ref().filter(|_| waiver.names(finding, today)) else {
            return Waived::No;
        };
        // A waiver that the commit does not have was written for the catalogue as it is.
        let base = self.base_of(waiver);
        let app = match base {
            Some(base) => base.apps.get(subject.name.as_str()).copied(),
            None => self.now.find(subject),
        };
        // A label or vendor counts as the app had it when the waiver was given: a change cannot bring its app under a waiver.
        let selected = |app: Option<&Declaration>| app.is_some_and(|app| waiver.selects(app));
        let is_selected = waiver.goes_by_name() || (selected(app) && selected(self.now.find(subject)));
        if !is_selected {
            return Waived::No;
        }
        let was = match (waiver.identity(&subject.name), base) {
            (Some(identity), _) => Some(identity.to_owned()),
            (None, Some(_)) => app.map(Declaration::identity),
            (None, None) => Some(finding.identity.clone()),
        };
        if was.as_deref() == Some(finding.identity.as_str()) {
            return if waiver.reaches(finding, app) { Waived::By(waiver) } else { Waived::No };
        }
        // Where the app of then is not known, all that the waiver is for may be meant.
        if app.is_some() && !waiver.reaches(finding, app) {
            return Waived::No;
        }
        let was = was.map_or_else(|| "no app was called so".into(), |was| said(&was));
        let now = said(&finding.identity);
        Waived::Other(Reused {
            subject: subject.clone(),
            now: finding.identity.clone(),
            what: format!("the waiver `{}` is for another app of that name ({was}; now {now})", waiver.name()),
        })
    }

    /// Whether a waiver is for more apps than it may be, now or when it was given. As for `waiver/too-many-apps`, only valid declarations
    /// count, each of them: a name that no App has is no app, and of two Apps with one name both are.
    pub(super) fn is_void(&self, waiver: &Waiver) -> bool {
        if !waiver.is_limited() {
            return false;
        }
        let is_for = |app: &&Declaration| app.well_formed && waiver.selects(app);
        let then = self.base_of(waiver).map_or(0, |base| base.apps.values().copied().filter(is_for).count());
        waiver.is_void(self.now.own().iter().filter(is_for).count().max(then))
    }

    /// The app for which a waiver was given.
    pub(super) fn app(&self, waiver: &Waiver, name: &str) -> Option<&'a Declaration> {
        match self.base_of(waiver) {
            Some(base) => base.apps.get(name).copied(),
            None => self.now.find(&Subject { kind: "App".into(), name: name.to_owned() }),
        }
    }
}

/// What a waiver does to a finding.
pub(super) enum Waived<'w> {
    /// It covers it.
    By(&'w Waiver),
    /// It would, but was given for another app.
    Other(Reused),
    /// Nothing.
    No,
}

/// An identity in a sentence.
pub(super) fn said(identity: &str) -> String {
    if identity.is_empty() { "without vendor, tier and id".into() } else { identity.to_owned() }
}

/// A finding of `rule` for each name that was reused.
pub fn reused(rule: &RuleId, all: Vec<Reused>, catalogue: &Catalogue) -> Vec<Verdict> {
    let all: BTreeSet<Reused> = all.into_iter().collect();
    let mut named: BTreeMap<Subject, Vec<(usize, &Declaration)>> = BTreeMap::new();
    for (index, declaration) in catalogue.own().iter().enumerate().filter(|_| !all.is_empty()) {
        named.entry(declaration.subject()).or_default().push((index, declaration));
    }
    let verdict = |reused: Reused| {
        // Two may have the name: the one that is another one.
        let mut here = named.get(&reused.subject)?.iter();
        let (index, _) = here.find(|(_, declaration)| declaration.identity() == reused.now)?;
        Some(Verdict {
            rule: rule.clone(),
            declaration: *index,
            path: vec![Step::Key("metadata".into()), Step::Key("name".into())],
            message: format!("{}: {}", reused.subject.name, reused.what),
            severity: None,
            related: Vec::new(),
            fix: Vec::new(),
        })
    };
    all.into_iter().filter_map(verdict).collect()
}

/// Waivers whose path counts positions, as findings of `rule` on them. `given` are the waivers of the catalogue by their index in it.
pub fn by_position<'w>(
    rule: &RuleId,
    given: impl IntoIterator<Item = (usize, &'w Waiver)>,
    before: &Before<'_>,
) -> Vec<Verdict> {
    let verdict = |(index, waiver): (usize, &'w Waiver)| {
        let (path, address) = waiver.path().zip(waiver.address().filter(|address| address.has_index()))?;
        // Those that it names in their order, and those that it selects.
        let covered = waiver.covered(before.now.own());
        let apps = waiver.apps().iter().map(String::as_str).filter(|app| covered.contains(app));
        let named = apps.chain(covered.iter().copied()).find_map(|app| {
            let named = address.named(&before.app(waiver, app)?.root);
            (!named.has_index()).then(|| named.to_string())
        });
        let replace = |named: &String| serde_json::json!({"op": "replace", "path": "/spec/path", "value": named});
        let advice = named.as_ref().map_or_else(
            || "; no app of the waiver has such an entry".to_owned(),
            |named| format!("; write `{named}`, which is what it stands for"),
        );
        Some(Verdict {
            rule: rule.clone(),
            declaration: index,
            path: vec![Step::Key("spec".into()), Step::Key("path".into())],
            message: format!("{}: `{path}` identifies an entry by its position{advice}", waiver.name()),
            severity: None,
            related: Vec::new(),
            fix: named.iter().map(replace).collect(),
        })
    };
    given.into_iter().filter_map(verdict).collect()
}
