# METADATA
# title: Deprovisioning without a comparison
# description: A push or a job closes only accounts that it manages, and people close only accounts that they are asked to close. Accounts that were
#   skipped, created in another way or forgotten stay open without an error. Only a comparison with the source of truth finds these accounts. At tier
#   1, the finding is an error if a push or a job closes the accounts.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Compare the accounts in the app with the source of truth, including suspended ones, and declare in `spec.lifecycle.reconcile` the
#     `owner`, the interval (`everyDays`) and the accounts compared (`covers`).
#   controls:
#     nist-800-53: ["AC-2j", "CA-7"]
#     cis-v8: ["5.3", "6.2"]
#     soc2: ["CC6.2", "CC6.3"]
#   params:
#     maxTierByHand:
#       type: integer
#       default: 2
#       description: Highest tier number of the apps that need a comparison although people close the accounts
#       source: "a judgement: in a less critical app, a frequent review is enough"
#     maxReviewDays:
#       type: integer
#       default: 180
#       description: Maximum interval of a review that replaces the comparison, if people close the accounts and the app is less critical
#       unit: days
#       minimum: 1
#       source: "a judgement: an account that was forgotten stays open for half a year at most"
package policies.review["no-reconcile"]

import data.policies.lib.apps
import data.policies.lib.comparison
import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.mechanisms
import data.policies.lib.ways

_params := data.leaver.params["review/no-reconcile"]

_via := input.spec.lifecycle[ways.closing].via

# An app that is not in use has no accounts to compare.
_due if {
	apps.in_use
	_via in apps.automatic
}

_compared if mechanisms.done("reconcile")

default _severity := "warning"

_severity := "error" if apps.tier == 1

_reviewed if comparison.review_days <= _params.maxReviewDays

# The reason why accounts that people close must be compared.
_why := sprintf("the app has tier %d", [apps.tier]) if apps.tier <= _params.maxTierByHand

_why := "the app has restricted data" if {
	apps.tier > _params.maxTierByHand
	input.spec.dataClass == "restricted"
}

_why := sprintf("no review of all users takes place every %s", [counted.days(_params.maxReviewDays)]) if {
	apps.tier > _params.maxTierByHand
	not input.spec.dataClass == "restricted"
	not _reviewed
}

findings contains {"path": ["spec", "lifecycle", "reconcile"], "message": message} if {
	comparison.by_hand
	not _compared
	message := sprintf("%s: accounts are closed by hand (`%s`) and %s, but no `reconcile` stage compares them with the source of truth", [
		input.metadata.name, _via, _why,
	])
}

findings contains {"path": ["spec", "lifecycle", "reconcile"], "message": message, "severity": _severity} if {
	_due
	not _compared
	message := sprintf("%s: `%s` closes accounts, but no `reconcile` stage compares them with the source of truth", [
		input.metadata.name, _via,
	])
}

# [group, reason why the group must be compared].
_groups contains ["active", "people have accounts"]

_groups contains ["disabled", "leavers are suspended here"] if {
	input.spec.lifecycle.deprovision.effect == "suspend"
	mechanisms.done("deprovision")
}

_groups contains ["guests", "guests have accounts"] if "guests" in input.spec.populations

_groups contains ["nonHuman", "service accounts exist"] if count(credentials.live) > 0

findings contains {"path": ["spec", "lifecycle", "reconcile", "covers"], "message": message, "severity": _severity} if {
	apps.alive
	_compared
	some covers in [input.spec.lifecycle.reconcile.covers]
	some [group, why] in _groups
	count({group} - {covered | some covered in covers}) == 1
	message := sprintf("%s: `reconcile.covers` lacks `%s`, but %s", [input.metadata.name, group, why])
}
