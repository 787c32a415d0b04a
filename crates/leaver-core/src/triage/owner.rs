//! Assigns findings to teams. No other module decides which team owns a finding, or how to reach the team.
//!
//! leaver searches from the place of a finding upwards for an `owner` that is a declared Team, since the owner of a stage can fix the stage. If there
//! is no such `owner`, the finding belongs to the owner of the declaration: `metadata.owner`, or `spec.owner` of a Waiver. A finding on a Team
//! belongs to this team. Findings of a dissolved team belong to its `successor`.

use std::collections::BTreeMap;

use crate::{
    finding::{Finding, Owner, Step, Subject},
    model::{Catalogue, Declaration},
    source::Node,
};

/// The kind of teams.
const TEAM: &str = "Team";
/// Maximum number of successors to follow, because they may form a cycle.
const SUCCESSORS: usize = 10;

/// Sets the owner of each finding.
pub fn assign_owners(findings: &mut [Finding], catalogue: &Catalogue) {
    let mut named: BTreeMap<(&str, &str), Vec<&Declaration>> = BTreeMap::new();
    for declaration in catalogue.own() {
        named.entry((&declaration.kind, &declaration.name)).or_default().push(declaration);
    }
    for finding in findings {
        let Some(subject) = &finding.subject else { continue };
        let all = named.get(&(subject.kind.as_str(), subject.name.as_str())).map_or(&[][..], Vec::as_slice);
        finding.owner = declaration(finding, all).and_then(|declaration| owner(finding, declaration, catalogue));
    }
}

/// Returns the declaration of a finding. If several declarations have the same name, this is the declaration that contains the place.
fn declaration<'a>(finding: &Finding, all: &[&'a Declaration]) -> Option<&'a Declaration> {
    let same_file = |declaration: &&&Declaration| declaration.file.path() == finding.place.file.path();
    let at = finding.place.span.start();
    let around =
        |declaration: &&&Declaration| (declaration.root.span().start()..=declaration.root.span().end()).contains(&at);
    let here = all.iter().filter(same_file).find(around).or_else(|| all.iter().find(same_file));
    here.or_else(|| all.first()).copied()
}

fn owner(finding: &Finding, declaration: &Declaration, catalogue: &Catalogue) -> Option<Owner> {
    let team = |name: &str| catalogue.find(&Subject { kind: TEAM.into(), name: name.to_owned() });
    let own = (declaration.kind == TEAM).then_some(declaration.name.as_str());
    let nearest = || nearest(&declaration.root, &finding.path).into_iter().find(|name| team(name).is_some());
    let whole = || ["metadata", "spec"].iter().find_map(|part| text(declaration.root.get(part)?, "owner"));
    let mut name = own.or_else(nearest).or_else(whole)?;
    for _ in 0..SUCCESSORS {
        let spec = team(name).and_then(|team| team.root.get("spec"));
        let dissolved = spec.filter(|spec| text(spec, "status") == Some("dissolved"));
        let Some(successor) = dissolved.and_then(|spec| text(spec, "successor")) else { break };
        name = successor;
    }
    let contact = team(name).and_then(|team| text(team.root.get("spec")?, "contact"));
    Some(Owner::new(name, contact))
}

/// Returns the values of the `owner` keys along a path, innermost first.
fn nearest<'a>(root: &'a Node, path: &[Step]) -> Vec<&'a str> {
    let above = (1..=path.len()).rev().filter_map(|length| root.at(path.get(..length)?));
    above.filter_map(|node| text(node, "owner")).collect()
}

fn text<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Node::text).filter(|text| !text.trim().is_empty())
}
