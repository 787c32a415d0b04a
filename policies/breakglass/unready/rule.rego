# METADATA
# title: Emergency account that is not ready or not monitored
# description: An emergency account bypasses all other controls. It needs an owner, a vault, an alert at every use, a regular test and a new secret
#   after each use. Otherwise it fails in an emergency, and is a risk at all other times.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `owner`, `vault`, `alert` and `testedOn` of the account, test it within the limit, and set `rotateAfterUse: true`."
#   controls:
#     nist-800-53: ["AC-2(2)", "AC-2(12)"]
#     pci-dss: ["8.2.2"]
#   params:
#     maxDays:
#       type: integer
#       default: 365
#       description: Maximum time since the last test
#       unit: days
#       source: "a judgement: once a year"
package policies.breakglass.unready

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.dates

_keys := ["owner", "vault", "alert", "testedOn"]

_max := data.leaver.params["breakglass/unready"].maxDays

_accounts[at] := account if {
	apps.alive
	some at, account in input.spec.breakGlass
}

_has_key(account, key) if account[key]

findings contains {"path": ["spec", "breakGlass", at, missing[0]], "message": message} if {
	some at, account in _accounts
	missing := [key | some key in _keys; not _has_key(account, key)]
	count(missing) > 0
	message := sprintf("%s: the emergency account `%s` has no `%s`", [input.metadata.name, account.name, concat("`, no `", missing)])
}

findings contains {"path": ["spec", "breakGlass", at, "testedOn"], "message": message} if {
	some at, account in _accounts
	some tested in [account.testedOn]
	age := dates.days_since(tested)
	age > _max
	message := sprintf("%s: the emergency account `%s` was last tested %s ago (limit %s)", [
		input.metadata.name, account.name, counted.days(age), counted.days(_max),
	])
}

findings contains {"path": ["spec", "breakGlass", at, "expires"], "message": message} if {
	some at, account in _accounts
	some end in [account.expires]
	over := dates.days_since(end)
	over > 0
	message := sprintf("%s: the emergency account `%s` expired %s ago", [input.metadata.name, account.name, counted.days(over)])
}

findings contains {"path": ["spec", "breakGlass", at, "rotateAfterUse"], "message": message} if {
	some at, account in _accounts
	account.rotateAfterUse == false
	message := sprintf("%s: the secret of the emergency account `%s` is not changed after use, so whoever used it keeps access", [
		input.metadata.name, account.name,
	])
}
