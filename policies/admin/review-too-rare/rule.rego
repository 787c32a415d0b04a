# METADATA
# title: Administrators are reviewed too rarely
# description: Privileged access is reviewed quarterly by every standard that names a number. An app that reviews it once a year,
#   or never, keeps administrators who changed jobs.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Write `reviewEveryDays: 90` (or less) at the role, and hold the review."
#   controls:
#     nist-800-53: ["AC-6(7)"]
#     iso-27001: [A.8.2]
#   params:
#     maxDays:
#       type: integer
#       default: 90
#       description: Longest interval between reviews of a privileged role
#       unit: days
#       source: FedRAMP Moderate AC-2j (quarterly for privileged), CIS 5.1
package policies.admin["review-too-rare"]

import data.policies.lib.apps

_limit := data.leaver.params["admin/review-too-rare"].maxDays

findings contains {"path": ["spec", "roles", at, "reviewEveryDays"], "message": message} if {
	apps.alive
	some at, role in input.spec.roles
	role.privileged == true
	role.reviewEveryDays > _limit
	message := sprintf("%s: `%s` is reviewed every %d days, limit for privileged roles is %d days", [input.metadata.name, role.name, role.reviewEveryDays, _limit])
}

findings contains {"path": ["spec", "roles", at, "reviewEveryDays"], "message": message} if {
	apps.alive
	some at, role in input.spec.roles
	role.privileged == true
	not role.reviewEveryDays
	not _often
	message := sprintf("%s: nothing says how often the privileged role `%s` is reviewed (limit is %d days)", [input.metadata.name, role.name, _limit])
}

# The review of all accounts is often enough and covers administrators.
_often if {
	input.spec.lifecycle.review.everyDays <= _limit
	some group in input.spec.lifecycle.review.covers
	group == "admins"
}
