# METADATA
# title: Sign-off in a role that the reviewer does not hold
# description: Whoever signs for security must be of security. The reviewer is known, but not for this role, or not for an app as critical
#   as this.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have it signed by somebody with that role, or give it to the reviewer in `approvers.yaml`, in a change of its own.
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
package policies.signoff["wrong-role"]

import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	count(signoffs.requirements) > 0
	some record in signoffs.failed("wrong-role")
	message := sprintf("%s: %s signs as %s, and %s", [input.metadata.name, record.reviewer, record.role, _reason(record)])
}

_reason(record) := sprintf("has the roles %s", [concat(", ", record.approver.roles)]) if {
	not record.role in record.approver.roles
}

_reason(record) := sprintf("may sign apps of tier %d and below", [record.approver.highestTier]) if {
	record.role in record.approver.roles
}
