# METADATA
# title: Review of a privileged role is overdue
# description: The declared review of the administrators did not take place in time. The finding becomes an error after the grace period.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Review who has the role, and set `lastReview` of the role to the date.
#   controls:
#     nist-800-53: ["AC-6(7)"]
#     iso-27001: [A.8.2]
#   params:
#     graceDays:
#       type: integer
#       default: 30
#       description: Maximum delay of a review; a longer delay is an error
#       unit: days
#       source: "a judgement: a month to catch up"
package policies.admin["review-overdue"]

import data.policies.lib.counted
import data.policies.lib.dates
import data.policies.lib.reviews

_grace := data.leaver.params["admin/review-overdue"].graceDays

# The review of the app counts if it covers administrators.
_of_app contains last if {
	some key, last in reviews.of_admins
	key == "last"
}

findings contains {"path": ["spec", "roles", at, "lastReview"], "message": message, "severity": _severity(late)} if {
	some at, role in reviews.privileged
	some own in [role.lastReview]
	some interval in [role.reviewEveryDays]
	last := max({own} | _of_app)
	late := dates.days_since(last) - interval
	late > 0
	message := sprintf("%s: the review of the privileged role `%s` was due %s ago (last on %s, every %s)", [
		input.metadata.name, role.name, counted.days(late), last, counted.days(interval),
	])
}

_severity(late) := "error" if late > _grace

_severity(late) := "warning" if late <= _grace
