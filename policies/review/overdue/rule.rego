# METADATA
# title: Review that is overdue
# description: Every wrong account that the review would find stays open until the review is held. The finding becomes an error after the
#   grace period.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Hold the review and set `spec.lifecycle.review.last` to its date.
#   controls:
#     nist-800-53: [AC-2j, "AC-6(7)"]
#     pci-dss: ["7.2.4"]
#     cis-v8: ["5.1", "6.8"]
#   params:
#     graceDays:
#       type: integer
#       default: 30
#       description: Days overdue after which the finding is an error
#       unit: days
#       source: "a judgement: a month to catch up"
package policies.review.overdue

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.dates

_grace := data.leaver.params["review/overdue"].graceDays

findings contains {"path": ["spec", "lifecycle", "review", "last"], "message": message, "severity": _severity(late)} if {
	apps.alive
	some last in [input.spec.lifecycle.review.last]
	some interval in [input.spec.lifecycle.review.everyDays]
	late := dates.days_since(last) - interval
	late > 0
	message := sprintf("%s: the review was due %s ago (last on %s, every %s)", [
		input.metadata.name, counted.days(late), last, counted.days(interval),
	])
}

# A review that never took place is overdue, unless `firstBy` is set.
findings contains {"path": ["spec", "lifecycle", "review", "last"], "message": message, "severity": "error"} if {
	_never_reviewed
	not input.spec.lifecycle.review.firstBy
	message := sprintf("%s: no review is recorded in `review.last` (due every %s)", [input.metadata.name, counted.days(_interval)])
}

findings contains {"path": ["spec", "lifecycle", "review", "firstBy"], "message": message, "severity": _severity(late)} if {
	_never_reviewed
	some first in [input.spec.lifecycle.review.firstBy]
	late := dates.days_since(first)
	late > 0
	message := sprintf("%s: the first review was due %s ago (on %s)", [input.metadata.name, counted.days(late), first])
}

findings contains {"path": ["spec", "lifecycle", "review", "firstBy"], "message": message} if {
	_never_reviewed
	some first in [input.spec.lifecycle.review.firstBy]
	ahead := dates.days_left(first)
	ahead > _interval
	message := sprintf("%s: the first review is due only in %s, but accounts are reviewed every %s", [
		input.metadata.name, counted.days(ahead), counted.days(_interval),
	])
}

_interval := input.spec.lifecycle.review.everyDays

_never_reviewed if {
	apps.has_accounts
	input.spec.lifecycle.review.everyDays
	not input.spec.lifecycle.review.last
}

_severity(late) := "error" if late > _grace

_severity(late) := "warning" if late <= _grace
