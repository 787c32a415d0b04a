# METADATA
# title: Old SCIM token that survives rotation
# description: In this product, a new SCIM token does not end the old one. If a token leaks and is rotated but not revoked, it keeps working
#   and can create and close every account.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Revoke the old token in each rotation and set `revokesPrevious: true`. If nobody revokes it, set `revokesPrevious: false`."
#   controls:
#     nist-800-53: [IA-5i, IA-5f]
#     owasp-nhi: [NHI7]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.scim["old-token-survives"]

import data.policies.lib.apps
import data.policies.lib.vendors

_days := data.leaver.params["scim/old-token-survives"].maxFactAgeDays

# The index of the first entry with the name of the SCIM credential.
_token_index := min({index |
	some index, item in input.spec.nonHuman
	item.name == input.spec.provisioning.scim.credential
})

_token := input.spec.nonHuman[_token_index]

_until := {"until-revoked": "until it is revoked", "until-expiry": "until it expires"}

_rotated if _token.rotateEveryDays

_rotated if _token.lastRotated

_declares_revocation if _token.revokesPrevious in {true, false}

findings contains {"path": ["spec", "nonHuman", _token_index], "message": message} if {
	apps.alive
	_rotated
	not _declares_revocation
	fact := vendors.facts.tokenOverlapHours
	vendors.fresh(fact, _days)
	some how in [_until[fact.value]]
	message := sprintf("%s: an old SCIM token of %s works %s, and `revokesPrevious` does not declare that a rotation ends it (%s)", [
		input.metadata.name, vendors.vendor.title, how, vendors.cited(fact),
	])
}
