# METADATA
# title: Owner that is a person
# description: When a person leaves, everything that the person owns has no owner any more. A team remains responsible when one of its members leaves.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: [App, System, Waiver]
#   fix: Declare a Team that contains this person and at least one other, and name it instead.
#   controls:
#     nist-800-53: [AC-2b]
package policies.owner["person-not-team"]

import data.policies.lib.placeholders
import data.policies.lib.teams

# The related places of each person.
_people[name] := [] if {
	some name in teams.names
	contains(name, "@")
	not placeholders.is(name)
}

_people[person] := [{"kind": "Team", "name": team, "path": ["spec", "members", nth], "message": "a member of this team"}] if {
	some person in teams.names
	not contains(person, "@")
	not data.leaver.catalogue.Team[person]
	found := data.leaver.lookup.Team.members[person]
	team := found.names[0]
	nth := found.at[team][0]
}

findings contains {"path": min(paths), "message": message, "related": related} if {
	some person, related in _people
	paths := teams.places(person)
	message := sprintf("%s: `%s` is a person or a mail address, not a team (%s)", [input.metadata.name, person, _places(paths)])
}

_places(paths) := "named in 1 place" if count(paths) == 1

_places(paths) := sprintf("named in %d places", [count(paths)]) if count(paths) > 1
