# METADATA
# title: Data of leavers is not transferred
# description: Files, boards and automations are deleted with the account, or end up without an owner. A person or team must take them over before the
#   account is closed.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `spec.lifecycle.transfer.to` to a team, set `toManager: true`, or set the owner who decides case by case."
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

_has_heir if input.spec.lifecycle.transfer.to

_has_heir if input.spec.lifecycle.transfer.toManager == true

_has_heir if {
	apps.owned("transfer")
	not input.spec.lifecycle.transfer.via == "none"
}

# The account is kept: it is disabled, or only its membership ends.
_account_kept if {
	not _removed
	mechanisms.done("deprovision")
	input.spec.lifecycle.deprovision.effect in {"suspend", "remove-membership"}
}

findings contains {"path": ["spec", "lifecycle", "transfer"], "message": message, "severity": "info"} if {
	apps.alive
	_account_kept
	not apps.mode == "shared"
	not input.spec.lifecycle.transfer
	message := sprintf("%s: accounts are disabled and kept, but no `transfer` is declared for data that others still use", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "transfer", "to"], "message": message} if {
	apps.alive
	_removed
	not _has_heir
	message := sprintf("%s: accounts are removed, but `transfer` does not declare who takes over their data", [input.metadata.name])
}
