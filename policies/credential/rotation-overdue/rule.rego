# METADATA
# title: Secret whose rotation is overdue
# description: The declared rotation did not take place. Everyone who has seen the current secret, including leavers, can still use it.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Rotate the secret and set `lastRotated`, or change `rotateEveryDays` deliberately.
#   controls:
#     nist-800-53: [IA-5f]
#     pci-dss: ["8.6.3"]
#     owasp-nhi: [NHI7]
#   params:
#     graceDays:
#       type: integer
#       default: 0
#       description: Days of grace after the interval
#       unit: days
#       source: a judgement
package policies.credential["rotation-overdue"]

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.dates

_grace := data.leaver.params["credential/rotation-overdue"].graceDays

# Secrets with an interval. Expired secrets are left out, because they must be rotated anyway.
_rotated[at] := item if {
	some at, item in credentials.live
	item.rotateEveryDays
	not credentials.expired(item)
}

# Possible first days of the current secret; the later one counts.
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
	message := sprintf("%s: the secret of `%s` is rotated every %s, but neither `lastRotated` nor `created` is declared", [
		input.metadata.name, item.name, counted.days(item.rotateEveryDays),
	])
}

default _severity := "warning"

_severity := "error" if apps.tier == 1
