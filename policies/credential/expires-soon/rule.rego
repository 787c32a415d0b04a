# METADATA
# title: Credential that expires soon
# description: Everything that uses an expired token stops. An expired provisioning token also stops deprovisioning, often unnoticed until
#   somebody finds a leaver with a working account.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Rotate the secret now and set `expires` to the new date. If it is no longer used, revoke it and set `revokedOn`.
#   controls:
#     nist-800-53: [IA-5f]
#     pci-dss: ["8.6.3"]
#     owasp-nhi: [NHI7]
#   params:
#     minDays:
#       type: integer
#       default: 30
#       description: Minimum number of days left
#       unit: days
#       source: a judgement; Huawei Cloud Config warns 90 days before a SCIM token expires
#     percentOfLife:
#       type: integer
#       default: 25
#       description: Minimum part of the lifetime that must be left, if this part is shorter than `minDays`
#       unit: percent
#       minimum: 1
#       maximum: 100
#       source: "a judgement: a secret that lives for two weeks is not overdue on its first day"
package policies.credential["expires-soon"]

import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.dates

_params := data.leaver.params["credential/expires-soon"]

# First day of the current secret.
_first_day(item) := max({day | some day in object.filter(item, ["created", "lastRotated"])}) if {
	count(object.filter(item, ["created", "lastRotated"])) > 0
}

# Lifetime of one secret: from its first to its last day, or the rotation interval if no first day is declared. A first day after the last day is
# ignored.
_lifetime(item) := days if {
	days := dates.days_between(_first_day(item), item.expires)
	days > 0
}

_lifetime(item) := item.rotateEveryDays if {
	count(object.filter(item, ["created", "lastRotated"])) == 0
	item.rotateEveryDays
}

# The rotation of the credential is overdue.
_overdue(item) if dates.days_since(_first_day(item)) > item.rotateEveryDays

# Minimum number of days left: `minDays`, or a share of the lifetime if the share is shorter and the rotation is not overdue.
_limit(item) := min([_params.minDays, ceil((_lifetime(item) * _params.percentOfLife) / 100)]) if {
	_lifetime(item)
	not _overdue(item)
} else := _params.minDays

findings contains {"path": ["spec", "nonHuman", at, "expires"], "message": message} if {
	some at, item in credentials.live
	left := dates.days_left(item.expires)
	left >= 0
	left < _params.minDays # no limit is higher
	limit := _limit(item)
	left < limit
	message := sprintf("%s: the credential `%s` expires on %s, %s from now (limit %s)", [
		input.metadata.name, item.name, item.expires, counted.days(left), counted.days(limit),
	])
}
