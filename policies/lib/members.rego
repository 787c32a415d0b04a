package policies.lib.members

import data.policies.lib.placeholders

# A member is a person, or a Team that is not dissolved and contains a person, directly or through up to five other Teams. Placeholders and
# texts without a letter or digit do not count. The definitions in this file are functions, not sets, because a declaration names few teams.
_person(member) if {
	not data.leaver.catalogue.Team[member]
	_legible(member)
	not placeholders.is(member)
}

# Most names have a letter with two cases, which is cheaper to test than a regular expression.
_legible(text) if lower(text) != upper(text)

_legible(text) if {
	lower(text) == upper(text)
	regex.match(`[\p{L}\p{N}]`, text)
}

# Suffix of a message about the successor of a dissolved team.
successor_in_words(team) := sprintf(", its successor is `%s`", [data.leaver.catalogue.Team[team].spec.successor])

successor_in_words(team) := ", and no successor is declared" if not data.leaver.catalogue.Team[team].spec.successor

dissolved(team) if data.leaver.catalogue.Team[team].spec.status == "dissolved"

_direct(team) if {
	not dissolved(team)
	some member in data.leaver.catalogue.Team[team].spec.members
	_person(member)
}

# The Teams that are members of a Team.
_teams(team) := {member |
	not dissolved(team)
	some member in data.leaver.catalogue.Team[team].spec.members
	data.leaver.catalogue.Team[member]
}

_members_of(teams) := {member |
	some team in teams
	some member in _teams(team)
}

_any_direct(teams) if {
	some team in teams
	_direct(team)
}

_nested(team) if {
	one := _teams(team)
	count(one) > 0
	two := one | _members_of(one)
	three := two | _members_of(two)
	four := three | _members_of(three)
	five := four | _members_of(four)
	_any_direct(five | _members_of(five))
}

# The Team is declared and has no people, whether it is dissolved or not. A Team with schema errors does not count, because leaver reports the
# errors.
empty(team) if {
	data.leaver.catalogue.Team[team].apiVersion
	not _direct(team)
	not _nested(team)
}

# The Team has another Team as a member.
holds_other_teams(team) if count(_teams(team) - {team}) > 0
