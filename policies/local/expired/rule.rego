# METADATA
# title: Local account past its end date
# description: The account has passed its end date but is still listed. Either it still works, or the list is wrong.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Close the account and remove it from the list, or set a new end date deliberately.
#   controls:
#     nist-800-53: ["AC-2(2)", "AC-2(3)(a)"]
package policies.local.expired

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.dates

findings contains {"path": ["spec", "localAccounts", "accounts", at, "expires"], "message": message} if {
	apps.alive
	some at, account in input.spec.localAccounts.accounts
	some end in [account.expires]
	over := dates.days_since(end)
	over > 0
	message := sprintf("%s: the local account `%s` expired %s ago, but is still listed", [
		input.metadata.name, account.name, counted.days(over),
	])
}
