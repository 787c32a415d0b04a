# METADATA
# title: Sign-off by too few people
# description: Several people must sign, so that one mistake, one bribe or one stolen key is not enough for an approval. Some of these people have not
#   signed.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have the others sign, with `leaver signoff sign APP --role ROLE` for each missing role.
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
package policies.signoff["no-quorum"]

import data.policies.lib.counted
import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	some requirement in signoffs.requirements
	roles := [seat.role | some seat in signoffs.unsigned_roles; seat.requirement == requirement]
	count(roles) > 0
	count(roles) < count(requirement.roles)
	message := sprintf("%s: `%s` also requires the sign-off of %s", [
		input.metadata.name, requirement.name, concat(", ", roles),
	])
}

# All roles have signed, but too few people.
findings contains {"path": ["metadata", "name"], "message": message} if {
	some requirement in signoffs.requirements
	seats := [seat | some seat in signoffs.required_roles; seat.requirement == requirement]
	count([seat | some seat in seats; seat.records == set()]) == 0
	persons := signoffs.signers(requirement)
	quorum := signoffs.quorum(requirement)
	count(persons) < quorum
	message := sprintf("%s: `%s` requires the sign-off of %d people, but only %s signed", [
		input.metadata.name, requirement.name, quorum, concat(", ", persons),
	])
}
