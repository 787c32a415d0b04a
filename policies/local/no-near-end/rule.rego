# METADATA
# title: Temporary account without an early end date
# description: Accounts created for a few days, during a migration or an emergency, often stay. They bypass single sign-on, so only an end
#   date closes them.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `expires` of the account to a date within the limit, and renew it deliberately if necessary.
#   controls:
#     nist-800-53: ["AC-2(2)"]
#   params:
#     maxDays:
#       type: integer
#       default: 30
#       description: Maximum time until the end of a temporary account
#       unit: days
#       source: "a judgement: a month; FedRAMP Moderate revision 5, AC-2(2), allows 96 hours after the last use"
package policies.local["no-near-end"]

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.dates

_max := data.leaver.params["local/no-near-end"].maxDays

_temporary[at] := account if {
	apps.alive
	some at, account in input.spec.localAccounts.accounts
	account.temporary == true
}

findings contains {"path": ["spec", "localAccounts", "accounts", at, "expires"], "message": message} if {
	some at, account in _temporary
	not account.expires
	message := sprintf("%s: the local account `%s` is temporary, but has no end date", [input.metadata.name, account.name])
}

findings contains {"path": ["spec", "localAccounts", "accounts", at, "expires"], "message": message} if {
	some at, account in _temporary
	some end in [account.expires]
	left := dates.days_left(end)
	left > _max
	message := sprintf("%s: the local account `%s` is temporary, but ends only in %s (limit %s)", [
		input.metadata.name, account.name, counted.days(left), counted.days(_max),
	])
}
