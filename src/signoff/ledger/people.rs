//! Finds the teams that a person belongs to: directly, through nested teams, and through successors of dissolved teams.

use std::collections::{BTreeMap, BTreeSet};

use super::super::reference::normalized_name;
use crate::{
    model::Declaration,
    source::{Node, Yaml},
};

/// The members of teams. Names are compared in lower case, without spaces around them.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Maps each member (a person or a team) to the teams that list this member.
    teams_of: BTreeMap<String, BTreeSet<String>>,
}

impl People {
    /// Collects the members of the Teams in one or two catalogues. A member in either catalogue counts.
    pub(super) fn of<'a>(declarations: impl IntoIterator<Item = &'a Declaration>) -> Self {
        let mut people = Self::default();
        for team in declarations.into_iter().filter(|declaration| declaration.kind == "Team") {
            let Some(spec) = team.root.get("spec") else { continue };
            let members = match spec.get("members").map(Node::value) {
                Some(Yaml::List(members)) => &members[..],
                _ => &[],
            };
            // Members of the successor also belong to the dissolved team.
            let successor = spec.get("successor").and_then(Node::text);
            for member in members.iter().filter_map(Node::text).chain(successor) {
                people.teams_of.entry(normalized_name(member)).or_default().insert(normalized_name(&team.name));
            }
        }
        people
    }

    /// Returns all teams that a person belongs to.
    pub(super) fn teams(&self, person: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![normalized_name(person)];
        while let Some(member) = waiting.pop() {
            for team in self.teams_of.get(&member).into_iter().flatten() {
                if found.insert(team.clone()) {
                    waiting.push(team.clone());
                }
            }
        }
        found
    }
}
