# METADATA
# title: A delete guard that nobody opens
# description: Above its threshold a guard against mass deletion stops all deprovisioning until a person allows it. Without an
#   approver and a time, a wave of leavers keeps its access.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name `approver` and `slaHours` of the guard.
#   controls:
#     nist-800-53: [AC-2f]
package policies.scim["unowned-delete-guard"]

import data.policies.lib.apps

findings contains {"path": ["spec", "provisioning", block, "deleteGuard", key], "message": message} if {
	apps.alive
	some block in ["scim", "connector", "directory"]
	input.spec.provisioning[block].deleteGuard
	key := _missing(input.spec.provisioning[block].deleteGuard)
	message := sprintf("%s: the delete guard has no `%s`, so leavers wait behind it", [input.metadata.name, key])
}

_missing(guard) := "approver" if not guard.approver

_missing(guard) := "slaHours" if {
	guard.approver
	not guard.slaHours
}
