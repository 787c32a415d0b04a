# METADATA
# title: Privileged role is reviewed too rarely
# description: A mover keeps administrator rights until the next review. Standards that name an interval require a quarterly review of
#   privileged access.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `reviewEveryDays` of the role to the limit or less, or add `admins` to the `covers` of an app review that is frequent enough.
#   controls:
#     nist-800-53: ["AC-6(7)"]
#     iso-27001: [A.8.2]
#   params:
#     maxDays:
#       type: integer
#       default: 90
#       description: Maximum interval between two reviews of a privileged role
#       unit: days
#       source: FedRAMP Moderate AC-2j (quarterly for privileged access), CIS 5.1
package policies.admin["review-too-rare"]

import data.policies.lib.counted
import data.policies.lib.reviews

_max := data.leaver.params["admin/review-too-rare"].maxDays

# The intervals of the role's own review and of the app's review.
_intervals(role) := {days | some days in object.filter(role, ["reviewEveryDays"])} | {days |
	some days in object.filter(reviews.of_admins, ["everyDays"])
}

# The intervals of each privileged role, by the index of the role.
_reviewed[at] := _intervals(role) if some at, role in reviews.privileged

findings contains {"path": ["spec", "roles", at, "reviewEveryDays"], "message": message} if {
	some at, intervals in _reviewed
	count(intervals) > 0
	days := min(intervals)
	days > _max
	role := reviews.privileged[at]
	message := sprintf("%s: the privileged role `%s` is reviewed every %s (limit %s)", [
		input.metadata.name, role.name, counted.days(days), counted.days(_max),
	])
}

findings contains {"path": ["spec", "roles", at, "reviewEveryDays"], "message": message, "related": related} if {
	some at, intervals in _reviewed
	count(intervals) == 0
	role := reviews.privileged[at]
	input.spec.lifecycle.review.everyDays
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "lifecycle", "review", "covers"],
		"message": "the review of the app does not cover `admins`",
	}]
	message := sprintf("%s: no review interval covers the privileged role `%s` (limit %s)", [
		input.metadata.name, role.name, counted.days(_max),
	])
}
