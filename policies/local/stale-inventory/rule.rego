# METADATA
# title: Inventory of local accounts is out of date
# description: A local account is created in a minute, and no process reports it. An old inventory is therefore unreliable.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Check again, list the accounts that exist, and set `spec.localAccounts.checkedOn` to the date.
#   controls:
#     nist-800-53: [AC-2a, AC-2d, AC-2b]
#     pci-dss: ["7.2.4", "8.2.1"]
#     cis-v8: ["5.1", "5.6"]
#   params:
#     maxDays:
#       type: integer
#       default: 365
#       description: Maximum time since the last check
#       unit: days
#       source: "a judgement: once a year; CIS 5.1 requires a quarterly check"
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
	message := sprintf("%s: local accounts were last checked %s ago (limit %s)", [
		input.metadata.name, counted.days(age), counted.days(_max),
	])
}
