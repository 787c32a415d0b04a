# METADATA
# title: Automatic deprovisioning without a comparison
# description: A mechanism closes only accounts it knows. Accounts that it skipped, never created or lost from its scope stay open without
#   an error. Only a comparison with the source of truth finds them. At tier 1 that is an error.
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
package policies.review["no-reconcile"]

import data.policies.lib.apps
import data.policies.lib.credentials
import data.policies.lib.mechanisms
import data.policies.lib.ways

_via := input.spec.lifecycle[ways.closing].via

# An app that is not in use has no accounts to compare.
_due if {
	apps.in_use
	_via in apps.automatic
}

_compared if mechanisms.done("reconcile")

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", "reconcile"], "message": message, "severity": _severity} if {
	_due
	not _compared
	message := sprintf("%s: `%s` closes accounts, but no `reconcile` stage compares them with the source of truth", [
		input.metadata.name, _via,
	])
}

# [group, why it must be compared].
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
