# METADATA
# title: Sign-off in a role that the reviewer does not have
# description: A reviewer may sign only in roles listed in `approvers.yaml`. This reviewer does not have the role, or has it only for less critical
#   apps.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have the app signed by a person with that role, or add the role to the reviewer in `approvers.yaml`, in a separate change.
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
package policies.signoff["wrong-role"]

import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	count(signoffs.requirements) > 0
	some record in signoffs.failed("wrong-role")
	message := sprintf("%s: %s signs as %s, but %s", [input.metadata.name, record.reviewer, record.role, _reason(record)])
}

_reason(record) := sprintf("has the roles %s", [concat(", ", record.approver.roles)]) if {
	not record.role in record.approver.roles
}

_reason(record) := sprintf("may sign only apps of tier %d or less critical", [record.approver.highestTier]) if {
	record.role in record.approver.roles
}
