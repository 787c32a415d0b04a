# METADATA
# title: Condition of a sign-off is overdue
# description: The reviewer approved with a condition and a deadline. The deadline has passed, and no new sign-off confirms that the
#   condition was met.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Fulfil the condition and have the reviewer sign again; an approval without the condition closes the condition.
#   controls:
#     nist-800-53: [CM-3b, CM-3f, CA-6]
#     iso-27001: [A.5.36, A.8.32]
#     soc2: [CC8.1/Authorizes-Changes]
package policies.signoff["condition-overdue"]

import data.policies.lib.counted
import data.policies.lib.dates
import data.policies.lib.signoffs

# The rule reports each condition once, even if the sign-off meets several requirements.
_open contains {"record": record, "condition": condition} if {
	some seat in signoffs.required_roles
	some record in seat.records
	some condition in record.conditions
}

findings contains {"path": ["metadata", "name"], "message": message} if {
	some item in _open
	left := dates.days_left(item.condition.due)
	left < 0
	message := sprintf("%s: the condition `%s` of the sign-off by %s is overdue by %s", [
		input.metadata.name, item.condition.text, signoffs.by(item.record), counted.days(0 - left),
	])
}
