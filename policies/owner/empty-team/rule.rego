# METADATA
# title: Owner that is a team without members
# description: If a team has no members, nobody does its work. Everything that the team owns, approves or takes over has no owner, although the
#   declaration looks complete.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: [App, System, Waiver]
#   fix: List the people of the team in `spec.members` of the Team, or name a team that has members.
#   controls:
#     nist-800-53: [AC-2b]
#     iso-27001: [A.5.2]
#     nist-csf: [GV.RR-02]
package policies.owner["empty-team"]

import data.policies.lib.members
import data.policies.lib.teams

# [path, name] of each place that names a team. The approver of a Waiver may also be a person, who is not a declared Team.
_references contains [place.path, place.team] if some place in teams.named

_references contains [["spec", "approver"], input.spec.approver] if {
	input.kind == "Waiver"
	input.spec.approver
}

_teams := {team | some [_, team] in _references}

_empty contains team if {
	some team in _teams
	members.empty(team)
	_is_checked(team)
}

_is_checked(team) if not members.dissolved(team)

# In an App or a System, `catalogue/unknown-owner` reports a dissolved team.
_is_checked(team) if {
	members.dissolved(team)
	input.kind == "Waiver"
}

_fault(team) := "has no members" if not members.dissolved(team)

_fault(team) := sprintf("is dissolved%s", [members.successor_in_words(team)]) if members.dissolved(team)

findings contains {"path": min(paths), "message": message, "related": related} if {
	some team in _empty
	paths := {path | some [path, name] in _references; name == team}
	related := array.concat([{"kind": "Team", "name": team, "path": ["spec", "members"], "message": "the team"}], _others(paths))
	message := sprintf("%s: the team `%s` %s (%s)", [input.metadata.name, team, _fault(team), _places(paths)])
}

_others(paths) := [other |
	some path in paths
	path != min(paths)
	other := {"kind": input.kind, "name": input.metadata.name, "path": path, "message": "also named here"}
]

_places(paths) := "named in 1 place" if count(paths) == 1

_places(paths) := sprintf("named in %d places", [count(paths)]) if count(paths) > 1
