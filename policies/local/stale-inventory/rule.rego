# METADATA
# title: Nobody has looked for local accounts lately
# description: A local account is made in a minute, and nothing reports it. A statement about local accounts is as good as the day on which
#   somebody last looked.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Look again, list the accounts that there are, and write the date in `spec.localAccounts.checkedOn`.
#   controls:
#     nist-800-53: [AC-2a, AC-2d, AC-2b]
#     pci-dss: ["7.2.4", "8.2.1"]
#     cis-v8: ["5.1", "5.6"]
#   params:
#     maxDays:
#       type: integer
#       default: 365
#       description: Longest time since somebody looked
#       unit: days
#       source: "a judgement: once a year; CIS 5.1 asks for quarterly"
package policies.local["stale-inventory"]

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.dates

_max := data.leaver.params["local/stale-inventory"].maxDays

findings contains {"path": ["spec", "localAccounts", "checkedOn"], "message": message} if {
	apps.alive
	some checked in [input.spec.localAccounts.checkedOn]
	age := dates.days_since(checked)
	age > _max
	message := sprintf("%s: somebody last looked for local accounts %s ago (limit %s)", [
		input.metadata.name, counted.days(age), counted.days(_max),
	])
}
