# METADATA
# title: Old SCIM token that outlives its rotation
# description: The declaration says that a new token ends the old one, or does so within hours. In this product the old one works until
#   somebody revokes it or until its own end, so a leaked token outlives its replacement.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Revoke the old token by hand after each rotation, and declare `revokesPrevious: false` with the step in the notes."
#   controls:
#     nist-800-53: [IA-5i, IA-5f]
#     owasp-nhi: [NHI7]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Oldest fact about a vendor that the rule relies on.
#       source: "none by default; `strict` takes two years: products change faster than their documentation is read"
package policies.scim["old-token-survives"]

import data.policies.lib.apps
import data.policies.lib.vendors

_days := data.leaver.params["scim/old-token-survives"].maxFactAgeDays

_at := index if {
	some index, item in input.spec.nonHuman
	item.name == input.spec.provisioning.scim.credential
}

_token := input.spec.nonHuman[_at]

_fact := vendors.facts.tokenOverlapHours

_until := "until somebody revokes it" if _fact.value == "until-revoked"

_until := "until its own end" if _fact.value == "until-expiry"

_until := sprintf("for %v h", [_fact.value]) if is_number(_fact.value)

_faults contains ["revokesPrevious", "a rotation is said to end it"] if {
	_token.revokesPrevious == true
	not _fact.value == 0
}

_faults contains ["overlapHours", sprintf("%v h are declared", [hours])] if {
	some hours in [_token.overlapHours]
	_longer
	not _token.revokesPrevious == true
}

# Longer than declared.
_longer if {
	is_string(_fact.value)
	_token.overlapHours >= 0
}

_longer if {
	is_number(_fact.value)
	_fact.value > _token.overlapHours
}

findings contains {"path": ["spec", "nonHuman", _at, key], "message": message} if {
	apps.alive
	vendors.fresh(_fact, _days)
	some [key, what] in _faults
	message := sprintf("%s: an old SCIM token of %s works %s, but %s (%s)", [
		input.metadata.name, vendors.vendor.title, _until, what, vendors.cited(_fact),
	])
}
