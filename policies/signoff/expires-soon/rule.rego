# METADATA
# title: Sign-off that expires soon
# description: When the sign-off expires, the check of the app fails. A review takes time, so schedule it now.
# custom:
#   severity: info
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Schedule the next review of the app; `leaver signoff prepare APP` writes the review pack.
#   controls:
#     nist-800-53: [CM-3b, CM-3f, CA-6]
#     iso-27001: [A.5.36, A.8.32]
#     soc2: [CC8.1/Authorizes-Changes]
#   params:
#     minDays:
#       type: integer
#       default: 30
#       description: Minimum number of days left
#       unit: days
#       source: a judgement
package policies.signoff["expires-soon"]

import data.policies.lib.counted
import data.policies.lib.signoffs

_min := data.leaver.params["signoff/expires-soon"].minDays

findings contains {"path": ["metadata", "name"], "message": message} if {
	some seat in signoffs.required_roles
	seat.records != set()
	left := max([signoffs.days_left(record, seat.requirement) | some record in seat.records])
	left < _min
	some record in seat.records
	signoffs.days_left(record, seat.requirement) == left
	message := sprintf("%s: the sign-off by %s expires in %s (limit %s)", [
		input.metadata.name, signoffs.by(record), counted.days(left), counted.days(_min),
	])
}
