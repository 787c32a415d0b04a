# METADATA
# title: Secret that was not replaced in time
# description: The team has said how often it replaces the secret, and has not done it. Everybody who has seen the old one since, leavers
#   included, can still use it.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Replace the secret and write the date in `lastRotated`, or change `rotateEveryDays` deliberately.
#   controls:
#     nist-800-53: [IA-5f]
#     pci-dss: ["8.6.3"]
#     owasp-nhi: [NHI7]
#   params:
#     graceDays:
#       type: integer
#       default: 0
#       description: Days after the interval that are still in time
#       unit: days
#       source: leaver
package policies.credential["rotation-overdue"]

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.dates

_grace := data.leaver.params["credential/rotation-overdue"].graceDays

# An expired secret has to be replaced anyway.
_rotated[at] := item if {
	some at, item in credentials.live
	item.rotateEveryDays
	not credentials.expired(item)
}

# The days since which the secret in use has existed: the later of the two that may be declared.
_dates(item) := {day | some day in object.filter(item, ["created", "lastRotated"])}

findings contains {"path": ["spec", "nonHuman", at, "lastRotated"], "message": message, "severity": _severity} if {
	some at, item in _rotated
	count(_dates(item)) > 0
	since := dates.days_since(max(_dates(item)))
	since > item.rotateEveryDays + _grace
	message := sprintf("%s: the secret of `%s` is %s old (limit %s)", [
		input.metadata.name, item.name, counted.days(since), counted.days(item.rotateEveryDays),
	])
}

findings contains {"path": ["spec", "nonHuman", at, "lastRotated"], "message": message, "severity": _severity} if {
	some at, item in _rotated
	count(_dates(item)) == 0
	message := sprintf("%s: the secret of `%s` should be replaced every %s, but no date shows that it was", [
		input.metadata.name, item.name, counted.days(item.rotateEveryDays),
	])
}

default _severity := "warning"

_severity := "error" if apps.tier == 1
