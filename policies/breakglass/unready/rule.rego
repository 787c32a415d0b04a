# METADATA
# title: Emergency account that is not ready, or not watched
# description: An emergency account works past everything else. It needs an owner, a vault, an alarm when it is used, and a test
#   that it works at all.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Add `owner`, `vault`, `alert` and `testedOn` to the account; test it at least once a year.
#   controls:
#     nist-800-53: ["AC-2(2)", "AC-2(12)"]
#     pci-dss: ["8.2.2"]
#   params:
#     maxDays:
#       type: integer
#       default: 365
#       description: Longest time since the last test
#       unit: days
#       source: "a judgement: once a year"
package policies.breakglass.unready

import data.policies.lib.apps
import data.policies.lib.dates

_keys := ["owner", "vault", "alert", "testedOn"]

_max := data.leaver.params["breakglass/unready"].maxDays

findings contains {"path": ["spec", "breakGlass", at, key], "message": message} if {
	apps.alive
	some at, account in input.spec.breakGlass
	missing := [key | some key in _keys; not _has(account, key)]
	count(missing) > 0
	key := missing[0]
	message := sprintf("%s: the emergency account `%s` has no %s", [input.metadata.name, account.name, concat(", ", [sprintf("`%s`", [name]) | some name in missing])])
}

findings contains {"path": ["spec", "breakGlass", at, "testedOn"], "message": message} if {
	apps.alive
	some at, account in input.spec.breakGlass
	some tested in [account.testedOn]
	age := dates.days_since(tested)
	age > _max
	message := sprintf("%s: the emergency account `%s` was last tested %d days ago, limit is %d days", [input.metadata.name, account.name, age, _max])
}

_has(account, key) if account[key]
