# METADATA
# title: Nobody inherits the data
# description: When an account is removed its files, boards and automations go with it, or belong to nobody. Somebody has to take
#   them over first.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Name the team in `spec.lifecycle.transfer.to`, set `toManager: true`, or name the owner who decides case by case."
#   controls:
#     nist-800-53: [PS-4e, AC-2l]
package policies.leaver["no-data-heir"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_removed if mechanisms.done("remove")

_removed if {
	input.spec.lifecycle.deprovision.effect == "delete"
	mechanisms.done("deprovision")
}

_taken_over if input.spec.lifecycle.transfer.to

_taken_over if input.spec.lifecycle.transfer.toManager == true

_taken_over if {
	apps.owned("transfer")
	not input.spec.lifecycle.transfer.via == "none"
}

# The account stays, disabled, and nobody has decided about what it owns.
_kept if {
	not _removed
	mechanisms.done("deprovision")
	input.spec.lifecycle.deprovision.effect in {"suspend", "remove-membership"}
}

findings contains {"path": ["spec", "lifecycle", "transfer"], "message": message, "severity": "info"} if {
	apps.alive
	_kept
	not apps.mode == "shared"
	not input.spec.lifecycle.transfer
	message := sprintf("%s: accounts are disabled and kept, and nothing says who takes over what others still use of them", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "transfer", "to"], "message": message} if {
	apps.alive
	_removed
	not _taken_over
	message := sprintf("%s: accounts are removed, and nobody takes over their data", [input.metadata.name])
}
