//! What comes from a trusted commit, so that a change cannot relax the rules that it is checked by, and what the change edits in it.

use std::{collections::BTreeMap, sync::Arc};

use camino::Utf8PathBuf;
use serde_json::Value;

use crate::{
    finding::{Finding, Step, Subject},
    model::{Catalogue, Declaration},
    report::Failure,
    rule::{RuleId, Severity},
    signoff::{Artefact, Trust},
    source::{Address, Place, SourceFile, Span},
};

/// The id of the rule that shows edits.
const RULE: &str = "trust/changed";

/// What a check takes from a trusted commit.
#[derive(Debug, Clone, Default)]
pub struct Trusted {
    /// Its waivers: those of the change do not count yet.
    pub waivers: Vec<Declaration>,
    /// Its apps: a waiver or a baseline of the commit is for these, not for others that take over their names.
    pub apps: Vec<Declaration>,
    /// Its declarations: an app is also what the change made of it.
    pub declarations: Vec<Declaration>,
    /// Every file below the root that git tracks in the change.
    pub tracked: Vec<Utf8PathBuf>,
    /// Trusted files by path, as the commit has them.
    pub base: BTreeMap<String, String>,
    /// The same as the change has them.
    pub head: BTreeMap<String, String>,
    /// Whose signatures count, where sign-offs are required.
    pub signers: Option<Result<Trust, Vec<Failure>>>,
    /// The sign-offs of the commit.
    pub signoffs: Vec<Artefact>,
}

impl Trusted {
    /// A finding for each trusted file and waiver that differs.
    pub fn changes(&self, catalogue: &Catalogue) -> Vec<Finding> {
        let files = self.base.keys().chain(self.head.keys().filter(|path| !self.base.contains_key(*path)));
        let edited = files.filter_map(|path| match (self.base.get(path), self.head.get(path)) {
            (Some(base), Some(head)) if base == head => None,
            (Some(base), Some(head)) => {
                Some(in_file(path, head, first_difference(base, head), format!("`{path}` is edited")))
            }
            (None, Some(head)) => Some(in_file(path, head, 0, format!("`{path}` is new"))),
            (Some(_), None) => Some(in_file(path, "", 0, format!("`{path}` is gone"))),
            (None, None) => None,
        });
        let waivers = catalogue.waivers().filter_map(|waiver| {
            let known = self.waivers.iter().find(|known| known.name == waiver.name);
            let same = known.is_some_and(|known| Value::from(&*known.root) == Value::from(&*waiver.root));
            let what = if known.is_some() { "is edited" } else { "is new" };
            (!same)
                .then(|| of_waiver(waiver, format!("the waiver `{}` {what}; it counts after the merge", waiver.name)))
        });
        edited.chain(waivers).flatten().collect()
    }
}

/// The byte at which two texts part.
fn first_difference(base: &str, head: &str) -> usize {
    base.bytes().zip(head.bytes()).take_while(|(one, other)| one == other).count()
}

fn in_file(path: &str, text: &str, at: usize, message: String) -> Option<Finding> {
    let file = Arc::new(SourceFile::new(path, text));
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let end = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| start + newline);
    finding(message, None, Vec::new(), Place { file, span: Span::new(start, end) })
}

fn of_waiver(waiver: &Declaration, message: String) -> Option<Finding> {
    let path = vec![Step::Key("metadata".into()), Step::Key("name".into())];
    let place = waiver.place(waiver.root.locate(&path).span);
    finding(message, Some(waiver.subject()), path, place)
}

fn finding(message: String, subject: Option<Subject>, path: Vec<Step>, place: Place) -> Option<Finding> {
    let address = Address::of_path(&path);
    let rule = RULE.parse::<RuleId>().ok()?;
    Some(Finding { subject, path, address, ..Finding::new(rule, Severity::Warning, message, place) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_shown_by_its_line() {
        let (base, head) = ("a: 1\nb: 2\nc: 3\n", "a: 1\nb: 4\nc: 3\n");
        let found = in_file("leaver.yaml", head, first_difference(base, head), "edited".into()).expect("a finding");
        assert_eq!(found.place.span.slice(head), "b: 4");
        let found = in_file("leaver.yaml", "a: 1", 0, "new".into()).expect("a finding");
        assert_eq!(found.place.span, Span::new(0, 4));
    }
}
