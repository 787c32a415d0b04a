//! The teams a person belongs to: by name, through nested teams, and through successors of dissolved teams.

use std::collections::{BTreeMap, BTreeSet};

use super::super::reference::normalized_name;
use crate::{
    model::Declaration,
    source::{Node, Yaml},
};

/// Membership. Names are compared trimmed and in lower case.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Person or team → the teams that list it.
    teams_of: BTreeMap<String, BTreeSet<String>>,
}

impl People {
    /// Builds it from the Teams of one or two catalogues; a member in either catalogue counts.
    pub(super) fn of<'a>(declarations: impl IntoIterator<Item = &'a Declaration>) -> Self {
        let mut people = Self::default();
        for team in declarations.into_iter().filter(|declaration| declaration.kind == "Team") {
            let Some(spec) = team.root.get("spec") else { continue };
            let members = match spec.get("members").map(Node::value) {
                Some(Yaml::List(members)) => &members[..],
                _ => &[],
            };
            // Members of the successor belong to the dissolved team too.
            let successor = spec.get("successor").and_then(Node::text);
            for member in members.iter().filter_map(Node::text).chain(successor) {
                people.teams_of.entry(normalized_name(member)).or_default().insert(normalized_name(&team.name));
            }
        }
        people
    }

    /// All teams that a person belongs to.
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
