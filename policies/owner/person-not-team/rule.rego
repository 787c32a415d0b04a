# METADATA
# title: Owner that is a person
# description: People who own things leave too, and the duty goes with them without a word. A team passes it on.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: [App, System, Waiver]
#   fix: Declare the team of that person as a Team with two members or more, and name it instead.
#   controls:
#     nist-800-53: [AC-2b]
package policies.owner["person-not-team"]

import data.policies.lib.teams

# [person, path, related places]
_people contains [place.team, place.path, []] if {
	some place in teams.named
	contains(place.team, "@")
}

_people contains [place.team, place.path, related] if {
	some place in teams.named
	not contains(place.team, "@")
	not data.leaver.catalogue.Team[place.team]
	some name, nth
	data.leaver.catalogue.Team[name].spec.members[nth] == place.team
	related := [{"kind": "Team", "name": name, "path": ["spec", "members", nth], "message": "a member of this team"}]
}

findings contains {"path": path, "message": message, "related": related} if {
	some [person, _, _] in _people
	found := {[path, related] | some [name, path, related] in _people; name == person}
	[path, related] := min(found)
	paths := {other | some [name, other, _] in _people; name == person}
	message := sprintf("%s: `%s` is a person, not a team (%s)", [input.metadata.name, person, _places(paths)])
}

_places(paths) := "named in 1 place" if count(paths) == 1

_places(paths) := sprintf("named in %d places", [count(paths)]) if count(paths) > 1
