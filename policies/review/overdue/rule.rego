# METADATA
# title: Review that is overdue
# description: A review that was due last month has not been held. What it would have found is still there.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Hold the review and write its day into `spec.lifecycle.review.last`.
#   controls:
#     nist-800-53: [AC-2j, "AC-6(7)"]
#     pci-dss: ["7.2.4"]
#     cis-v8: ["5.1", "6.8"]
#   params:
#     graceDays:
#       type: integer
#       default: 30
#       description: Days after which an overdue review is an error
#       unit: days
#       source: "a judgement: a month to hold it"
package policies.review.overdue

import data.policies.lib.apps
import data.policies.lib.dates

findings contains {"path": ["spec", "lifecycle", "review", "last"], "message": message, "severity": severity} if {
	apps.alive
	some last in [input.spec.lifecycle.review.last]
	interval := input.spec.lifecycle.review.everyDays
	late := dates.days_since(last) - interval
	late > 0
	severity := {true: "error", false: "warning"}[late > data.leaver.params["review/overdue"].graceDays]
	message := sprintf("%s: the review was due %d days ago (last %s, every %d days)", [input.metadata.name, late, last, interval])
}
