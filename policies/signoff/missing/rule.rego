# METADATA
# title: App without a sign-off
# description: leaver.yaml requires a signed review of this app, but no sign-off exists. The app is in use without a review.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have the app reviewed; `leaver signoff prepare APP` writes the review pack, `leaver signoff sign APP` the manifest for the reviewer
#     to sign.
#   controls:
#     nist-800-53: [CM-3b, CM-3f, CA-6]
#     iso-27001: [A.5.36, A.8.32]
#     soc2: [CC8.1/Authorizes-Changes]
package policies.signoff.missing

import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	some requirement in signoffs.requirements
	roles := [role | some role in requirement.roles; _is_unsigned(requirement, role)]
	count(roles) == count(requirement.roles)
	message := sprintf("%s: `%s` requires the sign-off of %s, but there is none", [
		input.metadata.name, requirement.name, concat(", ", roles),
	])
}

_is_unsigned(requirement, role) if {"requirement": requirement, "role": role} in signoffs.unsigned_roles
