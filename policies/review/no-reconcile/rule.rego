# METADATA
# title: Automatic closing that nobody compares
# description: A mechanism closes the accounts of the people whom it knows. Whoever it skips, whom it never made, or whose account was not
#   in its scope any more stays, without an error anywhere. Only a comparison of the accounts in the app with the source of truth finds
#   them. At tier 1 that is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Compare the accounts in the app with the source of truth, the disabled ones too, and declare in `spec.lifecycle.reconcile` who
#     does it, how often (`everyDays`), and which accounts it looks at (`covers`).
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

# An app that nobody uses yet has no accounts to compare.
_due if {
	apps.alive
	not input.spec.status == "planned"
	_via in apps.automatic
}

_compared if mechanisms.done("reconcile")

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", "reconcile"], "message": message, "severity": _severity} if {
	_due
	not _compared
	message := sprintf("%s: `%s` closes accounts, and nothing compares those in the app with the source of truth", [
		input.metadata.name, _via,
	])
}

# [group, why it has to be looked at].
_has contains ["active", "people have accounts"]

_has contains ["disabled", "leavers are disabled here"] if {
	input.spec.lifecycle.deprovision.effect == "suspend"
	mechanisms.done("deprovision")
}

_has contains ["guests", "guests have accounts"] if "guests" in input.spec.populations

_has contains ["nonHuman", "programs have accounts"] if count(credentials.live) > 0

findings contains {"path": ["spec", "lifecycle", "reconcile", "covers"], "message": message, "severity": _severity} if {
	apps.alive
	_compared
	some covers in [input.spec.lifecycle.reconcile.covers]
	some [group, why] in _has
	count({group} - {covered | some covered in covers}) == 1
	message := sprintf("%s: the comparison does not look at `%s`, but %s", [input.metadata.name, group, why])
}
