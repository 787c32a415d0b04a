# METADATA
# title: Old secret keeps working after rotation
# description: If the old secret remains valid after a rotation, everyone who has the old secret can still use it. Some products accept both secrets
#   until somebody revokes the old one.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Revoke the old secret in each rotation and set `revokesPrevious: true`; shorten `overlapHours`."
#   controls:
#     nist-800-53: [IA-5f]
#     soc2: [CC6.1/Manages-Credentials-for-Infrastructure-and-Software]
#     owasp-nhi: [NHI7]
#   params:
#     maxHours:
#       type: integer
#       default: 24
#       description: Maximum time for which the old and the new secret may both work
#       unit: hours
#       source: a judgement, after Chainguard's SCIM tokens (at most 24 hours)
package policies.credential["old-secret-survives"]

import data.policies.lib.credentials

_max := data.leaver.params["credential/old-secret-survives"].maxHours

findings contains {"path": ["spec", "nonHuman", at, "revokesPrevious"], "message": message} if {
	some at, item in credentials.live
	item.revokesPrevious == false
	message := sprintf("%s: the old secret of `%s` keeps working after a rotation (`revokesPrevious: false`)", [input.metadata.name, item.name])
}

findings contains {"path": ["spec", "nonHuman", at, "overlapHours"], "message": message} if {
	some at, item in credentials.live
	not item.revokesPrevious == false
	item.overlapHours > _max
	message := sprintf("%s: the old secret of `%s` works for %v h after a rotation (limit %d h)", [
		input.metadata.name, item.name, item.overlapHours, _max,
	])
}
