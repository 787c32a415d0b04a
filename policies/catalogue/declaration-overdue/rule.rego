# METADATA
# title: Discovered app that is not declared in time
# description: The declaration of a discovered app may be nearly empty, so almost no rule applies to the app. Without an owner and a date, nobody
#   completes the declaration, and nobody knows who removes the accounts.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare the app and set `spec.status` to `live`. Until then, set `metadata.owner` to the Team that will declare it and
#     `spec.declareBy` to the deadline.
#   controls:
#     nist-800-53: ["CM-8"]
#     iso-27001: ["A.5.9"]
#     cis-v8: ["2.1", "2.2"]
#   params:
#     maxDays:
#       type: integer
#       default: 90
#       description: Maximum time from today to the deadline
#       unit: days
#       source: "a judgement: a quarter"
package policies.catalogue["declaration-overdue"]

import data.policies.lib.counted
import data.policies.lib.dates

_limit := data.leaver.params["catalogue/declaration-overdue"].maxDays

findings contains {"path": ["metadata", "owner"], "message": message} if {
	input.spec.status == "discovered"
	not input.metadata.owner
	message := sprintf("%s: the app is only discovered, and has no owner who will declare it", [input.metadata.name])
}

findings contains {"path": ["spec", "declareBy"], "message": message} if {
	input.spec.status == "discovered"
	not input.spec.declareBy
	message := sprintf("%s: the app is only discovered, and has no deadline for its declaration (`declareBy`)", [input.metadata.name])
}

findings contains {"path": ["spec", "declareBy"], "message": message} if {
	input.spec.status == "discovered"
	some day in [input.spec.declareBy]
	late := dates.days_since(day)
	late > 0
	message := sprintf("%s: the app should have been declared by %s, %s ago", [input.metadata.name, day, counted.days(late)])
}

findings contains {"path": ["spec", "declareBy"], "message": message, "severity": "warning"} if {
	input.spec.status == "discovered"
	some day in [input.spec.declareBy]
	ahead := dates.days_left(day)
	ahead > _limit
	message := sprintf("%s: the deadline for the declaration is %s from now (limit %s)", [
		input.metadata.name, counted.days(ahead), counted.days(_limit),
	])
}
