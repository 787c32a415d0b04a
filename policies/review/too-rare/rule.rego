# METADATA
# title: Accounts are reviewed too rarely
# description: Between two reviews, nobody checks the accounts. The more sensitive the data, the sooner a review must find a wrong account. Standards
#   set the intervals.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Lower `spec.lifecycle.review.everyDays` and hold the review that often, or waive the finding.
#   controls:
#     nist-800-53: [AC-2j, "AC-6(7)"]
#     pci-dss: ["7.2.4"]
#     cis-v8: ["5.1", "6.8"]
#   params:
#     maxDays:
#       type: object
#       default: {"restricted": 90, "confidential": 180, "internal": 365}
#       description: Maximum interval between two reviews, in days, for each data class. Other classes have no limit
#       unit: days
#       source: CIS 5.1 (quarterly), PCI DSS 7.2.4 (six months), CIS 6.8 (annually); the assignment to classes is a judgement
#     maxDaysByTier:
#       type: object
#       default: {}
#       description: Maximum interval between two reviews, in days, for each tier. If the data class has a limit too, the shorter limit applies. Other
#         tiers have no limit
#       unit: days
#       source: "none by default; RTS 2024/1774 art. 21(e)(iv) has one for critical or important functions"
package policies.review["too-rare"]

import data.policies.lib.apps
import data.policies.lib.counted

_params := data.leaver.params["review/too-rare"]

# [limit, text that names the data class or tier with this limit]
_limits contains [limit, sprintf("%s data", [class])] if {
	some class in [input.spec.dataClass]
	some limit in [_params.maxDays[class]]
}

_limits contains [limit, sprintf("tier %d", [tier])] if {
	some tier in [input.spec.tier]
	some limit in [_params.maxDaysByTier[sprintf("%d", [tier])]]
}

findings contains {"path": ["spec", "lifecycle", "review", "everyDays"], "message": message} if {
	apps.alive
	some days in [input.spec.lifecycle.review.everyDays]
	some [limit, what] in [min(_limits)]
	days > limit
	message := sprintf("%s: the review is held every %s (limit for %s: %s)", [
		input.metadata.name, counted.days(days), what, counted.days(limit),
	])
}
