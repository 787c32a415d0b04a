# METADATA
# title: Secret that lives too long
# description: A secret leaks a little every year, into logs, shell histories and the heads of people who leave. Its life is the only limit to
#   what a leak is worth.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten `expires`, or replace the secret at an interval within the limit and declare it in `rotateEveryDays`.
#   controls:
#     nist-800-53: [IA-5f]
#     pci-dss: ["8.6.3"]
#     owasp-nhi: [NHI7]
#   params:
#     maxDays:
#       type: integer
#       default: 365
#       description: Longest life of one secret
#       unit: days
#       source: leaver, after the default life of Chainguard's SCIM tokens (1 year); Snowflake's live for 6 months
package policies.credential["long-lived"]

import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.dates

_max := data.leaver.params["credential/long-lived"].maxDays

# [days, key]: how long one secret lives, by each limit that is declared.
_lives(item) := {[days, key] |
	some key in ["rotateEveryDays", "expires"]
	days := _days(item, key)
}

_days(item, "rotateEveryDays") := item.rotateEveryDays

_days(item, "expires") := dates.days_between(_start(item), item.expires) if not item.neverExpires == true

# The day from which the secret in use has existed; where nothing tells, at least what is left of its life counts.
_start(item) := data.leaver.today if {
	not item.created
	not item.lastRotated
} else := max({day | some day in object.filter(item, ["created", "lastRotated"])})

findings contains {"path": ["spec", "nonHuman", at, key], "message": message} if {
	some at, item in credentials.live
	lives := _lives(item)
	count(lives) > 0
	[days, key] := min(lives)
	days > _max
	message := sprintf("%s: one secret of the credential `%s` lives for %s (limit %s)", [
		input.metadata.name, item.name, counted.days(days), counted.days(_max),
	])
}
