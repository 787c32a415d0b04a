# METADATA
# title: Secret that lives too long
# description: Secrets leak over time, into logs, shell histories and the memory of leavers. A short lifetime limits how long a leaked
#   secret works.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten `expires`, or rotate the secret within the limit and set `rotateEveryDays`.
#   controls:
#     nist-800-53: [IA-5f]
#     pci-dss: ["8.6.3"]
#     owasp-nhi: [NHI7]
#   params:
#     maxDays:
#       type: integer
#       default: 365
#       description: Maximum lifetime of one secret
#       unit: days
#       source: a judgement, after the default lifetime of Chainguard's SCIM tokens (1 year); Snowflake's live for 6 months
package policies.credential["long-lived"]

import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.dates

_max := data.leaver.params["credential/long-lived"].maxDays

# [days, key]: the lifetime of one secret according to each key that limits it.
_lifetimes(item) := {[days, key] |
	some key in ["rotateEveryDays", "expires"]
	days := _days(item, key)
}

_days(item, "rotateEveryDays") := item.rotateEveryDays

_days(item, "expires") := dates.days_between(_first_day(item), item.expires) if not item.neverExpires == true

# First day of the current secret, or today if the first day is unknown, because the secret lives at least for the remaining time.
_first_day(item) := data.leaver.today if {
	not item.created
	not item.lastRotated
} else := max({day | some day in object.filter(item, ["created", "lastRotated"])})

findings contains {"path": ["spec", "nonHuman", at, key], "message": message} if {
	some at, item in credentials.live
	lives := _lifetimes(item)
	count(lives) > 0
	[days, key] := min(lives)
	days > _max
	message := sprintf("%s: one secret of the credential `%s` lives for %s (limit %s)", [
		input.metadata.name, item.name, counted.days(days), counted.days(_max),
	])
}
