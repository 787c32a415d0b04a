# METADATA
# title: Owner that is not a declared Team
# description: If no Team has the name, nobody is responsible. Teams are renamed and dissolved, but their old names remain in declarations.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: [App, System]
#   fix: Use the `metadata.name` of a declared Team, or declare the missing one. For a dissolved team, name its successor; if there is none,
#     find out who took over and set `spec.successor` of the Team.
#   controls:
#     nist-800-53: [AC-2b]
#     iso-27001: [A.5.2]
#     nist-csf: [GV.RR-02]
package policies.catalogue["unknown-owner"]

import data.policies.lib.members
import data.policies.lib.teams
import data.policies.lib.words

# `owner/person-not-team` reports a mail address, which belongs to a person.
_undeclared contains team if {
	some team in teams.names
	not contains(team, "@")
	not data.leaver.catalogue.Team[team]
}

findings contains {"path": min(paths), "message": message, "related": _others(paths)} if {
	some team in _undeclared
	paths := teams.places(team)
	message := sprintf("%s: `%s` is not a declared Team (%s)%s", [input.metadata.name, team, _places(paths), _hint(team)])
}

findings contains {"path": min(paths), "message": message, "related": related} if {
	some team in teams.names
	data.leaver.catalogue.Team[team].spec.status == "dissolved"
	paths := teams.places(team)
	related := array.concat(
		[{"kind": "Team", "name": team, "path": ["spec", "status"], "message": "the team is dissolved"}],
		_others(paths),
	)
	message := sprintf("%s: the team `%s` is dissolved%s (%s)", [
		input.metadata.name, team, members.successor_in_words(team), _places(paths),
	])
}

_hint(team) := words.hint(team, words.alike(team, data.leaver.lookup.Team.starts.names))

_others(paths) := [other |
	some path in paths
	path != min(paths)
	other := {"kind": input.kind, "name": input.metadata.name, "path": path, "message": "also named here"}
]

_places(paths) := "named in 1 place" if count(paths) == 1

_places(paths) := sprintf("named in %d places", [count(paths)]) if count(paths) > 1
