//! Some parts of a check come from a trusted commit, so that a change cannot relax its own check. This module finds the edits of these parts.
//! `data/trust.yaml` defines which edits relax a check.

mod head;
mod observed;
mod scope;
mod table;
mod view;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    config::{ConfigFile, FILE_NAME},
    files::Workspace,
    finding::{Finding, Step, Subject},
    model::{Catalogue, Declaration},
    policy::package_line,
    report::Failure,
    rule::{RuleId, Severity},
    signoff::{Artefact, TrustRoot},
    source::{Address, Place, SourceFile, Span, SubmoduleFault},
};

pub use head::{HeadConfig, of_the_change, trust_root};
use observed::Observed;
use table::{Edit, Event, Table};
pub use view::Side;

/// The rule that reports edits.
const RULE: &str = "trust/changed";
/// The maximum number of edits that a message lists.
const MAX_LISTED: usize = 3;

/// The parts of a check that come from a trusted commit, and facts about the change.
#[derive(Debug, Clone, Default)]
pub struct Trusted {
    /// Waivers. Waivers of the change have no effect yet.
    pub waivers: Vec<Declaration>,
    /// Apps. Waivers and baseline of the commit cover these apps, but not new apps with the same names.
    pub apps: Vec<Declaration>,
    /// All declarations of the commit, to find the apps that the change edits.
    pub declarations: Vec<Declaration>,
    /// By app: the populations that are evaluated as separate declarations.
    pub populations: BTreeMap<String, Vec<Declaration>>,
    /// Systems.
    pub systems: Vec<Declaration>,
    /// All files below the root that git tracks in the change, including files of submodules.
    pub tracked: Vec<Utf8PathBuf>,
    /// New and edited files of the change that do not belong to the catalogue.
    pub unread: Vec<Utf8PathBuf>,
    /// Tracked files of the change that a sparse checkout left out.
    pub absent: Vec<Utf8PathBuf>,
    /// Submodules that the change adds or edits and that are not checked out.
    pub submodules: Vec<(Utf8PathBuf, SubmoduleFault)>,
    /// The text of each trusted file in the commit, by path.
    pub base: BTreeMap<String, String>,
    /// The text of each trusted file in the change, by path.
    pub head: BTreeMap<String, String>,
    /// The configuration in force.
    pub side: Option<Side>,
    /// The configurations that the change would put in force: the `leaver.yaml` at the root, and a nearer `leaver.yaml` if there is one.
    pub heads: Vec<HeadConfig>,
    /// Digests of changes that a code owner accepts.
    pub accepted: Vec<String>,
    /// The trust root, if sign-offs are required.
    pub signers: Option<Result<TrustRoot, Vec<Failure>>>,
    /// Sign-offs of the commit.
    pub signoffs: Vec<Artefact>,
}

/// The change that is compared with the trusted commit.
pub struct Change<'a> {
    /// The declarations of the change.
    pub catalogue: &'a Catalogue,
    /// The files of the change, for the display of paths.
    pub files: &'a Workspace,
    /// The folder of the catalogue.
    pub root: &'a Utf8Path,
    /// The day of the check.
    pub today: &'a str,
    /// The name of the file with the evidence of this run.
    pub evidence: Option<&'a str>,
    /// Whether a file was loaded without errors, so that its declarations are known.
    pub is_read: &'a dyn Fn(&str) -> bool,
}

/// A difference between the commit and the change, with the edits in it. It becomes a finding.
struct Changed {
    message: String,
    edits: Vec<Edit>,
    subject: Option<Subject>,
    path: Vec<Step>,
    place: Place,
}

impl Trusted {
    /// Whether any trusted file differs.
    pub fn is_edited(&self) -> bool {
        self.base != self.head
    }

    /// Returns a finding for each trusted file, System, waiver and set of observations that differs, and for each app to which fewer rules apply. An
    /// edit that relaxes the check is an error unless it is accepted.
    pub fn changes(&self, change: &Change<'_>) -> Vec<Finding> {
        let Ok(rule) = RULE.parse::<RuleId>() else { return Vec::new() };
        let (catalogue, root) = (change.catalogue, change.root);
        let table = Table::bundled();
        let base = Catalogue::new(self.systems.clone(), catalogue.builtin().to_vec());
        let mut changed = self.changed_files(&table, change.files, root);
        changed.extend(changed_systems(&table, &base, catalogue));
        let observed = Observed::of(&self.declarations, catalogue, change.evidence);
        changed.extend(observed.changed(self.is_edited(), change.today));
        let apps = scope::apps_with_fewer_rules(&table, self, change);
        let digest = self.digest(&base, catalogue, &observed, &apps);
        changed.extend(apps);
        let accepted = self.accepted.iter().any(|accepted| accepted.trim() == digest);
        changed.extend(self.changed_waivers(catalogue));
        let finding = |changed: Changed| {
            let relaxes = changed.edits.iter().any(|edit| edit.relaxes);
            let severity = if relaxes && !accepted { Severity::Error } else { Severity::Warning };
            let how = match (relaxes, accepted) {
                (true, true) => " (accepted)",
                _ => "",
            };
            let help = format!(
                "review the edit separately; a code owner can accept it with `--accept-policy-change {digest}` (docs/ci.md)"
            );
            let message = format!("{}{}{how}", changed.message, relaxing_edits(&changed.edits));
            Finding {
                help: (relaxes && !accepted).then_some(help),
                subject: changed.subject,
                address: Address::of_path(&changed.path),
                path: changed.path,
                ..Finding::new(rule.clone(), severity, message, changed.place)
            }
        };
        changed.into_iter().map(finding).collect()
    }

    fn changed_files(&self, table: &Table, files: &Workspace, root: &Utf8Path) -> Vec<Changed> {
        let shown = |path: &str| files.show(&root.join(path));
        let mut values = self.edits_by_file(table);
        let mut changed: Vec<Changed> = Vec::new();
        for path in self.edited() {
            let (base, head) = (self.base.get(path), self.head.get(path));
            let (event, what, at) = match (base, head) {
                (Some(base), Some(head)) => (Event::Edited, "edited", first_difference(base, head)),
                (None, _) => (Event::New, "new", 0),
                (_, None) => (Event::Gone, "gone", 0),
            };
            let mut edits = values.remove(path).unwrap_or_default();
            if table.relaxes_file(path, event) || self.extends_rules(path) {
                let text = "its rules may have fewer findings".to_owned();
                edits.push(Edit { path: Vec::new(), text, relaxes: true });
            }
            changed.push(in_file(
                &shown(path),
                head.map_or("", String::as_str),
                at,
                format!("`{path}` is {what}"),
                edits,
            ));
        }
        // Report edits even if they belong to no file that differs.
        let rest = values.into_values().flatten().collect::<Vec<_>>();
        if rest.iter().any(|edit| edit.relaxes) {
            let name = self.heads.first().map_or(FILE_NAME, |head| head.path.as_str());
            let text = self.head.get(name).map_or("", String::as_str);
            changed.push(in_file(&shown(name), text, 0, "the configuration is edited".to_owned(), rest));
        }
        changed
    }

    /// Compares the configuration in force with those of the change. Returns the edits by the file that causes them.
    fn edits_by_file(&self, table: &Table) -> BTreeMap<&str, Vec<Edit>> {
        let mut by_file: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
        if !self.is_edited() {
            return by_file;
        }
        for change in &self.heads {
            if let (Some(base), Some(head)) = (change.against.as_ref().or(self.side.as_ref()), &change.side) {
                for edit in table.compare(&[], Some(&base.view(head)), Some(&head.view(base))) {
                    by_file.entry(self.file_of_edit(change, &edit)).or_default().push(edit);
                }
                continue;
            }
            let text = "its effect is unknown, because the configuration of the change is broken".to_owned();
            let file = self.edited().find(|path| *path == change.path).or_else(|| self.edited().next());
            let edit = Edit { path: Vec::new(), text, relaxes: true };
            by_file.entry(file.unwrap_or(FILE_NAME)).or_default().push(edit);
        }
        by_file
    }

    /// Returns the paths of the trusted files that differ.
    fn edited(&self) -> impl Iterator<Item = &str> {
        let new = self.head.keys().filter(|path| !self.base.contains_key(*path));
        self.base.keys().chain(new).filter(|path| self.base.get(*path) != self.head.get(*path)).map(String::as_str)
    }

    /// Returns the edited file that most likely causes an edit.
    fn file_of_edit<'a>(&'a self, change: &'a HeadConfig, edit: &Edit) -> &'a str {
        let keys: Vec<&str> = edit.path.iter().map(String::as_str).collect();
        let ends = |end: &str| self.edited().find(|path| path.ends_with(end));
        let sides: Vec<&ConfigFile> = self.side.iter().map(|side| &side.entries).chain([&change.entries]).collect();
        let names = |list: &dyn Fn(&ConfigFile) -> Vec<String>| {
            let names: Vec<String> = sides.iter().flat_map(|entries| list(entries)).collect();
            self.edited().find(|path| names.iter().any(|name| name == path))
        };
        let profiles = |entries: &ConfigFile| entries.profile.iter().cloned().collect::<Vec<_>>();
        let found = match keys.as_slice() {
            ["signers", ..] => ends("allowed_signers"),
            ["approvers", ..] => ends("approvers.yaml"),
            ["revoked", ..] => ends("revoked"),
            ["baseline", ..] => self.edited().find(|path| Utf8Path::new(path).extension() == Some("json")),
            ["vendors", ..] => names(&|entries| entries.vendors.clone()),
            ["rules", id, ..] => ends(&format!("{id}/rule.rego")).or_else(|| {
                let is_set = sides.iter().any(|entries| entries.rules.contains_key(*id));
                let other = sides.windows(2).any(|pair| profiles(pair[0]) != profiles(pair[1]));
                if is_set || other { None } else { names(&profiles) }
            }),
            _ => None,
        };
        let own = || self.edited().find(|path| *path == change.path);
        found.or_else(own).or_else(|| self.edited().next()).unwrap_or(&change.path)
    }

    /// Whether a file is a new library whose package does not match its file name. Such a library may extend existing rules.
    fn extends_rules(&self, path: &str) -> bool {
        let file = Utf8Path::new(path);
        let stem = file.file_stem().unwrap_or_default();
        let is_library = file.extension() == Some("rego") && stem != "rule" && !stem.ends_with("_test");
        if self.base.contains_key(path) || !is_library {
            return false;
        }
        let package = self.head.get(path).and_then(|text| package_line(text));
        package.is_none_or(|package| package != format!("policies.lib.{stem}"))
    }

    fn changed_waivers(&self, catalogue: &Catalogue) -> Vec<Changed> {
        let edited = |waiver: &&Declaration| {
            let known = self.waivers.iter().find(|known| known.name == waiver.name);
            !known.is_some_and(|known| Value::from(&*known.root) == Value::from(&*waiver.root))
        };
        let changed = |waiver: &Declaration| {
            let known = self.waivers.iter().any(|known| known.name == waiver.name);
            let what = if known { "is edited" } else { "is new" };
            let message = format!("the waiver `{}` {what}; it takes effect after the merge", waiver.name);
            let (path, place) = name_place(waiver, true);
            Changed { message, edits: Vec::new(), subject: Some(waiver.subject()), path, place }
        };
        catalogue.waivers().filter(edited).map(changed).collect()
    }

    /// Computes the digest of a change, for `--accept-policy-change`. It covers both sides of every trusted file, System and observation that
    /// differs, and the edits of apps that relax the check. A different edit of these parts results in a different digest.
    fn digest(&self, base: &Catalogue, catalogue: &Catalogue, observed: &Observed<'_>, apps: &[Changed]) -> String {
        let sum = |text: Option<&[u8]>| text.map_or_else(|| "none".to_owned(), |text| hex(&Sha256::digest(text)));
        let mut rows = BTreeSet::new();
        for path in self.edited() {
            let [base, head] = [&self.base, &self.head].map(|side| sum(side.get(path).map(String::as_bytes)));
            rows.insert(format!("file {path:?} {base} {head}"));
        }
        for (name, before, after, _) in differing_systems(base, catalogue) {
            let [before, after] =
                [before, after].map(|value| sum(value.map(|value| value.to_string()).as_deref().map(str::as_bytes)));
            rows.insert(format!("system {name:?} {before} {after}"));
        }
        for (kind, name, before, after) in observed.rows() {
            let [before, after] =
                [before, after].map(|value| sum(value.map(|value| value.to_string()).as_deref().map(str::as_bytes)));
            rows.insert(format!("{kind} {name:?} {before} {after}"));
        }
        for app in apps {
            let name = app.subject.as_ref().map(|subject| subject.name.as_str());
            let relaxing = app.edits.iter().filter(|edit| edit.relaxes);
            rows.extend(relaxing.map(|edit| format!("app {name:?} {:?}", edit.text)));
        }
        let text: String = rows.into_iter().map(|row| row + "\n").collect();
        format!("sha256:{}", hex(&Sha256::digest(text.as_bytes())))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the Systems whose facts differ: name, facts before, facts after, and the declaration. A new System is left out if it overrides no facts of
/// a built-in System. A removed System counts only if there is a built-in System of the same name. Otherwise, leaver reports the references to the
/// removed System.
fn differing_systems<'a>(
    base: &'a Catalogue,
    head: &'a Catalogue,
) -> Vec<(String, Option<Value>, Option<Value>, &'a Declaration)> {
    let spec = |system: &Declaration| {
        let spec = system.root.get("spec").map(Value::from);
        Some(spec.unwrap_or_else(|| Value::Object(serde_json::Map::new())))
    };
    let known = |catalogue: &'a Catalogue, name: &str| {
        catalogue.find(&Subject { kind: "System".into(), name: name.to_owned() }).filter(|system| system.well_formed)
    };
    // If the System extends a built-in System, compare it with the built-in System.
    let through = |name: &str| {
        let extended = head.extended().find(|(own, _)| *own == name);
        extended.and_then(|(_, bases)| known(base, bases.first()?))
    };
    let mut rows = Vec::new();
    let own = |catalogue: &'a Catalogue| {
        catalogue.own().iter().filter(|declaration| declaration.kind == "System" && declaration.well_formed)
    };
    for declaration in own(head) {
        let name = &declaration.name;
        let Some(before) = known(base, name).or_else(|| through(name)) else { continue };
        rows.push((name.clone(), spec(before), spec(declaration), declaration));
    }
    for declaration in own(base).filter(|system| !own(head).any(|other| other.name == system.name)) {
        let after = known(head, &declaration.name).and_then(spec);
        if after.is_some() {
            rows.push((declaration.name.clone(), spec(declaration), after, declaration));
        }
    }
    rows.retain(|(_, before, after, _)| before != after);
    rows
}

/// Returns the Systems whose facts differ in a way that relaxes the check.
fn changed_systems(table: &Table, base: &Catalogue, catalogue: &Catalogue) -> Vec<Changed> {
    let mut changed = Vec::new();
    for (name, before, after, declaration) in differing_systems(base, catalogue) {
        let edits = table.compare(&["systems", &name], before.as_ref(), after.as_ref());
        if edits.iter().any(|edit| edit.relaxes) {
            let exists = catalogue.own().iter().any(|own| Arc::ptr_eq(&own.root, &declaration.root));
            let what = if exists { "overrides facts" } else { "is gone" };
            let (path, place) = name_place(declaration, exists);
            let message = format!("the System `{name}` {what}");
            changed.push(Changed { message, edits, subject: Some(declaration.subject()), path, place });
        }
    }
    changed
}

/// Returns the path and place of a declaration's name. The place of a removed declaration is the start of its former file.
fn name_place(declaration: &Declaration, exists: bool) -> (Vec<Step>, Place) {
    let path = vec![Step::Key("metadata".into()), Step::Key("name".into())];
    let place = if exists {
        declaration.place(declaration.root.locate(&path).span)
    } else {
        Place { file: Arc::new(SourceFile::new(declaration.file.path(), "")), span: Span::new(0, 0) }
    };
    (path, place)
}

/// Describes the edits that relax the check.
fn relaxing_edits(edits: &[Edit]) -> String {
    let relaxing: Vec<&str> = edits.iter().filter(|edit| edit.relaxes).map(|edit| edit.text.as_str()).collect();
    if relaxing.is_empty() {
        return String::new();
    }
    format!(" and relaxes the check: {}", first_few(&relaxing))
}

fn first_few(texts: &[&str]) -> String {
    let named = texts.iter().take(MAX_LISTED).copied().collect::<Vec<_>>().join("; ");
    let more = texts.len().saturating_sub(MAX_LISTED);
    if more > 0 { format!("{named}; and {more} more") } else { named }
}

/// Returns the position of the first byte at which two texts differ.
fn first_difference(base: &str, head: &str) -> usize {
    base.bytes().zip(head.bytes()).take_while(|(one, other)| one == other).count()
}

fn in_file(path: &str, text: &str, at: usize, message: String, edits: Vec<Edit>) -> Changed {
    let file = Arc::new(SourceFile::new(path, text));
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let end = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| start + newline);
    let place = Place { file, span: Span::new(start, end) };
    Changed { message, edits, subject: None, path: Vec::new(), place }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_reported_at_its_first_line() {
        let (base, head) = ("a: 1\nb: 2\nc: 3\n", "a: 1\nb: 4\nc: 3\n");
        let found = in_file("leaver.yaml", head, first_difference(base, head), "edited".into(), Vec::new());
        assert_eq!(found.place.span.slice(head), "b: 4");
        let found = in_file("leaver.yaml", "a: 1", 0, "new".into(), Vec::new());
        assert_eq!(found.place.span, Span::new(0, 4));
    }
}
