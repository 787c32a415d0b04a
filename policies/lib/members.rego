package policies.lib.members

# A member is a person, or a Team that is not dissolved and has a person in it, directly or through up to six other Teams. A blank text, or one
# without a letter or digit, is neither.
_person(member) if {
	not data.leaver.catalogue.Team[member]
	regex.match(`[\p{L}\p{N}]`, member)
}

_active(team) if not data.leaver.catalogue.Team[team].spec.status == "dissolved"

# Teams with a person in them.
_direct := {team |
	some team, declaration in data.leaver.catalogue.Team
	_active(team)
	some member in declaration.spec.members
	_person(member)
}

# [team, team that is its member]
_nested := {[team, member] |
	some team, declaration in data.leaver.catalogue.Team
	_active(team)
	some member in declaration.spec.members
	data.leaver.catalogue.Team[member]
}

_above(teams) := teams | {team | some [team, member] in _nested; member in teams}

_staffed := _above(_above(_above(_above(_above(_above(_direct))))))

# Declared Teams, dissolved or not, in which there is nobody. A Team with a wrong shape is no Team without members: its shape is reported.
empty contains team if {
	some team, declaration in data.leaver.catalogue.Team
	declaration.apiVersion
	not team in _staffed
}

dissolved(team) if data.leaver.catalogue.Team[team].spec.status == "dissolved"
