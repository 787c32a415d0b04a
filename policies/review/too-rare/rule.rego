# METADATA
# title: Reviewed too rarely
# description: The more sensitive the data, the shorter a wrong account may stay. Standards name the interval; a longer one is a
#   finding in the next audit.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten `spec.lifecycle.review.everyDays`, or waive the difference.
#   controls:
#     nist-800-53: [AC-2j, "AC-6(7)"]
#     pci-dss: ["7.2.4"]
#     cis-v8: ["5.1", "6.8"]
#   params:
#     maxDays:
#       type: object
#       default: {"restricted": 90, "confidential": 180, "internal": 365}
#       description: Longest interval between reviews, in days by class of data
#       unit: days
#       source: CIS 5.1 (quarterly), PCI DSS 7.2.4 (six months), CIS 6.8 (annually)
package policies.review["too-rare"]

import data.policies.lib.apps

_limit := data.leaver.params["review/too-rare"].maxDays[input.spec.dataClass]

findings contains {"path": ["spec", "lifecycle", "review", "everyDays"], "message": message} if {
	apps.alive
	days := input.spec.lifecycle.review.everyDays
	days > _limit
	message := sprintf("%s: review every %d days, limit for %s data is %d days", [input.metadata.name, days, input.spec.dataClass, _limit])
}
