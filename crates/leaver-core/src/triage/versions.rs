//! Finds the apps for which waivers and baselines were written. A comparison of names does not suffice: a waiver or baseline must not cover an app
//! that takes the name of another app, or an entry that takes the position of another entry.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    finding::{Finding, Step, Subject, Verdict},
    model::{Catalogue, Declaration, Waiver},
    rule::RuleId,
};

/// The current version of a catalogue and, if known, the commit that its waivers and baseline come from.
pub struct Versions<'a> {
    now: &'a Catalogue,
    base: Option<Base<'a>>,
}

struct Base<'a> {
    apps: BTreeMap<&'a str, &'a Declaration>,
    /// The waivers by name.
    waivers: BTreeMap<String, Vec<Waiver>>,
}

/// A name that belonged to another app before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reused {
    /// The app that has the name now.
    pub subject: Subject,
    /// The current identity of the app.
    pub now: String,
    /// Describes the waiver or the known findings that do not apply to the app. The message has this text after the name.
    pub reason: String,
}

impl<'a> Versions<'a> {
    /// Uses the current version only. All waivers and baselines then count as written for the current apps.
    pub const fn current_only(now: &'a Catalogue) -> Self {
        Self { now, base: None }
    }

    /// Returns the current version, and the apps and waivers of a commit.
    pub fn with_commit(
        now: &'a Catalogue,
        apps: impl Iterator<Item = &'a Declaration>,
        waivers: impl Iterator<Item = &'a Declaration>,
    ) -> Self {
        let mut named = BTreeMap::new();
        for app in apps.filter(|app| app.kind == "App") {
            named.entry(app.name.as_str()).or_insert(app);
        }
        let mut waivers_by_name: BTreeMap<String, Vec<Waiver>> = BTreeMap::new();
        for waiver in waivers.filter_map(Waiver::read) {
            waivers_by_name.entry(waiver.name().to_owned()).or_default().push(waiver);
        }
        Self { now, base: Some(Base { apps: named, waivers: waivers_by_name }) }
    }

    /// Returns the commit, if it contains the waiver unchanged.
    fn base_of(&self, waiver: &Waiver) -> Option<&Base<'a>> {
        self.base.as_ref().filter(|base| base.waivers.get(waiver.name()).is_some_and(|known| known.contains(waiver)))
    }

    /// Returns the declaration that a known finding is about, by kind and name.
    pub(super) fn declaration(&self, subject: &Subject) -> Option<&'a Declaration> {
        match &self.base {
            Some(base) if subject.kind == "App" => base.apps.get(subject.name.as_str()).copied(),
            _ => self.now.find(subject),
        }
    }

    /// Returns the effect of a waiver on a finding.
    pub(super) fn coverage<'w>(&self, waiver: &'w Waiver, finding: &Finding, today: &str) -> Coverage<'w> {
        let Some(subject) = finding.subject.as_ref().filter(|_| waiver.matches(finding, today)) else {
            return Coverage::NotCovered;
        };
        // A waiver that the commit does not contain was written for the present catalogue.
        let base = self.base_of(waiver);
        let app = match base {
            Some(base) => base.apps.get(subject.name.as_str()).copied(),
            None => self.now.find(subject),
        };
        // Labels, vendor and pattern must match now, and must have matched when the waiver was given. Otherwise, a change could bring an app under a
        // waiver.
        let selected = |app: Option<&Declaration>| app.is_some_and(|app| waiver.selects(app));
        let is_selected = waiver.selects_by_name_only() || (selected(app) && selected(self.now.find(subject)));
        if !is_selected {
            return Coverage::NotCovered;
        }
        let was = match (waiver.identity(&subject.name), base) {
            (Some(identity), _) => Some(identity.to_owned()),
            (None, Some(_)) => app.map(Declaration::identity),
            (None, None) => Some(finding.identity.clone()),
        };
        if was.as_deref() == Some(finding.identity.as_str()) {
            return if waiver.covers_path_of(finding, app) { Coverage::Covered(waiver) } else { Coverage::NotCovered };
        }
        // If the earlier app is not known, ignore the path of the waiver.
        if app.is_some() && !waiver.covers_path_of(finding, app) {
            return Coverage::NotCovered;
        }
        let was = was.map_or_else(|| "no app had this name".into(), |was| described_identity(&was));
        let now = described_identity(&finding.identity);
        Coverage::OtherApp(Reused {
            subject: subject.clone(),
            now: finding.identity.clone(),
            reason: format!("the waiver `{}` is for another app with the same name ({was}; now {now})", waiver.name()),
        })
    }

    /// Whether a waiver applies to more apps than it allows, now or when it was given. As in `waiver/too-many-apps`, each valid App counts, even if
    /// two Apps have the same name. A name without an App does not count.
    pub(super) fn exceeds_limit(&self, waiver: &Waiver) -> bool {
        if !waiver.is_limited() {
            return false;
        }
        let is_for = |app: &&Declaration| app.well_formed && waiver.selects(app);
        let then = self.base_of(waiver).map_or(0, |base| base.apps.values().copied().filter(is_for).count());
        waiver.exceeds_limit(self.now.own().iter().filter(is_for).count().max(then))
    }

    /// Returns the app for which a waiver was given.
    pub(super) fn app(&self, waiver: &Waiver, name: &str) -> Option<&'a Declaration> {
        match self.base_of(waiver) {
            Some(base) => base.apps.get(name).copied(),
            None => self.now.find(&Subject { kind: "App".into(), name: name.to_owned() }),
        }
    }
}

/// The effect of a waiver on a finding.
pub(super) enum Coverage<'w> {
    /// The waiver covers the finding.
    Covered(&'w Waiver),
    /// The waiver would cover the finding, but was given for another app of the same name.
    OtherApp(Reused),
    /// The waiver has no effect on the finding.
    NotCovered,
}

/// Returns an identity as text.
pub(super) fn described_identity(identity: &str) -> String {
    if identity.is_empty() { "without vendor, tier and id".into() } else { identity.to_owned() }
}

/// Returns one verdict of `rule` for each reused name.
pub fn reused_name_verdicts(rule: &RuleId, all: Vec<Reused>, catalogue: &Catalogue) -> Vec<Verdict> {
    let all: BTreeSet<Reused> = all.into_iter().collect();
    let mut named: BTreeMap<Subject, Vec<(usize, &Declaration)>> = BTreeMap::new();
    for (index, declaration) in catalogue.own().iter().enumerate().filter(|_| !all.is_empty()) {
        named.entry(declaration.subject()).or_default().push((index, declaration));
    }
    let verdict = |reused: Reused| {
        // Several declarations may have the name. Use the declaration with the current identity.
        let mut here = named.get(&reused.subject)?.iter();
        let (index, _) = here.find(|(_, declaration)| declaration.identity() == reused.now)?;
        Some(Verdict {
            rule: rule.clone(),
            declaration: *index,
            path: vec![Step::Key("metadata".into()), Step::Key("name".into())],
            message: format!("{}: {}", reused.subject.name, reused.reason),
            severity: None,
            related: Vec::new(),
            fix: Vec::new(),
        })
    };
    all.into_iter().filter_map(verdict).collect()
}

/// Returns a verdict of `rule` on each waiver with list positions in its path. `waivers` has the index of each declaration in the catalogue.
pub fn positional_paths<'w>(
    rule: &RuleId,
    waivers: impl IntoIterator<Item = (usize, &'w Waiver)>,
    versions: &Versions<'_>,
) -> Vec<Verdict> {
    let verdict = |(index, waiver): (usize, &'w Waiver)| {
        let (path, address) = waiver.path().zip(waiver.address().filter(|address| address.has_index()))?;
        // First the apps that the waiver names, in order, then the apps that it selects.
        let covered = waiver.covered_apps(versions.now.own());
        let apps = waiver.apps().iter().map(String::as_str).filter(|app| covered.contains(app));
        let named = apps.chain(covered.iter().copied()).find_map(|app| {
            let named = address.with_names(&versions.app(waiver, app)?.root);
            (!named.has_index()).then(|| named.to_string())
        });
        let replace = |named: &String| serde_json::json!({"op": "replace", "path": "/spec/path", "value": named});
        let advice = named.as_ref().map_or_else(
            || "; no app of the waiver has such an entry".to_owned(),
            |named| format!("; write `{named}` instead"),
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
    waivers.into_iter().filter_map(verdict).collect()
}
