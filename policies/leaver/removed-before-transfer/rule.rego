# METADATA
# title: Account may be deleted before its data is transferred
# description: Files, boards and automations are deleted with the account. If the deletion may come before the transfer is due, data is
#   lost.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Delete later (`spec.lifecycle.remove.afterDays`), transfer sooner (`spec.lifecycle.transfer.slaHours`), or set
#     `transfer.beforeRemoval: true` if the deletion waits for the transfer."
#   controls:
#     nist-800-53: ["PS-4e", "AC-2l"]
package policies.leaver["removed-before-transfer"]

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.mechanisms

_transfer := input.spec.lifecycle.transfer

# The data is transferred, which takes time.
_handed_over if mechanisms.done("transfer")

_waits if _transfer.beforeRemoval == true

# The stage that deletes accounts, its key, the hours from the last day to the deletion, and a text about the time.
_deletes := ["deprovision", "slaHours", hours, sprintf("within %v h", [hours])] if {
	# People who delete by hand can see whether the data was transferred.
	input.spec.lifecycle.deprovision.effect == "delete"
	input.spec.lifecycle.deprovision.via in apps.automatic
	hours := input.spec.lifecycle.deprovision.slaHours
}

_deletes := ["remove", "afterDays", days * 24, sprintf("after %s", [counted.days(days)])] if {
	not input.spec.lifecycle.deprovision.effect == "delete"
	mechanisms.done("remove")
	days := input.spec.lifecycle.remove.afterDays
}

findings contains {"path": ["spec", "lifecycle", stage, key], "message": message, "related": related} if {
	apps.alive
	_handed_over
	not _waits
	some hours in [_transfer.slaHours]
	some [stage, key, deleted, when] in [_deletes]
	deleted < hours
	message := sprintf("%s: `%s` deletes accounts %s, but the transfer of their data may take %v h", [input.metadata.name, stage, when, hours])
	related := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "lifecycle", "transfer", "slaHours"], "message": "the transfer"}]
}

findings contains {"path": ["spec", "lifecycle", "transfer", "beforeRemoval"], "message": message} if {
	apps.alive
	_handed_over
	_transfer.beforeRemoval == false
	_removed
	message := sprintf("%s: `transfer.beforeRemoval` is `false`, so accounts may be deleted before their data is transferred", [input.metadata.name])
}

_removed if mechanisms.done("remove")

_removed if input.spec.lifecycle.deprovision.effect == "delete"
