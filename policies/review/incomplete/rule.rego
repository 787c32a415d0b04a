# METADATA
# title: Review that omits accounts
# description: Reviews often cover employees only. Guests are in no HR system, and local and emergency accounts bypass single sign-on, so no other
#   control finds these accounts.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Add the missing groups to the review and to `spec.lifecycle.review.covers`.
#   controls:
#     nist-800-53: ["AC-6(7)"]
#     pci-dss: ["7.2.4", "7.2.5.1"]
#     soc2: [CC6.2/Reviews-Validity-of-Access-Credentials]
package policies.review.incomplete

import data.policies.lib.apps
import data.policies.lib.credentials
import data.policies.lib.dates

# [group, path] of each group that the app has. The value at the path proves that the group exists.
_present contains ["users", ["spec", "provisioning", "mode"]] if not apps.mode == "none"

_present contains [population, ["spec", "populations", at]] if {
	some at, population in input.spec.populations
	population in {"contractors", "guests", "partners"}
}

_present contains ["localAccounts", ["spec", "localAccounts", "accounts", at]] if {
	some at, account in input.spec.localAccounts.accounts
	not _reviewed(account)
}

_present contains ["breakGlass", ["spec", "breakGlass", at]] if some at, _ in input.spec.breakGlass

_present contains ["thirdPartyGrants", ["spec", "thirdPartyGrants", at]] if {
	some at, grant in credentials.grants
	not grant.reviewEveryDays
}

# The last review of the local account is no older than the interval of the app's review.
_reviewed(account) if dates.days_since(account.lastReview) <= input.spec.lifecycle.review.everyDays

findings contains {"path": ["spec", "lifecycle", "review", "covers"], "message": message, "related": related} if {
	apps.alive
	some covers in [input.spec.lifecycle.review.covers]
	missing := {group | some [group, _] in _present} - {group | some group in covers}
	count(missing) > 0
	related := [place |
		some [group, path] in _present
		group in missing
		group != "users"
		place := {"kind": "App", "name": input.metadata.name, "path": path, "message": "not covered"}
	]
	message := sprintf("%s: `review.covers` lacks `%s`", [input.metadata.name, concat("`, `", sort(missing))])
}
