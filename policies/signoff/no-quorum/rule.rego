# METADATA
# title: Sign-off of too few
# description: The decision is one of several persons, so that no single one can be persuaded, mistaken or robbed of a key. Some have
#   signed, some have not.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have the others sign, with `leaver signoff sign APP --role ROLE` for each of the roles that are missing.
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
package policies.signoff["no-quorum"]

import data.policies.lib.counted
import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	some requirement in signoffs.requirements
	roles := [one.role | some one in signoffs.vacant; one.requirement == requirement]
	count(roles) > 0
	count(roles) < count(requirement.roles)
	message := sprintf("%s: `%s` also requires the sign-off of %s", [
		input.metadata.name, requirement.name, concat(", ", roles),
	])
}

# All roles have signed, but too few persons.
findings contains {"path": ["metadata", "name"], "message": message} if {
	some requirement in signoffs.requirements
	seats := [seat | some seat in signoffs.seats; seat.requirement == requirement]
	count([seat | some seat in seats; seat.records == set()]) == 0
	persons := signoffs.persons(requirement)
	quorum := signoffs.quorum(requirement)
	count(persons) < quorum
	message := sprintf("%s: `%s` requires the sign-off of %d persons, and there is that of %s", [
		input.metadata.name, requirement.name, quorum, concat(", ", persons),
	])
}
